"""Error translation: reads the error body of a server, whatever its shape, and turns it into one of our LLMErrors."""

import html
import json
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from functools import cached_property
from pathlib import Path
from typing import Any

from interviewer.domain.rubric import Localized
from interviewer.errors import LLMError, LLMRefused, LLMUnreachable
from interviewer.llm.endpoints import Endpoint
from interviewer.text.messages import localized

_LONGEST_TEXT = 300

_PHRASES: Mapping[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("error_phrases.toml").read_text(encoding="utf-8")
)


class ErrorKind(Enum):
    """What an error means for the one who asked."""

    LOADING = auto()
    BUSY = auto()
    QUOTA = auto()
    TOO_LONG = auto()
    REFUSED = auto()


@dataclass(frozen=True)
class ServerError:
    """An error as the server wrote it; `status` is None if it came in a reply with a success status."""

    status: int | None
    text: str
    code: str = ""
    param: str = ""
    retry_after: float | None = None
    """Seconds that the server asks to wait."""

    @cached_property
    def kind(self) -> ErrorKind:
        if self.status == 402 or self.code in _PHRASES["quota_codes"] or self._mentions("quota"):
            return ErrorKind.QUOTA
        if self.status not in (401, 403, 404, 429) and (
            self.code in _PHRASES["too_long_codes"] or self._mentions("too_long")
        ):
            return ErrorKind.TOO_LONG
        if self.status in (None, 503, 529) and self._mentions("loading"):
            return ErrorKind.LOADING
        if self.status is None or self.status in (408, 409, 425, 429) or self.status >= 500:
            return ErrorKind.BUSY
        return ErrorKind.REFUSED

    @property
    def is_about_format(self) -> bool:
        """Whether the response format was refused; some servers call that an internal error."""
        if self.status in (401, 402, 403, 408, 413, 429) or self.kind in (ErrorKind.QUOTA, ErrorKind.TOO_LONG):
            return False
        return self._mentions("response_format")

    @property
    def is_about_request(self) -> bool:
        """Whether something in the request itself was refused, so that leaving it out may help."""
        return self.status in (400, 404, 422, 501) and self.kind is ErrorKind.REFUSED

    @property
    def is_about_thinking(self) -> bool:
        return self.is_about_request and self._mentions("thinking")

    @property
    def is_unknown_parameter(self) -> bool:
        """Whether a parameter is not known at all, rather than its value refused."""
        return self._mentions("unknown_parameter")

    def names(self, *parameters: str) -> bool:
        """Whether the error is about one of these parameters of the request."""
        wanted = {name.lower() for name in parameters}
        if self.param:
            return self.param.lower().split(".")[-1] in wanted
        return not set(re.findall(r"[a-z_]+", self.text.lower())).isdisjoint(wanted)

    def _mentions(self, meaning: str) -> bool:
        said = f"{self.code} {self.param} {self.text}".lower().replace("_", " ")
        return any(phrase in said for phrase in _PHRASES[meaning])


def read_error(status: int | None, body: bytes | object, headers: Mapping[str, str] | None = None) -> ServerError:
    """The error in a response, from a body of any shape."""
    found = _fields(_decoded(body) if isinstance(body, bytes) else body)
    code = found.get("code", "")
    if status is None and code.isdigit() and 400 <= int(code) <= 599:
        status = int(code)
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in found.get("message", "")).split())
    if len(text) > _LONGEST_TEXT:
        text = text[: _LONGEST_TEXT - 1] + "…"
    return ServerError(status, text, code, found.get("param", ""), _retry_after(headers or {}))


def error_in_success(body: object) -> ServerError | None:
    """The error inside a body that came with a success status, if there is one."""
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if isinstance(body, dict) and not body.get("choices") and (body.get("error") or body.get("object") == "error"):
        return read_error(None, body)
    return None


