"""What the buttons inside cards, reports and lists send: checked here, carried out by the handlers."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from interviewer.domain.grade import Level, Ruling
from interviewer.domain.interview import Interview
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.question_notes import LONGEST_NOTE
from interviewer.sessions.service import Session

_LONGEST_NOTE = 400


class Sent(BaseModel):
    """What a script sends; whatever is in it beyond the fields is refused."""

    model_config = ConfigDict(extra="forbid")


class _OnAttempt(Sent):
    question: str
    attempt: int


class Rule(_OnAttempt):
    """The candidate's own level for a criterion; None takes it back."""

    do: Literal["rule"]
    criterion: str
    level: Level | None
    note: str = Field("", max_length=_LONGEST_NOTE)

    def record(self, session: Session) -> Interview:
        return session.rule(self.question, self.attempt, Ruling(self.criterion, self.level, note=self.note.strip()))


class SelfMark(_OnAttempt):
    do: Literal["self_mark"]
    levels: dict[str, Level]

    def record(self, session: Session) -> Interview:
        return session.self_mark(self.question, self.attempt, self.levels)


class SecondOpinion(_OnAttempt):
    do: Literal["second_opinion"]

    def record(self, session: Session) -> Interview:
        return session.ask_second_opinion(self.question, self.attempt)


class Stop(Sent):
    """The gradings of the interview that is shown end, or the grader test, with their requests; they can be asked for again."""

    do: Literal["stop_grading", "stop_check"]


class Practise(Sent):
    """A new interview with these questions, each as `bank/question`, or by its id in the interview that is shown."""

    do: Literal["practise"]
    questions: list[str] = Field(min_length=1, max_length=200)


class Goal(Sent):
    do: Literal["goal"]
    exam_on: date | None
    daily_cap: int = Field(ge=1, le=200)


class BeginAssignment(Sent):
    do: Literal["begin_assignment"]
    assignment: str


class LeaveClass(Sent):
    do: Literal["leave_class"]
    classroom: str


class KeepNote(Sent):
    """What is kept about a question, `bank/question`; None leaves a part of it as it is."""

    do: Literal["note"]
    question: str = Field(pattern=r"^[^/\s]+/[^/\s]+$", max_length=161)
    note: str | None = Field(None, max_length=LONGEST_NOTE)
    is_bookmarked: bool | None = None

    @property
    def name(self) -> QuestionName:
        return QuestionName(*self.question.split("/"))


class InterviewAction(Sent):
    """An interview of the list is deleted, put back, or given a title."""

    do: Literal["delete", "put_back", "rename"]
    interview: str
    title: str = Field("", max_length=200)


class BankAction(Sent):
    do: Literal["delete_bank", "put_back_bank"]
    bank: str


CardAction = Rule | SelfMark | SecondOpinion
PageAction = Annotated[
    CardAction | Stop | Practise | Goal | InterviewAction | BankAction | KeepNote | BeginAssignment | LeaveClass,
    Field(discriminator="do"),
]

PAGE_ACTIONS: TypeAdapter[list[PageAction]] = TypeAdapter(list[PageAction])
"""Reads what the page's script sends: a JSON list, since a finger can be quicker than a request."""
