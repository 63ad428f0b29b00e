"""Questions of the candidate about the question: how one is recognised, and answered without giving anything away."""

import json
from pathlib import Path

from interviewer.domain.interview import Interview, TurnKind, last_question, may_ask
from interviewer.errors import LLMError
from interviewer.grading.disclosure import disclosed
from interviewer.grading.follow_ups import faults_of_speech
from interviewer.llm import LLM, Message
from interviewer.llm.json_reply import object_schema
from interviewer.llm.prompts import prompt
from interviewer.text import tokenizer
from interviewer.text.messages import say
from interviewer.text.word_lists import WordLists

_LISTS = WordLists(Path(__file__).with_suffix(".toml"))

LONGEST_REPLY = 240
# Nobody who only asks what is meant says more.
_LONGEST_QUESTION = 200

_SCHEMA = object_schema(is_question={"type": "boolean"}, reply={"type": "string", "maxLength": LONGEST_REPLY})


def may_be_question(interview: Interview) -> bool:
    """Whether what was said last may be no answer, so that a model is worth asking.

    What says anything of a criterion is an answer, however it is put.
    """
    said = interview.current.turns[-1]
    folded = tokenizer.fold(said.text)
    return (
        said.kind is TurnKind.ANSWER
        and may_ask(interview)
        and len(folded) <= _LONGEST_QUESTION
        and bool("?" in folded or _LISTS.phrases("clarification.asks").search(folded))
        and not disclosed(interview.question, said.text)
    )


def neutral_reply(interview: Interview) -> str:
    """What is said where nothing more can be said of the question, which hurts nobody."""
    return say("ask.neutral_reply", interview.plan.language)


def reply_to(interview: Interview, llm: LLM) -> str | None:
    """What the model says to the candidate's question, or the neutral reply where it would give anything away.

    None where what was said last was meant as an answer and is one, or where the model cannot be asked.
    """
    said = interview.current.turns[-1]
    answers = [text for turn, text in interview.current.answers if turn < len(interview.current.turns) - 1]
    if said.kind is TurnKind.ASK and disclosed(interview.question, said.text, answers):
        return neutral_reply(interview)  # any reply would tell whether the guess is right
    language = interview.plan.language
    asked = prompt("clarify").fill(
        {
            "manner": interview.plan.manner,
            "language": say("second.language", language),
            "question": interview.question.text.into(language),
            "last": last_question(interview.current),
            "said": json.dumps(said.text, ensure_ascii=False),
        }
    )
    try:
        given = json.loads(llm.reply([Message("user", asked)], schema=_SCHEMA).text)
    except LLMError:
        return None
    if said.kind is TurnKind.ANSWER and given.get("is_question") is not True:
        return None
    reply = given.get("reply")
    words = " ".join(reply.split()) if isinstance(reply, str) else ""
    known = [*answers, last_question(interview.current)]
    is_fit = 0 < len(words) <= LONGEST_REPLY and not faults_of_speech(interview, words, known)
    return words if is_fit else neutral_reply(interview)
