"""Tokens of Markdown become elements."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from markdown_it.token import Token

from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.elements import Element, ElementKind, Reason, aside
from interviewer.banks.importing.parsers.markdown_grammar import DEEPEST
from interviewer.banks.importing.parsers.markdown_inline import InlineLine, lines_of, plain

_CALLOUT = re.compile(r"\[!(\w+)\][+-]?\s*")
_ASKING_CALLOUTS = frozenset({"question", "faq", "help"})
_CHECKBOX = re.compile(r"\[([ xX])\](?:\s+|$)")
_CONTAINER = re.compile(r":{3,}\s*(?:\w{0,20}|(?:details|spoiler|tip|info)\s+(?P<title>.{1,40}))")
# Between the two sides of a flash card.
_SPLIT = re.compile(r"<!--[\s=-]*(?:card[\s-]*)?(?:split|back|flip|answer)[\s=-]*-->", re.IGNORECASE)
_RULE = re.compile(r"⸻|[⸻—―─━═=]{3,}")


def elements_of(tokens: list[Token], noted: dict[str, Any]) -> list[Element]:
    """The elements in the order of the file."""
    flattener = _Flattener()
    for token in tokens:
        flattener.take(token)
    for link in [*noted.get("references", {}).values(), *noted.get("duplicate_refs", ())]:
        first, after = link["map"]
        flattener.elements.append(aside(first + 1, after, Reason.LINK_TARGET))
    return sorted(flattener.elements, key=lambda element: element.first)


class _Flattener:
    """Goes through the tokens once, and knows what is open around the present one."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self._markers: list[str] = []  # of the list items that are open; empty once the item has begun
        self._heading: Token | None = None
        self._rows: list[tuple[int, tuple[str, ...]]] | None = None
        self._folds: list[int] = []
        self._folds_seen = 0
        self._in_summary = False
        self._quotes = 0
        self._quotes_seen = 0
        self._blocks = 0

    def take(self, token: Token) -> None:  # noqa: C901, PLR0912 - one match
        first, last = (token.map[0] + 1, token.map[1]) if token.map else (0, 0)
        match token.type:
            case "list_item_open":
                self._markers.append(f"{token.info}. " if token.info else "- ")
            case "list_item_close":
                self._markers.pop()
            case "blockquote_open" | "blockquote_close":
                self._quotes += token.nesting
                self._quotes_seen += self._quotes == 1 and token.nesting == 1
            case "heading_open" | "heading_close":
                self._heading = token if token.nesting > 0 else None
            case "table_open":
                self._rows = []
            case "tr_open" if self._rows is not None:
                self._rows.append((first, ()))
            case "table_close" if self._rows is not None:
                rows, self._rows = tuple(self._rows), None
                text = "\n".join(" | ".join(cells) for _, cells in rows)
                self._add(Element(ElementKind.TABLE, rows[0][0], max(rows[-1][0], rows[0][0] + 1), text, rows=rows))
            case "inline" if self._rows is not None:
                cell = " ".join(line.text for line in lines_of(token.children or []) if line.text)
                self._rows[-1] = (self._rows[-1][0], (*self._rows[-1][1], cell))
            case "inline":
                self._paragraph(token, first, last)
            case "fence" | "code_block":
                content = token.content if token.content.endswith("\n") or not token.content else f"{token.content}\n"
                fence = token.markup if token.markup.startswith("`") else "```"
                self._add(Element(ElementKind.CODE, first, last, f"{fence}{token.info.strip()}\n{content}{fence}"))
            case "math_block":
                self._add(Element(ElementKind.FORMULA, first, last, f"$${token.content}$$"))
            case "html_block":
                self._add(_verbatim(token.content, first, last))
            case "hr":
                self._add(aside(first, last, Reason.RULE))
            case "front_matter":
                self._add(replace(aside(first, last, Reason.FRONT_MATTER), text=token.content))

    def _add(self, element: Element, *, same_block: bool = False) -> None:
        if not same_block:
            self._blocks += 1
        marker = ""
        if element.says and self._markers:
            # An item in an item, with nothing before it, begins both: the outer one has no text of its own.
            marker, self._markers[-1] = self._markers[-1], ""
        self.elements.append(
            replace(
                element,
                block=self._blocks,
                depth=len(self._markers),
                marker=marker,
                inner=bool(self._markers or self._quotes),
                folds=tuple(self._folds),
                quote=self._quotes_seen if self._quotes else 0,
            )
        )

    def _paragraph(self, token: Token, first: int, last: int) -> None:
        heading = self._heading
        lines = lines_of(token.children or [], in_summary=self._in_summary)
        self._in_summary = lines[-1].is_summary and heading is None
        below = heading.map[1] if heading and heading.map else last
        if heading is not None and not (heading.markup[0] in "-=" and _is_paragraph_above_rule(lines)):
            self._heading_unit(lines, int(heading.tag[1]), first, below)
            return
        same_block = False
        for at, group in groupby(lines, key=lambda line: line.at):
            start = min(first + at, last)
            for element in self._line_units(list(group), start):
                self._add(element, same_block=same_block)
                same_block = True
        # A code span over two lines hides a line end: the last element reaches to the end of the paragraph.
        self.elements[-1] = replace(self.elements[-1], last=max(self.elements[-1].last, last))
        if heading is not None:
            self._add(aside(below, below, Reason.RULE))

    def _heading_unit(self, lines: list[InlineLine], level: int, first: int, last: int) -> None:
        text = " ".join(line.text for line in lines if line.text)
        if any(line.links for line in lines):
            text = markers.without_pointers(text) or text
        for line in lines:
            self._fold(line)
        bold = text if all(line.bold == line.text for line in lines) else ""
        heading = Element(ElementKind.HEADING, first, last, text, level=level, bold=bold)
        self._add(heading if text else aside(first, last, Reason.EMPTY_HEADING))

    def _line_units(self, lines: list[InlineLine], at: int) -> Iterator[Element]:
        """The elements of one line of the file; more than one where it has `<br>` or a fold in it."""
        for line in lines:
            self._fold(line)
            if line.text:
                yield self._line_unit(line, at)
        if not any(line.text for line in lines):
            reasons = (Reason.IMAGE, Reason.SCRIPT, Reason.COMMENT, Reason.NAVIGATION)
            held = [reason for reason in reasons if any(reason in line.silent for line in lines)]
            yield aside(at, at, held[0] if held else Reason.NO_TEXT)

    def _fold(self, line: InlineLine) -> None:
        if line.fold < 0:
            del self._folds[-1:]
        elif line.fold and len(self._folds) < DEEPEST:
            self._folds_seen += 1
            self._folds.append(self._folds_seen)

    def _line_unit(self, line: InlineLine, at: int) -> Element:
        element = Element(ElementKind.LINE, at, at, line.text, bold=line.bold)
        if line.level:
            return replace(element, shape=ElementKind.HEADING, level=line.level)
        if line.is_summary:
            return replace(element, shape=ElementKind.SUMMARY)
        text = line.text = markers.without_pointers(line.text) if line.links else line.text
        if reason := _reason_aside(line):
            return Element(ElementKind.ASIDE, at, at, text, reason=reason)
        asks, box = False, _CHECKBOX.match(text) if self._markers and self._markers[-1] else None
        text = text[box.end() :] if box else text
        if self._quotes and (found := _CALLOUT.match(text)):
            text, asks = text[found.end() :], found[1].lower() in _ASKING_CALLOUTS
            if not text:
                return Element(ElementKind.ASIDE, at, at, line.text, reason=Reason.NO_TEXT)
        return replace(
            element,
            text=text,
            asks=asks,
            checked=box[1] != " " if box else None,
            pointer=line.linked if line.links and line.text != line.linked and markers.points_only(line.linked) else "",
            link_only=bool(line.links or markers.URL.search(text)) and markers.points_only(line.beside),
            image_only=Reason.IMAGE in line.silent and not line.beside,
        )


