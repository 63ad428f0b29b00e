"""An interview as it stands: what was planned, what was said, what was graded, what it waits for."""

from dataclasses import dataclass
from enum import StrEnum

from interviewer.domain.grade import Evidence, Grade, Level, Ruling, Verdict
from interviewer.domain.language import Language
from interviewer.domain.plan_options import InterviewerStyle, Mode, Order
from interviewer.domain.rubric import Bank, Localized, Question, Rubric


@dataclass(frozen=True, slots=True)
class QuestionSource:
    """Where a question comes from whose interview has questions of several banks: `asked` is its id in the interview."""

    asked: str
    bank: str
    question: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What was chosen at the start. `questions` are ids in the order of asking; `seed` shuffled them.

    `sources` names the banks of the questions where they are not all of one. `again` asks each question of which a core
    criterion was missed once more at the end. `answer_seconds` is how long an answer may take; None sets no limit. What
    comes later is recorded all the same.
    """

    questions: tuple[str, ...]
    mode: Mode = Mode.COACH
    language: Language = Language.ZH
    order: Order = Order.BANK
    seed: int = 0
    topics: tuple[str, ...] = ()
    probes: int = 0
    hints: bool = True
    sources: tuple[QuestionSource, ...] = ()
    again: bool = False
    answer_seconds: int | None = None
    manner: InterviewerStyle = InterviewerStyle.NEUTRAL


class Phase(StrEnum):
    """What the interview is waiting for."""

    ANSWERING = "answering"
    WEIGHING = "weighing"
    REVIEWING = "reviewing"
    OVER = "over"


class Speaker(StrEnum):
    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"


class TurnKind(StrEnum):
    """What a turn is for."""

    QUESTION = "question"
    ANSWER = "answer"
    PROBE = "probe"
    HINT = "hint"
    REPEAT = "repeat"
    ASK = "ask"
    CLARIFICATION = "clarification"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said aloud for an answer, as it was written down before the candidate edited it."""

    text: str
    seconds: float
    """How long the recordings were."""
    pauses: int = 0
    """Stretches of silence in them that were long enough to be noticed."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something said. `criterion` is what a probe or a hint was aimed at; `seconds` is how long an answer took.

    `spoken` is None where everything was typed. It is never graded: `text` is what the candidate sent.
    """

    kind: TurnKind
    text: str
    criterion: str = ""
    seconds: float | None = None
    spoken: Spoken | None = None

    @property
    def speaker(self) -> Speaker:
        return Speaker.CANDIDATE if self.kind in (TurnKind.ANSWER, TurnKind.ASK) else Speaker.INTERVIEWER

    @property
    def before_editing(self) -> str:
        """What was said aloud, where something else was sent; '' where nothing was edited or spoken."""
        said = self.spoken.text.strip() if self.spoken else ""
        return "" if said == self.text.strip() else said


@dataclass(frozen=True, slots=True)
class Objection:
    """The candidate's objection to a verdict: these words, they hold, make the claim."""

    criterion: str
    evidence: Evidence
    note: str = ""


