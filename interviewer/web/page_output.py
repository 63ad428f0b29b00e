"""What an event of the page sends to the browser: as the handler gave it, and without a trace left in the server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio.components.base import Component
from gradio.state_holder import SessionState, StateHolder

Updates = dict[Any, Any]
"""What controls are told, by control."""

_UNCHANGED = gr.skip()

# Gradio looks for new events this often instead of being told of them; its own thousand times a second are 6 % of a core.
_QUEUE_SECONDS = 0.005
# The page has no progress bars, after which Gradio would look a hundred times a second.
_PROGRESS_SECONDS = 1.0
# Gradio takes up no more events at a time than it has threads, also if they only wait for a model's server.
_MOST_EVENTS = 2000


class StatelessPage(gr.Blocks):
    """Gradio's page without its memory of visitors.

    Gradio would keep a copy of every control for each page that was opened, half a megabyte, and make a control anew for
    each update to learn whether it is one. Here whatever a page shows comes from its browser or the recorded interview,
    so any page goes on after a restart, and nothing that is sent belongs to one visitor alone.
    """

    def forget_visitors(self, mounted: Any) -> None:
        """Needed once, with the application that Gradio has made of this page."""
        mounted.state_holder = _OneStateForAll(self)
        self.app = mounted
        self._queue.max_thread_count = _MOST_EVENTS
        self._queue.sleep_when_free = _QUEUE_SECONDS
        self._queue.progress_update_sleep_when_free = _PROGRESS_SECONDS

    async def postprocess_data(self, block_fn: Any, predictions: Any, _: SessionState | None) -> list[Any]:
        return [_sent(value) for value in _in_order(list(block_fn.outputs), predictions)]


@contextmanager
def no_interim_app() -> Iterator[None]:
    """Within it, Gradio makes no application of a page.

    It makes one when a page is begun, when it is finished and when its queue is set, which takes most of the time of our
    start; nothing uses them once the page is mounted.
    """
    module: Any = gr.blocks
    original = module.App
    module.App = _NoApp
    try:
        yield
    finally:
        module.App = original


class _NoApp:
    @staticmethod
    def create_app(*_: object, **__: object) -> None:
        pass


class _OneStateForAll(StateHolder):
    """Gives every page the same state, into which nothing can be put."""

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.set_blocks(blocks)
        self._state = _NoState(blocks)

    def __getitem__(self, session_id: str) -> SessionState:
        return self._state


class _NoState(SessionState):
    def __setitem__(self, key: int, value: Any) -> None:
        pass

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass


def _in_order(outputs: list[Component], given: Any) -> list[Any]:
    """One value for each output. Raises ValueError where something is given for a control that the event does not have."""
    if isinstance(given, dict) and given and all(isinstance(key, gr.blocks.Block) for key in given):
        if strange := given.keys() - set(outputs):
            raise ValueError(f"not an output of this event: {strange}")
        return [given.get(output, _UNCHANGED) for output in outputs]
    if given == _UNCHANGED:
        return [_UNCHANGED] * len(outputs)
    values = [given] if len(outputs) == 1 else list(given)
    if len(values) != len(outputs):
        raise ValueError(f"{len(values)} values for {len(outputs)} outputs")
    return values


def _sent(value: Any) -> Any:
    """A value or an update in the form that the page's script takes."""
    if value is gr.components._Keywords.FINISHED_ITERATING:  # noqa: SLF001 - there is no other name for it
        return None
    if not isinstance(value, dict) or "choices" not in value:
        return value
    pairs = [choice if isinstance(choice, tuple) else (str(choice), choice) for choice in value["choices"]]
    return {**value, "choices": pairs}
