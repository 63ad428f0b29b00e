"""What a load balancer asks, and who may ask."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from interviewer.sessions.interview_lists import list_owners
from interviewer.settings import read_settings
from interviewer.web.health import Readiness
from interviewer.web.server import make_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A page behind a proxy, which has a host name of its own."""
    settings = read_settings(data_dir=tmp_path_factory.mktemp("data"), root_path="https://host.example")
    with TestClient(make_app(settings), base_url="http://10.1.2.3:7860") as client:
        yield client


@pytest.mark.parametrize("route", ["/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_probe_by_address_is_answered_and_gets_no_cookie(client: TestClient, route: str, method: str) -> None:
    assert client.get("/").status_code == 421
    answer = client.request(method, route)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert not list_owners(client.app.state.service.store.database)  # type: ignore[attr-defined]


def test_a_database_of_another_version_is_named(client: TestClient) -> None:
    database = client.app.state.service.store.database  # type: ignore[attr-defined]
    version = sa.text("UPDATE alembic_version SET version_num = :is")
    with database.read() as connection:
        before = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    with database.write() as connection:
        connection.execute(version, {"is": "9999"})
    answer = client.get("/readyz")
    with database.write() as connection:
        connection.execute(version, {"is": before})
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "failing": ["migrations"]})
    assert client.get("/readyz").status_code == 200


def test_a_database_that_cannot_be_used_is_named_and_nothing_of_it_told(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise sa.exc.OperationalError("SELECT secret", {}, Exception("password=hunter2"))

    monkeypatch.setattr(sa.Engine, "begin", refuse)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["failing"]) == (503, ["database"])
    assert "hunter2" not in answer.text
    assert client.get("/healthz").status_code == 200


def test_many_probes_of_something_that_hangs_are_one_question_and_told_in_time() -> None:
    may, asked = threading.Event(), []

    def hang() -> None:
        asked.append(1)
        may.wait(20)

    async def probed() -> list[list[str]]:
        readiness = Readiness([hang], patience=0.1)
        try:
            return await asyncio.gather(*(readiness.failing() for _ in range(50)))
        finally:
            may.set()

    assert asyncio.run(probed()) == [["slow"]] * 50
    assert asked == [1]
