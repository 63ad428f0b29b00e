import pytest

from interviewer.errors import LLMError, LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.llm import LLM, Message, Reply
from interviewer.llm.scripted import Request, ScriptedLLM

QUESTION = [Message("user", "Why?")]


def test_lines_are_played_in_order_and_requests_remembered() -> None:
    llm = ScriptedLLM(["one", Reply("two"), lambda request: f"{request.messages[0].content} three", LLMRefused("no")])
    assert [llm.reply(QUESTION).text for _ in range(3)] == ["one", "two", "Why? three"]
    with pytest.raises(LLMRefused, match="no"):
        llm.reply(QUESTION)
    with pytest.raises(LLMUnreachable, match="script"):
        llm.reply(QUESTION)
    assert llm.requests == [Request(tuple(QUESTION), None)] * 5


def test_one_function_may_answer_everything() -> None:
    llm: LLM = ScriptedLLM(lambda request: str(len(request.messages)), name="counter")
    assert [llm.reply(QUESTION * size).text for size in (1, 2)] == ["1", "2"]
    assert llm.name == "counter"


def test_a_schema_is_held_to_as_a_real_model_is_held_to_it() -> None:
    llm = ScriptedLLM(['Sure: {"a": 1}', "none"])
    assert llm.reply(QUESTION, schema={}).text == '{"a": 1}'
    with pytest.raises(LLMMalformed):
        llm.reply(QUESTION, schema={})


def test_a_stream_ends_with_the_reply() -> None:
    llm = ScriptedLLM(["one"])
    text, last = llm.stream(QUESTION)
    assert (text.text, text.reply) == ("one", None)
    assert last.reply is not None
    assert last.reply.text == "one"
    with pytest.raises(LLMError):
        next(llm.stream(QUESTION))
