"""Banks in the database: who sees, plays and changes which, as a table, and that nothing of one is lost or left."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from interviewer.banks.importing import pipeline
from interviewer.banks.loader import BankLibrary
from interviewer.errors import BankError, NotAllowed, StoreError
from interviewer.sessions import stored_banks as module
from interviewer.sessions.accounts import Accounts, Identity, Role
from interviewer.sessions.classes import delete_class, join_class, leave_class, make_class
from interviewer.sessions.permissions import Access
from interviewer.sessions.removal import forget_owner
from interviewer.sessions.store import Store
from interviewer.sessions.stored_banks import (
    EVERYBODY,
    PRIVATE,
    StoredBank,
    StoredBanks,
    export_banks,
    purge_removed_banks,
)
from interviewer.sessions.tables import stored_banks

# Who: a candidate of the class, its coach, a candidate and the coach of another class, one who was a coach, an admin.
ROLES: Mapping[str, Role] = {
    "member": Role.CANDIDATE,
    "coach": Role.COACH,
    "foreign": Role.CANDIDATE,
    "other_coach": Role.COACH,
    "former_coach": Role.CANDIDATE,
    "admin": Role.ADMIN,
}
ALL = set(ROLES)

# Banks by whose they are and for whom; who sees each, and who may change it.
BANKS: Mapping[str, tuple[str, str, set[str], set[str]]] = {
    "members-own": ("member", PRIVATE, {"member"}, {"member"}),
    "coachs-own": ("coach", PRIVATE, {"coach"}, {"coach"}),
    "of-class": ("coach", "A", {"coach", "member", "admin"}, {"coach", "admin"}),
    "by-admin": ("admin", "A", {"coach", "member", "admin"}, {"admin"}),
    "of-all": ("coach", EVERYBODY, ALL, {"coach", "admin"}),
    "others-own": ("other_coach", PRIVATE, {"other_coach"}, {"other_coach"}),
    "of-others": ("other_coach", "B", {"other_coach", "foreign", "admin"}, {"other_coach", "admin"}),
    "of-former": ("former_coach", "C", {"former_coach", "admin"}, {"former_coach", "admin"}),
}


def text_of(id: str, asked: str = "What is a stack?") -> str:  # noqa: A002
    return f"""id: {id}
title: Title of {id}
language: en
questions:
  - id: stack
    text: {asked}
    reference: It gives back first what was pushed last.
    criteria:
      - {{id: last, text: It gives back first what was pushed last}}
