"""What the interviewer says besides the questions: which point to ask back about, and which hint to give."""

from collections.abc import Mapping

from interviewer.grade import Level
from interviewer.interview import Attempt, Interview, Saying
from interviewer.rubric import Criterion, Kind


def choose_probe(interview: Interview, levels: Mapping[str, Level]) -> tuple[Criterion, str] | None:
    """The heaviest core point that the answer lacks, with its probe; None where asking back is not worth it.

    A point is asked about once, and an answer that says nothing at all is not pressed further.
    """
    if all(level is Level.MISSING for level in levels.values()):
        return None
    asked = {turn.criterion for turn in interview.current.said(Saying.PROBE)}
    for criterion in _heaviest_first(interview):
        lacking = levels.get(criterion.id, Level.MISSING) in (Level.MISSING, Level.PARTIAL)
        if lacking and criterion.probe and criterion.id not in asked:
            return criterion, criterion.probe.into(interview.plan.language)
    return None


def choose_hint(interview: Interview, levels: Mapping[str, Level]) -> tuple[Criterion, str] | None:
    """The next rung of the ladder of the point in question: the one that was asked about, else the heaviest one lacking."""
    attempt = interview.current
    for criterion in _aimed_at(interview, attempt, levels):
        given = sum(turn.criterion == criterion.id for turn in attempt.said(Saying.HINT))
        if given < len(criterion.hints):
            return criterion, criterion.hints[given].into(interview.plan.language)
    return None


def _aimed_at(interview: Interview, attempt: Attempt, levels: Mapping[str, Level]) -> list[Criterion]:
    probes = attempt.said(Saying.PROBE)
    lacking = [c for c in _heaviest_first(interview) if levels.get(c.id, Level.MISSING) is not Level.MET]
    if probes:
        lacking.sort(key=lambda criterion: criterion.id != probes[-1].criterion)
    return lacking


def _heaviest_first(interview: Interview) -> list[Criterion]:
    return sorted(interview.question.rubric.of(Kind.CORE), key=lambda criterion: -criterion.weight)
