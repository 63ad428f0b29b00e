"""Rows of the fault table on PostgreSQL with its job queue: each part dies in each phase of a turn, or the database goes.

Where a worker is the victim, the page runs no jobs, and another worker takes over; where the page is, it runs the jobs
itself and is started again.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx2
import sqlalchemy as sa
from fault_network import Relay
from fault_places import Place, Postgres, Served, Worker, fill, small_disk, writes_held
from fault_rows.observed import (
    ANSWER,
    Counting,
    Seen,
    begin,
    happen,
    send,
    sent_after_all,
    settled,
    told,
    until,
    visiting,
)
from load import Visitor
from model_server import MODEL, model_server

from interviewer.cli.worker import GRACE_SECONDS

_MINUTE = 60
_FINDS_OUT = 120.0
"""Seconds for the job of a dead worker to be found and done by another."""


@dataclass
class Turn:
    """An interview that has just begun at a page, a model that counts its calls, and a worker if the page runs no jobs."""

    place: Place
    seen: Seen
    model: Counting
    page: Served
    worker: Worker | None
    visitor: Visitor

    text = ANSWER.format("queue")

    @property
    def postgres(self) -> Postgres:
        assert self.place.postgres
        return self.place.postgres

    async def send(self) -> bool:
        return await send(self.visitor, self.seen, self.text)

    async def send_until_asked(self) -> None:
        """Send, and wait until the model has been asked to grade it."""
        self.seen.note("Send was taken", good=await self.send())
        await until(lambda: self.model.calls > 0)

    async def end(self, how: signal.Signals = signal.SIGKILL) -> float:
        """End whoever does the jobs; how long it took."""
        return await asyncio.to_thread((self.worker or self.page).end, how)

    async def go_on(self) -> None:
        """Start what takes over."""
        self.page.settings["RUN_JOBS"] = str(not self.worker)
        await asyncio.to_thread((self.worker or self.page).start)

    async def is_graded(self, most_calls: int) -> None:
        """See whether all is graded in the end, and how often the model was paid for it."""
        start = time.monotonic()
        done = await asyncio.to_thread(settled, self.place, _FINDS_OUT)
        said = f"graded {time.monotonic() - start:.0f} s later, the model called {self.model.calls} time(s)"
        self.seen.note(said if done else "not graded", good=done and self.model.calls <= most_calls)


@asynccontextmanager
async def turn(
    place: Place, seen: Seen, *, has_worker: bool = True, runs_jobs: bool = True, pause: float = 3.0, address: str = ""
) -> AsyncIterator[Turn]:
    """`pause` is how long the model thinks; `address` is another way to the database for page and worker."""
    model = Counting(pause=pause)
    there = Place(place.folder, address or place.url, place.postgres)
    with model_server(model) as server:
        settings = {"BASE_URL": server.url, "MODEL": MODEL}
        page = Served(there, **settings, RUN_JOBS=str(runs_jobs and not has_worker))
        worker = Worker(there, **settings) if has_worker else None
        started = [one for one in (page, worker) if one]
        for one in started:
            one.launch()
        try:
            if not all([await asyncio.to_thread(one.wait) for one in started]):
                raise RuntimeError("page or worker did not start")
            async with visiting(page) as visitor:
                await begin(visitor)
                yield Turn(place, seen, model, page, worker, visitor)
        finally:
            for one in started:
                if one.process.poll() is None:
                    one.end()


async def before_the_commit(place: Place, seen: Seen, _: int, *, has_worker: bool) -> None:
    async with turn(place, seen, has_worker=has_worker) as at:
        with writes_held(place):
            sending = asyncio.create_task(at.send())
            await until(at.postgres.is_waited_for)
            await at.end()
        taken = False
        with suppress(httpx2.HTTPError):
            taken = await sending
        await at.go_on()
        if taken:
            seen.note("Send was taken")
        else:
            await sent_after_all(at.visitor, seen, at.text)
        await at.is_graded(1)


async def before_the_fetch(place: Place, seen: Seen, _: int, *, has_worker: bool) -> None:
    async with turn(place, seen, has_worker=has_worker, runs_jobs=False) as at:
        if at.worker:
            at.worker.process.send_signal(signal.SIGSTOP)  # jobs are put in, and it takes none
        seen.note("Send was taken", good=await at.send())
        await at.end()
        await at.go_on()
        await at.is_graded(1)


async def while_asked(place: Place, seen: Seen, _: int, *, has_worker: bool) -> None:
    async with turn(place, seen, has_worker=has_worker) as at:
        await at.send_until_asked()
        await at.end()
        await at.go_on()
        await at.is_graded(2)


async def before_the_record(place: Place, seen: Seen, _: int, *, has_worker: bool) -> None:
    async with turn(place, seen, has_worker=has_worker) as at:
        await at.send_until_asked()
        with writes_held(place):
            await until(at.postgres.is_waited_for)
            await at.end()
        await at.go_on()
        await at.is_graded(2)


async def worker_terminated(place: Place, seen: Seen, _: int) -> None:
    async with turn(place, seen, pause=20) as at:
        await at.send_until_asked()
        took = await at.end(signal.SIGTERM)
        assert at.worker
        seen.note(f"ended in {took:.1f} s", good=took < GRACE_SECONDS + 5 and "Traceback" not in at.worker.said())
        at.model.pause = 1
        await at.go_on()
        await at.is_graded(2)


async def restarted(place: Place, seen: Seen, _: int) -> None:
    async with turn(place, seen, pause=5) as at:
        await at.send_until_asked()
        at.postgres.control("stop", "-m", "immediate")
        await asyncio.sleep(10)  # the reply comes while it is away
        at.postgres.control("start")
        await at.is_graded(2)


async def _away(place: Place, seen: Seen, go: Callable[[Relay], None], come: Callable[[Relay], None]) -> None:
    """The database is away for a minute while the model grades; a second visitor sends an answer meanwhile."""
    assert place.postgres
    relay = Relay(place.postgres.socket)
    try:
        async with (
            turn(place, seen, pause=5, address=relay.url(place.url)) as at,
            visiting(at.page, "second") as second,
        ):
            await begin(second)
            await at.send_until_asked()
            go(relay)
            start, text = time.monotonic(), ANSWER.format("meanwhile")
            asyncio.get_running_loop().call_later(_MINUTE, come, relay)
            taken = await send(second, seen, text)
            took, said = time.monotonic() - start, told(second)
            seen.note(f"another Send is taken after {took:.0f} s" if taken else f"“{said[:44]}…” after {took:.0f} s")
            if not taken:
                kept = second.shown("answer") == text
                seen.note("text in the box" if kept else "text gone", good=kept)
            await asyncio.sleep(max(0.0, start + _MINUTE + 2 - time.monotonic()))
            if not taken:
                await happen(second, "tick")
                taken = await send(second, seen, text)
                seen.note("taken when it is back" if taken else f"not taken: {told(second)}", good=taken)
            await at.is_graded(4)
    finally:
        relay.cut()


async def cut_off(place: Place, seen: Seen, _: int) -> None:
    await _away(place, seen, Relay.cut, Relay.join)


async def frozen(place: Place, seen: Seen, _: int) -> None:
    await _away(place, seen, Relay.freeze, Relay.thaw)


async def read_only_while_asked(place: Place, seen: Seen, _: int) -> None:
    name = sa.make_url(place.url).database
    async with turn(place, seen, pause=4) as at:
        await at.send_until_asked()
        for setting in ("SET default_transaction_read_only = on", "RESET default_transaction_read_only"):
            at.postgres.execute(f"ALTER DATABASE {name} {setting}")
            at.postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            await asyncio.sleep(15 if "SET d" in setting else 0)
        await at.is_graded(2)


async def full_while_asked(place: Place, seen: Seen, _: int) -> None:
    with small_disk(place) as disk:
        if disk is None:
            seen.note("not tried: a small disk cannot be mounted here")
            return
        async with turn(place, seen, pause=4) as at:
            await at.send_until_asked()
            filler = fill(disk)
            await asyncio.sleep(15)
            filler.unlink()
            await at.is_graded(2)
        seen.count(place)
