"""What a load balancer asks: whether the process answers, and whether it can serve visitors now."""

import asyncio
from collections.abc import Callable, Sequence

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from interviewer.web.guard import HEALTH, READY

Part = Callable[[], str | None]
"""Looks at something that serving needs, and names what fails: a word such as `database`."""

_PATIENCE = 3.0
_HEADERS = {"Cache-Control": "no-store"}


class Readiness:
    """Looks at the parts, once for all who ask meanwhile: a flood of probes is one question to the database."""

    def __init__(self, parts: Sequence[Part], patience: float = _PATIENCE) -> None:
        """`patience` is for how many seconds an answer is waited for; a probe itself seldom waits longer."""
        self._parts = parts
        self._patience = patience
        self._looking: asyncio.Task[list[str]] | None = None

    async def failing(self) -> list[str]:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(run_in_threadpool(self._look))
        try:
            return await asyncio.wait_for(asyncio.shield(self._looking), self._patience)
        except TimeoutError:
            return ["slow"]

    def _look(self) -> list[str]:
        return [failing for part in self._parts if (failing := part())]


def add_health(app: FastAPI, parts: Sequence[Part]) -> None:
    """Two routes without sign-in or cookie: HEALTH looks at nothing, READY at the parts; neither says more than names."""
    readiness = Readiness(parts)

    @app.api_route(HEALTH, methods=["GET", "HEAD"])
    async def is_alive() -> JSONResponse:
        return JSONResponse({"status": "ok"}, headers=_HEADERS)

    @app.api_route(READY, methods=["GET", "HEAD"])
    async def is_ready() -> JSONResponse:
        failing = await readiness.failing()
        if failing:
            return JSONResponse({"status": "not ready", "failing": failing}, 503, _HEADERS)
        return JSONResponse({"status": "ok"}, headers=_HEADERS)
