"""Read models: tables derived from the events, so that lists and due work need not replay interviews."""

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from itertools import pairwise
from typing import Any, NamedTuple

import sqlalchemy as sa

from interviewer.domain.interview import (
    Answered,
    Asked,
    Attempt,
    Clarified,
    Event,
    Graded,
    Interview,
    Mode,
    Ruled,
    begin,
    due,
    step,
)
from interviewer.domain.learning import ratings
from interviewer.domain.rubric import Localized
from interviewer.domain.scoring import Score, mean
from interviewer.domain.summary import attempt_result, last_results
from interviewer.errors import InterviewerError
from interviewer.sessions import review_cards
from interviewer.sessions.interview_search import TITLE, add_words, has_all_words
from interviewer.sessions.tables import events, interview_words, interviews, outcomes, overviews

PAGE_SIZE = 50

# Put together once: it is asked at every event.
_BRING_UP_TO_DATE = overviews.update().where(overviews.c.interview == sa.bindparam("this"))

# The events after which an attempt has other effective verdicts.
_JUDGING = (Graded, Ruled)
_SAYING = (Answered.__name__, Asked.__name__, Clarified.__name__)

ReadEvents = Callable[[sa.Connection, str], list[tuple[Event, str]]]
"""Reads the events of an interview in order, each with its time."""


class InterviewOverview(NamedTuple):
    """An interview in a list. `problem` says why it cannot be read, if so; then little else is known of it."""

    id: str
    owner: str
    begun_at: str
    changed_at: str
    bank: str
    bank_zh: str
    bank_en: str
    mode: str
    phase: str
    position: int
    planned: int
    answered: int
    graded: int
    failed: int
    due: int
    low: float | None
    high: float | None
    is_estimate: bool
    problem: str
    waiting: str
    title: str | None = None

    @property
    def bank_title(self) -> Localized:
        return Localized(self.bank_zh, self.bank_en)

    @property
    def is_over(self) -> bool:
        return self.phase == "over"

    @property
    def score(self) -> Score | None:
        return None if self.low is None or self.high is None else Score(self.low, self.high)


class OwnerOverview(NamedTuple):
    """How many interviews an owner has, and when one of them last changed."""

    owner: str
    interviews: int
    changed_at: str


def list_owners(connection: sa.Connection) -> list[OwnerOverview]:
    changed_at = sa.func.max(overviews.c.changed_at)
    query = sa.select(overviews.c.owner, sa.func.count(), changed_at).group_by(overviews.c.owner)
    return [OwnerOverview._make(row) for row in connection.execute(query.order_by(changed_at.desc()))]


def list_overviews(
    connection: sa.Connection,
    owner: str | None,
    limit: int | None = None,
    offset: int = 0,
    text: str = "",
    zone: tzinfo = UTC,
) -> list[InterviewOverview]:
    """The interviews of an owner (None: of everybody) that have all words of the text, the one that changed last first."""
    query = sa.select(overviews).order_by(overviews.c.changed_at.desc(), overviews.c.interview)
    if owner is not None:
        query = query.where(overviews.c.owner == owner)
    if text.strip():
        query = query.where(has_all_words(text, zone))
    return [
        InterviewOverview._make(row) for row in connection.execute(_columns(query).limit(limit).offset(offset)).all()
    ]


def list_open(connection: sa.Connection, owner: str, limit: int) -> list[InterviewOverview]:
    """The interviews of an owner that are not over, the one that changed last first."""
    is_open = sa.text("phase <> 'over'")  # in just the words of the index
    query = sa.select(overviews).where(overviews.c.owner == owner, is_open, overviews.c.problem == "")
    query = _columns(query.order_by(overviews.c.changed_at.desc()).limit(limit))
    return [InterviewOverview._make(row) for row in connection.execute(query).all()]


def select_overviews(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[InterviewOverview]:
    return [
        InterviewOverview._make(row) for row in connection.execute(_columns(sa.select(overviews).where(which))).all()
    ]


def list_due(connection: sa.Connection, before: str | None, name: str = "") -> list[tuple[str, str]]:
    """Id and owner of the interviews to which something is owed, and that have not changed since `before`; or of one."""
    query = sa.select(overviews.c.interview, overviews.c.owner).where(overviews.c.due > 0)
    if name:
        query = query.where(overviews.c.interview == name)
    if before is not None:
        query = query.where(overviews.c.changed_at <= before)
    return [(row.interview, row.owner) for row in connection.execute(query)]


def list_due_names(connection: sa.Connection) -> list[str]:
    """Ids alone, which stand in an index: they can be read where the table is damaged."""
    return list(connection.execute(sa.select(overviews.c.interview).where(overviews.c.due > 0)).scalars())


def count_due(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.sum(overviews.c.due)).where(overviews.c.due > 0)).scalar() or 0)


