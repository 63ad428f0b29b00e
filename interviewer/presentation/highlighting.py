"""Where the words that earned credit stand in what a candidate said."""

from collections.abc import Iterable, Iterator

from interviewer.domain.grade import Evidence, Grade, Level
from interviewer.domain.rubric import Kind, Question

Span = tuple[int, int]


def credited(question: Question, grade: Grade | None, turn: int, text: str) -> list[Span]:
    """The words of a turn that earned credit, which those of a misconception do not."""
    if grade is None:
        return []
    mistakes = {criterion.id for criterion in question.rubric.of(Kind.MISTAKE)}
    found = [
        span(evidence, text)
        for verdict in grade.verdicts
        if verdict.level in (Level.MET, Level.PARTIAL) and verdict.criterion not in mistakes
        for evidence in verdict.evidence
        if evidence.turn == turn
    ]
    return [one for one in found if one]


def span(evidence: Evidence, text: str) -> Span | None:
    """Where a quote stands in its turn: at its offsets, or at its first place where the grader gave none that fit."""
    if not evidence.quote:
        return None
    if evidence.start >= 0 and text[evidence.start : evidence.end] == evidence.quote:
        return evidence.start, evidence.end
    start = text.find(evidence.quote)
    return None if start < 0 else (start, start + len(evidence.quote))


def pieces(text: str, spans: Iterable[Span]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is marked; spans that overlap are one piece."""
    at = 0
    for start, end in _merged(spans):
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
