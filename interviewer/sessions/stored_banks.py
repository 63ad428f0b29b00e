"""Banks in the database, where people have accounts: whose they are, and who else sees them.

A bank is its owner's alone, of a class, or for everybody. Members of a class and its coach see the banks of the class, an
admin those of all classes; only the owner and, of what they see, admins change or delete one. Two people may have a bank
of the same id: neither learns of the other's. Nothing of a bank is remembered between two questions but what its digest
names, so a change is seen by every replica at once.
"""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from interviewer.errors import BankError, NotAllowed
from interviewer.sessions.accounts import Role
from interviewer.sessions.classes import find_class, list_classes
from interviewer.sessions.permissions import Access, Action
from interviewer.sessions.removal import KEPT_FOR
from interviewer.sessions.store import Store, new_id
from interviewer.sessions.tables import class_members, classes, stored_banks
from interviewer.sessions.timestamps import stored_now
from interviewer.text.messages import localized

PRIVATE, EVERYBODY = "private", "everybody"
MOST_BYTES = 20_000_000
"""All banks of one owner together; the largest single one is a quarter of it."""

_LISTED = [stored_banks.c[name] for name in ("owner", "id", "visibility", "classroom", "digest", "removed_id")]
_IS_THERE = stored_banks.c.removed_at.is_(None)


