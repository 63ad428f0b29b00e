"""The lines of a paragraph as plain text, with what was a link, an image or bold in them."""

import re
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from interviewer.banks.importing.parsers import html
from interviewer.banks.importing.parsers.elements import Reason

_WIKI = re.compile(r"(!?)\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]")
_MARKED = re.compile(r"(?<![\x21-\x7e])==(?=[^\W_])([^=\n]{0,300}[^\s=!<>(])==(?![\x30-\x7e])")
_BLOCK_ID = re.compile(r"\s\^[a-z0-9]{6}$")
_LONGEST_NAME = 120  # characters
# What programs write for an image that nobody described.
_NO_CAPTION = re.compile(
    r"(?:(?:pasted )?image|img|alt[\s_-]?text|picture|pic|screenshot|untitled|图片?|截图|屏幕截图|\d*)[\s_-]*[\d\s_:.-]*(?:\.(?:png|jpe?g|gif|svg|webp|bmp))?"
    r"|\S*\.(?:png|jpe?g|gif|svg|webp|bmp)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class InlineLine:
    """A line of a paragraph. `at` counts the paragraph's lines from 0; a `<br>` begins a line without counting.

    `level` is that of a heading in HTML; `fold` is 1 where one opens, -1 where one ends. `is_block` says that a block of
    HTML begins the line or ends above it. `beside` is what stands neither in a link nor in an image; `bold` is what
    stands in bold at the beginning; `linked` is the text of the last link. `silent` is what else the line has.
    """

    at: int
    text: str = ""
    bold: str = ""
    beside: str = ""
    links: list[str] = field(default_factory=list)
    linked: str = ""
    level: int = 0
    is_summary: bool = False
    is_block: bool = False
    fold: int = 0
    silent: set[Reason] = field(default_factory=set)


def lines_of(tokens: list[Token], *, in_summary: bool = False) -> list[InlineLine]:
    """The lines of an inline token's children; there is at least one. A summary may have begun in a block above."""
    reader = _Reader(in_summary=in_summary)
    for token in tokens:
        reader.take(token)
    return [_trimmed(line) for line in reader.lines]


def plain(source: str, *, as_it_stands: bool = False) -> str:
    """The text of HTML: blocks are lines, list items begin with `- `, scripts, styles and comments are dropped.

    `as_it_stands` keeps all spaces and line ends, as `<pre>` does.
    """
    reader = _Reader(in_summary=False)
    for piece, is_tag in html.pieces(source):
        if is_tag:
            reader.html(piece)
        else:
            reader.text(piece)
    if as_it_stands:
        return "\n".join(line.text for line in reader.lines).strip("\n")
    # Blocks side by side are one line end apart, however many of them begin and end here.
    return html.tidy("\n".join(line.text for line in reader.lines if line.text or not line.is_block))


class _Reader:
    def __init__(self, *, in_summary: bool) -> None:
        self.lines = [InlineLine(0, is_summary=in_summary)]
        self._at = 0
        self._bold = 0
        self._links = 0
        self._unread = ""
        self._summary = in_summary
        self._level = 0

    def take(self, token: Token) -> None:  # noqa: C901 - one match
        if self._unread and token.type != "html_inline":
            self._at += token.content.count("\n") + (token.type in ("softbreak", "hardbreak"))
            return
        line = self.lines[-1]
        match token.type:
            case "strong_open":
                self._bold += 1
            case "strong_close":
                self._bold -= 1
            case "link_open":
                self._link(str(token.attrGet("href") or ""))
                line.linked = ""
            case "link_close":
                self._links -= 1
            case "softbreak" | "hardbreak":
                self._break(1)
            case "image":
                self._image(token.content)
            case "html_inline":
                self.html(token.content)
                self._at += token.content.count("\n")
            case "math_inline" | "math_inline_double":
                self._add(f"{token.markup}{token.content}{token.markup}")
                self._at += token.content.count("\n")
            case "text":
                self._wiki(token.content)
            case _:
                self._add(token.content)

    def text(self, text: str) -> None:
        """A text of HTML, line by line."""
        for place, line in enumerate(text.split("\n") if not self._unread else ()):
            if place:
                self._break(1)
            self._add(line)

    def _break(self, lines: int = 0) -> None:
        self._at += lines
        self.lines.append(InlineLine(self._at, is_summary=self._summary, level=self._level))

    def _add(self, text: str) -> None:
        line = self.lines[-1]
        if self._bold > 0 and line.bold.strip() == line.text.strip():
            line.bold += text
        line.text += text
        if self._links <= 0:
            line.beside += text
        else:
            line.linked += text

    def _link(self, href: str) -> None:
        """<a name="x"></a> is no link; its end must not end one either."""
        self._links += 1
        if href:
            self.lines[-1].links.append(href)
        else:
            self.lines[-1].silent.add(Reason.NAVIGATION)

    def _wiki(self, text: str) -> None:
        """`[[Page|words]]`, `![[image.png]]`, `==marked==` and `^1a2b3c` of note-taking programs."""
        text = _BLOCK_ID.sub("", _MARKED.sub(r"\1", text))
        at = 0
        for found in _WIKI.finditer(text):
            self._add(text[at : found.start()])
            at = found.end()
            if found[1]:
                self._image(found[3] or found[2])
            else:
                is_contents = found[2].strip("_").lower() == "toc"
                self._add(found[0] if is_contents else found[3] or found[2])
        self._add(text[at:])

    def _image(self, alt: str) -> None:
        """What an image says in words; nothing where it only has a file's name, or is a badge in a link."""
        self.lines[-1].silent.add(Reason.IMAGE)
        words = " ".join(alt.split())
        is_bare = len(words) < _LONGEST_NAME and _NO_CAPTION.fullmatch(words)
        self.lines[-1].text += "" if is_bare or self._links > 0 else words

    def html(self, source: str) -> None:
        """A tag, a comment, or what only looks like one."""
        line, found = self.lines[-1], html.tag(source)
        if source.startswith("<!"):
            line.silent.add(Reason.COMMENT)
        elif found and found[0] in html.UNREAD:
            self._unread = "" if found[1] else found[0]
            line.silent.add(Reason.SCRIPT)
        elif found and not self._unread:
            self._tag(*found, source)
        elif not self._unread:
            self._add(source)

    def _tag(self, name: str, closes: bool, source: str) -> None:
        match name:
            case "b" | "strong":
                self._bold += -1 if closes else 1
            case "a" if closes:
                self._links = max(0, self._links - 1)
            case "a":
                self._link(html.attribute(source, "href"))
            case "img":
                self._image(html.attribute(source, "alt"))
            case "sup" if not closes and self.lines[-1].text[-1:].strip():
                self._add("^")
            case "td" | "th" if closes:
                self._add(" | ")
            case _ if name in html.BREAKING:
                self._block(name, closes)

    def _block(self, name: str, closes: bool) -> None:
        match name:
            case "details":
                self._summary = False
                self._break()
                self.lines[-1].fold = -1 if closes else 1
            case "summary":
                self._summary = not closes
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._level = 0 if closes else int(name[1])
            case "p":
                self._break()
        self._break()
        self.lines[-1].is_block = name not in ("br", "p")
        if name == "li" and not closes:
            self._add("- ")


def _trimmed(line: InlineLine) -> InlineLine:
    text = line.text.replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "").strip()
    return replace(line, text=text.removesuffix(" |"), bold=line.bold.strip(), beside=line.beside.strip())
