from itertools import combinations

import pytest

from interviewer.grading.lexical import senses
from interviewer.text import tokenizer


def test_a_word_has_one_sense() -> None:
    rows = [set(tokenizer.words(row)) for row in senses._SAME]
    assert sum(map(len, rows)) == len(set.union(*rows))


@pytest.mark.parametrize("one, other", senses._CONTRARY, ids=str)
def test_no_word_is_its_own_contrary(one: str, other: str) -> None:
    sides = [set(map(senses.sense, tokenizer.words(words))) for words in (one, other)]
    assert all(sides)
    assert not set.intersection(*sides)


def test_words_of_one_row_are_no_contraries() -> None:
    for row in senses._SAME:
        for one, other in combinations(map(senses.sense, tokenizer.words(row)), 2):
            assert senses.sides(one) == senses.sides(other)


@pytest.mark.parametrize("slip", ["differnt", "diferent", "diffferent", "idfferent"])
def test_a_slip_in_a_long_word_is_forgiven(slip: str) -> None:
    stem = tokenizer.words(slip)[0]
    assert (senses.meant(slip, stem) == "differ") is (slip[0] == "d")


def test_a_slip_in_a_short_word_is_another_word() -> None:
    assert senses.meant("spend", "spend") == "spend"


@pytest.mark.parametrize("word", ["shut", "banana", ""])
def test_an_unknown_word_is_its_own_sense_and_has_no_contrary(word: str) -> None:
    assert senses.sense(word) == word
    assert senses.sides(word) == {}


@pytest.mark.parametrize("word", ["product", "prevent", "compete", "infinity", "isfinite"])
def test_a_right_word_is_no_slip_of_another(word: str) -> None:
    stem = tokenizer.words(word)[0]
    assert senses.meant(word, stem) == stem
