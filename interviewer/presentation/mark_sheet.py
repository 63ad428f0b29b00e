"""The mark sheet: one self-contained HTML page on which a coach sees who made which point, and every answer's card."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from interviewer import __version__
from interviewer.domain.grade import Level
from interviewer.domain.interview import Interview, Phase, Plan
from interviewer.domain.rubric import Criterion, Kind, Language, Question
from interviewer.domain.scoring import Score, band
from interviewer.evaluation.batch import Marked
from interviewer.evaluation.cohort import Cohort, Tally, credited, sign
from interviewer.presentation import markup, style
from interviewer.presentation.exports import overview
from interviewer.presentation.markup import escaped
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
    return "".join(_page(sheet))


def _page(sheet: Sheet) -> Iterator[str]:
    cohort, language = sheet.cohort, sheet.language
    title = f"{say('sheet.title', language)} · {cohort.bank.title.into(language)}"
    facts = say(
        "sheet.facts",
        language,
        answers=len(cohort.marked),
        questions=len(cohort.questions),
        bank=cohort.bank.id,
        at=markup.moment(sheet.graded_at),
    )
    yield (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if language is Language.ZH else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="color-scheme" content="light dark"><title>{escaped(title)}</title><style>{style.STYLE}{style.PAGE}{style.SHEET}</style></head>'
        f'<body class="report sheet"><main><h1>{escaped(title)}</h1><p class="quiet">{escaped(facts)}</p>'
    )
    yield from (f"<p>{escaped(line)}</p>" for line in overview(cohort, language))
    if sheet.badge:
        yield f'<p class="badge">{escaped(sheet.badge)}</p>'
    if cohort.all.is_estimate:
        yield f'<p class="flag">{say("card.estimate", language)}</p>'
    yield _for_review(cohort, language)
    if any(cohort.candidates):
        yield from _candidates(cohort, language)
    yield from _questions(cohort, language)
    yield f"<h2>{say('sheet.map', language)}</h2><p>{say('sheet.map_info', language)}</p>"
    legend = say("sheet.legend", language).split("  ")
    yield f'<p class="legend">{"".join(f"<span>{escaped(part)}</span> " for part in legend)}</p>'
    for question in cohort.questions:
        yield from _map(cohort, question, language)
    yield f"<h2>{say('sheet.cards', language)}</h2>"
    for candidate in cohort.candidates:
        for one in cohort.of(candidate=candidate).marked:
            yield _card(cohort, one, language)
    yield f"</main><footer><p>{say('sheet.version', language, version=__version__)}</p></footer></body></html>\n"


def _for_review(cohort: Cohort, language: Language) -> str:
    items = "".join(
        f'<li><a href="#{_anchor(one)}">{escaped(one.answer.candidate or one.answer.id)} · {escaped(one.question.text.into(language))}</a></li>'
        for one in cohort.all.for_review
    )
    return f"<details><summary>{say('sheet.look_at', language)}</summary><ul>{items}</ul></details>" if items else ""


def _candidates(cohort: Cohort, language: Language) -> Iterator[str]:
    yield f"<h2>{say('sheet.candidates', language)}</h2>"
    yield _head(language, "sheet.candidate", "sheet.answered", "sheet.mean", "sheet.weakest")
    for name in cohort.candidates:
        tally = cohort.of(candidate=name)
        answered = len({one.question.id for one in tally.marked})
        count = say("sheet.answered_of", language, count=answered, total=len(cohort.questions))
        weakest = "".join(
            f"<li>{escaped(criterion.text.into(language))}{_kind(criterion, language)}</li>"
            for criterion in tally.weakest
        )
        yield (
            f'<tr><th scope="row" dir="auto">{_name(name, language)}</th>{_labelled("sheet.answered", f"{count}{_beside(tally, language)}", language)}'
            f"{_labelled('sheet.mean', _mean(tally, language), language)}"
            f"{_labelled('sheet.weakest', f'<ul>{weakest}</ul>' if weakest else '–', language)}</tr>"
        )
    yield "</tbody></table>"


def _questions(cohort: Cohort, language: Language) -> Iterator[str]:
    yield f"<h2>{say('sheet.questions', language)}</h2>"
    yield _head(language, "sheet.question", "sheet.answers", "sheet.mean")
    for question in cohort.questions:
        tally = cohort.of(question=question)
        yield (
            f'<tr><th scope="row"><a href="#q-{question.id}">{escaped(question.text.into(language))}</a></th>'
            f"{_labelled('sheet.answers', f'{len(tally.marked)}{_beside(tally, language)}', language)}"
            f"{_labelled('sheet.mean', _mean(tally, language), language)}</tr>"
        )
    yield "</tbody></table>"


def _map(cohort: Cohort, question: Question, language: Language) -> Iterator[str]:
    """Who made which point of a question; the points have numbers, and their texts stand below."""
    heads = "".join(
        f'<th scope="col" aria-label="{say("sheet.number", language, number=n)}">{n}</th>'
        for n, _ in enumerate(question.criteria, start=1)
    )
    text = escaped(question.text.into(language))
    yield (
        f'<section class="map" id="q-{question.id}"><h3>{text}</h3><div class="wide" role="region" tabindex="0" '
        f'aria-label="{text}"><table aria-label="{text}"><thead><tr>'
        f'<th scope="col">{say("sheet.candidate", language)}</th>{heads}<th scope="col">{say("sheet.score", language)}</th></tr></thead><tbody>'
    )
    for candidate in cohort.candidates:
        marked = cohort.of(candidate=candidate, question=question).marked
        for one in marked:
            yield _row(one, language, is_one_of_many=len(marked) > 1)
        if not marked and candidate:
            cells = "<td></td>" * len(question.criteria)
            outcome = f'<td class="quiet">{say("sheet.unanswered", language)}</td>'
            yield f'<tr><th scope="row" dir="auto">{_name(candidate, language)}</th>{cells}{outcome}</tr>'
    yield "</tbody></table></div><ol>"
    marked = cohort.of(question=question).marked
    for criterion in question.criteria:
        count, told = credited(criterion, marked)
        key = "sheet.mistaken_by" if criterion.kind is Kind.MISTAKE else "sheet.made_by"
        by = say(key, language, count=count, told=told)
        yield f'<li>{escaped(criterion.text.into(language))}{_kind(criterion, language)} <span class="quiet">{by}</span></li>'
    yield "</ol></section>"


def _row(one: Marked, language: Language, *, is_one_of_many: bool) -> str:
    place = _anchor(one)
    label = escaped(one.answer.candidate or one.answer.id)
    if one.answer.candidate and is_one_of_many:
        label += f' <span class="quiet">{escaped(one.answer.id)}</span>'
    flags = one.grade.flags if one.grade else ()
    label += "".join(f'<br><span class="tag">{say(f"flag_short.{flag}", language)}</span>' for flag in flags)
    head = f'<tr><th scope="row" dir="auto">{label}</th>'
    if one.grade is None:
        text = say("card.failed", language)
        return f'{head}<td class="failure" colspan="{len(one.question.criteria) + 1}"><a href="#{place}">{text}</a></td></tr>'
    cells = "".join(
        _cell(criterion, one.grade.verdict(criterion.id).level, place, language) for criterion in one.question.criteria
    )
    text = markup.score_text(one.score, language, is_estimate=one.grade.is_estimate)
    score = _short(one.score, is_estimate=one.grade.is_estimate)
    return f'{head}{cells}<td><a href="#{place}" title="{text}">{score}</a></td></tr>'


def _cell(criterion: Criterion, level: Level | None, place: str, language: Language) -> str:
    is_mistake = criterion.kind is Kind.MISTAKE
    made = level in (Level.MET, Level.PARTIAL)
    kind = level or "unknown"
    text = say(markup.level_key(criterion, level), language)
    if is_mistake and level is not None:
        kind = "contradicted" if made else "none"
        text = text if made else say("sheet.no_mistake", language)
    return (
        f'<td class="point {kind}"><a href="#{place}" title="{text}"><span aria-hidden="true">{sign(criterion, level)}</span>'
        f'<span class="hidden">{text}</span></a></td>'
    )


def _card(cohort: Cohort, one: Marked, language: Language) -> str:
    attempt = replace(one.task.attempt, grade=one.grade, failure=one.failure)
    plan = Plan((one.question.id,), language=language)
    interview = Interview(cohort.bank, plan, (attempt,), 0, Phase.OVER)
    who = f'<strong dir="auto">{escaped(one.answer.candidate)}</strong> ' if one.answer.candidate else ""
    return (
        f'<section class="answered" id="{_anchor(one)}"><p class="who">{who}'
        f'<span class="quiet">{escaped(one.answer.id)}</span></p>{markup.card(interview, attempt, language, level=3)}</section>'
    )


def _anchor(one: Marked) -> str:
    return f"a-{hashlib.sha256(one.answer.id.encode()).hexdigest()[:12]}"


def _name(candidate: str, language: Language) -> str:
    return escaped(candidate) if candidate else say("sheet.unnamed", language)


def _beside(tally: Tally, language: Language) -> str:
    """What the count of answers has in it that is no ordinary answer."""
    parts = [("sheet.part_blank", tally.blank), ("sheet.part_ungraded", tally.ungraded)]
    return "".join(
        f' <span class="quiet beside">{say(key, language, count=count)}</span>' for key, count in parts if count
    )


def _mean(tally: Tally, language: Language) -> str:
    text = markup.score_text(tally.score, language, is_estimate=tally.is_estimate)
    return f'<span class="bar">{markup.bar(tally.score)}</span>{text}'


def _short(score: Score | None, *, is_estimate: bool) -> str:
    """A score in a narrow cell: percent, of an estimate the band."""
    assert score is not None
    if is_estimate:
        return f"≈\u00a0{band(score.low).limits[0]}–{band(score.high).limits[1]}\u00a0%"
    if score.value is None:
        return f"{100 * score.low:.0f}–{100 * score.high:.0f}\u00a0%"
    return f"{100 * score.value:.0f}\u00a0%"


def _kind(criterion: Criterion, language: Language) -> str:
    if criterion.kind is Kind.CORE:
        return ""
    return f' <span class="tag">{say(f"kind.{criterion.kind}", language)}</span>'


def _labelled(key: str, content: str, language: Language) -> str:
    """A cell that brings its heading along for narrow screens, where the head of the table is not shown."""
    return f'<td data-label="{say(key, language)}">{content}</td>'


def _head(language: Language, *keys: str) -> str:
    heads = "".join(f'<th scope="col">{say(key, language)}</th>' for key in keys)
    return f'<table class="tally"><thead><tr>{heads}</tr></thead><tbody>'
