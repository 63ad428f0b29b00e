"""What a browser sends to an event of the page, made into text that can be stored and sent back."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any


def readable(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler, with every lone surrogate in its arguments replaced by a question mark.

    JSON may hold half a character, which neither a database nor an answer to the browser can.
    """

    @wraps(handler)
    def once(*sent: Any) -> Any:
        return handler(*map(_whole, sent))

    @wraps(handler)
    def step_by_step(*sent: Any) -> Any:
        yield from handler(*map(_whole, sent))

    return step_by_step if inspect.isgeneratorfunction(handler) else once


def _whole(sent: Any) -> Any:
    match sent:
        case str():
            return sent.encode("utf-8", "replace").decode()
        case list():
            return [_whole(one) for one in sent]
        case dict():
            return {name: _whole(one) for name, one in sent.items()}
    return sent
