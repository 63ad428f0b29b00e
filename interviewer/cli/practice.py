"""Commands that practise what is worth practising, and show how it has gone."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from interviewer.cli.app import (
    LANGUAGE,
    app,
    open_library,
    open_service,
    open_store,
    print_json,
    read_settings,
    write_file,
)
from interviewer.domain.plan_options import Mode
from interviewer.presentation.export_formats import AnkiNotes
from interviewer.sessions import LOCAL_OWNER

_AS_JSON = Annotated[bool, typer.Option("--json", help="Print it as JSON, and play nothing.")]


class StateName(StrEnum):
    NEW = "new"
    DUE = "due"
    WEAK = "weak"
    HOLDING = "holding"


@app.command()
def today(
    language: LANGUAGE,
    as_json: _AS_JSON = False,
    show: Annotated[bool, typer.Option("--show", help="Only show what is worth doing.")] = False,
    more: Annotated[bool, typer.Option("--more", help="Another sitting, even if today's questions are done.")] = False,
    exam: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From now on, plan for an interview on this day.")
    ] = None,
    no_exam: Annotated[bool, typer.Option("--no-exam", help="There is no day to plan for any more.")] = False,
    cap: Annotated[int | None, typer.Option(min=1, help="From now on, the most questions a day.")] = None,
) -> None:
    """Show what is worth practising today, and begin."""
    from interviewer.cli import terminal
    from interviewer.presentation import practice_text
    from interviewer.sessions.due_questions import plan_today
    from interviewer.sessions.interview_plan import make_named_plan
    from interviewer.sessions.practice_log import read_practice_settings, save_practice_settings
    from interviewer.text.messages import say

    service, banks = open_service(), open_library().banks()
    chosen = read_practice_settings(service.store, LOCAL_OWNER)
    if exam or no_exam or cap:
        day = None if no_exam else exam.date() if exam else chosen.exam_on
        save_practice_settings(
            service.store, LOCAL_OWNER, chosen._replace(exam_on=day, daily_cap=cap or chosen.daily_cap)
        )
    found = plan_today(service.store, LOCAL_OWNER, banks, datetime.now().astimezone(), beyond=more)
    if as_json:
        print_json(practice_text.today_to_plain(found))
        return
    print(practice_text.headline(found, language))
    for line in practice_text.notes(found, language):
        print(line)
    for one in found.open:
        print(say("today.open", language, place=one.position + 1, total=one.planned, id=one.id))
    for topic in found.topics:
        print("  " + practice_text.mastery_text(topic, language))
    if found.questions and not show:
        first = make_named_plan(banks, found.names, language=language, again=True)
        session = service.begin(LOCAL_OWNER, first)
        terminal.play(session, language, read_settings().data_folder)


@app.command()
def practise(
    question: Annotated[list[str], typer.Argument(help="Ids of questions, as QUESTION or BANK/QUESTION.")],
    language: LANGUAGE,
    mode: Annotated[Mode, typer.Option(help="coach shows each card at once, interview all at the end.")] = Mode.COACH,
) -> None:
    """Practise these questions, of one or several banks."""
    from interviewer.cli import terminal
    from interviewer.sessions.interview_plan import make_named_plan, parse_question_name

    service, banks = open_service(), open_library().banks()
    names = [parse_question_name(banks, name) for name in question]
    first = make_named_plan(banks, names, mode=mode, language=language, again=True)
    session = service.begin(LOCAL_OWNER, first)
    terminal.play(session, language, read_settings().data_folder)


@app.command()
def note(
    language: LANGUAGE,
    question: Annotated[str, typer.Argument(help="QUESTION or BANK/QUESTION; left out: all notes are shown.")] = "",
    text: Annotated[str | None, typer.Argument(help="The note; '' deletes it; left out: it is shown.")] = None,
    bookmark: Annotated[
        bool | None, typer.Option("--bookmark/--no-bookmark", help="Set or take away the bookmark.")
    ] = None,
) -> None:
    """Keep a note or a bookmark on a question, and show what is kept."""
    from interviewer.cli import terminal_output
    from interviewer.presentation import practice_text
    from interviewer.sessions.interview_plan import parse_question_name
    from interviewer.sessions.question_notes import list_notes, save_note
    from interviewer.text.messages import say

    store, banks = open_store(), open_library().banks()
    name = parse_question_name(banks, question) if question else None
    if name and (text is not None or bookmark is not None):
        save_note(store, LOCAL_OWNER, name, note=text, is_bookmarked=bookmark)
    kept = list_notes(store, LOCAL_OWNER)
    shown = kept if name is None else {name: kept[name]} if name in kept else {}
    for line in practice_text.note_lines(shown, banks, language):
        terminal_output.show(line)
    if not shown:
        print(say("notes.none", language))


@app.command()
def progress(language: LANGUAGE, as_json: _AS_JSON = False) -> None:
    """Show what was practised, what holds and what slips."""
    from interviewer.cli import terminal_output
    from interviewer.presentation import practice_text
    from interviewer.sessions.progress import read_progress
    from interviewer.sessions.question_notes import list_notes, notes_to_plain

    store, banks = open_store(), open_library().banks()
    found = read_progress(store, LOCAL_OWNER, banks, datetime.now().astimezone())
    kept = list_notes(store, LOCAL_OWNER)
    if as_json:
        print_json(practice_text.progress_to_plain(found) | {"notes": notes_to_plain(kept)})
        return
    print(practice_text.progress_text(found, language))
    for line in practice_text.note_lines(kept, banks, language):
        terminal_output.show(line)


@app.command()
def anki(
    file: Annotated[Path, typer.Argument(help="The text file to write; import it in Anki as it is.")],
    language: LANGUAGE,
    bank: Annotated[list[str] | None, typer.Option(help="Only this bank; may be given several times.")] = None,
    per: Annotated[AnkiNotes, typer.Option(help="What becomes a note.")] = AnkiNotes.QUESTION,
    state: Annotated[
        list[StateName] | None,
        typer.Option(help="Only these, such as due or weak; may be given several times."),
    ] = None,
) -> None:
    """Write questions for Anki; importing the file again updates the notes in place."""
    from interviewer.presentation.anki_export import to_anki
    from interviewer.sessions.question_mastery import QuestionState
    from interviewer.sessions.question_search import known_questions, search_questions

    library = open_library()
    banks = [library.bank(name) for name in bank] if bank else library.banks()
    known = known_questions(open_store(), LOCAL_OWNER, banks, datetime.now().astimezone())
    found = search_questions(known, states=[QuestionState(one.value) for one in state or ()])
    write_file(to_anki(found, per, language), file)
    print(f"{len(found)} questions were written to {file}")
