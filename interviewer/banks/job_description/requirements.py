"""What a job asks for, and which questions of the banks test it; whatever a model says of that is checked here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from interviewer.banks.importing.rubric_from_reference.prose import sentences_of
from interviewer.banks.job_description.question_index import QuestionIndex
from interviewer.banks.lint import ProgressCallback
from interviewer.banks.marked_request import in_one_line, request_list
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized
from interviewer.errors import LLMError, LLMMalformed
from interviewer.grading.evidence import locate
from interviewer.llm import LLM
from interviewer.text.messages import localized

_MOST_REQUIREMENTS = 24
_MOST_MATCHES = 4
_MOST_OFFERED = 6
_ASKED_AT_ONCE = 6
_LONGEST_QUOTE = 400
_LEAST_QUOTED = 2
_LONGEST_REASON = 240
_LONGEST_TITLE = 80
_ENDS = (".", "。", "!", "！", ";", "；")
# What begins an item of a list, and is no word of a requirement.
_BULLETS = "-–—•·*●○▪►◆■"


@dataclass(frozen=True, slots=True)
class Match:
    """A question that tests a requirement, named `bank/question`; without a model there is no `reason`."""

    name: str
    text: Localized
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a job asks for: its own words in the description, and those of the résumé that speak of it, if any do."""

    quote: str
    title: str = ""
    resume: str = ""
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class JobMap:
    """The requirements of a job with their questions.

    `refused` counts what the model said and the check did not let pass: quotes that are not in the description, questions
    that it was not offered. `model` is empty where none read the description; if it failed, `failure` says how.
    """

    requirements: tuple[Requirement, ...]
    model: str = ""
    refused: int = 0
    failure: LLMError | None = None

    @property
    def gaps(self) -> tuple[Requirement, ...]:
        """What no question tests."""
        return tuple(requirement for requirement in self.requirements if not requirement.matches)

    @property
    def question_names(self) -> tuple[str, ...]:
        """Every question once, as `bank/question`, in the order of the requirements."""
        return tuple(dict.fromkeys(match.name for one in self.requirements for match in one.matches))


def map_job(
    description: str,
    resume: str,
    banks: Sequence[Bank],
    llm: LLM | None,
    language: Language,
    told: ProgressCallback = lambda _done, _total: None,
) -> JobMap:
    """The map of a job. Never raises LLMError: without a model, or where it fails, known terms must do.

    `told` hears how many requests to the model are done, of how many; it may raise to stop it.
    """
    index = QuestionIndex(banks)
    if llm is None:
        return map_by_terms(description, resume, index)
    try:
        found, refused = _requirements(llm, description, resume, language)
    except LLMError as error:
        return replace(map_by_terms(description, resume, index), failure=error)
    groups = [found[at : at + _ASKED_AT_ONCE] for at in range(0, len(found), _ASKED_AT_ONCE)]
    told(1, 1 + len(groups))
    requirements: list[Requirement] = []
    failure: LLMError | None = None
    for done, group in enumerate(groups, start=2):
        try:
            if failure:
                raise failure
            matched, more = _matched(llm, group, index, language)
            refused += more
        except LLMError as error:
            failure = error
            matched = [replace(one, matches=_by_terms(one.quote, index)) for one in group]
        requirements += matched
        told(done, 1 + len(groups))
    return JobMap(tuple(requirements), llm.name, refused, failure)


def map_by_terms(description: str, resume: str, index: QuestionIndex) -> JobMap:
    """The sentences that name a term of the glossary or of a bank, and the questions that name it too."""
    found: dict[str, Requirement] = {}
    claims = _sentences(resume)
    for sentence in _sentences(description):
        if len(found) < _MOST_REQUIREMENTS and index.terms(sentence):
            shared = {claim: len(index.terms(claim) & index.terms(sentence)) for claim in claims}
            claim = max(shared, key=shared.__getitem__, default="")
            said = claim if claim and shared[claim] else ""
            found.setdefault(sentence, Requirement(sentence, resume=said, matches=_by_terms(sentence, index)))
    return JobMap(tuple(found.values()))


