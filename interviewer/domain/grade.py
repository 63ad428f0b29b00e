"""What a grader says of an attempt: verdicts, their evidence and who gave them."""

from dataclasses import dataclass
from enum import StrEnum

from interviewer.domain.rubric import Localized


class Level(StrEnum):
    """How far an answer makes the claim of a criterion."""

    MET = "met"
    PARTIAL = "partial"
    MISSING = "missing"
    CONTRADICTED = "contradicted"


CREDITED = (Level.MET, Level.PARTIAL)
"""The levels that earn something, or of a mistake: that it was made."""


class Flag(StrEnum):
    """Something about an answer that a reader of its grade should know."""

    BLANK = "blank"
    DONT_KNOW = "dont_know"
    ECHO = "echo"
    INJECTION = "injection"
    STUFFING = "stuffing"
    UNVERIFIED = "unverified"
    UNREADABLE = "unreadable"
    SPLIT = "split"
    FAR_APART = "far_apart"
    CUT = "cut"


class Method(StrEnum):
    """How verdicts were reached; a lexical grade is an estimate and is called one."""

    LEXICAL = "coverage"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidate's own words: `quote` stands verbatim in turn number `turn` of the attempt, from `start` to `end`.

    The places are -1 where they are not known, as in histories that were kept before places were.
    """

    turn: int
    quote: str
    start: int = -1
    end: int = -1

    def overlaps(self, other: "Evidence") -> bool:
        """Whether they share words; where a place is not known, whether the one quote stands in the other."""
        if self.turn != other.turn:
            return False
        if min(self.start, other.start) < 0:
            return self.quote in other.quote or other.quote in self.quote
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Verdict:
    """One criterion's level, or None where nobody could tell. A person who ruled need not have given a reason."""

    criterion: str
    level: Level | None
    reason: Localized | None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's level for one criterion, which counts before that of any grader.

    `by` is the name of a coach, or empty where the candidate ruled. `level` is None where a ruling is taken back.
    """

    criterion: str
    level: Level | None
    by: str = ""
    note: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who gave a grade, by what version, against which rubric, with which prompt and in what shape of call."""

    method: Method
    grader: str
    rubric: str
    prompt: str = ""
    model: str = ""
    host: str = ""
    shape: str = ""
    votes: int = 1

    @property
    def signature(self) -> str:
        """All of it but the rubric: what was measured of one grade holds for another with the same signature."""
        votes = f"{self.votes} votes" if self.votes > 1 else ""
        return " ".join(part for part in (self.grader, self.model, self.host, self.prompt, self.shape, votes) if part)


@dataclass(frozen=True, slots=True)
class Extra:
    """Something right that no criterion asks for, in the candidate's own words."""

    claim: Localized
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Gap:
    """A criterion that was not fully met: why it matters, and one sentence that would earn it."""

    criterion: str
    why: Localized
    say: Localized


@dataclass(frozen=True, slots=True)
class TokensSpent:
    """Tokens that a grade cost, as the server counted them."""

    prompt: int = 0
    completion: int = 0


@dataclass(frozen=True, slots=True)
class Grade:
    """The verdicts on one attempt, in the order of its rubric, and what else a grader had to say."""

    verdicts: tuple[Verdict, ...]
    provenance: Provenance
    flags: tuple[Flag, ...] = ()
    extras: tuple[Extra, ...] = ()
    dispute: Localized | None = None
    opening: Localized | None = None
    gaps: tuple[Gap, ...] = ()
    spent: TokensSpent = TokensSpent()

    @property
    def is_estimate(self) -> bool:
        return self.provenance.method is Method.LEXICAL

    @property
    def needs_review(self) -> bool:
        """Whether a person should look at it before anybody relies on it."""
        return not self.is_estimate and bool(set(self.flags) & _FOR_REVIEW)

    def verdict(self, criterion: str) -> Verdict:
        return next(found for found in self.verdicts if found.criterion == criterion)


_FOR_REVIEW = frozenset(Flag) - {Flag.BLANK, Flag.DONT_KNOW, Flag.ECHO}
