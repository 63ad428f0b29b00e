"""What tests of grading batches share: workers that grade offline, slowly or not at all, and a look at what they did."""

import json
import threading
import time
from collections.abc import Callable

import sqlalchemy as sa
from fakes import BANK, Only
from graded_rows import ROWS

from interviewer.domain.grade import Grade
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.errors import InterviewerError
from interviewer.evaluation.batch_grading import grade_row
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.grader_choice import GraderChoice, GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.grading_batches import BatchOverview, GradingBatches, collect, list_batches
from interviewer.sessions.job_queue import JobQueue
from interviewer.sessions.serialization import bank_from_json, bank_to_json
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store

NAMES = [row["id"].strip() for row in ROWS]
SERVER = "http://localhost:1/v1"


class Worker:
    """Grades offline when it may, after it has failed as it was told; knows what it was asked, and how much at a time."""

    def __init__(self, *failures: InterviewerError | ValueError, pause: float = 0.0) -> None:
        self.pause = pause
        self.may, self.asked, self.failures = threading.Event(), [], list(failures)
        self.may.set()
        self.at_a_time = self.most = 0
        self._lock = threading.Lock()

    asked: list[str]

    def __call__(self, _: object, bank: Bank, language: Language, row: str) -> Grade:
        with self._lock:
            self.asked.append(json.loads(row)["id"])
            self.at_a_time += 1
            self.most = max(self.most, self.at_a_time)
            failure = self.failures.pop(0) if self.failures else None
        self.may.wait(20)
        time.sleep(self.pause)
        with self._lock:
            self.at_a_time -= 1
        if failure:
            raise failure
        return grade_row(LexicalGrader(), bank, language, row)


def registry(width: int = 1) -> GraderRegistry:
    choice = GraderChoice(Endpoint(SERVER, "m", ""))
    return GraderRegistry(GraderOptions(default=choice), lambda _: ScriptedLLM(lambda _: ""), width)


def make_process(
    url: str, worker: Callable[..., Grade], *, width: int = 1, threads: int = 8, identity: str = "m"
) -> SessionService:
    """A service on this database, as another process would have it."""
    store = Store(url)
    jobs = JobQueue.required(store.database)
    service = SessionService(store, Only(LexicalGrader(), server=SERVER), threads=threads, jobs=jobs)
    service.batches = GradingBatches(store.database, jobs, registry(width), identity, worker)
    return service


def until(true: Callable[[], object], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def send(service: SessionService, rows: list[str]) -> tuple[str, int]:
    assert service.batches
    return service.batches.begin(BANK, Language.EN, rows)


def begin(service: SessionService, rows: list[str]) -> str:
    return send(service, rows)[0]


def state(service: SessionService, batch: str) -> BatchOverview:
    (found,) = (one for one in list_batches(service.store.database) if one.id == batch)
    return found


def ended(service: SessionService, batch: str) -> BatchOverview:
    until(lambda: not state(service, batch).waiting)
    return state(service, batch)


def jobs(service: SessionService) -> list[tuple[str, str]]:
    found = service.store.database.rows(
        sa.text("SELECT status::text, queueing_lock FROM procrastinate_jobs ORDER BY id")
    )
    return [(status, name) for status, name in found]


def results(service: SessionService, batch: str) -> list[tuple[str, Grade | None, str | None]]:
    found = collect(service.store.database, batch)
    assert found
    return [(json.loads(row)["id"], grade, failure) for row, grade, failure in found.answers]


def graded_here(rows: list[str]) -> list[tuple[str, Grade, None]]:
    bank = bank_from_json(bank_to_json(BANK))  # in which weights are no whole numbers, as in one that was loaded
    return [(json.loads(row)["id"], grade_row(LexicalGrader(), bank, Language.EN, row), None) for row in rows]


def locks(service: SessionService) -> list[str]:
    return [row.lock for row in service.store.database.rows(sa.text("SELECT lock FROM procrastinate_jobs ORDER BY id"))]
