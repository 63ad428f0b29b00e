"""What stands beside a score: how well the one who gave it is known to agree with labels. Knows nothing of gradio."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from interviewer.domain.grade import Grade, Provenance
from interviewer.domain.interview import Interview
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.evaluation.measurements import Measurement, MeasurementSource, measurement_finder
from interviewer.presentation.wording import agreement_text
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.text.messages import say


@dataclass(frozen=True, slots=True)
class Badges:
    models: GraderRegistry
    known: MeasurementSource
    banks: Callable[[], Sequence[Bank]] = list

    def on(self, interview: Interview, language: Language) -> Callable[[Grade], str]:
        known = measurement_finder(self.known, interview, self.banks())

        def badge(grade: Grade) -> str:
            found = known(grade)
            told = agreement_text(found, language, is_estimate=grade.is_estimate)
            return told if _is_measured(found) else told + self._tested(grade.provenance, language)

        return badge

    def is_measured(self, interview: Interview) -> Callable[[Grade], bool]:
        """Whether it is known how good the one who gave a grade is on new answers to the bank of the question."""
        known = measurement_finder(self.known, interview, self.banks())
        return lambda grade: _is_measured(known(grade))

    def _tested(self, by: Provenance, language: Language) -> str:
        check = self.models.check_by(by) if by.model else None
        if check is None:
            return " " + say("badge.test_it", language) if by.model else ""
        return " " + say("badge.passed" if check.is_healthy else "badge.failed", language)


def _is_measured(found: Measurement | None) -> bool:
    return found is not None and found.held_out_pearson is not None
