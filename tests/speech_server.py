"""A speech server on this machine: it writes down what a test tells it was said, and reads aloud with a tone."""

import io
import math
import struct
import wave
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

from misbehaving import Exchange

SPOKEN_SEGMENT = {"text": " it is dropout", "no_speech_prob": 0.02, "avg_logprob": -0.2}
QUIET_SEGMENT = {"text": " Thank you.", "no_speech_prob": 0.93, "avg_logprob": -1.2}


def _parts(exchange: Exchange) -> list[Message]:
    head = f"Content-Type: {exchange.headers['content-type']}\n\n".encode()
    return message_from_bytes(head + exchange.content).get_payload()  # type: ignore[return-value]


def fields_of(exchange: Exchange) -> dict[str, str]:
    """The fields of a form that are no files."""
    named = [(part.get_param("name", header="content-disposition"), part) for part in _parts(exchange)]
    return {str(name): part.get_payload(decode=True).decode() for name, part in named if not part.get_filename()}  # type: ignore[union-attr]


def file_of(exchange: Exchange) -> tuple[str, str, bytes]:
    """The name, the type and the content of the file in a form."""
    (part,) = [part for part in _parts(exchange) if part.get_filename()]
    return str(part.get_filename()), part.get_content_type(), part.get_payload(decode=True)  # type: ignore[return-value]


def tone(seconds: float, loudness: float = 0.5) -> bytes:
    """A WAV file of a low tone, as loud as speech; silent at loudness 0."""
    rate, held = 16_000, io.BytesIO()
    samples = (int(32_000 * loudness * math.sin(n * 440 / rate)) for n in range(int(rate * seconds)))
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return held.getvalue()


@dataclass
class SpeechServer:
    """What the server says: `words` are what it hears in one recording after another, or a status that it fails with."""

    words: list[str | int] = field(default_factory=list)
    heard: list[tuple[str, str, int]] = field(default_factory=list)
    """The name, the type and the size of what was sent."""
    prompts: list[str] = field(default_factory=list)
    read: list[dict[str, object]] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> None:
        if exchange.path.endswith("/audio/speech"):
            self.read.append(exchange.body)
            exchange.raw(200, tone(0.5), "audio/wav")
            return
        if not exchange.path.endswith("/audio/transcriptions"):
            exchange.json(404, {"error": {"message": "not here"}})
            return
        name, kind, content = file_of(exchange)
        self.heard.append((name, kind, len(content)))
        self.prompts.append(fields_of(exchange).get("prompt", ""))
        word = self.words.pop(0)
        if isinstance(word, int):
            exchange.json(word, {"error": {"message": "not now"}})
        else:
            exchange.json(200, {"text": word})
