"""How well each question of the banks is known to an owner, read from the cards of its criteria."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zlib import crc32

from interviewer.domain.learning import Rating
from interviewer.domain.rubric import Bank, Kind, Localized, Question
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.review_cards import ReviewCard

# The last reviews before a real interview are spread over so many days, or all of them would fall on its eve.
_LAST_DAYS = 4


class QuestionState(StrEnum):
    """NEW: never judged. DUE: a point of it is to be reviewed today. WEAK: a point was last missed or needed help."""

    NEW = "new"
    DUE = "due"
    WEAK = "weak"
    HOLDING = "holding"


class MasteryLevel(StrEnum):
    """How a question counts in the mastery of its topic; what is due is shaky until it has been recalled."""

    NEW = "new"
    SHAKY = "shaky"
    HOLDING = "holding"


@dataclass(frozen=True, slots=True)
class QuestionMastery:
    """A question in an owner's memory. `due` is when the first of its points is to be reviewed, None while it is new.

    `is_proven` says whether all of its core was met without help at least once.
    """

    bank: Bank
    question: Question
    state: QuestionState
    cards: tuple[ReviewCard, ...]
    due: datetime | None
    is_proven: bool

    @property
    def name(self) -> QuestionName:
        return QuestionName(self.bank.id, self.question.id)

    @property
    def topic_title(self) -> Localized:
        topic = self.question.topic
        return (self.bank.topics or {}).get(topic) or Localized(topic, topic)

    @property
    def level(self) -> MasteryLevel:
        if self.state is QuestionState.NEW:
            return MasteryLevel.NEW
        return MasteryLevel.HOLDING if self.state is QuestionState.HOLDING else MasteryLevel.SHAKY

    @property
    def last_review(self) -> datetime | None:
        return max((card.memory.last_review for card in self.cards), default=None)

    @property
    def holds(self) -> float | None:
        """For how many days its weakest point is expected to hold."""
        return min((card.memory.stability for card in self.cards), default=None)

    @property
    def held(self) -> float | None:
        """For how many days its weakest point held before it was reviewed last; None where nothing was known before."""
        known = [card.memory.held for card in self.cards]
        return min((days for days in known if days is not None), default=None) if None not in known else None

    def recall(self, now: datetime) -> float:
        """The share, 0 to 1, in which its weakest point is expected to be recalled now; 0 of a new question."""
        return min((card.memory.recall(now) for card in self.cards), default=0.0)


@dataclass(frozen=True, slots=True)
class TopicMastery:
    bank: str
    topic: str
    title: Localized
    new: int
    shaky: int
    holding: int


def question_masteries(
    banks: Iterable[Bank], cards: Iterable[ReviewCard], end_of_day: datetime, exam: date | None = None
) -> list[QuestionMastery]:
    """Every question of the banks, in their order. What is due before `end_of_day` (aware) is due today.

    Cards of criteria that no bank has any more are passed over.
    """
    by_question: dict[tuple[str, str], list[ReviewCard]] = defaultdict(list)
    for card in cards:
        by_question[card.bank, card.question].append(card)
    return [
        _mastery(bank, question, by_question.get((bank.id, question.id), []), end_of_day, exam)
        for bank in banks
        for question in bank.questions
    ]


def topic_masteries(known: Sequence[QuestionMastery]) -> list[TopicMastery]:
    """By bank and topic, in the order of the banks."""
    by_topic: dict[tuple[str, str], list[QuestionMastery]] = defaultdict(list)
    for one in known:
        by_topic[one.bank.id, one.question.topic].append(one)
    return [
        TopicMastery(
            bank, topic, found[0].topic_title, *(sum(one.level is level for one in found) for level in MasteryLevel)
        )
        for (bank, topic), found in by_topic.items()
    ]


def _mastery(
    bank: Bank, question: Question, found: Sequence[ReviewCard], end_of_day: datetime, exam: date | None
) -> QuestionMastery:
    scheduled = {criterion.id for criterion in question.criteria if criterion.kind is not Kind.BONUS}
    cards = tuple(card for card in found if card.criterion in scheduled)
    if not cards:
        return QuestionMastery(bank, question, QuestionState.NEW, (), None, is_proven=False)
    early = crc32(question.id.encode()) % _LAST_DAYS
    due = min(card.memory.due_by(exam, early) for card in cards)
    is_weak = any(card.memory.rating is not Rating.GOOD for card in cards)
    state = QuestionState.DUE if due < end_of_day else QuestionState.WEAK if is_weak else QuestionState.HOLDING
    unaided = {card.criterion for card in cards if card.memory.unaided}
    return QuestionMastery(bank, question, state, cards, due, is_proven=question.rubric.is_covered(unaided))