@dataclass(frozen=True, slots=True)
class StoredBank:
    """A bank as one person sees it, whether it is there yet or not. `audience`: `private`, `everybody` or a class's id."""

    store: Store
    owner: str
    id: str
    audience: str = PRIVATE
    digest: str = ""
    locked: str = ""
    removed_as: str = ""
    """What its row is called as long as it is removed: another bank may take its id meanwhile."""

    @property
    def path(self) -> Path:
        return Path(f"{self.id}.yaml")

    @property
    def key(self) -> Hashable:
        return self.owner, self.id

    def read(self) -> bytes | None:
        return self._text("yaml")

    def imported(self) -> bytes | None:
        return self._text("imported")

    def save(self, text: str, before: bytes | None, *, keeps_before: bool = False) -> None:  # noqa: ARG002
        """Raises BankError, also where another bank of its audience has its id."""
        self._check_owner()
        new = {
            "yaml": text,
            "digest": _digest(text.encode()),
            "changed_at": stored_now(),
            **_audience_row(self.audience),
        }
        try:
            with self.store.database.write() as connection:
                self._check_room(connection, len(text.encode()))
                if before is None:
                    row = {"owner": self.owner, "id": self.id, "imported": "", **new}
                    connection.execute(stored_banks.insert().values(row))
                    return
                is_same = stored_banks.c.digest == _digest(before)
                if not connection.execute(stored_banks.update().where(self._is_there, is_same).values(new)).rowcount:
                    raise BankError(self.path.name, "", localized("bank.changed_meanwhile"))
        except IntegrityError as error:
            raise self._taken() from error

    def save_imported(self, text: str) -> None:
        self._check_owner()
        self._update(self._is_there, imported=text)

    def share(self) -> None:
        self._check_owner()
        self._update(self._is_there, changed_at=stored_now(), **_audience_row(self.audience))

    def remove(self) -> None:
        self._check_owner()
        self._update(self._is_there, removed_at=stored_now(), id=new_id(), removed_id=self.id)

    def put_back(self) -> None:
        self._update(self._is_this, removed_at=None, id=self.id, removed_id=None)

    @property
    def _is_this(self) -> sa.ColumnElement[bool]:
        return (stored_banks.c.owner == self.owner) & (stored_banks.c.id == (self.removed_as or self.id))

    @property
    def _is_there(self) -> sa.ColumnElement[bool]:
        return self._is_this & _IS_THERE

    def _text(self, column: str) -> bytes | None:
        if not self.digest:
            return None
        found = self.store.database.value(sa.select(stored_banks.c[column]).where(self._is_this))
        return None if found is None else found.encode()

    def _update(self, which: sa.ColumnElement[bool], **values: Any) -> None:
        try:
            self.store.database.change(stored_banks.update().where(which).values(values))
        except IntegrityError as error:
            raise self._taken() from error

    def _check_owner(self) -> None:
        if self.locked:
            raise BankError(self.path.name, "id", localized(self.locked, id=repr(self.id)))

    def _check_room(self, connection: sa.Connection, size: int) -> None:
        """Signs are counted, and not bytes, where the database does so: a limit need not be exact."""
        others = sa.select(sa.func.sum(sa.func.length(stored_banks.c.yaml))).where(
            stored_banks.c.owner == self.owner, stored_banks.c.id != self.id, _IS_THERE
        )
        if (connection.execute(others).scalar() or 0) + size > MOST_BYTES:
            raise BankError(self.path.name, "", localized("bank.no_room", most=MOST_BYTES // 1_000_000))

    def _taken(self) -> BankError:
        """What the database refused: an id that is taken, or a class that was deleted meanwhile."""
        if self.audience not in (PRIVATE, EVERYBODY) and find_class(self.store, self.audience) is None:
            return BankError(self.path.name, "", localized("bank.class_gone"))
        return BankError(self.path.name, "id", localized("bank.place_taken", id=repr(self.id)))


@dataclass(frozen=True, slots=True)
class ClassShelf:
    """What everybody in a class sees."""

    store: Store
    classroom: str

    def places(self) -> list[StoredBank]:
        which = _IS_THERE & ((stored_banks.c.classroom == self.classroom) | (stored_banks.c.visibility == EVERYBODY))
        rows = _list(self.store, which)
        return [_of_row(self.store, row, is_locked=True) for row in sorted(rows, key=_of_classes_first)]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one person sees: their own banks first, then those of classes, then those of everybody."""

    store: Store
    access: Access
    owner: str

    def places(self) -> list[StoredBank]:
        role = self.access.role(self.owner)
        is_admin = role is Role.ADMIN
        of_class: sa.ColumnElement[bool] = stored_banks.c.classroom.is_not(None)
        if not is_admin:
            joined = sa.select(class_members.c.classroom).where(class_members.c.owner == self.owner)
            led = sa.select(classes.c.id).where(classes.c.owner == self.owner)
            of_class = stored_banks.c.classroom.in_(joined)
            if role and role.includes(Role.COACH):
                of_class |= stored_banks.c.classroom.in_(led)
        is_seen = (stored_banks.c.owner == self.owner) | of_class | (stored_banks.c.visibility == EVERYBODY)
        rows = _list(self.store, _IS_THERE & is_seen)
        rows.sort(key=lambda row: (row.owner != self.owner, _of_classes_first(row)))
        return [_of_row(self.store, row, is_locked=row.owner != self.owner and not is_admin) for row in rows]

    def new_place(self, id: str) -> StoredBank:  # noqa: A002 - the key of the bank
        return StoredBank(self.store, self.owner, id)

    @property
    def may_publish(self) -> bool:
        return self.access.may_coach(self.owner)

    def audiences(self) -> list[tuple[str, str]]:
        """Nobody else; the classes that this person leads; everybody, where they may give a bank to all."""
        if not self.may_publish:
            return [(PRIVATE, "")]
        found = list_classes(self.store, None if self.access.is_admin(self.owner) else self.owner)
        return [(PRIVATE, ""), *((one.id, one.name) for one in found), (EVERYBODY, "")]

    def shared(self, place: Any, audience: str) -> StoredBank:
        audience = audience or place.audience
        is_allowed = audience in (PRIVATE, place.audience) or (
            self.may_publish if audience == EVERYBODY else self.access.may(self.owner, Action.CHANGE_CLASS, audience)
        )
        if not is_allowed:
            raise NotAllowed(localized("bank.no_audience"))
        assert isinstance(place, StoredBank)
        return replace(place, audience=audience)

    def remove(self, id: str) -> bool:  # noqa: A002
        found = next((one for one in self.places() if one.id == id), None)
        if found:
            found.remove()
        return found is not None

    def removed(self) -> list[StoredBank]:
        rows = _list(self.store, self._is_removed, stored_banks.c.removed_at.desc())
        return [_of_row(self.store, row) for row in rows]

    def put_back(self, id: str) -> bool:  # noqa: A002
        found = next((one for one in self.removed() if one.id == id), None)
        if found:
            found.put_back()
        elif any(one.id == id and one.owner == self.owner for one in self.places()):
            raise BankError(f"{id}.yaml", "", localized("bank.place_taken", id=repr(id)))
        return found is not None

    @property
    def _is_removed(self) -> sa.ColumnElement[bool]:
        """One's own banks; for an admin also those of others that an admin could remove."""
        is_changed_by = stored_banks.c.owner == self.owner
        if self.access.is_admin(self.owner):
            is_changed_by |= (stored_banks.c.visibility == EVERYBODY) | stored_banks.c.classroom.is_not(None)
        return is_changed_by & (stored_banks.c.removed_at >= stored_now(KEPT_FOR))


@dataclass(frozen=True, slots=True)
class StoredBanks:
    """The shelves of everybody."""

    store: Store
    access: Access

    def of(self, owner: str) -> Shelf:
        return Shelf(self.store, self.access, owner)

    def of_class(self, classroom: str) -> ClassShelf:
        return ClassShelf(self.store, classroom)


def export_banks(store: Store, owner: str) -> list[dict[str, str | None]]:
    """All that is kept of the banks of an owner, but for what they removed."""
    names = ("id", "visibility", "classroom", "changed_at", "yaml")
    query = sa.select(*(stored_banks.c[name] for name in names)).where(stored_banks.c.owner == owner, _IS_THERE)
    return [row._asdict() for row in store.database.rows(query.order_by(stored_banks.c.id))]


def purge_removed_banks(store: Store) -> int:
    """Drop for good the banks that nobody can put back any more; give how many that were."""
    is_old = stored_banks.c.removed_at < stored_now(KEPT_FOR)
    if store.database.first(sa.select(stored_banks.c.id).where(is_old).limit(1)) is None:
        return 0
    return store.database.change(stored_banks.delete().where(is_old))


def _list(store: Store, which: sa.ColumnElement[bool], *order: sa.ColumnElement[Any]) -> list[sa.Row[Any]]:
    query = sa.select(*_LISTED).where(which).order_by(*order, stored_banks.c.id, stored_banks.c.owner)
    return list(store.database.rows(query))


def _of_row(store: Store, row: Any, *, is_locked: bool = False) -> StoredBank:
    audience = row.classroom or (EVERYBODY if row.visibility == EVERYBODY else PRIVATE)
    locked = "bank.id_of_others" if is_locked else ""
    removed_as = row.id if row.removed_id else ""
    return StoredBank(store, row.owner, row.removed_id or row.id, audience, row.digest, locked, removed_as)


def _of_classes_first(row: Any) -> bool:
    return row.classroom is None


def _audience_row(audience: str) -> dict[str, str | None]:
    is_class = audience not in (PRIVATE, EVERYBODY)
    return {"visibility": "class" if is_class else audience, "classroom": audience if is_class else None}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
