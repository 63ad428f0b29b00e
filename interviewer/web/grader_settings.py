"""What the controls of the grader tab do: choosing a model and testing it. Knows nothing of gradio."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from interviewer.banks.loader import Library
from interviewer.domain.rubric import Language
from interviewer.errors import InterviewerError, LLMMalformed, LLMRefused, LLMUnreachable, SettingsError
from interviewer.evaluation import checkup
from interviewer.evaluation.checkup import Diagnosis
from interviewer.grading import Shape
from interviewer.llm.discovery import find_local_servers, list_models
from interviewer.presentation.markup import escaped
from interviewer.sessions.grader_registry import GraderChoice, GraderRegistry
from interviewer.text.messages import say

_BANK = "deep-learning"
_POLL_SECONDS = 0.15

T = TypeVar("T")
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Form:
    """What the grader tab sends; every value comes from a browser, so every value is checked."""

    base_url: str
    key: str
    model: str
    shape: str
    votes: float

    @classmethod
    def of(cls, base_url: str | None, key: str | None, model: str | None, shape: str, votes: float) -> "Form":
        """A form in which empty fields may have come as nothing at all."""
        return cls(base_url or "", key or "", model or "", shape, votes)


@dataclass(frozen=True, slots=True)
class Told:
    """What the tab then shows: a text, and perhaps an address and models to choose from."""

    html: str
    base_url: str | None = None
    models: tuple[str, ...] | None = None
    drop_key: bool = False


@dataclass(frozen=True, slots=True)
class Clinic:
    """Serves the grader tab."""

    models: GraderRegistry
    library: Library

    def status(self, owner: str, language: Language) -> str:
        """Who grades now."""
        choice = self.models.choice(owner)
        if choice.endpoint is None:
            return f"<p>{say('grader.now_offline', language)}</p>"
        known = self.models.diagnosis(choice)
        verdict = "grader.unmeasured" if known is None else "grader.healthy" if known.is_healthy else "grader.unhealthy"
        now = escaped(say("grader.now_model", language, model=choice.title))
        return f"<p><strong>{now}</strong></p><p>{say(verdict, language)}</p>"

    def find(self, language: Language) -> Told:
        """Ask this machine's usual ports. Only where any address may be entered at all."""
        if not self.models.options.is_private or self.models.options.allowed:
            return Told(say("grader.found_none", language))
        found = find_local_servers()
        if not found:
            return Told(f"<p>{say('grader.found_none', language)}</p>")
        rows = "".join(f"<li>{escaped(one.kind)}: {escaped(one.base_url)}</li>" for one in found)
        html = f"<p>{say('grader.found', language, count=len(found))}</p><ul>{rows}</ul>"
        return Told(html, found[0].base_url, found[0].models)

    def list(self, owner: str, form: Form, language: Language) -> Told:
        """The models of the server in the form."""
        try:
            endpoint = self._wish(owner, form, model=form.model or "?").endpoint
            assert endpoint
            names = list_models(endpoint)
        except InterviewerError as error:
            return _failed(error, language)
        return Told(f"<p>{say('grader.listed', language, count=len(names))}</p>", endpoint.base_url, names)

    def use(self, owner: str, form: Form, language: Language) -> Told:
        """Let the model in the form grade from now on; the key leaves the page."""
        try:
            choice = self.models.choose(owner, form.base_url, form.model, form.key, _shape(form), _votes(form))
        except InterviewerError as error:
            return _failed(error, language)
        assert choice.endpoint
        return Told(self.status(owner, language), choice.endpoint.base_url, drop_key=True)

    def offline(self, owner: str, language: Language) -> Told:
        self.models.forget(owner)
        return Told(self.status(owner, language), drop_key=True)

    def test(self, owner: str, form: Form, language: Language) -> Iterator[Told]:
        """The grader test on the model in the form, with its progress."""
        try:
            choice = self._wish(owner, form)
        except InterviewerError as error:
            yield _failed(error, language)
            return
        bank = self.library.bank(_BANK)
        run: Watched[Diagnosis, tuple[int, int]] = Watched(
            lambda tell: checkup.examine(self.models, choice, bank, lambda place, total: tell((place, total)))
        )
        for place, total in run:
            yield Told(f'<p role="status">{say("grader.testing", language, place=place + 1, total=total)}</p>')
        diagnosis = run.result()
        self.models.remember(choice, diagnosis)
        yield Told(diagnosis_html(diagnosis, language))

    def _wish(self, owner: str, form: Form, model: str = "") -> GraderChoice:
        return self.models.wish(owner, form.base_url, model or form.model, form.key, _shape(form), _votes(form))


class Watched(Generic[T, M]):
    """A function that runs in a thread of its own and tells how far it is; iterate to hear it, then ask for its result."""

    def __init__(self, function: Callable[[Callable[[M], None]], T]) -> None:
        self._told: queue.SimpleQueue[M] = queue.SimpleQueue()
        self._outcome: list[T] = []
        self._error: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(function,), daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[M]:
        """The latest of what was told, at most a few times a second, until the function is done."""
        while self._thread.is_alive():
            self._thread.join(_POLL_SECONDS)
            latest = list(_drained(self._told))
            if latest:
                yield latest[-1]

    def result(self) -> T:
        self._thread.join()
        if self._error:
            raise self._error[0]
        return self._outcome[0]

    def _run(self, function: Callable[[Callable[[M], None]], T]) -> None:
        try:
            self._outcome.append(function(self._told.put))
        except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
            self._error.append(error)


def _drained(told: "queue.SimpleQueue[M]") -> Iterator[M]:
    while not told.empty():
        yield told.get()


def diagnosis_html(diagnosis: Diagnosis, language: Language) -> str:
    """The findings with their advice, and how each canned answer was graded."""
    verdict = "grader.healthy" if diagnosis.is_healthy else "grader.unhealthy"
    rows = []
    for finding in diagnosis.findings:
        sign, kind = ("✓", "met") if finding.is_good else ("✗", "contradicted")
        advice = f'<p class="quiet">{escaped(finding.advice.into(language))}</p>' if finding.advice else ""
        name = say(f"check.{finding.check}", language)
        rows.append(
            f'<li class="{kind}"><p><span class="sign" aria-hidden="true">{sign}</span><strong>{name}</strong> '
            f"{escaped(finding.detail)}</p>{advice}</li>"
        )
    rung = (
        f'<p class="quiet">{escaped(say("grader.rung", language, rung=diagnosis.rung))}</p>' if diagnosis.rung else ""
    )
    return (
        f'<div class="card"><h2>{escaped(diagnosis.model)}</h2><p class="score"><strong>{say(verdict, language)}</strong></p>'
        f'<ul class="ledger">{"".join(rows)}</ul>{rung}</div>'
    )


def _shape(form: Form) -> Shape:
    try:
        return Shape(form.shape)
    except ValueError as error:
        raise SettingsError("the shape of the calls is one_call or per_criterion") from error


def _votes(form: Form) -> int:
    if form.votes not in (1, 3):
        raise SettingsError("votes are 1 or 3")
    return int(form.votes)


def _failed(error: InterviewerError, language: Language) -> Told:
    """What kind of fault it is in the language of the page, and the detail as the door words it."""
    kinds = {LLMUnreachable: "unreachable", LLMRefused: "refused", LLMMalformed: "malformed"}
    kind = next((name for known, name in kinds.items() if isinstance(error, known)), "setting")
    return Told(
        f'<div role="alert"><p class="failure">{say(f"fault.{kind}", language)}</p>'
        f'<p class="quiet">{escaped(str(error))}</p></div>'
    )
