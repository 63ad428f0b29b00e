"""What a model is shown of an attempt, and which of the words it quotes are really the candidate's."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interviewer.domain.grade import Evidence, Flag
from interviewer.domain.interview import Attempt, TurnKind
from interviewer.domain.language import Language
from interviewer.domain.rubric import Question
from interviewer.grading.evidence import carries_content, evidence_at, is_covered, locate, prompted_units
from interviewer.grading.guardrails import Span, screen_attempt
from interviewer.grading.reply_schema import FORM
from interviewer.llm import Message
from interviewer.llm.prompts import prompt
from interviewer.text.messages import say


@dataclass(frozen=True, slots=True)
class GradingPrompt:
    """What is to be graded: the sentences of the answer that are left after screening, and how they are shown."""

    question: Question
    attempt: Attempt
    language: Language
    spans: Mapping[int, Sequence[Span]]
    sentences: str
    flags: tuple[Flag, ...]

    @classmethod
    def of(cls, question: Question, attempt: Attempt, language: Language) -> "GradingPrompt":
        spans, flags = screen_attempt(question, attempt)
        shown: list[dict[str, object]] = []
        for turn, text in attempt.answers:
            probe = _probe_before(attempt, turn)
            for start, end in spans[turn]:
                shown.append({"n": len(shown) + 1, "text": text[start:end]} | ({"asked": probe} if probe else {}))
        sentences = json.dumps(shown, ensure_ascii=False) if shown else ""
        return cls(question, attempt, language, spans, sentences, flags)

    def messages(self, task: str, *, is_of_answer: bool = False) -> list[Message]:
        """The messages of one call. What later calls will share comes first: a server reads the same words only once.

        A task that `is_of_answer` is one of several about this answer, and follows it; else other answers to the same
        question will have the same task, and the answer comes last.
        """
        # The marker depends on the answer, so no answer can know the marker it will stand between.
        marker = hashlib.sha256(f"{self.question.id}\n{self.sentences}".encode()).hexdigest()[:12]
        question = self.question.text.into(self.attempt_language)
        head = prompt("grade-question").fill({"question": question, "policy": self._policy})
        answer = prompt("grade-answer").fill({"marker": marker, "answer": self.sentences})
        parts = (head, answer, task) if is_of_answer else (head, task, answer)
        example = prompt(f"grade-example-{self.language}").text.strip()
        system = prompt("grade").fill({"language": say("second.language", self.language), "example": example})
        return [Message("system", system, FORM), Message("user", "\n\n".join(part.strip() for part in parts))]

    @property
    def _policy(self) -> str:
        """How the author wants the question graded, as a line of the prompt."""
        policy = self.question.policy
        return f"How its author wants it graded: {policy.into(self.language)}\n" if policy else ""

    @property
    def longest(self) -> int:
        """Characters of the longest answer: no quote has more."""
        return max((len(text) for _, text in self.attempt.answers), default=0)

    @property
    def attempt_language(self) -> Language:
        asked = self.attempt.turns[0].text
        return Language.ZH if asked == self.question.text.zh else Language.EN

    def evidence(self, quotes: Sequence[str]) -> tuple[Evidence, ...]:
        """The candidate's own words that quotes stand for, those that may count; none if they only repeat what was asked."""
        found: list[Evidence] = []
        for quote in quotes:
            words = self.located(quote)
            if words and not any(words.overlaps(other) for other in found):
                found.append(words)
        asked = self.question.text.both
        is_said = any(carries_content(one.quote, asked, prompted_units(self.attempt, one.turn)) for one in found)
        return tuple(found) if is_said else ()

    def located(self, quote: str) -> Evidence | None:
        """The words that a quote stands for: verbatim, in what was not screened out; they may reach over sentences."""
        for turn, text in self.attempt.answers:
            for start, end in self.spans[turn]:
                place = locate(quote, text[start:end])
                if place:
                    return evidence_at(turn, text, start + place[0], start + place[1])
            place = locate(quote, text)
            if place and is_covered(text, *place, self.spans[turn]):
                return evidence_at(turn, text, *place)
        return None


def _probe_before(attempt: Attempt, turn: int) -> str:
    before = [said.text for said in attempt.turns[:turn] if said.kind is TurnKind.PROBE]
    return before[-1] if before else ""
