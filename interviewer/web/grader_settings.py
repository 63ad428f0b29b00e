"""What the controls of the grader tab do: choosing a model and testing it. Knows nothing of gradio."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic, TypeVar

from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.errors import (
    InterviewerError,
    LLMMalformed,
    LLMRefused,
    LLMUnreachable,
    OverLimit,
    SettingsError,
    StoreError,
)
from interviewer.evaluation.grader_check import GraderCheck
from interviewer.evaluation.speech_check import check_all
from interviewer.grading import CallShape
from interviewer.llm.discovery import KNOWN, find_local_servers, list_models
from interviewer.llm.local_models import fitting_model, machine_memory, pull_line, setup_advice, suggested_model
from interviewer.llm.model_call import ModelCall
from interviewer.llm.ollama import PullProgress, pull
from interviewer.llm.speech import Speech
from interviewer.presentation.templating import inline, render
from interviewer.sessions.grader_choice import GraderChoice, GraderRequest
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.text.messages import localized, say

_BANK = "deep-learning"
_POLL_SECONDS = 0.15

T = TypeVar("T")
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class GraderForm:
    """What the grader tab sends; every value comes from a browser, so every value is checked."""

    base_url: str
    key: str = field(repr=False)
    model: str
    shape: str
    votes: float
    second_model: str = ""

    @classmethod
    def of(
        cls, base_url: str | None, key: str | None, model: str | None, shape: str, votes: float, second: str | None
    ) -> "GraderForm":
        """A form in which empty fields may have come as nothing at all."""
        return cls(base_url or "", key or "", model or "", shape, votes, second or "")


@dataclass(frozen=True, slots=True)
class GraderPanel:
    """What the tab then shows: a text, and perhaps an address and models to choose from."""

    html: str
    base_url: str | None = None
    models: tuple[str, ...] | None = None
    drop_key: bool = False
    asks: bool = False
    """Whether the model is to be used only if that is asked for once more."""
    pulls: str = ""
    """The model that Ollama may be asked to pull."""


@dataclass(frozen=True, slots=True)
class GraderActions:
    """Serves the grader tab."""

    models: GraderRegistry
    library: BankLibrary
    speech: Speech | None = None

    def status(self, owner: str, language: Language) -> str:
        """Who grades now."""
        try:
            choice = self.models.choice(owner)
        except StoreError as error:
            return _paragraph(error.into(language), language)
        if choice.problem:
            return _paragraph(choice.problem.into(language), language)
        if choice.endpoint is None:
            return _paragraph(say("grader.now_offline", language), language)
        known = self.models.check_of(choice)
        verdict = "grader.unmeasured" if known is None else "grader.healthy" if known.is_healthy else "grader.unhealthy"
        source = '<p><strong>{{ say("grader.now_model", model=model) }}</strong></p><p>{{ say(verdict) }}</p>'
        kind = KNOWN.recall(choice.endpoint).kind
        return inline(source, language, model=choice.title + (f" ({kind})" if kind else ""), verdict=verdict)

    def find(self, language: Language) -> GraderPanel:
        """Ask this machine's usual ports. Only where any address may be entered at all."""
        if not self.models.options.is_private or self.models.options.allowed:
            return GraderPanel(_paragraph(say("grader.found_none", language), language))
        found, memory = find_local_servers(), machine_memory()
        if not found:
            return GraderPanel(inline(_ADVICE, language, lines=setup_advice(memory, language)))
        names = [name for server in found for name in server.models]
        may_pull = any(server.kind == "ollama" for server in found) and fitting_model(names) is None
        pulls = suggested_model(memory).ollama if may_pull else ""
        return GraderPanel(
            inline(_FOUND, language, found=found, pulls=pulls), found[0].base_url, found[0].models, pulls=pulls
        )

    def pull(self, owner: str, language: Language) -> Iterator[GraderPanel]:
        """Let the Ollama of this machine pull the model that fits its memory, with its progress."""
        model = suggested_model(machine_memory()).ollama
        is_open = self.models.options.is_private and not self.models.options.allowed
        found = [server.base_url for server in find_local_servers() if server.kind == "ollama"] if is_open else []
        if not found:
            yield GraderPanel(_paragraph(say("local_model.no_ollama_here", language), language))
            return
        call = self.models.begin_check(owner)

        def work(tell: Callable[[PullProgress], None]) -> None:
            for progress in pull(found[0], model):
                tell(progress)

        run: BackgroundTask[None, PullProgress] = BackgroundTask(work, call=call)
        for progress in run:
            yield GraderPanel(inline(_PULLING, language, line=pull_line(progress, model, language)))
        try:
            run.result()
        except InterviewerError as error:
            yield replace(_failed(error, language), pulls=model)
            return
        done = _paragraph(say("local_model.pulled", language, model=model), language)
        yield GraderPanel(done, found[0], (model,))

    def list(self, owner: str, form: GraderForm, language: Language) -> GraderPanel:
        """The models of the server in the form."""
        try:
            endpoint = self._choice(owner, form, model=form.model or "?").endpoint
            assert endpoint
            with self.models.turn(endpoint, for_reply=False):
                names = list_models(endpoint)
        except InterviewerError as error:
            return _failed(error, language)
        listed = _paragraph(say("grader.listed", language, count=len(names)), language)
        return GraderPanel(listed, endpoint.base_url, names)

    def use(self, owner: str, form: GraderForm, language: Language) -> GraderPanel:
        """Let the model in the form grade from now on; one that failed its test only if that is asked for once more."""
        try:
            wanted = self._choice(owner, form)
        except InterviewerError as error:
            return _failed(error, language)
        check = self.models.check_of(wanted)
        if check is not None and not check.is_healthy:
            question = _paragraph(say("grader.unhealthy_use", language, model=wanted.title), language)
            return GraderPanel(question + render("grader_check.html", language, check=check), asks=True)
        return self.use_anyway(owner, form, language)

    def use_anyway(self, owner: str, form: GraderForm, language: Language) -> GraderPanel:
        """Let the model in the form grade from now on; the key leaves the page."""
        try:
            choice = self.models.choose(owner, _requested(form))
        except InterviewerError as error:
            return _failed(error, language)
        assert choice.endpoint
        self.models.identify(choice.endpoint)
        return GraderPanel(self.status(owner, language), choice.endpoint.base_url, drop_key=True)

    def offline(self, owner: str, language: Language) -> GraderPanel:
        try:
            self.models.forget(owner)
        except StoreError as error:
            return _failed(error, language)
        return GraderPanel(self.status(owner, language), drop_key=True)

    def test(self, owner: str, form: GraderForm, language: Language) -> Iterator[GraderPanel]:
        """The grader test on the model in the form, with its progress."""
        try:
            choice = self._choice(owner, form)
        except InterviewerError as error:
            yield _failed(error, language)
            return
        bank = self.library.bank(_BANK)
        speech = self.speech if self.models.options.is_private else None  # a test of it costs the operator
        call = self.models.begin_check(owner)

        def work(tell: Callable[[tuple[int, int]], None]) -> GraderCheck:
            def told(place: int, total: int) -> None:
                self.models.take_call(owner)
                tell((place, total))

            return check_all(self.models, choice, bank, speech, told)

        run: BackgroundTask[GraderCheck, tuple[int, int]] = BackgroundTask(work, call=call)
        for place, total in run:
            yield GraderPanel(inline(_TESTING, language, place=place + 1, total=total, progress=call.progress))
        try:
            check = run.result()
        except OverLimit as error:
            yield GraderPanel(_paragraph(error.into(language), language))
            return
        if call.is_stopped:
            yield GraderPanel(_paragraph(say("call.stopped", language), language))
            return
        options = self.models.options
        # A stranger's key or invented model says nothing about the operator's.
        if options.is_private or choice.endpoint == options.default.endpoint:
            self.models.remember(choice, check)
        yield GraderPanel(render("grader_check.html", language, check=check))

    def _choice(self, owner: str, form: GraderForm, model: str = "") -> GraderChoice:
        return self.models.choice_for(owner, _requested(replace(form, model=model or form.model)))


