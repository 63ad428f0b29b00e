"""Voice on the page: its controls, and the routes where recordings are written down and questions are read aloud.

A recording is in memory for as long as its request lasts. Nothing of it is kept but the text that the candidate sends.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import NonNegativeInt, TypeAdapter, ValidationError

from interviewer.domain.interview import Phase, Speaker, Spoken
from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.errors import InterviewerError, LLMUnreachable, OutOfTurn
from interviewer.llm.speech import FORMATS, Audio, Speech
from interviewer.presentation.templating import render
from interviewer.sessions.service import SessionService
from interviewer.text.glossary import glossary
from interviewer.text.messages import localized
from interviewer.web.guard import READ_ALOUD, RECORDED_IN_AN_HOUR, TRANSCRIBE
from interviewer.web.hourly_budget import HourlyBudget
from interviewer.web.identity import Owners
from interviewer.web.visit import language_of_link, language_of_request

_MOST_AT_A_TIME = 8
_LONGEST_SPOKEN = 24 * 3600

# What a visitor of a public page may have read aloud in an hour: half an hour of speech.
_READ_CHARACTERS = 25_000


@dataclass(frozen=True, slots=True)
class TurnToRead:
    interview: str
    attempt: NonNegativeInt
    turn: NonNegativeInt


_HEARD = TypeAdapter(TurnToRead)
_SPOKEN = TypeAdapter(Spoken)


def speech_routes(speech: Speech | None) -> tuple[str, ...]:
    if speech is None:
        return ()
    return tuple(route for route, model in ((TRANSCRIBE, speech.listener), (READ_ALOUD, speech.reader)) if model)


def read_spoken(sent: str) -> Spoken | None:
    """What the page says was spoken for an answer; None where nothing was, or it makes no sense."""
    try:
        spoken = _SPOKEN.validate_json(sent)
    except ValidationError:
        return None
    return spoken if 0 <= spoken.seconds <= _LONGEST_SPOKEN and spoken.pauses >= 0 and spoken.text.strip() else None


def vocabulary(language: Language) -> str:
    """All terms of the glossary, those of this language last, and of them the user's own or those it begins with.

    Many recognisers read the end alone. Never the criteria of the question: a recogniser writes down what it was told to expect, and they earn credit.
    """
    entries = glossary().entries if glossary().own else glossary().entries[::-1]
    zh, en = (term for one in entries for term in one.zh), (term for one in entries for term in one.en)
    return ", ".join((*en, *zh) if language is Language.ZH else (*zh, *en))


def voice_controls(speech: Speech | None, language: Language) -> str:
    """The controls under the answer box, and the sentences that the page's script says there."""
    return render(
        "voice.html",
        language,
        may_record=speech is not None and speech.listener is not None,
        reads_aloud=speech is not None and speech.reader is not None,
        languages=list(Language),
    )


def add_voice(
    app: FastAPI, speech: Speech | None, service: SessionService, owners: Owners, is_private: Callable[[], bool]
) -> None:
    """Add the routes that the speech server has a model for; unless the page `is_private`, visitors have a budget."""
    if speech is None:
        return
    work = _Work(speech, service, is_private)
    # Threads of their own: those of the page would be used up by a slow server.
    limiter = CapacityLimiter(_MOST_AT_A_TIME)

    async def answer(request: Request, does: Callable[[str, Request, bytes], Response]) -> Response:
        owner = owners.of(request.cookies)
        if owner is None:
            return PlainTextResponse("Not found.\n", 404)
        if limiter.available_tokens < 1:  # what waits here would fill the memory
            return _refused(localized("voice.busy"), 503, request)
        try:
            return await to_thread.run_sync(does, owner, request, await request.body(), limiter=limiter)
        except InterviewerError as error:
            status = 503 if isinstance(error, LLMUnreachable) else 429 if isinstance(error, OutOfTurn) else 502
            return _refused(error, status, request)

    if speech.listener:

        @app.post(TRANSCRIBE)
        async def transcribe(request: Request) -> Response:
            return await answer(request, work.transcribe)

    if speech.reader:

        @app.post(READ_ALOUD)
        async def read_aloud(request: Request) -> Response:
            return await answer(request, work.read_aloud)


@dataclass(frozen=True, slots=True)
class _Work:
    """Does what the routes are asked for, for the owner of an interview and for nobody else."""

    speech: Speech
    service: SessionService
    is_private: Callable[[], bool]
    recorded: HourlyBudget = field(default_factory=lambda: HourlyBudget(RECORDED_IN_AN_HOUR))
    read: HourlyBudget = field(default_factory=lambda: HourlyBudget(_READ_CHARACTERS))

    def transcribe(self, owner: str, request: Request, content: bytes) -> Response:
        """The text of a recording, for an interview that waits for an answer."""
        mime = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if mime not in FORMATS or not content:
            return _refused(localized("voice.no_recording"), 415, request)
        interview = self.service.resume(request.headers.get("x-interview", ""), owner).interview()
        if interview.phase is not Phase.ANSWERING:
            return _refused(localized("play.moved_on"), 409, request)
        language = language_of_link(request.headers.get("x-language", "")) or interview.plan.language
        with self._paid(self.recorded, owner, len(content)):
            text = self.speech.transcribe(Audio(content, mime), language, vocabulary(language))
        return JSONResponse({"text": text}, headers={"Cache-Control": "no-store"})

    def read_aloud(self, owner: str, request: Request, content: bytes) -> Response:
        """What the interviewer said, as sound. Nothing else is read: it would be at the operator's cost."""
        try:
            heard = _HEARD.validate_json(content)
            interview = self.service.resume(heard.interview, owner).interview()
            turn = interview.attempts[heard.attempt].turns[heard.turn]
        except (ValidationError, IndexError):
            return _refused(localized("play.not_now"), 400, request)
        if turn.speaker is not Speaker.INTERVIEWER:
            return _refused(localized("play.not_now"), 400, request)
        with self._paid(self.read, owner, len(turn.text)):
            audio = self.speech.read_aloud(turn.text, interview.plan.language)
        return Response(audio.content, media_type=audio.mime, headers={"Cache-Control": "no-store"})

    @contextmanager
    def _paid(self, budget: HourlyBudget, owner: str, amount: int) -> Iterator[None]:
        """What is done inside the block is at the visitor's budget, unless it fails. Raises OutOfTurn if that is used up."""
        if self.is_private():
            yield
            return
        spending = budget.spend(owner, amount)
        if spending is None:
            raise OutOfTurn(localized("voice.used_up"))
        try:
            yield
        except InterviewerError:
            budget.give_back(owner, spending)
            raise


def _refused(why: InterviewerError | Localized, status: int, request: Request) -> Response:
    return JSONResponse(
        {"error": why.into(language_of_request(request))}, status, headers={"Cache-Control": "no-store"}
    )
