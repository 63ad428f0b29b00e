"""How the questions of an interview went, try by try, against the last time they were answered on equal rubrics."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from interviewer.domain.grade import Level, Verdict
from interviewer.domain.interview import Interview
from interviewer.domain.rubric import Criterion, Question
from interviewer.domain.scoring import points, score
from interviewer.domain.summary import attempt_result
from interviewer.sessions.interview_lists import SHOWS_GRADES, level_of
from interviewer.sessions.store import Store
from interviewer.sessions.tables import interviews, outcomes, overviews


class ComparedAttempt(NamedTuple):
    """One judged try: the effective level of each criterion, and how long its answers took, None where that is not known."""

    levels: dict[str, Level | None]
    seconds: float | None


@dataclass(frozen=True, slots=True)
class QuestionComparison:
    """The tries at a question in this interview, and those of the last time before it; `before_at` is when that began.

    `before` is empty where the question was never judged before, or by another rubric.
    """

    question: Question
    now: tuple[ComparedAttempt, ...]
    before: tuple[ComparedAttempt, ...] = ()
    before_at: str = ""

    def points(self, one: ComparedAttempt) -> tuple[Level | None, ...]:
        return points(self.question.rubric, _verdicts(self.question, one))

    def best(self, tries: Sequence[ComparedAttempt]) -> ComparedAttempt:
        return max(tries, key=lambda one: score(self.question.rubric, _verdicts(self.question, one)).low)

    @property
    def changes(self) -> list[tuple[Criterion, Level | None, Level | None]]:
        """The criteria that ended otherwise: best try against the best of last time, else against the first try."""
        old, new = self.best(self.before) if self.before else self.now[0], self.best(self.now)
        both = [(one, old.levels[one.id], new.levels[one.id]) for one in self.question.criteria]
        return [row for row in both if row[1] is not row[2]]


def compare(store: Store, owner: str, name: str, interview: Interview) -> tuple[QuestionComparison, ...]:
    """The questions of this interview that can be compared: with an earlier time, or one try with another."""
    now: dict[str, list[ComparedAttempt]] = defaultdict(list)
    for attempt in interview.attempts:
        found = attempt_result(interview, attempt)
        if found.verdicts:
            levels = {verdict.criterion: verdict.level for verdict in found.verdicts}
            now[attempt.question].append(ComparedAttempt(levels, attempt.seconds))
    earlier = _earlier(store, owner, name, interview, list(now))
    compared = (
        QuestionComparison(interview.bank[asked], tuple(tries), *earlier.get(asked, ())) for asked, tries in now.items()
    )
    return tuple(one for one in compared if one.before or len(one.now) > 1)


def _earlier(
    store: Store, owner: str, name: str, interview: Interview, asked: Sequence[str]
) -> dict[str, tuple[tuple[ComparedAttempt, ...], str]]:
    """The tries of the last interview that began before this one, and when it began, by the id of the question here."""
    by_source = {(source.bank, source.question): source.asked for source in map(interview.source, asked)}
    if not by_source:
        return {}
    o = outcomes.c
    begun = sa.select(interviews.c.begun_at).where(interviews.c.id == name).scalar_subquery()
    query = sa.select(outcomes, overviews.c.begun_at).join(overviews, overviews.c.interview == o.interview)
    query = query.where(
        o.owner == owner, overviews.c.owner == owner, sa.tuple_(o.bank, o.question).in_(list(by_source))
    )
    query = query.where(SHOWS_GRADES, o.interview != name, overviews.c.begun_at < begun).order_by(
        overviews.c.begun_at, o.interview, o.attempt
    )
    tries: dict[str, dict[tuple[str, str], dict[int, ComparedAttempt]]] = defaultdict(lambda: defaultdict(dict))
    for row in store.database.rows(query):
        here = by_source[row.bank, row.question]
        if row.rubric == interview.bank[here].rubric.digest:
            of_interview = tries[here][row.begun_at, row.interview]
            one = of_interview.setdefault(row.attempt, ComparedAttempt({}, row.seconds))
            one.levels[row.criterion] = level_of(row.level)
    found = {here: max(by_interview.items()) for here, by_interview in tries.items()}
    return {here: (tuple(last.values()), begun_at) for here, ((begun_at, _), last) in found.items()}


def _verdicts(question: Question, one: ComparedAttempt) -> list[Verdict]:
    return [Verdict(criterion.id, one.levels[criterion.id], None) for criterion in question.criteria]
