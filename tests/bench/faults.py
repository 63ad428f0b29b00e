"""A table of faults: what must happen, what was seen, and whether an acknowledged answer was lost or graded twice.

    python tests/bench/faults.py                  # on SQLite
    python tests/bench/faults.py --postgres       # on a PostgreSQL server that is started for it (as root)
    python tests/bench/faults.py --kills 30 --only kill,locked

Every server is started as a user starts it, in a folder of its own, and ended by its process id. The rows `full` and
`silent` need root, as they mount a small disk and make a network.

Where each kind of fault is tried, here (by the name of its row) or in a test:

- memory: `load.py --page-loads 10000`; tests/web/test_page_survival.py::test_the_server_keeps_nothing_of_a_page_that_was_opened
- a page that outlives its server, or meets another replica: `restart`; tests/browser/test_page.py::test_a_killed_server_loses_nothing,
  test_a_page_that_outlives_its_server_can_start_an_interview, test_a_half_typed_answer_survives_a_refresh_and_then_is_kept_nowhere
- the database away, slow or full: `stopped`, `silent`, `locked`, `read-only`, `full`; a damaged page of it and half a
  character: tests/web/test_outage.py::test_a_damaged_page_of_one_visitor_takes_nothing_from_another, test_half_a_character_*
- first starts: `first`, `many`; tests/sessions/test_database.py::test_a_lost_version_number_is_found_again
- answers and lists that would take long: tests/grading/test_lexical.py::test_no_answer_takes_long, test_no_mixture_of_terms_takes_long;
  tests/banks/importing, tests/banks/test_loader.py::test_a_bomb_of_aliases_is_refused_at_once
- slow models: `slow`; tests/web/test_page_survival.py::test_a_server_that_never_answers_keeps_no_visitor_waiting
- proxies and foreign hosts: tests/web/test_server.py::test_a_page_that_is_reached_through_a_proxy_is_private_no_longer,
  test_a_page_that_is_asked_for_under_another_name_is_not_private, test_a_private_page_wants_to_know_where_a_change_comes_from
- ends: `kill`, `terminate`, `interrupt`; tests/cli/test_cli.py::test_ctrl_c_ends_at_once_and_keeps_what_was_being_typed
- turns a second: `load.py --before DIR`; tests/web/test_page_survival.py::test_an_event_lists_only_what_it_can_change
- replicas: `two`, `replica`; tests/sessions/test_effects.py::test_two_replicas_pay_for_a_grading_once;
  tests/web/test_replicas.py::test_a_page_whose_replica_died_goes_on_at_another_after_a_reload
- workers: `fleet.py`; tests/sessions/test_job_queue.py::test_the_job_of_a_killed_worker_is_done_by_another,
  test_a_model_is_asked_again_where_that_may_help_and_not_for_ever, test_a_job_that_was_lost_is_put_in_again
- clocks, banks, ports, keys: `clock`, `bank`; tests/web/test_serving.py::test_a_taken_port_is_said_in_one_line,
  test_a_lost_signing_key_is_said_and_no_interview_is_lost
- versions of the database, many banks, a long history, another secret: `newer`, `older`, `banks`, `history`, `secret`
- broken banks: tests/banks/test_loader.py::test_a_broken_bank_is_parsed_once_until_it_changes
- the operator's key: tests/sessions/test_grader_registry.py::test_a_stranger_spends_the_operators_key_on_the_operators_model_alone,
  test_no_key_stays_when_its_choice_has_gone
- half-sent requests and uploads: tests/web/test_body_receiver.py; tests/web/test_uploads.py
- refused events in the log: tests/web/test_outage.py::test_an_event_that_makes_no_sense_is_one_line_in_the_log_and_none_of_its_content
- control characters and formulas: tests/presentation/test_plain_text.py::test_no_transcript_commands_a_terminal;
  tests/presentation/test_grade_export.py::test_no_cell_of_csv_is_a_formula
- settings: tests/cli/test_cli.py::test_a_broken_setting_is_one_line, test_an_env_file_that_is_not_utf_8_is_one_line;
  tests/sessions/test_database.py::test_an_address_that_cannot_be_used_is_told_in_words_without_its_password;
  tests/sessions/test_store.py::test_the_file_of_the_database_is_its_owners_alone
"""

