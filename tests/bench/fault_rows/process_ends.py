"""Rows of the fault table: servers of the page that end, begin, or are two."""

import asyncio
import random
import shutil
import signal
import time
from contextlib import suppress
from functools import partial

import httpx2
import sqlalchemy as sa
from fakes import Only, begun
from fault_places import START_SECONDS, Place, Served, served
from fault_rows.observed import ANSWER, Counting, Seen, begin, send, settled, until, visiting
from model_server import MODEL, Character, model_server

from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store


async def kill(place: Place, seen: Seen, kills: int) -> None:
    chance, has_begun = random.Random(7), asyncio.Event()

    async def load(server: Served, name: str) -> None:
        with suppress(httpx2.HTTPError, StopIteration, KeyError):
            async with visiting(server, name) as visitor:
                await begin(visitor, 4)
                has_begun.set()
                for number in range(4):
                    await send(visitor, seen, ANSWER.format(f"{name}.{number}"))
                    await visitor.press("next")

    for number in range(kills):
        server = Served(place).start()
        has_begun.clear()
        playing = [asyncio.create_task(load(server, f"kill {number}.{one}")) for one in range(4)]
        await asyncio.wait_for(has_begun.wait(), 60)  # what is killed before is no load
        await asyncio.sleep(chance.uniform(0.3, 4.0))
        server.end()
        await asyncio.gather(*playing, return_exceptions=True)
    with served(place):
        count = len(seen.acknowledged)
        seen.note(f"{kills} kills, {count} answers acknowledged", good=count > 0)
        seen.note("all graded after the last start" if settled(place) else "some left ungraded", good=settled(place, 1))


async def terminate(place: Place, seen: Seen, _: int, how: signal.Signals = signal.SIGTERM) -> None:
    with model_server(Character(pause=20)) as model:
        server = Served(place, BASE_URL=model.url, MODEL=MODEL).start()
        async with visiting(server) as visitor:
            await begin(visitor, 1)
            await send(visitor, seen, ANSWER.format("term"))
            await asyncio.sleep(1)
            took = server.end(how)
    seen.note(f"ended in {took:.1f} s", good=took < 3 and "Traceback" not in server.said())
    with served(place):
        done = settled(place)
        seen.note("graded at the next start" if done else "not graded", good=done)


async def interrupt(place: Place, seen: Seen, _: int) -> None:
    await terminate(place, seen, _, signal.SIGINT)


async def restart(place: Place, seen: Seen, _: int) -> None:
    server = Served(place).start()
    async with visiting(server) as playing, visiting(server) as new:
        await begin(playing)
        await new.arrive()
        server.end()
        server.start()
        await new.press("begin", count=1, mode="coach")
        begins = bool(new.shown("place"))
        sends = await send(playing, seen, ANSWER.format("restart"))
    server.end()
    seen.note(
        f"Start {'goes' if begins else 'does not go'} on, Send {'goes' if sends else 'does not go'} on",
        good=begins and sends,
    )


async def replica(place: Place, seen: Seen, _: int) -> None:
    model = Counting(pause=4)
    with model_server(model) as address:
        settings = {"BASE_URL": address.url, "MODEL": MODEL}
        first = Served(place, **settings).start()
        with served(place, **settings):
            async with visiting(first) as visitor:
                await begin(visitor, 1)
                await send(visitor, seen, ANSWER.format("replica"))
                await asyncio.sleep(1)
                first.end()
                start = time.monotonic()
                done = await asyncio.to_thread(settled, place, 120)
        took = time.monotonic() - start
    seen.note(f"graded after {took:.0f} s, the model called {model.calls} time(s)" if done else "not graded", good=done)


async def two(place: Place, seen: Seen, _: int) -> None:
    store = Store(place.database)
    session = SessionService(store, Only(LexicalGrader())).begin("me", begun())
    session.answer(ANSWER.format("two"))
    seen.acknowledged.append(ANSWER.format("two"))
    model = Counting(pause=3)
    with model_server(model) as address:
        servers = [Served(place, BASE_URL=address.url, MODEL=MODEL) for _ in range(2)]
        for server in servers:
            server.launch()
        for server in servers:
            server.wait()
        done = settled(place)
        for server in servers:
            server.end()
    store.close()
    seen.note(
        f"graded, the model called {model.calls} time(s)" if done else "not graded", good=done and model.calls == 1
    )


def has_tables(place: Place) -> bool:
    """Whether the first start has finished its transaction."""
    engine = sa.create_engine(place.database)
    try:
        return sa.inspect(engine).has_table("alembic_version")
    finally:
        engine.dispose()


async def first_start(place: Place, seen: Seen, kills: int) -> None:
    chance, tries, between = random.Random(11), min(kills, 6), 0
    for _ in range(tries):
        shutil.rmtree(place.folder, ignore_errors=True)
        place.folder.mkdir()
        if place.postgres:
            place.url = place.postgres.new()
            place.postgres.make_tables_slowly(place.url)
        server = Served(place)
        server.launch()
        has_begun = partial(place.postgres.is_making_tables, place.url) if place.postgres else place.file.exists
        await until(has_begun, START_SECONDS, 0.002)
        await asyncio.sleep(chance.uniform(0.0, 1.0 if place.postgres else 0.03))
        server.end()
        between += not has_tables(place)
        if place.postgres:
            place.postgres.execute("DROP EVENT TRIGGER slowly", place.url)
        with served(place) as second:
            async with visiting(second) as visitor:
                await begin(visitor, 1)
                taken = await send(visitor, seen, ANSWER.format("first"))
        if not taken:
            seen.note("the next start did not work", good=False)
        seen.count(place)
        seen.acknowledged.clear()
    seen.note(f"{tries} starts killed, {between} of them before the tables were there; the next start worked each time")


async def many(place: Place, seen: Seen, _: int) -> None:
    servers = [Served(place) for _ in range(8)]
    for server in servers:
        server.launch()
    up = sum([server.wait() for server in servers])
    seen.note(f"{up} of 8 are up", good=up == 8)
    try:
        taken = 0
        for number, server in enumerate(servers):
            async with visiting(server) as visitor:
                await begin(visitor, 1)
                taken += await send(visitor, seen, ANSWER.format(f"many {number}"))
        seen.note(f"{taken} took an answer", good=taken == 8)
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.end()
