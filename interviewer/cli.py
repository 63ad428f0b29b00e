"""The command line. Each command imports what it needs and nothing else, so that `--help` is quick."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from interviewer.errors import InterviewerError

_app = typer.Typer(
    name="interviewer",
    help="A mock interviewer that grades answers point by point and shows your own words as the evidence.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class _Kind(StrEnum):
    MD = "md"
    JSON = "json"
    HTML = "html"


class _Speech(StrEnum):
    ZH = "zh"
    EN = "en"


class _Mode(StrEnum):
    COACH = "coach"
    INTERVIEW = "interview"


class _Order(StrEnum):
    BANK = "bank"
    EASY_FIRST = "easy_first"
    SHUFFLED = "shuffled"


class _Grader(StrEnum):
    COVERAGE = "coverage"
    LLM = "llm"


@_app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any free one.")] = None,
    root_path: Annotated[str | None, typer.Option(help="URL of the page when it is behind a proxy.")] = None,
) -> None:
    """Serve the page in the browser (what `python app.py` does)."""
    from interviewer.settings import read_settings
    from interviewer.web.server import DEFAULT_PORT, serve

    settings = read_settings(host=host, port=port, root_path=root_path)
    serve(settings, port_is_given=port is not None or settings.port != DEFAULT_PORT)


@_app.command()
def chat(
    bank: Annotated[str, typer.Option(help="Id of the bank.")] = "deep-learning",
    topic: Annotated[list[str] | None, typer.Option(help="Only this topic; may be given several times.")] = None,
    count: Annotated[int, typer.Option(min=1, help="Number of questions.")] = 5,
    order: Annotated[_Order, typer.Option(help="Order of the questions.")] = _Order.BANK,
    mode: Annotated[_Mode, typer.Option(help="coach shows each card at once, interview all at the end.")] = _Mode.COACH,
    language: Annotated[_Speech, typer.Option(help="Language of questions and messages.")] = _Speech.ZH,
    probes: Annotated[bool | None, typer.Option(help="Ask back when an answer is not complete.")] = None,
    resume: Annotated[str, typer.Option(help="Go on with the interview of this id.")] = "",
) -> None:
    """Play an interview in the terminal."""
    from interviewer import terminal, wiring
    from interviewer.interview import Mode, Order
    from interviewer.rubric import Language
    from interviewer.settings import read_settings

    settings = read_settings()
    stage = wiring.make_stage(settings)
    spoken = Language(language.value)
    if resume:
        session = stage.resume(resume, None)
    else:
        found = wiring.make_library(settings).bank(bank)
        strangers = set(topic or []) - set(found.used_topics)
        if strangers:
            _fail(f"bank {bank} has no topic {', '.join(sorted(strangers))}; it has {', '.join(found.used_topics)}")
        first = wiring.make_plan(
            found, topics=topic or [], count=count, order=Order(order.value), mode=Mode(mode.value), language=spoken,
            probes=probes,
        )  # fmt: skip
        session = stage.begin(wiring.LOCAL_OWNER, first)
    terminal.play(session, spoken)


@_app.command()
def banks() -> None:
    """List the question banks."""
    from interviewer import wiring
    from interviewer.settings import read_settings

    library = wiring.make_library(read_settings())
    for bank in library.banks():
        print(
            f"{bank.id}  {len(bank.questions)} questions  {' / '.join(bank.title.both)}  topics: {', '.join(bank.used_topics)}"
        )
    broken = library.broken()
    for error in broken:
        print(f"interviewer: {error}", file=sys.stderr)
    if broken:
        raise typer.Exit(1)


@_app.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Bank files; none means every bank that can be played.")
    ] = None,
) -> None:
    """Lint question banks: schema, ids, criteria, aliases, probes, hints and references."""
    from interviewer import lint, wiring
    from interviewer.settings import read_settings

    faults = 0
    library = wiring.make_library(read_settings())
    if not files:
        for error in library.broken():
            if error.where == "id":
                faults += 1
                print(error)
    for path in files or library.paths():
        found = lint.check_file(path)
        faults += len(found.faults)
        for fault in found.faults:
            print(fault)
        if not found.faults:
            print(f"{path.name}: {found.questions} questions, {found.criteria} criteria, nothing to complain about")
    if faults:
        raise typer.Exit(1)


@_app.command()
def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Labelled answers, JSONL or CSV.")],
    bank: Annotated[
        str,
        typer.Option(help="Id of the bank whose rubrics are used; without it they are compiled from the references."),
    ] = "",
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

    if threshold is not None and fit_threshold:
        raise typer.BadParameter("give --threshold or --fit-threshold, not both")
    rows = [row for file in files for row in labelled.read_rows(file)]
    if limit is not None and limit < len(rows):
        rows = random.Random(seed).sample(rows, limit)  # noqa: S311 - rows, not secrets
    if fit_threshold and fit_threshold not in {row.split for row in rows}:
        _fail(f"no row has the split {fit_threshold!r}")
    if write and len(report.marked(_text_of(write))) != 3:
        _fail(f"{write.name} has no lines {report.BEGIN} and {report.END}")
    settings = read_settings()
    grades = wiring.make_grader(grader.value, settings)
    name = grader.value if grader is _Grader.COVERAGE else f"llm {settings.model} {settings.base_url}"
    threads = 1 if grader is _Grader.COVERAGE else settings.model_concurrency
    questions = evaluation.questions_of(rows, wiring.make_library(settings).bank(bank) if bank else None)
    with typer.progressbar(length=len(rows), label="grading", file=sys.stderr) as bar:
        run = evaluation.evaluate(
            rows, questions, grades, kept=save, name=name, threads=threads, tick=lambda: bar.update(1)
        )
    measured = measuring.measure(
        run,
        grader=grader.value,
        threshold=measuring.HALF if threshold is None else threshold,
        fit_on=fit_threshold,
        seed=seed,
    )
    if write:
        _write(report.spliced(_text_of(write), measured), write)
    print(
        json_format.dumps(measured.as_plain(), ensure_ascii=False) if json else report.to_text(measured),
        end="\n" if json else "",
    )


@_app.command()
def interviews() -> None:
    """List all interviews, the one played last first."""
    from interviewer import wiring
    from interviewer.interview import replay
    from interviewer.settings import read_settings
    from interviewer.store import Store

    store = Store(read_settings().database)
    kept = store.interviews()
    if not kept:
        print("no interviews yet; `interviewer chat` or `python app.py` begins one", file=sys.stderr)
    for listed in kept:
        try:
            interview = replay(recorded.event for recorded in store.history(listed.id))
        except InterviewerError as error:
            print(f"{listed.id}  {listed.begun_at}  cannot be read: {error}")
            continue
        state = "finished" if interview.is_over else f"at question {interview.position + 1}"
        where = "terminal" if listed.owner == wiring.LOCAL_OWNER else "browser"
        plan = interview.plan
        print(
            f"{listed.id}  {listed.begun_at}  {interview.bank.id}  {len(plan.questions)} questions  {plan.mode}  {state}  {where}"
        )


@_app.command()
def export(
    interview: Annotated[str, typer.Argument(help="Id of the interview.")] = "",
    format: Annotated[_Kind, typer.Option(help="md, html, or json.")] = _Kind.MD,
    language: Annotated[
        _Speech | None, typer.Option(help="Language of the headings; that of the questions if left out.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; the terminal if left out.")
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a transcript and stop.")] = False,
) -> None:
    """Write out an interview."""
    import json

    if schema:
        from interviewer.codec import transcript_schema

        _write(json.dumps(transcript_schema(), ensure_ascii=False, indent=2) + "\n", output)
        return
    if not interview:
        _fail("which interview? `interviewer interviews` lists them", code=2)
    from interviewer import wiring
    from interviewer.rubric import Language
    from interviewer.settings import read_settings
    from interviewer.store import Store

    history = Store(read_settings().database).history(interview)
    text = wiring.export(interview, history, format.value, Language(language.value) if language else None)
    _write(text, output)


@_app.command()
def regrade(interview: Annotated[str, typer.Argument(help="Id of the interview.")]) -> None:
    """Grade what could not be graded, with the model of the settings."""
    from interviewer import wiring
    from interviewer.settings import read_settings

    session = wiring.make_stage(read_settings()).resume(interview, None)
    before = sum(bool(attempt.failure) or attempt.awaits_grade for attempt in session.interview().attempts)
    session.regrade()
    after = session.settled()
    failed = [attempt for attempt in after.attempts if attempt.failure]
    print(f"{before - len(failed)} of {before} ungraded answers were graded")
    for attempt in failed:
        print(f"interviewer: {attempt.question} #{attempt.number}: {attempt.failure}", file=sys.stderr)
    if failed:
        raise typer.Exit(1)


@_app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    base_url: Annotated[str | None, typer.Option(help="The model's server; that of the settings if left out.")] = None,
    model: Annotated[str | None, typer.Option(help="The model's name.")] = None,
    language: Annotated[_Speech, typer.Option(help="Language of the advice.")] = _Speech.EN,
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
        _fail("no model to test: give --base-url and --model, or set INTERVIEWER_BASE_URL and INTERVIEWER_MODEL")
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command. What goes wrong on purpose is one line on the error stream and exit code 1; bad usage is 2."""
    _app_with_errors(list(arguments) if arguments is not None else None)


def _app_with_errors(arguments: list[str] | None) -> Any:
    try:
        return _app(arguments)
    except InterviewerError as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.exit(1)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    draft = output.with_name(output.name + ".part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(output)
    except OSError as error:
        _fail(f"{output} cannot be written: {error.strerror}")


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"{path.name} cannot be read: {error}")


def _fail(message: str, code: int = 1) -> NoReturn:
    print(f"interviewer: {message}", file=sys.stderr)
    sys.exit(code)
