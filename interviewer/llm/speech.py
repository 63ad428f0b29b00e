"""Speech: spoken answers written down and questions read aloud, by a server that speaks OpenAI's audio API."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from interviewer.domain.language import Language
from interviewer.errors import LLMMalformed, LLMRefused
from interviewer.llm.completion import decode_json
from interviewer.llm.concurrency_limit import ConcurrencyLimit
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.error_translation import ErrorKind, error_in_success, to_llm_error
from interviewer.llm.request_options import default_options
from interviewer.llm.retry import Clock, RequestFailed, RetryState, logging_failures
from interviewer.text.messages import localized

FORMATS = {
    "audio/webm": "webm",
    "audio/mp4": "mp4",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
}
"""The formats in which a recording may come, with the file extension by which servers tell them apart."""

# Characters of a vocabulary that fit what Whisper reads of it, in either language.
_SHORT_HINT = 200

MAX_BYTES = 8 * 1024 * 1024

# Where Whisper itself holds that a stretch has no speech: its own thresholds.
_NO_SPEECH, _UNSURE = 0.6, -1.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Audio:
    """A sound as a file; `mime` is its format, such as audio/mpeg."""

    content: bytes = field(repr=False)
    mime: str


class Speech:
    """The speech models of one server, either of which may be None. Any thread may call; calls raise LLMError alone."""

    def __init__(
        self,
        listener: Endpoint | None,
        reader: Endpoint | None,
        voices: Mapping[Language, str],
        *,
        concurrency: int = 2,
        clock: Clock | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        limit = ConcurrencyLimit(concurrency)
        self.listener, self.reader = listener, reader
        self._listener = _AudioModel(listener, limit, clock or Clock(), max_bytes) if listener else None
        self._reader = _AudioModel(reader, limit, clock or Clock(), max_bytes) if reader else None
        self._voices = voices

    def transcribe(self, recording: Audio, language: Language, vocabulary: str) -> str:
        """What is said in a recording, '' where nobody speaks; `vocabulary` are terms that may come up.

        Many recognisers read only the last of them.
        """
        assert self._listener
        plain = {
            "model": self._listener.endpoint.model,
            "file": (f"speech.{FORMATS[recording.mime]}", recording.content, recording.mime),
            "language": str(language),
        }
        hint = {"prompt": vocabulary} if vocabulary else {}
        # Only the first tells where nobody speaks. Not every server has it, and some refuse a vocabulary of this length.
        forms = [
            {**plain, **hint, "response_format": "verbose_json"},
            {**plain, **hint, "response_format": "json"},
            {**plain, "prompt": vocabulary[-_SHORT_HINT:].partition(", ")[2], "response_format": "json"},
            {**plain, "response_format": "json"},
        ]
        content = self._listener.ask(lambda client: client.audio.transcriptions.with_raw_response.create, forms)[1]
        match decode_json(content):
            case {"text": str() as text, **more}:
                return _spoken(text, more.get("segments"))
        raise LLMMalformed(localized("llm.not_json"))

    def read_aloud(self, text: str, language: Language) -> Audio:
        assert self._reader
        form = {
            "model": self._reader.endpoint.model,
            "voice": self._voices[language],
            "input": text,
            "response_format": "mp3",
        }
        mime, content = self._reader.ask(lambda client: client.audio.speech.with_raw_response.create, [form])
        if not content or mime == "application/json":
            raise LLMMalformed(localized("speech.no_audio", host=self._reader.endpoint.host))
        return Audio(content, mime if mime.startswith("audio/") else "audio/mpeg")

    def close(self) -> None:
        """End the requests under way, from any thread."""
        for model in (self._listener, self._reader):
            if model:
                model.close()


class _AudioModel:
    """One model of the server, asked again where another request may do better."""

    def __init__(self, endpoint: Endpoint, limit: ConcurrencyLimit, clock: Clock, max_bytes: int) -> None:
        # Imported here: the openai package takes long to load, and most pages have no speech.
        from interviewer.llm.transport import Transport

        self.endpoint = endpoint
        self._limit = limit
        self._clock = clock
        self._transport = Transport(endpoint, clock.now, max_bytes)
        self._form = 0
        """The first of the forms of a request that the server has not refused yet."""

    def ask(self, method: Callable[[Any], Callable[..., Any]], forms: Sequence[dict[str, Any]]) -> tuple[str, bytes]:
        """The type and the content of the answer to the first of these forms of one request that the server takes."""
        options = default_options(self.endpoint)
        sleep = self._clock.sleep or self._transport.sleep
        state = RetryState(self.endpoint, self._clock.now, sleep, (), None, options)
        form = self._form
        with logging_failures(self.endpoint, self._clock.now), self._limit.slot():
            while True:
                try:
                    answer = self._exchange(method, forms[form])
                except RequestFailed as failure:
                    error = failure.server_error
                    is_refused = error and (error.status in (400, 422) or error.kind is ErrorKind.TOO_LONG)
                    if is_refused and form + 1 < len(forms):
                        form += 1
                    else:
                        state.overcome(failure)
                else:
                    self._form = form
                    return answer

    def close(self) -> None:
        self._transport.close()

    def _exchange(self, method: Callable[[Any], Callable[..., Any]], form: dict[str, Any]) -> tuple[str, bytes]:
        with self._transport.send(lambda client, options: method(client)(**form, **options)) as response:
            content = response.read()
            mime = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if "html" in mime or (not mime.startswith("audio/") and content.lstrip()[:1] == b"<"):
                raise LLMRefused(localized("llm.web_page", url=self.endpoint.base_url))
            if mime == "application/json" and (error := error_in_success(decode_json(content))) is not None:
                raise RequestFailed(to_llm_error(error, self.endpoint), server_error=error)
            return mime, content


def _spoken(text: str, segments: object) -> str:
    """The text without what the model wrote where, by its own account, nobody spoke: it invents words for silence."""
    told = segments if isinstance(segments, list) else []
    known = [one for one in told if isinstance(one, dict) and isinstance(one.get("no_speech_prob"), int | float)]
    if not known or len(known) < len(told):
        return text.strip()
    silent = [one for one in known if one["no_speech_prob"] > _NO_SPEECH]
    if len(silent) == len(known):
        return ""
    empty = [one for one in silent if isinstance(one.get("avg_logprob"), float) and one["avg_logprob"] < _UNSURE]
    return "".join(str(one.get("text", "")) for one in known if one not in empty).strip() if empty else text.strip()
