"""Whatever a bank, a candidate or a grader wrote is shown as text, in every place where it is shown."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from fakes import BANK, begun, both, grade
from html_seen import seen
from jinja2 import UndefinedError

from interviewer.domain.grade import Evidence, Extra, Flag, Gap, Level, Ruling
from interviewer.domain.interview import (
    Answered,
    Begun,
    Ended,
    Graded,
    Interview,
    Objection,
    Ungraded,
    Unprobed,
    replay,
)
from interviewer.domain.language import Language
from interviewer.domain.rubric import Kind, Localized
from interviewer.errors import BankError
from interviewer.evaluation.batch_grading import Marked
from interviewer.evaluation.cohort import Cohort
from interviewer.evaluation.grader_check import CheckFinding, GraderCheck
from interviewer.presentation.card import card
from interviewer.presentation.chat import chat
from interviewer.presentation.interview_report import report
from interviewer.presentation.mark_sheet import to_html as sheet_html
from interviewer.presentation.templating import FOLDER, inline, literal, render, stylesheet
from interviewer.presentation.transcript import Transcript, to_html, to_markdown
from interviewer.text.messages import localized

ATTACK = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>' onclick='x {{7*7}} ${7*7} {% raw %} `x`"
SAID = f"it is switched off {ATTACK}"
EVIL = both(ATTACK, ATTACK)
_IDS = {
    "id",
    "question",
    "criterion",
    "kind",
    "level",
    "method",
    "saying",
    "topic",
    "mode",
    "language",
    "order",
    "group",
}


def poisoned(value: Any, name: str = "") -> Any:
    """The same value with the attack in every text in it that is no id."""
    if isinstance(value, Localized):
        return EVIL
    if isinstance(value, tuple):
        return tuple(poisoned(one, name) for one in value)
    if isinstance(value, str):
        return value if name in _IDS or type(value) is not str else ATTACK
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: poisoned(getattr(value, f.name), f.name) for f in fields(value) if f.init})
    return value


def evil_interview() -> Interview:
    bank = replace(
        BANK,
        title=EVIL,
        questions=tuple(poisoned(question) for question in BANK.questions),
        topics=dict.fromkeys(BANK.topics, EVIL),
    )
    first = Begun(bank, begun().plan)
    events = [first, Answered(SAID), Unprobed()]
    made = grade(replay(events).current, off=Level.MET, random=Level.MISSING, mc=Level.PARTIAL, on=Level.MET)
    quote = Evidence(1, SAID)
    made = replace(
        poisoned(made),
        verdicts=tuple(replace(one, reason=EVIL, evidence=(quote,)) for one in made.verdicts),
        flags=tuple(Flag),
        extras=(Extra(EVIL, quote),),
        dispute=EVIL,
        opening=EVIL,
        gaps=(Gap("random", EVIL, EVIL),),
    )
    over = replay([*events, Graded("dropout", 1, made), Ended()])
    said = {
        "objections": (Objection("off", quote, ATTACK),),
        "rulings": (Ruling("off", Level.MET, ATTACK, ATTACK, (quote,)), Ruling("on", Level.MISSING, "", ATTACK)),
        "second": replace(made, verdicts=tuple(replace(one, level=Level.PARTIAL) for one in made.verdicts)),
        "second_failure": ATTACK,
    }
    return replace(over, attempts=tuple(replace(one, **said) for one in over.attempts))


def harmless(html: str) -> None:
    """No tag or attribute came from the attack, and its words are all there."""
    found = seen(html)
    tags = {tag for tag, _ in found.tags}
    assert not tags & {"script", "img", "iframe", "form", "base", "link"}
    names = {name for _, attributes in found.tags for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in ("src", "x")]
    assert ATTACK in found.text


def badge(_: object) -> str:
    return ATTACK


@pytest.mark.parametrize("language", Language)
def test_card_chat_and_report_show_attacks_in_every_field_as_text(language: Language) -> None:
    over = evil_interview()
    drawn = {
        "card": card(over, over.current, language, badge=badge),
        "chat": chat(over, language),
        "report": report(over, language, badge=badge, exports_of="abc"),
        "partial": card(
            replace(over, attempts=(replace(over.current, grade=None, failure=ATTACK),)),
            replace(over.current, grade=None, failure=ATTACK),
            language,
            partial=over.current.grade.verdicts,  # type: ignore[union-attr]
        ),
    }
    for name, html in drawn.items():
        harmless(html)
        assert not any(sign in html for sign in "{}$`"), name  # Gradio would read them as a template


@pytest.mark.parametrize("language", Language)
def test_transcripts_show_attacks_in_every_field_as_text(language: Language) -> None:
    transcript = Transcript("x", evil_interview(), "2026-01-02T03:04:05", "2026-01-02T03:04:05", 4, badge)
    html = to_html(transcript, language)
    harmless(html)
    assert "49" not in seen(html).text
    markdown = to_markdown(transcript, language)
    assert "<script" not in markdown.replace("\\<script", "")
    assert "![" not in markdown.replace("\\!\\[", "")


def test_a_mark_sheet_shows_attacks_in_every_field_as_text(tmp_path: Any) -> None:
    from graded_rows import ROW, marked, tasks

    from interviewer.grading.lexical import LexicalGrader

    over = evil_interview()
    row = {**ROW, "id": ATTACK, "candidate": ATTACK, "answer": SAID}
    [one] = marked(tasks(tmp_path, row), LexicalGrader())
    question = over.bank["dropout"]
    task = replace(one.task, question=question)
    graded: Marked = replace(one, task=task, grade=over.current.grade)
    failed: Marked = replace(one, task=task, grade=None, failure=ATTACK)
    cohort = Cohort(over.bank, (graded, failed))
    harmless(sheet_html(cohort, Language.EN, "2026-01-02T03:04:05", ATTACK))


def test_a_grader_check_shows_attacks_as_text() -> None:
    finding = CheckFinding("grades", is_good=False, detail=EVIL, advice=EVIL)
    harmless(render("grader_check.html", Language.EN, check=GraderCheck(ATTACK, ATTACK, (), (finding,))))


def test_a_failed_grade_shows_its_reason_as_text() -> None:
    failed = replay([begun(), Answered(SAID), Unprobed(), Ungraded("dropout", 1, ATTACK)])
    harmless(card(failed, failed.current, Language.ZH))


def test_nothing_is_printed_in_place_of_a_value_that_is_missing() -> None:
    with pytest.raises(UndefinedError):
        inline("{{ nobody }}", Language.EN)
    with pytest.raises(TypeError, match="None"):
        inline("{{ value }}", Language.EN, value=None)


def test_every_template_compiles_and_a_localized_value_is_printed_in_the_readers_language() -> None:
    assert inline("{{ text }}", Language.ZH, text=both("<中>", "x")) == "&lt;中&gt;"
    from interviewer.presentation.templating import _environment, escaped

    names = [path.name for path in FOLDER.glob("*.html")] + [path.name for path in FOLDER.glob("*.md")]
    assert len(names) > 8
    for name in names:
        _environment(escaped, Language.EN).get_template(name)
    assert "</style" not in stylesheet("cards", "page", "mark_sheet")


def test_markdown_has_one_escaper_and_it_leaves_no_sign_a_meaning() -> None:
    assert literal("# a\n- b\n1. c *d* www.x.org <b> @me") == ("\\# a\n\\- b\n1\\. c \\*d\\* www\\.x.org \\<b\\> \\@me")
    assert Kind.CORE == "core"


def test_an_error_is_printed_in_the_language_of_the_reader() -> None:
    error = BankError("", "", localized("start.bad_count", most=3))
    printed = [str(inline("{{ error }}", language, error=error)) for language in Language]
    assert printed == [error.into(language) for language in Language]
    assert printed[0] != printed[1]
