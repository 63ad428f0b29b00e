"""Text as HTML in which Markdown, code, tables, formulas and marks are seen as such, and nothing in it can run."""

import html
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise

import nh3
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from interviewer.domain.language import Language
from interviewer.presentation.highlighting import Mark, Marks, pieces
from interviewer.presentation.templating import escaped
from interviewer.text.messages import say

# What longer text or formulas would cost is out of proportion; they are shown as they were written.
_MOST_TEXT = 30_000
_MOST_FORMULA = 1_000
_MOST_FORMULAS = 100

# What candidates type is not written as Markdown: `__init__`, a lone * or a line "# of layers" are meant as they stand.
_NOT_IN_TYPED = ["emphasis", "link", "autolink", "entity", "escape", "heading", "hr", "reference", "strikethrough"]
_NEVER = ["image", "html_inline", "html_block", "code", "lheading"]

_PLAIN = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak"}

_MATHML = set(
    "math mrow mi mn mo mtext mspace ms mfrac msqrt mroot mstyle mpadded mphantom mfenced menclose msub msup msubsup "
    "munder mover munderover mmultiscripts mprescripts none mtable mtr mtd".split()
)
_TAGS = _MATHML | set("p br strong em s code pre span ul ol li blockquote hr table thead tbody tr th td a".split())
_MATH_ATTRIBUTES = {"mathvariant", "stretchy", "fence", "separator", "accent", "linethickness", "columnalign", "width"}
_ATTRIBUTES = dict.fromkeys(_MATHML - {"math"}, _MATH_ATTRIBUTES) | {
    "math": {"display"},
    "a": {"href"},
    "ol": {"start"},
    "span": {"class"},
}
# Private characters that stand for a change of mark while Markdown is read; none of them can be typed in.
_FIRST_SIGN = 0xF0000
_MOST_PIECES = 10_000
_SIGNS = re.compile("[\U000f0000-\U000ffffd]")
_TAG = re.compile(r"""(<(?:[^>"]|"[^"]*")*>)""")


def rich_text(text: str, language: Language, marked: Marks = (), *, is_typed: bool = False) -> Markup:
    """Text with its marks; `is_typed` of what a candidate typed, in which only code, tables, lists and formulas are read.

    Where markup and marks do not go together, the paragraph, table, code or formula is shown as it was written: no mark
    is ever lost.
    """
    plain = _SIGNS.sub("\ufffd", text)
    if len(plain) <= _MOST_TEXT and (rendered := _rendered(plain, is_typed=is_typed)) is not None:
        found = list(pieces(plain, marked))
        if all(mark is None for _, mark in found):
            return _wrapped(_shown(rendered, [None], language))
        # None before the first piece: before the sign of a list, a table or a block of code it would undo it.
        signed = "".join(
            f"{chr(_FIRST_SIGN + place) if place else ''}{piece}" for place, (piece, _) in enumerate(found)
        )
        again = _rendered(signed, is_typed=is_typed) if len(found) < _MOST_PIECES else None
        if again is not None and _is_same(again, rendered, len(found)):
            return _wrapped(_shown(again, [mark for _, mark in found], language))
        if blocks := _blocks(plain, is_typed=is_typed):
            shown = [
                rich_text(plain[start:end], language, _within(marked, start, end), is_typed=is_typed)
                for start, end in blocks
            ]
            return _wrapped(Markup("").join(Markup('<div class="block">{}</div>').format(one) for one in shown))
    return Markup("").join(_marked(piece, mark, language) for piece, mark in pieces(plain, marked))


def rich_line(text: str, language: Language) -> Markup:
    """Text for a heading: on one line, with its code and formulas, without marks."""
    line = _SIGNS.sub("\ufffd", " ".join(text.split()))
    return _shown(_rendered_line(line), [None], language) if len(line) <= _MOST_TEXT else escaped(line)


def _wrapped(rendered: Markup) -> Markup:
    return Markup('<div class="rich">{}</div>').format(rendered)


def _blocks(text: str, *, is_typed: bool) -> list[tuple[int, int]]:
    """Where the paragraphs, tables, lists, blocks of code and formulas of a text stand; none if it is a single one."""
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    tops = [token.map for token in _reader(is_typed=is_typed).parse(text) if token.level == 0 and token.map]
    covered = {line for first, end in tops for line in range(first, end)}
    is_whole = all(number in covered for number, line in enumerate(lines) if line.strip())
    if len(tops) < 2 or not is_whole or "\r" in text:
        return []
    return [(starts[first], min(starts[end] - 1, len(text))) for first, end in tops]


