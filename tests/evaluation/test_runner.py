import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from command_line import run as run_command
from fakes import BANK, DROPOUT, Broken, FlakyGrader, GradeAs, both, grade
from graded_rows import evaluate, written

from interviewer import wiring
from interviewer.domain.grade import Evidence, Extra, Grade, Level, TokensSpent
from interviewer.domain.interview import Attempt
from interviewer.domain.rubric import Question
from interviewer.errors import BankError
from interviewer.evaluation.datasets import LabelledAnswer, read_labelled_answers
from interviewer.evaluation.label_agreement import measure_label_agreement, measurement_of
from interviewer.evaluation.runner import tasks_in_bank, tasks_without_bank
from interviewer.grading.lexical import LexicalGrader
from interviewer.presentation.evaluation_report import to_markdown, to_text
from interviewer.settings import shipped

ROW: dict[str, Any] = {"id": "a", "question_id": "dropout", "answer": "switched off", "score": 2, "score_max": 4}
FREE = {"question": "Why shuffle?", "reference_answer": "Batches are correlated otherwise."}


def questions_of(rows: Sequence[LabelledAnswer]) -> list[Question]:
    return [task.question for task in tasks_in_bank(rows, BANK)]


def questions_without_bank(rows: Sequence[LabelledAnswer]) -> list[Question]:
    return [task.question for task in tasks_without_bank(rows)]


def test_a_question_is_found_by_its_id_or_its_place(tmp_path: Path) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", ROW, {**ROW, "id": "b", "question_id": "q02"}))
    assert [question.id for question in questions_of(rows)] == ["dropout", "shuffle"]
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", {**ROW, "question_id": "q03"}))
    with pytest.raises(BankError, match="line 1: bank small has no question 'q03'"):
        questions_of(rows)


def test_labels_of_points_that_the_question_does_not_have_are_an_error(tmp_path: Path) -> None:
    rows = read_labelled_answers(
        written(tmp_path / "x.jsonl", ROW, {**ROW, "id": "b", "labels": {"off": "met", "of": "met"}})
    )
    with pytest.raises(BankError, match="line 2: labels: question dropout has no criterion of"):
        questions_of(rows)


def test_without_a_bank_the_rubric_comes_from_the_reference(tmp_path: Path) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", {**ROW, **FREE}, {**ROW, "id": "b"}))
    assert questions_without_bank(rows[:1])[0].reference.en == FREE["reference_answer"]
    with pytest.raises(BankError, match="line 2: question is missing"):
        questions_without_bank(rows)


def test_a_question_is_one_question_whatever_the_rows_call_it(tmp_path: Path) -> None:
    rows = read_labelled_answers(
        written(tmp_path / "x.jsonl", ROW, {**ROW, "id": "b", "question_id": "q01", "score": 0})
    )
    report = measure_label_agreement(evaluate(rows, questions_of(rows), LexicalGrader()), grader="lexical")
    assert (report.questions, report.intervals["rmse"]) == (1, None)
    free = [{**ROW, **FREE}, {**ROW, **FREE, "question": "Why not?"}]
    rows = read_labelled_answers(*(written(tmp_path / f"{n}.jsonl", row) for n, row in enumerate(free)))
    assert (
        measure_label_agreement(
            evaluate(rows, questions_without_bank(rows), LexicalGrader()), grader="lexical"
        ).questions
        == 2
    )


def test_a_failed_grading_is_counted_and_is_no_grade(tmp_path: Path) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", ROW, {**ROW, "id": "b"}))
    report = measure_label_agreement(evaluate(rows, questions_of(rows), FlakyGrader(failures=1)), grader="flaky")
    assert (report.n, report.ungraded, report.needs_review) == (1, 1, 1)
    assert "1 could not be graded" in to_text(report)


