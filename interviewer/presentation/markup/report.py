"""The result of a whole interview: its score, its topics, every card."""

from collections.abc import Iterable, Sequence

from interviewer.domain.interview import Attempt, Interview, Saying
from interviewer.domain.rubric import Language
from interviewer.domain.scoring import Score
from interviewer.domain.summary import InterviewSummary, TopicScore, attempt_result, summarize
from interviewer.presentation.markup.card import Badge, card, no_badge, notes_on
from interviewer.presentation.markup.text import escaped
from interviewer.presentation.markup.wording import score_text, spent_text
from interviewer.text.messages import colon, say


def report(
    interview: Interview, language: Language, *, unfolded: bool = False, badge: Badge = no_badge, links: str = ""
) -> str:
    """The whole result: score, topics with a chart, strongest, weakest, what to study, every question's card.

    `links` is HTML that stands below the score.
    """
    summary = summarize(interview)
    grades = [attempt.grade for attempt in interview.attempts if attempt.grade]
    parts = [
        f'<section class="report"><h2>{say("report.title", language)}</h2>',
        _overall(summary, notes_on(grades, badge, language), language),
        links,
    ]
    if summary.graded:
        parts += [_topics(interview, summary.topics, language), _named(summary, language)]
    parts.append(f"<h3>{say('report.cards', language)}</h3>")
    for attempt in interview.attempts:
        parts.append(_folded(interview, attempt, language, unfolded=unfolded))
    return "".join([*parts, "</section>"])


def _overall(summary: InterviewSummary, notes: Iterable[str], language: Language) -> str:
    text = score_text(summary.score, language, is_estimate=summary.is_estimate)
    counts = say("report.counts", language, planned=summary.planned, answered=summary.answered, graded=summary.graded)
    parts = [f'<p class="score"><strong>{text}</strong></p><p>{counts}</p>']
    ungraded = summary.answered - summary.graded
    if ungraded:
        parts.append(f'<p class="failure">{say("report.ungraded", language, count=ungraded)}</p>')
    parts += notes
    if summary.for_review:
        parts.append(f'<p class="flag">{say("report.review", language, count=summary.for_review)}</p>')
    if summary.spent.prompt:
        parts.append(f'<p class="quiet">{spent_text(summary, language)}</p>')
    return "".join(parts)


def _topics(interview: Interview, topics: Sequence[TopicScore], language: Language) -> str:
    estimate = summarize(interview).is_estimate
    rows = []
    for topic in topics:
        title = escaped(interview.bank.topic_title(topic.topic, language))
        text = score_text(topic.score, language, is_estimate=estimate)
        rows.append(
            f'<tr><th scope="row">{title}</th><td class="bar">{bar(topic.score)}</td><td>{text}</td>'
            f"<td>{topic.graded} / {topic.reached}</td></tr>"
        )
    heads = "".join(
        f'<th scope="col">{say(f"report.{key}", language)}</th>' for key in ("topic", "chart", "score", "graded")
    )
    return (
        f"<h3>{say('report.topics', language)}</h3>"
        f'<table class="topics"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def bar(score: Score | None) -> str:
    """A bar from 0 to the score; a range is drawn lighter from its low end to its high end."""
    if score is None:
        return ""
    low, high = round(200 * score.low), round(200 * score.high)
    return (
        '<svg viewBox="0 0 200 12" role="presentation" preserveAspectRatio="none"><rect class="track" width="200" height="12"/>'
        f'<rect class="maybe" width="{high}" height="12"/><rect class="sure" width="{low}" height="12"/></svg>'
    )


def _named(summary: InterviewSummary, language: Language) -> str:
    parts = []
    for key, points in (("strongest", summary.strongest), ("weakest", summary.weakest)):
        if points:
            items = "".join(f"<li>{escaped(p.criterion.text.into(language))}</li>" for p in points)
            parts.append(f"<h3>{say(f'report.{key}', language)}</h3><ul>{items}</ul>")
    if summary.study:
        items = "".join(f"<li>{escaped(question.text.into(language))}</li>" for question in summary.study)
        parts.append(f"<h3>{say('report.study', language)}</h3><ul>{items}</ul>")
    return "".join(parts)


def _folded(interview: Interview, attempt: Attempt, language: Language, *, unfolded: bool) -> str:
    found = attempt_result(interview, attempt)
    text = escaped(found.question.text.into(interview.plan.language))
    again = f" ({say('chat.again', language, number=attempt.number)})" if attempt.number > 1 else ""
    estimate = bool(found.grade and found.grade.is_estimate)
    outcome = score_text(found.score, language, is_estimate=estimate)
    if not attempt.is_answered:
        outcome = say("card.unanswered", language)
    elif attempt.failure:
        outcome = say("card.failed", language)
    asides = "".join(
        f'<p class="quiet">{say(f"chat.{turn.saying}", language)}{colon(language)}{escaped(turn.text)}</p>'
        for turn in attempt.turns
        if turn.saying in (Saying.HINT, Saying.PROBE)
    )
    return (
        f'<details class="question" data-key="{attempt.question}.{attempt.number}"{" open" if unfolded else ""}><summary>{text}{again} <span class="outcome">{outcome}</span></summary>'
        f"{asides}{card(interview, attempt, language, level=4)}</details>"
    )
