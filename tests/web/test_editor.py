"""The editor opens banks of one's own, changes and tries their questions, says what is wrong where, and saves."""

import json
from pathlib import Path
from typing import Any

import pytest
from html_seen import ATTACKS, seen

from interviewer.banks.loader import BankLibrary
from interviewer.domain.rubric import Localized
from interviewer.grading import CallShape
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.grader_choice import GraderChoice, GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.web.editor import Editor
from interviewer.web.import_handlers import Importer
from interviewer.web.uploads import Uploads

BANK = """# Mine.
id: mine
title: My bank
language: en
questions:
  # The first one.
  - id: stack
    text: What is a stack?
    reference: A stack gives back first what was pushed last.
    criteria:
      - id: last
        text: It gives back first what was pushed last  # LIFO
        aliases: [[pushed last, LIFO]]
  - id: queue
    text: What is a queue?
    reference: A queue gives back first what was put in first.
    criteria:
      - {id: first, text: It gives back first what was put in first}
"""


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    folder = tmp_path / "banks"
    folder.mkdir()
    (folder / "mine.yaml").write_text(BANK)
    models = GraderRegistry(GraderOptions(), lambda _: pytest.fail("no model"), 1)
    return Editor(Importer(BankLibrary(None, folder), models, Uploads(), folder))


def ask(editor: Editor, do: str, language: str = "en", **more: Any) -> dict[str, Any]:
    return editor.answer("me", json.dumps({"do": do, "language": language, **more}).encode())


def opened(editor: Editor) -> dict[str, Any]:
    return ask(editor, "open_bank", bank="mine")


def edits(bank: dict[str, Any], *changed: dict[str, Any]) -> dict[str, Any]:
    return {"title": bank["title"], "order": [one["id"] for one in bank["questions"]], "changed": changed}


def save(editor: Editor, bank: dict[str, Any], edited: dict[str, Any]) -> dict[str, Any]:
    return ask(editor, "save", text=bank["text"], base=bank["base"], edits=edited)


def test_only_banks_of_ones_own_are_listed_and_opened(editor: Editor) -> None:
    html = ask(editor, "banks")["html"]
    assert "My bank" in html
    assert "deep-learning" not in html
    assert "ships with the program" in ask(editor, "open_bank", bank="deep-learning")["told"]
    assert [one["id"] for one in opened(editor)["questions"]] == ["stack", "queue"]


def test_where_others_reach_the_server_nothing_is_opened_or_saved(editor: Editor) -> None:
    bank = opened(editor)
    editor.importer.models.open_to_strangers()
    for told in (ask(editor, "banks"), opened(editor), save(editor, bank, edits(bank))):
        assert "open to others" in told["told"]
        assert set(told) == {"told"}


def test_what_is_edited_in_the_form_is_saved_and_comments_stay(editor: Editor) -> None:
    bank = opened(editor)
    queue = bank["questions"][1]
    queue["text"]["en"] = "What is a queue good for?"
    queue["criteria"][0]["weight"] = "2.5"
    queue["criteria"][0]["hints"] = [None, {"en": "Think of a shop."}]
    edited = edits(bank, queue) | {"title": {"en": "Structures"}, "order": ["queue", "stack"]}
    saved = save(editor, bank, edited)
    assert saved["saved"] == "mine"
    found = editor.importer.library.bank("mine")
    assert [one.id for one in found.questions] == ["queue", "stack"]
    assert found.title.en == "Structures"
    assert found["queue"].text.en == "What is a queue good for?"
    assert found["queue"].criteria[0].weight == 2.5
    assert found["queue"].criteria[0].hints == (Localized(en="Think of a shop."),)
    assert editor.importer.folder
    text = (editor.importer.folder / "mine.yaml").read_text()
    assert text == saved["text"]
    assert all(comment in text for comment in ("# Mine.", "# The first one.", "# LIFO"))
    again = save(editor, saved, edits(bank) | {"title": {}, "order": ["stack"]})
    assert again["saved"], "who saved may go on"
    assert [one.id for one in editor.importer.library.bank("mine").questions] == ["stack"]


def test_a_bank_that_moved_on_is_not_replaced(editor: Editor) -> None:
    mine, yours = opened(editor), opened(editor)
    assert save(editor, yours, edits(yours) | {"title": {"en": "Yours"}})["saved"]
    refused = save(editor, mine, edits(mine) | {"title": {"en": "Mine"}})
    assert "has changed in the meantime" in refused["told"]
    assert editor.importer.library.bank("mine").title.en == "Yours"


