"""How long after the click an answer is on disk, as a ratio to a bare commit: `pytest tests/bench/test_answer_to_disk.py`.

Nothing is asserted; the lines are read.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest
from printed import say

from interviewer.banks.loader import BankLibrary
from interviewer.domain.interview import Answered, Mode
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.llm.scripted import Request, ScriptedLLM
from interviewer.sessions.grader_choice import GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.interview_plan import make_plan
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.web.badge import Badges
from interviewer.web.handlers import PageHandlers
from interviewer.web.practice import PracticeHandlers
from interviewer.web.visit import Visit

ANSWERS = 50


class BareDatabase:
    """What no store could do without: one row, committed with the same guarantees."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("page_size=16384", "journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("CREATE TABLE events (number INTEGER PRIMARY KEY, body TEXT)")

    def commit(self, text: str) -> float:
        """The milliseconds that it took."""
        start = time.perf_counter()
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO events (body) VALUES (?)", (text,))
        self._connection.execute("COMMIT")
        return 1000 * (time.perf_counter() - start)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("hangs", [False, True], ids=["offline", "a model that hangs"])
def test_an_answer_is_on_disk(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    make_service: Callable[..., SessionService],
    deep_learning: Bank,
    tmp_path: Path,
    mode: Mode,
    hangs: bool,
) -> None:
    release, took, bare, clicked = threading.Event(), [], [], 0.0
    append = Store.append

    def timed(store: Store, interview: str, number: int, event: Any, *rest: Any) -> str:
        at = append(store, interview, number, event, *rest)
        if isinstance(event, Answered):
            took.append(1000 * (time.perf_counter() - clicked))
        return at

    def never(_: Request) -> str:
        release.wait(60)
        return "{}"

    monkeypatch.setattr(Store, "append", timed)
    llm, server = (ScriptedLLM(never), "http://model.example/v1") if hangs else (None, "")
    service = make_service(llm=llm, server=server, follow_up_seconds=0.2)
    graders = GraderRegistry(GraderOptions(), lambda _: None, 1)  # type: ignore[arg-type,return-value]
    library, database = BankLibrary(), BareDatabase(tmp_path / "bare.sqlite3")
    desk = PageHandlers(service, library, graders, Badges(graders, dict), PracticeHandlers(service.store, library))
    while len(took) < ANSWERS:
        session = service.begin("me", make_plan(deep_learning, count=10, mode=mode, probes=hangs, language=Language.EN))
        time.sleep(2)  # nobody answers before reading the question
        while not (interview := session.interview()).is_over and len(took) < ANSWERS:
            text = interview.question.reference.en
            bare.append(database.commit(text))
            clicked = time.perf_counter()
            desk.answer(Visit("me", Language.EN), session.id, interview.place, text[: len(text) // 2])
            session.run_due_and_wait()
            if mode is Mode.COACH and session.interview().current.grade:
                session.move_on()
    release.set()
    p95, bare_p95 = quantiles(took, n=20)[-1], quantiles(bare, n=20)[-1]
    say(
        capsys,
        f"{mode}, {'a model that hangs' if hangs else 'offline'}: on disk after {median(took):.1f} ms, p95 {p95:.1f} (aim 50); "
        f"bare commit {median(bare):.1f} ms, p95 {bare_p95:.1f}: ratio {median(took) / median(bare):.1f}",
    )
