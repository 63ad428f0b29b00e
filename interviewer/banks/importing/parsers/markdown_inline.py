"""The lines of a paragraph as plain text, with what was a link, an image or bold in them."""

import re
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from interviewer.banks.importing.parsers import html

_WIKI = re.compile(r"(!?)\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]")
_MARKED = re.compile(r"(?<![\x21-\x7e])==(?=[^\W_])([^=\n]{0,300}[^\s=!<>(])==(?![\x30-\x7e])")
_BLOCK_ID = re.compile(r"\s\^[a-z0-9]{6}$")
_LONGEST_NAME = 120  # characters
_DUNDER = re.compile(r"[a-z][a-z0-9_]*")
# What programs write for an image that nobody described.
_NO_CAPTION = re.compile(
    r"(?:image|img|picture|pic|screenshot|untitled|图片?|截图|屏幕截图|\d*)[\s_-]*[\d\s_:.-]*(?:\.(?:png|jpe?g|gif|svg|webp|bmp))?"
    r"|\S*\.(?:png|jpe?g|gif|svg|webp|bmp)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class InlineLine:
    """A line of a paragraph. `at` counts the paragraph's lines from 0; a `<br>` begins a line without counting.

    `beside` is what stands neither in a link nor in an image; `bold` is what stands in bold at the beginning;
    `linked` is the text of the last link.
    """

    at: int
    text: str = ""
    bold: str = ""
    beside: str = ""
    links: list[str] = field(default_factory=list)
    linked: str = ""
    images: int = 0
    footnotes: list[str] = field(default_factory=list)
    tags: int = 0
    heading: int = 0
    is_summary: bool = False
    opens_fold: bool = False
    closes_fold: int = 0
    anchors: bool = False
    unread: bool = False
    comments: bool = False


def lines_of(tokens: list[Token], *, in_summary: bool = False) -> list[InlineLine]:
    """The lines of an inline token's children; there is at least one. A summary may have begun in a block above."""
    reader = _Reader(in_summary=in_summary)
    for token in tokens:
        reader.take(token)
    return [_trimmed(line) for line in reader.lines]


def caption(alt: str) -> str:
    """What an image says in words; nothing where it only has a file's name."""
    text = " ".join(alt.split())
    return "" if len(text) < _LONGEST_NAME and _NO_CAPTION.fullmatch(text) else text


class _Reader:
    def __init__(self, *, in_summary: bool) -> None:
        self.lines = [InlineLine(0, is_summary=in_summary)]
        self._at = 0
        self._bold = 0
        self._links = 0
        self._strong_from = (self.lines[0], 0)
        self._unread = ""
        self._summary = in_summary
        self._heading = 0

    def take(self, token: Token) -> None:
        if self._unread and token.type != "html_inline":
            self._at += token.content.count("\n") + (token.type in ("softbreak", "hardbreak"))
        elif not self._is_frame(token):
            self._content(token)

    def _is_frame(self, token: Token) -> bool:
        """Notes what opens or closes around the text."""
        match token.type:
            case "strong_open":
                self._bold += 1
                self._strong_from = (self.lines[-1], len(self.lines[-1].text))
            case "strong_close":
                self._bold -= 1
                if token.markup == "__":
                    self._dunder()
            case "link_open":
                self._links += 1
                self.lines[-1].links.append(str(token.attrGet("href") or ""))
                self.lines[-1].linked = ""
            case "link_close":
                self._links -= 1
            case _:
                return False
        return True

    def _content(self, token: Token) -> None:
        match token.type:
            case "softbreak" | "hardbreak":
                self._break(1)
            case "image":
                self._image(token.content)
            case "html_inline":
                self._html(token.content)
                self._at += token.content.count("\n")
            case "footnote_ref":
                self.lines[-1].footnotes.append(str(token.meta["label"]))
                self._add(f"[{token.meta['label']}]")
            case "math_inline" | "math_inline_double":
                self._add(f"{token.markup}{token.content}{token.markup}")
                self._at += token.content.count("\n")
            case "text":
                self._wiki(token.content)
            case _:
                self._add(token.content)

    def _dunder(self) -> None:
        """`__init__` is a name in Python far more often than it is bold."""
        line, start = self._strong_from
        inside = line.text[start:]
        if line is self.lines[-1] and _DUNDER.fullmatch(inside):
            line.text = f"{line.text[:start]}__{inside}__"
            line.beside = f"{line.beside.removesuffix(inside)}__{inside}__"
            line.bold = ""

    def _break(self, lines: int) -> None:
        self._at += lines
        self.lines.append(InlineLine(self._at, is_summary=self._summary, heading=self._heading))

    def _add(self, text: str) -> None:
        line = self.lines[-1]
        if self._bold > 0 and line.bold.strip() == line.text.strip():
            line.bold += text
        line.text += text
        if self._links <= 0:
            line.beside += text
        else:
            line.linked += text

    def _wiki(self, text: str) -> None:
        """`[[Page|words]]`, `![[image.png]]`, `==marked==` and `^1a2b3c` of note-taking programs."""
        text = _BLOCK_ID.sub("", _MARKED.sub(r"\1", text))
        at = 0
        for found in _WIKI.finditer(text):
            self._add(text[at : found.start()])
            at = found.end()
            if found[1]:
                self._image(found[3] or found[2])
            elif found[2].strip("_").lower() == "toc":
                self._add(found[0])
            else:
                self._add(found[3] or found[2])
        self._add(text[at:])

    def _image(self, alt: str) -> None:
        line = self.lines[-1]
        line.images += 1
        if self._links <= 0:  # an image in a link is a badge
            line.text += caption(alt)

    def _html(self, source: str) -> None:
        if source.startswith("<!"):
            self.lines[-1].comments = True
            return
        found = html.tag(source)
        if found is None:
            if not self._unread:
                self._add(source)
            return
        name, closes = found
        self.lines[-1].tags += 1
        if name in html.UNREAD:
            self._unread = "" if closes else name
            self.lines[-1].unread = True
        elif not self._unread:
            self._tag(name, closes, source)

    def _tag(self, name: str, closes: bool, source: str) -> None:
        match name:
            case "b" | "strong":
                self._bold += -1 if closes else 1
            case "a":
                self._anchor(closes, source)
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
                self._break(0)
                self.lines[-1].opens_fold = not closes
                self.lines[-1].closes_fold += closes
            case "summary":
                self._summary = not closes
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._heading = 0 if closes else int(name[1])
        self._break(0)
        if name == "li" and not closes:
            self._add("- ")

    def _anchor(self, closes: bool, source: str) -> None:
        href = html.attribute(source, "href")
        if closes:
            self._links = max(0, self._links - 1)
        elif href:
            self._links += 1
            self.lines[-1].links.append(href)
        else:
            # <a name="x"></a> is no link; its end must not end one either.
            self._links += 1
            self.lines[-1].anchors = True


def _trimmed(line: InlineLine) -> InlineLine:
    text = line.text.replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "").strip()
    return replace(line, text=text.removesuffix(" |"), bold=line.bold.strip(), beside=line.beside.strip())
