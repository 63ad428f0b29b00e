"""What every grader looks like to the rest of the program."""

from collections.abc import Callable
from typing import Protocol

from interviewer.domain.grade import Grade, Verdict
from interviewer.domain.interview import Attempt
from interviewer.domain.language import Language
from interviewer.domain.rubric import Question

Watch = Callable[[tuple[Verdict, ...]], None]
"""Is told the verdicts that are settled so far, each time there is a new one."""


class Grader(Protocol):
    """Grades an attempt, with reasons in a language; may tell `watch` the verdicts as they come.

    Raises an InterviewerError if it cannot; its text becomes the reason that is shown.
    """

    def grade(
        self, question: Question, attempt: Attempt, language: Language = ..., watch: Watch | None = ...
    ) -> Grade: ...