def test_tokens_are_counted_also_when_a_run_goes_on(tmp_path: Path) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", ROW, {**ROW, "id": "b"}))
    paid = GradeAs(lambda _, attempt: replace(grade(attempt, off=Level.MET), spent=TokensSpent(100, 20)))
    for grader in (paid, FlakyGrader(failures=9)):
        run = evaluate(rows, questions_of(rows), grader, checkpoint=tmp_path / "kept")
        assert measure_label_agreement(run, grader="paid").tokens == 240
    assert "240 tokens" in to_text(measure_label_agreement(run, grader="paid"))


def test_what_is_measured_is_the_score_that_is_shown(tmp_path: Path) -> None:
    def generous(_: object, attempt: Attempt) -> Grade:
        extra = Extra(both("对", "right"), Evidence(1, "switched off"))
        return replace(grade(attempt, off=Level.MET), extras=(extra, extra))

    rows = read_labelled_answers(written(tmp_path / "x.jsonl", ROW))
    run = evaluate(rows, [DROPOUT], GradeAs(generous))
    # Off weighs 2 of 3; each extra counts half of the lightest core criterion, which weighs 1.
    assert run.graded[0].share == pytest.approx((2 + 2 * 0.5) / 3)
    assert measure_label_agreement(run, grader="model").figures.bias == pytest.approx(1 - 0.5)


def test_failures_and_ranges_are_counted_apart(tmp_path: Path) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", *({**ROW, "id": str(n)} for n in range(4))))

    def unsure(_: object, attempt: Attempt) -> Grade:
        if attempt.answers[0][1] == "broken":
            raise Broken("the model is not there")
        return grade(attempt, off=None if attempt.answers[0][1] == "unsure" else Level.MET)

    said = ("switched off", "broken", "unsure", "unsure")
    rows = [row.model_copy(update={"text": text}) for row, text in zip(rows, said, strict=True)]
    run = evaluate(rows, [DROPOUT] * 4, GradeAs(unsure))
    report = measure_label_agreement(run, grader="flaky")
    assert (report.n, report.ungraded, report.ranges) == (1, 1, 2)
    assert "2 have a point that nobody could tell" in to_text(report)


def test_a_failure_is_logged_without_the_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", ROW))
    with caplog.at_level("INFO", logger="interviewer"):
        evaluate(rows, [DROPOUT], FlakyGrader(failures=1))
    assert "x.jsonl, line 1 could not be graded" in caplog.text
    assert ROW["answer"] not in caplog.text


def test_a_range_is_no_grade(tmp_path: Path) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", ROW))
    unsure = GradeAs(lambda _, attempt: grade(attempt, off=None))
    outcome = evaluate(rows, [DROPOUT], unsure).graded[0]
    assert outcome.share is None
    assert outcome.needs_review


def test_what_was_kept_is_not_graded_again(tmp_path: Path) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", ROW, {**ROW, "id": "b"}))
    kept, first = tmp_path / "kept.jsonl", FlakyGrader()
    whole = evaluate(rows, [DROPOUT] * 2, first, checkpoint=kept, identity="flaky")
    assert len(first.calls) == 2
    kept.write_text(kept.read_text()[:-9])  # stopped while the second was written
    second = FlakyGrader()
    again = evaluate(rows, [DROPOUT] * 2, second, checkpoint=kept, identity="flaky")
    assert len(second.calls) == again.fresh == 1
    assert again.graded == whole.graded
    assert evaluate(rows, [DROPOUT] * 2, FlakyGrader(), checkpoint=kept, identity="flaky").fresh == 0
    assert evaluate(rows, [DROPOUT] * 2, FlakyGrader(), checkpoint=kept, identity="other").fresh == 2
    changed = [rows[0].model_copy(update={"text": "it stays on"}), rows[1]]
    assert evaluate(changed, [DROPOUT] * 2, FlakyGrader(), checkpoint=kept, identity="flaky").fresh == 1
    reworded = replace(DROPOUT, text=both("别的问法", "another wording"))
    assert evaluate(rows, [reworded] * 2, FlakyGrader(), checkpoint=kept, identity="flaky").fresh == 2