def _within(marked: Marks, start: int, end: int) -> Marks:
    """The marks on a part of a text, counted from its start."""
    return [
        (max(one, start) - start, min(other, end) - start, mark)
        for one, other, mark in marked
        if one < end and other > start
    ]


def _is_same(signed: str, rendered: str, count: int) -> bool:
    """Whether the signs all stand in the text, in order, and changed nothing else."""
    in_text = "".join(part for part in _TAG.split(signed) if not part.startswith("<"))
    order = [ord(sign) - _FIRST_SIGN for sign in _SIGNS.findall(in_text)]
    return order == list(range(1, count)) and _SIGNS.sub("", signed) == rendered


def _shown(rendered: str, kinds: Sequence[Mark | None], language: Language) -> Markup:
    """Clean HTML with its marks; what a template of the page would read is escaped, and hidden characters are shown."""
    mark = kinds[0]
    shown = []
    for part in _TAG.split(rendered):
        if part.startswith("<"):
            shown.append(Markup(_without_template_signs(part)))  # noqa: S704 - a tag that the allow-list let through
            continue
        edges = [0, *(found.start() for found in _SIGNS.finditer(part)), len(part)]
        for start, end in pairwise(edges):
            piece = part[start:end]
            if sign := _SIGNS.match(piece):
                mark, piece = kinds[ord(sign[0]) - _FIRST_SIGN], piece[1:]
            shown.append(_marked(html.unescape(piece), mark, language))
    return Markup("").join(shown)


def _without_template_signs(tag: str) -> str:
    return "".join(f"&#{ord(sign)};" if sign in "{}$`\\" else sign for sign in tag)


def _marked(piece: str, mark: Mark | None, language: Language) -> Markup:
    if mark is None or not piece.strip():
        return escaped(piece)
    title = say(f"mark.{mark}", language)
    return Markup('<mark class="{}" title="{}">{}</mark>').format(str(mark), title, escaped(piece))


@lru_cache(maxsize=512)
def _rendered(text: str, *, is_typed: bool) -> str | None:
    """Text as clean HTML; None where it has no markup, so that it is best shown as it stands."""
    reader = _reader(is_typed=is_typed)
    tokens = reader.parse(text)
    found = list(_all(tokens))
    if {token.type for token in found} <= _PLAIN or sum("math" in token.type for token in found) > _MOST_FORMULAS:
        return None
    return _clean(reader.renderer.render(tokens, reader.options, {}))


@lru_cache(maxsize=512)
def _rendered_line(text: str) -> str:
    return _clean(_reader(is_typed=False).renderInline(text))


def _clean(rendered: str) -> str:
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel="nofollow noopener",
    )


def _all(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or ())


@cache
def _reader(*, is_typed: bool) -> MarkdownIt:
    options = {"html": False, "breaks": True, "linkify": False, "maxNesting": 20, "highlight": _highlighted}
    reader = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    reader.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    reader.use(texmath_plugin, delimiters="brackets")
    reader.disable([*_NEVER, *(_NOT_IN_TYPED if is_typed else ())])
    reader.validateLink = lambda url: url.startswith(("http://", "https://"))  # type: ignore[method-assign]
    for name in ("math_inline", "math_inline_double", "math_block", "math_block_label", "math_block_eqno"):
        reader.add_render_rule(name, _formula)
    for name in ("heading_open", "heading_close"):
        reader.add_render_rule(name, _heading)
    return reader


def _formula(_: RendererHTML, tokens: Sequence[Token], place: int, _options: OptionsDict, _env: EnvType) -> str:
    token = tokens[place]
    display = "inline" if token.type == "math_inline" else "block"
    source = token.content.strip()
    try:
        if len(source) <= _MOST_FORMULA:
            return str(convert(source, display=display))
    except Exception:  # noqa: BLE001, S110 - a formula that its reader cannot read is shown as it was written
        pass
    return f"<code>{html.escape(source)}</code>"


def _heading(_: RendererHTML, tokens: Sequence[Token], place: int, _options: OptionsDict, _env: EnvType) -> str:
    """A heading inside a text is none of the page, whose outline would be broken by it."""
    return "<p><strong>" if tokens[place].nesting == 1 else "</strong></p>\n"


def _highlighted(code: str, name: str, _attributes: str) -> str:
    try:
        lexer = get_lexer_by_name(name) if name else None
    except ClassNotFound:
        lexer = None
    if lexer is None:
        return html.escape(code)
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True)))
