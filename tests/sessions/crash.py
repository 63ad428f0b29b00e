"""Plays until a given instant and then dies as by kill -9: `crash.py URL INTERVIEW INSTANT [WHAT_IS_SENT]`."""

import json
import os
import signal
import sys
from typing import Any

from fakes import GradeAs, Only

from interviewer.domain.interview import Event, Interview
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.effects import EffectRunner
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store

ANSWER = "it is switched off"
QUESTION = "Do you mean while it is used?"
SERVER = "http://model.example/v1"


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def clarify(_: object) -> str:
    return json.dumps({"is_question": True, "reply": "While the network is used."})


class DyingStore(Store):
    """Dies just before or just after an event of one kind is recorded."""

    instant = ""

    def append(self, interview: str, number: int, event: Event, after: Interview, also: Any = None) -> str:
        if self.instant == f"before {type(event).__name__}":
            die()
        at = super().append(interview, number, event, after, also)
        if self.instant == f"after {type(event).__name__}":
            die()
        return at


def main(url: str, interview: str, instant: str, sent: str = "answer") -> None:
    store = DyingStore(url)
    store.instant = instant
    grader = GradeAs(die) if instant == "while grading" else LexicalGrader()
    if instant == "while weighing":
        EffectRunner.decide_follow_up = die
    session = SessionService(store, Only(grader, ScriptedLLM(clarify), SERVER)).resume(interview, None)
    if sent == "question":
        session.ask(QUESTION)
    else:
        session.answer(QUESTION if sent == "question as answer" else ANSWER)
    session.run_due_and_wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
