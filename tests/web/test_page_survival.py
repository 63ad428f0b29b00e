"""What the page keeps of its visitors, and what its events send."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from page_visitor import ORIGIN, Visitor
from starlette.routing import Mount
from starlette.testclient import TestClient

from interviewer.settings import read_settings
from interviewer.web import page
from interviewer.web.page_output import StatelessPage, _in_order, _sent
from interviewer.web.server import make_app


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    with TestClient(make_app(read_settings(data_dir=tmp_path)), base_url=ORIGIN["Origin"]) as client:
        yield Visitor(client)


def gradio_of(visitor: Visitor) -> Any:
    """The application that Gradio has made of the page."""
    (gradio,) = (route.app for route in visitor.client.app.routes if isinstance(route, Mount))  # type: ignore[attr-defined]
    return gradio


def test_pages_side_by_side_are_kept_apart(visitor: Visitor) -> None:
    for session in ("mine", "another"):
        visitor.arrive(session=session)
    begun = visitor.start("mine")
    assert begun["place"]
    visitor.start("another")
    data = ["en", begun["browserstate"], begun["place"], "no idea", ""]
    answered = visitor.call(visitor.event("send", "click"), data, "mine")
    assert "counts" not in str(answered["notice"])
    assert answered["start"]["visible"] is False


def test_a_page_of_a_server_that_has_just_started_can_start_an_interview(visitor: Visitor) -> None:
    assert visitor.start("never loaded here")["place"]


def test_what_a_page_sends_is_checked_all_the_same(visitor: Visitor) -> None:
    form = ["en", "no-such-bank", [], 1, "bank", "en", "coach", False, True, "neutral", 0]
    begun = visitor.call(visitor.event("begin", "click"), form, "odd")
    assert begun["notice"]["visible"] is True
    assert begun["play"]["visible"] is False
    form = ["en", "deep-learning", [], 1, "sideways", "en", "coach", False, True, "neutral", 0]
    assert visitor.call(visitor.event("begin", "click"), form, "odd")["notice"]["visible"] is True


def test_the_server_keeps_nothing_of_a_page_that_was_opened(visitor: Visitor) -> None:
    state = gradio_of(visitor).state_holder["mine"]
    before = dict(state.blocks_config.blocks)
    begun = visitor.start("mine")
    assert begun["place"]
    assert gradio_of(visitor).state_holder["another"] is state
    assert not gradio_of(visitor).state_holder.session_data
    assert state.blocks_config.blocks == before
    assert begun["place"] not in str(state.config_values)


def test_gradio_still_has_the_pauses_that_are_set_to_spare_an_idle_server(visitor: Visitor) -> None:
    pauses = {"sleep_when_free", "progress_update_sleep_when_free"}
    with gr.Blocks() as plain:
        plain.queue()
    assert pauses <= vars(plain._queue).keys()
    assert all(
        getattr(gradio_of(visitor).get_blocks()._queue, pause) > getattr(plain._queue, pause) for pause in pauses
    )


def test_a_server_that_never_answers_keeps_no_visitor_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_MOST_THREADS", 2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        TestClient(make_app(read_settings(data_dir=tmp_path)), base_url=ORIGIN["Origin"]) as client,
    ):
        visitor = Visitor(client)
        form = ["en", f"http://127.0.0.1:{silent.getsockname()[1]}/v1", "", "", "one_call", 1]
        for number in range(4):
            for button in ("list-models", "test-grader"):
                wish = {
                    "fn_index": visitor.event(button, "click")["id"],
                    "data": form,
                    "session_hash": f"slow {number}",
                }
                assert client.post("/gradio_api/queue/join", json=wish, headers=ORIGIN).status_code == 200
        start = time.monotonic()
        assert visitor.start("mine")["place"]
        assert time.monotonic() - start < 5


def test_choices_are_sent_as_titles_and_values() -> None:
    assert _sent(gr.update(choices=["qwen3:8b", ("Any", "any")]))["choices"] == [
        ("qwen3:8b", "qwen3:8b"),
        ("Any", "any"),
    ]
    assert _sent("choices") == "choices"


def test_what_an_event_has_no_control_for_is_refused() -> None:
    with StatelessPage():
        first, second = gr.Textbox(), gr.Textbox()
    assert _in_order([first, second], {second: "b"}) == [gr.skip(), "b"]
    assert _in_order([first, second], gr.skip()) == [gr.skip(), gr.skip()]
    assert _in_order([first], "a") == ["a"]
    with pytest.raises(ValueError, match="not an output"):
        _in_order([first], {second: "b"})
    with pytest.raises(ValueError, match="1 values"):
        _in_order([first, second], ("a",))


def test_an_event_lists_only_what_it_can_change(visitor: Visitor) -> None:
    large = [one for one in visitor.events if len(one["outputs"]) > 30]
    assert len(large) == 2  # arriving, and the choice of the language
