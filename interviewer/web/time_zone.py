"""Where a visitor's day begins."""

from datetime import UTC, tzinfo
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def time_zone(cookie: str) -> tzinfo:
    """The time zone that the page's script keeps in a cookie; UTC where it makes no sense."""
    try:
        return ZoneInfo(unquote(cookie))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return UTC
