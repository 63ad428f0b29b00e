"""Discovery: which models there are to choose from, on this machine and at an address that the user gave."""

import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import httpx2

from interviewer import __version__
from interviewer.errors import LLMError, LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.error_translation import read_error, to_llm_error
from interviewer.llm.server_profiles import PROFILES
from interviewer.text.messages import localized

_PROBE_SECONDS = 0.7
_MODELS = "/v1/models"
_MOMENT = 2.0  # in which a server that did not answer is not asked again
_MOST_PROBED = 64 * 1024
_LIST_SECONDS = 10.0
_CONTEXT_SECONDS = 2.0  # nobody waits long for what is only good to know
_MOST_LISTED = 4 * 1024 * 1024  # some services list hundreds of models with a page of text each


@dataclass(frozen=True, slots=True)
class ServerProbe:
    """What tells a kind of server: its answer `has` a key, or lists a model with one of `lists`, or of an `owner`."""

    kind: str
    path: str
    has: str = ""
    lists: tuple[str, ...] = ()
    owner: str = ""
    status: int = 200

    def proves(self, answer: Any) -> bool:
        if self.has:
            return isinstance(answer, dict) and self.has in answer
        entries = _entries(answer)
        if self.owner:
            return any(entry.get("owned_by") == self.owner for entry in entries)
        return any(key in entry for entry in entries for key in self.lists)


@dataclass(frozen=True, slots=True)
class LocalServer:
    kind: str
    base_url: str
    models: tuple[str, ...]


# In the order of how sure they are: what is built on another server answers some of its questions too.
_PROBES = (
    ServerProbe("ollama", "/api/version", has="version"),
    ServerProbe("koboldcpp", "/api/extra/version", has="result"),
    ServerProbe("lmstudio", "/api/v1/models", lists=("key", "architecture")),
    ServerProbe("lmstudio", "/api/v0/models", lists=("arch", "compatibility_type")),  # before version 0.4
    ServerProbe("sglang", "/get_model_info", has="model_path"),
    ServerProbe("tgi", "/info", has="max_total_tokens"),
    ServerProbe("localai", "/system", has="backends"),
    ServerProbe("jan", "/v1/models", lists=("engine",)),
    ServerProbe("vllm", "/v1/models", owner="vllm"),
    ServerProbe("llamacpp", "/v1/models", owner="llamacpp"),
    ServerProbe("llamacpp", "/props", has="default_generation_settings"),
    # Its list of models says "me" for their owner and nothing of when they were made.
    ServerProbe("llamacpppython", "/v1/models", owner="me"),
    ServerProbe("transformers", "/load_model", has="detail", status=405),  # it is for POST alone
)
PORTS = (11434, 1234, 9931, 8080, 8000, 30000, 5001, 1337, 3000)


