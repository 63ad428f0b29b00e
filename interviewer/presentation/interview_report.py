"""The result of a whole interview: its score, its topics, every card."""

from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Any

from markupsafe import Markup

from interviewer.domain.interview import Attempt, Interview
from interviewer.domain.language import Language
from interviewer.domain.summary import InterviewSummary, answers_over_time, attempt_result, summarize
from interviewer.presentation.card import Badge, CardActions, GraderNotes, card, no_badge
from interviewer.presentation.comparison import compared_questions, overall
from interviewer.presentation.templating import render
from interviewer.sessions.coach_notes import CoachNote
from interviewer.sessions.comparison import QuestionComparison
from interviewer.text.spoken_delivery import delivery


def report(
    interview: Interview,
    language: Language,
    *,
    unfolded: bool = False,
    badge: Badge = no_badge,
    exports_of: str = "",
    live: CardActions | None = None,
    compared: Sequence[QuestionComparison] = (),
    zone: tzinfo = UTC,
    coach_notes: Sequence[CoachNote] = (),
    is_for_coach: bool = False,
) -> Markup:
    """The whole result: score, topics with a chart, strong points and those to work on, every question's card.

    `exports_of` is the id under which the page offers the transcript; a file that stands alone is `unfolded`, offers none
    and has the points to work on above it. The candidate does not read it if it `is_for_coach`.
    """
    summary = summarize(interview)
    shown: dict[str, Any] = {"level": 3, "is_titled": False, "live": live, "is_for_coach": is_for_coach}
    return render(
        "report.html",
        language,
        interview=interview,
        summary=summary,
        skipped=skipped(summary),
        answers_over_time=answers_over_time(interview),
        delivery=delivery(interview),
        may_practise=live is not None and not live.coach,
        coach_notes=coach_notes,
        notes=GraderNotes.on([attempt.grade for attempt in interview.attempts if attempt.grade], badge),
        exports_of=exports_of,
        compared=compared_questions(compared, language),
        overall=overall(compared, language),
        zone=zone,
        results=[
            (attempt_result(interview, one), card(interview, one, language, is_unfolded=unfolded, **shown))
            for tries in by_question(interview)
            for one in tries
        ],
        unfolded=unfolded,
    )


def by_question(interview: Interview) -> list[list[Attempt]]:
    """The tries at each question that was reached, also those that came after other questions."""
    found: dict[str, list[Attempt]] = {}
    for attempt in interview.attempts:
        found.setdefault(attempt.question, []).append(attempt)
    return list(found.values())


def skipped(summary: InterviewSummary) -> int:
    """How many questions were passed on without an answer."""
    return sum(one.attempt.is_closed and not one.attempt.is_answered for one in summary.results)
