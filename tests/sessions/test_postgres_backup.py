"""Backup and restore with PostgreSQL's own tools, as the docs describe it."""

import os
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from practice import bank_of, practise

from interviewer.domain.grade import Level
from interviewer.sessions.store import Store


def libpq(url: str) -> str:
    """The address as PostgreSQL's own tools take it."""
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def test_a_dump_restores_every_interview_in_another_database(postgres_url: str, tmp_path: Path) -> None:
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"), reverse=True)
    if not programs:
        why = "no pg_dump: install the package postgresql-client"
        if os.environ.get("REQUIRE_POSTGRES"):
            pytest.fail(why)
        pytest.skip(why)
    store, file = Store(postgres_url), tmp_path / "interviews.dump"
    interview = practise(store, bank_of(2), ["q0", "q1"], Level.MET)
    subprocess.run([programs[0], "--format=custom", f"--file={file}", libpq(postgres_url)], check=True)
    history, listed = store.history(interview), store.interviews("me")
    store.remove_owner("me")
    other = sa.make_url(postgres_url).set(database="restored").render_as_string(hide_password=False)
    engine = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE restored"))
    engine.dispose()
    restore = programs[0].with_name("pg_restore")
    subprocess.run([restore, "--no-owner", "--exit-on-error", f"--dbname={libpq(other)}", file], check=True)
    restored = Store(other)
    assert restored.history(interview) == history
    assert restored.interviews("me") == listed
    assert restored.database.failing() is None
    restored.close()
    store.close()
