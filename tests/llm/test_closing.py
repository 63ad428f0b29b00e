"""A model that is closed from another thread ends what it is doing."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from misbehaving import Exchange, chunk, error, serving

from interviewer.errors import LLMError, LLMUnreachable
from interviewer.llm import Message
from interviewer.llm.client import OpenAICompatible
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.recorded import RecordedLLM
from interviewer.llm.request_options import LearnedOptions

QUESTION = [Message("user", "Why?")]

Misbehaviour = Callable[[Exchange, threading.Event], None]


def says_nothing(exchange: Exchange, end: threading.Event) -> None:
    end.wait(30)


def stops_in_the_middle_of_a_reply(exchange: Exchange, end: threading.Event) -> None:
    exchange.head(200, "application/json", content_length="1000")
    exchange.write(b'{"choices": [')
    end.wait(30)


def stops_in_the_middle_of_a_stream(exchange: Exchange, end: threading.Event) -> None:
    def events() -> Iterator[object]:
        yield chunk("Why ")
        end.wait(30)

    exchange.sse(events())


def is_loading(exchange: Exchange, end: threading.Event) -> None:
    exchange.json(503, error("Loading model", code=503), retry_after="25")


def ask(llm: OpenAICompatible, streamed: bool) -> LLMError | None:
    try:
        list(llm.stream(QUESTION)) if streamed else llm.reply(QUESTION)
    except LLMError as failure:
        return failure
    return None


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    "misbehave", [says_nothing, stops_in_the_middle_of_a_reply, stops_in_the_middle_of_a_stream, is_loading]
)
def test_closing_ends_the_requests_under_way(misbehave: Misbehaviour, streamed: bool) -> None:
    end = threading.Event()
    with serving(lambda exchange: misbehave(exchange, end)) as server, ThreadPoolExecutor(3) as pool:
        llm = OpenAICompatible(Endpoint(server.url, "m"), learned=LearnedOptions())
        asked = [pool.submit(ask, llm, streamed) for _ in range(3)]
        while len(server.exchanges) < 3:
            time.sleep(0.01)
        time.sleep(0.1)
        begun = time.monotonic()
        llm.close()
        failures = [future.result(timeout=5) for future in asked]
        assert time.monotonic() - begun < 2
        end.set()
    assert {type(failure) for failure in failures} == {LLMUnreachable}
    assert {str(failure).rpartition(" was ")[2] for failure in failures} == {"stopped because the program is closing"}
    assert len(server.exchanges) == 3


def test_a_kept_connection_is_ended_too() -> None:
    connections: list[object] = []
    waiting, end = threading.Event(), threading.Event()
    reply = b'{"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}]}'

    class Keeping(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # which keeps connections
        answered = False

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            if self.answered:
                waiting.set()
                end.wait(30)
                return
            self.answered = True
            connections.append(self)
            self.send_response(200)
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Keeping) as server, ThreadPoolExecutor(2) as pool:
        pool.submit(server.serve_forever, 0.01)
        llm = OpenAICompatible(Endpoint(f"http://127.0.0.1:{server.server_address[1]}", "m"), learned=LearnedOptions())
        assert llm.reply(QUESTION).text == "yes"
        asked = pool.submit(ask, llm, False)
        assert waiting.wait(5)
        llm.close()
        assert isinstance(asked.result(timeout=2), LLMUnreachable)
        assert len(connections) == 1
        end.set()
        server.shutdown()


def test_a_closed_model_answers_no_more() -> None:
    with serving("plain_text") as server:
        llm = OpenAICompatible(Endpoint(server.url, "m"), learned=LearnedOptions())
        llm.close()
        llm.close()
        with pytest.raises(LLMUnreachable, match="the program is closing"):
            llm.reply(QUESTION)
        assert not server.exchanges


def test_closing_a_recording_closes_the_model_behind_it(tmp_path) -> None:  # noqa: ANN001
    with serving("plain_text") as server:
        llm = OpenAICompatible(Endpoint(server.url, "m"), learned=LearnedOptions())
        RecordedLLM(tmp_path, llm).close()
        with pytest.raises(LLMUnreachable, match="the program is closing"):
            llm.reply(QUESTION)
