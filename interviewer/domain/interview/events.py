"""What can happen to an interview (events, past tense) and what it can be owed (effects, imperative)."""

from dataclasses import dataclass

from interviewer.domain.grade import Grade, Ruling
from interviewer.domain.interview.state import Objection, Plan, Spoken
from interviewer.domain.rubric import Bank

# Events: what happened.


@dataclass(frozen=True, slots=True)
class Begun:
    """An interview began. The bank is kept as it was then, so that the interview can be read when it has changed."""

    bank: Bank
    plan: Plan


@dataclass(frozen=True, slots=True)
class Answered:
    """The candidate answered the question or the last probe."""

    text: str
    after_seconds: float | None = None
    spoken: Spoken | None = None


@dataclass(frozen=True, slots=True)
class Probed:
    """The interviewer asked back about a criterion."""

    criterion: str
    text: str


@dataclass(frozen=True, slots=True)
class Unprobed:
    """There was nothing (more) worth asking back: the attempt is closed.

    `then` is the question that the level just shown asks for next, where the order is adaptive.
    """

    then: str = ""


@dataclass(frozen=True, slots=True)
class Hinted:
    """A hint was asked for and given."""

    criterion: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The candidate asked what is meant, which is no answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Clarified:
    """The interviewer replied to a question of the candidate, also where that was sent as an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """The question was asked for once more."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """The candidate passed on the question, or on the probe that was open; `then` as in `Unprobed`."""

    then: str = ""


@dataclass(frozen=True, slots=True)
class SkipUndone:
    """The candidate came back to the question that was passed on just before."""


@dataclass(frozen=True, slots=True)
class Graded:
    """An attempt was graded."""

    question: str
    attempt: int
    grade: Grade


@dataclass(frozen=True, slots=True)
class Ungraded:
    """The grading of an attempt failed."""

    question: str
    attempt: int
    reason: str


@dataclass(frozen=True, slots=True)
class RegradeAsked:
    """Another grading of an attempt whose grading failed was asked for."""

    question: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Contested:
    """The candidate objected to a verdict."""

    question: str
    attempt: int
    contest: Objection


@dataclass(frozen=True, slots=True)
class Ruled:
    """A person said what level an attempt reached at a criterion, or took that back."""

    question: str
    attempt: int
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class SecondOpinionAsked:
    """Another grading was asked for, which is not to see the first."""

    question: str
    attempt: int


@dataclass(frozen=True, slots=True)
class SecondOpinionGiven:
    """The second grading is there, or `failure` says why there is none."""

    question: str
    attempt: int
    grade: Grade | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Retried:
    """The candidate wanted to answer the same question again."""


@dataclass(frozen=True, slots=True)
class MovedOn:
    """The candidate went on to the next question; `then` as in `Unprobed`."""

    then: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The candidate ended the interview."""


Event = (
    Begun
    | Answered
    | Probed
    | Unprobed
    | Hinted
    | Asked
    | Clarified
    | Repeated
    | Skipped
    | SkipUndone
    | Graded
    | Ungraded
    | RegradeAsked
    | Contested
    | Ruled
    | SecondOpinionAsked
    | SecondOpinionGiven
    | Retried
    | MovedOn
    | Ended
)


# Effects: what is owed.


@dataclass(frozen=True, slots=True)
class GradeAttempt:
    """A closed, answered attempt has no grade."""

    question: str
    attempt: int


@dataclass(frozen=True, slots=True)
class AskProbe:
    """An answer is in, and nobody has decided whether to ask back."""

    question: str
    attempt: int


@dataclass(frozen=True, slots=True)
class GradeAgain:
    """A second opinion was asked for and is not there."""

    question: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Clarify:
    """The candidate asked what is meant, and nobody has replied."""

    question: str
    attempt: int


Grading = GradeAttempt | GradeAgain
FollowUp = AskProbe | Clarify
Effect = Grading | FollowUp
