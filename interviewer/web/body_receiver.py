"""How requests are received: within a time limit, and not more of them at a time than memory is set aside for."""

import asyncio
from typing import Any

import h11
from starlette.types import Message, Receive
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS = 20.0
BODY_SECONDS = 60.0
_MOST_UNFINISHED = 64_000_000


class BodyReceiver:
    """Receives the bodies of requests whole. Belongs to one event loop."""

    def __init__(self, seconds: float = BODY_SECONDS, most: int = _MOST_UNFINISHED) -> None:
        """`seconds` for one body; `most` bytes of all bodies that are not finished, beyond which the oldest is given up."""
        self._seconds = seconds
        self._most = most
        self._unfinished: dict[asyncio.Timeout, int] = {}

    async def whole(self, receive: Receive) -> Receive:
        """What the application reads the body from. Raises TimeoutError if it was given up."""
        parts: list[Message] = []
        async with asyncio.timeout(self._seconds) as limit:
            self._unfinished[limit] = 0
            try:
                while not parts or parts[-1].get("more_body"):
                    parts.append(await receive())
                    self._unfinished[limit] += len(parts[-1].get("body", b""))
                    self._make_room()
            finally:
                del self._unfinished[limit]

        async def again() -> Message:
            return parts.pop(0) if parts else await receive()

        return again

    def _make_room(self) -> None:
        over = sum(self._unfinished.values()) - self._most
        for limit, size in list(self._unfinished.items()):
            if over <= 0:
                return
            if not limit.expired():
                limit.reschedule(asyncio.get_running_loop().time())
            over -= size


class TimelyProtocol(H11Protocol):
    """Uvicorn's protocol, which would wait for ever for the rest of the headers of a request."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_watching()

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._stop_watching()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def _stop_watching(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if self.conn.their_state is h11.IDLE and not is_answering:
            self.transport.close()
