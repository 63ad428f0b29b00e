"""The seven canned answers to one shipped question, by which a grader is checked."""

import tomllib
from enum import StrEnum
from pathlib import Path

from interviewer.domain.rubric import Question

QUESTION = "nonlinearity"


class CannedAnswer(StrEnum):
    """The seven answers, in the order in which they are shown."""

    REFERENCE = "reference"
    OTHER_LANGUAGE = "other_language"
    HALF = "half"
    ECHO = "echo"
    DONT_KNOW = "dont_know"
    WRONG = "wrong"
    BEGGING = "begging"


# What needs no model, since nothing of it is left to be read.
UNREAD = (CannedAnswer.ECHO, CannedAnswer.DONT_KNOW)
# What tells most of a model is asked first, in case it is too slow for all.
ASKED_IN = (
    *(CannedAnswer.REFERENCE, CannedAnswer.WRONG, CannedAnswer.BEGGING, CannedAnswer.HALF, CannedAnswer.OTHER_LANGUAGE),
    *UNREAD,
)


def canned_answers(question: Question) -> dict[CannedAnswer, str]:
    written = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    made = {CannedAnswer.REFERENCE: question.reference.zh, CannedAnswer.ECHO: question.text.zh}
    return {name: made.get(name) or written[name] for name in CannedAnswer}
