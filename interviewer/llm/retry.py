"""Retries: what has been tried for one question, and whether and when another request makes sense."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from interviewer.errors import LLMError, LLMMalformed
from interviewer.llm.completion import Completion
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.error_translation import ErrorKind, ServerError, to_llm_error
from interviewer.llm.model_call import CallPhase, current_call
from interviewer.llm.protocol import Finish, Message
from interviewer.llm.request_options import RequestOptions, adapted, chat_request, weaker_mode

_LOADING_PAUSE = 2.0
_PAUSES = (0.5, 1.0, 2.0)
_CHANCES = 3  # to write JSON: one for each way to ask for it
_CROWDED = (429, 503, 529)
_CORRECTION = "That was not usable: {}. Answer again, with the JSON object alone."

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Clock:
    """How time is told and passed; in tests it stands still."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] | None = None
    """By default a sleep that ends when the client is closed."""


@dataclass(eq=False)
class RequestFailed(Exception):
    """One request came to nothing, but another may do better."""

    error: LLMError
    """What to raise if nothing more is tried."""
    tries: int = len(_PAUSES)
    """How many failures there may be before that."""
    server_error: ServerError | None = None
    is_silent: bool = False
    """Whether the stream ended before its first event, as with servers that can report an error only unstreamed."""


@dataclass(slots=True)
class RetryState:
    """What has been tried for one question, and how much waiting is left."""

    endpoint: Endpoint
    now: Callable[[], float]
    sleep: Callable[[float], object]
    messages: tuple[Message, ...]
    schema: dict[str, Any] | None
    options: RequestOptions
    failures: int = 0
    """How many questions in a row the model has not replied to in the form, whatever was tried."""
    flaws: int = 0
    """Replies to this question that could not be used."""
    _correction: tuple[Message, ...] = ()
    _request: dict[str, Any] = field(default_factory=dict)
    _loading: float = 0.0
    _busy: float = 0.0
    _busy_tries: int = 0
    _failures: int = 0
    _is_streamed: bool = True
    _tried: list[RequestOptions] = field(init=False)

    def __post_init__(self) -> None:
        self._tried = [self.options]

    @property
    def has_adapted(self) -> bool:
        return len(self._tried) > 1

    @property
    def token_limit(self) -> int | None:
        """What the last request asked for at most."""
        limit: int | None = self._request.get(self.options.limit)
        return limit

    def next_request(self) -> dict[str, Any]:
        messages = self.messages + self._correction
        self._request = chat_request(self.endpoint, self.options, messages, self.schema, stream=self._is_streamed)
        return self._request

    def correct(self, completion: Completion, flaw: LLMMalformed) -> bool:
        """Ask again, with what was wrong with the reply; False if that was tried often enough."""
        if completion.finish is Finish.LENGTH:
            return self.make_room(completion)  # else it would be cut off again
        self.flaws += 1
        mode = None
        if self.schema is not None and completion.text.strip():
            # Prose from a server that took the response format shows that it is not enforced there.
            mode = weaker_mode(self.options.mode, self.endpoint)
            self._correction = (Message("assistant", completion.text), Message("user", _CORRECTION.format(flaw)))
        # A model that failed in every way before is not asked in every way again, but gets one chance each time.
        if self.flaws + self.failures >= _CHANCES or (self.flaws > 1 and mode is None):
            return False
        if mode is not None:
            self._adopt(replace(self.options, mode=mode))
        return True

    def make_room(self, completion: Completion) -> bool:
        """Ask with a larger limit if it was used up by thinking; False if that was tried already."""
        if not completion.reasoning or self.options.always_thinks:
            return False
        self._adopt(replace(self.options, always_thinks=True))
        return True

    def overcome(self, failure: RequestFailed) -> None:
        """Wait or change the options so that another request makes sense. Raises LLMError where none does."""
        error = failure.server_error
        if error is None:
            self._failures += 1
            if self._failures >= failure.tries:
                raise failure.error from failure
            if failure.is_silent and self._is_streamed:
                self._is_streamed = False
                return
            self._pause(_PAUSES[self._failures - 1], "failed")
            return
        options = adapted(self.options, error, self._request, self.endpoint)
        if options is not None and options not in self._tried:
            self._adopt(options)
        elif error.kind is ErrorKind.LOADING:
            self._await_loading(failure.error, error)
        elif error.kind is ErrorKind.BUSY and self._busy_tries < len(_PAUSES):
            self._await_turn(error)
        else:
            raise failure.error from failure

    def _adopt(self, options: RequestOptions) -> None:
        _LOG.info("%s: asking %s with other options: %s", self.endpoint.host, self.endpoint.model, options)
        self.options = options
        self._tried.append(options)

    def _await_loading(self, final: LLMError, error: ServerError) -> None:
        pause = max(_LOADING_PAUSE, error.retry_after or 0)
        if self._loading + pause > self.endpoint.time_limits.loading:
            raise final
        self._loading += pause
        current_call().enter(CallPhase.LOADING)
        self._pause(pause, "is loading the model")

    def _await_turn(self, error: ServerError) -> None:
        pause = _PAUSES[self._busy_tries] * (4 if error.status in _CROWDED else 1)
        if error.retry_after is not None:
            pause = error.retry_after
        if self._busy + pause > self.endpoint.time_limits.busy:
            raise to_llm_error(error, self.endpoint, wait=pause)
        self._busy += pause
        self._busy_tries += 1
        current_call().enter(CallPhase.QUEUEING)
        self._pause(pause, f"is busy ({error.status})")

    def _pause(self, seconds: float, why: str) -> None:
        _LOG.info("%s %s: asking %s again in %.1f s", self.endpoint.host, why, self.endpoint.model, seconds)
        self.sleep(seconds)


@contextmanager
def logging_failures(endpoint: Endpoint, now: Callable[[], float]) -> Iterator[None]:
    """Log a call that fails: never with its error's text, which may quote the prompt, the reply or the key."""
    begun = now()
    try:
        yield
    except LLMError as error:
        fields = {
            "error": type(error).__name__,
            "host": endpoint.host,
            "model": endpoint.model,
            "status": error.status,
            "seconds": round(now() - begun, 1),
        }
        _LOG.warning(
            "%(error)s: model %(model)s at %(host)s, status %(status)s, after %(seconds)s s", fields, extra=fields
        )
        raise
