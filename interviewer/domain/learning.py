"""What an attempt says about the candidate's memory: the rating of each point that is scheduled for review.

A core criterion has a card from the first time it is rated. A mistake has a card of its own from the first time it is
made, and until then none: there is nothing to unlearn. Bonus points have none.
"""

from collections.abc import Sequence
from enum import StrEnum

from interviewer.domain.grade import CREDITED, Level, Verdict
from interviewer.domain.interview import Assistance, Attempt, Interview, Mode, shows_grades
from interviewer.domain.rubric import Kind, Rubric


class Rating(StrEnum):
    """How well a point was recalled. Nothing is rated easy: an answer does not show how much effort it took."""

    AGAIN = "again"
    HARD = "hard"
    GOOD = "good"


def ratings(interview: Interview, attempt: Attempt) -> dict[str, Rating]:
    """The rating of each criterion of which this attempt is a review; none of those it says nothing about.

    While grades are not shown there is none: what is due next would give them away. A further attempt of the same sitting is no review where the model answer was shown after the one before it.
    """
    if not shows_grades(interview):
        return {}
    if attempt.number > 1 and interview.plan.mode is Mode.COACH:
        return {}
    rubric = interview.bank[attempt.question].rubric
    verdicts = attempt.verdicts_on(rubric)
    found = {one.criterion: _rating(rubric, verdicts, one, attempt.assistance_for(one)) for one in verdicts}
    return {criterion: rating for criterion, rating in found.items() if rating is not None}


def opens_card(kind: Kind, rating: Rating) -> bool:
    """Whether a criterion of this kind that has no card gets one by this rating."""
    return kind is Kind.CORE or rating is Rating.AGAIN


def _rating(rubric: Rubric, verdicts: Sequence[Verdict], verdict: Verdict, aid: Assistance) -> Rating | None:
    criterion = rubric[verdict.criterion]
    if verdict.level is None or criterion.kind is Kind.BONUS:
        return None
    if criterion.kind is Kind.MISTAKE:
        return _of_mistake(rubric, verdicts, verdict.level)
    if verdict.level is Level.MET:
        return Rating.GOOD if aid is Assistance.UNAIDED else Rating.HARD
    met = {one.criterion for one in verdicts if one.level is Level.MET}
    if any(rubric.is_group_covered(group, met) for group in rubric.groups if group.id == criterion.group):
        return None  # enough others of its group are met
    return Rating.HARD if verdict.level is Level.PARTIAL else Rating.AGAIN


def _of_mistake(rubric: Rubric, verdicts: Sequence[Verdict], level: Level) -> Rating | None:
    """Only an answer that gets something right shows that a mistake is unlearned; an empty one makes no mistake either."""
    if level in CREDITED:
        return Rating.AGAIN
    core = {criterion.id for criterion in rubric.of(Kind.CORE)}
    return Rating.GOOD if any(one.criterion in core and one.level in CREDITED for one in verdicts) else None
