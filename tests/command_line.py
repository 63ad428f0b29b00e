"""Commands run as from a shell."""

import io
import json
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


class Terminal:
    """Commands as somebody types them; each ends well and gives what it printed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def run(self, *arguments: str, lines: str = "") -> str:
        self._capsys.readouterr()
        assert run(*arguments, lines=lines, monkeypatch=self._monkeypatch) == 0
        return self._capsys.readouterr().out

    def play(self, *arguments: str, lines: str) -> str:
        """An interview in which these lines are typed."""
        return self.run("chat", *arguments, lines=lines)

    def last_interview(self) -> str:
        return self.run("interviews").split()[0]

    def answers(self) -> list[str]:
        """What was answered to the first question of the interview played last."""
        told = json.loads(self.run("export", self.last_interview(), "--format", "json"))
        found: list[str] = told["summary"]["questions"][0]["answers"]
        return found
