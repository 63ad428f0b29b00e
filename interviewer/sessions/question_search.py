"""Finding questions of all banks by their words and their state."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from interviewer.domain.rubric import Bank, Question
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.practice_log import PracticeLog, read_log
from interviewer.sessions.question_mastery import QuestionMastery, QuestionState, question_masteries
from interviewer.sessions.question_notes import NO_NOTE, QuestionNote
from interviewer.sessions.store import Store
from interviewer.text.tokenizer import fold


class NoteFilter(StrEnum):
    """What an owner may keep about a question."""

    BOOKMARK = "bookmark"
    NOTE = "note"

    def fits(self, note: QuestionNote) -> bool:
        return note.is_bookmarked if self is NoteFilter.BOOKMARK else bool(note.note)


def known_questions(store: Store, owner: str, banks: Sequence[Bank], now: datetime) -> list[QuestionMastery]:
    """Every question of the banks as it stands in the owner's memory at `now`, whose time zone says when the day ends."""
    return masteries_at(now, read_log(store, owner, midnight_before(now)), banks)


def masteries_at(now: datetime, log: PracticeLog, banks: Sequence[Bank]) -> list[QuestionMastery]:
    """What the log makes of every question of the banks; an exam that is over pulls nothing forward."""
    exam = log.settings.exam_on
    ahead = exam if exam and exam > now.date() else None
    return question_masteries(banks, log.cards, midnight_before(now) + timedelta(days=1), ahead)


def midnight_before(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def search_questions(
    known: Sequence[QuestionMastery],
    text: str = "",
    *,
    states: Collection[QuestionState] = (),
    notes: Mapping[QuestionName, QuestionNote] | None = None,
    kept: NoteFilter | None = None,
) -> list[QuestionMastery]:
    """Those of `known` that have all words of the text, in either language, and everything else that is asked for.

    Words are looked for in the owner's `notes` as well; `kept` asks for questions with a bookmark or a note.
    """
    notes = notes or {}
    words = fold(text).split()
    return [
        one
        for one in known
        if (not states or one.state in states)
        and (kept is None or kept.fits(notes.get(one.name, NO_NOTE)))
        and (not words or _has_all(one, words, notes.get(one.name, NO_NOTE).note))
    ]


def _has_all(one: QuestionMastery, words: Sequence[str], note: str) -> bool:
    text = _text(one.question, (*one.topic_title.both, note))
    return all(word in text for word in words)


def _text(question: Question, more: Sequence[str]) -> str:
    claims = [text for criterion in question.criteria for text in criterion.text.both]
    return _folded(" ".join([question.id, *question.text.both, *question.reference.both, *claims, *more]))


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    """Kept, as folding all questions again for each letter that is typed would be felt."""
    return fold(text)
