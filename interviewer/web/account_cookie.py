"""The session of somebody who signed in: a signed, http-only cookie that ends on a fixed day."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from itsdangerous import BadData, URLSafeTimedSerializer

from interviewer.sessions.accounts import Account

_DAY_SECONDS = 24 * 3600


class AccountSession(NamedTuple):
    """Whose session it is; it has ended when the account's epoch is another one."""

    owner: str
    epoch: int


class AccountCookie:
    """Makes and reads the cookie, under one signing key. A session is never prolonged: one signs in anew."""

    def __init__(self, key: str, *, days: int, is_https: bool) -> None:
        self._signed = URLSafeTimedSerializer(key, salt="account")
        self._seconds = days * _DAY_SECONDS
        self._flags = "; HttpOnly; SameSite=Lax; Path=/" + ("; Secure" if is_https else "")
        self.name = "interviewer_account_" + hashlib.sha256(b"account:" + key.encode()).hexdigest()[:8]

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
        assert isinstance(value, str)
        return f"{self.name}={value}; Max-Age={self._seconds}{self._flags}"

    def end(self) -> str:
        """The Set-Cookie header that takes the session from this browser."""
        return f"{self.name}=; Max-Age=0{self._flags}"
