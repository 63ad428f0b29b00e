"""What a coach does on the tab Classes. Knows nothing of gradio."""

from dataclasses import dataclass
from typing import NamedTuple

from pydantic import ValidationError

from interviewer.domain.grade import Level, Ruling
from interviewer.domain.language import Language
from interviewer.errors import BankError, InterviewerError, NotAllowed
from interviewer.presentation.templating import inline
from interviewer.sessions.assignments import assign, assignment_of, delete_assignment, find_assignment
from interviewer.sessions.class_removal import hand_over_class
from interviewer.sessions.classes import clean_name, delete_class, leave_class, make_class, renew_invitation
from interviewer.sessions.coach_notes import save_coach_note
from interviewer.sessions.permissions import Action
from interviewer.text.messages import localized, say
from interviewer.web.class_actions import (
    CLASS_ACTIONS,
    Assign,
    ClassAction,
    HandOver,
    MakeClass,
    OnClass,
    Open,
    RemoveMember,
    RuleAlike,
    TakeBack,
    WriteNote,
)
from interviewer.web.class_screens import ClassScreens
from interviewer.web.page_actions import Rule

_TOLD = '{% if problem %}<p role="alert">{{ problem }}</p>{% endif %}{% if done %}<p role="status">{{ done }}</p>{% endif %}'


class ClassView(NamedTuple):
    """What the tab shows, and the place of it, by which it can be drawn anew."""

    html: str
    where: str


@dataclass(frozen=True, slots=True)
class ClassHandlers:
    """Serves coaches: one for the whole server. Whatever is asked for goes through `screens.access`."""

    screens: ClassScreens

    def show(
        self, owner: str, where: str, base: str, language: Language, *, problem: str = "", done: str = ""
    ) -> ClassView:
        """The screen at this place; the list of classes, with the reason, where it is not there or not for this owner.

        `base` is the address of the page, for the link that is given to others.
        """
        try:
            drawn = self.screens.draw(owner, where, base, language)
        except InterviewerError as error:
            problem = problem or error.into(language)
            if where:
                return self.show(owner, "", base, language, problem=problem)
            drawn = ""
        return ClassView(inline(_TOLD, language, problem=problem, done=done) + drawn, where)

    def act(self, owner: str, where: str, sent: str, base: str, language: Language) -> ClassView:
        """Do what was sent, and give what is to be seen then."""
        done = ""
        try:
            for action in CLASS_ACTIONS.validate_json(sent):
                where = self._do(owner, where, action, language)
                done = self._done(action, language)
        except ValidationError:
            return self.show(owner, where, base, language, problem=say("classes.bad_form", language))
        except InterviewerError as error:
            return self.show(owner, where, base, language, problem=error.into(language))
        return self.show(owner, where, base, language, done=done)

    def _done(self, action: ClassAction, language: Language) -> str:
        match action:
            case WriteNote():
                return say("classes.note_kept", language)
            case HandOver():
                return say("classes.handed_over", language, coach=self._name(action.heir, language))
        return ""

    def _do(self, owner: str, where: str, action: ClassAction, language: Language) -> str:
        """Carry out one action, and give the place of the screen that follows. Raises NotAllowed, BankError, OutOfTurn."""
        store, access = self.screens.service.store, self.screens.access
        match action:
            case Open():
                return action.where
            case MakeClass():
                if not access.may_coach(owner):
                    raise NotAllowed(localized("classes.refused"))
                if not clean_name(action.name):
                    raise NotAllowed(localized("classes.nameless"))
                return f"class/{make_class(store, owner, action.name).id}"
            case WriteNote():
                access.require(owner, Action.WRITE_NOTE, action.interview)
                save_coach_note(store, action.interview, owner, self._name(owner, language), action.note)
            case Rule():
                ruling = Ruling(action.criterion, action.level, self._name(owner, language), action.note.strip())
                self._rule(owner, where.partition("/")[2], action.question, action.attempt, ruling)
            case RuleAlike():
                self._rule_alike(owner, action, language)
            case TakeBack():
                found = find_assignment(store, action.assignment)
                access.require(owner, Action.CHANGE_CLASS, found.classroom if found else "")
                delete_assignment(store, action.assignment)
                return f"class/{found.classroom}" if found else ""
            case _:
                access.require(owner, Action.CHANGE_CLASS, action.classroom)
                return self._change_class(action)
        return where

    def _change_class(self, action: OnClass | HandOver | RemoveMember | Assign) -> str:
        store, room = self.screens.service.store, action.classroom
        match action:
            case HandOver():
                hand_over_class(store.database, room, action.heir)
                return ""
            case RemoveMember():
                leave_class(store, room, action.member)
            case Assign():
                self._assign(action)
            case OnClass(do="renew"):
                renew_invitation(store, room)
            case OnClass():
                delete_class(store, room)
                return ""
        return f"class/{room}"

    def _assign(self, wish: Assign) -> None:
        bank = self.screens.library.of_class(wish.classroom).bank(wish.bank)
        for question in wish.questions:
            if question not in {one.id for one in bank.questions}:
                raise BankError("", "", localized("plan.unknown_question", name=repr(question)))
        store, title = self.screens.service.store, clean_name(wish.title) or bank.title.into(bank.language)
        assign(
            store,
            wish.classroom,
            title=title,
            bank=bank.id,
            questions=wish.questions,
            mode=wish.mode,
            due_on=wish.due_on,
        )

    def _rule_alike(self, owner: str, wish: RuleAlike, language: Language) -> None:
        by, store = self._name(owner, language), self.screens.service.store
        for one in wish.tries:
            interview, _, attempt = one.partition(" ")
            found = assignment_of(store, interview)
            if found is None or found.id != wish.assignment or not attempt.isdecimal():
                raise NotAllowed(localized("classes.refused"))
            self._rule(owner, interview, wish.question, int(attempt), Ruling(wish.criterion, Level(wish.level), by))

    def _rule(self, owner: str, interview: str, question: str, attempt: int, ruling: Ruling) -> None:
        self.screens.access.require(owner, Action.RULE, interview)
        self.screens.service.resume(interview, None).rule(question, attempt, ruling)

    def _name(self, owner: str, language: Language) -> str:
        return self.screens.access.name(owner) or say("classes.unnamed", language)
