"""What becomes of classes when interviews or people are deleted, or another coach takes over."""

import sqlalchemy as sa

from interviewer.domain.rubric import Localized
from interviewer.errors import NotAllowed
from interviewer.sessions.accounts import Role
from interviewer.sessions.database import Database
from interviewer.sessions.tables import (
    accounts,
    assigned_interviews,
    classes,
    coach_notes,
    interviews,
    removed_interviews,
    stored_banks,
)
from interviewer.text.messages import localized


def remove_deleted_interviews(connection: sa.Connection) -> None:
    """Drop what is known of interviews that nobody can put back any more."""
    for table in (coach_notes, assigned_interviews):
        is_deleted = table.c.interview.not_in(sa.select(interviews.c.id))
        is_forgotten = table.c.interview.not_in(sa.select(removed_interviews.c.interview))
        connection.execute(table.delete().where(is_deleted, is_forgotten))


def fate_of_classes(database: Database, coach: str) -> Localized | None:
    """What is said of a coach's classes before the coach's account is deleted; None where there are none."""
    with database.read() as connection:
        query = sa.select(classes.c.name).where(classes.c.owner == coach).order_by(classes.c.created_at)
        names = connection.execute(query).scalars().all()
        heir = _heir(connection, coach)
    if not names:
        return None
    return localized("account.classes_pass" if heir else "account.classes_end", names=", ".join(names))


def pass_on_classes(connection: sa.Connection, coach: str) -> None:
    """Give a coach's classes to an admin, with all banks that others use; without an admin they stay, to be deleted."""
    if heir := _heir(connection, coach):
        _give(connection, coach, heir, classes.c.owner == coach, stored_banks.c.visibility != "private")


def hand_over_class(database: Database, classroom: str, heir: str) -> bool:
    """Give a class, with the banks that are for it alone, to another coach's or an admin's account.

    Whether there is such a class. Raises NotAllowed for who may not have one.
    """
    with database.write() as connection:
        coach = connection.execute(
            sa.select(classes.c.owner).where(classes.c.id == classroom).with_for_update()
        ).scalar()
        role = connection.execute(sa.select(accounts.c.role).where(accounts.c.owner == heir)).scalar()
        if coach is None:
            return False
        if role is None or not Role(role).includes(Role.COACH):
            raise NotAllowed(localized("classes.no_coach"))
        if coach != heir:
            _give(connection, coach, heir, classes.c.id == classroom, stored_banks.c.classroom == classroom)
    return True


def _give(
    connection: sa.Connection,
    coach: str,
    heir: str,
    of_classes: sa.ColumnElement[bool],
    of_banks: sa.ColumnElement[bool],
) -> None:
    """Make the heir the owner of a coach's classes and banks; a bank of whose id the heir has one already stays."""
    of_coach = stored_banks.c.owner == coach
    given = connection.execute(sa.select(stored_banks.c.id).where(of_coach, of_banks)).scalars().all()
    known = connection.execute(sa.select(stored_banks.c.id).where(stored_banks.c.owner == heir)).scalars().all()
    is_given = stored_banks.c.id.in_(set(given) - set(known))
    connection.execute(stored_banks.update().where(of_coach, is_given).values(owner=heir))
    connection.execute(classes.update().where(of_classes).values(owner=heir))


def _heir(connection: sa.Connection, coach: str) -> str | None:
    """The admin who takes over: the first by name."""
    others = (accounts.c.role == "admin") & (accounts.c.owner != coach)
    return connection.execute(
        sa.select(accounts.c.owner).where(others).order_by(accounts.c.name, accounts.c.owner)
    ).scalar()
