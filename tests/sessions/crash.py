"""Plays until a given instant and then dies as by kill -9: `crash.py URL INTERVIEW INSTANT`."""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

from fakes import GradeAs

from interviewer.domain.interview import Event
from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions import service
from interviewer.sessions.service import Stage
from interviewer.sessions.store import Store

ANSWER = "it is switched off"


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingStore(Store):
    """Dies just before or just after an event of one kind is recorded."""

    instant = ""

    def append(self, interview: str, number: int, event: Event) -> None:
        if self.instant == f"before {type(event).__name__}":
            die()
        super().append(interview, number, event)
        if self.instant == f"after {type(event).__name__}":
            die()


def main(url: str, interview: str, instant: str) -> None:
    store = DyingStore(url)
    store.instant = instant
    grader = GradeAs(die) if instant == "while grading" else LexicalGrader()
    if instant == "while weighing":
        service._decide_probe = die
    session = Stage(store, grader, ThreadPoolExecutor(1)).resume(interview, None)
    session.answer(ANSWER)
    session.settled()


if __name__ == "__main__":
    main(*sys.argv[1:])
