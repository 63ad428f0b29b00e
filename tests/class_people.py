"""A site where people sign in at a proxy, and those of them whom tests of classes speak of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from fastapi import FastAPI
from page_visitor import Person
from starlette.testclient import TestClient

from interviewer.sessions.accounts import Accounts
from interviewer.sessions.service import SessionService
from interviewer.settings import read_settings
from interviewer.web.server import make_app

HOST, PROXY = "http://127.0.0.1:7860", "10.1.2.3"
COACH, OTHER_COACH, ADMIN = "li@example.org", "ba@example.org", "root@example.org"
P = TypeVar("P", bound="People")


class People:
    """Two coaches, an administrator and some candidates, each with a browser of their own."""

    def __init__(self, app: FastAPI, client: TestClient, *candidates: str) -> None:
        self.service: SessionService = app.state.service
        self.people = {name: Person(client, name) for name in (COACH, OTHER_COACH, ADMIN, *candidates)}

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def owner(self, name: str) -> str:
        return next(one.owner for one in Accounts(self.service.store.database).all() if one.name == name)

    def make_class(self, name: str, *members: str) -> tuple[str, str]:
        """A class of the first coach: its id, and the path of the link by which these members have joined it."""
        shown = self[COACH].does(do="make_class", name=name)
        token = shown.partition(f"{HOST}/join/")[2].partition("<")[0]
        for member in members:
            self[member].client.post(f"/join/{token}", data={"token": token})
        return self[COACH].where.partition("/")[2], f"/join/{token}"


@contextmanager
def signing_in(folder: Path, people: Callable[[FastAPI, TestClient], P]) -> Iterator[P]:
    """The people of a site that is served as long as the block lasts."""
    coaches = f"{COACH},{OTHER_COACH}"
    settings = read_settings(
        data_dir=folder, proxy_user_header="X-User", trusted_proxies=PROXY, coaches=coaches, admins=ADMIN
    )
    app, headers = make_app(settings), {"Origin": HOST, "Accept": "text/html"}
    with TestClient(app, base_url=HOST, headers=headers, client=(PROXY, 5), follow_redirects=False) as client:
        yield people(app, client)
