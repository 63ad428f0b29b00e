"""Servers of the page that share a database and a secret, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_visitor import ORIGIN, Visitor
from starlette.testclient import TestClient

from interviewer.settings import read_settings
from interviewer.web.server import make_app


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[tuple[TestClient, TestClient]]:
    shared = {"database_url": f"sqlite:///{tmp_path / 'shared.sqlite3'}", "secret": "shared by all replicas"}
    first, second = (make_app(read_settings(data_dir=tmp_path / name, **shared)) for name in ("first", "second"))
    with TestClient(first, base_url=ORIGIN["Origin"]) as one, TestClient(second, base_url=ORIGIN["Origin"]) as other:
        yield one, other


def test_a_page_whose_replica_died_goes_on_at_another_after_a_reload(replicas: tuple[TestClient, TestClient]) -> None:
    first, second = replicas
    before = Visitor(first)
    begun = before.start("mine")
    second.cookies = first.cookies
    first.close()
    after = Visitor(second)
    reloaded = after.arrive(begun["browserstate"])
    assert _value(reloaded["place"]) == begun["place"]
    # The browser keeps what was being typed, and sends it to whoever is there.
    sent = after.send(begun["browserstate"], begun["place"], "it is switched off")
    assert _value(sent["place"]) != begun["place"]
    assert "it is switched off" in str(sent)


def _value(shown: Any) -> Any:
    return shown["value"] if isinstance(shown, dict) else shown
