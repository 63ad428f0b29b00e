"""Commands that put graders to the test."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from interviewer.cli.commands import Speech, app, fail, text_of, write_file


class _Grader(StrEnum):
    COVERAGE = "coverage"
    LLM = "llm"


class _Compile(StrEnum):
    OFFLINE = "offline"
    LLM = "llm"


@app.command()
def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Labelled answers, JSONL or CSV.")],
    bank: Annotated[
        str,
        typer.Option(help="Id of the bank whose rubrics are used; without it they are compiled from the references."),
    ] = "",
    how: Annotated[
        _Compile,
        typer.Option("--compile", help="Who compiles the rubrics of references; llm is the model of the settings."),
    ] = _Compile.OFFLINE,
    grader: Annotated[_Grader, typer.Option(help="Who grades; llm is the model of the settings.")] = _Grader.COVERAGE,
    limit: Annotated[int | None, typer.Option(min=1, help="Grade this many rows, drawn at random.")] = None,
    seed: Annotated[int, typer.Option(help="Of the rows drawn and of the intervals.")] = 0,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="The grade above which an answer passes; half of the scale if left out."),
    ] = None,
    fit_threshold: Annotated[
        str, typer.Option(help="Fit the threshold on the rows of this split and report on the others.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    save: Annotated[Path | None, typer.Option(help="Keep grades in this file and go on from it.")] = None,
    write: Annotated[Path | None, typer.Option(help="Write the tables between the markers of this file.")] = None,
) -> None:
    """Measure a grader against labelled answers."""
    import json as json_format
    import random

    from interviewer import evaluation, labelled, measuring, report, wiring
    from interviewer.settings import read_settings

    if bank and how is _Compile.LLM:
        raise typer.BadParameter("give --bank or --compile llm, not both")
    if threshold is not None and fit_threshold:
        raise typer.BadParameter("give --threshold or --fit-threshold, not both")
    rows = [row for file in files for row in labelled.read_rows(file)]
    if limit is not None and limit < len(rows):
        rows = random.Random(seed).sample(rows, limit)  # noqa: S311 - rows, not secrets
    if fit_threshold and fit_threshold not in {row.split for row in rows}:
        fail(f"no row has the split {fit_threshold!r}")
    if write and len(report.marked(text_of(write))) != 3:
        fail(f"{write.name} has no lines {report.BEGIN} and {report.END}")
    settings = read_settings()
    grades = wiring.make_grader(grader.value, settings)
    name = grader.value if grader is _Grader.COVERAGE else f"llm {settings.model} {settings.base_url}"
    threads = 1 if grader is _Grader.COVERAGE else settings.model_concurrency
    compiled = (
        wiring.make_compiler(settings, lambda line: print(line, file=sys.stderr)) if how is _Compile.LLM else None
    )
    questions = evaluation.questions_of(rows, wiring.make_library(settings).bank(bank) if bank else None, compiled)
    with typer.progressbar(length=len(rows), label="grading", file=sys.stderr) as bar:
        run = evaluation.evaluate(
            rows, questions, grades, kept=save, name=name, threads=threads, tick=lambda: bar.update(1)
        )
    if compiled and not save:
        wiring.forget_drafts(settings)  # with --save a later run must meet the same rubrics
    measured = measuring.measure(
        run,
        grader=grader.value,
        threshold=measuring.HALF if threshold is None else threshold,
        fit_on=fit_threshold,
        seed=seed,
    )
    if write:
        write_file(report.spliced(text_of(write), measured), write)
    print(
        json_format.dumps(measured.as_plain(), ensure_ascii=False) if json else report.to_text(measured),
        end="\n" if json else "",
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

    from interviewer import doctor as examination
    from interviewer import wiring
    from interviewer.rubric import Language
    from interviewer.settings import read_settings

    settings = read_settings(base_url=base_url, model=model)
    models = wiring.make_models(settings)
    if models.offer.default.endpoint is None:
        fail("no model to test: give --base-url and --model, or set INTERVIEWER_BASE_URL and INTERVIEWER_MODEL")
    bank = wiring.make_library(settings).bank("deep-learning")

    def told(place: int, total: int) -> None:
        print(f"answer {place + 1} of {total}", file=sys.stderr)

    diagnosis = examination.examine(models, models.offer.default, bank, told)
    if as_json:
        print(json.dumps(diagnosis.plain(), ensure_ascii=False, indent=2))
    else:
        for line in examination.lines(diagnosis, Language(language.value)):
            print(line)
    if not diagnosis.is_healthy:
        raise typer.Exit(1)
