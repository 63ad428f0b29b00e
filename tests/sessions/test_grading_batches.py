"""Answers of many candidates left to the workers: each graded once, as by the command itself, whatever dies meanwhile."""

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
from batch_workers import (
    NAMES,
    SERVER,
    Worker,
    begin,
    ended,
    graded_here,
    jobs,
    locks,
    make_process,
    results,
    send,
    state,
    until,
)
from fakes import Only, begun
from graded_rows import tasks

from interviewer.domain.interview import AskProbe
from interviewer.domain.language import Language
from interviewer.errors import InterviewerError, LLMRefused, LLMUnreachable, StoreError
from interviewer.evaluation.batch_grading import row_of
from interviewer.sessions.effect_leases import EffectKey
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.grading_batches import (
    list_batches,
    remove_batch,
)
from interviewer.sessions.job_queue import EffectJob, JobQueue
from interviewer.sessions.retention import keep_house
from interviewer.sessions.service import SessionService
from interviewer.sessions.timestamps import stored_now

TESTS = Path(__file__).parent.parent


Make = Callable[..., SessionService]


@pytest.fixture
def process(postgres_url: str) -> Iterator[Make]:
    """Services on one database: each call is like another process."""
    made: list[SessionService] = []

    def make(worker: Worker | None = None, *, works: bool = False, **settings: Any) -> SessionService:
        service = make_process(postgres_url, worker or Worker(), **settings)
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


@pytest.fixture
def rows(tmp_path: Path) -> list[str]:
    """The rows that the tests of grading have: four."""
    return [row_of(task) for task in tasks(tmp_path)]


def test_all_workers_share_a_batch_and_grade_each_answer_once(process: Make, rows: list[str]) -> None:
    worker = Worker()
    sender = process(width=3)
    batch = begin(sender, rows)
    assert [name for _, name in jobs(sender)] == [f"batch {batch} {lane}" for lane in range(3)]
    for _ in range(2):
        process(worker, works=True, width=3)
    assert ended(sender, batch)[4:7] == (4, 4, 0)
    assert results(sender, batch) == graded_here(rows)
    assert sorted(worker.asked) == NAMES
    assert begin(sender, rows) == batch
    until(lambda: not jobs(sender))
    assert len(worker.asked) == 4


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP])
def test_what_a_killed_or_frozen_worker_was_at_is_graded_by_another_and_no_other_answer_twice(
    process: Make, rows: list[str], postgres_url: str, monkeypatch: pytest.MonkeyPatch, fate: signal.Signals
) -> None:
    monkeypatch.setattr("interviewer.sessions.job_worker._DEAD_AFTER", 3.0)
    monkeypatch.setattr("interviewer.sessions.job_worker._HEARTBEAT_SECONDS", 0.5)
    sender = process()
    batch = begin(sender, rows)
    paths = os.pathsep.join([str(TESTS), str(TESTS / "llm"), str(TESTS.parent)])
    command = [sys.executable, "-c", _OTHER_PROCESS, postgres_url]
    stopped = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True)
    assert stopped.stdout
    assert [stopped.stdout.readline() for _ in range(3)] == ["a\n", "b\n", "c\n"]
    stopped.send_signal(fate)
    assert state(sender, batch).graded == 2
    slow = Worker(pause=1.0)
    process(slow, works=True)
    until(lambda: slow.asked)
    if fate is signal.SIGSTOP:
        stopped.send_signal(signal.SIGCONT)
    assert ended(sender, batch).graded == 4
    until(lambda: not jobs(sender))
    stopped.kill()
    assert sorted(slow.asked + stopped.communicate()[0].splitlines()) == NAMES[2:]
    assert results(sender, batch) == graded_here(rows)


