"""A reference answer as lines of prose: list items are known as such; code, tables and formulas are left out."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from interviewer.banks.importing.parsers import html
from interviewer.text import tokenizer
from interviewer.text.word_lists import WordLists

# What looks for an end gives up soon: a file may have thousands of beginnings and no end, and nothing stops a pattern.
_FENCE = re.compile(
    r"^[^\S\n]*(?P<marks>`{3,}|~{3,})(?P<code>.*?)(?:^[^\S\n]*(?P=marks)[`~]*[^\S\n]*$|\Z)", re.DOTALL | re.MULTILINE
)
# A line of a program: of each of these, prose has some now and then, so most lines of a text have to be like this.
_STATEMENT = re.compile(
    r"^\s*(?:>>>|[})\]]|(?:return|import|from|def|class|public|private|static|void|int|var|let|const)\b|#include\b"
    r"|(?:for|while|if|else|elif|try|except|print|switch|case)\b.*[(){}:=<>]|[\w.\[\]]+(?:, ?[\w.\[\]]+)*\s*[-+*/|&:]?=(?!=)\s*\S)"
    r"|[{};]\s*$"
)
_SHOWN = re.compile(
    r"(?<=[^\s。.!！?？:：|])[:：]?[^\S\n]*\n\s*"
    r"(?:`{3}[^\n`]*\n(?P<code>[^\n]{1,80})\n\s*`{3}|\$\$\s*(?P<formula>[^\n$]{1,100}?)\s*\$\$|\\\[\s*(?P<tex>[^\n]{1,100}?)\s*\\\])"
)
_DISPLAYED = re.compile(r"\$\$.{0,2000}?\$\$|\\\[.{0,2000}?\\\]|\\begin\{.{0,2000}?\\end\{[^}]{0,40}\}", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>|</(?:p|li|div)>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.{0,2000}?-->", re.DOTALL)
_LOOKS = frozenset("b i u s p em br li hr strong code kbd sub sup small big font center mark".split())
_IMAGE = re.compile(r"!\[[^\]]{0,300}\]\([^)]{0,2000}\)")
_LINK = re.compile(r"\[([^\]]{1,300})\]\([^)\s]{0,2000}(?:\s[^)]{0,300})?\)")
_INLINE = re.compile(r"\$([^$\n]{1,80})\$")
_EMPHASIS = re.compile(r"\*\*|`+|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])")
_PREFIX = re.compile(r"^\s*(?:参考)?(?:答案?|解答?|answer|a)\s*[:：]\s*", re.IGNORECASE)
_RULE = re.compile(r"^\s*(?:[-=*_]\s*){3,}$")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s")
_CELLS = re.compile(r"\s\|\s.*\s\|(?:\s|$)|^(?=.*---)(?=.*\|)[\s:|-]+$")
_ROW = re.compile(r"\s\|\s")
_DASHES = re.compile(r"^(?=.*-)(?=.*\|)[\s:|-]+$")
_ARROW = re.compile(r"-{1,3}>|={1,2}>|→|⇒|➡")
_QUOTE = re.compile(r"^\s*(?:>\s?)+")

_NUMERAL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})"
_MARK = re.compile(
    rf"^(\s*)(?:[-*+•·●○◦▪–]\s+|[•·●○▪]|[(（]{_NUMERAL}[)）]\s*|{_NUMERAL}[)）.、]\s*(?!\d)|[①-⑳]\s*|[a-h][).]\s+"
    r"|第[一二三四五六七八九十][类个种点步]?(?:是|[,，、:：])\s*|一类是)"
)
_INNER_MARK = re.compile(
    rf"(?:(?<![A-Za-z0-9_.])[(（]{_NUMERAL}[)）]|[①-⑳])\s*|(?<=\s)\d{{1,2}}[)）]\s+|(?:(?<=[。；;.!！:：])|(?<=[。；;.!！:：]\s)){_NUMERAL}[)）.、]\s*(?!\d)|(?<=[,，;；:：])[一二三四五六]是"
)
WORDS = WordLists(Path(__file__).with_name("criterion_words.toml"))
_AROUND = " \t:：.。,，[]【】()（）*_#!！-—>👉"
_WORDS = re.compile(r"[\u3400-\u9fff]|[A-Za-z]{3,}")
_LEAST_PROSE = 0.4
_LEAST_WORDS = 4
_HAN = re.compile("[\u3400-\u9fff]")
_SENTENCE = re.compile(r"[^。！？!?\n]*?(?:[。！？!?]+|\.(?=\s)|\n|$)")


@dataclass(frozen=True, slots=True)
class ProseLine:
    """A paragraph or a list item, without its mark; `depth` is 0 for prose, 1 for an item, 2 for an item of an item.

    `is_extra` tells what the reference itself calls more than was asked for; `announces`, that its last sentence only leads
    to what stands below.
    """

    text: str
    depth: int = 0
    is_extra: bool = False
    announces: bool = False


def plain_text(reference: str) -> str:
    """All that a reference says, in one line and without markup; what has no prose at all stays as it is."""
    return " ".join(line.text for line in lines_of(reference)) or " ".join(reference.split())


@lru_cache(maxsize=16)  # the points of a reference, what it says in all and what finds no room go by the same lines
def lines_of(reference: str) -> Sequence[ProseLine]:
    """The lines of a reference that say something."""
    text = _SHOWN.sub(partial(_said_with, between="：" if is_chinese(reference) else ": "), reference)
    text = _BREAK.sub("\n", _DISPLAYED.sub(" ", _without_program(_FENCE.sub("", text))))
    text = _rows_as_items(_IMAGE.sub("", _TAG.sub(partial(_without_markup, text=text.lower()), text)))
    lines = list(_lines(text))
    prose = _parts([line for line, is_heading in lines if not is_heading])
    return prose or _parts([line for line, _ in lines])


def _program(text: str) -> list[str]:
    """The lines of a program that stands in a text without fences; none where most lines are prose."""
    lines = [line for line in text.split("\n") if line.strip()]
    found = [line for line in lines if _STATEMENT.search(line)]
    return found if len(found) > 1 and 2 * len(found) > len(lines) else []


def _without_program(text: str) -> str:
    """A text without fences and without the program in it, with what that prints: lines of hardly a word."""
    program = set(_program(text))
    kept = (line for line in text.split("\n") if line not in program and len(_WORDS.findall(line)) >= _LEAST_WORDS)
    return "\n".join(kept) if program else text


def _said_with(shown: re.Match[str], between: str) -> str:
    """A formula or a line of code, as the end of the sentence that leads to it."""
    return f"{between}{next(filter(None, shown.groups())).strip()}\n"


def _without_markup(found: re.Match[str], text: str) -> str:
    """Nothing for a tag, but for one that the text speaks of.

    That is one without attributes that has no end or stands in a sentence, unless it gives words a look.
    """
    tag = html.tag(found[0])
    if tag is None:
        return "" if found[0].startswith("<!--") else found[0]
    name, closes = tag
    before, after = text[max(0, found.start() - 2) : found.start()], text[found.end() : found.end() + 2]
    in_sentence = before.rstrip(" ")[-1:] not in ("", "\n", ">") and after.lstrip(" ")[:1] not in ("", "\n", "<")
    is_named = in_sentence or not (closes or name in html.BREAKING or f"</{name}" in text)
    return found[0] if is_named and "=" not in found[0] and name not in _LOOKS else ""


def is_label(text: str, of: str = "labels.parts") -> bool:
    """Whether a text only names a part of an answer: `Example:`, `运行结果`."""
    return tokenizer.fold(text).strip(_AROUND) in WORDS.words(of)


def _parts(lines: list[ProseLine]) -> list[ProseLine]:
    """The lines without those that are labels; what stands below "good to hear" is marked so."""
    found: list[ProseLine] = []
    is_extra = False
    for place, line in enumerate(lines):
        if is_label(line.text, "labels.extras"):
            is_extra = True
        elif not is_label(line.text) and any(map(str.isalnum, line.text)):
            is_above = not line.depth or any(below.depth > line.depth for below in lines[place + 1 : place + 2])
            announces = is_above and line.text.endswith((":", "：")) and len(lines) > 1
            found.append(replace(line, is_extra=is_extra, announces=announces))
    return found if not all(line.is_extra for line in found) else [replace(line, is_extra=False) for line in found]


def code_of(reference: str) -> list[str]:
    """The lines of code of a reference, for one that has nothing else."""
    found = [block["code"].partition("\n")[2] for block in _FENCE.finditer(reference)]
    fenced = [line.rstrip() for line in "\n".join(found).split("\n") if line.strip()]
    return [*_program(_FENCE.sub("", reference)), *fenced]


def _rows_as_items(text: str) -> str:
    """The text with the rows of its tables as list items, each cell of a wide one under the head of its column."""
    made: list[str] = []
    heads: list[str] = []
    for line in text.split("\n"):
        cells = [cell.strip() for cell in _ROW.split(f" {line.strip().strip('|')} ") if cell.strip()]
        if _DASHES.match(line):
            continue  # it stands between the heads and the first row
        if 1 < len(cells) == len(heads):
            if made[-1:] == [" | ".join(heads)]:
                made.pop()
            told = "; ".join(f"{head} {cell}" for head, cell in zip(heads[1:], cells[1:], strict=True))
            made.append(f"- {cells[0]}: {cells[1]}" if len(cells) == 2 else f"- {cells[0]}, {told}")
        else:
            heads = cells if len(cells) > 1 else []
            made.append(" | ".join(heads) or line)
    return "\n".join(made)


def _lines(text: str) -> Iterator[tuple[ProseLine, bool]]:
    indents: list[int] = []
    for raw in re.split(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+", text):
        bare = _EMPHASIS.sub("", _INLINE.sub(r"\1", _LINK.sub(r"\1", _QUOTE.sub("", raw))))
        if _RULE.match(bare) or _CELLS.search(bare) or bare.lstrip().startswith("|"):
            continue
        is_heading = bool(_HEADING.match(bare))
        bare = _PREFIX.sub("", bare.lstrip("# ") if is_heading else bare)
        mark = _MARK.match(bare)
        depth = 0
        if mark:
            width = len(mark[1].expandtabs(4))
            indents = [*(known for known in indents if known < width), width]
            depth = min(len(indents), 2)
            bare = bare[mark.end() :]
        elif bare.strip() and not bare.startswith((" ", "\t")):
            indents = []  # a list below a paragraph is a list of its own
        # A chain of arrows is a list of steps.
        apart = _ARROW.split(bare) if len(_ARROW.findall(bare)) > 1 else _at_marks(bare, mark)
        parts = [part.strip() for part in apart]
        for place, part in enumerate(parts):
            if part and not _is_formula(part):
                yield ProseLine(part, max(depth, 1) if place and len(parts) > 2 else depth), is_heading


def _at_marks(text: str, own: re.Match[str] | None) -> Iterator[str]:
    """A line cut at the marks of items that count on inside it; `own` is the mark before the line."""
    start, last = 0, _value(own[0]) if own else 0
    for found in _INNER_MARK.finditer(text):
        # `(n - 1) & hash` has no mark: its bracket was opened before.
        if _value(found[0]) == last + 1 and _is_closed(text[: found.start()]):
            yield text[start : found.start()]
            start, last = found.end(), last + 1
    yield text[start:]


def _is_closed(text: str) -> bool:
    return sum(map(text.count, "(（")) <= sum(map(text.count, ")）"))


def _value(mark: str) -> int:
    """The number that a mark says; 0 for a bullet."""
    if digits := re.search(r"[0-9]+", mark):
        return int(digits[0])
    return next((int(unicodedata.numeric(sign)) for sign in mark if unicodedata.numeric(sign, 0) >= 1), 0)


def _is_formula(text: str) -> bool:
    """Whether a line is written in signs rather than words."""
    if not _WORDS.search(text):
        return bool(re.search(r"[=<>\\^_{}]", text))
    if not re.search(r"[=\\^]|\$", text):
        return False
    signs = sum(not character.isspace() for character in text)
    return sum(len(word) for word in _WORDS.findall(text)) < _LEAST_PROSE * signs


def is_chinese(text: str) -> bool:
    return bool(_HAN.search(text))


def sentences_of(text: str) -> list[str]:
    """The sentences of a text with their ends; together they are the text."""
    return _SENTENCE.findall(text)
