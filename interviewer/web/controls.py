"""The controls of the page and where they stand, each with its words and with what it shows of an interview."""

import time
from functools import partial
from typing import Any

import gradio as gr
from gradio.blocks import Block

from interviewer.domain.interview import InterviewerStyle, Mode, Order
from interviewer.domain.language import Language
from interviewer.presentation.templating import inline, render
from interviewer.sessions.grader_choice import GraderOptions
from interviewer.text.messages import say
from interviewer.web.classes_tab import ClassesTab
from interviewer.web.components import button, choices, hidden, hidden_button, html, showing, worded
from interviewer.web.grader_tab import GraderTab
from interviewer.web.import_tab import ImportTab
from interviewer.web.prepare_tab import PrepareTab
from interviewer.web.questions_tab import QuestionsTab
from interviewer.web.records_tab import RecordsTab
from interviewer.web.start_choices import ANSWER_SECONDS
from interviewer.web.view_model import Screen

DEFAULT_COUNT = 5

# How often a page asks that waits for a grade, and one that waits for the database.
POLL_SECONDS = 0.7
AWAY_SECONDS = 2.0

# Not a secret: it is in every visitor's page. It only has to stay the same, or the browser forgets its interview.
_BROWSER_KEY = "the-id-of-an-interview"

# What the browser remembers when there is no interview: it would not store an empty text over an older id.
NO_INTERVIEW = "none"

# The page's script reckons by the server's clock, which need not be that of the visitor's machine.
_HEAD = '<h1 data-now="{{ now }}">{{ say("app.title") }}</h1><p>{{ say("app.tagline") }}</p>'


class Controls:
    """Everything on the page; whoever makes one lays it out."""

    def __init__(self, offer: GraderOptions, *, may_import: bool, has_accounts: bool) -> None:
        remembered = gr.BrowserState(NO_INTERVIEW, storage_key="interview", secret=_BROWSER_KEY)
        self.remembered = showing(remembered, value=lambda view: view.interview or NO_INTERVIEW)
        self.place = showing(hidden("place"), value="place")
        # What the buttons on a card ask for comes through these two; the page's script fills in the one and presses the other.
        self.asked, self.ask = hidden("asked"), hidden_button("ask")
        # What was said aloud for the answer, as the page's script fills it in.
        self.spoken = hidden("spoken")
        self.ticker = showing(
            gr.Timer(POLL_SECONDS, active=False),
            value=lambda view: AWAY_SECONDS if view.is_away else POLL_SECONDS,
            active="polls",
        )
        with gr.Row(elem_id="head"):
            self.head = worded(html("title"), value=lambda language: inline(_HEAD, language, now=time.time()))
            languages = [("中文", "zh"), ("English", "en")]
            radio = gr.Radio(languages, value="en", elem_id="language", min_width=200, scale=0)
            self.page_language = worded(radio, "app.language", value=str)
        self.notice = showing(
            html("notice", visible=False),
            value=lambda view: render("notice.html", view.language, view=view),
            visible=lambda view: bool(view.notice),
        )
        with gr.Tabs(overflow_behavior="wrap") as self.tabs:
            with worded(gr.Tab("·", id="practice"), "tab.practice") as self.practice:
                self.start, self.play, self.report = StartForm(), PlayArea(), ReportArea()
            self.records = RecordsTab(may_link=not has_accounts)
            self.questions = QuestionsTab()
            self.importing = ImportTab(is_allowed=may_import, is_site=has_accounts)
            self.grader = GraderTab(offer)
            self.preparing = PrepareTab(may_save=may_import and not has_accounts)
            self.classes = ClassesTab() if has_accounts else None
        self.account = html("account")

    @property
    def all(self) -> list[Any]:
        """Every component, for the events that say all of it anew."""
        own = [one for one in vars(self).values() if one is not None]
        parts = [one for one in own if not isinstance(one, Block)]
        inner = [one for part in parts for one in vars(part).values() if isinstance(one, Block)]
        return [one for one in own if isinstance(one, Block)] + inner

    @property
    def of_interview(self) -> list[Any]:
        """What an interview decides of the page, and what there is to do where there is none."""
        shown = [one for one in self.all if hasattr(one, "shows")]
        return [*shown, self.play.answer, self.start.today, self.start.practise]

    @property
    def bank_choice(self) -> list[Any]:
        """What the banks that there are decide of the start form."""
        return [self.start.bank, self.start.topics, self.start.count]


