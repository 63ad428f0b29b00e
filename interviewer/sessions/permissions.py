"""Who may do what with an interview or a class: the one place where that is decided, for routes, exports and the page."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from interviewer.errors import NoSuchInterview, NotAllowed
from interviewer.sessions.accounts import Account, Accounts, Role
from interviewer.sessions.classes import Classroom, class_of_interview, classes_joined, find_class
from interviewer.sessions.store import Store
from interviewer.text.messages import localized


class Action(StrEnum):
    """What somebody may want to do; the first three are done with an interview, the others with a class."""

    SEE_INTERVIEW = "see_interview"
    RULE = "rule"  # in a coach's name; what is one's own is marked by playing it
    WRITE_NOTE = "write_note"
    SEE_CLASS = "see_class"
    CHANGE_CLASS = "change_class"
    TAKE_PART = "take_part"


class Relation(StrEnum):
    """What somebody is to an interview or a class. A coach or an admin is none of an interview outside of assignments."""

    CANDIDATE = "candidate"
    COACH = "coach"
    ADMIN = "admin"


_ON_INTERVIEWS = (Action.SEE_INTERVIEW, Action.RULE, Action.WRITE_NOTE)
_TEACHERS = frozenset({Relation.COACH, Relation.ADMIN})
_ALLOWED: Mapping[Action, frozenset[Relation]] = {
    Action.SEE_INTERVIEW: _TEACHERS | {Relation.CANDIDATE},
    Action.RULE: _TEACHERS,
    Action.WRITE_NOTE: _TEACHERS,
    Action.SEE_CLASS: _TEACHERS,
    Action.CHANGE_CLASS: _TEACHERS,
    Action.TAKE_PART: frozenset({Relation.CANDIDATE}),
}


class Access:
    """Decides for everybody who asks. Where nobody signs in (`accounts` is None), everybody has what is their own alone."""

    def __init__(self, store: Store, accounts: Accounts | None) -> None:
        self._store = store
        self.accounts = accounts

    def may(self, owner: str | None, action: Action, subject: str) -> bool:
        """Whether this owner (None: who has no cookie) may do this with the interview or class of this id.

        Of what is not there nobody may do anything.
        """
        if owner is None or not subject.isprintable():
            return False
        found = self._to_interview(owner, subject) if action in _ON_INTERVIEWS else self._to_class(owner, subject)
        return not _ALLOWED[action].isdisjoint(found)

    def require(self, owner: str | None, action: Action, subject: str) -> None:
        """Raises NotAllowed where `may` says no."""
        if not self.may(owner, action, subject):
            raise NotAllowed(localized("classes.refused"))

    def name(self, owner: str) -> str:
        """What somebody is called; empty where they have no account, or it says nothing."""
        account = self.accounts.of(owner) if self.accounts else None
        return (account.name or account.email) if account else ""

    def may_coach(self, owner: str) -> bool:
        """Whether this owner may make classes."""
        role = self.role(owner)
        return role is not None and role.includes(Role.COACH)

    def coaches(self) -> list[Account]:
        """Everybody who may have a class, by name."""
        every = self.accounts.all() if self.accounts else []
        return [one for one in every if one.role.includes(Role.COACH)]

    def is_admin(self, owner: str) -> bool:
        return self.role(owner) is Role.ADMIN

    def role(self, owner: str) -> Role | None:
        """None where they have no account."""
        account = self.accounts.of(owner) if self.accounts else None
        return account.role if account else None

    def _to_interview(self, owner: str, interview: str) -> Iterator[Relation]:
        try:
            whose = self._store.owner_of(interview)
        except NoSuchInterview:
            return
        if whose == owner:
            yield Relation.CANDIDATE
        yield from self._as_teacher(owner, class_of_interview(self._store, interview))

    def _to_class(self, owner: str, classroom: str) -> Iterator[Relation]:
        if self.accounts and any(one.id == classroom for one in classes_joined(self._store, owner)):
            yield Relation.CANDIDATE
        yield from self._as_teacher(owner, find_class(self._store, classroom))

    def _as_teacher(self, owner: str, classroom: Classroom | None) -> Iterator[Relation]:
        role = self.role(owner) if classroom else None
        if classroom and classroom.owner == owner and role and role.includes(Role.COACH):
            yield Relation.COACH
        if role is Role.ADMIN:
            yield Relation.ADMIN
