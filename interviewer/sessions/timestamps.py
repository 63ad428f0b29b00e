"""Times as the database writes them: UTC, ISO 8601, to the millisecond, so that text sorts as time does."""

from datetime import UTC, datetime, timedelta

_NO_TIME = timedelta()


def as_stored(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def stored_now(ago: timedelta = _NO_TIME) -> str:
    """The time now, or so long ago."""
    return as_stored(datetime.now(UTC) - ago)
