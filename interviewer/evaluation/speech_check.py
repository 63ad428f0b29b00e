"""The test of the speech server, beside that of a grader: whether it writes down, and whether it reads aloud."""

import io
import wave
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized
from interviewer.errors import LLMError
from interviewer.evaluation import grader_check
from interviewer.evaluation.grader_check import CheckFinding, GraderCheck
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.speech import Audio, Speech
from interviewer.sessions.grader_choice import GraderChoice
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.text.messages import localized, text_of

if TYPE_CHECKING:
    from interviewer.banks.lint import ProgressCallback

_RATE = 16_000


def check_all(
    models: GraderRegistry,
    choice: GraderChoice,
    bank: Bank,
    speech: Speech | None,
    told: "ProgressCallback | None" = None,
) -> GraderCheck:
    """The grader test, and what the speech server can do. Never raises an InterviewerError: a failure is a finding."""
    return replace(grader_check.check_grader(models, choice, bank, told), speech=check_speech(speech))


def check_speech(speech: Speech | None) -> tuple[CheckFinding, CheckFinding]:
    """A row for transcription and one for speech; nobody can tell (None) of what is not set up."""
    listener, reader = (speech.listener, speech.reader) if speech else (None, None)
    return (
        _tried("transcription", listener, lambda: _heard_in_silence(speech)),
        _tried("speech", reader, lambda: _sample_read(speech)),
    )


def _tried(check: str, endpoint: Endpoint | None, attempt: Callable[[], Localized | None]) -> CheckFinding:
    if endpoint is None:
        return CheckFinding(check, None, localized("check_detail.not_set_up"))
    try:
        remark = attempt()
    except LLMError as error:
        return CheckFinding(check, is_good=False, detail=text_of(error))
    title = f"{endpoint.model} @ {endpoint.host}"
    return CheckFinding(check, is_good=True, detail=Localized(zh=title, en=title), advice=remark)


def _heard_in_silence(speech: Speech | None) -> Localized | None:
    """What the recogniser makes of a second of silence; it should be nothing."""
    assert speech
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(bytes(2 * _RATE))
    text = speech.transcribe(Audio(held.getvalue(), "audio/wav"), Language.EN, "")
    return localized("doctor.invents", text=text) if text else None


def _sample_read(speech: Speech | None) -> None:
    assert speech
    for language in Language:  # each has a voice of its own
        speech.read_aloud(localized("check_detail.sample").into(language), language)
