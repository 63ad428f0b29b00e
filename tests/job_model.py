"""A model that reads job descriptions: it finds these requirements, chooses what it is offered first, and drafts Kafka."""

import json
from collections.abc import Sequence
from typing import Any

from misbehaving import Exchange

from interviewer.llm.scripted import Request, ScriptedLLM

NAME = "job-model"
WORDS = ("batch normalization", "vanishing gradient problem", "Kubernetes and Kafka", "注意力机制", "数据增强", "CUDA")
TITLES = ("Normalization", "Vanishing gradients", "Streaming", "Attention", "Augmentation", "CUDA kernels")
QUESTION = "How does a consumer group of Kafka divide the work?"
REFERENCE = (
    "A consumer group shares the partitions of a topic among its members. Each partition is read by one member only."
)
_POINT = {
    "quote": "Each partition is read by one member only", "id": "one-member", "zh": "每个分区只由一个成员读取",
    "en": "Each partition is read by one member only", "kind": "core", "importance": 2, "why_zh": "", "why_en": "",
    "group": "", "aliases": [["one member", "一个成员"]],
}  # fmt: skip


def reply_to(messages: Sequence[str]) -> str:
    """What it says to the contents of these messages."""
    task, asked = messages[0], messages[1]
    marker = asked.splitlines()[0].removeprefix("<<<")
    shown = json.loads(asked.split(f"<<<{marker}\n")[1].split(f"\n{marker}>>>")[0])
    if "points that answers" in task:
        return json.dumps({"points": [_POINT], "groups": [], "dispute": ""})
    if "description" in shown:
        found = [
            {"quote": words, "title": title, "resume": words}
            for words, title in zip(WORDS, TITLES, strict=True)
            if words in shown["description"]
        ]
        return json.dumps({"requirements": found})
    if "existing" in shown:
        return json.dumps({"questions": [{"question": QUESTION, "reference": REFERENCE}]})
    return json.dumps({"chosen": list(_chosen(shown))})


def _chosen(offered: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"requirement": one["n"], "question": one["questions"][0]["id"], "reason": "A good answer needs just that."}
        for one in offered
        if one["questions"] and one["title"] not in ("Streaming", "CUDA kernels")
    ]


def job_llm() -> ScriptedLLM:
    def answer(request: Request) -> str:
        return reply_to([message.content for message in request.messages])

    return ScriptedLLM(answer, name=NAME)


def serve_job_model(exchange: Exchange) -> None:
    """The same as a behaviour of a model's server."""
    if exchange.path.endswith("/models"):
        exchange.json(200, {"object": "list", "data": [{"id": NAME, "object": "model"}]})
    else:
        exchange.say(reply_to([message["content"] for message in exchange.body["messages"]]))
