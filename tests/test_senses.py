from itertools import combinations

import pytest

from interviewer import tokens
from interviewer.coverage import senses


def test_a_word_has_one_sense() -> None:
    listed = [word for row in senses._SAME for word in tokens.words(row)]
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("one, other", senses._CONTRARY, ids=str)
def test_no_word_is_its_own_contrary(one: str, other: str) -> None:
    sides = [set(map(senses.sense, tokens.words(words))) for words in (one, other)]
    assert all(sides)
    assert not set.intersection(*sides)


def test_words_of_one_row_are_no_contraries() -> None:
    for row in senses._SAME:
        for one, other in combinations(map(senses.sense, tokens.words(row)), 2):
            assert senses.sides(one) == senses.sides(other)


@pytest.mark.parametrize("word", ["shut", "banana", ""])
def test_an_unknown_word_is_its_own_sense_and_has_no_contrary(word: str) -> None:
    assert senses.sense(word) == word
    assert senses.sides(word) == {}
