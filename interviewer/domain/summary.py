"""What an interview came to: scores by topic, the strongest and the weakest points, what to study next."""

from dataclasses import dataclass

from interviewer.domain.grade import Grade, Level, Spent
from interviewer.domain.interview import Attempt, Interview
from interviewer.domain.rubric import Criterion, Kind, Question
from interviewer.domain.scoring import Score, mean, missed, score

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """The last attempt at a question and what it scored; None where nobody graded it."""

    question: Question
    attempt: Attempt
    score: Score | None

    @property
    def grade(self) -> Grade | None:
        return self.attempt.grade


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """A criterion in the light of one attempt."""

    question: Question
    criterion: Criterion
    level: Level


@dataclass(frozen=True, slots=True)
class TopicScore:
    """The mean over the graded questions of a topic; None where none was graded."""

    topic: str
    score: Score | None
    graded: int
    reached: int


@dataclass(frozen=True, slots=True)
class InterviewSummary:
    """An interview at a glance. Answers that nobody graded are counted and are in no mean."""

    results: tuple[AttemptResult, ...]
    score: Score | None
    topics: tuple[TopicScore, ...]
    strongest: tuple[CriterionResult, ...]
    weakest: tuple[CriterionResult, ...]
    study: tuple[Question, ...]
    planned: int

    @property
    def graded(self) -> int:
        return sum(result.score is not None for result in self.results)

    @property
    def answered(self) -> int:
        return sum(result.attempt.is_answered for result in self.results)

    @property
    def spent(self) -> Spent:
        """Tokens over all graded attempts that are shown here."""
        grades = [result.grade for result in self.results if result.grade]
        return Spent(sum(g.spent.prompt for g in grades), sum(g.spent.completion for g in grades))

    @property
    def for_review(self) -> int:
        return sum(bool(result.grade and result.grade.needs_review) for result in self.results)

    @property
    def is_estimate(self) -> bool:
        return any(result.grade is not None and result.grade.is_estimate for result in self.results)


def attempt_result(interview: Interview, attempt: Attempt) -> AttemptResult:
    question = interview.bank[attempt.question]
    grade = attempt.grade
    scored = score(question.rubric, grade.verdicts, len(grade.extras)) if grade else None
    return AttemptResult(question, attempt, scored)


def summarize(interview: Interview) -> InterviewSummary:
    """The summary of the last attempt at each question that was reached."""
    results = tuple(attempt_result(interview, attempt) for attempt in interview.last_attempts())
    points = [
        CriterionResult(r.question, r.question.rubric[v.criterion], v.level)
        for r in results
        if r.grade
        for v in r.grade.verdicts
        if v.level is not None
    ]
    core = sorted((p for p in points if p.criterion.kind is Kind.CORE), key=lambda p: -p.criterion.weight)
    mistakes = [p for p in points if p.criterion.kind is Kind.MISTAKE and p.level is Level.MET]
    weak = [p for p in core if p.level in (Level.CONTRADICTED, Level.MISSING)]
    losses = [
        (sum(c.weight for c in missed(r.question.rubric, r.grade)) if r.grade else 0.0, r.question) for r in results
    ]
    losses.sort(key=lambda pair: -pair[0])
    return InterviewSummary(
        results=results,
        score=mean(r.score for r in results if r.score),
        topics=tuple(_topic(topic, results) for topic in dict.fromkeys(r.question.topic for r in results)),
        strongest=tuple(p for p in core if p.level is Level.MET)[:_MOST_NAMED],
        weakest=(*mistakes, *weak)[:_MOST_NAMED],
        study=tuple(question for loss, question in losses if loss > 0)[:_MOST_NAMED],
        planned=len(interview.plan.questions),
    )


def _topic(topic: str, results: tuple[AttemptResult, ...]) -> TopicScore:
    mine = [r for r in results if r.question.topic == topic]
    graded = [r.score for r in mine if r.score]
    return TopicScore(topic, mean(graded), len(graded), len(mine))
