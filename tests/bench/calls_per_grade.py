"""Requests that a grade takes from servers and models that misbehave: the first grade, and those after it.

python tests/bench/calls_per_grade.py
"""

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1] / room) for room in ("", "llm")]

from misbehaving import Exchange, error
from model_server import MODEL, Character, model_server

from interviewer.banks.loader import read_bank
from interviewer.domain.interview import Attempt, Turn, TurnKind
from interviewer.errors import LLMError
from interviewer.grading import LLMGrader
from interviewer.llm.client import OpenAICompatible
from interviewer.llm.endpoints import Endpoint
from interviewer.settings import shipped

ANSWER = "Without an activation the layers collapse into one linear map, so curved boundaries are out of reach."
GRADES = 3

Spoil = Callable[[dict[str, Any]], str]


def verdicts_as(change: Callable[[str], str]) -> Spoil:
    """Each verdict in another spelling."""

    def spoil(reply: dict[str, Any]) -> str:
        listed = [*reply.get("verdicts", ()), *reply.get("misconceptions", ())]
        for one in listed:
            one["verdict"] = change(one["verdict"])
        return json.dumps(reply)

    return spoil


def unquoted(reply: dict[str, Any]) -> str:
    for one in reply.get("verdicts", ()):
        one["quotes"] = ["words nobody said"] if one["quotes"] else []
    return json.dumps(reply)


def one_missing(reply: dict[str, Any]) -> str:
    return json.dumps({**reply, "verdicts": reply.get("verdicts", [])[1:]})


SPOILT: dict[str, Spoil] = {
    "good JSON": json.dumps,
    "in a fence": lambda reply: f"```json\n{json.dumps(reply)}\n```",
    "amid prose": lambda reply: f"Here is the grade:\n{json.dumps(reply)}\nI hope this helps.",
    "after thinking": lambda reply: f'<think>maybe {{"id": "draft"}}?</think>{json.dumps(reply)}',
    "in the manner of Python": repr,
    "with a trailing comma": lambda reply: json.dumps(reply)[:-1] + ",}",
    "the list alone": lambda reply: json.dumps([*reply.get("verdicts", ()), *reply.get("misconceptions", ())]),
    "“Met”": verdicts_as(str.title),
    "“met\\n”": verdicts_as(lambda word: word + "\n"),
    "another scale": verdicts_as(lambda _: "fairly good"),
    "quotes nobody said": unquoted,
    "a point left out": one_missing,
    "two objects": lambda reply: f"{json.dumps(reply)}\n{json.dumps(reply)}",
    "prose alone": lambda _: "I think it is a very good answer!",
    "nothing": lambda _: "",
}


class Spoiling(Character):
    """A model that replies rightly, in this wrong form; `holds` are the response formats that its server keeps to."""

    def __init__(self, spoil: Spoil, holds: tuple[str, ...] = (), refuses: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.spoil, self.holds, self.refuses = spoil, holds, refuses
        self.asked = 0

    def __call__(self, exchange: Exchange) -> None:
        self.asked += exchange.method == "POST"
        if exchange.format in self.refuses:
            exchange.json(400, error(f"response_format {exchange.format} is not supported"))
        else:
            super().__call__(exchange)

    def _grades(self, exchange: Exchange) -> str:
        good = super()._grades(exchange)
        return good if exchange.format in self.holds else self.spoil(json.loads(good))


def servers() -> dict[str, Spoiling]:
    """Every wrong form where nothing is held, and servers that hold or refuse some formats."""
    found = {name: Spoiling(spoil) for name, spoil in SPOILT.items()}
    prose = SPOILT["prose alone"]
    found["prose, but for json_object"] = Spoiling(prose, holds=("json_object",))
    found["prose, but without a format"] = Spoiling(prose, holds=("",))
    found["json_schema refused"] = Spoiling(json.dumps, refuses=("json_schema",))
    found["both formats refused"] = Spoiling(json.dumps, refuses=("json_schema", "json_object"))
    return found


def main() -> None:
    logging.disable()
    question = read_bank(shipped("rubrics") / "deep-learning.yaml")["nonlinearity"]
    turns = (Turn(TurnKind.QUESTION, question.text.en), Turn(TurnKind.ANSWER, ANSWER))
    attempt = Attempt(question.id, 1, turns, is_closed=True)
    rows = []
    for name, character in servers().items():
        calls, graded = [], 0
        with model_server(character) as server, OpenAICompatible(Endpoint(server.url, MODEL)) as llm:
            for _ in range(GRADES):
                before = character.asked
                try:
                    LLMGrader(llm).grade(question, attempt)
                    graded += 1
                except LLMError:
                    pass
                calls.append(character.asked - before)
        rows.append((name, calls, graded))
    print(f"| the model replies | first grade | later ones | graded of {GRADES} |\n|---|---|---|---|")
    for name, calls, graded in rows:
        print(f"| {name} | {calls[0]} | {', '.join(map(str, calls[1:]))} | {graded} |")
    firsts, later = [calls[0] for _, calls, _ in rows], [call for _, calls, _ in rows for call in calls[1:]]
    print(f"| mean | {mean(firsts):.2f} | {mean(later):.2f} | |\n| worst | {max(firsts)} | {max(later)} | |")


if __name__ == "__main__":
    main()
