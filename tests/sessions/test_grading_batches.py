"""Answers of many candidates left to the workers: each graded once, as by the command itself, whatever dies meanwhile."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from command_line import run
from fakes import BANK, Only, begun
from graded_rows import ROWS, tasks, written
from model_server import MODEL, Character, model_server

from interviewer import wiring
from interviewer.domain.grade import Grade
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.errors import InterviewerError, LLMRefused, LLMUnreachable
from interviewer.evaluation.batch_grading import grade_row, row_of
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.grader_choice import GraderChoice, GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.grading_batches import (
    BatchOverview,
    GradingBatches,
    collect,
    list_batches,
    remove_batch,
)
from interviewer.sessions.job_queue import JobQueue
from interviewer.sessions.retention import keep_house
from interviewer.sessions.serialization import bank_from_json, bank_to_json
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.sessions.timestamps import stored_now
from interviewer.settings import read_settings

TESTS = Path(__file__).parent.parent
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


Make = Callable[..., SessionService]


@pytest.fixture
def process(postgres_url: str) -> Iterator[Make]:
    """Services on one database: each call is like another process."""
    made: list[SessionService] = []

    def make(
        worker: Worker | None = None, *, works: bool = False, width: int = 1, identity: str = "m"
    ) -> SessionService:
        store = Store(postgres_url)
        jobs = JobQueue.required(store.database)
        service = SessionService(store, Only(LexicalGrader(), server=SERVER), jobs=jobs)
        service.batches = GradingBatches(store.database, jobs, registry(width), identity, worker or Worker())
        made.append(service)
        if works:
            service.start_working(0.1)
        return service

    yield make
    for service in made:
        service.close()
    for service in made:
        service.store.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_LOOK_SECONDS", "_HEARTBEAT_SECONDS", "_TAKEN_PAUSE"):
        monkeypatch.setattr(f"interviewer.sessions.job_worker.{name}", 0.2)
    monkeypatch.setattr("interviewer.sessions.job_worker._PAUSES", (0, 0))
    monkeypatch.setattr("interviewer.cli.grading._LOOK_SECONDS", 0.1)


def until(true: Callable[[], object], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def rows(tmp_path: Path) -> list[str]:
    """The rows that the tests of grading have: four."""
    return [row_of(task) for task in tasks(tmp_path)]


def begin(service: SessionService, rows: list[str]) -> str:
    assert service.batches
    return service.batches.begin(BANK, Language.EN, rows).id


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


def test_all_workers_share_a_batch_and_grade_each_answer_once(process: Make, rows: list[str]) -> None:
    worker = Worker()
    sender = process(width=3)
    batch = begin(sender, rows)
    assert [name for _, name in jobs(sender)] == [f"batch {batch} {lane}" for lane in range(3)]
    assert state(sender, batch)[4:7] == (4, 0, 0)
    for _ in range(2):
        process(worker, works=True, width=3)
    assert ended(sender, batch)[4:7] == (4, 4, 0)
    assert results(sender, batch) == graded_here(rows)
    assert sorted(worker.asked) == NAMES
    assert begin(sender, rows) == batch
    until(lambda: not jobs(sender))
    assert len(worker.asked) == 4


@pytest.fixture
def model(postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Character]:
    """A model server, and settings by which commands and workers use it and the database."""
    character = Character()
    with model_server(character) as server:
        for name, value in {
            "DATABASE_URL": postgres_url,
            "BASE_URL": server.url,
            "MODEL": MODEL,
            "API_KEY": "sk-test",
        }.items():
            monkeypatch.setenv(f"INTERVIEWER_{name}", value)
        yield character


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Rows on the shipped bank, of three people, one of whom said nothing."""
    said = ["Dropout is switched off at test time.", "Batch statistics are not used then.", "  "]
    numbered = [
        {"id": f"r{n}", "candidate": f"c{n}", "question_id": f"q{n + 1:02}", "answer": text, "lang": "en"}
        for n, text in enumerate(said)
    ]
    return str(written(tmp_path / "rows.jsonl", *numbered))


