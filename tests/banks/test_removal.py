"""A bank of one's own goes and comes back; interviews on it go on."""

from datetime import timedelta
from pathlib import Path

import pytest
from fakes import Only

from interviewer.banks import removal
from interviewer.banks.loader import BankLibrary
from interviewer.banks.removal import remove_bank, removed_banks, undelete_bank
from interviewer.domain.rubric import Bank
from interviewer.errors import BankError
from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions.interview_plan import make_plan
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store

MINE = """id: mine
title: Mine
language: en
questions:
  - id: stack
    text: What is a stack?
    reference: It gives back first what was put in last.
    criteria:
      - {id: last, text: What was put in last comes out first, aliases: [[last]]}
"""


@pytest.fixture
def library(tmp_path: Path) -> BankLibrary:
    (tmp_path / "banks").mkdir()
    (tmp_path / "banks" / "mine.yaml").write_text(MINE, encoding="utf-8")
    return BankLibrary(None, tmp_path / "banks")


def test_an_interview_goes_on_when_its_bank_is_deleted(library: BankLibrary, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    session = SessionService(store, Only(LexicalGrader())).begin("me", make_plan(library.bank("mine")))
    remove_bank(library, "mine")
    assert library.own_banks() == []
    again = SessionService(store, Only(LexicalGrader())).resume(session.id, "me")
    again.answer("what was put in last")
    interview = again.run_due_and_wait()
    assert interview.attempts[0].grade is not None
    assert again.move_on().is_over
    store.close()


def test_a_bank_comes_back_only_where_nothing_has_taken_its_place(library: BankLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "banks"
    remove_bank(library, "mine", folder)
    (folder / "other.yaml").write_text(MINE, encoding="utf-8")
    with pytest.raises(BankError, match="in its place"):
        undelete_bank(library, "mine", folder)
    (folder / "other.yaml").unlink()
    assert undelete_bank(library, "mine", folder)
    assert [bank.id for bank in library.own_banks()] == ["mine"]


def test_a_shipped_bank_cannot_be_deleted(library: BankLibrary, deep_learning: Bank) -> None:
    with pytest.raises(BankError, match="shipped"):
        remove_bank(library, deep_learning.id)
    with pytest.raises(BankError, match="ghost"):
        remove_bank(library, "ghost")


def test_a_deleted_bank_can_be_put_back_after_a_restart(library: BankLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "banks"
    remove_bank(library, "mine", folder)
    assert BankLibrary(None, folder).own_banks() == []
    moved = folder.rename(tmp_path / "moved")
    again = BankLibrary(None, moved)
    assert [(one.id, one.title.en) for one in removed_banks(moved)] == [("mine", "Mine")]
    assert undelete_bank(again, "mine", moved)
    assert (moved / "mine.yaml").read_text(encoding="utf-8") == MINE
    assert removed_banks(moved) == []
    assert not undelete_bank(again, "mine", moved)


def test_after_a_day_nothing_of_a_deleted_bank_is_left(
    library: BankLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "banks"
    remove_bank(library, "mine", folder)
    (folder / removal.REMOVED / "broken.json").write_text("{")
    assert len(removed_banks(folder)) == 1
    monkeypatch.setattr(removal, "KEPT_FOR", timedelta(0))
    assert not undelete_bank(library, "mine", folder)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["broken.json"]
