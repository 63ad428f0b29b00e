"""How an owner's practice has gone: days practised, what is recalled by topic and week, what got better and what slips."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from statistics import mean, median
from typing import NamedTuple

import sqlalchemy as sa

from interviewer.domain.learning import Rating
from interviewer.domain.rubric import Bank, Kind, Localized
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.question_mastery import QuestionMastery, TopicMastery, topic_masteries
from interviewer.sessions.question_search import known_questions
from interviewer.sessions.store import Store
from interviewer.sessions.tables import outcomes

_CREDIT = {Rating.GOOD: 1.0, Rating.HARD: 0.5, Rating.AGAIN: 0.0}
_RECENT = timedelta(days=30)


class PractisedAnswer(NamedTuple):
    """One answer that was a review: when (aware) it was given, and the share, 0 to 1, of its core criteria recalled."""

    name: QuestionName
    at: datetime
    share: float


@dataclass(frozen=True, slots=True)
class Week:
    """Answers of the week that begins on this Monday, and the share of their points that was recalled without help."""

    monday: date
    answers: int
    share: float


@dataclass(frozen=True, slots=True)
class TopicProgress:
    bank: str
    topic: str
    title: Localized
    weeks: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class RecallChange:
    """A question that was answered lately: the share recalled the time before, and the last time."""

    mastery: QuestionMastery
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Progress:
    """`days` are answers by day, in the time zone that was asked for; `holds` is the median over all questions, in days."""

    days: dict[date, int]
    topics: tuple[TopicProgress, ...]
    masteries: tuple[TopicMastery, ...]
    better: tuple[RecallChange, ...]
    slipping: tuple[RecallChange, ...]
    holds: float | None
    held: float | None

    @property
    def answers(self) -> int:
        return sum(self.days.values())


def read_progress(store: Store, owner: str, banks: Sequence[Bank], now: datetime) -> Progress:
    """The progress of an owner as it is known at `now`, whose time zone says when days begin."""
    zone = now.tzinfo
    assert zone is not None
    known = known_questions(store, owner, banks, now)
    practised = list_practised_answers(store, owner)
    begun = [one for one in known if one.cards]
    used = {one.bank.id for one in begun}
    changes = _changes(begun, practised, now)
    holds = [one.holds for one in begun if one.holds is not None]
    held = [one.held for one in begun if one.held is not None]
    return Progress(
        days=dict(Counter(one.at.astimezone(zone).date() for one in practised)),
        topics=tuple(_topics(known, practised, zone)),
        masteries=tuple(topic_masteries([one for one in known if one.bank.id in used])),
        better=tuple(sorted((one for one in changes if one.now > one.before), key=lambda one: one.before - one.now)),
        slipping=tuple(sorted((one for one in changes if one.now < one.before), key=lambda one: one.now - one.before)),
        holds=median(holds) if holds else None,
        held=median(held) if held else None,
    )


def list_practised_answers(store: Store, owner: str) -> list[PractisedAnswer]:
    """Every answer of an owner that was a review, in the order of their times."""
    key = (outcomes.c.bank, outcomes.c.question, outcomes.c.interview, outcomes.c.attempt, outcomes.c.answered_at)
    credit = sa.case(*((outcomes.c.rating == rating, value) for rating, value in _CREDIT.items()))
    query = sa.select(*key, sa.func.avg(credit).label("share")).group_by(*key).order_by(outcomes.c.answered_at)
    query = query.where(outcomes.c.owner == owner, outcomes.c.kind == Kind.CORE, outcomes.c.rating.is_not(None))
    return [
        PractisedAnswer(QuestionName(row.bank, row.question), datetime.fromisoformat(row.answered_at), float(row.share))
        for row in store.database.rows(query)
    ]


def _topics(
    known: Sequence[QuestionMastery], practised: Sequence[PractisedAnswer], zone: tzinfo
) -> list[TopicProgress]:
    places = {one.name: one for one in known}
    shares: dict[tuple[str, str], dict[date, list[float]]] = defaultdict(lambda: defaultdict(list))
    titles: dict[tuple[str, str], Localized] = {}
    for one in practised:
        if mastery := places.get(one.name):
            day = one.at.astimezone(zone).date()
            key = (one.name.bank, mastery.question.topic)
            titles[key] = mastery.topic_title
            shares[key][day - timedelta(days=day.weekday())].append(one.share)
    return [
        TopicProgress(*key, titles[key], tuple(Week(day, len(found), mean(found)) for day, found in weeks.items()))
        for key, weeks in shares.items()
    ]


def _changes(
    begun: Sequence[QuestionMastery], practised: Sequence[PractisedAnswer], now: datetime
) -> list[RecallChange]:
    """What the last two answers made of the questions that were answered within the last month."""
    last: dict[QuestionName, list[PractisedAnswer]] = defaultdict(list)
    for one in practised:
        last[one.name].append(one)
    return [
        RecallChange(mastery, found[-2].share, found[-1].share)
        for mastery in begun
        if len(found := last[mastery.name]) > 1 and now - found[-1].at <= _RECENT
    ]
