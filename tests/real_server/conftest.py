"""The real server of this suite, what its replies were like, and the table of what each step printed.

    INTERVIEWER_TEST_BASE_URL=http://127.0.0.1:11434/v1 INTERVIEWER_TEST_MODEL=qwen3:4b pytest -m real_server

With INTERVIEWER_TEST_GRADINGS fewer or more answers than 30 are graded to count how replies keep to their form. With
INTERVIEWER_TEST_REPORT=FILE the lines of several runs are kept there, and the table is of all servers in it.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from real_model import Real, kept_as, table
from relay import Relay

from interviewer.llm import client

ROOM = Path(__file__).parent
URL = os.environ.get("INTERVIEWER_TEST_BASE_URL", "")
MODEL = os.environ.get("INTERVIEWER_TEST_MODEL", "")
REPORT = os.environ.get("INTERVIEWER_TEST_REPORT", "")
WHY = "INTERVIEWER_TEST_BASE_URL and INTERVIEWER_TEST_MODEL name no running model server"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if URL and MODEL:
        return
    ours = [item for item in items if item.path.is_relative_to(ROOM)]
    if "real_server" in config.getoption("markexpr"):
        for item in ours:
            item.add_marker(pytest.mark.skip(reason=WHY))
    elif ours:
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


@pytest.fixture(scope="session")
def server() -> Iterator[Real]:
    relay = Relay(URL)
    real = Real(relay.url, MODEL, relay)
    yield real
    relay.stop()


@pytest.fixture
def real(
    server: Real, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], request: Any
) -> Iterator[Real]:
    """The server, with its replies looked at; the line that the step told is printed and kept."""
    validated = client.validated_reply

    def looked_at(completion: Any, schema: Any, *rest: Any) -> Any:
        reply = None
        try:
            reply = validated(completion, schema, *rest)
            return reply
        finally:
            if schema is not None:
                server.kept[kept_as(completion, schema, reply)] += 1

    monkeypatch.setattr(client, "validated_reply", looked_at)
    monkeypatch.setenv("INTERVIEWER_BASE_URL", server.url)
    monkeypatch.setenv("INTERVIEWER_MODEL", server.model)
    before = set(server.lines)
    yield server
    server.tell("form of all replies", ", ".join(f"{name} {count}" for name, count in server.kept.most_common()))
    for step in [step for step in server.lines if step not in before or step == "form of all replies"]:
        with capsys.disabled():
            print(f"\n  {step}: {server.lines[step]}")
        if REPORT:
            row = {"server": URL, "model": Path(MODEL).name, "step": step, "line": server.lines[step]}
            with Path(REPORT).open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if REPORT and Path(REPORT).exists():
        terminalreporter.write_line("")
        terminalreporter.write_line(table(Path(REPORT)))
