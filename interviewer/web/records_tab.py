"""The tab with everything that was played: its controls, and what they are wired to."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from interviewer.presentation.templating import inline
from interviewer.web.components import button, html, worded
from interviewer.web.handlers import PageHandlers
from interviewer.web.identity import Owners
from interviewer.web.visit import Visit

_REGRADED = """<p role="status">{{ say("list.regraded", count=graded) }}
{% if left %} {{ say("list.regrading", count=left) }}{% endif %}</p>"""
_LINK = '<p>{{ say("list.link_info") }}</p><p><code>{{ address }}</code></p>'


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
        practice = handlers.practice

        def regrade(visit: Visit) -> str:
            graded, left = handlers.regrade_all(visit)
            return inline(_REGRADED, visit.language, graded=graded, left=left) + practice.listing(visit)

        def link(visit: Visit) -> Any:
            address = f"{visit.address}/enter/{owners.link(visit.owner)}"
            return gr.update(value=inline(_LINK, visit.language, address=address), visible=True)

        for trigger in (self.tab.select, self.refresh.click):
            both = lambda visit, words: (practice.progress(visit), practice.listing(visit, words))  # noqa: E731
            on(trigger, both, [self.words], [self.progress, self.listing])
        # Not when the box is left: the list would be drawn anew under whoever is on the way to one of its buttons.
        for found in (self.words.submit, self.words.input):
            on(found, practice.listing, [self.words], [self.listing], trigger_mode="always_last")
        on(self.regrade.click, regrade, [], [self.listing])
        on(self.link.click, link, [], [self.link_text])
