"""What the controls of the page do, without the page."""

import re
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from fakes import BANK, GradeAs, Only, begun, grade
from pydantic import ValidationError

from interviewer.banks.loader import BankLibrary
from interviewer.domain.grade import Grade, Level
from interviewer.domain.interview import Attempt
from interviewer.domain.language import Language
from interviewer.domain.rubric import Question
from interviewer.errors import StoreError
from interviewer.grading.lexical import LexicalGrader
from interviewer.grading.protocol import Grader, Watch
from interviewer.sessions.grader_choice import GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.service import Session, SessionService
from interviewer.sessions.store import Store
from interviewer.web.badge import Badges
from interviewer.web.handlers import PageHandlers
from interviewer.web.page_actions import PAGE_ACTIONS
from interviewer.web.practice import PracticeHandlers, wished_count
from interviewer.web.view_model import View
from interviewer.web.visit import Visit

SERVER = "http://model.example/v1"


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def desk_of(service: SessionService) -> PageHandlers:
    graders = GraderRegistry(GraderOptions(), lambda _: None, 1)  # type: ignore[arg-type,return-value]
    library = BankLibrary()
    return PageHandlers(service, library, graders, Badges(graders, dict), PracticeHandlers(service.store, library))


def test_a_click_waits_neither_for_a_model_nor_for_its_server(
    make_service: Callable[..., SessionService], release: threading.Event
) -> None:
    class SlowToMake(Only):
        def grader(self, owner: str) -> Grader:
            release.wait(20)
            return self.only

    def slowly(question: Question, attempt: Attempt) -> Grade:
        release.wait(20)
        return LexicalGrader().grade(question, attempt)

    service = make_service()
    service._runner.graders = SlowToMake(GradeAs(slowly), server=SERVER)
    desk, session = desk_of(service), service.begin("me", begun())
    start = time.monotonic()
    shown = desk.answer(Visit("me", Language.EN), session.id, session.interview().place, "it is switched off")
    again = desk.arrive(Visit("me", Language.EN), session.id)
    looked = desk.look(Visit("me", Language.EN), session.id)
    assert time.monotonic() - start < 10  # the model takes twice that
    assert shown.clear
    assert shown.polls
    assert again.polls
    assert looked.polls
    release.set()
    session.run_due_and_wait()
    done = desk.look(Visit("me", Language.EN), session.id)
    assert not done.polls
    assert "score" in done.card


def test_verdicts_are_shown_while_the_rest_is_still_to_come(
    make_service: Callable[..., SessionService], release: threading.Event
) -> None:
    class Telling:
        def grade(self, question: Question, attempt: Attempt, language: Language, watch: Watch | None) -> Grade:
            found = LexicalGrader().grade(question, attempt)
            if watch:
                watch(found.verdicts[:1])
            release.wait(20)
            return found

    service = make_service(Telling(), server=SERVER)
    session, desk = service.begin("me", begun()), desk_of(service)
    desk.answer(Visit("me", Language.EN), session.id, session.interview().place, "it is switched off")
    end = time.monotonic() + 10
    while not session.partial_verdicts():
        assert time.monotonic() < end
        time.sleep(0.01)
    looked = desk.look(Visit("me", Language.EN), session.id)
    assert looked.polls
    assert "ledger" in looked.card
    assert 'class="score"' not in looked.card


def test_an_offline_grade_is_there_with_the_answer(make_service: Callable[..., SessionService]) -> None:
    service = make_service()
    session = service.begin("me", begun())
    last = desk_of(service).answer(
        Visit("me", Language.EN), session.id, session.interview().place, "it is switched off"
    )
    assert not last.polls
    assert "score" in last.card


