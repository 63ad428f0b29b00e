"""Lists whose criteria a model drafts: by any process, each question once, also when a process is killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa
from fakes import Only

from interviewer.domain.language import Language
from interviewer.errors import InterviewerError
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm import Message
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.model_call import current_call
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions import compilations as module
from interviewer.sessions.account_merge import merge_owner
from interviewer.sessions.compilations import Compilation, Compilations, Told, export_compilations, purge_compilations
from interviewer.sessions.grader_choice import GraderChoice, GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.job_queue import JobQueue
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store

TESTS = Path(__file__).parent.parent
LIST = b"first second third"


def compiled(one: Compilation, llm: Any, threads: int, told: Told) -> str:
    """Asks the model once about each word of the list."""
    said: list[str] = []
    for word in one.list.decode().split():
        said.append(llm.reply([Message("user", word)]).text)
        told(len(said), len(one.list.split()))
    return " ".join(said)


def registry(model: Any, name: str = "m", width: int = 1) -> GraderRegistry:
    choice = GraderChoice(Endpoint("http://localhost:1/v1", name, ""))
    return GraderRegistry(GraderOptions(default=choice), lambda _: model, width)


def upper() -> ScriptedLLM:
    return ScriptedLLM(lambda request: request.messages[0].content.upper())


Make = Callable[..., SessionService]


@pytest.fixture
def process(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Services on one database: each call is like another process."""
    for name in ("_LOOK_SECONDS", "_HEARTBEAT_SECONDS", "_TAKEN_PAUSE"):
        monkeypatch.setattr(f"interviewer.sessions.job_worker.{name}", 0.1)
    monkeypatch.setattr("interviewer.sessions.job_worker._DEAD_AFTER", 1.0)
    monkeypatch.setattr(module, "_RENEWED_EVERY", 0.05)
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0.02)
    made: list[SessionService] = []

    def make(model: Any, *, works: bool = False, **more: Any) -> SessionService:
        store = Store(url)
        jobs = JobQueue.of(store.database)
        service = SessionService(store, Only(LexicalGrader()), jobs=jobs)
        service.compilations = Compilations(store.database, registry(model, **more), compiled, jobs)
        made.append(service)
        if works:
            service.start_working(0.1)
        return service

    yield make
    for service in made:
        service.close()
    for service in made:
        service.store.close()


def lists(service: SessionService) -> Compilations:
    assert service.compilations
    return service.compilations


def begin(service: SessionService, owner: str = "me", window: str = "w") -> str:
    return lists(service).begin(owner, window, "list.md", LIST, "", 0)


def result(service: SessionService, compilation: str, window: str = "w") -> str | None:
    told: list[tuple[int, int]] = []
    found = lists(service).result(compilation, window, Event(), lambda *progress: told.append(progress))
    assert told == sorted(told)
    return found


def until(true: Callable[[], object], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def count(service: SessionService, table: str) -> int:
    with service.store.database.read() as connection:
        return connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_a_list_is_compiled_and_seen_from_any_process_until_its_end_was_seen(process: Make) -> None:
    model = upper()
    page, other = process(model, works=True), process(model)
    begun = begin(page)
    assert result(other, begun) == "FIRST SECOND THIRD"
    assert begin(other) == begun
    assert result(page, begun) == "FIRST SECOND THIRD"  # not seen by anybody yet
    assert len(model.requests) == 3
    lists(other).take_away("you", begun)
    assert count(page, "compilations") == 1
    lists(other).take_away("me", begun)
    assert count(page, "compilations") == count(page, "compilation_replies") == 0
    assert result(page, begun) is None


_HANGING = """
import sys, time
sys.path.insert(0, sys.argv[2])
from sessions import test_compilations as tests
from fakes import Only
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.compilations import Compilations
from interviewer.sessions.job_queue import JobQueue
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store

def reply(request):
    word = request.messages[0].content
    print(word, flush=True)
    if word == "third":
        time.sleep(60)
    return word.upper()

store = Store(sys.argv[1])
jobs = JobQueue.of(store.database)
service = SessionService(store, Only(LexicalGrader()), jobs=jobs)
service.compilations = Compilations(store.database, tests.registry(ScriptedLLM(reply)), tests.compiled, jobs)
service.start_working(1)
tests.begin(service)
time.sleep(60)
"""


def test_what_a_killed_process_drafted_is_not_paid_for_again(process: Make, url: str) -> None:
    model = upper()
    page = process(model)
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    command = [sys.executable, "-c", _HANGING, url, str(TESTS)]
    killed = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True)
    assert killed.stdout
    assert [killed.stdout.readline().strip() for _ in range(3)] == ["first", "second", "third"]
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    begun = lists(page).go_on("me", "new window")
    assert begun
    page.start_working(0.1)
    lists(page).resume_left()
    assert result(page, begun, "new window") == "FIRST SECOND THIRD"
    assert [request.messages[0].content for request in model.requests] == ["third"]


