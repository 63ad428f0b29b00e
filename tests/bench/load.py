"""Scripted visitors who play over HTTP, as the page's own script would: turns a second, waiting times, memory.

    python tests/bench/load.py --visitors 1 10 50 --turns 4
    python tests/bench/load.py --slow-model 30 --visitors 50     # beside them one visitor on the offline estimate
    python tests/bench/load.py --page-loads 10000                # what page views leave in memory
    python tests/bench/load.py --idle 30                         # what a server without visitors does
    python tests/bench/load.py --before DIR ...                  # beside each row that of another checkout, measured in turns

The server is started as a user starts it, in a folder of its own, and ended by its process id. Before it is measured,
one visitor plays, so that nothing is loaded for the first time. Seconds of CPU a turn tell more than turns a second where
the machine has other things to do.
"""

import argparse
import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx2

ROOT = Path(__file__).parent.parent.parent
ANSWER = "Without a non-linearity the layers collapse into one linear map, so depth adds nothing. (visitor {name})"
PATIENCE = 300.0


@contextmanager
def server(checkout: Path, **environment: str) -> Iterator[tuple[str, int]]:
    """Address and process id of a running server."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        settings = {"INTERVIEWER_DATA_DIR": folder, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(checkout), **environment}
        with log.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, str(checkout / "app.py"), "--port", "0"],
                env={**os.environ, **settings}, cwd=folder, stdout=out, stderr=out,
            )  # fmt: skip
        try:
            while not (found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text())):
                if process.poll() is not None:
                    raise SystemExit(log.read_text())
                time.sleep(0.05)
            yield found.group(), process.pid
        finally:
            process.kill()
            process.wait()


def cpu_seconds(pid: int) -> float:
    """What a process has used of the processor so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


@dataclass
class Visitor:
    """One browser window: its cookie, the values its controls hold, and how long each event took."""

    client: httpx2.AsyncClient
    name: str
    took: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    _session: str = field(default_factory=lambda: secrets.token_hex(6))
    _values: dict[int, Any] = field(default_factory=dict)
    _events: list[dict[str, Any]] = field(default_factory=list)
    _ids: dict[str, int] = field(default_factory=dict)

    async def arrive(self) -> None:
        start = time.perf_counter()
        page = (await self.client.get("/")).raise_for_status().text
        config = json.loads(re.search(r"window\.gradio_config = (.*?);</script>", page)[1])  # type: ignore[index]
        self._events = config["dependencies"]
        for component in config["components"]:
            self._values[component["id"]] = component["props"].get("value")
            if name := component["props"].get("elem_id"):
                self._ids[name] = component["id"]
        await self._call(next(e for e in self._events if any(how == "load" for _, how in e["targets"])))
        self._note("page", start)

    async def press(self, button: str, how: str = "click", **typed: Any) -> None:
        for name, value in typed.items():
            self._values[self._ids[name]] = value
        start = time.perf_counter()
        target = [self._ids[button], how]
        await self._call(next(e for e in self._events if target in [list(t) for t in e["targets"]]))
        self._note(button, start)

    def shown(self, name: str) -> str:
        return str(self._values.get(self._ids[name]) or "")

    def _note(self, what: str, start: float) -> None:
        self.took.setdefault(what, []).append(time.perf_counter() - start)

    async def _call(self, event: dict[str, Any]) -> None:
        data = [self._values.get(number) for number in event["inputs"]]
        request = {"fn_index": event["id"], "data": data, "session_hash": self._session, "event_data": None}
        if not event["queue"]:
            await self._call_directly(event, request)
            return
        joined = await self.client.post("/gradio_api/queue/join", json=request)
        if joined.status_code != 200:
            self.failures.append(joined.text[:200])
            return
        query = {"session_hash": self._session}
        async with self.client.stream("GET", "/gradio_api/queue/data", params=query) as stream:
            shown: list[Any] = []
            async for line in stream.aiter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line[5:])
                output = message.get("output") or {}
                if message["msg"] == "process_generating" and shown:
                    shown = [_patched(old, change) for old, change in zip(shown, output["data"], strict=True)]
                elif output.get("data"):
                    shown = output["data"] if message["msg"] != "process_completed" or not shown else shown
                if message["msg"] == "process_completed":
                    if not message.get("success"):
                        self.failures.append(str(output)[:200])
                    break
            for number, value in zip(event["outputs"], shown, strict=False):
                self._take(number, value)

    async def _call_directly(self, event: dict[str, Any], request: dict[str, Any]) -> None:
        answer = await self.client.post("/gradio_api/run/predict", json=request)
        if answer.status_code != 200:
            self.failures.append(answer.text[:200])
            return
        for number, value in zip(event["outputs"], answer.json()["data"], strict=True):
            self._take(number, value)

    def _take(self, number: int, value: Any) -> None:
        if isinstance(value, dict) and value.get("__type__") == "update":
            if "value" in value:
                self._values[number] = value["value"]
        else:
            self._values[number] = value


