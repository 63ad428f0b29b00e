"""The Gradio page: what each control is wired to, and how the page is mounted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from inspect import isgeneratorfunction
from typing import Any

import gradio as gr
from fastapi import FastAPI
from pydantic import ValidationError
from starlette.routing import Mount

from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.errors import StoreError
from interviewer.llm.speech import Speech
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.permissions import Access
from interviewer.sessions.service import SessionService
from interviewer.settings import Settings
from interviewer.text.messages import say
from interviewer.web import rendering
from interviewer.web.account_page import account_line
from interviewer.web.assigned import Assigned
from interviewer.web.badge import Badges
from interviewer.web.class_handlers import ClassHandlers
from interviewer.web.class_screens import ClassScreens
from interviewer.web.controls import AWAY_SECONDS, NO_INTERVIEW, Controls
from interviewer.web.grader_settings import GraderActions
from interviewer.web.handlers import PageHandlers
from interviewer.web.identity import Owners
from interviewer.web.import_handlers import Importer
from interviewer.web.job_preparation import JobPreparation
from interviewer.web.page_actions import PAGE_ACTIONS, BankAction, InterviewAction, KeepNote
from interviewer.web.page_input import Page, in_own_thread, sanitized
from interviewer.web.page_output import Updates, no_interim_app
from interviewer.web.practice import PracticeHandlers, wished_count
from interviewer.web.theme import css, page_script, script, theme
from interviewer.web.view_model import Screen, View
from interviewer.web.visit import Visit, language_of_request
from interviewer.web.voice import voice_controls
from interviewer.wiring import known_measurements

_MOST_THREADS = 100


def mount(
    app: FastAPI,
    settings: Settings,
    service: SessionService,
    library: BankLibrary,
    owners: Owners,
    models: GraderRegistry,
    importer: Importer,
    speech: Speech | None = None,
    access: Access | None = None,
) -> None:
    """Put the page on the application, with everything closed that it does not need; classes are there with `access`."""
    badges = Badges(models, known_measurements(settings), library.banks)
    assigned = Assigned(service, library, access) if access else None
    handlers = PageHandlers(service, library, models, badges, PracticeHandlers(service.store, library), assigned)
    with no_interim_app():
        demo = _build(handlers, owners, settings, importer, speech)
        demo.max_threads = _MOST_THREADS
        demo.queue(default_concurrency_limit=None, api_open=False)
    gr.mount_gradio_app(
        app,
        demo,
        path="/",
        footer_links=[],
        run_history=False,
        app_kwargs={"openapi_url": None, "docs_url": None, "redoc_url": None},
        root_path=settings.root_path or None,
        allowed_paths=[],
        blocked_paths=[str(settings.data_folder)],
        show_error=False,
        max_file_size="1kb",
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        theme=theme(),
        css=css(),
        js=page_script(),
    )
    demo.forget_visitors(next(route.app for route in app.routes if isinstance(route, Mount)))


def _build(
    handlers: PageHandlers, owners: Owners, settings: Settings, importer: Importer, speech: Speech | None
) -> Page:
    page = Page(
        title="Mock interviewer · 模拟面试官", analytics_enabled=False, fill_width=False, delete_cache=(3600, 86400)
    )
    with page:
        job = JobPreparation(importer, settings.data_folder)
        controls = Controls(handlers.models.options, may_import=importer.is_open, has_accounts=owners.have_accounts)
        _Wiring(page, controls, handlers, owners, importer, settings.root_path, speech, job).connect()
    return page


@dataclass(frozen=True)
class _Wiring:
    """Connects controls to what they do. Every event is private and checks whose interview it is."""

    demo: gr.Blocks
    c: Controls
    handlers: PageHandlers
    owners: Owners
    importer: Importer
    root_path: str
    speech: Speech | None
    job: JobPreparation

    def connect(self) -> None:
        c, handlers, language = self.c, self.handlers, self.c.page_language
        arrived = self._on(self.demo.load, self._arrive, [c.remembered], c.all)
        arrived.then(None, language, None, js=script("arrived"), api_visibility="private")
        self._on(language.input, self._speak, [c.remembered, c.start.bank, c.start.language_chosen], c.all)
        language.input(None, language, None, js=script("remember_language"), api_visibility="private")
        self._connect_start()
        self._connect_play()
        c.records.connect(self._on, handlers, self.owners)
        if c.classes and handlers.assigned:
            screens = ClassScreens(handlers.service, handlers.library, handlers.assigned.access, handlers.badges)
            c.classes.connect(self._on, ClassHandlers(screens), language)
        c.questions.connect(self._on, handlers.practice)
        c.grader.connect(self._on, GraderActions(handlers.models, handlers.library, self.speech))
        c.importing.connect(self._on, self.importer)
        drawn = [*c.of_interview, *c.bank_choice, c.start.choose, c.tabs]
        self._script(self._on(c.importing.play.click, self._practise, [c.importing.bank], drawn), "show_bank")
        c.preparing.connect(self._on, self.job, c.tabs)

    def _connect_start(self) -> None:
        start = self.c.start
        form = [
            start.bank, start.topics, start.count, start.order, start.language, start.mode, start.probes, start.hints,
            start.manner, start.answer_seconds,
        ]  # fmt: skip
        on, handlers, drawn = self._on, self.handlers, self.c.of_interview
        self._script(on(start.practise.click, self._drawing(handlers.practise_today), [], drawn), "focus_answer")
        self._script(on(start.button.click, self._drawing(handlers.start), form, drawn), "focus_answer")
        on(start.bank.input, self._choose_bank, [start.bank], [start.topics, start.count])
        on(start.topics.change, self._choose_topics, form[:3], [start.count])
        start.language.input(None, None, start.language_chosen, js="() => 'yes'", api_visibility="private")
        start.mode.input(None, start.mode, start.probes, js="mode => mode === 'interview'", api_visibility="private")
        limit = lambda _, mode: gr.update(visible=mode == "interview")  # noqa: E731
        on(start.mode.input, limit, [start.mode], [start.answer_seconds])

    def _connect_play(self) -> None:
        c, play, handlers, drawn = self.c, self.c.play, self.handlers, self.c.of_interview
        here = [c.remembered, c.place]
        said = [*here, play.answer]
        for trigger, does, sent, then in (
            (play.answer.submit, handlers.answer, [*said, c.spoken], "focus_next"),
            (play.send.click, handlers.answer, [*said, c.spoken], "focus_next"),
            (play.clarify.click, handlers.ask, said, "focus_next"),
            (play.hint.click, handlers.hint, here, "focus_answer"),
            (play.repeat.click, handlers.repeat, here, "focus_answer"),
            (play.next.click, handlers.move_on, here, "focus_answer"),
            (play.undo_skip.click, handlers.undo_skip, here, "focus_answer"),
            (play.retry.click, self._retry, said, "focus_answer"),
            (play.skip.click, handlers.skip, here, "focus_next"),
            (play.end_yes.click, handlers.end, here, "to_the_top"),
        ):
            self._script(self._on(trigger, self._drawing(does), sent, drawn), then)
        for button in (play.regrade, c.report.regrade):
            self._on(button.click, self._drawing(handlers.regrade), here, drawn)
        asked = self._on(play.end.click, lambda _: gr.update(visible=True), [], [play.ending])
        self._script(asked, "show_ending")
        self._on(play.end_no.click, lambda _: gr.update(visible=False), [], [play.ending])
        changed = [*drawn, c.importing.own, *c.bank_choice, c.records.listing, c.tabs]
        # Gradio would drop one that comes while another is under way.
        self._on(c.ask.click, self._act, [c.remembered, c.asked], changed, trigger_mode="multiple")
        for button in (play.leave, c.report.new):
            # The box is for the next interview; the browser keeps what was typed into it for this one.
            leave = self._drawing(lambda visit: View(Screen.START, visit.language, clear=True))
            self._on(button.click, leave, [], drawn)
        self._on(c.ticker.tick, self._tick, [*here, c.ticker], drawn)

    def _on(
        self,
        trigger: Callable[..., Any],
        handler: Callable[..., Any],
        inputs: list[Any],
        outputs: list[Any],
        *,
        waits: bool = False,
        **more: Any,
    ) -> Any:
        """Bind a handler, which is given the visit first, the way all events of the page are bound.

        `waits`: it may have to wait for a model's server. Gradio would check choices against what it remembers of a
        page, which a restart forgets; ours are checked where they are used.
        """
        # Asked for and answered by one request, which any replica can answer; only what comes in parts, or takes long,
        # goes through the queue of one process.
        in_parts = waits or isgeneratorfunction(handler)
        options = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None, **more}
        bound = sanitized(handler, self._visit)
        inputs = [self.c.page_language, *inputs]
        return trigger(
            in_own_thread(bound) if waits else bound, inputs, outputs, preprocess=False, queue=in_parts, **options
        )

    def _script(self, event: Any, name: str) -> None:
        event.then(None, None, None, js=script(name), api_visibility="private")

    def _visit(self, request: gr.Request, language: str) -> Visit:
        owner = self.owners.of(dict(request.cookies))
        if owner is None:
            raise gr.Error(say("app.no_cookie", language_of_request(request)), print_exception=False)
        return Visit(owner, Language(language), request, self.root_path)

    def _library(self, visit: Visit) -> BankLibrary:
        return self.handlers.library.of(visit.owner)

    def _drawing(self, step: Callable[..., View]) -> Callable[..., Updates]:
        return lambda visit, *sent: self._draw(visit, step(visit, *sent))

    def _arrive(self, visit: Visit, remembered: str | None) -> Updates:
        visit = replace(visit, language=language_of_request(visit.request))
        query = dict(visit.request.query_params)
        view = self.handlers.arrive(visit, _id(str(query.get("interview") or remembered or NO_INTERVIEW)))
        # Whoever is quick with the tab finds the list there, although the tab's own event came before the page was ready.
        wish = str(query.get("list", ""))
        listed: Updates = {self.c.records.listing: self.handlers.practice.listing(visit, count=wished_count(wish))}
        if wish:
            listed[self.c.tabs] = gr.update(selected="interviews")
        start = rendering.start_values(self.c, self._library(visit), visit.language)
        return rendering.merged(self._labels(visit), start, self._draw(visit, view), listed)

    def _speak(self, visit: Visit, remembered: str | None, bank: str, is_chosen: str) -> Updates:
        c, language, interview = self.c, visit.language, _id(str(remembered or NO_INTERVIEW))
        drawn = self._draw(visit, self.handlers.look(visit, interview)) if interview else self._home(visit)
        listed = {
            c.records.listing: self.handlers.practice.listing(visit),
            c.records.link_text: gr.update(visible=False),
        }
        asked = {} if is_chosen else {c.start.language: gr.update(value=str(language))}
        topics = rendering.topic_choices(c, self._library(visit), bank, language)
        return rendering.merged(self._labels(visit), topics, drawn, listed, asked)

    def _draw(self, visit: Visit, view: View) -> Updates:
        """The view on the page; where no interview is shown, with what is worth doing."""
        drawn = rendering.draw(self.c, view)
        return drawn | self._home(visit) if view.screen is Screen.START and not view.is_away else drawn

    def _home(self, visit: Visit) -> Updates:
        try:
            model = self.handlers.models.choice(visit.owner).title
            today, tasks = self.handlers.today(visit), self.handlers.tasks(visit)
        except StoreError:
            return {}  # what keeps the page from being read is told where something is asked of it
        return rendering.draw_today(self.c, today, visit.language, model, tasks)

    def _labels(self, visit: Visit) -> Updates:
        c, language = self.c, visit.language
        told = rendering.labels(c, self._library(visit), language)
        if c.classes and self.handlers.assigned:
            told |= c.classes.labels(self.handlers.assigned.access, visit)
        who = account_line(self.owners, dict(visit.request.cookies), language)
        return told | {c.play.voice: voice_controls(self.speech, language), c.account: who}

    def _practise(self, visit: Visit, bank: str) -> Updates:
        """The start form with this bank chosen, on the tab where interviews are played."""
        c, language = self.c, visit.language
        chosen = rendering.chosen_bank(c, self._library(visit), bank, language)
        shown = {c.tabs: gr.update(selected="practice"), c.start.choose: gr.update(open=True)}
        return rendering.draw(c, View(Screen.START, language)) | chosen | shown

    def _choose_bank(self, visit: Visit, bank: str) -> Updates:
        return rendering.topic_choices(self.c, self._library(visit), bank, visit.language) or gr.skip()

    def _choose_topics(self, visit: Visit, bank: str, topics: list[str], count: float | None) -> Updates:
        return rendering.count_choice(self.c, self._library(visit), bank, topics, visit.language, count) or gr.skip()

    def _retry(self, visit: Visit, interview: str, place: str, typed: str) -> View:
        view = self.handlers.retry(visit, interview, place)
        # What stands in the box and is not sent goes before what was said the last time.
        return replace(view, prefill="") if typed.strip() else view

    def _tick(self, visit: Visit, interview: str, place: str, pace: float) -> Updates:
        """Grades and follow-ups that have come in meanwhile, without touching what is being typed."""
        view = self.handlers.look(visit, _id(interview))
        if view.place != place or not view.polls or view.notice or pace == AWAY_SECONDS:
            return self._draw(visit, view)
        return {self.c.play.card: view.card, self.c.report.report: view.report}

    def _act(self, visit: Visit, interview: str, asked: str) -> Updates:
        """What the buttons inside cards, reports and lists ask for; notes may come together with something else."""
        c, practice, shown = self.c, self.handlers.practice, _id(interview)
        try:
            actions = PAGE_ACTIONS.validate_json(asked)
        except ValidationError:
            return self._draw(visit, self.handlers.not_understood(visit, shown, asked))
        notes = [action for action in actions if isinstance(action, KeepNote)]
        if problem := practice.keep_notes(visit, notes):
            return {c.notice: gr.update(value=problem, visible=True)}
        match [action for action in actions if not isinstance(action, KeepNote)]:
            case []:
                return {c.tabs: gr.skip()}
            case [BankAction() as action]:
                told = self.importer.of(visit.owner).change_banks(action, visit.language)
                return {c.importing.own: told, **rendering.chosen_bank(c, self._library(visit), None, visit.language)}
            case [InterviewAction() as action]:
                told = practice.change_list(visit, action)
                return {c.records.listing: told + practice.listing(visit)}
            case rest:
                view = self.handlers.act(visit, shown, rest)
        goes_on = {c.tabs: gr.update(selected="practice")} if view.interview not in ("", interview) else {}
        return self._draw(visit, view) | goes_on


def _id(remembered: str) -> str:
    return "" if remembered == NO_INTERVIEW else remembered
