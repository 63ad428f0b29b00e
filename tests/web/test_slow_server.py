"""A slow server is waited for: what `throttled_server.py` shows in ten minutes, with shortened times."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import begun
from model_server import MODEL
from throttled_server import ANSWERS, Throttled, four_gradings, page_of, throttled_server

from interviewer.domain.interview import Attempt
from interviewer.domain.language import Language
from interviewer.grading import CallShape
from interviewer.sessions.grader_choice import GraderRequest
from interviewer.web.grader_settings import GraderActions
from interviewer.web.page_actions import PAGE_ACTIONS, PageAction
from interviewer.web.visit import Visit


def test_every_grade_of_a_slow_server_arrives_and_the_page_says_what_it_waits_for(tmp_path: Path) -> None:
    character = Throttled(tokens_per_second=7 * 60, first=90 / 60)
    outcome = four_gradings(character, tmp_path, pace=0.2, concurrency=2)
    assert outcome.failures == [""] * ANSWERS  # nothing is called dead
    assert len(character.tokens) == ANSWERS  # nothing is asked twice
    assert max(outcome.seconds) >= outcome.ideal[-1]
    shown = {phase for phases in outcome.phases for phase in phases}
    assert {"The model has others to answer first", "The model reads the answer"} <= shown
    for looks, silent in zip(outcome.looks, outcome.silent_looks, strict=True):
        assert looks > silent


def asked(**action: object) -> list[PageAction]:
    return PAGE_ACTIONS.validate_python([action])


def until(is_so: Callable[[], object]) -> None:
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError("it never came")


@pytest.mark.parametrize("language", Language)
def test_a_grading_is_stopped_with_its_request_and_can_be_asked_for_again(tmp_path: Path, language: Language) -> None:
    character = Throttled(tokens_per_second=1e6, first=30)
    with throttled_server(character) as server:
        desk = page_of(server.url, tmp_path, concurrency=1)
        session = desk.service.begin("me", begun())

        def attempt() -> Attempt:
            return session.interview().current

        desk.answer(Visit("me", language), session.id, session.interview().place, "It is switched off at test time.")
        until(lambda: "data-since" in desk.look(Visit("me", language), session.id).card)
        assert desk.look(Visit("me", language), session.id).card.count('class="stop-model"') == 1
        begun_at = time.monotonic()
        stopped = desk.act(Visit("me", language), session.id, asked(do="stop_grading"))
        assert time.monotonic() - begun_at < 5
        why = "stopped before the model had finished" if language is Language.EN else "模型还没答完就被停下了"
        assert why in attempt().failure
        assert attempt().grade is None  # never zero
        assert why in stopped.card
        assert stopped.has_failures
        assert not stopped.polls
        # The server is free at once, and what was stopped does not come back as a failure of the next grading.
        server.behaviour = Throttled(tokens_per_second=1e6, first=0.01)
        desk.regrade(Visit("me", language), session.id, session.interview().place)
        until(lambda: desk.look(Visit("me", language), session.id) and not attempt().awaits_grade)
        assert attempt().failure == ""
        assert attempt().grade is not None


def test_a_second_opinion_that_is_stopped_leaves_the_grade_as_it_is(tmp_path: Path) -> None:
    character = Throttled(tokens_per_second=1e6, first=0.01)
    with throttled_server(character) as server:
        desk = page_of(server.url, tmp_path, concurrency=1)
        session = desk.service.begin("me", begun())
        desk.answer(Visit("me", Language.EN), session.id, session.interview().place, "It is switched off.")
        until(lambda: desk.look(Visit("me", Language.EN), session.id) and session.interview().current.grade)
        grade = session.interview().current.grade
        character.first = 30
        wish = {"do": "second_opinion", "question": "dropout", "attempt": 1}
        desk.act(Visit("me", Language.EN), session.id, asked(**wish))
        until(lambda: "data-since" in desk.look(Visit("me", Language.EN), session.id).card)
        desk.act(Visit("me", Language.EN), session.id, asked(do="stop_grading"))
        attempt = session.interview().current
        assert attempt.grade == grade
        assert not attempt.awaits_second
        assert "stopped" in attempt.second_failure


def test_a_grader_test_says_what_the_model_does_and_is_stopped_with_its_request(tmp_path: Path) -> None:
    with throttled_server(Throttled(tokens_per_second=1e6, first=30)) as server:
        desk = page_of(server.url, tmp_path, concurrency=1)
        actions = GraderActions(desk.models, desk.library)
        told = []
        for one in actions.test(Visit("me", Language.EN), server.url, "", MODEL, "one_call", 1, ""):
            told.append(one.html)
            if "The model reads the answer" in one.html:
                assert 'data-stop="stop_check"' in one.html
                begun_at = time.monotonic()
                desk.act(Visit("me", Language.EN), "", asked(do="stop_check"))
        assert time.monotonic() - begun_at < 5
        assert "stopped before the model had finished" in told[-1]
        choice = desk.models.choice_for("me", GraderRequest(server.url, MODEL, "", CallShape.ONE_CALL, 1, ""))
        assert desk.models.check_of(choice) is None  # it says nothing of the model