"""


class School:
    """Three classes, their people, and a library in front of the database."""

    def __init__(self, store: Store) -> None:
        self.store, self.accounts = store, Accounts(store.database)
        self.owner = {
            name: self.accounts.sign_in(Identity("test", name, name, role=role)).owner for name, role in ROLES.items()
        }
        self.access = Access(store, self.accounts)
        leads = {"A": "coach", "B": "other_coach", "C": "former_coach"}
        self.classes = {name: make_class(store, self.owner[coach], name).id for name, coach in leads.items()}
        join_class(store, self.classes["A"], self.owner["member"])
        join_class(store, self.classes["B"], self.owner["foreign"])
        self.library = BankLibrary(None, None, StoredBanks(store, self.access))

    def sees(self, name: str) -> BankLibrary:
        return self.library.of(self.owner[name])

    def save(self, name: str, id: str, audience: str = "", asked: str = "What is a stack?") -> None:  # noqa: A002
        """As the page does it."""
        library, text = self.sees(name), text_of(id, asked).encode()
        shown = pipeline.preview(f"{id}.yaml", text, library=library, folder=None)
        assert library.shelf
        pipeline.save(
            pipeline.replace(shown, place=library.shelf.shared(shown.place, self.classes.get(audience, audience)))
        )

    def save_all(self) -> None:
        self.accounts.set_role(self.owner["former_coach"], Role.COACH)
        for bank, (name, audience, _, _) in BANKS.items():
            self.save(name, bank, audience)
        self.accounts.set_role(self.owner["former_coach"], Role.CANDIDATE)

    def ids(self, library: BankLibrary) -> set[str]:
        return {bank.id for bank in library.banks()} & {*BANKS, "notes"}

    def rows(self) -> int:
        with self.store.database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(stored_banks)).scalar_one()


@pytest.fixture
def school(store: Store) -> School:
    return School(store)


def test_everybody_sees_and_changes_what_the_table_says_and_nothing_else(school: School) -> None:
    school.save_all()
    for name in ROLES:
        library = school.sees(name)
        assert school.ids(library) == {one for one, bank in BANKS.items() if name in bank[2]}, name
        own = {bank.id for bank in library.own_banks()}
        assert own == {one for one, bank in BANKS.items() if name in bank[3]}, name
        for one, (_, _, seen, changed) in BANKS.items():
            if name not in seen:
                assert library.place_of(one) is None
                with pytest.raises(BankError) as unknown:
                    library.bank(one)
                assert "Title" not in str(unknown.value)
            elif name not in changed:
                with pytest.raises(BankError, match="not yours"):
                    school.save(name, one, asked="What is a queue?")
                with pytest.raises(BankError, match="not yours"):
                    library.shelf.remove(one)  # type: ignore[union-attr]
    assert school.ids(school.library) == set(), "who is nobody sees nobody's"
    assert school.ids(school.library.of_class(school.classes["A"])) == {"of-class", "by-admin", "of-all"}
    assert school.library.of_class(school.classes["A"]).own_banks() == []


@pytest.mark.parametrize(
    ("audience", "allowed"),
    [
        (PRIVATE, ALL),
        ("A", {"coach", "admin"}),
        ("B", {"other_coach", "admin"}),
        ("C", {"admin"}),
        ("ghost", set()),
        (EVERYBODY, {"coach", "other_coach", "admin"}),
    ],
)
def test_only_coaches_give_a_bank_to_others(school: School, audience: str, allowed: set[str]) -> None:
    may = set()
    for name in ROLES:
        try:
            school.save(name, f"by-{name.replace('_', '-')}", audience)
            may.add(name)
        except NotAllowed:
            assert not school.sees(name).place_of(f"by-{name.replace('_', '-')}"), "nothing was saved"
    assert may == allowed


def test_two_people_may_have_banks_of_one_id_and_learn_nothing_of_each_other(school: School) -> None:
    school.save("member", "notes", asked="What is mine?")
    school.save("foreign", "notes", asked="What is yours?")
    asked = {name: school.sees(name).bank("notes").questions[0].text.en for name in ("member", "foreign")}
    assert asked == {"member": "What is mine?", "foreign": "What is yours?"}
    assert school.sees("foreign").shelf.remove("notes")  # type: ignore[union-attr]
    assert school.sees("member").bank("notes")


def test_a_class_and_everybody_have_one_bank_of_an_id(school: School) -> None:
    school.save("coach", "notes")
    school.save("other_coach", "notes", EVERYBODY)
    with pytest.raises(BankError, match="notes"):
        school.save("coach", "notes", EVERYBODY, "What else?")
    assert school.sees("coach").bank("notes").questions[0].text.en == "What is a stack?", "one's own comes first"
    school.save("coach", "notes", "A", "Of the class?")
    assert school.sees("member").bank("notes").questions[0].text.en == "Of the class?"


def test_another_replica_sees_a_change_at_once(school: School, url: str) -> None:
    school.save("coach", "notes", "A")
    other = Store(url)
    there = BankLibrary(None, None, StoredBanks(other, Access(other, Accounts(other.database))))
    members = there.of(school.owner["member"])
    assert members.bank("notes").questions[0].text.en == "What is a stack?"
    school.save("coach", "notes", asked="What is a queue?")
    assert members.bank("notes").questions[0].text.en == "What is a queue?", "a class keeps what is edited"
    school.save("coach", "notes", PRIVATE, "What is a tree?")
    assert "notes" not in {bank.id for bank in members.banks()}
    other.close()


def test_a_bank_that_has_changed_meanwhile_is_not_overwritten(school: School) -> None:
    school.save("coach", "notes")
    library = school.sees("coach")
    shown = pipeline.preview("notes.yaml", text_of("notes", "One?").encode(), library=library, folder=None)
    school.save("coach", "notes", asked="Two?")
    with pytest.raises(BankError, match="in the meantime"):
        pipeline.save(shown)
    assert library.bank("notes").questions[0].text.en == "Two?"


def test_an_imported_list_is_brought_up_to_date_and_keeps_what_was_edited(school: School) -> None:
    library = school.sees("member")
    listed = "# Notes\n\n## 1. What is a stack?\n\nAnswer: It gives back first what was pushed last.\n"

    def brought(text: str) -> None:
        pipeline.save(pipeline.preview("notes.md", text.encode(), library=library, folder=None))

    brought(listed)
    place = library.place_of("notes")
    assert place
    edited = (place.read() or b"").replace(b"What is a stack?", b"What is a STACK?", 1)
    pipeline.save(pipeline.preview("notes.yaml", edited, library=library, folder=None))
    brought(listed + "\n## 2. What is a queue?\n\nAnswer: It gives back first what was put in first.\n")
    assert [one.text.en for one in library.bank("notes").questions] == ["What is a STACK?", "What is a queue?"]


def test_whoever_leaves_a_class_or_loses_it_sees_its_banks_no_longer(school: School) -> None:
    school.save_all()
    leave_class(school.store, school.classes["A"], school.owner["member"])
    assert school.ids(school.sees("member")) == {"members-own", "of-all"}
    delete_class(school.store, school.classes["A"])
    assert "of-class" in school.ids(school.sees("coach")), "its owner keeps it"
    assert "of-class" not in school.ids(school.sees("admin")), "it is private again"


def test_a_removed_bank_is_put_back_as_it_was_for_a_day(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    school.save("coach", "notes", "A")
    coach, member = school.sees("coach"), school.sees("member")
    assert coach.shelf
    assert coach.shelf.remove("notes")
    assert (school.ids(coach), school.ids(member)) == (set(), set())
    assert [str(place.path) for place in coach.shelf.removed()] == ["notes.yaml"]
    assert not school.sees("other_coach").shelf.put_back("notes")  # type: ignore[union-attr]
    assert coach.shelf.put_back("notes")
    assert school.ids(member) == {"notes"}
    admin = school.sees("admin").shelf
    assert admin
    assert admin.remove("notes")
    assert admin.put_back("notes")
    coach.shelf.remove("notes")
    school.save("other_coach", "notes", EVERYBODY)
    assert purge_removed_banks(school.store) == 0
    monkeypatch.setattr(module, "KEPT_FOR", timedelta(seconds=-1))
    assert not coach.shelf.put_back("notes")
    assert purge_removed_banks(school.store) == 1
    assert school.rows() == 1


def test_a_removed_bank_stays_beside_a_new_one_of_its_id(school: School) -> None:
    shelf = school.sees("coach").shelf
    assert shelf
    school.save("coach", "notes", "A", "What was the first?")
    assert shelf.remove("notes")
    school.save("coach", "notes", "A", "What is the second?")
    with pytest.raises(BankError, match="in its place by now"):
        shelf.put_back("notes")
    assert shelf.remove("notes")
    assert len(shelf.removed()) == 2
    assert shelf.put_back("notes")
    assert school.sees("coach").bank("notes").questions[0].text.en == "What is the second?", "the latest one"
    assert [place.id for place in shelf.removed()] == ["notes"]  # type: ignore[attr-defined]


def test_a_class_that_is_deleted_while_a_bank_is_saved_for_it_is_named_as_what_is_wrong(school: School) -> None:
    school.save("coach", "notes")
    shelf = school.sees("coach").shelf
    assert shelf
    place = shelf.shared(school.sees("coach").place_of("notes"), school.classes["A"])  # type: ignore[arg-type]
    delete_class(school.store, school.classes["A"])
    for does in (place.share, lambda: place.save(text_of("notes", "Changed?"), place.read())):
        with pytest.raises(BankError, match="class it was meant for no longer exists"):
            does()


def test_a_bank_that_changes_between_the_listing_and_the_reading_is_never_taken_for_another(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.save("coach", "notes", asked="What was it?")
    library, read, changes = school.sees("coach"), StoredBank.read, iter([True])

    def late(place: StoredBank) -> bytes | None:
        if next(changes, False):
            school.save("coach", "notes", asked="What is it by now?")
        return read(place)

    monkeypatch.setattr(StoredBank, "read", late)
    assert library.bank("notes").questions[0].text.en == "What is it by now?"
    school.save("coach", "notes", asked="What was it?")
    assert library.bank("notes").questions[0].text.en == "What was it?"


def test_an_account_takes_its_banks_along(school: School, tmp_path: Path) -> None:
    school.save_all()
    (own,) = export_banks(school.store, school.owner["member"])
    assert (own["id"], own["visibility"], own["yaml"]) == ("members-own", "private", text_of("members-own"))
    for name in ROLES:
        forget_owner(school.store, school.owner[name], tmp_path)
    assert school.rows() == 0


def test_nobody_fills_the_database(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 2 * len(text_of("second")))
    school.save("member", "notes")
    school.save("member", "second")
    with pytest.raises(BankError, match="no room"):
        school.save("member", "third")
    school.save("member", "notes", asked="What?")
    school.save("foreign", "notes")


def test_a_library_says_when_the_database_cannot_be_read(school: School) -> None:
    school.save("member", "notes")
    with school.store.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE stored_banks RENAME TO away"))
    library = school.sees("member")
    assert [bank.id for bank in library.banks()] == [bank.id for bank in BankLibrary().banks()]
    assert len(library.broken()) == 1
    with pytest.raises(StoreError):
        library.bank("notes")
