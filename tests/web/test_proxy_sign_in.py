"""Signing in at a proxy: its header counts, and nobody else's does."""

import pytest
from fakes import begun
from fastapi import FastAPI
from starlette.testclient import TestClient

from interviewer.sessions.accounts import Accounts, Role
from interviewer.settings import Settings, read_settings
from interviewer.web.identity import Owners
from interviewer.web.server import make_app

HOST = "http://127.0.0.1:7860"
PAGE = {"Accept": "text/html"}
ADA, ROOT = {"X-Forwarded-User": "ada"}, {"X-Forwarded-User": "root@example.org"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return read_settings(
        data_dir=tmp_path_factory.mktemp("data"),
        proxy_user_header="X-Forwarded-User",
        trusted_proxies="10.1.2.3, 10.9.0.0/16, fd00::/8",
        admins="root@example.org",
    )


@pytest.fixture(scope="module")
def served(settings: Settings) -> FastAPI:
    return make_app(settings)


@pytest.fixture
def app(served: FastAPI) -> TestClient:
    return visitor(served, "10.1.2.3")


def visitor(served: FastAPI, address: str) -> TestClient:
    """A client whose connection comes from this address."""
    headers = {"Origin": HOST}
    return TestClient(served, base_url=HOST, headers=headers, follow_redirects=False, client=(address, 5))


def test_whom_the_proxy_names_is_signed_in(app: TestClient, served: FastAPI) -> None:
    assert app.get("/", headers=PAGE).headers["location"] == "/sign-in"
    assert app.get("/sign-in").status_code == 401
    assert app.get("/", headers={**PAGE, **ADA}).status_code == 200
    assert app.get("/sign-in", headers=ADA).headers["location"] == "/"
    assert "set-cookie" not in app.get("/", headers={**PAGE, **ADA}).headers
    page = app.get("/account", headers=ROOT).text
    assert "Administrator" in page
    assert "sign-out" not in page
    accounts = Accounts(served.state.service.store.database)
    assert [(one.name, one.role) for one in accounts.all()] == [
        ("ada", Role.CANDIDATE),
        ("root@example.org", Role.ADMIN),
    ]


@pytest.mark.parametrize("address", ["10.9.200.1", "fd00::5", "::ffff:10.1.2.3"])
def test_a_network_may_be_trusted_however_its_address_is_written(served: FastAPI, address: str) -> None:
    assert visitor(served, address).get("/", headers={**PAGE, **ADA}).status_code == 200


def test_the_header_from_elsewhere_is_refused_and_logged_once(
    served: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    for address in ("10.1.2.4", "127.0.0.1", "::1"):
        stranger = visitor(served, address)
        for path in ("/", "/config", "/account/data"):
            assert stranger.get(path, headers={**PAGE, **ROOT}).status_code == 403
        assert stranger.post("/gradio_api/queue/join", json={}, headers=ROOT).status_code == 403
        assert stranger.get("/", headers=PAGE).status_code == 303
    said = [record.getMessage() for record in caplog.records if "TRUSTED_PROXIES" in record.getMessage()]
    assert len(said) == 1
    assert "10.1.2.4" in said[0]


def test_two_names_in_one_request_are_refused(app: TestClient) -> None:
    two = [("X-Forwarded-User", "root@example.org"), ("X-Forwarded-User", "ada")]
    assert app.get("/", headers=two).status_code == 403


def test_a_request_that_does_not_say_where_it_comes_from_changes_nothing(app: TestClient) -> None:
    del app.headers["Origin"]
    assert app.post("/account/delete", headers=ADA, data={"confirmed": "yes"}).status_code == 403


def test_what_the_browser_had_is_taken_along(app: TestClient, served: FastAPI, settings: Settings) -> None:
    service = served.state.service
    session = service.begin("anonymous", begun())
    app.get("/", headers={**PAGE, **ADA})
    name, _, value = Owners(settings.signing_key, is_https=False).cookie("anonymous").partition("=")
    app.cookies.set(name, value)
    assert app.get(f"/export/{session.id}.json", headers=ADA).status_code == 404, "only the page takes it along"
    assert "Max-Age=0" in app.get("/", headers={**PAGE, **ADA}).headers["set-cookie"]
    assert app.get(f"/export/{session.id}.json", headers=ADA).status_code == 200
    assert app.get(f"/export/{session.id}.json", headers=ROOT).status_code == 404