def test_what_is_wrong_is_said_at_its_place_and_nothing_is_written(editor: Editor) -> None:
    bank = opened(editor)
    stack, queue = bank["questions"]
    stack["criteria"][0]["weight"] = "heavy"
    refused = save(editor, bank, edits(bank, stack, queue))
    assert [(one["question"], one["at"]) for one in refused["faults"]] == [("stack", "criteria.0.weight")]
    assert "heavy" in refused["faults"][0]["text"]
    stack["criteria"][0]["weight"] = 1
    stack["reference"]["en"] = " "
    (fault,) = save(editor, bank, edits(bank, stack))["faults"]
    assert fault["at"] == "reference"
    looked = ask(editor, "look", "zh", bank=bank["bank"], questions=[stack])["remarks"]
    assert [(one["at"], one["fault"]) for one in looked] == [("reference", True)]
    assert "没有" in looked[0]["text"]
    assert "no questions" in save(editor, bank, edits(bank) | {"order": []})["told"]
    assert editor.importer.folder
    assert (editor.importer.folder / "mine.yaml").read_text() == BANK


def test_remarks_of_the_check_come_in_the_language_of_the_page(editor: Editor) -> None:
    bank = opened(editor)
    stack = bank["questions"][0]
    stack["criteria"][0]["text"]["en"] = "It gives back what was pushed last and it throws nothing away"
    (remark,) = [
        one
        for one in ask(editor, "look", "zh", bank=bank["bank"], questions=[stack])["remarks"]
        if one["at"] == "criteria.0"
    ]
    assert "拆" in remark["text"]
    text = ask(editor, "write", text=bank["text"], edits=edits(bank, stack))["text"]
    checked = ask(editor, "check", "en", text=text)["checked"]
    assert any("says two things" in one["text"] for one in checked["stack"])


@pytest.mark.parametrize(
    "what, more, count",
    [
        ("show", {}, 1),
        ("add_criterion", {}, 1),
        ("split_criterion", {"place": 0}, 1),
        ("merge_criteria", {"place": 0}, 1),
        ("move_criterion", {"place": 0, "by": 1}, 1),
        ("remove_criterion", {"place": 0}, 1),
        ("remove_criterion", {"place": 99}, 1),
        ("suggest_criteria", {}, 1),
        ("add_question", {"taken": ["stack", "queue"]}, 2),
        ("split_question", {"at": 7, "taken": ["stack", "queue"]}, 2),
    ],
)
def test_every_operation_gives_questions_with_their_forms(
    editor: Editor, what: str, more: dict[str, Any], count: int
) -> None:
    bank = opened(editor)
    told = ask(editor, "change", what=what, bank=bank["bank"], questions=bank["questions"][:1], **more)
    assert len(told["questions"]) == count
    assert len({one["question"]["id"] for one in told["questions"]}) == count
    assert all("question-form" in one["html"] for one in told["questions"])


def test_two_questions_are_merged_and_a_group_is_begun(editor: Editor) -> None:
    bank = opened(editor)
    (both,) = ask(editor, "change", what="merge_questions", bank=bank["bank"], questions=bank["questions"])["questions"]
    for criterion in both["question"]["criteria"]:
        criterion["group"] = "+"
    (grouped,) = ask(editor, "change", what="show", bank=bank["bank"], questions=[both["question"]])["questions"]
    assert [one["group"] for one in grouped["question"]["criteria"]] == ["any", "any-2"]
    assert 'name="groups.1.choose"' in grouped["html"]


def test_an_answer_is_tried_on_the_question_as_it_stands(editor: Editor) -> None:
    bank = opened(editor)
    stack = bank["questions"][0]
    asked = {"bank": bank["bank"], "answer": "A pile of plates.", "by_model": False}
    assert "0 of 1" in ask(editor, "try", questions=[stack], **asked)["card"]
    stack["criteria"][0]["aliases"] = [["pile of plates"]]
    assert "1 of 1" in ask(editor, "try", questions=[stack], **asked)["card"]
    assert "told" in ask(editor, "try", questions=[stack], **(asked | {"answer": " "}))


def test_an_answer_is_tried_with_the_model_that_was_chosen(editor: Editor) -> None:
    said = {"id": "last", "quotes": ["pile of plates"], "reason": "LIFO", "verdict": "met"}
    model = ScriptedLLM(
        lambda _: json.dumps({"verdicts": [said], "opening": "", "gaps": [], "extras": [], "dispute": ""})
    )
    choice = GraderChoice(Endpoint("http://localhost:1/v1", "m", ""), CallShape.ONE_CALL)
    folder = editor.importer.folder
    models = GraderRegistry(GraderOptions(default=choice), lambda _: model, 1)
    editor = Editor(Importer(BankLibrary(None, folder), models, Uploads(), folder))
    bank = opened(editor)
    asked = {"bank": bank["bank"], "answer": "A pile of plates.", "by_model": True}
    assert "1 of 1" in ask(editor, "try", questions=bank["questions"][:1], **asked)["card"]
    show = {"what": "show", "bank": bank["bank"], "questions": bank["questions"][:1]}
    assert "by-model" in ask(editor, "change", **show)["questions"][0]["html"]


