"""Commands that keep the interviews in order: names, removal, backup, and histories that move between machines."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from interviewer.cli.app import (
    INTERVIEW,
    YES,
    app,
    confirm,
    open_library,
    open_store,
    read_settings,
    say_here,
    text_of,
    write_file,
)

_OWNER = Annotated[str, typer.Option(help="Whose; what is played in the terminal is `local`.")]


@app.command()
def rename(interview: INTERVIEW, title: Annotated[str, typer.Argument(help="Its title; '' takes it back.")]) -> None:
    """Give an interview a title."""
    open_store().rename(interview, title)


@app.command()
def delete(
    name: Annotated[str, typer.Argument(help="Id of the interview, or of the bank.")],
    yes: YES = False,
    bank: Annotated[bool, typer.Option("--bank", help="Delete a bank of your own; interviews on it stay.")] = False,
) -> None:
    """Delete an interview, or a bank of your own, for good."""
    from interviewer.banks.removal import remove_bank
    from interviewer.sessions.removal import delete_unsent_answers

    if bank:
        library = open_library()
        count = len(library.bank(name, with_unreviewed=True).questions)
        confirm(say_here("cli.delete_bank", bank=name, count=count), yes=yes)
        print(say_here("cli.bank_deleted", bank=name, path=remove_bank(library, name)))
        return
    store = open_store()
    store.owner_of(name)
    confirm(say_here("cli.delete_interview", id=name), yes=yes)
    store.remove(name)
    delete_unsent_answers(read_settings().data_folder, [name])
    store.database.compact()
    print(say_here("cli.interview_deleted", id=name))


@app.command()
def forget(
    owner: Annotated[str, typer.Argument(help="Whose data; `interviewer admin list` lists the owners.")],
    yes: YES = False,
) -> None:
    """Delete everything of one person: account, interviews, memory, settings, files."""
    from interviewer import wiring
    from interviewer.domain.language import Language
    from interviewer.presentation.plain_text import printable
    from interviewer.sessions.class_removal import fate_of_classes

    store = open_store()
    if fate := fate_of_classes(store.database, owner):
        print(printable(fate.into(Language.EN)))
    confirm(f"Delete everything of {owner} for good?", yes=yes)
    count = wiring.delete_person(read_settings(), store, owner)
    print(f"{count} interviews and everything else of {owner} were deleted; backups are not touched")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The zip file to write.")]) -> None:
    """Write the whole data folder to one file; the program may be running."""
    from interviewer.sessions.backup import backup

    settings = read_settings()
    count = backup(settings.data_folder, settings.database, file.absolute())
    print(f"{count} files were written to {file}; keep it private: it holds answers and the signing key")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A zip file that `interviewer backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Move what is there now to a folder beside it.")] = False,
) -> None:
    """Check a backup and put it into the data folder; stop the program before."""
    from interviewer.sessions.backup import restore

    settings = read_settings()
    print(f"{restore(file, settings.data_folder, settings.database, replace=replace)} files were restored")


@app.command()
def history(
    direction: Annotated[
        Literal["export", "import", "verdicts"], typer.Argument(help="export, import, or verdicts (a CSV table)")
    ],
    file: Annotated[Path | None, typer.Argument(help="The JSON file; an export without one is printed.")] = None,
    owner: _OWNER = "local",
) -> None:
    """Write all interviews of a person to a JSON file, or add those of such a file (or of a single transcript).

    `verdicts` writes one row for each verdict, as CSV.
    """
    from interviewer.presentation.csv_text import csv_text
    from interviewer.sessions.history_archive import export_history, import_history
    from interviewer.sessions.practice_log import list_verdicts

    store = open_store()
    if direction == "export":
        write_file(export_history(store, owner), file)
        return
    if direction == "verdicts":
        # A table cannot tell an empty name from none.
        rows = [
            row | ({"ruled_by": "candidate"} if row["ruled_by"] == "" else {}) for row in list_verdicts(store, owner)
        ]
        write_file(csv_text(rows), file)
        return
    if file is None:
        raise typer.BadParameter("which file is to be imported?")
    found = import_history(store, owner, text_of(file))
    print(f"{found.added} interviews were added, {found.known} were there already")
