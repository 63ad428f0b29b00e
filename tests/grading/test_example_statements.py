"""Example statements: how they are read, and to which criteria they belong."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from interviewer.banks.loader import BankLibrary
from interviewer.domain.grade import Level
from interviewer.domain.rubric import Criterion, Kind, Localized, Question
from interviewer.errors import BankError
from interviewer.grading import example_statements
from interviewer.grading.example_statements import ExampleKind, examples_of, read_examples
from interviewer.grading.lexical import LexicalGrader, version
from interviewer.settings import Settings, shipped
from interviewer.wiring import make_library

SHIPPED = shipped("rubrics") / "deep-learning.examples.csv"
HEADER = "question_id,criterion_id,kind,text\n"
CLAIM = "A cache in front of the database takes most reads"
QUESTION = Question(
    "slow-reads", Localized(en="How do you make reads faster?"), Localized(en=f"{CLAIM}."),
    (Criterion("cache", Localized(en=CLAIM)),),
)  # fmt: skip
ROWS = "".join(
    f"slow-reads,{row}\n"
    for row in (
        f"cache,claim,{CLAIM}",
        "cache,says,Keep what is asked for all the time in Redis and hardly anything reaches the tables",
        "cache,says,We put memcached before MySQL",
        "cache,says,Hot rows live in memory so disks are left alone",
        "cache,not,Put an index on every column",
        "cache,not,Redis is where the database writes its log",
        ",beside,We had slow pages at my last job",
    )
)


@pytest.fixture(autouse=True)
def only_what_is_shipped() -> Iterator[None]:
    yield
    example_statements.extend(None)


def test_the_shipped_examples_are_of_the_claims_of_the_bank_both_ways_and_in_both_languages() -> None:
    every = read_examples(SHIPPED)
    for question in BankLibrary().bank("deep-learning").questions:
        used = examples_of(question)
        assert used[: len(every[question.id])] == every[question.id]
        counts = Counter((one.criterion, one.kind, bool(re.search("[\u4e00-\u9fff]", one.text))) for one in used)
        for criterion in question.criteria:
            for kind in (ExampleKind.SAYS, ExampleKind.NOT):
                assert min(counts[criterion.id, kind, True], counts[criterion.id, kind, False]) >= 10, criterion.id


def test_no_answer_of_the_gold_set_is_among_the_examples() -> None:
    gold = (shipped("rubrics") / "deep-learning.gold.jsonl").read_text(encoding="utf-8")
    for examples in read_examples(SHIPPED).values():
        for one in examples:
            # A few words that everybody uses may stand in both.
            is_short = len(one.text.encode()) < 60
            assert one.kind is ExampleKind.CLAIM or is_short or one.text not in gold, one.text


def test_examples_are_of_one_claim_and_not_of_another_with_its_name() -> None:
    question = BankLibrary().bank("deep-learning")["nonlinearity"]
    first, *others = question.criteria
    reworded = replace(question, criteria=(replace(first, text=Localized(en="It is a tradition")), *others))
    assert first.id in {one.criterion for one in examples_of(question)}
    assert first.id not in {one.criterion for one in examples_of(reworded)}
    assert others[0].id in {one.criterion for one in examples_of(reworded)}
    assert examples_of(QUESTION) == ()


def test_examples_beside_a_bank_of_ones_own_are_used_and_named_in_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = "I would hold the rows everybody asks for in memory, say in Redis"
    assert LexicalGrader().covers(QUESTION, answer)["cache"] is Level.MISSING
    before = version()
    (tmp_path / "my-bank.examples.csv").write_text(HEADER + ROWS, encoding="utf-8")
    monkeypatch.setenv("INTERVIEWER_BANKS_DIR", str(tmp_path))
    make_library(Settings())
    assert sum(bool(one.criterion) for one in examples_of(QUESTION)) == 6
    assert LexicalGrader().covers(QUESTION, answer)["cache"] in (Level.MET, Level.PARTIAL)
    assert LexicalGrader().covers(QUESTION, "Put an index on all columns")["cache"] is Level.MISSING
    assert version().startswith(f"{before}+")


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "line 1: must name the columns question_id, criterion_id, kind, text"),
        ("question_id,kind,text\n", "line 1: must name the columns"),
        (HEADER + "q,c,says\n", "line 2: has 3 columns, not 4"),
        (HEADER + "q,c,says,one, two\n", "line 2: has 5 columns, not 4"),
        (
            HEADER + "q,c,says,fine\nq,c,claims,a text\n",
            "line 3: kind is claim, says, not, beside, stuffed, not 'claims'",
        ),
        (HEADER + "q,c,says, \n", "line 2: has no text"),
        (HEADER + ",c,says,a text\n", "line 2: names no question"),
        (HEADER + "q,,says,a text\n", "line 2: names no criterion"),
        (HEADER + "q,c,beside,a text\n", "line 2: what is said beside the point belongs to no criterion"),
        (HEADER + 'q,c,says,"a text\n', "line 2: unexpected end of data"),
        (HEADER.encode() + b"q,c,says,\xff\n", "byte 44: is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(tmp_path: Path, text: str | bytes, said: str) -> None:
    path = tmp_path / "mine.examples.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BankError, match=re.escape(f"mine.examples.csv: {said}")):
        example_statements.extend(tmp_path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example_statements, "LARGEST_FILE", 10)
    (tmp_path / "mine.examples.csv").write_text(HEADER + ROWS, encoding="utf-8")
    with pytest.raises(BankError, match="is larger than"):
        example_statements.extend(tmp_path)


def test_mistakes_have_examples_of_what_is_right_about_them() -> None:
    question = BankLibrary().bank("deep-learning")["nonlinearity"]
    levels = LexicalGrader().covers(question, question.reference.en)
    assert all(levels[one.id] is Level.MISSING for one in question.criteria if one.kind is Kind.MISTAKE)
