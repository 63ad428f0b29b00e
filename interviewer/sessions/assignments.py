"""What classes are to do: the assignments, and the interviews by which candidates do them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from interviewer.domain.grade import Level
from interviewer.domain.interview import Begun, Mode
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.sessions.classes import Classroom, clean_name
from interviewer.sessions.interview_lists import SHOWS_GRADES, InterviewOverview, level_of, select_overviews
from interviewer.sessions.interview_plan import QuestionName, make_named_plan
from interviewer.sessions.store import Store, new_id
from interviewer.sessions.tables import (
    assigned_interviews,
    assignments,
    class_members,
    classes,
    interviews,
    outcomes,
    overviews,
)
from interviewer.sessions.timestamps import stored_now


class Assignment(NamedTuple):
    """What a class is to do until the end of a day; no `questions` are all of the bank."""

    id: str
    classroom: str
    title: str
    bank: str
    questions: tuple[str, ...]
    mode: Mode
    due_on: date | None
    created_at: str

    def plan(self, banks: Sequence[Bank], language: Language) -> Begun:
        """The first event of an interview of this assignment. Raises BankError if a question of it is gone."""
        every = next((tuple(one.id for one in bank.questions) for bank in banks if bank.id == self.bank), ())
        names = [QuestionName(self.bank, question) for question in self.questions or every]
        return make_named_plan(banks, names, mode=self.mode, language=language)


class AssignedInterview(NamedTuple):
    """How far a candidate is with an assignment; `overview` is None where they have not begun, or deleted what they had."""

    owner: str
    overview: InterviewOverview | None

    @property
    def is_done(self) -> bool:
        return _is_done(self.overview)


class Task(NamedTuple):
    """An assignment as a candidate of its class sees it."""

    assignment: Assignment
    classroom: Classroom
    overview: InterviewOverview | None

    @property
    def is_done(self) -> bool:
        return _is_done(self.overview)

    def is_late(self, today: date) -> bool:
        return not self.is_done and self.assignment.due_on is not None and self.assignment.due_on < today


class LiveOutcome(NamedTuple):
    """The effective level of a criterion in an interview of an assignment; `ruled_by` is None where nobody ruled."""

    interview: str
    question: str
    attempt: int
    criterion: str
    level: Level | None
    grader_level: Level | None
    ruled_by: str | None


def _is_done(overview: InterviewOverview | None) -> bool:
    return overview is not None and overview.is_over


def assign(
    store: Store,
    classroom: str,
    *,
    title: str,
    bank: str,
    questions: Sequence[str] = (),
    mode: Mode = Mode.COACH,
    due_on: date | None = None,
) -> Assignment:
    made = Assignment(new_id(), classroom, clean_name(title), bank, tuple(questions), mode, due_on, stored_now())
    row = made._asdict() | {"questions": " ".join(questions), "due_on": due_on and due_on.isoformat()}
    store.database.change(assignments.insert().values(row))
    return made


def list_assignments(store: Store, classroom: str) -> list[Assignment]:
    """The assignments of a class, the newest first."""
    return _select(store, assignments.c.classroom == classroom)


def find_assignment(store: Store, assignment: str) -> Assignment | None:
    return next(iter(_select(store, assignments.c.id == assignment)), None)


def assignment_of(store: Store, interview: str) -> Assignment | None:
    """The assignment to which an interview belongs; None where it is its candidate's own practice."""
    belongs = sa.select(assigned_interviews.c.assignment).where(assigned_interviews.c.interview == interview)
    return next(iter(_select(store, assignments.c.id.in_(belongs))), None)


def delete_assignment(store: Store, assignment: str) -> None:
    """Take an assignment back; what candidates answered is then nobody's but their own."""
    store.database.change(assignments.delete().where(assignments.c.id == assignment))


