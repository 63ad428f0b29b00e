"""A recorded interview as a file: Markdown, HTML or JSON."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from interviewer.domain.grade import Grade
from interviewer.domain.interview import Graded, Ungraded, replay, shows_grades
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.errors import OutOfTurn
from interviewer.evaluation.measurements import MeasurementSource, measurement_finder
from interviewer.presentation.export_formats import ExportFormat
from interviewer.presentation.plain_text import escaped_controls
from interviewer.presentation.transcript import Transcript, to_html, to_markdown, to_summary
from interviewer.presentation.wording import agreement_text
from interviewer.sessions.serialization import history_to_json
from interviewer.sessions.store import RecordedEvent
from interviewer.text.messages import localized


def export_transcript(
    interview: str,
    history: Sequence[RecordedEvent],
    kind: str,
    language: Language | None,
    known: MeasurementSource,
    banks: Sequence[Bank] = (),
    **beside: Any,
) -> str:
    """A transcript in a form of `ExportFormat`, in the given language or that of its questions.

    What is `known` of its graders on these `banks` stands beside the scores; `beside` are other fields of the
    `Transcript` that only the outside knows.
    """
    played = replay(recorded.event for recorded in history)
    if not shows_grades(played):
        if kind == ExportFormat.JSON:
            raise OutOfTurn(localized("transcript.not_over"))
        # The wall between the modes holds in files too: before the end no format gives a grade away.
        history = [recorded for recorded in history if not isinstance(recorded.event, Graded | Ungraded)]
        played = replay(recorded.event for recorded in history)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    spoken = language or played.plan.language
    told = measurement_finder(known, played, banks)

    def badge(grade: Grade) -> str:
        return agreement_text(told(grade), spoken, is_estimate=grade.is_estimate)

    transcript = Transcript(interview, played, history[0].at, now, len(history), badge, **beside)
    if kind == ExportFormat.JSON:
        recorded = [(one.event, one.at) for one in history]
        return escaped_controls(history_to_json(recorded, to_summary(transcript)))
    return to_html(transcript, spoken) if kind == ExportFormat.HTML else to_markdown(transcript, spoken)
