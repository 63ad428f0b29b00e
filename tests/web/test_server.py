import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fakes import begun
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from interviewer import wiring
from interviewer.domain.interview import Mode
from interviewer.domain.rubric import Bank
from interviewer.errors import SettingsError
from interviewer.grading import CallShape
from interviewer.sessions.grader_choice import GraderRequest
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.service import Session, SessionService
from interviewer.settings import Settings, read_settings
from interviewer.web import guard
from interviewer.web.identity import Owners
from interviewer.web.server import make_app
from interviewer.web.visit import preferred_language

HOST = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return read_settings(data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(make_app(settings), base_url=HOST, headers={"Origin": HOST}) as client:
        yield client


@pytest.fixture(scope="module")
def service(settings: Settings) -> SessionService:
    return wiring.make_service(settings)


@pytest.fixture(scope="module")
def owners(settings: Settings) -> Owners:
    return Owners(settings.signing_key, is_https=False)


@pytest.fixture(autouse=True)
def no_cookies(client: TestClient) -> None:
    client.cookies.clear()


def become(client: TestClient, owners: Owners, owner: str) -> None:
    name, _, value = owners.set_cookie(owner).split(";")[0].partition("=")
    client.cookies.set(name, value)


def played(service: SessionService, owner: str, mode: Mode = Mode.COACH) -> Session:
    session = service.begin(owner, begun(mode))
    session.answer("it is switched off, <b>really</b>")
    session.run_due_and_wait()
    return session


def events(client: TestClient) -> dict[str, dict[str, Any]]:
    """Every event of the page, by its number and name."""
    config = client.get("/config").json()
    return {f"{d['id']}": d for d in config["dependencies"]}


def call(client: TestClient, number: int, data: list[Any]) -> str:
    """What the queue answers when an event is called without the page."""
    joined = client.post(
        "/gradio_api/queue/join", json={"fn_index": number, "data": data, "session_hash": "s", "event_data": None}
    )
    if joined.status_code != 200:
        return joined.text
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "s"}) as stream:
        return "".join(stream.iter_text())


def test_the_first_visit_gives_an_owner_and_the_second_keeps_it(client: TestClient, owners: Owners) -> None:
    first = client.get("/")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert owners.of(dict(client.cookies))
    assert "set-cookie" not in client.get("/").headers


def test_a_forged_or_foreign_cookie_is_nobody(client: TestClient, owners: Owners, service: SessionService) -> None:
    session = played(service, "me")
    client.cookies.set(owners.cookie_name, json.dumps("me"))
    assert client.get(f"/export/{session.id}.md").status_code == 404
    name, _, value = Owners("another key of another server", is_https=False).set_cookie("me").partition("=")
    client.cookies.set(owners.cookie_name, value.split(";")[0])
    assert client.get(f"/export/{session.id}.md").status_code == 404
    assert name != owners.cookie_name