def list_tasks(store: Store, owner: str) -> list[Task]:
    """What the classes of a candidate have assigned, what is due first first, what is due on no day last."""
    query = sa.select(assignments.c.id, *(classes.c[name].label(f"class_{name}") for name in Classroom._fields))
    query = query.join(classes, classes.c.id == assignments.c.classroom)
    query = query.join(class_members, class_members.c.classroom == classes.c.id).where(class_members.c.owner == owner)
    rows = {row.id: Classroom._make(row[1:]) for row in store.database.rows(query)}
    if not rows:
        return []
    played = _overviews(store, assigned_interviews.c.owner == owner)
    tasks = [Task(one, rows[one.id], played.get((one.id, owner))) for one in _select(store, assignments.c.id.in_(rows))]
    return sorted(tasks, key=lambda task: (task.assignment.due_on or date.max, task.assignment.created_at))


def list_progress(store: Store, assignment: Assignment) -> list[AssignedInterview]:
    """How far everybody in the class is, in the order in which they joined."""
    members = sa.select(class_members.c.owner).where(class_members.c.classroom == assignment.classroom)
    played = _overviews(store, assigned_interviews.c.assignment == assignment.id)
    rows = store.database.rows(members.order_by(class_members.c.joined_at))
    return [AssignedInterview(row.owner, played.get((assignment.id, row.owner))) for row in rows]


def interview_of(store: Store, assignment: str, owner: str) -> str | None:
    this = assigned_interviews.c.assignment == assignment, assigned_interviews.c.owner == owner
    is_there = interviews.c.id == assigned_interviews.c.interview
    found: str | None = store.database.value(sa.select(interviews.c.id).where(*this, is_there))
    return found


def record_interview(store: Store, assignment: str, owner: str, interview: str) -> bool:
    """Say by which interview somebody does an assignment; False where there is one, or they left the class."""
    this = assigned_interviews.c.assignment == assignment, assigned_interviews.c.owner == owner
    is_gone = assigned_interviews.c.interview.not_in(sa.select(interviews.c.id))
    is_member = (
        sa.select(class_members.c.owner)
        .join(assignments, assignments.c.classroom == class_members.c.classroom)
        .where(assignments.c.id == assignment, class_members.c.owner == owner)
    )
    row = {"assignment": assignment, "owner": owner, "interview": interview}
    try:
        with store.database.write() as connection:
            if connection.execute(is_member).first() is None:
                return False
            connection.execute(assigned_interviews.delete().where(*this, is_gone))
            connection.execute(assigned_interviews.insert().values(row))
    except IntegrityError:
        return False  # begun in another window, or the assignment was taken back
    return True


def list_outcomes(store: Store, assignment: str) -> list[LiveOutcome]:
    """The effective verdicts on everything that was answered; what hides its grades until its end is left out until then."""
    columns = (outcomes.c[name] for name in LiveOutcome._fields)
    query = sa.select(*columns).join(assigned_interviews, assigned_interviews.c.interview == outcomes.c.interview)
    query = query.join(overviews, overviews.c.interview == outcomes.c.interview)
    query = query.where(assigned_interviews.c.assignment == assignment, SHOWS_GRADES)
    query = query.order_by(outcomes.c.interview, outcomes.c.question, outcomes.c.attempt, outcomes.c.criterion)
    found = [LiveOutcome._make(row) for row in store.database.rows(query)]
    return [one._replace(level=level_of(one.level), grader_level=level_of(one.grader_level)) for one in found]


def _select(store: Store, which: sa.ColumnElement[bool]) -> list[Assignment]:
    query = sa.select(*(assignments.c[name] for name in Assignment._fields)).where(which)
    rows = store.database.rows(query.order_by(assignments.c.created_at.desc()))
    return [
        Assignment._make(row)._replace(
            questions=tuple(row.questions.split()),
            mode=Mode(row.mode),
            due_on=date.fromisoformat(row.due_on) if row.due_on else None,
        )
        for row in rows
    ]


def _overviews(store: Store, which: sa.ColumnElement[bool]) -> dict[tuple[str, str], InterviewOverview]:
    assigned = sa.select(assigned_interviews).where(which)
    names = assigned.with_only_columns(assigned_interviews.c.interview)
    with store.database.read() as connection:
        keys = {row.interview: (row.assignment, row.owner) for row in connection.execute(assigned)}
        found = select_overviews(connection, overviews.c.interview.in_(names))
    return {keys[one.id]: one for one in found}
