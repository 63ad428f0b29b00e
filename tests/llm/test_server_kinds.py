"""What is known of a kind of server is on the wire, however its endpoint was come by."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import httpx2
import pytest
import respx
from misbehaving import OBJECT, Exchange, Server, chunk, serving
from outcomes import SCHEMA

from interviewer import wiring
from interviewer.grading import CallShape
from interviewer.llm import LLM, Message, discovery
from interviewer.llm.discovery import KNOWN, find_local_servers
from interviewer.llm.server_profiles import PROFILES
from interviewer.sessions.grader_choice import GraderRequest
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.settings import read_settings

QUESTION = [Message("user", "Grade this.")]
OWNER = "owner"

# What a server of each kind says of itself, and what its requests have to hold.
ANSWERS: dict[str, dict[str, Any]] = {
    "ollama": {"/api/version": {"version": "0.30"}},
    "lmstudio": {"/api/v1/models": {"models": [{"key": "m", "architecture": "qwen"}]}},
    "llamacpp": {"/v1/models": {"data": [{"id": "m", "owned_by": "llamacpp"}]}},
    "vllm": {"/v1/models": {"data": [{"id": "m", "owned_by": "vllm"}]}},
    "sglang": {"/get_model_info": {"model_path": "m"}},
    "koboldcpp": {"/api/extra/version": {"result": "KoboldCpp"}},
    "localai": {"/system": {"backends": []}},
    "jan": {"/v1/models": {"data": [{"id": "m", "engine": "llama-cpp"}]}},
    "tgi": {"/info": {"max_total_tokens": 4096}},
    "llamacpppython": {"/v1/models": {"data": [{"id": "m", "owned_by": "me"}]}},
    "transformers": {"/load_model": {"detail": "Method Not Allowed"}},
}
HOSTED = {kind: profile for kind, profile in PROFILES.items() if kind not in ANSWERS}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that runs other tests too may take longer than people want to wait for a probe."""
    monkeypatch.setattr(discovery, "_PROBE_SECONDS", 10.0)


def speaking_as(kind: str) -> Any:
    def behaviour(exchange: Exchange) -> None:
        if exchange.path.endswith("/chat/completions"):
            exchange.say('{"id": "a", "verdict": "met"}')
        elif exchange.path in ANSWERS[kind]:
            exchange.json(405 if exchange.path == "/load_model" else 200, ANSWERS[kind][exchange.path])
        else:
            exchange.json(404, {"error": "no such page"})

    return behaviour


def check_wire(body: dict[str, Any], kind: str) -> None:
    profile = PROFILES[kind]
    for name, value in {**profile.extra, **(profile.thinking_off or {})}.items():
        assert body[name] == value
    assert body["model"] == "m"
    assert profile.limit in body
    assert ("temperature" in body) is profile.temperature
    form = body.get("response_format", {"type": "prompted"})
    assert form["type"] == profile.modes[0]
    assert ("stream_options" in body) is profile.stream_usage