def test_a_process_that_ends_leaves_its_list_to_the_next(process: Make) -> None:
    asked, may = Event(), Event()

    def slow(request: Any) -> str:
        asked.set()
        may.wait(15)
        return str(request.messages[0].content)

    first = process(ScriptedLLM(slow), works=True)
    begun = begin(first)
    assert asked.wait(15)
    first.close()
    may.set()
    model = upper()
    second = process(model, works=True)
    lists(second).resume_left()
    assert "THIRD" in str(result(second, begun))


def test_what_stops_a_list_ends_the_request_wherever_it_is_asked_and_keeps_nothing(process: Make) -> None:
    asked, ended = Event(), Event()

    def slow(_: Any) -> str:
        with current_call().ended_by(ended.set):
            asked.set()
            ended.wait(15)
        return "late"

    page = process(ScriptedLLM(slow), works=True)
    other = process(ScriptedLLM(slow))
    begun = begin(page)
    assert asked.wait(15)
    lists(other).stop("me", "another window")
    lists(other).stop("you", "w")
    assert not ended.is_set()
    lists(other).stop("me", "w")
    assert ended.wait(15)
    assert result(page, begun) is None
    until(lambda: not lists(page)._runs)
    assert count(page, "compilations") == count(page, "compilation_replies") == 0


def test_a_window_is_told_when_another_one_waits_in_its_place(process: Make) -> None:
    page = process(ScriptedLLM(lambda _: "a"))
    begun = begin(page)
    assert lists(page).go_on("me", "second") == begun
    assert lists(page).go_on("you", "second") is None
    assert result(page, begun) is None


def test_no_other_model_goes_on_with_a_list_and_its_owner_is_told(process: Make) -> None:
    may = Event()
    page = process(ScriptedLLM(lambda _: str(may.wait(15))))
    begun = begin(page)
    with page.store.database.write() as connection:  # as if it were killed
        connection.execute(sa.text("UPDATE compilations SET holder = '', until = 0"))
    model = upper()
    other = process(model, works=True, name="another")
    lists(other).resume_left()
    with pytest.raises(InterviewerError) as told:
        result(other, begun)
    assert "m @ localhost" in told.value.into(Language.ZH)
    assert model.requests == []
    may.set()


def test_where_the_model_is_chosen_again_what_was_drafted_is_not_paid_for_again(process: Make) -> None:
    may = Event()
    page = process(ScriptedLLM([*"ab", lambda _: str(may.wait(15))]), works=True)
    begun = begin(page)
    until(lambda: count(page, "compilation_replies") == 2)
    page.close()
    other = process(upper(), works=True, name="another")
    lists(other).resume_left()
    with pytest.raises(InterviewerError):
        result(other, begun)
    lists(other).take_away("me", begun)
    assert lists(other).go_on("me", "w") is None, "it was told"
    other.close()
    model = ScriptedLLM("c")
    again = process(model, works=True)
    assert begin(again) == begun
    assert result(again, begun) == "a b c"
    assert len(model.requests) == 1
    may.set()


def test_a_list_of_a_visitors_own_key_is_finished_with_no_other_key(process: Make) -> None:
    page = process(ScriptedLLM([]))
    begun = begin(page)
    with page.store.database.write() as connection:
        connection.execute(sa.text("UPDATE compilations SET holder = 'gone 1 gone own-1', until = 0, failure = NULL"))
    model = upper()
    other = process(model, works=True)
    lists(other).resume_left()
    with pytest.raises(InterviewerError, match="m @ localhost"):
        result(other, begun)
    assert model.requests == []


