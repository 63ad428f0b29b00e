"""What becomes of classes when interviews or people are deleted, in the transaction that deletes them."""

import sqlalchemy as sa

from interviewer.domain.rubric import Localized
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
    """Give a coach's classes to an admin, with their banks; without an admin they stay, to be deleted with the coach.

    A bank of whose name the admin has one already stays, too.
    """
    if (heir := _heir(connection, coach)) is None:
        return
    theirs, has = stored_banks.alias(), stored_banks.c.owner == coach
    known = sa.select(theirs.c.id).where(theirs.c.owner == heir).scalar_subquery()
    of_class = stored_banks.c.classroom.in_(sa.select(classes.c.id).where(classes.c.owner == coach))
    connection.execute(stored_banks.update().where(has, of_class, stored_banks.c.id.not_in(known)).values(owner=heir))
    connection.execute(classes.update().where(classes.c.owner == coach).values(owner=heir))


def _heir(connection: sa.Connection, coach: str) -> str | None:
    """The admin who takes over: the first by name."""
    others = (accounts.c.role == "admin") & (accounts.c.owner != coach)
    return connection.execute(
        sa.select(accounts.c.owner).where(others).order_by(accounts.c.name, accounts.c.owner)
    ).scalar()
