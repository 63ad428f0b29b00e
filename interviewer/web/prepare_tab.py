"""The tab that prepares for a job: its controls, their words, and what they are wired to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from interviewer.domain.language import Language
from interviewer.errors import InterviewerError
from interviewer.presentation.templating import render
from interviewer.web.job_preparation import PARTS, JobPreparation, Prepared
from interviewer.web.page_input import Visit
from interviewer.web.page_output import Updates, worded
from interviewer.web.refusal import refusal


class PrepareTab:
    """The controls; the page's script presses `read` when a file has come."""

    def __init__(self, *, may_save: bool) -> None:
        with gr.Tab("······", id="prepare") as self.tab:
            self.picker = gr.HTML(elem_id="job-picker", apply_default_css=False)
            self.read = gr.Button(visible="hidden", elem_id="job-read")
            self.review = gr.Button(visible="hidden", elem_id="job-review")
            self.window = gr.Textbox(visible="hidden", show_label=False, elem_id="job-window")
            self.told = gr.HTML(elem_id="job-told", apply_default_css=False)
            self.description = gr.Textbox(lines=6, max_lines=14, elem_id="job-description")
            self.resume = gr.Textbox(lines=2, max_lines=10, elem_id="job-resume")
            self.keep = gr.Checkbox(value=False, visible=may_save, elem_id="job-keep")
            with gr.Row():
                self.map = gr.Button(variant="primary", elem_id="job-map", min_width=120)
                self.forget = gr.Button(elem_id="job-forget", min_width=120)
            self.found = gr.HTML(elem_id="job-found", apply_default_css=False)
            self.draft = gr.Button(visible=False, elem_id="job-draft")


def prepare_labels(tab: PrepareTab, language: Language, *, may_save: bool) -> Updates:
    """Every word on the tab."""
    words = {
        tab.tab: "tab.prepare", tab.description: "job.description", tab.resume: "job.resume", tab.keep: "job.keep",
        tab.map: "job.map", tab.forget: "job.forget", tab.draft: "job.draft",
    }  # fmt: skip
    return worded(words, language) | {tab.picker: render("job_picker.html", language, may_upload=may_save, parts=PARTS)}


@dataclass(frozen=True)
class PrepareWiring:
    """Connects the tab to what it does."""

    tab: PrepareTab
    job: JobPreparation

    def connect(self, on: Callable[..., Any], tabs: gr.Tabs) -> None:
        """`on` binds a handler to a trigger the way all events of the page are bound."""
        tab = self.tab
        texts, boxes = [tab.description, tab.resume], [tab.description, tab.resume, tab.told]
        shown = [tab.found, tab.draft]
        on(tab.tab.select, self._bring_kept, texts, boxes)
        on(tab.read.click, self._read, [tab.window], boxes, trigger_mode="always_last")
        on(tab.map.click, self._map, [tab.window, *texts, tab.keep], shown, waits=True)
        on(tab.draft.click, self._draft, [tab.window], shown, waits=True)
        on(tab.forget.click, self._forget, [tab.window], [*boxes, *shown, tab.keep])
        on(tab.review.click, lambda _: gr.update(selected="import"), [], [tabs])

    def _bring_kept(self, visit: Visit, description: str, resume: str) -> Any:
        """What was kept, where nothing is typed yet."""
        try:
            kept = None if description or resume else self.job.kept(visit.owner)
        except InterviewerError as error:
            return {self.tab.told: refusal("job.unusable", visit.language, error)}
        return {self.tab.description: kept[0], self.tab.resume: kept[1]} if kept else gr.skip()

    def _read(self, visit: Visit, window: str) -> Updates:
        read = Updates()
        for part, box in zip(PARTS, (self.tab.description, self.tab.resume), strict=True):
            try:
                text = self.job.read(visit.owner, window or "", part)
            except InterviewerError as error:
                return read | {self.tab.told: refusal("job.unusable", visit.language, error)}
            if text is not None:
                read[box] = text
        return read | {self.tab.told: ""}

    def _map(self, visit: Visit, window: str, description: str, resume: str, keep: bool) -> Iterator[Updates]:
        sent = (window or "", description or "", resume or "")
        for shown in self.job.map(visit.owner, *sent, visit.language, keep=bool(keep)):
            yield self._shown(shown)

    def _draft(self, visit: Visit, window: str) -> Iterator[Updates]:
        for shown in self.job.draft(visit.owner, window or "", visit.language):
            yield self._shown(shown)

    def _shown(self, shown: Prepared) -> Updates:
        return {self.tab.found: shown.html, self.tab.draft: gr.update(visible=shown.may_draft)}

    def _forget(self, visit: Visit, window: str) -> Updates:
        tab = self.tab
        told = self.job.forget(visit.owner, window or "", visit.language)
        empty = {tab.description: "", tab.resume: "", tab.found: "", tab.keep: False}
        return {**empty, tab.told: told, tab.draft: gr.update(visible=False)}
