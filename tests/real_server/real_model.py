"""A real model on a running server: how its replies kept to their form, and what each step of the suite printed."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
from relay import Relay


@dataclass
class Real:
    """A running server with a real model, and how its replies kept to the form."""

    url: str
    model: str
    relay: Relay
    kept: Counter[str] = field(default_factory=Counter)
    lines: dict[str, str] = field(default_factory=dict)

    def tell(self, step: str, line: str) -> None:
        """What a step has to say, in one line."""
        self.lines[step] = line


def kept_as(completion: Any, schema: dict[str, Any], reply: Any) -> str:
    """How a reply kept to its schema: as it came, after repair, only in part, or not at all."""
    if reply is None:
        return "unusable"
    try:
        jsonschema.validate(json.loads(completion.text), schema)
    except ValueError:
        pass
    except jsonschema.ValidationError:
        return "in part"
    else:
        return "kept"
    try:
        jsonschema.validate(json.loads(reply.text), schema)
    except jsonschema.ValidationError:
        return "in part"
    return "repaired"


def table(report: Path) -> str:
    """Steps by servers, in Markdown; of several runs on one server the last counts."""
    rows = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    columns = list(dict.fromkeys(f"{row['model']} at {row['server']}" for row in rows))
    said = {(row["step"], f"{row['model']} at {row['server']}"): row["line"] for row in rows}
    steps = list(dict.fromkeys(row["step"] for row in rows))
    head = ["| step | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    body = [" | ".join(said.get((step, column), "—") for column in columns) for step in steps]
    return "\n".join([*head, *(f"| {step} | {cells} |" for step, cells in zip(steps, body, strict=True))])
