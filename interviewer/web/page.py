"""The Gradio page: its controls, what each is wired to, and how a view is drawn on them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr
from fastapi import FastAPI

from interviewer.interview import Mode, Order
from interviewer.library import Library
from interviewer.markup import escaped
from interviewer.rubric import Bank, Language
from interviewer.session import LONGEST_ANSWER, Stage
from interviewer.settings import Settings
from interviewer.web import look
from interviewer.web.owner import Owners
from interviewer.web.play import Choices, Desk, Screen, View
from interviewer.web.server import preferred_language
from interviewer.words import say

_DEFAULT_COUNT = 5
_MOST_THREADS = 100
_POLL_SECONDS = 2.0

# Not a secret: it is in every visitor's page. It only has to stay the same, or the browser forgets its interview.
_BROWSER_SECRET = "the-id-of-an-interview"

_Updates = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class _Start:
    """The start form."""

    group: gr.Column
    title: gr.HTML
    bank: gr.Dropdown
    topics: gr.CheckboxGroup
    count: gr.Number
    order: gr.Radio
    language: gr.Radio
    mode: gr.Radio
    probes: gr.Checkbox
    hints: gr.Checkbox
    button: gr.Button


@dataclass(frozen=True, slots=True)
class _Play:
    """An interview under way."""

    group: gr.Column
    progress: gr.HTML
    chat: gr.HTML
    answering: gr.Column
    answer: gr.Textbox
    send: gr.Button
    hint: gr.Button
    repeat: gr.Button
    skip: gr.Button
    end: gr.Button
    ending: gr.Row
    end_sure: gr.HTML
    end_yes: gr.Button
    end_no: gr.Button
    side: gr.Column
    card: gr.HTML
    reviewing: gr.Row
    retry: gr.Button
    next: gr.Button
    regrade: gr.Button
    contest: gr.Accordion
    criterion: gr.Dropdown
    quote: gr.Textbox
    object: gr.Button
    leave: gr.Button


@dataclass(frozen=True, slots=True)
class _Report:
    """An interview that is over."""

    group: gr.Column
    report: gr.HTML
    regrade: gr.Button
    new: gr.Button


@dataclass(frozen=True, slots=True)
class _Controls:
    """Everything on the page."""

    head: gr.HTML
    page_language: gr.Radio
    notice: gr.HTML
    practice: gr.Tab
    records: gr.Tab
    listing: gr.HTML
    refresh: gr.Button
    link: gr.Button
    link_text: gr.HTML
    remembered: gr.BrowserState
    place: gr.Textbox
    ticker: gr.Timer
    start: _Start
    play: _Play
    report: _Report

    def all(self) -> list[Any]:
        """Every component: any handler may draw on any of them."""
        plain = [getattr(self, f.name) for f in fields(self) if f.name not in ("start", "play", "report")]
        parts = (self.start, self.play, self.report)
        return plain + [getattr(part, f.name) for part in parts for f in fields(part)]


def mount(app: FastAPI, settings: Settings, stage: Stage, library: Library, owners: Owners) -> None:
    """Put the page on the application, with everything closed that it does not need."""
    demo = _build(Desk(stage, library), owners, settings)
    demo.max_threads = _MOST_THREADS
    demo.queue(default_concurrency_limit=None, api_open=False)
    gr.mount_gradio_app(
        app,
        demo,
        path="/",
        footer_links=["settings"],
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
        theme=look.theme(),
        css=look.CSS,
        js=look.SCRIPT,
    )


def _build(desk: Desk, owners: Owners, settings: Settings) -> gr.Blocks:
    with gr.Blocks(
        title="Mock interviewer · 模拟面试官", analytics_enabled=False, fill_width=False, delete_cache=(3600, 86400)
    ) as demo:
        controls = _lay_out(desk.library)
        _wire(demo, controls, desk, owners, settings)
    return demo


def _lay_out(library: Library) -> _Controls:
    """All controls, still without words: those come with the first event, in the visitor's language."""
    remembered = gr.BrowserState("", storage_key="interview", secret=_BROWSER_SECRET)
    place = gr.Textbox(visible="hidden", elem_id="place", show_label=False)
    ticker = gr.Timer(_POLL_SECONDS, active=False)
    with gr.Row(elem_id="head"):
        head = gr.HTML(elem_id="title", apply_default_css=False)
        page_language = gr.Radio(
            [("中文", "zh"), ("English", "en")], value="en", elem_id="language", min_width=230, scale=0
        )
    notice = gr.HTML(visible=False, elem_id="notice", apply_default_css=False)
    with gr.Tabs():
        with gr.Tab("·", id="practice") as practice:
            start, play, report = _lay_out_start(library), _lay_out_play(), _lay_out_report()
        with gr.Tab("··", id="interviews") as records:
            listing = gr.HTML(elem_id="interviews", apply_default_css=False)
            with gr.Row():
                refresh = gr.Button(size="sm", elem_id="refresh")
                link = gr.Button(size="sm", elem_id="link")
            link_text = gr.HTML(visible=False, elem_id="link-text", apply_default_css=False)
    return _Controls(
        head, page_language, notice, practice, records, listing, refresh, link, link_text, remembered, place, ticker,
        start, play, report,
    )  # fmt: skip


