"""Sign-in with an OpenID Connect provider. What is under way is in a cookie, so that any replica can finish it."""

import hashlib
import logging
import re
from typing import Any
from urllib.parse import quote, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from fastapi import FastAPI
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from interviewer.domain.language import Language
from interviewer.errors import StoreError
from interviewer.sessions.accounts import Account, Accounts, Identity
from interviewer.settings import Settings
from interviewer.text.messages import say
from interviewer.web.account_gate import CALLBACK, SIGN_IN, START
from interviewer.web.account_roles import claimed_role, highest, read_role_lists
from interviewer.web.identity import AccountCookie, AccountSession, Owners
from interviewer.web.small_page import small_page
from interviewer.web.visit import language_of_request

_log = logging.getLogger(__name__)

_PROVIDER_SECONDS = 10
_MINUTES_TO_SIGN_IN = 15
_NEXT = "next"
_ERROR_CODE = re.compile(r"[a-z_]{1,40}")

# What authlib raises: for an answer that is none, a provider that is away, and one that does not say what it must.
_FAILURES = (AuthlibBaseError, JoseError, HTTPError, ValueError, KeyError, RuntimeError)


class OpenIDSignIn:
    """The sign-in page, the way to the provider and back, and the session that begins then."""

    takes_along = False

    def __init__(self, settings: Settings, accounts: Accounts, owners: Owners, cookie: AccountCookie) -> None:
        self._settings = settings
        self._accounts = accounts
        self._owners = owners
        self._cookie = cookie
        self._roles = read_role_lists(settings.admins, settings.coaches)
        self._client = OAuth().register(
            "openid",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "timeout": _PROVIDER_SECONDS,
            },
        )

    def claim(self, request: HTTPConnection) -> AccountSession | None:
        return self._cookie.read(request.cookies)

    def account(self, claim: AccountSession, browser_owner: str | None) -> Account | None:  # noqa: ARG002 - was taken along at the sign-in
        account = self._accounts.of(claim.owner)
        return account if account and account.epoch == claim.epoch else None

    def add_routes(self, app: FastAPI) -> None:
        root, key = self._settings.root_path, self._settings.signing_key
        middleware = Middleware(
            SessionMiddleware,
            secret_key=key,
            session_cookie="interviewer_sign_in_" + hashlib.sha256(b"sign-in:" + key.encode()).hexdigest()[:8],
            max_age=_MINUTES_TO_SIGN_IN * 60,
            path=urlsplit(root).path + SIGN_IN,
            https_only=root.startswith("https:"),
        )
        for path, endpoint in ((SIGN_IN, self._ask), (START, self._start), (CALLBACK, self._finish)):
            app.router.routes.append(Route(path, endpoint, methods=["GET"], middleware=[middleware]))

    async def _ask(self, request: Request) -> Response:
        language = language_of_request(request)
        if await run_in_threadpool(self._signed_in, request):
            return RedirectResponse(self._settings.root_path + "/", 303)
        told = "account.signed_out" if "out" in request.query_params else "account.by_provider"
        return self._page(say(told, language), language, request.query_params.get(_NEXT, ""))

    def _signed_in(self, request: Request) -> bool:
        session = self.claim(request)
        return session is not None and self.account(session, None) is not None

    async def _start(self, request: Request) -> Response:
        request.session[_NEXT] = request.query_params.get(_NEXT, "")
        base = self._settings.root_path or f"http://{request.headers.get('host', '')}"
        try:
            response: Response = await self._client.authorize_redirect(request, base + CALLBACK)
        except _FAILURES as error:
            return self._failed(error, request)
        return response

    async def _finish(self, request: Request) -> Response:
        back = request.session.get(_NEXT, "")
        try:
            identity = self._identity(await self._claims(request))
            account = await run_in_threadpool(self._accounts.sign_in, identity, self._owners.of(request.cookies))
        except (*_FAILURES, StoreError) as error:
            return self._failed(error, request)
        request.session.clear()
        response = RedirectResponse(self._settings.root_path + own_path(back), 303)
        response.headers.append("Set-Cookie", self._cookie.begin(account))
        response.headers.append("Set-Cookie", self._owners.drop_cookie())
        return response

    async def _claims(self, request: Request) -> dict[str, Any]:
        """What the provider says of whoever comes back from it; its signature, times, nonce and addressee were checked."""
        issuer = self._settings.oidc_issuer.rstrip("/")
        wanted = {"iss": {"essential": True, "values": [issuer, issuer + "/"]}}
        wanted["aud"] = {"essential": True, "value": self._settings.oidc_client_id}
        token = await self._client.authorize_access_token(request, claims_options=wanted)
        claims = dict(token["userinfo"])
        metadata = await self._client.load_server_metadata()
        # Some providers say little more than a number in the token, and the rest only when they are asked.
        if metadata.get("userinfo_endpoint") and not {"email", "name"} <= claims.keys():
            more = await self._client.userinfo(token=token)
            if more.get("sub") != claims["sub"]:
                raise ValueError("the provider speaks of two different people")
            if "email" in claims and more.get("email") != claims["email"]:
                more.pop("email_verified", None)  # it speaks of another address
            claims = {**more, **claims}
        return claims

    def _identity(self, claims: dict[str, Any]) -> Identity:
        email = str(claims.get("email") or "")
        # An address that nobody has verified may be anybody's: it makes no administrator.
        listed = self._roles.of(email) if claims.get("email_verified") in (True, "true") else None
        named = self._settings.oidc_role_claim
        role = highest(listed, claimed_role(claims, named) if named else None)
        name = str(claims.get("name") or claims.get("preferred_username") or email or claims["sub"])
        return Identity(str(claims["iss"]), str(claims["sub"]), name, email, role)

    def _failed(self, error: Exception, request: Request) -> Response:
        language = language_of_request(request)
        if isinstance(error, StoreError):
            return self._page(error.into(language), language, status=503)
        # Without the message: it may hold what the provider sent.
        what = str(getattr(error, "error", ""))
        if not _ERROR_CODE.fullmatch(what):
            what = type(error).__name__  # anybody can send anything to the callback
        _log.warning("a sign-in failed: %s", what)
        is_away = isinstance(error, HTTPError)
        key = "account.provider_away" if is_away else "account.sign_in_failed"
        return self._page(say(key, language, reason=what), language, status=502 if is_away else 400)

    def _page(self, text: str, language: Language, back: str = "", status: int = 200) -> Response:
        link = self._settings.root_path + START + (f"?{_NEXT}={quote(back, safe='')}" if back else "")
        title = say("account.sign_in", language)
        return small_page(title, text, language, link=link, button=title, status=status)


def own_path(wish: str) -> str:
    """The path, if it is one of this site and of no other; else that of the page."""
    is_own = wish.startswith("/") and not wish.startswith("//") and "\\" not in wish and wish.isprintable()
    return wish if is_own else "/"
