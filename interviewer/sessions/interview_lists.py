"""Lists of interviews, read from their overviews: those of a person, those that are due, those to be removed."""

from typing import NamedTuple

import sqlalchemy as sa

from interviewer.domain.grade import Level
from interviewer.domain.interview import Mode, Phase
from interviewer.domain.rubric import Localized
from interviewer.domain.scoring import Score
from interviewer.sessions.database import Database
from interviewer.sessions.interview_search import TITLE
from interviewer.sessions.tables import interviews, outcomes, overviews

PAGE_SIZE = 50

SHOWS_GRADES = (overviews.c.mode == Mode.COACH) | (overviews.c.phase == Phase.OVER)
"""What `shows_grades` says of an interview, as a condition on its overview."""


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


def list_owners(database: Database) -> list[OwnerOverview]:
    """Everybody who has interviews, the one who played last first."""
    changed_at = sa.func.max(overviews.c.changed_at)
    query = sa.select(overviews.c.owner, sa.func.count(), changed_at).group_by(overviews.c.owner)
    return [OwnerOverview._make(row) for row in database.rows(query.order_by(changed_at.desc()))]


def has_others(database: Database, owner: str) -> bool:
    return database.first(sa.select(interviews.c.id).where(interviews.c.owner != owner).limit(1)) is not None


def list_open(connection: sa.Connection, owner: str, limit: int) -> list[InterviewOverview]:
    """The interviews of an owner that are not over, the one that changed last first."""
    is_open = sa.text("phase <> 'over'")  # in just the words of the index
    return select_overviews(connection, overviews.c.owner == owner, is_open, overviews.c.problem == "", limit=limit)


def select_overviews(
    connection: sa.Connection,
    *which: sa.ColumnElement[bool] | sa.TextClause,
    limit: int | None = None,
    offset: int | None = None,
) -> list[InterviewOverview]:
    """The overviews for which all of this is true, the one that changed last first."""
    own = (overviews.c[name] for name in InterviewOverview._fields[1:-1])
    query = sa.select(overviews.c.interview, *own, TITLE).where(*which).limit(limit).offset(offset)
    rows = connection.execute(query.order_by(overviews.c.changed_at.desc(), overviews.c.interview))
    return [InterviewOverview._make(row) for row in rows]


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


def list_unchanged(database: Database, before: str) -> list[tuple[str, str]]:
    """Id and owner of the interviews in which nothing was recorded since."""
    return [(row.interview, row.owner) for row in database.rows(_unchanged(before))]


def lock_unchanged(connection: sa.Connection, before: str, most: int) -> list[str]:
    """Ids of such interviews, to which nothing can be added until the end of the transaction."""
    joined = _unchanged(before).join(interviews, interviews.c.id == overviews.c.interview)
    locked = joined.limit(most).with_for_update(of=[interviews, overviews], skip_locked=True)
    return [row.interview for row in connection.execute(locked)]


def _unchanged(before: str) -> sa.Select[tuple[str, str]]:
    return sa.select(overviews.c.interview, overviews.c.owner).where(overviews.c.changed_at < before)


def list_ungraded(database: Database, owner: str) -> list[str]:
    """The interviews of an owner with answers whose grading failed or is still to come."""
    wanted = (overviews.c.owner == owner) & ((overviews.c.failed > 0) | (overviews.c.due > 0))
    return [row.interview for row in database.rows(sa.select(overviews.c.interview).where(wanted))]


def list_ruled(database: Database) -> list[str]:
    ruled = sa.select(outcomes.c.interview).where(outcomes.c.ruled_by.is_not(None)).distinct()
    return [row.interview for row in database.rows(ruled.order_by(outcomes.c.interview))]


def level_of(stored: str | None) -> Level | None:
    return Level(stored) if stored else None
