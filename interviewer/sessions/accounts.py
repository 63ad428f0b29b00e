"""The people behind owners: who signed in, and what their role lets them do."""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from interviewer.errors import NotAllowed
from interviewer.sessions import LOCAL_OWNER
from interviewer.sessions.account_merge import merge_owner
from interviewer.sessions.database import Database
from interviewer.sessions.tables import accounts
from interviewer.text.messages import localized

# The issuer of those whom a proxy in front signs in.
PROXY = "proxy"

_ALL = sa.select(accounts)


class Role(StrEnum):
    """What a person may do. Each may do whatever those before it may."""

    CANDIDATE = "candidate"
    COACH = "coach"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of an owner who signed in. `issuer` and `subject` together are who the person is to the provider."""

    owner: str
    name: str
    email: str
    role: Role
    issuer: str
    subject: str
    epoch: int = 0
    """Sessions of an earlier epoch have ended."""

    @property
    def signs_in_at_proxy(self) -> bool:
        """Whether the session is a proxy's, and not ours to end."""
        return self.issuer == PROXY


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a provider, or a proxy, says somebody is. `role` is None where nobody named one."""

    issuer: str
    subject: str
    name: str = ""
    email: str = ""
    role: Role | None = None


def require(account: Account | None, role: Role) -> Account:
    """The account, if it may do what this role may. Raises NotAllowed, also where nobody has signed in."""
    if account is None:
        raise NotAllowed(localized("account.needs_sign_in"))
    if not account.role.includes(role):
        needed, own = (localized(f"account_role.{one}") for one in (role, account.role))
        raise NotAllowed(localized("account.needs_role", role=needed, own=own))
    return account


class Accounts:
    """The accounts of a database. Safe to share between threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, owner: str) -> Account | None:
        return self._first(accounts.c.owner == owner)

    def known(self, issuer: str, subject: str) -> Account | None:
        """The account of a person as the provider names them; None if they never signed in."""
        return self._first(_is(issuer, subject))

    def all(self) -> list[Account]:
        return [_account(row) for row in self._database.rows(_ALL.order_by(accounts.c.name, accounts.c.owner))]

    def sign_in(self, identity: Identity, browser_owner: str | None = None) -> Account:
        """The account of this person, made if there is none, with what the browser's anonymous owner had.

        An owner who has an account already is not taken along: another person signed in with that browser before. The
        role follows `identity` at every sign-in, until `set_role` settles it.
        """
        try:
            return self._sign_in(identity, browser_owner)
        except IntegrityError:  # the same person signed in with another browser at this moment
            return self._sign_in(identity, browser_owner)

    def set_role(self, owner: str, role: Role) -> bool:
        """Settle the role, whatever the provider says from now on. Whether there is such an account."""
        return self._update(owner, role=str(role), is_role_settled=True)

    def end_sessions(self, owner: str) -> bool:
        """End all sessions of an account, in every browser. Whether there is such an account."""
        return self._update(owner, epoch=accounts.c.epoch + 1)

    def _sign_in(self, identity: Identity, browser_owner: str | None) -> Account:
        told = {"name": identity.name, "email": identity.email}
        role = str(identity.role or Role.CANDIDATE)
        with self._database.write() as connection:
            had = accounts.c.owner == browser_owner
            is_anonymous = browser_owner not in {None, LOCAL_OWNER} and not connection.execute(_ALL.where(had)).first()
            brought = browser_owner if is_anonymous else None
            this = _is(identity.issuer, identity.subject)
            row = connection.execute(_ALL.where(this).with_for_update()).first()
            if row is None:
                connection.execute(
                    accounts.insert().values(
                        owner=brought or secrets.token_hex(16),
                        issuer=identity.issuer,
                        subject=identity.subject,
                        role=role,
                        is_role_settled=False,
                        epoch=secrets.randbelow(2**30),  # no session of a deleted account comes back to life
                        **told,
                    )
                )
            else:
                told |= {} if row.is_role_settled else {"role": role}
                connection.execute(accounts.update().where(this).values(told))
                if brought:
                    merge_owner(connection, brought, row.owner)
            return _account(connection.execute(_ALL.where(this)).one())

    def _update(self, owner: str, **values: Any) -> bool:
        return bool(self._database.change(accounts.update().where(accounts.c.owner == owner).values(values)))

    def _first(self, which: sa.ColumnElement[bool]) -> Account | None:
        row = self._database.first(_ALL.where(which))
        return _account(row) if row else None


def _is(issuer: str, subject: str) -> sa.ColumnElement[bool]:
    return (accounts.c.issuer == issuer) & (accounts.c.subject == subject)


def _account(row: Any) -> Account:
    return Account(row.owner, row.name, row.email, Role(row.role), row.issuer, row.subject, row.epoch)
