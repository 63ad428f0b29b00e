"""Who works for an owner: graders, and the model that words follow-ups."""

from typing import Protocol

from interviewer.grading.protocol import Grader
from interviewer.llm import LLM

OFFLINE = ""
# Nobody's choice: the graders of the settings.
NOBODY = ""


class GraderSource(Protocol):
    """Says who works for an owner."""

    def address(self, owner: str) -> str:
        """The server that works for this owner, OFFLINE if none does. Asks no server."""

    def grader(self, owner: str) -> Grader:
        """The grader of this owner; making it may ask a server."""

    def second_grader(self, owner: str) -> Grader:
        """The grader that gives second opinions: another model if the owner chose one, else the same once more."""

    def llm_for(self, owner: str) -> LLM | None:
        """The model that words follow-up questions where the bank has none, if there is one."""

    def is_shared(self, owner: str) -> bool:
        """Whether every process of these settings has this owner's grader; else only this one, where it was chosen."""

    def width(self, owner: str) -> int:
        """How many requests at a time the server of this owner takes."""
