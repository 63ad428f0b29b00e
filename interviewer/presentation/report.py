"""The result of a whole interview: its score, its topics, every card."""

from markupsafe import Markup

from interviewer.domain.interview import Interview
from interviewer.domain.rubric import Language
from interviewer.domain.summary import result, summarize
from interviewer.presentation.card import Badge, Notes, card, no_badge
from interviewer.presentation.templating import render
from interviewer.presentation.wording import spent_text


def report(
    interview: Interview, language: Language, *, unfolded: bool = False, badge: Badge = no_badge, exports_of: str = ""
) -> Markup:
    """The whole result: score, topics with a chart, strongest, weakest, what to study, every question's card.

    `exports_of` is the id under which the page offers the transcript; a file that stands alone offers none.
    """
    summary = summarize(interview)
    named = {
        "strongest": [point.criterion.text for point in summary.strongest],
        "weakest": [point.criterion.text for point in summary.weakest],
        "study": [question.text for question in summary.study],
    }
    return render(
        "report.html",
        language,
        interview=interview,
        summary=summary,
        notes=Notes.on([attempt.grade for attempt in interview.attempts if attempt.grade], badge),
        spent=spent_text(summary, language),
        exports_of=exports_of,
        named=named,
        results=[(result(interview, one), card(interview, one, language, level=4)) for one in interview.attempts],
        unfolded=unfolded,
    )