_OTHER_PROCESS = """
import json, sys, time
from batch_workers import make_process
from interviewer.evaluation.batch_grading import grade_row
from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions import job_worker

job_worker._HEARTBEAT_SECONDS = 0.5  # several times before it is taken for dead

def slow(_, bank, language, row):
    name = json.loads(row)["id"]
    print(name, flush=True)
    time.sleep(1.0 * (name > "c "))
    time.sleep(3.0 * (name == "c"))
    return grade_row(LexicalGrader(), bank, language, row)

make_process(sys.argv[1], slow).start_working(1)
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


def test_of_a_worker_that_was_taken_for_dead_the_late_result_is_refused_and_brings_no_job(
    process: Make, rows: list[str]
) -> None:
    frozen = Worker(LLMRefused("late"))
    frozen.may.clear()
    first, second = process(frozen), process()
    batch = begin(first, rows)
    with first.store.database.write() as connection:
        connection.execute(sa.text("DELETE FROM procrastinate_jobs"))
    late, other = (
        one.batches and one.batches.start(batch, 0, has_place=True, is_tried_again=True) for one in (first, second)
    )
    assert late
    assert other
    until(lambda: frozen.asked)
    other.result(15)
    with first.store.database.write() as connection:
        assert connection.execute(sa.text("DELETE FROM procrastinate_jobs")).rowcount == 1
    frozen.may.set()
    late.result(15)
    assert jobs(first) == []
    assert results(second, batch)[0] == graded_here(rows)[0]
    assert state(second, batch).waiting == 3


def test_a_grade_that_cannot_be_recorded_at_once_is_not_paid_for_again(
    process: Make, rows: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, failures = Worker(), [StoreError("away")] * 2
    service = process(worker)
    batch = begin(service, rows)
    real = JobQueue.add_lane

    def add_lane(*arguments: Any) -> None:
        if failures:
            raise failures.pop()
        real(*arguments)

    monkeypatch.setattr(JobQueue, "add_lane", add_lane)
    service.start_working(0.1)
    assert ended(service, batch).graded == 4
    assert (worker.asked, failures) == (NAMES, [])


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


def test_a_worker_with_another_model_leaves_answers_to_those_with_theirs(process: Make, rows: list[str]) -> None:
    wrong, right = Worker(), Worker()
    sender = process(width=2)
    batch = begin(sender, rows)
    process(wrong, works=True, identity="another model")
    until(lambda: jobs(sender) and all(name.startswith("again") for name in locks(sender)))
    assert state(sender, batch)[4:7] == (4, 0, 0)
    process(right, works=True, width=2)
    assert ended(sender, batch).graded == 4
    assert (wrong.asked, sorted(right.asked)) == ([], NAMES)


def test_after_an_update_only_what_has_no_grade_is_graded_by_the_new_program(process: Make, rows: list[str]) -> None:
    old, new = process(Worker(*[LLMRefused("too long", 400)] * 2), works=True), Worker()
    batch = begin(old, rows)
    assert ended(old, batch)[5:7] == (2, 2)
    old.close()
    updated = process(new, works=True, identity="m of the next version")
    assert send(updated, rows) == (batch, 2)
    assert ended(updated, batch).graded == 4
    assert new.asked == NAMES[:2]
    assert send(updated, rows) == (batch, 0)
    until(lambda: jobs(updated) == [])  # the job of the last answer ends a little after its grade is there


def test_lanes_are_as_many_as_the_server_takes_now_that_it_is_known(
    process: Make, rows: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = process(width=4)
    monkeypatch.setattr(GraderRegistry, "identify", lambda self, _: setattr(self, "concurrency", 1))
    begin(service, rows)
    assert locks(service) == [f"{SERVER} 0"]
    monkeypatch.setattr(GraderRegistry, "identify", lambda self, _: setattr(self, "concurrency", 3))
    begin(service, rows)
    assert locks(service) == [f"{SERVER} {lane}" for lane in range(3)]
    process(works=True, width=3)
    assert ended(service, begin(service, rows)).graded == 4


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


def test_a_follow_up_waits_for_one_answer_where_lanes_have_every_thread(
    process: Make, rows: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, graded_by_then = Worker(), list[int]()
    worker.may.clear()
    service = process(worker, width=2, threads=2)
    monkeypatch.setattr(service, "_work_on", lambda *_: graded_by_then.append(state(service, batch).graded))
    batch = begin(service, rows)
    service.start_working(0.1)
    until(lambda: worker.at_a_time == 2)
    key = EffectKey("an interview", AskProbe("dropout", 1))
    JobQueue.required(service.store.database).add_again(EffectJob(key, Language.EN, SERVER, 2))
    worker.may.set()
    assert ended(service, batch).graded == 4
    assert len(graded_by_then) == 1
    assert graded_by_then[0] <= 2


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