def test_a_changed_secret_is_said_with_the_way_back(
    client: TestClient, owners: Owners, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/")
    assert "another key" not in caplog.text
    client.cookies.clear()
    name, _, value = Owners("the secret that was set before", is_https=False).set_cookie("me").partition("=")
    client.cookies.set(name, value.split(";")[0])
    client.get("/")
    assert "interviewer link" in caplog.text
    assert value.split(";")[0] not in caplog.text


@pytest.mark.parametrize("kind, media", [("md", "text/markdown"), ("html", "text/html"), ("json", "application/json")])
def test_an_export_is_its_owners_alone(
    client: TestClient, owners: Owners, service: SessionService, kind: str, media: str
) -> None:
    session = played(service, "me")
    path = f"/export/{session.id}.{kind}"
    assert client.get(path).status_code == 404
    become(client, owners, "you")
    assert client.get(path).status_code == 404
    become(client, owners, "me")
    mine = client.get(path, params={"lang": "en"})
    assert mine.status_code == 200
    assert mine.headers["content-type"].startswith(media)
    day = service.store.history(session.id)[0].at[:10]
    assert mine.headers["content-disposition"] == f'attachment; filename="small-{day}.{kind}"'
    assert mine.headers["cache-control"] == "no-store"
    assert "it is switched off" in mine.text


def test_a_report_opens_as_a_page_to_be_printed(client: TestClient, owners: Owners, service: SessionService) -> None:
    session = played(service, "me")
    assert client.get(f"/print/{session.id}").status_code == 404
    become(client, owners, "me")
    client.cookies.set("zone", "Pacific%2FKiritimati")
    page = client.get(f"/print/{session.id}", params={"lang": "en"})
    local = datetime.fromisoformat(service.store.history(session.id)[0].at).astimezone(ZoneInfo("Pacific/Kiritimati"))
    assert page.headers["content-disposition"] == f'inline; filename="small-{local:%Y-%m-%d}.html"'
    assert "sandbox" in page.headers["content-security-policy"]
    assert f"<title>Small bank · {local:%Y-%m-%d}</title>" in page.text


def test_an_unknown_export_says_nothing(client: TestClient, owners: Owners, service: SessionService) -> None:
    become(client, owners, "me")
    for path in ("/export/ghost.md", "/export/ghost.exe", "/export/../secret.md", "/export/%2e%2e%2fsecret.md"):
        assert client.get(path).status_code == 404


def test_every_event_is_private(client: TestClient) -> None:
    found = events(client)
    assert len(found) > 20
    assert {d["api_visibility"] for d in found.values()} == {"private"}


def test_no_event_gives_or_changes_what_belongs_to_another(
    client: TestClient, owners: Owners, service: SessionService
) -> None:
    session = played(service, "me")
    before = [recorded.event for recorded in session.history()]
    become(client, owners, "you")
    tried = 0
    for number, event in enumerate(client.get("/config").json()["dependencies"]):
        if not event["backend_fn"]:
            continue
        data = [session.id if n == 1 else "en" for n in range(len(event["inputs"]))]
        if len(data) == 3:
            data = ["en", session.id, session.interview().place]
        answer = call(client, number, data)
        tried += 1
        assert "switched off" not in answer, event
        assert "Is dropout used" not in answer, event
    assert tried > 20
    assert [recorded.event for recorded in session.history()] == before


def test_without_a_cookie_no_event_does_anything(client: TestClient, service: SessionService) -> None:
    session = played(service, "me")
    for number, event in enumerate(client.get("/config").json()["dependencies"]):
        if event["backend_fn"] and len(event["inputs"]) == 3:
            assert "switched off" not in call(client, number, ["en", session.id, session.interview().place])
    assert session.interview().phase == "reviewing"


def test_a_foreign_origin_gets_no_grant_and_its_post_is_refused(client: TestClient) -> None:
    foreign = {"Origin": "https://evil.example"}
    for host in ("127.0.0.1:7860", "localhost:7860"):
        page = client.get("/config", headers={**foreign, "Host": host})
        assert not [name for name in page.headers if name.startswith("access-control-")]
    asked = client.options("/gradio_api/queue/join", headers={**foreign, "Access-Control-Request-Method": "POST"})
    assert "access-control-allow-origin" not in asked.headers
    assert client.post("/gradio_api/queue/join", json={}, headers=foreign).status_code == 403
    assert client.post("/gradio_api/queue/join", json={}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/gradio_api/queue/join", json={}, headers={"Origin": "null"}).status_code == 403
    assert client.post("/gradio_api/queue/join", json={}, headers={"Origin": HOST}).status_code != 403


def test_another_host_name_is_not_served(client: TestClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert client.get("/", headers={"Host": "localhost:7860"}).status_code == 200


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[TestClient]:
    """A private page that no other test has seen."""
    app = make_app(read_settings(data_dir=tmp_path / "fresh"))
    with TestClient(app, base_url=HOST, headers={"Origin": HOST}) as client:
        yield client


def test_a_forwarding_header_does_not_move_the_page(fresh: TestClient) -> None:
    page = fresh.get("/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert "evil.example" not in page.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Forwarded-Proto", "X-Real-IP", "Via"])
def test_a_page_that_is_reached_through_a_proxy_is_private_no_longer(fresh: TestClient, header: str) -> None:
    fresh.get("/")
    assert fresh.post("/import", content=b"x").status_code == 204
    graders: GraderRegistry = fresh.app.state.graders  # type: ignore[attr-defined]
    graders.choose("me", GraderRequest("http://127.0.0.1:1/v1", "m", "", CallShape.ONE_CALL, 1))
    fresh.get("/", headers={header: "for=203.0.113.9"})
    assert fresh.post("/import", content=b"x").status_code == 404
    with pytest.raises(SettingsError, match="not on the list"):
        graders.choose("stranger", GraderRequest("http://10.0.0.7/v1", "m", "", CallShape.ONE_CALL, 1))


@pytest.mark.parametrize(
    "changes, is_private",
    [
        ({}, True),
        ({"allowed_hosts": "localhost, 127.0.0.1"}, True),
        ({"allowed_hosts": "interview.example.org"}, False),
        ({"root_path": "https://example.org/mock"}, False),
        ({"host": "0.0.0.0"}, False),
    ],
)
def test_a_page_that_is_asked_for_under_another_name_is_not_private(changes: dict[str, Any], is_private: bool) -> None:
    settings = read_settings(**changes)
    assert settings.is_for_this_machine is is_private
    assert wiring.make_grader_registry(settings).options.is_private is is_private


def test_a_private_page_wants_to_know_where_a_change_comes_from(fresh: TestClient) -> None:
    del fresh.headers["Origin"]
    fresh.get("/")
    assert fresh.post("/import", content=b"x").status_code == 403
    assert fresh.post("/gradio_api/queue/join", json={}).status_code == 403
    for origin in ("https://evil.example", "http://127.0.0.1:1234", "null"):
        assert fresh.post("/import", content=b"x", headers={"Origin": origin}).status_code == 403
    assert fresh.post("/import", content=b"x", headers={"Origin": HOST}).status_code == 204


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/deep_link?session_hash=s", "/monitoring", "/monitoring/summary", "/openapi.json", "/docs", "/redoc",
        "/gradio_api/openapi.json", "/gradio_api/file=https://example.com/", "/gradio_api/file=/etc/passwd", "/file=/etc/passwd",
        "/gradio_api/proxy=https://example.com/", "/gradio_api/upload_progress", "/gradio_api/runs", "/gradio_api/mcp/",
        "/gradio_api//file=/etc/passwd", "/gradio_api/%66ile=/etc/passwd", "/gradio_api/custom_component/x/client/component/x.js",
    ],
)  # fmt: skip
def test_what_the_page_does_not_use_is_closed(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/upload", "/gradio_api/component_server", "/gradio_api/api/predict", "/gradio_api/call/x", "/login"],
)
def test_nothing_can_be_posted_past_the_page(client: TestClient, path: str) -> None:
    assert client.post(path, json={}).status_code == 404


