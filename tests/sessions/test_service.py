import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import crash
import pytest
from fakes import BANK, Broken, FlakyGrader, GradeAs, begun

from interviewer.domain.grade import Evidence, Level
from interviewer.domain.interview import Answered, Graded, Mode, Phase, TurnKind, due
from interviewer.errors import MovedOnElsewhere, NoSuchInterview, OutOfTurn
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.service import LONGEST_ANSWER, Session, SessionService

TESTS = Path(__file__).parent


def kinds(session: Session) -> Counter[str]:
    return Counter(type(recorded.event).__name__ for recorded in session.history())


def test_an_answer_is_graded_and_shown(service: SessionService) -> None:
    session = service.begin("me", begun())
    session.answer("it is switched off")
    interview = session.run_due_and_wait()
    assert interview.phase is Phase.REVIEWING
    assert interview.current.grade
    assert interview.current.grade.verdict("off").level is Level.MET
    assert interview.current.turns[1].seconds is not None


def test_the_answer_is_recorded_before_anything_else_happens(make_service: Callable[..., SessionService]) -> None:
    seen = []

    def look(question: object, attempt: object) -> None:
        seen.extend(type(recorded.event).__name__ for recorded in session.history())
        raise Broken("enough")

    session = make_service(GradeAs(look)).begin("me", begun())
    session.answer("x y z")
    session.run_due_and_wait()
    assert seen == ["Begun", "Answered", "Unprobed"]


@pytest.mark.parametrize(
    "instant, is_answered",
    [
        ("before Answered", False),
        ("after Answered", True),
        ("while weighing", True),
        ("before Probed", True),
        ("after Probed", True),
    ],
)
def test_killed_around_a_probe_the_interview_goes_on_where_it_stood(
    make_service: Callable[..., SessionService], tmp_path: Path, instant: str, is_answered: bool
) -> None:
    session = make_service().begin("me", begun(probes=1))
    place = session.interview().place
    _crash(session, tmp_path, instant)
    assert (session.interview().place == place) is not is_answered
    again = make_service(server=crash.SERVER).resume(session.id, "me")
    interview = again.run_due_and_wait()
    assert interview.phase is Phase.ANSWERING
    assert kinds(again)["Answered"] == int(is_answered)
    assert kinds(again)["Probed"] == int(is_answered)
    assert due(interview) == ()


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("instant", ["after Unprobed", "while grading", "before Graded", "after Graded"])
def test_killed_around_a_grading_the_answer_is_there_and_graded_once(
    make_service: Callable[..., SessionService], tmp_path: Path, instant: str, mode: Mode
) -> None:
    session = make_service().begin("me", begun(mode))
    _crash(session, tmp_path, instant)
    again = make_service(server=crash.SERVER).resume(session.id, "me")
    assert again.interview().attempts[0].answers == ((1, crash.ANSWER),)
    interview = again.run_due_and_wait()
    assert interview.attempts[0].grade
    assert kinds(again)["Graded"] == 1
    assert interview.phase is (Phase.REVIEWING if mode is Mode.COACH else Phase.ANSWERING)
    assert due(interview) == ()


@pytest.mark.parametrize(
    "sent, instant",
    [
        *(("question", f"{when} Asked") for when in ("before", "after")),
        *(("question as answer", f"{when} Answered") for when in ("before", "after")),
        *((sent, "while weighing") for sent in ("question", "question as answer")),
        *((sent, f"{when} Clarified") for sent in ("question", "question as answer") for when in ("before", "after")),
    ],
)
def test_killed_around_a_question_of_the_candidate_it_is_replied_to_once(
    make_service: Callable[..., SessionService], tmp_path: Path, instant: str, sent: str
) -> None:
    recorded = "Asked" if sent == "question" else "Answered"
    session = make_service().begin("me", begun(probes=1))
    _crash(session, tmp_path, instant, sent)
    again = make_service(llm=ScriptedLLM(crash.clarify), server=crash.SERVER).resume(session.id, "me")
    interview = again.run_due_and_wait()
    is_kept = instant != f"before {recorded}"
    assert interview.phase is Phase.ANSWERING
    assert not interview.current.is_answered
    assert (kinds(again)[recorded], kinds(again)["Clarified"]) == (int(is_kept), int(is_kept))
    assert due(interview) == ()


def _crash(session: Session, folder: Path, instant: str, sent: str = "answer") -> None:
    url = f"sqlite:///{folder / 'test.sqlite3'}"
    died = subprocess.run(
        [sys.executable, TESTS / "crash.py", url, session.id, instant, sent],
        env={**os.environ, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS.parent.parent}"},
        capture_output=True,
        check=False,
    )
    assert died.returncode == -9, died.stderr.decode()


def test_a_second_window_is_told_and_records_nothing(make_service: Callable[..., SessionService]) -> None:
    first = make_service().begin("me", begun())
    second = make_service().resume(first.id, "me")
    place = second.interview().place
    first.answer("it is switched off", place)
    with pytest.raises(MovedOnElsewhere):
        second.answer("it stays on", place)
    assert kinds(second)["Answered"] == 1


