"""Questions as they are edited in a form: drafts that may still lack something, and what an author does to them.

draft = draft_of(question)
draft = split_criterion(draft, 0, Language.EN)
question = finished(draft)           raises DraftError, which says what is wrong and where
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from interviewer.banks.importing.rubric_from_reference import compile_question
from interviewer.banks.lint import Fault, halves, lint
from interviewer.banks.loader import explained
from interviewer.domain.rubric import MOST_HINTS, Bank, InvalidBank, Kind, Language, Localized, Made, Question
from interviewer.errors import BankError, InterviewerError
from interviewer.text import tokenizer
from interviewer.text.messages import localized

# What a form sends as the group of a criterion that is to begin a new one.
NEW_GROUP = "+"
_HEAVIEST = 100.0

_QUESTION = TypeAdapter(Question)


class _Draft(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DraftText(_Draft):
    """A text that may still be empty."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh.strip() or self.en.strip())

    @property
    def languages(self) -> list[Language]:
        """Those that it is in."""
        return [side for side in Language if _own(self, side).strip()]

    def both(self) -> str:
        return f"{self.zh}\n{self.en}"


def _nothing_is_empty(value: object) -> object:
    return {} if value is None else value


Text = Annotated[DraftText, BeforeValidator(_nothing_is_empty)]
_Weight = Annotated[float, BeforeValidator(lambda value: 0 if value == "" else value)]


class DraftCriterion(_Draft):
    """A criterion in a form."""

    id: str
    text: Text = DraftText()
    kind: Kind = Kind.CORE
    weight: float = 1.0
    aliases: list[list[str]] = []
    probe: Text = DraftText()
    hints: list[Text] = []
    made: str = ""
    group: str = ""
    why: Text = DraftText()


class DraftGroup(_Draft):
    """A choice in a form; without a weight of its own it weighs as much as it asks for."""

    id: str
    choose: int = 1
    weight: _Weight = 0.0
    text: Text = DraftText()


