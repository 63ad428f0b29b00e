"""Gradings and follow-ups in the background: nothing waits for them, nothing is paid twice, nothing is lost."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from fakes import FlakyGrader, GradeAs, Only, begun, without_probes

from interviewer.domain.grade import Grade
from interviewer.domain.interview import Answered, Attempt, Event, Mode, Phase, TurnKind
from interviewer.domain.rubric import Question
from interviewer.errors import MovedOnElsewhere, StoreError
from interviewer.grading.lexical import LexicalGrader
from interviewer.grading.protocol import Grader
from interviewer.llm import LLM
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.service import Session, SessionService
from interviewer.sessions.store import Store

SECRET = "it is switched off, says sk-my-key"
SERVER = "http://model.example/v1"


@dataclass
class Counting:
    """Grades offline, when it may; counts how often it was asked."""

    may: threading.Event = field(default_factory=threading.Event)
    calls: list[str] = field(default_factory=list)

    def grade(self, question: Question, attempt: Attempt, *_: object) -> Grade:
        self.calls.append(question.id)
        self.may.wait(20)
        return LexicalGrader().grade(question, attempt)


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def bug(question: Question, attempt: Attempt) -> Grade:
    raise ZeroDivisionError(attempt.answers[0][1])


def test_a_bug_in_a_grader_is_logged_shown_as_a_failure_and_paid_for_once(
    make_service: Callable[..., SessionService], caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[str] = []

    def paid(question: Question, attempt: Attempt) -> Grade:
        calls.append(question.id)
        return bug(question, attempt)

    service = make_service(GradeAs(paid))
    session = service.begin("me", begun())
    session.answer(SECRET)
    for _ in range(3):
        failed = service.resume(session.id, "me").run_due_and_wait()
    assert calls == ["dropout"]
    assert failed.current.grade is None
    assert "ZeroDivisionError" in failed.current.failure
    assert "in bug" in caplog.text
    assert SECRET not in caplog.text
    assert "sk-my-key" not in failed.current.failure
    session.regrade()
    session.run_due_and_wait()
    assert calls == ["dropout", "dropout"]


def test_the_reason_of_a_failure_is_in_the_language_of_the_reader(make_service: Callable[..., SessionService]) -> None:
    from interviewer.domain.language import Language

    session = make_service(GradeAs(bug)).begin("me", begun())
    session.answer("x y z")
    assert "意外故障" in session.run_due_and_wait(Language.ZH).current.failure


def test_an_answer_is_in_the_store_before_anything_is_asked_to_make_a_grader(
    make_service: Callable[..., SessionService], release: threading.Event
) -> None:
    class SlowToMake(Only):
        def grader(self, owner: str) -> Grader:
            release.wait(20)
            return self.only

    service = make_service()
    service._runner.graders = SlowToMake(LexicalGrader(), server=SERVER)
    session = service.begin("me", begun())
    start = time.monotonic()
    session.answer("it is switched off", session.interview().place)
    session.run_due()
    assert time.monotonic() - start < 2
    assert session.history()[1].event == Answered("it is switched off", session.interview().current.turns[1].seconds)
    assert session.interview().current.grade is None
    release.set()
    assert session.run_due_and_wait().current.grade


def test_the_time_for_an_answer_does_not_begin_anew_with_a_grade(make_service: Callable[..., SessionService]) -> None:
    session = make_service().begin("me", begun(Mode.INTERVIEW))
    session.answer("it is switched off")
    time.sleep(0.6)
    session.run_due_and_wait()
    seconds = session.answer("correlated").attempts[1].turns[1].seconds
    assert seconds is not None
    assert seconds >= 0.6


def test_the_time_for_an_answer_is_unknown_where_the_clock_was_set_back(
    make_service: Callable[..., SessionService], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewer.sessions.store.stored_now", lambda *_: "2099-01-01T00:00:00.000+00:00")
    session = make_service().begin("me", begun())
    assert session.answer("it is switched off").current.turns[1].seconds is None


def test_a_model_that_words_a_follow_up_is_waited_for_by_nobody_and_asked_once(
    make_service: Callable[..., SessionService], release: threading.Event
) -> None:
    def slowly(_: object) -> str:
        release.wait(20)
        return '{"quote": "switched off", "point": "random", "question": "And what about two runs?"}'

    llm = ScriptedLLM(slowly)
    service = make_service(llm=llm, server=SERVER)
    session = service.begin("me", without_probes())
    start = time.monotonic()
    assert session.answer("it is switched off").phase is Phase.WEIGHING
    for window in (
        session,
        service.resume(session.id, "me"),
        make_service(llm=llm, server=SERVER).resume(session.id, "me"),
    ):
        window.run_due()
    assert time.monotonic() - start < 2
    assert session.interview().phase is Phase.WEIGHING
    release.set()
    asked = session.run_due_and_wait()
    assert [turn.text for turn in asked.current.turns_of(TurnKind.PROBE)] == [
        "You said “switched off”. And what about two runs?"
    ]
    assert len(llm.requests) == 1


def test_a_model_that_takes_too_long_to_word_a_follow_up_is_not_waited_for(
    make_service: Callable[..., SessionService], release: threading.Event
) -> None:
    def never(_: object) -> str:
        release.wait(20)
        return "{}"

    session = make_service(llm=ScriptedLLM(never), server=SERVER, follow_up_seconds=0.1).begin("me", without_probes())
    session.answer("it is switched off")
    asked = session.run_due_and_wait(seconds=10)
    assert asked.phase is Phase.ANSWERING
    assert asked.current.turns_of(TurnKind.PROBE)[0].text == "Can you go one level deeper there?"


def test_a_bug_where_a_follow_up_is_worded_ends_no_interview(
    make_service: Callable[..., SessionService], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object) -> str:
        raise ZeroDivisionError

    session = make_service(llm=ScriptedLLM(broken), server=SERVER).begin("me", without_probes())
    session.answer("it is switched off")
    assert session.run_due_and_wait(seconds=10).phase is Phase.ANSWERING
    assert "ZeroDivisionError" in caplog.text


@pytest.fixture
def stores(url: str) -> Iterator[Callable[[], Store]]:
    made: list[Store] = []

    def make() -> Store:
        made.append(Store(url))
        return made[-1]

    yield make
    for store in made:
        store.close()


def test_two_replicas_pay_for_a_grading_once(stores: Callable[[], Store]) -> None:
    grader = Counting()
    services = [SessionService(stores(), Only(grader, server=SERVER)) for _ in range(2)]
    first = services[0].begin("me", begun())
    first.answer("it is switched off")
    second = services[1].resume(first.id, "me")
    first.run_due()
    until(lambda: grader.calls)
    assert second.run_due() == []
    threading.Timer(0.3, grader.may.set).start()
    assert second.run_due_and_wait().current.grade
    assert grader.calls == ["dropout"]
    until(lambda: _claims(services[0].store) == [])  # given back after the grade is recorded


@pytest.mark.parametrize("seconds, is_taken", [(-1.0, True), (60.0, False)])
def test_a_claim_is_taken_over_when_it_has_expired(stores: Callable[[], Store], seconds: float, is_taken: bool) -> None:
    grader = Counting()
    grader.may.set()
    service = SessionService(stores(), Only(grader, server=SERVER))
    session = service.begin("me", begun())
    session.answer("it is switched off")
    claim = {"i": session.id, "k": "grade dropout 1", "h": "elsewhere 1 a b", "u": time.time() + seconds}
    with service.store.database.write() as connection:
        connection.execute(sa.text("INSERT INTO claims VALUES (:i, :k, :h, :u)"), claim)
    assert bool(session.run_due_and_wait(seconds=1).current.grade) is is_taken


def test_a_claim_is_renewed_while_its_work_goes_on(
    stores: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewer.sessions.effect_leases._RENEWED_EVERY", 0.05)
    grader = Counting()
    service = SessionService(stores(), Only(grader, server=SERVER))
    session = service.begin("me", begun())
    session.answer("it is switched off")
    session.run_due()
    first = _claims(service.store)
    until(lambda: _claims(service.store)[0] > first[0])
    grader.may.set()
    session.run_due_and_wait()


def _claims(store: Store) -> list[float]:
    with store.database.read() as connection:
        return list(connection.execute(sa.text("SELECT until FROM claims")).scalars())


def test_a_grade_that_could_not_be_recorded_is_recorded_later_and_not_asked_for_again(
    make_service: Callable[..., SessionService], flaky: FlakyGrader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewer.sessions.effects.RECORDING_PAUSES", (0.0, 0.0))
    service = make_service(flaky)
    session = service.begin("me", begun())
    session.answer("it is switched off")
    with monkeypatch.context() as full:
        full.setattr(Store, "append", _full)
        assert session.run_due_and_wait().current.grade is None
    assert session.run_due_and_wait().current.grade
    assert flaky.calls == ["dropout"]


def _full(*_: object) -> str:
    raise StoreError("the disk is full")


def test_an_answer_that_cannot_be_recorded_is_refused_and_can_be_sent_again(
    make_service: Callable[..., SessionService], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_service().begin("me", begun())
    with monkeypatch.context() as full:
        full.setattr(Store, "append", _full)
        with pytest.raises(StoreError, match="full"):
            session.answer("it is switched off")
    assert session.answer("it is switched off").current.is_answered


def test_retries_against_other_writers_come_to_an_end(
    make_service: Callable[..., SessionService], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Event] = []

    def taken(_: Store, __: str, ___: int, event: Event, *____: object) -> str:
        tries.append(event)
        raise MovedOnElsewhere("taken")

    session = make_service().begin("me", begun())
    monkeypatch.setattr(Store, "append", taken)
    with pytest.raises(StoreError):
        session.repeat()
    assert 1 < len(tries) <= 100


def test_a_slow_server_keeps_nobody_else_waiting(make_service: Callable[..., SessionService]) -> None:
    slow = Counting()

    class ByOwner(Only):
        def address(self, owner: str) -> str:
            return SERVER if owner.startswith("slow") else ""

        def grader(self, owner: str) -> Grader:
            return slow if owner.startswith("slow") else self.only

        def llm_for(self, owner: str) -> LLM | None:
            return None

    service = make_service(threads=2)
    service._runner.graders = ByOwner(LexicalGrader())
    waiting: list[Session] = []
    for number in range(6):
        waiting.append(service.begin(f"slow {number}", begun()))
        waiting[-1].answer("it is switched off")
        waiting[-1].run_due()
    quick = service.begin("quick", begun())
    quick.answer("it is switched off")
    assert quick.run_due_and_wait(seconds=5).current.grade
    assert len(slow.calls) <= 2
    slow.may.set()
    assert all(session.run_due_and_wait().current.grade for session in waiting)


def test_what_a_process_left_undone_is_found_without_anybody_opening_it(
    make_service: Callable[..., SessionService],
) -> None:
    never = Counting()
    session = make_service(never).begin("me", begun())
    session.answer("it is switched off")
    session.run_due()
    again = make_service()
    again.start_sweeping()
    until(lambda: again.resume(session.id, "me").interview().current.grade)
    never.may.set()


def test_half_a_character_from_a_terminal_is_no_reason_to_lose_an_answer(
    make_service: Callable[..., SessionService],
) -> None:
    session = make_service().begin("me", begun())
    session.answer("it is switched off \udce4")
    assert session.history()[1].event.text == "it is switched off ?"  # type: ignore[union-attr]


def test_the_log_is_quiet_where_nothing_goes_wrong(
    make_service: Callable[..., SessionService], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "interviewer")
    session = make_service(server=SERVER).begin("me", begun())
    session.answer("it is switched off")
    session.run_due_and_wait()
    assert caplog.records == []
