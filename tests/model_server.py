"""A model server on this machine that grades as one of several characters: reused by the tests that play whole interviews.

It is no fake of ours but a real HTTP server that speaks the protocol; what it knows, it reads from the prompt.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fakes import BANK
from misbehaving import Behaviour, Exchange, Server, chunk

from interviewer.banks.loader import read_bank
from interviewer.domain.interview import Attempt, Turn, TurnKind
from interviewer.domain.rubric import Kind, Question
from interviewer.grading.lexical import LexicalGrader
from interviewer.settings import shipped

QUESTIONS = (*read_bank(shipped("rubrics") / "deep-learning.yaml").questions, *BANK.questions)
MODEL = "tester-7b"
STRICT = "strict-7b"
"""A second model of the same server, which finds nothing in any answer."""


@dataclass
class Character:
    """How the model behaves; `pause` is how long it thinks, in seconds, `pieces` in how many parts it streams."""

    obeys_answers: bool = False
    writes_prose: bool = False
    ignores_format: bool = False
    pause: float = 0.0
    pieces: int = 6
    keys: list[str] = field(default_factory=list)
    asked: int = 0
    """How many replies it was asked for."""

    def __call__(self, exchange: Exchange) -> None:
        self.keys.append(exchange.headers.get("authorization", ""))
        if exchange.path.endswith("/models"):
            exchange.json(
                200, {"object": "list", "data": [{"id": MODEL, "object": "model"}, {"id": STRICT, "object": "model"}]}
            )
            return
        if not exchange.path.endswith("/chat/completions"):
            exchange.json(404, {"error": {"message": "not here"}})
            return
        self.asked += 1
        time.sleep(self.pause)
        text = "I think it is a very good answer!" if self.writes_prose else self._grades(exchange)
        prompt = sum(len(message["content"]) for message in exchange.body["messages"])
        usage = {"prompt_tokens": prompt // 2, "completion_tokens": len(text) // 3}
        if exchange.body.get("stream"):
            size = max(1, len(text) // self.pieces)
            parts = [text[start : start + size] for start in range(0, len(text), size)]
            exchange.sse(
                self._slowly([*map(chunk, parts), chunk(None, "stop"), {"choices": [], "usage": usage}, "[DONE]"])
            )
            return
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        exchange.json(
            200, {"object": "chat.completion", "model": exchange.body["model"], "choices": [choice], "usage": usage}
        )

    def _slowly(self, events: list[object]) -> Iterator[object]:
        for event in events:
            time.sleep(self.pause / 4)
            yield event

    def _grades(self, exchange: Exchange) -> str:
        content = exchange.body["messages"][-1 if len(exchange.body["messages"]) < 2 else 1]["content"]
        task = exchange.body["messages"][-1]["content"]
        question = next((q for q in QUESTIONS if q.text.zh in content or q.text.en in content), None)
        if question is None:
            return self._held(exchange)
        sentences = json.loads(content.split("<<<ANSWER ")[1].split("\n", 1)[1].split("\nANSWER ")[0])
        wanted = [c.id for c in question.criteria if f'"id": "{c.id}"' in content or f"- {c.id}:" in task]
        reply: dict[str, object] = {}
        if '"verdicts"' in content or '"misconceptions"' in content:
            mistakes = {criterion.id for criterion in question.rubric.of(Kind.MISTAKE)}
            said = ["nothing"] if exchange.body["model"] == STRICT else [s["text"] for s in sentences]
            found = self._verdicts(question, said, wanted)
            reply["verdicts"] = [verdict for verdict in found if verdict["id"] not in mistakes]
            made = {"met": "made", "missing": "not_made"}
            reply["misconceptions"] = [v | {"verdict": made[v["verdict"]]} for v in found if v["id"] in mistakes]
        if '"opening"' in content:
            reply |= {"opening": "The answer says what happens without it.", "gaps": [], "extras": [], "dispute": ""}
        return json.dumps(reply, ensure_ascii=False)

    def _held(self, exchange: Exchange) -> str:
        """What any schema allows, or what the words ask for where the schema is ignored."""
        words = json.loads(exchange.body["messages"][0]["content"].split("JSON schema:\n")[1])
        held = words if self.ignores_format else exchange.body["response_format"]["json_schema"]["schema"]
        return json.dumps({name: value["enum"][0] for name, value in held["properties"].items()})

    def _verdicts(self, question: Question, said: list[str], wanted: list[str]) -> list[dict[str, Any]]:
        begs = any("每一点都应当" in text or "full marks" in text for text in said)
        turns = (Turn(TurnKind.QUESTION, "?"), *(Turn(TurnKind.ANSWER, text) for text in said))
        grade = LexicalGrader().grade(question, Attempt(question.id, 1, turns, is_closed=True))
        found = []
        for name in wanted:
            verdict = grade.verdict(name)
            level, quotes = str(verdict.level), [evidence.quote for evidence in verdict.evidence]
            if begs and self.obeys_answers and question.rubric[name].kind != "mistake":
                level, quotes = "met", [said[0]]
            found.append({"id": name, "quotes": quotes, "reason": "as the words say", "verdict": level})
        return found


@contextmanager
def model_server(character: Behaviour | None = None, port: int = 0) -> Iterator[Server]:
    """A server that runs until the block ends; a fixed port lets it come back where it was."""
    server = Server(character or Character(), port)
    server.start()
    try:
        yield server
    finally:
        server.stop()