def _lay_out_start(library: Library) -> _Start:
    with gr.Column(visible=False, elem_id="start") as group:
        title = gr.HTML(apply_default_css=False)
        bank = gr.Dropdown([bank.id for bank in library.banks()], elem_id="bank")
        topics = gr.CheckboxGroup([], elem_id="topics")
        with gr.Row():
            count = gr.Number(_DEFAULT_COUNT, precision=0, minimum=1, elem_id="count")
            order = gr.Radio([order.value for order in Order], value=Order.BANK, elem_id="order")
        language = gr.Radio([language.value for language in Language], elem_id="question-language")
        mode = gr.Radio([mode.value for mode in Mode], value=Mode.COACH, elem_id="mode")
        with gr.Row():
            probes = gr.Checkbox(value=False, elem_id="probes")
            hints = gr.Checkbox(value=True, elem_id="hints")
        button = gr.Button(variant="primary", elem_id="begin")
    return _Start(group, title, bank, topics, count, order, language, mode, probes, hints, button)


def _lay_out_play() -> _Play:
    with gr.Column(visible=False, elem_id="play") as group:
        progress = gr.HTML(elem_id="progress", apply_default_css=False)
        with gr.Row(elem_id="stage"):
            with gr.Column(scale=3, min_width=300):
                chat = gr.HTML(elem_id="chat", apply_default_css=False)
                with gr.Column(elem_id="answering") as answering:
                    # One line to begin with: only then does Enter send and Shift+Enter break the line.
                    answer = gr.Textbox(lines=1, max_lines=8, elem_id="answer", max_length=LONGEST_ANSWER + 1)
                    with gr.Row():
                        send = gr.Button(variant="primary", elem_id="send", min_width=90)
                        hint = gr.Button(elem_id="hint", min_width=70)
                        repeat = gr.Button(elem_id="repeat", min_width=70)
                        skip = gr.Button(elem_id="skip", min_width=70)
                with gr.Row():
                    end = gr.Button(size="sm", elem_id="end", min_width=90)
                    leave = gr.Button(size="sm", elem_id="leave", min_width=90)
                with gr.Row(visible=False, elem_id="ending") as ending:
                    end_sure = gr.HTML(apply_default_css=False)
                    end_yes = gr.Button(variant="stop", size="sm", elem_id="end-yes", min_width=90)
                    end_no = gr.Button(size="sm", elem_id="end-no", min_width=90)
            with gr.Column(scale=2, min_width=300, elem_id="side") as side:
                card = gr.HTML(elem_id="card", apply_default_css=False)
                with gr.Row(visible=False) as reviewing:
                    retry = gr.Button(elem_id="retry", min_width=90)
                    following = gr.Button(variant="primary", elem_id="next", min_width=90)
                regrade = gr.Button(visible=False, elem_id="regrade")
                with gr.Accordion("·", open=False, visible=False, elem_id="contest") as contest:
                    criterion = gr.Dropdown([], elem_id="criterion")
                    quote = gr.Textbox(lines=1, max_lines=4, elem_id="quote")
                    objection = gr.Button(elem_id="object")
    return _Play(
        group, progress, chat, answering, answer, send, hint, repeat, skip, end, ending, end_sure, end_yes, end_no,
        side, card, reviewing, retry, following, regrade, contest, criterion, quote, objection, leave,
    )  # fmt: skip


