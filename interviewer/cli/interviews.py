"""Commands that play interviews and write them out."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from interviewer.cli.app import (
    INTERVIEW,
    app,
    fail,
    open_library,
    open_service,
    open_store,
    read_settings,
    say_here,
    write_file,
)
from interviewer.domain.language import Language
from interviewer.domain.plan_options import InterviewerStyle, Mode, Order
from interviewer.presentation.export_formats import ExportFormat
from interviewer.sessions import LOCAL_OWNER


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any free one.")] = None,
    root_path: Annotated[str | None, typer.Option(help="URL of the page when it is behind a proxy.")] = None,
) -> None:
    """Serve the page in the browser (what `python app.py` does)."""
    from interviewer.web import collector_paused

    with collector_paused():
        from interviewer.web.server import DEFAULT_PORT, serve

    settings = read_settings(host=host, port=port, root_path=root_path)
    serve(settings, port_is_given=port is not None or settings.port != DEFAULT_PORT)


@app.command()
def chat(
    bank: Annotated[str, typer.Option(help="Id of the bank.")] = "deep-learning",
    topic: Annotated[list[str] | None, typer.Option(help="Only this topic; may be given several times.")] = None,
    count: Annotated[int, typer.Option(min=1, help="Number of questions.")] = 5,
    order: Annotated[Order, typer.Option(help="Order of the questions.")] = Order.BANK,
    mode: Annotated[Mode, typer.Option(help="coach shows each card at once, interview all at the end.")] = Mode.COACH,
    language: Annotated[
        Language | None,
        typer.Option(
            help="Language of questions and messages; that of the terminal, or of what is resumed, if left out."
        ),
    ] = None,
    probes: Annotated[bool | None, typer.Option(help="Ask back when an answer is not complete.")] = None,
    manner: Annotated[
        InterviewerStyle, typer.Option(help="How the interviewer speaks; it touches no grade.")
    ] = InterviewerStyle.NEUTRAL,
    resume: Annotated[str, typer.Option(help="Go on with the interview of this id.")] = "",
) -> None:
    """Play an interview in the terminal."""
    from interviewer.cli import terminal
    from interviewer.sessions.interview_plan import make_plan

    service = open_service()
    if resume:
        session = service.resume(resume, None)
        spoken = language or session.interview().plan.language
    else:
        spoken = language or Language(read_settings().terminal_language)
        found = open_library().bank(bank)
        strangers = set(topic or []) - set(found.used_topics)
        if strangers:
            fail(f"bank {bank} has no topic {', '.join(sorted(strangers))}; it has {', '.join(found.used_topics)}")
        first = make_plan(
            found, topics=topic or [], count=count, order=order, mode=mode, language=spoken,
            probes=probes, manner=manner,
        )  # fmt: skip
        session = service.begin(LOCAL_OWNER, first)
    terminal.play(session, spoken, read_settings().data_folder)


def _local_time(at: str) -> str:
    """A kept time, which is UTC, as this machine's clock shows it."""
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}"


@app.command()
def interviews(
    page: Annotated[int, typer.Option(min=1, help="Which page of the list, 50 interviews each.")] = 1,
    find: Annotated[str, typer.Option(help="Only those with these words in title, bank, questions, mode or day.")] = "",
) -> None:
    """List all interviews, the one played last first."""
    from interviewer.sessions.interview_lists import PAGE_SIZE

    zone = datetime.now().astimezone().tzinfo
    kept = open_store().interviews(None, PAGE_SIZE + 1, (page - 1) * PAGE_SIZE, find, zone or UTC)
    if not kept and find:
        print(say_here("cli.none_found"), file=sys.stderr)
    elif not kept and page == 1:
        print(say_here("cli.none_yet"), file=sys.stderr)
    for found in kept[:PAGE_SIZE]:
        if found.problem:
            told = [say_here("cli.unreadable", problem=found.problem)]
        else:
            state = say_here("cli.over" if found.is_over else "cli.at_question", number=found.position + 1)
            where = say_here("cli.in_terminal" if found.owner == LOCAL_OWNER else "cli.in_browser")
            mode, planned = say_here(f"mode_short.{found.mode}"), say_here("cli.planned", count=found.planned)
            told = [found.bank, planned, mode, state, where]
        print("  ".join([found.id, _local_time(found.begun_at), *told]))
    if len(kept) > PAGE_SIZE:
        print(say_here("cli.more", page=page + 1), file=sys.stderr)


