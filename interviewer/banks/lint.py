"""What is wrong with a bank although it can be read: everything that would make its grades unfair or its help useless."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interviewer.banks.loader import read_bank
from interviewer.banks.reference_checks import is_only_a_link, says_too_little
from interviewer.domain.grade import Level
from interviewer.domain.rubric import Bank, Criterion, Kind, Question
from interviewer.errors import BankError
from interviewer.grading.follow_ups import faults_of_probe, leaks
from interviewer.grading.lexical import LexicalGrader
from interviewer.text import tokenizer

_MOST_CRITERIA = 7
_JOINED = re.compile(r"[;；]|(?<!\w)(?:and|as well as)(?!\w)|并且|以及|同时还|而且")
_ALIKE = 0.8
# Questions have more words in common than claims: "… at training time?" and "… at test time?" are two.
_SAME_QUESTION = 0.9
# A claim is inside another one if so much of it stands there, and if it is long enough to tell.
_INSIDE = 0.9
_LEAST_INSIDE = 4


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check; `faults` are lines to print."""

    faults: tuple[str, ...]
    questions: int = 0
    criteria: int = 0


def check_file(path: Path) -> Checked:
    """Read a bank file and lint it. What keeps it from being read is its only fault."""
    try:
        bank = read_bank(path)
    except BankError as error:
        return Checked((str(error),))
    faults = tuple(f"{path.name}: {fault}" for fault in lint(bank))
    return Checked(faults, len(bank.questions), sum(len(question.criteria) for question in bank.questions))


def lint(bank: Bank) -> Iterator[str]:
    """The faults of a bank, each with its place: `question 'x', criterion 'y': what`."""
    alike = dict(alike_questions(bank))
    for question in bank.questions:
        where = f"question {question.id!r}"
        if question.id in alike:
            yield f"{where}: {alike[question.id]}"
        if len(question.criteria) > _MOST_CRITERIA:
            yield f"{where}: has {len(question.criteria)} criteria; more than {_MOST_CRITERIA} cannot be judged one by one"
        yield from (f"{where}, {fault}" for fault in _question(question))
        for criterion in question.criteria:
            yield from (f"{where}, criterion {criterion.id!r}: {fault}" for fault in _criterion(question, criterion))


def alike_questions(bank: Bank) -> Iterator[tuple[str, str]]:
    """The questions that ask nearly the same as an earlier one, with what is wrong."""
    texts = [(q.id, text, tokenizer.shingles(tokenizer.clauses(text))) for q in bank.questions for text in q.text.both]
    by_size = sorted(range(len(texts)), key=lambda place: len(texts[place][2]))
    found: dict[int, int] = {}
    for at, place in enumerate(by_size):
        own = texts[place][2]
        for other in by_size[at + 1 :]:
            others = texts[other][2]
            if len(own) < len(others) * _SAME_QUESTION:
                break
            if texts[place][0] != texts[other][0] and _likeness(own, others) >= _SAME_QUESTION:
                later, earlier = max(place, other), min(place, other)
                found[later] = min(earlier, found.get(later, earlier))
    for later, earlier in sorted(found.items()):
        yield texts[later][0], f"asks nearly the same as question {texts[earlier][0]!r}; keep one of them"


def overlaps(one: Criterion, other: Criterion) -> str:
    """How two criteria overlap, so that one answer would count twice; empty if they do not."""
    if one.kind is not other.kind:
        return ""
    small, large = sorted(
        (criterion.text.both[0] for criterion in (one, other)),
        key=lambda t: len(tokenizer.shingles(tokenizer.clauses(t))),
    )
    own, others = (tokenizer.shingles(tokenizer.clauses(text)) for text in (small, large))
    if own and _likeness(own, others) >= _ALIKE:
        return "say nearly the same"
    is_claim = len(own) >= _LEAST_INSIDE and sum(map(tokenizer.is_content, tokenizer.words(small))) > 1
    if is_claim and len(own & others) >= len(own) * _INSIDE:
        return "overlap: one is inside the other"
    return ""


def says_two_things(text: str) -> bool:
    """Whether a claim joins two."""
    return bool(_JOINED.search(text.casefold()))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0


def _question(question: Question) -> Iterator[str]:
    for place, criterion in enumerate(question.criteria):
        for earlier in question.criteria[:place]:
            fault = overlaps(earlier, criterion)
            if fault:
                yield f"criteria {earlier.id!r} and {criterion.id!r}: {fault}"
    yield from _reference(question)
    grader = LexicalGrader()
    for language, text in (("zh", question.reference.zh), ("en", question.reference.en)):
        if not text.strip():
            continue
        levels = grader.covers(question, text)
        for criterion in question.criteria:
            if criterion.kind is Kind.CORE and levels[criterion.id] is not Level.MET:
                yield (
                    f"reference ({language}): the offline grader does not find criterion {criterion.id!r} in it "
                    f"({levels[criterion.id]}); add to its aliases what the reference says"
                )
            if criterion.kind is Kind.MISTAKE and levels[criterion.id] is not Level.MISSING:
                yield f"reference ({language}): makes the mistake {criterion.id!r}; make its aliases more specific"


def _reference(question: Question) -> Iterator[str]:
    for text in question.reference.both:
        if is_only_a_link(text):
            yield f"reference: is only a link ({text.strip()[:60]}); write down what it says"
        elif says_too_little(text, " ".join(question.text.both)):
            yield f"reference: says too little beyond the question to grade by ({text.strip()[:60]})"


def _criterion(question: Question, criterion: Criterion) -> Iterator[str]:
    # What the offline importer has cut out of a sentence it could cut no further; to say so of each helps nobody.
    for text in criterion.text.both if not criterion.made or criterion.made.startswith("model") else ():
        if says_two_things(text):
            yield f"says two things ({text!r}); split it into two criteria"
            break
    if not has_own_term(question, criterion):
        yield "has no term of its own beyond the question, so repeating the question would earn it"
    if criterion.kind is not Kind.CORE:
        return
    if criterion.probe:
        yield from _probe(question, criterion)
    for rung, hint in enumerate(criterion.hints, start=1):
        for text in hint.both:
            for term in leaks(question, criterion, text):
                yield f"hint {rung} gives away {term!r}"


def _probe(question: Question, criterion: Criterion) -> Iterator[str]:
    assert criterion.probe
    for text in criterion.probe.both:
        yield from faults_of_probe(question, criterion, text)


def has_own_term(question: Question, criterion: Criterion) -> bool:
    """Whether a criterion has a term that the question does not have."""
    asked = {word for text in question.text.both for word in tokenizer.words(text)}
    terms = [term for group in criterion.aliases for term in group] or list(criterion.text.both)
    words = {word for term in terms for word in tokenizer.words(term) if tokenizer.is_content(word)}
    return bool(words - asked)
