"""What the buttons on a card send: checked, and recorded on a session."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from interviewer.domain.grade import Level, Ruling
from interviewer.domain.interview import Interview
from interviewer.sessions.service import Session

_LONGEST_NOTE = 400


class _OnAttempt(BaseModel):
    model_config = ConfigDict(extra="forbid")

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
    """The candidate's level for every criterion of an answer."""

    do: Literal["self_mark"]
    levels: dict[str, Level]

    def record(self, session: Session) -> Interview:
        return session.self_mark(self.question, self.attempt, self.levels)


class SecondOpinion(_OnAttempt):
    """Another grading that does not see the first."""

    do: Literal["second_opinion"]

    def record(self, session: Session) -> Interview:
        return session.ask_second_opinion(self.question, self.attempt)


CardAction = Annotated[Rule | SelfMark | SecondOpinion, Field(discriminator="do")]

CARD_ACTIONS: TypeAdapter[list[CardAction]] = TypeAdapter(list[CardAction])
"""Reads what the page's script sends: a JSON list, since a finger can be quicker than a request."""
