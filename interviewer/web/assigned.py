"""What a candidate does with the classes they are in: see what is assigned, begin it, leave."""

from dataclasses import dataclass
from datetime import date

from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.errors import NotAllowed
from interviewer.presentation.templating import render
from interviewer.sessions.assignments import find_assignment, interview_of, list_tasks, record_interview
from interviewer.sessions.classes import classes_joined, leave_class
from interviewer.sessions.permissions import Access, Action
from interviewer.sessions.service import Session, SessionService
from interviewer.text.messages import localized, say


@dataclass(frozen=True, slots=True)
class Assigned:
    """Serves candidates: one for the whole server. There is none where nobody signs in."""

    service: SessionService
    library: BankLibrary
    access: Access

    def card(self, owner: str, today: date, language: Language) -> str:
        """What their classes have assigned, and who sees it; nothing for who is in no class."""
        store = self.service.store
        joined = [
            (one, self.access.name(one.owner) or say("classes.unnamed", language))
            for one in classes_joined(store, owner)
        ]
        if not joined:
            return ""
        return render("assignments.html", language, tasks=list_tasks(store, owner), rooms=joined, today=today)

    def begin(self, owner: str, assignment: str, language: Language) -> Session:
        """The interview of an assignment, which is begun where there is none yet.

        Raises NotAllowed where it is not for this owner, BankError where a question of it is gone.
        """
        store, found = self.service.store, find_assignment(self.service.store, assignment)
        if found is None:
            raise NotAllowed(localized("classes.refused"))
        self.access.require(owner, Action.TAKE_PART, found.classroom)
        known = interview_of(store, assignment, owner)
        if known is None:
            session = self.service.begin(owner, found.plan(self.library.of_class(found.classroom).banks(), language))
            if record_interview(store, assignment, owner, session.id):
                store.rename(session.id, found.title)
                return session
            store.remove(session.id)  # another window was faster
            known = interview_of(store, assignment, owner)
            if known is None:
                raise NotAllowed(localized("classes.refused"))
        return self.service.resume(known, owner)

    def leave(self, owner: str, classroom: str) -> None:
        """Leave a class; its coach then sees nothing of this owner any more."""
        leave_class(self.service.store, classroom, owner)
