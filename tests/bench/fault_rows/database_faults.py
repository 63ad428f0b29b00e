"""Rows of the fault table: a database that is away, slow, full, read-only, or of another version."""

import asyncio
import secrets
import signal
import subprocess
import time
from contextlib import suppress
from datetime import timedelta

import httpx2
import sqlalchemy as sa
from fakes import Only, begun
from fault_network import CuttingProxy, FarHost
from fault_places import Place, Served, fill, served, small_disk, writes_held
from fault_rows.observed import ANSWER, Seen, begin, happen, send, sent_after_all, told, visiting
from old_database import HISTORIES, connected, first_version

from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions import store as store_module
from interviewer.sessions.database import REVISIONS
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store


async def locked(place: Place, seen: Seen, _: int) -> None:
    with served(place) as server:
        async with visiting(server) as visitor:
            await begin(visitor)

            def hold() -> None:
                with writes_held(place, "ACCESS EXCLUSIVE"):
                    time.sleep(5)

            holding = asyncio.create_task(asyncio.to_thread(hold))
            await asyncio.sleep(0.3)
            start = time.monotonic()
            taken = await send(visitor, seen, ANSWER.format("locked"))
            seen.note(
                f"Send taken after {time.monotonic() - start:.1f} s" if taken else f"not taken: {told(visitor)}",
                good=taken,
            )
            await holding


async def cut_requests(place: Place, seen: Seen, _: int) -> None:
    with served(place) as server:
        proxy = CuttingProxy(server.port, 4)
        async with visiting(server) as visitor:
            await begin(visitor)
            address = await proxy.start()
            visitor.client.base_url, visitor.client.headers["Origin"] = address, address
            text = ANSWER.format("cut")
            with writes_held(place), suppress(httpx2.HTTPError):
                holding = asyncio.create_task(asyncio.sleep(7))
                await send(visitor, Seen(""), text)
                await holding
            seen.note(f"{proxy.cuts} request(s) cut, Send among them", good=proxy.cuts > 0)
            await sent_after_all(visitor, seen, text)
        await proxy.close()


async def stopped(place: Place, seen: Seen, _: int) -> None:
    if not place.postgres:
        seen.note("SQLite has no server to stop")
        return
    with served(place) as server:
        async with visiting(server) as visitor:
            await begin(visitor)
            place.postgres.control("stop", "-m", "immediate")
            text = ANSWER.format("stopped")
            taken = await send(visitor, seen, text)
            said, kept = told(visitor), visitor.shown("answer") == text
            seen.note(f"Send says “{said[:44]}…”", good=not taken and "cannot be reached" in said)
            seen.note("text in the box" if kept else "text gone", good=kept)
            await happen(visitor, "load")
            seen.note("reload says so too", good="cannot be reached" in told(visitor) and not visitor.failures)
            place.postgres.control("start")
            await happen(visitor, "tick")
            seen.note("a tick brings the question back", good=bool(visitor.shown("place")) and not told(visitor))
            taken = await send(visitor, seen, text)
            seen.note("then taken" if taken else f"not taken: {told(visitor)}", good=taken)


async def read_only(place: Place, seen: Seen, _: int) -> None:
    server = Served(place).start()
    async with visiting(server) as visitor:
        await begin(visitor)
        if place.postgres:
            name = sa.make_url(place.url).database
            place.postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            place.postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        else:
            server.end(signal.SIGTERM)
            server.settings["DATABASE_URL"] = f"sqlite:///file:{place.file}?mode=ro&uri=true"
            server.start()
        text = ANSWER.format("read only")
        taken = await send(visitor, seen, text)
        said, kept = told(visitor), visitor.shown("answer") == text
        seen.note(f"Send says “{said[:60]}…”", good=not taken and "read-only" in said)
        seen.note("text in the box" if kept else "text gone", good=kept)
    server.end()
    if place.postgres:
        place.postgres.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")


async def silent(place: Place, seen: Seen, _: int) -> None:
    if not place.postgres:
        seen.note("SQLite has no host")
        return
    try:
        far = FarHost(place.postgres.socket)
    except subprocess.CalledProcessError:
        seen.note("not tried: a network cannot be made here")
        return
    near = place.url
    try:
        place.url = far.url(near)
        with served(place) as server:
            async with visiting(server) as visitor, visiting(server, "new") as new:
                await begin(visitor)
                far.fall_silent()
                start, text = time.monotonic(), ANSWER.format("silent")
                taken = await send(visitor, seen, text)
                took, said, kept = time.monotonic() - start, told(visitor), visitor.shown("answer") == text
                seen.note(f"Send says “{said[:44]}…” after {took:.0f} s", good=not taken and bool(said) and took < 40)
                seen.note("text in the box" if kept else "text gone", good=kept)
                start = time.monotonic()
                await new.arrive()
                took = time.monotonic() - start
                seen.note(f"a new page is there after {took:.0f} s", good=took < 20)
                far.answer()
                await happen(visitor, "tick")
                taken = await send(visitor, seen, text)
                seen.note("then taken" if taken else f"not taken: {told(visitor)}", good=taken)
    finally:
        far.close()
        place.url = near


async def full(place: Place, seen: Seen, _: int) -> None:
    with small_disk(place) as disk:
        if disk is None:
            seen.note("not tried: a small disk cannot be mounted here")
            return
        with served(place) as server:
            async with visiting(server) as visitor:
                await begin(visitor)
                filler = fill(disk)
                text = ANSWER.format("full") + secrets.token_hex(9_000)  # nothing that could be made smaller
                taken = await send(visitor, seen, text)
                seen.note(f"Send says “{told(visitor)[:50]}…”", good=not taken and "full" in told(visitor))
                kept = visitor.shown("answer") == text
                seen.note("text in the box" if kept else "text gone", good=kept)
                filler.unlink()
                taken = await send(visitor, seen, text)
                seen.note("taken when there is room" if taken else f"not taken: {told(visitor)}", good=taken)
        seen.count(place)


async def clock(place: Place, seen: Seen, _: int) -> None:
    now = store_module.stored_now
    store = Store(place.database)
    session = SessionService(store, Only(LexicalGrader())).begin("me", begun())
    store_module.stored_now = lambda ago=timedelta(): now(ago + timedelta(hours=1))
    try:
        session.answer(ANSWER.format("clock"))
        seen.acknowledged.append(ANSWER.format("clock"))
        session.run_due_and_wait()
    finally:
        store_module.stored_now = now
    times = [one.at for one in session.history()]
    store.close()
    seen.note(f"{len(times)} events in order of time", good=times == sorted(times))


async def newer(place: Place, seen: Seen, _: int) -> None:
    with served(place) as server:
        async with visiting(server) as visitor:
            await begin(visitor, 1)
            await send(visitor, seen, ANSWER.format("newer"))
    set_version(place, "9999")
    server = Served(place)
    server.launch()
    is_up = server.wait()
    said = server.said().strip()
    seen.note(f"“{said[:70]}…”", good=not is_up and "newer version" in said and "Traceback" not in said)
    set_version(place, REVISIONS[-1])


def set_version(place: Place, version: str) -> None:
    with connected(place.database) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :version"), {"version": version})


async def older(place: Place, seen: Seen, _: int) -> None:
    first_version(place.database)
    with served(place) as server:
        async with visiting(server) as visitor:
            await begin(visitor, 1)
            await send(visitor, seen, ANSWER.format("older"))
    store = Store(place.database)
    kept = [one for one in store.interviews("me") if not one.problem]
    store.close()
    seen.note(f"{len(kept)} of {len(HISTORIES)} interviews of version 1 are listed", good=len(kept) == len(HISTORIES))
