"""Read models: tables derived from the events, so that lists and due work need not replay interviews."""

from collections.abc import Callable, Sequence
from dataclasses import astuple
from itertools import pairwise
from typing import Any

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
from interviewer.domain.scoring import mean
from interviewer.domain.summary import attempt_result, last_results
from interviewer.errors import InterviewerError
from interviewer.sessions import review_cards
from interviewer.sessions.interview_search import add_words
from interviewer.sessions.tables import events, interview_words, interviews, outcomes, overviews

# What is asked at every event is put together once: that takes SQLAlchemy longer than asking it.
_THIS: sa.BindParameter[str] = sa.bindparam("this")
_BRING_UP_TO_DATE = overviews.update().where(overviews.c.interview == _THIS)
_OWNER = sa.select(interviews.c.owner).where(interviews.c.id == _THIS)

# The events after which an attempt has other effective verdicts.
_JUDGING = (Graded, Ruled)
_SAYING = (Answered.__name__, Asked.__name__, Clarified.__name__)

_SAID = (
    sa.select(events.c.kind, events.c.at)
    .where(events.c.interview == _THIS, events.c.kind.in_(_SAYING))
    .order_by(events.c.number)
)
_OF_ATTEMPT = (
    outcomes.c.interview == _THIS,
    *(outcomes.c[name] == sa.bindparam(f"of_{name}") for name in ("owner", "bank", "question", "attempt")),
)
_REMOVE_OUTCOMES = outcomes.delete().where(*_OF_ATTEMPT)
_RATE = outcomes.update().where(*_OF_ATTEMPT, outcomes.c.criterion == sa.bindparam("of_criterion"))

ReadEvents = Callable[[sa.Connection, str], list[tuple[Event, str]]]
"""Reads the events of an interview in order, each with its time."""


def first_overview(
    connection: sa.Connection, interview: str, owner: str, begun_at: str, state: Interview, changed_at: str = ""
) -> None:
    """Add the row of an interview that begins, or that last changed at another time."""
    times = {"begun_at": begun_at, "changed_at": changed_at or begun_at}
    row = {"interview": interview, "owner": owner, **times, **_state(state)}
    connection.execute(overviews.insert().values(row))
    add_words(connection, interview, state)


def update(connection: sa.Connection, interview: str, event: Event, at: str, state: Interview) -> None:
    known = connection.execute(_BRING_UP_TO_DATE, {"this": interview, "changed_at": at, **_state(state)})
    if known.rowcount == 0:
        row = connection.execute(sa.select(interviews).where(interviews.c.id == interview)).one()
        first_overview(connection, row.id, row.owner, row.begun_at, state, at)
    if getattr(event, "then", ""):  # another question than was planned
        add_words(connection, interview, state)
    if isinstance(event, _JUDGING):
        owner = connection.execute(_OWNER, {"this": interview}).scalar_one()
        attempt = state.attempt(event.question, event.attempt)
        answered = _answer_times([(row.kind, row.at) for row in connection.execute(_SAID, {"this": interview})])
        source = state.source(event.question)
        connection.execute(_REMOVE_OUTCOMES, {"this": interview, **_key(owner, state, attempt)})
        _add_outcomes(connection, _outcomes(interview, owner, state, attempt, at, answered))
        review_cards.refresh(connection, [(owner, source.bank, source.question)])
    elif state.is_over and state.plan.mode is Mode.INTERVIEW:
        _rate_all(connection, interview, state)


def _rate_all(connection: sa.Connection, interview: str, state: Interview) -> None:
    """Rate what was judged before the end of an interview that shows no grades before it."""
    owner = connection.execute(_OWNER, {"this": interview}).scalar_one()
    rated = [
        {"this": interview, **_key(owner, state, attempt), "of_criterion": criterion, "rating": rating}
        for attempt in state.attempts
        for criterion, rating in ratings(state, attempt).items()
    ]
    if rated:
        connection.execute(_RATE, rated)
        asked = {state.source(attempt.question) for attempt in state.attempts}
        review_cards.refresh(connection, [(owner, source.bank, source.question) for source in asked])


def _key(owner: str, state: Interview, attempt: Attempt) -> dict[str, object]:
    _, bank, question = astuple(state.source(attempt.question))
    return {"of_owner": owner, "of_bank": bank, "of_question": question, "of_attempt": attempt.number}


def rebuild_read_models(connection: sa.Connection, read: ReadEvents) -> int:
    """Make the tables anew from the events, and give the number of interviews."""
    for table in (outcomes, overviews, interview_words):
        connection.execute(table.delete())
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
    first_overview(connection, interview, owner, recorded[0][1], state, recorded[-1][1])
    answered = _answer_times([(type(event).__name__, at) for event, at in recorded])
    for (question, number), at in judged.items():
        attempt = state.attempt(question, number)
        _add_outcomes(connection, _outcomes(interview, owner, state, attempt, at, answered))


def questions_of(connection: sa.Connection, *names: str) -> list[tuple[str, str, str]]:
    """Owner, bank and question of all that was judged in these interviews."""
    columns = (outcomes.c.owner, outcomes.c.bank, outcomes.c.question)
    judged = sa.select(*columns).where(outcomes.c.interview.in_(names)).distinct()
    return [(row.owner, row.bank, row.question) for row in connection.execute(judged)]


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
