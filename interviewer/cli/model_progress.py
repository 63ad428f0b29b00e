"""What a model is doing, as a terminal shows it while a command waits for it, and how such a wait is stopped."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from interviewer.cli.app import GraderName, fail
from interviewer.domain.language import Language
from interviewer.llm.model_call import CallProgress, ModelCall
from interviewer.text.messages import say

if TYPE_CHECKING:
    from interviewer.evaluation.runner import GradableT, GradingTask, Run
    from interviewer.grading.protocol import Grader
    from interviewer.settings import Settings

_LOOK_SECONDS = 0.5
STOPPED = 130

T = TypeVar("T")


class StatusLine:
    """The last line of a terminal, written over again and again; where there is no terminal, a line for each new phase."""

    def __init__(self) -> None:
        self._shown = ""

    def show(self, progress: CallProgress | None, language: Language) -> None:
        if progress is None:
            return
        if sys.stderr.isatty():
            self._shown = progress_text([progress], language)
            print(f"\r\033[K{self._shown}", end="", file=sys.stderr, flush=True)
        elif self._shown != progress.phase:
            self._shown = progress.phase
            print(progress_text([progress], language), file=sys.stderr)

    def clear(self) -> None:
        """Make room for other lines."""
        if self._shown and sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self._shown = ""


def progress_text(calls: Sequence[CallProgress], language: Language) -> str:
    return "; ".join(say(f"call.{one.phase}", language, seconds=one.seconds) for one in calls)


def wait_for_model(work: Callable[[], T], language: Language, look: Callable[[CallProgress], None] | None = None) -> T:
    """The result of work that asks a model, shown meanwhile or told to `look`; Ctrl-C stops the request too."""
    call, status = ModelCall(), StatusLine()
    done = call.start(work)
    try:
        while True:
            try:
                return done.result(_LOOK_SECONDS)
            except TimeoutError:
                if done.done():
                    raise
                if look is None or not sys.stderr.isatty():
                    status.show(call.progress, language)
                elif call.progress is not None:
                    look(call.progress)
    except KeyboardInterrupt:
        ignore_interrupts()
        call.stop()
        status.clear()
        fail(say("call.stopped", language), STOPPED)
    finally:
        status.clear()


@contextmanager
def grading_bar(
    total: int, save: Path | None = None
) -> Iterator[tuple[Callable[[], None], Callable[[Sequence[CallProgress]], None]]]:
    """A bar, and what the models do beside it: what to call for each answer, and from time to time.

    Ctrl-C ends the command with a sentence that says how to go on.
    """
    try:
        with typer.progressbar(length=total, label="grading", file=sys.stderr) as bar:

            def look(calls: Sequence[CallProgress]) -> None:
                if sys.stderr.isatty():
                    bar.label = " · ".join(filter(None, ("grading", progress_text(calls, Language.EN))))
                    bar.render_progress()

            yield lambda: bar.update(1), look
    except KeyboardInterrupt:
        ignore_interrupts()
        kept = f"what was graded is kept in {save}, and the same command goes on from there"
        fail(f"stopped: {kept if save else 'nothing was kept; with --save FILE the same command would go on'}", STOPPED)


def grade_with_bar(
    tasks: "Sequence[GradingTask[GradableT]]",
    name: GraderName,
    settings: "Settings",
    save: Path | None,
    grader_of: "Callable[[GradingTask[GradableT]], Grader] | None" = None,
) -> "Run[GradableT]":
    """The answers graded by the grader of this name, or each by one that was made for it; a bar shows how far it is."""
    from interviewer import wiring
    from interviewer.evaluation.runner import grade_answers

    asks_model = name is GraderName.LLM
    threads = settings.model_concurrency if asks_model and grader_of is None else 1
    if grader_of is None:
        one = wiring.make_grader(name.value, settings)
        grader_of = lambda _: one  # noqa: E731
    with grading_bar(len(tasks), save) as (tick, look):
        return grade_answers(
            tasks,
            grader_of,
            checkpoint=save,
            identity=wiring.grader_identity(name.value, settings),
            threads=threads,
            tick=tick,
            look=look if asks_model else None,
        )


def ignore_interrupts() -> None:
    """Let a second Ctrl-C, by an impatient hand, not cut off the last sentence."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
