"""The command that grades the answers of many candidates at once."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.cli.app import GraderName, app, read_settings, tell_failures, write_file
from interviewer.domain.language import Language

if TYPE_CHECKING:
    from interviewer.evaluation.batch_grading import Task
    from interviewer.evaluation.cohort import Cohort
    from interviewer.settings import Settings

_FORMATS = (".jsonl", ".csv", ".html")


@app.command()
def grade(
    files: Annotated[list[Path], typer.Argument(help="Answers, JSONL or CSV.")],
    bank: Annotated[str, typer.Option(help="Id of the bank that the questions are in.")],
    output: Annotated[
        list[Path] | None,
        typer.Option("--output", "-o", help="File to write, as often as you like; the terminal if left out."),
    ] = None,
    grader: Annotated[GraderName | None, typer.Option(help="llm is the model of the settings.")] = None,
    language: Annotated[
        Language | None, typer.Option(help="Language of reasons and headings; that of the bank if left out.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Grade the first so many answers only.")] = None,
    save: Annotated[Path | None, typer.Option(help="Keep grades in this file and go on from it.")] = None,
    batch_file: Annotated[
        Path | None, typer.Option(help="Grade nothing; write the model's requests here, in the batch format of OpenAI.")
    ] = None,
    batch_results: Annotated[
        list[Path] | None, typer.Option(help="Take the model's replies from this result or error file of a batch.")
    ] = None,
) -> None:
    """Grade answers of candidates to the questions of a bank, with the evidence for every point.

    A row has question_id and answer, and if you like id, candidate and lang (zh or en). A question is named by its id or
    its place in the bank (q01, q02, …). Of the files to write, .jsonl has everything, .csv one row an answer, and .html
    is the mark sheet. In CSV, cells that a spreadsheet would take for a formula begin with an apostrophe.
    """
    outputs = output or []
    is_batch = bool(batch_file or batch_results)
    _check_usage([*files, *(batch_results or ())], outputs, save, batch_file)
    if batch_file and (batch_results or outputs):
        raise typer.BadParameter("--batch-file grades nothing: give it without --batch-results and --output")
    if is_batch and grader in (GraderName.LEXICAL, GraderName.COVERAGE):
        raise typer.BadParameter(f"a batch is for a model: leave out --grader {grader}")
    chosen = grader or (GraderName.LLM if is_batch else GraderName.LEXICAL)

    from interviewer import wiring
    from interviewer.cli.model_progress import grade_with_bar
    from interviewer.evaluation import batch_grading, runner
    from interviewer.evaluation.cohort import Cohort
    from interviewer.evaluation.datasets import read_candidate_answers

    # In a batch nothing can be asked twice.
    settings = read_settings(votes=1 if is_batch else None)
    found = wiring.make_library(settings).bank(bank)
    answers = read_candidate_answers(files)
    if answers.unused:
        names = ", ".join(f"{name!r:.40}" for name in answers.unused)
        print(f"interviewer: fields that nothing is read from: {names}", file=sys.stderr)
    languages = {row.lang for row in answers.rows}
    one_for_all = next(iter(languages)) if len(languages) == 1 else None
    spoken = language or one_for_all or found.language
    every = runner.tasks_in_bank(answers.rows, found, spoken)
    tasks = every[:limit]
    if batch_file:
        _write_requests(batch_file, tasks, save, settings)
        return
    grader_of = None
    if batch_results:
        choice = wiring.make_choice(settings)
        assert choice.endpoint is not None
        grader_of = batch_grading.read_back(batch_results, every, choice.endpoint, choice.shape)
    run = grade_with_bar(tasks, chosen, settings, save, grader_of)
    cohort = Cohort(found, run.graded)
    _write(cohort, outputs, spoken, _badge(cohort, spoken, settings))
    tell_failures(
        (one.failure for one in run.graded if one.grade is None),
        len(run.graded),
        ranges=sum(one.grade is not None and one.share is None for one in run.graded),
    )


def _check_usage(read: list[Path], outputs: list[Path], save: Path | None, batch_file: Path | None) -> None:
    """Before an hour of grading, not after it."""
    for path in outputs:
        if path.suffix.lower() not in _FORMATS:
            raise typer.BadParameter(f"{path.name} must end in one of {', '.join(_FORMATS)}")
    written = [path.resolve() for path in (*outputs, save, batch_file) if path]
    for path in written:
        if path in [file.resolve() for file in read] or written.count(path) > 1:
            raise typer.BadParameter(f"{path.name} is given twice, and would be overwritten")
        if not path.parent.is_dir():
            raise typer.BadParameter(f"there is no folder {path.parent}")
        if path.is_dir() or not os.access(path.parent, os.W_OK):
            raise typer.BadParameter(f"{path} cannot be written")


def _write_requests(path: Path, tasks: "list[Task]", save: Path | None, settings: "Settings") -> None:
    from interviewer import wiring
    from interviewer.evaluation import batch_grading
    from interviewer.evaluation.openai_batch import request_line

    choice = wiring.make_choice(settings)
    assert choice.endpoint is not None
    left = batch_grading.ungraded(tasks, save, wiring.grader_identity("llm", settings))
    lines = [request_line(*request) for request in batch_grading.requests(left, choice.endpoint, choice.shape)]
    write_file("".join(lines), path)
    print(f"{len(lines)} requests for {len(left)} answers, to {choice.title}", file=sys.stderr)


def _write(cohort: "Cohort", outputs: list[Path], language: Language, badge: str) -> None:
    from interviewer.presentation import grade_export, mark_sheet

    if not outputs:
        write_file(grade_export.to_table(cohort, language), None)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for path in outputs:
        match path.suffix.lower():
            case ".jsonl":
                text = grade_export.to_jsonl(cohort.marked)
            case ".csv":
                text = grade_export.to_csv(cohort.marked)
            case _:
                text = mark_sheet.to_html(cohort, language, now, badge)
        write_file(text, path)
    if outputs:
        print("\n".join(grade_export.overview(cohort, language)), file=sys.stderr)


def _badge(cohort: "Cohort", language: Language, settings: "Settings") -> str:
    """What is known of the one who gave the grades; nothing where several did, or nobody."""
    from interviewer import wiring
    from interviewer.evaluation.measurements import rubrics_digest
    from interviewer.presentation.wording import agreement_text

    grades = [one.grade for one in cohort.marked if one.grade]
    signatures = {grade.provenance.signature for grade in grades}
    if len(signatures) != 1:
        return ""
    known = wiring.known_measurements(settings)()
    found = known.get((signatures.pop(), rubrics_digest(cohort.bank)))
    return agreement_text(found, language, is_estimate=grades[0].is_estimate)
