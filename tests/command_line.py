"""Commands run as from a shell."""

import io
import sys

import pytest

from interviewer import cli


def run(*arguments: str, lines: str = "", monkeypatch: pytest.MonkeyPatch | None = None) -> int:
    """The exit code of a command; with `monkeypatch`, these lines are typed into it."""
    if monkeypatch:
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    return int(left.value.code or 0)