class BackgroundTask(Generic[T, M]):
    """A function that runs in a thread of its own and tells how far it is; iterate to hear it, then ask for its result."""

    def __init__(
        self,
        function: Callable[[Callable[[M], None]], T],
        given_up: threading.Event | None = None,
        call: ModelCall | None = None,
    ) -> None:
        """Once it is `given_up`, nobody waits for the function any more; it may go on until it notices.

        What it asks a model in its own thread is part of `call`.
        """
        self._call = call or ModelCall()
        self._given_up = given_up or threading.Event()
        self._told: queue.SimpleQueue[M] = queue.SimpleQueue()
        self._done = self._call.start(partial(function, self._told.put))

    def __iter__(self) -> Iterator[M]:
        """The latest of what was told, at most a few times a second, until the function is done.

        It comes again where the model does something else.
        """
        latest: list[M] = []
        before = None
        while not self._done.done() and not self._given_up.is_set():
            wait([self._done], _POLL_SECONDS)
            told, progress = list(_drained(self._told)), self._call.progress
            latest = told or latest
            if latest and (told or progress != before):
                yield latest[-1]
            before = progress

    def result(self) -> T:
        return self._done.result()


def _drained(told: "queue.SimpleQueue[M]") -> Iterator[M]:
    while not told.empty():
        yield told.get()


_TESTING = """{% from "model_call.html" import model_call with context %}
<p role="status">{{ say("grader.testing", place=place, total=total) }}</p>{{ model_call(progress, "stop_check") }}"""

_FOUND = """<p>{{ say("grader.found", count=found | length) }}</p>
<ul>{% for one in found %}<li>{{ one.kind }}: {{ one.base_url }}</li>{% endfor %}</ul>
{% if pulls %}<p>{{ say("local_model.may_pull", model=pulls) }}</p>{% endif %}"""

_ADVICE = """<div role="status">{% for line in lines %}<p>{{ line }}</p>{% endfor %}</div>"""

_PULLING = """<p role="status">{{ line }} <button type="button" class="stop-model" data-stop="stop_check">{{ say("call.stop") }}
</button></p>"""

_FAILED = (
    """<div role="alert"><p class="failure">{{ say("fault." ~ kind) }}</p><p class="quiet">{{ detail }}</p></div>"""
)


def _paragraph(text: str, language: Language) -> str:
    return inline('<p role="status">{{ text }}</p>', language, text=text)


def _requested(form: GraderForm) -> GraderRequest:
    return GraderRequest(form.base_url, form.model, form.key, _shape(form), _votes(form), form.second_model)


def _shape(form: GraderForm) -> CallShape:
    try:
        return CallShape(form.shape)
    except ValueError as error:
        raise SettingsError(localized("fault.no_such_shape")) from error


def _votes(form: GraderForm) -> int:
    if form.votes not in (1, 3):
        raise SettingsError(localized("fault.no_such_votes"))
    return int(form.votes)


def _failed(error: InterviewerError, language: Language) -> GraderPanel:
    """What kind of fault it is in the language of the page, and the detail as the door words it."""
    kinds = {LLMUnreachable: "unreachable", LLMRefused: "refused", LLMMalformed: "malformed"}
    kind = next((name for known, name in kinds.items() if isinstance(error, known)), "setting")
    return GraderPanel(inline(_FAILED, language, kind=kind, detail=error.into(language)))
