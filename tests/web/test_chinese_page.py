"""On a Chinese page there is no English sentence but what is verbatim: questions, answers, names, addresses, code."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import begun, grade
from html_seen import seen
from starlette.testclient import TestClient

from interviewer.banks.loader import BankLibrary
from interviewer.domain.grade import Flag, Level
from interviewer.domain.interview import Answered, Ended, Graded, Mode, Unprobed, replay
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.evaluation import grader_check
from interviewer.evaluation.canned_answers import CannedAnswer
from interviewer.evaluation.grader_check import CannedResult, GraderCheck
from interviewer.presentation.card import card
from interviewer.presentation.chat import chat
from interviewer.presentation.interview_report import report
from interviewer.presentation.templating import render
from interviewer.presentation.transcript import Transcript, to_html, to_markdown
from interviewer.sessions.grader_choice import GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.interview_plan import make_plan
from interviewer.settings import read_settings
from interviewer.web.badge import Badges
from interviewer.web.editor import Editor
from interviewer.web.grader_settings import GraderActions
from interviewer.web.import_handlers import Importer
from interviewer.web.server import make_app
from interviewer.web.uploads import Uploads
from interviewer.web.visit import Visit

ZH = Language.ZH
# Three English words in a row, whatever stands between them but letters of another script.
ENGLISH = re.compile(r"[A-Za-z][a-z']+(?:[ ,.;:()\d-]+[A-Za-z][a-z']+){2,}")
VERBATIM = re.compile(
    r"https?://\S+|interviewer (?:check|import)(?: FILE)?|Markdown · HTML · JSON|Ollama[\w. ]*LM Studio"
)


def english(text: str) -> list[str]:
    return ENGLISH.findall(VERBATIM.sub("·", text))


def visible(html: str) -> str:
    """What is seen of some HTML, and what a screen reader reads out of its attributes."""
    found = seen(html)
    read = [attributes.get(name) or "" for _, attributes in found.tags for name in ("title", "aria-label", "alt")]
    return "\n".join([found.text, *read])


def texts(value: Any) -> Iterator[str]:
    """Every text in what an event sends to the page, without the settings of controls."""
    match value:
        case str():
            yield visible(value)
        case list():
            for one in value:
                yield from texts(one)
        case dict():
            for name in ("value", "label", "info", "placeholder", "choices"):
                yield from texts(value.get(name))


def test_english_is_found_where_it_is() -> None:
    assert english("0 of 7 were not. 现在由 gpt-5 mini 评分")
    assert not english("由 qwen2.5 @ 127.0.0.1 评分，见 http://127.0.0.1/v1/chat")


@pytest.fixture
def models() -> GraderRegistry:
    return GraderRegistry(GraderOptions(is_private=True), lambda _: pytest.fail("no model is asked"), 1)


def test_every_tab_is_in_chinese(tmp_path: Path) -> None:
    app = make_app(read_settings(data_dir=tmp_path))
    with TestClient(app, base_url="http://127.0.0.1:7860", headers={"Accept-Language": "zh-CN"}) as client:
        client.get("/")
        events = client.get("/config").json()["dependencies"]
        event = next(one["id"] for one in events if any(target[1] == "load" for target in one["targets"]))
        wish = {"fn_index": event, "data": ["en", "none"], "session_hash": "zh", "event_data": None}
        client.post("/gradio_api/queue/join", json=wish, headers={"Origin": "http://127.0.0.1:7860"})
        with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "zh"}) as answer:
            lines = [json.loads(line[5:]) for line in answer.iter_lines() if line.startswith("data:")]
    drawn = next(line for line in lines if line["msg"] == "process_completed")["output"]["data"]
    shown = "\n".join(texts(drawn))
    assert "自己选题" in shown
    assert "评分模型" in shown
    assert english(shown) == []


@pytest.mark.parametrize("mode", Mode)
def test_card_chat_report_and_transcripts_are_in_chinese(
    deep_learning: Bank, models: GraderRegistry, mode: Mode
) -> None:
    first = make_plan(deep_learning, count=2, mode=mode, language=ZH, seed=1)
    question = deep_learning[first.plan.questions[0]]
    events = [first, Answered("不知道，我没有学过。"), Unprobed()]
    levels = dict(zip((c.id for c in question.criteria), [*Level, None] * 9, strict=False))
    made = grade(replay(events).attempts[0], question, **levels)
    made = type(made)(made.verdicts, made.provenance, flags=tuple(Flag))
    over = replay([*events, Graded(question.id, 1, made), Ended()])
    badge = Badges(models, dict).on(over, ZH)
    transcript = Transcript("x", over, "2026-01-02T03:04:05", "2026-01-02T03:04:05", 4, badge)
    drawn = [
        card(over, over.attempts[0], ZH, badge=badge),
        chat(over, ZH),
        report(over, ZH, badge=badge, exports_of="x"),
    ]
    for html in (*drawn, to_html(transcript, ZH).split("</style>")[1], to_markdown(transcript, ZH).replace("\\", "")):
        text = visible(html)
        for source in {question.source for question in deep_learning.questions} - {""}:
            text = text.replace(source, "")  # a work is named as it is called
        assert english(text) == []


def test_the_grader_tab_is_in_chinese_whatever_goes_wrong(
    models: GraderRegistry, deep_learning: Bank, tmp_path: Path
) -> None:
    actions = GraderActions(models, BankLibrary(None, tmp_path))
    told = [actions.status(Visit("me", ZH))]
    for shape, votes in (("no such shape", 1), ("one_call", 2)):
        told.append(actions.use(Visit("me", ZH), "http://127.0.0.1:9/v1", "", "m", shape, votes).html)
    results = [
        CannedResult(name, share, 40.0, 900)
        for name, share in zip(CannedAnswer, (0.9, 0.9, 0.5, 0, 0, 0.9, 1), strict=True)
    ]
    findings = (*grader_check._judged(results), *grader_check._judged([CannedResult(CannedAnswer.HALF, None, 1.0, 0)]))
    told.append(render("grader_check.html", ZH, check=GraderCheck("qwen", "127.0.0.1", tuple(results), findings)))
    assert "7 个全部合格" in told[-1]
    for html in told:
        assert english(visible(html)) == []


def test_the_import_tab_is_in_chinese_whatever_is_missing(models: GraderRegistry, tmp_path: Path) -> None:
    importer = Importer(BankLibrary(None, tmp_path / "banks"), models, Uploads(), tmp_path / "banks")
    closed = Importer(importer.library, models, Uploads(), None)
    listed = "# 操作系统\n\n## 1. 什么是进程？\n\n答：进程是正在运行的程序，它有自己的地址空间。\n\n## 链接\n\n[返回顶部](#top)\n"
    shown = [
        *importer.read(Visit("me", ZH), ""),
        *importer.read_text(Visit("me", ZH), "w", "offline", " ", ""),
        *importer.read_text(Visit("me", ZH), "w", "model", listed, "系统"),
        *importer.read_text(Visit("me", ZH), "w", "offline", listed, "系统"),
        importer.save("", "", ZH).html,
        closed.save("x", "", ZH).html,
        *closed.read_text(Visit("me", ZH), "w", "offline", listed, ""),
    ]
    assert any("系统" in html for html in shown)
    for html in shown:
        assert english(visible(html)) == []
    (draft,) = importer.drafts
    editor = Editor(importer)
    opened = asked(editor, {"do": "open_import", "draft": draft})
    first = {"bank": opened["bank"], "questions": opened["questions"][:1]}
    for criterion in opened["questions"][0]["criteria"]:
        criterion["group"] = "+"
    (row,) = asked(editor, {"do": "change", "what": "show", **first})["questions"]
    tried = asked(editor, {"do": "try", "answer": "进程有地址空间。", "by_model": False, **first})
    saved = asked(editor, {"do": "save", "text": opened["text"], "base": opened["base"], "edits": None})
    failed = asked(editor, {"do": "save", "text": "id: x", "base": "", "edits": None})
    listing = asked(editor, {"do": "banks"})
    for html in (opened["html"], row["html"], tried["card"], saved["told"], failed["told"], listing["html"]):
        assert english(visible(html)) == []


def asked(editor: Editor, action: dict[str, object]) -> dict[str, Any]:
    return editor.answer("me", json.dumps({"language": "zh", **action}).encode())


def test_begun_interviews_in_english_keep_their_questions(models: GraderRegistry) -> None:
    interview = replay([begun(language=Language.EN), Answered("x"), Unprobed()])
    assert "Is dropout used at test time?" in visible(chat(interview, ZH))
