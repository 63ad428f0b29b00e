"""The tab with everything that was played: its controls, and what they are wired to."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from interviewer.web.components import button, html, worded
from interviewer.web.handlers import PageHandlers
from interviewer.web.history import link_told, listing, regraded
from interviewer.web.identity import Owners
from interviewer.web.visit import Visit


class RecordsTab:
    """The controls; where people have accounts, no link takes their interviews to another browser."""

    def __init__(self, *, may_link: bool) -> None:
        with worded(gr.Tab("··", id="interviews"), "tab.interviews") as self.tab:
            self.progress = html("progress-page")
            self.words = worded(gr.Textbox(max_lines=1, elem_id="interview-words"), "list.words")
            self.listing = html("interviews")
            with gr.Row():
                self.refresh = button("refresh", "list.refresh", size="sm")
                self.regrade = button("regrade-everything", "list.regrade", size="sm")
                self.link = button("link", "list.link", size="sm", visible=may_link)
            self.link_text = html("link-text", visible=False)

    def connect(self, on: Callable[..., Any], handlers: PageHandlers, owners: Owners) -> None:
        """`on` binds a handler to a trigger the way all events of the page are bound."""

        def find(visit: Visit, words: str) -> str:
            return listing(handlers.service, visit, words=words)

        def regrade(visit: Visit) -> str:
            return regraded(*handlers.regrade_all(visit), visit.language) + listing(handlers.service, visit)

        def link(visit: Visit) -> Any:
            told = link_told(f"{visit.address}/enter/{owners.link(visit.owner)}", visit.language)
            return gr.update(value=told, visible=True)

        for trigger in (self.tab.select, self.refresh.click):
            on(
                trigger,
                lambda visit, words: (handlers.practice.progress(visit), find(visit, words)),
                [self.words],
                [self.progress, self.listing],
            )
        # Not when the box is left: the list would be drawn anew under whoever is on the way to one of its buttons.
        for found in (self.words.submit, self.words.input):
            on(found, find, [self.words], [self.listing], trigger_mode="always_last")
        on(self.regrade.click, regrade, [], [self.listing])
        on(self.link.click, link, [], [self.link_text])
