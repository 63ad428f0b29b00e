"""What every request passes before anything else sees it: host, origin, size, closed routes; and the headers of every answer."""

import logging
import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interviewer.banks.places import LARGEST_BANK
from interviewer.web.body_receiver import BodyReceiver
from interviewer.web.identity import Owners

_log = logging.getLogger(__name__)

LARGEST_BODY = 2_000_000

# Lists of questions may be larger than anything else that is sent.
IMPORT = "/import"

# A bank comes back from the editor as its text and, beside it, what was changed in it.
EDITOR = "/editor"

# What load balancers ask. They do so by the address of a container, so these answer under any host name.
HEALTH, READY = "/healthz", "/readyz"

# A recording of an answer, more than an hour of speech, comes to be written down; a question goes to be read aloud.
TRANSCRIBE, READ_ALOUD = "/transcribe", "/read-aloud"
_LARGEST = {IMPORT: LARGEST_BANK, EDITOR: 3 * LARGEST_BANK, TRANSCRIBE: 25_000_000}

# What a visitor of a public page may have written down in an hour: an hour of what the page records. A recording that
# is larger would be refused in every hour.
RECORDED_IN_AN_HOUR = 16_000_000
_LARGEST_FROM_STRANGERS = _LARGEST | {TRANSCRIBE: RECORDED_IN_AN_HOUR}

# Gradio's components evaluate their own templates, hence 'unsafe-eval'; no inline script is allowed.
POLICY = "; ".join(  # noqa: FLY002 - one directive a line
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "frame-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'self'",
    )
)

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

# What is opened beyond that where there is a speech model for it: the microphone, and sounds that came from our server.
_OPENED = {
    TRANSCRIBE: ("Permissions-Policy", "camera=(), microphone=(self), geolocation=()"),
    READ_ALOUD: ("Content-Security-Policy", f"{POLICY}; media-src 'self' blob:"),
}

