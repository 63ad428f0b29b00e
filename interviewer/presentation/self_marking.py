"""The sheet on which candidates mark their own answer."""

from collections.abc import Sequence

from markupsafe import Markup

from interviewer.domain.grade import Level, Verdict
from interviewer.domain.interview import Attempt, Interview
from interviewer.domain.language import Language
from interviewer.domain.rubric import Criterion, Kind
from interviewer.presentation.templating import render


def self_marking_sheet(
    interview: Interview,
    attempt: Attempt,
    language: Language,
    suggested: Sequence[Verdict],
    *,
    level: int = 2,
    is_preferred: bool = False,
) -> Markup:
    """Every criterion with a button a level, beside answer and model answer.

    `suggested` is chosen beforehand. The page shows the sheet where it `is_preferred` or the visitor wants it.
    """
    question = interview.bank[attempt.question]
    levels = {verdict.criterion: verdict.level for verdict in suggested}
    rows = [(one, _suggestion(one, levels.get(one.id))) for one in question.criteria]
    return render(
        "self_marking.html",
        language,
        attempt=attempt,
        question=question,
        rows=rows,
        level=level,
        is_preferred=is_preferred,
    )


def _suggestion(criterion: Criterion, level: Level | None) -> Level | None:
    if criterion.kind is not Kind.MISTAKE or level is None:
        return level
    return Level.MET if level in (Level.MET, Level.PARTIAL) else Level.MISSING
