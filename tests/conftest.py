"""Fixtures that many tests share."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fakes import FlakyGrader

from interviewer.banks.loader import Library, read_bank
from interviewer.domain.rubric import Bank
from interviewer.grading.lexical import LexicalGrader
from interviewer.grading.protocol import Grader
from interviewer.sessions.service import Stage
from interviewer.sessions.store import Store
from interviewer.settings import shipped


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Benchmarks run only when they are asked for: `pytest tests/bench`."""
    is_bench = collection_path.name == "bench" and collection_path.is_dir()
    return True if is_bench and not any("bench" in argument for argument in config.args) else None


@pytest.fixture(autouse=True)
def private_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the developer's settings or interviews."""
    for name in list(os.environ):
        if name.startswith("INTERVIEWER_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("INTERVIEWER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def deep_learning() -> Bank:
    return read_bank(shipped("rubrics") / "deep-learning.yaml")


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
def make_stage(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Stages on one database: each call is like another process."""
    pools, stores = [], []

    def make(grader: Grader | None = None) -> Stage:
        pools.append(ThreadPoolExecutor(2))
        stores.append(Store(f"sqlite:///{tmp_path / 'test.sqlite3'}"))
        return Stage(stores[-1], grader or LexicalGrader(), pools[-1])

    yield make
    for pool in pools:
        pool.shutdown()
    for store in stores:
        store.close()


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    return make_stage()


@pytest.fixture
def flaky() -> FlakyGrader:
    return FlakyGrader()
