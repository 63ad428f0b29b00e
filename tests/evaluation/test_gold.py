"""The labelled answers that ship: well-formed, and the figures that the grader reaches on them."""

import json
from collections import Counter
from pathlib import Path

import pytest

from interviewer.domain.grade import Level
from interviewer.domain.rubric import Bank, Kind, Language
from interviewer.evaluation.calibration import read_measured, rubrics_of
from interviewer.evaluation.labelled import read_rows
from interviewer.evaluation.results import Report, measure, measured
from interviewer.evaluation.runner import evaluate, questions_of
from interviewer.grading.lexical import LexicalGrader
from interviewer.presentation.evaluation_report import to_markdown
from interviewer.settings import shipped
from interviewer.wiring import MEASURED

GOLD = shipped("rubrics") / "deep-learning.gold.jsonl"
ROOT = Path(__file__).parent.parent.parent
MAKE_AGAIN = (
    "run: interviewer evaluate rubrics/deep-learning.gold.jsonl --bank deep-learning --write README.md "
    "--write README.zh-CN.md --record rubrics/measured.jsonl"
)
KEYS = {"id", "question_id", "lang", "kind", "answer", "labels", "score", "score_max", "labeller", "split"}


@pytest.fixture(scope="module")
def report(deep_learning: Bank) -> Report:
    rows = read_rows(GOLD)
    run = evaluate(rows, questions_of(rows, deep_learning), LexicalGrader())
    return measure(run, grader="coverage")


def test_every_row_is_well_formed(deep_learning: Bank) -> None:
    ids = set()
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert set(row) == KEYS, row["id"]
        assert row["labeller"] in ("model", "person")
        assert row["lang"] in ("zh", "en")
        question = deep_learning[row["question_id"]]
        known = {criterion.id for criterion in question.criteria}
        core = {criterion.id for criterion in question.criteria if criterion.kind is Kind.CORE}
        assert core <= set(row["labels"]) <= known, row["id"]
        assert set(row["labels"].values()) <= set(Level)
        assert 0 <= row["score"] <= row["score_max"]
        assert row["id"] not in ids
        ids.add(row["id"])


def test_every_question_has_answers_in_both_languages(deep_learning: Bank) -> None:
    rows = read_rows(GOLD)
    counted = Counter((row.question_id, row.lang) for row in rows)
    assert all(counted[question.id, "zh"] + counted[question.id, "en"] >= 10 for question in deep_learning.questions)
    assert all(counted[question.id, lang] >= 3 for question in deep_learning.questions for lang in ("zh", "en"))


def test_every_usual_mistake_is_made_in_two_answers(deep_learning: Bank) -> None:
    made = Counter(
        (row.question_id, name) for row in read_rows(GOLD) for name, level in row.levels.items() if level is Level.MET
    )
    mistakes = [(question.id, c.id) for question in deep_learning.questions for c in question.rubric.of(Kind.MISTAKE)]
    assert sum(made[mistake] >= 2 for mistake in mistakes) >= 0.8 * len(mistakes)
    assert all(made[mistake] for mistake in mistakes)


def test_the_grader_agrees_with_the_labels(report: Report) -> None:
    assert report.n == 312
    assert report.ungraded == 0
    assert report.figures.pearson is not None
    assert report.figures.pearson >= 0.8
    assert report.figures.rmse is not None
    assert report.figures.rmse <= 0.26
    for kind, most in {"wrong": 0.12, "stuffed": 0.12, "echo": 0.12, "dont_know": 0.05, "contradicting": 0.4}.items():
        assert (report.kinds[kind].grade or 0) <= most, kind
    assert (report.kinds["full"].grade or 0) >= 0.75


@pytest.mark.parametrize("name, language", [("README.md", Language.EN), ("README.zh-CN.md", Language.ZH)])
def test_the_table_in_the_readme_is_fresh(report: Report, name: str, language: Language) -> None:
    assert to_markdown(report, language) in (ROOT / name).read_text(encoding="utf-8"), MAKE_AGAIN


def test_the_measurement_that_ships_for_the_badge_is_fresh(report: Report, deep_learning: Bank) -> None:
    rubrics = rubrics_of(deep_learning)
    shipped_one = read_measured([shipped("rubrics") / MEASURED]).get((report.provenance, rubrics))
    assert shipped_one == measured(report, rubrics), MAKE_AGAIN
