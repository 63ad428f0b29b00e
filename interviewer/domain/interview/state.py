"""An interview as it stands: what was planned, what was said, what was graded, what it waits for."""

from dataclasses import dataclass
from enum import StrEnum

from interviewer.domain.grade import Evidence, Grade
from interviewer.domain.rubric import Bank, Language, Question


class Mode(StrEnum):
    """`coach` shows the score card after each answer, `interview` shows nothing until the end."""

    COACH = "coach"
    INTERVIEW = "interview"


class Order(StrEnum):
    """In what order the questions of the bank are asked."""

    BANK = "bank"
    EASY_FIRST = "easy_first"
    SHUFFLED = "shuffled"


@dataclass(frozen=True, slots=True)
class Plan:
    """What was chosen at the start. `questions` are ids in the order of asking; `seed` shuffled them."""

    questions: tuple[str, ...]
    mode: Mode = Mode.COACH
    language: Language = Language.ZH
    order: Order = Order.BANK
    seed: int = 0
    topics: tuple[str, ...] = ()
    probes: int = 0
    hints: bool = True


class Phase(StrEnum):
    """What the interview is waiting for."""

    ANSWERING = "answering"
    WEIGHING = "weighing"
    REVIEWING = "reviewing"
    OVER = "over"


class Speaker(StrEnum):
    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"


class Saying(StrEnum):
    """What a turn is for."""

    QUESTION = "question"
    ANSWER = "answer"
    PROBE = "probe"
    HINT = "hint"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Turn:
    """Something said. `criterion` is what a probe or a hint was aimed at; `seconds` is how long an answer took."""

    saying: Saying
    text: str
    criterion: str = ""
    seconds: float | None = None

    @property
    def speaker(self) -> Speaker:
        return Speaker.CANDIDATE if self.saying is Saying.ANSWER else Speaker.INTERVIEWER


@dataclass(frozen=True, slots=True)
class Contest:
    """The candidate's objection to a verdict: these words, they hold, make the claim."""

    criterion: str
    evidence: Evidence
    note: str = ""


class Aid(StrEnum):
    """What came before the words that earned credit."""

    UNAIDED = "unaided"
    PROBED = "probed"
    HINTED = "hinted"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one question. `failure` says why its last grading failed, if it did."""

    question: str
    number: int
    turns: tuple[Turn, ...]
    is_closed: bool = False
    grade: Grade | None = None
    failure: str = ""
    contests: tuple[Contest, ...] = ()

    @property
    def answers(self) -> tuple[tuple[int, str], ...]:
        """What the candidate said, each with the number of its turn."""
        return tuple((n, turn.text) for n, turn in enumerate(self.turns) if turn.saying is Saying.ANSWER)

    @property
    def is_answered(self) -> bool:
        return bool(self.answers)

    @property
    def awaits_grade(self) -> bool:
        return self.is_closed and self.is_answered and self.grade is None and not self.failure

    def said(self, saying: Saying) -> tuple[Turn, ...]:
        return tuple(turn for turn in self.turns if turn.saying is saying)

    def aid(self, evidence: Evidence) -> Aid:
        """The strongest help that was given before the turn the evidence stands in."""
        before = {turn.saying for turn in self.turns[: evidence.turn]}
        if Saying.HINT in before:
            return Aid.HINTED
        return Aid.PROBED if Saying.PROBE in before else Aid.UNAIDED


@dataclass(frozen=True, slots=True)
class Interview:
    """The whole state. The last attempt is the current one until the interview is over."""

    bank: Bank
    plan: Plan
    attempts: tuple[Attempt, ...]
    position: int
    phase: Phase

    @property
    def current(self) -> Attempt:
        return self.attempts[-1]

    @property
    def question(self) -> Question:
        return self.bank[self.current.question]

    @property
    def is_over(self) -> bool:
        return self.phase is Phase.OVER

    @property
    def place(self) -> str:
        """Where the play stands; grades that arrive do not change it, anything the candidate does will."""
        current = self.current
        return f"{self.position}.{current.number}.{len(current.turns)}.{self.phase}"

    def attempt(self, question: str, number: int) -> Attempt:
        """The attempt with this question and number; KeyError if there is none."""
        for attempt in self.attempts:
            if attempt.question == question and attempt.number == number:
                return attempt
        raise KeyError(f"no attempt {number} at {question}")

    def last_attempts(self) -> tuple[Attempt, ...]:
        """The latest answered attempt at each question that was reached, in the order of asking.

        A further try that was begun and left without an answer does not take the place of what was said before.
        """
        last: dict[str, Attempt] = {}
        for attempt in self.attempts:
            if attempt.is_answered or attempt.question not in last:
                last[attempt.question] = attempt
        return tuple(last.values())
