"""What a coach does on the tab Classes. Knows nothing of gradio."""

from dataclasses import dataclass
from typing import NamedTuple

from pydantic import ValidationError

from interviewer.domain.grade import Level, Ruling
from interviewer.errors import BankError, InterviewerError, NotAllowed
from interviewer.presentation.templating import inline
from interviewer.sessions.assignments import assign, assignment_of, delete_assignment, find_assignment
from interviewer.sessions.classes import clean_name, delete_class, leave_class, make_class, renew_invitation
from interviewer.sessions.coach_notes import save_coach_note
from interviewer.sessions.permissions import Action
from interviewer.text.messages import localized, say
from interviewer.web import class_actions
from interviewer.web.class_screens import ClassScreens
from interviewer.web.page_actions import Rule
from interviewer.web.visit import Visit

_TOLD = '{% if problem %}<p role="alert">{{ problem }}</p>{% endif %}{% if done %}<p role="status">{{ done }}</p>{% endif %}'


class ClassView(NamedTuple):
    """What the tab shows, and the place of it, by which it can be drawn anew."""

    html: str
    where: str


@dataclass(frozen=True, slots=True)
class ClassHandlers:
    """Serves coaches: one for the whole server. Whatever is asked for goes through `screens.access`."""

    screens: ClassScreens

    def show(self, visit: Visit, where: str, *, problem: str = "", done: str = "") -> ClassView:
        """The screen at this place; the list of classes, with the reason, where it is not there or not for who asks."""
        try:
            drawn = self.screens.draw(visit, where or "")
        except InterviewerError as error:
            problem = problem or error.into(visit.language)
            if where:
                return self.show(visit, "", problem=problem)
            drawn = ""
        return ClassView(inline(_TOLD, visit.language, problem=problem, done=done) + drawn, where or "")

    def act(self, visit: Visit, where: str, sent: str) -> ClassView:
        """Do what was sent, and give what is to be seen then."""
        done = problem = ""
        try:
            for action in class_actions.CLASS_ACTIONS.validate_json(sent):
                where = self._do(visit, where or "", action)
                done = say("classes.note_kept", visit.language) if isinstance(action, class_actions.WriteNote) else ""
        except ValidationError:
            problem = say("classes.bad_form", visit.language)
        except InterviewerError as error:
            problem = error.into(visit.language)
        return self.show(visit, where, problem=problem, done="" if problem else done)

    def _do(self, visit: Visit, where: str, action: class_actions.ClassAction) -> str:
        """Carry out one action, and give the place of the screen that follows. Raises NotAllowed, BankError, OutOfTurn."""
        store, access, owner = self.screens.service.store, self.screens.access, visit.owner
        by = self.screens.name(owner, visit.language)
        match action:
            case class_actions.Open():
                return action.where
            case class_actions.MakeClass():
                if not access.may_coach(owner):
                    raise NotAllowed(localized("classes.refused"))
                if not clean_name(action.name):
                    raise NotAllowed(localized("classes.nameless"))
                return f"class/{make_class(store, owner, action.name).id}"
            case class_actions.WriteNote():
                access.require(owner, Action.WRITE_NOTE, action.interview)
                save_coach_note(store, action.interview, owner, by, action.note)
            case Rule():
                ruling = Ruling(action.criterion, action.level, by, action.note.strip())
                self._rule(owner, where.partition("/")[2], action.question, action.attempt, ruling)
            case class_actions.RuleAlike():
                self._rule_alike(owner, action, by)
            case class_actions.TakeBack():
                found = find_assignment(store, action.assignment)
                access.require(owner, Action.CHANGE_CLASS, found.classroom if found else "")
                delete_assignment(store, action.assignment)
                return f"class/{found.classroom}" if found else ""
            case _:
                access.require(owner, Action.CHANGE_CLASS, action.classroom)
                return self._change_class(action)
        return where

    def _change_class(self, action: class_actions.OnClass | class_actions.RemoveMember | class_actions.Assign) -> str:
        store, room = self.screens.service.store, action.classroom
        match action:
            case class_actions.RemoveMember():
                leave_class(store, room, action.member)
            case class_actions.Assign():
                self._assign(action)
            case class_actions.OnClass(do="renew"):
                renew_invitation(store, room)
            case class_actions.OnClass():
                delete_class(store, room)
                return ""
        return f"class/{room}"

    def _assign(self, wish: class_actions.Assign) -> None:
        bank = self.screens.library.of_class(wish.classroom).bank(wish.bank)
        for question in wish.questions:
            if question not in {one.id for one in bank.questions}:
                raise BankError("", "", localized("plan.unknown_question", name=repr(question)))
        title = clean_name(wish.title) or bank.title.into(bank.language)
        store, room = self.screens.service.store, wish.classroom
        assign(store, room, title=title, bank=bank.id, questions=wish.questions, mode=wish.mode, due_on=wish.due_on)

    def _rule_alike(self, owner: str, wish: class_actions.RuleAlike, by: str) -> None:
        for one in wish.tries:
            interview, _, attempt = one.partition(" ")
            found = assignment_of(self.screens.service.store, interview)
            if found is None or found.id != wish.assignment or not attempt.isdecimal():
                raise NotAllowed(localized("classes.refused"))
            self._rule(owner, interview, wish.question, int(attempt), Ruling(wish.criterion, Level(wish.level), by))

    def _rule(self, owner: str, interview: str, question: str, attempt: int, ruling: Ruling) -> None:
        self.screens.access.require(owner, Action.RULE, interview)
        self.screens.service.resume(interview, None).rule(question, attempt, ruling)
