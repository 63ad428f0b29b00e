"""The server as a process: how it ends, what it finds again, and what it says when it cannot start."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import begun

from interviewer import wiring
from interviewer.sessions.service import Session
from interviewer.settings import read_settings

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def hanging() -> Iterator[str]:
    """The address of a server that takes requests and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    kept.append(listener.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        listener.shutdown(socket.SHUT_RDWR)
        for connection in kept:
            connection.close()


def started(folder: Path, *arguments: str, **settings: str) -> tuple["subprocess.Popen[str]", str]:
    """A server and what it says when it is ready."""
    environment = {**os.environ, "INTERVIEWER_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    environment |= {f"INTERVIEWER_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, str(ROOT / "app.py"), "--port", "0", *arguments]
    process = subprocess.Popen(
        command, env=environment, cwd=folder.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, process.stdout.readline() + process.stdout.readline()


def left_undone(folder: Path) -> Session:
    """An interview with an answer that nobody has graded."""
    session = wiring.make_service(read_settings(data_dir=folder)).begin("me", begun())
    session.answer("it is switched off")
    return session


def claims(session: Session) -> int:
    with session.store.database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM claims").scalar_one())


def until_graded(session: Session) -> None:
    end = time.monotonic() + 30
    while session.interview().current.grade is None:
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_at_once_while_a_model_hangs_and_the_next_one_finds_its_work(
    folder: Path, hanging: str, how: signal.Signals
) -> None:
    session = left_undone(folder)
    process, _ = started(folder, base_url=hanging, model="m")
    end = time.monotonic() + 30
    while not claims(session):
        assert time.monotonic() < end
        time.sleep(0.1)
    start = time.monotonic()
    process.send_signal(how)
    said = process.communicate(timeout=20)[1]
    assert time.monotonic() - start < 2
    assert "Traceback" not in said
    assert session.interview().current.awaits_grade
    process, _ = started(folder)
    until_graded(session)
    process.kill()
    process.communicate()


def test_a_taken_port_is_said_in_one_line(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process, _ = started(folder, "--port", str(listener.getsockname()[1]))
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert re.fullmatch(
        r"interviewer: cannot listen on 127\.0\.0\.1:\d+ \(.*\): choose another --port or --host\n", said
    )


def test_a_lost_signing_key_is_said_and_no_interview_is_lost(folder: Path) -> None:
    session = left_undone(folder)
    process, said = started(folder)
    process.send_signal(signal.SIGTERM)
    assert "Mock interviewer" in said
    assert "was lost" in process.communicate(timeout=20)[1]
    process, said = started(folder)
    process.send_signal(signal.SIGTERM)
    assert "was lost" not in process.communicate(timeout=20)[1]
    assert session.history()
