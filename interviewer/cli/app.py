"""The application that all commands join, and what they share: failing in one line, writing files whole."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

import typer

app = typer.Typer(
    name="interviewer",
    help="A mock interviewer that grades answers point by point and shows your own words as the evidence.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Compiler(StrEnum):
    OFFLINE = "offline"
    LLM = "llm"


class Speech(StrEnum):
    ZH = "zh"
    EN = "en"


class Grading(StrEnum):
    COVERAGE = "coverage"
    LLM = "llm"


def write_file(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    draft = output.with_name(output.name + ".part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(output)
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}")


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path.name} cannot be read: {error}")


def fail(message: str, code: int = 1) -> NoReturn:
    print(f"interviewer: {message}", file=sys.stderr)
    sys.exit(code)
