from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from interviewer.domain.grade import Level
from interviewer.domain.rubric import Criterion, Localized, Question
from interviewer.errors import BankError
from interviewer.evaluation.runner import attempt_of
from interviewer.grading.lexical import LexicalGrader, version
from interviewer.settings import read_settings, shipped
from interviewer.text import glossary, tokenizer
from interviewer.wiring import make_library

SHIPPED = shipped("rubrics") / "glossary.txt"
CLAIM = Question(
    "q", Localized("怎么办？"), Localized("用某法。"), (Criterion("one", Localized("蜂鸟给松果网络唱歌")),)
)
IN_ENGLISH = "The hummingbird sings to the pinecone network"


@pytest.fixture(autouse=True)
def only_what_is_shipped() -> Iterator[None]:
    yield
    glossary.extend(None)


def test_the_shipped_glossary_has_hundreds_of_entries_in_both_languages_and_no_term_twice() -> None:
    entries = glossary.read_glossary(SHIPPED)
    assert len(entries) >= 450
    assert all(entry.zh and entry.en for entry in entries)
    terms = [
        tokenizer.words(term) for entry in entries for term in {tokenizer.words(t): t for t in entry.terms}.values()
    ]
    assert len(terms) == len(set(terms))


def test_chinese_terms_stand_on_the_left_and_have_chinese_in_them() -> None:
    for entry in glossary.read_glossary(SHIPPED):
        assert all(any(not word.isascii() for word in tokenizer.words(term)) for term in entry.zh), entry
        assert all(term.isascii() for term in entry.en), entry


@pytest.mark.parametrize(
    "term, other",
    [
        ("梯度弥散", "vanishing gradients"),
        ("Vanished gradient", "梯度消失"),
        ("batch-norm", "批归一化"),
        ("LSTM", "长短期记忆"),
        ("隨機森林", "random forest"),
        ("死锁", "deadlock"),
    ],
)
def test_a_term_has_its_variants_in_both_languages(term: str, other: str) -> None:
    known = glossary.glossary()
    assert known.variants(term) == known.variants(other) != ()


def test_an_unknown_term_has_no_variants() -> None:
    assert glossary.glossary().variants("松果") == ()
    assert glossary.glossary().variants("") == ()


def test_the_longest_term_is_found_and_none_overlap() -> None:
    known = glossary.glossary()
    (clause,) = tokenizer.clauses("小批量梯度下降 uses a learning rate")
    mentions = list(known.mentions(clause.tokens))
    assert [known.entries[mention.entry].zh[0] for mention in mentions] == ["小批量梯度下降", "学习率"]
    assert all(one.last <= other.first for one, other in pairwise(mentions))


@pytest.mark.parametrize(
    "text, place, cause",
    [
        ("梯度 gradient", "line 1", "with one |"),
        ("# remark\n\n梯度 | gradient | more", "line 3", "with one |"),
        ("梯度, | gradient", "line 1", "a term is missing"),
        ("梯度 |", "line 1", "a term is missing"),
        ("梯度 | the", "line 1", "'the' has no word"),
        ("梯度 | ???", "line 1", "has no word"),
        ("梯度 | gradient\n斜率 | slope, gradients", "line 2", "'gradients' stands in line 1 already"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, text: str, place: str, cause: str) -> None:
    path = tmp_path / "mine.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BankError, match=cause.replace("|", r"\|").replace("?", r"\?")) as raised:
        glossary.read_glossary(path)
    assert (raised.value.file, raised.value.where) == ("mine.txt", place)


def test_a_file_that_cannot_be_read_is_named_with_its_setting(tmp_path: Path) -> None:
    with pytest.raises(BankError, match=r"nowhere\.txt.*INTERVIEWER_GLOSSARY"):
        glossary.extend(tmp_path / "nowhere.txt")
    (tmp_path / "latin.txt").write_bytes("dérivée".encode("latin-1"))
    with pytest.raises(BankError, match="is not UTF-8"):
        glossary.extend(tmp_path / "latin.txt")


def test_entries_of_a_file_of_ones_own_are_added_and_shown_in_the_provenance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def graded() -> tuple[Level | None, str]:
        grade = LexicalGrader().grade(CLAIM, attempt_of(CLAIM, IN_ENGLISH))
        return grade.verdict("one").level, grade.provenance.grader

    before = version()
    assert graded() == (Level.PARTIAL, before)
    path = tmp_path / "mine.txt"
    path.write_text("松果, 松球 | pinecone\n蜂鸟 | hummingbird\n", encoding="utf-8")
    monkeypatch.setenv("INTERVIEWER_GLOSSARY", str(path))
    make_library(read_settings())
    level, grader = graded()
    assert level is Level.MET
    assert grader == version()
    assert grader.startswith(f"{before}+")
    monkeypatch.delenv("INTERVIEWER_GLOSSARY")
    make_library(read_settings())
    assert graded() == (Level.PARTIAL, before)


def test_an_entry_that_shares_a_term_with_a_shipped_one_joins_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("梯度消失, 坡度消逝 | fading gradient", encoding="utf-8")
    glossary.extend(path)
    assert "vanishing gradient" in glossary.glossary().variants("坡度消逝")


def test_what_the_shipped_glossary_keeps_apart_cannot_be_made_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("梯度消失, 梯度爆炸 | bad gradient", encoding="utf-8")
    with pytest.raises(BankError, match="'梯度消失' and '梯度爆炸'"):
        glossary.extend(path)
    assert glossary.glossary().own == ""
