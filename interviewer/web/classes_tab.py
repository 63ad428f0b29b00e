"""The tab for coaches: its controls, and what they are wired to. Others never see it, and it is not there where nobody signs in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from interviewer.domain.language import Language
from interviewer.errors import StoreError
from interviewer.text.messages import say
from interviewer.web.assigned import Assigned
from interviewer.web.class_handlers import ClassHandlers, ClassView
from interviewer.web.page_input import Visit
from interviewer.web.page_output import Updates


class ClassesTab:
    """The controls. Forms and buttons within the page are sent by the page's script, which presses `ask`."""

    def __init__(self) -> None:
        with gr.Tab("·······", id="classes", visible=False) as self.tab:
            self.page = gr.HTML(elem_id="class-page", apply_default_css=False)
            self.where = gr.Textbox("", visible="hidden", show_label=False, elem_id="class-where")
            self.asked = gr.Textbox(visible="hidden", show_label=False, elem_id="class-asked")
            self.ask = gr.Button(visible="hidden", elem_id="class-ask")


def classes_labels(tab: ClassesTab | None, assigned: Assigned | None, owner: str, language: Language) -> Updates:
    """The tab by its name, for coaches."""
    if tab is None or assigned is None:
        return {}
    try:
        is_there = assigned.access.may_coach(owner)
    except StoreError:
        return {}  # what keeps the page from being read is told where something is asked of it
    return {tab.tab: gr.update(label=say("classes.title", language), visible=is_there)}


@dataclass(frozen=True)
class ClassesWiring:
    """Connects the tab to what it does."""

    tab: ClassesTab
    handlers: ClassHandlers

    def connect(self, on: Callable[..., Any], language: gr.Radio) -> None:
        """`on` binds a handler to a trigger the way all events of the page are bound."""
        tab, shown = self.tab, [self.tab.page, self.tab.where]
        for trigger in (tab.tab.select, language.input):
            on(trigger, self._show, [tab.where], shown)
        on(tab.ask.click, self._act, [tab.where, tab.asked], shown, trigger_mode="multiple")

    def _show(self, visit: Visit, where: str) -> Any:
        if not self.handlers.screens.access.may_coach(visit.owner):
            return gr.skip()
        return self._drawn(self.handlers.show(visit.owner, where or "", visit.address, visit.language))

    def _act(self, visit: Visit, where: str, asked: str) -> Updates:
        return self._drawn(self.handlers.act(visit.owner, where or "", asked, visit.address, visit.language))

    def _drawn(self, shown: ClassView) -> Updates:
        return {self.tab.page: shown.html, self.tab.where: shown.where}