# ruff: noqa: ASYNC110, ASYNC220, ASYNC221 - between the steps of one script nothing else is to run
import argparse
import asyncio
import random
import re
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Any

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(TESTS / "llm")]

import httpx2  # noqa: E402
import sqlalchemy as sa  # noqa: E402
from fakes import begun  # noqa: E402
from fault_places import ROOT, START_SECONDS, FarHost, Place, Postgres, Served, served  # noqa: E402
from load import Visitor  # noqa: E402
from many_interviews import OWNER, copy, played  # noqa: E402
from model_server import MODEL, Character, model_server  # noqa: E402
from old_database import HISTORIES, connected, first_version  # noqa: E402

from interviewer.domain.interview import Answered, Graded, RegradeAsked  # noqa: E402
from interviewer.sessions import store as store_module  # noqa: E402
from interviewer.sessions.database import REVISIONS  # noqa: E402
from interviewer.sessions.service import SessionService  # noqa: E402
from interviewer.sessions.store import Store  # noqa: E402
from interviewer.web.identity import Owners  # noqa: E402

SECRET = "a secret of the fault table"
SMALL_BANK = """id: bank-{number}
title: Bank {number}
language: en
questions:
  - id: depth
    text: Why does depth need a non-linearity, in bank {number}?
    reference: Without it the layers are one linear map.
    criteria:
      - {{id: linear, kind: core, weight: 1, text: Without it the layers are one linear map., aliases: [[linear map]]}}
"""
ANSWER = "Without a non-linearity the layers collapse into one linear map, so depth adds nothing. ({})"


@dataclass
class Seen:
    """One row of the table; `acknowledged` are answers whose Send the page took."""

    must: str
    was: str = ""
    acknowledged: list[str] = field(default_factory=list)
    has_failed: bool = False

    def note(self, text: str, *, good: bool = True) -> None:
        self.was += ("; " if self.was else "") + text + ("" if good else " (!)")
        self.has_failed |= not good


@asynccontextmanager
async def visiting(server: Served, name: str = "v") -> AsyncIterator[Visitor]:
    async with httpx2.AsyncClient(base_url=server.url, timeout=90.0, headers={"Origin": server.url}) as client:
        yield Visitor(client, name)


async def begin(visitor: Visitor, count: int = 2, **more: Any) -> None:
    await visitor.arrive()
    await visitor.press("begin", count=count, mode="coach", **more)


async def send(visitor: Visitor, seen: Seen, text: str) -> bool:
    """Send an answer; whether the page took it."""
    before = visitor.shown("place")
    await visitor.press("send", answer=text)
    taken = bool(before) and visitor.shown("place") != before
    if taken:
        seen.acknowledged.append(text)
    return taken


def told(visitor: Visitor) -> str:
    return re.sub(r"<[^>]*>", " ", visitor.shown("notice")).strip()


async def happen(visitor: Visitor, what: str) -> None:
    """An event of the page itself: `tick` of its timer, `load` of a page that remembers its interview."""
    await visitor._call(next(e for e in visitor._events if any(how == what for _, how in e["targets"])))


def recorded(place: Place) -> tuple[Counter[str], int, int]:
    """Answers by text, how many gradings are double, and how many interviews are owed something."""
    store, answers, double = Store(place.database), Counter[str](), 0
    for overview in store.interviews(None):
        gradings: Counter[tuple[str, int]] = Counter()
        for one in store.history(overview.id):
            match one.event:
                case Answered(text=text):
                    answers[text] += 1
                case Graded(question=question, attempt=attempt):
                    gradings[question, attempt] += 1
                case RegradeAsked(question=question, attempt=attempt):
                    gradings[question, attempt] -= 1
        double += sum(count - 1 for count in gradings.values() if count > 1)
    due = len(store.due())
    store.close()
    return answers, double, due


def settled(place: Place, seconds: float = 60.0) -> bool:
    """Whether all that was due is done in time."""
    end = time.monotonic() + seconds
    while recorded(place)[2]:
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


