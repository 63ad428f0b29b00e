"""The grader tab: its controls, their words, and what they are wired to."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from interviewer.grading import CallShape
from interviewer.llm.server_profiles import PRESETS
from interviewer.sessions.grader_choice import GraderOptions
from interviewer.text.messages import say
from interviewer.web.components import button, choices, html, worded
from interviewer.web.grader_settings import GraderActions, GraderPanel
from interviewer.web.page_output import Updates
from interviewer.web.visit import Visit


class GraderTab:
    """The controls; where there is a list of endpoints, only they can be chosen."""

    def __init__(self, offer: GraderOptions) -> None:
        default, second = offer.default.endpoint, offer.default.second_model
        address = default.base_url if default else (offer.allowed[0] if offer.allowed else "")
        is_open, names = offer.is_private and not offer.allowed, [default.model] if default else []
        with worded(gr.Tab("···", id="grader"), "tab.grader") as self.tab:
            self.status = html("grader-status")
            presets = [(preset.title, preset.base_url) for preset in PRESETS]
            preset = gr.Dropdown(presets, value=None, visible=is_open, elem_id="preset")
            self.preset = worded(preset, "grader.preset")
            base_url = (
                gr.Dropdown(list(offer.allowed), value=address, elem_id="base-url")
                if offer.allowed
                else gr.Textbox(address, max_lines=1, interactive=offer.is_private, elem_id="base-url")
            )
            self.base_url = worded(base_url, "grader.base_url", info="grader.base_url_info")
            with gr.Row():
                model = gr.Dropdown(names, value=names[0] if names else None, allow_custom_value=True, elem_id="model")
                self.model = worded(model, "grader.model")
                kept = "kept_choice.in_database" if offer.keeps_choices else "grader.key_info"
                self.key = worded(gr.Textbox(type="password", max_lines=1, elem_id="key"), "grader.key", info=kept)
            with gr.Row():
                shape = gr.Radio([str(one) for one in CallShape], value=str(offer.default.shape), elem_id="shape")
                self.shape = worded(shape, "grader.shape", choices=choices("shape", CallShape))
                votes = gr.Radio([1, 3], value=offer.default.votes, elem_id="votes")
                self.votes = worded(votes, "grader.votes", choices=choices("votes", (1, 3)))
            another = gr.Dropdown(
                [second] if second else [], value=second or None, allow_custom_value=True, elem_id="second-model"
            )
            self.second_model = worded(another, "grader.second_model", info="grader.second_model_info")
            with gr.Row():
                self.find = button("find", "grader.find", visible=is_open, min_width=120)
                self.pull = button("pull-model", visible=False, min_width=120)
                self.listing = button("list-models", "grader.list", min_width=120)
                self.test = button("test-grader", "grader.test", min_width=120)
            with gr.Row():
                self.use = button("use-model", "grader.use", variant="primary", min_width=120)
                self.use_anyway = button("use-anyway", "grader.use_anyway", visible=False, min_width=120)
                self.offline = button("use-offline", "grader.offline", min_width=120)
            self.result = html("grader-result")

    def connect(self, on: Callable[..., Any], actions: GraderActions) -> None:
        form = [self.base_url, self.key, self.model, self.shape, self.votes, self.second_model]
        shown: list[Any] = [self.status, self.result, self.base_url, self.key, self.model, self.second_model]
        shown += [self.use_anyway, self.pull]

        def told(panel: GraderPanel, visit: Visit) -> Updates:
            return {self.status: actions.status(visit), **self._drawn(panel, visit)}

        def drawing(does: Callable[..., Any]) -> Callable[..., Any]:
            def once(visit: Visit, *sent: Any) -> Updates:
                return told(does(visit, *sent), visit)

            def step_by_step(visit: Visit, *sent: Any) -> Iterator[Updates]:
                for panel in does(visit, *sent):
                    yield told(panel, visit)

            return step_by_step if inspect.isgeneratorfunction(does) else once

        for control, does, sent in (
            (self.listing, actions.list, form),
            (self.use, actions.use, form),
            (self.use_anyway, actions.use_anyway, form),
            (self.test, actions.test, form),
            (self.pull, actions.pull, []),
            (self.find, actions.find, []),
        ):
            on(control.click, drawing(does), sent, shown, waits=True)
        on(self.offline.click, drawing(actions.offline), [], shown)
        on(self.tab.select, actions.status, [], [self.status])
        self.preset.input(None, self.preset, self.base_url, js="(url) => url", api_visibility="private")

    def _drawn(self, panel: GraderPanel, visit: Visit) -> Updates:
        pull = say("local_model.pull", visit.language, model=panel.pulls)
        updates: Updates = {
            self.result: panel.html,
            self.use_anyway: gr.update(visible=panel.asks),
            self.pull: gr.update(visible=bool(panel.pulls), value=pull),
        }
        if panel.base_url is not None:
            updates[self.base_url] = panel.base_url
        if panel.models is not None:
            updates[self.second_model] = gr.update(choices=list(panel.models))
            updates[self.model] = gr.update(choices=list(panel.models), value=next(iter(panel.models), None))
        if panel.drop_key:
            updates[self.key] = ""
        return updates
