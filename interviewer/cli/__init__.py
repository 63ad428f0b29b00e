"""The command line. Each command imports what it needs and nothing else, so that `--help` is quick."""

import sys
from collections.abc import Sequence

from interviewer.cli.app import app, fail
from interviewer.errors import InterviewerError

# They add their commands, in the order of --help.
from interviewer.cli import (  # isort: skip
    interviews, practice, prepare, house_keeping, admin, banks, worker, grading, evaluation,  # noqa: F401
)  # fmt: skip

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command. What goes wrong on purpose is one line on the error stream and exit code 1; bad usage is 2."""
    try:
        app(list(arguments) if arguments is not None else None)
    except InterviewerError as error:
        fail(str(error))
    except BrokenPipeError:
        sys.exit(1)
