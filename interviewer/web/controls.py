"""The controls of the page and where they stand; still without words, which come in the visitor's language."""

from typing import Any

import gradio as gr
from gradio.blocks import Block

from interviewer.domain.interview import InterviewerStyle, Mode, Order
from interviewer.domain.language import Language
from interviewer.sessions.grader_choice import GraderOptions
from interviewer.web.classes_tab import ClassesTab
from interviewer.web.grader_tab import GraderTab
from interviewer.web.import_tab import ImportTab
from interviewer.web.prepare_tab import PrepareTab
from interviewer.web.questions_tab import QuestionsTab

DEFAULT_COUNT = 5

# How often a page asks that waits for a grade, and one that waits for the database.
POLL_SECONDS = 0.7
AWAY_SECONDS = 2.0

# Not a secret: it is in every visitor's page. It only has to stay the same, or the browser forgets its interview.
_BROWSER_KEY = "the-id-of-an-interview"

# What the browser remembers when there is no interview: it would not store an empty text over an older id.
NO_INTERVIEW = "none"


class Controls:
    """Everything on the page; whoever makes one lays it out."""

    def __init__(self, offer: GraderOptions, *, may_import: bool, has_accounts: bool) -> None:
        self.remembered = gr.BrowserState(NO_INTERVIEW, storage_key="interview", secret=_BROWSER_KEY)
        self.place = gr.Textbox(visible="hidden", elem_id="place", show_label=False)
        # What the buttons on a card ask for comes through these two; the page's script fills in the one and presses the other.
        self.asked = gr.Textbox(visible="hidden", elem_id="asked", show_label=False)
        self.ask = gr.Button(visible="hidden", elem_id="ask")
        # What was said aloud for the answer, as the page's script fills it in.
        self.spoken = gr.Textbox(visible="hidden", elem_id="spoken", show_label=False)
        self.ticker = gr.Timer(POLL_SECONDS, active=False)
        with gr.Row(elem_id="head"):
            self.head = html(elem_id="title")
            self.page_language = gr.Radio(
                [("中文", "zh"), ("English", "en")], value="en", elem_id="language", min_width=200, scale=0
            )
        self.notice = html(visible=False, elem_id="notice")
        with gr.Tabs(overflow_behavior="wrap") as self.tabs:
            with gr.Tab("·", id="practice") as self.practice:
                self.start, self.play, self.report = StartForm(), PlayArea(), ReportArea()
            with gr.Tab("··", id="interviews") as self.records:
                self.progress = html(elem_id="progress-page")
                self.words = gr.Textbox(max_lines=1, elem_id="interview-words")
                self.listing = html(elem_id="interviews")
                with gr.Row():
                    self.refresh = gr.Button(size="sm", elem_id="refresh")
                    self.regrade = gr.Button(size="sm", elem_id="regrade-everything")
                    self.link = gr.Button(size="sm", elem_id="link", visible=not has_accounts)
                self.link_text = html(visible=False, elem_id="link-text")
            self.questions = QuestionsTab()
            self.importing = ImportTab(is_allowed=may_import)
            self.grader = GraderTab(offer)
            self.preparing = PrepareTab(may_save=may_import and not has_accounts)
            self.classes = ClassesTab() if has_accounts else None
        self.account = html(elem_id="account")

    def all(self) -> list[Any]:
        """Every component, for the events that say all of it anew."""
        parts = [
            self.start, self.play, self.report, self.questions, self.importing, self.preparing, self.grader,
            *([self.classes] if self.classes else []),
        ]  # fmt: skip
        plain = [control for control in vars(self).values() if control is not None and control not in parts]
        return plain + [one for part in parts for one in vars(part).values() if isinstance(one, Block)]


