"""Where people sign in, nobody passes without an account; what lies behind sees the owner of the account."""

from collections.abc import Hashable
from typing import Any, Protocol
from urllib.parse import quote

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from interviewer.errors import NotAllowed, StoreError
from interviewer.sessions.accounts import Account
from interviewer.text.messages import say
from interviewer.web.identity import Owners
from interviewer.web.visit import language_of_request

SIGN_IN, START, CALLBACK = "/sign-in", "/sign-in/start", "/sign-in/callback"

# Whether the process lives and can do its work is nobody's secret.
_OPEN = frozenset({SIGN_IN, START, CALLBACK, "/healthz", "/readyz"})

_MOST_REMEMBERED = 1000


class SignIn(Protocol):
    """A way in which people sign in."""

    takes_along: bool
    """Whether `account` makes what the browser had before its account's; else that was done at the sign-in."""

    def claim(self, request: HTTPConnection) -> Any:
        """Who sent a request, as far as it proves that: hashable, None for nobody. Raises NotAllowed for a lie."""
        ...

    def account(self, claim: Any, browser_owner: str | None) -> Account | None:
        """The account behind a claim, if there still is one; the browser's anonymous owner comes along if `takes_along`."""
        ...

    def add_routes(self, app: FastAPI) -> None: ...


class AccountGate:
    """ASGI middleware: a request with an account goes on with the cookie of its owner, whatever owner its browser sent.

    So all that lies behind need not know how people sign in.
    """

    def __init__(self, app: ASGIApp, *, sign_in: SignIn, owners: Owners, root_path: str) -> None:
        self._app = app
        self._sign_in = sign_in
        self._owners = owners
        self._root_path = root_path
        self._last_known: dict[Hashable, Account] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        if scope["type"] != "http" or scope["path"] in _OPEN:
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        brought = self._owners.of(request.cookies) if scope["path"] == "/" else None
        try:
            claim = self._sign_in.claim(request)
            account, is_taken_along = (None, False)
            if claim is not None:
                account, is_taken_along = await run_in_threadpool(self._account, claim, brought)
        except (NotAllowed, StoreError) as error:
            status = 403 if isinstance(error, NotAllowed) else 503
            await _refused(error.into(language_of_request(request)), status)(scope, receive, send)
            return
        if account is None:
            await self._sent_away(request)(scope, receive, send)
            return
        sending = self._without_owner(send) if is_taken_along else send
        await self._app(self._as_owner(scope, account.owner), receive, sending)

    def _account(self, claim: Any, brought: str | None) -> tuple[Account | None, bool]:
        """The account of a claim, and whether what the browser had is its now."""
        try:
            account = self._sign_in.account(claim, brought)
        except StoreError:
            # The page says what is wrong with the database, and keeps what is being typed.
            if claim in self._last_known:
                return self._last_known[claim], False
            raise
        if len(self._last_known) >= _MOST_REMEMBERED:
            self._last_known.clear()
        if account:
            self._last_known[claim] = account
        else:
            self._last_known.pop(claim, None)
        return account, bool(account and brought and self._sign_in.takes_along)

    def _sent_away(self, request: HTTPConnection) -> Response:
        """To the page where one signs in, or, where no page was asked for, nowhere."""
        is_page = request.scope["method"] == "GET" and "text/html" in request.headers.get("accept", "")
        if not is_page:
            return _refused(say("account.needs_sign_in", language_of_request(request)), 401)
        query = request.scope["query_string"].decode("latin-1")
        back = request.scope["path"] + ("?" + query if query else "")
        wish = "" if back == "/" else f"?next={quote(back, safe='')}"
        return RedirectResponse(self._root_path + SIGN_IN + wish, 303, {"Cache-Control": "no-store"})

    def _as_owner(self, scope: Scope, owner: str) -> Scope:
        sent = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
        kept = [one for one in sent.split("; ") if one and one.partition("=")[0].strip() != self._owners.cookie_name]
        cookie = "; ".join([*kept, self._owners.cookie(owner)])
        headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
        return {**scope, "headers": [*headers, (b"cookie", cookie.encode("latin-1"))]}

    def _without_owner(self, send: Send) -> Send:
        """The browser forgets its anonymous owner, which has been taken along."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", self._owners.drop_cookie())
            await send(message)

        return sending


def _refused(text: str, status: int) -> Response:
    # Gradio's script shows `detail`, that of the recorder `error`.
    return JSONResponse({"detail": text, "error": text}, status, {"Cache-Control": "no-store"})
