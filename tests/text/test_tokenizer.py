import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from interviewer.text import tokenizer


@pytest.mark.parametrize(
    "one, other",
    [
        ("Vanishing gradients", "vanish gradient"),
        ("ＡＤＡＭ　优化器", "adam 优化器"),
        ("學習率與梯度", "学习率与梯度"),
        ("re\u200bgular\u00adization", "regularisation"),
        ("by-product", "by product"),
    ],
)
def test_what_looks_the_same_compares_the_same(one: str, other: str) -> None:
    assert tokenizer.words(one) == tokenizer.words(other)


def test_numbers_and_formulas_are_kept() -> None:
    assert tokenizer.words("w(1−2ηc), 1e-3, 0.5") == ("w", "1", "-", "2", "η", "c", "1e-3", "0.5")


def test_clauses_know_their_sentence_and_their_place() -> None:
    text = "梯度变小，学不动。So it vanishes, slowly. Use ReLU!"
    found = tokenizer.clauses(text)
    assert [clause.sentence for clause in found] == [0, 0, 1, 1, 2]
    assert text[found[2].start : found[2].end] == "So it vanishes"


def test_a_point_inside_a_name_or_number_ends_no_sentence() -> None:
    assert len(tokenizer.clauses("call model.eval() at 0.5")) == 2  # the brackets end a clause
    assert {clause.sentence for clause in tokenizer.clauses("call model.eval at 0.5")} == {0}


@pytest.mark.parametrize("slip", ["gradeint", "gradint", "gradientt"])
def test_a_slip_of_the_pen_is_forgiven(slip: str) -> None:
    assert tokenizer.same_word("gradient", slip)


@pytest.mark.parametrize("one, other", [("bias", "bis"), ("0.1", "0.2"), ("larger", "smaller"), ("batch", "patch")])
def test_short_words_numbers_and_other_beginnings_are_not_slips(one: str, other: str) -> None:
    assert not tokenizer.same_word(one, other)


def test_threads_do_not_mix_up_each_others_words() -> None:
    words = [
        f"{stem}{letter}{ending}"
        for stem in ("vanish", "norm", "sens")
        for letter in "abcdefghij"
        for ending in ("ationally", "iveness", "izations", "fulness")
    ]
    alone = [tokenizer.words(word) for word in words]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            tokenizer.words.cache_clear()
            tokenizer._stem.cache_clear()
            with ThreadPoolExecutor(8) as pool:
                assert list(pool.map(tokenizer.words, words)) == alone
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.parametrize("mark", ['"', "`", "\u00b4", "\u2018", "\u2019", "\u201d", "\u2032", "'"])
def test_an_apostrophe_is_one_however_it_is_typed(mark: str) -> None:
    assert tokenizer.words(f"it isn{mark}t so") == tokenizer.words("it isn't so")


@pytest.mark.parametrize(
    "text, words",
    [
        ('the "loss" falls', ("the", "loss", "fall")),
        ("use`map`here", ("use", "map", "here")),
        ('he said"not closed"but', ("he", "said", "not", "close", "but")),
        ('f"hello"', ("f", "hello")),
    ],
)
def test_what_is_quoted_is_no_part_of_its_neighbours(text: str, words: tuple[str, ...]) -> None:
    assert tokenizer.words(text) == words
