"""Work as jobs of the database: put in with the event, done by any process, found again, and paid for once."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fakes import Only, begun, without_probes

from interviewer.domain.grade import Grade
from interviewer.domain.interview import Attempt, GradeAttempt, Graded, Phase, Probed, Ungraded, Unprobed, due
from interviewer.domain.language import Language
from interviewer.domain.rubric import Question
from interviewer.errors import LLMError, LLMRefused, LLMUnreachable, StoreError
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm.model_call import CallPhase
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions import job_schema
from interviewer.sessions.effect_leases import EffectKey
from interviewer.sessions.job_queue import JobQueue
from interviewer.sessions.service import Session, SessionService
from interviewer.sessions.store import Store
from interviewer.sessions.usage_limits import RateLimit, UsageLimits

SERVER = "http://model.example/v1"
REPLY = '{"quote": "switched off", "point": "random", "question": "And what about two runs?"}'
TESTS = Path(__file__).parent.parent


class Grader:
    """Grades offline when it may, after it has failed as it was told; knows how many were at it at a time."""

    def __init__(self, *failures: LLMError) -> None:
        self.may, self.calls, self.failures = threading.Event(), 0, list(failures)
        self.may.set()
        self.at_a_time = self.most = 0
        self._lock = threading.Lock()

    def grade(self, question: Question, attempt: Attempt, *_: object) -> Grade:
        with self._lock:
            self.calls += 1
            self.at_a_time += 1
            self.most = max(self.most, self.at_a_time)
            failure = self.failures.pop(0) if self.failures else None
        self.may.wait(20)
        with self._lock:
            self.at_a_time -= 1
        if failure:
            raise failure
        return LexicalGrader().grade(question, attempt)


Make = Callable[..., SessionService]


@pytest.fixture
def process(postgres_url: str) -> Iterator[Make]:
    """Services on one database: each call is like another process."""
    made: list[SessionService] = []

    def make(grader: Any = None, *, works: bool = False, calls: int = 0, **more: Any) -> SessionService:
        store = Store(postgres_url)
        graders = Only(grader or Grader(), server=SERVER, **more)
        limits = UsageLimits(store.database, RateLimit(0, 60), RateLimit(calls, 3600))
        made.append(SessionService(store, graders, jobs=JobQueue.of(store.database), limits=limits))
        if works:
            made[-1].start_working(0.1)
        return made[-1]

    yield make
    for service in made:
        service.close()
    end = time.monotonic() + 5
    while any(service._runner._under_way for service in made) and time.monotonic() < end:
        time.sleep(0.02)
    for service in made:
        service.store.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interviewer.sessions.job_worker._PAUSES", (0, 0))
    monkeypatch.setattr("interviewer.sessions.job_worker._TAKEN_PAUSE", 0.2)
    monkeypatch.setattr("interviewer.sessions.job_worker._LOOK_SECONDS", 0.2)
    monkeypatch.setattr("interviewer.sessions.job_worker._HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr("interviewer.sessions.job_worker._DEAD_AFTER", 1.0)


def until(true: Callable[[], object], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def answered(service: SessionService, owner: str = "me") -> Session:
    session = service.begin(owner, begun())
    session.answer("it is switched off")
    return session


def jobs(service: SessionService) -> list[tuple[str, str]]:
    with service.store.database.read() as connection:
        found = connection.execute(sa.text("SELECT status::text, queueing_lock FROM procrastinate_jobs ORDER BY id"))
        return [(status, name) for status, name in found]


def kinds(session: Session) -> list[str]:
    return [type(one.event).__name__ for one in session.history() if isinstance(one.event, Graded | Ungraded)]


def test_a_job_is_there_as_soon_as_its_event_and_not_without_it(process: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    service = process()
    session = service.begin("me", begun())
    with monkeypatch.context() as broken:
        broken.setattr("interviewer.sessions.store.read_models.update", _full)
        with pytest.raises(StoreError):
            session.answer("it is switched off")
    assert jobs(service) == []
    session.answer("it is switched off")
    assert jobs(service) == [("todo", f"{session.id} grade dropout 1")]


def _full(*_: object) -> None:
    raise StoreError("full")


def test_an_event_whose_job_cannot_be_put_in_is_not_recorded(process: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    session = process().begin("me", begun())
    monkeypatch.setattr(JobQueue, "add", _full)
    session.answer("it is switched off")
    assert [type(one.event).__name__ for one in session.history()] == ["Begun", "Answered"]


@pytest.mark.parametrize(
    "fault, said",
    [
        ("RAISE 'no room' USING ERRCODE = '53100'", "disk is full"),
        ("PERFORM pg_terminate_backend(pg_backend_pid())", "does not answer"),
    ],
)
def test_a_job_that_cannot_be_put_in_is_an_outage_of_the_store(process: Make, fault: str, said: str) -> None:
    service = process()
    session = service.begin("me", begun())
    with service.store.database.write() as connection:
        connection.execute(sa.text(_BROKEN_QUEUE.format(fault=fault)))
    session.answer("it is switched off")
    with pytest.raises(StoreError, match=said):
        session.run_due()
    assert [type(one.event).__name__ for one in session.history()] == ["Begun", "Answered"]


_BROKEN_QUEUE = """
CREATE OR REPLACE FUNCTION procrastinate_defer_jobs_v1(jobs procrastinate_job_to_defer_v1[]) RETURNS bigint[]
LANGUAGE plpgsql AS $$ BEGIN {fault}; RETURN NULL; END; $$
"""


def test_a_worker_grades_what_another_process_took_and_the_page_needs_no_click(process: Make) -> None:
    page, grader = process(), Grader()
    session = answered(page)
    assert session.progress("dropout", 1).phase is CallPhase.WAITING  # type: ignore[union-attr]
    grader.may.clear()
    process(grader, works=True)
    until(lambda: grader.calls)
    assert session.progress("dropout", 1).phase is CallPhase.ELSEWHERE  # type: ignore[union-attr]
    assert session.run_due() == []
    grader.may.set()
    assert session.run_due_and_wait(seconds=15).current.grade
    assert (kinds(session), grader.calls) == (["Graded"], 1)
    until(lambda: not jobs(page))


def test_where_the_job_runs_in_the_process_of_the_page_it_can_be_stopped_there(process: Make) -> None:
    grader = Grader()
    grader.may.clear()
    session = answered(process(grader, works=True))
    until(lambda: grader.calls)
    assert session.stop_grading().current.failure
    grader.may.set()
    assert kinds(session) == ["Ungraded"]
    session.regrade()
    assert session.run_due_and_wait(seconds=15).current.grade


@pytest.mark.parametrize(
    "failures, calls, recorded",
    [
        ([LLMUnreachable("it is overloaded")] * 2, 3, "Graded"),
        ([LLMUnreachable("it is overloaded")] * 9, 3, "Ungraded"),
        ([LLMRefused("the key is wrong", 401)] * 2, 1, "Ungraded"),
    ],
)
def test_a_model_is_asked_again_where_that_may_help_and_not_for_ever(
    process: Make, failures: list[LLMError], calls: int, recorded: str
) -> None:
    grader = Grader(*failures)
    session = answered(process(grader, works=True))
    session.run_due_and_wait(seconds=15)
    assert (kinds(session), grader.calls) == ([recorded], calls)


def test_workers_that_ended_use_up_no_tries(process: Make) -> None:
    page = process()
    session = answered(page)
    with page.store.database.write() as connection:
        connection.execute(sa.text("UPDATE procrastinate_jobs SET attempts = 9"))
    grader = Grader(LLMUnreachable("it is overloaded"))
    process(grader, works=True)
    session.run_due_and_wait(seconds=15)
    assert (kinds(session), grader.calls) == (["Graded"], 2)


def test_what_is_tried_again_counts_once_for_its_owner(process: Make) -> None:
    grader = Grader(*[LLMUnreachable("it is overloaded")] * 2)
    session = answered(process(grader, works=True, calls=1))
    session.run_due_and_wait(seconds=15)
    assert (kinds(session), grader.calls) == (["Graded"], 3)
    session.move_on()
    session.answer("it is switched off")
    assert "within an hour" in session.run_due_and_wait(seconds=15).current.failure


def test_over_all_workers_a_server_is_asked_by_no_more_than_it_takes(
    process: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Only, "width", lambda *_: 2)
    grader = Grader()
    grader.may.clear()
    page = process(grader)
    sessions = [answered(page, f"visitor {number}") for number in range(6)]
    for _ in range(2):
        process(grader, works=True)
    until(lambda: grader.at_a_time == 2)
    time.sleep(0.3)
    grader.may.set()
    until(lambda: all(session.interview().current.grade for session in sessions))
    assert (grader.most, grader.calls) == (2, 6)


def test_a_job_that_was_lost_is_put_in_again(process: Make) -> None:
    page = process()
    session = answered(page)
    with page.store.database.write() as connection:
        connection.execute(sa.text("DELETE FROM procrastinate_jobs"))
    session.run_due()
    assert jobs(page) == []
    for _ in range(2):
        page.run_pending_effects()
    assert jobs(page) == [("todo", f"{session.id} grade dropout 1")]


def test_the_job_of_a_killed_worker_is_done_by_another(
    process: Make, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Only, "width", lambda *_: 1)
    page = process()
    command = [sys.executable, "-c", _HANGING, postgres_url]
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    killed = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True)
    assert killed.stdout
    session = answered(page)
    assert killed.stdout.readline() == "grading\n"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    page.run_pending_effects()  # the same work waits now behind the job of the killed worker
    assert [status for status, _ in jobs(page)] == ["doing", "todo"]
    grader = Grader()
    process(grader, works=True)
    assert session.run_due_and_wait(seconds=20).current.grade
    assert (kinds(session), grader.calls) == (["Graded"], 1)


_HANGING = """
import sys, time
from fakes import GradeAs, Only
from interviewer.sessions.job_queue import JobQueue
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store

