"""What is known of graders is kept, replaced, and void once a rubric changes."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from interviewer.domain.rubric import Bank, Localized
from interviewer.errors import BankError
from interviewer.evaluation.measurements import Measurement, read_measurements, rubrics_digest, save_measurement

ONE = Measurement("coverage-9", "abc", 100, 0.8, 0.7, 0.9, "model")


def test_a_later_measurement_of_the_same_grader_and_rubrics_replaces_the_earlier(tmp_path: Path) -> None:
    path = tmp_path / "measured.jsonl"
    other = replace(ONE, grader="llm-1 qwen host")
    for one in (ONE, other, replace(ONE, n=200)):
        save_measurement(path, one)
    assert read_measurements([path]) == {("coverage-9", "abc"): replace(ONE, n=200), ("llm-1 qwen host", "abc"): other}
    assert len(path.read_text().splitlines()) == 2


def test_a_measurement_without_held_out_figures_is_read_and_one_with_them_is_read_as_it_was_written(
    tmp_path: Path,
) -> None:
    old = {
        "grader": "coverage-9",
        "rubrics": "abc",
        "n": 100,
        "pearson": 0.8,
        "low": 0.7,
        "high": 0.9,
        "labels": "model",
    }
    path = tmp_path / "measured.jsonl"
    path.write_text(json.dumps(old) + "\n")
    assert read_measurements([path]) == {("coverage-9", "abc"): ONE}
    assert (ONE.held_out_pearson, ONE.held_out_n) == (None, 0)
    known = replace(ONE, grader="other", held_out_pearson=0.75, held_out_n=30)
    save_measurement(path, known)
    assert read_measurements([path])["other", "abc"] == known
    assert json.loads(path.read_text().splitlines()[0]) == old


def test_what_was_measured_here_comes_before_what_was_shipped(tmp_path: Path) -> None:
    save_measurement(tmp_path / "shipped", ONE)
    save_measurement(tmp_path / "here", replace(ONE, pearson=0.5))
    assert (
        read_measurements([tmp_path / "shipped", tmp_path / "here", tmp_path / "none"])["coverage-9", "abc"].pearson
        == 0.5
    )


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"grader": "x"}',
        '{"surprise": 1}',
        json.dumps({**asdict(ONE), "pearson": None}),
        json.dumps({**asdict(ONE), "n": "many"}),
        json.dumps({**asdict(ONE), "pearson": float("nan")}),
    ],
)
def test_a_damaged_file_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "measured.jsonl"
    save_measurement(path, ONE)
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(BankError, match=r"measured\.jsonl: line 2: is no measurement"):
        read_measurements([path])


def test_an_edit_to_what_is_graded_by_makes_measurements_void(deep_learning: Bank) -> None:
    first = deep_learning.questions[0]
    for edited in (
        replace(first, criteria=(replace(first.criteria[0], weight=9.0), *first.criteria[1:])),
        replace(first, text=Localized(en="Why?")),
        replace(first, reference=Localized(en="Because.")),
    ):
        other = replace(deep_learning, questions=(edited, *deep_learning.questions[1:]))
        assert rubrics_digest(other) != rubrics_digest(deep_learning)
    turned = replace(deep_learning, questions=deep_learning.questions[::-1])
    assert rubrics_digest(turned) == rubrics_digest(deep_learning)
