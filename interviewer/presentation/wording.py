"""Scores, levels and provenance in words, for every face."""

from datetime import UTC, datetime, tzinfo

from interviewer.domain.grade import Grade, Level
from interviewer.domain.language import Language
from interviewer.domain.rubric import Criterion, Kind
from interviewer.domain.scoring import Score
from interviewer.evaluation.measurements import Measurement
from interviewer.text.messages import say

_SIGN = {Level.MET: "✓", Level.PARTIAL: "◐", Level.MISSING: "○", Level.CONTRADICTED: "✗", None: "?"}


def score_text(score: Score | None, language: Language, *, is_estimate: bool) -> str:
    """A score in words: an estimate as its quarters of the scale, a range as a range, nothing as nothing."""
    if score is None:
        return say("score.none", language)
    if is_estimate:
        low, high = score.quarters
        return say("score.estimate", language, low=low, high=high)
    if score.value is None:
        return say("score.range", language, low=round(100 * score.low), high=round(100 * score.high))
    return say("score.exact", language, score=round(100 * score.value))


def duration(seconds: float) -> str:
    """Minutes and seconds, as a clock shows them."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def provenance_text(grade: Grade, language: Language) -> str:
    by = grade.provenance
    grader = f"{by.model} @ {by.host}" if by.model else say("provenance.offline", language, grader=by.grader)
    parts = [say("provenance.grader", language, grader=grader), say("provenance.rubric", language, digest=by.rubric)]
    if by.prompt:
        parts.append(say("provenance.prompt", language, digest=by.prompt))
    return " · ".join(parts)


def moment(at: str, zone: tzinfo = UTC) -> str:
    """A time in ISO 8601 to the minute, as people of this time zone write it; UTC where it does not say its own."""
    try:
        told = datetime.fromisoformat(at)
    except ValueError:  # of a damaged record
        return at
    local = (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(zone)
    offset = f"{local:%z}" if local.utcoffset() else ""
    return f"{local:%Y-%m-%d %H:%M} UTC{offset[:3]}{':' if offset else ''}{offset[3:5]}"


def agreement_text(found: Measurement | None, language: Language, *, is_estimate: bool) -> str:
    """How well the grader of a grade agreed with labels of answers that nobody who made it had seen; None: nobody knows."""
    kind = "estimate" if is_estimate else "model"
    if found is None or found.held_out_pearson is None:
        return say(f"badge.{kind}_unmeasured", language)
    labels = say(f"badge.labels_{found.labels}" if found.labels in _LABELLERS else "badge.labels", language)
    return say(f"badge.{kind}", language, r=f"{found.held_out_pearson:.2f}", n=found.held_out_n, labels=labels)


_LABELLERS = ("model", "person")


def is_worth_showing(criterion: Criterion, level: Level | None) -> bool:
    """Whether a verdict is worth a line: a bonus that was not earned and a mistake that was not made are not."""
    return criterion.kind is Kind.CORE or level is not Level.MISSING


def level_sign(level: Level | None) -> str:
    """One character that stands for the level of a point."""
    return _SIGN[level]


def sign(criterion: Criterion, level: Level | None) -> str:
    """One character that stands for a level beside its name."""
    return _MISTAKE_SIGN.get(level, "–") if criterion.kind is Kind.MISTAKE else _SIGN[level]


_MISTAKE_SIGN = {Level.MET: "✗", Level.PARTIAL: "✗", None: "?"}


def level_key(criterion: Criterion, level: Level | None) -> str:
    """The phrase for a level; a mistake that was made is a misconception."""
    if criterion.kind is Kind.MISTAKE and level is not None:
        return "level.mistake" if level in (Level.MET, Level.PARTIAL) else "ruling.not_made"
    return f"level.{level or 'unknown'}"


def bar_ends(score: Score, *, is_estimate: bool) -> tuple[float, float]:
    """Where a bar ends for sure and at most, from 0 to 1; of an estimate, the limits of its quarters."""
    if is_estimate:
        low, high = score.quarters
        return low / 100, high / 100
    return score.low, score.high


def ruled_levels(criterion: Criterion) -> tuple[Level, ...]:
    """The levels that a person may choose from, in the order of the keys 1 to 4; a mistake was made or it was not."""
    return (Level.MET, Level.MISSING) if criterion.kind is Kind.MISTAKE else tuple(Level)


def ruling_key(criterion: Criterion, level: Level) -> str:
    return (
        f"ruling.{'made' if level is Level.MET else 'not_made'}" if criterion.kind is Kind.MISTAKE else f"level.{level}"
    )
