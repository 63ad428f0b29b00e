"""What is logged of a request, and by which id it is found again."""

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from interviewer.settings import configure_logging, read_settings
from interviewer.web.server import make_app

HOST = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = read_settings(data_dir=tmp_path_factory.mktemp("data"))
    with TestClient(make_app(settings), base_url=HOST, headers={"Origin": HOST}) as client:
        yield client


@pytest.fixture(autouse=True)
def logging_all(client: TestClient) -> Iterator[None]:
    """As INTERVIEWER_LOG_LEVEL and INTERVIEWER_LOG_FORMAT ask for."""
    logger = logging.getLogger("interviewer")
    kept, level = logger.handlers[:], logger.level
    configure_logging(read_settings(log_level="INFO", log_format="json"))
    yield
    logger.handlers[:] = kept
    logger.setLevel(level)


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [line for line in lines if line["logger"].endswith("request_log")]


def test_a_request_keeps_the_id_of_the_proxy_in_its_answer_and_its_line(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/", headers={"X-Request-ID": "abc-1.2_3"})
    assert answer.headers["x-request-id"] == "abc-1.2_3"
    [line] = logged(capsys)
    assert line.pop("milliseconds") > 0
    assert {"request_id": "abc-1.2_3", "method": "GET", "route": "/", "status": 200}.items() <= line.items()


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, '"}{"', "é"])
def test_what_is_no_id_is_replaced_by_one(client: TestClient, given: str) -> None:
    made = [client.get("/favicon.ico", headers={"X-Request-ID": given.encode()}).headers["x-request-id"] for _ in "ab"]
    assert made[0] != made[1]
    assert all(len(one) == 16 for one in made)


@pytest.mark.parametrize(
    "path, route",
    [
        ("/enter/a-token-that-opens-interviews", "/enter"),
        ("/export/of-somebody.md?lang=zh", "-"),
        ("/no-such/sk-my-key", "-"),
        ("/static/img/logo.svg", "/static"),
    ],
)
def test_nothing_but_the_route_is_logged(
    client: TestClient, capsys: pytest.CaptureFixture[str], path: str, route: str
) -> None:
    client.get(path)
    [line] = logged(capsys)
    assert line["route"] == route
    assert "of-somebody" not in str(line)


def test_a_refused_request_has_an_id_and_a_line_too(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    answer = client.post("/import", content=b"my answer", headers={"Origin": "https://evil.example"})
    [line] = logged(capsys)
    assert (line["status"], line["request_id"]) == (403, answer.headers["x-request-id"])
    assert "my answer" not in str(line)


def test_an_event_that_another_thread_handles_logs_the_id_of_its_request(capsys: pytest.CaptureFixture[str]) -> None:
    import gradio as gr

    from interviewer.web.page_input import Visit, sanitized

    def fail(request: gr.Request, language: str) -> Visit:
        raise ZeroDivisionError

    request = gr.Request(Request({"type": "http", "headers": [(b"x-request-id", b"abc-7")]}))
    with ThreadPoolExecutor(1) as pool, pytest.raises(gr.Error):
        pool.submit(sanitized(lambda _: None, fail), request, "en").result()
    line = json.loads(capsys.readouterr().err)
    assert (line["request_id"], line["logger"]) == ("abc-7", "interviewer.web.page_input")


def test_probes_fill_no_log(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("/healthz")
    assert logged(capsys) == []
