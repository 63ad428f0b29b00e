"""An OpenID Connect provider on this machine: discovery, keys, the authorization code flow with PKCE, and user info.

Whoever is sent to it is signed in as `person` at once. `spoil` changes what an ID token says, `key` what it is signed with.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT, SECRET = "interviews", "the-secret-of-the-site"


def _new_key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "use": "sig", "alg": "ES256"})


@dataclass
class Provider:
    """What it knows; `url` is its issuer."""

    person: dict[str, Any]
    url: str = ""
    key: ECKey = field(default_factory=_new_key)
    published: ECKey | None = None
    """The key that it tells others, where that is not the one it signs with."""
    spoil: Callable[[dict[str, Any]], dict[str, Any]] = dict
    only_at_user_info: frozenset[str] = frozenset()
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def get(self, path: str, query: dict[str, str], authorization: str) -> tuple[int, dict[str, Any] | str]:
        """The status with JSON, or with an address to go on at."""
        if path == "/.well-known/openid-configuration":
            places = {
                "authorization_endpoint": "authorize",
                "token_endpoint": "token",
                "jwks_uri": "keys",
                "userinfo_endpoint": "userinfo",
            }
            told = {name: f"{self.url}/{place}" for name, place in places.items()}
            return 200, {"issuer": self.url, "id_token_signing_alg_values_supported": ["ES256"], **told}
        if path == "/keys":
            return 200, {"keys": [(self.published or self.key).as_dict(private=False)]}
        if path == "/userinfo" and authorization.startswith("Bearer token-"):
            return 200, self.person
        if path == "/authorize" and query["client_id"] == CLIENT and query["response_type"] == "code":
            assert "openid" in query["scope"].split()
            assert query["code_challenge_method"] == "S256"
            code = secrets.token_hex(8)
            self.codes[code] = query
            return 302, f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
        return 404, {}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        client = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(
            b"="
        )
        is_good = asked is not None and asked["code_challenge"] == challenge.decode()
        if (
            asked is None
            or not is_good
            or authorization != f"Basic {client}"
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= {name: value for name, value in self.person.items() if name not in self.only_at_user_info}
        header = {"alg": "ES256", "kid": (self.published or self.key).kid}
        signed = jwt.encode(header, self.spoil(claims), self.key)
        return 200, {"access_token": f"token-{now}", "token_type": "Bearer", "expires_in": 300, "id_token": signed}


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(asked.query).items()}
            self._answer(*provider.get(asked.path, query, self.headers.get("Authorization", "")))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(content).items()}
            self._answer(*provider.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, content: dict[str, Any] | str) -> None:
            body = b"" if isinstance(content, str) else json.dumps(content).encode()
            self.send_response(status)
            if isinstance(content, str):
                self.send_header("Location", content)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield provider
    server.shutdown()
    server.server_close()
    thread.join()