def test_while_a_follow_up_is_worded_the_page_says_so_and_asks_again(
    make_service: Callable[..., SessionService], release: threading.Event
) -> None:
    from dataclasses import replace

    from interviewer.llm.scripted import ScriptedLLM

    def slowly(_: object) -> str:
        release.wait(20)
        return '{"quote": "it is switched off", "point": "random", "question": "Anything more on that?"}'

    criteria = tuple(replace(criterion, probe=None) for criterion in BANK["dropout"].criteria)
    bank = replace(BANK, questions=(replace(BANK["dropout"], criteria=criteria), BANK.questions[1]))
    service = make_service(llm=ScriptedLLM(slowly), server=SERVER)
    session, desk = service.begin("me", replace(begun(probes=1), bank=bank)), desk_of(service)
    last = desk.answer(Visit("me", Language.EN), session.id, session.interview().place, "it is switched off")
    assert last.polls
    assert not last.may_answer
    assert "The interviewer is thinking" in last.chat
    assert 0 <= time.time() - float(re.findall(r'data-since="([\d.]+)"', last.chat)[0]) < 20
    release.set()
    session.run_due_and_wait()
    asked = desk.look(Visit("me", Language.EN), session.id)
    assert asked.place != last.place
    assert asked.may_answer
    assert "Anything more on that?" in asked.chat


def test_a_failure_of_the_store_is_said_in_the_language_of_the_page_and_the_text_stays(
    make_service: Callable[..., SessionService], monkeypatch: pytest.MonkeyPatch
) -> None:
    from interviewer.text.messages import localized

    def full(*_: object) -> str:
        raise StoreError(localized("store.full"))

    service = make_service()
    session = service.begin("me", begun())
    monkeypatch.setattr(Store, "append", full)
    place = session.interview().place
    shown = desk_of(service).answer(Visit("me", Language.ZH), session.id, place, "it is switched off")
    assert not shown.clear
    assert "磁盘满了" in shown.notice


