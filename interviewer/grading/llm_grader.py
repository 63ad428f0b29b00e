"""The grader that asks a language model; how it asks stands in `grading_conversation`."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from interviewer.domain.grade import Grade, Level, Method, Provenance, Verdict
from interviewer.domain.interview import Attempt
from interviewer.domain.language import Language
from interviewer.domain.rubric import Question
from interviewer.grading.grading_conversation import GradingConversation
from interviewer.grading.grading_prompt import GradingPrompt
from interviewer.grading.protocol import Watch
from interviewer.llm import LLM
from interviewer.llm.prompts import prompt
from interviewer.text.messages import localized

VERSION = "model-3"

_PROMPTS = (
    *("grade", "grade-example-en", "grade-example-zh", "grade-question", "grade-answer", "grade-points"),
    *("grade-misconceptions", "grade-remarks", "grade-correction"),
)


class CallShape(StrEnum):
    """All criteria in one call, before the answer, or one call a criterion, after it: so what stays the same is cached."""

    ONE_CALL = "one_call"
    PER_CRITERION = "per_criterion"


@dataclass(frozen=True, slots=True)
class LLMGrader:
    """Grades with a model. Raises LLMError where the model cannot be used; then nothing of its reply is kept.

    `votes` 3 asks twice more about points that are partial or whose quote was not found. `context` is how many tokens
    the model can read, where that is known.
    """

    llm: LLM
    shape: CallShape = CallShape.ONE_CALL
    votes: int = 1
    context: int | None = None
    remarks: bool = True
    """Whether it is asked for remarks too, which take a slow model longer than its verdicts."""

    def grade(
        self, question: Question, attempt: Attempt, language: Language = Language.EN, watch: Watch | None = None
    ) -> Grade:
        """The grade, with reasons in `language`; `watch` is told the verdicts as they come."""
        grading_prompt = GradingPrompt.of(question, attempt, language)
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
        if not grading_prompt.sentences:
            verdicts = tuple(Verdict(c.id, Level.MISSING, localized("reason.missing")) for c in question.criteria)
            return Grade(verdicts, provenance, grading_prompt.flags)
        conversation = GradingConversation(self.llm, self.context, grading_prompt, watch)
        if self.shape is CallShape.ONE_CALL:
            conversation.ask(question.criteria, remarks=self.remarks)
        else:
            for criterion in question.criteria:
                conversation.ask((criterion,))
            if self.remarks:
                conversation.remark()
        conversation.vote(self.votes)
        return conversation.grade(provenance)


def prompts_digest() -> str:
    return hashlib.sha256("".join(prompt(name).digest for name in _PROMPTS).encode()).hexdigest()[:16]