class Assistance(StrEnum):
    """What came before the words that earned credit."""

    UNAIDED = "unaided"
    PROBED = "probed"
    HINTED = "hinted"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one question. `failure` says why its last grading failed, if it did.

    `second` is a grading that did not see the first; it stands beside it and counts for nothing until a person rules.
    """

    question: str
    number: int
    turns: tuple[Turn, ...]
    is_closed: bool = False
    grade: Grade | None = None
    failure: str = ""
    objections: tuple[Objection, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    second: Grade | None = None
    second_failure: str = ""
    awaits_second: bool = False

    @property
    def answers(self) -> tuple[tuple[int, str], ...]:
        """What the candidate said, each with the number of its turn."""
        return tuple((n, turn.text) for n, turn in enumerate(self.turns) if turn.kind is TurnKind.ANSWER)

    @property
    def is_answered(self) -> bool:
        return bool(self.answers)

    @property
    def seconds(self) -> float | None:
        """How long all answers together took; None where that is not known of one of them, or nothing was said."""
        known = [turn.seconds for turn in self.turns_of(TurnKind.ANSWER) if turn.seconds is not None]
        return sum(known) if known and len(known) == len(self.answers) else None

    @property
    def awaits_grade(self) -> bool:
        return self.is_closed and self.is_answered and self.grade is None and not self.failure

    def ruling(self, criterion: str) -> Ruling | None:
        """The ruling that counts: the last one of a coach, else that of the candidate."""
        made = [ruling for ruling in self.rulings if ruling.criterion == criterion]
        return max(reversed(made), key=lambda ruling: bool(ruling.by), default=None)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The effective verdicts, by which scores are reckoned: the ruling where there is one, else the grader's word.

        Empty where nobody has said anything yet; what only some criteria were ruled of, nobody could tell of the others.
        """
        if self.grade is None and not self.rulings:
            return ()
        given = {verdict.criterion: verdict for verdict in self.grade.verdicts} if self.grade else {}
        names = dict.fromkeys(ruling.criterion for ruling in self.rulings)
        ruled = {name: _by_ruling(ruling, given.get(name)) for name in names if (ruling := self.ruling(name))}
        return tuple({**given, **ruled}.values())

    def verdicts_on(self, rubric: Rubric) -> tuple[Verdict, ...]:
        """The effective verdicts in the order of the rubric, with None for what nobody judged; empty if all of it is."""
        known = {verdict.criterion: verdict for verdict in self.verdicts}
        return tuple(known.get(one.id) or Verdict(one.id, None, None) for one in rubric.criteria) if known else ()

    @property
    def differing(self) -> tuple[str, ...]:
        """The criteria that two graders judged differently and nobody has ruled on."""
        if self.grade is None or self.second is None:
            return ()
        second = {verdict.criterion: verdict.level for verdict in self.second.verdicts}
        return tuple(
            one.criterion
            for one in self.grade.verdicts
            if second[one.criterion] is not one.level and self.ruling(one.criterion) is None
        )

    @property
    def needs_review(self) -> bool:
        """Whether a person should look at it before anybody relies on it."""
        return bool(self.differing) or (self.grade is not None and self.grade.needs_review and not self.rulings)

    def is_self_marked(self, rubric: Rubric) -> bool:
        """Whether the candidate marked every point of it, and no model had judged them."""
        mine = {ruling.criterion for ruling in self.rulings if not ruling.by}
        return (self.grade is None or self.grade.is_estimate) and all(one.id in mine for one in rubric.criteria)

    def turns_of(self, kind: TurnKind) -> tuple[Turn, ...]:
        return tuple(turn for turn in self.turns if turn.kind is kind)

    def assistance_before(self, evidence: Evidence) -> Assistance:
        """The strongest help that was given before the turn the evidence stands in."""
        before = {turn.kind for turn in self.turns[: evidence.turn]}
        if TurnKind.HINT in before:
            return Assistance.HINTED
        return Assistance.PROBED if TurnKind.PROBE in before else Assistance.UNAIDED

    def assistance_for(self, verdict: Verdict) -> Assistance:
        """The least help that came before words which earned the credit.

        Where no words are known, as of what people ruled, it is the help that was given with just this criterion.
        """
        if verdict.evidence:
            return min((self.assistance_before(evidence) for evidence in verdict.evidence), key=list(Assistance).index)
        given = {turn.kind for turn in self.turns if turn.criterion == verdict.criterion}
        if TurnKind.HINT in given:
            return Assistance.HINTED
        return Assistance.PROBED if TurnKind.PROBE in given else Assistance.UNAIDED


def _by_ruling(ruling: Ruling, verdict: Verdict | None) -> Verdict:
    """What a ruling makes of a verdict; the words that were found stay where they still bear the level out."""
    found = verdict.evidence if verdict and ruling.level in _BORNE_OUT else ()
    reason = verdict.reason if verdict and verdict.level is ruling.level else None
    note = Localized(ruling.note, ruling.note) if ruling.note.strip() else reason
    return Verdict(ruling.criterion, ruling.level, note, ruling.evidence or found)


_BORNE_OUT = (Level.MET, Level.PARTIAL, Level.CONTRADICTED)


@dataclass(frozen=True, slots=True)
class Interview:
    """The whole state. The last attempt is the current one until the interview is over.

    `again` are the questions that are asked once more after those of the plan.
    """

    bank: Bank
    plan: Plan
    attempts: tuple[Attempt, ...]
    position: int
    phase: Phase
    again: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """What is asked, in order; a question that is asked again stands there twice."""
        return self.plan.questions + self.again

    @property
    def plan_place(self) -> int:
        """Where the current question stands in the plan, from 1; asked once more, it stands where it stood."""
        return self.plan.questions.index(self.current.question) + 1

    @property
    def again_place(self) -> int:
        """Where the current question stands among those that are asked once more, from 1; 0 before them."""
        return max(0, self.position + 1 - len(self.plan.questions))

    @property
    def waiting(self) -> tuple[str, ...]:
        """The questions that are still to be answered."""
        if self.is_over:
            return ()
        is_answered = self.phase in (Phase.WEIGHING, Phase.REVIEWING)
        return self.questions[self.position + is_answered :]

    def source(self, question: str) -> QuestionSource:
        """The bank that a question of this interview is of, and its id there."""
        own = QuestionSource(question, self.bank.id, question)
        return next((source for source in self.plan.sources if source.asked == question), own)

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

    def asked_as(self, bank: str, question: str) -> str:
        """The id that a question of a bank has in this interview."""
        asked = (source.asked for source in self.plan.sources if (source.bank, source.question) == (bank, question))
        return next(asked, question)

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
