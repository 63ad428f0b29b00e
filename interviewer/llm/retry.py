"""One question on its way: what has been tried, what patience is left, and what to do about a failure."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from interviewer.errors import LLMError, LLMMalformed, LLMUnreachable
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.protocol import Message, Rung
from interviewer.llm.refusals import error_for
from interviewer.llm.server_errors import Complaint, Kind
from interviewer.llm.structured_output import Manner, adapt

_LOADING_PAUSE = 2.0
_PAUSES = (0.5, 1.0, 2.0)
_CROWDED = (429, 503, 529)
_NOT_JSON = "That was not usable: {} Answer again, with the JSON object alone."


class Complained(Exception):
    """The server answered with an error."""

    def __init__(self, said: Complaint, request: dict[str, Any]) -> None:
        super().__init__(said.text)
        self.complaint = said
        self.request = request


class Failed(Exception):
    """A request came to nothing in a way that may be chance; `error` is what to raise after so many tries."""

    def __init__(self, error: LLMError, tries: int = len(_PAUSES)) -> None:
        super().__init__(str(error))
        self.error = error
        self.tries = tries


@dataclass(frozen=True, slots=True)
class Waiting:
    """Time, as it passes and as it is told."""

    on_wait: Callable[[str], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Call:
    """The state of one question between its requests."""

    endpoint: Endpoint
    waiting: Waiting
    messages: tuple[Message, ...]
    schema: dict[str, Any] | None
    manner: Manner
    _until: float = field(init=False)
    _loading: float = 0.0
    _busy: float = 0.0
    _busy_tries: int = 0
    _failures: int = 0
    _tried: list[Manner] = field(init=False)
    _correction: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        self._until = self.waiting.clock() + self.endpoint.patience.total
        self._tried = [self.manner]

    @property
    def shown(self) -> tuple[Message, ...]:
        """What the model is shown this time."""
        return self.messages + self._correction

    @property
    def has_learned(self) -> bool:
        return len(self._tried) > 1

    def time_left(self) -> float:
        """Seconds that the next request may take. Raises LLMUnreachable if there are none."""
        left = self._until - self.waiting.clock()
        if left <= 0:
            raise LLMUnreachable(
                f"{self.endpoint.host} gave no usable reply within {self.endpoint.patience.total:g} s: try again, or use a smaller model"
            )
        return left

    def correct(self, text: str, flaw: LLMMalformed) -> None:
        """Show the model what was wrong with its text; a blank one is simply asked for again."""
        if text.strip() and self.schema is not None:
            self._correction = (Message("assistant", text), Message("user", _NOT_JSON.format(f"{flaw}.")))

    def step_down(self, rung: Rung) -> None:
        self._adopt(replace(self.manner, rung=rung))
        self._correction = ()

    def overcome(self, failure: Complained | Failed) -> None:
        """Change or wait so that another request makes sense; raises LLMError where none does."""
        if isinstance(failure, Failed):
            self._failures += 1
            if self._failures >= failure.tries:
                raise failure.error from failure
            self.waiting.sleep(_PAUSES[self._failures - 1])
            return
        said = failure.complaint
        manner = adapt(self.manner, said, failure.request, self.endpoint)
        if manner is not None and manner not in self._tried:
            self._adopt(manner)
        elif said.kind is Kind.LOADING:
            self._await_loading(said)
        elif said.kind is Kind.BUSY and self._busy_tries < len(_PAUSES):
            self._await_turn(said)
        else:
            raise error_for(said, self.endpoint)

    def final(self, failure: Complained | Failed) -> LLMError:
        """What to raise when nothing more can be tried."""
        return failure.error if isinstance(failure, Failed) else error_for(failure.complaint, self.endpoint)

    def _adopt(self, manner: Manner) -> None:
        self.manner = manner
        self._tried.append(manner)

    def _await_loading(self, said: Complaint) -> None:
        pause = max(_LOADING_PAUSE, said.retry_after or 0)
        if self._loading + pause > self.endpoint.patience.loading:
            raise error_for(said, self.endpoint)
        self.waiting.on_wait(f"{self.endpoint.host} is loading the model ({self._loading:.0f} s so far)")
        self._loading += pause
        self._until += pause  # loading is not the model's time
        self.waiting.sleep(pause)

    def _await_turn(self, said: Complaint) -> None:
        pause = _PAUSES[self._busy_tries] * (4 if said.status in _CROWDED else 1)
        if said.retry_after is not None:
            pause = said.retry_after
        if self._busy + pause > self.endpoint.patience.busy or self.waiting.clock() + pause > self._until:
            raise LLMUnreachable(f"{error_for(said, self.endpoint)} (it asks for a wait of {pause:.0f} s)")
        self.waiting.on_wait(f"{self.endpoint.host} is busy; trying again in {pause:.0f} s")
        self._busy += pause
        self._busy_tries += 1
        self.waiting.sleep(pause)