class KnownServers:
    """The kinds of servers as they said themselves, for as long as the program runs. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kinds: dict[str, str] = {}
        self._outdated: set[str] = set()
        self._silent_until: dict[str, float] = {}
        self._asked: dict[str, Lock] = {}

    def identify(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with its kind; its server is asked the first time, unless its host's name tells the kind.

        One that cannot be reached is asked again the next time, though not within a moment. Whoever comes while it is
        being asked waits for the same outcome.
        """
        with self._lock:
            if self._is_settled(endpoint):
                return self._with_kind(endpoint)
        with self.asking(endpoint):
            with self._lock:
                is_settled = self._is_settled(endpoint)
            kind = None if is_settled else _kind(endpoint)
            if kind is not None:
                self.learn(endpoint, kind)
            elif not is_settled:
                with self._lock:
                    self._silent_until[_place(endpoint.base_url)] = time.monotonic() + _MOMENT
        return self.recall(endpoint)

    def asking(self, endpoint: Endpoint) -> Lock:
        """Held by whoever asks a server what it is; nobody asks it for a reply before that is done."""
        with self._lock:
            return self._asked.setdefault(_place(endpoint.base_url), Lock())

    def recall(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with its kind as far as it is known by now. Asks no server."""
        with self._lock:
            return self._with_kind(endpoint)

    def learn(self, endpoint: Endpoint, kind: str) -> None:
        place = _place(endpoint.base_url)
        with self._lock:
            self._kinds[place] = kind
            self._outdated.discard(place)

    def forget(self, base_url: str) -> None:
        """Ask this server again: there may be another one at its address by now. Until it answers it is taken for the old."""
        place = _place(base_url)
        with self._lock:
            self._outdated |= {place} & self._kinds.keys()
            self._silent_until.pop(place, None)

    def _is_settled(self, endpoint: Endpoint) -> bool:
        """Whether there is nothing to ask, or no use in asking just now."""
        place = _place(endpoint.base_url)
        is_silent = time.monotonic() < self._silent_until.get(place, 0.0)
        is_known = place in self._kinds and place not in self._outdated
        return bool(endpoint.kind) or not endpoint.is_private or is_known or is_silent

    def _with_kind(self, endpoint: Endpoint) -> Endpoint:
        return replace(endpoint, kind=endpoint.kind or self._kinds.get(_place(endpoint.base_url), ""))


def _place(base_url: str) -> str:
    """One for both names of this machine."""
    return base_url.replace("://localhost:", "://127.0.0.1:")


KNOWN = KnownServers()


def find_local_servers(ports: Sequence[int] = PORTS) -> tuple[LocalServer, ...]:
    """The model servers of this machine, told by their answers. It sends no key, and loads no model."""
    with _client(_PROBE_SECONDS) as client, ThreadPoolExecutor(max_workers=max(1, len(ports))) as pool:
        found = [server for servers in pool.map(lambda port: _at_port(client, port), ports) for server in servers]
    distinct: dict[tuple[str, int | None, tuple[str, ...]], LocalServer] = {}
    for server in found:  # one server often listens on both loopback addresses
        distinct.setdefault((server.kind, httpx2.URL(server.base_url).port, server.models), server)
    return tuple(distinct.values())


def list_models(endpoint: Endpoint) -> tuple[str, ...]:
    """The models that a server offers, sorted. Raises LLMError."""
    return tuple(sorted(set(_names(_fetch(endpoint, f"{endpoint.base_url}/models")))))


def context_size(endpoint: Endpoint) -> int | None:
    """Tokens that the model can read at once as it is loaded now; None if the server does not tell."""
    urls = [f"{endpoint.base_url}/models"]
    if endpoint.is_private:
        urls += [f"{endpoint.root}{path}" for path in ("/props", "/api/ps", "/api/v0/models")]
    for url in urls:
        try:
            size = _context_in(_fetch(endpoint, url, _CONTEXT_SECONDS), endpoint.model)
        except LLMError:
            continue
        if size is not None:
            return size
    return None


def _context_in(answer: Any, model: str) -> int | None:
    match answer:
        case {"default_generation_settings": {"n_ctx": int() as size}}:  # llama.cpp, which holds one model
            return size if size > 0 else None
    entries = _entries(answer)
    named = [entry for entry in entries if model in (entry.get("id"), entry.get("name"), entry.get("model"))]
    entry = next(iter(named or (entries if len(entries) == 1 else [])), {})
    sizes = (entry.get(key) for key in ("max_model_len", "loaded_context_length", "context_length"))
    return next((size for size in sizes if isinstance(size, int) and size > 0), None)


def _entries(answer: Any) -> list[Mapping[str, Any]]:
    listed = answer.get("data", answer.get("models")) if isinstance(answer, dict) else answer
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []


def _names(answer: Any) -> tuple[str, ...]:
    return tuple(str(entry["id"]) for entry in _entries(answer) if entry.get("id"))


def _at_port(client: httpx2.Client, port: int) -> list[LocalServer]:
    """What listens there on either address; one that breaks off a reply for any other request is asked at one alone."""
    found: list[LocalServer] = []
    for host in ("127.0.0.1", "[::1]"):
        if not any(PROFILES[server.kind].one_at_a_time for server in found):
            server = _probe(client, f"http://{host}:{port}")
            found += [server] if server else []
    return found


def _probe(client: httpx2.Client, root: str) -> LocalServer | None:
    endpoint = Endpoint(root)
    with KNOWN.asking(endpoint):
        known = KNOWN.recall(endpoint)
        if known.profile.one_at_a_time:  # to be asked for its models might break off a reply
            is_there = _peek(client, root + _PROBES[0].path)[0] is not None
            return LocalServer(known.kind, known.base_url, ()) if is_there else None
        answers: dict[str, tuple[int | None, Any]] = {}
        kind = _told_kind(client, root, answers)
        if not kind:
            return None
        _, listed = answers.get(_MODELS) or _peek(client, root + _MODELS)
        KNOWN.learn(endpoint, kind)
    return LocalServer(kind, f"{root}/v1", _names(listed))


def _kind(endpoint: Endpoint) -> str | None:
    """What the server at an endpoint is: "" if it is of no known kind, None if it does not answer."""
    with _client(_PROBE_SECONDS, key=endpoint.key) as client:
        return _told_kind(client, endpoint.root, {})


def _told_kind(client: httpx2.Client, root: str, answers: dict[str, tuple[int | None, Any]]) -> str | None:
    """The kind by the first probe that proves it; what was answered at each path is put into `answers`."""
    for probe in _PROBES:
        if probe.path not in answers:
            answers[probe.path] = _peek(client, root + probe.path)
            if answers[probe.path][0] is None:
                return None  # nobody is there, or is too busy to say
        status, answer = answers[probe.path]
        if status == probe.status and probe.proves(answer):
            return probe.kind
    # A server that is still loading its model says so to every question.
    return None if all((status or 0) >= 500 for status, _ in answers.values()) else ""


def _peek(client: httpx2.Client, url: str) -> tuple[int | None, Any]:
    """Status and JSON of what is found there; no status if nothing answers, no JSON where it is none."""
    try:
        status, content, _ = _read(client, url, _MOST_PROBED, _PROBE_SECONDS)
    except (httpx2.HTTPError, httpx2.StreamError):
        return None, None
    try:
        return status, json.loads(content)
    except (ValueError, RecursionError):
        return status, None


def _fetch(endpoint: Endpoint, url: str, seconds: float = _LIST_SECONDS) -> Any:
    try:
        with _client(seconds, key=endpoint.key, trust_env=not endpoint.is_private) as client:
            status, content, answered = _read(client, url, _MOST_LISTED, seconds)
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, ImportError, ValueError) as error:
        reason = str(error) or type(error).__name__
        raise LLMUnreachable(localized("llm.models_unreachable", host=endpoint.host, reason=reason)) from error
    if 300 <= status < 400:
        raise LLMRefused(localized("llm.models_redirect", url=url), status=status)
    if status >= 400:
        raise to_llm_error(read_error(status, content, answered), endpoint)
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise LLMMalformed(localized("llm.models_not_json", url=url)) from error


def _client(seconds: float, *, key: str = "", trust_env: bool = False) -> httpx2.Client:
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": f"mock-interviewer/{__version__}",
        **({"Authorization": f"Bearer {key}"} if key else {}),
    }
    return httpx2.Client(timeout=seconds, follow_redirects=False, trust_env=trust_env, headers=headers)


def _read(client: httpx2.Client, url: str, most: int, seconds: float) -> tuple[int, bytes, Mapping[str, str]]:
    """Status, body and headers; a body that is too large or too slow is an error."""
    until = time.monotonic() + seconds
    with client.stream("GET", url) as response:
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > most or time.monotonic() > until:
                raise httpx2.ReadError("the answer is too large or too slow")
        return response.status_code, bytes(content), response.headers
