"""What people can do with their account: see it, download or delete all it has, and sign out."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from interviewer import wiring
from interviewer.banks.job_description.kept_job import kept_job
from interviewer.domain.language import Language
from interviewer.errors import InterviewerError, NotAllowed, StoreError
from interviewer.presentation.templating import inline, render
from interviewer.sessions.accounts import Account, Accounts, Role, require
from interviewer.sessions.class_removal import fate_of_classes
from interviewer.sessions.classes import classes_joined, list_classes, memberships
from interviewer.sessions.coach_notes import list_notes_of_coach
from interviewer.sessions.compilations import export_compilations
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.history_archive import export_history
from interviewer.sessions.practice_log import read_practice_settings
from interviewer.sessions.store import Store
from interviewer.sessions.stored_banks import export_banks
from interviewer.settings import Settings
from interviewer.text.messages import say
from interviewer.web.account_gate import SIGN_IN
from interviewer.web.identity import AccountCookie, Owners
from interviewer.web.visit import language_of_request

_LINE = """<div class="account-line quiet"><span>{{ account.name }} · {{ say("account_role." ~ account.role) }}</span>
<a href="account">{{ say("account.title") }}</a>
{% if not account.signs_in_at_proxy %}<form method="post" action="sign-out"><button>{{ say("account.sign_out") }}</button></form>{% endif %}</div>"""


def account_line(owners: Owners, cookies: Mapping[str, str], language: Language) -> str:
    """Who is signed in, for the page of interviews; nothing where nobody is."""
    try:
        account = owners.account(cookies)
    except StoreError:
        return ""  # the page says what keeps the database from being read
    return inline(_LINE, language, account=account) if account else ""


def everything_of(store: Store, account: Account, data_folder: Path) -> str:
    """All that is kept of a person, as JSON for `interviewer history import`. Raises TranscriptError, DocumentError."""
    person = {name: value for name, value in asdict(account).items() if name != "epoch"}
    history = json.loads(export_history(store, account.owner))
    practice = read_practice_settings(store, account.owner)._asdict()
    since = memberships(store, account.owner)
    joined = [{"name": one.name, "joined_at": since[one.id]} for one in classes_joined(store, account.owner)]
    description, resume = kept_job(data_folder, account.owner) or (None, None)
    job = {"description": description, "resume": resume}
    whole = {**history, "account": person, "practice_settings": practice, "classes": joined, "job": job}
    whole["classes_coached"] = [one.name for one in list_classes(store, account.owner)]
    whole["notes_to_candidates"] = list_notes_of_coach(store, account.owner)
    whole["banks"] = export_banks(store, account.owner)
    whole["lists_in_work"] = export_compilations(store.database, account.owner)
    return json.dumps(whole, ensure_ascii=False, indent=1, default=str) + "\n"


def add_account_page(
    app: FastAPI,
    settings: Settings,
    store: Store,
    accounts: Accounts,
    owners: Owners,
    graders: GraderRegistry,
    cookie: AccountCookie,
) -> None:
    """Add the routes. What keeps them from their work is told as text."""

    def account_of(request: Request) -> Account:
        return require(owners.account(request.cookies), Role.CANDIDATE)

    def left(why: str) -> Response:
        answer = RedirectResponse(f"{settings.root_path}{SIGN_IN}?{why}", 303)
        answer.headers["Set-Cookie"] = cookie.end()
        # What was being typed is in the browser's storage, which the next person at this computer could read.
        answer.headers["Clear-Site-Data"] = '"storage"'
        return answer

    @app.get("/account")
    def show(request: Request) -> Response:
        account, language = account_of(request), language_of_request(request)
        title = say("account.title", language)
        fate = fate_of_classes(store.database, account.owner)
        told = fate.into(language) if fate else ""
        page = render(
            "account.html", language, styles=["page", "small_page"], title=title, account=account, of_classes=told
        )
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    @app.get("/account/data")
    def download(request: Request) -> Response:
        text = everything_of(store, account_of(request), settings.data_folder)
        name = f"mock-interviewer-{datetime.now(UTC):%Y-%m-%d}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(text, media_type="application/json", headers=headers)

    @app.post("/account/delete")
    def delete(request: Request, confirmed: Annotated[str, Form()] = "") -> Response:
        account = account_of(request)
        if confirmed != "yes":
            return PlainTextResponse(say("account.not_confirmed", language_of_request(request)) + "\n", 400)
        graders.forget(account.owner)
        wiring.delete_person(settings, store, account.owner)
        return left("out")

    @app.post("/sign-out")
    def sign_out(request: Request, everywhere: Annotated[str, Form()] = "") -> Response:
        account = account_of(request)
        if everywhere == "yes":
            accounts.end_sessions(account.owner)
        return left("out")

    @app.exception_handler(InterviewerError)
    def told(request: Request, error: InterviewerError) -> Response:
        status = 403 if isinstance(error, NotAllowed) else 503
        return PlainTextResponse(error.into(language_of_request(request)) + "\n", status, {"Cache-Control": "no-store"})
