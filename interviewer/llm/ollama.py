"""Pulling a model through Ollama's own API, with its progress and a way to stop."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx2

from interviewer.errors import LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.error_translation import read_error, to_llm_error
from interviewer.llm.model_call import current_call
from interviewer.text.messages import localized

_SILENCE = 120.0  # a registry may be slow, and a digest of many gigabytes takes a while to check
_CONNECT = 5.0


@dataclass(frozen=True, slots=True)
class PullProgress:
    """What Ollama is doing, in its own words, and how many bytes of the layer it is at have come."""

    status: str
    completed: int = 0
    total: int = 0

    @property
    def share(self) -> float | None:
        """Of the layer; None where there is nothing to count."""
        return min(1.0, self.completed / self.total) if self.total else None


def pull(base_url: str, model: str) -> Iterator[PullProgress]:
    """Let the Ollama at this base URL pull a model; ends when the model is there.

    What has come is kept by Ollama, so that another pull goes on from there, also after a stop. Raises LLMError.
    """
    endpoint = Endpoint(base_url, model)
    url = f"{endpoint.root}/api/pull"
    timeout = httpx2.Timeout(_SILENCE, connect=_CONNECT)
    call = current_call()
    try:
        with (
            httpx2.Client(timeout=timeout, trust_env=not endpoint.is_private, follow_redirects=False) as client,
            client.stream("POST", url, json={"model": endpoint.model, "stream": True}) as response,
            call.ended_by(lambda: _shut_down(response)),
        ):
            if response.status_code != 200:
                raise to_llm_error(read_error(response.status_code, response.read(), response.headers), endpoint)
            yield from _told(response, endpoint)
    except (httpx2.HTTPError, httpx2.StreamError) as error:
        call.check()
        raise _cut(endpoint, str(error) or type(error).__name__) from error


def _told(response: httpx2.Response, endpoint: Endpoint) -> Iterator[PullProgress]:
    is_there = False
    for line in response.iter_lines():
        current_call().check()
        if line.strip():
            one = _read(line, endpoint)
            is_there = one.status == "success"
            yield one
    current_call().check()
    if not is_there:
        raise _cut(endpoint, "no success")


def _read(line: str, endpoint: Endpoint) -> PullProgress:
    try:
        told: Any = json.loads(line)
    except ValueError:
        told = None
    match told:
        case {"error": str() as reason}:
            raise LLMRefused(
                localized("local_model.pull_refused", model=endpoint.model, host=endpoint.host, reason=reason)
            )
        case {"status": str() as status, **more}:
            completed, total = (
                value if isinstance(value := more.get(key), int) else 0 for key in ("completed", "total")
            )
            return PullProgress(status, completed, total)
        case _:
            raise LLMMalformed(localized("llm.models_not_json", url=f"{endpoint.host}/api/pull"))


def _cut(endpoint: Endpoint, reason: str) -> LLMUnreachable:
    return LLMUnreachable(localized("local_model.pull_cut", model=endpoint.model, host=endpoint.host, reason=reason))


def _shut_down(response: httpx2.Response) -> None:
    """End the wait for more, from any thread; Ollama stops pulling where nobody listens."""
    stream = response.extensions.get("network_stream")
    if stream is not None and (line := stream.get_extra_info("socket")) is not None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
