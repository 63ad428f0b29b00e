"""What stands beside a score: how well the one who gave it is known to agree with labels. Knows nothing of gradio."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from interviewer.errors import BankError
from interviewer.grade import Grade, Provenance
from interviewer.measured import Measured, in_words, rubrics_of
from interviewer.models import Models
from interviewer.rubric import Bank, Language
from interviewer.words import say


@dataclass(frozen=True, slots=True)
class Badges:
    """Says of a grade what is known of its grader. `known` is asked each time, so a new measurement shows at once."""

    models: Models
    known: Callable[[], Mapping[tuple[str, str], Measured]]

    def on(self, bank: Bank, language: Language) -> Callable[[Grade], str]:
        """The badge of a grade on an answer to this bank."""
        try:
            known = self.known()
        except BankError:
            known = {}  # a damaged file of measurements is no reason to show no card; `evaluate` names it
        rubrics = rubrics_of(bank)

        def badge(grade: Grade) -> str:
            by = grade.provenance
            found = known.get((by.signature, rubrics))
            told = in_words(found, language, is_estimate=grade.is_estimate)
            return told if found else told + self._tested(by, language)

        return badge

    def _tested(self, by: Provenance, language: Language) -> str:
        diagnosis = self.models.diagnosis_of(by) if by.model else None
        if diagnosis is None:
            return " " + say("badge.test_it", language) if by.model else ""
        return " " + say("badge.passed" if diagnosis.is_healthy else "badge.failed", language)
