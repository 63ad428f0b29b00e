"""Who a browser is: signed, http-only cookies of owners and of accounts, and the link that takes an owner to another browser."""

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from interviewer.sessions.accounts import Account, Accounts

LINK_GOOD_FOR = 3600
_COOKIE = "interviewer_owner_"
_COOKIE_GOOD_FOR = 400 * 24 * 3600
_OWNER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _digest(purpose: str, key: str) -> str:
    """Browsers share cookies between the ports of a host: two servers with different keys must not overwrite them."""
    return hashlib.sha256(f"{purpose}:{key}".encode()).hexdigest()[:8]


def _flags(*, is_https: bool) -> str:
    return "; HttpOnly; SameSite=Lax; Path=/" + ("; Secure" if is_https else "")


class Owners:
    """Gives and reads owners, under one signing key."""

    def __init__(self, key: str, *, is_https: bool, accounts: Accounts | None = None) -> None:
        """`accounts`: those of the people behind the owners, where people sign in."""
        self._accounts = accounts
        self._cookie = URLSafeSerializer(key, salt="owner")
        self._link = URLSafeTimedSerializer(key, salt="link")
        self._flags = _flags(is_https=is_https)
        self.cookie_name = _COOKIE + _digest("cookie", key)

    def of(self, cookies: Mapping[str, str]) -> str | None:
        """The owner whose cookie this is, or None if there is none or it was not signed here."""
        return _owner(lambda: self._cookie.loads(cookies.get(self.cookie_name, "")))

    def brought_by_another_key(self, cookies: Mapping[str, str]) -> bool:
        """Whether an owner's cookie is there that was signed under another key."""
        return any(name.startswith(_COOKIE) and name != self.cookie_name for name in cookies)

    @property
    def have_accounts(self) -> bool:
        return self._accounts is not None

    def account(self, cookies: Mapping[str, str]) -> Account | None:
        """The account of whoever sent these cookies; None where nobody signs in."""
        owner = self.of(cookies)
        return self._accounts.of(owner) if self._accounts and owner else None

    def new(self) -> str:
        return secrets.token_hex(16)  # begins with no dash, as an argument of a command must not

    def set_cookie(self, owner: str) -> str:
        """The value of a Set-Cookie header."""
        return f"{self.cookie(owner)}; Max-Age={_COOKIE_GOOD_FOR}{self._flags}"

    def drop_cookie(self) -> str:
        """The value of a Set-Cookie header that makes a browser forget its owner."""
        return f"{self.cookie_name}=; Max-Age=0{self._flags}"

    def cookie(self, owner: str) -> str:
        """The name and the value of the cookie."""
        return f"{self.cookie_name}={self._cookie.dumps(owner)!s}"

    def link(self, owner: str) -> str:
        """A token that gives another browser this owner, for an hour."""
        return str(self._link.dumps(owner))

    def linked(self, token: str) -> str | None:
        """The owner of a token, or None if it is not good (any more)."""
        return _owner(lambda: self._link.loads(token, max_age=LINK_GOOD_FOR))


def _owner(read: Callable[[], object]) -> str | None:
    try:
        owner = read()
    except BadData:
        return None
    return owner if isinstance(owner, str) and _OWNER.fullmatch(owner) else None


class AccountSession(NamedTuple):
    """Whose session it is; it has ended when the account's epoch is another one."""

    owner: str
    epoch: int


class AccountCookie:
    """The cookie of somebody who signed in. A session ends on a fixed day and is never prolonged: one signs in anew."""

    def __init__(self, key: str, *, days: int, is_https: bool) -> None:
        self._signed = URLSafeTimedSerializer(key, salt="account")
        self._seconds = days * 24 * 3600
        self._flags = _flags(is_https=is_https)
        self.name = "interviewer_account_" + _digest("account", key)

    def read(self, cookies: Mapping[str, str]) -> AccountSession | None:
        """The session of these cookies; None if there is none, it was not signed here, or its days are over."""
        try:
            owner, epoch = self._signed.loads(cookies.get(self.name, ""), max_age=self._seconds)
        except (BadData, ValueError, TypeError):
            return None
        return AccountSession(str(owner), int(epoch))

    def begin(self, account: Account) -> str:
        """The Set-Cookie header that begins a session."""
        value = self._signed.dumps([account.owner, account.epoch])
        return f"{self.name}={value!s}; Max-Age={self._seconds}{self._flags}"

    def end(self) -> str:
        """The Set-Cookie header that takes the session from this browser."""
        return f"{self.name}=; Max-Age=0{self._flags}"