def test_a_huge_request_is_refused(client: TestClient) -> None:
    assert client.post("/gradio_api/queue/join", content=b"x" * 2_000_001).status_code == 413


def test_a_list_of_questions_may_be_larger_than_anything_else_but_not_without_end(client: TestClient) -> None:
    client.get("/")
    assert client.post("/import", content=b"x" * 3_000_000, headers={"X-File-Name": "a.md"}).status_code == 204
    refused = client.post("/import", content=b"x" * 5_000_001, headers={"X-File-Name": "a.md"})
    assert (refused.status_code, refused.text) == (413, "This is too large: 5 MB is the most.\n")


def test_a_request_that_does_not_say_how_long_it_is_is_refused(client: TestClient) -> None:
    client.get("/")
    assert client.post("/import", content=iter([b"x"])).status_code == 411


def test_a_file_is_taken_from_visitors_of_the_page_only(client: TestClient) -> None:
    assert client.post("/import", content=b"x").status_code == 404
    client.get("/")
    assert client.post("/import", content=b"x").status_code == 204
    assert client.post("/import", content=b"x", headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("changes", [{"host": "0.0.0.0"}, {"root_path": "https://example.org/mock"}])
def test_nobody_brings_a_file_to_a_server_that_is_open_to_others(tmp_path: Path, changes: dict[str, Any]) -> None:
    app = make_app(read_settings(data_dir=tmp_path, **changes))
    with TestClient(app, base_url=HOST, headers={"Origin": HOST}) as visitor:
        page = visitor.get("/")
        visitor.headers["Cookie"] = page.headers["set-cookie"].split(";")[0]
        assert visitor.post("/import", content=b"x", headers={"X-File-Name": "a.md"}).status_code == 404


def test_a_length_in_strange_digits_is_refused() -> None:
    refused = guard._size_refused(Headers(raw=[(b"content-length", b"\xb2")]), guard.LARGEST_BODY)
    assert refused is not None
    assert refused[0] == 413


def test_every_answer_has_the_security_headers_and_no_inline_script_is_allowed(client: TestClient) -> None:
    for path in ("/", "/config", "/nowhere"):
        headers = client.get(path).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert "unsafe-inline" not in policy["script-src"]
        assert policy["frame-ancestors"] == "'none'"
        assert policy["default-src"] == "'self'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"


def test_no_secret_no_path_and_no_rubric_is_in_the_page(
    client: TestClient, settings: Settings, deep_learning: Bank
) -> None:
    for path in ("/", "/config", "/gradio_api/info"):
        text = client.get(path).text
        assert settings.signing_key not in text
        assert str(settings.data_dir) not in text
        assert str(Path.home()) not in text
        for question in deep_learning.questions:
            assert question.reference.en[:40] not in text
            assert question.criteria[0].text.en not in text


def test_run_history_and_analytics_are_off(client: TestClient) -> None:
    config = client.get("/config").json()
    assert not config.get("run_history")
    assert config.get("analytics_enabled") is False
    assert not config.get("enable_monitoring")


def test_the_page_names_no_other_host(client: TestClient) -> None:
    page = re.sub(r"<meta[^>]*>", "", client.get("/").text)
    loaded = re.findall(r"<(?:script|link|img|iframe)[^>]*?(?:src|href)=\"(https?://[^\"]+)", page)
    assert [address for address in loaded if not address.startswith(HOST)] == []


def test_a_link_takes_the_interviews_to_another_browser(
    client: TestClient, owners: Owners, service: SessionService
) -> None:
    session = played(service, "me")
    address = f"/enter/{owners.link('me')}"
    asked = client.get(address)
    assert asked.status_code == 200
    assert "set-cookie" not in asked.headers  # looking at the link changes nothing
    entered = client.post(address, data={"token": address.rsplit("/", maxsplit=1)[-1]}, follow_redirects=False)
    assert entered.status_code == 303
    assert owners.of(dict(client.cookies)) == "me"
    assert client.get(f"/export/{session.id}.md").status_code == 200


def test_a_link_that_is_forged_or_old_is_refused(
    client: TestClient, owners: Owners, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    assert client.get("/enter/forged").status_code == 410
    assert client.post("/enter/forged", data={"token": "forged"}).status_code == 404
    token = owners.link("me")
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 3700)
    assert client.get(f"/enter/{token}").status_code == 410
    assert client.post(f"/enter/{token}", data={"token": token}).status_code == 404
    assert "set-cookie" not in client.post(f"/enter/{token}", data={"token": token}).headers


@pytest.mark.parametrize(
    "cookie, accepted, expected",
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "fr, en-GB;q=0.7, zh;q=0.9", "zh"),
        ("", "de", "en"),
        ("", "zh;q=bad,en", "en"),
        ("en", "zh", "en"),
        ("klingon", "zh", "zh"),
    ],
)
def test_the_page_speaks_what_was_chosen_or_what_the_browser_asks_for(
    cookie: str, accepted: str, expected: str
) -> None:
    assert preferred_language(cookie, accepted) == expected


def test_behind_a_proxy_the_page_knows_its_address_and_its_cookie_is_secure(tmp_path: Path) -> None:
    settings = read_settings(data_dir=tmp_path / "d", root_path="https://host.example/interview")
    with TestClient(make_app(settings), base_url="https://host.example") as client:
        page = client.get("/")
        assert page.status_code == 200
        assert "Secure" in page.headers["set-cookie"]
        origin = {"Origin": "https://host.example"}
        assert client.post("/gradio_api/queue/join", json={}, headers=origin).status_code != 403


def test_the_editor_answers_only_the_page_of_a_visitor_and_no_endless_request(
    client: TestClient, owners: Owners
) -> None:
    asked = {"do": "banks", "language": "en"}
    assert client.post("/editor", json=asked).status_code == 404, "nobody without a cookie"
    become(client, owners, owners.new())
    answer = client.post("/editor", json=asked)
    assert "html" in answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert client.post("/editor", json=asked, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/editor", content=b" " * 15_000_001).status_code == 413
    assert "told" in client.post("/editor", content=b"no json").json()
