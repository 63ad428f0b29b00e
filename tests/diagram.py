"""The state diagram of the README, drawn by asking `step`: `python tests/diagram.py --write` puts it there."""

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

from fakes import DROPOUT, begun, grade

from interviewer.domain.grade import Evidence, Level, Ruling
from interviewer.domain.interview import (
    Answered,
    Asked,
    Begun,
    Clarified,
    Contested,
    Ended,
    Event,
    Graded,
    Hinted,
    Interview,
    Mode,
    MovedOn,
    Objection,
    Phase,
    Probed,
    RegradeAsked,
    Repeated,
    Retried,
    Ruled,
    SecondOpinionAsked,
    SecondOpinionGiven,
    Skipped,
    SkipUndone,
    Ungraded,
    Unprobed,
    begin,
    may_undo_skip,
    step,
)
from interviewer.errors import OutOfTurn

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- state diagram: begin -->", "<!-- state diagram: end -->"


def samples(interview: Interview) -> list[Event]:
    """One event of every kind, as it would have to look to fit the first attempt or the current question."""
    first = interview.attempts[0]
    answered = first if first.is_answered else replace(first, turns=(*first.turns, *_answered_turns()))
    graded = grade(answered, DROPOUT, off=Level.MET)
    evidence = Evidence(*answered.answers[0])
    criterion = interview.question.criteria[0].id
    return [
        begun(),
        Answered("it is switched off"),
        Probed(criterion, "Why?"),
        Unprobed(),
        Hinted(criterion, "Think."),
        Asked("Do you mean at test time?"),
        Clarified("At test time, that is."),
        Repeated(),
        Skipped(),
        SkipUndone(),
        Graded("dropout", 1, graded),
        Ungraded("dropout", 1, "no model"),
        RegradeAsked("dropout", 1),
        Contested("dropout", 1, Objection("off", evidence)),
        Ruled("dropout", 1, Ruling("off", Level.PARTIAL)),
        SecondOpinionAsked("dropout", 1),
        SecondOpinionGiven("dropout", 1, graded),
        Retried(),
        MovedOn(),
        Ended(),
    ]


def _answered_turns() -> tuple[object, ...]:
    return step(begin(begun()), Answered("it is switched off")).current.turns[1:]


@cache
def reachable() -> dict[tuple[Mode, object], Interview]:
    """An interview for every situation that differs in what may happen, found by playing every event from the start."""
    found: dict[tuple[Mode, object], Interview] = {}
    plans = [begun(mode, probes=probes) for mode in Mode for probes in (0, 1)]
    plans.append(replace(begun(), plan=replace(begun().plan, again=True)))
    todo = [begin(first) for first in plans]
    while todo:
        interview = todo.pop()
        key = (interview.plan.mode, _situation(interview))
        if key in found:
            continue
        found[key] = interview
        for event in samples(interview):
            try:
                todo.append(step(interview, event))
            except OutOfTurn:
                continue
    return found


def _situation(interview: Interview) -> object:
    current, first = interview.current, interview.attempts[0]
    return (
        interview.phase,
        interview.position,
        min(current.number, 2),
        interview.plan.probes,
        interview.plan.again,
        # A repetition decides nothing, and how many hints are left is the same question in every attempt.
        tuple(sorted({turn.kind for turn in current.turns} & {"answer", "probe"})),
        min(len([t for t in current.turns if t.kind == "hint"]), 3 if current is first else 1),
        current.turns[-1].kind == "ask",
        first.awaits_grade,
        first.grade is not None,
        bool(first.failure),
        first.awaits_second,
        current.is_closed,
        may_undo_skip(interview),
    )


@cache
def transitions() -> dict[tuple[Phase, type[Event]], set[Phase]]:
    """Every phase that an event can lead to from every phase in which it may happen."""
    found: dict[tuple[Phase, type[Event]], set[Phase]] = {}
    for interview in reachable().values():
        for event in samples(interview):
            try:
                after = step(interview, event)
            except OutOfTurn:
                continue
            found.setdefault((interview.phase, type(event)), set()).add(after.phase)
    return found


def mermaid() -> str:
    """The diagram: one arrow for each pair of phases, with the events that lead along it."""
    arrows: dict[tuple[str, str], set[str]] = {("[*]", Phase.ANSWERING): {Begun.__name__}}
    for (phase, event), after in transitions().items():
        for target in after:
            arrows.setdefault((phase, target), set()).add(event.__name__)
    lines = [f"    {a} --> {b}: {', '.join(sorted(events))}" for (a, b), events in sorted(arrows.items())]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def spliced(text: str) -> str:
    """The README with the diagram between its markers."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{mermaid()}\n{END}{after}"


if __name__ == "__main__":
    if "--write" in sys.argv:
        README.write_text(spliced(README.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(mermaid())