def hang(*_):
    print("grading", flush=True)
    time.sleep(60)

store = Store(sys.argv[1])
service = SessionService(store, Only(GradeAs(hang), server="http://model.example/v1"), jobs=JobQueue.of(store.database))
service.start_working(1)
time.sleep(60)
"""


def test_a_worker_that_ends_leaves_its_work_to_another(process: Make) -> None:
    slow, quick = Grader(), Grader()
    slow.may.clear()
    first = process(slow, works=True)
    session = answered(first)
    until(lambda: slow.calls)
    process(quick, works=True)
    first.close()
    until(lambda: session.interview().current.grade)
    slow.may.set()
    assert (kinds(session), quick.calls) == (["Graded"], 1)


def test_work_is_handed_back_before_others_see_its_job(process: Make) -> None:
    slow, quick = Grader(), Grader()
    slow.may.clear()
    first = process(slow, works=True)
    session = answered(first)
    until(lambda: slow.calls)
    assert first._worker
    first._worker.close()
    assert [status for status, _ in jobs(first)] == ["todo"]
    process(quick, works=True)
    until(lambda: session.interview().current.grade)
    slow.may.set()
    assert (kinds(session), quick.calls) == (["Graded"], 1)


def test_a_job_whose_work_another_process_has_is_kept_until_that_has_come_to_an_end(process: Make) -> None:
    page, grader = process(), Grader()
    session = answered(page)
    key = EffectKey(session.id, GradeAttempt("dropout", 1))
    assert page._leases.take(key)
    process(grader, works=True)
    until(lambda: _last_job(page) > 1)  # it was put in again
    assert (session.interview().current.grade, grader.calls) == (None, 0)
    page._leases.release(key)
    until(lambda: session.interview().current.grade)
    assert grader.calls == 1
    until(lambda: not jobs(page))


def _last_job(service: SessionService) -> int:
    with service.store.database.read() as connection:
        return connection.execute(sa.text("SELECT last_value FROM procrastinate_jobs_id_seq")).scalar_one()


class Chosen(Only):
    """Everybody has chosen the second grader at the page of this process."""

    def is_shared(self, owner: str) -> bool:
        return not owner

    def grader(self, owner: str) -> Any:
        return self.second if owner else self.only


def test_a_model_that_was_chosen_here_grades_here_and_no_other_in_its_place(
    process: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, shared = Grader(), Grader()
    own.may.clear()
    here, elsewhere = process(shared, works=True), process(shared, works=True)
    here._runner.graders = Chosen(shared, server=SERVER, second=own)
    session = answered(here)
    session.run_due()
    until(lambda: own.calls)
    elsewhere.run_pending_effects()
    assert jobs(here) == []
    monkeypatch.setattr("interviewer.sessions.effect_leases.is_dead", lambda _: True)  # as if `here` were killed
    assert here._worker
    here._worker.close()
    elsewhere.run_pending_effects()
    left = elsewhere.resume(session.id, "me")
    assert "Choose a model again" in left.interview().current.failure
    assert shared.calls == 0
    left.regrade()
    graded = left.run_due_and_wait(seconds=15).current.grade
    own.may.set()  # not before: `here` is not dead in truth, and could still record its grade
    assert graded
    assert (kinds(left), shared.calls) == (["Ungraded", "Graded"], 1)


def test_a_follow_up_is_worded_by_a_worker(process: Make) -> None:
    llm = ScriptedLLM(lambda _: REPLY)
    page = process(llm=llm)
    session = page.begin("me", without_probes())
    session.answer("it is switched off")
    assert [name.split(" ", 1)[1] for _, name in jobs(page)] == ["follow-up dropout 1"]
    process(llm=llm, works=True)
    until(lambda: not due(session.interview()))
    assert "two runs" in session.interview().current.turns[-1].text


def test_a_follow_up_waits_for_no_grading(process: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Only, "width", lambda *_: 1)
    grader, llm = Grader(), ScriptedLLM(lambda _: REPLY)
    grader.may.clear()
    page = process(grader, llm=llm, works=True)
    answered(page, "first")
    until(lambda: grader.calls)
    session = page.begin("second", without_probes())
    session.answer("it is switched off")
    until(lambda: not due(session.interview()))
    assert "two runs" in session.interview().current.turns[-1].text
    grader.may.set()


def test_a_follow_up_that_no_worker_takes_in_time_is_decided_at_the_page_and_once(process: Make) -> None:
    llm = ScriptedLLM(lambda _: REPLY)
    pages = [process(llm=llm), process(llm=llm)]
    session = pages[0].begin("me", without_probes())
    session.answer("it is switched off")
    session.run_due()
    assert session.interview().phase is Phase.WEIGHING  # a worker may still come
    _waited(pages[0], 60)
    for page in pages:
        page.resume(session.id, "me").run_due()
    assert follow_ups(session) == ["Probed"]
    assert "two runs" not in session.interview().current.turns[-1].text
    assert llm.requests == jobs(pages[0]) == []
    session.answer("the network is large")
    session.run_due()
    assert session.interview().phase is Phase.WEIGHING  # the next one is waited for anew
    process(llm=llm, works=True)
    until(lambda: not due(session.interview()))
    assert len(follow_ups(session)) == 2


def test_a_follow_up_that_lost_its_job_is_decided_at_the_page(process: Make) -> None:
    page = process(llm=ScriptedLLM(lambda _: REPLY))
    session = page.begin("me", without_probes())
    session.answer("it is switched off")
    with page.store.database.write() as connection:
        connection.execute(sa.text("DELETE FROM procrastinate_jobs"))
    session.run_due()
    assert follow_ups(session) == ["Probed"]


def test_a_follow_up_that_a_worker_has_taken_is_left_to_it(process: Make) -> None:
    asked, may = threading.Event(), threading.Event()

    def reply(_: object) -> str:
        asked.set()
        may.wait(15)
        return REPLY

    page, _ = process(llm=ScriptedLLM(reply)), process(llm=ScriptedLLM(reply), works=True)
    session = page.begin("me", without_probes())
    session.answer("it is switched off")
    assert asked.wait(15)
    _waited(page, 60)
    session.run_due()
    assert follow_ups(session) == []
    may.set()
    until(lambda: not due(session.interview()))
    assert "two runs" in session.interview().current.turns[-1].text


def _waited(service: SessionService, seconds: int) -> None:
    """As if the jobs had been put in so long ago."""
    with service.store.database.write() as connection:
        connection.execute(sa.text(f"UPDATE procrastinate_events SET at = at - interval '{seconds} seconds'"))


def follow_ups(session: Session) -> list[str]:
    return [type(one.event).__name__ for one in session.history() if isinstance(one.event, Probed | Unprobed)]


def test_remarks_are_in_the_language_of_whoever_reads_them(process: Make) -> None:
    page = process()
    session = page.resume(page.begin("me", begun()).id, "me", Language.ZH)
    session.answer("it is switched off")
    with page.store.database.read() as connection:
        asked = connection.execute(sa.text("SELECT args->>'language' FROM procrastinate_jobs")).scalar()
    assert asked == Language.ZH


def test_what_needs_no_model_is_no_job(process: Make) -> None:
    service = process()
    service._runner.graders = Only(LexicalGrader())
    session = answered(service)
    assert jobs(service) == []
    assert session.run_due_and_wait(seconds=10).current.grade


def test_a_newer_queue_brings_its_tables_up_to_date_once(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(postgres_url).close()
    folder = job_schema._folder()
    assert folder
    shutil.copytree(folder, tmp_path / "sql")
    (tmp_path / "sql" / "migrations" / "99.00.00_01_pre_more.sql").write_text("CREATE TABLE more (a int); SELECT '%';")
    monkeypatch.setattr(job_schema, "_folder", lambda: tmp_path / "sql")
    for _ in range(2):
        Store(postgres_url).close()
    store = Store(postgres_url)
    with store.database.read() as connection:
        assert sa.inspect(connection).has_table("more")
        assert job_schema.missing_migrations(connection) == []
    store.close()


def test_sqlite_has_no_queue(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    assert JobQueue.of(store.database) is None
    store.close()