# Everything that the page uses. Gradio opens much more (uploads, deep links, file and proxy routes, monitoring, API docs).
_OPEN = re.compile(
    r"/|/config/?|/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/pwa_icon(?:/\w+)?"
    r"|/(?:assets|static|svelte)/.*"
    r"|/gradio_api/(?:info/?|theme\.css|app_id/?|startup-events|cancel|reset/?|queue/(?:join|data)|run/[\w-]+|heartbeat/[\w-]+)"
    r"|/export/[\w-]+\.\w+|/print/[\w-]+|/enter/[\w.-]+|/join/[\w-]+|/import|/editor|/last-answer/[\w.-]+/[\w.-]+"
    rf"|{HEALTH}|{READY}"
    r"|/sign-in(?:/start|/callback)?|/sign-out|/account(?:/data|/delete)?"
)

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """ASGI middleware."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        owners: Owners,
        hosts: Iterable[str],
        own_origin: str,
        is_private: Callable[[], bool],
        went_public: Callable[[], None],
        body_receiver: BodyReceiver | None = None,
        speech: Iterable[str] = (),
        user_header: str = "",
    ) -> None:
        """`hosts` are the names that the page may be asked for (none: any).

        `own_origin` is that of a proxy in front, and `user_header` the one in which it says who signed in; or ''. Where
        `is_private`, only the people at this machine reach the page, until a request shows otherwise: `went_public`.
        Of TRANSCRIBE and READ_ALOUD those in `speech` are open.
        """
        self._app = app
        self._owners = owners
        self._hosts = frozenset(hosts)
        self._own = urlsplit(own_origin).netloc
        self._is_private = is_private
        self._went_public = went_public
        self._body_receiver = body_receiver or BodyReceiver()
        self._speech = frozenset(speech)
        self._user_header = user_header.lower().encode("latin-1")
        self._headers = _HEADERS | dict(_OPENED[route] for route in self._speech)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._is_private() and any(_is_forwarding(name) for name, _ in scope["headers"]):
            _log.warning("a proxy was seen, so the page is no longer private: set INTERVIEWER_ROOT_PATH to its address")
            self._went_public()
        refusal = self._refusal(scope)
        if refusal:
            status, text = refusal
            await PlainTextResponse(text + "\n", status)(scope, receive, self._with_headers(scope, send))
            return
        sending = self._with_headers(scope, send)
        try:
            whole = await self._body_receiver.whole(receive) if scope["method"] not in _SAFE else None
        except TimeoutError:
            # The connection is closed with it: what is still sent would be read as another request.
            late = PlainTextResponse("The request was not sent in time.\n", 408, {"Connection": "close"})
            await late(scope, receive, sending)
            return
        await self._app(self._plain_scope(scope), whole or receive, sending)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers, path = Headers(scope=scope), unquote(scope["path"])
        host = headers.get("host", "")
        if self._hosts and _name(host) not in self._hosts and path not in (HEALTH, READY):
            return 421, "This page is not served under this host name (INTERVIEWER_ALLOWED_HOSTS)."
        if not _OPEN.fullmatch(path) and path not in self._speech:
            return 404, "Not found."
        if scope["method"] in _SAFE:
            return None
        if self._is_foreign(headers, host):
            return 403, "A request from another site, or one that does not say where it comes from, is refused."
        largest = _LARGEST if self._is_private() else _LARGEST_FROM_STRANGERS
        return _size_refused(headers, largest.get(path, LARGEST_BODY))

    def _is_foreign(self, headers: Headers, host: str) -> bool:
        """Whether a request that changes something was not sent by our own page, as far as its headers tell.

        Every browser names the origin of such a request. One without a name is refused too on a private page, where no
        owner's cookie protects what anybody at this machine may do, and where people sign in, perhaps at a proxy.
        """
        origin = headers.get("origin")
        if origin is None:
            return self._is_private() or self._owners.have_accounts or headers.get("sec-fetch-site") == "cross-site"
        return urlsplit(origin).netloc not in {host, self._own} - {""} or headers.get("sec-fetch-site") == "cross-site"

    def _plain_scope(self, scope: Scope) -> Scope:
        """Without the forwarding headers: where a proxy stands in front, its URL is a setting and not a claim."""
        headers = [one for one in scope["headers"] if not _is_forwarding(one[0]) or one[0] == self._user_header]
        return {**scope, "headers": headers}

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        is_page = scope["path"] in ("", "/") and scope["method"] == "GET"
        cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
        gives_owner = is_page and not self._owners.have_accounts and self._owners.of(cookies) is None
        if gives_owner and self._owners.brought_by_another_key(cookies):
            _log.warning(
                "a browser has the cookie of another key: if INTERVIEWER_SECRET was changed, set it back, or give people"
                " their interviews by `interviewer link`"
            )

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if gives_owner and message["status"] == 200:
                    headers.append("Set-Cookie", self._owners.set_cookie(self._owners.new()))
                if is_page:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        return sending


def own_hosts(host: str, allowed: str, root_path: str) -> frozenset[str]:
    """The host names to answer to; none (that is: any) if the server is open to the network and none was named."""
    named = {name.strip().lower() for name in allowed.split(",") if name.strip()}
    if root_path:
        named.add(_name(urlsplit(root_path).netloc))
    if host in _LOOPBACK:
        return frozenset(named | _LOOPBACK)
    return frozenset(named | _LOOPBACK | {host}) if named else frozenset()


def _is_forwarding(name: bytes) -> bool:
    return name.startswith(b"x-forwarded-") or name in (b"forwarded", b"via", b"x-real-ip")


def _size_refused(headers: Headers, most: int) -> tuple[int, str] | None:
    if "transfer-encoding" in headers:
        return 411, "A request must say how long it is."
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > most:
        return 413, f"This is too large: {most // 1_000_000} MB is the most."
    return None


def _name(host: str) -> str:
    """A host without its port."""
    return (urlsplit(f"//{host}").hostname or "").lower()
