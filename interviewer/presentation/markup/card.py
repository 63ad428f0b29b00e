"""The score card of one attempt."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from interviewer.domain.grade import Evidence, Gap, Grade, Verdict
from interviewer.domain.interview import Aid, Attempt, Interview
from interviewer.domain.rubric import Criterion, Kind, Language
from interviewer.domain.scoring import has_every_core, missed
from interviewer.domain.summary import AttemptResult, attempt_result
from interviewer.presentation.markup.text import escaped, marked
from interviewer.presentation.markup.wording import is_news, level_key, provenance_text, quotes_of, score_text, sign
from interviewer.text.messages import colon, say

_Head = Callable[[str], str]


# What is said beside a score of the one who gave it, unescaped.
Badge = Callable[[Grade], str]


def no_badge(_: Grade) -> str:
    """Nothing is said."""
    return ""


def card(
    interview: Interview,
    attempt: Attempt,
    language: Language,
    *,
    level: int = 2,
    partial: Sequence[Verdict] = (),
    badge: Badge = no_badge,
) -> str:
    """The score card of an attempt; `level` is that of its heading, `partial` what is known while it is being graded."""
    found = attempt_result(interview, attempt)

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
        # The report says once for all cards what its cards would repeat.
        notes = list(notes_on([found.grade], badge, language)) if level == 2 else []
        parts += _graded(found, found.grade, language, head, notes)
        parts += _compared(interview, attempt, found.grade, language, head)
    parts += [_model_answer(found, language), "</article>"]
    return "".join(parts)


def notes_on(grades: Sequence[Grade], badge: Badge, language: Language) -> Iterator[str]:
    """What a reader should know of those who gave the grades, each thing once."""
    badges = list(dict.fromkeys(filter(None, map(badge, grades))))
    yield from (f'<p class="badge">{escaped(text)}</p>' for text in badges)
    if any(grade.is_estimate for grade in grades):
        yield f'<p class="quiet">{say("card.estimate_how" if badges else "card.estimate", language)}</p>'


def _ungraded(attempt: Attempt, language: Language) -> str:
    if attempt.failure:
        reason = f'<p class="quiet">{escaped(attempt.failure)}</p>'
        return f'<p class="failure"><strong>{say("card.failed", language)}</strong></p>{reason}'
    return f'<p class="quiet">{say("card.waiting", language)}</p>'


def _graded(found: AttemptResult, grade: Grade, language: Language, head: _Head, notes: Iterable[str]) -> Iterable[str]:
    text = score_text(found.score, language, is_estimate=grade.is_estimate)
    yield f'<p class="score"><strong>{text}</strong></p>'
    yield from notes
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


def _answers(found: AttemptResult, grade: Grade | None, head: _Head) -> str:
    said = []
    for turn, text in found.attempt.answers:
        quotes = quotes_of(found.question, grade, turn) if grade else []
        said.append(f'<blockquote dir="auto" class="answer">{marked(text, quotes)}</blockquote>')
    return f"{head('card.answer')}{''.join(said)}"


def _ledger(found: AttemptResult, verdicts: Sequence[Verdict], language: Language, head: _Head) -> str:
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
            f'<p class="contest">{say("card.contested", language)} “{escaped(c.evidence.quote)}” {escaped(c.note)}</p>'
            for c in found.attempt.contests
            if c.criterion == criterion.id
        )
        rows.append(
            f'<li class="{kind}"><p><span class="sign" aria-hidden="true">{sign(criterion, verdict.level)}</span><strong>{name}</strong> '
            f"{escaped(criterion.text.into(language))}{_extra_kind(criterion, language)}</p>"
            f'<p class="quiet">{escaped(verdict.reason.into(language))}</p>{quotes}{contest}</li>'
        )
    return f'{head("card.ledger")}<ul class="ledger">{"".join(rows)}</ul>'


def _extra_kind(criterion: Criterion, language: Language) -> str:
    return f' <span class="tag">{say("kind.bonus", language)}</span>' if criterion.kind is Kind.BONUS else ""


def _quote(attempt: Attempt, evidence: Evidence, language: Language) -> str:
    aid = attempt.aid(evidence)
    after = "" if aid is Aid.UNAIDED else f' <span class="tag">{say(f"aid.{aid}", language)}</span>'
    return f'<p class="quote" dir="auto">“{escaped(evidence.quote)}”{after}</p>'


def _gaps(found: AttemptResult, grade: Grade, language: Language, head: _Head) -> str:
    gaps = missed(found.question.rubric, grade)
    if not gaps:
        return f"<p>{say('card.no_gaps', language)}</p>" if has_every_core(found.question.rubric, grade) else ""
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
            rows.append(f"<li>{escaped(criterion.text.into(language))}{colon(language)}{change}</li>")
    yield head("card.compared")
    yield f"<ul>{''.join(rows)}</ul>" if rows else f"<p>{say('card.unchanged', language)}</p>"


def _model_answer(found: AttemptResult, language: Language) -> str:
    question = found.question
    parts = [f"<details><summary>{say('card.model_answer', language)}</summary>"]
    parts.append(f'<p class="reference" dir="auto">{escaped(question.reference.into(language))}</p>')
    if question.correction:
        parts.append(
            f'<p class="quiet">{say("card.correction", language)} {escaped(question.correction.into(language))} '
            f"({escaped(question.source)})</p>"
        )
    return "".join([*parts, "</details>"])
