"""Two servers of the page and two workers behind nginx, two of them killed in the middle; and one process, to compare.

    python tests/bench/fleet.py                      # as root, with Debian's packages postgresql and nginx
    python tests/bench/fleet.py --candidates 200 --turns 1 --only fleet

Scripted candidates play over HTTP, against a model on this machine that takes half a second. A worker is killed when a
third of the answers are taken, a server of the page when half of them are. What must come out: no answer that the page took
is lost, every attempt is graded, and none twice.
"""

# ruff: noqa: ASYNC110 - between the steps of one script nothing else is to run
import argparse
import asyncio
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(TESTS / "llm")]

import httpx2  # noqa: E402
from fault_places import ROOT, Place, Postgres, Served, Worker  # noqa: E402
from fault_rows.observed import happen, recorded, settled  # noqa: E402
from load import Visitor, megabytes  # noqa: E402
from model_server import MODEL  # noqa: E402

from interviewer.domain.interview import Graded  # noqa: E402
from interviewer.sessions.store import Store  # noqa: E402

ANSWER = "Without a non-linearity the layers collapse into one linear map, so depth adds nothing. ({})"
MODEL_SECONDS = 0.5
AT_A_TIME = "32"
"""How many gradings the model is asked for at a time, by all processes together."""
PATIENCE = 200.0
POLL_SECONDS = 2.0

# A new visitor goes anywhere; whoever has the cookie stays where the page's events are.
_NGINX = """
user root; daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  map $http_cookie $visitor {{ default $request_id; "~interviewer_owner_[0-9a-f]+=(?<owner>[^;]+)" $owner; }}
  upstream pages {{ hash $visitor consistent; {servers} }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://pages; proxy_http_version 1.1; proxy_buffering off; proxy_read_timeout 300s;
      proxy_set_header Host $http_host; proxy_set_header Connection "";
    }}
  }}
}}
"""

_MODEL = """
from model_server import Character, model_server

class Quick(Character):
    def _slowly(self, events):
        yield from events

with model_server(Quick(pause={seconds})) as server:
    print(server.url, flush=True)
    input()
"""


@dataclass
class Seen:
    """What the candidates saw: the answers that the page took, and how long sending and grading took."""

    total: int
    taken: list[str] = field(default_factory=list)
    graded: list[float] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)


class Candidate(Visitor):
    """A visitor who reloads the page when its server has gone, as people do."""

    async def reload(self) -> None:
        """Open the page anew, with what the browser remembers."""
        load = next(e for e in self._events if any(how == "load" for _, how in e["targets"]))
        kept = {number: self._values.get(number) for number in load["inputs"]}
        self._session = secrets.token_hex(6)
        (await self.client.get("/")).raise_for_status()
        config = (await self.client.get("/config")).json()
        self._values.update({one["id"]: one["props"].get("value") for one in config["components"]})
        self._values.update(kept)
        await self._call(load)

    async def until_it_works(self, seen: Seen, what: str, **typed: object) -> None:
        """Press the button until the page goes on, reloading it where it fails."""
        before, end = self.shown("place") if self._ids else "", time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                await (self.press(what, **typed) if what else self.arrive())
                if not what or self.shown("place") != before:
                    return
                seen.broken["refused"] += 1
            except (httpx2.HTTPError, ValueError, KeyError) as error:
                seen.broken[type(error).__name__] += 1
            await asyncio.sleep(1)
            try:
                await (self.reload() if self._events else self.arrive())
            except (httpx2.HTTPError, ValueError, KeyError):
                continue
            if what and self.shown("place") != before:
                return  # it was recorded, and the reply did not come through
        raise RuntimeError(f"{self.name}: {what or 'the page'} did not work for {PATIENCE:.0f} s")

    async def play(self, turns: int, seen: Seen) -> None:
        await self.until_it_works(seen, "")
        await self.until_it_works(seen, "begin", count=turns, mode="coach")
        for turn in range(turns):
            text = ANSWER.format(f"{self.name}.{turn}")
            await self.until_it_works(seen, "send", answer=text)
            seen.taken.append(text)
            start = time.monotonic()
            while 'class="quiet waiting"' in self.shown("card") and time.monotonic() < start + PATIENCE:
                await asyncio.sleep(POLL_SECONDS)
                try:
                    await happen(self, "tick")
                except (httpx2.HTTPError, ValueError):
                    await self.until_seen(seen)
            seen.graded.append(time.monotonic() - start)
            if turn + 1 < turns:
                await self.until_it_works(seen, "next")

    async def until_seen(self, seen: Seen) -> None:
        """Reload until the page is there again."""
        for _ in range(int(PATIENCE)):
            try:
                await self.reload()
            except (httpx2.HTTPError, ValueError) as error:
                seen.broken[type(error).__name__] += 1
                await asyncio.sleep(1)
            else:
                return


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def model() -> Iterator[str]:
    """The address of a model in a process of its own."""
    paths = os.pathsep.join([str(ROOT), str(TESTS), str(TESTS / "llm")])
    command = [sys.executable, "-c", _MODEL.format(seconds=MODEL_SECONDS)]
    environment = {**os.environ, "PYTHONPATH": paths}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@contextmanager
