"""Prompt tokens of a grade, by tiktoken, over the shipped questions or those of a BANK: `python prompt_tokens.py [BANK]`.

They are estimated where tiktoken's cache lacks the vocabulary.
"""

import contextlib
import json
import sys
from pathlib import Path
from statistics import mean

from interviewer.banks.loader import read_bank
from interviewer.domain.interview import Attempt, Turn, TurnKind
from interviewer.domain.language import Language
from interviewer.errors import LLMMalformed
from interviewer.grading import LLMGrader
from interviewer.llm.scripted import Request, ScriptedLLM
from interviewer.llm.token_count import count_prompt
from interviewer.settings import shipped

MODEL = "gpt-4o"


def nothing_met(_: Request) -> str:
    return json.dumps({"verdicts": [], "opening": "", "gaps": [], "extras": [], "dispute": ""})


def tokens_of_a_grade(bank: Path, language: Language) -> list[int]:
    """For each question, what the first call sends where the answer is the reference."""
    found = []
    for question in read_bank(bank).questions:
        asked, answer = question.text.into(language), question.reference.into(language)
        attempt = Attempt(
            question.id, 1, (Turn(TurnKind.QUESTION, asked), Turn(TurnKind.ANSWER, answer)), is_closed=True
        )
        llm = ScriptedLLM(nothing_met)
        with contextlib.suppress(LLMMalformed):
            LLMGrader(llm).grade(question, attempt, language)
        found.append(count_prompt(llm.requests[0].messages, MODEL))
    return found


def main() -> None:
    bank = Path(sys.argv[1]) if len(sys.argv) > 1 else shipped("rubrics") / "deep-learning.yaml"
    for language in Language:
        found = tokens_of_a_grade(bank, language)
        print(f"{bank.name}, {language}: {mean(found):.0f} prompt tokens a grade, {len(found)} questions")


if __name__ == "__main__":
    main()