def _sentences(text: str) -> list[str]:
    """The sentences, none across lines, without the marks of a list."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # A title, what has the marks of a heading, and what stands over a list ask for nothing themselves.
    if lines[1:] and not lines[0].endswith(_ENDS):
        lines = lines[1:]
    asking = [
        line
        for line, below in pairwise([*lines, ""])
        if not line.startswith("#") and (_is_item(line) or not _is_item(below))
    ]
    parts = (part.strip(f"{_BULLETS} \t>、") for line in asking for part in sentences_of(line))
    return [part[:_LONGEST_QUOTE] for part in parts if part]


def _is_item(line: str) -> bool:
    number, _, rest = line.replace("、", ".").replace(")", ".").partition(".")
    return line.startswith(tuple(_BULLETS)) or (number.isdecimal() and bool(rest))


def _by_terms(text: str, index: QuestionIndex) -> tuple[Match, ...]:
    return tuple(Match(one.name, one.text) for one in index.sharing_terms(text)[:_MOST_MATCHES])


def _requirements(llm: LLM, description: str, resume: str, language: Language) -> tuple[list[Requirement], int]:
    """What the model finds in the description, each with words that stand there; how many had none. Raises LLMError."""
    shown = {"description": description, **({"resume": resume} if resume else {})}
    said = request_list(llm, "job-requirements", shown, "requirements", ("quote", "title", "resume"), language)
    found: dict[str, Requirement] = {}
    for one in said:
        quote = _verbatim(one.get("quote"), description)
        if quote:
            requirement = Requirement(
                quote, in_one_line(one.get("title"), _LONGEST_TITLE), _verbatim(one.get("resume"), resume)
            )
            found.setdefault(quote, requirement)
    if not found:
        raise LLMMalformed(localized("job.no_requirements", model=llm.name))
    return list(found.values())[:_MOST_REQUIREMENTS], sum(not _verbatim(one.get("quote"), description) for one in said)


def _matched(
    llm: LLM, group: Sequence[Requirement], index: QuestionIndex, language: Language
) -> tuple[list[Requirement], int]:
    """The requirements with those of the questions offered for each that the model chose; how many it made up."""
    offered = [{one.name: one for one in index.nearest(f"{r.title}\n{r.quote}")[:_MOST_OFFERED]} for r in group]
    shown = [
        {
            "n": n,
            "title": requirement.title,
            "quote": requirement.quote,
            "questions": [{"id": one.name, "text": one.text.into(language)} for one in known.values()],
        }
        for n, (requirement, known) in enumerate(zip(group, offered, strict=True), start=1)
    ]
    if not any(offered):
        return list(group), 0
    said = request_list(llm, "job-questions", shown, "chosen", ("requirement", "question", "reason"), language)
    matches: list[dict[str, Match]] = [{} for _ in group]
    refused = 0
    for one in said:
        number, name = one.get("requirement"), one.get("question")
        place = number - 1 if isinstance(number, int) and 0 < number <= len(group) else None
        if place is None or not isinstance(name, str) or name not in offered[place]:
            refused += 1
        elif len(matches[place]) < _MOST_MATCHES:
            reason = in_one_line(one.get("reason"), _LONGEST_REASON)
            matches[place].setdefault(name, Match(name, offered[place][name].text, reason))
    return [replace(one, matches=tuple(own.values())) for one, own in zip(group, matches, strict=True)], refused


def _verbatim(said: object, text: str) -> str:
    """The words of a text that a model quotes; "" where they do not stand there."""
    place = locate(said, text) if isinstance(said, str) else None
    quote = text[place[0] : place[1]] if place else ""
    return quote if _LEAST_QUOTED <= len(quote) <= _LONGEST_QUOTE else ""