def test_a_list_that_waits_for_its_turn_is_not_begun_twice(process: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_A_TIME", 1)
    asked, may = Event(), Event()

    def slow(request: Any) -> str:
        asked.set()
        may.wait(15)
        return str(request.messages[0].content)

    model = ScriptedLLM(slow)
    page = process(model)
    if lists(page)._jobs:
        return  # the queue has its own turns
    first, second = begin(page), lists(page).begin("me", "w", "other.md", b"fourth", "", 0)
    assert asked.wait(15)
    with page.store.database.write() as connection:
        connection.execute(sa.text("UPDATE compilations SET until = 0"))  # as after a suspended laptop
    lists(page).resume_left()
    may.set()
    assert result(page, first) == LIST.decode()
    assert result(page, second) == "fourth"
    assert [request.messages[0].content for request in model.requests] == [*LIST.decode().split(), "fourth"]


def test_nobody_lets_a_model_work_on_any_number_of_lists(process: Make) -> None:
    may = Event()
    page = process(ScriptedLLM(lambda _: str(may.wait(15))))
    for number in range(module._MOST_OPEN):
        lists(page).begin("me", "w", f"{number}.md", LIST, "", 0)
    with pytest.raises(InterviewerError, match=str(module._MOST_OPEN)):
        begin(page)
    assert lists(page).begin("you", "w", "list.md", LIST, "", 0)
    may.set()


def test_what_is_wrong_with_a_list_is_told_in_both_languages(process: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    page = process(upper(), works=True)
    monkeypatch.setattr(lists(page), "_compiled", lambda *_: (_ for _ in ()).throw(InterviewerError("no list")))
    begun = begin(page)
    with pytest.raises(InterviewerError, match="no list"):
        result(page, begun)
    monkeypatch.setattr(lists(page), "_compiled", lambda *_: 1 // 0)
    begun = begin(page)
    with pytest.raises(InterviewerError, match="ZeroDivisionError"):
        result(page, begun)


def test_a_list_goes_with_its_owner(process: Make) -> None:
    page = process(ScriptedLLM(lambda _: "a"))
    begin(page, "guest")
    with page.store.database.write() as connection:
        merge_owner(connection, "guest", "me")
    (kept,) = export_compilations(page.store.database, "me")
    assert (kept["name"], kept["list"]) == ("list.md", LIST.decode())
    page.store.remove_owner("me")
    assert count(page, "compilations") == 0


def test_a_list_whose_end_nobody_sees_is_dropped_after_a_day(process: Make) -> None:
    page = process(upper())
    begin(page)
    assert purge_compilations(page.store.database) == 0
    with page.store.database.write() as connection:
        connection.execute(sa.text("UPDATE compilations SET created_at = '2020-01-01T00:00:00.000+00:00'"))
    assert purge_compilations(page.store.database) == 1


class Busy:
    """Knows how many asked it at a time, and in which order."""

    def __init__(self) -> None:
        self.at_a_time = self.most = 0
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, request: Any) -> str:
        with self._lock:
            self.at_a_time += 1
            self.most = max(self.most, self.at_a_time)
            self.asked.append(request.messages[0].content)
        time.sleep(0.02)
        with self._lock:
            self.at_a_time -= 1
        return str(request.messages[0].content)


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_in_the_queue_lists_take_turns_and_a_server_is_asked_by_no_more_than_it_takes(
    process: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TURN_SECONDS", 0.0)
    busy = Busy()
    page = process(ScriptedLLM(busy))
    begun = [begin(page, owner) for owner in ("one", "two")]
    with page.store.database.read() as connection:
        put_in = connection.execute(sa.text("SELECT args, lock, priority FROM procrastinate_jobs ORDER BY id")).all()
    assert [json.loads(json.dumps(args)) for args, _, _ in put_in] == [{"compilation": one} for one in begun]
    assert {(lock, priority) for _, lock, priority in put_in} == {("http://localhost:1/v1 0", -10)}
    for _ in range(2):
        process(ScriptedLLM(busy), works=True)
    assert [result(page, one) for one in begun] == ["first second third"] * 2
    assert busy.most == 1
    assert len(busy.asked) == 6
    assert busy.asked[:2] == ["first", "first"], "whoever had a turn goes on after the others"


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_a_job_that_was_lost_is_put_in_again(process: Make) -> None:
    model = upper()
    page = process(model)
    begun = begin(page)
    with page.store.database.write() as connection:
        connection.execute(sa.text("DELETE FROM procrastinate_jobs"))
    for _ in range(2):
        lists(page).resume_left()
    assert count(page, "procrastinate_jobs") == 1
    page.start_working(0.1)
    assert result(page, begun) == "FIRST SECOND THIRD"
