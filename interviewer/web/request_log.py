"""The request log: an id for every request, which its answer and its log lines carry, and what became of it.

Nothing of what was sent is logged: of the path only what names a route, as the rest may be a link that opens interviews.
"""

import logging
import secrets
import string
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interviewer.settings import REQUEST_ID
from interviewer.web.guard import HEALTH, READY

_log = logging.getLogger(__name__)

REQUEST_ID_HEADER = "x-request-id"
_RAW_HEADER = REQUEST_ID_HEADER.encode()
_SIGNS = frozenset(string.ascii_letters + string.digits + "._-")
_LONGEST = 64
_NAMELESS = frozenset({404, 405, 421})

Observe = Callable[[str, int, float], None]
"""Is told the route, the status and the seconds of a request."""


class RequestLog:
    """ASGI middleware, around all others."""

    def __init__(self, app: ASGIApp, observe: Observe | None = None) -> None:
        self._app = app
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name, status, start = _id_of(Headers(scope=scope).get(REQUEST_ID_HEADER, "")), 500, time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = name
            await send(message)

        headers = [(key, value) for key, value in scope["headers"] if key != _RAW_HEADER]
        headers.append((_RAW_HEADER, name.encode()))  # for what handles it in another thread
        token = REQUEST_ID.set(name)
        try:
            await self._app({**scope, "headers": headers}, receive, sending)
        finally:
            self._tell(scope, status, time.perf_counter() - start)
            REQUEST_ID.reset(token)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route_of(scope["path"], status)
        if self._observe:
            self._observe(route, status, seconds)
        level = logging.DEBUG if route in (HEALTH, READY) else logging.INFO
        fields = {"method": scope["method"], "route": route, "status": status, "milliseconds": round(1000 * seconds, 1)}
        _log.log(level, "%(method)s %(route)s %(status)s in %(milliseconds)s ms", fields, extra=fields)


def _id_of(given: str) -> str:
    """What a proxy calls the request, if that is an id; else one of our own."""
    return given if 0 < len(given) <= _LONGEST and _SIGNS.issuperset(given) else secrets.token_hex(8)


def _route_of(path: str, status: int) -> str:
    """The part of a path that names a route of ours; of what no route was found for, nothing: anybody may make that up."""
    if status in _NAMELESS:
        return "-"
    parts = path.strip("/").split("/")
    most = 3 if parts[:2] == ["gradio_api", "queue"] else 2 if parts[0] == "gradio_api" else 1
    return "/" + "/".join(parts[:most])
