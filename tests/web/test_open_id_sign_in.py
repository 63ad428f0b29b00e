"""Signing in with a provider that runs here, over HTTP, and what is closed to all others."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from fakes import begun
from openid_provider import CLIENT, SECRET, Provider, _new_key, serving
from starlette.routing import BaseRoute, Mount
from starlette.testclient import TestClient

from interviewer import wiring
from interviewer.banks.job_description.kept_job import keep_job, kept_job
from interviewer.sessions.accounts import Account, Accounts, Role
from interviewer.sessions.classes import join_class, list_members, make_class, memberships
from interviewer.sessions.coach_notes import save_coach_note
from interviewer.sessions.grader_choice import GraderRequest
from interviewer.sessions.history_archive import import_history
from interviewer.sessions.kept_choices import KeptChoices
from interviewer.sessions.service import SessionService
from interviewer.settings import Settings, read_settings
from interviewer.web.account_gate import _OPEN
from interviewer.web.identity import AccountCookie, Owners
from interviewer.web.open_id_sign_in import own_path
from interviewer.web.server import make_app

HOST = "http://127.0.0.1:7860"
PAGE = {"Accept": "text/html"}
ADA = {"sub": "ada-1", "name": "Ada", "email": "ada@example.org", "email_verified": True}
SPEECH = {"speech_base_url": "http://127.0.0.1:9/v1", "speech_model": "listener", "speech_voice_model": "reader"}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with serving(Provider(ADA)) as provider:
        yield provider


@pytest.fixture(autouse=True)
def well_behaved(provider: Provider) -> None:
    provider.person, provider.spoil, provider.published = dict(ADA), dict, None
    provider.only_at_user_info = frozenset()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Settings:
    return read_settings(
        data_dir=tmp_path_factory.mktemp("data"),
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_role_claim="realm_access.roles",
        admins="Root@Example.org",
        coaches="coach@example.org, ",
        **SPEECH,
    )


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(make_app(settings), base_url=HOST, headers={"Origin": HOST}, follow_redirects=False) as client:
        yield client


@pytest.fixture(autouse=True)
def nobody(client: TestClient) -> None:
    client.cookies.clear()


@pytest.fixture(scope="module")
def service(settings: Settings) -> SessionService:
    return wiring.make_service(settings)


@pytest.fixture(scope="module")
def accounts(service: SessionService) -> Accounts:
    return Accounts(service.store.database)


def come_back(client: TestClient, path: str = "/sign-in/start") -> str:
    """The way to the provider and back: the address that it sends the browser to."""
    sent = client.get(path)
    assert sent.status_code == 302, sent.text
    back = httpx.get(sent.headers["location"]).headers["location"]
    assert back.startswith(f"{HOST}/sign-in/callback?")
    return str(back).removeprefix(HOST)


def sign_in(client: TestClient, path: str = "/sign-in/start") -> httpx.Response:
    return client.get(come_back(client, path))


@pytest.fixture
def who(client: TestClient, settings: Settings, accounts: Accounts) -> Callable[[], Account]:
    """Whose session the cookie of this browser is."""
    cookie = AccountCookie(settings.signing_key, days=30, is_https=False)

    def found() -> Account:
        session = cookie.read(dict(client.cookies))
        assert session
        account = accounts.of(session.owner)
        assert account
        return account

    return found


@pytest.fixture
def bring(client: TestClient, settings: Settings) -> Callable[[str], None]:
    """Gives the browser the cookie that it got when nobody had to sign in."""

    def brought(owner: str) -> None:
        name, _, value = Owners(settings.signing_key, is_https=False).cookie(owner).partition("=")
        client.cookies.set(name, value)

    return brought


def test_whoever_comes_to_the_page_is_sent_to_sign_in_and_then_back_to_where_they_were_going(
    client: TestClient, settings: Settings, who: Callable[[], Account]
) -> None:
    sent = client.get("/?interview=abc", headers=PAGE)
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=%2F%3Finterview%3Dabc")
    page = client.get(sent.headers["location"])
    assert page.status_code == 200
    assert 'href="/sign-in/start?next=%2F%3Finterview%3Dabc"' in page.text
    done = sign_in(client, "/sign-in/start?next=%2F%3Finterview%3Dabc")
    assert (done.status_code, done.headers["location"]) == (303, "/?interview=abc")
    account = who()
    assert (account.name, account.email, account.issuer) == ("Ada", "ada@example.org", settings.oidc_issuer)
    assert client.get("/", headers=PAGE).status_code == 200
    assert client.get("/sign-in").headers["location"] == "/"


def test_the_account_cookie_is_for_the_server_alone_and_secure_where_the_site_is(
    client: TestClient, settings: Settings, tmp_path: Path
) -> None:
    begun = next(one for one in sign_in(client).headers.get_list("set-cookie") if "interviewer_account" in one)
    assert {"HttpOnly", "SameSite=Lax", f"Max-Age={30 * 86400}"} <= set(begun.split("; "))
    https = settings.model_copy(update={"root_path": "https://site.example/mock", "data_dir": tmp_path})
    with TestClient(make_app(https), base_url="https://site.example", follow_redirects=False) as other:
        started = other.get("/sign-in/start")
        assert "redirect_uri=https%3A%2F%2Fsite.example%2Fmock%2Fsign-in%2Fcallback" in started.headers["location"]
        cookie = started.headers["set-cookie"].lower()
        assert "secure" in cookie
        assert "path=/mock/sign-in;" in cookie
        assert other.get("/", headers=PAGE).headers["location"] == "https://site.example/mock/sign-in"


def test_a_sign_in_begun_at_one_replica_is_finished_at_another(client: TestClient, settings: Settings) -> None:
    back = come_back(client)
    with TestClient(make_app(settings), base_url=HOST, follow_redirects=False) as other:
        other.cookies.update(client.cookies)
        assert other.get(back).headers["location"] == "/"
        assert other.get("/", headers=PAGE).status_code == 200


def _spoiled(name: str, value: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: {**claims, name: value}


@pytest.mark.parametrize(
    "spoil",
    [
        _spoiled("nonce", "another"),
        _spoiled("aud", "another site"),
        _spoiled("iss", "https://evil.example"),
        _spoiled("exp", 1_000_000_000),
        lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    ],
    ids=["nonce", "audience", "issuer", "expired", "no nonce"],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    client: TestClient, provider: Provider, spoil: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    provider.spoil = spoil
    refused = sign_in(client)
    assert refused.status_code == 400
    assert "interviewer_account" not in refused.headers.get("set-cookie", "")
    assert client.get("/", headers=PAGE).status_code == 303


def test_a_token_that_another_key_signed_is_refused(client: TestClient, provider: Provider) -> None:
    sign_in(client)  # the keys are known
    client.cookies.clear()
    own = provider.key
    provider.key, provider.published = _new_key(), own
    try:
        assert sign_in(client).status_code == 400
    finally:
        provider.key = own


def test_a_provider_may_change_its_key(client: TestClient, provider: Provider) -> None:
    sign_in(client)
    client.cookies.clear()
    provider.key = _new_key()
    assert sign_in(client).status_code == 303


def test_a_state_that_this_browser_did_not_begin_with_is_refused(client: TestClient) -> None:
    back = come_back(client)
    stolen = dict(client.cookies)
    client.cookies.clear()
    assert client.get(back).status_code == 400, "another browser"
    client.cookies.update(stolen)
    assert client.get("/sign-in/callback?code=x&state=forged").status_code == 400
    denied = client.get(
        "/sign-in/callback?error=access_denied&error_description=<b>", headers={"Accept-Language": "zh"}
    )
    assert denied.status_code == 400
    assert "access_denied" in denied.text
    assert "登录没有成功" in denied.text


def test_a_sign_in_cannot_be_finished_twice(client: TestClient) -> None:
    back = come_back(client)
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400


def test_a_provider_that_is_away_is_told_in_words(settings: Settings, tmp_path: Path) -> None:
    away = settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:9", "data_dir": tmp_path})
    with TestClient(make_app(away), base_url=HOST, follow_redirects=False) as client:
        answer = client.get("/sign-in/start")
        assert answer.status_code == 502
        assert "does not answer" in answer.text


@pytest.mark.parametrize(
    "person, role",
    [
        ({}, Role.CANDIDATE),
        ({"email": "coach@example.org"}, Role.COACH),
        ({"email": "ROOT@example.org"}, Role.ADMIN),
        ({"email": "root@example.org", "email_verified": False}, Role.CANDIDATE),
        ({"email": "root@example.org", "email_verified": None}, Role.CANDIDATE),
        ({"realm_access": {"roles": ["staff", "coach"]}}, Role.COACH),
        ({"realm_access": {"roles": ["candidate"]}, "email": "coach@example.org"}, Role.COACH),
        ({"realm_access": {"roles": "admin"}}, Role.ADMIN),
        ({"realm_access": "nonsense"}, Role.CANDIDATE),
    ],
)
def test_a_role_comes_from_a_verified_address_on_a_list_or_from_a_claim(
    client: TestClient, provider: Provider, person: dict[str, Any], role: Role, who: Callable[[], Account]
) -> None:
    provider.person |= person
    sign_in(client)
    assert who().role is role


def test_what_is_not_in_the_token_is_asked_for(
    client: TestClient, provider: Provider, who: Callable[[], Account]
) -> None:
    provider.only_at_user_info = frozenset({"name", "email", "email_verified"})
    provider.person |= {"name": "Ada of the user info"}
    sign_in(client)
    assert who().name == "Ada of the user info"


def test_what_is_said_of_another_address_vouches_for_none(
    client: TestClient, provider: Provider, who: Callable[[], Account]
) -> None:
    provider.only_at_user_info = frozenset({"name", "email_verified"})
    provider.spoil = lambda claims: claims | {"email": "root@example.org"}
    sign_in(client)
    assert who().role is Role.CANDIDATE


@pytest.mark.parametrize("sent", ["x\n2026-11-29 ERROR all is lost", "<b>call 555</b>", "a" * 500])
def test_what_anybody_sends_to_the_callback_is_neither_logged_nor_shown(
    client: TestClient, caplog: pytest.LogCaptureFixture, sent: str
) -> None:
    answer = client.get("/sign-in/callback", params={"error": sent})
    assert answer.status_code == 400
    assert sent[:20] not in answer.text
    assert sent[:20] not in caplog.text
    assert "a sign-in failed" in caplog.text


def test_what_a_browser_has_is_not_dropped_without_being_taken_along(
    client: TestClient, service: SessionService, bring: Callable[[str], None]
) -> None:
    sign_in(client)
    bring("still anonymous")
    assert not [one for one in client.get("/", headers=PAGE).headers.get_list("set-cookie") if "Max-Age=0" in one]


def test_a_first_sign_in_takes_the_browsers_interviews_along_and_another_person_gets_none(
    client: TestClient, service: SessionService, provider: Provider, bring: Callable[[str], None]
) -> None:
    session = service.begin("anonymous", begun())
    bring("anonymous")
    assert client.get(f"/export/{session.id}.json").status_code == 401, "not before the sign-in"
    forgotten = [one for one in sign_in(client).headers.get_list("set-cookie") if one.startswith("interviewer_owner")]
    assert ["Max-Age=0" in one for one in forgotten] == [True]
    assert client.get(f"/export/{session.id}.json").status_code == 200
    client.cookies.clear()
    bring("anonymous")
    provider.person = {"sub": "bob-1", "name": "Bob"}
    sign_in(client)
    assert client.get(f"/export/{session.id}.json").status_code == 404


def test_an_owners_cookie_says_nothing_beside_a_session(
    client: TestClient, service: SessionService, bring: Callable[[str], None]
) -> None:
    session = service.begin("somebody else", begun())
    sign_in(client)
    bring("somebody else")
    assert client.get(f"/export/{session.id}.json").status_code == 404


def test_a_session_ends_on_its_day(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    sign_in(client)
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 29 * 86400)
    assert client.get("/", headers=PAGE).status_code == 200
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 30 * 86400 + 1)
    assert client.get("/", headers=PAGE).status_code == 303


def test_one_signs_out_of_this_browser_or_of_all(client: TestClient) -> None:
    sign_in(client)
    first = dict(client.cookies)
    client.cookies.clear()
    sign_in(client)
    out = client.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in?out")
    assert out.headers["clear-site-data"] == '"storage"', "what was being typed stays for nobody"
    assert client.get("/", headers=PAGE).status_code == 303
    client.cookies.update(first)
    assert client.get("/", headers=PAGE).status_code == 200, "the other browser is not signed out"
    client.post("/sign-out", data={"everywhere": "yes"})
    client.cookies.update(first)
    assert client.get("/", headers=PAGE).status_code == 303
    assert client.post("/sign-out").status_code == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_no_other_site_signs_anybody_out(client: TestClient, origin: str) -> None:
    sign_in(client)
    headers = {"Origin": origin}
    for path in ("/sign-out", "/account/delete"):
        assert client.post(path, data={"confirmed": "yes"}, headers=headers).status_code == 403
    assert client.get("/", headers=PAGE).status_code == 200


def test_everything_can_be_downloaded_and_deleted(
    client: TestClient,
    settings: Settings,
    service: SessionService,
    accounts: Accounts,
    provider: Provider,
    who: Callable[[], Account],
) -> None:
    provider.person = {"sub": "leaver", "name": "Lea <b>", "email": "lea@example.org"}
    sign_in(client)
    owner = who().owner
    session = service.begin(owner, begun())
    classroom = make_class(service.store, "coach", "Evening class")
    join_class(service.store, classroom.id, owner)
    save_coach_note(service.store, session.id, "coach", "The coach", "well said")
    make_class(service.store, owner, "Morning class")
    save_coach_note(service.store, "another interview", owner, "Lea", "read again")
    kept_choices = KeptChoices(service.store.database, Fernet.generate_key().decode())
    kept_choices.save(owner, GraderRequest("http://127.0.0.1:9/v1", "m", "sk-mine"))
    keep_job(settings.data_folder, owner, "Wanted: an engineer", "I am one")
    page = client.get("/account", headers={"Accept-Language": "zh"}).text
    assert "Lea &lt;b&gt;" in page
    assert "候选人" in page
    whole = client.get("/account/data")
    assert "attachment" in whole.headers["content-disposition"]
    assert whole.json()["account"]["email"] == "lea@example.org"
    (kept,) = whole.json()["interviews"]
    assert (kept["id"], kept["coach_notes"][0]["note"]) == (session.id, "well said")
    (since,) = memberships(service.store, owner).values()
    assert whole.json()["classes"] == [{"name": "Evening class", "joined_at": since}]
    assert whole.json()["classes_coached"] == ["Morning class"]
    (written,) = whole.json()["notes_to_candidates"]
    assert (written["interview"], written["note"]) == ("another interview", "read again")
    assert "sk-mine" not in whole.text
    assert "Morning class" in page
    assert whole.json()["job"] == {"description": "Wanted: an engineer", "resume": "I am one"}
    assert import_history(service.store, "another site", whole.text).added == 1
    assert client.post("/account/delete").status_code == 400
    assert service.store.interviews(owner)
    gone = client.post("/account/delete", data={"confirmed": "yes"})
    assert (gone.status_code, gone.headers["location"]) == (303, "/sign-in?out")
    assert service.store.interviews(owner) == []
    assert accounts.of(owner) is None
    assert kept_job(settings.data_folder, owner) is None
    assert list_members(service.store, classroom.id) == []
    assert kept_choices.find(owner) is None
    assert client.get("/account", headers=PAGE).status_code == 303


def paths(routes: list[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    """Every method and path of an application and what is mounted in it, with something in place of each parameter."""
    for route in routes:
        path = before + getattr(route, "path", "")
        if isinstance(route, Mount):
            yield from paths(list(route.routes), path)
        elif router := getattr(route, "original_router", None):  # one that FastAPI has included
            yield from paths(list(router.routes), path)
        else:
            while "{" in path:
                path = path[: path.index("{")] + "x" + path[path.index("}") + 1 :]
            for method in sorted(getattr(route, "methods", None) or {"GET"}):
                yield method, path


def test_no_route_is_open_to_anybody_without_an_account_but_those_that_must_be(
    client: TestClient, bring: Callable[[str], None]
) -> None:
    tried = [one for one in paths(list(client.app.routes)) if one[1]]  # type: ignore[attr-defined]
    bring("anonymous")
    open_now = {path for method, path in tried if client.request(method, path).status_code not in (401, 404)}
    assert open_now <= _OPEN
    closed = {path for method, path in tried if client.request(method, path).status_code == 401}
    must_be = "/ /config /gradio_api/queue/join /gradio_api/queue/data /import /editor /transcribe /read-aloud"
    must_be += " /account /account/data /account/delete /sign-out /export/x.x /print/x"
    assert set(must_be.split()) <= closed
    assert len(tried) > 60


def test_the_page_says_who_is_signed_in_and_has_no_link_for_other_browsers(client: TestClient) -> None:
    from page_visitor import Visitor

    sign_in(client)
    visitor = Visitor(client)
    line = visitor.arrive()["account"]["value"]
    assert "Ada · Candidate" in line
    assert 'action="sign-out"' in line
    link = next(one for one in client.get("/config").json()["components"] if one["props"].get("elem_id") == "link")
    assert link["props"]["visible"] is False
    assert client.get("/enter/x").status_code == 404
    assert "set-cookie" not in client.get("/", headers=PAGE).headers


def test_an_outage_of_the_database_is_told_on_the_page_and_not_by_sending_away(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interviewer.errors import StoreError
    from interviewer.text.messages import localized

    sign_in(client)
    assert client.get("/", headers=PAGE).status_code == 200

    def away(*_: object) -> None:
        raise StoreError(localized("store.unreachable"))

    monkeypatch.setattr(Accounts, "of", away)
    assert client.get("/", headers=PAGE).status_code == 200
    assert client.get("/account").status_code == 503


@pytest.mark.parametrize(
    "wish, path",
    [
        ("/?interview=a", "/?interview=a"), ("", "/"), ("//evil.example", "/"), ("https://evil.example", "/"),
        ("/\\evil.example", "/"), ("/\t/evil.example", "/"), ("javascript:alert(1)", "/"),
    ],
)  # fmt: skip
def test_after_a_sign_in_one_comes_to_a_page_of_this_site(wish: str, path: str) -> None:
    assert own_path(wish) == path
