"""Who may do what with an interview and with a class, as a table."""

from collections.abc import Mapping

import pytest
from practice import bank_of, practise

from interviewer.domain.grade import Level
from interviewer.errors import NotAllowed
from interviewer.sessions.accounts import Accounts, Identity, Role
from interviewer.sessions.assignments import assign, record_interview
from interviewer.sessions.classes import find_class, hand_over_class, join_class, leave_class, make_class
from interviewer.sessions.permissions import Access, Action
from interviewer.sessions.store import Store

# Who: the candidate whose interview it is and who is in the class, another member of it, a candidate of another class, its
# coach, a coach of another class, one who was its coach and is one no longer, an admin, a visitor without an account.
PEOPLE = ("candidate", "member", "foreign", "coach", "other_coach", "former_coach", "admin", "visitor")
ROLES = {"coach": Role.COACH, "other_coach": Role.COACH, "former_coach": Role.COACH, "admin": Role.ADMIN}

# What each may do with the interview of the assignment, and with the class.
MAY: Mapping[Action, set[str]] = {
    Action.SEE_INTERVIEW: {"candidate", "coach", "admin"},
    Action.RULE: {"coach", "admin"},
    Action.WRITE_NOTE: {"coach", "admin"},
    Action.SEE_CLASS: {"coach", "admin"},
    Action.CHANGE_CLASS: {"coach", "admin"},
    Action.TAKE_PART: {"candidate", "member"},
}


class School:
    """Two classes, an interview of an assignment of the first, and one that its candidate practised alone."""

    def __init__(self, store: Store) -> None:
        accounts = Accounts(store.database)
        self.owner = {
            name: accounts.sign_in(Identity("test", name, name, role=ROLES.get(name, Role.CANDIDATE))).owner
            for name in PEOPLE[:-1]
        } | {"visitor": "visitor"}
        self.store, self.access = store, Access(store, accounts)
        self.classroom = make_class(store, self.owner["coach"], "A").id
        for name in ("candidate", "member"):
            join_class(store, self.classroom, self.owner[name])
        join_class(store, make_class(store, self.owner["other_coach"], "B").id, self.owner["foreign"])
        self.left = make_class(store, self.owner["former_coach"], "C").id
        accounts.set_role(self.owner["former_coach"], Role.CANDIDATE)
        bank = bank_of(1)
        self.assigned = practise(store, bank, ["q0"], Level.MET, self.owner["candidate"])
        self.private = practise(store, bank, ["q0"], Level.MET, self.owner["candidate"])
        record_interview(
            store, assign(store, self.classroom, title="T", bank="many").id, self.owner["candidate"], self.assigned
        )

    def who_may(self, action: Action, subject: str) -> set[str]:
        return {name for name in PEOPLE if self.access.may(self.owner[name], action, subject)}

    def subject(self, action: Action) -> str:
        is_class = action in (Action.SEE_CLASS, Action.CHANGE_CLASS, Action.TAKE_PART)
        return self.classroom if is_class else self.assigned


@pytest.fixture
def school(store: Store) -> School:
    return School(store)


def test_every_action_is_open_to_those_in_the_table_and_to_nobody_else(school: School) -> None:
    assert {action: school.who_may(action, school.subject(action)) for action in Action} == MAY
    for action in Action:
        assert not school.access.may(None, action, school.subject(action)), "who has no cookie"
        for unknown in ("ghost", "", "\x00"):
            assert school.who_may(action, unknown) == set()


def test_what_is_practised_outside_of_assignments_is_its_candidates_alone(school: School) -> None:
    assert school.who_may(Action.SEE_INTERVIEW, school.private) == {"candidate"}
    assert school.who_may(Action.RULE, school.private) == set()
    assert school.who_may(Action.WRITE_NOTE, school.private) == set()


def test_who_is_coach_no_longer_has_no_class_any_more(school: School) -> None:
    assert school.who_may(Action.SEE_CLASS, school.left) == {"admin"}
    assert {name for name in PEOPLE if school.access.may_coach(school.owner[name])} == {"coach", "other_coach", "admin"}


def test_a_class_that_is_handed_over_is_its_new_coachs_and_its_former_coachs_no_longer(school: School) -> None:
    room = find_class(school.store, school.classroom)
    assert room
    hand_over_class(school.store, room, school.owner["other_coach"])
    after = {action: {"other_coach" if name == "coach" else name for name in may} for action, may in MAY.items()}
    assert {action: school.who_may(action, school.subject(action)) for action in Action} == after


def test_whoever_leaves_a_class_is_seen_by_its_coach_no_longer(school: School) -> None:
    leave_class(school.store, school.classroom, school.owner["candidate"])
    assert school.who_may(Action.SEE_INTERVIEW, school.assigned) == {"candidate"}
    assert school.who_may(Action.TAKE_PART, school.classroom) == {"member"}


def test_a_refusal_does_not_say_whether_there_is_such_a_thing(school: School) -> None:
    said = set()
    for subject in (school.assigned, school.private, "ghost"):
        with pytest.raises(NotAllowed) as refused:
            school.access.require(school.owner["foreign"], Action.SEE_INTERVIEW, subject)
        said.add(str(refused.value))
    assert len(said) == 1


def test_where_nobody_signs_in_there_is_nothing_but_ones_own(school: School) -> None:
    school.access = Access(school.store, None)
    found = {action: school.who_may(action, school.subject(action)) for action in Action}
    assert found == {action: set() for action in Action} | {Action.SEE_INTERVIEW: {"candidate"}}
