"""Flash cards in notes: `front::back` in a line, or the two sides with a lone `?` between them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from interviewer.banks.importing.document import Source
from interviewer.banks.importing.parsers.elements import Element, ElementKind, Reason
from interviewer.banks.importing.parsers.records import Record, from_records

_FEWEST = 2  # cards
_IN_LINE = re.compile(r"^\s*(?:[-*+]\s+)?(?P<front>[^\s:](?:[^:`]|`[^`]*`|(?<!:):(?!:))*?)\s*:::?(?!:)\s*(?P<back>.*)$")
_SPLIT = re.compile(r"\?\??\s*")  # at the margin: within a list it belongs to an item
_SCHEDULE = re.compile(r"\s*<!--\s*SR:.*?-->\s*")
_TAG = re.compile(r"(?:^|\s)#(?!\s)[^\s#]+(?=\s|$)")
_WIKI = re.compile(r"!?\[\[(?:[^\[\]|\n]*\|)?([^\[\]\n]+)\]\]")
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")
_FENCE = re.compile(r"\s*(?:```|~~~|\$\$\s*$)")
_ENDS_IN_NAME = re.compile(r"[A-Za-z_]\w*$")


@dataclass(slots=True)
class _Cards:
    records: list[Record] = field(default_factory=list)
    topics: list[Element] = field(default_factory=list)
    other: int = 0  # lines of text on no card
    is_scheduled: bool = False


def read_cards(name: str, text: str) -> Source | None:
    """The cards of a file that is made of them, under the topics of its headings; None for any other file."""
    if "::" not in text and not re.search(r"^\?\??\s*$", text, re.MULTILINE):
        return None
    found = _found(text.split("\n"))
    sure = [one for one in found.records if found.is_scheduled or _is_sure(one)]
    on_cards = sum(one.last - one.first + 1 for one in found.records)
    if len(sure) < max(_FEWEST, len(found.records) // 2) or 2 * found.other > on_cards:
        return None
    return from_records(name, text, found.records, topics=found.topics, unmarked=Reason.NO_QUESTION)


def _is_sure(card: Record) -> bool:
    """Whether the sides are apart by more than what C++ has in its names."""
    front, back = card.texts["question"], card.texts["answer"]
    is_name = " " not in front or back[:1].islower() or back[:1] in "_~"
    return card.last > card.first or not (_ENDS_IN_NAME.search(front) and back[:1].isascii() and is_name)


def _found(lines: Sequence[str]) -> _Cards:
    cards, kinds, topic = _Cards(), list(_kinds(lines)), ""
    splits = [at for at, kind in enumerate(kinds) if kind == "split"]
    fronts = {start: at for at in splits if not _ITEM.match(lines[start := _front(kinds, at)])}
    at = 0
    while at < len(lines):
        line, kind, start = lines[at], kinds[at], at
        at += 1
        if kind == "heading":
            topic = _TAG.sub("", _HEADING.sub(r"\1", line)).strip()
            cards.topics.append(Element(ElementKind.HEADING, start + 1, start + 1, topic))
        elif start in fronts and fronts[start] > start:
            split = fronts[start]
            ends = (end for end in range(split + 1, len(lines)) if _ends(lines, kinds, end, fronts))
            at = next(ends, len(lines))
            back = lines[split + 1 : at]
            cards.records.append(_card(start, at, lines[start:split], back, topic))
            at += kinds[at : at + 1] == ["schedule"]
        elif kind == "text" and (card := _IN_LINE.match(_SCHEDULE.sub("", line))):
            cards.records.append(_card(start, at, [card["front"]], [card["back"]], topic))
        elif kind in ("text", "code"):
            cards.other += 1
    cards.is_scheduled = "schedule" in kinds or any("<!--SR:" in line for line in lines) or bool(fronts)
    return cards


def _kinds(lines: Sequence[str]) -> Iterator[str]:
    """What each line is: front matter, code, a quote, a heading, a rule, the split between two sides, blank or text."""
    is_front, fence = lines[:1] == ["---"], ""
    for at, line in enumerate(lines):
        if is_front or fence:
            yield "front" if is_front else "code"
            is_front = is_front and (at == 0 or line.strip() != "---")
            fence = "" if fence and line.strip().endswith(fence) else fence
        elif found := _FENCE.match(line):
            fence = found[0].strip()
            yield "code"
        elif not line.strip():
            yield "blank"
        elif _SPLIT.fullmatch(line):
            yield "split"
        elif _SCHEDULE.fullmatch(line):
            yield "schedule"
        elif _HEADING.match(line) or _RULE.fullmatch(line):
            yield "heading" if _HEADING.match(line) else "rule"
        else:
            yield "quote" if line.lstrip().startswith(">") else "text"


def _front(kinds: Sequence[str], split: int) -> int:
    """Where the paragraph above begins; the split itself where there is none."""
    start = split
    while start and kinds[start - 1] in ("text", "code"):
        start -= 1
    return start


def _ends(lines: Sequence[str], kinds: Sequence[str], at: int, fronts: dict[int, int]) -> bool:
    """Whether a card has ended before this line: blank lines alone end none, as answers have several paragraphs."""
    begins = kinds[at - 1] == "blank" and bool(
        (kinds[at] == "text" and _IN_LINE.match(lines[at])) or "> [!" in lines[at]
    )
    return kinds[at] in ("schedule", "heading", "rule") or at in fronts or begins


def _card(start: int, end: int, front: Sequence[str], back: Sequence[str], topic: str) -> Record:
    asked, said = (_WIKI.sub(r"\1", "\n".join(side)).rstrip() for side in (front, back))
    texts = {"question": _TAG.sub("", asked).strip(), "answer": said.strip("\n"), "topic": topic}
    return Record(start + 1, end - (len(back) - len(said.split("\n")) if len(back) > 1 else 0), texts)
