"""The link by which people join a class: it asks first, and says what the coach will see."""

from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from interviewer.sessions.classes import invited_to, join_class
from interviewer.sessions.permissions import Access
from interviewer.sessions.store import Store
from interviewer.text.messages import say
from interviewer.web.identity import Owners
from interviewer.web.small_page import small_page
from interviewer.web.visit import language_of_request


def add_invitations(app: FastAPI, store: Store, owners: Owners, access: Access, root_path: str) -> None:
    """Add the routes. Whoever comes this far has signed in: the gate is in front."""

    @app.get("/join/{token}")
    def ask_to_join(request: Request, token: str) -> Response:
        language, classroom = language_of_request(request), invited_to(store, token)
        title = say("classes.join_title", language)
        if classroom is None:
            return small_page(title, say("classes.join_over", language), language, status=410)
        coach = access.name(classroom.owner) or say("classes.unnamed", language)
        invited = say("classes.join_text", language, coach=coach, name=classroom.name)
        seen = say("classes.seen_by", language, coach=coach, name=classroom.name)
        text = invited + ("" if language == "zh" else " ") + seen
        return small_page(title, text, language, button=say("classes.join_button", language), token=token)

    @app.post("/join/{token}")
    def join(request: Request, token: str, confirmed: Annotated[str, Form(alias="token")]) -> Response:
        owner, classroom = owners.of(request.cookies), invited_to(store, token) if token == confirmed else None
        if owner is None or classroom is None:
            return PlainTextResponse("Not found.\n", 404)
        join_class(store, classroom.id, owner)
        return RedirectResponse(f"{root_path}/", 303)
