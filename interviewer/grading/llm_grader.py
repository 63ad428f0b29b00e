"""The model grader, as the rest of the program knows it."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from interviewer.domain.grade import Grade, Level, Method, Provenance, Verdict
from interviewer.domain.interview import Attempt
from interviewer.domain.rubric import Language, Question
from interviewer.grading.conversation import Conversation, Watch
from interviewer.grading.grading_prompt import Paper
from interviewer.llm import LLM
from interviewer.llm.prompts import prompt
from interviewer.text.messages import localized

VERSION = "model-1"

_PROMPTS = ("grade", "grade-answer", "grade-points", "grade-remarks", "grade-correction")


class Shape(StrEnum):
    """All criteria in one call, or one call a criterion with the criterion last, so that the rest is cached."""

    ONE_CALL = "one_call"
    PER_CRITERION = "per_criterion"


@dataclass(frozen=True, slots=True)
class LLMGrader:
    """Grades with a model. Raises LLMError where the model cannot be used; then nothing of its reply is kept.

    `votes` 3 asks twice more about points that are partial or whose quote was not found. `context` is how many tokens
    the model can read, where that is known.
    """

    llm: LLM
    shape: Shape = Shape.ONE_CALL
    votes: int = 1
    context: int | None = None

    def grade(
        self, question: Question, attempt: Attempt, language: Language = Language.EN, watch: Watch | None = None
    ) -> Grade:
        """The grade, with reasons in `language`; `watch` is told the verdicts as they come."""
        paper = Paper.of(question, attempt, language)
        provenance = Provenance(
            Method.MODEL,
            VERSION,
            question.rubric.digest,
            prompt=prompts_digest(),
            model=self.llm.name,
            host=self.llm.host,
            shape=self.shape,
            votes=self.votes,
        )
        if not paper.sentences:
            verdicts = tuple(Verdict(c.id, Level.MISSING, localized("reason.missing")) for c in question.criteria)
            return Grade(verdicts, provenance, paper.flags)
        asking = Conversation(self.llm, self.context, paper, watch)
        if self.shape is Shape.ONE_CALL:
            asking.ask(question.criteria, remarks=True)
        else:
            for criterion in question.criteria:
                asking.ask((criterion,))
            asking.remark()
        asking.vote(self.votes)
        return asking.grade(provenance)


def prompts_digest() -> str:
    """One digest for all prompts that a grade depends on."""
    return hashlib.sha256("".join(prompt(name).digest for name in _PROMPTS).encode()).hexdigest()[:16]
