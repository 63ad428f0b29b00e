"""Points brought to a number that can be judged one by one: few enough, and not too few for a fair grade."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from interviewer.banks.importing.rubric_from_reference.points import AskedQuestion, ReferencePoint
from interviewer.banks.importing.rubric_from_reference.prose import is_chinese
from interviewer.domain.rubric import Kind
from interviewer.text import tokenizer

MOST_POINTS = 7
_NAME = "name in a list"
_RATIO = 3.0  # no criterion weighs more than so many times another


def distinct_points(points: Sequence[ReferencePoint]) -> list[ReferencePoint]:
    """All that is told: no two points alike, and names in groups."""
    listed = _distinct(points)
    if listed and all(point.kind is not Kind.CORE for point in listed):
        listed = [replace(point, kind=Kind.CORE) for point in listed]
    return _grouped(listed)


def most_telling(points: Sequence[ReferencePoint], asked: AskedQuestion) -> list[ReferencePoint]:
    """At most MOST_POINTS points, the least telling left out."""
    listed = distinct_points(points)
    if len(listed) > MOST_POINTS:
        places = sorted(range(len(listed)), key=lambda place: _rank(listed[place], place, asked))[:MOST_POINTS]
        listed = [listed[place] for place in sorted(places)]
    least = max((point.weight for point in listed), default=0) / _RATIO
    return [replace(point, weight=max(point.weight, least)) for point in listed]


def _rank(point: ReferencePoint, place: int, asked: AskedQuestion) -> tuple[bool, float, int, int]:
    return (point.kind is not Kind.CORE, -point.weight, -(asked.own(point.text) > 2), place)


def _distinct(points: Sequence[ReferencePoint]) -> list[ReferencePoint]:
    found: dict[tuple[str, ...], ReferencePoint] = {}
    for point in points:
        found.setdefault(tokenizer.words(point.text), point)
    return [point for words, point in found.items() if words]


def _grouped(points: list[ReferencePoint]) -> list[ReferencePoint]:
    """Names that find no room one by one: those of one head in groups as large as they must be, those of several by head."""
    names = [point for point in points if point.made == _NAME]
    room = max(1, MOST_POINTS - sum(point.made != _NAME for point in points))
    if len(names) <= room:
        return points
    heads = [list(group) for _, group in groupby(names, key=lambda point: point.origin)]
    if len(heads) == 1:
        bounds = [round(n * len(names) / room) for n in range(room + 1)]
        heads = [names[start:end] for start, end in pairwise(bounds)]
    joined = iter([_one(group, "、" if is_chinese(group[0].text) else ", ") for group in heads])
    first = {id(group[0]) for group in heads}
    return [
        next(joined) if point.made == _NAME else point for point in points if point.made != _NAME or id(point) in first
    ]


def _one(points: Sequence[ReferencePoint], between: str) -> ReferencePoint:
    text = between.join(point.text for point in points)
    aliases = tuple(group for point in points for group in point.aliases)
    return replace(points[0], text=text, weight=min(sum(point.weight for point in points), _RATIO), aliases=aliases)
