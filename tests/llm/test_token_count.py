import base64
import hashlib
import socket
from pathlib import Path

import pytest
import tiktoken_ext.openai_public
from hypothesis import given
from hypothesis import strategies as st

from interviewer.llm import Message, Usage, token_count
from interviewer.llm.token_count import (
    TokenCalibration,
    Vocabulary,
    count_prompt,
    count_tokens,
    estimate_tokens,
    load,
    vocabulary_of,
    was_cut,
)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("tokens are counted without a network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with a vocabulary of bytes and one word, which all of OpenAI's models are given."""
    tokens = [bytes([value]) for value in range(256)] + [b"he", b"ll", b"hell", b"hello"]
    data = b"".join(base64.b64encode(token) + b" %d\n" % rank for rank, token in enumerate(tokens))
    (tmp_path / "tiny").write_bytes(data)
    pattern = token_count.VOCABULARIES["o200k_base"].pattern
    vocabulary = Vocabulary("tiny", "tiny", hashlib.sha256(data).hexdigest(), pattern, ("gpt-",))
    monkeypatch.setattr(token_count, "VOCABULARIES", {"tiny": vocabulary})
    return tmp_path


def test_tokens_are_counted_where_the_vocabulary_is_at_hand(tiny: Path) -> None:
    assert count_tokens("hello hell", "gpt-5", tiny) == 3
    assert count_tokens("hello hell", "openai/GPT-5", tiny) == 3
    assert count_tokens("hello hell", "qwen3:8b", tiny) == estimate_tokens("hello hell")
    assert count_prompt([Message("user", "hello"), Message("user", "hell")], "gpt-5", tiny) == 1 + 4 + 1 + 4


def test_a_special_token_in_a_text_is_only_text(tiny: Path) -> None:
    assert count_tokens("<|endoftext|>", "gpt-5", tiny) == len("<|endoftext|>")


def test_nothing_is_fetched_if_the_vocabulary_is_missing_or_damaged(tmp_path: Path) -> None:
    assert count_tokens("hello", "gpt-5", tmp_path / "no such folder") == estimate_tokens("hello")
    damaged = tmp_path / token_count.VOCABULARIES["o200k_base"].file
    damaged.write_bytes(b"aGVsbG8= 0\n")
    assert load(token_count.VOCABULARIES["o200k_base"], tmp_path) is None
    assert damaged.exists()


@pytest.mark.parametrize(
    "model, name",
    [
        ("gpt-4o-mini", "o200k_base"),
        ("gpt-4", "cl100k_base"),
        ("gpt-4.1", "o200k_base"),
        ("gpt-3.5-turbo", "cl100k_base"),
        ("gpt-6", "o200k_base"),
        ("openai/gpt-5", "o200k_base"),
        ("gpt-oss:20b", "o200k_base"),
        ("o4-mini", "o200k_base"),
        ("qwen3:8b", None),
        ("deepseek-chat", None),
        ("olmo-2", None),
        ("", None),
    ],
)
def test_only_models_with_that_vocabulary_are_counted_with_it(model: str, name: str | None) -> None:
    vocabulary = vocabulary_of(model)
    assert (vocabulary and vocabulary.name) == name


@pytest.mark.parametrize("vocabulary", token_count.VOCABULARIES.values(), ids=lambda vocabulary: vocabulary.name)
def test_the_vocabularies_are_tiktokens(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def loading(url: str, expected_hash: str) -> dict[bytes, int]:
        asked.append((hashlib.sha1(url.encode()).hexdigest(), expected_hash))
        return {}

    monkeypatch.setattr(tiktoken_ext.openai_public, "load_tiktoken_bpe", loading)
    made = getattr(tiktoken_ext.openai_public, vocabulary.name)()
    assert made["pat_str"] == vocabulary.pattern
    assert asked == [(vocabulary.file, vocabulary.sha256)]


def test_an_estimate_is_rather_too_high() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("激活函数") == 5
    assert estimate_tokens("a" * 100) == 33
    assert estimate_tokens("😀") >= 1


@given(st.text(), st.text())
def test_more_text_never_costs_less(one: str, other: str) -> None:
    assert max(estimate_tokens(one), estimate_tokens(other)) <= estimate_tokens(one + other)


@pytest.mark.parametrize(
    "estimate, reported, cut",
    [(4000, 2050, True), (4000, 3000, False), (4000, None, None), (100, 20, False), (4000, 9000, False)],
)
def test_a_prompt_that_was_cut_is_noticed(estimate: int, reported: int | None, cut: bool | None) -> None:
    assert was_cut(estimate, reported) is cut


def test_estimates_are_calibrated_for_each_model() -> None:
    calibration = TokenCalibration()
    assert calibration.ratio("u", "m") == 1
    calibration.learn("u", "m", 1000, Usage(800, 1))
    assert calibration.ratio("u", "m") == pytest.approx(0.8)
    calibration.learn("u", "m", 1000, Usage(900, 1))
    assert calibration.ratio("u", "m") == pytest.approx(0.83)
    calibration.learn("u", "m", 1000, Usage(300, 1))  # cut: no measure of the model's tokens
    calibration.learn("u", "m", 1000, Usage(None, 1))
    assert calibration.ratio("u", "m") == pytest.approx(0.83)
    assert calibration.ratio("u", "n") == 1