def test_a_question_is_asked_in_the_language_of_the_row(tmp_path: Path) -> None:
    asked = []

    def noted(_: object, attempt: Attempt) -> Grade:
        asked.append(attempt.turns[0].text)
        return grade(attempt, off=Level.MET)

    rows = read_labelled_answers(
        written(tmp_path / "x.jsonl", *({**ROW, "id": lang, "lang": lang} for lang in ("en", "zh", "fr")))
    )
    evaluate(rows, [DROPOUT] * 3, GradeAs(noted))
    assert asked == [DROPOUT.text.en, DROPOUT.text.zh, DROPOUT.text.zh]


def test_what_is_being_graded_while_a_run_is_stopped_is_kept(tmp_path: Path) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", ROW, {**ROW, "id": "b", "answer": "stop"}))
    is_running, is_stopped = Event(), Event()

    def stopped(_: object, attempt: Attempt) -> Grade:
        if attempt.answers[0][1] == "stop":
            is_running.wait(10)
            is_stopped.set()
            raise KeyboardInterrupt
        is_running.set()
        is_stopped.wait(10)
        return grade(attempt, off=Level.MET)

    kept = tmp_path / "kept.jsonl"
    with pytest.raises(KeyboardInterrupt):
        evaluate(rows, [DROPOUT] * 2, GradeAs(stopped), checkpoint=kept, threads=2)
    assert len(kept.read_text().splitlines()) == 1


