"""What the tests of commands share."""

import signal
from collections.abc import Iterator

import pytest
from command_line import Terminal


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """A command that was stopped hears no further Ctrl-C; the tests after it do."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)
