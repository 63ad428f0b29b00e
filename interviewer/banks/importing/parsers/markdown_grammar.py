"""The Markdown grammar that lists are read with: markdown-it, made ready for files from anywhere."""

import re
import time
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, code, heading, html_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize as emphasis
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from interviewer.banks.importing.parsers import markers
from interviewer.banks.loader import at_line
from interviewer.errors import BankError
from interviewer.text.messages import localized

DEEPEST = 40  # blocks within blocks; a list in a list takes two
LONGEST_LINE = 50_000  # characters
_PART = 2_000  # of a paragraph that are read at once
MOST_SECONDS = 4.0  # of the processor; files that people write take less than one
_BLOCKS_BETWEEN = 16  # looks at the clock
_LOOKED_AT = 100  # lines of indented text, and of a formula

_CODE_LINE = re.compile(markers.WORDS.any_of("beside.code"))
_STATEMENT = re.compile(r"[;{}]$|^[\w.\[\]]+\s*[-+*/|&:]?=(?!=)|^(?:from \w+ )?import \w|^(?:def|class) .*:$|^>>> ")
_LEAST_PROSE_WORDS = 3
_WORD = re.compile(r"[A-Za-z\u4e00-\u9fff]+")
_VERBATIM_HTML = re.compile(
    r"<(?:(?:script|pre|style|textarea)[\s>]|(?:script|pre|style|textarea)$|!--|\?|!)", re.IGNORECASE
)
_LITERAL = re.compile(r"(?<![\w_])__[a-z][a-z0-9_]*__(?![\w_])|(?<=\d)\*(?=[^\W_])|(?<=[^\W_])\*(?=\d)")
_DATA_IMAGE = re.compile(r"(data:image/[a-z+.-]{1,20};base64,)[A-Za-z0-9+/=%]+", re.IGNORECASE)


def deadline() -> float:
    """When the processor's clock of this thread will have taken as long as one file may."""
    return time.thread_time() + MOST_SECONDS


def parse(text: str, name: str, until: float | None = None) -> tuple[list[Token], dict[str, Any]]:
    """The tokens of a Markdown text, and what the grammar noted beside them.

    Raises BankError when the text is nested too deep, has too long a paragraph or takes too long.
    """
    noted: dict[str, Any] = {"file": name, "until": until or deadline(), "blocks": 0}
    # An image inside the address is no text, and too long to look at.
    tokens = _grammar().parse(_DATA_IMAGE.sub(r"\1", text), noted)
    return tokens, noted


