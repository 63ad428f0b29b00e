"""Sign-in by a reverse proxy that knows who somebody is and says so in a header."""

import logging
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.requests import HTTPConnection

from interviewer.errors import NotAllowed, SettingsError
from interviewer.sessions.accounts import PROXY, Account, Accounts, Identity
from interviewer.text.messages import localized, say
from interviewer.web.account_gate import SIGN_IN
from interviewer.web.account_roles import RoleLists
from interviewer.web.small_page import small_page
from interviewer.web.visit import language_of_request

_log = logging.getLogger(__name__)

_LONGEST_NAME = 255


class ProxySignIn:
    """Takes the header from the named addresses. From anywhere else it is refused, never ignored: somebody lies."""

    takes_along = True

    def __init__(self, accounts: Accounts, header: str, trusted: str, roles: RoleLists, root_path: str) -> None:
        """`trusted`: comma-separated addresses and networks. Raises SettingsError if they cannot be read."""
        self._accounts = accounts
        self._header = header
        self._trusted = _networks(trusted)
        self._roles = roles
        self._root_path = root_path
        self._signed_in: set[str] = set()
        self._has_warned = False

    def claim(self, request: HTTPConnection) -> str | None:
        names = request.headers.getlist(self._header)
        if not names:
            return None
        if len(names) > 1 or not self._is_trusted(request):
            if not self._has_warned:
                sender = request.client.host if request.client else "an unnamed address"
                _log.warning(
                    "%s named a user, and is refused: it is not in INTERVIEWER_TRUSTED_PROXIES, or named two", sender
                )
                self._has_warned = True
            raise NotAllowed(localized("account.foreign_header"))
        # Header values are read as Latin-1, whatever they are.
        return names[0].encode("latin-1").decode("utf-8", "replace").strip()[:_LONGEST_NAME] or None

    def account(self, claim: str, browser_owner: str | None) -> Account:
        known = self._accounts.known(PROXY, claim) if claim in self._signed_in and not browser_owner else None
        if known is None:
            email = claim if "@" in claim else ""
            identity = Identity(PROXY, claim, claim, email, self._roles.of(claim))
            known = self._accounts.sign_in(identity, browser_owner)
            self._signed_in.add(claim)
        return known

    def add_routes(self, app: FastAPI) -> None:
        @app.get(SIGN_IN)
        def sign_in(request: Request) -> Response:
            language = language_of_request(request)
            if self.claim(request):
                return RedirectResponse(self._root_path + "/", 303)
            return small_page(say("account.sign_in", language), say("account.by_proxy", language), language, status=401)

    def _is_trusted(self, request: HTTPConnection) -> bool:
        if request.client is None:
            return False
        address = ip_address(request.client.host.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._trusted)


def _networks(trusted: str) -> Sequence[IPv4Network | IPv6Network]:
    named = [one.strip() for one in trusted.split(",") if one.strip()]
    if not named:
        raise SettingsError(
            "INTERVIEWER_PROXY_USER_HEADER is set without INTERVIEWER_TRUSTED_PROXIES: name the proxy's address,"
            " or anybody could send that header"
        )
    try:
        return [ip_network(one, strict=False) for one in named]
    except ValueError as error:
        raise SettingsError(f"INTERVIEWER_TRUSTED_PROXIES: {error}") from error
