"""Parts of an interview as HTML: chat, score card, report. Everything a person or a bank wrote is escaped here."""

import html
from collections.abc import Callable, Iterable, Iterator, Sequence

from interviewer.grade import Evidence, Gap, Grade, Level, Score, Verdict, band, missed
from interviewer.interview import Aid, Attempt, Interview, Saying, Speaker, Turn, shows_grades
from interviewer.rubric import Criterion, Kind, Language, Question
from interviewer.summary import Result, Summary, TopicScore, result, summarize
from interviewer.words import say

# Gradio's HTML component reads these as template code, so they never reach it as they are.
_TEMPLATE_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "{}$`\\"}

# Characters that turn the direction of what follows them, or hide it, are shown as a mark instead of obeyed.
_UNSEEN = dict.fromkeys(
    (*range(8203, 8208), *range(8234, 8239), *range(8288, 8293), *range(8294, 8298), 65279, 173),
    "<span class='unseen'>·</span>",
)

_Head = Callable[[str], str]

_SIGN = {Level.MET: "✓", Level.PARTIAL: "◐", Level.MISSING: "○", Level.CONTRADICTED: "✗", None: "?"}


def escaped(text: str) -> str:
    """Text as HTML that shows it and nothing else, also inside a template of Gradio."""
    return html.escape(text, quote=True).translate(_TEMPLATE_SIGNS).translate(_UNSEEN)


def marked(text: str, quotes: Iterable[str]) -> str:
    """The text, escaped, with every quote in a `<mark>`; overlapping quotes are marked as one stretch."""
    return "".join(
        f"<mark>{escaped(piece)}</mark>" if is_quoted else escaped(piece)
        for piece, is_quoted in stretches(text, quotes)
    )


