"""The tab for coaches: its controls, and what they are wired to. Others never see it, and it is not there where nobody signs in."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from interviewer.errors import StoreError
from interviewer.sessions.permissions import Access
from interviewer.text.messages import say
from interviewer.web.class_handlers import ClassHandlers
from interviewer.web.components import hidden, hidden_button, html
from interviewer.web.page_output import Updates
from interviewer.web.visit import Visit


class ClassesTab:
    """The controls. Forms and buttons within the page are sent by the page's script, which presses `ask`."""

    def __init__(self) -> None:
        with gr.Tab("·······", id="classes", visible=False) as self.tab:
            self.page, self.where = html("class-page"), hidden("class-where", "")
            self.asked, self.ask = hidden("class-asked"), hidden_button("class-ask")

    def labels(self, access: Access, visit: Visit) -> Updates:
        """The tab by its name, for coaches."""
        try:
            is_there = access.may_coach(visit.owner)
        except StoreError:
            return {}  # what keeps the page from being read is told where something is asked of it
        return {self.tab: gr.update(label=say("classes.title", visit.language), visible=is_there)}

    def connect(self, on: Callable[..., Any], handlers: ClassHandlers, language: gr.Radio) -> None:

        def show(visit: Visit, where: str) -> Any:
            may_coach = handlers.screens.access.may_coach(visit.owner)
            return handlers.show(visit, where) if may_coach else gr.skip()

        for trigger in (self.tab.select, language.input):
            on(trigger, show, [self.where], [self.page, self.where])
        on(self.ask.click, handlers.act, [self.where, self.asked], [self.page, self.where], trigger_mode="multiple")
