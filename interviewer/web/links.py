"""The links that people are sent: each asks first, and is followed when its button is pressed."""

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from interviewer.domain.language import Language
from interviewer.errors import NotAllowed
from interviewer.sessions.classes import invited_to, join_class
from interviewer.sessions.permissions import Access
from interviewer.sessions.store import Store
from interviewer.text.messages import localized, say
from interviewer.web.identity import Owners
from interviewer.web.small_page import small_page
from interviewer.web.visit import language_of_request


def add_browser_links(app: FastAPI, owners: Owners, root_path: str) -> None:

    def asked(_: Request, token: str, language: Language) -> str:
        return say("enter.text", language) if owners.linked(token) else ""

    def follow(_: Request, token: str) -> Response | None:
        if (owner := owners.linked(token)) is None:
            return None
        return RedirectResponse(f"{root_path}/", 303, {"Set-Cookie": owners.set_cookie(owner)})

    _add(app, "/enter", ("enter.title", "enter.button", "enter.expired"), asked, follow)


def add_invitations(app: FastAPI, store: Store, owners: Owners, access: Access, root_path: str) -> None:
    """The links by which people join a class. Whoever comes this far has signed in: the gate is in front."""

    def asked(request: Request, token: str, language: Language) -> str:
        if (classroom := invited_to(store, token)) is None:
            return ""
        if classroom.owner == owners.of(request.cookies):
            raise NotAllowed(localized("classes.own_link", name=classroom.name))
        coach = access.name(classroom.owner) or say("classes.unnamed", language)
        sentences = (
            say(key, language, coach=coach, name=classroom.name) for key in ("classes.join_text", "classes.seen_by")
        )
        return ("" if language is Language.ZH else " ").join(sentences)

    def follow(request: Request, token: str) -> Response | None:
        owner, classroom = owners.of(request.cookies), invited_to(store, token)
        if owner is None or classroom is None:
            return None
        join_class(store, classroom.id, owner)
        return RedirectResponse(f"{root_path}/", 303)

    _add(app, "/join", ("classes.join_title", "classes.join_button", "classes.join_over"), asked, follow)


def _add(
    app: FastAPI,
    path: str,
    words: tuple[str, str, str],
    asked: Callable[[Request, str, Language], str],
    follow: Callable[[Request, str], Response | None],
) -> None:
    """`words` are the keys of title, button and of what a link says that is no good (any more), of which `asked` is ''.

    A link that is good, but not for who opens it, makes `asked` raise NotAllowed.
    """

    @app.get(path + "/{token}")
    def ask(request: Request, token: str) -> Response:
        language = language_of_request(request)
        title, button, over = (say(key, language) for key in words)
        try:
            text = asked(request, token, language)
        except NotAllowed as error:
            return small_page(title, error.into(language), language)
        if not text:
            return small_page(title, over, language, status=410)
        return small_page(title, text, language, button=button, token=token)

    @app.post(path + "/{token}")
    def go(request: Request, token: str, confirmed: Annotated[str, Form(alias="token")]) -> Response:
        answer = follow(request, token) if token == confirmed else None
        return answer or PlainTextResponse("Not found.\n", 404)
