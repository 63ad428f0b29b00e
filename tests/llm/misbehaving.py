"""A model server on this machine that can be told to behave as badly as real ones do.

A behaviour is a function of one `Exchange`; `BEHAVIOURS` has the ready-made ones by name.
"""

import json
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

JSON = {"id": "nonlinearity", "verdict": "met"}
OBJECT = json.dumps(JSON)


class Exchange:
    """One request, and the ways to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, number: int) -> None:
        self.number = number
        self.method = handler.command
        self.path = handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.content = handler.rfile.read(int(self.headers.get("content-length", "0")))
        is_form = self.headers.get("content-type", "").startswith("multipart/")
        self.body: dict[str, Any] = json.loads(self.content) if self.content and not is_form else {}
        self._handler = handler

    @property
    def format(self) -> str:
        """The form that is asked for, "" if none is."""
        return str(self.body.get("response_format", {}).get("type", ""))

    def raw(self, status: int, content: bytes, kind: str = "application/json", **headers: str) -> None:
        self.head(status, kind, content_length=str(len(content)), **headers)
        self.write(content)

    def json(self, status: int, content: object, **headers: str) -> None:
        self.raw(status, json.dumps(content).encode(), **headers)

    def say(self, text: str | None, finish: str | None = "stop", **message: object) -> None:
        """Answer as a well-behaved server would, streaming if that was asked for."""
        usage = {"prompt_tokens": 11, "completion_tokens": 7}
        if self.body.get("stream"):
            half = len(text or "") // 2
            pieces = [(text or "")[:half], (text or "")[half:]]
            self.sse(
                [
                    *(chunk(piece) for piece in pieces),
                    chunk(None, finish, **message),
                    {"choices": [], "usage": usage},
                    "[DONE]",
                ]
            )
            return
        choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
        self.json(200, {"object": "chat.completion", "model": "served", "choices": [choice], "usage": usage})

    def sse(self, events: Iterable[object], kind: str = "text/event-stream") -> None:
        self.head(200, kind)
        for event in events:
            self.write(
                event
                if isinstance(event, bytes)
                else f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n".encode()
            )

    def head(self, status: int, kind: str, **headers: str) -> None:
        self._handler.send_response(status)
        self._handler.send_header("content-type", kind)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()

    def write(self, content: bytes) -> None:
        self._handler.wfile.write(content)
        self._handler.wfile.flush()

    def reset(self) -> None:
        """Drop the connection as a crashed process does."""
        connection = self._handler.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._handler.rfile.close()
        connection.close()


Behaviour = Callable[[Exchange], None]


def chunk(text: str | None, finish: str | None = None, **delta: object) -> dict[str, object]:
    return {
        "object": "chat.completion.chunk",
        "model": "served",
        "choices": [{"index": 0, "finish_reason": finish, "delta": {"content": text, **delta}}],
    }


class Server:
    """A running server; `exchanges` are what it was asked, in order."""

    def __init__(self, behaviour: Behaviour, port: int = 0) -> None:
        self.behaviour = behaviour
        self.exchanges: list[Exchange] = []
        self._lock = Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                with outer._lock:
                    exchange = Exchange(self, len(outer.exchanges) + 1)
                    outer.exchanges.append(exchange)
                with suppress(OSError):
                    outer.behaviour(exchange)
                self.close_connection = True

            do_GET = do_POST  # noqa: N815 - the library's name

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass

        self._server = Quiet(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def serving(behaviour: Behaviour | str) -> Iterator[Server]:
    """A server on a free port of this machine, for as long as the block lasts."""
    server = Server(BEHAVIOURS[behaviour] if isinstance(behaviour, str) else behaviour)
    server.start()
    try:
        yield server
    finally:
        server.stop()


BEHAVIOURS: dict[str, Behaviour] = {}


def behaviour(function: Behaviour) -> Behaviour:
    BEHAVIOURS[function.__name__] = function
    return function


def says(name: str, text: str | None, finish: str | None = "stop", **message: object) -> None:
    """A behaviour that always says the same."""
    BEHAVIOURS[name] = lambda exchange: exchange.say(text, finish, **message)


def fails(name: str, status: int, content: object, **headers: str) -> None:
    """A behaviour that always answers with the same error."""
    if isinstance(content, str):
        kind = "text/html" if content.startswith("<") else "text/plain"
        BEHAVIOURS[name] = lambda exchange: exchange.raw(status, content.encode(), kind, **headers)
    else:
        BEHAVIOURS[name] = lambda exchange: exchange.json(status, content, **headers)


def refuses(name: str, status: int, content: object, *formats: str) -> None:
    """A behaviour that refuses these forms of reply, and grants the others."""

    def refusing(exchange: Exchange) -> None:
        if exchange.format in formats:
            exchange.raw(status, content.encode(), "text/plain") if isinstance(content, str) else exchange.json(
                status, content
            )
        else:
            exchange.say(OBJECT)

    BEHAVIOURS[name] = refusing


def insists(name: str, status: int, content: object, field: str) -> None:
    """A behaviour that refuses every request with this field in it."""

    def insisting(exchange: Exchange) -> None:
        exchange.json(status, content) if field in exchange.body else exchange.say(OBJECT)

    BEHAVIOURS[name] = insisting


def at_first(name: str, times: int, misbehave: Behaviour) -> None:
    """A behaviour that is bad for some requests and good from then on."""
    BEHAVIOURS[name] = lambda exchange: misbehave(exchange) if exchange.number <= times else exchange.say(OBJECT)


def error(message: str, **fields: object) -> dict[str, object]:
    return {"error": {"message": message, **fields}}


# Replies, good and bad.
says("plain_text", "Why is that so?")
says("good_json", OBJECT)
says("fenced_json", f"```json\n{OBJECT}\n```")
says("prose_around_json", f"Here is the grade you asked for:\n{OBJECT}\nLet me know if you need more.")
says("trailing_prose", f"{OBJECT} I hope this helps.")
says("byte_order_mark", f"\ufeff{OBJECT}")
says("think_tags_with_braces", f'<think>maybe {{"id": "draft"}}?</think>\n{OBJECT}')
says("think_closed_only", f"the template opened it </think>{OBJECT}")
says("reasoning_field", OBJECT, reasoning="hm")
says("reasoning_content_field", OBJECT, reasoning_content="hm")
says("json_in_reasoning_field", "", reasoning_content=OBJECT)
says("thought_only", None, reasoning="I wonder")
says("latex_in_strings", r'{"id": "a", "reason": "\frac{1}{2} of \theta and \alpha"}')
says("raw_newline_in_string", '{"id": "a\nb"}')
says("content_in_parts", None)
BEHAVIOURS["content_in_parts"] = lambda exchange: exchange.say([{"type": "text", "text": OBJECT}])  # type: ignore[arg-type]
says("schema_ignored", "The answer is quite good.")
says("two_objects", f"{OBJECT}\n{OBJECT}")
says("not_a_number", '{"score": NaN}')
says("a_list", f"[{OBJECT}]")
says("blank", "")
says("whitespace", " \n \t ")
says("null_content", None)
says("truncated", OBJECT[:-5], "length")
says("truncated_text", "It is so bec", "length")
says("complete_though_length", OBJECT + "\n" * 50, "length")
says("thought_to_the_limit", "", "length", reasoning="well")
says("no_finish_reason", OBJECT, None)
says("filtered", "", "content_filter")
says("declined", None, refusal="I will not grade this.")
at_first("blank_once", 1, lambda exchange: exchange.say(" "))
at_first("prose_once", 1, lambda exchange: exchange.say("Sure!"))
at_first("no_choices_once", 1, lambda exchange: exchange.json(200, {"choices": None}))

# Successes that are none.
fails("choices_null", 200, {"choices": None})
fails("choices_empty", 200, {"choices": []})
fails("choices_of_text", 200, {"choices": "none"})
fails("body_a_number", 200, 5)
fails("page_200", 200, "<!doctype html><html><title>Router login</title></html>")
fails("error_in_200", 200, error("Provider returned error", code=502))
fails("quota_in_200", 200, error("Insufficient credits: insufficient balance", code=402))
fails("not_json_200", 200, "upstream says hi")
BEHAVIOURS["not_json_typed_json"] = lambda exchange: exchange.raw(200, b'{"choices": [')
BEHAVIOURS["wrong_content_type"] = lambda exchange: exchange.raw(
    200, json.dumps({"choices": [{"message": {"content": OBJECT}, "finish_reason": "stop"}]}).encode(), "text/plain"
)
BEHAVIOURS["page_without_type"] = lambda exchange: exchange.raw(200, b"<html>", "application/json")
BEHAVIOURS["invalid_utf8"] = lambda exchange: exchange.raw(200, b'{"choices":[{"message":{"content":"\xff\xfe"}}]}')
BEHAVIOURS["huge_body"] = lambda exchange: exchange.raw(200, b" " * 300_000)
BEHAVIOURS["huge_error"] = lambda exchange: exchange.raw(400, b"x" * 300_000, "text/plain")
BEHAVIOURS["deeply_nested"] = lambda exchange: exchange.raw(200, b"[" * 100_000)

# Errors, in every shape.
fails("nested_error", 400, error("temperature is out of this world", type="invalid_request_error"))
fails("string_error", 400, {"error": "No models loaded. Please load a model."})
fails("flat_error", 400, {"code": 20012, "message": "Model does not exist. Please check it carefully.", "data": None})
fails("object_error", 400, {"object": "error", "message": "this was flat", "code": 400})
fails("list_error", 400, [error('Unknown name "thinker": Cannot find field.', code=400, status="INVALID_ARGUMENT")])
fails("detail_text", 400, {"detail": "Method Not Alloyed"})
fails("detail_list", 422, {"detail": [{"loc": ["body", "messages", 0], "msg": "field required", "type": "missing"}]})
fails("plain_error", 400, "upstream is unhappy")
fails("page_error", 404, "<html><head><title>404 Not Found</title></head><body>nginx</body></html>")
fails("empty_error", 400, "")
fails("odd_json_error", 400, {"weird": {"why": "no reason"}})
fails("chinese_error", 400, error("输入内容过长", code="1261"))
fails("key_echoed", 401, error("Incorrect API key provided: sk-secret-1234."))
fails("unauthorized", 401, error("Invalid token"))
fails("no_balance", 402, error("Insufficient Balance"))
fails("forbidden", 403, {"code": 30001, "message": "real-name verification needed", "data": None})
fails("model_not_found", 404, error('model "tiny" not found, try pulling it first', type="not_found_error"))
fails("too_large", 413, "Payload Too Large")
fails(
    "too_long",
    400,
    error("request (5000 tokens) exceeds the available context size (4096 tokens)", type="exceed_context_size_error"),
)
fails(
    "too_long_with_max_tokens",
    400,
    error("'max_tokens' is too large: 9000. This model's maximum context length is 8192 tokens."),
)
fails("unprocessable", 422, {"detail": "cannot process"})
fails("quota", 429, error("You exceeded your current quota", code="insufficient_quota"))
fails("arrears", 429, error("您的账户已欠费", code="1113"))
fails("rate_limited_long", 429, error("slow down"), retry_after="3000")
fails("rate_limited_for_ever", 429, error("slow down"))
fails("timeout_408", 408, error("upstream timed out"))
fails("broken_500", 500, error("CUDA out of memory"))
fails("loading_for_ever", 503, error("Loading model", code=503, type="unavailable_error"))
at_first("rate_limited_short", 1, lambda exchange: exchange.json(429, error("slow down"), retry_after="2"))
at_first(
    "rate_limited_until_date",
    1,
    lambda exchange: exchange.json(429, error("slow down"), retry_after="Sun, 22 Nov 2126 12:00:07 GMT"),
)
at_first("broken_once", 1, lambda exchange: exchange.json(500, error("hiccup")))
at_first("loading_then_ready", 5, lambda exchange: exchange.json(503, error("Loading model", code=503)))
at_first("busy_then_ready", 2, lambda exchange: exchange.json(503, {"error": "server busy, please try again."}))

# Forms of reply that are refused.
refuses("no_json_object", 400, {"error": "'response_format.type' must be 'json_schema' or 'text'"}, "json_object")
refuses("no_json_schema", 400, error("This response_format type is unavailable now"), "json_schema")
refuses(
    "no_schema_422",
    422,
    {"detail": [{"loc": ["body", "response_format", "type"], "msg": "Input should be 'text'"}]},
    "json_schema",
)
refuses(
    "no_schema_500", 500, error("1 validation error for response_format", type="internal_server_error"), "json_schema"
)
refuses("no_schema_404", 404, error("Structured output is not supported by this route"), "json_schema")
refuses("no_schema_501", 501, "json_schema: not implemented", "json_schema")
refuses("bad_grammar", 400, error("Failed to parse grammar"), "json_schema")
refuses("no_format_at_all", 400, error("response_format is not supported"), "json_schema", "json_object")
refuses("no_schema_plain", 400, "unknown field: response_format", "json_schema", "json_object")
refuses("forbidden_schema", 403, error("json_schema needs a paid plan"), "json_schema")


@behaviour
def schema_not_enforced(exchange: Exchange) -> None:
    """Takes the schema with thanks, and lets the model chat; only json_object is kept to."""
    exchange.say("It is a good answer." if exchange.format == "json_schema" else OBJECT)


@behaviour
def json_only_if_asked_in_words(exchange: Exchange) -> None:
    exchange.say(OBJECT if not exchange.format else "no idea")


# Parameters that are refused.
insists(
    "wants_max_completion_tokens",
    400,
    error(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        param="max_tokens",
        code="unsupported_parameter",
    ),
    "max_tokens",
)
insists(
    "wants_max_tokens",
    422,
    {"detail": [{"loc": ["body", "max_completion_tokens"], "msg": "Extra inputs are not permitted"}]},
    "max_completion_tokens",
)
insists(
    "no_temperature",
    400,
    error("Unsupported value: 'temperature' does not support 0.2 with this model.", param="temperature"),
    "temperature",
)
insists("no_stream_options", 400, error("stream_options is not allowed"), "stream_options")
insists("no_thinking_switch", 400, error('"tiny" does not support thinking'), "reasoning_effort")
insists(
    "no_chat_template_kwargs",
    400,
    [error('Unknown name "chat_template_kwargs": Cannot find field.')],
    "chat_template_kwargs",
)


@behaviour
def wants_enable_thinking_false(exchange: Exchange) -> None:
    if exchange.body.get("enable_thinking") is False:
        exchange.say(OBJECT)
    else:
        exchange.json(400, error("parameter.enable_thinking must be set to false for non-streaming calls"))


@behaviour
def stream_only(exchange: Exchange) -> None:
    if exchange.body.get("stream"):
        exchange.say(OBJECT)
    else:
        exchange.json(400, error("This model only support stream mode, please enable the stream parameter"))


@behaviour
def stubborn_about_limits(exchange: Exchange) -> None:
    """Whatever the limit is called, it is wrong."""
    exchange.json(400, error("max_tokens or max_completion_tokens: value is odd"))


# The line itself.
@behaviour
def slow_first_byte(exchange: Exchange) -> None:
    time.sleep(0.3)
    exchange.say(OBJECT)


@behaviour
def slow_drip(exchange: Exchange) -> None:
    """A byte now and then, so that no timeout between bytes ever strikes."""
    exchange.head(200, "application/json")
    for _ in range(200):
        exchange.write(b" ")
        time.sleep(0.01)


@behaviour
def pings_for_ever(exchange: Exchange) -> None:
    exchange.head(200, "text/event-stream")
    for _ in range(200):
        exchange.write(b": ping\n\n")
        time.sleep(0.01)


@behaviour
def reset(exchange: Exchange) -> None:
    exchange.reset()


at_first("reset_once", 1, reset)


@behaviour
def cut_in_body(exchange: Exchange) -> None:
    exchange.head(200, "application/json", content_length="1000")
    exchange.write(b'{"choices": [')


@behaviour
def redirect(exchange: Exchange) -> None:
    exchange.raw(307, b"", location="https://elsewhere.example/v1/chat/completions?token=s3cret")


@behaviour
def bad_gzip(exchange: Exchange) -> None:
    exchange.raw(200, b"not gzip at all", content_encoding="gzip")


# Streams.
@behaviour
def stream_with_comments(exchange: Exchange) -> None:
    exchange.sse([b": OPENROUTER PROCESSING\r\n\r\n", chunk("Why "), b": ping\n\n", chunk("so?"), chunk("", "stop")])


@behaviour
def stream_cut(exchange: Exchange) -> None:
    exchange.sse([chunk("Why "), chunk("is th")])


@behaviour
def error_only_unstreamed(exchange: Exchange) -> None:
    # llama-cpp-python fails in the middle of making the stream, and gives the reason only where none is asked for.
    if exchange.body.get("stream"):
        exchange.sse([])
    else:
        exchange.json(
            400, error("This model's maximum context length is 8192 tokens. However, you requested 9081 tokens.")
        )


@behaviour
def reply_only_unstreamed(exchange: Exchange) -> None:
    if exchange.body.get("stream"):
        exchange.sse([])
    else:
        exchange.say(OBJECT)


at_first("stream_cut_before_text", 1, lambda exchange: exchange.sse([chunk("")]))


@behaviour
def stream_done_without_finish(exchange: Exchange) -> None:
    exchange.sse([chunk("Why?"), "[DONE]"])


@behaviour
def stream_without_done(exchange: Exchange) -> None:
    exchange.sse([chunk("Why?"), chunk("", "stop")])


@behaviour
def stream_error_event(exchange: Exchange) -> None:
    exchange.sse([chunk("Why "), error("Provider disconnected", code=502)])


@behaviour
def stream_error_line(exchange: Exchange) -> None:
    """An error as a bare line of JSON in the middle of the stream."""
    exchange.sse([chunk("Why "), b'{"error": "model runner has stopped"}\n'])


@behaviour
def stream_empty(exchange: Exchange) -> None:
    exchange.sse([])


@behaviour
def stream_odd_events(exchange: Exchange) -> None:
    """Events without choices, of other types, without index or object, and with nothing new."""
    exchange.sse(
        [
            {"prompt_filter_results": []},
            "5",
            '"text"',
            "null",
            {"choices": []},
            {"choices": [{"delta": {"content": "Why?"}}]},
            {"choices": [{"delta": None, "finish_reason": "stop"}]},
        ]
    )


@behaviour
def stream_bad_utf8(exchange: Exchange) -> None:
    exchange.sse([b'data: {"choices": [{"delta": {"content": "\xff"}}]}\n\n'])


@behaviour
def stream_bad_json(exchange: Exchange) -> None:
    exchange.sse([b"data: {oops\n\n"])


@behaviour
def stream_answered_whole(exchange: Exchange) -> None:
    exchange.json(200, {"choices": [{"message": {"content": "Why?"}, "finish_reason": "stop"}]})


@behaviour
def stream_with_thinking(exchange: Exchange) -> None:
    exchange.sse([chunk("<th"), chunk("ink>hm</thi"), chunk("nk>\n\nWhy"), chunk("?"), chunk(None, "stop")])


@behaviour
def stream_of_less_than(exchange: Exchange) -> None:
    """Text that looks like the beginning of thinking to its very end."""
    exchange.sse([chunk("<"), chunk("th"), chunk(None, "stop")])
