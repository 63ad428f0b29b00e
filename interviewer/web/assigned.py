"""What a candidate does with the classes they are in: see what is assigned, and begin it."""

from dataclasses import dataclass
from datetime import datetime

from interviewer.banks.loader import BankLibrary
from interviewer.presentation.templating import render
from interviewer.sessions.assignments import find_assignment, interview_of, list_tasks, record_interview
from interviewer.sessions.classes import classes_joined
from interviewer.sessions.permissions import Access, Action
from interviewer.sessions.service import Session, SessionService
from interviewer.text.messages import say
from interviewer.web.class_screens import existing
from interviewer.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Assigned:
    """Serves candidates: one for the whole server. There is none where nobody signs in."""

    service: SessionService
    library: BankLibrary
    access: Access

    def card(self, visit: Visit) -> str:
        """What their classes have assigned, and who sees it; nothing for who is in no class."""
        store, language = self.service.store, visit.language
        joined = classes_joined(store, visit.owner)
        rooms = [(one, self.access.name(one.owner) or say("classes.unnamed", language)) for one in joined]
        if not joined:
            return ""
        tasks, today = list_tasks(store, visit.owner), datetime.now(visit.zone).date()
        return render("assignments.html", language, tasks=tasks, rooms=rooms, today=today)

    def begin(self, visit: Visit, assignment: str) -> Session:
        """The interview of an assignment, begun if it is not. Raises NotAllowed, BankError where a question is gone."""
        store, owner = self.service.store, visit.owner
        found = existing(find_assignment(store, assignment))
        self.access.require(owner, Action.TAKE_PART, found.classroom)
        known = interview_of(store, assignment, owner)
        if known is None:
            banks = self.library.of_class(found.classroom).banks()
            session = self.service.begin(owner, found.plan(banks, visit.language))
            if record_interview(store, assignment, owner, session.id):
                store.rename(session.id, found.title)
                return session
            store.remove(session.id)  # another window was faster
            known = existing(interview_of(store, assignment, owner))
        return self.service.resume(known, owner)
