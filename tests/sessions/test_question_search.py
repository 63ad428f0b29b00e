from collections.abc import Iterator

import pytest
from fakes import BANK
from practice import Clock, bank_of, practise

from interviewer.domain.grade import Level
from interviewer.sessions.question_mastery import QuestionMastery, QuestionState
from interviewer.sessions.question_search import known_questions, search_questions
from interviewer.sessions.store import Store

MANY = bank_of(9)


@pytest.fixture
def known(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[QuestionMastery]]:
    clock, store = Clock(monkeypatch), Store(f"sqlite:///{tmp_path}/a.sqlite3")
    practise(store, MANY, ["q0"], Level.MISSING)
    clock.days(1)
    practise(store, MANY, ["q1"], Level.PARTIAL)
    practise(store, MANY, ["q2"], Level.MET)
    yield known_questions(store, "me", [BANK, MANY], clock.at)
    store.close()


def names(found: list[QuestionMastery]) -> list[str]:
    return [str(one.name) for one in found]


@pytest.mark.parametrize("text", ["DROPOUT test", "测试时 dropout", "測試", "regularization", "正则化", "switched off"])
def test_a_question_is_found_by_words_of_either_language(known: list[QuestionMastery], text: str) -> None:
    assert names(search_questions(known, text)) == ["small/dropout"]


def test_all_words_must_be_there(known: list[QuestionMastery]) -> None:
    assert search_questions(known, "dropout elephants") == []
    assert len(search_questions(known, "  ")) == len(known) == 11


def test_questions_are_filtered_by_state(known: list[QuestionMastery]) -> None:
    assert names(search_questions(known, states=[QuestionState.DUE])) == ["many/q0"]
    assert names(search_questions(known, states=[QuestionState.WEAK])) == ["many/q1"]
    assert names(search_questions(known, states=[QuestionState.HOLDING])) == ["many/q2"]
    assert len(search_questions(known, states=[QuestionState.NEW])) == 8
