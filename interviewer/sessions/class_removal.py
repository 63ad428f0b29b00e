"""What becomes of classes when interviews or people are deleted, and of banks when another coach takes over."""

from collections.abc import Sequence

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
    """Give a coach's classes to an admin, with all banks that others use; without an admin they stay, to be deleted."""
    # Whoever gives this account a class at this moment has done so before, or finds it deleted.
    connection.execute(sa.select(accounts.c.owner).where(accounts.c.owner == coach).with_for_update())
    if heir := _heir(connection, coach):
        give_classes(connection, coach, heir, classes.c.owner == coach, stored_banks.c.visibility != "private")


def banks_of_both(connection: sa.Connection, coach: str, heir: str, of_banks: sa.ColumnElement[bool]) -> Sequence[str]:
    """The ids of these banks of a coach of whose id the heir has one already."""
    of_heir = sa.select(stored_banks.c.id).where(stored_banks.c.owner == heir)
    is_both = (stored_banks.c.owner == coach) & of_banks & stored_banks.c.id.in_(of_heir)
    return connection.execute(sa.select(stored_banks.c.id).where(is_both).order_by(stored_banks.c.id)).scalars().all()


def give_classes(
    connection: sa.Connection,
    coach: str,
    heir: str,
    of_classes: sa.ColumnElement[bool],
    of_banks: sa.ColumnElement[bool],
) -> None:
    """Make the heir the owner of a coach's classes and banks; a bank of whose id the heir has one already stays."""
    stays = stored_banks.c.id.in_(banks_of_both(connection, coach, heir, of_banks))
    is_given = (stored_banks.c.owner == coach) & of_banks & ~stays
    connection.execute(stored_banks.update().where(is_given).values(owner=heir))
    connection.execute(classes.update().where(of_classes).values(owner=heir))


def _heir(connection: sa.Connection, coach: str) -> str | None:
    """The admin who takes over: the first by name."""
    others = (accounts.c.role == "admin") & (accounts.c.owner != coach)
    return connection.execute(
        sa.select(accounts.c.owner).where(others).order_by(accounts.c.name, accounts.c.owner)
    ).scalar()
