"""A file with every kind of bad row: each is an error with its line, and none is skipped."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from graded_rows import written

from interviewer.errors import BankError
from interviewer.evaluation.datasets import LONGEST_FIELD, read_candidate_answers, read_labelled_answers

ROW: dict[str, Any] = {"id": "a", "question_id": "dropout", "answer": "switched off", "score": 2, "score_max": 4}
CANDIDATE = {"id": "a", "question_id": "dropout", "answer": "It is switched off.", "lang": "en"}
HEAD = "id,question_id,answer,score,score_max"


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in ROW.items() if name != key}


@pytest.mark.parametrize(
    "row, cause",
    [
        ("{", "is not JSON"),
        ('{"id": "a", "answer": "a\x00b"}', "is not JSON: Invalid control character"),
        ('{"id": "a", "id": "b"}', "is not JSON: an object has the same key twice"),
        ("[" * 100_000, "is nested too deeply"),
        ("[1]", "is no object"),
        ('"text"', "is no object"),
        (without("id"), "id is missing"),
        ({**ROW, "id": " "}, "id is empty"),
        ({**ROW, "id": 7}, "id must be text, not 7"),
        (without("question_id"), "question_id is missing"),
        (without("answer"), "answer is missing"),
        ({**ROW, "answer": 7}, "answer must be text, not 7"),
        ({**ROW, "answer": "a\x00b"}, "answer holds a character that is no text (U+0000)"),
        ({**ROW, "answer": "half a sign: \ud83d"}, "answer holds a character that is no text (U+D83D)"),
        ({**ROW, "answer": "x" * (LONGEST_FIELD + 1)}, "answer is longer than the 131072 characters that can be read"),
        (without("score"), "score is missing"),
        ({**ROW, "score": None}, "score is missing"),
        ({**ROW, "score": "good"}, "score must be a number, not 'good'"),
        ({**ROW, "score": True}, "score must be a number"),
        ({**ROW, "score": float("nan")}, "score must be a number"),
        ({**ROW, "score": 10**400}, "score must be a number"),
        ({**ROW, "score": 5}, "score must be from 0 to score_max (4), not 5"),
        ({**ROW, "score": -1}, "score must be from 0"),
        (without("score_max"), "score_max is missing"),
        ({**ROW, "score_max": 0}, "score_max must be above 0"),
        ({**ROW, "score_max": float("inf")}, "score_max must be a number"),
        ({**ROW, "labels": ["met"]}, "labels must name a level"),
        ({**ROW, "labels": 0}, "labels must name a level"),
        (
            {**ROW, "labels": {"off": "good"}},
            "labels: off must be 'met', 'partial', 'missing' or 'contradicted', not 'good'",
        ),
        ({**ROW, "labels": {"off": None}}, "labels: off must be"),
        (ROW, "the id 'a' stands in line 1 already"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_bad_row_of_jsonl_is_an_error_with_its_line(tmp_path: Path, row: object, cause: str, newline: str) -> None:
    lines = (json.dumps(ROW), "", row if isinstance(row, str) else json.dumps(row), "")
    (tmp_path / "x.jsonl").write_bytes(newline.join(lines).encode())
    with pytest.raises(BankError) as error:
        read_labelled_answers(tmp_path / "x.jsonl")
    assert str(error.value).startswith("x.jsonl: line 3: ")
    assert cause in str(error.value)


@pytest.mark.parametrize(
    "row, cause",
    [
        ("b,q01,x,1", "has 4 columns, and the first line has 5"),
        ("b,q01,x,1,2,3", "has 6 columns, and the first line has 5"),
        ("b,q01,x,,2", "score is missing"),
        ("b,q01,x,nan,2", "score must be a number"),
        ("b,q01,x,3,2", "score must be from 0"),
        ('b,q01,"x"y,1,2', "is not CSV: ',' expected after '\"'"),
        ('b,q01,"x,1,2', "is not CSV: unexpected end of data"),
        ("b,q01,a\x00b,1,2", "answer holds a character that is no text (U+0000)"),
        (f"b,q01,{'x' * (LONGEST_FIELD + 1)},1,2", "is not CSV: field larger than field limit"),
        ("a,q01,x,1,2", "the id 'a' stands in line 2 already"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_bad_row_of_csv_is_an_error_with_the_line_that_it_begins_in(
    tmp_path: Path, row: str, cause: str, newline: str
) -> None:
    lines = (HEAD, 'a,q01,"two', 'lines",1,2', "", row, "")
    (tmp_path / "x.csv").write_bytes(newline.join(lines).encode())
    with pytest.raises(BankError) as error:
        read_labelled_answers(tmp_path / "x.csv")
    assert str(error.value).startswith("x.csv: line 5: ")
    assert cause in str(error.value)


@pytest.mark.parametrize(
    "name, content, cause",
    [
        ("x.jsonl", b"", "x.jsonl: has no rows"),
        ("x.jsonl", b"\n \n", "x.jsonl: has no rows"),
        ("x.csv", b"", "x.csv: has no rows"),
        ("x.csv", HEAD.encode(), "x.csv: has no rows"),
        ("x.csv", b"id,answer,answer\n", "line 1: has two columns called 'answer'"),
        ("x.csv", b"id;answer\na;b\n", "x.csv: line 1: has its columns between semicolons"),
        ("x.csv", b"id\tanswer\na\tb\n", "x.csv: line 1: has its columns between tabs"),
        ("x.csv", b"id,question_id\na,q01\n", "line 2: answer is missing"),
        ("x.jsonl", b'\n{"id": "\xff"}', "x.jsonl: line 2: is not UTF-8 text"),
        ("x.csv", HEAD.encode("utf-16"), "x.csv: line 1: is not UTF-8 text"),
    ],
)
def test_a_file_without_rows_that_can_be_read_is_an_error(
    tmp_path: Path, name: str, content: bytes, cause: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BankError) as error:
        read_labelled_answers(tmp_path / name)
    assert cause in str(error.value)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BankError, match=r"ghost\.jsonl: cannot be read"):
        read_labelled_answers(tmp_path / "ghost.jsonl")


def test_csv_and_jsonl_say_the_same_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    with (tmp_path / "x.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, ROW)
        writer.writeheader()
        writer.writerow(ROW)
    (tmp_path / "x.jsonl").write_text("\ufeff" + json.dumps(ROW), encoding="utf-8")
    one, other = read_labelled_answers(tmp_path / "x.csv")[0], read_labelled_answers(tmp_path / "x.jsonl")[0]
    assert one.model_copy(update={"where": other.where}) == other
    assert one.label == 0.5


def test_a_line_of_jsonl_ends_at_its_line_feed_alone(tmp_path: Path) -> None:
    said = "one\u2028two\x85three\x0cfour"
    (tmp_path / "x.jsonl").write_text(json.dumps({**ROW, "answer": said}, ensure_ascii=False), encoding="utf-8")
    assert read_labelled_answers(tmp_path / "x.jsonl")[0].text == said


def test_files_that_are_read_together_need_not_know_of_each_others_ids(tmp_path: Path) -> None:
    for name in ("x.jsonl", "y.jsonl"):
        (tmp_path / name).write_text(json.dumps(ROW), encoding="utf-8")
    assert [row.where[0] for row in read_labelled_answers(tmp_path / "x.jsonl", tmp_path / "y.jsonl")] == [
        "x.jsonl",
        "y.jsonl",
    ]


@pytest.mark.parametrize(
    "row, cause",
    [
        ({**CANDIDATE, "id": "x", "lang": "fr"}, "line 2: lang must be 'zh' or 'en', not 'fr'"),
        ({**CANDIDATE, "id": "x", "question_id": ""}, "line 2: question_id is missing"),
        ({**CANDIDATE, "id": 7}, "line 2: id must be text, not 7"),
        ({"id": "x", "question_id": "q01"}, "line 2: answer is missing"),
        (CANDIDATE, "line 2: the id 'a' stands in line 1 already"),
    ],
)
def test_a_row_of_a_candidate_that_cannot_be_read_is_an_error_with_its_line(
    tmp_path: Path, row: dict[str, Any], cause: str
) -> None:
    with pytest.raises(BankError, match="rows.jsonl") as error:  # noqa: RUF043
        read_candidate_answers([written(tmp_path / "rows.jsonl", CANDIDATE, row)])
    assert cause in str(error.value)


def test_no_two_rows_of_any_files_have_the_same_id(tmp_path: Path) -> None:
    for name in ("x.jsonl", "y.jsonl"):
        (tmp_path / name).write_text(json.dumps(CANDIDATE), encoding="utf-8")
    with pytest.raises(BankError, match=r"y\.jsonl: line 1: the id 'a' stands in line 1 of x\.jsonl already"):
        read_candidate_answers([tmp_path / "x.jsonl", tmp_path / "y.jsonl"])


def test_a_row_without_an_id_is_called_by_its_place_and_what_is_not_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("question_id,answer,mood\nq01,off,good\nq02,on,bad\n", encoding="utf-8")
    answers = read_candidate_answers([path])
    assert [row.id for row in answers.rows] == ["x.csv:2", "x.csv:3"]
    assert answers.unused == ["mood"]


def test_rows_without_ids_of_files_with_the_same_name_are_told_apart(tmp_path: Path) -> None:
    paths = [tmp_path / "one" / "online 1.csv", tmp_path / "two" / "online 1.csv"]
    for path in paths:
        path.parent.mkdir()
        path.write_text("question_id,answer\nq01,off\n", encoding="utf-8")
    assert [row.id for row in read_candidate_answers(paths[:1]).rows] == ["online 1.csv:2"]
    assert [row.id for row in read_candidate_answers(paths).rows] == ["one/online 1.csv:2", "two/online 1.csv:2"]