def test_names_of_kinds_break_no_table(tmp_path: Path) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", {**ROW, "kind": "a|b\n\x1b[31m"}))
    report = measure_label_agreement(evaluate(rows, [DROPOUT], LexicalGrader()), grader="lexical")
    assert "| a/b ·[31m | 1 |" in to_markdown(report)
    assert "\x1b" not in to_text(report)


def test_scores_that_an_older_version_kept_are_refused(tmp_path: Path) -> None:
    old = {"key": "k", "grade": 0.5, "needs_review": False, "levels": {}, "provenance": "llm-1 m", "tokens": 3}
    rows, kept = read_labelled_answers(written(tmp_path / "x.jsonl", ROW)), written(tmp_path / "kept.jsonl", old)
    with pytest.raises(BankError, match=r"kept\.jsonl: line 1: was kept by an older version.*name another file"):
        evaluate(rows, [DROPOUT], FlakyGrader(), checkpoint=kept)


@pytest.mark.parametrize("text", ["{}\n{}\n", "{}\n", "my notes", '{"id": "a"}'])
def test_a_file_of_someone_elses_is_not_written_to(tmp_path: Path, text: str) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", ROW))
    kept = tmp_path / "kept.jsonl"
    kept.write_text(text)
    with pytest.raises(BankError, match="line 1: was not written by this program"):
        evaluate(rows, [DROPOUT], FlakyGrader(), checkpoint=kept)
    assert kept.read_text() == text


def test_several_threads_grade_the_same(tmp_path: Path) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", *({**ROW, "id": str(n)} for n in range(9))))
    questions = questions_of(rows)
    one = evaluate(rows, questions, LexicalGrader())
    assert evaluate(rows, questions, LexicalGrader(), threads=3).graded == one.graded


def test_the_report_by_hand(tmp_path: Path) -> None:
    # Labels ½ and 0. "Switched off" earns off (2 of 3), "no idea" nothing: differences 1/6 and 0.
    labels = {"labels": {"off": "met", "random": "met"}, "kind": "k", "lang": "en"}
    rows = read_labelled_answers(
        written(tmp_path / "x.jsonl", {**ROW, **labels}, {**ROW, "id": "b", "answer": "no idea", "score": 0})
    )
    report = measure_label_agreement(evaluate(rows, [DROPOUT] * 2, LexicalGrader()), grader="lexical")
    assert report.figures.pearson == pytest.approx(1)
    assert report.figures.mae == pytest.approx(1 / 12)
    assert report.figures.bias == pytest.approx(1 / 12)
    # The constant is ¼: it misses each label by ¼, and correlates with nothing.
    assert [figures.name for figures in report.baselines] == ["constant", "length", "whole reference"]
    assert report.baselines[0].mae == pytest.approx(1 / 4)
    assert report.baselines[0].pearson is None
    assert report.kinds["k"].label == 0.5
    assert report.kinds["k"].grade == pytest.approx(2 / 3)
    assert report.criteria is not None
    assert (report.criteria.n, report.criteria.accuracy) == (2, 0.5)
    assert report.intervals["pearson"] is None  # one question only


def test_the_whole_reference_is_a_baseline_with_a_bank_and_without(tmp_path: Path) -> None:
    rows = read_labelled_answers(
        written(
            tmp_path / "x.jsonl",
            {**ROW, **FREE, "answer": "Neighbouring batches would be correlated"},  # 2 of the 3 words
            {**ROW, **FREE, "id": "b", "answer": "", "score": 0},
        )
    )
    without = measure_label_agreement(evaluate(rows, questions_without_bank(rows), LexicalGrader()), grader="lexical")
    # Labels ½ and 0, grades ⅔ and 0.
    assert without.baselines[2].mae == pytest.approx(1 / 12)
    assert "whole reference" in to_text(without)
    questions = [replace(DROPOUT, reference=both("没有", "correlated"))] * 2
    assert (
        measure_label_agreement(evaluate(rows, questions, LexicalGrader()), grader="lexical").baselines[2].mae == 0.25
    )


def test_the_threshold_is_fitted_on_one_split_and_used_on_the_others(tmp_path: Path) -> None:
    rows = [
        {**ROW, "id": f"{split}{n}", "answer": answer, "score": score, "split": split}
        for split in ("train", "test")
        for n, (answer, score) in enumerate([("switched off", 4), ("it would be random", 0), ("no idea", 0)])
    ]
    read = read_labelled_answers(written(tmp_path / "x.jsonl", *rows))
    report = measure_label_agreement(evaluate(read, [DROPOUT] * 6, LexicalGrader()), grader="lexical", fit_on="train")
    assert report.n == 3
    assert report.figures.threshold == pytest.approx(0.5)  # between ⅓ (fails) and ⅔ (passes)
    assert report.figures.accuracy == 1
    assert report.fitted_on == "train"


def test_the_command_prints_a_table_or_an_object_and_writes_between_markers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {
        **ROW,
        "question_id": "dropout-at-test",
        "answer": "测试时要关闭 dropout，否则预测是随机的。",
        "kind": "full",
    }
    path = written(tmp_path / "x.jsonl", row, {**row, "id": "b", "question_id": "q01", "answer": "no idea", "score": 0})
    target = tmp_path / "R.md"
    target.write_text("before\n<!-- grades: begin -->\nold\n<!-- grades: end -->\nafter\n")
    assert run_command("evaluate", str(path), "--bank", "deep-learning", "--json", "--write", str(target)) == 0
    plain = json.loads(capsys.readouterr().out)
    assert {"grader", "provenance", "n", "questions", "ungraded", "needs_review", "pearson", "spearman", "rmse", "mae",
            "bias", "qwk", "accuracy", "macro_f1", "intervals", "kinds", "langs", "baselines", "seconds", "answers_per_second", "tokens"} <= set(plain)  # fmt: skip
    text = target.read_text()
    assert text.startswith("before\n<!-- grades: begin -->\n2 answers")
    assert text.endswith("<!-- grades: end -->\nafter\n")
    assert "\nold\n" not in text
    assert run_command("evaluate", str(path), "--bank", "deep-learning", "--limit", "1", "--seed", "3") == 0
    assert capsys.readouterr().out.startswith("1 answers to 1 questions, graded by lexical-")


GOLD = shipped("rubrics") / "deep-learning.gold.jsonl"


@pytest.mark.parametrize("obstacle", ["no folder", "damaged file"])
def test_the_figures_are_printed_where_the_badge_cannot_be_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    folder = tmp_path / "data"
    monkeypatch.setenv("INTERVIEWER_DATA_DIR", str(folder))
    if obstacle == "no folder":
        folder.write_text("a file stands in its place")
    else:
        folder.mkdir()
        (folder / "measured.jsonl").write_text("damaged\n")
    assert run_command("evaluate", str(GOLD), "--bank", "deep-learning", "--limit", "30") == 0
    told = capsys.readouterr()
    assert told.out.startswith("30 answers to ")
    assert "the badge beside scores will not show these figures: " in told.err


def test_a_sample_takes_the_place_of_no_larger_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_DATA_DIR", str(tmp_path))
    kept = tmp_path / "measured.jsonl"
    assert run_command("evaluate", str(GOLD), "--bank", "deep-learning", "--limit", "30") == 0
    assert not kept.exists()  # the one that ships rests on all answers
    assert run_command("evaluate", str(GOLD), "--bank", "deep-learning") == 0
    whole = kept.read_text()
    assert run_command("evaluate", str(GOLD), "--bank", "deep-learning", "--limit", "30") == 0
    assert kept.read_text() == whole
    asked_for = tmp_path / "sample.jsonl"
    assert (
        run_command("evaluate", str(GOLD), "--bank", "deep-learning", "--limit", "30", "--record", str(asked_for)) == 0
    )
    assert json.loads(asked_for.read_text())["n"] == 30


@pytest.mark.parametrize(
    "arguments, cause",
    [
        (("--fit-threshold", "train"), "no row has the split 'train'"),
        (("--bank", "ghost"), "there is no bank 'ghost'"),
        (("--bank", "deep-learning", "--record", "m.jsonl"), "nothing to keep in m.jsonl: a badge needs 20 answers"),
        (("--write", "ghost.md"), "ghost.md cannot be read"),
        ((), "question is missing"),
    ],
)
def test_what_goes_wrong_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], cause: str
) -> None:
    assert run_command("evaluate", str(written(tmp_path / "x.jsonl", {**ROW, "question_id": "q01"})), *arguments) == 1
    assert cause in capsys.readouterr().err