def _lay_out_report() -> _Report:
    with gr.Column(visible=False, elem_id="result") as group:
        report = gr.HTML(elem_id="report", apply_default_css=False)
        regrade = gr.Button(visible=False, elem_id="regrade-all")
        new = gr.Button(variant="primary", elem_id="new")
    return _Report(group, report, regrade, new)


def _wire(demo: gr.Blocks, controls: _Controls, desk: Desk, owners: Owners, settings: Settings) -> None:
    """Every event is private, hidden from run history, and checks whose interview it is."""
    c, start, play, report = controls, controls.start, controls.play, controls.report
    everything = c.all()

    def owner_of(request: gr.Request) -> str:
        owner = owners.of(dict(request.cookies))
        if owner is None:
            raise gr.Error("This browser has no cookie of this page; reload it. 请刷新页面。", print_exception=False)
        return owner

    def on(trigger: Callable[..., Any], handler: Callable[..., Any], inputs: list[Any], **options: Any) -> Any:
        return trigger(
            handler, inputs, everything, api_visibility="private", show_progress="hidden", concurrency_limit=None, **options
        )

    def arrive(remembered: str, request: gr.Request) -> _Updates:
        headers = request.headers
        language = preferred_language(dict(request.cookies).get("lang", ""), headers.get("accept-language", ""))
        asked = dict(request.query_params).get("interview") or remembered
        view = desk.arrive(owner_of(request), str(asked or ""), language)
        return _merged(_words(c, desk.library, language), _start_values(c, desk.library, language), _draw(c, view))

    def speak(language: str, remembered: str, bank: str, request: gr.Request) -> _Updates:
        chosen = Language(language)
        drawn = _draw(c, desk.look(owner_of(request), remembered, chosen)) if remembered else {}
        listed = {c.listing: desk.listing(owner_of(request), chosen), c.link_text: gr.update(visible=False)}
        return _merged(_words(c, desk.library, chosen), _bank_choices(c, desk.library, bank, chosen), drawn, listed)

    def begin(
        page_language: str, bank: str, topics: list[str], count: float | None, order: str, language: str, mode: str,
        probes: bool, hints: bool, request: gr.Request,
    ) -> _Updates:  # fmt: skip
        choices = Choices(bank, topics, count, order, language, mode, probes, hints)
        return _draw(c, desk.start(owner_of(request), choices, Language(page_language)))

    def send(interview: str, place: str, text: str, language: str, request: gr.Request) -> Iterator[_Updates]:
        for view in desk.answer(owner_of(request), interview, place, text, Language(language)):
            yield _draw(c, view)

    def drawing(step: Callable[..., View]) -> Callable[..., _Updates]:
        def handler(interview: str, place: str, language: str, request: gr.Request) -> _Updates:
            return _draw(c, step(owner_of(request), interview, place, Language(language)))

        return handler

    def drawing_all(steps: Callable[..., Iterator[View]]) -> Callable[..., Iterator[_Updates]]:
        def handler(interview: str, place: str, language: str, request: gr.Request) -> Iterator[_Updates]:
            for view in steps(owner_of(request), interview, place, Language(language)):
                yield _draw(c, view)

        return handler

    def regrade(interview: str, _: str, language: str, request: gr.Request) -> Iterator[_Updates]:
        for view in desk.regrade(owner_of(request), interview, Language(language)):
            yield _draw(c, view)

    def tick(interview: str, _: str, language: str, request: gr.Request) -> _Updates:
        view = desk.look(owner_of(request), interview, Language(language))
        return {
            play.card: view.card,
            report.report: view.report,
            c.ticker: gr.Timer(active=view.is_waiting and not view.may_answer),
        }

    def object_to(interview: str, criterion: str, quote: str, language: str, request: gr.Request) -> _Updates:
        view, kept = desk.contest(owner_of(request), interview, criterion, quote, Language(language))
        return _draw(c, view) | ({play.quote: ""} if kept else {})

    def leave(language: str) -> _Updates:
        return _draw(c, View(Screen.START, Language(language)))

    def list_all(language: str, request: gr.Request) -> _Updates:
        return {c.listing: desk.listing(owner_of(request), Language(language))}

    def give_link(language: str, request: gr.Request) -> _Updates:
        token = owners.link(owner_of(request))
        base = settings.root_path or str(request.request.base_url).rstrip("/")
        info = say("list.link_info", Language(language))
        return {c.link_text: gr.update(value=f"<p>{info}</p><p><code>{base}/enter/{token}</code></p>", visible=True)}

    here = [c.remembered, c.place, c.page_language]
    on(demo.load, arrive, [c.remembered]).then(None, c.page_language, None, js=look.ARRIVED, api_visibility="private")
    on(c.page_language.input, speak, [c.page_language, c.remembered, start.bank])
    c.page_language.input(None, c.page_language, None, js=look.REMEMBER_LANGUAGE, api_visibility="private")

    form = [start.bank, start.topics, start.count, start.order, start.language, start.mode, start.probes, start.hints]
    begun = on(start.button.click, begin, [c.page_language, *form])
    on(start.bank.input, lambda bank, language: _bank_choices(c, desk.library, bank, Language(language)),
       [start.bank, c.page_language])  # fmt: skip
    on(start.topics.change, lambda bank, topics, language: _count_choice(c, desk.library, bank, topics, Language(language)),
       [start.bank, start.topics, c.page_language])  # fmt: skip
    on(start.mode.input, lambda mode: {start.probes: mode == Mode.INTERVIEW}, [start.mode])

    answering = [c.remembered, c.place, play.answer, c.page_language]
    sent = [on(trigger, send, answering) for trigger in (play.answer.submit, play.send.click)]
    hinted = on(play.hint.click, drawing(desk.hint), here)
    repeated = on(play.repeat.click, drawing(desk.repeat), here)
    retried = on(play.retry.click, drawing(desk.retry), here)
    moved = on(play.next.click, drawing(desk.move_on), here)
    skipped = on(play.skip.click, drawing_all(desk.skip), here)
    ended = on(play.end_yes.click, drawing_all(desk.end), here)
    for event in (begun, hinted, repeated, retried, moved):
        event.then(None, None, None, js=look.FOCUS_ANSWER, api_visibility="private")
    for event in (*sent, skipped):
        event.then(None, None, None, js=look.FOCUS_NEXT, api_visibility="private")
    on(play.end.click, lambda: {play.ending: gr.update(visible=True)}, [])
    on(play.end_no.click, lambda: {play.ending: gr.update(visible=False)}, [])
    ended.then(None, None, None, js="() => window.scrollTo(0, 0)", api_visibility="private")
    on(play.regrade.click, regrade, here)
    on(report.regrade.click, regrade, here)
    on(play.object.click, object_to, [c.remembered, play.criterion, play.quote, c.page_language])
    on(play.leave.click, leave, [c.page_language])
    on(report.new.click, leave, [c.page_language])
    on(c.ticker.tick, tick, here)
    on(c.records.select, list_all, [c.page_language])
    on(c.refresh.click, list_all, [c.page_language])
    on(c.link.click, give_link, [c.page_language])


