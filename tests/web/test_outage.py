"""The database is out of reach, or a part of it cannot be read: what the page, its reload and an export then do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fakes import begun
from page_visitor import ORIGIN, Visitor
from starlette.testclient import TestClient

from interviewer.domain.language import Language
from interviewer.errors import StoreError
from interviewer.sessions.database import Database
from interviewer.settings import Settings, read_settings
from interviewer.text.messages import localized
from interviewer.web.controls import AWAY_SECONDS
from interviewer.web.identity import Owners
from interviewer.web.server import make_app

TYPED = "Without it the layers collapse into one linear map."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings(data_dir=tmp_path)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(make_app(settings), base_url=ORIGIN["Origin"], headers=ORIGIN) as client:
        yield client


@pytest.fixture
def visitor(client: TestClient) -> Visitor:
    return Visitor(client)


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Within it, the database cannot be reached."""

    @contextmanager
    def away(*_: object) -> Iterator[None]:
        raise StoreError(localized("store.unreachable"))
        yield

    @contextmanager
    def outage() -> Iterator[None]:
        with monkeypatch.context() as held:
            held.setattr(Database, "read", away)
            held.setattr(Database, "write", away)
            yield

    return outage


def is_untouched(told: Any) -> bool:
    return isinstance(told, dict) and set(told) == {"__type__"}


def test_what_is_typed_stays_in_its_box_until_it_is_recorded(visitor: Visitor, outage: Any) -> None:
    begun = visitor.start("mine")
    interview, place = begun["browserstate"], begun["place"]
    with outage():
        sent = visitor.send(interview, place, TYPED)
        assert "cannot be reached just now" in sent["notice"]["value"]
        assert all(is_untouched(sent[name]) for name in ("answer", "play", "start", "browserstate", "place"))
        assert sent["timer"]["active"] is True
        again = visitor.tick(interview, place, sent["timer"]["value"])
        assert again["notice"]["visible"] is True
        assert is_untouched(again["play"])
    back = visitor.tick(interview, place, AWAY_SECONDS)
    assert back["notice"]["visible"] is False
    assert back["play"]["visible"] is True
    assert is_untouched(back["answer"])
    assert back["timer"]["active"] is False
    assert "score" in visitor.send(interview, place, TYPED)["card"]


def test_a_reload_says_what_is_wrong_and_recovers(visitor: Visitor, outage: Any) -> None:
    begun = visitor.start("mine")
    interview = begun["browserstate"]
    with outage():
        arrived = visitor.arrive(interview)
        assert "cannot be reached just now" in arrived["notice"]["value"]
        assert arrived["timer"]["active"] is True
        assert "cannot be read just now" in arrived["interviews"]["value"]
        assert arrived["send"]["value"]  # the words of the page are there all the same
        assert visitor.tick(interview, "", AWAY_SECONDS)["notice"]["visible"] is True
    back = visitor.tick(interview, "", AWAY_SECONDS)
    assert back["place"] == begun["place"]
    assert back["play"]["visible"] is True


def test_an_interview_that_cannot_be_begun_leaves_the_start_form_as_it_is(visitor: Visitor, outage: Any) -> None:
    with outage():
        refused = visitor.start("mine")
        assert "could not be started" in refused["notice"]["value"]
        assert is_untouched(refused["start"])
        assert visitor.tick("none", "", AWAY_SECONDS)["notice"]["visible"] is True
    assert visitor.tick("none", "", AWAY_SECONDS)["notice"]["visible"] is False
    assert visitor.start("mine")["place"]


def test_the_tabs_beside_it_say_so_too(visitor: Visitor, outage: Any) -> None:
    visitor.start("mine")
    with outage():
        for control, kind, sent in (
            ("refresh", "click", ["en", ""]),
            ("regrade-everything", "click", ["en"]),
            ("interview-words", "submit", ["en", "layers"]),
        ):
            told = visitor.call(visitor.event(control, kind), sent, "mine")
            assert "cannot be read just now" in told["interviews"]


@pytest.mark.parametrize("language, told", [("en", "does not answer"), ("zh", "没有回应")])
def test_an_export_says_that_it_can_be_had_later(
    visitor: Visitor, outage: Any, client: TestClient, language: str, told: str
) -> None:
    interview = visitor.start("mine")["browserstate"]
    with outage():
        answer = client.get(f"/export/{interview}.md", params={"lang": language})
    assert answer.status_code == 503
    assert told in answer.text
    assert answer.headers["retry-after"]


