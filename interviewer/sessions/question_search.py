"""Finding questions of all banks by their words, topic, difficulty and standing."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from interviewer.domain.rubric import Bank, Question
from interviewer.sessions.practice_log import read_log
from interviewer.sessions.standing import QuestionState, Standing, standings
from interviewer.sessions.store import Store
from interviewer.text.tokenizer import fold


def known_questions(store: Store, owner: str, banks: Sequence[Bank], now: datetime) -> list[Standing]:
    """Every question of the banks as it stands in the owner's memory at `now`, whose time zone says when the day ends."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    log = read_log(store, owner, midnight)
    exam = log.settings.exam_on
    return standings(banks, log.cards, midnight + timedelta(days=1), exam if exam and exam > now.date() else None)


def search_questions(
    known: Sequence[Standing],
    text: str = "",
    *,
    bank: str = "",
    topic: str = "",
    difficulty: int | None = None,
    states: Collection[QuestionState] = (),
) -> list[Standing]:
    """Those of `known` that have all words of the text, in either language, and everything else that is asked for."""
    words = fold(text).split()
    return [
        one
        for one in known
        if bank in ("", one.bank.id)
        and topic in ("", one.question.topic)
        and difficulty in (None, one.question.difficulty)
        and (not states or one.state in states)
        and (not words or _has_all(one, words))
    ]


def _has_all(one: Standing, words: Sequence[str]) -> bool:
    text = _text(one.question, one.topic_title.both)
    return all(word in text for word in words)


def _text(question: Question, more: Sequence[str]) -> str:
    claims = [text for criterion in question.criteria for text in criterion.text.both]
    return _folded(" ".join([question.id, *question.text.both, *question.reference.both, *claims, *more]))


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    """Kept, as folding all questions again for each letter that is typed would be felt."""
    return fold(text)
