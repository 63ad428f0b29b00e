"""How a view, a language and the start form's choices look on the controls."""

import time

import gradio as gr

from interviewer.banks.loader import BankLibrary
from interviewer.domain.interview import InterviewerStyle, Mode, Order
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.presentation.practice_pages import begin_label, today_card
from interviewer.presentation.templating import inline
from interviewer.sessions.due_questions import Today
from interviewer.text.messages import say
from interviewer.web.controls import AWAY_SECONDS, DEFAULT_COUNT, NO_INTERVIEW, POLL_SECONDS, Controls
from interviewer.web.grader_tab import grader_labels
from interviewer.web.import_tab import import_labels
from interviewer.web.page_output import Updates, worded
from interviewer.web.prepare_tab import prepare_labels
from interviewer.web.questions_tab import questions_labels
from interviewer.web.start_choices import ANSWER_SECONDS
from interviewer.web.view_model import Screen, View


def draw(c: Controls, view: View) -> Updates:
    """The view on the page. The answer box is emptied only when its text is on disk."""
    play, report, language = c.play, c.report, view.language
    if view.is_away:  # what is on the page stays, above all what is being typed
        return {
            c.notice: gr.update(value=_notice(view), visible=True),
            c.ticker: gr.update(value=AWAY_SECONDS, active=view.polls),
        }
    playing = view.screen is Screen.PLAY
    updates = {
        c.remembered: view.interview or NO_INTERVIEW,
        c.place: view.place,
        c.notice: gr.update(value=_notice(view), visible=bool(view.notice)),
        c.ticker: gr.update(value=POLL_SECONDS, active=view.polls),
        c.start.group: gr.update(visible=view.screen is Screen.START),
        play.group: gr.update(visible=playing),
        report.group: gr.update(visible=view.screen is Screen.REPORT),
        report.report: view.report,
        report.regrade: gr.update(visible=view.has_failures),
        play.progress: view.progress,
        play.chat: view.chat,
        play.answering: gr.update(visible=view.may_answer),
        play.hint: gr.update(interactive=view.may_hint),
        play.undo_skip: gr.update(visible=view.may_undo_skip),
        play.ending: gr.update(visible=False),
        play.side: gr.update(visible=bool(view.card)),
        play.card: view.card,
        play.reviewing: gr.update(visible=view.is_reviewing),
        play.next: say("play.finish" if view.is_last else "play.next", language),
        play.regrade: gr.update(visible=view.has_failures and view.is_reviewing),
    }
    if view.clear or view.prefill:
        updates[play.answer] = view.prefill
    return updates


_KEYS = """<p class="keys">{% for key, what in (("Ctrl+Enter", "send"), ("H", "hint"), ("N", "next"), ("R", "retry"), ("1–4", "rule")) %}
<kbd>{{ key }}</kbd> {{ say("keys." ~ what) }}{{ "" if loop.last else " · " }}{% endfor %}</p>"""

# The page's script reckons by the server's clock, which need not be that of the visitor's machine.
_HEAD = '<h1 data-now="{{ now }}">{{ say("app.title") }}</h1><p>{{ say("app.tagline") }}</p>'

_START_TITLE = """{% if not has_banks %}<p role="alert">{{ say("start.no_banks") }}</p>{% endif %}
{% for error in broken %}<p>{{ error }}</p>{% endfor %}"""


def _notice(view: View) -> str:
    source = '<div role="alert">{{ notice }}{% if unsent %} {{ say("play.unsent") }}<pre class="unsent">{{ unsent }}</pre>{% endif %}</div>'
    return inline(source, view.language, notice=view.notice, unsent=view.unsent)