def list_unchanged(connection: sa.Connection, before: str) -> list[tuple[str, str]]:
    """Id and owner of the interviews in which nothing was recorded since."""
    return [(row.interview, row.owner) for row in connection.execute(_unchanged(before))]


def lock_unchanged(connection: sa.Connection, before: str, most: int) -> list[str]:
    """Ids of such interviews, to which nothing can be added until the end of the transaction."""
    joined = _unchanged(before).join(interviews, interviews.c.id == overviews.c.interview)
    locked = joined.limit(most).with_for_update(of=[interviews, overviews], skip_locked=True)
    return [row.interview for row in connection.execute(locked)]


def _unchanged(before: str) -> sa.Select[tuple[str, str]]:
    return sa.select(overviews.c.interview, overviews.c.owner).where(overviews.c.changed_at < before)


def list_failed(connection: sa.Connection, owner: str) -> list[str]:
    """The interviews of an owner with answers whose grading failed or is still to come."""
    wanted = (overviews.c.owner == owner) & ((overviews.c.failed > 0) | (overviews.c.due > 0))
    return list(connection.execute(sa.select(overviews.c.interview).where(wanted)).scalars())


def list_ruled(connection: sa.Connection) -> list[str]:
    ruled = sa.select(outcomes.c.interview).where(outcomes.c.ruled_by.is_not(None)).distinct()
    return list(connection.execute(ruled.order_by(outcomes.c.interview)).scalars())


def first_overview(connection: sa.Connection, interview: str, owner: str, at: str, state: Interview) -> None:
    """Add the row of an interview that begins."""
    row = {"interview": interview, "owner": owner, "begun_at": at, "changed_at": at, **_state(state)}
    connection.execute(overviews.insert().values(row))
    add_words(connection, interview, state)


def update(connection: sa.Connection, interview: str, event: Event, at: str, state: Interview) -> None:
    """Bring the read models up to the state after this event."""
    this = overviews.c.interview == interview
    known = connection.execute(_BRING_UP_TO_DATE, {"this": interview, "changed_at": at, **_state(state)})
    if known.rowcount == 0:
        row = connection.execute(sa.select(interviews).where(interviews.c.id == interview)).one()
        first_overview(connection, row.id, row.owner, row.begun_at, state)
        connection.execute(overviews.update().where(this).values(changed_at=at))
    if getattr(event, "then", ""):  # another question than was planned
        add_words(connection, interview, state)
    if isinstance(event, _JUDGING):
        owner = connection.execute(sa.select(interviews.c.owner).where(interviews.c.id == interview)).scalar_one()
        attempt = state.attempt(event.question, event.attempt)
        said = sa.select(events.c.kind, events.c.at).where(events.c.interview == interview, events.c.kind.in_(_SAYING))
        answered = _answer_times([(row.kind, row.at) for row in connection.execute(said.order_by(events.c.number))])
        source = state.source(event.question)
        key = {"owner": owner, "interview": interview, "bank": source.bank, "question": source.question}
        key |= {"attempt": attempt.number}
        connection.execute(outcomes.delete().where(*(outcomes.c[name] == value for name, value in key.items())))
        _add_outcomes(connection, _outcomes(interview, owner, state, attempt, at, answered))
        review_cards.refresh(connection, owner, source.bank, source.question)
    elif state.is_over and state.plan.mode is Mode.INTERVIEW:
        _rate_all(connection, interview, state)


def _rate_all(connection: sa.Connection, interview: str, state: Interview) -> None:
    """Rate what was judged before the end of an interview that shows no grades before it."""
    owner = connection.execute(sa.select(interviews.c.owner).where(interviews.c.id == interview)).scalar_one()
    for attempt in state.attempts:
        source = state.source(attempt.question)
        key = {"owner": owner, "interview": interview, "bank": source.bank, "question": source.question}
        this = [outcomes.c[name] == value for name, value in key.items()]
        for criterion, rating in ratings(state, attempt).items():
            these = (outcomes.c.attempt == attempt.number, outcomes.c.criterion == criterion)
            connection.execute(outcomes.update().where(*this, *these).values(rating=rating))
        review_cards.refresh(connection, owner, source.bank, source.question)


def rebuild_read_models(connection: sa.Connection, read: ReadEvents) -> int:
    """Make the tables anew from the events, and give the number of interviews."""
    connection.execute(outcomes.delete())
    connection.execute(overviews.delete())
    connection.execute(interview_words.delete())
    rows = connection.execute(sa.select(interviews).order_by(interviews.c.id)).all()
    for row in rows:
        try:
            add_interview(connection, row.id, row.owner, read(connection, row.id))
        except InterviewerError as error:
            _add_unreadable(connection, row, str(error))
    review_cards.rebuild_review_cards(connection)
    return len(rows)


