import json
from typing import Any

import pytest
from fakes import begun
from planted_leaks import BANK as OVERFITTING
from planted_leaks import PLANTED

from interviewer.domain.interview import Answered, Asked, Begun, Interview, Plan, replay
from interviewer.domain.language import Language
from interviewer.errors import LLMUnreachable
from interviewer.grading.clarifications import may_be_question, neutral_reply, reply_to
from interviewer.llm.scripted import ScriptedLLM

ASKED = {Language.EN: "Do you mean on held-out data?", Language.ZH: "是指没见过的数据吗？"}
NEUTRAL = {
    Language.EN: "I would rather not say more than the question does. Take it in the way that makes most sense to you, and say what you assume.",
    Language.ZH: "题目之外我先不多说。按你觉得最合理的理解来答，并说明你的假设就好。",
}


def asking(text: str, language: Language = Language.EN, *, as_answer: bool = False) -> Interview:
    said = Answered(text) if as_answer else Asked(text)
    return replay([Begun(OVERFITTING, Plan(("overfit",), language=language)), said])


def line(reply: object, *, is_question: object = True) -> str:
    return json.dumps({"is_question": is_question, "reply": reply}, ensure_ascii=False)


@pytest.mark.parametrize(
    "text, may_be",
    [
        ("Do you mean on held-out data?", True),
        ("what do you mean by loss", True),
        ("Could you give an example", True),
        ("可以举个例子吗", True),
        ("是指没见过的数据吗", True),
        ("没听懂，什么意思", True),
        ("I would flip the pictures", False),
        ("我会翻转图片", False),
        ("Early stopping?", False),
        ("是不是用早停？", False),
        ("Do you mean " + "x " * 200 + "?", False),
    ],
)
def test_only_what_looks_like_a_question_and_says_nothing_is_taken_to_a_model(text: str, may_be: bool) -> None:
    language = Language.EN if text.isascii() else Language.ZH
    assert may_be_question(asking(text, language, as_answer=True)) is may_be
    assert not may_be_question(asking(text, language))


def test_a_question_that_was_sent_as_an_answer_is_recognised_by_the_model_and_replied_to() -> None:
    sent = asking(ASKED[Language.EN], as_answer=True)
    assert reply_to(sent, ScriptedLLM([line("On the data that is set aside.")])) == "On the data that is set aside."
    assert reply_to(sent, ScriptedLLM([line("", is_question=False)])) is None
    assert reply_to(sent, ScriptedLLM([line("", is_question="yes")])) is None
    assert reply_to(sent, ScriptedLLM([LLMUnreachable("gone")])) is None


@pytest.mark.parametrize(
    "said", [line(""), line(7), line("x " * 200), line("Yes, exactly."), line("指的是验证集。"), "{}"]
)
def test_a_reply_that_may_not_be_given_becomes_a_neutral_one(said: str) -> None:
    assert reply_to(asking(ASKED[Language.EN]), ScriptedLLM([said])) == NEUTRAL[Language.EN]


@pytest.mark.parametrize("language, form, text", PLANTED)
def test_no_planted_leak_becomes_a_reply(language: Language, form: str, text: str) -> None:
    llm = ScriptedLLM([line(text), line(text.rstrip("?？") + ("." if language is Language.EN else "。"))])
    for _ in range(2):
        assert reply_to(asking(ASKED[language], language), llm) == NEUTRAL[language]
    assert neutral_reply(asking(ASKED[language], language)) == NEUTRAL[language]


@pytest.mark.parametrize("language, form, text", PLANTED)
def test_whoever_guesses_in_a_question_learns_nothing_and_asks_no_model(
    language: Language, form: str, text: str
) -> None:
    llm = ScriptedLLM([])
    assert reply_to(asking(text, language), llm) == NEUTRAL[language]
    assert llm.requests == []


def test_a_follow_up_may_be_named_in_the_reply() -> None:
    from interviewer.domain.interview import Probed

    history: list[Any] = [begun(probes=1), Answered("it would be random"), Probed("off", "What is its state then?")]
    interview = replay([*history, Asked("Which state?")])
    reply = "Its state while the network is used."
    assert reply_to(interview, ScriptedLLM([line(reply)])) == reply