def by_environment(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> LLM:
    monkeypatch.setenv("INTERVIEWER_BASE_URL", url)
    monkeypatch.setenv("INTERVIEWER_MODEL", "m")
    return wiring.make_llm(read_settings(data_dir=folder))


def by_command_line(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> LLM:
    del monkeypatch
    return wiring.make_llm(read_settings(data_dir=folder, base_url=url, model="m"))


def registry(folder: Path) -> GraderRegistry:
    return wiring.make_grader_registry(read_settings(data_dir=folder))


def by_page(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> LLM:
    del monkeypatch
    models = registry(folder)
    models.choose(OWNER, GraderRequest(url, "m", "", CallShape.ONE_CALL, 1))
    llm = models.llm_for(OWNER)
    assert llm is not None
    return llm


def by_discovery(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> LLM:
    [found] = find_local_servers([httpx2.URL(url).port or 0])
    return by_page(found.base_url, folder, monkeypatch)


WAYS = [by_environment, by_command_line, by_page, by_discovery]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ANSWERS)
def test_a_local_server_is_asked_as_its_kind_wants(
    kind: str, way: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(speaking_as(kind)) as server:
        way(server.url, tmp_path, monkeypatch).reply(QUESTION, schema=SCHEMA)
        check_wire(server.exchanges[-1].body, kind)


@pytest.fixture
def service(web: respx.MockRouter) -> respx.Route:
    return web.post(path__regex=r"/chat/completions$").respond(
        json={"choices": [{"message": {"content": '{"id": "a", "verdict": "met"}'}, "finish_reason": "stop"}]}
    )


@pytest.mark.parametrize("way", [by_environment, by_command_line, by_page])
@pytest.mark.parametrize("kind", HOSTED)
def test_a_hosted_service_is_asked_as_its_host_wants(
    kind: str, way: Any, service: respx.Route, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preset = HOSTED[kind].preset
    assert preset is not None
    way(preset.base_url, tmp_path, monkeypatch).reply(QUESTION, schema=SCHEMA)
    check_wire(httpx2.Response(200, content=service.calls.last.request.content).json(), kind)


def test_another_server_at_the_same_address_is_asked_anew(tmp_path: Path) -> None:
    models = registry(tmp_path)
    with serving(speaking_as("ollama")) as server:
        for kind in ("ollama", "vllm"):
            server.behaviour = speaking_as(kind)
            models.choose(OWNER, GraderRequest(server.url, "m", "", CallShape.ONE_CALL, 1))
            llm = models.llm_for(OWNER)
            assert llm is not None
            llm.reply(QUESTION, schema=SCHEMA)
            check_wire(server.exchanges[-1].body, kind)


def test_a_server_that_was_down_is_asked_when_it_is_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(speaking_as("ollama")) as server:
        port = server.port
    llm = by_command_line(server.url, tmp_path, monkeypatch)
    back = Server(speaking_as("ollama"), port)
    back.start()
    try:
        llm.reply(QUESTION, schema=SCHEMA)
        check_wire(back.exchanges[-1].body, "ollama")
    finally:
        back.stop()


def test_an_answer_asks_no_server(tmp_path: Path) -> None:
    with serving(speaking_as("ollama")) as server:
        models = registry(tmp_path)
        models.choose(OWNER, GraderRequest(server.url, "m", "", CallShape.ONE_CALL, 1))
        assert models.address(OWNER) == server.url
        assert models.llm_for(OWNER) is not None
        assert server.exchanges == []


class BreakingOff:
    """A server that ends the reply under way when any request comes that needs its model, as llama-cpp-python does."""

    def __init__(self) -> None:
        self.broken = 0
        self._latest = 0
        self._lock = Lock()

    def __call__(self, exchange: Exchange) -> None:
        if exchange.path not in ("/v1/models", "/v1/chat/completions"):
            exchange.json(404, {"detail": "Not Found"})
            return
        with self._lock:
            self._latest += 1
            mine = self._latest
        if exchange.method == "POST":
            exchange.sse(self._written(mine))
        else:
            exchange.json(200, {"data": [{"id": "m", "owned_by": "me"}]})

    def _written(self, mine: int) -> Iterator[object]:
        for letter in OBJECT:
            time.sleep(0.005)
            if self._latest != mine:
                self.broken += 1
                break
            yield chunk(letter)
        else:
            yield chunk(None, "stop")
        yield "[DONE]"


def test_no_request_breaks_off_the_reply_to_another_not_even_the_first_ones(tmp_path: Path) -> None:
    behaviour = BreakingOff()
    with serving(behaviour) as server, ThreadPoolExecutor(6) as pool:
        models = wiring.make_grader_registry(read_settings(data_dir=tmp_path, base_url=server.url, model="m"))
        choice = models.options.default
        assert choice.endpoint

        def grade(number: int) -> str:
            assert choice.endpoint
            if number == 3:  # meanwhile somebody takes the model for use
                models.choose(OWNER, GraderRequest(server.url, "m", "", CallShape.ONE_CALL, 1))
                models.identify(choice.endpoint)
            if number == 4:
                # A look around that began before anybody knew the server could still meet a first reply.
                while not KNOWN.recall(choice.endpoint).kind:
                    time.sleep(0.01)
                find_local_servers([server.port])
            if number == 5:
                models.context(choice.endpoint)
            return models.llm(choice.endpoint).reply(QUESTION, schema=SCHEMA).text

        assert list(pool.map(grade, range(6))) == [OBJECT] * 6
    assert behaviour.broken == 0


def test_a_server_that_does_not_say_what_it_is_is_asked_once_for_all_who_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "_PROBE_SECONDS", 0.3)
    monkeypatch.setattr(discovery, "_MOMENT", 10.0)

    def mute(exchange: Exchange) -> None:
        if exchange.method == "POST":
            exchange.say(OBJECT)
        else:
            time.sleep(0.5)

    with serving(mute) as server, ThreadPoolExecutor(4) as pool:
        llm = by_command_line(server.url, tmp_path, monkeypatch)
        replies = [pool.submit(llm.reply, QUESTION, schema=SCHEMA) for _ in range(4)]
        assert [reply.result().text for reply in replies] == [OBJECT] * 4
    assert [exchange.method for exchange in server.exchanges].count("GET") == 1


def test_a_server_that_is_gone_is_looked_for_once_by_a_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(discovery, "_MOMENT", 10.0)
    monkeypatch.setattr(discovery, "_kind", lambda endpoint: looked.append(endpoint.base_url))
    with serving(speaking_as("ollama")) as server:
        pass
    models = wiring.make_grader_registry(read_settings(data_dir=tmp_path, base_url=server.url, model="m"))
    endpoint = models.options.default.endpoint
    assert endpoint
    models.grader_of(models.options.default)
    with models.turn(endpoint):
        assert looked == [server.url]
    assert KNOWN.recall(endpoint).kind == ""
