"""What is worth practising today: which questions, in what order, and about how long they take."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median

from interviewer.domain.rubric import Bank
from interviewer.sessions.interview_lists import InterviewOverview
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.practice_log import PracticeLog, PracticeSettings, read_log
from interviewer.sessions.question_mastery import (
    QuestionMastery,
    QuestionState,
    TopicMastery,
    topic_masteries,
)
from interviewer.sessions.question_search import masteries_at, midnight_before
from interviewer.sessions.store import Store

SITTING = 6
"""How many questions a sitting is filled up to where less is due."""

FIRST_SITTING = 5
NEW_A_DAY = 3
WEAK_A_DAY = 2
USUAL_SECONDS = 75.0
"""What an answer takes, as long as nothing is known of the owner's own pace."""

_READING_SECONDS = 20.0
_LONG_AWAY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Today:
    """What is worth doing now, most urgent first; the counts are those of `questions`.

    `left_over` is what is due and waits for another day, `next_due` the next day on which something will be due and how
    many questions. `is_comeback` after a long time away with more due than a day takes.
    """

    questions: tuple[QuestionMastery, ...]
    due: int
    weak: int
    new: int
    minutes: int
    is_own_pace: bool
    left_over: int
    answered_today: int
    is_comeback: bool
    is_first_visit: bool
    open: tuple[InterviewOverview, ...]
    topics: tuple[TopicMastery, ...]
    next_due: tuple[date, int] | None
    settings: PracticeSettings
    days_left: int | None

    @property
    def names(self) -> tuple[QuestionName, ...]:
        return tuple(one.name for one in self.questions)


def plan_today(store: Store, owner: str, banks: Sequence[Bank], now: datetime, *, beyond: bool = False) -> Today:
    """What is worth doing at `now`, whose zone says when days begin; with `beyond`, more than the day asks for."""
    log = read_log(store, owner, midnight_before(now))
    known, exam = masteries_at(now, log, banks), log.settings.exam_on
    days_left = (exam - now.date()).days if exam and exam > now.date() else None
    chosen, waiting = _chosen(known, log, now, days_left, beyond=beyond)
    by_state = Counter(one.state for one in chosen)
    seconds = median(log.seconds) if log.seconds else USUAL_SECONDS
    away = log.last_answer is not None and now - log.last_answer > _LONG_AWAY
    practised = {one.bank.id for one in known if one.cards}
    return Today(
        questions=tuple(chosen),
        due=by_state[QuestionState.DUE],
        weak=by_state[QuestionState.WEAK] + by_state[QuestionState.HOLDING],
        new=by_state[QuestionState.NEW],
        minutes=ceil(len(chosen) * (seconds + _READING_SECONDS) / 60),
        is_own_pace=bool(log.seconds),
        left_over=waiting,
        answered_today=len(log.answered_today),
        is_comeback=away and waiting > 0,
        is_first_visit=not log.cards and log.last_answer is None and not log.open,
        open=tuple(log.open),
        topics=tuple(topic_masteries([one for one in known if not practised or one.bank.id in practised])),
        next_due=_next_due(known, midnight_before(now) + timedelta(days=1)),
        settings=log.settings,
        days_left=days_left,
    )


def _chosen(
    known: Sequence[QuestionMastery], log: PracticeLog, now: datetime, days_left: int | None, *, beyond: bool
) -> tuple[list[QuestionMastery], int]:
    """The questions for today, and how many more are due.

    What is due comes first, up to the daily cap. Weak and new questions fill the sitting up, or are as many as it takes to
    have all of them ready for the real interview. What waits in an open interview is answered there, unless that one was
    left alone for long.
    """
    done = 0 if beyond else len(log.answered_today)
    room = SITTING if beyond else max(0, log.settings.daily_cap - done)
    since = now - _LONG_AWAY
    waiting = {
        name for one in log.open if datetime.fromisoformat(one.changed_at) > since for name in one.waiting.split()
    }
    left = [one for one in known if one.name not in log.answered_today and str(one.name) not in waiting]
    due = [one for one in left if one.state is QuestionState.DUE]
    chosen = sorted(due, key=lambda one: one.recall(now))[:room]
    weak = sorted(
        (one for one in left if one.state is QuestionState.WEAK), key=lambda one: (one.is_proven, one.holds or 0)
    )
    new = _new(known, left)
    begun = 0 if beyond else sum(_is_begun_today(one, log) for one in known)
    weak_needed = _share(sum(not one.is_proven for one in weak), days_left)
    new_needed = max(0, _share(len(new) + begun, days_left and max(1, days_left // 2)) - begun)
    new_usual = (NEW_A_DAY if any(one.cards for one in known) else FIRST_SITTING) - begun
    most = min(room, max(SITTING - done, len(chosen) + weak_needed + new_needed))
    chosen += weak[: max(0, min(max(WEAK_A_DAY, weak_needed), most - len(chosen)))]
    chosen += new[: max(0, min(max(new_usual, new_needed), most - len(chosen)))]
    if beyond:
        holding = [one for one in left if one.state is QuestionState.HOLDING]
        chosen += sorted(holding, key=lambda one: one.recall(now))[: max(0, most - len(chosen))]
    return chosen, max(0, len(due) - room)


def _share(count: int, days: int | None) -> int:
    """How many a day it takes to have them all done in so many days; 0 where there is no hurry."""
    return ceil(count / days) if days else 0


def _new(known: Sequence[QuestionMastery], left: Sequence[QuestionMastery]) -> list[QuestionMastery]:
    """New questions, those of the bank that was practised last first."""
    last: dict[str, datetime] = {}
    for one in known:
        if at := one.last_review:
            last[one.bank.id] = max(at, last.get(one.bank.id, at))
    new = [one for one in left if one.state is QuestionState.NEW]
    return sorted(new, key=lambda one: -last[one.bank.id].timestamp() if one.bank.id in last else 0.0)


def _is_begun_today(one: QuestionMastery, log: PracticeLog) -> bool:
    return one.name in log.answered_today and all(card.memory.reviews == 1 for card in one.cards)


def _next_due(known: Sequence[QuestionMastery], end_of_day: datetime) -> tuple[date, int] | None:
    """In the time zone of `end_of_day`."""
    days = [one.due.astimezone(end_of_day.tzinfo).date() for one in known if one.due and one.due >= end_of_day]
    return (min(days), days.count(min(days))) if days else None
