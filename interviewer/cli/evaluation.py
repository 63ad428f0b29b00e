"""Commands that put graders to the test."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from interviewer.cli.app import (
    Compiler,
    GraderName,
    app,
    fail,
    open_library,
    open_store,
    print_json,
    read_settings,
    tell_failures,
    text_of,
    write_file,
)
from interviewer.domain.language import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interviewer.evaluation.measurements import Measurement
    from interviewer.settings import Settings

Thing = TypeVar("Thing")


@app.command()
def evaluate(
    files: Annotated[list[Path] | None, typer.Argument(help="Labelled answers, JSONL or CSV.")] = None,
    attacks: Annotated[bool, typer.Option("--attacks", help="Grade attacks made from the bank instead.")] = False,
    from_rulings: Annotated[
        bool, typer.Option("--from-rulings", help="Compare with what people ruled in recorded interviews instead.")
    ] = False,
    bank: Annotated[str, typer.Option(help="Id of the bank with the rubrics; else references are compiled.")] = "",
    how: Annotated[
        Compiler, typer.Option("--compile", help="Who compiles references; llm is the model of the settings.")
    ] = "offline",
    grader: Annotated[GraderName, typer.Option(help="llm is the model of the settings.")] = GraderName.LEXICAL,
    limit: Annotated[int | None, typer.Option(min=1, help="Grade this many answers, drawn at random.")] = None,
    seed: Annotated[int, typer.Option(help="Of the answers drawn and of the intervals.")] = 0,
    threshold: Annotated[
        float | None, typer.Option(min=0, max=1, help="The grade above which an answer passes; half if left out.")
    ] = None,
    fit_threshold: Annotated[str, typer.Option(help="Fit it on the rows of this split, report on the others.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    save: Annotated[Path | None, typer.Option(help="Keep grades in this file and go on from it.")] = None,
    record: Annotated[
        Path | None, typer.Option(help="Keep the agreement for the badge in this file, not in the data folder.")
    ] = None,
    write: Annotated[
        list[Path] | None, typer.Option(help="Write the tables between the markers of this file, such as a README.")
    ] = None,
) -> None:
    """Measure a grader against labelled answers, or against attacks."""
    from interviewer import wiring
    from interviewer.cli.model_progress import grade_with_bar, wait_for_model
    from interviewer.evaluation import label_agreement, runner
    from interviewer.evaluation.datasets import read_labelled_answers
    from interviewer.evaluation.measurements import rubrics_digest
    from interviewer.presentation import evaluation_report

    compiles = how == "llm"
    labelled_only = files or write or record or compiles or threshold is not None or fit_threshold
    faults = {
        "--attacks goes with --bank, and with --grader, --limit, --seed, --json and --save only": attacks
        and (labelled_only or not bank),
        "--from-rulings goes with --grader, --limit, --seed and --json only": from_rulings
        and (labelled_only or attacks or bank or save),
        "give files of labelled answers, or --attacks and --bank, or --from-rulings": not (
            files or attacks or from_rulings
        ),
        "give --bank or --compile llm, not both": bank and compiles,
        "give --threshold or --fit-threshold, not both": threshold is not None and fit_threshold,
        "--record goes with --bank: a badge is for the rubrics of a bank": record and not bank,
    }
    if wrong := next((what for what, is_so in faults.items() if is_so), None):
        raise typer.BadParameter(wrong)
    if from_rulings:
        _against_rulings(grader, limit, seed, as_json=json)
        return
    if attacks:
        _attack(bank, grader, limit, seed, as_json=json, save=save)
        return
    rows = _sample(read_labelled_answers(*files or ()), limit, seed)
    if fit_threshold and fit_threshold not in {row.split for row in rows}:
        fail(f"no row has the split {fit_threshold!r}")
    unmarked = [file.name for file in write or () if not evaluation_report.is_marked(text_of(file))]
    if unmarked:
        fail(f"{unmarked[0]} has no lines {evaluation_report.BEGIN} and {evaluation_report.END}")
    settings = read_settings()
    chosen = open_library().bank(bank) if bank else None
    compiled = wiring.make_compiler(settings, lambda line: print(line, file=sys.stderr)) if compiles else None
    if chosen:
        tasks = runner.tasks_in_bank(rows, chosen)
    else:
        tasks = wait_for_model(lambda: runner.tasks_without_bank(rows, compiled), Language.EN)
    run = grade_with_bar(tasks, grader, settings, save)
    if compiles and not save:
        wiring.forget_drafts(settings)  # with --save a later run must meet the same rubrics
    found = label_agreement.measure_label_agreement(
        run,
        grader=_name(grader),
        threshold=label_agreement.HALF if threshold is None else threshold,
        fit_on=fit_threshold,
        seed=seed,
    )
    # First what the run has found out: none of what can still go wrong is to cost another hour of grading.
    _print(found.as_plain(), evaluation_report.to_text(found), as_json=json)
    for file in write or ():
        write_file(evaluation_report.spliced(text_of(file), found), file)
    measured = label_agreement.measurement_of(found, rubrics_digest(chosen)) if chosen else None
    _keep(measured, record, settings, is_sample=limit is not None)
    tell_failures((one.failure for one in run.graded if one.grade is None), len(run.graded))


def _keep(measured: "Measurement | None", record: Path | None, settings: "Settings", *, is_sample: bool) -> None:
    """Keep what was measured; in the data folder, a sample takes the place of nothing that rests on more answers."""
    from interviewer import wiring
    from interviewer.errors import InterviewerError
    from interviewer.evaluation.measurements import LEAST_ANSWERS, save_measurement

    if record and measured is None:
        fail(f"nothing to keep in {record.name}: a badge needs {LEAST_ANSWERS} answers whose grades and labels vary")
    if measured is None:
        return
    if record:
        save_measurement(record, measured)
        return
    try:
        before = wiring.known_measurements(settings)().get((measured.grader, measured.rubrics))
        if not (is_sample and before and before.n > measured.n):
            save_measurement(settings.data_folder / wiring.MEASURED, measured)
    except InterviewerError as error:
        print(f"interviewer: the badge beside scores will not show these figures: {error}", file=sys.stderr)


def _attack(bank: str, grader: GraderName, limit: int | None, seed: int, *, as_json: bool, save: Path | None) -> None:
    from interviewer.cli.model_progress import grade_with_bar
    from interviewer.evaluation.datasets import read_false_claims
    from interviewer.evaluation.robustness import attack_report, generation
    from interviewer.presentation import evaluation_report

    library = open_library()
    attacked, place = library.bank(bank), library.path_of(bank)
    by_hand = place.with_suffix(".swapped.jsonl") if place else None
    every = generation.attacks_on(attacked, read_false_claims(by_hand) if by_hand and by_hand.exists() else ())
    attacks = attack_report.with_bases(_sample(every, limit, seed), every)
    run = grade_with_bar(attack_report.tasks_of(attacks), grader, read_settings(), save)
    found = attack_report.report_on_attacks(run, grader=_name(grader), bank=bank, seed=seed)
    _print(found.as_plain(), evaluation_report.attacks_to_text(found), as_json=as_json)
    tell_failures((one.failure for one in run.graded if one.grade is None), len(run.graded))


def _against_rulings(grader: GraderName, limit: int | None, seed: int, *, as_json: bool) -> None:
    from interviewer import wiring
    from interviewer.cli.model_progress import grading_bar, wait_for_model
    from interviewer.domain.interview import replay
    from interviewer.evaluation.ruling_agreement import measure_ruling_agreement, ruled_attempts
    from interviewer.presentation import evaluation_report
    from interviewer.sessions.interview_lists import list_ruled

    store = open_store()
    interviews = (replay(recorded.event for recorded in store.history(name)) for name in list_ruled(store.database))
    ruled = _sample(ruled_attempts(interviews), limit, seed)
    if not ruled:
        fail("nobody has ruled on an answer yet: correct marks on the page, or with `interviewer rule`")
    with grading_bar(len(ruled)) as (tick, look):
        found = wait_for_model(
            lambda: measure_ruling_agreement(
                ruled, wiring.make_grader(grader.value, read_settings()), _name(grader), tick
            ),
            Language.EN,
            lambda call: look([call]),
        )
    _print(found.as_plain(), evaluation_report.rulings_to_text(found), as_json=as_json)
    tell_failures(found.failures, found.answers)


def _name(grader: GraderName) -> str:
    return (GraderName.LEXICAL if grader is GraderName.COVERAGE else grader).value


def _print(plain: "dict[str, Any]", text: str, *, as_json: bool) -> None:
    import json

    print(json.dumps(plain, ensure_ascii=False) + "\n" if as_json else text, end="", flush=True)


def _sample(things: "Sequence[Thing]", limit: int | None, seed: int) -> "Sequence[Thing]":
    import random

    few = limit is not None and limit < len(things)
    return random.Random(seed).sample(things, limit or 0) if few else things  # noqa: S311 - answers, not secrets


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    base_url: Annotated[str | None, typer.Option(help="The model's server; that of the settings if left out.")] = None,
    model: Annotated[str | None, typer.Option(help="The model's name.")] = None,
    language: Annotated[Language, typer.Option(help="Language of the advice.")] = Language.EN,
    pull: Annotated[str, typer.Option(help="Test nothing; let the Ollama on this machine pull this model.")] = "",
) -> None:
    """Test the model as a grader: seven canned answers, and what their grades say; and what the speech server can do."""
    from interviewer.cli.local_models import pull_model, tell_local_servers

    if pull:
        pull_model(pull, base_url, language)
        return
    from interviewer import wiring
    from interviewer.cli.model_progress import wait_for_model
    from interviewer.evaluation import grader_check
    from interviewer.evaluation.speech_check import check_all, check_speech

    settings = read_settings(base_url=base_url, model=model)
    models, speech = wiring.make_grader_registry(settings), wiring.make_speech(settings)
    if models.options.default.endpoint is None and speech:
        print(*grader_check.finding_lines(check_speech(speech), language), sep="\n")
        return
    if models.options.default.endpoint is None:
        tell_local_servers(language)
        fail("no model to test: give --base-url and --model, or set INTERVIEWER_BASE_URL and INTERVIEWER_MODEL")
    bank = open_library().bank("deep-learning")

    def told(place: int, total: int) -> None:
        print(f"answer {place + 1} of {total}", file=sys.stderr)

    check = wait_for_model(lambda: check_all(models, models.options.default, bank, speech, told), language)
    models.remember(models.options.default, check)
    if as_json:
        print_json(check.plain())
    else:
        for line in grader_check.check_lines(check, language):
            print(line)
    if not check.is_healthy:
        raise typer.Exit(1)