def sent(file: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert run("grade", file, "--bank", "deep-learning", "--queue") == 0
    return capsys.readouterr().out.strip()


def test_what_workers_grade_is_what_the_command_itself_writes(
    model: Character, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = sent(file, capsys)
    written_by = {
        kind: [str(tmp_path / f"{kind}.{end}") for end in ("jsonl", "csv", "html")] for kind in ("direct", "q")
    }
    options = {kind: [part for path in paths for part in ("-o", path)] for kind, paths in written_by.items()}
    assert run("batch", "collect", batch, *options["q"]) == 1
    assert "3 of 3 answers still wait for a worker" in capsys.readouterr().err
    assert Path(written_by["q"][0]).read_text() == ""
    service = wiring.make_service(read_settings(), is_served=True)
    service.start_working(0.1)
    assert run("batch", "collect", batch, "--wait", *options["q"]) == 0
    service.close()
    asked = model.asked
    assert run("grade", file, "--bank", "deep-learning", "--grader", "llm", *options["direct"]) == 0
    for queued, direct in zip(written_by["q"][:2], written_by["direct"][:2], strict=True):
        assert Path(queued).read_bytes() == Path(direct).read_bytes()
    assert Path(written_by["q"][2]).read_text().count("r0") == Path(written_by["direct"][2]).read_text().count("r0")
    assert model.asked == 2 * asked
    capsys.readouterr()
    assert run("batch", "list") == 0
    told = capsys.readouterr().out
    assert f"{batch}  " in told
    assert "deep-learning" in told
    assert f"{MODEL} @ 127.0.0.1" in told
    assert "3 of 3 graded, 0 failed, 0 waiting" in told
    assert run("batch", "delete", batch, "--yes") == 0
    for command in ("collect", "delete"):
        assert run("batch", command, batch, *(["--yes"] if command == "delete" else [])) == 1
        assert f"there is no batch {batch}" in capsys.readouterr().err
    service.store.close()


def test_failures_are_told_with_their_reason_and_tried_again_by_the_same_command(
    model: Character, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model.writes_prose = True
    batch = sent(file, capsys)
    service = wiring.make_service(read_settings(), is_served=True)
    service.start_working(0.1)
    output = tmp_path / "marks.jsonl"
    assert run("batch", "collect", batch, "--wait", "-o", str(output)) == 1
    assert "2 of 3 answers could not be graded" in capsys.readouterr().err
    told = [json.loads(line) for line in output.read_text().splitlines()]
    assert [bool(one["failure"]) for one in told] == [True, True, False]
    model.writes_prose = False
    assert sent(file, capsys) == batch
    assert run("batch", "collect", batch, "--wait", "-o", str(output)) == 0
    service.close()
    service.store.close()


def test_the_answers_of_a_killed_worker_are_graded_by_another_each_once(
    process: Make, rows: list[str], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewer.sessions.job_worker._DEAD_AFTER", 2.0)
    sender = process()
    batch = begin(sender, rows)
    paths = os.pathsep.join([str(TESTS), str(TESTS / "llm"), str(TESTS.parent)])
    command = [sys.executable, "-c", _DYING, postgres_url]
    killed = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True)
    assert killed.stdout
    assert [killed.stdout.readline() for _ in range(3)] == ["a\n", "b\n", "c\n"]
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    assert state(sender, batch).graded == 2
    worker = Worker()
    process(worker, works=True)
    assert ended(sender, batch).graded == 4
    assert worker.asked == NAMES[2:]
    assert results(sender, batch) == graded_here(rows)
    until(lambda: not jobs(sender))


_DYING = """
import json, sys, time
from fakes import Only
from sessions.test_grading_batches import SERVER, registry
from interviewer.evaluation.batch_grading import grade_row
from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions.grading_batches import GradingBatches
from interviewer.sessions.job_queue import JobQueue
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store

def third_hangs(_, bank, language, row):
    name = json.loads(row)["id"]
    print(name, flush=True)
    time.sleep(60 * (name == "c"))
    return grade_row(LexicalGrader(), bank, language, row)

store = Store(sys.argv[1])
jobs = JobQueue.of(store.database)
service = SessionService(store, Only(LexicalGrader(), server=SERVER), jobs=jobs)
service.batches = GradingBatches(store.database, jobs, registry(), "m", third_hangs)
service.start_working(1)
time.sleep(60)
"""


def test_a_worker_that_ends_hands_its_lane_over_at_once(process: Make, rows: list[str]) -> None:
    slow, quick = Worker(), Worker()
    slow.may.clear()
    first = process(slow, works=True)
    batch = begin(first, rows)
    until(lambda: slow.asked)
    assert first._worker
    first._worker.close()
    assert jobs(first) == [("todo", f"batch {batch} 0")]
    slow.may.set()
    batches = first.batches
    until(lambda: batches and not batches._calls)
    assert state(first, batch).graded == 0  # what was stopped may be half a grade
    process(quick, works=True)
    assert ended(first, batch).graded == 4
    assert (slow.asked, len(quick.asked)) == (["a"], 4)


def test_a_worker_that_is_told_to_end_ends_the_answer_at_hand_and_begins_no_other(
    process: Make, rows: list[str]
) -> None:
    worker = Worker()
    worker.may.clear()
    service = process(worker)
    service.start_working(10)
    batch = begin(service, rows)
    until(lambda: worker.asked)
    closing = threading.Thread(target=service.close)
    closing.start()
    until(service._closed.is_set)
    time.sleep(0.2)
    worker.may.set()
    closing.join(5)
    assert not closing.is_alive()
    assert (worker.asked, state(service, batch).graded) == (["a"], 1)
    assert jobs(service) == [("todo", f"batch {batch} 0")]


def test_of_a_worker_that_was_taken_for_dead_the_late_grade_is_dropped(process: Make, rows: list[str]) -> None:
    frozen = Worker(LLMRefused("late"))
    frozen.may.clear()
    first, second = process(frozen), process()
    batch = begin(first, rows)
    assert first.batches
    assert second.batches
    late = first.batches.start(batch, 0, has_place=True, is_tried_again=True)
    until(lambda: frozen.asked)
    second.batches.start(batch, 0, has_place=True, is_tried_again=True).result(15)
    frozen.may.set()
    late.result(15)
    assert results(second, batch) == graded_here(rows)
    assert frozen.asked == ["a"]


@pytest.mark.parametrize(
    "failures, asked, said",
    [
        ([LLMUnreachable("it is overloaded")] * 2, "aaabcd", None),
        ([LLMUnreachable("it is overloaded")] * 4, "aaabbcd", "it is overloaded"),
        ([LLMRefused("the key is wrong", 401)] * 2, "aaabcd", None),
        ([LLMRefused("no money is left", 429)] * 3, "aaabcd", "no money is left"),
        ([LLMRefused("it said \0 and \ud800", 400)], "abcd", "it said \0 and \ud800"),
        ([ValueError("secret")], "abcd", "An unexpected fault (ValueError) stopped this grading"),
    ],
)
def test_a_model_is_asked_again_where_that_may_help_and_not_for_ever(
    process: Make, rows: list[str], failures: list[InterviewerError], asked: str, said: str | None
) -> None:
    worker = Worker(*failures)
    service = process(worker, works=True)
    batch = begin(service, rows)
    ended(service, batch)
    assert "".join(name[0] for name in worker.asked) == asked
    failed = [(name, failure) for name, _, failure in results(service, batch) if failure is not None]
    assert [(name, failure.startswith(said or "?")) for name, failure in failed] == [("a", True)] * (said is not None)
    assert begin(service, rows) == batch
    assert ended(service, batch).failed == 0
    assert len(worker.asked) == len(asked) + len(failed)


def test_the_next_answer_of_a_lane_is_begun_at_once(
    process: Make, rows: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewer.sessions.job_worker._LOOK_SECONDS", 20)
    service = process(works=True)
    assert ended(service, begin(service, rows)).graded == 4


def test_a_worker_with_another_model_grades_nothing_in_its_place(process: Make, rows: list[str]) -> None:
    other = Worker()
    sender = process()
    batch = begin(sender, rows)
    wrong = process(other, works=True, identity="another model")
    assert ended(sender, batch).failed == 4
    assert all("another model" in str(failure) for _, _, failure in results(sender, batch))
    assert other.asked == []
    wrong.close()
    process(works=True)
    assert begin(sender, rows) == batch
    assert ended(sender, batch).graded == 4


def test_over_all_workers_and_batches_a_server_is_asked_by_no_more_than_it_takes(
    process: Make, rows: list[str]
) -> None:
    worker = Worker(*[LLMUnreachable("it is overloaded")] * 2, pause=0.5)
    worker.may.clear()
    sender = process(width=2)
    batches = [begin(sender, rows), begin(sender, rows[:3])]
    for _ in range(2):
        process(worker, works=True, width=2)
    until(lambda: worker.at_a_time == 2)
    time.sleep(0.5)
    worker.may.set()
    for batch in batches:
        ended(sender, batch)
    assert (worker.most, len(worker.asked)) == (2, 9)


def test_a_lane_that_is_tried_again_later_has_no_place_beside_those_that_the_server_has(
    process: Make, rows: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewer.sessions.job_worker._PAUSES", (60,))
    service = process(Worker(LLMUnreachable("it is overloaded")), works=True)
    begin(service, rows)
    waiting = sa.text("SELECT lock FROM procrastinate_jobs WHERE scheduled_at > now()")
    until(lambda: service.store.database.value(waiting))
    assert service.store.database.value(waiting) == f"{SERVER} 0"


def test_a_person_waits_for_one_answer_at_hand_and_for_no_batch(
    process: Make, rows: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Only, "width", lambda *_: 1)
    worker = Worker()
    worker.may.clear()
    service = process(worker, works=True)
    batches = [begin(service, rows), begin(service, rows[:3])]
    until(lambda: worker.asked)
    session = service.begin("me", begun())
    session.answer("it is switched off")
    graded_by_then: list[int] = []
    real = service._runner.graders.grader

    def grader(owner: str) -> Any:
        graded_by_then.append(sum(state(service, batch).graded for batch in batches))
        return real(owner)

    monkeypatch.setattr(service._runner.graders, "grader", grader)
    worker.may.set()
    assert session.run_due_and_wait(seconds=15).current.grade
    assert [ended(service, batch).graded for batch in batches] == [4, 3]
    assert graded_by_then == [1]


def test_a_lane_that_lost_its_job_is_put_in_again_and_no_other(process: Make, rows: list[str]) -> None:
    service = process(width=2)
    batch = begin(service, rows)
    with service.store.database.write() as connection:
        connection.execute(sa.text("DELETE FROM procrastinate_jobs WHERE args->>'lane' = '1'"))
    assert service.batches
    for _ in range(2):
        service.batches.resume_left()
    assert jobs(service) == [("todo", f"batch {batch} {lane}") for lane in range(2)]
    worker = Worker()
    worker.may.clear()
    other = process(worker, works=True, width=2)
    until(lambda: worker.at_a_time == 2)
    service.batches.resume_left()
    assert jobs(service) == [("doing", f"batch {batch} {lane}") for lane in range(2)]
    worker.may.set()
    assert ended(other, batch).graded == 4


def test_a_batch_whose_jobs_cannot_be_put_in_is_not_there(
    process: Make, rows: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = process()

    def fails(*_: object) -> None:
        raise InterviewerError("no room")

    monkeypatch.setattr(JobQueue, "add_lane", fails)
    with pytest.raises(InterviewerError, match="no room"):
        begin(service, rows)
    assert list_batches(service.store.database) == []


def test_what_is_deleted_is_graded_no_further_and_leaves_nothing(process: Make, rows: list[str]) -> None:
    worker = Worker()
    worker.may.clear()
    service = process(worker, works=True)
    batch = begin(service, rows)
    until(lambda: worker.asked)
    assert remove_batch(service.store.database, batch)
    worker.may.set()
    until(lambda: not jobs(service))
    assert worker.asked == ["a"]
    assert service.store.database.value(sa.text("SELECT count(*) FROM batch_answers")) == 0
    assert not remove_batch(service.store.database, batch)


def test_batches_go_as_interviews_do_when_nothing_was_graded_for_long(
    process: Make, rows: list[str], tmp_path: Path
) -> None:
    service = process()
    old, new = begin(service, rows), begin(service, rows[:2])
    database, ago = service.store.database, stored_now(timedelta(days=40))
    for batch, answers in ((old, "true"), (new, "number = 0")):
        database.change(sa.text(f"UPDATE batch_answers SET changed_at = '{ago}' WHERE batch = '{batch}' AND {answers}"))
    keep_house(service.store, 0, tmp_path)
    assert {one.id for one in list_batches(database)} == {old, new}
    keep_house(service.store, 30, tmp_path)
    assert [one.id for one in list_batches(database)] == [new]


@pytest.mark.parametrize(
    "command",
    [("grade", "{file}", "--bank", "deep-learning", "--queue"), ("batch", "list"), ("batch", "collect", "x")],
)
def test_without_a_queue_it_is_said_in_one_line_what_is_missing(
    command: tuple[str, ...], file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INTERVIEWER_BASE_URL", SERVER)
    monkeypatch.setenv("INTERVIEWER_MODEL", "m")
    assert run(*(part.format(file=file) for part in command)) == 1
    said = capsys.readouterr().err
    assert "postgresql+psycopg://" in said
    assert "mock-interviewer[server]" in said
    assert len(said.splitlines()) == 1


def test_what_the_queue_does_not_do_is_refused(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    for option in (("-o", "marks.csv"), ("--save", "kept.jsonl"), ("--grader", "lexical")):
        assert run("grade", file, "--bank", "deep-learning", "--queue", *option) == 2
    assert run("grade", file, "--bank", "deep-learning", "--queue") == 1
    assert "no model to grade with" in capsys.readouterr().err
