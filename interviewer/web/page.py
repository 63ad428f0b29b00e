"""The Gradio page: what each control is wired to, and how the page is mounted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from fastapi import FastAPI

from interviewer.banks.loader import Library
from interviewer.domain.rubric import Language
from interviewer.presentation.markup import escaped
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.service import SessionService
from interviewer.settings import Settings
from interviewer.text.messages import say
from interviewer.web import theme
from interviewer.web.badge import Badges
from interviewer.web.controls import NO_INTERVIEW, Controls, lay_out
from interviewer.web.grader_settings import Clinic
from interviewer.web.grader_tab import GraderWiring
from interviewer.web.handlers import Choices, Desk
from interviewer.web.history import listing, wished_count
from interviewer.web.identity import Owners
from interviewer.web.import_handlers import Importer
from interviewer.web.import_tab import ImportWiring
from interviewer.web.rendering import Updates, bank_choices, count_choice, draw, labels, merged, start_values
from interviewer.web.server import preferred_language
from interviewer.web.uploads import Uploads
from interviewer.web.view_model import Screen, View
from interviewer.wiring import known_measurements

_MOST_THREADS = 100


def mount(
    app: FastAPI,
    settings: Settings,
    service: SessionService,
    library: Library,
    owners: Owners,
    models: GraderRegistry,
    uploads: Uploads,
) -> None:
    """Put the page on the application, with everything closed that it does not need."""
    demo = _build(
        Desk(service, library, models, Badges(models, known_measurements(settings))), owners, settings, uploads
    )
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
        theme=theme.theme(),
        css=theme.CSS,
        js=theme.SCRIPT,
    )


def _build(desk: Desk, owners: Owners, settings: Settings, uploads: Uploads) -> gr.Blocks:
    # A bank is for everybody at the page, so only where all of them are at this machine may it be imported there.
    folder = settings.import_folder if settings.is_for_this_machine else None
    importer = Importer(desk.library, desk.models, uploads, folder)
    with gr.Blocks(
        title="Mock interviewer · 模拟面试官", analytics_enabled=False, fill_width=False, delete_cache=(3600, 86400)
    ) as demo:
        controls = lay_out(desk.models.options, may_import=folder is not None)
        _Wiring(demo, controls, desk, owners, importer, settings.root_path).connect()
    return demo  # type: ignore[no-any-return]


@dataclass(frozen=True)
class _Wiring:
    """Connects controls to what they do. Every event is private and checks whose interview it is."""

    demo: gr.Blocks
    c: Controls
    desk: Desk
    owners: Owners
    importer: Importer
    root_path: str

    def connect(self) -> None:
        c = self.c
        arrived = self._on(self.demo.load, self._arrive, [c.remembered])
        arrived.then(None, c.page_language, None, js=theme.ARRIVED, api_visibility="private")
        self._on(c.page_language.input, self._speak, [c.page_language, c.remembered, c.start.bank])
        c.page_language.input(None, c.page_language, None, js=theme.REMEMBER_LANGUAGE, api_visibility="private")
        self._connect_start()
        self._connect_play()
        self._connect_records()
        clinic = Clinic(self.desk.models, self.desk.library)
        GraderWiring(c.grader, clinic, self._owner).connect(self._on, c.page_language)
        ImportWiring(c.importing, self.importer, self._owner, self._practise).connect(self._on, c.page_language)

    def _connect_start(self) -> None:
        c, start = self.c, self.c.start
        form = [
            start.bank,
            start.topics,
            start.count,
            start.order,
            start.language,
            start.mode,
            start.probes,
            start.hints,
        ]
        self._script(self._on(start.button.click, self._begin, [c.page_language, *form]), theme.FOCUS_ANSWER)
        self._on(start.bank.input, self._choose_bank, [start.bank, c.page_language])
        self._on(start.topics.change, self._choose_topics, [start.bank, start.topics, start.count, c.page_language])
        start.mode.input(None, start.mode, start.probes, js=theme.PROBES_OF_MODE, api_visibility="private")

    def _connect_play(self) -> None:
        c, play, report, desk = self.c, self.c.play, self.c.report, self.desk
        here = [c.remembered, c.place, c.page_language]
        for trigger in (play.answer.submit, play.send.click):
            sent = self._on(trigger, self._send, [c.remembered, c.place, play.answer, c.page_language])
            self._script(sent, theme.FOCUS_NEXT)
        for button, does in (
            (play.hint, desk.hint),
            (play.repeat, desk.repeat),
            (play.retry, desk.retry),
            (play.next, desk.move_on),
        ):
            self._script(self._on(button.click, self._drawing(does), here), theme.FOCUS_ANSWER)
        self._script(self._on(play.skip.click, self._drawing_all(desk.skip), here), theme.FOCUS_NEXT)
        asked = self._on(play.end.click, lambda: {play.ending: gr.update(visible=True)}, [])
        self._script(asked, theme.SHOW_ENDING)
        self._on(play.end_no.click, lambda: {play.ending: gr.update(visible=False)}, [])
        ended = self._on(play.end_yes.click, self._drawing_all(desk.end), here)
        self._script(ended, "() => window.scrollTo(0, 0)")
        for button in (play.regrade, report.regrade):
            self._on(button.click, self._drawing_all(desk.regrade), here)
        self._on(play.object.click, self._object, [c.remembered, play.criterion, play.quote, c.page_language])
        for button in (play.leave, report.new):
            self._on(button.click, lambda language: draw(c, View(Screen.START, Language(language))), [c.page_language])
        self._on(c.ticker.tick, self._tick, here)

    def _connect_records(self) -> None:
        c = self.c
        for trigger in (c.records.select, c.refresh.click):
            self._on(trigger, self._list, [c.page_language])
        self._on(c.regrade.click, self._regrade, [c.page_language])
        self._on(c.link.click, self._link, [c.page_language])

    def _on(self, trigger: Callable[..., Any], handler: Callable[..., Any], inputs: list[Any], **more: Any) -> Any:
        options = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None, **more}
        return trigger(handler, inputs, self.c.all(), **options)

    def _script(self, event: Any, script: str) -> None:
        event.then(None, None, None, js=script, api_visibility="private")

    def _owner(self, request: gr.Request) -> str:
        owner = self.owners.of(dict(request.cookies))
        if owner is None:
            raise gr.Error("This browser has no cookie of this page; reload it. 请刷新页面。", print_exception=False)
        return owner

    def _drawing(self, step: Callable[..., View]) -> Callable[..., Updates]:
        def handler(interview: str, place: str, language: str, request: gr.Request) -> Updates:
            return draw(self.c, step(self._owner(request), interview, place, Language(language)))

        return handler

    def _drawing_all(self, steps: Callable[..., Iterator[View]]) -> Callable[..., Iterator[Updates]]:
        def handler(interview: str, place: str, language: str, request: gr.Request) -> Iterator[Updates]:
            for view in steps(self._owner(request), interview, place, Language(language)):
                yield draw(self.c, view)

        return handler

    def _arrive(self, remembered: str, request: gr.Request) -> Updates:
        chosen = dict(request.cookies).get("lang", "")
        language = preferred_language(chosen, request.headers.get("accept-language", ""))
        asked = str(dict(request.query_params).get("interview") or remembered)
        owner = self._owner(request)
        view = self.desk.arrive(owner, "" if asked == NO_INTERVIEW else asked, language)
        library = self.desk.library
        # Whoever is quick with the tab finds the list there, although the tab's own event came before the page was ready.
        wish = str(dict(request.query_params).get("list", ""))
        listed: Updates = {self.c.listing: listing(self.desk.service, owner, language, wished_count(wish))}
        if wish:
            listed[self.c.tabs] = gr.update(selected="interviews")
        return merged(self._labels(language), start_values(self.c, library, language), draw(self.c, view), listed)

    def _speak(self, language: str, remembered: str, bank: str, request: gr.Request) -> Updates:
        c, chosen, owner = self.c, Language(language), self._owner(request)
        drawn = draw(c, self.desk.look(owner, remembered, chosen)) if remembered != NO_INTERVIEW else {}
        listed = {c.listing: listing(self.desk.service, owner, chosen), c.link_text: gr.update(visible=False)}
        library = self.desk.library
        return merged(self._labels(chosen), bank_choices(c, library, bank, chosen), drawn, listed)

    def _labels(self, language: Language) -> Updates:
        return labels(self.c, self.desk.library, language, may_import=self.importer.folder is not None)

    def _practise(self, bank: str, language: Language) -> Updates:
        """The start form with this bank chosen, on the tab where interviews are played."""
        c, library = self.c, self.desk.library
        banks = [(found.title.into(language), found.id) for found in library.banks()]
        chosen = {c.start.bank: gr.update(choices=banks, value=bank), c.tabs: gr.update(selected="practice")}
        return merged(draw(c, View(Screen.START, language)), bank_choices(c, library, bank, language), chosen)

    def _begin(
        self,
        page_language: str,
        bank: str,
        topics: list[str],
        count: float | None,
        order: str,
        language: str,
        mode: str,
        probes: bool,
        hints: bool,
        request: gr.Request,
    ) -> Updates:
        choices = Choices(bank, topics, count, order, language, mode, probes, hints)
        return draw(self.c, self.desk.start(self._owner(request), choices, Language(page_language)))

    def _choose_bank(self, bank: str, language: str) -> Updates:
        return bank_choices(self.c, self.desk.library, bank, Language(language))

    def _choose_topics(self, bank: str, topics: list[str], count: float | None, language: str) -> Updates:
        return count_choice(self.c, self.desk.library, bank, topics, Language(language), count)

    def _send(self, interview: str, place: str, text: str, language: str, request: gr.Request) -> Iterator[Updates]:
        for view in self.desk.answer(self._owner(request), interview, place, text, Language(language)):
            yield draw(self.c, view)

    def _tick(self, interview: str, place: str, language: str, request: gr.Request) -> Updates:
        """Grades and follow-ups that have come in meanwhile, without touching what is being typed."""
        c, view = self.c, self.desk.look(self._owner(request), interview, Language(language))
        if view.screen is Screen.START:
            return {}  # it cannot be read just now: the next tick asks again
        if view.place != place or not view.polls:
            return draw(c, view)
        return {c.play.card: view.card, c.report.report: view.report, c.ticker: gr.Timer(active=view.polls)}

    def _object(self, interview: str, criterion: str, quote: str, language: str, request: gr.Request) -> Updates:
        view, kept = self.desk.contest(self._owner(request), interview, criterion, quote, Language(language))
        notice = {self.c.play.contest_notice: f'<div role="status">{view.notice}</div>'}
        return draw(self.c, replace(view, notice="")) | notice | ({self.c.play.quote: ""} if kept else {})

    def _list(self, language: str, request: gr.Request) -> Updates:
        return {self.c.listing: listing(self.desk.service, self._owner(request), Language(language))}

    def _regrade(self, language: str, request: gr.Request) -> Updates:
        """Grade whatever of this owner has no grade, and list the interviews anew."""
        owner, spoken = self._owner(request), Language(language)
        graded, left = self.desk.regrade_all(owner, spoken)
        done = say("list.regraded", spoken, count=graded)
        done += " " + say("list.regrading", spoken, count=left) if left else ""
        return {self.c.listing: f'<p role="status">{done}</p>' + listing(self.desk.service, owner, spoken)}

    def _link(self, language: str, request: gr.Request) -> Updates:
        """A link for another browser. Its host is the one this page was asked for, which the guard has checked."""
        base = self.root_path or f"http://{request.headers.get('host', '')}"
        address = escaped(f"{base}/enter/{self.owners.link(self._owner(request))}")
        text = f"<p>{say('list.link_info', Language(language))}</p><p><code>{address}</code></p>"
        return {self.c.link_text: gr.update(value=text, visible=True)}
