"""What a browser's anonymous owner had is the account's after the first sign-in there, whole and in one piece."""

from datetime import date

import pytest
import sqlalchemy as sa
from practice import Clock, bank_of, practise

from interviewer.domain.grade import Level
from interviewer.sessions import account_merge
from interviewer.sessions.accounts import Accounts, Identity
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.practice_log import PracticeSettings, read_practice_settings, save_practice_settings
from interviewer.sessions.question_notes import QuestionNote, list_notes, save_note
from interviewer.sessions.removal import list_soft_deleted, soft_delete
from interviewer.sessions.store import Store
from interviewer.sessions.tables import owned_tables

MANY = bank_of(4)
ADA = Identity("https://login.example", "ada", "Ada")
Q0, Q1, Q2 = (QuestionName("many", name) for name in ("q0", "q1", "q2"))


def signed_in_elsewhere(store: Store) -> Accounts:
    accounts = Accounts(store.database)
    accounts.sign_in(ADA, "account")
    return accounts


def cards(store: Store, owner: str) -> dict[tuple[str, str], int]:
    """How often each criterion was reviewed."""
    with store.database.read() as connection:
        rows = connection.execute(
            sa.text("SELECT question, criterion, reviews FROM review_cards WHERE owner = :o"), {"o": owner}
        )
        return {(row.question, row.criterion): row.reviews for row in rows}


def rows_of(store: Store, owner: str) -> int:
    with store.database.read() as connection:
        tables = [table for table in owned_tables() if table.name != "accounts"]
        return sum(len(connection.execute(sa.select(t).where(t.c.owner == owner)).all()) for t in tables)


def test_everything_moves_and_the_memory_of_both_is_one(store: Store, clock: Clock) -> None:
    accounts = signed_in_elsewhere(store)
    practise(store, MANY, ["q0"], Level.MET, owner="account")
    clock.days(3)
    moved = practise(store, MANY, ["q0", "q1"], Level.MET, owner="browser")
    aside = practise(store, MANY, ["q2"], Level.MET, owner="browser")
    soft_delete(store, aside, "browser")
    practise(store, MANY, ["q3"], Level.MET, owner="a stranger")
    before = rows_of(store, "a stranger")
    accounts.sign_in(ADA, "browser")
    assert rows_of(store, "browser") == 0
    assert rows_of(store, "a stranger") == before
    assert len(store.interviews("account")) == 2
    assert store.history(moved, "account")
    assert [one.id for one in list_soft_deleted(store, "account")] == [aside]
    assert cards(store, "account") == {("q0", "one"): 2, ("q0", "two"): 2, ("q1", "one"): 1, ("q1", "two"): 1}
    with store.database.read() as connection:
        as_moved = connection.execute(sa.text("SELECT * FROM review_cards ORDER BY owner, question, criterion")).all()
    store.rebuild_read_models()
    with store.database.read() as connection:
        assert (
            as_moved
            == connection.execute(sa.text("SELECT * FROM review_cards ORDER BY owner, question, criterion")).all()
        )


def test_notes_on_the_same_question_are_joined_and_choices_of_the_account_stay(store: Store) -> None:
    accounts = signed_in_elsewhere(store)
    save_note(store, "account", Q0, note="from the desk")
    save_note(store, "browser", Q0, note="from the phone", is_bookmarked=True)
    save_note(store, "account", Q1, note="the same")
    save_note(store, "browser", Q1, note="the same")
    save_note(store, "browser", Q2, note="new")
    save_practice_settings(store, "account", PracticeSettings(date(2026, 12, 1), 5))
    save_practice_settings(store, "browser", PracticeSettings(None, 50))
    accounts.sign_in(ADA, "browser")
    assert list_notes(store, "account") == {
        Q0: QuestionNote("from the desk\n\nfrom the phone", is_bookmarked=True),
        Q1: QuestionNote("the same"),
        Q2: QuestionNote("new"),
    }
    assert read_practice_settings(store, "account") == PracticeSettings(date(2026, 12, 1), 5)
    assert rows_of(store, "browser") == 0


def test_what_cannot_be_moved_whole_is_not_moved_at_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = signed_in_elsewhere(store)
    practise(store, MANY, ["q0"], Level.MET, owner="browser")
    before = rows_of(store, "browser")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(account_merge.review_cards, "refresh", stopped)
        with pytest.raises(KeyboardInterrupt):
            accounts.sign_in(ADA, "browser")
    assert rows_of(store, "browser") == before
    accounts.sign_in(ADA, "browser")
    assert rows_of(store, "account") == before