def _draw(c: _Controls, view: View) -> _Updates:
    """The view on the page. The answer box is emptied only when its text is on disk."""
    play, report, language = c.play, c.report, view.language
    playing = view.screen is Screen.PLAY
    updates = {
        c.remembered: view.interview,
        c.place: view.place,
        c.notice: gr.update(value=f'<div role="alert">{view.notice}</div>', visible=bool(view.notice)),
        c.ticker: gr.Timer(active=view.is_waiting and not view.may_answer),
        c.start.group: gr.update(visible=view.screen is Screen.START),
        play.group: gr.update(visible=playing),
        report.group: gr.update(visible=view.screen is Screen.REPORT),
        report.report: view.report,
        report.regrade: gr.update(visible=view.has_failures),
        play.progress: f'<p role="status">{view.progress}</p>',
        play.chat: view.chat,
        play.answering: gr.update(visible=view.may_answer),
        play.hint: gr.update(interactive=view.may_hint),
        play.ending: gr.update(visible=False),
        play.side: gr.update(visible=view.is_coach),
        play.card: view.card or f'<p class="quiet">{say("play.card_empty", language)}</p>',
        play.reviewing: gr.update(visible=view.is_reviewing),
        play.next: say("play.finish" if view.is_last else "play.next", language),
        play.regrade: gr.update(visible=view.has_failures and view.is_reviewing),
        play.contest: gr.update(visible=view.is_reviewing and bool(view.points)),
        play.criterion: gr.update(choices=list(view.points), value=view.points[0][1] if view.points else None),
    }
    if view.clear:
        updates[play.answer] = ""
    return updates


