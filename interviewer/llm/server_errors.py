"""What a server's error says, whatever its shape."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any

_LONGEST_TEXT = 300

_LOADING = re.compile(
    r"loading (?:the )?model|\bis (?:still |currently |being )*load(?:ing|ed)|warming up", re.IGNORECASE
)
_QUOTA = re.compile(
    r"insufficient[_ ](?:user_)?(?:quota|balance|funds)|exceeded[_ ](?:your[_ ])?current[_ ]quota|arrears|overdue|欠费|余额不足|\b1113\b",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(
    r"context[_ ](?:length|size|window)|exceed_context|out_of_context|model token limit|prompt is (?:too long|longer)|"
    r"(?:input|prompt|messages?)\b.{0,40}\blonger than|when context the overflows|maximum (?:context|input)|\b1261\b|"
    r"range of input length|输入.{0,6}(?:过长|超长)",
    re.IGNORECASE,
)
_FORMAT = re.compile(
    r"response[_ ]?format|json[_ ]?schema|json[_ ]?object|json[_ ]mode|grammar|structured[_ ]?output|guided|\bschemas?\b|'messages' must contain",
    re.IGNORECASE,
)
_STREAM_ONLY = re.compile(r"only supports? stream", re.IGNORECASE)


class Kind(Enum):
    """What a complaint means for the one who asked."""

    LOADING = auto()
    BUSY = auto()
    QUOTA = auto()
    TOO_LONG = auto()
    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class Complaint:
    """An error as the server put it; `status` is None if it came inside a reply that was called a success."""

    status: int | None
    text: str
    code: str = ""
    param: str = ""
    retry_after: float | None = None

    @property
    def kind(self) -> Kind:
        said = f"{self.code} {self.text}"
        if self.status == 402 or _QUOTA.search(said):
            return Kind.QUOTA
        if self.status not in (401, 403, 404, 429) and _TOO_LONG.search(said):
            return Kind.TOO_LONG
        if self.status in (None, 503, 529) and _LOADING.search(said):
            return Kind.LOADING
        if self.status is None or self.status in (408, 409, 425, 429) or self.status >= 500:
            return Kind.BUSY
        return Kind.REFUSED

    @property
    def is_about_format(self) -> bool:
        """Whether the form of the reply was refused; some servers call that an internal error."""
        if self.status in (401, 402, 403, 408, 413, 429) or self.kind in (Kind.QUOTA, Kind.TOO_LONG):
            return False
        return bool(_FORMAT.search(f"{self.param} {self.text}"))

    @property
    def is_about_request(self) -> bool:
        """Whether something in the request itself was refused, so that leaving it out may help."""
        return self.status in (400, 404, 422, 501) and self.kind is Kind.REFUSED

    @property
    def wants_stream(self) -> bool:
        return self.is_about_request and bool(_STREAM_ONLY.search(self.text))

    def names(self, parameter: str) -> bool:
        """Whether the complaint is about this parameter of the request."""
        if self.param:
            return self.param.split(".")[-1] == parameter
        return re.search(rf"(?<![a-zA-Z_]){parameter}(?![a-zA-Z_])", self.text) is not None


def complaint(status: int | None, body: bytes | object, headers: Mapping[str, str] | None = None) -> Complaint:
    """An error response, read."""
    if isinstance(body, bytes):
        body = _decoded(body)
    found = _innermost(body)
    text, code, param = found.get("message", ""), found.get("code", ""), found.get("param", "")
    if status is None and code.isdigit() and 400 <= int(code) <= 599:
        status = int(code)
    return Complaint(status, _shortened(text), code, param, _retry_after(headers or {}))


def error_in(body: object) -> Complaint | None:
    """The error inside a body that came with a success status."""
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if isinstance(body, dict) and not body.get("choices") and (body.get("error") or body.get("object") == "error"):
        return complaint(None, body)
    return None


def _decoded(body: bytes) -> object:
    text = body.decode("utf-8", errors="replace")
    try:
        decoded: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return decoded


def _innermost(body: object) -> dict[str, str]:
    """The fields `message`, `code` and `param`, from whichever depth they are at."""
    if isinstance(body, str):
        return {"message": _plain(body)}
    if isinstance(body, list):
        return _innermost(body[0]) if body else {}
    if not isinstance(body, dict):
        return {}
    if isinstance(body.get("detail"), list):
        return {"message": "; ".join(_fault(fault) for fault in body["detail"])}
    inner = body.get("error") or body.get("detail")
    if isinstance(inner, dict | str | list):
        return _fields(body) | _innermost(inner)
    return _fields(body)


def _fields(body: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, keys in _NAMES.items():
        value = next(
            (body[key] for key in keys if isinstance(body.get(key), str | int) and body[key] not in ("", "None")), None
        )
        if value is not None:
            found[name] = str(value)
    raw = body.get("metadata")
    if isinstance(raw, dict) and isinstance(raw.get("raw"), str):  # a router quotes the provider behind it
        found["message"] = f"{found.get('message', '')}: {raw['raw']}"
    if "message" not in found and not isinstance(body.get("error"), dict | str | list):
        found["message"] = json.dumps(body, ensure_ascii=False, default=str) if body else ""
    return found


_NAMES = {
    "message": ("message", "msg", "detail", "error_msg", "errorMsg", "error_description", "title"),
    "code": ("code", "error_code", "type"),
    "param": ("param",),
}


def _fault(fault: object) -> str:
    if not isinstance(fault, dict):
        return str(fault)
    place = fault.get("loc")
    where = ".".join(str(part) for part in place if part != "body") if isinstance(place, list) else ""
    return ": ".join(part for part in (where, str(fault.get("msg", ""))) if part)


def _plain(text: str) -> str:
    if "<html" not in text[:1000].lower() and not text.lstrip().lower().startswith("<!doctype"):
        return text
    title = re.search(r"<(title|h1)[^>]*>(.*?)</\1>", text, re.IGNORECASE | re.DOTALL)
    return f"a web page, “{html.unescape(title[2]).strip()}”" if title else "a web page"


def _shortened(text: str) -> str:
    text = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after", "")
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        now = parsedate_to_datetime(headers["date"]) if "date" in headers else datetime.now(UTC)
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None
