"""Whose interviews a browser may see: a signed, http-only cookie, and the link that takes it to another browser."""

import hashlib
import re
import secrets
from collections.abc import Mapping

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from interviewer.sessions.accounts import Account, Accounts

LINK_GOOD_FOR = 3600
_COOKIE = "interviewer_owner_"
_COOKIE_GOOD_FOR = 400 * 24 * 3600
_OWNER = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Owners:
    """Gives and reads owners, under one signing key."""

    def __init__(self, key: str, *, is_https: bool, accounts: Accounts | None = None) -> None:
        """`accounts`: those of the people behind the owners, where people sign in."""
        self._accounts = accounts
        self._cookie = URLSafeSerializer(key, salt="owner")
        self._link = URLSafeTimedSerializer(key, salt="link")
        self._flags = "; Secure" if is_https else ""
        # Browsers share cookies between the ports of a host: two servers with different keys must not overwrite them.
        self.cookie_name = _COOKIE + hashlib.sha256(b"cookie:" + key.encode()).hexdigest()[:8]

    def of(self, cookies: Mapping[str, str]) -> str | None:
        """The owner whose cookie this is, or None if there is none or it was not signed here."""
        try:
            owner = self._cookie.loads(cookies.get(self.cookie_name, ""))
        except BadData:
            return None
        return owner if isinstance(owner, str) and _OWNER.fullmatch(owner) else None

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
        return f"{self.cookie(owner)}; HttpOnly; SameSite=Lax; Path=/; Max-Age={_COOKIE_GOOD_FOR}{self._flags}"

    def drop_cookie(self) -> str:
        """The value of a Set-Cookie header that makes a browser forget its owner."""
        return f"{self.cookie_name}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0{self._flags}"

    def cookie(self, owner: str) -> str:
        """The name and the value of the cookie."""
        value = self._cookie.dumps(owner)
        assert isinstance(value, str)
        return f"{self.cookie_name}={value}"

    def link(self, owner: str) -> str:
        """A token that gives another browser this owner, for an hour."""
        token = self._link.dumps(owner)
        assert isinstance(token, str)
        return token

    def linked(self, token: str) -> str | None:
        """The owner of a token, or None if it is not good (any more)."""
        try:
            owner = self._link.loads(token, max_age=LINK_GOOD_FOR)
        except BadData:
            return None
        return owner if isinstance(owner, str) and _OWNER.fullmatch(owner) else None
