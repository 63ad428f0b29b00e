"""What an owner practised and when: queries over the outcomes and the choices made for practice."""

from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from interviewer.sessions.interview_lists import SHOWS_GRADES, InterviewOverview, list_open
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.review_cards import ReviewCard, list_cards
from interviewer.sessions.store import Store
from interviewer.sessions.tables import outcomes, overviews, owner_settings
from interviewer.sessions.timestamps import as_stored

DAILY_CAP = 20

_RECENT_ROWS = 250  # rows of some fifty attempts: enough for a median, however long somebody has practised
_MOST_OPEN = 5


class PracticeSettings(NamedTuple):
    """What an owner chose: the day of a real interview, if there is one, and the most questions a day."""

    exam_on: date | None = None
    daily_cap: int = DAILY_CAP


class PracticeLog(NamedTuple):
    """All that a plan for today needs of one owner. `seconds` are those of the last attempts, as far as they are known."""

    settings: PracticeSettings
    cards: list[ReviewCard]
    answered_today: set[QuestionName]
    last_answer: datetime | None
    seconds: list[float]
    open: list[InterviewOverview]


class LastAnswer(NamedTuple):
    """Where the answer stands that was given last to a question: `Interview.asked_as` gives its id in that interview."""

    interview: str
    attempt: int
    answered_at: str


def last_answer(store: Store, owner: str, name: QuestionName) -> LastAnswer | None:
    """The judged answer that was given last to a question; None if there is none."""
    this = (outcomes.c.owner == owner, outcomes.c.bank == name.bank, outcomes.c.question == name.question)
    columns = (outcomes.c.interview, outcomes.c.attempt, outcomes.c.answered_at)
    latest = sa.select(*columns).where(*this).order_by(outcomes.c.answered_at.desc()).limit(1)
    found = store.database.first(latest)
    return LastAnswer._make(found) if found else None


def list_verdicts(store: Store, owner: str) -> list[dict[str, Any]]:
    """Every effective verdict, by column, in the order of the answers; none that is hidden until an interview's end."""
    columns = [outcomes.c[name] for name in _VERDICT_COLUMNS]
    query = sa.select(*columns).join(overviews, overviews.c.interview == outcomes.c.interview)
    query = query.where(outcomes.c.owner == owner, overviews.c.owner == owner, SHOWS_GRADES)
    query = query.order_by(outcomes.c.answered_at, outcomes.c.interview, outcomes.c.question, outcomes.c.criterion)
    return [row._asdict() for row in store.database.rows(query)]


_VERDICT_COLUMNS = (
    "answered_at", "bank", "question", "attempt", "criterion", "kind", "level", "grader_level", "ruled_by", "aid", "rating",
    "seconds", "interview", "rubric",
)  # fmt: skip


def read_practice_settings(store: Store, owner: str) -> PracticeSettings:
    with store.database.read() as connection:
        return _settings(connection, owner)


def save_practice_settings(store: Store, owner: str, settings: PracticeSettings) -> None:
    row = {"exam_on": settings.exam_on and settings.exam_on.isoformat(), "daily_cap": settings.daily_cap}
    with store.database.write() as connection:
        this = owner_settings.c.owner == owner
        if not connection.execute(owner_settings.update().where(this).values(row)).rowcount:
            connection.execute(owner_settings.insert().values(owner=owner, **row))


def read_log(store: Store, owner: str, midnight: datetime) -> PracticeLog:
    """What was practised; today began at `midnight` (aware)."""
    mine, recent = outcomes.c.owner == owner, outcomes.c.answered_at.desc()
    since = outcomes.c.answered_at >= as_stored(midnight)
    names = sa.select(outcomes.c.bank, outcomes.c.question).where(mine, since).distinct()
    attempt = (outcomes.c.interview, outcomes.c.bank, outcomes.c.question, outcomes.c.attempt)
    paced = sa.select(*attempt, outcomes.c.seconds).where(mine).order_by(recent).limit(_RECENT_ROWS)
    with store.database.read() as connection:
        last = connection.execute(sa.select(sa.func.max(outcomes.c.answered_at)).where(mine)).scalar()
        seconds = {tuple(row[:4]): row.seconds for row in connection.execute(paced)}
        return PracticeLog(
            settings=_settings(connection, owner),
            cards=list_cards(connection, owner),
            answered_today={QuestionName._make(row) for row in connection.execute(names)},
            last_answer=datetime.fromisoformat(last) if last else None,
            seconds=[one for one in seconds.values() if one is not None],
            open=list_open(connection, owner, _MOST_OPEN),
        )


def _settings(connection: sa.Connection, owner: str) -> PracticeSettings:
    row = connection.execute(sa.select(owner_settings).where(owner_settings.c.owner == owner)).first()
    if row is None:
        return PracticeSettings()
    exam = date.fromisoformat(row.exam_on) if row.exam_on else None
    return PracticeSettings(exam, row.daily_cap or DAILY_CAP)
