import pytest

from interviewer.grading.evidence import carries_content, locate


@pytest.mark.parametrize(
    "quote, found",
    [
        ("switched off", "switched off"),
        ("SWITCHED  OFF,", "Switched\noff"),
        ("关掉，否则随机", "关掉,否则 随机"),
        ("ｗ（１－２ηｃ", "w(1-2ηc"),
        ("學習率", "学习率"),
    ],
)
def test_a_quote_is_found_and_given_back_as_the_candidate_wrote_it(quote: str, found: str) -> None:
    text = f"好的 … {found} … end"
    place = locate(quote, text)
    assert place
    assert text[place[0] : place[1]] == found


@pytest.mark.parametrize("quote", ["", "…", "switched on", "off switched"])
def test_other_words_are_no_quote(quote: str) -> None:
    assert locate(quote, "it is switched off") is None


def test_the_words_of_the_question_carry_no_content() -> None:
    asked = ("测试时要不要用 dropout？", "Is dropout used at test time?")
    assert not carries_content("dropout is used at test time", asked)
    assert not carries_content("测试时用 dropout", asked)
    assert carries_content("dropout is switched off at test time", asked)