# The faults


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


async def locked(place: Place, seen: Seen, _: int) -> None:
    with served(place) as server:
        async with visiting(server) as visitor:
            await begin(visitor)

            def hold() -> None:
                if place.postgres:
                    with sa.create_engine(place.url).begin() as connection:
                        connection.execute(sa.text("LOCK TABLE events IN ACCESS EXCLUSIVE MODE"))
                        time.sleep(5)
                    return
                with sqlite3.connect(place.file) as connection:
                    connection.execute("BEGIN EXCLUSIVE")
                    time.sleep(5)
                    connection.rollback()

            holding = asyncio.create_task(asyncio.to_thread(hold))
            await asyncio.sleep(0.3)
            start = time.monotonic()
            taken = await send(visitor, seen, ANSWER.format("locked"))
            seen.note(
                f"Send taken after {time.monotonic() - start:.1f} s" if taken else f"not taken: {told(visitor)}",
                good=taken,
            )
            await holding


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
        far = FarHost(place.postgres.folder)
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
    disk = place.postgres.folder / "small" if place.postgres else place.folder
    disk.mkdir(exist_ok=True)
    size = "24m" if place.postgres else "2m"  # a new database of PostgreSQL takes 8 MB
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        seen.note("not tried: a small disk cannot be mounted here")
        return
    try:
        if place.postgres:
            shutil.chown(disk, "postgres", "postgres")
            place.postgres.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
            place.url = place.postgres.new("TABLESPACE small")
        with served(place) as server:
            async with visiting(server) as visitor:
                await begin(visitor)
                filler = disk / "filler"
                with suppress(OSError), filler.open("wb", buffering=0) as file:
                    while file.write(b"x" * 512):
                        pass
                text = ANSWER.format("full") + secrets.token_hex(9_000)  # nothing that could be made smaller
                taken = await send(visitor, seen, text)
                seen.note(f"Send says “{told(visitor)[:50]}…”", good=not taken and "full" in told(visitor))
                kept = visitor.shown("answer") == text
                seen.note("text in the box" if kept else "text gone", good=kept)
                filler.unlink()
                taken = await send(visitor, seen, text)
                seen.note("taken when there is room" if taken else f"not taken: {told(visitor)}", good=taken)
        lost(place, seen)
        if place.postgres:
            place.postgres.execute(f"DROP DATABASE {sa.make_url(place.url).database} WITH (FORCE)")
            place.postgres.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


async def clock(place: Place, seen: Seen, _: int) -> None:
    from fakes import Only

    from interviewer.grading.lexical import LexicalGrader

    now = store_module._now
    store = Store(place.database)
    session = SessionService(store, Only(LexicalGrader())).begin("me", begun())
    store_module._now = lambda seconds=0.0: now(seconds - 3600)
    try:
        session.answer(ANSWER.format("clock"))
        seen.acknowledged.append(ANSWER.format("clock"))
        session.run_due_and_wait()
    finally:
        store_module._now = now
    times = [one.at for one in session.history()]
    store.close()
    seen.note(f"{len(times)} events in order of time", good=times == sorted(times))


async def no_bank(place: Place, seen: Seen, _: int) -> None:
    banks = place.folder / "more-banks"
    banks.mkdir()
    shipped = (ROOT / "rubrics" / "deep-learning.yaml").read_text(encoding="utf-8")
    copy = banks / "vanishing.yaml"
    copy.write_text(re.sub(r"(?m)^id: .*$", "id: vanishing", shipped, count=1), encoding="utf-8")
    with served(place, BANKS_DIR=str(banks)) as server:
        async with visiting(server) as visitor:
            await begin(visitor, 2, bank="vanishing")
            copy.unlink()
            first = await send(visitor, seen, ANSWER.format("bank 1"))
            await visitor.press("next")
            second = await send(visitor, seen, ANSWER.format("bank 2"))
            seen.note("goes on" if first and second else f"stops: {told(visitor)}", good=first and second)


