"""How people sign in is settled by the settings, and where nobody does, nothing of it is there."""

import subprocess
import sys
from pathlib import Path

import pytest

from interviewer.errors import SettingsError
from interviewer.settings import read_settings
from interviewer.web.server import make_app


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"oidc_issuer": "https://login.example"}, "OIDC_CLIENT_ID"),
        ({"oidc_issuer": "https://login.example", "oidc_client_id": "a"}, "OIDC_CLIENT_SECRET"),
        ({"oidc_client_id": "a"}, "OIDC_ISSUER"),
        ({"admins": "root@example.org"}, "OIDC_ISSUER"),
        ({"trusted_proxies": "10.0.0.1"}, "PROXY_USER_HEADER"),
        ({"proxy_user_header": "Remote-User"}, "TRUSTED_PROXIES"),
        ({"proxy_user_header": "Remote-User", "trusted_proxies": "10.0.0.0/99"}, "TRUSTED_PROXIES: .*10.0.0.0/99"),
        ({"proxy_user_header": "Remote-User", "oidc_issuer": "https://login.example"}, "one way"),
    ],
)
def test_half_of_the_settings_is_refused_with_the_name_of_the_other_half(changes: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        make_app(read_settings(**changes))


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "interviewer.web.open_id_sign_in", raising=False)
    monkeypatch.setitem(sys.modules, "authlib.common.errors", None)
    wanted = {"oidc_issuer": "https://login.example", "oidc_client_id": "a", "oidc_client_secret": "b"}
    with pytest.raises(SettingsError, match=r"pip install 'mock-interviewer\[server\]'"):
        make_app(read_settings(**wanted))


def test_where_nobody_signs_in_nothing_of_it_is_loaded_or_served(tmp_path: Path) -> None:
    program = (
        "import sys; from interviewer.web.server import make_app; from starlette.testclient import TestClient;"
        "page = TestClient(make_app(), base_url='http://127.0.0.1:7860');"
        "print([page.get(path).status_code for path in ('/', '/sign-in', '/account', '/account/data', '/enter/x')],"
        "[name for name in sys.modules if name.partition('.')[0] in ('authlib', 'joserfc', 'cryptography')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[200, 404, 404, 404, 410] []", done.stderr