def test_two_windows_that_answer_in_the_same_instant_record_one_answer(
    make_service: Callable[..., SessionService],
) -> None:
    first = make_service().begin("me", begun())
    place = first.interview().place
    windows = [make_service().resume(first.id, "me") for _ in range(4)]
    gate, outcomes = threading.Barrier(4), []

    def play(window: Session) -> None:
        gate.wait()
        try:
            window.answer("it is switched off", place)
            outcomes.append("taken")
        except MovedOnElsewhere:
            outcomes.append("told")

    threads = [threading.Thread(target=play, args=(window,)) for window in windows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["taken", "told", "told", "told"]
    assert kinds(first)["Answered"] == 1


def test_a_grade_that_arrives_meanwhile_does_not_push_the_candidate_out(
    make_service: Callable[..., SessionService],
) -> None:
    session = make_service().begin("me", begun(Mode.INTERVIEW))
    session.answer("it is switched off")
    place = session.interview().place
    session.run_due_and_wait()
    session.answer("correlated", place)
    assert kinds(session)["Answered"] == 2


def test_one_process_does_not_start_the_same_grading_twice(make_service: Callable[..., SessionService]) -> None:
    release = threading.Event()

    def slowly(question: object, attempt: object) -> object:
        release.wait(10)
        return LexicalGrader().grade(question, attempt)  # type: ignore[arg-type]

    session = make_service(GradeAs(slowly)).begin("me", begun())  # type: ignore[arg-type]
    session.answer("it is switched off")
    started, again = session.run_due(), session.run_due()
    release.set()
    assert started == again
    session.run_due_and_wait()
    assert kinds(session)["Graded"] == 1


def test_a_failed_grading_is_recorded_and_can_be_asked_for_again(
    make_service: Callable[..., SessionService], flaky: FlakyGrader
) -> None:
    flaky.failures = 1
    session = make_service(flaky).begin("me", begun())
    session.answer("it is switched off")
    failed = session.run_due_and_wait()
    assert (failed.current.grade, failed.current.failure) == (None, "the model is not there")
    assert session.run_due() == []
    session.regrade()
    assert session.run_due_and_wait().current.grade
    assert flaky.calls == ["dropout", "dropout"]


def test_a_grade_with_a_forged_quote_is_a_failure_and_no_grade(make_service: Callable[..., SessionService]) -> None:
    from dataclasses import replace

    def forge(question: object, attempt: object) -> object:
        grade = LexicalGrader().grade(question, attempt)  # type: ignore[arg-type]
        forged = replace(grade.verdicts[0], evidence=(Evidence(1, "never said"),))
        return replace(grade, verdicts=(forged, *grade.verdicts[1:]))

    session = make_service(GradeAs(forge)).begin("me", begun())  # type: ignore[arg-type]
    session.answer("it is switched off")
    assert "never said" in session.run_due_and_wait().current.failure


def test_hints_climb_the_ladder_of_the_heaviest_point_and_end(service: SessionService) -> None:
    session = service.begin("me", begun())
    given = [session.hint().current.turns[-1].text for _ in range(3)]
    assert given == ["Think of eval mode", "Think of a switch", "Run one input twice?"]
    with pytest.raises(OutOfTurn):
        session.hint()


def test_a_hint_after_a_probe_is_about_what_was_asked(service: SessionService) -> None:
    session = service.begin("me", begun(probes=1))
    asked = session.answer("it is switched off")
    assert asked.current.turns_of(TurnKind.PROBE)[0].criterion == "random"
    assert session.hint().current.turns[-1].text == "Run one input twice?"


def test_an_answer_that_says_nothing_is_not_pressed_and_a_full_one_is_not_either(service: SessionService) -> None:
    for said in ("I don't know", "it is switched off, predictions would be random"):
        session = service.begin("me", begun(probes=1))
        assert session.answer(said).phase is Phase.REVIEWING


def test_asking_for_help_is_no_answer(service: SessionService) -> None:
    session = service.begin("me", begun())
    session.repeat()
    session.hint()
    assert not session.interview().current.is_answered
    assert session.skip().current.question == "shuffle"


def test_an_answer_of_endless_length_is_refused_before_it_is_recorded(service: SessionService) -> None:
    session = service.begin("me", begun())
    with pytest.raises(OutOfTurn, match="20000"):
        session.answer("x" * (LONGEST_ANSWER + 1))
    assert kinds(session) == Counter(Begun=1)


def test_another_owner_cannot_resume(service: SessionService) -> None:
    session = service.begin("me", begun())
    with pytest.raises(NoSuchInterview):
        service.resume(session.id, "you")


def test_an_interview_is_read_with_the_bank_it_was_played_on(service: SessionService) -> None:
    session = service.begin("me", begun())
    assert session.interview().bank == BANK
    assert isinstance(session.history()[0].event.bank, type(BANK))  # type: ignore[union-attr]


def test_every_recorded_grade_quotes_the_candidate(service: SessionService) -> None:
    session = service.begin("me", begun(Mode.INTERVIEW))
    session.answer("it is switched off; random otherwise")
    session.answer("same order each time")
    session.run_due_and_wait()
    for recorded in session.history():
        if isinstance(recorded.event, Graded):
            for verdict in recorded.event.grade.verdicts:
                assert bool(verdict.evidence) == (verdict.level in (Level.MET, Level.PARTIAL))
    assert Answered in {type(recorded.event) for recorded in session.history()}
