"""Every way in which a real model is asked, on a server that runs: what is promised holds, however the model grades."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import run
from fakes import BANK, DROPOUT, SHUFFLE, begun
from html_seen import seen
from real_model import Real

from interviewer import wiring
from interviewer.domain.grade import Grade, Level
from interviewer.domain.interview import Answered, Asked, Attempt, Mode, Speaker, Turn, TurnKind, begin, step
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized, Question
from interviewer.domain.scoring import score
from interviewer.errors import LLMError, LLMRefused, LLMUnreachable
from interviewer.evaluation import grader_check
from interviewer.evaluation.canned_answers import CannedAnswer
from interviewer.grading import LLMGrader
from interviewer.grading.disclosure import disclosed
from interviewer.grading.follow_ups import choose_probe, open_points
from interviewer.presentation.chat import chat
from interviewer.presentation.rich_text import rich_text
from interviewer.sessions.follow_up_decision import levels_so_far
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.interview_plan import make_plan
from interviewer.sessions.service import Session, SessionService
from interviewer.sessions.store import Store
from interviewer.settings import read_settings
from interviewer.text.messages import say

pytestmark = pytest.mark.real_server

ANSWER = "It is switched off at test time. Otherwise the predictions would be random."
ASKED = Localized("是指训练的时候吗？", "Do you mean during training?")
ASKED_AS_ANSWER = Localized("你指的是什么？可以举个例子吗？", "What do you mean by that? Can you give an example?")
AGAIN = "No. In eval mode dropout does nothing, since with it the same input would give noisy outputs."
FOLLOW_UP_SECONDS = 30.0  # a little more than the default: an interview of a slow model comes to its end, too
GRADINGS = int(os.environ.get("INTERVIEWER_TEST_GRADINGS", "30"))


@contextmanager
def service_of(real: Real, folder: Path, **more: object) -> Iterator[SessionService]:
    settings = read_settings(base_url=real.url, model=real.model, data_dir=folder, **more)
    graders = wiring.make_grader_registry(settings)
    service = SessionService(Store(settings.database), graders, threads=2, follow_up_seconds=FOLLOW_UP_SECONDS)
    try:
        yield service
    finally:
        graders.close()
        service.close()
        service.store.close()


@pytest.fixture
def models(real: Real) -> Iterator[GraderRegistry]:
    registry = wiring.make_grader_registry(read_settings(base_url=real.url, model=real.model))
    yield registry
    registry.close()


def check_grade(question: Question, attempt: Attempt) -> str:
    """What came of an attempt, after what is promised of any grade was looked at."""
    grade = attempt.grade
    if grade is None:
        assert attempt.failure, "what is not graded says why"
        return f"not graded: {attempt.failure[:70]}"
    texts = dict(attempt.answers)
    assert {verdict.criterion for verdict in grade.verdicts} == {one.id for one in question.criteria}
    for verdict in grade.verdicts:
        for evidence in verdict.evidence:
            assert evidence.quote in texts[evidence.turn], "every quote is the candidate's own words"
        if verdict.level in ("met", "partial"):
            assert verdict.evidence, "no quote, no credit"
        if verdict.level is None:
            assert verdict.reason.en, "a point that nobody could tell says why"
    return _summary(question, grade)


def _summary(question: Question, grade: Grade) -> str:
    found, unknown = (
        score(question.rubric, grade.verdicts, len(grade.extras)),
        sum(v.level is None for v in grade.verdicts),
    )
    tokens = f"{grade.spent.prompt} + {grade.spent.completion} tokens"
    share = f"{found.low:.2f}" if found.low == found.high else f"{found.low:.2f} to {found.high:.2f}"
    return f"{share}, {tokens}" + (f", unknown points: {unknown}" if unknown else "")


def until(is_so: Callable[[], object], seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def test_coach_grade_streaming(real: Real, tmp_path: Path) -> None:
    with service_of(real, tmp_path) as service:
        session, start, shown = service.begin("me", begun()), time.monotonic(), []
        session.answer(ANSWER)
        interview = session.run_due_and_wait(
            look=lambda: shown.append((time.monotonic() - start, len(session.partial_verdicts())))
        )
        line = check_grade(DROPOUT, interview.current)
    first = next((f"{seconds:.0f} s" for seconds, count in shown if count), "none")
    real.tell("coach grade, streamed", f"{time.monotonic() - start:.0f} s, first verdict {first}, {line}")


def test_correction_answer_again(real: Real, tmp_path: Path) -> None:
    with service_of(real, tmp_path, remarks=False) as service:
        session, start = service.begin("me", begun()), time.monotonic()
        session.answer(ANSWER)
        session.run_due_and_wait()
        session.retry()
        session.answer(AGAIN)
        interview = session.run_due_and_wait()
        first, second = (interview.attempt("dropout", number) for number in (1, 2))
        assert first.answers[0][1] == ANSWER
        check_grade(DROPOUT, first)
        line = check_grade(DROPOUT, second)
    real.tell("answered again", f"{time.monotonic() - start:.0f} s for both, second {line}")


def test_interview_mode_grades_at_the_end(real: Real, tmp_path: Path) -> None:
    with service_of(real, tmp_path, remarks=False) as service:
        session, start = service.begin("me", begun(Mode.INTERVIEW)), time.monotonic()
        for text in (ANSWER, "So that the batches are not correlated."):
            session.answer(text)
            session.run_due()
        asked = time.monotonic() - start
        interview = session.run_due_and_wait()
        assert interview.is_over
        lines = [check_grade(BANK[attempt.question], attempt) for attempt in interview.attempts]
        assert len(lines) == 2
    real.tell(
        "interview mode", f"asked in {asked:.1f} s, graded after {time.monotonic() - start:.0f} s: {'; '.join(lines)}"
    )


def test_follow_up_and_clarification(real: Real, tmp_path: Path) -> None:
    with service_of(real, tmp_path, remarks=False) as service:
        session, start = service.begin("me", begun(Mode.INTERVIEW, probes=1)), time.monotonic()
        session.ask("Do you mean during inference?")
        session.run_due_and_wait()
        reply = session.interview().current.turns[-1]
        session.answer("It is switched off at test time.")
        interview = session.run_due_and_wait()
        saying = [turn.kind for attempt in interview.attempts for turn in attempt.turns]
    assert reply.text.strip()
    said = "asked back" if TurnKind.PROBE in saying else "asked nothing back"
    real.tell(
        "follow-up, clarification", f"{time.monotonic() - start:.0f} s, replied in {len(reply.text)} characters, {said}"
    )


def _say_next(session: Session, language: Language) -> None:
    """Ask about a question, by the button or as if it were an answer; answer half of it; say a follow-up's own words back."""
    interview = session.interview()
    said = interview.current.turns[-1]
    match said.kind:
        case TurnKind.QUESTION if interview.position == 1:
            session.answer(ASKED_AS_ANSWER.into(language))
        case TurnKind.QUESTION:
            session.ask(ASKED.into(language))
        case TurnKind.PROBE:
            session.answer(said.text)
        case _:
            reference = interview.question.reference.into(language)
            session.answer(reference[: len(reference) // 2])
    session.run_due_and_wait()


def check_interviewer(question: Question, attempt: Attempt, language: Language) -> Counter[str]:
    """How many replies and follow-ups there were, and by whom, after it was looked at that none gives anything away."""
    own = [say("ask.more", language), *(one.probe.into(language) for one in question.criteria if one.probe)]
    found: Counter[str] = Counter()
    for number, turn in enumerate(attempt.turns):
        if turn.kind not in (TurnKind.PROBE, TurnKind.CLARIFICATION):
            continue
        is_own = turn.text in (*own, say("ask.neutral_reply", language))
        found[f"{turn.kind} by the {'program' if is_own else 'model'}"] += 1
        before = [one.text for one in attempt.turns[:number]]
        assert is_own or not disclosed(question, turn.text, before), turn.text
    return found


def _leaves_open(question: Question, bank: Bank, language: Language) -> bool:
    alone = replace(bank, questions=(question,))
    half = question.reference.into(language)[: len(question.reference.into(language)) // 2]
    interview = step(begin(make_plan(alone, mode=Mode.INTERVIEW, probes=True, language=language)), Answered(half))
    levels = levels_so_far(interview)
    return bool(choose_probe(interview, levels) and open_points(interview, levels))


@pytest.mark.parametrize("language", Language)
def test_a_whole_interview_with_follow_ups_and_questions_about_the_question(
    real: Real, tmp_path: Path, deep_learning: Bank, language: Language
) -> None:
    # Questions of which half an answer leaves something to ask about, few points first: a laptop's model takes its time.
    asked = [one for one in deep_learning.questions if _leaves_open(one, deep_learning, language)]
    fewest = sorted(asked, key=lambda one: len(one.criteria))[:3]
    bank = replace(deep_learning, questions=tuple(fewest))
    first = make_plan(bank, mode=Mode.INTERVIEW, probes=True, language=language)
    start = time.monotonic()
    with service_of(real, tmp_path, remarks=False) as service:
        session = service.begin("me", first)
        while not session.interview().is_over:
            _say_next(session, language)
        session.run_due_and_wait()
        recorded = [recorded.event for recorded in session.history()]
    with service_of(real, tmp_path) as service:  # as after a restart
        interview = service.resume(session.id, "me").interview()
    turns = [turn for attempt in interview.attempts for turn in attempt.turns]
    sent = [event.text for event in recorded if isinstance(event, Answered | Asked)]
    assert len(sent) >= len(interview.questions)
    assert [turn.text for turn in turns if turn.speaker is Speaker.CANDIDATE] == sent
    shown = seen(chat(interview, language)).text
    for turn in turns:
        assert seen(rich_text(turn.text, language, is_typed=turn.speaker is Speaker.CANDIDATE)).text.strip() in shown
    said: Counter[str] = Counter()
    lines = []
    for attempt in interview.attempts:
        question = deep_learning[attempt.question]
        said += check_interviewer(question, attempt, language)
        lines.append(check_grade(question, attempt))
        echoes = {number for number, text in attempt.answers if text == attempt.turns[number - 1].text}
        credited = [one for one in attempt.verdicts if one.level in (Level.MET, Level.PARTIAL)]
        assert not any({words.turn for words in one.evidence} <= echoes for one in credited), (
            "its own words earn nothing"
        )
    replies = sum(count for name, count in said.items() if name.startswith(TurnKind.CLARIFICATION))
    assert replies >= len(interview.questions) - 1, "what was asked by the button is always replied to"
    told = ", ".join(f"{name} {count}" for name, count in sorted(said.items()))
    real.tell(f"whole interview, {language}", f"{time.monotonic() - start:.0f} s; {told}; {'; '.join(lines)}")


def test_import_with_the_model(real: Real, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, made = tmp_path / "list.md", tmp_path / "made.yaml"
    source.write_text(f"# A list\n\n## {DROPOUT.text.en}\n\n{DROPOUT.reference.en}\n", encoding="utf-8")
    start = time.monotonic()
    assert run("import", str(source), "--compile", "llm", "--lang", "en", "-o", str(made)) == 0
    told = capsys.readouterr()
    assert made.exists()
    summary = next(line for line in told.out.splitlines() if " questions, " in line)
    by = "the model's" if "offline" not in told.out else "made offline, as was said"
    real.tell("import with the model", f"{time.monotonic() - start:.0f} s, {summary.split(': ')[-1]}, {by}")


def test_a_prompt_longer_than_the_context_is_refused_with_advice(real: Real, models: GraderRegistry) -> None:
    choice = models.options.default
    assert choice.endpoint
    context = models.context(choice.endpoint)
    text = "The rate at which every parameter of the network is changed in a step. " * ((context or 8192) // 8)
    long = Localized(text, text)
    question = replace(DROPOUT, criteria=tuple(replace(one, text=long) for one in DROPOUT.criteria))
    start = time.monotonic()
    with pytest.raises(LLMError) as raised:
        models.grader_of(choice, remarks=False).grade(question, _attempt(question, ANSWER))
    said = str(raised.value)
    assert "context" in said or "longer than" in said, said
    # Also where the server does not tell how much it reads.
    blind = LLMGrader(models.llm(choice.endpoint), context=None, remarks=False)
    with pytest.raises(LLMError) as unknown:
        blind.grade(question, _attempt(question, ANSWER))
    assert isinstance(unknown.value, LLMRefused), unknown.value
    real.tell(
        "cut context",
        f"{time.monotonic() - start:.1f} s, context told: {context}; “{said[:90]}…”; blind: “{str(unknown.value)[:90]}”",
    )


def test_stopped_and_started_again_while_an_interview_runs(real: Real, tmp_path: Path) -> None:
    with service_of(real, tmp_path, remarks=False) as service:
        session = service.begin("me", begun())
        session.answer(ANSWER)
        session.run_due()
        until(lambda: real.relay.held)
        time.sleep(1)
        lost = time.monotonic()
        real.relay.stop()
        try:
            until(lambda: session.interview().current.failure, 120)
            noticed = time.monotonic() - lost
            why = session.interview().current.failure
            assert session.interview().current.answers[0][1] == ANSWER
        finally:
            real.relay.start()
        session.regrade()
        line = check_grade(DROPOUT, session.run_due_and_wait().current)
    real.tell("stopped and started again", f"noticed in {noticed:.1f} s (“{why[:60]}”), then {line}")


def test_a_stop_ends_the_request(real: Real, tmp_path: Path) -> None:
    with service_of(real, tmp_path) as service:
        session = service.begin("me", begun())
        until(lambda: not real.relay.held)
        session.answer(ANSWER)
        session.run_due()
        until(lambda: session.progress("dropout", 1) and real.relay.held)
        time.sleep(2)
        start = time.monotonic()
        session.stop_grading()
        assert session.interview().current.failure
        assert session.interview().current.grade is None
        until(lambda: not real.relay.held, 10)
        freed = time.monotonic() - start
    real.tell("stop button", f"request ended after {freed:.1f} s, answer kept")


@pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C cannot be sent to another process")
def test_ctrl_c_ends_the_request(real: Real, tmp_path: Path) -> None:
    until(lambda: not real.relay.held)
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a suite that runs in the background ignores it, and its children
    environment = {**os.environ, "INTERVIEWER_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "interviewer", "doctor"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr
        for line in process.stderr:
            if "reads" in line:
                break
        time.sleep(2)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        ended = time.monotonic() - start
    finally:
        process.kill()
    until(lambda: not real.relay.held, 10)
    assert process.returncode == 130
    assert "Traceback" not in said
    real.tell("Ctrl-C", f"ended after {ended:.1f} s: “{said.strip().splitlines()[-1][:60]}”")


def test_check_up(real: Real, models: GraderRegistry, deep_learning: Bank) -> None:
    start = time.monotonic()
    check = grader_check.check_grader(models, models.options.default, deep_learning)
    assert check.kind, "the server is told by its answers"
    asked = {result.answer for result in check.results}
    assert asked == set(CannedAnswer) or any(finding.check == "all asked" for finding in check.findings)
    for result in check.results:
        assert (result.share is None) == bool(result.failure)
    bad = [finding.check for finding in check.findings if finding.is_good is False]
    assert json.dumps(check.plain(), ensure_ascii=False)
    for language in Language:
        assert grader_check.check_lines(check, language)
    real.tell(
        "check-up",
        f"{time.monotonic() - start:.0f} s, {check.kind}, context {check.context}, form by {check.rung or '?'}, asked {len(asked)} of {len(CannedAnswer)}, bad: {', '.join(bad)}",
    )


def test_the_form_of_replies(real: Real, models: GraderRegistry) -> None:
    """How many replies of the model keep to their schema, over many gradings."""
    grader = models.grader_of(models.options.default, remarks=False)
    before, start, graded, failures = real.kept.copy(), time.monotonic(), 0, 0
    for number in range(GRADINGS):
        question = (DROPOUT, SHUFFLE)[number % 2]
        text = f"{(ANSWER, AGAIN, 'The batches would be correlated.')[number % 3]} This is what I remember of week {number}."
        attempt = _attempt(question, text)
        try:
            grade = grader.grade(question, attempt)
        except LLMUnreachable:
            raise
        except LLMError:
            failures += 1
        else:
            graded += 1
            check_grade(question, replace(attempt, grade=grade))
    assert graded + failures == GRADINGS
    found = real.kept - before
    replies = found.total()
    shares = ", ".join(f"{name} {found[name]}" for name in ("kept", "repaired", "in part", "unusable"))
    real.tell(
        "form of replies",
        f"{graded} of {GRADINGS} graded in {time.monotonic() - start:.0f} s, {replies} replies: {shares}",
    )


def _attempt(question: Question, text: str) -> Attempt:
    turns = (Turn(TurnKind.QUESTION, question.text.en), Turn(TurnKind.ANSWER, text))
    return Attempt(question.id, 1, turns, is_closed=True)
