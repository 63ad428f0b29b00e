"""Rows of the fault table: banks, models, long histories and secrets around a server of the page."""

# ruff: noqa: ASYNC220 - between the steps of one script nothing else is to run
import asyncio
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import quantiles

from fault_places import ROOT, Place, Served, served
from fault_rows.observed import ANSWER, Seen, begin, send, told, visiting
from many_interviews import OWNER, copy, played

from interviewer.sessions.store import Store
from interviewer.web.identity import Owners

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
    command = [sys.executable, str(Path(__file__).parent.parent / "slow_model.py"), "30", "{}"]
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