def to_llm_error(error: ServerError, endpoint: Endpoint, *, wait: float | None = None) -> LLMError:
    """The error to raise when nothing more can be tried; `wait` are the seconds that the server asked for, if too many."""
    said = _summary(error, endpoint)
    if error.text:
        text = error.text.replace(endpoint.key, "…") if endpoint.key else error.text
        said = localized("llm.server_says", summary=said, text=text)
    if wait is not None:
        said = localized("llm.asks_to_wait", summary=said, seconds=f"{wait:.0f}")
    kind = LLMUnreachable if error.kind in (ErrorKind.LOADING, ErrorKind.BUSY) else LLMRefused
    return kind(said, status=error.status)


def _summary(error: ServerError, endpoint: Endpoint) -> Localized:
    key = _BY_KIND[error.kind]
    if error.kind in (ErrorKind.REFUSED, ErrorKind.BUSY) and error.status:
        key = _BY_STATUS.get(error.status, key)
    name = endpoint.model
    return localized(
        key,
        host=endpoint.host,
        url=endpoint.base_url,
        model=localized("llm.model_called", name=repr(name)) if name else localized("llm.model"),
        status=f" ({error.status})" if error.status else "",
    )


_BY_KIND = {
    ErrorKind.QUOTA: "llm.no_quota",
    ErrorKind.TOO_LONG: "llm.prompt_too_long",
    ErrorKind.LOADING: "llm.still_loading",
    ErrorKind.BUSY: "llm.failed",
    ErrorKind.REFUSED: "llm.refused",
}
_BY_STATUS = {
    401: "llm.bad_key",
    403: "llm.forbidden",
    404: "llm.no_such_model",
    413: "llm.request_too_large",
    429: "llm.too_many_requests",
}


def _decoded(body: bytes) -> object:
    text = body.decode("utf-8", errors="replace")
    with suppress(ValueError, RecursionError):
        decoded: object = json.loads(text)
        return decoded
    return text


def _fields(body: object) -> dict[str, str]:
    """`message`, `code` and `param`; an object inside another knows better than the one around it."""
    match body:
        case str():
            return {"message": _without_markup(body)}
        case [first, *_]:
            return _fields(first)
        case {"detail": [*faults]}:
            return {"message": "; ".join(map(_validation_fault, faults))}
        case dict():
            inner = body.get("error") or body.get("detail")
            return _own_fields(body) | (_fields(inner) if isinstance(inner, dict | str | list) else {})
        case _:
            return {}


def _own_fields(body: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name, keys in _FIELD_NAMES.items():
        values = (body[key] for key in keys if isinstance(body.get(key), str | int) and body[key] not in ("", "None"))
        if (value := next(values, None)) is not None:
            found[name] = str(value)
    match body.get("metadata"):
        case {"raw": str() as quoted}:  # a router quotes the provider behind it
            found["message"] = f"{found.get('message', '')}: {quoted}"
    if body and "message" not in found and not isinstance(body.get("error"), dict | str | list):
        found["message"] = json.dumps(body, ensure_ascii=False, default=str)
    return found


_FIELD_NAMES = {
    "message": ("message", "msg", "detail", "error_msg", "errorMsg", "error_description", "title"),
    "code": ("code", "error_code", "type"),
    "param": ("param",),
}


def _validation_fault(fault: object) -> str:
    """One fault as FastAPI lists them: where in the request, and what."""
    if not isinstance(fault, dict):
        return str(fault)
    location = fault.get("loc")
    where = ".".join(str(part) for part in location if part != "body") if isinstance(location, list) else ""
    return ": ".join(part for part in (where, str(fault.get("msg", ""))) if part)


def _without_markup(text: str) -> str:
    if "<html" not in text[:1000].lower() and not text.lstrip().lower().startswith("<!doctype"):
        return text
    title = re.search(r"<(title|h1)[^>]*>(.*?)</\1>", text, re.IGNORECASE | re.DOTALL)
    return f"a web page, “{html.unescape(title[2]).strip()}”" if title else "a web page"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from now, in whichever of the three ways the server says it."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        with suppress(KeyError, ValueError):
            return max(0.0, float(headers[name]) * unit)
    with suppress(KeyError, ValueError, TypeError):
        now = parsedate_to_datetime(headers["date"]) if "date" in headers else datetime.now(UTC)
        return max(0.0, (parsedate_to_datetime(headers["retry-after"]) - now).total_seconds())
    return None
