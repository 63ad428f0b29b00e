import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.llm.thinking_tags import ThinkingFilter, split_thinking


@pytest.mark.parametrize(
    "content, said, thought",
    [
        ("plain", "plain", ""),
        ("<think>hm</think>\n\nso", "so", "hm"),
        (" \n<Thinking>hm</Thinking>so", "so", "hm"),
        ("<think>a</think><think>b</think>so", "so", "a\nb"),
        ("<think>never closed", "", "never closed"),
        ("from the template</think>so", "so", "from the template"),
        ('{"quote": "a </think> tag"}', '{"quote": "a </think> tag"}', ""),
        ("Models write <think> and </think> around it.", "Models write <think> and </think> around it.", ""),
        ("<thinker>", "<thinker>", ""),
    ],
)
def test_thinking_is_told_apart(content: str, said: str, thought: str) -> None:
    assert split_thinking(content) == (said, thought)


@given(st.lists(st.sampled_from(["<think>", "</think>", "<", "th", "ink>", "a", " ", "\n"]), max_size=12), st.randoms())
def test_in_pieces_as_in_whole(parts: list[str], chance: object) -> None:
    content = "".join(parts)
    thinking = ThinkingFilter()
    shown = "".join(thinking.show(character) for character in content) + thinking.rest()
    again = ThinkingFilter()
    assert "".join(again.show(part) for part in parts) + again.rest() == shown
    if "</think>" not in content or content.lstrip().startswith("<think>"):
        assert shown.strip() == split_thinking(content)[0].strip()
