"""Whole interviews with a model that takes up what was said and replies to questions, in both languages."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from fakes import SHUFFLE, both
from planted_leaks import BANK, QUESTION, QUOTE, SAID

from interviewer.domain.grade import Level
from interviewer.domain.interview import (
    Answered,
    Asked,
    Begun,
    Clarified,
    Mode,
    Phase,
    Plan,
    Probed,
    Speaker,
    TurnKind,
    Unprobed,
    replay,
)
from interviewer.domain.language import Language
from interviewer.errors import LLMUnreachable, MovedOnElsewhere
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm.scripted import Line, Request, ScriptedLLM
from interviewer.presentation.transcript_export import export_transcript
from interviewer.sessions.service import Session, SessionService

SERVER = "http://model.example/v1"
ASKED = both("是指没见过的数据吗？", "Do you mean on held-out data?")
REPLY = both("指的是训练时留出来的那部分。", "On the part that is set aside before.")
FOLLOW_UPS = (
    both("你怎么知道是什么时候？", "How would you know when?"),
    both("还会看什么？", "What else would you look at?"),
)
FURTHER = (both("看验证曲线，用早停", "I watch the curve and use early stopping"), both("翻转图片", "more flips"))


def begun(language: Language, mode: Mode = Mode.INTERVIEW) -> Begun:
    bank = replace(BANK, questions=(QUESTION, SHUFFLE))
    return Begun(bank, Plan(("overfit", "shuffle"), mode=mode, language=language, probes=1))


def follow_up(question: str, quote: str, point: str) -> str:
    return json.dumps({"quote": quote, "point": point, "question": question}, ensure_ascii=False)


def is_clarifying(request: Request) -> bool:
    return "is_question" in request.messages[0].content


def listening(language: Language) -> Callable[[Request], Line]:
    asked = iter(FOLLOW_UPS)

    def reply(request: Request) -> Line:
        if is_clarifying(request):
            return json.dumps({"is_question": True, "reply": REPLY.into(language)}, ensure_ascii=False)
        try:
            words = next(asked).into(language)
        except StopIteration:
            return follow_up("", "", "none")
        return follow_up(words, QUOTE[language], "stop" if words == FOLLOW_UPS[0].into(language) else "decay")

    return reply


def kinds(session: Session) -> list[str]:
    return [type(recorded.event).__name__ for recorded in session.history()]


@pytest.mark.parametrize("as_answer", [False, True])
@pytest.mark.parametrize("language", Language)
def test_a_whole_interview_with_follow_ups_and_clarifications(
    make_service: Callable[..., SessionService], language: Language, as_answer: bool
) -> None:
    service = make_service(llm=ScriptedLLM(listening(language)), server=SERVER)
    session = service.begin("me", begun(language))
    say = session.answer if as_answer else session.ask
    say(ASKED.into(language))
    assert session.run_due_and_wait().current.turns[-1].text == REPLY.into(language)
    for said in (SAID[language], *(further.into(language) for further in FURTHER)):
        session.answer(said)
        interview = session.run_due_and_wait()
    assert interview.current.question == "shuffle"
    session.answer(SHUFFLE.reference.into(language))
    over = session.run_due_and_wait()
    assert over.is_over
    first = over.attempts[0]
    assert [turn.kind for turn in first.turns] == [
        *(TurnKind.QUESTION, TurnKind.ASK, TurnKind.CLARIFICATION, TurnKind.ANSWER),
        *(TurnKind.PROBE, TurnKind.ANSWER, TurnKind.PROBE, TurnKind.ANSWER),
    ]
    for probe, words in zip(first.turns_of(TurnKind.PROBE), FOLLOW_UPS, strict=True):
        assert QUOTE[language] in probe.text
        assert words.into(language) in probe.text
    assert first.grade
    assert first.grade.verdict("stop").level is Level.MET
    for verdict in first.grade.verdicts:
        assert all(first.turns[one.turn].kind is TurnKind.ANSWER for one in verdict.evidence)
    _is_written_out(session, language)
    kept = _answered_at(session)
    session.store.rebuild_read_models()
    assert _answered_at(session) == kept
    times = [recorded.at for recorded in session.history() if isinstance(recorded.event, Answered)]
    assert set(kept) == set(times[-2:])


def _answered_at(session: Session) -> list[str]:
    with session.store.database.read() as connection:
        return list(
            connection.execute(sa.text("SELECT answered_at FROM outcomes ORDER BY question, criterion")).scalars()
        )


def _is_written_out(session: Session, language: Language) -> None:
    for kind in ("md", "html", "json"):
        text = export_transcript(session.id, session.history(), kind, language, dict)
        assert ASKED.into(language) in text
        assert REPLY.into(language) in text
    summary = json.loads(export_transcript(session.id, session.history(), "json", language, dict))["summary"]
    assert ASKED.into(language) not in summary["questions"][0]["answers"]


def test_without_a_model_a_question_gets_a_kind_neutral_reply_and_one_follow_up_is_asked(
    make_service: Callable[..., SessionService],
) -> None:
    session = make_service().begin("me", begun(Language.EN))
    assert session.ask(ASKED.en).current.turns[-1].text.startswith("I would rather not say more")
    assert session.answer(SAID[Language.EN]).current.turns[-1].text == "Which epoch is the one you want?"
    assert session.answer("the best one").current.question == "shuffle"
    assert kinds(session)[:4] == ["Begun", "Asked", "Clarified", "Answered"]
    assert session.answer("Do you mean at each epoch?").attempts[1].is_answered


def test_where_the_model_sees_nothing_open_it_asks_nothing(make_service: Callable[..., SessionService]) -> None:
    llm = ScriptedLLM([follow_up("", "", "none")])
    session = make_service(llm=llm, server=SERVER).begin("me", begun(Language.EN))
    session.answer(SAID[Language.EN])
    assert session.run_due_and_wait().current.question == "shuffle"
    assert "Probed" not in kinds(session)


def test_the_banks_own_probe_is_the_fallback_then_the_neutral_one_once(
    make_service: Callable[..., SessionService],
) -> None:
    llm = ScriptedLLM([follow_up("What would early stopping do?", "such as flips", "stop"), LLMUnreachable("gone")])
    session = make_service(llm=llm, server=SERVER).begin("me", begun(Language.EN))
    for said in (SAID[Language.EN], "the best one"):
        session.answer(said)
        interview = session.run_due_and_wait()
    asked = [turn.text for turn in interview.current.turns_of(TurnKind.PROBE)]
    assert asked == ["Which epoch is the one you want?", "Can you go one level deeper there?"]


def test_a_model_that_hangs_holds_back_neither_the_recording_nor_the_next_step(
    make_service: Callable[..., SessionService], release: threading.Event
) -> None:
    def never(_: Request) -> Line:
        release.wait(30)
        return "{}"

    service = make_service(llm=ScriptedLLM(never), server=SERVER, follow_up_seconds=0.2)
    session = service.begin("me", begun(Language.EN))
    for say, said, kind in (
        (session.ask, ASKED.en, Asked),
        (session.answer, SAID[Language.EN], Answered),
        (session.answer, ASKED.en, Answered),
    ):
        start = time.monotonic()
        say(said)
        assert time.monotonic() - start < 2
        event = session.history()[-1].event
        assert isinstance(event, kind)
        assert event.text == said
        assert session.run_due_and_wait(seconds=10).phase is Phase.ANSWERING
    assert [kind for kind in kinds(session) if kind not in ("Begun", "Asked", "Answered")] == [
        "Clarified",
        "Probed",
        "Probed",
    ]


def test_a_question_is_replied_to_once_whatever_windows_are_open(
    make_service: Callable[..., SessionService], release: threading.Event
) -> None:
    def slowly(_: Request) -> Line:
        release.wait(20)
        return json.dumps({"is_question": True, "reply": REPLY.en})

    llm = ScriptedLLM(slowly)
    services = [make_service(llm=llm, server=SERVER) for _ in range(3)]
    first = services[0].begin("me", begun(Language.EN))
    windows = [service.resume(first.id, "me") for service in services]
    place = first.interview().place
    windows[0].ask(ASKED.en, place)
    with pytest.raises(MovedOnElsewhere):
        windows[1].ask("Anything else?", place)
    for window in windows:
        window.run_due()
    release.set()
    assert windows[2].run_due_and_wait().phase is Phase.ANSWERING
    assert len(llm.requests) == 1
    assert kinds(first) == ["Begun", "Asked", "Clarified"]
    assert isinstance(first.history()[-1].event, Clarified)


def test_what_the_interviewer_says_and_the_candidate_says_back_is_no_evidence() -> None:
    said = [Asked("Is it early stopping?"), Clarified("Small weights are not what I mean."), Answered("small weights")]
    more = [Probed("stop", "Would you use early stopping?"), Answered("early stopping"), Unprobed()]
    attempt = replay([begun(Language.EN), *said, *more]).attempts[0]
    grade = LexicalGrader().grade(QUESTION, attempt)
    assert {verdict.level for verdict in grade.verdicts} == {Level.MISSING}
    assert attempt.turns[1].speaker is Speaker.CANDIDATE
    assert attempt.turns[2].speaker is Speaker.INTERVIEWER


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()
