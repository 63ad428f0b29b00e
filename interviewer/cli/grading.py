"""The commands that grade the answers of many candidates at once."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.cli.app import (
    YES,
    GraderName,
    app,
    confirm,
    fail,
    open_store,
    read_settings,
    tell_failures,
    write_file,
)
from interviewer.domain.language import Language

if TYPE_CHECKING:
    from interviewer.evaluation.batch_grading import Task
    from interviewer.evaluation.cohort import Cohort
    from interviewer.sessions.database import Database
    from interviewer.settings import Settings

batch = typer.Typer(
    help="Look after answers that the workers of the queue grade (`interviewer grade --queue`).",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(batch, name="batch")

_Outputs = Annotated[
    list[Path] | None,
    typer.Option("--output", "-o", help="File to write, as often as you like; the terminal if left out."),
]
_Batch = Annotated[str, typer.Argument(help="Id of the batch; `interviewer batch list` lists them.")]
_LOOK_SECONDS = 2.0
# In a row, of a database that is restarted.
_MOST_FAILURES = 60
_FORMATS = (".jsonl", ".csv", ".html")


@app.command()
def grade(
    files: Annotated[list[Path], typer.Argument(help="Answers, JSONL or CSV.")],
    bank: Annotated[str, typer.Option(help="Id of the bank that the questions are in.")],
    output: _Outputs = None,
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
    queue: Annotated[
        bool, typer.Option("--queue", help="Leave it to the workers of a PostgreSQL, and print the id of the batch.")
    ] = False,
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
    if queue and (is_batch or outputs or save):
        raise typer.BadParameter(
            "with --queue the workers grade: leave out --save, --batch-file, --batch-results and --output, which"
            " `interviewer batch collect` takes"
        )
    if (is_batch or queue) and grader in (GraderName.LEXICAL, GraderName.COVERAGE):
        raise typer.BadParameter(f"a batch is for a model: leave out --grader {grader}")
    chosen = grader or (GraderName.LLM if is_batch or queue else GraderName.LEXICAL)

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
    if queue:
        wiring.make_choice(settings)
        if not tasks:
            fail("there is no answer to grade")
        with _queue_database() as database:
            batches = wiring.make_batches(database, settings)
            made, waiting = batches.begin(found, spoken, [batch_grading.row_of(task) for task in tasks])
        print(made)
        left = f"{waiting} of {len(tasks)} answers are the workers' now"
        print(f"{left}; `interviewer batch collect {made}` fetches", file=sys.stderr)
        return
    grader_of = None
    if batch_results:
        choice = wiring.make_choice(settings)
        assert choice.endpoint is not None
        grader_of = batch_grading.read_back(batch_results, every, choice.endpoint, choice.shape)
    run = grade_with_bar(tasks, chosen, settings, save, grader_of)
    cohort = Cohort(found, run.graded)
    _write(cohort, outputs, spoken, _badge(cohort, spoken, settings))
    _tell(cohort)


@batch.command("list")
def list_batches() -> None:
    """List the batches, the newest first, and how far each is."""
    from interviewer.presentation.plain_text import printable
    from interviewer.sessions.grading_batches import list_batches

    with _queue_database() as database:
        for one in list_batches(database):
            done = f"{one.graded} of {one.answers} graded, {one.failed} failed, {one.waiting} waiting"
            what = f"{one.bank_id}  {printable(one.model)}"
            print(f"{one.id}  {one.created_at}  {what}  {done}, {one.tokens:,} tokens")


@batch.command()
def collect(
    batch: _Batch,
    output: _Outputs = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until every answer is graded or has failed.")] = False,
) -> None:
    """Write what is graded by now, as `grade` would.

    How many answers still wait is said, and how many failed and why; exit code 1 unless everything is graded.
    """
    from interviewer import wiring
    from interviewer.evaluation.batch_grading import marked
    from interviewer.evaluation.cohort import Cohort
    from interviewer.presentation.plain_text import printable
    from interviewer.sessions import grading_batches

    outputs, settings = output or [], read_settings()
    _check_usage([], outputs, None, None)
    with _queue_database() as database:
        if wait:
            _wait(database, batch)
        result = grading_batches.collect(database, batch)
    if result is None:
        fail(f"there is no batch {batch} (`interviewer batch list` lists them)")
    cohort = Cohort(result.bank, marked(result))
    _write(cohort, outputs, result.language, _badge(cohort, result.language, settings))
    if waiting := len(result.answers) - len(cohort.marked):
        wanted = "" if result.grader == wiring.batch_identity(settings) else f" with another grader: {result.grader}"
        said = f"{waiting} of {len(result.answers)} answers still wait for a worker{wanted}"
        print(f"interviewer: {printable(said)}", file=sys.stderr)
    _tell(cohort)
    if waiting:
        raise typer.Exit(1)


@batch.command("delete")
def delete_batch(batch: _Batch, yes: YES = False) -> None:
    """Delete a batch with its answers and grades.

    What is not graded yet is not graded any more.
    """
    from interviewer.sessions.grading_batches import remove_batch

    with _queue_database() as database:
        confirm(f"Delete batch {batch} with its answers and grades for good?", yes=yes)
        if not remove_batch(database, batch):
            fail(f"there is no batch {batch} (`interviewer batch list` lists them)")
    print(f"batch {batch} was deleted")


def _wait(database: "Database", batch: str) -> None:
    """Until no answer of a batch waits. Raises StoreError where the database stays away."""
    from interviewer.errors import StoreError
    from interviewer.sessions.grading_batches import is_waiting

    failures = 0
    while True:
        with suppress(StoreError) if failures < _MOST_FAILURES else nullcontext():
            failures += 1
            if not is_waiting(database, batch):
                return
            failures = 0
        time.sleep(_LOOK_SECONDS)


@contextmanager
def _queue_database() -> "Iterator[Database]":
    """The database of the settings. Raises SettingsError where it has no queue."""
    from interviewer.sessions.job_queue import JobQueue

    with closing(open_store()) as store:
        JobQueue.required(store.database)
        yield store.database


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


def _tell(cohort: "Cohort") -> None:
    tell_failures(
        (one.failure for one in cohort.marked if one.grade is None),
        len(cohort.marked),
        ranges=sum(one.grade is not None and one.share is None for one in cohort.marked),
    )


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
