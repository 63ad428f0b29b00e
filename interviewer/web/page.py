"""The Gradio page: what each control is wired to, and how the page is mounted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from inspect import isgeneratorfunction
from typing import Any

import gradio as gr
from fastapi import FastAPI
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
from interviewer.web.account_page import account_line
from interviewer.web.assigned import Assigned
from interviewer.web.badge import Badges
from interviewer.web.class_handlers import ClassHandlers
from interviewer.web.class_screens import ClassScreens
from interviewer.web.classes_tab import ClassesWiring, classes_labels
from interviewer.web.controls import AWAY_SECONDS, NO_INTERVIEW, Controls
from interviewer.web.grader_settings import GraderActions
from interviewer.web.grader_tab import GraderWiring
from interviewer.web.handlers import PageHandlers
from interviewer.web.history import listing, wished_count
from interviewer.web.identity import Owners
from interviewer.web.import_handlers import Importer
from interviewer.web.import_tab import ImportWiring
from interviewer.web.job_preparation import JobPreparation
from interviewer.web.page_input import Page, in_own_thread, language_of, sanitized, zone_of
from interviewer.web.page_output import no_interim_app
from interviewer.web.practice import PracticeHandlers
from interviewer.web.prepare_tab import PrepareWiring
from interviewer.web.records_wiring import RecordsWiring
from interviewer.web.rendering import (
    Updates,
    bank_choices,
    chosen_bank,
    count_choice,
    draw,
    draw_today,
    labels,
    merged,
    start_values,
)
from interviewer.web.start_choices import StartChoices
from interviewer.web.theme import css, page_script, script, theme
from interviewer.web.view_model import Screen, View
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
        everything = c.all()
        arrived = self._on(self.demo.load, self._arrive, [c.remembered], everything)
        arrived.then(None, language, None, js=script("arrived"), api_visibility="private")
        self._on(
            language.input, self._speak, [language, c.remembered, c.start.bank, c.start.language_chosen], everything
        )
        language.input(None, language, None, js=script("remember_language"), api_visibility="private")
        self._connect_start()
        self._connect_play()
        RecordsWiring(c, handlers, self.owners, self._owner, self._address).connect(self._on, language)
        if c.classes and handlers.assigned:
            screens = ClassScreens(handlers.service, handlers.library, handlers.assigned.access, handlers.badges)
            ClassesWiring(c.classes, ClassHandlers(screens), self._owner, self._address).connect(self._on, language)
        c.questions.connect(self._on, self._search, language)
        grader = GraderActions(handlers.models, handlers.library, self.speech)
        GraderWiring(c.grader, grader, self._owner).connect(self._on, language)
        drawn = [*self.drawn, c.start.bank, c.start.topics, c.start.count, c.start.choose, c.tabs]
        ImportWiring(c.importing, self.importer, self._owner, self._practise).connect(self._on, language, drawn)
        PrepareWiring(c.preparing, self.job, self._owner).connect(self._on, language, c.tabs)

    @property
    def drawn(self) -> list[Any]:
        """What an interview decides of the page, and what there is to do where there is none."""
        drawn = draw(self.c, View(Screen.START, Language.EN, clear=True))
        return [*drawn, self.c.start.today, self.c.start.practise]

    def _connect_start(self) -> None:
        c, start = self.c, self.c.start
        form = [
            start.bank, start.topics, start.count, start.order, start.language, start.mode, start.probes, start.hints,
            start.manner, start.answer_seconds,
        ]  # fmt: skip
        today = self._on(start.practise.click, self._practise_today, [c.page_language], self.drawn)
        self._script(today, "focus_answer")
        begun = self._on(start.button.click, self._begin, [c.page_language, *form], self.drawn)
        self._script(begun, "focus_answer")
        self._on(start.bank.input, self._choose_bank, [start.bank, c.page_language], [start.topics, start.count])
        self._on(start.topics.change, self._choose_topics, [*form[:3], c.page_language], [start.count])
        start.language.input(None, None, start.language_chosen, js="() => 'yes'", api_visibility="private")
        start.mode.input(None, start.mode, start.probes, js="mode => mode === 'interview'", api_visibility="private")
        self._on(
            start.mode.input, lambda mode: gr.update(visible=mode == "interview"), [start.mode], [start.answer_seconds]
        )

    def _connect_play(self) -> None:
        c, play, handlers, drawn = self.c, self.c.play, self.handlers, self.drawn
        here = [c.remembered, c.place, c.page_language]
        said = [c.remembered, c.place, play.answer, c.page_language]
        for trigger in (play.answer.submit, play.send.click):
            self._script(self._on(trigger, self._sending(handlers.answer), [*said, c.spoken], drawn), "focus_next")
        self._script(self._on(play.clarify.click, self._sending(handlers.ask), said, drawn), "focus_next")
        for button, does in (
            (play.hint, handlers.hint),
            (play.repeat, handlers.repeat),
            (play.next, handlers.move_on),
            (play.undo_skip, handlers.undo_skip),
        ):
            self._script(self._on(button.click, self._drawing(does), here, drawn), "focus_answer")
        self._script(self._on(play.retry.click, self._retry, said, drawn), "focus_answer")
        self._script(self._on(play.skip.click, self._drawing(handlers.skip), here, drawn), "focus_next")
        asked = self._on(play.end.click, lambda: gr.update(visible=True), [], [play.ending])
        self._script(asked, "show_ending")
        self._on(play.end_no.click, lambda: gr.update(visible=False), [], [play.ending])
        ended = self._on(play.end_yes.click, self._drawing(handlers.end), here, drawn)
        ended.then(None, None, None, js="() => window.scrollTo(0, 0)", api_visibility="private")
        for button in (play.regrade, c.report.regrade):
            self._on(button.click, self._drawing(handlers.regrade), here, drawn)
        changed = [*drawn, c.importing.own, c.start.bank, c.start.topics, c.start.count, c.listing, c.tabs]
        # Gradio would drop one that comes while another is under way.
        self._on(c.ask.click, self._act, [c.remembered, c.asked, c.page_language], changed, trigger_mode="multiple")
        for button in (play.leave, c.report.new):
            self._on(button.click, self._leave, [c.page_language], drawn)
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
        """Bind a handler the way all events of the page are bound; `waits`: it may have to wait for a model's server.

        Gradio would check choices against what it remembers of a page, which a restart forgets; ours are checked where
        they are used.
        """
        # Asked for and answered by one request, which any replica can answer; only what comes in parts, or takes long,
        # goes through the queue of one process.
        in_parts = waits or isgeneratorfunction(handler)
        options = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None, **more}
        handler = in_own_thread(sanitized(handler)) if waits else sanitized(handler)
        return trigger(handler, inputs, outputs, preprocess=False, queue=in_parts, **options)

    def _script(self, event: Any, name: str) -> None:
        event.then(None, None, None, js=script(name), api_visibility="private")

    def _owner(self, request: gr.Request) -> str:
        owner = self.owners.of(dict(request.cookies))
        if owner is None:
            raise gr.Error(say("app.no_cookie", language_of(request)), print_exception=False)
        return owner

    def _library(self, request: gr.Request) -> BankLibrary:
        return self.handlers.library.of(self._owner(request))

    def _drawing(self, step: Callable[..., View]) -> Callable[..., Updates]:
        def handler(interview: str, place: str, language: str, request: gr.Request) -> Updates:
            return self._draw(step(self._owner(request), interview, place, Language(language)), request)

        return handler

    def _arrive(self, remembered: str | None, request: gr.Request) -> Updates:
        language, owner = language_of(request), self._owner(request)
        asked = str(dict(request.query_params).get("interview") or remembered or NO_INTERVIEW)
        view = self.handlers.arrive(owner, "" if asked == NO_INTERVIEW else asked, language)
        # Whoever is quick with the tab finds the list there, although the tab's own event came before the page was ready.
        wish = str(dict(request.query_params).get("list", ""))
        listed: Updates = {self.c.listing: listing(self.handlers.service, owner, language, wished_count(wish))}
        if wish:
            listed[self.c.tabs] = gr.update(selected="interviews")
        start = start_values(self.c, self._library(request), language)
        return merged(self._labels(language, request), start, self._draw(view, request), listed)

    def _speak(self, language: str, remembered: str | None, bank: str, is_chosen: str, request: gr.Request) -> Updates:
        c, chosen, owner = self.c, Language(language), self._owner(request)
        is_open = remembered and remembered != NO_INTERVIEW
        shown = self.handlers.look(owner, str(remembered), chosen) if is_open else View(Screen.START, chosen)
        drawn = self._draw(shown, request) if is_open else self._home(request, chosen)
        listed = {c.listing: listing(self.handlers.service, owner, chosen), c.link_text: gr.update(visible=False)}
        asked = {} if is_chosen else {c.start.language: gr.update(value=language)}
        topics = bank_choices(c, self._library(request), bank, chosen)
        return merged(self._labels(chosen, request), topics, drawn, listed, asked)

    def _leave(self, language: str, request: gr.Request) -> Updates:
        # The box is for the next interview; the browser keeps what was typed into it for this one.
        return self._draw(View(Screen.START, Language(language), clear=True), request)

    def _draw(self, view: View, request: gr.Request) -> Updates:
        """The view on the page; where no interview is shown, with what is worth doing."""
        drawn = draw(self.c, view)
        return drawn | self._home(request, view.language) if view.screen is Screen.START and not view.is_away else drawn

    def _home(self, request: gr.Request, language: Language) -> Updates:
        owner, zone = self._owner(request), zone_of(request)
        try:
            today, tasks = self.handlers.today(owner, zone), self.handlers.tasks(owner, zone, language)
            model = self.handlers.models.choice(owner).title
        except StoreError:
            return {}  # what keeps the page from being read is told where something is asked of it
        return draw_today(self.c, today, language, model, tasks)

    def _labels(self, language: Language, request: gr.Request) -> Updates:
        told = labels(self.c, self._library(request), language, may_import=self.importer.is_open)
        who = account_line(self.owners, dict(request.cookies), language)
        told |= classes_labels(self.c.classes, self.handlers.assigned, self._owner(request), language)
        return told | {self.c.play.voice: voice_controls(self.speech, language), self.c.account: who}

    def _practise(self, owner: str, bank: str, language: Language) -> Updates:
        """The start form with this bank chosen, on the tab where interviews are played."""
        c, library = self.c, self.handlers.library.of(owner)
        unfolded = {c.tabs: gr.update(selected="practice"), c.start.choose: gr.update(open=True)}
        return merged(draw(c, View(Screen.START, language)), chosen_bank(c, library, bank, language), unfolded)

    def _begin(self, request: gr.Request, language: str, *form: Any) -> Updates:
        return self._draw(self.handlers.start(self._owner(request), StartChoices(*form), Language(language)), request)

    def _practise_today(self, language: str, request: gr.Request) -> Updates:
        owner, zone = self._owner(request), zone_of(request)
        return self._draw(self.handlers.practise_today(owner, Language(language), zone), request)

    def _choose_bank(self, bank: str, language: str, request: gr.Request) -> Updates:
        return bank_choices(self.c, self._library(request), bank, Language(language)) or gr.skip()

    def _choose_topics(
        self, bank: str, topics: list[str], count: float | None, language: str, request: gr.Request
    ) -> Updates:
        return count_choice(self.c, self._library(request), bank, topics, Language(language), count) or gr.skip()

    def _sending(self, say: Callable[..., View]) -> Callable[..., Updates]:
        def handler(request: gr.Request, interview: str, place: str, text: str, language: str, *spoken: str) -> Updates:
            return self._draw(say(self._owner(request), interview, place, text, Language(language), *spoken), request)

        return handler

    def _retry(self, interview: str, place: str, typed: str, language: str, request: gr.Request) -> Updates:
        view = self.handlers.retry(self._owner(request), interview, place, Language(language))
        # What stands in the box and is not sent goes before what was said the last time.
        return self._draw(replace(view, prefill="") if typed.strip() else view, request)

    def _tick(self, interview: str, place: str, language: str, pace: float, request: gr.Request) -> Updates:
        """Grades and follow-ups that have come in meanwhile, without touching what is being typed."""
        c, asked = self.c, "" if interview == NO_INTERVIEW else interview
        view = self.handlers.look(self._owner(request), asked, Language(language))
        if view.place != place or not view.polls or view.notice or pace == AWAY_SECONDS:
            return self._draw(view, request)
        return {c.play.card: view.card, c.report.report: view.report}

    def _act(self, interview: str, asked: str, language: str, request: gr.Request) -> Updates:
        owner, spoken = self._owner(request), Language(language)
        asked, problem = self.handlers.practice.keep_notes(owner, asked, spoken)
        if not asked:
            return {self.c.notice: gr.update(value=problem, visible=True)} if problem else {self.c.tabs: gr.skip()}
        if (banks := self.importer.of(owner).change_banks(asked, spoken)) is not None:
            return {self.c.importing.own: banks, **chosen_bank(self.c, self._library(request), None, spoken)}
        told = self.handlers.practice.change_list(owner, asked, spoken)
        if told is not None:
            return {self.c.listing: str(told) + listing(self.handlers.service, owner, spoken)}
        view = self.handlers.act(owner, "" if interview == NO_INTERVIEW else interview, asked, spoken)
        goes_on = {self.c.tabs: gr.update(selected="practice")} if view.interview not in ("", interview) else {}
        return self._draw(view, request) | goes_on

    def _search(self, words: str, state: str, language: str, request: gr.Request) -> str:
        owner, zone = self._owner(request), zone_of(request)
        return self.handlers.practice.questions(owner, words, state, zone, Language(language))

    def _address(self, request: gr.Request) -> str:
        """Where this page is: its host is the one it was asked for, which the guard has checked."""
        return self.root_path or f"http://{request.headers.get('host', '')}"
