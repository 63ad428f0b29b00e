"""What the page keeps of its visitors, and what its events send."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from interviewer.settings import read_settings
from interviewer.web import page
from interviewer.web.server import make_app

ORIGIN = {"Origin": "http://127.0.0.1:7860"}


class Visitor:
    """Calls the events of the page as a browser does."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        client.get("/")
        config = client.get("/config").json()
        self.ids = {one["id"]: one["props"].get("elem_id") or one["type"] for one in config["components"]}
        self.events = [one for one in config["dependencies"] if one["backend_fn"]]

    def event(self, control: str, kind: str) -> dict[str, Any]:
        return next(
            one
            for one in self.events
            if any(self.ids.get(target[0], "") == control and target[1] == kind for target in one["targets"])
        )

    def call(self, event: dict[str, Any], data: list[Any], session: str) -> dict[str, Any]:
        """What the last message of an event brings, by the id of the control."""
        wish = {"fn_index": event["id"], "data": data, "session_hash": session, "event_data": None}
        assert self.client.post("/gradio_api/queue/join", json=wish, headers=ORIGIN).status_code == 200
        with self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as answer:
            lines = [json.loads(line[5:]) for line in answer.iter_lines() if line.startswith("data:")]
        last = next(line for line in lines if line["msg"] == "process_completed")
        assert last["success"], last
        return {self.ids[i]: value for i, value in zip(event["outputs"], last["output"]["data"], strict=True)}

    def start(self, session: str) -> dict[str, Any]:
        form = ["en", "deep-learning", ["activations"], 1, "bank", "en", "coach", False, True]
        return self.call(self.event("begin", "click"), form, session)


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
    form = ["en", "no-such-bank", [], 1, "bank", "en", "coach", False, True]
    begun = visitor.call(visitor.event("begin", "click"), form, "odd")
    assert begun["notice"]["visible"] is True
    assert begun["play"]["visible"] is False
    form = ["en", "deep-learning", [], 1, "sideways", "en", "coach", False, True]
    assert visitor.call(visitor.event("begin", "click"), form, "odd")["notice"]["visible"] is True


def test_an_event_lists_only_what_it_can_change(visitor: Visitor) -> None:
    """Gradio makes every output anew, changed or not."""
    large = [one for one in visitor.events if len(one["outputs"]) > 30]
    assert len(large) == 2  # arriving, and the choice of the language
