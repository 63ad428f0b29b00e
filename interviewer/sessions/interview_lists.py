"""Lists of interviews, read from their overviews: those of a person, those that are due, those to be removed."""

from datetime import UTC, tzinfo
from typing import Any, NamedTuple

import sqlalchemy as sa

from interviewer.domain.rubric import Localized
from interviewer.domain.scoring import Score
from interviewer.sessions.interview_search import TITLE, has_all_words
from interviewer.sessions.tables import interviews, outcomes, overviews

PAGE_SIZE = 50


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


def _columns(query: sa.Select[Any]) -> sa.Select[Any]:
    """The columns of an InterviewOverview in its order."""
    own = (overviews.c[name] for name in InterviewOverview._fields[1:-1])
    return query.with_only_columns(overviews.c.interview, *own, TITLE)
