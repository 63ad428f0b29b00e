"""What a row of the fault table does at the page, and what it finds in the database afterwards."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from fault_places import Place, Served
from load import Visitor
from model_server import Character

from interviewer.domain.interview import Answered, Graded, RegradeAsked
from interviewer.sessions.store import Store

ANSWER = "Without a non-linearity the layers collapse into one linear map, so depth adds nothing. ({})"


@dataclass
class Seen:
    """One row of the table; `acknowledged` are answers whose Send the page took."""

    must: str
    was: str = ""
    acknowledged: list[str] = field(default_factory=list)
    has_failed: bool = False
    is_counted: bool = False
    lost: int = 0
    double: int = 0

    def note(self, text: str, *, good: bool = True) -> None:
        self.was += ("; " if self.was else "") + text + ("" if good else " (!)")
        self.has_failed |= not good

    def count(self, place: Place) -> None:
        """Count the acknowledged answers that are not in the database, and what was recorded or graded twice."""
        answers, double, _ = recorded(place)
        self.lost += sum(not answers[text] for text in self.acknowledged)
        self.double += double + sum(answers[text] > 1 for text in self.acknowledged)
        self.has_failed |= bool(self.lost or self.double)
        self.is_counted = True


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


async def sent_after_all(visitor: Visitor, seen: Seen, text: str) -> None:
    """Do what people do whose Send did not come back: reload, and send again what is not there."""
    before = visitor.shown("place")
    await happen(visitor, "load")
    if visitor.shown("place") not in ("", before):
        seen.acknowledged.append(text)
        seen.note("a reload shows it recorded")
        return
    taken = await send(visitor, seen, text)
    seen.note("sent again it is taken" if taken else f"not taken: {told(visitor)}", good=taken)


def told(visitor: Visitor) -> str:
    return re.sub(r"<[^>]*>", " ", visitor.shown("notice")).strip()


async def happen(visitor: Visitor, what: str) -> None:
    """An event of the page itself: `tick` of its timer, `load` of a page that remembers its interview."""
    await visitor._call(next(e for e in visitor._events if any(how == what for _, how in e["targets"])))


async def until(is_so: Callable[[], bool], seconds: float = 60.0, step: float = 0.05) -> None:
    """Wait until it is so. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(is_so):  # noqa: ASYNC110 - what is waited for is another process's
            await asyncio.sleep(step)


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


class Counting(Character):
    """Counts what it is asked to grade."""

    calls = 0

    def __call__(self, exchange: Any) -> None:
        self.calls += exchange.path.endswith("/chat/completions")
        super().__call__(exchange)
