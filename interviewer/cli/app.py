"""The application that all commands join, and what they share: how they fail, print, write files and open what is kept."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from interviewer.domain.language import Language

if TYPE_CHECKING:
    from interviewer.banks.loader import BankLibrary
    from interviewer.sessions.service import SessionService
    from interviewer.sessions.store import Store
    from interviewer.settings import Settings

_MOST_REASONS = 5

app = typer.Typer(
    name="interviewer",
    help="A mock interviewer that grades answers point by point and shows your own words as the evidence.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _terminal_language() -> Language:
    return Language(read_settings().terminal_language)


def say_here(key: str, language: Language | None = None, **values: object) -> str:
    """A line in the language of the terminal, or in the one that is given."""
    from interviewer.text.messages import say

    return say(key, language or _terminal_language(), **values)


LANGUAGE = Annotated[
    Language,
    typer.Option(
        default_factory=_terminal_language, show_default="that of the terminal", help="Language of what is said."
    ),
]
YES = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
INTERVIEW = Annotated[str, typer.Argument(help="Id of the interview.")]


Compiler = Literal["offline", "llm"]


class GraderName(StrEnum):
    """Who may grade; `coverage` is what the lexical grader was called before."""

    LEXICAL = "lexical"
    COVERAGE = "coverage"
    LLM = "llm"


def read_settings(**overrides: object) -> "Settings":
    """The settings, with what the command line said on top."""
    from interviewer import settings

    return settings.read_settings(**overrides)


def open_store() -> "Store":
    from interviewer.sessions.store import Store

    return Store(read_settings().database)


def open_library() -> "BankLibrary":
    from interviewer import wiring

    return wiring.make_library(read_settings())


def open_service() -> "SessionService":
    from interviewer import wiring

    return wiring.make_service(read_settings())


def print_json(plain: object) -> None:
    print(json.dumps(plain, ensure_ascii=False, indent=2))


def read_bytes(path: Path, most: int) -> bytes:
    """The file, or one byte more than `most` of it: whoever reads it refuses it by its length."""
    try:
        with path.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        fail(f"{path.name} cannot be read: {error.strerror}")


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


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is deleted, unless `--yes` was given; without consent the command ends."""
    if not yes:
        typer.confirm(question, abort=True)


def tell_failures(failures: Iterable[str], total: int, *, ranges: int = 0) -> None:
    """Name the reasons why answers have no grade, the most frequent ones first, and end with exit code 1 if there are any.

    A grade of which some points are unknown, so that its score is a range, is told apart: it is a grade.
    """
    from interviewer.presentation.plain_text import printable

    reasons = Counter(printable(failure) for failure in failures)
    for reason, count in reasons.most_common(_MOST_REASONS):
        print(f"interviewer: {say_here('cli.not_graded', count=count, total=total, reason=reason)}", file=sys.stderr)
    if len(reasons) > _MOST_REASONS:
        print(f"interviewer: {say_here('cli.other_reasons', count=len(reasons) - _MOST_REASONS)}", file=sys.stderr)
    if ranges:
        print(f"interviewer: {say_here('cli.ranges', count=ranges, total=total)}", file=sys.stderr)
    if reasons:
        raise typer.Exit(1)
