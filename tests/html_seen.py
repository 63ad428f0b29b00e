"""What a browser would see of some HTML, and texts that try to be more than text."""

from html.parser import HTMLParser

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</div></article><h1>owned</h1>",
    "![x](https://evil.example/a.png) [y](javascript:alert(1))",
    "$$\\frac{1}{2}$$ ${alert(1)} {{value}} {{#each x}} `code`",
    chr(0x202E)
    + "right to left"
    + chr(0x202C)
    + chr(0x2066)
    + "isolate"
    + chr(0x2069)
    + " zero"
    + chr(0x200B)
    + "width",
    chr(0x200F) + "مرحبا بالعالم",
    "a" * 19_900,
    "' onmouseover='alert(1)\" onfocus=\"alert(2)",
]


class Seen(HTMLParser):
    """The tags, attributes and text that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(html: str) -> Seen:
    parser = Seen()
    parser.feed(str(html))  # of a plain string the parser cuts plain strings
    return parser
