"""A line of a benchmark, printed whatever pytest captures."""

import pytest


def say(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        print(f"\n  {line}")
