"""Classes, their assignments and what coaches write: kept, carried through deletions, and forgotten with their people."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fakes import BANK
from practice import append, bank_of, practise

from interviewer.domain.grade import Level, Ruling
from interviewer.domain.interview import Mode, Ruled
from interviewer.domain.language import Language
from interviewer.errors import BankError, NotAllowed, StoreError
from interviewer.sessions import class_removal, classes
from interviewer.sessions.accounts import Accounts, Identity, Role
from interviewer.sessions.assignments import (
    assign,
    assignment_of,
    delete_assignment,
    interview_of,
    list_assignments,
    list_outcomes,
    list_progress,
    list_tasks,
    record_interview,
)
from interviewer.sessions.class_removal import fate_of_classes
from interviewer.sessions.classes import (
    class_of_interview,
    classes_joined,
    delete_class,
    find_class,
    hand_over_class,
    invited_to,
    join_class,
    leave_class,
    list_classes,
    list_members,
    make_class,
    renew_invitation,
)
from interviewer.sessions.coach_notes import list_coach_notes, save_coach_note
from interviewer.sessions.removal import forget_owner, purge_expired, soft_delete, undelete
from interviewer.sessions.store import Store
from interviewer.sessions.stored_banks import StoredBank
from interviewer.sessions.tables import accounts as accounts_table
from interviewer.sessions.tables import stored_banks
from interviewer.sessions.timestamps import as_stored

MANY = bank_of(2)


def test_a_class_is_joined_by_an_invitation_that_ends_and_can_be_renewed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_class(store, "coach", "  Deep   learning\n2026 ")
    assert made.name == "Deep learning 2026"
    assert invited_to(store, made.invitation) == made
    assert invited_to(store, "guessed") is None
    for _ in range(2):
        join_class(store, made.id, "ann")
    assert [one.owner for one in list_members(store, made.id)] == ["ann"]
    assert classes_joined(store, "ann") == [made]
    renew_invitation(store, made.id)
    (renewed,) = list_classes(store, "coach")
    assert invited_to(store, made.invitation) is None
    assert invited_to(store, renewed.invitation) == renewed
    later = as_stored(datetime.now(UTC) + classes.INVITATION_GOOD_FOR + timedelta(minutes=1))
    monkeypatch.setattr(classes, "stored_now", lambda: later)
    assert invited_to(store, renewed.invitation) is None
    assert list_classes(store, None) == [renewed]
    assert list_classes(store, "another coach") == []


def test_whoever_joins_sees_what_is_assigned_what_is_due_first_first(store: Store) -> None:
    room, other = make_class(store, "coach", "A"), make_class(store, "coach", "B")
    join_class(store, room.id, "ann")
    whenever = assign(store, room.id, title="Whenever", bank="many")
    assign(store, other.id, title="Of another class", bank="many")
    soon = assign(
        store, room.id, title="Soon", bank="many", questions=["q1"], mode=Mode.INTERVIEW, due_on=date(2026, 3, 5)
    )
    first, second = list_tasks(store, "ann")
    assert (first.assignment, second.assignment) == (soon, whenever)
    assert first.classroom == room
    assert first.is_late(date(2026, 3, 6))
    assert not first.is_late(date(2026, 3, 5))
    assert not second.is_late(date(2030, 1, 1))
    assert list_tasks(store, "nobody") == []
    assert [one.title for one in list_assignments(store, room.id)] == ["Soon", "Whenever"]


def test_an_assignment_asks_its_questions_or_all_of_the_bank(store: Store) -> None:
    room = make_class(store, "coach", "A")
    every = assign(store, room.id, title="All", bank="small", mode=Mode.INTERVIEW).plan([BANK], Language.ZH).plan
    assert (every.questions, every.mode, every.language) == (("dropout", "shuffle"), Mode.INTERVIEW, Language.ZH)
    some = assign(store, room.id, title="One", bank="small", questions=["shuffle"]).plan([BANK], Language.EN).plan
    assert some.questions == ("shuffle",)
    with pytest.raises(BankError):
        assign(store, room.id, title="Gone", bank="deleted").plan([BANK], Language.EN)


def test_only_an_interview_of_an_assignment_belongs_to_a_class(store: Store) -> None:
    room = make_class(store, "coach", "A")
    join_class(store, room.id, "ann")
    join_class(store, room.id, "bob")
    task = assign(store, room.id, title="T", bank="many")
    private = practise(store, MANY, ["q0"], Level.MET, "ann")
    mine = practise(store, MANY, ["q0", "q1"], Level.MET, "ann")
    assert record_interview(store, task.id, "ann", mine)
    assert not record_interview(store, task.id, "ann", private), "there is one already"
    assert interview_of(store, task.id, "ann") == mine
    assert class_of_interview(store, mine) == room
    assert assignment_of(store, mine) == task
    assert class_of_interview(store, private) is None
    ann, bob = list_progress(store, task)
    assert ann.is_done
    assert ann.overview is not None
    assert (ann.owner, ann.overview.id) == ("ann", mine)
    assert (bob.owner, bob.overview) == ("bob", None)
    assert {one.interview for one in list_outcomes(store, task.id)} == {mine}


def test_what_was_ruled_counts_in_the_outcomes_of_a_class_and_grades_are_hidden_until_the_end(store: Store) -> None:
    room = make_class(store, "coach", "A")
    join_class(store, room.id, "ann")
    task = assign(store, room.id, title="T", bank="many")
    mine = practise(store, MANY, ["q0"], Level.MISSING, "ann")
    record_interview(store, task.id, "ann", mine)
    append(store, mine, Ruled("q0", 1, Ruling("one", Level.MET, "Ms Li")))
    found = {one.criterion: one for one in list_outcomes(store, task.id)}
    assert (found["one"].level, found["one"].grader_level, found["one"].ruled_by) == (Level.MET, Level.MISSING, "Ms Li")
    assert (found["two"].level, found["two"].ruled_by) == (Level.MISSING, None)


def test_leaving_a_class_or_losing_it_makes_the_interviews_private(store: Store) -> None:
    room = make_class(store, "coach", "A")
    played = {}
    for owner in ("ann", "bob", "cem"):
        join_class(store, room.id, owner)
        played[owner] = practise(store, MANY, ["q0"], Level.MET, owner)
    task, other = (assign(store, room.id, title=title, bank="many") for title in "TU")
    record_interview(store, task.id, "ann", played["ann"])
    record_interview(store, task.id, "bob", played["bob"])
    record_interview(store, other.id, "cem", played["cem"])
    leave_class(store, room.id, "ann")
    assert class_of_interview(store, played["ann"]) is None
    assert not record_interview(store, other.id, "ann", played["ann"]), "begun before, and recorded after leaving"
    assert class_of_interview(store, played["bob"]) == room
    delete_assignment(store, other.id)
    assert class_of_interview(store, played["cem"]) is None
    delete_class(store, room.id)
    assert class_of_interview(store, played["bob"]) is None
    assert len(store.interviews()) == 3


def test_a_note_of_a_coach_is_changed_and_taken_back(store: Store) -> None:
    mine = practise(store, MANY, ["q0"], Level.MET, "ann")
    save_coach_note(store, mine, "coach", "Ms Li", "Well  done\u202e!\n")
    save_coach_note(store, mine, "admin", "Mr Ba", "Indeed.")
    assert [(one.by, one.note) for one in list_coach_notes(store, mine)] == [
        ("Ms Li", "Well  done!"),
        ("Mr Ba", "Indeed."),
    ]
    save_coach_note(store, mine, "coach", "Ms Li", " ")
    assert [one.by for one in list_coach_notes(store, mine)] == ["Mr Ba"]


def test_an_interview_that_is_put_back_belongs_to_its_assignment_again(store: Store) -> None:
    room = make_class(store, "coach", "A")
    join_class(store, room.id, "ann")
    task = assign(store, room.id, title="T", bank="many")
    mine = practise(store, MANY, ["q0"], Level.MET, "ann")
    record_interview(store, task.id, "ann", mine)
    save_coach_note(store, mine, "coach", "Ms Li", "Good.")
    soft_delete(store, mine, "ann")
    purge_expired(store)
    assert interview_of(store, task.id, "ann") is None
    assert list_progress(store, task)[0].overview is None
    undelete(store, mine, "ann")
    assert interview_of(store, task.id, "ann") == mine
    assert list_coach_notes(store, mine)[0].note == "Good."
    soft_delete(store, mine, "ann")
    again = practise(store, MANY, ["q0"], Level.MET, "ann")
    assert record_interview(store, task.id, "ann", again), "the first one is deleted"


def test_whoever_is_forgotten_leaves_no_trace_in_classes(store: Store, tmp_path: Path) -> None:
    room = make_class(store, "coach", "A")
    join_class(store, room.id, "ann")
    task = assign(store, room.id, title="T", bank="many")
    mine = practise(store, MANY, ["q0"], Level.MET, "ann")
    record_interview(store, task.id, "ann", mine)
    save_coach_note(store, mine, "coach", "Ms Li", "A secret.")
    forget_owner(store, "ann", tmp_path)
    assert list_members(store, room.id) == []
    assert list_coach_notes(store, mine) == []
    told = fate_of_classes(store.database, "coach")
    assert told
    assert "are deleted with their assignments" in told.into(Language.EN)
    forget_owner(store, "coach", tmp_path)
    assert list_classes(store, None) == []


def test_the_classes_of_a_coach_who_leaves_are_an_admins_with_all_that_is_in_them(store: Store, tmp_path: Path) -> None:
    accounts = Accounts(store.database)
    coach, admin, later = (
        accounts.sign_in(Identity("https://id.example", name, name, role=role)).owner
        for name, role in (("Li", Role.COACH), ("Ada", Role.ADMIN), ("Zoe", Role.ADMIN))
    )
    room = make_class(store, coach, "Evening")
    join_class(store, room.id, "ann")
    task = assign(store, room.id, title="Soon", bank="many")
    mine = practise(store, MANY, ["q0"], Level.MET, "ann")
    assert record_interview(store, task.id, "ann", mine)
    with store.database.write() as connection:
        for owner, name, classroom in ((coach, "many", room.id), (coach, "both", room.id), (admin, "both", None)):
            row = {"owner": owner, "id": name, "visibility": "class" if classroom else "private", "yaml": ""}
            row |= {"classroom": classroom, "digest": "", "imported": "", "changed_at": ""}
            connection.execute(stored_banks.insert().values(row))
    told = fate_of_classes(store.database, coach)
    assert told
    assert "班级（Evening）" in told.into(Language.ZH)
    assert "administrator of this site" in told.into(Language.EN)
    forget_owner(store, coach, tmp_path)
    assert list_classes(store, None) == [room._replace(owner=admin)]
    assert [one.owner for one in list_members(store, room.id)] == ["ann"]
    assert list_tasks(store, "ann")[0].overview
    with store.database.read() as connection:
        banks = connection.execute(sa.select(stored_banks.c.owner, stored_banks.c.id, stored_banks.c.classroom))
        assert sorted(map(tuple, banks)) == sorted([(admin, "both", None), (admin, "many", room.id)])
    forget_owner(store, later, tmp_path)
    assert fate_of_classes(store.database, later) is None


def test_a_class_that_is_handed_over_takes_along_all_that_is_its_own(store: Store) -> None:
    coach, heir = two_coaches(store)
    room, other = (make_class(store, coach, name) for name in ("Evening", "Morning"))
    join_class(store, room.id, "ann")
    classes.set_class_budget(store, room.id, 500)
    task = assign(store, room.id, title="Soon", bank="many")
    mine = practise(store, MANY, ["q0"], Level.MET, "ann")
    assert record_interview(store, task.id, "ann", mine)
    save_coach_note(store, mine, coach, "Ms Li", "Well done.")
    kept = ((coach, "many", room.id), (heir, "both", None), (coach, "both", other.id), (coach, "own", None))
    for owner, name, classroom in kept:
        StoredBank(store, owner, name, classroom or "private").save("", None)
    hand_over_class(store, room, heir)
    (given,) = list_classes(store, heir)
    assert given[:4] == (room.id, room.name, heir, room.created_at)
    assert given.daily_tokens == 500
    hand_over_class(store, given, heir)
    assert list_classes(store, heir) == [given], "who has it already keeps it"
    assert list_classes(store, coach) == [other]
    assert [one.owner for one in list_members(store, room.id)] == ["ann"]
    assert list_tasks(store, "ann")[0].overview
    assert [one.note for one in list_coach_notes(store, mine)] == ["Well done."]
    with store.database.read() as connection:
        banks = connection.execute(sa.select(stored_banks.c.owner, stored_banks.c.id, stored_banks.c.classroom)).all()
    assert sorted(map(tuple, banks), key=str) == sorted([(heir, "many", room.id), *kept[1:]], key=str)
    with pytest.raises(NotAllowed, match="Only a coach"):
        hand_over_class(store, given, "ann")


def test_a_class_is_not_handed_over_to_whoever_has_banks_of_the_same_ids(store: Store) -> None:
    coach, heir = two_coaches(store)
    room = make_class(store, coach, "Evening")
    for owner, name, audience in (
        (coach, "both", room.id), (coach, "also", room.id), (coach, "many", room.id), (coach, "own", "private"),
        (heir, "both", "private"), (heir, "also", "private"), (heir, "own", "private"),
    ):  # fmt: skip
        StoredBank(store, owner, name, audience).save("", None)
    before = store.database.rows(sa.select(stored_banks))
    with pytest.raises(NotAllowed, match="same ids: also, both") as refused:
        hand_over_class(store, room, heir)
    assert "题库：also, both。" in refused.value.into(Language.ZH)
    assert find_class(store, room.id) == room
    assert store.database.rows(sa.select(stored_banks)) == before
    for name in ("both", "also"):
        StoredBank(store, heir, name).remove()
    hand_over_class(store, room, heir)
    with_class = sa.select(stored_banks.c.owner).where(stored_banks.c.classroom == room.id)
    assert [row.owner for row in store.database.rows(with_class)] == [heir] * 3


def test_a_bank_that_the_heir_saves_in_the_moment_of_a_hand_over_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    coach, heir = two_coaches(store)
    room = make_class(store, coach, "Evening")
    StoredBank(store, coach, "both", room.id).save("", None)
    StoredBank(store, heir, "both").save("", None)
    looks = class_removal.banks_of_both
    before = [(), ()]  # what the first attempt saw of the heir's banks, twice, before this one was saved

    def look(*asked: Any) -> Any:
        return before.pop() if before else looks(*asked)

    for module in (classes, class_removal):
        monkeypatch.setattr(module, "banks_of_both", look)
    with pytest.raises(NotAllowed, match="same ids: both"):
        hand_over_class(store, room, heir)
    assert find_class(store, room.id) == room


def test_of_two_hand_overs_of_a_class_the_second_changes_nothing_and_says_so(store: Store) -> None:
    coach, heir = two_coaches(store)
    admin = Accounts(store.database).sign_in(Identity("https://id.example", "Ada", "Ada", role=Role.ADMIN)).owner
    room = make_class(store, coach, "Evening")
    hand_over_class(store, room, heir)
    given = find_class(store, room.id)
    with pytest.raises(NotAllowed, match="another coach by now"):
        hand_over_class(store, room, admin)
    assert find_class(store, room.id) == given
    delete_class(store, room.id)
    with pytest.raises(NotAllowed, match="was deleted"):
        hand_over_class(store, room, admin)


def test_an_account_is_not_deleted_while_it_is_given_a_class_nor_given_one_while_it_is_deleted(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = Store(postgres_url)
    coach, heir = two_coaches(store)
    Accounts(store.database).set_role(coach, Role.ADMIN)
    give, locked = class_removal.give_classes, []

    def give_meanwhile(*given: Any) -> None:
        account = sa.select(accounts_table).where(accounts_table.c.owner == heir)
        with pytest.raises(StoreError), store.database.write() as other:
            other.execute(account.with_for_update(nowait=True))
        locked.append(heir)
        give(*given)

    for module in (classes, class_removal):
        monkeypatch.setattr(module, "give_classes", give_meanwhile)
    room = make_class(store, coach, "Evening")
    hand_over_class(store, room, heir)
    forget_owner(store, heir, tmp_path)
    assert locked == [heir, heir]
    assert [one.id for one in list_classes(store, coach)] == [room.id]
    store.close()


def test_the_new_coach_of_a_class_is_its_candidate_no_longer_and_its_old_invitation_leads_nowhere(store: Store) -> None:
    coach, heir = two_coaches(store)
    room = make_class(store, coach, "Evening")
    for member in ("ann", heir):
        join_class(store, room.id, member)
    task = assign(store, room.id, title="Soon", bank="many")
    mine = practise(store, MANY, ["q0"], Level.MET, heir)
    assert record_interview(store, task.id, heir, mine)
    hand_over_class(store, room, heir)
    assert [one.owner for one in list_members(store, room.id)] == ["ann"]
    assert class_of_interview(store, mine) is None, "it is the new coach's own practice"
    assert list_tasks(store, heir) == []
    given = find_class(store, room.id)
    assert given
    assert invited_to(store, room.invitation) is None
    assert invited_to(store, given.invitation) == given


def two_coaches(store: Store) -> tuple[str, str]:
    """Their owners."""
    accounts = Accounts(store.database)
    one, other = (accounts.sign_in(Identity("test", name, name, role=Role.COACH)).owner for name in ("Li", "Ba"))
    return one, other