@cache
def _grammar() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable(["table", "strikethrough"])
    front_matter_plugin(made)
    dollarmath_plugin(made, allow_space=False, allow_digits=False, double_inline=True)
    made.block.ruler.at("code", _code_block)
    made.block.ruler.at("html_block", _html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    made.block.ruler.at("math_block", _math_block, {"alt": ["paragraph", "reference", "blockquote"]})
    made.block.ruler.at("heading", _heading, {"alt": ["paragraph", "reference", "blockquote"]})
    made.block.ruler.at("blockquote", _blockquote, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    made.block.ruler.before("front_matter", "watch", _watch)
    made.inline.ruler.at("emphasis", _emphasis)
    made.core.ruler.at("inline", _inline)
    # The rulers sort their rules at the first parse; a thread that comes while they do so would find half of them.
    made.parse("a", {"file": "", "until": deadline(), "blocks": 0})
    return made


def _html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Only what is kept as it stands is a block of HTML: scripts, preformatted text, comments.

    By the standard `<details>` or `<br>` makes HTML of all lines up to the next blank one, so that a heading or a list
    below it would be lost. Here such tags are part of a paragraph.
    """
    at = state.bMarks[start] + state.tShift[start]
    is_verbatim = _VERBATIM_HTML.match(state.src[at : min(at + 12, state.eMarks[start])])
    return bool(is_verbatim) and html_block(state, start, end, silent)


def _heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`# so` right above or below a line of code is a comment of it, unless it asks."""
    around = [line for line in (start - 1, start + 1) if 0 <= line < end]
    texts = [state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip() for line in around]
    text = state.src[state.bMarks[start] : state.eMarks[start]]
    is_comment = text.startswith("# ") and any(map(_STATEMENT.search, texts)) and not markers.is_asking(text[2:])
    return not is_comment and heading(state, start, end, silent)


def _blockquote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`>>> so` is a line typed at the prompt of Python."""
    is_typed = state.src.startswith((">>> ", ">>>\n"), state.bMarks[start] + state.tShift[start])
    return not is_typed and blockquote(state, start, end, silent)


def _code_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Indented prose is a paragraph: answers are indented more often than code is left without a fence."""
    if not state.is_code_block(start):
        return False
    lines = _lines_from(state, start, end)
    is_prose = markers.answer_label(lines[0]) is not None or 2 * sum(map(_is_code, lines)) < len(lines)
    return not is_prose and code(state, start, end, silent)


def _is_code(line: str) -> bool:
    words = _WORD.findall(line)
    signs = sum(char in "{}[]<>=|$\\/*&^%#@;~`_+" for char in line)
    is_short = len(words) < _LEAST_PROSE_WORDS and line.isascii()
    return bool(_CODE_LINE.search(line)) or not words or is_short or 6 * signs > len(line)


def _math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A stray `$$` must not swallow what follows, so that a formula has no blank lines, as on GitHub."""
    if not state.src.startswith("$$", state.bMarks[start] + state.tShift[start]):
        return False
    lines = _lines_from(state, start, end)
    last = next((n for n, line in enumerate(lines) if line.endswith("$$") and (n or len(line) > 3)), None)
    if last is None or (last and "$$" in lines[0][2:]):
        return False
    if not silent:
        state.line = start + last + 1
        token = state.push("math_block", "math", 0)
        token.content, token.map = "\n".join(lines[: last + 1])[2:-2], [start, state.line]
    return True


def _lines_from(state: StateBlock, start: int, end: int) -> list[str]:
    """The first lines up to a blank one, without their indents."""
    places = takewhile(lambda line: not state.isEmpty(line), range(start, min(end, start + _LOOKED_AT)))
    return [state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip() for line in places]


def _watch(state: StateBlock, start: int, _end: int, _silent: bool) -> bool:
    """Not a rule: looks at the depth and the clock wherever a block may begin."""
    if state.level + 1 >= DEEPEST:
        raise BankError(state.env["file"], at_line(start + 1), localized("file.too_deep", most=DEEPEST // 2))
    state.env["blocks"] += 1
    if state.env["blocks"] % _BLOCKS_BETWEEN == 0:  # a look at the clock costs more than most blocks
        _in_time(state.env, start)
    return False


def _inline(state: StateCore) -> None:
    for token in state.tokens:
        if token.type != "inline":
            continue
        first = token.map[0] if token.map else 0
        if len(token.content) > LONGEST_LINE and max(map(len, token.content.split("\n"))) > LONGEST_LINE:
            raise BankError(
                state.env["file"], at_line(first + 1), localized("file.long_line", most=f"{LONGEST_LINE:,}")
            )
        token.children = []
        for place, part in enumerate(_parts(token.content)):
            _in_time(state.env, first)
            if place:
                token.children.append(Token("softbreak", "br", 0))
            children: list[Token] = []
            state.md.inline.parse(part, state.md, state.env, children)
            token.children += children


def _parts(content: str) -> Iterator[str]:
    """A paragraph in parts that are quickly read, each of whole lines: some files have no blank line at all."""
    start = 0
    while len(content) - start > _PART:
        end = content.rfind("\n", start, start + _PART)
        if end < 0:
            end = content.find("\n", start)
        if end < 0:
            break
        yield content[start:end]
        start = end + 1
    yield content[start:]


def _in_time(noted: Any, line: int) -> None:
    if time.thread_time() > noted["until"]:
        raise BankError(noted["file"], at_line(line + 1), localized("file.too_slow"))


def _emphasis(state: StateInline, silent: bool) -> bool:
    """The standard's rule, which leaves the stars of `**什么是“锁”？**锁是` standing: it waits for a space.

    Beside Chinese characters, stars open before any text and close after any text. `__init__` is a name in Python far
    more often than it is bold, and the star of `16*0.75` multiplies.
    """
    start, known = state.pos, len(state.delimiters)
    if literal := _LITERAL.match(state.src, start):
        state.pending += "" if silent else literal[0]
        state.pos = literal.end()
        return True
    if not emphasis(state, silent):
        return False
    before = state.src[start - 1] if start else " "
    after = state.src[state.pos] if state.pos < state.posMax else " "
    if state.src[start] == "*" and (_is_wide(before) or _is_wide(after)):
        for delimiter in state.delimiters[known:]:
            delimiter.open = delimiter.open or not after.isspace()
            delimiter.close = delimiter.close or not before.isspace()
    return True


def _is_wide(char: str) -> bool:
    """Han characters and the punctuation that goes with them."""
    return "\u3000" <= char <= "\u9fff" or "\uff00" <= char <= "\uff65" or char in "“”‘’…—"
