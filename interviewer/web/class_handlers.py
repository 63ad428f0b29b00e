"""What a coach does on the tab Classes: what its forms and buttons send, checked and carried out. Knows nothing of gradio."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from interviewer.domain.grade import Level, Ruling
from interviewer.domain.interview import Mode
from interviewer.domain.language import Language
from interviewer.errors import BankError, InterviewerError, NotAllowed
from interviewer.presentation.templating import inline
from interviewer.sessions.assignments import assign, assignment_of, delete_assignment, find_assignment
from interviewer.sessions.classes import (
    LONGEST_NAME,
    clean_name,
    delete_class,
    find_class,
    hand_over_class,
    leave_class,
    make_class,
    renew_invitation,
)
from interviewer.sessions.coach_notes import save_coach_note
from interviewer.sessions.permissions import Action
from interviewer.sessions.question_notes import LONGEST_NOTE
from interviewer.text.messages import localized, say
from interviewer.web.class_screens import ClassScreens, existing
from interviewer.web.page_actions import Rule, Sent
from interviewer.web.visit import Visit

_Id = Annotated[str, Field(max_length=80)]
_Name = Annotated[str, Field(max_length=LONGEST_NAME)]


class Open(Sent):
    """Another screen: nothing, or `class/ID`, `assign/ID/BANK`, `assignment/ID`, `alike/ID/QUESTION`, `interview/ID`."""

    do: Literal["open"]
    where: Annotated[str, Field(max_length=200)]


class MakeClass(Sent):
    do: Literal["make_class"]
    name: _Name


class OnClass(Sent):
    do: Literal["renew", "delete_class"]
    classroom: _Id


class HandOver(Sent):
    do: Literal["hand_over"]
    classroom: _Id
    heir: _Id


class RemoveMember(Sent):
    do: Literal["remove_member"]
    classroom: _Id
    member: _Id


class Assign(Sent):
    """Something to do for a class; no questions are all of the bank."""

    do: Literal["assign"]
    classroom: _Id
    bank: _Id
    title: _Name
    mode: Mode
    due_on: Annotated[date | None, BeforeValidator(lambda sent: sent or None)] = None  # '' where it was left out
    questions: list[_Id] = Field([], max_length=500)


class TakeBack(Sent):
    do: Literal["take_back"]
    assignment: _Id


class WriteNote(Sent):
    do: Literal["write_note"]
    interview: _Id
    note: Annotated[str, Field(max_length=LONGEST_NOTE)]


class RuleAlike(Sent):
    """The same level for one criterion of each of these tries, written `interview attempt`."""

    do: Literal["rule_alike"]
    assignment: _Id
    question: _Id
    criterion: _Id
    tries: Annotated[list[Annotated[str, Field(max_length=50)]], Field(min_length=1, max_length=1000)]
    level: Level


ClassAction = Annotated[
    Open | MakeClass | OnClass | HandOver | RemoveMember | Assign | TakeBack | WriteNote | RuleAlike | Rule,
    Field(discriminator="do"),
]

CLASS_ACTIONS: TypeAdapter[list[ClassAction]] = TypeAdapter(list[ClassAction])

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
        done = problem = ""
        try:
            for action in CLASS_ACTIONS.validate_json(sent):
                where = self._do(visit, where or "", action)
                done = self._done(action, visit.language)
        except ValidationError:
            problem = say("classes.bad_form", visit.language)
        except InterviewerError as error:
            problem = error.into(visit.language)
        return self.show(visit, where, problem=problem, done="" if problem else done)

    def _done(self, action: ClassAction, language: Language) -> str:
        match action:
            case WriteNote():
                return say("classes.note_kept", language)
            case HandOver():
                return say("classes.handed_over", language, coach=self.screens.name(action.heir, language))
        return ""

    def _do(self, visit: Visit, where: str, action: ClassAction) -> str:
        """Carry out one action, and give the place of the screen that follows. Raises NotAllowed, BankError, OutOfTurn."""
        store, access, owner = self.screens.service.store, self.screens.access, visit.owner
        by = self.screens.name(owner, visit.language)
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
                save_coach_note(store, action.interview, owner, by, action.note)
            case Rule():
                ruling = Ruling(action.criterion, action.level, by, action.note.strip())
                self._rule(owner, where.partition("/")[2], action.question, action.attempt, ruling)
            case RuleAlike():
                self._rule_alike(owner, action, by)
            case TakeBack():
                found = find_assignment(store, action.assignment)
                access.require(owner, Action.CHANGE_CLASS, found.classroom if found else "")
                delete_assignment(store, action.assignment)
                return f"class/{found.classroom}" if found else ""
            case HandOver():
                seen = existing(find_class(store, action.classroom))
                access.require(owner, Action.CHANGE_CLASS, seen.id)
                hand_over_class(store, seen, action.heir)
                return ""
            case _:
                access.require(owner, Action.CHANGE_CLASS, action.classroom)
                return self._change_class(action)
        return where

    def _change_class(self, action: OnClass | RemoveMember | Assign) -> str:
        store, room = self.screens.service.store, action.classroom
        match action:
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
        title = clean_name(wish.title) or bank.title.into(bank.language)
        store, room = self.screens.service.store, wish.classroom
        assign(store, room, title=title, bank=bank.id, questions=wish.questions, mode=wish.mode, due_on=wish.due_on)

    def _rule_alike(self, owner: str, wish: RuleAlike, by: str) -> None:
        for one in wish.tries:
            interview, _, attempt = one.partition(" ")
            found = assignment_of(self.screens.service.store, interview)
            if found is None or found.id != wish.assignment or not attempt.isdecimal():
                raise NotAllowed(localized("classes.refused"))
            self._rule(owner, interview, wish.question, int(attempt), Ruling(wish.criterion, Level(wish.level), by))

    def _rule(self, owner: str, interview: str, question: str, attempt: int, ruling: Ruling) -> None:
        self.screens.access.require(owner, Action.RULE, interview)
        self.screens.service.resume(interview, None).rule(question, attempt, ruling)
