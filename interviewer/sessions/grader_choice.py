"""Which model is to grade and how: what a visitor asks for, what may be chosen, and what comes of it."""

from dataclasses import dataclass, field

from interviewer.errors import SettingsError
from interviewer.grading import CallShape
from interviewer.llm.endpoints import Endpoint

OFFLINE = ""
"""The address of the offline grader."""
NOBODY = ""
"""The owner who chose nothing: the graders of the settings."""


@dataclass(frozen=True, slots=True)
class GraderChoice:
    """A model on an endpoint and how it is asked; no endpoint means the offline grader.

    `second_model` gives second opinions, on the same endpoint; where it is empty, the same model is asked once more.
    """

    endpoint: Endpoint | None = None
    shape: CallShape = CallShape.ONE_CALL
    votes: int = 1
    second_model: str = ""
    problem: SettingsError | None = None
    """Why the model that was chosen cannot be used any more: nothing grades until another is chosen."""

    @property
    def title(self) -> str:
        return f"{self.endpoint.model} @ {self.endpoint.host}" if self.endpoint else ""


@dataclass(frozen=True, slots=True)
class GraderRequest:
    """What a visitor asks for.

    An empty key keeps the one that was given before, unless scheme, host or port have changed. No second model means the
    operator's, if it is the operator's server; an empty one means the same model once more.
    """

    base_url: str
    model: str
    key: str = field(default="", repr=False)
    shape: CallShape = CallShape.ONE_CALL
    votes: int = 1
    second_model: str | None = None


@dataclass(frozen=True, slots=True)
class GraderOptions:
    """What the people at a page may choose from.

    `allowed` lists base URLs. Where it is empty, any address may be entered as long as the page `is_private`, which
    means that only the people at this machine can reach it.
    """

    default: GraderChoice = GraderChoice()
    allowed: tuple[str, ...] = ()
    is_private: bool = True
    max_tokens: int = 4096
    """Of one reply."""
    remarks: bool | None = None
    """Whether a model writes remarks too, besides its verdicts; None: unless the grader check found it too slow."""
    keeps_choices: bool = False
    """Whether what is chosen is kept in the database, encrypted, and not in the memory of one process."""