class DraftQuestion(_Draft):
    """A question in a form. What the form does not show goes through it unchanged."""

    id: str
    text: Text = DraftText()
    reference: Text = DraftText()
    criteria: list[DraftCriterion] = []
    topic: str = "general"
    difficulty: int = 1
    correction: Text = DraftText()
    source: str = ""
    dispute: Text = DraftText()
    made: Made | None = None
    groups: list[DraftGroup] = []
    policy: Text = DraftText()


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to be said at a place of a form: `criteria.2.weight`, or nothing for the question as a whole."""

    at: str
    what: str | Localized

    def into(self, language: Language) -> str:
        return self.what if isinstance(self.what, str) else self.what.into(language)


class DraftError(InterviewerError):
    """A draft is no question yet; `remarks` say what is missing or wrong, and where in the question of this id."""

    def __init__(self, question: str, error: ValidationError) -> None:
        found = error.errors(include_url=False)
        self.question = question
        self.remarks = [Remark(".".join(map(str, one["loc"])), explained(one)) for one in found]
        super().__init__(self.remarks[0].what)


def read_draft(sent: dict[str, Any]) -> DraftQuestion:
    """A draft as a form sends it. Raises DraftError for what is no number, no kind and the like."""
    try:
        return DraftQuestion.model_validate(sent)
    except ValidationError as error:
        raise DraftError(str(sent.get("id", "")), error) from error


def draft_of(question: Question) -> DraftQuestion:
    """A question as a form shows it."""
    draft = DraftQuestion.model_validate(_QUESTION.dump_python(question))
    groups = [one.model_copy(update={"weight": 0.0}) if one.weight == one.choose else one for one in draft.groups]
    return draft.model_copy(update={"groups": groups})


def finished(draft: DraftQuestion) -> Question:
    """The question that a draft has become; fields that were left empty are absent. Raises DraftError."""
    draft = with_new_groups(draft)
    used = {criterion.group for criterion in draft.criteria}
    plain = draft.model_dump()
    plain["groups"] = [_without_blanks(group) for group in plain["groups"] if group["id"] in used]
    plain["criteria"] = [_without_blanks(criterion) for criterion in plain["criteria"]]
    try:
        return _QUESTION.validate_python(_without_blanks(plain))
    except ValidationError as error:
        raise DraftError(draft.id, error) from error


def edited(bank: Bank, title: DraftText, order: Sequence[str], changed: Sequence[Question]) -> Bank:
    """The bank with these of its questions, new ones among them, in this order. Raises BankError."""
    questions = {question.id: question for question in (*bank.questions, *changed)}
    try:
        named = Localized(title.zh, title.en) if title else bank.title
        return replace(bank, title=named, questions=tuple(questions[name] for name in order))
    except InvalidBank as error:
        raise BankError("", "", localized(error.key, **error.values)) from error


def _without_blanks(plain: dict[str, object]) -> dict[str, object]:
    """Optional texts, hints and terms that are empty left out; `text` and `reference` must be there."""
    kept = {key: value for key, value in plain.items() if key in ("text", "reference") or not _is_blank(value)}
    if isinstance(aliases := plain.get("aliases"), list):
        groups = [[term.strip() for term in group if term.strip()] for group in aliases]
        kept["aliases"] = [group for group in groups if group]
    if isinstance(hints := plain.get("hints"), list):
        kept["hints"] = [hint for hint in hints if not _is_blank(hint)]
    if "choose" in plain and _is_blank(plain["text"]):
        del kept["text"]
    return kept


def _is_blank(value: object) -> bool:
    return (
        isinstance(value, dict) and set(value) == {"zh", "en"} and not any(str(one).strip() for one in value.values())
    )


def remarks_on(question: Question, bank: Bank) -> list[Remark]:
    """What the check of banks says about one question of a bank, each remark at its place."""
    alone = Bank(bank.id, bank.title, (question,), bank.language, policy=bank.policy)
    return placed(question, lint(alone))


def placed(question: Question, faults: Iterable[Fault]) -> list[Remark]:
    """The faults of a question at their places in its form."""
    places = {criterion.id: f"criteria.{place}" for place, criterion in enumerate(question.criteria)}
    return [Remark(places.get(fault.criterion or fault.near, ""), fault.what) for fault in faults]


def add_criterion(question: DraftQuestion) -> DraftQuestion:
    """An empty criterion at the end."""
    return _with(question, [*question.criteria, DraftCriterion(id=_free("point", _ids(question)))])


def remove_criterion(question: DraftQuestion, place: int) -> DraftQuestion:
    return _with(question, [*question.criteria[:place], *question.criteria[place + 1 :]])


def move_criterion(question: DraftQuestion, place: int, by: int) -> DraftQuestion:
    """The criterion so many places further down, at most to either end."""
    others = [*question.criteria[:place], *question.criteria[place + 1 :]]
    others.insert(max(0, place + by), question.criteria[place])
    return _with(question, others)


def split_criterion(question: DraftQuestion, place: int, language: Language, at: int = 0) -> DraftQuestion:
    """Two criteria for one, the weight shared between them.

    The text is cut at the sign `at` of the bank's language, or where it joins two claims; where it does neither, the
    second one is empty. A group of aliases goes with the half that has one of its terms.
    """
    whole = question.criteria[place]
    first, second = _split_text(whole.text, language, at)
    later = [group for group in whole.aliases if _says_any(second, group) and not _says_any(first, group)]
    half = {"weight": whole.weight / 2, "made": ""}
    one = whole.model_copy(
        update={**half, "text": first, "aliases": [group for group in whole.aliases if group not in later]}
    )
    name = _free(whole.id, _ids(question))
    other = DraftCriterion(id=name, text=second, kind=whole.kind, aliases=later, group=whole.group, **half)
    return _with(question, [*question.criteria[:place], one, other, *question.criteria[place + 1 :]])


def merge_criteria(question: DraftQuestion, place: int) -> DraftQuestion:
    """A criterion and the next one as one that says both; nothing changes where there is no next one."""
    if place + 1 >= len(question.criteria):
        return question
    one, other = question.criteria[place : place + 2]
    merged = one.model_copy(
        update={
            "text": _joined(one.text, other.text, "；", "; "),
            "weight": min(one.weight + other.weight, _HEAVIEST),
            "aliases": [*one.aliases, *other.aliases],
            "probe": one.probe or other.probe,
            "hints": [*one.hints, *other.hints][:MOST_HINTS],
            "why": _joined(one.why, other.why, "", " "),
            "made": "",
        }
    )
    return _with(question, [*question.criteria[:place], merged, *question.criteria[place + 2 :]])


def suggest_criteria(question: DraftQuestion, language: Language) -> DraftQuestion:
    """The criteria that importing the reference would make, in place of those there are. Raises BankError without one."""
    text, reference = (_own(text, language) or text.both().strip() for text in (question.text, question.reference))
    made = draft_of(compile_question(text, reference))
    return question.model_copy(update={"criteria": made.criteria, "groups": made.groups})


def with_new_groups(question: DraftQuestion) -> DraftQuestion:
    """Each criterion that asks for a new group in a group of its own."""
    groups, criteria = list(question.groups), list(question.criteria)
    for place, criterion in enumerate(criteria):
        if criterion.group == NEW_GROUP:
            groups.append(DraftGroup(id=_free("any", [group.id for group in groups])))
            criteria[place] = criterion.model_copy(update={"group": groups[-1].id})
    return question.model_copy(update={"groups": groups, "criteria": criteria})


def new_question(after: DraftQuestion | None, taken: Sequence[str]) -> DraftQuestion:
    """An empty question of the same topic, with an id of its own."""
    topic = after.topic if after else "general"
    return DraftQuestion(id=_free("question", taken), topic=topic, criteria=[DraftCriterion(id="point")])


def split_question(
    question: DraftQuestion, language: Language, at: int, taken: Sequence[str]
) -> tuple[DraftQuestion, DraftQuestion]:
    """Two questions for one: the reference is cut at the sign `at` of the bank's language.

    A criterion goes with the half of the reference that it has more in common with. Both keep the question's text, for
    the author to change.
    """
    first, second = _split_text(question.reference, language, at)
    later = [one for one in question.criteria if _common(one.text, second) > _common(one.text, first)]
    name = _free(question.id, taken)
    parts = ((question.id, first, [one for one in question.criteria if one not in later]), (name, second, later))
    one, other = (
        question.model_copy(
            update={"id": own, "reference": reference, "criteria": criteria or [DraftCriterion(id="point")]}
        )
        for own, reference, criteria in parts
    )
    # Only one of them is still what was imported.
    return one, other.model_copy(update={"made": None})


def merge_questions(one: DraftQuestion, other: DraftQuestion) -> DraftQuestion:
    """One question that asks what two have asked; ids that both use get a number."""
    taken = _ids(one)
    criteria, groups = list(one.criteria), list(one.groups)
    renamed = {"": ""}
    for choice in other.groups:
        renamed[choice.id] = _free(choice.id, [known.id for known in groups])
        groups.append(choice.model_copy(update={"id": renamed[choice.id]}))
    for criterion in other.criteria:
        name = _free(criterion.id, taken)
        taken.append(name)
        group = renamed.get(criterion.group, criterion.group)
        criteria.append(criterion.model_copy(update={"id": name, "group": group}))
    return one.model_copy(
        update={
            "text": _joined(one.text, other.text, "", " "),
            "reference": _joined(one.reference, other.reference, "\n\n", "\n\n"),
            "criteria": criteria,
            "groups": groups,
            "difficulty": max(one.difficulty, other.difficulty),
        }
    )


def _with(question: DraftQuestion, criteria: list[DraftCriterion]) -> DraftQuestion:
    return question.model_copy(update={"criteria": criteria})


def _ids(question: DraftQuestion) -> list[str]:
    return [criterion.id for criterion in question.criteria]


def _free(stem: str, taken: Sequence[str]) -> str:
    longest = 74  # an id has 80 signs at most, and the number needs some
    names = [stem, *(f"{stem[:longest]}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _own(text: DraftText, language: Language) -> str:
    return text.zh if language is Language.ZH else text.en


def _split_text(text: DraftText, language: Language, at: int) -> tuple[DraftText, DraftText]:
    """A text cut at a sign of one language; the other one is cut where it joins two claims, or stays with the first."""
    parts: dict[str, tuple[str, str]] = {}
    for side in Language:
        whole = _own(text, side)
        cut = (whole[:at], whole[at:]) if side is language and 0 < at < len(whole) else halves(whole) or (whole, "")
        parts[side.value] = (cut[0].strip(" ;；,，、\n"), cut[1].strip(" ;；,，、\n"))
    return tuple(DraftText(**{side: both[number] for side, both in parts.items()}) for number in (0, 1))  # type: ignore[return-value]


def _joined(one: DraftText, other: DraftText, zh: str, en: str) -> DraftText:
    """Both texts, in the languages that both have; where they share none, all that there is."""
    if not one or not other:
        return one or other
    shared = [side for side in one.languages if side in other.languages]
    between = {Language.ZH: zh, Language.EN: en}
    return DraftText(
        **{
            side.value: between[side].join(part for part in (_own(one, side), _own(other, side)) if part.strip())
            for side in shared or Language
        }
    )


def _says_any(text: DraftText, terms: Sequence[str]) -> bool:
    said = tokenizer.fold(text.both())
    return any(tokenizer.fold(term) in said for term in terms)


def _common(text: DraftText, reference: DraftText) -> int:
    own, others = (tokenizer.shingles(tokenizer.clauses(one.both())) for one in (text, reference))
    return len(own & others)
