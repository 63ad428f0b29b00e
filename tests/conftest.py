"""Fixtures that many tests share."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import FlakyGrader, Only

from interviewer.banks.loader import BankLibrary, read_bank
from interviewer.domain.rubric import Bank
from interviewer.grading.lexical import LexicalGrader
from interviewer.grading.protocol import Grader
from interviewer.llm import LLM
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.settings import shipped


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Benchmarks run only when they are asked for: `pytest tests/bench`."""
    is_bench = collection_path.name == "bench" and collection_path.is_dir()
    return True if is_bench and not any("bench" in argument for argument in config.args) else None


@pytest.fixture(autouse=True)
def private_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees the developer's settings or interviews, nor what another test put into the environment."""
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith("INTERVIEWER_"):
            monkeypatch.delenv(name)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INTERVIEWER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    yield
    monkeypatch.undo()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def deep_learning() -> Bank:
    return read_bank(shipped("rubrics") / "deep-learning.yaml")


@pytest.fixture
def library() -> BankLibrary:
    return BankLibrary()


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[Callable[..., SessionService]]:
    """Services on one database: each call is like another process."""
    made: list[SessionService] = []

    def make(grader: Grader | None = None, llm: LLM | None = None, server: str = "", **more: float) -> SessionService:
        store = Store(f"sqlite:///{tmp_path / 'test.sqlite3'}")
        made.append(SessionService(store, Only(grader or LexicalGrader(), llm, server), **more))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for service in made:
        service.close()
        service.store.close()


@pytest.fixture
def service(make_service: Callable[..., SessionService]) -> SessionService:
    return make_service()


@pytest.fixture
def flaky() -> FlakyGrader:
    return FlakyGrader()


@pytest.fixture(autouse=True)
def no_server_is_known() -> None:
    """Ports are given again: what was learned of a server must not be believed of one in another test."""
    if discovery := sys.modules.get("interviewer.llm.discovery"):
        known = discovery.KNOWN
        with known._lock:
            for learned in (known._kinds, known._outdated, known._silent_until):
                learned.clear()
    if options := sys.modules.get("interviewer.llm.request_options"):
        with options.LEARNED._lock:
            options.LEARNED._options.clear()
            options.LEARNED._failures.clear()


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that speaks English, whatever the locale of the tests."""
    monkeypatch.setenv("INTERVIEWER_LANGUAGE", "en")
