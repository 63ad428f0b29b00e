import pytest

from interviewer.banks.reference_checks import is_only_a_link, says_too_little


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a?b=c",
        "See <https://example.org/a>.",
        "[Raft](raft.md)",
        "详见链接：https://example.org/答案。",
        "参考 [这里](a) 和 www.example.org",
    ],
)
def test_a_link_with_the_words_that_point_at_it_is_only_a_link(text: str) -> None:
    assert is_only_a_link(text)


@pytest.mark.parametrize(
    "text", ["", "See above.", "It elects a leader: https://example.org/a", "见上，先选主。www.a.org"]
)
def test_a_text_that_says_something_is_more(text: str) -> None:
    assert not is_only_a_link(text)


def test_what_repeats_the_question_says_too_little() -> None:
    assert says_too_little("Dropout is used.", "When is dropout used?")
    assert says_too_little("Yes", "Is it?")
    assert not says_too_little("Only while training the network", "When is dropout used?")
    assert not says_too_little("死锁", "几个线程互相等待叫什么？")