def test_what_is_recorded_is_not_said_to_be_unsaved_when_its_grading_has_to_wait(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    from interviewer.sessions.session import Session

    begun = visitor.start("mine")

    def locked(*_: object, **__: object) -> None:
        raise StoreError(localized("store.locked"))

    with monkeypatch.context() as held:
        held.setattr(Session, "run_due", locked)
        sent = visitor.send(begun["browserstate"], begun["place"], TYPED)
    assert "is recorded" in sent["notice"]["value"]
    assert sent["place"] != begun["place"]
    assert sent["timer"]["active"] is True


def test_a_grade_that_comes_in_late_is_drawn_by_the_page_that_waits_for_it(
    visitor: Visitor, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewer.web.handlers._OFFLINE_SECONDS", 0.0)
    begun = visitor.start("mine")
    interview = begun["browserstate"]
    sent = visitor.send(interview, begun["place"], TYPED)
    client.app.state.service.resume(interview, None).run_due_and_wait(Language.EN)  # type: ignore[attr-defined]
    shown = visitor.tick(interview, sent["place"], 0.7)
    assert "score" in shown["card"]
    assert shown["timer"]["active"] is False


@pytest.mark.parametrize("text", ["\ud800", "it \ud83d collapses into one linear map", "\udcff" * 40])
def test_half_a_character_is_recorded_without_it_or_refused_in_a_sentence(
    visitor: Visitor, client: TestClient, text: str
) -> None:
    begun = visitor.start("mine")
    sent = visitor.send(begun["browserstate"], begun["place"], text)
    assert sent["place"] != begun["place"] or sent["notice"]["visible"]
    assert client.get(f"/export/{begun['browserstate']}.md").status_code == 200


def test_half_a_character_is_kept_apart_from_the_answer_when_nothing_can_be_recorded(
    visitor: Visitor, outage: Any
) -> None:
    begun = visitor.start("mine")
    with outage():
        sent = visitor.send(begun["browserstate"], begun["place"], "it \ud83d collapses")
    assert is_untouched(sent["answer"])
    visitor.send(begun["browserstate"], begun["place"], TYPED)
    late = visitor.send(begun["browserstate"], begun["place"], "too \ud83d late")
    assert "moved on" in late["notice"]["value"]
    assert "late" in late["notice"]["value"]


@pytest.mark.parametrize("name", ["\ud800", "a\0b", "x" * 100_000])
def test_an_odd_id_of_an_interview_is_unknown_and_no_error(visitor: Visitor, name: str) -> None:
    arrived = visitor.arrive(name)
    assert arrived["notice"]["visible"] is True
    assert arrived["start"]["visible"] is True


def damage(path: Path, marked: bytes) -> None:
    """Overwrite the pages that hold these bytes and nothing else (SQLite's overflow pages), as a failing disk would."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = database.execute("PRAGMA page_size").fetchone()[0]
    whole = bytearray(path.read_bytes())
    for at in range(size, len(whole), size):
        if marked in whole[at : at + size] and whole[at] == 0:
            whole[at : at + size] = b"\xff" * size
    path.write_bytes(whole)


def test_a_damaged_page_of_one_visitor_takes_nothing_from_another(settings: Settings) -> None:
    from interviewer import wiring

    service = wiring.make_service(settings)
    sessions = {owner: service.begin(owner, begun()) for owner in ("me", "you")}
    sessions["me"].answer("界" * 20_000)
    sessions["you"].answer("it is switched off")
    service.store.close()
    damage(settings.data_folder / "interviews.sqlite3", "界界界界".encode())
    owners = Owners(settings.signing_key, is_https=False)
    with TestClient(make_app(settings), base_url=ORIGIN["Origin"], headers=ORIGIN) as client:
        seen = {}
        for owner, session in sessions.items():
            name, _, value = owners.set_cookie(owner).split(";")[0].partition("=")
            client.cookies.set(name, value)
            arrived = Visitor(client).arrive(session.id, owner)
            seen[owner] = arrived, client.get(f"/export/{session.id}.md").status_code
    assert seen["you"][0]["play"]["visible"] is True
    assert seen["you"][1] == 200
    arrived, exported = seen["me"]
    assert "cannot be read" in arrived["notice"]["value"]
    assert arrived["start"]["visible"] is True
    assert exported == 503


@pytest.mark.parametrize(
    "data", [["SECRET"], ["a", "b", "SECRET", "xx"], ["en", 1, {"SECRET": 2}, ["SECRET"], "SECRET"]]
)
def test_an_event_that_makes_no_sense_is_one_line_in_the_log_and_none_of_its_content(
    visitor: Visitor, data: list[Any], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AssertionError, match="the program has a fault"):
        visitor.call(visitor.event("send", "click"), data, "odd")
    logged = capfd.readouterr().err
    assert "an event of the page failed" in logged
    assert logged.count("\n") == 1
    assert "SECRET" not in logged


def test_a_failed_request_is_one_line_in_the_log_of_the_web_server() -> None:
    import logging

    from interviewer.web.page_input import OneLineTracebacks

    try:
        {}["SECRET"]
    except KeyError as error:
        record = logging.LogRecord("uvicorn.error", 40, "", 0, "Exception in ASGI application\n", (), None)
        record.exc_info = (KeyError, error, error.__traceback__)
    assert OneLineTracebacks().filter(record)
    written = logging.Formatter().format(record)
    assert "KeyError at test_outage.py" in written
    assert "SECRET" not in written
    assert "\n" not in written


def test_what_is_due_to_others_is_found_beside_a_damaged_row(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interviewer import wiring
    from interviewer.errors import StoreDamaged
    from interviewer.sessions import interview_lists

    service = wiring.make_service(settings)
    bad, good = service.begin("me", begun()), service.begin("you", begun())
    for session in (bad, good):
        session.answer("it is switched off")
    list_due = interview_lists.list_due

    def damaged(connection: Any, before: str | None, name: str = "") -> list[tuple[str, str]]:
        if name in ("", bad.id):
            raise StoreDamaged(localized("store.damaged"))
        return list_due(connection, before, name)

    monkeypatch.setattr(interview_lists, "list_due", damaged)
    assert service.store.due() == [(good.id, "you")]
