"""The tab that prepares for a job: its controls, their words, and what they are wired to."""

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from interviewer.errors import InterviewerError
from interviewer.presentation.templating import render
from interviewer.web.components import button, hidden, hidden_button, html, worded
from interviewer.web.job_preparation import PARTS, JobPreparation, Prepared
from interviewer.web.page_output import Updates
from interviewer.web.refusal import refusal
from interviewer.web.visit import Visit


class PrepareTab:
    """The controls; the page's script presses `read` when a file has come."""

    def __init__(self, *, may_save: bool) -> None:
        with worded(gr.Tab("······", id="prepare"), "tab.prepare") as self.tab:
            told = {"may_upload": may_save, "parts": PARTS}
            picker = html("job-picker")
            self.picker = worded(picker, value=lambda language: render("job_picker.html", language, **told))
            self.read, self.review, self.window = (
                hidden_button("job-read"),
                hidden_button("job-review"),
                hidden("job-window"),
            )
            self.told = html("job-told")
            description = gr.Textbox(lines=6, max_lines=14, elem_id="job-description")
            self.description = worded(description, "job.description")
            self.resume = worded(gr.Textbox(lines=2, max_lines=10, elem_id="job-resume"), "job.resume")
            self.keep = worded(gr.Checkbox(value=False, visible=may_save, elem_id="job-keep"), "job.keep")
            with gr.Row():
                self.map = button("job-map", "job.map", variant="primary", min_width=120)
                self.forget = button("job-forget", "job.forget", min_width=120)
            self.found = html("job-found")
            self.draft = button("job-draft", "job.draft", visible=False)

    def connect(self, on: Callable[..., Any], job: JobPreparation, tabs: gr.Tabs) -> None:  # noqa: C901 - small handlers
        texts, shown = [self.description, self.resume], [self.found, self.draft]
        boxes = [*texts, self.told]

        def bring_kept(visit: Visit, description: str, resume: str) -> Any:
            """What was kept, where nothing is typed yet."""
            try:
                kept = None if description or resume else job.kept(visit.owner)
            except InterviewerError as error:
                return {self.told: refusal("job.unusable", visit.language, error)}
            return dict(zip(texts, kept, strict=True)) if kept else gr.skip()

        def read(visit: Visit, window: str) -> Updates:
            found = Updates()
            for part, box in zip(PARTS, texts, strict=True):
                try:
                    text = job.read(visit.owner, window or "", part)
                except InterviewerError as error:
                    return found | {self.told: refusal("job.unusable", visit.language, error)}
                if text is not None:
                    found[box] = text
            return found | {self.told: ""}

        def map_job(visit: Visit, window: str, description: str, resume: str, keep: bool) -> Iterator[Updates]:
            yield from map(drawn, job.map(visit, window or "", description or "", resume or "", keep=bool(keep)))

        def draft(visit: Visit, window: str) -> Iterator[Updates]:
            yield from map(drawn, job.draft(visit, window or ""))

        def drawn(prepared: Prepared) -> Updates:
            return {self.found: prepared.html, self.draft: gr.update(visible=prepared.may_draft)}

        def forget(visit: Visit, window: str) -> Updates:
            told = job.forget(visit.owner, window or "", visit.language)
            return {**drawn(Prepared("")), **dict.fromkeys(texts, ""), self.keep: False, self.told: told}

        on(self.tab.select, bring_kept, texts, boxes)
        on(self.read.click, read, [self.window], boxes, trigger_mode="always_last")
        on(self.map.click, map_job, [self.window, *texts, self.keep], shown, waits=True)
        on(self.draft.click, draft, [self.window], shown, waits=True)
        on(self.forget.click, forget, [self.window], [*boxes, *shown, self.keep])
        on(self.review.click, lambda _: gr.update(selected="import"), [], [tabs])
