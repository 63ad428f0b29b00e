"""An interview written out: Markdown for editors and forges, one self-contained HTML page, a summary for JSON."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from interviewer import __version__
from interviewer.domain.grade import Grade
from interviewer.domain.interview import Aid, Attempt, Interview, Speaker, shows_grades
from interviewer.domain.rubric import Kind, Language
from interviewer.domain.scoring import Score, missed
from interviewer.domain.summary import AttemptResult, attempt_result, summarize
from interviewer.presentation import markup, style
from interviewer.text.messages import colon, say


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is written out, with what only the outside knows: the id, the dates (ISO 8601, UTC), and the graders.

    `badge` says in the language of the transcript how good the grader of a grade is known to be.
    """

    id: str
    interview: Interview
    begun_at: str
    exported_at: str
    events: int
    badge: markup.Badge = markup.no_badge


def to_markdown(transcript: Transcript, language: Language) -> str:
    """The transcript as Markdown; what people wrote is quoted and escaped, so that it is read as they wrote it."""
    return "\n".join(_markdown(transcript, language)).rstrip() + "\n"


def to_html(transcript: Transcript, language: Language) -> str:
    """The transcript as one page without scripts or links to anything outside itself."""
    interview = transcript.interview
    title = f"{say('transcript.title', language)} · {interview.bank.title.into(language)}"
    body = markup.chat(interview, language)
    if shows_grades(interview):
        body = markup.report(interview, language, unfolded=True, badge=transcript.badge) + body
    footer = "".join(f"<li>{markup.escaped(line)}</li>" for line in _footer(transcript, language))
    facts = "".join(f"<p>{markup.escaped(line)}</p>" for line in _facts(transcript, language))
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if language is Language.ZH else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{markup.escaped(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{markup.escaped(title)}</h1>{facts}{body}</main>"
        f"<footer><h2>{say('transcript.footer', language)}</h2><ul>{footer}</ul></footer></body></html>\n"
    )


def to_summary(transcript: Transcript) -> dict[str, Any]:
    """What a program wants to know without replaying the events; scores are shares from 0 to 1."""
    interview = transcript.interview
    summary = summarize(interview)
    visible = shows_grades(interview)
    return {
        "id": transcript.id,
        "program": __version__,
        "begun_at": transcript.begun_at,
        "exported_at": transcript.exported_at,
        "bank": interview.bank.id,
        "mode": interview.plan.mode,
        "language": interview.plan.language,
        "is_over": interview.is_over,
        "is_estimate": summary.is_estimate,
        "planned": summary.planned,
        "answered": summary.answered,
        "graded": summary.graded if visible else 0,
        "score": _plain_score(summary.score) if visible else None,
        "questions": [_plain_result(interview, attempt, visible=visible) for attempt in interview.attempts],
    }


def _plain_score(score: Score | None) -> dict[str, float] | None:
    return {"low": round(score.low, 4), "high": round(score.high, 4)} if score else None


def _plain_result(interview: Interview, attempt: Attempt, *, visible: bool) -> dict[str, Any]:
    found = attempt_result(interview, attempt)
    language = interview.plan.language
    return {
        "question": attempt.question,
        "attempt": attempt.number,
        "text": found.question.text.into(language),
        "answers": [text for _, text in attempt.answers],
        "score": _plain_score(found.score) if visible else None,
        "rubric": found.question.rubric.digest,
    }


def _markdown(transcript: Transcript, language: Language) -> Iterator[str]:
    interview = transcript.interview
    visible = shows_grades(interview)
    yield f"# {say('transcript.title', language)}{colon(language)}{_plain(interview.bank.title.into(language))}"
    yield ""
    yield from (f"{_plain(line)}  " for line in _facts(transcript, language))
    yield ""
    if visible:
        yield from _overview(transcript, language)
    for place, attempt in enumerate(interview.attempts, start=1):
        yield from _attempt(interview, attempt, place, language, visible=visible)
    yield f"## {say('transcript.footer', language)}"
    yield ""
    yield from (f"- {_plain(line)}" for line in _footer(transcript, language))


def _facts(transcript: Transcript, language: Language) -> Iterator[str]:
    plan = transcript.interview.plan
    yield say(
        "transcript.plan",
        language,
        mode=say(f"mode_short.{plan.mode}", language),
        count=len(plan.questions),
        spoken=say(f"language.{plan.language}", language),
    )
    yield say("transcript.begun", language, at=markup.moment(transcript.begun_at))


def _overview(transcript: Transcript, language: Language) -> Iterator[str]:
    interview = transcript.interview
    summary = summarize(interview)
    yield f"## {say('report.title', language)}"
    yield ""
    yield f"**{markup.score_text(summary.score, language, is_estimate=summary.is_estimate)}**"
    yield ""
    yield say("report.counts", language, planned=summary.planned, answered=summary.answered, graded=summary.graded)
    if summary.answered > summary.graded:
        yield say("report.ungraded", language, count=summary.answered - summary.graded)
    badges = dict.fromkeys(transcript.badge(attempt.grade) for attempt in interview.attempts if attempt.grade)
    yield from (badge for badge in badges if badge)
    if summary.is_estimate:
        yield say("card.estimate_how" if any(badges) else "card.estimate", language)
    if summary.for_review:
        yield say("report.review", language, count=summary.for_review)
    if summary.spent.prompt:
        yield markup.spent_text(summary, language)
    yield ""
    if summary.graded:
        yield f"| {say('report.topic', language)} | {say('report.score', language)} | {say('report.graded', language)} |"
        yield "| --- | --- | --- |"
        for topic in summary.topics:
            title = _plain(interview.bank.topic_title(topic.topic, language))
            score = markup.score_text(topic.score, language, is_estimate=summary.is_estimate)
            yield f"| {title} | {score} | {topic.graded} / {topic.reached} |"
        yield ""
    for key, points in (("strongest", summary.strongest), ("weakest", summary.weakest)):
        if points:
            yield f"{say(f'report.{key}', language)}{colon(language).rstrip()}"
            yield ""
            yield from (f"- {_plain(point.criterion.text.into(language))}" for point in points)
            yield ""
    if summary.study:
        yield f"{say('report.study', language)}{colon(language).rstrip()}"
        yield ""
        yield from (f"- {_plain(question.text.into(language))}" for question in summary.study)
        yield ""


def _attempt(interview: Interview, attempt: Attempt, place: int, language: Language, *, visible: bool) -> Iterator[str]:
    found = attempt_result(interview, attempt)
    again = f" ({say('chat.again', language, number=attempt.number)})" if attempt.number > 1 else ""
    yield f"## {place}. {_plain(found.question.text.into(interview.plan.language))}{again}"
    yield ""
    for number, turn in enumerate(attempt.turns[1:], start=1):
        mine = turn.speaker is Speaker.CANDIDATE
        who = say("chat.you" if mine else f"chat.{turn.saying}", language)
        took = f" ({say('transcript.seconds', language, seconds=round(turn.seconds))})" if turn.seconds else ""
        yield f"**{who}**{took}"
        yield ""
        quotes = markup.quotes_of(found.question, attempt.grade, number) if mine and visible and attempt.grade else []
        yield from (f"> {line}" for line in _marked(turn.text, quotes).split("\n"))
        yield ""
    if not attempt.is_answered:
        yield say("transcript.unanswered", language)
        yield ""
    if visible:
        yield from _result(found, language)


def _result(found: AttemptResult, language: Language) -> Iterator[str]:
    attempt, grade = found.attempt, found.grade
    if grade is None:
        if attempt.is_answered and attempt.is_closed:
            yield say("card.failed" if attempt.failure else "card.waiting", language)
            yield ""
    else:
        yield f"**{markup.score_text(found.score, language, is_estimate=grade.is_estimate)}**"
        yield ""
        yield from (f"{say(f'flag.{flag}', language)}  " for flag in grade.flags)
        yield from _ledger(found, grade, language)
        gaps = missed(found.question.rubric, grade)
        if gaps:
            yield f"{say('card.gaps', language)}{colon(language).rstrip()}"
            yield ""
            advice = {gap.criterion: gap for gap in grade.gaps}
            for criterion in gaps:
                yield f"- {_plain(criterion.text.into(language))}"
                if gap := advice.get(criterion.id):
                    yield f"  {say('card.why', language)} {_plain(gap.why.into(language))}"
                    yield f"  {say('card.say', language)} {_plain(gap.say.into(language))}"
            yield ""
        if grade.opening:
            yield _plain(grade.opening.into(language))
            yield ""
        for extra in grade.extras:
            yield f"- {say('card.extras', language)}{colon(language)}{_plain(extra.claim.into(language))} “{_plain(extra.evidence.quote)}”"
        if grade.dispute:
            yield f"{say('card.dispute', language)} {_plain(grade.dispute.into(language))}"
            yield ""
    yield f"{say('transcript.model_answer', language)} {_plain(found.question.reference.into(language))}"
    yield ""


def _ledger(found: AttemptResult, grade: Grade, language: Language) -> Iterator[str]:
    yield f"{say('card.ledger', language)}{colon(language).rstrip()}"
    yield ""
    for criterion in found.question.criteria:
        verdict = grade.verdict(criterion.id)
        if not markup.is_news(criterion, verdict.level):
            continue
        name = say(markup.level_key(criterion, verdict.level), language)
        tag = f" ({say('kind.bonus', language)})" if criterion.kind is Kind.BONUS else ""
        yield f"- **{name}**{tag} {_plain(criterion.text.into(language))} – {_plain(verdict.reason.into(language))}"
        for evidence in verdict.evidence:
            aid = found.attempt.aid(evidence)
            after = "" if aid is Aid.UNAIDED else f" ({say(f'aid.{aid}', language)})"
            yield f"  - “{_plain(evidence.quote)}”{after}"
        for contest in found.attempt.contests:
            if contest.criterion == criterion.id:
                yield f"  - {say('card.contested', language)} “{_plain(contest.evidence.quote)}” {_plain(contest.note)}"
    yield ""


def _footer(transcript: Transcript, language: Language) -> Iterator[str]:
    interview = transcript.interview
    yield say(
        "transcript.version",
        language,
        version=__version__,
        events=transcript.events,
        at=markup.moment(transcript.exported_at),
    )
    yield say("transcript.bank", language, bank=interview.bank.id)
    for attempt in interview.attempts:
        if attempt.grade:
            yield f"{attempt.question} #{attempt.number}: {markup.provenance_text(attempt.grade, language)}"


_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")


def _plain(text: str) -> str:
    """Text on one line, without meaning to Markdown."""
    return _literal(" ".join(text.split()))


def _literal(text: str) -> str:
    # '(' ')' ':' '-' only matter after other signs that are escaped already; a line's first sign may still start a list.
    text = _UNSEEN.sub("·", text)
    text = re.sub(r"([\\`*_\[\]<>|~$&#])", r"\\\1", text)
    text = re.sub(r"(?m)^(\s*)([-+=:])", r"\1\\\2", text)
    text = re.sub(r"(?m)^(\s*\d+)([.)])", r"\1\\\2", text)
    text = text.replace("://", ":\\/\\/").replace("!\\[", "\\!\\[")
    return re.sub(r"(?i)\b(www)\.", r"\1\\.", text).replace("@", "\\@")


def _marked(text: str, quotes: list[str]) -> str:
    """The text, literal, with the credited stretches in bold."""
    pieces = []
    for stretch, is_quoted in markup.stretches(text, quotes):
        for number, line in enumerate(stretch.split("\n")):
            pieces.append("\n" * (number > 0))
            pieces.append(f"**{_literal(line.strip())}**" if is_quoted and line.strip() else _literal(line))
    return "".join(pieces)


_STYLE = style.STYLE + style.PAGE
