"""The mark sheet: one self-contained HTML page on which a coach sees who made which point, and every answer's card."""

import hashlib
from dataclasses import replace

from markupsafe import Markup

from interviewer.domain.interview import Interview, Phase, Plan
from interviewer.domain.language import Language
from interviewer.domain.scoring import Score
from interviewer.evaluation.batch_grading import Marked
from interviewer.evaluation.cohort import Cohort, credited, sign
from interviewer.presentation.card import GraderNotes, card
from interviewer.presentation.grade_export import overview
from interviewer.presentation.templating import render
from interviewer.presentation.wording import moment
from interviewer.text.messages import say


def to_html(cohort: Cohort, language: Language, graded_at: str, badge: str = "") -> str:
    """The page, which has no script and asks no host for anything; `badge` is what is known of the grader."""
    facts = say(
        "sheet.facts",
        language,
        answers=len(cohort.marked),
        questions=len(cohort.questions),
        bank=cohort.bank.id,
        at=moment(graded_at),
    )
    page = render(
        "mark_sheet.html",
        language,
        title=f"{say('sheet.title', language)} · {cohort.bank.title.into(language)}",
        styles=("cards", "page", "mark_sheet"),
        cohort=cohort,
        notes=GraderNotes((badge,) if badge else (), cohort.all.is_estimate),
        facts=[facts, *overview(cohort, language)],
        anchor=_anchor,
        percent=_percent,
        credited=credited,
        point_sign=sign,
        card_of=lambda one: _card(cohort, one, language),
    )
    return str(page)


def _anchor(one: Marked) -> str:
    return f"a-{hashlib.sha256(one.answer.id.encode()).hexdigest()[:12]}"


def _percent(score: Score, is_estimate: bool) -> str:
    """A score in a narrow cell; of an estimate its quarters of the scale."""
    if is_estimate:
        return "≈\u00a0{}–{}\u00a0%".format(*score.quarters)
    if score.value is None:
        return f"{100 * score.low:.0f}–{100 * score.high:.0f}\u00a0%"
    return f"{100 * score.value:.0f}\u00a0%"


def _card(cohort: Cohort, one: Marked, language: Language) -> Markup:
    attempt = replace(one.task.attempt, grade=one.grade, failure=one.failure)
    plan = Plan((one.question.id,), language=language)
    return card(Interview(cohort.bank, plan, (attempt,), 0, Phase.OVER), attempt, language, level=3)
