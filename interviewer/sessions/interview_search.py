"""Finding interviews by their title, bank, questions, day and mode, without reading their events."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa

from interviewer.domain.interview import Interview, Mode
from interviewer.domain.language import Language
from interviewer.sessions.tables import interview_words, interviews, overviews
from interviewer.sessions.timestamps import as_stored
from interviewer.text.messages import say
from interviewer.text.tokenizer import fold

# As much of the questions as is looked through; longer plans are rare, and every row is read at every search.
_MOST_SIGNS = 20_000

# How a day, a month or a year is written; the most days that it has, and where the next one begins after so many.
_PERIODS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    *((written, 1, {}) for written in ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日")),
    *((written, 31, {"day": 1}) for written in ("%Y-%m", "%Y/%m", "%Y年%m月")),
    *((written, 366, {"day": 1, "month": 1}) for written in ("%Y年", "%Y")),
)


# Looked up for each row of a list: a join would let PostgreSQL read the titles and words of everybody.
TITLE = sa.select(interviews.c.title).where(interviews.c.id == overviews.c.interview).scalar_subquery()
_WORDS = (
    sa.select(interview_words.c.words).where(interview_words.c.interview == overviews.c.interview).scalar_subquery()
)


def add_words(connection: sa.Connection, interview: str, state: Interview) -> None:
    """Keep what an interview is found by, in place of what was kept of it."""
    asked = [state.bank[question].text for question in state.plan.questions]
    words = fold("\n".join([state.bank.id, *state.bank.title.both, *(side for text in asked for side in text.both)]))
    connection.execute(interview_words.delete().where(interview_words.c.interview == interview))
    connection.execute(interview_words.insert().values(interview=interview, words=words[:_MOST_SIGNS]))


def has_all_words(text: str, zone: tzinfo = UTC) -> sa.ColumnElement[bool]:
    """The condition on `overviews` that an interview has every word of the text.

    A word may stand in its title, the names of its bank or its questions, name its mode in either language, or the day,
    month or year in `zone` on which it began.
    """
    return sa.and_(sa.true(), *(_has(word, zone) for word in text.split()))


def _has(word: str, zone: tzinfo) -> sa.ColumnElement[bool]:
    folded = fold(word)
    ways = [_WORDS.contains(folded, autoescape=True), TITLE.icontains(word, autoescape=True)]
    modes = [mode for mode in Mode if folded in {fold(say(f"mode_short.{mode}", one)) for one in Language}]
    if modes:
        ways.append(overviews.c.mode.in_(modes))
    if period := _period(word, zone):
        ways.append((overviews.c.begun_at >= period[0]) & (overviews.c.begun_at < period[1]))
    return sa.or_(*ways)


def _period(word: str, zone: tzinfo) -> tuple[str, str] | None:
    """The day, month or year that a word names, from its first moment to that of the next one; None if it names none."""
    for written, longest, ends in _PERIODS:
        try:
            first = datetime.strptime(word, written).replace(tzinfo=zone)
            end = (first + timedelta(days=longest)).replace(**ends)
            return as_stored(first), as_stored(end)
        except (ValueError, OverflowError):  # the year 9999 has no next one
            continue
    return None
