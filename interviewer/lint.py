"""What is wrong with a bank although it can be read: everything that would make its grades unfair or its help useless."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interviewer import tokens
from interviewer.asking import faults_of_probe, leaks
from interviewer.coverage import CoverageGrader
from interviewer.errors import BankError
from interviewer.grade import Level
from interviewer.library import read_bank
from interviewer.rubric import Bank, Criterion, Kind, Question

_MOST_CRITERIA = 7
_JOINED = re.compile(r"[;；]|(?<!\w)(?:and|as well as)(?!\w)|并且|以及|同时还|而且")
_ALIKE = 0.8


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
    for question in bank.questions:
        where = f"question {question.id!r}"
        if len(question.criteria) > _MOST_CRITERIA:
            yield f"{where}: has {len(question.criteria)} criteria; more than {_MOST_CRITERIA} cannot be judged one by one"
        yield from (f"{where}, {fault}" for fault in _question(question))
        for criterion in question.criteria:
            yield from (f"{where}, criterion {criterion.id!r}: {fault}" for fault in _criterion(question, criterion))


def _question(question: Question) -> Iterator[str]:
    texts = [(criterion.id, set(tokens.shingles(criterion.text.both[0]))) for criterion in question.criteria]
    for place, (name, own) in enumerate(texts):
        for other, others in texts[:place]:
            if own and others and len(own & others) / len(own | others) >= _ALIKE:
                yield f"criteria {other!r} and {name!r}: say nearly the same"
    grader = CoverageGrader()
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


def _criterion(question: Question, criterion: Criterion) -> Iterator[str]:
    for text in criterion.text.both:
        if _JOINED.search(text.casefold()):
            yield f"says two things ({text!r}); split it into two criteria"
            break
    if not _has_own_term(question, criterion):
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


def _has_own_term(question: Question, criterion: Criterion) -> bool:
    asked = {word for text in question.text.both for word in tokens.words(text)}
    terms = [term for group in criterion.aliases for term in group] or list(criterion.text.both)
    words = {word for term in terms for word in tokens.words(term) if tokens.is_content(word)}
    return bool(words - asked)
