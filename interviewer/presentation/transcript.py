"""An interview written out: Markdown for editors and forges, one self-contained HTML page, a summary for JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from markupsafe import Markup

from interviewer import __version__
from interviewer.domain.grade import TokensSpent
from interviewer.domain.interview import Attempt, Interview, shows_grades
from interviewer.domain.language import Language
from interviewer.domain.scoring import Score
from interviewer.domain.summary import attempt_result, summarize
from interviewer.presentation.card import Badge, GraderNotes, findings, no_badge, turns_after_question
from interviewer.presentation.chat import chat
from interviewer.presentation.comparison import compared_questions, comparison_to_plain, overall
from interviewer.presentation.highlighting import Mark, Marks, pieces
from interviewer.presentation.interview_report import by_question, report, skipped
from interviewer.presentation.templating import literal, render
from interviewer.presentation.wording import moment
from interviewer.sessions.coach_notes import CoachNote
from interviewer.sessions.comparison import QuestionComparison
from interviewer.text.spoken_delivery import delivery


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is written out, with what only the outside knows: the id, the dates (ISO 8601, UTC), and the graders.

    `badge` says in the language of the transcript how good the grader of a grade is known to be. Times are told in `zone`;
    `compared` is how the questions went the last time, and `coach_notes` what coaches wrote to the candidate. `candidate` is
    the name of who answered, empty where they read it themselves.
    """

    id: str
    interview: Interview
    begun_at: str
    exported_at: str
    events: int
    badge: Badge = no_badge
    compared: Sequence[QuestionComparison] = ()
    zone: tzinfo = UTC
    coach_notes: Sequence[CoachNote] = ()
    candidate: str = ""


def to_markdown(transcript: Transcript, language: Language) -> str:
    """The transcript as Markdown; what people wrote is quoted and escaped, so that it is read as they wrote it."""
    interview = transcript.interview
    summary, visible = summarize(interview), shows_grades(interview)
    text = render(
        "transcript.md",
        language,
        transcript=transcript,
        is_visible=visible,
        interview=interview,
        summary=summary,
        skipped=skipped(summary),
        delivery=delivery(interview),
        notes=GraderNotes.on([attempt.grade for attempt in interview.attempts if attempt.grade], transcript.badge),
        compared=compared_questions(transcript.compared, language) if visible else (),
        overall=overall(transcript.compared, language) if visible else (),
        coach_notes=[(one, _quoted(one.note, ())) for one in transcript.coach_notes],
        questions=[
            [_written(transcript, attempt, language, visible=visible) for attempt in tries]
            for tries in by_question(interview)
        ],
        line_break=Markup("  "),
        indent=Markup("  "),
    )
    return str(text).rstrip() + "\n"


def to_html(transcript: Transcript, language: Language) -> str:
    """The transcript as one page without scripts or links to anything outside itself."""
    interview, is_visible = transcript.interview, shows_grades(transcript.interview)
    summary, day = summarize(interview), moment(transcript.begun_at, transcript.zone)[:10]
    told, spent = Markup(), TokensSpent()
    if is_visible:
        beside = {name: getattr(transcript, name) for name in ("badge", "compared", "zone", "coach_notes")}
        told = report(interview, language, unfolded=True, is_for_coach=bool(transcript.candidate), **beside)
        spent = summary.spent
    page = render(
        "transcript.html",
        language,
        # A browser names the PDF after the title.
        title=f"{interview.bank.title.into(language)} · {day}",
        summary=summary,
        is_visible=is_visible,
        styles=("cards", "page"),
        transcript=transcript,
        interview=interview,
        report=told,
        spent=spent,
        chat=chat(interview, language, candidate=transcript.candidate),
    )
    return str(page)


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
        "work_on": [point.criterion.text.into(interview.plan.language) for point in summary.work_on] if visible else [],
        "compared": comparison_to_plain(transcript.compared) if visible else [],
        "coach_notes": [
            {"by": one.by, "note": one.note, "written_at": one.written_at} for one in transcript.coach_notes
        ],
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


def _written(transcript: Transcript, attempt: Attempt, language: Language, *, visible: bool) -> dict[str, Any]:
    """An attempt as the Markdown template wants it; as long as grades are hidden, nothing is marked in it."""
    found = attempt_result(transcript.interview, attempt)
    turns = [(turn, _quoted(turn.text, marked if visible else ())) for turn, marked in turns_after_question(found)]
    return {**findings(found, language, is_for_coach=bool(transcript.candidate)), "turns": turns}


_IN_MARKDOWN = {Mark.RIGHT: "**{}**", Mark.WRONG: "~~{}~~"}


def _quoted(text: str, marked: Marks) -> Markup:
    """The text as a block quote of Markdown, with the words that earned credit in bold and wrong ones struck through."""
    written = []
    for piece, mark in pieces(text, marked):
        for number, line in enumerate(piece.split("\n")):
            written.append("\n" * (number > 0))
            written.append(_IN_MARKDOWN[mark].format(literal(line.strip())) if mark and line.strip() else literal(line))
    return Markup("\n".join(f"> {line}" for line in "".join(written).split("\n")))  # noqa: S704 - each piece is escaped
