"""A throttled model server, and four gradings that wait for it: what the page shows each second, and how long it all takes.

    python tests/throttled_server.py              # 7 tokens a second, 90 s to the first, about ten minutes
    python tests/throttled_server.py --faster 60

It answers one request at a time, as a model on a laptop does; the others wait in line without a word.
"""

import argparse
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent / room) for room in ("", "llm")]

from fakes import begun
from misbehaving import Exchange, Server, chunk
from model_server import MODEL, Character

from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.grading import CallShape
from interviewer.llm.client import OpenAICompatible
from interviewer.llm.endpoints import Endpoint
from interviewer.sessions.grader_choice import GraderChoice, GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.web.badge import Badges
from interviewer.web.handlers import PageHandlers
from interviewer.web.practice import PracticeHandlers
from interviewer.web.visit import Visit

ANSWERS = 4
TOKEN_CHARACTERS = 4
SHOWN = re.compile(r'data-since="([\d.]+)" data-line="([^"#]*?) · #')


@dataclass
class Throttled(Character):
    """Writes so many tokens a second, the first one after `first` seconds, for one request at a time."""

    tokens_per_second: float = 7.0
    first: float = 90.0
    tokens: list[int] = field(default_factory=list)
    _slot: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, exchange: Exchange) -> None:
        if not exchange.path.endswith("/chat/completions"):
            super().__call__(exchange)
            return
        text = self._grades(exchange)
        parts = [text[start : start + TOKEN_CHARACTERS] for start in range(0, len(text), TOKEN_CHARACTERS)]
        with self._slot:
            self.tokens.append(len(parts))
            time.sleep(self.first)
            exchange.sse(self._throttled(parts))

    def _throttled(self, parts: list[str]) -> Iterator[object]:
        for part in parts:
            time.sleep(1 / self.tokens_per_second)
            yield chunk(part)
        yield chunk(None, "stop")
        yield "[DONE]"


@contextmanager
def throttled_server(character: Throttled) -> Iterator[Server]:
    server = Server(character, 0)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@dataclass
class Outcome:
    """What came of the four answers; `looks` are how many times each page was looked at and said what is waited for."""

    seconds: list[float]
    failures: list[str]
    ideal: list[float]
    looks: list[int]
    silent_looks: list[int]
    phases: list[list[str]]


def page_of(url: str, folder: Path, concurrency: int) -> PageHandlers:
    """The page's handlers, with the model at this address and a database in the folder."""
    options = GraderOptions(GraderChoice(Endpoint(url, MODEL), CallShape.ONE_CALL))
    graders = GraderRegistry(options, OpenAICompatible, concurrency)
    service = SessionService(Store(f"sqlite:///{folder / 'a.sqlite3'}"), graders)
    library = BankLibrary()
    return PageHandlers(service, library, graders, Badges(graders, dict), PracticeHandlers(service.store, library))


def four_gradings(character: Throttled, folder: Path, pace: float = 1.0, concurrency: int = ANSWERS) -> Outcome:
    """Four people answer at the same moment; the page of each is looked at every `pace` seconds."""
    with throttled_server(character) as server:
        desk = page_of(server.url, folder, concurrency)
        service = desk.service
        sessions = [service.begin(f"visitor {number}", begun(probes=0)) for number in range(ANSWERS)]
        start = time.time()
        for one in sessions:
            desk.answer(
                Visit(one.owner, Language.EN), one.id, one.interview().place, "It is switched off at test time."
            )
        count = len(sessions)
        outcome = Outcome([0.0] * count, [""] * count, [], [0] * count, [0] * count, [[] for _ in sessions])
        while not all(outcome.seconds):
            began = time.time()
            for place, one in enumerate(sessions):
                if not outcome.seconds[place]:
                    _look(desk, one.owner, one.id, place, outcome, start)
            time.sleep(max(0.0, pace - (time.time() - began)))
        desk.models.close()
    done = 0.0
    for tokens in character.tokens:
        done += character.first + tokens / character.tokens_per_second
        outcome.ideal.append(done)
    return outcome


def _look(desk: PageHandlers, owner: str, interview: str, place: int, outcome: Outcome, start: float) -> None:
    asked = time.time()
    shown = desk.look(Visit(owner, Language.EN), interview)
    assert time.time() - asked < 5, "a look waits for nobody"
    attempt = desk.service.resume(interview, owner).interview().current
    if attempt.grade or attempt.failure:
        outcome.seconds[place] = time.time() - start
        outcome.failures[place] = attempt.failure
        return
    outcome.looks[place] += 1
    found = SHOWN.search(shown.card)
    if found is None:
        outcome.silent_looks[place] += 1
        return
    if not outcome.phases[place] or outcome.phases[place][-1] != found[2]:
        outcome.phases[place].append(found[2])


def _print(outcome: Outcome, character: Throttled) -> None:
    print(
        f"{character.tokens_per_second:g} tokens a second, {character.first:g} s to the first, one slot, {ANSWERS} requests"
    )
    print(f"{'grade':>6} {'after':>9} {'ideal':>9} {'tokens':>7} {'looks':>6} {'silent':>7}  phases shown")
    order = sorted(range(ANSWERS), key=lambda place: outcome.seconds[place])
    for number, (place, ideal) in enumerate(zip(order, outcome.ideal, strict=True)):
        print(
            f"{number + 1:>6} {outcome.seconds[place]:>7.1f} s {ideal:>7.1f} s {character.tokens[number]:>7}"
            f" {outcome.looks[place]:>6} {outcome.silent_looks[place]:>7}  {' → '.join(outcome.phases[place])}"
            + (f"  FAILED: {outcome.failures[place]}" if outcome.failures[place] else "")
        )
    print(
        f"last grade {max(outcome.seconds):.1f} s, ideal {outcome.ideal[-1]:.1f} s; failed: {sum(map(bool, outcome.failures))}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--faster", type=float, default=1.0, help="shorten all times by this factor")
    parser.add_argument("--concurrency", type=int, default=ANSWERS, help="requests at a time, as in the settings")
    chosen = parser.parse_args()
    character = Throttled(tokens_per_second=7 * chosen.faster, first=90 / chosen.faster)
    with tempfile.TemporaryDirectory() as folder:
        outcome = four_gradings(character, Path(folder), concurrency=chosen.concurrency)
    _print(outcome, character)
    if any(outcome.failures):
        sys.exit(1)


if __name__ == "__main__":
    main()
