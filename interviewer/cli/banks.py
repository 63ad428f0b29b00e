"""Commands about question banks."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.cli.app import LANGUAGE, Compiler, app, open_library, read_bytes, read_settings, say_here
from interviewer.domain.language import Language

if TYPE_CHECKING:
    from interviewer.llm.model_call import CallProgress


@app.command()
def banks(
    language: LANGUAGE,
    bank: Annotated[str, typer.Argument(help="Id of a bank, whose questions are listed with their ids.")] = "",
) -> None:
    """List the question banks, or the questions of one."""
    from interviewer.grading import example_statements
    from interviewer.presentation.plain_text import printable

    library = open_library()
    if bank:
        for question in library.bank(bank).questions:
            print(f"{question.id}  {printable(question.text.into(language).strip().splitlines()[0])}")
        return
    for one in library.banks():
        told = {"count": len(one.questions), "titles": " / ".join(one.title.both), "topics": ", ".join(one.used_topics)}
        print(f"{one.id}  {say_here('cli.bank', language, **told)}")
    for one in library.own_banks():
        if awaiting := sum(question.awaits_review for question in one.questions):
            print(f"{one.id}  {say_here('cli.awaits_review', language, count=awaiting)}")
    broken = [*library.broken(), *example_statements.broken()]
    for error in broken:
        print(f"interviewer: {error}", file=sys.stderr)
    if broken:
        raise typer.Exit(1)


@app.command()
def check(
    language: LANGUAGE,
    files: Annotated[
        list[Path] | None, typer.Argument(help="Bank files; none means every bank that can be played.")
    ] = None,
) -> None:
    """Lint question banks: schema, ids, criteria, aliases, probes, hints and references."""
    from interviewer.banks import lint

    faults, library = 0, open_library()
    if not files:
        for error in library.broken():
            if error.where == "id":
                faults += 1
                print(error)
    for path in files or library.paths():
        found = lint.check_file(path, language)
        faults += len(found.faults)
        for fault in found.faults:
            print(fault)
        if not found.faults:
            print(say_here("cli.checked", file=path.name, questions=found.questions, criteria=found.criteria))
    if faults:
        raise typer.Exit(1)


@app.command("import")
def import_bank(
    file: Annotated[
        Path, typer.Argument(help="Questions with answers (Markdown, HTML, CSV, TSV, JSONL, Anki), or a bank.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Bank file to write, or folder for it; that of the library if left out."),
    ] = None,
    id: Annotated[str, typer.Option("--id", help="Id of the bank; made of the file's name if left out.")] = "",
    title: Annotated[str, typer.Option(help="Title of the bank; that of the file if left out.")] = "",
    language: Annotated[
        Language | None,
        typer.Option("--lang", help="Language of the bank and of what is said here; the file's if left out."),
    ] = None,
    how: Annotated[
        Compiler, typer.Option("--compile", help="Who makes the criteria; llm is the model of the settings.")
    ] = "offline",
    draft_references: Annotated[
        bool,
        typer.Option("--draft-references", help="Let the model also draft answers that are missing, for your review."),
    ] = False,
    most: Annotated[int, typer.Option("--most", min=1, help="At most so many of them; the next run goes on.")] = 50,
    report: Annotated[bool, typer.Option("--report", help="Account for every block of the file.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")] = False,
) -> None:
    """Make a question bank of a file, or bring one up to date; what you edited in it stays.

    Ctrl-C stops it before anything is written.
    """
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from interviewer import wiring
    from interviewer.banks.importing import import_report, pipeline
    from interviewer.banks.places import LARGEST_BANK
    from interviewer.cli.model_progress import progress_text, wait_for_model

    settings, library = read_settings(), open_library()
    by_model = draft_references or how == "llm"
    data = read_bytes(file, LARGEST_BANK)
    llm = wiring.make_drafter(settings) if by_model else None
    with Progress(console=Console(stderr=True), transient=True) as progress:

        def told(stage: str) -> tuple[TaskID, Callable[[int, int], None]]:
            task = progress.add_task(stage, total=None)
            return task, lambda done, total: progress.update(task, completed=done, total=total)

        task, drafted = told("drafting" if by_model else "making")
        preview = partial(
            pipeline.preview,
            file.name,
            data,
            library=library,
            folder=settings.import_folder,
            output=output,
            id=id,
            title=title,
            language=language,
            llm=llm,
            references=most if draft_references else 0,
            threads=settings.model_concurrency,
            told=drafted,
        )
        waited_in = language or Language.EN

        def look(call: "CallProgress") -> None:
            progress.update(task, description=f"drafting · {progress_text([call], waited_in)}")

        shown = wait_for_model(preview, waited_in, look) if by_model else preview()
        if llm:
            llm.close()
        shown.check(told("checking")[1])
    spoken = language or shown.bank.language
    for line in import_report.lines(shown.report(spoken), whole=report):
        print(line)
    counted = {"questions": len(shown.bank.questions), "criteria": shown.criteria}
    print(say_here("cli.counted", spoken, id=shown.bank.id, **counted))
    if dry_run:
        print(say_here("cli.dry_run", spoken, path=shown.path))
        return
    path = pipeline.save(shown)
    wiring.forget_drafts(settings)
    print(say_here("cli.unchanged" if shown.is_same else "cli.written", spoken, path=path))
    key = "cli.play_it" if library.path_of(shown.bank.id) else "cli.play_from_folder"
    print(say_here(key, spoken, id=shown.bank.id, folder=path.parent))
