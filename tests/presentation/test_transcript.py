import json
import re
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fakes import begun, both
from html_seen import ATTACKS, seen

from interviewer.domain.grade import Evidence, Extra, Level, Ruling
from interviewer.domain.interview import Begun, Graded, InterviewerStyle, Mode, Phase, Spoken, TurnKind, replay
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.domain.summary import summarize
from interviewer.errors import BankError, OutOfTurn
from interviewer.evaluation.measurements import Measurement, rubrics_digest
from interviewer.presentation.transcript_export import export_transcript
from interviewer.sessions.coach_notes import CoachNote
from interviewer.sessions.comparison import compare
from interviewer.sessions.interview_plan import make_plan
from interviewer.sessions.serialization import history_from_json
from interviewer.sessions.service import Session, SessionService

HISTORIES = sorted((Path(__file__).parent.parent / "histories").glob("*.json"))


def export(session: Session, kind: str, language: Language | None = Language.EN) -> str:
    return export_transcript(session.id, session.history(), kind, language, dict)


def export_for_coach(session: Session, kind: str, text: str) -> str:
    """An export for a coach, in which a candidate and another coach are called so, who wrote so."""
    notes = [CoachNote("c", text, text, "2026-01-02T03:04:05+00:00")]
    history = session.history()
    return export_transcript(session.id, history, kind, Language.EN, dict, coach_notes=notes, candidate=text)


def finished(service: SessionService, text: str, first: Begun | None = None) -> Session:
    session = service.begin("me", first or begun())
    session.answer(text)
    session.run_due_and_wait()
    session.end()
    return session


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_every_saved_history_replays(path: Path) -> None:
    history = history_from_json(path.read_text(encoding="utf-8"))
    interview = replay(event for event, _ in history)
    assert interview.is_over
    summary = json.loads(path.read_text(encoding="utf-8"))["summary"]
    assert len(interview.attempts) == len(summary["questions"])


def test_there_are_saved_histories() -> None:
    assert len(HISTORIES) >= 4


@pytest.mark.parametrize("mode", Mode)
def test_json_loads_back_to_the_same_interview(service: SessionService, mode: Mode) -> None:
    session = finished(service, "it is switched off", begun(mode))
    events = [event for event, _ in history_from_json(export(session, "json"))]
    assert replay(events) == session.interview()


def test_json_holds_the_questions_that_were_planned_and_no_others(service: SessionService, deep_learning: Bank) -> None:
    first = make_plan(deep_learning, count=5, seed=1, topics=deep_learning.used_topics[:2])
    session = finished(service, "它们让网络不再是线性的", first)
    text = export(session, "json")
    again = replay(event for event, _ in history_from_json(text))
    assert [one.id for one in again.bank.questions] == list(first.plan.questions)
    assert again.attempts == session.interview().attempts
    assert again.question.topic in (again.bank.topics or {})
    assert len(text.encode()) < 150_000


def test_the_summary_says_what_the_events_say(service: SessionService) -> None:
    session = finished(service, "it is switched off")
    summary = json.loads(export(session, "json"))["summary"]
    assert summary["score"] == {"low": 0.6667, "high": 0.6667}
    assert (summary["planned"], summary["answered"], summary["graded"]) == (2, 1, 1)
    assert summary["is_estimate"] is True
    assert summary["questions"][0]["answers"] == ["it is switched off"]


@pytest.mark.parametrize("kind", ["md", "html"])
def test_a_transcript_says_how_good_its_grader_is_known_to_be(service: SessionService, kind: str) -> None:
    session = finished(service, "it is switched off")
    grade = session.interview().attempts[0].grade
    assert grade is not None
    assert "not measured on this question bank" in export(session, kind)
    key = (grade.provenance.signature, rubrics_digest(session.interview().bank))
    known = {key: Measurement(*key, 312, 0.99, 0.7, 0.9, "model", held_out_pearson=0.8123, held_out_n=120)}
    text = export_transcript(session.id, session.history(), kind, Language.EN, lambda: known)
    assert "it agreed with labels r = 0.81 (n = 120, labels by a language model)" in text


def test_markdown_keeps_lists_and_what_follows_them_apart_and_quotes_notes(service: SessionService) -> None:
    session = finished(service, "it is switched off, see MC dropout")
    session.rule("dropout", 1, Ruling("random", Level.MET, note="I said so"))
    text = export(session, "md")
    assert "- Your mark. “I said so” The grader said: Missing." in text
    assert "\nyou 2 of 2 ✓✓ · **" in text
    assert "** · grader 1 of 2 ✓○\n" in text
    of_model = replace(session.interview().current.grade, extras=(Extra(both("也对", "Also so"), Evidence(1, "see")),))  # type: ignore[type-var]
    events = [
        replace(one, event=replace(one.event, grade=of_model)) if isinstance(one.event, Graded) else one
        for one in session.history()
    ]
    lines = export_transcript(session.id, events, "md", Language.EN, dict).splitlines()
    place = next(number for number, line in enumerate(lines) if "Also so" in line)
    assert lines[place + 1] == "", "else what follows would belong to the list"


