"""Commands that put graders to the test."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from interviewer.cli.app import Compiler, Grading, Speech, app, fail, text_of, write_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interviewer.domain.rubric import Bank, Question
    from interviewer.evaluation.calibration import Measured
    from interviewer.evaluation.labelled import Row
    from interviewer.evaluation.runner import Run
    from interviewer.settings import Settings

Thing = TypeVar("Thing")


@app.command()
def evaluate(
    files: Annotated[list[Path] | None, typer.Argument(help="Labelled answers, JSONL or CSV.")] = None,
    attacks: Annotated[
        bool, typer.Option("--attacks", help="Instead of labelled answers, grade attacks made from the bank.")
    ] = False,
    bank: Annotated[
        str,
        typer.Option(help="Id of the bank whose rubrics are used; without it they are compiled from the references."),
    ] = "",
    how: Annotated[
        Compiler,
        typer.Option("--compile", help="Who compiles the rubrics of references; llm is the model of the settings."),
    ] = Compiler.OFFLINE,
    grader: Annotated[Grading, typer.Option(help="Who grades; llm is the model of the settings.")] = Grading.COVERAGE,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, help="Grade this many answers, drawn at random (and those that drawn attacks are held against)."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the answers drawn and of the intervals.")] = 0,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="The grade above which an answer passes; half of the scale if left out."),
    ] = None,
    fit_threshold: Annotated[
        str, typer.Option(help="Fit the threshold on the rows of this split and report on the others.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    save: Annotated[Path | None, typer.Option(help="Keep grades in this file and go on from it.")] = None,
    record: Annotated[
        Path | None,
        typer.Option(help="Keep the agreement for the badge beside scores in this file, not in the data folder."),
    ] = None,
    write: Annotated[
        list[Path] | None, typer.Option(help="Write the tables between the markers of this file, such as a README.")
    ] = None,
) -> None:
    """Measure a grader against labelled answers, or against attacks."""
    import json as json_format

    from interviewer import wiring
    from interviewer.evaluation import labelled, results
    from interviewer.evaluation.calibration import rubrics_of
    from interviewer.presentation import evaluation_report
    from interviewer.settings import read_settings

    compiles = how is Compiler.LLM
    if attacks:
        if files or threshold is not None or fit_threshold or write or record or compiles or not bank:
            raise typer.BadParameter(
                "--attacks goes with --bank, and with --grader, --limit, --seed, --json and --save only"
            )
        _attack(bank, grader, limit, seed, as_json=json, save=save)
        return
    for is_wrong, what in (
        (not files, "give files of labelled answers, or --attacks and --bank"),
        (bank and compiles, "give --bank or --compile llm, not both"),
        (threshold is not None and fit_threshold, "give --threshold or --fit-threshold, not both"),
        (record and not bank, "--record goes with --bank: a badge is for the rubrics of a bank"),
    ):
        if is_wrong:
            raise typer.BadParameter(what)
    rows = _drawn(labelled.read_rows(*files or ()), limit, seed)
    _check_split(fit_threshold, rows)
    unmarked = [file.name for file in write or () if not evaluation_report.is_marked(text_of(file))]
    if unmarked:
        fail(f"{unmarked[0]} has no lines {evaluation_report.BEGIN} and {evaluation_report.END}")
    settings = read_settings()
    chosen = wiring.make_library(settings).bank(bank) if bank else None
    run = _run(rows, _questions(rows, chosen, settings, by_model=compiles), grader, settings, save)
    if compiles and not save:
        wiring.forget_drafts(settings)  # with --save a later run must meet the same rubrics
    measured = results.measure(
        run,
        grader=grader.value,
        threshold=results.HALF if threshold is None else threshold,
        fit_on=fit_threshold,
        seed=seed,
    )
    # First what the run has found out: none of what can still go wrong is to cost another hour of grading.
    print(
        json_format.dumps(measured.as_plain(), ensure_ascii=False) if json else evaluation_report.to_text(measured),
        end="\n" if json else "",
        flush=True,
    )
    for file in write or ():
        write_file(evaluation_report.spliced(text_of(file), measured), file)
    known = results.measured(measured, rubrics_of(chosen)) if chosen else None
    _keep(known, record, settings, is_sample=limit is not None)


def _keep(known: "Measured | None", record: Path | None, settings: "Settings", *, is_sample: bool) -> None:
    """Keep what was measured; in the data folder, a sample takes the place of nothing that rests on more answers."""
    from interviewer import wiring
    from interviewer.errors import InterviewerError
    from interviewer.evaluation.calibration import LEAST_ANSWERS, keep

    if record:
        if known is None:
            fail(
                f"nothing to keep in {record.name}: a badge needs {LEAST_ANSWERS} answers whose grades and labels vary"
            )
        keep(record, known)
        return
    if known is None:
        return
    try:
        before = wiring.known_measurements(settings)().get((known.grader, known.rubrics))
        if not (is_sample and before and before.n > known.n):
            keep(settings.data_folder / wiring.MEASURED, known)
    except InterviewerError as error:
        print(f"interviewer: the badge beside scores will not show these figures: {error}", file=sys.stderr)


def _attack(bank: str, grader: Grading, limit: int | None, seed: int, *, as_json: bool, save: Path | None) -> None:
    import json

    from interviewer import wiring
    from interviewer.evaluation import robustness as attacks
    from interviewer.presentation import evaluation_report
    from interviewer.settings import read_settings

    settings = read_settings()
    attacked = wiring.make_library(settings).bank(bank)
    made = attacks.attacks_on(attacked)
    made = attacks.with_bases(_drawn(made, limit, seed), made)
    rows = attacks.rows_of(made)
    run = _run(rows, _questions(rows, attacked, settings, by_model=False), grader, settings, save)
    measured = attacks.resistance(made, run, grader=grader.value, bank=bank, seed=seed)
    print(
        json.dumps(measured.as_plain(), ensure_ascii=False)
        if as_json
        else evaluation_report.resistance_to_text(measured),
        end="\n" if as_json else "",
    )


def _check_split(name: str, rows: "Sequence[Row]") -> None:
    if name and name not in {row.split for row in rows}:
        fail(f"no row has the split {name!r}")


def _drawn(things: "Sequence[Thing]", limit: int | None, seed: int) -> "Sequence[Thing]":
    import random

    few = limit is not None and limit < len(things)
    return random.Random(seed).sample(things, limit or 0) if few else things  # noqa: S311 - answers, not secrets


def _questions(rows: "Sequence[Row]", bank: "Bank | None", settings: "Settings", *, by_model: bool) -> "list[Question]":
    from interviewer import wiring
    from interviewer.evaluation import runner

    compiled = wiring.make_compiler(settings, lambda line: print(line, file=sys.stderr)) if by_model else None
    return runner.questions_of(rows, bank, compiled)


def _run(
    rows: "Sequence[Row]", questions: "Sequence[Question]", grader: Grading, settings: "Settings", save: Path | None
) -> "Run":
    """The rows graded, with a bar that shows how far it is."""
    from interviewer import wiring
    from interviewer.evaluation import runner

    grades = wiring.make_grader(grader.value, settings)
    name = wiring.grader_identity(grader.value, settings)
    threads = 1 if grader is Grading.COVERAGE else settings.model_concurrency
    with typer.progressbar(length=len(rows), label="grading", file=sys.stderr) as bar:
        return runner.evaluate(
            rows, questions, grades, kept=save, name=name, threads=threads, tick=lambda: bar.update(1)
        )


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    base_url: Annotated[str | None, typer.Option(help="The model's server; that of the settings if left out.")] = None,
    model: Annotated[str | None, typer.Option(help="The model's name.")] = None,
    language: Annotated[Speech, typer.Option(help="Language of the advice.")] = Speech.EN,
) -> None:
    """Test the model as a grader: seven canned answers, and what their grades say."""
    import json

    from interviewer import wiring
    from interviewer.domain.rubric import Language
    from interviewer.evaluation import checkup
    from interviewer.settings import read_settings

    settings = read_settings(base_url=base_url, model=model)
    models = wiring.make_grader_registry(settings)
    if models.options.default.endpoint is None:
        fail("no model to test: give --base-url and --model, or set INTERVIEWER_BASE_URL and INTERVIEWER_MODEL")
    bank = wiring.make_library(settings).bank("deep-learning")

    def told(place: int, total: int) -> None:
        print(f"answer {place + 1} of {total}", file=sys.stderr)

    diagnosis = checkup.examine(models, models.options.default, bank, told)
    if as_json:
        print(json.dumps(diagnosis.plain(), ensure_ascii=False, indent=2))
    else:
        for line in checkup.lines(diagnosis, Language(language.value)):
            print(line)
    if not diagnosis.is_healthy:
        raise typer.Exit(1)
