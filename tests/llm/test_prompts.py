import pytest

from interviewer.errors import PromptError
from interviewer.llm.prompts import Prompt


def test_a_prompt_is_filled_with_exactly_its_placeholders() -> None:
    prompt = Prompt("p", "Grade $answer for $$5 against {criteria} and $criteria.")
    assert prompt.placeholders == {"answer", "criteria"}
    assert prompt.fill({"answer": "$x", "criteria": "c"}) == "Grade $x for $5 against {criteria} and c."


def test_a_missing_or_unused_value_is_named() -> None:
    with pytest.raises(PromptError, match=r"no value for \$answer, does not use \$question"):
        Prompt("p", "$answer").fill({"question": "q"})


def test_a_lone_dollar_sign_is_an_error_when_the_prompt_is_read() -> None:
    with pytest.raises(PromptError, match="stands alone"):
        Prompt("p", "costs 5 $ each")


def test_the_digest_changes_with_the_text() -> None:
    assert Prompt("p", "a").digest == Prompt("q", "a").digest != Prompt("p", "b").digest