def _words(c: _Controls, library: Library, language: Language) -> _Updates:
    """Every label in this language."""

    def label(key: str, **more: Any) -> Any:
        return gr.update(label=say(key, language), **more)

    def choices(kind: str, values: type[Order] | type[Mode] | type[Language]) -> list[tuple[str, str]]:
        return [(say(f"{kind}.{value}", language), str(value)) for value in values]

    start, play, report = c.start, c.play, c.report
    banks = [(bank.title.into(language), bank.id) for bank in library.banks()]
    broken = "".join(f"<p>{escaped(str(error))}</p>" for error in library.broken())
    start_title = f"<h2>{say('start.title', language)}</h2>"
    if not banks:
        start_title += f'<p role="alert">{say("start.no_banks", language)}</p>'
    buttons = {
        c.refresh: "list.refresh", c.link: "list.link", start.button: "start.button", play.send: "play.send",
        play.hint: "play.hint", play.repeat: "play.repeat", play.skip: "play.skip", play.end: "play.end",
        play.end_yes: "play.end_yes", play.end_no: "play.end_no", play.retry: "play.retry", play.regrade: "play.regrade",
        play.object: "contest.button", play.leave: "play.leave", report.regrade: "report.regrade", report.new: "play.new",
    }  # fmt: skip
    return {
        **{button: say(key, language) for button, key in buttons.items()},
        c.head: f"<h1>{say('app.title', language)}</h1><p>{say('app.tagline', language)}</p>",
        c.page_language: label("app.language", value=str(language)),
        c.practice: label("tab.practice"),
        c.records: label("tab.interviews"),
        start.title: start_title + broken,
        start.bank: label("start.bank", choices=banks),
        start.topics: label("start.topics"),
        start.count: label("start.count"),
        start.order: label("start.order", choices=choices("order", Order)),
        start.language: label(
            "start.language", choices=choices("language", Language), info=say("start.language_info", language)
        ),
        start.mode: label("start.mode", choices=choices("mode", Mode)),
        start.probes: label("start.probes"),
        start.hints: label("start.hints"),
        play.answer: label("play.answer", placeholder=say("play.placeholder", language)),
        play.end_sure: f"<p>{say('play.end_sure', language)}</p>",
        play.contest: label("contest.title"),
        play.criterion: label("contest.criterion"),
        play.quote: label("contest.quote", info=say("contest.quote_info", language)),
    }


def _start_values(c: _Controls, library: Library, language: Language) -> _Updates:
    """The start form as a newcomer finds it: the first bank, asked in the language of the page."""
    banks = library.banks()
    if not banks:
        return {c.start.button: gr.update(interactive=False)}
    return _merged(
        {c.start.bank: gr.update(value=banks[0].id), c.start.language: gr.update(value=str(language))},
        _bank_choices(c, library, banks[0].id, language),
    )


def _bank_choices(c: _Controls, library: Library, bank: str, language: Language) -> _Updates:
    found = _bank(library, bank)
    if found is None:
        return {}
    topics = [(found.topic_title(topic, language), topic) for topic in found.used_topics]
    return {
        c.start.topics: gr.update(choices=topics, value=[]),
        **_count_choice(c, library, bank, [], language),
    }


def _count_choice(c: _Controls, library: Library, bank: str, topics: list[str], language: Language) -> _Updates:
    found = _bank(library, bank)
    if found is None:
        return {}
    most = sum(not topics or question.topic in topics for question in found.questions)
    return {
        c.start.count: gr.update(
            maximum=most,
            value=min(_DEFAULT_COUNT, most),
            info=say("start.count_info", language, most=most),
        )
    }


def _bank(library: Library, name: str) -> Bank | None:
    return next((bank for bank in library.banks() if bank.id == name), None)


def _merged(*parts: _Updates) -> _Updates:
    """Updates of several origins as one; where two speak of a control, both are heard and the later one wins."""
    merged: _Updates = {}
    for part in parts:
        for control, update in part.items():
            whole = update if isinstance(update, dict) else gr.update(value=update)
            merged[control] = {**merged.get(control, {}), **whole}
    return merged
