"""The controls of the page and where they stand; still without words, which come in the visitor's language."""

from dataclasses import dataclass, fields
from typing import Any

import gradio as gr

from interviewer.domain.interview import Mode, Order
from interviewer.domain.rubric import Language
from interviewer.sessions.grader_registry import GraderOptions
from interviewer.web.grader_tab import GraderTab, lay_out_grader
from interviewer.web.import_tab import ImportTab, lay_out_import

DEFAULT_COUNT = 5
_POLL_SECONDS = 0.7

# Not a secret: it is in every visitor's page. It only has to stay the same, or the browser forgets its interview.
_BROWSER_KEY = "the-id-of-an-interview"

# What the browser remembers when there is no interview: it would not store an empty text over an older id.
NO_INTERVIEW = "none"


@dataclass(frozen=True, slots=True)
class StartForm:
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
class PlayArea:
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
    contest_notice: gr.HTML
    leave: gr.Button


@dataclass(frozen=True, slots=True)
class ReportArea:
    """An interview that is over."""

    group: gr.Column
    report: gr.HTML
    regrade: gr.Button
    new: gr.Button


@dataclass(frozen=True, slots=True)
class Controls:
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
    start: StartForm
    play: PlayArea
    report: ReportArea
    grader: GraderTab
    importing: ImportTab
    tabs: gr.Tabs
    regrade: gr.Button

    def all(self) -> list[Any]:
        """Every component: any handler may draw on any of them."""
        plain = [getattr(self, f.name) for f in fields(self) if f.name not in _PARTS]
        parts = (getattr(self, name) for name in _PARTS)
        return plain + [getattr(part, f.name) for part in parts for f in fields(part)]


_PARTS = ("start", "play", "report", "grader", "importing")


def lay_out(offer: GraderOptions, *, may_import: bool) -> Controls:
    """All controls, still without words: those come with the first event, in the visitor's language."""
    remembered = gr.BrowserState(NO_INTERVIEW, storage_key="interview", secret=_BROWSER_KEY)
    place = gr.Textbox(visible="hidden", elem_id="place", show_label=False)
    ticker = gr.Timer(_POLL_SECONDS, active=False)
    with gr.Row(elem_id="head"):
        head = gr.HTML(elem_id="title", apply_default_css=False)
        page_language = gr.Radio(
            [("中文", "zh"), ("English", "en")], value="en", elem_id="language", min_width=230, scale=0
        )
    notice = gr.HTML(visible=False, elem_id="notice", apply_default_css=False)
    with gr.Tabs(overflow_behavior="wrap") as tabs:
        with gr.Tab("·", id="practice") as practice:
            start, play, report = _lay_out_start(), _lay_out_play(), _lay_out_report()
        with gr.Tab("··", id="interviews") as records:
            listing = gr.HTML(elem_id="interviews", apply_default_css=False)
            with gr.Row():
                refresh = gr.Button(size="sm", elem_id="refresh")
                regrade = gr.Button(size="sm", elem_id="regrade-everything")
                link = gr.Button(size="sm", elem_id="link")
            link_text = gr.HTML(visible=False, elem_id="link-text", apply_default_css=False)
        importing = lay_out_import(is_allowed=may_import)
        grader = lay_out_grader(offer)
    return Controls(
        head, page_language, notice, practice, records, listing, refresh, link, link_text, remembered, place, ticker,
        start, play, report, grader, importing, tabs, regrade)  # fmt: skip


def _lay_out_start() -> StartForm:
    with gr.Column(visible=False, elem_id="start") as group:
        title = gr.HTML(apply_default_css=False)
        bank = gr.Dropdown([], elem_id="bank")
        topics = gr.CheckboxGroup([], elem_id="topics")
        with gr.Row():
            count = gr.Number(DEFAULT_COUNT, elem_id="count")
            order = gr.Radio([order.value for order in Order], value=Order.BANK, elem_id="order")
        language = gr.Radio([language.value for language in Language], elem_id="question-language")
        mode = gr.Radio([mode.value for mode in Mode], value=Mode.COACH, elem_id="mode")
        with gr.Row():
            probes = gr.Checkbox(value=False, elem_id="probes")
            hints = gr.Checkbox(value=True, elem_id="hints")
        button = gr.Button(variant="primary", elem_id="begin")
    return StartForm(group, title, bank, topics, count, order, language, mode, probes, hints, button)


def _lay_out_play() -> PlayArea:
    with gr.Column(visible=False, elem_id="play") as group:
        progress = gr.HTML(elem_id="progress", apply_default_css=False)
        with gr.Row(elem_id="stage"):
            with gr.Column(scale=3, min_width=300):
                chat = gr.HTML(elem_id="chat", apply_default_css=False)
                with gr.Column(elem_id="answering") as answering:
                    # One line to begin with: only then does Enter send and Shift+Enter break the line.
                    answer = gr.Textbox(lines=1, max_lines=8, elem_id="answer")
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
                    end_yes = gr.Button(variant="primary", size="sm", elem_id="end-yes", min_width=90)
                    end_no = gr.Button(size="sm", elem_id="end-no", min_width=90)
            with gr.Column(scale=2, min_width=300, elem_id="side") as side:
                card = gr.HTML(elem_id="card", apply_default_css=False)
                with gr.Row(visible=False, elem_id="reviewing") as reviewing:
                    retry = gr.Button(elem_id="retry", min_width=90)
                    following = gr.Button(variant="primary", elem_id="next", min_width=90)
                regrade = gr.Button(visible=False, elem_id="regrade")
                with gr.Accordion("·", open=False, visible=False, elem_id="contest") as contest:
                    criterion = gr.Dropdown([], elem_id="criterion")
                    quote = gr.Textbox(lines=1, max_lines=4, elem_id="quote")
                    objection = gr.Button(elem_id="object")
                    contest_notice = gr.HTML(elem_id="contest-notice", apply_default_css=False)
    return PlayArea(
        group, progress, chat, answering, answer, send, hint, repeat, skip, end, ending, end_sure, end_yes, end_no,
        side, card, reviewing, retry, following, regrade, contest, criterion, quote, objection, contest_notice, leave,
    )  # fmt: skip


def _lay_out_report() -> ReportArea:
    with gr.Column(visible=False, elem_id="result") as group:
        report = gr.HTML(elem_id="report", apply_default_css=False)
        regrade = gr.Button(visible=False, elem_id="regrade-all")
        new = gr.Button(variant="primary", elem_id="new")
    return ReportArea(group, report, regrade, new)
