"""A database as the first version of this program left it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

HISTORIES = sorted((Path(__file__).parent / "histories").glob("v1-*.json"))


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def first_version(url: str) -> None:
    """A database as version 1 left it, with its whole banks in the first events."""
    with connected(url) as connection:
        for statement in (
            "CREATE TABLE interviews (id VARCHAR(32) NOT NULL PRIMARY KEY, owner VARCHAR(64) NOT NULL, begun_at VARCHAR(32) NOT NULL)",
            "CREATE INDEX ix_interviews_owner ON interviews (owner)",
            (
                "CREATE TABLE events (interview VARCHAR(32) NOT NULL REFERENCES interviews (id), number INTEGER NOT NULL, "
                "kind VARCHAR(32) NOT NULL, body TEXT NOT NULL, at VARCHAR(32) NOT NULL, PRIMARY KEY (interview, number))"
            ),
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
            "INSERT INTO alembic_version VALUES ('0001')",
        ):
            connection.execute(sa.text(statement))
        for path in HISTORIES:
            events = json.loads(path.read_text(encoding="utf-8"))["events"]
            name = path.stem
            connection.execute(
                sa.text("INSERT INTO interviews VALUES (:id, 'me', :at)"), {"id": name, "at": events[0]["at"]}
            )
            for number, event in enumerate(events):
                body = json.dumps(event["body"], ensure_ascii=False)
                connection.execute(
                    sa.text("INSERT INTO events VALUES (:id, :number, :kind, :body, :at)"),
                    {"id": name, "number": number, "kind": event["kind"], "body": body, "at": event["at"]},
                )
