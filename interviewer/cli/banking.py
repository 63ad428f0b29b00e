"""Commands about question banks."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from interviewer.cli.commands import app


@app.command()
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


@app.command()
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