def add_interview(connection: sa.Connection, interview: str, owner: str, recorded: list[tuple[Event, str]]) -> None:
    """Add the rows of an interview that has none, but for its review cards. Raises OutOfTurn if it cannot be played."""
    if not recorded:
        return
    state = begin(recorded[0][0])
    judged: dict[tuple[str, int], str] = {}
    for event, at in recorded[1:]:
        state = step(state, event)
        if isinstance(event, _JUDGING):
            judged[event.question, event.attempt] = at
    first_overview(connection, interview, owner, recorded[0][1], state)
    this = overviews.c.interview == interview
    connection.execute(overviews.update().where(this).values(changed_at=recorded[-1][1]))
    answered = _answer_times([(type(event).__name__, at) for event, at in recorded])
    for (question, number), at in judged.items():
        attempt = state.attempt(question, number)
        _add_outcomes(connection, _outcomes(interview, owner, state, attempt, at, answered))


def questions_of(connection: sa.Connection, *names: str) -> list[tuple[str, str, str]]:
    """Owner, bank and question of all that was judged in these interviews."""
    columns = (outcomes.c.owner, outcomes.c.bank, outcomes.c.question)
    judged = sa.select(*columns).where(outcomes.c.interview.in_(names)).distinct()
    return [(row.owner, row.bank, row.question) for row in connection.execute(judged)]


def _columns(query: sa.Select[Any]) -> sa.Select[Any]:
    """The columns of an InterviewOverview in its order."""
    own = (overviews.c[name] for name in InterviewOverview._fields[1:-1])
    return query.with_only_columns(overviews.c.interview, *own, TITLE)


def _state(state: Interview) -> dict[str, Any]:
    results = last_results(state)
    score = mean(result.score for result in results if result.score)
    answered = [attempt for attempt in state.attempts if attempt.is_answered]
    title = state.bank.title
    return {
        "bank": state.bank.id,
        "bank_zh": title.zh,
        "bank_en": title.en,
        "mode": state.plan.mode,
        "phase": state.phase,
        "position": state.plan_place - 1,
        "planned": len(state.plan.questions),
        "waiting": " ".join(f"{one.bank}/{one.question}" for one in map(state.source, state.waiting)),
        "answered": len(answered),
        "graded": sum(attempt.grade is not None for attempt in answered),
        "failed": sum(bool(attempt.failure) for attempt in answered),
        "due": len(due(state)),
        "low": score.low if score else None,
        "high": score.high if score else None,
        "is_estimate": any(result.is_estimate for result in results),
        "problem": "",
    }


def _add_unreadable(connection: sa.Connection, row: Any, problem: str) -> None:
    changed = sa.select(sa.func.max(events.c.at)).where(events.c.interview == row.id)
    known = {"interview": row.id, "owner": row.owner, "begun_at": row.begun_at, "problem": problem}
    known["changed_at"] = connection.execute(changed).scalar() or row.begun_at
    texts = dict.fromkeys(("bank", "bank_zh", "bank_en", "mode", "phase", "waiting"), "")
    numbers = dict.fromkeys(("position", "planned", "answered", "graded", "failed", "due"), 0)
    connection.execute(overviews.insert().values(**known, **texts, **numbers, is_estimate=False))


def _add_outcomes(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(outcomes.insert(), rows)


def _outcomes(
    interview: str, owner: str, state: Interview, attempt: Attempt, at: str, answered: Sequence[str]
) -> list[dict[str, Any]]:
    """The rows of an attempt that was judged; `answered` are the times of all answers of the interview."""
    found, source, rated = attempt_result(state, attempt), state.source(attempt.question), ratings(state, attempt)
    by_grader = {verdict.criterion: verdict.level for verdict in attempt.grade.verdicts} if attempt.grade else {}
    return [
        {
            "owner": owner,
            "interview": interview,
            "bank": source.bank,
            "question": source.question,
            "kind": found.question.rubric[verdict.criterion].kind,
            "rubric": found.question.rubric.digest,
            "criterion": verdict.criterion,
            "level": verdict.level,
            "grader_level": by_grader.get(verdict.criterion),
            "ruled_by": ruling.by if (ruling := attempt.ruling(verdict.criterion)) else None,
            "aid": attempt.assistance_for(verdict),
            "attempt": attempt.number,
            "at": at,
            "answered_at": _answered_at(state, attempt, answered),
            "rating": rated.get(verdict.criterion),
            "seconds": attempt.seconds,
        }
        for verdict in found.verdicts
    ]


def _answer_times(recorded: Sequence[tuple[str, str]]) -> list[str]:
    """The times of the answers among events of these kinds; what was replied to at once was a question, and no answer."""
    said = [one for one in recorded if one[0] in _SAYING]
    followed = pairwise([*said, ("", "")])
    return [at for (kind, at), (after, _) in followed if kind == Answered.__name__ and after != Clarified.__name__]


def _answered_at(state: Interview, attempt: Attempt, answered: Sequence[str]) -> str:
    """When the last answer of an attempt was given; attempts are answered one after the other."""
    place = state.attempts.index(attempt)
    return answered[sum(len(one.answers) for one in state.attempts[: place + 1]) - 1]
