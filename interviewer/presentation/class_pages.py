"""The tab for coaches, screen by screen, and what candidates see of their classes, as parts of the page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from interviewer.domain.grade import Level
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized, Question
from interviewer.evaluation.cohort import sign
from interviewer.evaluation.like_answers import LikeAnswers
from interviewer.evaluation.ruling_agreement import RulingAgreement
from interviewer.presentation.templating import render
from interviewer.sessions.assignments import Assignment, LiveOutcome, Task
from interviewer.sessions.classes import Classroom, Member
from interviewer.sessions.interview_lists import InterviewOverview


class ClassLine(NamedTuple):
    """A class in the list; `coach` is empty where everybody knows whose it is."""

    classroom: Classroom
    coach: str
    members: int
    assignments: int


class AssignmentLine(NamedTuple):
    """An assignment in the list of its class, with how many have done it."""

    assignment: Assignment
    bank: str | Localized
    done: int


class CandidateLine(NamedTuple):
    """How far a candidate is with an assignment; no `overview` where they have not begun."""

    name: str
    overview: InterviewOverview | None


class HeatRow(NamedTuple):
    """The levels that a candidate reached with the last try at a question, by criterion; empty where it is not judged."""

    name: str
    interview: str
    levels: Mapping[str, Level | None]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Candidate × criterion of a question; `agreements` is how often a coach confirmed the grader, by criterion."""

    question: Question
    rows: tuple[HeatRow, ...]
    agreements: Mapping[str, RulingAgreement]


def heat_rows(question: str, lines: Iterable[CandidateLine], outcomes: Iterable[LiveOutcome]) -> tuple[HeatRow, ...]:
    """A row for everybody who has begun; `outcomes` are in the order of the tries, of which the last one counts."""
    levels: dict[str, dict[str, Level | None]] = {}
    for one in outcomes:
        if one.question == question:
            levels.setdefault(one.interview, {})[one.criterion] = one.level
    return tuple(
        HeatRow(line.name, line.overview.id, levels.get(line.overview.id, {})) for line in lines if line.overview
    )


def classes_page(classes: Sequence[ClassLine], language: Language) -> Markup:
    return render("classes.html", language, classes=classes)


def class_page(
    classroom: Classroom,
    assigned: Sequence[AssignmentLine],
    members: Sequence[tuple[Member, str]],
    banks: Sequence[Bank],
    link: str,
    language: Language,
) -> Markup:
    """A class: its assignments, its members by name, and the `link` by which people join."""
    return render(
        "class.html", language, classroom=classroom, assigned=assigned, members=members, banks=banks, link=link
    )


def assign_page(classroom: Classroom, bank: Bank, language: Language) -> Markup:
    return render("assign.html", language, classroom=classroom, bank=bank)


def assignment_page(
    classroom: Classroom,
    assignment: Assignment,
    bank: str | Localized,
    rows: Sequence[CandidateLine],
    maps: Sequence[HeatMap],
    agreement: RulingAgreement | None,
    language: Language,
) -> Markup:
    """Who has done what, who made which point, and how often a coach's ruling confirmed the grader."""
    return render(
        "assignment.html",
        language,
        classroom=classroom,
        assignment=assignment,
        bank=bank,
        rows=rows,
        maps=maps,
        agreement=agreement,
        point_sign=sign,
    )


def like_answers_page(
    classroom: Classroom,
    assignment: Assignment,
    question: Question | None,
    groups: Sequence[LikeAnswers],
    language: Language,
) -> Markup:
    """Answers that can be ruled together; `question` is None where nobody was asked it."""
    return render(
        "like_answers.html",
        language,
        classroom=classroom,
        assignment=assignment,
        question=question,
        groups=groups if question else (),
    )


def class_interview_page(
    classroom: Classroom,
    assignment: Assignment,
    name: str,
    interview: str,
    own_note: str,
    report: str,
    chat: str,
    language: Language,
) -> Markup:
    """A candidate's interview; no `report` as long as its grades are hidden."""
    return render(
        "class_interview.html",
        language,
        classroom=classroom,
        assignment=assignment,
        name=name,
        interview=interview,
        own_note=own_note,
        report=report,
        chat=chat,
    )


def tasks_card(
    tasks: Sequence[Task], classes: Sequence[tuple[Classroom, str]], today: date, language: Language
) -> Markup:
    """What a candidate's classes have assigned, and what each coach sees; nothing for who is in no class."""
    if not classes:
        return Markup()
    return render("assignments.html", language, tasks=tasks, rooms=classes, today=today)
