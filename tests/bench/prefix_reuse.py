"""Tokens that a real server reads anew for each grade, next answer and correction, by llama.cpp's own counters.

    python tests/bench/prefix_reuse.py http://127.0.0.1:9931/v1 MODEL

Only prompts are measured: one token is written of each reply, and the verdicts that the grader goes on with are made up,
the first of them with words that nobody said, so that it is corrected. Start the server with one slot; what other
requests leave in its cache would be counted.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from interviewer.banks.loader import read_bank
from interviewer.domain.interview import Attempt, Turn, TurnKind
from interviewer.domain.rubric import Question
from interviewer.grading import CallShape, LLMGrader
from interviewer.llm import Message, Reply, ReplyChunk
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.protocol import as_stream
from interviewer.llm.request_options import chat_request, default_options
from interviewer.settings import shipped

FIRST = "Without a nonlinear activation, stacked linear layers collapse to one linear map, so depth adds nothing."
NEXT = "Because of the activation the model can represent curves. Otherwise stacked linear layers are one matrix."
SAID, UNSAID = "stacked linear layers", "words nobody said"


@dataclass
class Counted:
    """A model of which only the prompts count; `rows` are label, tokens of the prompt, and those read anew."""

    endpoint: Endpoint
    label: str = ""
    rows: list[tuple[str, int, int]] = field(default_factory=list)
    name: str = "measured"
    host: str = "here"

    def reply(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Reply:
        body = chat_request(self.endpoint, default_options(self.endpoint), messages, schema, stream=False)
        body |= {**body.pop("extra_body", {}), "max_tokens": 1}
        body.pop("response_format", None)
        answer = httpx2.post(f"{self.endpoint.base_url}/chat/completions", json=body, timeout=1200).raise_for_status()
        found = answer.json()
        label = self.label + (", correction" if len(messages) > 2 else "")
        self.rows.append((label, found["usage"]["prompt_tokens"], found["timings"]["prompt_n"]))
        return Reply(json.dumps(_verdicts(schema or {}, is_first=len(messages) == 2)))

    def stream(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Iterator[ReplyChunk]:
        return as_stream(self.reply(messages, schema=schema))

    def close(self) -> None:
        """Nothing is held open."""


def _verdicts(schema: dict[str, Any], *, is_first: bool) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for key, form in schema["properties"].items():
        if key not in ("verdicts", "misconceptions"):
            written[key] = [] if form["type"] == "array" else ""
            continue
        level = "met" if key == "verdicts" else "not_made"
        quotes = [UNSAID if is_first else SAID] if key == "verdicts" else []
        names = form["items"]["properties"]["id"]["enum"]
        written[key] = [{"id": name, "quotes": quotes, "reason": "It says so.", "verdict": level} for name in names]
    return written


def measure(endpoint: Endpoint, shape: CallShape) -> list[tuple[str, int, int]]:
    """One question graded, then another, then the first again with another answer."""
    bank = read_bank(shipped("rubrics") / "deep-learning.yaml")
    model = Counted(endpoint)
    asked = [("another question", bank.questions[3], FIRST), ("grade", bank.questions[0], FIRST)]
    for label, question, text in [*asked, ("next answer", bank.questions[0], NEXT)]:
        model.label = label
        LLMGrader(model, shape).grade(question, _attempt(question, text))
    return model.rows


def _attempt(question: Question, text: str) -> Attempt:
    turns = (Turn(TurnKind.QUESTION, question.text.en), Turn(TurnKind.ANSWER, text))
    return Attempt(question.id, 1, turns, is_closed=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base_url")
    parser.add_argument("model")
    chosen = parser.parse_args()
    endpoint = Endpoint(chosen.base_url, chosen.model, kind="llamacpp")
    print("| calls | what | requests | prompt tokens | read anew | share |\n|---|---|---|---|---|---|")
    for shape in CallShape:
        rows = measure(endpoint, shape)
        for label in dict.fromkeys(label for label, *_ in rows):
            sent = [(prompt, anew) for name, prompt, anew in rows if name == label]
            prompt, anew = (sum(column) for column in zip(*sent, strict=True))
            print(f"| {shape} | {label} | {len(sent)} | {prompt} | {anew} | {anew / prompt:.0%} |", flush=True)


if __name__ == "__main__":
    main()
