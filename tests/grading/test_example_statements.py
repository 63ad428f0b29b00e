"""Example statements: how they are read, and to which criteria they belong."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from interviewer.banks.loader import BankLibrary
from interviewer.domain.grade import Level
from interviewer.domain.rubric import Criterion, Localized, Question
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
SAYS = (
    CLAIM, "Keep what is asked for all the time in Redis and hardly anything reaches the tables", "We put memcached before MySQL",
    "Hot rows live in memory so disks are left alone", "most lookups are answered from memory", "a cache in front of the tables",
    "frequent reads never reach the database", "Redis holds the rows everybody asks for", "reads hit the cache first",
    "look in memory before the database is asked", "popular rows are kept in RAM",
)  # fmt: skip
NOT = (
    "Put an index on every column", "Redis is where the database writes its log", "buy faster disks", "shard the table",
    "the cache is only for writes", "add replicas", "rewrite the query", "use a bigger machine", "an index takes most reads",
    "memory is for the log", "the database caches nothing",
)  # fmt: skip
ROWS = "".join(
    (
        *(f"slow-reads,cache,{'says' if number else 'claim'},{text}\n" for number, text in enumerate(SAYS)),
        *(f"slow-reads,cache,not,{text}\n" for text in NOT),
        "slow-reads,,beside,We had slow pages at my last job\n",
    )
)


@pytest.fixture(autouse=True)
def only_what_is_shipped() -> Iterator[None]:
    yield
    example_statements.extend(())


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
    lines = (shipped("rubrics") / "deep-learning.gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = "\n".join(json.loads(line)["answer"] for line in lines)
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
    before = version(QUESTION.id)
    (tmp_path / "my-bank.examples.csv").write_text(HEADER + ROWS, encoding="utf-8")
    monkeypatch.setenv("INTERVIEWER_BANKS_DIR", str(tmp_path))
    make_library(Settings())
    assert sum(bool(one.criterion) for one in examples_of(QUESTION)) == len(SAYS) + len(NOT)
    assert LexicalGrader().covers(QUESTION, answer)["cache"] in (Level.MET, Level.PARTIAL)
    assert LexicalGrader().covers(QUESTION, "A cache is only for writes")["cache"] is Level.MISSING
    assert (
        LexicalGrader().covers(QUESTION, "The weather is nice and I like the food of the place")["cache"]
        is Level.MISSING
    )
    assert version(QUESTION.id).startswith(f"{before}+")
    assert version("nonlinearity") == before


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
    example_statements.extend([tmp_path])
    (error,) = example_statements.broken()
    assert str(error).startswith(f"mine.examples.csv: {said}")
    assert examples_of(QUESTION) == ()


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.examples.csv").write_text(HEADER + ROWS, encoding="utf-8")
    for name, most, said in (("LARGEST_FILE", 10, "is larger than"), ("MOST_EXAMPLES", 5, "has more than 5 examples")):
        with monkeypatch.context() as patched:
            patched.setattr(example_statements, name, most)
            example_statements.extend([tmp_path])
            assert [said in str(error) for error in example_statements.broken()] == [True]
    example_statements.extend([tmp_path])
    assert example_statements.broken() == ()


def test_shadows_are_no_files_of_examples_and_a_broken_one_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    for name in ("._mine.examples.csv", "~$mine.examples.csv"):
        (tmp_path / name).write_bytes(b"\x00\xff")
    (tmp_path / "broken.examples.csv").write_text("no columns\n", encoding="utf-8")
    windows = ("\ufeff" + HEADER + ROWS).replace("\n", "\r\n")
    (tmp_path / "mine.examples.csv").write_bytes(windows.encode())
    example_statements.extend([tmp_path, tmp_path / "not-there"])
    assert [str(error).partition(":")[0] for error in example_statements.broken()] == ["broken.examples.csv"]
    assert {one.criterion for one in examples_of(QUESTION)} == {"cache", ""}


def test_a_few_examples_leave_the_aliases_in_use(tmp_path: Path) -> None:
    aliased = replace(QUESTION, criteria=(replace(QUESTION.criteria[0], aliases=(("cache", "redis"),)),))
    (tmp_path / "mine.examples.csv").write_text(f"{HEADER}slow-reads,cache,claim,{CLAIM}\n", encoding="utf-8")
    example_statements.extend([tmp_path])
    assert len(examples_of(aliased)) == 1
    assert LexicalGrader().covers(aliased, "I put redis there")["cache"] is Level.MET