def stretches(text: str, quotes: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is quoted."""
    places = [(text.find(quote), len(quote)) for quote in quotes if quote]
    at = 0
    for start, end in _merged([(start, start + length) for start, length in places if start >= 0]):
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


def chat(interview: Interview, language: Language) -> str:
    """All turns so far, as a list that a screen reader reads as a log."""
    items = []
    numbers = {question: place for place, question in enumerate(interview.plan.questions, start=1)}
    for attempt in interview.attempts:
        topic = interview.bank.topic_title(interview.bank[attempt.question].topic, language)
        place = f"{numbers[attempt.question]} / {len(numbers)} · {escaped(topic)}"
        if attempt.number > 1:
            place += " · " + say("chat.again", language, number=attempt.number)
        items += [_turn(turn, place, language) for turn in attempt.turns]
        if attempt.is_closed and not attempt.is_answered:
            items.append(_note(say("chat.skipped", language)))
        elif attempt.is_closed and not shows_grades(interview):
            items.append(_note(say("chat.noted", language)))
    if interview.is_over:
        items.append(_note(say("chat.over", language)))
    label = say("chat.label", language)
    return f'<div class="chat" role="log" aria-label="{label}" tabindex="0">{"".join(items)}</div>'


def card(
    interview: Interview, attempt: Attempt, language: Language, *, level: int = 2, partial: Sequence[Verdict] = ()
) -> str:
    """The score card of an attempt; `level` is that of its heading, `partial` what is known while it is being graded."""
    found = result(interview, attempt)

    def head(key: str) -> str:
        return f"<h{level + 1}>{say(key, language)}</h{level + 1}>"

    parts = [
        f'<article class="card"><h{level} dir="auto">{escaped(found.question.text.into(interview.plan.language))}</h{level}>'
    ]
    if not attempt.is_answered:
        parts.append(f'<p class="quiet">{say("card.unanswered", language)}</p>')
    elif found.grade is None:
        parts += [_ungraded(attempt, language), _answers(found, None, head)]
        if partial:
            parts.append(_ledger(found, partial, language, head))
    else:
        parts += _graded(found, found.grade, language, head)
        if found.grade.is_estimate and level == 2:  # the report says it once for all
            parts.insert(2, f'<p class="quiet">{say("card.estimate", language)}</p>')
        parts += _compared(interview, attempt, found.grade, language, head)
    parts += [_model_answer(found, language), "</article>"]
    return "".join(parts)


def report(interview: Interview, language: Language, *, unfolded: bool = False) -> str:
    """The whole result: score, topics with a chart, strongest, weakest, what to study, every question's card."""
    summary = summarize(interview)
    parts = [f'<section class="report"><h2>{say("report.title", language)}</h2>', _overall(summary, language)]
    if summary.graded:
        parts += [_topics(interview, summary.topics, language), _named(summary, language)]
    parts.append(f"<h3>{say('report.cards', language)}</h3>")
    for attempt in interview.attempts:
        parts.append(_folded(interview, attempt, language, unfolded=unfolded))
    return "".join([*parts, "</section>"])


def score_text(score: Score | None, language: Language, *, is_estimate: bool) -> str:
    """A score in words: an estimate as its band, a range as a range, nothing as nothing."""
    if score is None:
        return say("score.none", language)
    if is_estimate:
        low, high = band(score.low).limits[0], band(score.high).limits[1]
        name = say(f"band.{band((score.low + score.high) / 2)}", language)
        return say("score.estimate", language, band=name, low=low, high=high)
    if score.value is None:
        return say("score.range", language, low=round(100 * score.low), high=round(100 * score.high))
    return say("score.exact", language, score=round(100 * score.value))


def provenance_text(grade: Grade, language: Language) -> str:
    """Who gave the grade, and against which rubric."""
    by = grade.provenance
    grader = f"{by.model} @ {by.host}" if by.model else by.grader
    parts = [say("provenance.grader", language, grader=grader), say("provenance.rubric", language, digest=by.rubric)]
    if by.prompt:
        parts.append(say("provenance.prompt", language, digest=by.prompt))
    return " · ".join(parts)


def spent_text(summary: Summary, language: Language) -> str:
    """What the grades cost, in tokens."""
    spent = summary.spent
    return say("report.spent", language, prompt=spent.prompt, completion=spent.completion)


def quotes_of(question: Question, grade: Grade, turn: int) -> list[str]:
    """The words of a turn that earned credit, which those of a misconception do not."""
    mistakes = {criterion.id for criterion in question.rubric.of(Kind.MISTAKE)}
    return [
        evidence.quote
        for verdict in grade.verdicts
        if verdict.level in (Level.MET, Level.PARTIAL) and verdict.criterion not in mistakes
        for evidence in verdict.evidence
        if evidence.turn == turn
    ]


def _merged(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _turn(turn: Turn, place: str, language: Language) -> str:
    who = say("chat.you" if turn.speaker is Speaker.CANDIDATE else f"chat.{turn.saying}", language)
    side = "mine" if turn.speaker is Speaker.CANDIDATE else "theirs"
    head = f"{who} <span>{place}</span>" if turn.saying is Saying.QUESTION else who
    return f'<div class="turn {side} {turn.saying}"><p class="who">{head}</p><div class="said" dir="auto">{escaped(turn.text)}</div></div>'


def _note(text: str) -> str:
    return f'<p class="note">{text}</p>'


def _ungraded(attempt: Attempt, language: Language) -> str:
    if attempt.failure:
        reason = f'<p class="quiet">{escaped(attempt.failure)}</p>'
        return f'<p class="failure"><strong>{say("card.failed", language)}</strong></p>{reason}'
    return f'<p class="quiet">{say("card.waiting", language)}</p>'


def _graded(found: Result, grade: Grade, language: Language, head: _Head) -> Iterable[str]:
    text = score_text(found.score, language, is_estimate=grade.is_estimate)
    yield f'<p class="score"><strong>{text}</strong></p>'
    for flag in grade.flags:
        yield f'<p class="flag">{say(f"flag.{flag}", language)}</p>'
    if grade.needs_review:
        yield f'<p class="flag">{say("card.review", language)}</p>'
    if grade.opening:
        yield f"<p>{escaped(grade.opening.into(language))}</p>"
    yield _answers(found, grade, head)
    yield _ledger(found, grade.verdicts, language, head)
    yield _gaps(found, grade, language, head)
    if grade.extras:
        items = "".join(
            f"<li>{escaped(extra.claim.into(language))}{_quote(found.attempt, extra.evidence, language)}</li>"
            for extra in grade.extras
        )
        yield f"{head('card.extras')}<ul>{items}</ul>"
    if grade.dispute:
        yield f'<p class="flag">{say("card.dispute", language)} {escaped(grade.dispute.into(language))}</p>'
    yield f'<p class="quiet provenance">{escaped(provenance_text(grade, language))}</p>'


def _answers(found: Result, grade: Grade | None, head: _Head) -> str:
    said = []
    for turn, text in found.attempt.answers:
        quotes = quotes_of(found.question, grade, turn) if grade else []
        said.append(f'<blockquote dir="auto" class="answer">{marked(text, quotes)}</blockquote>')
    return f"{head('card.answer')}{''.join(said)}"


def _ledger(found: Result, verdicts: Sequence[Verdict], language: Language, head: _Head) -> str:
    rows = []
    known = {verdict.criterion: verdict for verdict in verdicts}
    for criterion in found.question.criteria:
        verdict = known.get(criterion.id)
        if verdict is None or not is_news(criterion, verdict.level):
            continue
        kind = "mistake" if criterion.kind is Kind.MISTAKE else (verdict.level or "unknown")
        name = say(level_key(criterion, verdict.level), language)
        quotes = "".join(_quote(found.attempt, evidence, language) for evidence in verdict.evidence)
        contest = "".join(
            f'<p class="contest">{say("card.contested", language)} «{escaped(c.evidence.quote)}» {escaped(c.note)}</p>'
            for c in found.attempt.contests
            if c.criterion == criterion.id
        )
        rows.append(
            f'<li class="{kind}"><p><span class="sign" aria-hidden="true">{sign(criterion, verdict.level)}</span><strong>{name}</strong> '
            f"{escaped(criterion.text.into(language))}{_extra_kind(criterion, language)}</p>"
            f'<p class="quiet">{escaped(verdict.reason.into(language))}</p>{quotes}{contest}</li>'
        )
    return f'{head("card.ledger")}<ul class="ledger">{"".join(rows)}</ul>'


def is_news(criterion: Criterion, level: Level | None) -> bool:
    """Whether a verdict is worth a line: a bonus that was not earned and a mistake that was not made are not."""
    return criterion.kind is Kind.CORE or level is not Level.MISSING


def sign(criterion: Criterion, level: Level | None) -> str:
    """One character that stands for a level beside its name."""
    return "✗" if criterion.kind is Kind.MISTAKE else _SIGN[level]


def level_key(criterion: Criterion, level: Level | None) -> str:
    """The phrase for a level; a mistake that was made is a misconception."""
    if criterion.kind is Kind.MISTAKE and level in (Level.MET, Level.PARTIAL):
        return "level.mistake"
    return f"level.{level or 'unknown'}"


def _extra_kind(criterion: Criterion, language: Language) -> str:
    return f' <span class="tag">{say("kind.bonus", language)}</span>' if criterion.kind is Kind.BONUS else ""


def _quote(attempt: Attempt, evidence: Evidence, language: Language) -> str:
    aid = attempt.aid(evidence)
    after = "" if aid is Aid.UNAIDED else f' <span class="tag">{say(f"aid.{aid}", language)}</span>'
    return f'<p class="quote" dir="auto">“{escaped(evidence.quote)}”{after}</p>'


def _gaps(found: Result, grade: Grade, language: Language, head: _Head) -> str:
    gaps = missed(found.question.rubric, grade)
    if not gaps:
        return f"<p>{say('card.no_gaps', language)}</p>"
    advice = {gap.criterion: gap for gap in grade.gaps}
    items = "".join(
        f"<li>{escaped(criterion.text.into(language))}{_advice(advice.get(criterion.id), language)}</li>"
        for criterion in gaps
    )
    return f'{head("card.gaps")}<ul class="gaps">{items}</ul>'


def _advice(gap: Gap | None, language: Language) -> str:
    if gap is None:
        return ""
    return (
        f'<p class="quiet">{say("card.why", language)} {escaped(gap.why.into(language))}<br>'
        f"{say('card.say', language)} {escaped(gap.say.into(language))}</p>"
    )


def _compared(interview: Interview, attempt: Attempt, grade: Grade, language: Language, head: _Head) -> Iterable[str]:
    """What changed point by point since the attempt before."""
    if attempt.number == 1:
        return
    before = interview.attempt(attempt.question, attempt.number - 1).grade
    if before is None or before.provenance != grade.provenance:
        return
    rows = []
    for criterion in interview.bank[attempt.question].criteria:
        old, new = before.verdict(criterion.id).level, grade.verdict(criterion.id).level
        if old is not new:
            change = f"{say(level_key(criterion, old), language)} → {say(level_key(criterion, new), language)}"
            rows.append(f"<li>{escaped(criterion.text.into(language))}: {change}</li>")
    yield head("card.compared")
    yield f"<ul>{''.join(rows)}</ul>" if rows else f"<p>{say('card.unchanged', language)}</p>"


def _model_answer(found: Result, language: Language) -> str:
    question = found.question
    parts = [f"<details><summary>{say('card.model_answer', language)}</summary>"]
    parts.append(f'<p class="reference" dir="auto">{escaped(question.reference.into(language))}</p>')
    if question.correction:
        parts.append(
            f'<p class="quiet">{say("card.correction", language)} {escaped(question.correction.into(language))} '
            f"({escaped(question.source)})</p>"
        )
    return "".join([*parts, "</details>"])


def _overall(summary: Summary, language: Language) -> str:
    text = score_text(summary.score, language, is_estimate=summary.is_estimate)
    counts = say("report.counts", language, planned=summary.planned, answered=summary.answered, graded=summary.graded)
    parts = [f'<p class="score"><strong>{text}</strong></p><p>{counts}</p>']
    ungraded = summary.answered - summary.graded
    if ungraded:
        parts.append(f'<p class="failure">{say("report.ungraded", language, count=ungraded)}</p>')
    if summary.is_estimate:
        parts.append(f'<p class="quiet">{say("card.estimate", language)}</p>')
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


def _named(summary: Summary, language: Language) -> str:
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
    found = result(interview, attempt)
    text = escaped(found.question.text.into(interview.plan.language))
    again = f" ({say('chat.again', language, number=attempt.number)})" if attempt.number > 1 else ""
    estimate = bool(found.grade and found.grade.is_estimate)
    outcome = score_text(found.score, language, is_estimate=estimate)
    if not attempt.is_answered:
        outcome = say("card.unanswered", language)
    elif attempt.failure:
        outcome = say("card.failed", language)
    asides = "".join(
        f'<p class="quiet">{say(f"chat.{turn.saying}", language)}: {escaped(turn.text)}</p>'
        for turn in attempt.turns
        if turn.saying in (Saying.HINT, Saying.PROBE)
    )
    return (
        f'<details class="question" data-key="{attempt.question}.{attempt.number}"{" open" if unfolded else ""}><summary>{text}{again} <span class="outcome">{outcome}</span></summary>'
        f"{asides}{card(interview, attempt, language, level=4)}</details>"
    )
