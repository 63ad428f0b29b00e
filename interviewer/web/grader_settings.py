"""What the controls of the grader tab do: choosing a model and testing it. Knows nothing of gradio."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

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
from interviewer.llm.ollama import PullProgress, pull
from interviewer.llm.speech import Speech
from interviewer.presentation.templating import inline, render
from interviewer.sessions.grader_choice import GraderRequest
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.text.messages import localized, say
from interviewer.web.background_task import BackgroundTask
from interviewer.web.visit import Visit

_BANK = "deep-learning"


def requested(
    base_url: str | None, key: str | None, model: str | None, shape: str, votes: float, second: str | None = ""
) -> GraderRequest:
    """What the grader tab asks for; empty fields may come as nothing at all. Raises SettingsError."""
    if shape not in tuple(CallShape):
        raise SettingsError(localized("fault.no_such_shape"))
    if votes not in (1, 3):
        raise SettingsError(localized("fault.no_such_votes"))
    return GraderRequest(base_url or "", model or "", key or "", CallShape(shape), int(votes), second or "")


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


Handler = Callable[..., GraderPanel]


def _telling_failures(handler: Handler) -> Handler:
    """The handler of `GraderActions`, which says on the panel what kept it from its work."""

    @wraps(handler)
    def told(self: "GraderActions", visit: Visit, *form: Any) -> GraderPanel:
        try:
            return handler(self, visit, *form)
        except InterviewerError as error:
            return _failed(error, visit.language)

    return told


@dataclass(frozen=True, slots=True)
class GraderActions:
    """Serves the grader tab; a `form` is what `requested` takes."""

    models: GraderRegistry
    library: BankLibrary
    speech: Speech | None = None

    def status(self, visit: Visit) -> str:
        language = visit.language
        try:
            choice = self.models.choice(visit.owner)
        except StoreError as error:
            return _paragraph(error, language)
        if choice.problem:
            return _paragraph(choice.problem, language)
        if choice.endpoint is None:
            return _told("grader.now_offline", language)
        known = self.models.check_of(choice)
        verdict = "grader.unmeasured" if known is None else "grader.healthy" if known.is_healthy else "grader.unhealthy"
        source = '<p><strong>{{ say("grader.now_model", model=model) }}</strong></p><p>{{ say(verdict) }}</p>'
        kind = KNOWN.recall(choice.endpoint).kind
        return inline(source, language, model=choice.title + (f" ({kind})" if kind else ""), verdict=verdict)

    def find(self, visit: Visit) -> GraderPanel:
        """Ask this machine's usual ports. Only where any address may be entered at all."""
        language = visit.language
        if not self._may_enter_any:
            return GraderPanel(_told("grader.found_none", language))
        found, memory = find_local_servers(), machine_memory()
        names = [name for server in found for name in server.models]
        may_pull = any(server.kind == "ollama" for server in found) and fitting_model(names) is None
        pulls = suggested_model(memory).ollama if may_pull else ""
        advice = () if found else setup_advice(memory, language)
        html = render("grader_servers.html", language, found=found, pulls=pulls, advice=advice)
        return GraderPanel(html, found[0].base_url, found[0].models, pulls=pulls) if found else GraderPanel(html)

    def pull(self, visit: Visit) -> Iterator[GraderPanel]:
        """Let the Ollama of this machine pull the model that fits its memory, with its progress."""
        language, model = visit.language, suggested_model(machine_memory()).ollama
        servers = find_local_servers() if self._may_enter_any else ()
        address = next((server.base_url for server in servers if server.kind == "ollama"), None)
        if address is None:
            yield GraderPanel(_told("local_model.no_ollama_here", language))
            return
        call = self.models.begin_check(visit.owner)

        def work(tell: Callable[[PullProgress], None]) -> None:
            for progress in pull(address, model):
                tell(progress)

        run: BackgroundTask[None, PullProgress] = BackgroundTask(work, call=call)
        for progress in run:
            line = pull_line(progress, model, language)
            yield GraderPanel(render("grader_progress.html", language, line=line, progress=None))
        try:
            run.result()
        except InterviewerError as error:
            yield replace(_failed(error, language), pulls=model)
            return
        yield GraderPanel(_told("local_model.pulled", language, model=model), address, (model,))

    @_telling_failures
    def list(self, visit: Visit, *form: Any) -> GraderPanel:
        wanted = requested(*form)
        endpoint = self.models.choice_for(visit.owner, replace(wanted, model=wanted.model or "?")).endpoint
        assert endpoint
        with self.models.turn(endpoint, for_reply=False):
            names = list_models(endpoint)
        listed = _told("grader.listed", visit.language, count=len(names))
        return GraderPanel(listed, endpoint.base_url, names)

    @_telling_failures
    def use(self, visit: Visit, *form: Any) -> GraderPanel:
        """Let the model in the form grade from now on; one that failed its test only if that is asked for once more."""
        language, wanted = visit.language, self.models.choice_for(visit.owner, requested(*form))
        check = self.models.check_of(wanted)
        if check is not None and not check.is_healthy:
            question = _told("grader.unhealthy_use", language, model=wanted.title)
            return GraderPanel(question + render("grader_check.html", language, check=check), asks=True)
        return self.use_anyway(visit, *form)

    @_telling_failures
    def use_anyway(self, visit: Visit, *form: Any) -> GraderPanel:
        """Let the model in the form grade from now on; the key leaves the page."""
        choice = self.models.choose(visit.owner, requested(*form))
        assert choice.endpoint
        self.models.identify(choice.endpoint)
        return GraderPanel(self.status(visit), choice.endpoint.base_url, drop_key=True)

    @_telling_failures
    def offline(self, visit: Visit) -> GraderPanel:
        self.models.forget(visit.owner)
        return GraderPanel(self.status(visit), drop_key=True)

    def test(self, visit: Visit, *form: Any) -> Iterator[GraderPanel]:
        owner, language, options = visit.owner, visit.language, self.models.options
        try:
            choice = self.models.choice_for(owner, requested(*form))
        except InterviewerError as error:
            yield _failed(error, language)
            return
        bank = self.library.bank(_BANK)
        speech = self.speech if options.is_private else None  # a test of it costs the operator
        call = self.models.begin_check(owner)

        def work(tell: Callable[[tuple[int, int]], None]) -> GraderCheck:
            def told(place: int, total: int) -> None:
                self.models.take_call(owner)
                tell((place, total))

            return check_all(self.models, choice, bank, speech, told)

        run: BackgroundTask[GraderCheck, tuple[int, int]] = BackgroundTask(work, call=call)
        for place, total in run:
            line = say("grader.testing", language, place=place + 1, total=total)
            yield GraderPanel(render("grader_progress.html", language, line=line, progress=call.progress))
        try:
            check = run.result()
        except OverLimit as error:
            yield GraderPanel(_paragraph(error, language))
            return
        if call.is_stopped:
            yield GraderPanel(_told("call.stopped", language))
            return
        # A stranger's key or invented model says nothing about the operator's.
        if options.is_private or choice.endpoint == options.default.endpoint:
            self.models.remember(choice, check)
        yield GraderPanel(render("grader_check.html", language, check=check))

    @property
    def _may_enter_any(self) -> bool:
        return self.models.options.is_private and not self.models.options.allowed


def _paragraph(text: str | InterviewerError, language: Language) -> str:
    return inline('<p role="status">{{ text }}</p>', language, text=text)


def _told(key: str, language: Language, **values: object) -> str:
    return _paragraph(say(key, language, **values), language)


def _failed(error: InterviewerError, language: Language) -> GraderPanel:
    """What kind of fault it is in the language of the page, and the detail as the door words it."""
    kinds = {LLMUnreachable: "unreachable", LLMRefused: "refused", LLMMalformed: "malformed"}
    kind = next((name for known, name in kinds.items() if isinstance(error, known)), "setting")
    source = (
        '<div role="alert"><p class="failure">{{ say("fault." ~ kind) }}</p><p class="quiet">{{ detail }}</p></div>'
    )
    return GraderPanel(inline(source, language, kind=kind, detail=error))
