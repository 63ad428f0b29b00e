import time
from typing import Any

import pytest
from misbehaving import Behaviour, Exchange, serving

from interviewer.errors import LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.llm.discovery import context_size, find_local_servers, list_models
from interviewer.llm.endpoints import Endpoint


def pages(**answers: Any) -> Behaviour:
    """A server with one answer for each path; paths are written with _ for /."""

    def answering(exchange: Exchange) -> None:
        answer = answers.get(exchange.path.replace("/", "_"))
        if answer is None:
            exchange.json(404, {"error": "no such page"})
        elif isinstance(answer, bytes):
            exchange.raw(200, answer)
        else:
            exchange.json(200, answer)

    return answering


def models(owner: str, *names: str, **fields: Any) -> dict[str, Any]:
    return {"object": "list", "data": [{"id": name, "owned_by": owner, **fields} for name in names]}


SERVERS = {
    "ollama": pages(_api_version={"version": "0.30"}, _v1_models=models("library", "qwen3:8b", "gemma4:4b")),
    "lmstudio": pages(
        _api_v1_models={"models": [{"key": "qwen", "architecture": "qwen"}]},
        _v1_models=models("organization_owner", "qwen"),
    ),
    "llamacpp": pages(_v1_models=models("llamacpp", "model.gguf")),
    "vllm": pages(_v1_models=models("vllm", "Qwen/Qwen3-8B", max_model_len=8192)),
    "sglang": pages(_get_model_info={"model_path": "x"}, _v1_models=models("sglang", "x")),
    "koboldcpp": pages(
        _api_extra_version={"result": "KoboldCpp"}, _v1_models=models("koboldcpp", "k"), _api_version=b"x"
    ),
    "localai": pages(_system={"backends": ["llama-cpp"]}, _v1_models=models("", "l")),
    "jan": pages(_v1_models=models("jan", "j", engine="llama-cpp")),
    "tgi": pages(_info={"max_total_tokens": 4096, "model_id": "t"}, _v1_models=models("t", "t")),
    "llamacpppython": pages(_v1_models=models("me", "model.gguf")),
}


@pytest.mark.parametrize("kind", SERVERS)
def test_a_server_is_told_by_its_answers(kind: str) -> None:
    with serving(SERVERS[kind]) as server:
        [found] = find_local_servers([server.port])
    assert (found.kind, found.base_url) == (kind, server.url)
    assert found.models
    assert {exchange.method for exchange in server.exchanges} == {"GET"}
    assert not any("authorization" in exchange.headers for exchange in server.exchanges)


@pytest.mark.parametrize(
    "behaviour",
    [
        pages(),
        pages(_api_version=b"<html>"),
        pages(_api_version=b" " * 100_000 + b"{}"),
        pages(_v1_models={"data": "none"}),
        "reset",
        "redirect",
        "page_200",
    ],
)
def test_other_servers_are_not_taken_for_models(behaviour: Any) -> None:
    with serving(behaviour) as server:
        assert find_local_servers([server.port]) == ()


def test_a_server_that_does_not_answer_holds_nobody_up() -> None:
    def silent(exchange: Exchange) -> None:
        time.sleep(1.2)

    with serving(silent) as slow, serving(SERVERS["ollama"]) as quick:
        begun = time.monotonic()
        [found] = find_local_servers([slow.port, quick.port])
        assert found.kind == "ollama"
        assert time.monotonic() - begun < 1.2


def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with serving(SERVERS["ollama"]) as server:
        assert find_local_servers([server.port])
        assert list_models(Endpoint(server.url)) == ("gemma4:4b", "qwen3:8b")


def test_models_are_listed_with_the_key() -> None:
    with serving(SERVERS["vllm"]) as server:
        assert list_models(Endpoint(server.url, key="sk-mine")) == ("Qwen/Qwen3-8B",)
        assert server.exchanges[0].headers["authorization"] == "Bearer sk-mine"


@pytest.mark.parametrize(
    "behaviour, error, words",
    [
        ("unauthorized", LLMRefused, "API key"),
        ("page_200", LLMMalformed, "base URL"),
        ("redirect", LLMRefused, "redirects"),
        ("broken_500", LLMUnreachable, "CUDA"),
        ("reset", LLMUnreachable, "is it running"),
    ],
)
def test_models_that_cannot_be_listed_are_an_error(behaviour: str, error: type[Exception], words: str) -> None:
    with serving(behaviour) as server, pytest.raises(error, match=words):
        list_models(Endpoint(server.url))


@pytest.mark.parametrize(
    "behaviour, size",
    [
        (SERVERS["vllm"], 8192),
        (pages(_props={"default_generation_settings": {"n_ctx": 4096}}), 4096),
        (
            pages(
                _api_ps={
                    "models": [
                        {"name": "other", "context_length": 1},
                        {"name": "Qwen/Qwen3-8B", "context_length": 4096},
                    ]
                }
            ),
            4096,
        ),
        (pages(_api_v0_models={"data": [{"id": "Qwen/Qwen3-8B", "loaded_context_length": 2048}]}), 2048),
        (pages(_api_ps={"models": []}), None),
        (pages(_props=[1]), None),
        ("page_200", None),
    ],
)
def test_the_context_is_known_where_a_server_tells(behaviour: Any, size: int | None) -> None:
    with serving(behaviour) as server:
        assert context_size(Endpoint(server.url, "Qwen/Qwen3-8B")) == size
