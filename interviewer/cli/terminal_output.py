"""An attempt and a result in the terminal, in colour where it shows colours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from rich.console import Console
from rich.text import Text

from interviewer.cli.model_progress import StatusLine
from interviewer.domain.grade import Level
from interviewer.domain.interview import Attempt, Interview, Mode, Phase
from interviewer.domain.language import Language
from interviewer.domain.rubric import Kind
from interviewer.domain.scoring import has_every_core
from interviewer.domain.summary import attempt_result, summarize
from interviewer.presentation import wording
from interviewer.presentation.card import CriterionRow, rows, says_nothing
from interviewer.sessions.service import Session
from interviewer.text.messages import colon, say

_STYLES: dict[Level | None, str] = {Level.MET: "green", Level.PARTIAL: "yellow"}


def show(text: str, style: str = "") -> None:
    """Print a text, in colour where there is a terminal that shows colours; no sign in the text means a style."""
    Console(soft_wrap=True).print(Text(text, style))


@dataclass(frozen=True, slots=True)
class GradingWatch:
    """Shows what the model is doing and, where grades are shown at once, its verdicts as they come."""

    session: Session
    language: Language
    status: StatusLine = field(default_factory=StatusLine)
    shown: dict[str, Level | None] = field(default_factory=dict)
    """The levels that were shown, by criterion."""

    def wait(self) -> Interview:
        interview = self.session.run_due_and_wait(self.language, look=self.look)
        self.status.clear()
        return interview

    def look(self) -> None:
        interview = self.session.interview()
        if interview.phase is Phase.REVIEWING and (verdicts := self.session.partial_verdicts()):
            for row in rows(attempt_result(interview, interview.current), self.language, verdicts):
                if not _is_shown(row, self.shown):
                    self.shown[row.criterion.id] = row.verdict.level
                    self.status.clear()
                    show_row(row, self.language)
        calls = (self.session.progress(one.question, one.number) for one in interview.attempts if one.awaits_grade)
        self.status.show(next(filter(None, calls), None), self.language)


def _is_shown(row: CriterionRow, shown: Mapping[str, Level | None]) -> bool:
    return row.criterion.id in shown and shown[row.criterion.id] is row.verdict.level


def show_card(
    interview: Interview, attempt: Attempt, language: Language, shown: Mapping[str, Level | None] = MappingProxyType({})
) -> None:
    """The rows of the card that the page shows, without those that are `shown` already and have no more to say."""
    found = attempt_result(interview, attempt)
    if attempt.failure:
        show(f"{say('card.failed', language)} {attempt.failure}", "yellow")
    if not found.verdicts:
        return
    show(wording.score_text(found.score, language, is_estimate=found.is_estimate), "bold")
    for flag in found.grade.flags if found.grade else ():
        show(say(f"flag.{flag}", language), "yellow")
    for row in rows(found, language):
        if row.choose or row.gap or row.say or not _is_shown(row, shown):
            show_row(row, language)
    if has_every_core(found.question.rubric, found.verdicts):
        show(say("card.no_gaps", language), "green")
    if says_nothing(found):
        show(f"{say('card.model_answer', language)}{colon(language)}{found.question.reference.into(language)}")


def show_row(row: CriterionRow, language: Language) -> None:
    """One point: its level, the words that it rests on, and what would have earned it."""
    criterion, level = row.criterion, row.verdict.level
    if row.choose:
        show("  " + say("card.choose", language, count=row.choose))
    name = say(wording.level_key(criterion, level), language)
    is_wrong = level is Level.CONTRADICTED or (criterion.kind is Kind.MISTAKE and level is not Level.MISSING)
    style = "red" if is_wrong else _STYLES.get(level, "")
    show(f"  {wording.sign(criterion, level)} {name}{colon(language)}{criterion.text.into(language)}", style)
    for evidence in row.verdict.evidence:
        show(f"      “{evidence.quote}”", style)
    if row.why:
        show(f"      {row.why.into(language)}")
    if better := row.gap.say if row.gap else row.say:
        show(f"      {say('card.say', language)}{'' if language is Language.ZH else ' '}{better}")


def show_report(interview: Interview, language: Language) -> None:
    summary = summarize(interview)
    show(say("report.title", language), "bold")
    show(wording.score_text(summary.score, language, is_estimate=summary.is_estimate), "bold")
    show(say("report.counts", language, planned=summary.planned, answered=summary.answered, graded=summary.graded))
    if summary.seconds:
        total = sum(summary.seconds)
        mean = wording.duration(total / len(summary.seconds))
        show(say("report.pace", language, total=wording.duration(total), mean=mean))
    if summary.is_estimate:
        show(say("card.estimate", language))
    for topic in summary.topics:
        title = interview.bank.topic_title(topic.topic, language)
        show(f"  {title}{colon(language)}{wording.score_text(topic.score, language, is_estimate=summary.is_estimate)}")
    if summary.study:
        show(say("report.study", language))
        for question in summary.study:
            show(f"  - {question.text.into(language)}")
    if interview.plan.mode is not Mode.COACH:
        for attempt in interview.attempts:
            show(f"\n{attempt.turns[0].text}", "bold")
            show_card(interview, attempt, language)
