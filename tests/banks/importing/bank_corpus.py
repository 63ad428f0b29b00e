"""The files in `tests/banks`, and what is to be read from each; `python tests/bank_corpus.py NAME` writes it anew."""

import json
import sys
from pathlib import Path
from typing import Any

from interviewer.banks.importing.document import Role, Source
from interviewer.banks.importing.parsers import read
from interviewer.errors import BankError
from interviewer.text import messages

FOLDER = Path(__file__).parent / "lists"
FILES = sorted(path for path in FOLDER.iterdir() if not path.name.endswith(".expected.json"))


def outcome(name: str, data: bytes) -> Source | BankError:
    """What comes of findings: anything but a source and a BankError is a bug."""
    try:
        return read(name, data)
    except BankError as error:
        return error


def expected_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.expected.json")


def assert_every_line_is_accounted_for(source: Source, text: str) -> None:
    lines = text.split("\n")
    taken: dict[int, int] = {}
    for place, block in enumerate(source.blocks):
        for line in range(block.first_line, block.last_line + 1):
            assert line not in taken, f"line {line} lies in two blocks"
            taken[line] = place
        assert block.text == "\n".join(lines[block.first_line - 1 : block.last_line])
        assert lines[block.first_line - 1].strip()
        assert lines[block.last_line - 1].strip()
        assert block.role is not Role.LEFT_OUT or block.reason
        assert not block.reason or block.reason in messages.ALL
        assert block.item is not None or block.role not in (Role.QUESTION, Role.ANSWER)
        assert block.item is None or 0 <= block.item < len(source.items)
    missing = [number for number, line in enumerate(lines, 1) if line.strip() and number not in taken]
    assert missing == []


def plain(source: Source) -> dict[str, Any]:
    return {
        "title": source.title,
        "language": str(source.language),
        "items": [
            {
                "line": item.first_line,
                "number": item.number,
                "topic": item.topic,
                "question": item.question,
                "answer": item.answer,
            }
            for item in source.items
        ],
        "blocks": [
            " ".join(
                filter(
                    None,
                    [
                        f"{block.first_line}-{block.last_line}",
                        str(block.role),
                        "" if block.item is None else f"of {block.item}",
                        block.reason,
                    ],
                )
            )
            for block in source.blocks
        ],
    }


if __name__ == "__main__":
    for name in sys.argv[1:]:
        file = FOLDER / name
        found = json.dumps(plain(read(file.name, file.read_bytes())), ensure_ascii=False, indent=1)
        expected_path(file).write_text(found + "\n", encoding="utf-8")