def _patched(old: Any, changes: Any) -> Any:
    """A streamed output is the first one and then lists of changes: `[action, path, value]`."""
    if not isinstance(changes, list):
        return changes
    for action, path, value in changes:
        if not path:
            old = old + value if action == "append" else value
            continue
        at = old
        for step in path[:-1]:
            at = at[step]
        if action == "append":
            at[path[-1]] += value
        elif action == "delete":
            del at[path[-1]]
        elif action == "add" and isinstance(at, list):
            at.insert(path[-1], value)
        else:
            at[path[-1]] = value
    return old


async def play(visitor: Visitor, turns: int) -> None:
    try:
        await visitor.arrive()
        await visitor.press("begin", count=turns, mode="coach")
        for number in range(turns):
            await visitor.press("send", answer=ANSWER.format(name=f"{visitor.name}.{number}"))
            await visitor.press("next")
    except httpx2.HTTPError as error:
        visitor.failures.append(repr(error)[:200])


async def crowd(url: str, visitors: int, turns: int) -> list[Visitor]:
    made = [Visitor(_client(url), str(number)) for number in range(visitors)]
    await asyncio.gather(*(play(visitor, turns) for visitor in made))
    for visitor in made:
        await visitor.client.aclose()
    return made


def _client(url: str) -> httpx2.AsyncClient:
    limits = httpx2.Limits(max_connections=None)
    return httpx2.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits, headers={"Origin": url})


async def beside_a_slow_model(url: str, slow: str, visitors: int, turns: int) -> list[Visitor]:
    """Visitors whose model takes its time, and one on the offline estimate, who is given back."""
    made = [Visitor(_client(url), str(number)) for number in range(visitors)]
    begun = asyncio.Semaphore(0)

    async def on_the_model(visitor: Visitor) -> None:
        await visitor.arrive()
        await visitor.press("use-model", **{"base-url": slow, "model": "slow"})
        await visitor.press("begin", count=1, mode="coach")
        begun.release()
        await visitor.press("send", answer=ANSWER.format(name=visitor.name))

    waiting = [asyncio.create_task(on_the_model(visitor)) for visitor in made]
    for _ in waiting:
        await begun.acquire()
    await asyncio.sleep(2)  # by now all of them wait for the model
    offline = await crowd(url, 1, turns)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return offline


