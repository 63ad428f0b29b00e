"""The result of a whole interview: its score, its topics, every card."""

from markupsafe import Markup

from interviewer.domain.interview import Interview
from interviewer.domain.rubric import Language
from interviewer.domain.summary import InterviewSummary, attempt_result, over_time, summarize
from interviewer.presentation.card import Badge, Live, Notes, card, no_badge
from interviewer.presentation.templating import render


def report(
    interview: Interview,
    language: Language,
    *,
    unfolded: bool = False,
    badge: Badge = no_badge,
    exports_of: str = "",
    live: Live | None = None,
) -> Markup:
    """The whole result: score, topics with a chart, strongest, weakest, what to study, every question's card.

    `exports_of` is the id under which the page offers the transcript; a file that stands alone offers none.
    """
    summary = summarize(interview)
    return render(
        "report.html",
        language,
        interview=interview,
        summary=summary,
        skipped=skipped(summary),
        over_time=over_time(interview),
        may_practise=live is not None,
        notes=Notes.on([attempt.grade for attempt in interview.attempts if attempt.grade], badge),
        exports_of=exports_of,
        results=[
            (attempt_result(interview, one), card(interview, one, language, level=3, is_titled=False, live=live))
            for one in interview.attempts
        ],
        unfolded=unfolded,
    )


def skipped(summary: InterviewSummary) -> int:
    """How many questions were passed on without an answer."""
    return sum(one.attempt.is_closed and not one.attempt.is_answered for one in summary.results)