def _limits(language: Language) -> list[tuple[str, int]]:
    return [
        (say("start.minutes", language, count=seconds // 60) if seconds else say("start.no_limit", language), seconds)
        for seconds in ANSWER_SECONDS
    ]


class StartForm:
    def __init__(self) -> None:
        column = gr.Column(visible=False, elem_id="start")
        with showing(column, visible=lambda view: view.screen is Screen.START) as self.group:
            self.today = html("today")
            self.practise = gr.Button(variant="primary", elem_id="practise-today")
            self.title = html()
            with worded(gr.Accordion("·", open=False, elem_id="choose"), "today.choose") as self.choose, gr.Column():
                self._lay_out_choices()

    def _lay_out_choices(self) -> None:
        self.bank = worded(gr.Dropdown([], elem_id="bank"), "start.bank")
        self.topics = worded(gr.CheckboxGroup([], elem_id="topics"), "start.topics")
        with gr.Row():
            self.count = worded(gr.Number(DEFAULT_COUNT, elem_id="count"), "start.count")
            order = gr.Radio(list(Order), value=Order.BANK, elem_id="order")
            self.order = worded(order, "start.order", choices=choices("order", Order))
        # Says that the visitor chose it; until then it follows the language of the page.
        self.language_chosen = hidden("question-language-chosen")
        spoken = choices("language", Language)
        language = gr.Radio(list(Language), elem_id="question-language")
        self.language = worded(language, "start.language", choices=spoken, info="start.language_info")
        mode = gr.Radio(list(Mode), value=Mode.COACH, elem_id="mode")
        self.mode = worded(mode, "start.mode", choices=choices("mode", Mode))
        seconds = gr.Radio([0], value=0, visible=False, elem_id="answer-seconds")
        self.answer_seconds = worded(seconds, "start.answer_seconds", choices=_limits)
        manner = gr.Radio(list(InterviewerStyle), value=InterviewerStyle.NEUTRAL, elem_id="manner")
        self.manner = worded(manner, "start.manner", choices=choices("manner", InterviewerStyle))
        with gr.Row():
            self.probes = worded(gr.Checkbox(value=False, elem_id="probes"), "start.probes")
            self.hints = worded(gr.Checkbox(value=True, elem_id="hints"), "start.hints")
        self.button = button("begin", "start.button", variant="primary")


class PlayArea:
    def __init__(self) -> None:
        column = gr.Column(visible=False, elem_id="play")
        with showing(column, visible=lambda view: view.screen is Screen.PLAY) as self.group:
            self.progress = showing(html("progress"), value="progress")
            with gr.Row(elem_id="stage"):
                with gr.Column(scale=2, min_width=300):
                    self.chat = showing(html("chat"), value="chat")
                    self._lay_out_answer()
                    self._lay_out_end()
                side = gr.Column(scale=3, min_width=300, elem_id="side")
                with showing(side, visible=lambda view: bool(view.card)) as self.side:
                    self._lay_out_card()

    def _lay_out_answer(self) -> None:
        with showing(gr.Column(elem_id="answering"), visible="may_answer") as self.answering:
            # One line to begin with: only then does Enter send and Shift+Enter break the line.
            answer = gr.Textbox(lines=1, max_lines=8, elem_id="answer")
            self.answer = worded(answer, "play.answer", placeholder="play.placeholder")
            self.voice = html("voice")
            with gr.Row():
                self.send = button("send", "play.send", variant="primary", min_width=90)
                self.hint = showing(button("hint", "play.hint", min_width=70), interactive="may_hint")
                self.repeat = button("repeat", "play.repeat", min_width=70)
                self.skip = button("skip", "play.skip", min_width=70)
                self.clarify = button("clarify", "play.ask", min_width=70)
            undo = button("undo-skip", "play.undo_skip", visible=False, size="sm")
            self.undo_skip = showing(undo, visible="may_undo_skip")

    def _lay_out_end(self) -> None:
        self.keys = worded(html("keys"), value=partial(render, "keys.html"))
        with gr.Row():
            self.end = button("end", "play.end", size="sm", min_width=90)
            self.leave = button("leave", "play.leave", size="sm", min_width=90)
        with showing(gr.Row(visible=False, elem_id="ending"), visible=lambda _: False) as self.ending:
            self.end_sure = worded(html(), value=partial(inline, '<p>{{ say("play.end_sure") }}</p>'))
            self.end_yes = button("end-yes", "play.end_yes", variant="primary", size="sm", min_width=90)
            self.end_no = button("end-no", "play.end_no", size="sm", min_width=90)

    def _lay_out_card(self) -> None:
        self.card = showing(html("card"), value="card")
        with showing(gr.Row(visible=False, elem_id="reviewing"), visible="is_reviewing") as self.reviewing:
            self.retry = button("retry", "play.retry", min_width=90)
            after = gr.Button(variant="primary", elem_id="next", min_width=90)
            key = {True: "play.finish", False: "play.next"}
            self.next = showing(after, value=lambda view: say(key[view.is_last], view.language))
        again = button("regrade", "play.regrade", visible=False)
        self.regrade = showing(again, visible=lambda view: view.has_failures and view.is_reviewing)


class ReportArea:
    def __init__(self) -> None:
        column = gr.Column(visible=False, elem_id="result")
        with showing(column, visible=lambda view: view.screen is Screen.REPORT) as self.group:
            self.report = showing(html("report"), value="report")
            self.regrade = showing(button("regrade-all", "report.regrade", visible=False), visible="has_failures")
            self.new = button("new", "play.new", variant="primary")
