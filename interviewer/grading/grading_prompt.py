"""What a model is shown of an attempt, and which of the words it quotes are really the candidate's."""

import hashlib
import json
from dataclasses import dataclass

from interviewer.domain.grade import Evidence, Flag
from interviewer.domain.interview import Attempt, Saying
from interviewer.domain.rubric import Language, Question
from interviewer.grading.evidence import carries_content, evidence_at, locate
from interviewer.grading.guardrails import Screened, screen
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
    screened: dict[int, Screened]
    sentences: str
    flags: tuple[Flag, ...]

    @classmethod
    def of(cls, question: Question, attempt: Attempt, language: Language) -> "GradingPrompt":
        screened = {turn: screen(text, question.text.both) for turn, text in attempt.answers}
        shown: list[dict[str, object]] = []
        for turn, text in attempt.answers:
            probe = _probe_before(attempt, turn)
            for start, end in screened[turn].spans:
                sentence: dict[str, object] = {"n": len(shown) + 1, "text": text[start:end]}
                if probe:
                    sentence["asked"] = probe
                shown.append(sentence)
        flags = dict.fromkeys(flag for one in screened.values() for flag in one.flags)
        if shown:
            flags = {flag: None for flag in flags if flag is Flag.INJECTION}
        sentences = json.dumps(shown, ensure_ascii=False) if shown else ""
        return cls(question, attempt, language, screened, sentences, tuple(flags))

    def messages(self, task: str) -> list[Message]:
        # The marker depends on the answer, so no answer can know the marker it will stand between.
        marker = hashlib.sha256(f"{self.question.id}\n{self.sentences}".encode()).hexdigest()[:12]
        question = self.question.text.into(self.attempt_language)
        content = prompt("grade-answer").fill(
            {"question": question, "marker": marker, "answer": self.sentences, "task": task}
        )
        system = prompt("grade").fill({"language": say("second.language", self.language)})
        return [Message("system", system, FORM), Message("user", content)]

    @property
    def attempt_language(self) -> Language:
        asked = self.attempt.turns[0].text
        return Language.ZH if asked == self.question.text.zh else Language.EN

    def evidence(self, quote: str) -> Evidence | None:
        """The candidate's own words that a quote stands for, if it may count: verbatim, outside what was screened."""
        if not carries_content(quote, self.question.text.both):
            return None
        for turn, text in self.attempt.answers:
            for start, end in self.screened[turn].spans:
                place = locate(quote, text[start:end])
                if place:
                    return evidence_at(turn, text, start + place[0], start + place[1])
            place = locate(quote, text)
            inside = place and any(s < place[1] and place[0] < e for s, e in self.screened[turn].spans)
            if place and inside and Flag.INJECTION not in self.screened[turn].flags:
                return evidence_at(turn, text, *place)
        return None


def _probe_before(attempt: Attempt, turn: int) -> str:
    before = [said.text for said in attempt.turns[:turn] if said.saying is Saying.PROBE]
    return before[-1] if before else ""