@pytest.mark.usefixtures("english")
def test_what_could_not_be_graded_is_told_by_reason_and_fails_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "make_grader", lambda *_: FlakyGrader(failures=2))
    rows = [{**ROW, "id": str(n), "question_id": "dropout-at-test"} for n in range(3)]
    assert run_command("evaluate", str(written(tmp_path / "x.jsonl", *rows)), "--bank", "deep-learning", "--json") == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["ungraded"] == 2
    assert "interviewer: 2 of 3 answers could not be graded: the model is not there" in told.err


@pytest.mark.parametrize("name", ["lexical", "coverage"])
def test_the_lexical_grader_goes_by_its_old_name_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    rows = written(tmp_path / "x.jsonl", {**ROW, "question_id": "dropout-at-test"})
    assert run_command("evaluate", str(rows), "--bank", "deep-learning", "--grader", name, "--json") == 0
    assert json.loads(capsys.readouterr().out)["grader"] == "lexical"


def test_an_error_that_is_no_interviewers_is_not_hidden(tmp_path: Path) -> None:
    rows = read_labelled_answers(written(tmp_path / "x.jsonl", ROW))

    def broken(*_: object) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        evaluate(rows, [DROPOUT], GradeAs(broken))


def test_held_out_figures_are_of_the_rows_that_were_held_out(tmp_path: Path) -> None:
    rows = [
        {**ROW, "id": f"{split}{n}", "answer": answer, "score": score, "split": split}
        for split in ("held out", "seen")
        for n in range(5)
        for answer, score in [("switched off", 4), ("no idea", 0 if split == "held out" else 3)]
    ]
    rows = [{**row, "id": str(n)} for n, row in enumerate(rows)]
    read = read_labelled_answers(written(tmp_path / "x.jsonl", *rows))
    other = evaluate(read[:10], [DROPOUT] * 10, LexicalGrader())
    assert measurement_of(measure_label_agreement(other, grader="lexical"), "r") is None  # too few answers
    run = evaluate(read, [DROPOUT] * 20, LexicalGrader())
    found = measurement_of(measure_label_agreement(run, grader="lexical"), "r")
    assert found is not None
    assert (found.n, found.held_out_n, found.held_out_pearson) == (20, 10, pytest.approx(1))
    assert found.pearson < 1