async def slow(place: Place, seen: Seen, _: int) -> None:
    command = [sys.executable, str(Path(__file__).parent / "slow_model.py"), "30", "{}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as model, served(place) as server:
        assert model.stdout
        address = f"http://127.0.0.1:{model.stdout.readline().strip()}/v1"

        async def on_the_model(name: str) -> None:
            async with visiting(server, name) as visitor:
                await visitor.arrive()
                await visitor.press("use-model", **{"base-url": address, "model": "slow"})
                await visitor.press("begin", count=1, mode="coach")
                await send(visitor, seen, ANSWER.format(name))
                await asyncio.sleep(30)

        waiting = [asyncio.create_task(on_the_model(f"slow {number}")) for number in range(9)]
        await asyncio.sleep(6)
        async with visiting(server, "offline") as visitor:
            await begin(visitor, 8)
            for number in range(8):
                await send(visitor, seen, ANSWER.format(f"offline {number}"))
                await visitor.press("next")
            p95 = quantiles(visitor.took["send"], n=100, method="inclusive")[94]
        seen.note(f"its Send: p95 {p95:.2f} s of 8", good=p95 < 3 and not visitor.failures)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        model.kill()


class Counting(Character):
    """Counts what it is asked to grade."""

    calls = 0

    def __call__(self, exchange: Any) -> None:
        self.calls += exchange.path.endswith("/chat/completions")
        super().__call__(exchange)


async def two(place: Place, seen: Seen, _: int) -> None:
    from fakes import Only

    from interviewer.grading.lexical import LexicalGrader

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
        end = time.monotonic() + START_SECONDS
        has_begun = partial(place.postgres.is_making_tables, place.url) if place.postgres else place.file.exists
        while not has_begun() and time.monotonic() < end:
            await asyncio.sleep(0.002)
        await asyncio.sleep(chance.uniform(0.0, 1.0 if place.postgres else 0.6))
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
        lost(place, seen)
        seen.acknowledged.clear()
    seen.note(f"{tries} starts killed, {between} of them before the tables were there; the next start worked each time")


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


async def many_banks(place: Place, seen: Seen, _: int) -> None:
    banks, count = place.folder / "more-banks", 5_000
    banks.mkdir()
    for number in range(count):
        (banks / f"bank-{number}.yaml").write_text(SMALL_BANK.format(number=number), encoding="utf-8")
    start = time.monotonic()
    with served(place, BANKS_DIR=str(banks)) as server:
        up = time.monotonic() - start
        async with visiting(server) as first, visiting(server) as second:
            took = []
            for visitor in (first, second):
                start = time.monotonic()
                await visitor.arrive()
                took.append(time.monotonic() - start)
            await second.press("begin", count=1, mode="coach", bank=f"bank-{count - 1}")
            taken = await send(second, seen, ANSWER.format("banks"))
    told = f"up in {up:.1f} s, its first page in {took[0]:.1f} s, the next one in {took[1]:.1f} s"
    seen.note(told, good=taken and up < 30 and took[1] < 10)


async def long_history(place: Place, seen: Seen, _: int) -> None:
    service, interview = played(place.database)
    copy(service.store, interview, 9_999)
    service.close()
    service.store.close()
    with served(place, SECRET=SECRET) as server:
        took = {}
        for who in ("nobody", OWNER):
            async with visiting(server) as visitor:
                if who == OWNER:
                    visitor.client.headers["Cookie"] = Owners(SECRET, is_https=False).set_cookie(OWNER).split(";")[0]
                await visitor.arrive()
                start = time.monotonic()
                await begin(visitor, 1)
                taken = await send(visitor, seen, ANSWER.format(who))
                took[who] = time.monotonic() - start
    seen.note(
        f"page, start and answer in {took[OWNER]:.1f} s, those of a new owner in {took['nobody']:.1f} s",
        good=taken and took[OWNER] < 3 * took["nobody"] + 1,
    )


async def another_secret(place: Place, seen: Seen, _: int) -> None:
    text, server = ANSWER.format("secret"), Served(place, SECRET=SECRET).start()
    async with visiting(server) as visitor:
        await begin(visitor, 1)
        await send(visitor, seen, text)
        server.end(signal.SIGTERM)
        server.settings["SECRET"] = SECRET[::-1]
        server.start()
        await visitor.arrive()
        store = Store(place.database)
        [kept] = store.interviews()
        store.close()
        before = await visitor.client.get(f"/export/{kept.id}.json")
        seen.note(
            "said in the log" if "another key" in server.said() else "not said", good="another key" in server.said()
        )
        link = f"/enter/{Owners(SECRET[::-1], is_https=False).link(kept.owner)}"
        entered = await visitor.client.post(link, data={"token": link.rpartition("/")[2]})
        seen.note("a link brings the interviews back", good=before.status_code == 404 and entered.status_code == 303)
        export = await visitor.client.get(f"/export/{kept.id}.json")
        seen.note("its answer is there", good=text in export.text)
    server.end()


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


Fault = Callable[[Place, Seen, int], Any]
FAULTS: dict[str, tuple[str, str, Fault]] = {
    "kill": ("kill -9 under load", "nothing acknowledged is lost; all is graded once", kill),
    "terminate": ("SIGTERM while a model grades", "ends at once; graded at the next start", terminate),
    "interrupt": ("Ctrl-C while a model grades", "ends at once; graded at the next start", interrupt),
    "restart": ("restart with the page open", "its Start and Send go on", restart),
    "locked": ("database locked for 5 s", "Send waits and is taken", locked),
    "stopped": ("database server stopped", "text kept, said, goes on by itself", stopped),
    "silent": ("database host swallows packets", "said in seconds; text kept; goes on", silent),
    "read-only": ("database read-only", "said; text kept", read_only),
    "full": ("disk full", "said; text kept; taken when there is room", full),
    "clock": ("clock set back by an hour", "times of events never go back", clock),
    "bank": ("bank file deleted in mid-interview", "the interview goes on", no_bank),
    "slow": ("model of 30 s for 9 visitors", "a visitor without a model waits for none of it", slow),
    "two": ("two processes, one answer to grade", "the model is called once", two),
    "replica": ("replica killed while it grades", "the other one finishes, nobody opening the page", replica),
    "first": ("first start killed between tables", "the next start works", first_start),
    "many": ("8 starts at once on an empty database", "all come up", many),
    "newer": ("database of a newer version", "refused in one line; nothing changed", newer),
    "older": ("database of version 1", "brought up to date; all interviews there", older),
    "banks": ("5,000 banks", "up in seconds; all can be played", many_banks),
    "history": ("an owner with 10,000 interviews", "the page is as quick as anybody's", long_history),
    "secret": ("another secret", "said; a link brings the interviews back", another_secret),
}


def lost(place: Place, seen: Seen) -> tuple[int, int]:
    """Acknowledged answers that are not in the database, and double gradings."""
    answers, double, _ = recorded(place)
    gone = [text for text in seen.acknowledged if not answers[text]]
    seen.has_failed |= bool(gone) or bool(double)
    return len(gone), double


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--only", default=",".join(FAULTS), help="names of rows, with commas between them")
    given = parser.parse_args()
    postgres = Postgres() if given.postgres else None
    print(
        f"on {'PostgreSQL' if postgres else 'SQLite'}\n\n| fault | what must happen | what was seen | lost | double |"
    )
    print("|---|---|---|--:|--:|", flush=True)
    has_failed = False
    try:
        for name in given.only.split(","):
            title, must, fault = FAULTS[name]
            with tempfile.TemporaryDirectory(prefix="faults-") as folder:
                place = Place(Path(folder) / "data", postgres.new() if postgres else "", postgres)
                place.folder.mkdir()
                seen = Seen(must)
                try:
                    asyncio.run(fault(place, seen, given.kills))
                    gone, double = lost(place, seen) if name not in ("full", "first") else (0, 0)
                except Exception as error:  # noqa: BLE001 - the other rows are worth having
                    seen.note(f"{type(error).__name__}: {error}"[:200], good=False)
                    gone, double = -1, -1
            has_failed |= seen.has_failed
            print(f"| {title} | {seen.must} | {seen.was} | {gone} | {double} |", flush=True)
    finally:
        if postgres:
            postgres.close()
    sys.exit(has_failed)


if __name__ == "__main__":
    main()