@dataclass(frozen=True)
class Row:
    """What was measured of one server."""

    turns: int
    seconds: float
    cpu: float
    memory: float
    answers: list[float]
    pages: list[float]
    failures: list[str]

    @classmethod
    def measured(cls, checkout: Path, visitors: int, turns: int, slow: str) -> "Row":
        with server(checkout) as (url, pid):
            asyncio.run(crowd(url, 1, 2))
            start, before = time.perf_counter(), cpu_seconds(pid)
            if slow:
                made = asyncio.run(beside_a_slow_model(url, slow, visitors, turns))
            else:
                made = asyncio.run(crowd(url, visitors, turns))
            seconds, cpu, memory = time.perf_counter() - start, cpu_seconds(pid) - before, megabytes(pid)
        answers = sorted(took for visitor in made for took in visitor.took.get("send", []))
        pages = sorted(took for visitor in made for took in visitor.took.get("page", []))
        failures = [failure for visitor in made for failure in visitor.failures]
        return cls(len(answers), seconds, cpu, memory, answers, pages, failures)

    @property
    def rate(self) -> float:
        return self.turns / self.seconds

    def cells(self) -> str:
        cuts = quantiles(self.answers, n=100, method="inclusive") if len(self.answers) > 1 else self.answers * 99
        p50, p95, p99 = (f"{cuts[at]:.2f}" for at in (49, 94, 98)) if cuts else ("–",) * 3
        page = f"{median(self.pages):.2f}" if self.pages else "–"
        work = f"{self.cpu / self.turns * 1000:.0f}" if self.turns else "–"
        return f"{self.rate:.1f} | {p50} | {p95} | {p99} | {page} | {work} | {self.memory:.0f} | {len(self.failures)}"


async def load_pages(url: str, pid: int, loads: int) -> None:
    """Page views by one visitor who keeps pressing reload, each with its heartbeat."""
    first = 0.0
    async with _client(url) as client:
        for number in range(1, loads + 1):
            visitor = Visitor(client, str(number))
            await visitor.arrive()
            async with client.stream("GET", f"/gradio_api/heartbeat/{visitor._session}") as heartbeat:
                await anext(heartbeat.aiter_lines())
            if number in (100, loads) or number % 1000 == 0:
                first = first or megabytes(pid)
                now = megabytes(pid)
                print(f"{number:6} page loads: {now:.0f} MB, {now / first:.2f} times those after 100", flush=True)


def table(given: argparse.Namespace, slow: str) -> None:
    checkouts = [("before", given.before)] * bool(given.before) + [("after" if given.before else "", given.checkout)]
    print("| visitors | | turns/s | answer p50 s | p95 | p99 | page p50 s | CPU ms a turn | MB | failed |")
    print("|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|", flush=True)
    for visitors in given.visitors:
        turns = 1 if visitors >= 500 else given.turns
        rows = []
        for name, checkout in checkouts:
            row = Row.measured(checkout, visitors, turns, slow)
            rows.append(row)
            who = f"1 beside {visitors} on a slow model" if slow else visitors
            print(f"| {who} | {name} | {row.cells()} |", flush=True)
            for failure in sorted(set(row.failures))[:3]:
                print(f"failed: {failure}", file=sys.stderr)
        if len(rows) == 2 and all(row.turns for row in rows):
            before, after = rows
            rate, work = after.rate / before.rate, (before.cpu / before.turns) / (after.cpu / after.turns)
            print(f"| | ratio | {rate:.1f} times | | | | | {work:.1f} times less | | |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkout", type=Path, default=ROOT)
    parser.add_argument("--before", type=Path, help="a checkout to compare with")
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--turns", type=int, default=4, help="of each visitor; one, where there are 500 or more")
    parser.add_argument("--page-loads", type=int, default=0)
    parser.add_argument("--idle", type=float, default=0.0, help="seconds for which a server is left alone")
    parser.add_argument("--slow-model", type=float, default=0.0, help="seconds that each reply of a model takes")
    given = parser.parse_args()
    if given.page_loads or given.idle:
        with server(given.checkout) as (url, pid):
            if given.page_loads:
                asyncio.run(load_pages(url, pid, given.page_loads))
            else:
                asyncio.run(crowd(url, 1, 1))
                before = cpu_seconds(pid)
                time.sleep(given.idle)
                print(f"idle: {(cpu_seconds(pid) - before) / given.idle:.1%} of a core")
    elif given.slow_model:
        command = [sys.executable, str(Path(__file__).parent / "slow_model.py"), str(given.slow_model), "{}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as model:
            assert model.stdout
            table(given, f"http://127.0.0.1:{model.stdout.readline().strip()}/v1")
            model.kill()
    else:
        table(given, "")


if __name__ == "__main__":
    main()
