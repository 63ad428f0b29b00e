"""What goes over the wire to hosts that are not on this machine, and what must not."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import respx
from misbehaving import OBJECT, serving
from stopped_time import Time

from interviewer.errors import LLMError, LLMRefused, LLMUnreachable
from interviewer.llm import LLM, Message, OutputMode
from interviewer.llm.client import OpenAICompatible
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.request_options import LearnedOptions
from interviewer.llm.retry import Clock

QUESTION = [Message("user", "Why?")]
SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"], "additionalProperties": False}
COMPLETION = {"choices": [{"message": {"content": OBJECT}, "finish_reason": "stop"}]}
LEAKY = {
    "OPENAI_API_KEY": "sk-from-environment",
    "OPENAI_ADMIN_KEY": "sk-admin-from-environment",
    "OPENAI_ORG_ID": "org-from-environment",
    "OPENAI_PROJECT_ID": "proj-from-environment",
    "OPENAI_WEBHOOK_SECRET": "whsec-from-environment",
    "OPENAI_BASE_URL": "https://from-environment.example/v1",
    "OPENAI_CUSTOM_HEADERS": "X-Leak: from-environment\nAuthorization: Bearer from-environment\nX-Wide: ü",
}


def ask(endpoint: Endpoint, time: Time) -> str:
    with OpenAICompatible(endpoint, learned=LearnedOptions(), clock=Clock(time.clock, time.sleep)) as llm:
        return llm.reply(QUESTION, schema=SCHEMA).text


@pytest.mark.parametrize("key, authorization", [("", None), ("sk-mine", "Bearer sk-mine")])
def test_nothing_of_the_environment_is_sent(
    web: respx.MockRouter, monkeypatch: pytest.MonkeyPatch, time: Time, key: str, authorization: str | None
) -> None:
    for name, value in LEAKY.items():
        monkeypatch.setenv(name, value)
    route = web.post("https://models.example/v1/chat/completions").respond(json=COMPLETION)
    assert ask(Endpoint("https://models.example/v1", "m", key), time) == OBJECT
    sent = route.calls.last.request
    assert sent.headers.get("authorization") == authorization
    assert "environment" not in str(sent.headers.multi_items())
    assert not [name for name in sent.headers if name.startswith("openai-")]


@pytest.mark.parametrize(
    "base_url, expected",
    [
        ("https://api.openai.com/v1", {"max_completion_tokens": 4096, "response_format": "json_schema"}),
        (
            "https://api.deepseek.com",
            {"max_tokens": 4096, "response_format": "json_object", "thinking": {"type": "disabled"}},
        ),
        (
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            {"response_format": "json_schema", "enable_thinking": False},
        ),
        ("https://ws1.cn-beijing.maas.aliyuncs.com/v1", {"enable_thinking": False}),
        ("https://api.moonshot.cn/v1", {"max_completion_tokens": 4096, "temperature": None}),
        ("https://open.bigmodel.cn/api/paas/v4", {"response_format": "json_object", "thinking": {"type": "disabled"}}),
        ("https://openrouter.ai/api/v1", {"provider": {"require_parameters": True}}),
        ("https://api.anthropic.com/v1", {"response_format": None}),
        ("https://unknown.example/v1", {"response_format": "json_schema", "temperature": 0.0, "max_tokens": 4096}),
    ],
)
def test_each_service_is_asked_in_its_own_manner(
    web: respx.MockRouter, time: Time, base_url: str, expected: dict[str, object]
) -> None:
    endpoint = Endpoint(base_url, "m")
    route = web.post(f"{endpoint.base_url}/chat/completions").respond(json=COMPLETION)
    ask(endpoint, time)
    sent = json.loads(route.calls.last.request.content)
    sent["response_format"] = sent.get("response_format", {}).get("type")
    assert {name: sent.get(name) for name in expected} == expected


def test_thinking_is_left_alone_if_the_user_wants_it(web: respx.MockRouter, time: Time) -> None:
    route = web.post("https://api.deepseek.com/v1/chat/completions").respond(json=COMPLETION)
    ask(Endpoint("https://api.deepseek.com", "m", thinking=True), time)
    assert "thinking" not in json.loads(route.calls.last.request.content)


def test_a_date_to_come_back_at_is_understood(web: respx.MockRouter, time: Time) -> None:
    busy = {"retry-after": "Sun, 22 Nov 2026 12:00:07 GMT", "date": "Sun, 22 Nov 2026 12:00:00 GMT"}
    web.post("https://models.example/v1/chat/completions").mock(
        side_effect=[
            httpx.Response(429, headers=busy),
            httpx.Response(429, headers={"retry-after-ms": "1500"}),
            httpx.Response(200, json=COMPLETION),
        ]
    )
    assert ask(Endpoint("https://models.example/v1", "m"), time) == OBJECT
    assert time.slept == [7.0, 1.5]


@pytest.mark.parametrize(
    "error", [httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.RemoteProtocolError]
)
def test_whatever_goes_wrong_below_is_an_error_of_ours(
    web: respx.MockRouter, time: Time, error: type[Exception]
) -> None:
    web.post("https://models.example/v1/chat/completions").mock(side_effect=error)
    with pytest.raises(LLMUnreachable, match=r"models\.example"):
        ask(Endpoint("https://models.example/v1", "m"), time)


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch, time: Time) -> None:
    with serving("good_json") as server, serving("plain_text") as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        assert ask(Endpoint(server.url, "m"), time) == OBJECT
        assert not proxy.exchanges
        with OpenAICompatible(Endpoint("http://models.example/v1", "m"), learned=LearnedOptions()) as llm:
            llm.reply(QUESTION)
        [exchange] = proxy.exchanges
        assert exchange.path == "http://models.example/v1/chat/completions"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "socks://127.0.0.1:1080", "nonsense://x"])
def test_a_proxy_that_cannot_be_used_is_explained(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(LLMUnreachable, match="proxy in HTTP_PROXY"):
        OpenAICompatible(Endpoint("https://models.example/v1", "m"))


def test_a_redirect_is_not_followed(time: Time) -> None:
    with serving("good_json") as elsewhere:

        def redirecting(exchange: object) -> None:
            exchange.raw(307, b"", location=elsewhere.url)  # type: ignore[attr-defined]

        with serving(redirecting) as server, pytest.raises(LLMRefused, match="redirects to"):
            ask(Endpoint(server.url, "m"), time)
        assert not elsewhere.exchanges


def test_many_threads_may_ask_at_once(time: Time) -> None:
    with serving("no_json_schema") as server:
        learned = LearnedOptions()
        with OpenAICompatible(Endpoint(server.url, "m"), learned=learned) as llm, ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda _: llm.reply(QUESTION, schema=SCHEMA), range(40)))
            assert {reply.mode for reply in replies} == {OutputMode.OBJECT}
            asked = len(server.exchanges)
            llm.reply(QUESTION, schema=SCHEMA)
            assert len(server.exchanges) == asked + 1


def test_it_is_a_model_with_a_name_and_a_host() -> None:
    with OpenAICompatible(Endpoint("https://models.example/v1", "m")) as made:
        llm: LLM = made
        assert (llm.name, llm.host) == ("m", "models.example")


def test_the_key_is_not_shown() -> None:
    assert "sk-mine" not in repr(Endpoint("https://models.example/v1", "m", "sk-mine"))


def test_every_exception_of_the_libraries_is_translated(web: respx.MockRouter, time: Time) -> None:
    import httpx2

    def raising(error: Exception) -> Callable[[object], None]:
        def side_effect(_: object) -> None:
            raise error

        return side_effect

    kinds = [kind for kind in vars(httpx2).values() if isinstance(kind, type) and issubclass(kind, httpx2.HTTPError)]
    assert len(kinds) > 10
    for kind in kinds:
        if issubclass(kind, httpx2.HTTPStatusError):
            continue
        web.post("https://models.example/v1/chat/completions").mock(side_effect=raising(kind("boom")))
        with pytest.raises(LLMError):
            ask(Endpoint("https://models.example/v1", "m"), time)
