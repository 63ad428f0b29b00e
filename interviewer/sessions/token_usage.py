"""Tokens that the gradings of each owner and class cost, as their grades have recorded it.

Follow-ups, and gradings that failed, leave no record of what they cost.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from interviewer.domain.interview import Graded, SecondOpinionGiven
from interviewer.sessions.database import Database
from interviewer.sessions.tables import (
    assigned_interviews,
    assignments,
    classes,
    events,
    interviews,
    overviews,
    removed_interviews,
)
from interviewer.sessions.timestamps import as_stored

_GRADING = (Graded.__name__, SecondOpinionGiven.__name__)


class Spending(NamedTuple):
    """Tokens of one grading, and when it was recorded (UTC, ISO 8601)."""

    at: str
    tokens: int


class ClassBudget(NamedTuple):
    """Tokens that gradings of what is assigned to a class may cost in a day."""

    classroom: str
    name: str
    daily_tokens: int


def class_budget(database: Database, interview: str) -> ClassBudget | None:
    """The budget that an interview counts for: that of the class of its assignment, if both are there."""
    query = sa.select(classes.c.id, classes.c.name, classes.c.daily_tokens)
    query = query.select_from(classes.join(assignments).join(assigned_interviews))
    this = query.where(assigned_interviews.c.interview == interview, classes.c.daily_tokens.is_not(None))
    found = database.first(this)
    return ClassBudget._make(found) if found else None


def spent_since(
    database: Database, since: datetime, *, owner: str | None = None, classroom: str | None = None
) -> list[Spending]:
    """What the gradings of an owner, or of what is assigned to a class, cost since then, the first one first.

    Those in deleted interviews are included. What was deleted can be put back for a day, so that far back nobody gets
    tokens back by deleting.
    """
    assigned = sa.select(assigned_interviews.c.interview).join(assignments).where(assignments.c.classroom == classroom)

    def is_meant(table: sa.Table) -> sa.ColumnElement[bool]:
        return table.c.interview.in_(assigned) if owner is None else table.c.owner == owner

    first = as_stored(since)
    with database.read() as connection:
        recent = sa.select(overviews.c.interview).where(is_meant(overviews), overviews.c.changed_at >= first)
        query = sa.select(events.c.at, _tokens(connection).label("tokens")).where(
            events.c.interview.in_(recent), events.c.kind.in_(_GRADING), events.c.at >= first
        )
        found = [Spending(row.at, int(row.tokens or 0)) for row in connection.execute(query)]
        deleted = sa.select(removed_interviews.c.events).where(
            is_meant(removed_interviews), removed_interviews.c.removed_at >= first
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
            query = query.where(events.c.at >= as_stored(since))
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
