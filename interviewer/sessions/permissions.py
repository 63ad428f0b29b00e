"""Who may do what with an interview or a class: the one place where that is decided, for routes, exports and the page."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial

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


_ON_INTERVIEWS = (Action.SEE_INTERVIEW, Action.RULE, Action.WRITE_NOTE)
# The candidate is who played the interview, or is in the class; a teacher is the coach of its class, or an admin. Nobody is
# a teacher of an interview outside of assignments.
_FOR_CANDIDATES = frozenset({Action.SEE_INTERVIEW, Action.TAKE_PART})
_FOR_TEACHERS = frozenset(Action) - {Action.TAKE_PART}


@dataclass(frozen=True, slots=True)
class Access:
    """Decides for everybody who asks. Where nobody signs in (`accounts` is None), everybody has what is their own alone."""

    store: Store
    accounts: Accounts | None

    def may(self, owner: str | None, action: Action, subject: str) -> bool:
        """Whether this owner (None: no cookie) may do this with this interview or class, if it is there at all."""
        if owner is None or not subject.isprintable():
            return False
        if action in _ON_INTERVIEWS:
            try:
                is_candidate = self.store.owner_of(subject) == owner
            except NoSuchInterview:
                return False
            classroom = partial(class_of_interview, self.store, subject)
        else:
            is_candidate = self._is_member(owner, subject)
            classroom = partial(find_class, self.store, subject)
        if is_candidate and action in _FOR_CANDIDATES:
            return True
        return action in _FOR_TEACHERS and self._teaches(owner, classroom())

    def require(self, owner: str | None, action: Action, subject: str) -> None:
        """Raises NotAllowed where `may` says no."""
        if not self.may(owner, action, subject):
            raise NotAllowed(localized("classes.refused"))

    def name(self, owner: str) -> str:
        """What somebody is called; empty where they have no account, or it says nothing."""
        account = self.accounts.of(owner) if self.accounts else None
        return (account.name or account.email) if account else ""

    def may_coach(self, owner: str) -> bool:
        role = self.role(owner)
        return role is not None and role.includes(Role.COACH)

    def coaches(self) -> list[Account]:
        every = self.accounts.all() if self.accounts else []
        return [one for one in every if one.role.includes(Role.COACH)]

    def is_admin(self, owner: str) -> bool:
        return self.role(owner) is Role.ADMIN

    def role(self, owner: str) -> Role | None:
        """None where they have no account."""
        account = self.accounts.of(owner) if self.accounts else None
        return account.role if account else None

    def _is_member(self, owner: str, classroom: str) -> bool:
        return self.accounts is not None and any(one.id == classroom for one in classes_joined(self.store, owner))

    def _teaches(self, owner: str, classroom: Classroom | None) -> bool:
        role = self.role(owner) if classroom else None
        if classroom is None or role is None:
            return False
        return role is Role.ADMIN or (classroom.owner == owner and role.includes(Role.COACH))
