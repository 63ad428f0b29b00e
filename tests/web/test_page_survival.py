"""What the page keeps of its visitors, and what its events send."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from page_visitor import ORIGIN, Visitor
from starlette.testclient import TestClient

from interviewer.settings import read_settings
from interviewer.web import page
from interviewer.web.server import make_app


@pytest.fixture
def visitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    monkeypatch.setattr(page, "_PAGES_REMEMBERED", 1)
    with TestClient(make_app(read_settings(data_dir=tmp_path)), base_url=ORIGIN["Origin"]) as client:
        yield Visitor(client)


def test_a_page_that_the_server_has_forgotten_goes_on(visitor: Visitor) -> None:
    load = next(one for one in visitor.events if any(target[1] == "load" for target in one["targets"]))
    for session in ("mine", "another"):  # the second makes the server forget the first
        visitor.call(load, ["none"], session)
    begun = visitor.start("mine")
    assert begun["place"]
    visitor.start("another")
    data = [begun["browserstate"], begun["place"], "no idea", "en"]
    answered = visitor.call(visitor.event("send", "click"), data, "mine")
    assert "counts" not in str(answered["notice"])
    assert answered["start"]["visible"] is False


def test_a_page_of_a_server_that_has_just_started_can_start_an_interview(visitor: Visitor) -> None:
    assert visitor.start("never loaded here")["place"]


def test_what_a_page_sends_is_checked_all_the_same(visitor: Visitor) -> None:
    form = ["en", "no-such-bank", [], 1, "bank", "en", "coach", False, True, 0]
    begun = visitor.call(visitor.event("begin", "click"), form, "odd")
    assert begun["notice"]["visible"] is True
    assert begun["play"]["visible"] is False
    form = ["en", "deep-learning", [], 1, "sideways", "en", "coach", False, True, 0]
    assert visitor.call(visitor.event("begin", "click"), form, "odd")["notice"]["visible"] is True


def test_an_event_lists_only_what_it_can_change(visitor: Visitor) -> None:
    """Gradio makes every output anew, changed or not."""
    large = [one for one in visitor.events if len(one["outputs"]) > 30]
    assert len(large) == 2  # arriving, and the choice of the language
