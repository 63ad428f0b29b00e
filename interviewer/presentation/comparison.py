"""An interview beside the last time its questions were answered, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from interviewer.domain.language import Language
from interviewer.domain.rubric import Criterion, Localized
from interviewer.presentation.card import PointCount
from interviewer.presentation.wording import is_worth_showing, level_key
from interviewer.sessions.comparison import ComparedAttempt, QuestionComparison
from interviewer.text.messages import say


@dataclass(frozen=True, slots=True)
class ComparedQuestion:
    """A question as a report compares it; `before` is empty where only the tries of this time can be compared."""

    title: Localized
    before_at: str
    before: str
    now: str
    changes: tuple[tuple[Criterion, str, str], ...]


def compared_questions(compared: Sequence[QuestionComparison], language: Language) -> list[ComparedQuestion]:
    return [_compared(one, language) for one in compared]


def _compared(one: QuestionComparison, language: Language) -> ComparedQuestion:
    changes = tuple(
        (criterion, level_key(criterion, old), level_key(criterion, new))
        for criterion, old, new in one.changes
        if is_worth_showing(criterion, old) or is_worth_showing(criterion, new)
    )
    before, now = (_tries(one, tries, language) for tries in (one.before, one.now))
    return ComparedQuestion(one.question.text, one.before_at, before, now, changes)


def overall(compared: Sequence[QuestionComparison], language: Language) -> list[str]:
    """The first tries of both times together, as far as both are known, one sentence each."""
    both = [one for one in compared if one.before]
    if not both:
        return []
    before, now = (_earned(pairs) for pairs in ([(q, q.before[0]) for q in both], [(q, q.now[0]) for q in both]))
    lines = [say("compare.points", language, before=before.earned, now=now.earned, asked=len(now.levels))]
    timed = [(q.before[0].seconds, q.now[0].seconds) for q in both]
    paces = [(old, new) for old, new in timed if old is not None and new is not None]
    if paces:
        old, new = (round(median(column)) for column in zip(*paces, strict=True))
        lines.append(say("compare.pace", language, before=old, now=new))
    return lines


def comparison_to_plain(compared: Sequence[QuestionComparison]) -> list[dict[str, Any]]:
    """For programs: the tries of both times with the level of each criterion."""
    return [
        {
            "question": one.question.id,
            "before_at": one.before_at or None,
            "before": [_plain(made) for made in one.before],
            "now": [_plain(made) for made in one.now],
        }
        for one in compared
    ]


def _plain(one: ComparedAttempt) -> dict[str, Any]:
    return {"levels": dict(one.levels), "seconds": one.seconds}


def _tries(one: QuestionComparison, tries: Sequence[ComparedAttempt], language: Language) -> str:
    """Such as "first try 1 of 2 points, best try 2 of 2 · 75 s"; '' where there are none."""
    if not tries:
        return ""
    first, best = tries[0], one.best(tries)
    asked = len(one.points(first))
    told = say("compare.one", language, earned=_earned([(one, first)]).earned, asked=asked)
    if len(tries) > 1:
        earned = {"first": _earned([(one, first)]).earned, "best": _earned([(one, best)]).earned}
        told = say("compare.several", language, **earned, asked=asked)
    if first.seconds is None:
        return told
    return f"{told} · {say('transcript.seconds', language, seconds=round(first.seconds))}"


def _earned(tries: Sequence[tuple[QuestionComparison, ComparedAttempt]]) -> PointCount:
    return PointCount(tuple(level for question, one in tries for level in question.points(one)))