def test_a_damaged_file_of_measurements_spoils_no_transcript(service: SessionService) -> None:
    def known() -> dict[tuple[str, str], Measurement]:
        raise BankError("measured.jsonl", "line 1", "is no measurement")

    session = finished(service, "it is switched off")
    assert "not measured" in export_transcript(session.id, session.history(), "md", Language.EN, known)


def test_markdown_shows_question_answer_ledger_and_provenance(service: SessionService) -> None:
    session = finished(service, "well, it is switched off, I think")
    text = export(session, "md")
    assert "## 1. Is dropout used at test time?" in text
    assert "> well, **it is switched off**, I think" in text
    assert "- ✓ **Met** It is off at test time" in text
    assert "Estimate: 50–75 %" in text
    assert "lexical-" in text
    assert session.interview().bank["dropout"].rubric.digest in text
    assert "You could say: It would make predictions random." in text
    assert "\n**1 of 2 points** ✓○ · **Estimate: 50–75 %**\n" in text


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_answer_is_text_in_markdown(service: SessionService, attack: str) -> None:
    markdown_it = pytest.importorskip(
        "markdown_it", reason="typer's rich brings markdown-it-py; without it this is not checked"
    )
    text = export_for_coach(finished(service, f"it is switched off. {attack}"), "md", attack)
    rendered = seen(markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))
    assert {tag for tag, _ in rendered.tags} <= set(
        "h1 h2 p strong blockquote ul ol li table thead tbody tr th td br em".split()
    )


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_answer_is_text_in_html(service: SessionService, attack: str) -> None:
    html = export_for_coach(finished(service, f"it is switched off. {attack}"), "html", attack)
    found = seen(html)
    tags = {tag for tag, _ in found.tags}
    assert not tags & {"script", "img", "a", "link", "iframe", "object", "form", "base"}
    assert not any(name.startswith("on") or name in ("src", "href") for _, attrs in found.tags for name in attrs)
    assert "default-src 'none'" in html
    assert 'this earned credit">it is switched off</mark>' in html


@pytest.mark.parametrize("kind", ["md", "html"])
def test_no_format_gives_a_grade_away_before_the_end_of_interview_mode(service: SessionService, kind: str) -> None:
    session = service.begin("me", begun(Mode.INTERVIEW))
    session.answer("it is switched off")
    session.run_due_and_wait()
    text = export(session, kind)
    assert any(isinstance(recorded.event, Graded) for recorded in session.history())
    assert "lexical-" not in text
    assert "Graded" not in text
    assert "<mark" not in text
    with pytest.raises(OutOfTurn, match="over"):
        export(session, "json")


@pytest.mark.parametrize("language", Language)
def test_both_languages_are_written_out_whole(service: SessionService, deep_learning: Bank, language: Language) -> None:
    first = make_plan(deep_learning, count=3, mode=Mode.INTERVIEW, language=language, seed=1)
    session = service.begin("me", first)
    while not session.interview().is_over:
        session.answer(session.interview().question.reference.into(language))
    session.run_due_and_wait()
    for kind in ("md", "html"):
        text = export(session, kind, language)
        assert ("面试记录" in text) == (language is Language.ZH)
        assert "{" not in text.split("</style>")[-1]


def test_no_export_names_a_place_on_this_machine(service: SessionService, tmp_path: Path) -> None:
    session = finished(service, "it is switched off")
    for kind in ("md", "html", "json"):
        text = export(session, kind)
        assert str(tmp_path) not in text
        assert str(Path.home()) not in text


@pytest.fixture
def repeated(service: SessionService) -> Session:
    """Two questions, the first answered after a follow-up, tried again, and asked once more at the end."""
    session = service.begin("me", replace(begun(probes=1), plan=replace(begun(probes=1).plan, again=True)))
    for said in ("it is switched off", "because of the noise on the wire"):
        session.answer(said)
        session.run_due_and_wait()
    session.retry()
    session.answer("it stays on")
    session.run_due_and_wait()
    while not session.interview().is_over:
        if session.interview().phase is Phase.REVIEWING:
            session.move_on()
        else:
            session.skip()
            session.run_due_and_wait()
    return session


def test_tries_stand_under_their_question_and_follow_ups_under_their_answers(repeated: Session) -> None:
    text = export(repeated, "md")
    headings = [line for line in text.splitlines() if line.startswith("#")]
    first = headings.index("## 1. Is dropout used at test time?")
    assert headings[first : first + 3] == ["## 1. Is dropout used at test time?", "### try 2", "### try 3"]
    assert headings[first + 3] == "## 2. Why shuffle the data?"
    answers = [
        text.index(part) for part in ("it is switched off", "**Follow-up**", "because of the noise", "### try 2")
    ]
    assert answers == sorted(answers)
    html = export(repeated, "html")
    report = html[html.index('class="report"') : html.index('class="chat"')]
    titles = re.findall(r"<summary>(Is dropout[^<]*|Why shuffle[^<]*)", report)
    assert [title.strip() for title in titles] == [
        "Is dropout used at test time?",
        "Is dropout used at test time? (try 2)",
        "Is dropout used at test time? (try 3)",
        "Why shuffle the data?",
    ]


