"""Classes: who coaches them, who is in them, and the invitation by which people join."""

import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from interviewer.errors import NotAllowed
from interviewer.sessions.accounts import Role
from interviewer.sessions.class_removal import banks_of_both, give_classes
from interviewer.sessions.store import Store, new_id
from interviewer.sessions.tables import (
    accounts,
    assigned_interviews,
    assignments,
    class_members,
    classes,
    stored_banks,
)
from interviewer.sessions.timestamps import as_stored, stored_now
from interviewer.text.messages import localized

INVITATION_GOOD_FOR = timedelta(days=14)
LONGEST_NAME = 120


class Classroom(NamedTuple):
    """A class; its owner is the coach. Whoever opens the link with `invitation` may join until `invites_until` (UTC, ISO 8601).

    Gradings of what is assigned to it may cost `daily_tokens` in 24 hours; None for any number.
    """

    id: str
    name: str
    owner: str
    created_at: str
    invitation: str
    invites_until: str
    daily_tokens: int | None = None

    @property
    def is_inviting(self) -> bool:
        return stored_now() < self.invites_until


class Member(NamedTuple):
    owner: str
    joined_at: str


def make_class(store: Store, coach: str, name: str) -> Classroom:
    made = Classroom(new_id(), clean_name(name), coach, stored_now(), *_new_invitation())
    store.database.change(classes.insert().values(made._asdict()))
    return made


def list_classes(store: Store, coach: str | None) -> list[Classroom]:
    """The classes of a coach (None: of everybody), the newest first."""
    return _select(store, *([] if coach is None else [classes.c.owner == coach]))


def find_class(store: Store, classroom: str) -> Classroom | None:
    return next(iter(_select(store, classes.c.id == classroom)), None)


def class_of_interview(store: Store, interview: str) -> Classroom | None:
    """The class to whose assignment an interview belongs; None where it is its candidate's own practice."""
    belongs = sa.select(assignments.c.classroom).join(assigned_interviews)
    belongs = belongs.where(assigned_interviews.c.interview == interview)
    return next(iter(_select(store, classes.c.id.in_(belongs))), None)


def classes_joined(store: Store, owner: str) -> list[Classroom]:
    """The classes that somebody is in, the newest first."""
    joined = sa.select(class_members.c.classroom).where(class_members.c.owner == owner)
    return _select(store, classes.c.id.in_(joined))


def memberships(store: Store, owner: str) -> dict[str, str]:
    """Since when somebody is in each of their classes, by its id."""
    query = sa.select(class_members.c.classroom, class_members.c.joined_at).where(class_members.c.owner == owner)
    return {row.classroom: row.joined_at for row in store.database.rows(query)}


def invited_to(store: Store, invitation: str) -> Classroom | None:
    """The class of an invitation, as long as it is good."""
    found = next(iter(_select(store, classes.c.invitation == invitation)), None)
    return found if found and found.is_inviting else None


def renew_invitation(store: Store, classroom: str) -> None:
    """Make another invitation; the links that were given away before lead nowhere."""
    store.database.change(_invitation_renewed(classroom))


def set_class_budget(store: Store, classroom: str, daily_tokens: int) -> bool:
    """Limit what the class may cost in 24 hours; 0 for any number. Whether there is such a class."""
    this = classes.update().where(classes.c.id == classroom)
    return bool(store.database.change(this.values(daily_tokens=daily_tokens or None)))


def join_class(store: Store, classroom: str, owner: str) -> None:
    """Add somebody but its coach; who is in it already stays."""
    row = sa.select(classes.c.id, sa.literal(owner), sa.literal(stored_now()))
    row = row.where(classes.c.id == classroom, classes.c.owner != owner)
    with suppress(IntegrityError):  # in it already, or the class was deleted in this moment
        store.database.change(class_members.insert().from_select(["classroom", "owner", "joined_at"], row))


def leave_class(store: Store, classroom: str, owner: str) -> None:
    """Take somebody out, whose interviews are then nobody's but their own."""
    with store.database.write() as connection:
        _take_out(connection, classroom, owner)


def list_members(store: Store, classroom: str) -> list[Member]:
    """Who is in a class, in the order in which they joined."""
    columns = class_members.c.owner, class_members.c.joined_at
    query = sa.select(*columns).where(class_members.c.classroom == classroom)
    return [Member._make(row) for row in store.database.rows(query.order_by(class_members.c.joined_at))]


def delete_class(store: Store, classroom: str) -> None:
    """Delete a class with its assignments; what candidates answered stays theirs."""
    store.database.change(classes.delete().where(classes.c.id == classroom))


def hand_over_class(store: Store, seen: Classroom, heir: str) -> None:
    """Give a class, with the banks that are for it alone, to another coach's or an admin's account.

    The heir is in it as a candidate no longer, and the invitation that its former coach knows leads nowhere.
    Raises NotAllowed, and changes nothing, if it is not its coach's any more who was `seen`, if the heir may not have a
    class, or has banks of the same ids.
    """
    try:
        _hand_over(store, seen, heir)
    except IntegrityError:
        # The heir has saved a bank of one of these ids meanwhile: now it is seen and named.
        _hand_over(store, seen, heir)


def _hand_over(store: Store, seen: Classroom, heir: str) -> None:
    with store.database.write() as connection:
        this, its_banks = classes.c.id == seen.id, stored_banks.c.classroom == seen.id
        coach = connection.execute(sa.select(classes.c.owner).where(this).with_for_update()).scalar()
        if coach != seen.owner:
            raise NotAllowed(localized("classes.coach_changed"))
        if coach == heir:
            return
        account = sa.select(accounts.c.role).where(accounts.c.owner == heir)
        role = connection.execute(account.with_for_update()).scalar()
        if role is None or not Role(role).includes(Role.COACH):
            raise NotAllowed(localized("classes.no_coach"))
        if both := banks_of_both(connection, coach, heir, its_banks):
            raise NotAllowed(localized("classes.banks_of_both", banks=", ".join(both)))
        give_classes(connection, coach, heir, this, its_banks)
        _take_out(connection, seen.id, heir)
        connection.execute(_invitation_renewed(seen.id))


def clean_name(text: str) -> str:
    """A name or a title as it is kept: on one line, and not without end."""
    return " ".join(text.split())[:LONGEST_NAME]


def _select(store: Store, *which: sa.ColumnElement[bool]) -> list[Classroom]:
    query = sa.select(*(classes.c[name] for name in Classroom._fields)).where(*which)
    return [Classroom._make(row) for row in store.database.rows(query.order_by(classes.c.created_at.desc()))]


def _take_out(connection: sa.Connection, classroom: str, owner: str) -> None:
    assigned = sa.select(assignments.c.id).where(assignments.c.classroom == classroom)
    theirs = assigned_interviews.c.assignment.in_(assigned), assigned_interviews.c.owner == owner
    connection.execute(assigned_interviews.delete().where(*theirs))
    this = class_members.c.classroom == classroom, class_members.c.owner == owner
    connection.execute(class_members.delete().where(*this))


def _invitation_renewed(classroom: str) -> sa.Update:
    invitation, until = _new_invitation()
    return classes.update().where(classes.c.id == classroom).values(invitation=invitation, invites_until=until)


def _new_invitation() -> tuple[str, str]:
    return secrets.token_urlsafe(18), as_stored(datetime.now(UTC) + INVITATION_GOOD_FOR)
