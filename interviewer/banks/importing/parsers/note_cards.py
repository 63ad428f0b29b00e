"""Flash cards in notes: `front::back` in a line, or the two sides with a lone `?` between them."""

import re
from collections.abc import Iterator, Sequence

from interviewer.banks.importing.document import Source
from interviewer.banks.importing.parsers.elements import Element, ElementKind, Reason
from interviewer.banks.importing.parsers.records import Record, from_records

_FEWEST = 2  # cards
_IN_LINE = re.compile(r"^\s*(?:[-*+]\s+)?(?P<front>[^\s:](?:[^:`]|`[^`]*`|(?<!:):(?!:))*?)\s*:::?(?!:)\s*(?P<back>.*)$")
_SCHEDULE = re.compile(r"\s*<!--\s*SR:.*?-->\s*")
_TAG = re.compile(r"(?:^|\s)#(?!\s)[^\s#]+(?=\s|$)")
_WIKI = re.compile(r"!?\[\[(?:[^\[\]|\n]*\|)?([^\[\]\n]+)\]\]")
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_FENCE = re.compile(r"\s*(?:```|~~~|\$\$\s*$)")
_ENDS_IN_NAME = re.compile(r"[A-Za-z_]\w*$")
_KINDS = (  # of a line, each with its letter; any other line has text, `t`, and in a block of code it has `c`
    ("b", re.compile(r"\s*")),
    ("s", re.compile(r"\?\??\s*")),  # the split at the margin; within a list it belongs to an item
    ("d", _SCHEDULE),
    ("h", _HEADING),
    ("r", re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")),
    ("x", re.compile(r"> \[!.*")),
    ("q", re.compile(r"\s*>.*")),
    ("i", _IN_LINE),
)
_PARAGRAPH = re.compile("[tci]++")
# Blank lines alone end no card, as answers have several paragraphs.
_BACK = re.compile("s((?:(?![dhr]|(?<=b)(?:[tci]++s|x|i)).)*)d?")


def read_cards(name: str, text: str) -> Source | None:
    """The cards of a file that is made of them, under the topics of its headings; None for any other file."""
    if "::" not in text and not re.search(r"^\?\??\s*$", text, re.MULTILINE):
        return None
    lines = text.split("\n")
    found = list(_cards(lines))
    cards = [one for one in found if isinstance(one, Record)]
    is_scheduled = "<!--SR:" in text or any(one.last > one.first for one in cards)
    sure = [one for one in cards if is_scheduled or _is_sure(one)]
    on_cards = sum(one.last - one.first + 1 for one in cards)
    if len(sure) < max(_FEWEST, len(cards) // 2) or 2 * found.count(None) > on_cards:
        return None
    topics = [one for one in found if isinstance(one, Element)]
    return from_records(name, text, cards, topics=topics, unmarked=Reason.NO_QUESTION)


def _is_sure(card: Record) -> bool:
    """Whether the sides are apart by more than what C++ has in its names."""
    front, back = card.texts["question"], card.texts["answer"]
    is_name = " " not in front or back[:1].islower() or back[:1] in "_~"
    return not (_ENDS_IN_NAME.search(front) and back[:1].isascii() and is_name)


def _cards(lines: Sequence[str]) -> Iterator[Record | Element | None]:
    """The cards and the headings in their order, and None for a line of text on no card."""
    kinds, topic, at = "".join(_kinds(lines)), "", 0
    while at < len(lines):
        start, at = at, at + 1
        begins = kinds[start - 1 : start] not in ("t", "c", "i") and not _ITEM.match(lines[start])
        front = _PARAGRAPH.match(kinds, start) if begins else None
        back = _BACK.match(kinds, front.end()) if front else None
        if kinds[start] == "h":
            topic = _TAG.sub("", _HEADING.sub(r"\1", lines[start])).strip()
            yield Element(ElementKind.HEADING, at, at, topic)
        elif front and back:
            at = back.end()
            sides = lines[start : front.end()], lines[front.end() + 1 : back.end(1)]
            yield _card(start, back.end(1), *sides, topic)
        elif kinds[start] == "i" and (card := _IN_LINE.match(_SCHEDULE.sub("", lines[start]))):
            yield _card(start, at, [card["front"]], [card["back"]], topic)
        elif kinds[start] in "tc":
            yield None


def _kinds(lines: Sequence[str]) -> Iterator[str]:
    """The letter of each line."""
    is_front, fence = lines[:1] == ["---"], ""
    for at, line in enumerate(lines):
        if is_front or fence:
            yield "f" if is_front else "c"
            is_front = is_front and (at == 0 or line.strip() != "---")
            fence = "" if fence and line.strip().endswith(fence) else fence
        elif found := _FENCE.match(line):
            fence = found[0].strip()
            yield "c"
        else:
            yield next((letter for letter, kind in _KINDS if kind.fullmatch(line)), "t")


def _card(start: int, end: int, front: Sequence[str], back: Sequence[str], topic: str) -> Record:
    asked, said = (_WIKI.sub(r"\1", "\n".join(side)).rstrip() for side in (front, back))
    texts = {"question": _TAG.sub("", asked).strip(), "answer": said.strip("\n"), "topic": topic}
    return Record(start + 1, end - (len(back) - len(said.split("\n")) if len(back) > 1 else 0), texts)
