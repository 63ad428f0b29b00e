"""How people sign in, as the settings say: with an OpenID Connect provider, or at a proxy."""

from fastapi import FastAPI

from interviewer.errors import SettingsError
from interviewer.sessions.accounts import Accounts
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.store import Store
from interviewer.settings import Settings
from interviewer.web.account_gate import AccountGate, SignIn
from interviewer.web.account_page import add_account_page
from interviewer.web.account_roles import read_role_lists
from interviewer.web.identity import AccountCookie, Owners
from interviewer.web.proxy_sign_in import ProxySignIn


def add_sign_in(
    app: FastAPI, settings: Settings, store: Store, accounts: Accounts, owners: Owners, graders: GraderRegistry
) -> None:
    """Let nobody pass who has no account. Raises SettingsError if the settings say half of what it needs."""
    is_https = settings.root_path.startswith("https:")
    cookie = AccountCookie(settings.signing_key, days=settings.session_days, is_https=is_https)
    sign_in = _sign_in(settings, accounts, owners, cookie)
    sign_in.add_routes(app)
    add_account_page(app, settings, store, accounts, owners, graders, cookie)
    app.add_middleware(AccountGate, sign_in=sign_in, owners=owners, root_path=settings.root_path)


def _sign_in(settings: Settings, accounts: Accounts, owners: Owners, cookie: AccountCookie) -> SignIn:
    if settings.oidc_issuer and settings.proxy_user_header:
        raise SettingsError("set INTERVIEWER_OIDC_ISSUER or INTERVIEWER_PROXY_USER_HEADER: people sign in in one way")
    if settings.proxy_user_header:
        roles = read_role_lists(settings.admins, settings.coaches)
        header, trusted = settings.proxy_user_header, settings.trusted_proxies
        return ProxySignIn(accounts, header, trusted, roles, settings.root_path)
    if not (settings.oidc_client_id and settings.oidc_client_secret):
        raise SettingsError(
            "INTERVIEWER_OIDC_ISSUER is set without INTERVIEWER_OIDC_CLIENT_ID and INTERVIEWER_OIDC_CLIENT_SECRET:"
            " the provider gives both when this site is registered with it"
        )
    try:
        from interviewer.web.open_id_sign_in import OpenIDSignIn
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"signing in with INTERVIEWER_OIDC_ISSUER needs {error.name}: pip install 'mock-interviewer[server]'"
        ) from error
    return OpenIDSignIn(settings, accounts, owners, cookie)
