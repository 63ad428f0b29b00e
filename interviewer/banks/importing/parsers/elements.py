"""The parts of a Markdown file in one row, each with its lines, the markup taken off, and their plain text."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import indent as indent_lines


class Reason(StrEnum):
    """The key of the phrase that gives the reason."""

    TITLE = "import.why_title"
    SAME_LINE = "import.why_same_line"
    BARE_HEADING = "import.why_bare_heading"
    ASKED_BEFORE = "import.why_asked_before"
    REPEATED = "import.why_repeated"
    LISTED = "import.why_listed"
    NO_QUESTION = "import.why_no_question"
    BOILERPLATE = "import.why_boilerplate"
    CLOSING = "import.why_closing"
    LINK_ONLY = "import.why_link_only"
    METADATA = "import.why_metadata"
    NO_CHOICE = "import.why_no_choice"
    IMAGE_ONLY = "import.why_image_only"
    IMAGE = "import.why_image"
    NAVIGATION = "import.why_navigation"
    RULE = "import.why_rule"
    LINK_TARGET = "import.why_link_target"
    COMMENT = "import.why_comment"
    SCRIPT = "import.why_script"
    FRONT_MATTER = "import.why_front_matter"
    HEADER = "import.why_header"
    MORE_COLUMNS = "import.why_more_columns"
    SETTINGS = "import.why_settings"
    BRACKETS = "import.why_brackets"
    NO_TEXT = "import.why_no_text"
    EMPTY_HEADING = "import.why_empty_heading"


class ElementKind(StrEnum):
    """What a element is in the file."""

    HEADING = "heading"
    LINE = "line"
    SUMMARY = "summary"  # of a fold, `<details>`
    CODE = "code"
    TABLE = "table"
    FORMULA = "formula"
    ASIDE = "aside"  # asks and answers nothing; `reason` tells what it is


@dataclass(frozen=True, slots=True)
class Element:
    """The smallest part that can be a question, an answer or a piece of one. Lines are counted from 1.

    `block` is equal for the lines of one paragraph. `depth` counts the list items around it; `marker` is the bullet or
    the number of the item that it opens. `level` is that of a heading; `inner` headings stand in a list, a quote or a
    fold. `bold` is what stands in bold at its beginning. `folds` are the folds around it, `quote` is the outermost quote, if any, each counted from 1. `asks` is set where the
    file's own markup says that this is a question. `pointer` is the text of a link at its end that says no more than
    "see here". `checked` is that of a box before the text. `rows` are a table's cells, each row with its line.
    """

    shape: ElementKind
    first: int
    last: int
    text: str = ""
    block: int = 0
    depth: int = 0
    marker: str = ""
    level: int = 0
    inner: bool = False
    bold: str = ""
    folds: tuple[int, ...] = ()
    quote: int = 0
    asks: bool = False
    pointer: str = ""
    link_only: bool = False
    image_only: bool = False
    checked: bool | None = None
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    reason: Reason | None = None

    @property
    def is_outer_heading(self) -> bool:
        return self.shape is ElementKind.HEADING and not self.inner

    @property
    def is_outer_line(self) -> bool:
        return self.shape is ElementKind.LINE and not self.depth

    @property
    def says(self) -> bool:
        """Whether it is more than an aside."""
        return self.shape is not ElementKind.ASIDE


def aside(first: int, last: int, reason: Reason) -> Element:
    return Element(ElementKind.ASIDE, first, last, reason=reason)


_WRAPPED_AT = 50  # columns; a line that breaks off before is meant to end there
_ENDS = tuple("。．.!?！？:：;；,，、…")
_STARTS = ("- ", "* ", "•", "·", "(", "（")


def render(elements: Sequence[Element]) -> str:
    """One text: list items begin with `- ` or their number, paragraphs are apart by a blank line."""
    said = [element for element in elements if element.text]
    if not said:
        return ""
    base = min(element.depth for element in said)
    # Text of the item that the question opens stands at the margin, text of an item of the answer does not.
    floor = base - 1 if base and next(element for element in said if element.depth == base).marker else base
    parts: list[str] = []
    before: Element | None = None
    for element in said:
        indent = "  " * max(0, element.depth - floor - bool(element.marker))
        shown = indent_lines(element.marker + element.text, indent)
        parts.append(f"{_between(before, element)}{shown}" if before else shown)
        before = element
    return "".join(parts).strip("\n")


def _between(before: Element, element: Element) -> str:
    if before.block == element.block and element.shape is ElementKind.LINE and before.last < element.first:
        return _joint(before.text, element.text) if not element.marker else "\n"
    if before.block == element.block:
        return "\n"
    if element.marker:
        return "\n\n" if before.shape is ElementKind.CODE else "\n"
    return "\n" if before.marker and element.depth >= before.depth and element.shape is ElementKind.LINE else "\n\n"


def _joint(above: str, below: str) -> str:
    """Between two lines of a paragraph: a sentence that only had no room goes on, any other line end stays."""
    columns = len(above) + sum(map(_is_wide, above[:_WRAPPED_AT]))
    if columns < _WRAPPED_AT or above.endswith(_ENDS) or below.startswith(_STARTS) or below[:1].isdigit():
        return "\n"
    return "" if _is_wide(above[-1]) and _is_wide(below[0]) else " "


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"
