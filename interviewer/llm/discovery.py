"""Which models are there to choose from: on this machine, and at an address that the user gave."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx2

from interviewer.errors import LLMError, LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.refusals import error_for
from interviewer.llm.server_errors import complaint

_PROBE_SECONDS = 0.7
_MOST_PROBED = 64 * 1024
_LIST_SECONDS = 10.0
_ASIDE_SECONDS = 2.0  # nobody waits long for what is only good to know
_MOST_LISTED = 4 * 1024 * 1024  # some services list hundreds of models with a page of text each


@dataclass(frozen=True, slots=True)
class Probe:
    """One question that only one kind of server answers in this way."""

    kind: str
    path: str
    proves: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """A model server on this machine."""

    kind: str
    base_url: str
    models: tuple[str, ...]


def _entries(answer: Any) -> list[Mapping[str, Any]]:
    listed = answer.get("data", answer.get("models")) if isinstance(answer, dict) else answer
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []


def _owned_by(owner: str) -> Callable[[Any], bool]:
    return lambda answer: any(entry.get("owned_by") == owner for entry in _entries(answer))


def _has(*keys: str) -> Callable[[Any], bool]:
    return lambda answer: isinstance(answer, dict) and all(key in answer for key in keys)


_OLLAMA = Probe("ollama", "/api/version", _has("version"))
_LMSTUDIO = Probe(
    "lmstudio",
    "/api/v1/models",
    lambda answer: any("key" in entry or "architecture" in entry for entry in _entries(answer)),
)
_LMSTUDIO_BEFORE = Probe(
    "lmstudio",
    "/api/v0/models",
    lambda answer: any("arch" in entry or "compatibility_type" in entry for entry in _entries(answer)),
)
_LLAMACPP = Probe("llamacpp", "/v1/models", _owned_by("llamacpp"))
_LLAMACPP_PROPS = Probe("llamacpp", "/props", _has("default_generation_settings"))
_VLLM = Probe("vllm", "/v1/models", lambda answer: any(entry.get("owned_by") == "vllm" for entry in _entries(answer)))
_SGLANG = Probe("sglang", "/get_model_info", _has("model_path"))

PROBES: Mapping[int, tuple[Probe, ...]] = {
    11434: (_OLLAMA,),
    1234: (_LMSTUDIO, _LMSTUDIO_BEFORE),
    9931: (_LLAMACPP, _LLAMACPP_PROPS),
    8080: (_LLAMACPP, _LLAMACPP_PROPS),
    8000: (_VLLM, _LLAMACPP, _LLAMACPP_PROPS),
    30000: (_SGLANG,),
}


def find_local_servers(probes: Mapping[int, Sequence[Probe]] = PROBES) -> tuple[Found, ...]:
    """The model servers that answer on this machine. It only reads, sends no key, and loads no model.

    A server is told by its answers, never by its port.
    """
    doors = [(host, port, asked) for port, asked in probes.items() for host in ("127.0.0.1", "[::1]")]
    with _reader(_PROBE_SECONDS) as reader, ThreadPoolExecutor(max_workers=max(1, len(doors))) as pool:
        found = [server for server in pool.map(lambda door: _probe(reader, *door), doors) if server is not None]
    seen: dict[tuple[str, int, tuple[str, ...]], Found] = {}
    for server in found:  # one server often listens on both loopback addresses
        seen.setdefault((server.kind, httpx2.URL(server.base_url).port or 0, server.models), server)
    return tuple(seen.values())


def list_models(endpoint: Endpoint) -> tuple[str, ...]:
    """The models that a server offers, sorted. Raises LLMError."""
    entries = _entries(_fetch(endpoint, f"{endpoint.base_url}/models"))
    return tuple(sorted({str(entry["id"]) for entry in entries if entry.get("id")}))


def context_size(endpoint: Endpoint) -> int | None:
    """Tokens that the model can read at once as it is loaded now; None if the server does not tell."""
    root = endpoint.base_url.removesuffix("/v1")
    sources = [(f"{endpoint.base_url}/models", _context_listed)]
    if endpoint.is_private:
        sources += [
            (f"{root}/props", _context_in_props),
            (f"{root}/api/ps", _context_listed),
            (f"{root}/api/v0/models", _context_listed),
        ]
    for url, read in sources:
        try:
            size = read(_fetch(endpoint, url, _ASIDE_SECONDS), endpoint.model)
        except LLMError:
            continue
        if size is not None:
            return size
    return None


def _context_listed(answer: Any, model: str) -> int | None:
    entries = _entries(answer)
    named = [entry for entry in entries if model in (entry.get("id"), entry.get("name"), entry.get("model"))]
    entry = next(iter(named or (entries if len(entries) == 1 else [])), {})
    return _size(entry.get("max_model_len"), entry.get("loaded_context_length"), entry.get("context_length"))


def _context_in_props(answer: Any, model: str) -> int | None:  # noqa: ARG001 - the server holds one model
    settings = answer.get("default_generation_settings") if isinstance(answer, dict) else None
    return _size(settings.get("n_ctx")) if isinstance(settings, dict) else None


def _size(*values: object) -> int | None:
    return next((value for value in values if isinstance(value, int) and value > 0), None)


def _probe(reader: httpx2.Client, host: str, port: int, probes: Sequence[Probe]) -> Found | None:
    root = f"http://{host}:{port}"
    for probe in probes:
        answer = _peek(reader, root + probe.path)
        if answer is not None and probe.proves(answer):
            listed = _entries(_peek(reader, f"{root}/v1/models"))
            return Found(probe.kind, f"{root}/v1", tuple(str(entry["id"]) for entry in listed if entry.get("id")))
    return None


def _peek(reader: httpx2.Client, url: str) -> Any:
    try:
        status, content, _ = _read(reader, url, _MOST_PROBED, _PROBE_SECONDS)
        return json.loads(content) if status == 200 else None
    except (httpx2.HTTPError, httpx2.StreamError, ValueError, RecursionError):
        return None


def _fetch(endpoint: Endpoint, url: str, seconds: float = _LIST_SECONDS) -> Any:
    headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    try:
        with _reader(seconds, trust_env=not endpoint.is_private, headers=headers) as reader:
            status, content, answered = _read(reader, url, _MOST_LISTED, seconds)
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, ImportError, ValueError) as error:
        raise LLMUnreachable(
            f"{endpoint.host} cannot be asked for its models ({error or type(error).__name__}): is it running?"
        ) from error
    if 300 <= status < 400:
        raise LLMRefused(f"{url} redirects elsewhere: check the base URL")
    if status >= 400:
        raise error_for(complaint(status, content, answered), endpoint)
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise LLMMalformed(f"{url} does not answer with JSON: check the base URL") from error


def _reader(seconds: float, *, trust_env: bool = False, headers: Mapping[str, str] | None = None) -> httpx2.Client:
    return httpx2.Client(
        timeout=seconds,
        follow_redirects=False,
        trust_env=trust_env,
        headers={
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "mock-interviewer",
            **(headers or {}),
        },
    )


def _read(reader: httpx2.Client, url: str, most: int, seconds: float) -> tuple[int, bytes, Mapping[str, str]]:
    """Status, body and headers; a body that is too large or too slow is an error."""
    until = time.monotonic() + seconds
    with reader.stream("GET", url) as response:
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > most or time.monotonic() > until:
                raise httpx2.ReadError("the answer is too large or too slow")
        return response.status_code, bytes(content), response.headers
