"""Commands for whoever runs the program for others."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from command_line import run
from fakes import GradeAs, Only, begun, grade
from practice import Clock, bank_of, practise

from interviewer.domain.grade import Level, TokensSpent
from interviewer.sessions.accounts import Accounts, Identity, Role
from interviewer.sessions.assignments import assign, record_interview
from interviewer.sessions.classes import join_class, list_classes, make_class
from interviewer.sessions.grading_batches import list_batches
from interviewer.sessions.interview_lists import list_owners
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.sessions.stored_banks import StoredBank
from interviewer.sessions.tables import batch_answers, grading_batches
from interviewer.sessions.timestamps import stored_now
from interviewer.settings import read_settings


@pytest.fixture
def store() -> Store:
    return Store(read_settings().database)


def spend(store: Store, owner: str) -> str:
    """Id of an interview of this owner with one grading of 1,200 tokens."""
    costly = GradeAs(lambda question, attempt: replace(grade(attempt, question), spent=TokensSpent(1000, 200)))
    session = SessionService(store, Only(costly)).begin(owner, begun())
    session.answer("it is switched off")
    session.run_due_and_wait()
    return session.id


def test_people_are_listed_with_what_they_use(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spend(store, "anna")
    spend(store, "anna")
    practise(store, bank_of(1), ["q0"], Level.MET, owner="bert")
    assert run("admin", "list") == 0
    told = capsys.readouterr().out.splitlines()
    [anna] = [line for line in told if line.startswith("anna")]
    assert "2 interviews  2,400 tokens" in anna
    [bert] = [line for line in told if line.startswith("bert")]
    assert "1 interviews  0 tokens" in bert
    monkeypatch.setenv("INTERVIEWER_DAILY_TOKENS", "50000")
    assert run("admin", "budget") == 0
    assert capsys.readouterr().out.splitlines()[0] == "anna  2,400 of 50,000 tokens"


def test_a_class_is_given_a_budget(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    room = make_class(store, "coach", "Evening")
    join_class(store, room.id, "anna")
    assert record_interview(store, assign(store, room.id, title="One", bank="bank").id, "anna", spend(store, "anna"))
    assert run("admin", "budget", "--class", room.id, "--tokens", "50000") == 0
    assert capsys.readouterr().out.splitlines()[1] == f"class {room.id}  Evening  1,200 of 50,000 tokens"
    assert run("admin", "budget", "--class", room.id, "--tokens", "0") == 0
    assert capsys.readouterr().out.splitlines()[1] == f"class {room.id}  Evening  1,200 tokens"
    assert run("admin", "budget", "--class", "none", "--tokens", "1") == 1
    assert run("admin", "budget", "--tokens", "1") == 2


def test_a_class_is_handed_over(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    accounts = Accounts(store.database)
    coach, other, candidate = (
        accounts.sign_in(Identity("https://id.example", name, name, role=role)).owner
        for name, role in (("Li", Role.COACH), ("Ba", Role.COACH), ("Ann", Role.CANDIDATE))
    )
    room = make_class(store, coach, "Evening")
    assert run("admin", "hand-over", "none", other) == 1
    assert run("admin", "hand-over", room.id, candidate) == 1
    assert run("admin", "hand-over", room.id, "nobody") == 1
    assert "Only a coach or an administrator" in capsys.readouterr().err
    assert list_classes(store, coach) == [room]
    assert run("admin", "hand-over", room.id, other) == 0
    (given,) = list_classes(store, other)
    assert (given.id, given.owner) == (room.id, other)
    for owner in (coach, other):
        StoredBank(store, owner, "many", room.id if owner == other else "private").save("", None)
    assert run("admin", "hand-over", room.id, coach) == 1
    assert "already has banks with the same ids: many" in capsys.readouterr().err
    assert list_classes(store, other) == [given]


def test_old_interviews_are_deleted_after_a_look_and_a_question(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    clock.at = datetime.now(UTC) - timedelta(days=100)
    practise(store, bank_of(1), ["q0"], Level.MET, owner="anna")
    clock.at = datetime.now(UTC)
    kept = practise(store, bank_of(1), ["q0"], Level.MET, owner="anna")
    assert run("admin", "purge", "--older-than", "90", "--dry-run") == 0
    assert run("admin", "purge", "--older-than", "90", lines="n\n", monkeypatch=monkeypatch) == 1
    assert len(store.interviews()) == 2
    assert "1 interviews of 1 people" in capsys.readouterr().out
    assert run("admin", "purge", "--older-than", "90", "--yes") == 0
    assert [one.id for one in store.interviews()] == [kept]
    assert run("admin", "purge", "--older-than", "90", "--yes") == 0
    assert "0 interviews" in capsys.readouterr().out
    assert run("admin", "purge", "--older-than", "0") == 2


def test_old_batches_of_answers_are_deleted_with_interviews_and_new_ones_counted(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = dict.fromkeys(("bank_id", "bank", "language", "grader", "model", "created_at"), "")
    answer = {"number": 0, "lane": 0, "answer": "{}", "grade": "{}", "tokens": 1200}
    with store.database.write() as connection:
        for name, at in (("old", timedelta(days=100)), ("new", timedelta())):
            connection.execute(grading_batches.insert().values(batch | {"id": name}))
            connection.execute(batch_answers.insert().values(answer | {"batch": name, "changed_at": stored_now(at)}))
    assert run("admin", "purge", "--older-than", "90", "--dry-run") == 0
    assert "0 interviews of 0 people and 1 batches of answers" in capsys.readouterr().out
    assert len(list_batches(store.database)) == 2
    assert run("admin", "purge", "--older-than", "90", "--yes") == 0
    assert [one.id for one in list_batches(store.database)] == ["new"]
    capsys.readouterr()
    assert run("admin", "budget") == 0
    assert capsys.readouterr().out == "batches of answers  1,200 tokens\n"


def test_an_account_is_listed_and_given_a_role_that_stays(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    accounts = Accounts(store.database)
    coach = accounts.sign_in(Identity("https://id.example", "7", "Anna\x1b[2J Lee", "anna@example.org"))
    assert run("admin", "list") == 0
    assert f"{coach.owner}  Anna" in capsys.readouterr().out
    assert run("admin", "role", coach.owner, "coach") == 0
    assert run("admin", "list") == 0
    told = capsys.readouterr().out
    assert "<anna@example.org> coach" in told
    assert "\x1b" not in told
    again = accounts.sign_in(Identity("https://id.example", "7", "Anna", "anna@example.org", Role.CANDIDATE))
    assert again.role is Role.COACH
    assert run("admin", "role", "nobody", "coach") == 1
    assert run("admin", "role", coach.owner, "emperor") == 2
    assert run("admin", "delete", coach.owner, "--yes") == 0
    assert accounts.all() == []


def test_all_sessions_of_an_account_are_ended(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    accounts = Accounts(store.database)
    before = accounts.sign_in(Identity("https://id.example", "7", "Anna", "anna@example.org", Role.ADMIN))
    assert run("admin", "sign-out", before.owner) == 0
    after = accounts.of(before.owner)
    assert after
    assert after.epoch != before.epoch
    assert after.role is Role.ADMIN
    assert run("admin", "sign-out", "nobody") == 1
    assert "nobody has no account" in capsys.readouterr().err


def test_a_person_is_deleted_after_a_question(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    spend(store, "anna")
    spend(store, "bert")
    assert run("admin", "delete", "anna", lines="n\n", monkeypatch=monkeypatch) == 1
    assert run("admin", "delete", "anna", lines="y\n", monkeypatch=monkeypatch) == 0
    assert [one.owner for one in list_owners(store.database)] == ["bert"]