def test_without_a_model_none_is_offered(editor: Editor) -> None:
    bank = opened(editor)
    show = {"what": "show", "bank": bank["bank"], "questions": bank["questions"][:1]}
    assert "by-model" not in ask(editor, "change", **show)["questions"][0]["html"]


def test_a_text_is_opened_and_what_is_wrong_with_it_is_said(editor: Editor) -> None:
    assert ask(editor, "open_text", text=BANK)["questions"]
    told = ask(editor, "open_text", "zh", text=BANK.replace("questions:", "question:"))
    assert "第 2 行，questions：缺少" in told["told"]
    assert "questions" not in told
    assert "told" in ask(editor, "save", text="id: x\ud800", base="", edits=None)


@pytest.mark.parametrize("sent", [b"", b"[]", b"{}", b'{"do":"save"}', b'{"do":"no","language":"en"}', b"\xff"])
def test_what_no_page_sends_is_refused(editor: Editor, sent: bytes) -> None:
    assert "reload" in editor.answer("me", sent)["told"]


@pytest.mark.parametrize("attack", [*(a for a in ATTACKS if len(a) < 200), '"><img src=x onerror=alert(1)>', "{{7*7}}"])
def test_no_markup_of_a_bank_reaches_the_page(editor: Editor, attack: str) -> None:
    text = BANK.replace("What is a stack?", json.dumps(f"What is {attack}?")).replace(
        "My bank", json.dumps(f"A {attack}")
    )
    bank = ask(editor, "open_text", text=text)
    shown = ask(editor, "change", what="show", bank=bank["bank"], questions=bank["questions"][:1])["questions"][0]
    for html in (bank["html"], shown["html"]):
        found = seen(html)
        assert not {tag for tag, _ in found.tags} & {"script", "img", "a"}
        assert not any(name.startswith("on") or name == "src" for _, attributes in found.tags for name in attributes)


def test_every_text_has_a_field_in_the_language_that_it_is_in(editor: Editor) -> None:
    bank = opened(editor)
    stack = bank["questions"][0]
    stack["criteria"][0]["text"] = {"zh": "后进先出", "en": ""}
    show = {"what": "show", "bank": bank["bank"], "questions": [stack]}
    html = ask(editor, "change", **show)["questions"][0]["html"]
    assert 'name="text.en"' in html
    assert 'name="criteria.0.text.zh"' in html
    assert 'name="criteria.0.text.en"' not in html
    assert 'name="criteria.0.probe.en"' in html
    both = ask(editor, "change", **(show | {"bank": bank["bank"] | {"is_bilingual": True}}))["questions"][0]["html"]
    assert 'name="criteria.0.text.en"' in both


def test_the_policy_of_a_bank_and_of_a_question_and_a_new_topic_are_edited_in_the_form(editor: Editor) -> None:
    bank = opened(editor)
    assert bank["policy"] == {}
    assert "data-policy" in bank["html"]
    shown = ask(editor, "change", what="show", bank=bank["bank"], questions=[bank["questions"][0]])["questions"][0]
    assert 'name="policy.en"' in shown["html"]
    changed = {**bank["questions"][0], "topic": "structures", "policy": {"zh": "", "en": "Accept LIFO alone."}}
    edited = {**edits(bank, changed), "policy": {"en": "Be kind to typing errors."}}
    saved = save(editor, bank, edited)
    assert saved["saved"] == "mine"
    found = editor.importer.library.bank("mine")
    assert found.policy == Localized(en="Be kind to typing errors.")
    assert (found["stack"].policy, found["stack"].topic) == (Localized(en="Accept LIFO alone."), "structures")
    assert "# LIFO" in saved["text"]
    again = save(editor, saved | {"title": bank["title"], "questions": bank["questions"]}, edits(bank))
    assert again["saved"], "what sends no policy leaves it as it is"
    assert editor.importer.library.bank("mine").policy == found.policy
    bank = opened(editor)
    assert save(editor, bank, {**edits(bank), "policy": {"zh": "", "en": " "}})["saved"]
    assert editor.importer.library.bank("mine").policy is None
    assert save(editor, opened(editor), edits(opened(editor), {**changed, "topic": " "}))["saved"]
    assert editor.importer.library.bank("mine")["stack"].topic == "general"