class StartForm:
    """The start form."""

    def __init__(self) -> None:
        with gr.Column(visible=False, elem_id="start") as self.group:
            self.today = html(elem_id="today")
            self.practise = gr.Button(variant="primary", elem_id="practise-today")
            self.title = html()
            with gr.Accordion("·", open=False, elem_id="choose") as self.choose:
                self._lay_out_choices()

    def _lay_out_choices(self) -> None:
        with gr.Column():
            self.bank = gr.Dropdown([], elem_id="bank")
            self.topics = gr.CheckboxGroup([], elem_id="topics")
            with gr.Row():
                self.count = gr.Number(DEFAULT_COUNT, elem_id="count")
                self.order = gr.Radio([order.value for order in Order], value=Order.BANK, elem_id="order")
            # Says that the visitor chose it; until then it follows the language of the page.
            self.language_chosen = gr.Textbox(visible="hidden", elem_id="question-language-chosen", show_label=False)
            self.language = gr.Radio([language.value for language in Language], elem_id="question-language")
            self.mode = gr.Radio([mode.value for mode in Mode], value=Mode.COACH, elem_id="mode")
            self.answer_seconds = gr.Radio([0], value=0, visible=False, elem_id="answer-seconds")
            self.manner = gr.Radio(
                [manner.value for manner in InterviewerStyle], value=InterviewerStyle.NEUTRAL, elem_id="manner"
            )
            with gr.Row():
                self.probes = gr.Checkbox(value=False, elem_id="probes")
                self.hints = gr.Checkbox(value=True, elem_id="hints")
            self.button = gr.Button(variant="primary", elem_id="begin")


class PlayArea:
    """An interview under way."""

    def __init__(self) -> None:
        with gr.Column(visible=False, elem_id="play") as self.group:
            self.progress = html(elem_id="progress")
            with gr.Row(elem_id="stage"):
                with gr.Column(scale=2, min_width=300):
                    self.chat = html(elem_id="chat")
                    self._lay_out_answer()
                    self._lay_out_end()
                with gr.Column(scale=3, min_width=300, elem_id="side") as self.side:
                    self._lay_out_card()

    def _lay_out_answer(self) -> None:
        with gr.Column(elem_id="answering") as self.answering:
            # One line to begin with: only then does Enter send and Shift+Enter break the line.
            self.answer = gr.Textbox(lines=1, max_lines=8, elem_id="answer")
            self.voice = html(elem_id="voice")
            with gr.Row():
                self.send = gr.Button(variant="primary", elem_id="send", min_width=90)
                self.hint = gr.Button(elem_id="hint", min_width=70)
                self.repeat = gr.Button(elem_id="repeat", min_width=70)
                self.skip = gr.Button(elem_id="skip", min_width=70)
                self.clarify = gr.Button(elem_id="clarify", min_width=70)
            self.undo_skip = gr.Button(visible=False, size="sm", elem_id="undo-skip")

    def _lay_out_end(self) -> None:
        self.keys = html(elem_id="keys")
        with gr.Row():
            self.end = gr.Button(size="sm", elem_id="end", min_width=90)
            self.leave = gr.Button(size="sm", elem_id="leave", min_width=90)
        with gr.Row(visible=False, elem_id="ending") as self.ending:
            self.end_sure = html()
            self.end_yes = gr.Button(variant="primary", size="sm", elem_id="end-yes", min_width=90)
            self.end_no = gr.Button(size="sm", elem_id="end-no", min_width=90)

    def _lay_out_card(self) -> None:
        self.card = html(elem_id="card")
        with gr.Row(visible=False, elem_id="reviewing") as self.reviewing:
            self.retry = gr.Button(elem_id="retry", min_width=90)
            self.next = gr.Button(variant="primary", elem_id="next", min_width=90)
        self.regrade = gr.Button(visible=False, elem_id="regrade")


class ReportArea:
    """An interview that is over."""

    def __init__(self) -> None:
        with gr.Column(visible=False, elem_id="result") as self.group:
            self.report = html(elem_id="report")
            self.regrade = gr.Button(visible=False, elem_id="regrade-all")
            self.new = gr.Button(variant="primary", elem_id="new")


def html(**options: Any) -> gr.HTML:
    return gr.HTML(apply_default_css=False, **options)
