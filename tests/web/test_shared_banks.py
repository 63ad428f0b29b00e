"""Banks of people who signed in: a coach gives one to a class, its candidates play it, and it is nobody else's on any way in."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from class_people import ADMIN, COACH, OTHER_COACH, People, signing_in
from fastapi import FastAPI
from starlette.testclient import TestClient

from interviewer.sessions.assignments import list_tasks
from interviewer.settings import read_settings

ANN, EVE = "ann", "eve"
LIST = "# Secret list\n\n## 1. What is a Kubernetes frobnicator for?\n\nAnswer: A frobnicator turns every knob of a machine at once.\n"
BANK, TITLE = "secret-list", "Secret list"
HOUSE = """\
id: house
title: House
language: en
questions:
  - id: one
    text: What is a house?
    reference: A place to live in.
    criteria:
      - {id: place, text: a place to live in}
"""
SECRETS = (TITLE, "frobnicator for?", "at once")


class School(People):
    """A class of Ms Li with Ann in it, its bank, which she imported, and an assignment of it. Eve is in no class."""

    def __init__(self, app: FastAPI, client: TestClient) -> None:
        super().__init__(app, client, ANN, EVE)
        self.classroom, _ = self.make_class("Deep learning", ANN)
        self[OTHER_COACH].does(do="make_class", name="Another class")
        self.elsewhere = self[OTHER_COACH].where.partition("/")[2]
        self.draft = imports(self, COACH, LIST, TITLE)
        saved = edits(
            self,
            COACH,
            do="save",
            text=self.draft["text"],
            base=self.draft["base"],
            edits=None,
            audience=self.classroom,
        )
        assert saved["saved"] == BANK
        assert "For: class Deep learning." in saved["told"]
        assign = {"do": "assign", "bank": BANK, "title": "Week one", "mode": "coach"}
        assert "Week one" in self[COACH].does(**assign, classroom=self.classroom)
        (task,) = list_tasks(self.service.store, self.owner(ANN))
        self.assignment = task.assignment.id


def imports(school: School, who: str, text: str, title: str = "Mine", compiler: str = "offline") -> dict[str, Any]:
    """What the editor opens of a list that was pasted; without it, what was said."""
    page = school[who].page
    pasted = ["en", "w", compiler, text, title]
    shown = page.call(page.event("import-read-paste", "click"), pasted, who)["import-found"]
    draft = str(shown).partition('data-draft="')[2].partition('"')[0]
    return edits(school, who, do="open_import", draft=draft) | {"draft": draft} if draft else {"told": str(shown)}


def edits(school: School, who: str, **action: Any) -> dict[str, Any]:
    answer = school[who].client.post("/editor", content=json.dumps({"language": "en", **action}))
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with signing_in(tmp_path_factory.mktemp("school"), School) as school:
        yield school


def event(control: str, kind: str, *data: Any) -> Callable[[School, str], Any]:
    def called(school: School, who: str) -> Any:
        page = school[who].page
        return page.call(page.event(control, kind), list(data), who)

    return called


def asked(**action: Any) -> Callable[[School, str], Any]:
    return event("ask", "click", "en", "none", json.dumps([action]))


def edited(**action: Any) -> Callable[[School, str], Any]:
    return lambda school, who: edits(school, who, **action)


def in_classes(**action: Any) -> Callable[[School, str], Any]:
    """An action on the tab Classes, with the class of the other coach."""
    return lambda school, who: school[who].does(
        **action | {"classroom": school.elsewhere} if "bank" in action else action
    )


GADGETS = "# Gadgets\n\n## 1. What is a gadget?\n\nAnswer: A gadget is a small device.\n"
FORM = ["en", BANK, [], 1, "bank", "en", "coach", False, True, "neutral", 0]
JOB = "Requirements:\n- Experience with Kubernetes and Docker in production"
# Every way by which a bank can be named or found, and whether a member of its class then sees something of it.
WAYS: dict[str, tuple[Callable[[School, str], Any], bool]] = {
    "the page": (lambda school, who: school[who].page.arrive(session=who), True),
    "the page in another language": (event("language", "input", "zh", "none", BANK, ""), True),
    "begin": (event("begin", "click", *FORM), True),
    "choose the bank": (event("bank", "input", "en", BANK), False),
    "choose topics": (event("topics", "change", "en", BANK, [], 1), False),
    "play what was saved": (event("import-play-bank", "click", "en", BANK), True),
    "practise a question": (asked(do="practise", questions=[f"{BANK}/what-is-a-kubernetes-frobnicator-for"]), False),
    "practise what is due": (event("practise-today", "click", "en"), False),
    "note a question": (asked(do="note", question=f"{BANK}/x", note="n"), False),
    "search": (event("question-words", "input", "en", "frobnicator", "any"), True),
    "records": (event("interview-words", "input", "en", "frobnicator"), False),
    "a job's map": (event("job-map", "click", "en", "w", JOB, "", False), True),
    "delete": (asked(do="delete_bank", bank=BANK), False),
    "put back": (asked(do="put_back_bank", bank=BANK), False),
    "list in the editor": (edited(do="banks"), False),
    "open in the editor": (edited(do="open_bank", bank=BANK), False),
    "open an import of others": (
        lambda school, who: edits(school, who, do="open_import", draft=school.draft["draft"]),
        False,
    ),
    "save over it": (edited(do="save", text=f"id: {BANK}", base="", edits=None), False),
    "import over it": (
        lambda school, who: imports(school, who, GADGETS, "Secret-List"),
        False,
    ),
    "assign": (in_classes(do="assign", bank=BANK, title="T", mode="coach"), False),
    "the form that assigns": (
        lambda school, who: school[who].does(do="open", where=f"assign/{school.elsewhere}/{BANK}"),
        False,
    ),
    "the class": (lambda school, who: school[who].does(do="open", where=f"class/{school.elsewhere}"), False),
    "the account's data": (lambda school, who: school[who].client.get("/account/data").text, False),
}


def seen(school: School, who: str, way: str) -> str:
    told = WAYS[way][0](school, who)
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, default=str)
    return text.replace('value="frobnicator"', "")


@pytest.mark.parametrize("who", [EVE, OTHER_COACH])
def test_a_stranger_finds_nothing_of_a_bank_of_a_class_by_any_way(school: School, who: str) -> None:
    for way in WAYS:
        text = seen(school, who, way)
        assert not [secret for secret in SECRETS if secret in text], way
    assert "not for you" in school[EVE].asks(do="begin_assignment", assignment=school.assignment)["notice"]["value"]


@pytest.mark.parametrize("way", [way for way, (_, shows) in WAYS.items() if shows])
def test_a_member_of_the_class_finds_it(school: School, way: str) -> None:
    assert any(secret in seen(school, ANN, way) for secret in SECRETS)


def test_the_table_has_every_event_that_is_told_a_bank(school: School) -> None:
    page = school[COACH].page
    tells = {
        "bank",
        "asked",
        "import-bank",
        "class-asked",
        "class-where",
        "import-paste",
        "question-words",
        "job-description",
    }
    taking = {
        page.ids.get(one["targets"][0][0], "") for one in page.events if tells & {page.ids[i] for i in one["inputs"]}
    }
    tabs = {"tabitem"}
    assert taking - tabs == {
        "language", "begin", "bank", "topics", "ask", "class-ask", "question-words", "question-state", "import-play-bank",
        "import-read-paste", "job-map",
    }  # fmt: skip


def test_a_candidate_plays_it_from_the_form_and_as_an_assignment(school: School) -> None:
    assert "frobnicator" in str(school[ANN].asks(do="begin_assignment", assignment=school.assignment))
    begun = event("begin", "click", *FORM)(school, ANN)["browserstate"]
    edits(school, COACH, do="open_bank", bank=BANK)
    asked(do="delete_bank", bank=BANK)(school, COACH)
    assert "frobnicator" in str(school[ANN].page.arrive(begun, "ann")), "an interview keeps its copy"
    assert BANK not in str(event("begin", "click", *FORM)(school, ANN).get("browserstate"))
    assert "It is back." in str(asked(do="put_back_bank", bank=BANK)(school, COACH))


def test_a_member_changes_nothing_of_it(school: School) -> None:
    text = school.draft["text"]
    refused = edits(school, ANN, do="save", text=text.replace("knob", "wheel"), base="", edits=None)
    assert "not yours" in refused["told"]
    assert "saved" not in refused
    assert "not yours" in edits(school, ANN, do="open_bank", bank=BANK)["told"]
    assert "not yours" in str(asked(do="delete_bank", bank=BANK)(school, ANN))
    assert edits(school, ADMIN, do="open_bank", bank=BANK)["text"] == text


def test_a_candidate_keeps_banks_for_themselves_alone(school: School) -> None:
    text = imports(school, EVE, "# Mine\n\n## 1. What is a widget?\n\nAnswer: A widget is a part.\n")
    assert "Only you can see and use this bank." in text["html"]
    for audience in (school.classroom, "everybody", "ghost"):
        wish = {"do": "save", "text": text["text"], "base": text["base"], "edits": None, "audience": audience}
        assert "may not give" in edits(school, EVE, **wish)["told"]
    assert edits(school, EVE, do="save", text=text["text"], base=text["base"], edits=None)["saved"]
    assert "widget" in school[EVE].client.get("/account/data").text
    assert "coaches" in imports(school, EVE, LIST, compiler="model")["told"]


def test_a_coach_chooses_between_oneself_the_own_classes_and_everybody(school: School) -> None:
    opened = edits(school, COACH, do="open_bank", bank=BANK)["html"]
    options = opened.partition('id="import-audience">')[2].partition("</select>")[0]
    assert f'<option value="{school.classroom}" selected>class Deep learning' in options
    assert 'value="private"' in options
    assert 'value="everybody"' in options
    assert school.elsewhere not in options
    assert "class Deep learning" in edits(school, COACH, do="banks")["html"]


def test_who_has_not_signed_in_reaches_neither_the_editor_nor_the_import(school: School) -> None:
    client = school[EVE].client
    del client.headers["X-User"]
    listed = json.dumps({"do": "banks", "language": "en"})
    for route, sent in (("/editor", listed), ("/import", LIST)):
        refused = client.post(route, content=sent)
        assert refused.status_code != 200
        assert refused.status_code != 204
        assert not [secret for secret in SECRETS if secret in refused.text]


def test_nobody_deletes_the_operators_files_at_the_page(school: School) -> None:
    folder = read_settings().import_folder
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "house.yaml"
    file.write_text(HOUSE, encoding="utf-8")
    for who in (EVE, COACH, ADMIN):
        assert "not yours" in str(asked(do="delete_bank", bank="house")(school, who))
    assert file.read_text(encoding="utf-8") == HOUSE
