"""A rubric made of a reference answer alone: its list items, sentences and clauses become criteria."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from interviewer import tokens
from interviewer.rubric import Criterion, Localized, Question

# One rubric has no more criteria than this; what goes beyond is joined to the last.
MOST_POINTS = 12
_LEAST_OWN = 2
_LONGEST_NAME = 14
_LEAST_KEPT = 2

_HAN = re.compile("[\u3400-\u9fff]")
_LINE = re.compile(r"[\n\r]+")
_SENTENCE = re.compile(r"[。!?！？…]+|\.(?=\s|$)")
_LEAD = re.compile(r"^([^:：—。;；]{1,80}?)(?:[:：]|——+)\s*")
_MARK = re.compile(
    r"^\s*(?:[-*•·]|[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*[)）.、:：]|[①-⑳]|第?[一二三四五六七八九十]类?(?:是|,|，)|一类是)\s*"
)
_INNER_MARK = re.compile(r"(?:[(（]\d{1,2}[)）]|[①-⑳])\s*")
_COMMA = re.compile(r"[,，;；]")
_ITEM = re.compile(r"[、,，;；]|(?<=[\u3400-\u9fff])以?[和与及](?=[\u3400-\u9fff]{2})")
_LISTING = re.compile(
    r"主要是指|是指|主要有|包括|分为|分成|有以下|包含|具有|特点有|指标|由(?=.*[组构]成)|有(?=[^、]{1,14}、)|[:：]"
)
_TAIL = re.compile(r"等[^,，、;；]{0,8}$|[二三四五六七八九十]种$|[组构]成$")


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a reference says; an item of a list of names is known by any of its `names`."""

    text: str
    names: tuple[str, ...] = ()
    weight: float = 1.0


def compile_question(text: str, reference: str) -> Question:
    """A question, named by its content, whose criteria are the points of its reference answer."""
    criteria = tuple(
        Criterion(
            f"point-{number}",
            _localized(point.text),
            weight=point.weight,
            aliases=(point.names,) if point.names else (),
        )
        for number, point in enumerate(points_of(text, reference), start=1)
    )
    name = hashlib.sha256(f"{text}\n{reference}".encode()).hexdigest()[:12]
    return Question(name, _localized(text), _localized(reference), criteria)


def points_of(question: str, reference: str) -> list[Point]:
    """The points of a reference answer; each says something that the question does not."""
    asked = frozenset(tokens.words(question))
    points = [point for line in _LINE.split(reference) for point in _line(line, asked)]
    points = list({point.text: point for point in points}.values())
    if len(points) > MOST_POINTS:
        rest = "; ".join(point.text for point in points[MOST_POINTS - 1 :])
        points = [*points[: MOST_POINTS - 1], Point(rest)]
    return _worded(points or [Point(reference.strip())])


def _worded(points: list[Point]) -> list[Point]:
    """With few points, the words that make them up as well: half of the weight is theirs, so that a part counts."""
    if any(point.names or _HAN.search(point.text) for point in points):
        return points
    words = list(dict.fromkeys(word for point in points for word in _content(point.text)))
    if len(points) + len(words) > MOST_POINTS:
        return points
    return [*points, *(Point(word, weight=len(points) / len(words)) for word in words)]


def _content(text: str) -> list[str]:
    found = [token for clause in tokens.clauses(text) for token in clause.tokens]
    return [token.word for token in found if tokens.is_content(token.text)]


def _line(line: str, asked: frozenset[str]) -> list[Point]:
    line = _MARK.sub("", line)
    found: list[Point] = []
    for piece in (part for whole in _INNER_MARK.split(line) for part in _SENTENCE.split(whole)):
        text = _MARK.sub("", piece).strip(" \t,，、;；")
        names = _names(text)
        if names:
            found.extend(names)
            continue
        lead = _LEAD.match(text)
        if lead and not _own(lead[1], asked, least=_LEAST_OWN):
            text = text[lead.end() :]
        parts = _COMMA.split(text) if _HAN.search(text) else [text]
        found.extend(Point(part.strip()) for part in parts if _own(part, asked))
    return found


def _names(text: str) -> list[Point]:
    """The items of a list of short names, or nothing where the text is no such list."""
    if not _HAN.search(text):
        return []
    found = list(_LISTING.finditer(text))
    for start in (match.end() for match in found):
        listed = _TAIL.sub("", text[start:])
        items = [_MARK.sub("", item.strip()).strip(" :：—") for item in _ITEM.split(listed)]
        items = [item for item in items if item]
        if len(items) > 1 and all(len(item) <= _LONGEST_NAME and not _LISTING.search(item) for item in items):
            return [Point(item, names) for item, names in zip(items, _shortened(items), strict=True)]
    return []


def _shortened(items: Sequence[str]) -> list[tuple[str, ...]]:
    """Each item with, where the items have an ending in common, what is left without it."""
    common = _common_ending(items)
    kept = [item[: len(item) - common] for item in items]
    if not common or any(len(item) < _LEAST_KEPT for item in kept) or len(set(kept)) < len(kept):
        return [(item,) for item in items]
    return [(item, short) for item, short in zip(items, kept, strict=True)]


def _common_ending(items: Sequence[str]) -> int:
    length = 0
    while all(len(item) > length for item in items) and len({item[-1 - length] for item in items}) == 1:
        length += 1
    return length


def _own(text: str, asked: frozenset[str], least: int = 1) -> bool:
    content = [word for word in tokens.words(text) if tokens.is_content(word)]
    return sum(word not in asked for word in content) >= least


def _localized(text: str) -> Localized:
    return Localized(zh=text) if _HAN.search(text) else Localized(en=text)
