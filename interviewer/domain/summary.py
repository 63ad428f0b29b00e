"""What an interview came to: scores by topic, the strongest points, those to work on, what to study next."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interviewer.domain.grade import Grade, Level, TokensSpent, Verdict
from interviewer.domain.interview import Attempt, Interview
from interviewer.domain.rubric import Criterion, Kind, Question
from interviewer.domain.scoring import Score, Shortfall, mean, points, score, shortfalls

_MOST_NAMED = 3
# What sending may take: an answer that is taken when its time is over has not been thought about for longer.
_SENDING_SECONDS = 5
# Attempts do not change, and are shared by all states of an interview: their results are reckoned once, not at every
# event. A result holds its attempt, so that no other can have the same id.
_MOST_RESULTS = 512
_RESULTS: dict[int, "AttemptResult"] = {}
_NOT_MADE = (Level.MISSING, Level.CONTRADICTED, Level.PARTIAL)


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """An attempt at a question, the effective verdicts on it and what they score; None and empty where nobody judged it.

    The verdicts are in the order of the rubric; the level is None where only some of it has been ruled on.
    """

    question: Question
    attempt: Attempt
    verdicts: tuple[Verdict, ...]
    score: Score | None

    @property
    def grade(self) -> Grade | None:
        return self.attempt.grade

    @property
    def by_grader(self) -> Score | None:
        """What the grader alone makes of it, to be shown beside the score where people ruled."""
        return _score(self.question, self.grade.verdicts, self.attempt) if self.grade else None

    @property
    def is_self_marked(self) -> bool:
        return self.attempt.is_self_marked(self.question.rubric)

    @property
    def is_estimate(self) -> bool:
        """Whether the score rests on the offline estimate, at least of some point that nobody ruled on."""
        unruled = any(self.attempt.ruling(verdict.criterion) is None for verdict in self.verdicts)
        return self.grade is not None and self.grade.is_estimate and unruled

    @property
    def points(self) -> tuple[Level | None, ...]:
        return points(self.question.rubric, self.verdicts) if self.verdicts else ()


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
    """An interview at a glance. Answers that nobody graded are counted and are in no mean.

    `work_on` are mistakes that were made, then the points that cost most, three in all, of as many questions as there
    are; of a group as many as it lacks.
    """

    results: tuple[AttemptResult, ...]
    score: Score | None
    topics: tuple[TopicScore, ...]
    strongest: tuple[CriterionResult, ...]
    work_on: tuple[CriterionResult, ...]
    mistakes: tuple[CriterionResult, ...]
    study: tuple[Question, ...]
    planned: int
    seconds: tuple[float, ...]
    """How long all answers to each question took, its other tries too, as far as that is known."""

    @property
    def graded(self) -> int:
        return sum(result.score is not None for result in self.results)

    @property
    def answered(self) -> int:
        return sum(result.attempt.is_answered for result in self.results)

    @property
    def spent(self) -> TokensSpent:
        """Tokens over all graded attempts that are shown here."""
        grades = [result.grade for result in self.results if result.grade]
        return TokensSpent(sum(g.spent.prompt for g in grades), sum(g.spent.completion for g in grades))

    @property
    def for_review(self) -> int:
        return sum(result.attempt.needs_review for result in self.results)

    @property
    def is_estimate(self) -> bool:
        return any(result.is_estimate for result in self.results)

    @property
    def is_self_marked(self) -> bool:
        return any(result.is_self_marked for result in self.results)


def answers_over_time(interview: Interview) -> int:
    """How many answers took longer than the plan allows."""
    limit = interview.plan.answer_seconds
    turns = (turn for attempt in interview.attempts for turn in attempt.turns)
    return sum(limit is not None and (turn.seconds or 0) > limit + _SENDING_SECONDS for turn in turns)


def attempt_result(interview: Interview, attempt: Attempt) -> AttemptResult:
    question = interview.bank[attempt.question]
    known = _RESULTS.get(id(attempt))
    if known is not None and known.attempt is attempt and known.question is question:
        return known
    verdicts = attempt.verdicts_on(question.rubric)
    result = AttemptResult(question, attempt, verdicts, _score(question, verdicts, attempt) if verdicts else None)
    if len(_RESULTS) >= _MOST_RESULTS:
        _RESULTS.clear()
    _RESULTS[id(attempt)] = result
    return result


def last_results(interview: Interview) -> tuple[AttemptResult, ...]:
    return tuple(attempt_result(interview, attempt) for attempt in interview.last_attempts())


def _score(question: Question, verdicts: tuple[Verdict, ...], attempt: Attempt) -> Score:
    return score(question.rubric, verdicts, len(attempt.grade.extras) if attempt.grade else 0)


def summarize(interview: Interview) -> InterviewSummary:
    """The summary of the last attempt at each question that was reached."""
    results = last_results(interview)
    found = [
        CriterionResult(r.question, r.question.rubric[v.criterion], v.level)
        for r in results
        for v in r.verdicts
        if v.level is not None
    ]
    strongest = [one for one in found if one.criterion.kind is Kind.CORE and one.level is Level.MET]
    lost = sorted(
        ((r, one, loss.loss) for r in results for loss in _losses(r) for one in loss.criteria[: loss.needed]),
        key=lambda row: -row[2],
    )
    missed = [CriterionResult(r.question, one, level) for r, one, _ in lost if (level := _level(r, one)) in _NOT_MADE]
    missed = _one_of_each_first(missed)
    mistakes = tuple(one for one in found if one.criterion.kind is Kind.MISTAKE and one.level is Level.MET)
    by_question = sorted(results, key=lambda r: -sum(loss.loss for loss in _losses(r)))
    return InterviewSummary(
        results=results,
        score=mean(r.score for r in results if r.score),
        topics=tuple(_topic(topic, results) for topic in dict.fromkeys(r.question.topic for r in results)),
        strongest=tuple(sorted(strongest, key=lambda one: -one.question.rubric.weight(one.criterion)))[:_MOST_NAMED],
        work_on=(*mistakes, *missed)[:_MOST_NAMED],
        mistakes=mistakes,
        study=tuple(r.question for r in by_question if _losses(r))[:_MOST_NAMED],
        planned=len(interview.plan.questions),
        seconds=tuple(_seconds(interview)),
    )


def _one_of_each_first(points: Sequence[CriterionResult]) -> list[CriterionResult]:
    """The first point of each question, then the second of each, and so on."""
    before: Counter[str] = Counter()
    turns = []
    for point in points:
        turns.append(before[point.question.id])
        before[point.question.id] += 1
    return [point for _, point in sorted(zip(turns, points, strict=True), key=lambda one: one[0])]


def _seconds(interview: Interview) -> Iterator[float]:
    for question in dict.fromkeys(attempt.question for attempt in interview.attempts):
        tries = (attempt.seconds for attempt in interview.attempts if attempt.question == question)
        if known := [seconds for seconds in tries if seconds is not None]:
            yield sum(known)


def _losses(result: AttemptResult) -> tuple[Shortfall, ...]:
    """What an attempt left; of a question that was passed on, all of it."""
    rubric = result.question.rubric
    is_skipped = result.attempt.is_closed and not result.attempt.is_answered
    none_made = tuple(Verdict(one.id, Level.MISSING, None) for one in rubric.criteria)
    verdicts = none_made if is_skipped else result.verdicts
    return shortfalls(rubric, verdicts) if verdicts else ()


def _level(result: AttemptResult, criterion: Criterion) -> Level | None:
    return next((one.level for one in result.verdicts if one.criterion == criterion.id), Level.MISSING)


def _topic(topic: str, results: tuple[AttemptResult, ...]) -> TopicScore:
    mine = [r for r in results if r.question.topic == topic]
    graded = [r.score for r in mine if r.score]
    return TopicScore(topic, mean(graded), len(graded), len(mine))
