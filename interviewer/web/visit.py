"""Who asks for something: the owner of interviews, the language they are spoken to in, and where their day begins."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from interviewer.domain.language import Language


@dataclass(frozen=True, slots=True)
class Visit:
    """Who sent an event of the page, and the language that its controls are in; `request` is Gradio's."""

    owner: str
    language: Language
    request: Any = None
    root_path: str = ""

    @property
    def zone(self) -> tzinfo:
        """Where the visitor's day begins, as the browser says."""
        return zone_of_request(self.request) if self.request else UTC

    @property
    def address(self) -> str:
        """Where this page is: its host is the one it was asked for, which the guard has checked."""
        return self.root_path or f"http://{self.request.headers.get('host', '')}"


def zone_of_request(request: Any) -> tzinfo:
    """The time zone that the page's script keeps in a cookie; UTC where it makes no sense."""
    try:
        return ZoneInfo(unquote(dict(request.cookies).get("zone", "")))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return UTC


def language_of_request(request: Any) -> Language:
    """The language of whoever sent a request, as far as it tells; it may be a request of Gradio."""
    return preferred_language(dict(request.cookies).get("lang", ""), request.headers.get("accept-language", ""))


def language_of_link(lang: str) -> Language | None:
    return Language(lang) if lang in tuple(Language) else None


def preferred_language(cookie: str, accepted: str) -> Language:
    """The language that was chosen before, else the first one the browser asks for that the page has."""
    if cookie in tuple(Language):
        return Language(cookie)
    wishes = []
    for part in accepted.split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), name.split("-")[0].strip().lower()))
        except ValueError:
            continue
    known = [name for _, name in sorted(wishes, key=lambda wish: wish[0]) if name in tuple(Language)]
    return Language(known[0]) if known else Language.EN
