"""What Ollama answers when it is asked to pull a model."""

import json
import time
from collections.abc import Iterator

from misbehaving import Behaviour

LAYER = {"status": "pulling 8eeb52dfb3bb", "digest": "sha256:8e", "total": 400}
GOOD = [{"status": "pulling manifest"}, LAYER, {**LAYER, "completed": 100}, {**LAYER, "completed": 400}]
DONE = [{"status": "verifying sha256 digest"}, {"status": "success"}]


def ollama(*lines: object, pause: float = 0.0) -> Behaviour:
    """Ollama's answer to a pull: a JSON object a line."""

    def slowly() -> Iterator[object]:
        for line in lines:
            yield json.dumps(line).encode() + b"\n" if not isinstance(line, bytes) else line
            time.sleep(pause)

    return lambda exchange: exchange.sse(slowly(), kind="application/x-ndjson")