def nginx(folder: Path, port: int, servers: list[int]) -> Iterator[None]:
    folder.mkdir()
    listed = " ".join(f"server 127.0.0.1:{one} max_fails=1 fail_timeout=5s;" for one in servers)
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port, servers=listed))
    process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


async def crowd(url: str, candidates: int, turns: int, seen: Seen, victims: list[Served]) -> None:
    limits = httpx2.Limits(max_connections=None)

    async def one(number: int) -> None:
        async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits, headers={"Origin": url}) as client:
            candidate = Candidate(client, str(number))
            everybody.append(candidate)
            await asyncio.sleep(number * 30 / candidates)  # they come within half a minute
            await candidate.play(turns, seen)

    async def kill() -> None:
        for share, victim in zip((1 / 3, 1 / 2), victims, strict=False):
            while len(seen.taken) < share * seen.total:
                await asyncio.sleep(0.1)
            victim.end()
            print(f"killed {type(victim).__name__} after {len(seen.taken)} answers", file=sys.stderr, flush=True)

    everybody: list[Candidate] = []
    killing = asyncio.create_task(kill())
    ends = await asyncio.gather(*(one(number) for number in range(candidates)), return_exceptions=True)
    killing.cancel()
    for error in {repr(end)[:150] for end in ends if end is not None}:
        print(f"gave up: {error}", file=sys.stderr)
    sends = sorted(took for candidate in everybody for took in candidate.took.get("send", []))
    print(f"| {_figures(sends)} | {_figures(sorted(seen.graded))} ", end="")


def _figures(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "–"
    cuts = quantiles(seconds, n=100, method="inclusive")
    return " / ".join(f"{cuts[at]:.1f}" for at in (49, 94, 98))


def gradings(place: Place) -> Counter[int]:
    """How many attempts were graded how often."""
    store, counts = Store(place.database), Counter[tuple[str, str, int]]()
    for overview in store.interviews(None):
        for one in store.history(overview.id):
            if isinstance(one.event, Graded):
                counts[overview.id, one.event.question, one.event.attempt] += 1
    store.close()
    return Counter(counts.values())


def measure(name: str, place: Place, given: argparse.Namespace, address: str) -> bool:
    """One row of the table; whether what must come out came out."""
    seen, port, is_fleet = Seen(given.candidates * given.turns), free_port(), name == "fleet"
    settings = {"BASE_URL": address, "MODEL": MODEL, "MODEL_CONCURRENCY": AT_A_TIME, "GRADING_THREADS": AT_A_TIME}
    settings |= {"SECRET": secrets.token_urlsafe(32), "ROOT_PATH": f"http://127.0.0.1:{port}"}
    pages = [Served(place, **settings, RUN_JOBS=str(not is_fleet)) for _ in range(2 if is_fleet else 1)]
    workers = [Worker(place, **settings) for _ in range(2 if is_fleet else 0)]
    ports = [free_port() for _ in pages]
    for page, number in zip(pages, ports, strict=True):
        page.port = number
        page.start()
    for worker in workers:
        worker.launch()
    try:
        with nginx(place.folder / "nginx", port, ports):
            print(f"| {name} | {given.candidates} × {given.turns} ", end="", flush=True)
            start = time.monotonic()
            victims = [workers[0], pages[0]] if is_fleet else []
            asyncio.run(crowd(f"http://127.0.0.1:{port}", given.candidates, given.turns, seen, victims))
            took = time.monotonic() - start
            is_done = settled(place)
    finally:
        alive = [one for one in (*pages, *workers) if one.process.poll() is None]
        memory = [megabytes(one.process.pid) for one in alive]
        for one in alive:
            one.end()
    answers, double, due = recorded(place)
    lost = sum(not answers[text] for text in seen.taken)
    often = gradings(place)
    rate = len(seen.taken) / took
    print(
        f"| {rate:.1f} | {' + '.join(f'{one:.0f}' for one in memory)} | {len(seen.taken)} | {lost} | {due} | "
        f"{dict(often)} | {dict(seen.broken) or '–'} |",
        flush=True,
    )
    return is_done and not lost and not double and set(often) == {1} and len(seen.taken) == seen.total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=int, default=200)
    parser.add_argument("--turns", type=int, default=1, help="of each candidate")
    parser.add_argument("--only", choices=["fleet", "one process"])
    given = parser.parse_args()
    print(
        "| | candidates × turns | Send s: p50 / p95 / p99 | until the grade is shown s: p50 / p95 / p99 | turns/s | MB |"
        " taken | lost | ungraded | attempts by number of gradings | reloads |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|---|")
    postgres, is_good = Postgres(), True
    try:
        with model() as address, tempfile.TemporaryDirectory(prefix="fleet-") as folder:
            for name in (given.only,) if given.only else ("fleet", "one process"):
                place = Place(Path(folder) / name.replace(" ", "-"), postgres.new(), postgres)
                place.folder.mkdir()
                is_good &= measure(name, place, given, address)
    finally:
        postgres.close()
    sys.exit(not is_good)


if __name__ == "__main__":
    main()
