"""What the forms and buttons of the tab Classes send: checked here, carried out by `class_handlers`."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, TypeAdapter

from interviewer.domain.grade import Level
from interviewer.domain.interview import Mode
from interviewer.sessions.classes import LONGEST_NAME
from interviewer.sessions.question_notes import LONGEST_NOTE
from interviewer.web.page_actions import Rule, Sent

_Id = Annotated[str, Field(max_length=80)]
_Name = Annotated[str, Field(max_length=LONGEST_NAME)]


def _or_none(value: Any) -> Any:
    """A date that was left out comes from a form as an empty text."""
    return value or None


class Open(Sent):
    """Another screen: nothing, or `class/ID`, `assign/ID/BANK`, `assignment/ID`, `alike/ID/QUESTION`, `interview/ID`."""

    do: Literal["open"]
    where: Annotated[str, Field(max_length=200)]


class MakeClass(Sent):
    do: Literal["make_class"]
    name: _Name


class OnClass(Sent):
    """Another invitation, or the class is deleted."""

    do: Literal["renew", "delete_class"]
    classroom: _Id


class HandOver(Sent):
    """Another coach has the class from now on."""

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
    due_on: Annotated[date | None, BeforeValidator(_or_none)] = None
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
