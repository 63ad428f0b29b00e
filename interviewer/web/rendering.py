"""How a view, a language and the start form's choices look on the controls."""

from functools import reduce

import gradio as gr

from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.presentation.practice_pages import begin_label, today_card
from interviewer.presentation.templating import inline
from interviewer.sessions.due_questions import Today
from interviewer.text.messages import say
from interviewer.web.components import shown_by, words_of
from interviewer.web.controls import DEFAULT_COUNT, Controls
from interviewer.web.page_output import Updates
from interviewer.web.view_model import View

_START_TITLE = """{% if not has_banks %}<p role="alert">{{ say("start.no_banks") }}</p>{% endif %}
{% for error in broken %}<p>{{ error }}</p>{% endfor %}"""


def draw(c: Controls, view: View) -> Updates:
    """The view on the page. The answer box is emptied only when its text is on disk."""
    if view.is_away:  # what is on the page stays, above all what is being typed
        return shown_by([c.notice, c.ticker], view)
    updates = shown_by(c.all, view)
    if view.clear or view.prefill:
        updates[c.play.answer] = view.prefill
    return updates


def labels(c: Controls, library: BankLibrary, language: Language) -> Updates:
    banks, broken = _bank_choices(library, language), library.broken()
    title = inline(_START_TITLE, language, has_banks=bool(banks), broken=broken)
    return merged(words_of(c.all, language), {c.start.bank: gr.update(choices=banks), c.start.title: title})


def draw_today(c: Controls, today: Today, language: Language, grader: str, tasks: str) -> Updates:
    begin = gr.update(value=begin_label(today, language))
    return {c.start.today: tasks + today_card(today, language, grader), c.start.practise: begin}


def start_values(c: Controls, library: BankLibrary, language: Language) -> Updates:
    """The start form as a newcomer finds it: the first bank, asked in the language of the page."""
    if not library.banks():
        return {c.start.button: gr.update(interactive=False)}
    return chosen_bank(c, library, None, language) | {c.start.language: gr.update(value=str(language))}


def chosen_bank(c: Controls, library: BankLibrary, bank: str | None, language: Language) -> Updates:
    """The banks that there are now, with this one chosen, or the first one if there is no such bank."""
    chosen = _bank(library, bank) or next(iter(library.banks()), None)
    choices = _bank_choices(library, language)
    told = {c.start.bank: gr.update(choices=choices, value=chosen.id if chosen else None)}
    return told | topic_choices(c, library, chosen.id, language) if chosen else told


def topic_choices(c: Controls, library: BankLibrary, name: str, language: Language) -> Updates:
    if (bank := _bank(library, name)) is None:
        return {}
    topics = [(bank.topic_title(topic, language), topic) for topic in bank.used_topics]
    return {c.start.topics: gr.update(choices=topics, value=[]), **count_choice(c, library, name, [], language)}


def count_choice(
    c: Controls, library: BankLibrary, name: str, topics: list[str], language: Language, wanted: float | None = None
) -> Updates:
    """How many questions can be asked now; a number that was `wanted` stays as long as there are so many."""
    if (bank := _bank(library, name)) is None:
        return {}
    most = sum(not topics or question.topic in topics for question in bank.questions)
    count = min(int(wanted) if wanted and wanted >= 1 else DEFAULT_COUNT, most)
    return {c.start.count: gr.update(value=count, info=say("start.count_info", language, most=most))}


def _bank(library: BankLibrary, name: str | None) -> Bank | None:
    return next((bank for bank in library.banks() if bank.id == name), None)


def _bank_choices(library: BankLibrary, language: Language) -> list[tuple[str, str]]:
    return [(bank.title.into(language), bank.id) for bank in library.banks()]


def merged(*parts: Updates) -> Updates:
    """Updates of several origins as one; where two speak of a control, both are heard and the later one wins."""

    def both(whole: Updates, part: Updates) -> Updates:
        updates = {c: update if isinstance(update, dict) else gr.update(value=update) for c, update in part.items()}
        return whole | {c: {**whole.get(c, {}), **update} for c, update in updates.items()}

    return reduce(both, parts, {})
