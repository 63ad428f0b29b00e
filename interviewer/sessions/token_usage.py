"""Tokens that the gradings of each owner cost, as their grades have recorded it.

Follow-ups, and gradings that failed, leave no record of what they cost.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from interviewer.domain.interview import Graded, SecondOpinionGiven
from interviewer.sessions.database import Database
from interviewer.sessions.tables import events, interviews, overviews, removed_interviews

_GRADING = (Graded.__name__, SecondOpinionGiven.__name__)


class Spending(NamedTuple):
    """Tokens of one grading, and when it was recorded (UTC, ISO 8601)."""

    at: str
    tokens: int


def spent_since(database: Database, owner: str, since: datetime) -> list[Spending]:
    """What an owner's gradings cost since then, the first one first, those in deleted interviews included.

    What was deleted can be put back for a day, so that far back nobody gets tokens back by deleting.
    """
    first = since.isoformat(timespec="milliseconds")
    with database.read() as connection:
        recent = sa.select(overviews.c.interview).where(overviews.c.owner == owner, overviews.c.changed_at >= first)
        query = sa.select(events.c.at, _tokens(connection).label("tokens")).where(
            events.c.interview.in_(recent), events.c.kind.in_(_GRADING), events.c.at >= first
        )
        found = [Spending(row.at, int(row.tokens or 0)) for row in connection.execute(query)]
        deleted = sa.select(removed_interviews.c.events).where(
            removed_interviews.c.owner == owner, removed_interviews.c.removed_at >= first
        )
        for body in connection.execute(deleted).scalars():
            found += (one for one in _spent_in(body) if one.at >= first)
    return sorted(one for one in found if one.tokens)


def spent_by_owner(database: Database, since: datetime | None = None) -> dict[str, int]:
    """What the gradings of each owner cost, in the interviews that are there; reads them all."""
    with database.read() as connection:
        total = sa.func.sum(_tokens(connection)).label("tokens")
        query = sa.select(interviews.c.owner, total).join(events, events.c.interview == interviews.c.id)
        query = query.where(events.c.kind.in_(_GRADING)).group_by(interviews.c.owner)
        if since is not None:
            query = query.where(events.c.at >= since.isoformat(timespec="milliseconds"))
        return {row.owner: int(row.tokens or 0) for row in connection.execute(query)}


def _tokens(connection: sa.Connection) -> sa.ColumnElement[Any]:
    """The tokens in the body of a grading; 0 where the server counted none, or a failure has no grade."""
    is_postgres = connection.dialect.name == "postgresql"
    body = sa.cast(events.c.body, sa.JSON) if is_postgres else sa.type_coerce(events.c.body, sa.JSON)
    parts = [body["grade", "spent", name].as_integer() for name in ("prompt", "completion")]
    prompt, completion = (sa.func.coalesce(part, 0) for part in parts)
    return prompt + completion


def _spent_in(kept: str) -> Iterator[Spending]:
    """What the gradings of a deleted interview cost, read from its events as they are kept."""
    _, *later = json.loads(kept)
    for kind, text, at in later:
        if kind in _GRADING:
            spent = (json.loads(text).get("grade") or {}).get("spent") or {}
            yield Spending(at, spent.get("prompt", 0) + spent.get("completion", 0))