def _reason_aside(line: InlineLine) -> Reason | None:
    """Why a line asks and answers nothing."""
    text, only_points = line.text, bool(line.links) and markers.points_only(line.beside)
    is_back = len(text) < 60 and markers.is_one_of("beside.way_back", text) and (line.links or len(text) > 3)
    to_sections = only_points and Reason.IMAGE not in line.silent and all(href.startswith("#") for href in line.links)
    container = _CONTAINER.fullmatch(text)
    checks = {
        Reason.LINK_ONLY: not text,
        Reason.NO_TEXT: container is not None and markers.unfolds(container["title"] or "details"),
        Reason.RULE: _RULE.fullmatch(text) is not None,
        Reason.COMMENT: len(text) > 4 and text.startswith("%%") and text.endswith("%%"),
        Reason.NAVIGATION: is_back or to_sections or markers.is_one_of("beside.contents_mark", text),
    }
    return next((reason for reason, is_so in checks.items() if is_so), None)


def _is_paragraph_above_rule(lines: list[InlineLine]) -> bool:
    """Whether what the standard takes for an underlined heading is a paragraph with a dividing line right below it."""
    text = " ".join(line.text for line in lines)
    return (
        len([line for line in lines if line.text]) > 1
        or text.endswith(("。", ".", "；", ";", "！", "!"))
        or markers.answer_label(text) is not None
    )


def _verbatim(content: str, first: int, last: int) -> Element:
    """Comments, scripts and preformatted text."""
    start = content.lstrip()[:9].lower()
    if start.startswith(("<pre", "<textarea", "<?")):
        code = plain(content, as_it_stands=True)
        block = Element(ElementKind.CODE, first, last, f"```\n{code}\n```")
        return block if code else aside(first, last, Reason.NO_TEXT)
    if _SPLIT.fullmatch(content.strip()):
        return Element(ElementKind.LINE, first, last, "%")
    is_script = start.startswith(("<script", "<style"))
    text = plain(content) if is_script or start.startswith("<!--") else ""
    if text and not text.startswith("<!--"):
        return Element(ElementKind.LINE, first, last, text)
    return aside(first, last, Reason.SCRIPT if is_script else Reason.COMMENT)
