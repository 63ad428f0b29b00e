"""The mark sheet: one self-contained HTML page on which a coach sees who made which point, and every answer's card."""

import hashlib
from dataclasses import dataclass, replace

from markupsafe import Markup

from interviewer import __version__
from interviewer.domain.grade import Level, Score, band
from interviewer.domain.interview import Interview, Phase, Plan
from interviewer.domain.rubric import Criterion, Kind, Language
from interviewer.evaluation.batch import Marked
from interviewer.evaluation.cohort import Cohort, Tally, credited, sign
from interviewer.presentation.card import Notes, card
from interviewer.presentation.grade_export import overview
from interviewer.presentation.templating import render
from interviewer.presentation.wording import level_key, moment
from interviewer.text.messages import say


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is shown, with what only the outside knows: the time (ISO 8601, UTC), and what is known of the grader."""

    cohort: Cohort
    language: Language
    graded_at: str
    badge: str = ""


def to_html(sheet: Sheet) -> str:
    """The page; it has no script and asks no host for anything."""
    cohort, language = sheet.cohort, sheet.language
    facts = say(
        "sheet.facts",
        language,
        answers=len(cohort.marked),
        questions=len(cohort.questions),
        bank=cohort.bank.id,
        at=moment(sheet.graded_at),
    )
    page = render(
        "mark_sheet.html",
        language,
        title=f"{say('sheet.title', language)} · {cohort.bank.title.into(language)}",
        styles=("cards", "page", "mark_sheet"),
        cohort=cohort,
        notes=Notes((sheet.badge,) if sheet.badge else (), cohort.all.is_estimate),
        facts=[facts, *overview(cohort, language)],
        version=__version__,
        anchor=_anchor,
        asides=_asides,
        answered=_answered,
        cell=_cell,
        percent=_percent,
        credited=credited,
        card_of=lambda one: _card(cohort, one, language),
    )
    return str(page)


def _anchor(one: Marked) -> str:
    return f"a-{hashlib.sha256(one.answer.id.encode()).hexdigest()[:12]}"


def _answered(tally: Tally) -> int:
    """To how many questions there is an answer."""
    return len({one.question.id for one in tally.marked})


def _asides(tally: Tally) -> list[tuple[str, int]]:
    """What the count of answers has in it that is no ordinary answer."""
    counts = [("sheet.part_blank", tally.blank), ("sheet.part_ungraded", tally.ungraded)]
    return [(key, count) for key, count in counts if count]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A verdict in the map: how it is coloured, its sign, and the key of what it says."""

    kind: str
    sign: str
    key: str


def _cell(criterion: Criterion, level: Level | None) -> _Cell:
    key = level_key(criterion, level)
    if criterion.kind is Kind.MISTAKE and level is not None:
        made = level in (Level.MET, Level.PARTIAL)
        return _Cell("contradicted" if made else "none", sign(criterion, level), key if made else "sheet.no_mistake")
    return _Cell(level or "unknown", sign(criterion, level), key)


def _percent(score: Score, is_estimate: bool) -> str:
    """A score in a narrow cell; of an estimate the band."""
    if is_estimate:
        return f"≈\u00a0{band(score.low).limits[0]}–{band(score.high).limits[1]}\u00a0%"
    if score.value is None:
        return f"{100 * score.low:.0f}–{100 * score.high:.0f}\u00a0%"
    return f"{100 * score.value:.0f}\u00a0%"


def _card(cohort: Cohort, one: Marked, language: Language) -> Markup:
    attempt = replace(one.task.attempt, grade=one.grade, failure=one.failure)
    plan = Plan((one.question.id,), language=language)
    return card(Interview(cohort.bank, plan, (attempt,), 0, Phase.OVER), attempt, language, level=3)