def test_an_interview_that_is_out_of_reach_for_a_moment_is_not_forgotten(
    make_service: Callable[..., SessionService], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> str:
        raise StoreError("locked")

    service = make_service()
    session = service.begin("me", begun())
    with monkeypatch.context() as held:
        held.setattr(Store, "owner_of", locked)
        assert desk_of(service).arrive(Visit("me", Language.EN), session.id).interview == session.id
    assert desk_of(service).arrive(Visit("me", Language.EN), session.id).may_answer
    assert desk_of(service).arrive(Visit("me", Language.EN), "ghost").interview == ""


def test_what_failed_is_graded_again_in_all_interviews(make_service: Callable[..., SessionService]) -> None:
    def bug(question: Question, attempt: Attempt) -> Grade:
        raise ZeroDivisionError

    sessions = [make_service(GradeAs(bug)).begin("me", begun()) for _ in range(2)]
    for session in sessions:
        session.answer("it is switched off")
        session.run_due_and_wait()
    assert desk_of(make_service()).regrade_all(Visit("me", Language.EN)) == (2, 0)
    assert desk_of(make_service()).regrade_all(Visit("me", Language.EN)) == (0, 0)


def test_the_list_shows_a_page_and_a_link_to_more(make_service: Callable[..., SessionService]) -> None:
    service = make_service()
    practice = desk_of(service).practice
    assert "No interviews yet" in practice.listing(Visit("me", Language.EN))
    sessions = [service.begin("me", begun()) for _ in range(4)]
    shown = practice.listing(Visit("me", Language.EN), count=3)
    assert shown.count("<li>") == 3
    assert 'href="?list=53"' in shown
    assert f"?interview={sessions[-1].id}" in shown
    assert "at question 1" in shown
    assert "?list=" not in practice.listing(Visit("me", Language.EN), count=4)
    service.resume(sessions[0].id, "me").end()
    assert "finished" in practice.listing(Visit("me", Language.EN))
    assert "?list=" not in practice.listing(Visit("me", Language.EN), "small", 2)
    assert "No interview has all these words" in practice.listing(Visit("me", Language.EN), words="elephants")


@pytest.mark.parametrize("wish, count", [("", 50), ("100", 100), ("-1", 50), ("x", 50), ("²", 50), ("9" * 30, 50)])
def test_how_many_are_shown_is_read_with_care(wish: str, count: int) -> None:
    assert wished_count(wish) == count


def act(desk: PageHandlers, session: Session, **action: object) -> View:
    actions = PAGE_ACTIONS.validate_python([{"question": "dropout", "attempt": 1, **action}])
    return desk.act(Visit("me", Language.EN), session.id, actions)


def test_a_second_model_judges_without_the_first_and_a_person_settles_what_differs(
    make_service: Callable[..., SessionService], release: threading.Event
) -> None:
    def slowly(_: Question, attempt: Attempt) -> Grade:
        release.wait(20)
        return grade(attempt, off=Level.MET)

    first, second = GradeAs(lambda _, attempt: grade(attempt, off=Level.MISSING)), GradeAs(slowly)
    service = make_service()
    service._runner.graders = Only(first, server=SERVER, second=second)
    desk, session = desk_of(service), service.begin("me", begun())
    desk.answer(Visit("me", Language.EN), session.id, session.interview().place, "it is switched off")
    session.run_due_and_wait()
    assert "second-opinion" in desk.look(Visit("me", Language.EN), session.id).card
    assert act(desk, session, do="second_opinion").polls
    release.set()
    attempt = session.run_due_and_wait().current
    assert (attempt.differing, attempt.needs_review) == (("off",), True)
    shown = desk.look(Visit("me", Language.EN), session.id)
    assert not shown.polls
    act(desk, session, do="rule", criterion="off", level="partial")
    settled = session.interview().current
    assert (settled.differing, settled.needs_review) == ((), False)
    assert settled.grade == attempt.grade


def test_a_second_opinion_that_fails_is_told_and_can_be_asked_for_again(
    make_service: Callable[..., SessionService], release: threading.Event
) -> None:
    def fails(*_: object) -> Grade:
        release.wait(20)
        raise StoreError("the second server is away")

    service = make_service()
    service._runner.graders = Only(GradeAs(lambda _, attempt: grade(attempt)), server=SERVER, second=GradeAs(fails))
    desk, session = desk_of(service), service.begin("me", begun())
    desk.answer(Visit("me", Language.EN), session.id, session.interview().place, "it is switched off")
    session.run_due_and_wait()
    release.set()
    act(desk, session, do="second_opinion")
    assert "away" in session.run_due_and_wait().current.second_failure
    release.clear()
    assert act(desk, session, do="second_opinion").polls


@pytest.mark.parametrize(
    "sent",
    ["", "{}", "[1]", '[{"do":"rule"}]', '[{"do":"rule","question":"dropout","attempt":1,"criterion":"on","level":"partial"}]',
     '[{"do":"rule","question":"x","attempt":1,"criterion":"off","level":"met"}]'],
)  # fmt: skip
def test_what_no_card_would_send_is_refused_and_changes_nothing(
    make_service: Callable[..., SessionService], sent: str
) -> None:
    service = make_service()
    desk, session = desk_of(service), service.begin("me", begun())
    desk.answer(Visit("me", Language.EN), session.id, session.interview().place, "it is switched off")
    before = session.interview()
    try:
        shown = desk.act(Visit("me", Language.EN), session.id, PAGE_ACTIONS.validate_json(sent))
    except ValidationError:
        shown = desk.not_understood(Visit("me", Language.EN), session.id, sent)
    assert shown.notice
    assert session.interview() == before


def test_another_try_begins_with_what_was_said_and_keeps_the_card_in_view(
    make_service: Callable[..., SessionService],
) -> None:
    service = make_service()
    desk, session = desk_of(service), service.begin("me", begun())
    desk.answer(Visit("me", Language.EN), session.id, session.interview().place, "it is switched off")
    shown = desk.retry(Visit("me", Language.EN), session.id, session.interview().place)
    assert (shown.prefill, shown.may_answer) == ("it is switched off", True)
    assert "score" in shown.card
