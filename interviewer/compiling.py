"""A rubric made of a reference answer alone: its list items, sentences and clauses become criteria."""

import hashlib
import re

from interviewer import tokens
from interviewer.rubric import Criterion, Localized, Question

# One rubric has no more criteria than this; what goes beyond is joined to the last.
MOST_POINTS = 12
_LEAST_OWN = 2

_HAN = re.compile("[\u3400-\u9fff]")
_LINE = re.compile(r"[\n\r]+")
_SENTENCE = re.compile(r"[。!?！？;；…]+|\.(?=\s|$)")
_LEAD = re.compile(r"^([^:：—。;；]{1,80}?)(?:[:：]|——+)\s*")
_MARK = re.compile(r"^\s*(?:[-*•·]|[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*[)）.、:：]|[①-⑳])\s*")
_INNER_MARK = re.compile(r"(?:[(（]\d{1,2}[)）]|[①-⑳])\s*")
_COMMA = re.compile(r"[,，]")
_ITEM = re.compile(r"[、,，]|(?<=[\u3400-\u9fff])[和与及](?=[\u3400-\u9fff]{2})")
_LISTING = re.compile(r"(?:包括|分为|分成|有以下|主要有|包含|指|特点有|如)")


def compile_question(text: str, reference: str) -> Question:
    """A question, named by its content, whose criteria are the points of its reference answer, without aliases, weighted by what they say."""
    points = points_of(text, reference)
    criteria = tuple(
        Criterion(f"point-{number}", _localized(point), weight=weight)
        for number, (point, weight) in enumerate(points, start=1)
    )
    name = hashlib.sha256(f"{text}\n{reference}".encode()).hexdigest()[:12]
    return Question(name, _localized(text), _localized(reference), criteria)


def points_of(question: str, reference: str) -> list[tuple[str, float]]:
    """The points of a reference answer with their weights; a point says something that the question does not."""
    asked = frozenset(tokens.words(question))
    pieces = [piece for line in _LINE.split(reference) for piece in _line(line, asked)]
    points = list(dict.fromkeys(piece for piece in pieces if _own(piece, asked))) or [reference.strip()]
    if len(points) > MOST_POINTS:
        points = [*points[: MOST_POINTS - 1], "; ".join(points[MOST_POINTS - 1 :])]
    return [(point, 1.0) for point in points]


def _line(line: str, asked: frozenset[str]) -> list[str]:
    line = _MARK.sub("", line)
    pieces = [part for whole in _INNER_MARK.split(line) for part in _SENTENCE.split(whole)]
    found: list[str] = []
    for piece in pieces:
        text = _MARK.sub("", piece).strip(" \t,，、")
        lead = _LEAD.match(text)
        if lead and not _own(lead[1], asked, least=_LEAST_OWN):
            text = text[lead.end() :]
        if text:
            found.extend(_items(text))
    return found


def _items(text: str) -> list[str]:
    """The items of an enumeration, or the text as it is."""
    if not _HAN.search(text):
        return [text]
    start = max((match.end() for match in _LISTING.finditer(text)), default=0)
    items = [item.strip() for item in _ITEM.split(text[start:]) if item.strip()]
    if "、" in text and len(items) > 1:
        return items
    return [part.strip() for part in _COMMA.split(text) if part.strip()]


def _own(text: str, asked: frozenset[str], least: int = 1) -> bool:
    content = [word for word in tokens.words(text) if tokens.is_content(word)]
    return sum(word not in asked for word in content) >= least


def _localized(text: str) -> Localized:
    return Localized(zh=text) if _HAN.search(text) else Localized(en=text)
