"""Files that nobody wrote: composed of pieces, and damaged. Reading them ends in a source or in a BankError."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from bank_corpus import FILES, assert_every_line_is_accounted_for, outcome
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.banks.importing.document import Role, Source
from interviewer.banks.importing.parsers import html, read
from interviewer.banks.importing.parsers.decoding import text_of
from interviewer.banks.importing.parsers.html_pages import markdown_of
from interviewer.errors import BankError

TAG = re.compile(rf"</?(?:{'|'.join(sorted(html.TAGS))})(?:\s[^<>]*)?/?>", re.IGNORECASE)

VERBATIM = re.compile(r"^ *```.*?^ *```|\$\$.*?\$\$", re.DOTALL | re.MULTILINE)

# Each piece has a place for one word that occurs nowhere else, so that it can be followed.
PIECES = [
    "## {}？",
    "### 3. What is {}?",
    "# {}",
    "#### {}",
    "{}\n---",
    "**{}?**",
    "**Q7: {}**",
    "Q: {}",
    "A: {}",
    "答：{}",
    "参考答案：\n\n{}",
    "问题 3：{}\n答：{}",
    "1、{}？\n{}",
    "(2) {}",
    "{}",
    "{}\n{}",
    "What is {}?",
    "- {}",
    "- {}?\n  - {}",
    "1. {}?\n\n   {}",
    "7. ### {}\n\n   {}",
    "> {}",
    "> [!question] {}\n> {}",
    "```\n# {}\n```",
    "$$\n{}\n$$",
    "| 问题 | 答案 |\n|--|--|\n| {} | {} |",
    "| a | b |\n|--|--|\n| {} | {} |",
    "<details><summary>{}?</summary>\n\n{}\n\n</details>",
    "<details>\n<summary>Answer</summary>\n{}\n</details>",
    '<a name="x"></a>\n{}<br />{}',
    "<p>{}</p>\n<ul><li>{}</li></ul>",
    "<b>{}</b> and <i>{}</i><sup>2</sup>",
    "{}[^{}]",
    "`{}` and *{}* and ~~{}~~",
    "[{}](https://example.org)",
    "    {}",
    "\t{}",
    "---",
    "<br>",
    "</details>",
    "<!-- comment -->",
    "![](a.png)",
    "[回到顶部](#top)",
    "\ufeff",
    "-",
    ">",
    "<div>",
]
GAPS = ["\n", "\n\n", "\n\n\n", "\r\n", "\r\n\r\n", "\n   ", "\n\n    "]


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A text, and the words that were put into it."""
    pieces = draw(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(GAPS)), min_size=1, max_size=14))
    written: list[str] = []

    def word() -> str:
        written.append(f"w{len(written)}x")
        return written[-1]

    text = "# Title\n\n" + "".join(re.sub(r"\{\}", lambda _: word(), piece) + gap for piece, gap in pieces)
    return text, written


@given(documents())
@settings(max_examples=400, deadline=None)
def test_of_a_composed_file_every_line_is_accounted_for_and_no_word_is_lost(document: tuple[str, list[str]]) -> None:
    text, written = document
    source = read("list.md", text.encode())
    assert_every_line_is_accounted_for(source, text_of("list.md", text.encode()))
    for block in source.blocks:
        if block.role not in (Role.QUESTION, Role.ANSWER):
            continue
        assert block.item is not None
        item = source.items[block.item]
        kept = f"{item.question} {item.answer} {item.number}"
        lost = [word for word in re.findall(r"w\d+x", block.text) if word not in kept]
        assert lost == [], f"{block} does not reach {item}"
    twice = [word for word in written if sum(word in f"{item.question} {item.answer}" for item in source.items) > 1]
    assert twice == []
    for item in source.items:
        assert item.question
        marked_up = VERBATIM.sub("", f"{item.question}\n\n{item.answer}")
        assert not TAG.search(marked_up)
        assert "**" not in marked_up
    assert read("list.md", text.encode()) == source


@given(st.text(alphabet=st.sampled_from("#>-*_`~[]()!<>/abр问答：:.1、|$\\&;=+ \t\n\r\0？?\u3000"), max_size=200))
@settings(max_examples=300, deadline=None)
def test_of_any_text_every_line_is_accounted_for(text: str) -> None:
    for name in ("list.md", "list.txt", "list.csv"):
        data = text.encode()
        found = outcome(name, data)
        if isinstance(found, BankError):
            assert found.file
            assert found.what
        else:
            assert_every_line_is_accounted_for(found, text_of(name, data))


OF_PAGES = (
    *(f"<{end}{name}>" for name in sorted(html.TAGS - html.UNREAD) for end in ("", "/")),
    *(
        "<details><summary>",
        "Why?",
        "What is a lock?",
        "一次一个",
        "1. x",
        "- y",
        "| a",
        "```",
        "    code",
        "&lt;b&gt;",
        "\n\n",
        "A: b",
        " ",
    ),
)


@given(st.lists(st.sampled_from(OF_PAGES), max_size=60))
@settings(max_examples=300, deadline=None)
def test_of_any_page_every_line_of_its_text_is_accounted_for(pieces: list[str]) -> None:
    data = "".join(pieces).encode()
    found = outcome("page.html", data)
    if not isinstance(found, BankError):
        assert_every_line_is_accounted_for(found, markdown_of(text_of("page.html", data)))


def deleted(draw: random.Random, parts: list[bytes]) -> list[bytes]:
    at = draw.randrange(len(parts))
    return parts[:at] + parts[at + draw.randint(1, 3) :]


def doubled(draw: random.Random, parts: list[bytes]) -> list[bytes]:
    at = draw.randrange(len(parts))
    return parts[: at + 1] + parts[at:]


def swapped(draw: random.Random, parts: list[bytes]) -> list[bytes]:
    first, second = sorted((draw.randrange(len(parts)), draw.randrange(len(parts))))
    parts[first], parts[second] = parts[second], parts[first]
    return parts


def inserted(draw: random.Random, parts: list[bytes]) -> list[bytes]:
    at = draw.randrange(len(parts) + 1)
    mark = draw.choice(
        [b"\n", b"```\n", b"<", b">", b"<!--", b"# ", b"- ", b"\xff", b"**", b"|", b'"', b"\t", b"$$", b"[", b"---\n"]
    )
    return [*parts[:at], mark, *parts[at:]]


MUTATIONS: list[Callable[[random.Random, list[bytes]], list[bytes]]] = [deleted, doubled, swapped, inserted]


def mutated(draw: random.Random, data: bytes) -> bytes:
    for _ in range(draw.randint(1, 6)):
        parts = data.splitlines(keepends=True) if draw.random() < 0.6 else [bytes([byte]) for byte in data]
        data = b"".join(draw.choice(MUTATIONS)(draw, parts)) if parts else b"x"
    return data


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_damaged_file_is_read_or_refused(path: Path) -> None:
    draw = random.Random(path.name)
    for _ in range(25):
        data = mutated(draw, path.read_bytes())
        found = outcome(path.name, data)
        if isinstance(found, Source):
            assert_every_line_is_accounted_for(found, text_of(path.name, data))
        else:
            assert found.file == path.name
            assert found.what
