"""What a browser sends to an event of the page: made into text that can be stored, and refused in one line of the log."""

import inspect
import logging
import math
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from pathlib import Path
from typing import Any

import gradio as gr
from anyio import CapacityLimiter, to_thread

from interviewer.domain.language import Language
from interviewer.settings import REQUEST_ID
from interviewer.text.messages import say
from interviewer.web.page_output import StatelessPage
from interviewer.web.request_log import REQUEST_ID_HEADER
from interviewer.web.visit import Visit, language_of_request

_log = logging.getLogger(__name__)

_END = object()


def sanitized(handler: Callable[..., Any], visit: Callable[[gr.Request, str], Visit]) -> Callable[..., Any]:
    """The handler as Gradio calls it: with the visit first, and every lone surrogate replaced by a question mark.

    `visit` makes it of the request and the page's language, which is the first value that the browser sends. JSON may
    hold half a character, which neither a database nor an answer to the browser can. What makes the handler fail is
    logged in one line, without what was sent; the whole traceback is there at the level DEBUG.
    """

    def once(request: gr.Request, language: str, *sent: Any) -> Any:
        with _in_one_line(request):
            return handler(visit(request, language), *map(_whole, sent))

    def step_by_step(request: gr.Request, language: str, *sent: Any) -> Any:
        with _in_one_line(request):
            yield from handler(visit(request, language), *map(_whole, sent))

    return step_by_step if inspect.isgeneratorfunction(handler) else once


def in_own_thread(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler in threads of its own: slow models would use up the few that all other handlers share."""
    apart = partial(to_thread.run_sync, abandon_on_cancel=True, limiter=CapacityLimiter(math.inf))

    @wraps(handler)
    async def once(*sent: Any) -> Any:
        return await apart(partial(handler, *sent))

    @wraps(handler)
    async def step_by_step(*sent: Any) -> Any:
        steps = handler(*sent)
        while (step := await apart(partial(next, steps, _END))) is not _END:
            yield step

    return step_by_step if inspect.isgeneratorfunction(handler) else once


class Page(StatelessPage):
    """Gradio's page, which would print everything that an event with too few values has sent."""

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        with _in_one_line():
            super().validate_inputs(block_fn, inputs)


class OneLineTracebacks(logging.Filter):
    """Makes one line of a traceback in the log of the web server: anybody can cause it, and it may hold what was sent."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], Exception):
            record.msg, record.args = "a request failed: %s", (where(record.exc_info[1]),)
            record.exc_info = record.exc_text = None
        return True


def where(error: Exception) -> str:
    """What kind of error it was and where it was raised, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "interviewer" in Path(frame.filename).parts] or frames
    return f"{type(error).__name__} at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else type(error).__name__


@contextmanager
def _in_one_line(request: gr.Request | None = None) -> Iterator[None]:
    if request:
        # Another thread has taken the request in.
        REQUEST_ID.set(request.headers.get(REQUEST_ID_HEADER, ""))
    try:
        yield
    except gr.Error:
        raise
    except Exception as error:
        _log.error("an event of the page failed: %s", where(error))
        _log.debug("it came from", exc_info=error)
        told = say("app.failed", language_of_request(request) if request else Language.EN, kind=type(error).__name__)
        raise gr.Error(told, print_exception=False) from error


def _whole(sent: Any) -> Any:
    match sent:
        case str():
            return sent.encode("utf-8", "replace").decode()
        case list():
            return [_whole(one) for one in sent]
        case dict():
            return {name: _whole(one) for name, one in sent.items()}
    return sent