def labels(c: Controls, library: BankLibrary, language: Language, *, may_import: bool) -> Updates:
    """Every label in this language."""

    def choices(
        kind: str, values: type[Order] | type[Mode] | type[InterviewerStyle] | type[Language]
    ) -> list[tuple[str, str]]:
        return [(say(f"{kind}.{value}", language), str(value)) for value in values]

    start, play, report = c.start, c.play, c.report
    banks = [(bank.title.into(language), bank.id) for bank in library.banks()]
    limits = [
        (say("start.minutes", language, count=seconds // 60) if seconds else say("start.no_limit", language), seconds)
        for seconds in ANSWER_SECONDS
    ]
    broken = [error.into(language) for error in library.broken()]
    words = worded(
        {
            c.page_language: "app.language", c.words: "list.words", c.practice: "tab.practice",
            c.records: "tab.interviews", c.refresh: "list.refresh", c.regrade: "list.regrade", c.link: "list.link",
            start.choose: "today.choose", start.bank: "start.bank", start.topics: "start.topics",
            start.count: "start.count", start.order: "start.order", start.language: "start.language",
            start.mode: "start.mode", start.answer_seconds: "start.answer_seconds", start.manner: "start.manner",
            start.probes: "start.probes", start.hints: "start.hints", start.button: "start.button",
            play.answer: "play.answer", play.send: "play.send", play.clarify: "play.ask", play.hint: "play.hint",
            play.repeat: "play.repeat", play.skip: "play.skip", play.undo_skip: "play.undo_skip", play.end: "play.end",
            play.end_yes: "play.end_yes", play.end_no: "play.end_no", play.retry: "play.retry",
            play.regrade: "play.regrade", play.leave: "play.leave", report.regrade: "report.regrade",
            report.new: "play.new",
        },
        language,
    )  # fmt: skip
    words[c.page_language]["value"] = str(language)
    words[start.bank]["choices"] = banks
    words[start.order]["choices"] = choices("order", Order)
    words[start.language] |= {"choices": choices("language", Language), "info": say("start.language_info", language)}
    words[start.mode]["choices"] = choices("mode", Mode)
    words[start.answer_seconds]["choices"] = limits
    words[start.manner]["choices"] = choices("manner", InterviewerStyle)
    words[play.answer]["placeholder"] = say("play.placeholder", language)
    return {
        **words,
        c.head: inline(_HEAD, language, now=time.time()),
        **grader_labels(c.grader, language),
        **questions_labels(c.questions, language),
        **import_labels(c.importing, language, is_allowed=may_import, is_site=bool(c.classes)),
        **prepare_labels(c.preparing, language, may_save=may_import and not c.classes),
        start.title: inline(_START_TITLE, language, has_banks=bool(banks), broken=broken),
        play.keys: inline(_KEYS, language),
        play.end_sure: inline('<p>{{ say("play.end_sure") }}</p>', language),
    }


def draw_today(c: Controls, today: Today, language: Language, grader: str, tasks: str) -> Updates:
    """What is worth doing now, below what classes have assigned."""
    return {
        c.start.today: tasks + today_card(today, language, grader),
        c.start.practise: gr.update(value=begin_label(today, language)),
    }


def start_values(c: Controls, library: BankLibrary, language: Language) -> Updates:
    """The start form as a newcomer finds it: the first bank, asked in the language of the page."""
    banks = library.banks()
    if not banks:
        return {c.start.button: gr.update(interactive=False)}
    return merged(
        {c.start.bank: gr.update(value=banks[0].id), c.start.language: gr.update(value=str(language))},
        _choices_of(c, banks[0], language),
    )


def chosen_bank(c: Controls, library: BankLibrary, bank: str | None, language: Language) -> Updates:
    """The banks that there are now, with this one chosen, or the first one if there is no such bank."""
    banks = library.banks()
    chosen = next((found for found in banks if found.id == bank), banks[0] if banks else None)
    choices = [(found.title.into(language), found.id) for found in banks]
    told = {c.start.bank: gr.update(choices=choices, value=chosen.id if chosen else None)}
    return merged(told, _choices_of(c, chosen, language)) if chosen else told


def bank_choices(c: Controls, library: BankLibrary, name: str, language: Language) -> Updates:
    bank = _bank(library, name)
    return _choices_of(c, bank, language) if bank else {}


def count_choice(
    c: Controls, library: BankLibrary, name: str, topics: list[str], language: Language, wanted: float | None = None
) -> Updates:
    """How many questions can be asked now; a number that was `wanted` stays as long as there are so many."""
    bank = _bank(library, name)
    return _count_of(c, bank, topics, language, wanted) if bank else {}


def _bank(library: BankLibrary, name: str) -> Bank | None:
    return next((bank for bank in library.banks() if bank.id == name), None)


def _choices_of(c: Controls, bank: Bank, language: Language) -> Updates:
    topics = [(bank.topic_title(topic, language), topic) for topic in bank.used_topics]
    return {c.start.topics: gr.update(choices=topics, value=[]), **_count_of(c, bank, [], language)}


def _count_of(c: Controls, bank: Bank, topics: list[str], language: Language, wanted: float | None = None) -> Updates:
    most = sum(not topics or question.topic in topics for question in bank.questions)
    count = min(int(wanted) if wanted and wanted >= 1 else DEFAULT_COUNT, most)
    return {c.start.count: gr.update(value=count, info=say("start.count_info", language, most=most))}


def merged(*parts: Updates) -> Updates:
    """Updates of several origins as one; where two speak of a control, both are heard and the later one wins."""
    whole: Updates = {}
    for part in parts:
        for control, update in part.items():
            more = update if isinstance(update, dict) else gr.update(value=update)
            whole[control] = {**whole.get(control, {}), **more}
    return whole