@app.command()
def link(
    owner: Annotated[str, typer.Argument(help="Whose interviews the link opens; the list of owners if left out.")] = "",
) -> None:
    """Print a link that gives a browser the interviews of an owner, for one hour; without an owner, list them."""
    from interviewer.errors import SettingsError
    from interviewer.sessions.interview_lists import list_owners
    from interviewer.web.identity import Owners

    owners = list_owners(open_store().database)
    if not owner:
        for found in owners:
            print(f"{found.owner}  {found.interviews} interviews  last played {_local_time(found.changed_at)}")
        return
    if owner not in [found.owner for found in owners]:
        raise SettingsError(f"nobody of this name has an interview: {owner} (`interviewer link` lists the owners)")
    settings = read_settings()
    base = settings.root_path or f"http://{settings.host}:{settings.port}"
    print(f"{base}/enter/{Owners(settings.signing_key, is_https=False).link(owner)}")


@app.command()
def rebuild() -> None:
    """Make the lists of interviews and outcomes anew from what was recorded."""
    print(f"{open_store().rebuild_read_models()} interviews were read anew")


@app.command()
def export(
    interview: INTERVIEW = "",
    format: Annotated[ExportFormat, typer.Option(help="md, html, or json.")] = ExportFormat.MD,
    language: Annotated[
        Language | None, typer.Option(help="Language of the headings; that of the questions if left out.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; the terminal if left out.")
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a transcript and stop.")] = False,
) -> None:
    """Write out an interview."""
    if schema:
        import json

        from interviewer.sessions.serialization import transcript_schema

        write_file(json.dumps(transcript_schema(), ensure_ascii=False, indent=2) + "\n", output)
        return
    if not interview:
        fail(say_here("cli.which"), code=2)
    from interviewer import wiring
    from interviewer.domain.interview import replay
    from interviewer.presentation.transcript_export import export_transcript
    from interviewer.sessions.coach_notes import list_coach_notes
    from interviewer.sessions.comparison import compare

    settings, store = read_settings(), open_store()
    history = store.history(interview)
    banks, zone = open_library().banks(), datetime.now().astimezone().tzinfo or UTC
    played = replay(recorded.event for recorded in history)
    compared = compare(store, store.owner_of(interview), interview, played)
    notes = list_coach_notes(store, interview) if played.is_over else ()
    known, beside = wiring.known_measurements(settings), {"compared": compared, "zone": zone, "coach_notes": notes}
    write_file(export_transcript(interview, history, format, language, known, banks, **beside), output)


@app.command()
def regrade(interview: INTERVIEW) -> None:
    """Grade what could not be graded, with the model of the settings."""
    session = open_service().resume(interview, None)
    before = sum(bool(attempt.failure) or attempt.awaits_grade for attempt in session.interview().attempts)
    session.regrade()
    after = session.run_due_and_wait()
    failed = [attempt for attempt in after.attempts if attempt.failure]
    print(say_here("cli.regraded", count=before - len(failed), total=before))
    for attempt in failed:
        print(f"interviewer: {attempt.question} #{attempt.number}: {attempt.failure}", file=sys.stderr)
    if failed:
        raise typer.Exit(1)


@app.command()
def rule(
    interview: INTERVIEW,
    question: Annotated[str, typer.Argument(help="Id of the question.")],
    criterion: Annotated[str, typer.Argument(help="Id of the criterion.")],
    level: Annotated[str, typer.Argument(help="met, partial, missing or contradicted; undo takes a ruling back.")],
    by: Annotated[str, typer.Option(help="Who rules: the name of a coach; the candidate if left out.")] = "",
    note: Annotated[str, typer.Option(help="Why, for the candidate to read.")] = "",
    attempt: Annotated[int, typer.Option(min=1, help="Which try at the question.")] = 1,
) -> None:
    """Correct a mark: what people rule counts, and what the grader said stays beside it."""
    from interviewer.domain.grade import Level, Ruling
    from interviewer.domain.summary import attempt_result
    from interviewer.errors import OutOfTurn
    from interviewer.presentation.wording import score_text

    if level not in (*Level, "undo"):
        raise typer.BadParameter(f"level is {', '.join(Level)} or undo, not {level!r}")
    session = open_service().resume(interview, None)
    before = session.interview()
    known = [one.id for one in before.bank.questions]
    if question not in known:
        fail(say_here("cli.no_question", question=question, known=", ".join(known)))
    criteria = [one.id for one in before.bank[question].criteria]
    if criterion not in criteria:
        fail(say_here("cli.no_criterion", question=question, criterion=criterion, known=", ".join(criteria)))
    ruling = Ruling(criterion, None if level == "undo" else Level(level), by.strip(), note.strip())
    try:
        after = session.rule(question, attempt, ruling)
    except OutOfTurn as error:
        fail(str(error))
    found = attempt_result(after, after.attempt(question, attempt))
    language = Language(read_settings().terminal_language)
    print(f"{question} #{attempt}: {score_text(found.score, language, is_estimate=found.is_estimate)}")
    if found.by_grader:
        told = found.grade is not None and found.grade.is_estimate
        print(say_here("cli.by_grader", score=score_text(found.by_grader, language, is_estimate=told)))