def test_every_transcript_begins_with_what_to_work_on(service: SessionService) -> None:
    session = finished(service, "It stays on, so that predictions are random")
    missed = ["It stays on at test time", "It is off at test time", "Predictions would be random otherwise"]
    assert [p.criterion.text.en for p in summarize(session.interview()).work_on] == missed
    for kind in ("md", "html"):
        text = export(session, kind).split("</style>")[-1]
        places = [text.index(part) for part in ("Three points to work on", *missed, "Started ", "Result")]
        assert places == sorted(places)
    assert json.loads(export(session, "json"))["summary"]["work_on"][0] == "It stays on at test time"


def test_a_transcript_compares_with_the_last_time(service: SessionService) -> None:
    finished(service, "no idea what that would be")
    session = finished(service, "it is switched off")
    compared = compare(service.store, "me", session.id, session.interview())
    for kind in ("md", "html", "json"):
        text = export_transcript(session.id, session.history(), kind, Language.EN, dict, compared=compared)
        if kind == "json":
            (found,) = json.loads(text)["summary"]["compared"]
            assert found["before"][0]["levels"]["off"] == "missing"
            assert found["now"][0]["levels"]["off"] == "met"
            continue
        assert "Compared with last time" in text
        assert "First tries: 0 of 2 points last time, 1 this time." in text
        assert "It is off at test time: Missing → Met" in text
    assert "Compared" not in export(session, "md")


def test_times_are_those_of_the_readers_zone(service: SessionService) -> None:
    session = finished(service, "it is switched off")
    history = [replace(one, at="2026-03-01T22:30:00.000+00:00") for one in session.history()]
    for kind in ("md", "html"):
        text = export_transcript(session.id, history, kind, Language.EN, dict, zone=ZoneInfo("Asia/Shanghai"))
        assert "2026-03-02 06:30 UTC+08:00" in text.replace("\\", "")
    assert "<title>Small bank · 2026-03-02</title>" in text


def test_a_file_to_be_printed_has_nothing_folded(service: SessionService) -> None:
    html = export(finished(service, "it is switched off"), "html")
    folds = re.findall(r'<details class="(?:question|model-answer)[^>]*>', html)
    assert len(folds) > 1
    assert all(" open" in fold for fold in folds)


@pytest.mark.parametrize("kind", ["md", "html"])
def test_what_was_spoken_beside_the_answers_stands_in_its_place(service: SessionService, kind: str) -> None:
    session = service.begin("me", make_plan(begun().bank, language=Language.EN, manner=InterviewerStyle.FRIENDLY))
    session.ask("Do you mean at test time?")
    reply = session.run_due_and_wait().current.turns[-1]
    assert reply.kind is TurnKind.CLARIFICATION
    session.answer("it is switched off")
    session.run_due_and_wait()
    assert "Thank you for thinking aloud" not in export(session, kind), "it is not over"
    session.end()
    text = export(session, kind)
    text = text[text.index("Hello, and welcome") :]  # what is to work on stands above
    lines = (
        "Hello, and welcome", "Is dropout used at test time?", "Your question",
        "Do you mean at test time?", reply.text,
        "it is switched off", "Thank you for thinking aloud",
    )  # fmt: skip
    places = [text.index(line) for line in lines]
    assert places == sorted(places)


def test_markdown_in_chinese_is_punctuated_as_chinese_is(service: SessionService) -> None:
    session = service.begin("me", make_plan(begun().bank, language=Language.ZH))
    session.answer("测试时它是关闭的")
    session.run_due_and_wait()
    session.end()
    text = export(session, "md", Language.ZH)
    assert "参考回答：" in text
    assert "可以这样说：" in text
    assert not [line for line in text.splitlines() if "： " in line or " (" in line or "\\#1: " in line]


@pytest.mark.parametrize("kind", ["md", "html"])
def test_what_was_said_aloud_stands_beside_what_was_sent(service: SessionService, kind: str) -> None:
    session = service.begin("me", begun())
    session.answer("it is switched off", spoken=Spoken("um it is <b>switched</b> of", 3.0, pauses=2))
    session.run_due_and_wait()
    session.end()
    text = export(session, kind)
    assert "Spoken, before editing: um it is" in text
    assert "<b>switched" not in text
    assert "about 140 words a minute; filler words: 1; long pauses: 2" in text
    grade = session.interview().attempts[0].grade
    assert grade is not None
    assert [one.quote for verdict in grade.verdicts for one in verdict.evidence] == ["it is switched off"]
    again = replay(event for event, _ in history_from_json(export(session, "json")))
    assert again.attempts[0].turns[1].spoken == Spoken("um it is <b>switched</b> of", 3.0, pauses=2)


def test_what_was_spoken_and_sent_as_it_was_is_not_shown_twice(service: SessionService) -> None:
    session = service.begin("me", begun())
    session.answer("it is switched off", spoken=Spoken("it is switched off ", 3.0))
    assert "before editing" not in export(session, "md")
