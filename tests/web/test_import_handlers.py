"""The import tab looks at a file, says what is wrong with it, saves it as a bank, and loses nothing that was edited."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from interviewer import wiring
from interviewer.banks.loader import BankLibrary
from interviewer.domain.interview import Mode
from interviewer.domain.language import Language
from interviewer.errors import LLMRefused
from interviewer.grading import CallShape
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.model_call import current_call
from interviewer.llm.scripted import Request, ScriptedLLM
from interviewer.sessions.grader_choice import GraderChoice, GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.interview_plan import make_plan
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.sessions.tables import compilations
from interviewer.settings import read_settings
from interviewer.text.messages import say
from interviewer.web.background_task import WindowTask
from interviewer.web.import_handlers import Importer, task_progress
from interviewer.web.page_actions import BankAction
from interviewer.web.uploads import Uploads
from interviewer.web.visit import Visit

ME = Visit("me", Language.EN)
LIST = """# Data structures

## 1. What is a stack?

Answer: A stack gives back first what was <b>pushed</b> last.

## 2. What is a queue?

Answer: A queue gives back first what was put in first.

## Links

[back to top](#top)
"""


@pytest.fixture
def importer(tmp_path: Path) -> Importer:
    folder = tmp_path / "banks"
    return Importer(
        BankLibrary(None, folder),
        GraderRegistry(GraderOptions(), lambda _: pytest.fail("no model"), 1),
        Uploads(),
        folder,
    )


@dataclass(frozen=True)
class ImportOrigin:
    """What the tab shows of a file, and the draft that the editor opens, if there is one."""

    html: str
    yaml: str
    base: str


def last(importer: Importer, name: str, data: bytes, *, by_model: bool = False) -> ImportOrigin:
    importer.uploads.keep("me", name, data)
    told = list(importer.read(Visit("me", Language.EN), "", "model" if by_model else "offline"))[-1]
    return made(importer, told)


def made(importer: Importer, html: str) -> ImportOrigin:
    found = re.search(r'data-draft="(\w+)"', html)
    draft = importer.drafts[found[1]] if found else None
    return ImportOrigin(html, draft.yaml if draft else "", draft.base if draft else "")


def test_a_list_is_shown_saved_and_can_be_played(importer: Importer) -> None:
    shown = last(importer, "structures.md", LIST.encode())
    assert shown.yaml
    assert "Questions: 2" in shown.html
    assert "<b>" not in shown.html
    assert not importer.library.banks()[1:], "nothing is written before it is saved"
    saved = importer.save(shown.yaml, "", Language.EN)
    bank = importer.library.bank(saved.bank)
    assert [question.text.en for question in bank.questions] == ["What is a stack?", "What is a queue?"]
    assert make_plan(bank, mode=Mode.COACH).plan.questions


def test_what_was_edited_stays_when_the_list_is_imported_again(importer: Importer) -> None:
    shown = last(importer, "structures.md", LIST.encode())
    assert shown.yaml
    importer.save(shown.yaml.replace("What is a queue?", "What is a queue good for?"), shown.base, Language.EN)
    again = last(importer, "structures.md", LIST.replace("put in first", "put in earliest").encode())
    assert again.yaml
    assert "What is a queue good for?" in again.yaml
    assert "put in earliest" in again.yaml
    assert "imported before" in again.html


@pytest.mark.parametrize(
    "name, data, said",
    [
        ("empty.md", b"", "empty.md"),
        ("picture.png", b"\x89PNG", "picture.png"),
        ("broken.yaml", b"id: [", "line 2: is not YAML"),
        ("broken.csv", b'question,answer\n"open', "line"),
        ("no.md", b"Just a text without any question at all.", "no.md"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(importer: Importer, name: str, data: bytes, said: str) -> None:
    shown = last(importer, name, data)
    assert 'role="alert"' in shown.html
    assert said in shown.html
    assert not importer.drafts, "what was being edited stays"


def test_a_faulty_edit_is_not_saved_and_nothing_is_lost(importer: Importer) -> None:
    shown = last(importer, "structures.md", LIST.encode())
    assert shown.yaml
    refused = importer.save(shown.yaml.replace("questions:", "question:"), "", Language.EN)
    assert not refused.bank
    assert "questions" in refused.html
    assert importer.folder
    assert not list(importer.folder.glob("*"))


def test_pasted_text_becomes_a_bank_under_its_title(importer: Importer) -> None:
    shown = list(importer.read_text(Visit("me", Language.EN), "", "offline", LIST, "My list"))[-1]
    assert "My list" in shown
    nothing = list(importer.read_text(Visit("me", Language.EN), "", "offline", "  ", "My list"))[-1]
    assert "Paste a list first" in nothing


def test_without_a_file_a_model_or_the_right_it_says_so(importer: Importer) -> None:
    assert "No file has arrived" in list(importer.read(Visit("me", Language.EN), ""))[-1]
    assert "No model is chosen" in last(importer, "a.md", LIST.encode(), by_model=True).html
    closed = Importer(importer.library, importer.models, importer.uploads, None)
    assert "interviewer import" in last(closed, "a.md", LIST.encode()).html
    assert "interviewer import" in closed.save("id: x", "", Language.EN).html
    assert "nothing to save" in importer.save("", "", Language.EN).html


def test_no_markup_of_a_file_reaches_the_page(importer: Importer) -> None:
    nasty = (
        "## What is <script>alert(1)</script> ${x} {{y}}?\n\nAnswer: <img src=x onerror=alert(1)> is *an* `element`.\n"
    )
    html = last(importer, "<b>.md", nasty.encode()).html
    for bad in ("<script", "<img", "${", "{{", "<b>"):
        assert bad not in html


def test_what_another_window_saved_in_the_meantime_is_not_replaced(importer: Importer) -> None:
    mine, yours = (last(importer, "structures.md", LIST.encode()) for _ in range(2))
    assert mine.yaml
    assert yours.yaml
    edited = yours.yaml.replace("What is a queue?", "What is a queue good for?")
    saved = importer.save(edited, yours.base, Language.EN)
    refused = importer.save(mine.yaml, mine.base, Language.EN)
    assert not refused.bank
    assert "has changed in the meantime" in refused.html
    assert importer.library.bank("structures").questions[1].text.en == "What is a queue good for?"
    more = edited.replace("good for?", "good for at all?")
    assert importer.save(more, saved.base, Language.EN).bank, "who saved may go on"
    assert importer.save(more, "", Language.EN).bank, "nothing is lost by what changes nothing"


def test_an_id_typed_into_the_text_takes_no_other_banks_place(importer: Importer) -> None:
    shown = last(importer, "structures.md", LIST.encode())
    assert shown.yaml
    importer.save(shown.yaml, shown.base, Language.EN)
    other = last(importer, "other.md", LIST.replace("queue", "heap").encode())
    assert other.yaml
    refused = importer.save(other.yaml.replace("id: other", "id: structures", 1), other.base, Language.EN)
    assert "this id is another bank" in refused.html
    again = last(importer, "structures.md", LIST.replace("put in first", "put in earliest").encode())
    assert again.yaml
    assert importer.save(again.yaml.replace("id: structures", "id: fresh", 1), again.base, Language.EN).bank
    assert {"structures", "fresh"} < {bank.id for bank in importer.library.banks()}


def test_a_bank_that_would_replace_another_says_so(importer: Importer) -> None:
    shown = last(importer, "structures.md", LIST.encode())
    assert shown.yaml
    importer.save(shown.yaml, "", Language.EN)
    changed = shown.yaml.replace("What is a queue?", "What is a heap?")
    html = last(importer, "mine.yaml", changed.encode()).html
    assert "takes the place of the saved bank" in html
    assert "what you edited stays" not in html


def test_reading_tells_how_far_it_is_and_stops_when_asked(importer: Importer) -> None:
    long = "".join(f"## {n}. What does lock {n} do?\n\nAnswer: Lock {n} keeps thread {n} out.\n\n" for n in range(400))
    importer.uploads.keep("me", "locks.md", long.encode(), "left")
    told = []
    for shown in importer.read(Visit("me", Language.EN), "left"):
        told.append(shown)
        importer.tasks.stop("me", "right", WindowTask.IMPORT)
        importer.tasks.stop("you", "left", WindowTask.IMPORT)
        importer.tasks.stop("me", "left", WindowTask.JOB)
        if "Checking the questions" in shown:
            importer.tasks.stop("me", "left", WindowTask.IMPORT)
    assert 'data-task="import"' in told[0]
    assert any("Checking the questions" in one for one in told)
    assert "Stopped" in told[-1]
    assert not importer.drafts
    assert not importer.tasks.running
    importer.tasks.stop("me", "left", WindowTask.IMPORT)
    assert "data-draft" in list(importer.read(Visit("me", Language.EN), "left"))[-1], "it can be read again"


def test_on_a_chinese_page_what_is_wrong_with_a_file_is_said_in_chinese(importer: Importer) -> None:
    importer.uploads.keep("me", "broken.csv", b"question,answer\nWhy?,because, of this\n")
    html = list(importer.read(Visit("me", Language.ZH), ""))[-1]
    assert "broken.csv：第 2 行：有 3 格，应是 2 格" in html


def test_half_a_character_is_refused_in_the_readers_language(importer: Importer) -> None:
    assert "半个字符" in importer.save("id: x\ud800", "", Language.ZH).html


def saved_bank(importer: Importer) -> str:
    """The id of a bank that was made of the list."""
    shown = last(importer, "structures.md", LIST.encode())
    return importer.save(shown.yaml, shown.base, Language.EN).bank


def asked(do: str, bank: str) -> BankAction:
    return BankAction.model_validate({"do": do, "bank": bank})


def test_a_bank_of_ones_own_is_deleted_and_put_back_as_it_was(importer: Importer) -> None:
    saved = saved_bank(importer)
    before = {path: path.read_bytes() for path in sorted(importer.library.path_of(saved).parent.rglob("*.yaml"))}  # type: ignore[union-attr]
    assert len(before) == 2
    assert [bank.id for bank in importer.library.own_banks()] == [saved]
    told = importer.change_banks(asked("delete_bank", saved), Language.EN)
    assert "was deleted" in told
    assert 'class="put-back"' in told
    assert importer.library.path_of(saved) is None
    assert not any(path.exists() for path in before)
    assert "It is back." in str(importer.change_banks(asked("put_back_bank", saved), Language.EN))
    assert {path: path.read_bytes() for path in before} == before
    assert not importer.change_banks(asked("put_back_bank", saved), Language.EN)  # it is back already


def test_a_bank_that_is_shipped_stays(importer: Importer) -> None:
    assert "shipped" in str(importer.change_banks(asked("delete_bank", "deep-learning"), Language.EN))
    assert importer.library.bank("deep-learning")
    assert importer.library.own_banks() == []
    assert "ghost" in str(importer.change_banks(asked("delete_bank", "ghost"), Language.EN))


def test_where_nobody_may_import_nobody_deletes(importer: Importer) -> None:
    saved = saved_bank(importer)
    elsewhere = replace(importer, folder=None)
    elsewhere.change_banks(asked("delete_bank", saved), Language.EN)
    assert importer.library.bank(saved)


Make = Callable[[ScriptedLLM], Importer]


@pytest.fixture
def with_model(tmp_path: Path) -> Iterator[Make]:
    """Importers on one database whose visitors all have this model: each call is like another process."""
    services: list[SessionService] = []

    def make(model: ScriptedLLM) -> Importer:
        choice = GraderChoice(Endpoint("http://localhost:1/v1", "m", ""), CallShape.ONE_CALL)
        models = GraderRegistry(GraderOptions(default=choice), lambda _: model, 1)
        settings = read_settings()
        services.append(SessionService(Store(settings.database), models))
        library = BankLibrary(None, settings.import_folder)
        wiring.add_compilations(services[-1], settings, models, library)
        return Importer(library, models, Uploads(), settings.import_folder, services[-1].compilations)

    yield make
    for service in services:
        service.close()
        service.store.close()


def slow_model(asked: threading.Event, ended: threading.Event) -> ScriptedLLM:
    def slow(_: Request) -> LLMRefused:
        with current_call().ended_by(ended.set):
            asked.set()
            ended.wait(20)
        return LLMRefused("ended")

    return ScriptedLLM(slow)


def test_what_stops_an_import_ends_the_request_to_the_model(with_model: Make) -> None:
    asked, ended = threading.Event(), threading.Event()
    importer = with_model(slow_model(asked, ended))
    importer.uploads.keep("me", "structures.md", LIST.encode())
    reading = importer.read(Visit("me", Language.EN), "", "model")
    assert next(reading)
    assert asked.wait(20)
    importer.stop("me", "", WindowTask.IMPORT)
    assert "Stopped" in list(reading)[-1]
    assert ended.is_set()
    assert not importer.tasks.running
    assert not list(importer.go_on(ME, ""))


def test_a_list_goes_on_without_its_window_and_is_shown_in_the_next_one(with_model: Make) -> None:
    asked, ended = threading.Event(), threading.Event()
    importer = with_model(slow_model(asked, ended))
    reading = importer.read_text(ME, "", "model", LIST, "Structures")
    assert next(reading)
    assert asked.wait(20)
    reading.close()  # type: ignore[attr-defined]
    assert not ended.is_set()
    elsewhere = with_model(ScriptedLLM(lambda _: pytest.fail("it is asked by the other process")))
    assert not list(elsewhere.go_on(Visit("you", Language.EN), "new"))
    going_on = elsewhere.go_on(ME, "new")
    assert next(going_on)
    ended.set()
    shown = made(elsewhere, list(going_on)[-1])
    assert "Structures" in shown.html
    assert "What is a stack?" in shown.yaml
    assert elsewhere.save(shown.yaml, shown.base, Language.EN).bank
    assert not list(elsewhere.go_on(ME, "new")), "it was seen"


def test_who_looks_at_another_tab_and_comes_back_is_shown_the_list_once(with_model: Make) -> None:
    asked, ended = threading.Event(), threading.Event()
    importer = with_model(slow_model(asked, ended))
    reading = importer.read_text(ME, "", "model", LIST, "Structures")
    assert next(reading)
    assert asked.wait(20)
    assert not list(importer.go_on(ME, ""))
    ended.set()
    assert "What is a stack?" in made(importer, list(reading)[-1]).yaml


def test_what_another_version_made_of_a_list_is_made_anew_without_asking_again(with_model: Make) -> None:
    model = ScriptedLLM(lambda _: '{"points": [], "groups": [], "dispute": ""}')
    importer = with_model(model)
    lists = importer.compilations
    assert lists
    begun = lists.begin("me", "", "structures.md", LIST.encode(), "Structures", 0)
    assert lists.result(begun, "", threading.Event(), lambda *_: None)
    asked = len(model.requests)
    assert asked
    lists._update(compilations.c.id == begun, result='{"bank": 1}')
    assert "What is a stack?" in made(importer, list(importer.go_on(ME, ""))[-1]).yaml
    assert len(model.requests) == asked


def test_a_list_that_cannot_be_used_is_said_where_a_model_was_to_read_it(with_model: Make) -> None:
    importer = with_model(ScriptedLLM([]))
    assert "line" in last(importer, "broken.csv", b'question,answer\n"open', by_model=True).html
    assert not list(importer.go_on(ME, ""))


def test_a_model_that_makes_the_points_is_waited_for_with_a_bar(with_model: Make) -> None:
    importer = with_model(ScriptedLLM(lambda _: LLMRefused("no balance")))
    shown = last(importer, "structures.md", LIST.encode(), by_model=True)
    assert "no balance" in shown.html
    assert shown.yaml, "the points were made offline"
    assert "The model is making the points: 1 / 2" in task_progress(
        WindowTask.IMPORT, say("import.drafting", Language.EN), Language.EN, 1, 2
    )
