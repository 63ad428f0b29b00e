"""The grader tab: its controls, their words, and what they are wired to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from interviewer.domain.language import Language
from interviewer.grading import CallShape
from interviewer.llm.server_profiles import PRESETS
from interviewer.sessions.grader_choice import GraderOptions
from interviewer.text.messages import say
from interviewer.web.grader_settings import GraderActions, GraderForm, GraderPanel
from interviewer.web.page_input import Visit
from interviewer.web.page_output import Updates, worded


class GraderTab:
    """The controls; where there is a list of endpoints, only they can be chosen."""

    def __init__(self, offer: GraderOptions) -> None:
        default = offer.default.endpoint
        self.key_info = "kept_choice.in_database" if offer.keeps_choices else "grader.key_info"
        address = default.base_url if default else (offer.allowed[0] if offer.allowed else "")
        is_open = offer.is_private and not offer.allowed
        with gr.Tab("···", id="grader") as self.tab:
            self.status = gr.HTML(elem_id="grader-status", apply_default_css=False)
            presets = [(preset.title, preset.base_url) for preset in PRESETS]
            self.preset = gr.Dropdown(presets, value=None, visible=is_open, elem_id="preset")
            self.base_url: gr.Textbox | gr.Dropdown
            if offer.allowed:
                self.base_url = gr.Dropdown(list(offer.allowed), value=address, elem_id="base-url")
            else:
                self.base_url = gr.Textbox(address, max_lines=1, interactive=offer.is_private, elem_id="base-url")
            with gr.Row():
                names = [default.model] if default else []
                model = default.model if default else None
                self.model = gr.Dropdown(names, value=model, allow_custom_value=True, elem_id="model")
                self.key = gr.Textbox(type="password", max_lines=1, elem_id="key")
            with gr.Row():
                shapes = [str(shape) for shape in CallShape]
                self.shape = gr.Radio(shapes, value=str(offer.default.shape), elem_id="shape")
                self.votes = gr.Radio([1, 3], value=offer.default.votes, elem_id="votes")
            second = offer.default.second_model
            self.second_model = gr.Dropdown(
                [second] if second else [], value=second or None, allow_custom_value=True, elem_id="second-model"
            )
            with gr.Row():
                self.find = gr.Button(visible=is_open, elem_id="find", min_width=120)
                self.pull = gr.Button(visible=False, elem_id="pull-model", min_width=120)
                self.listing = gr.Button(elem_id="list-models", min_width=120)
                self.test = gr.Button(elem_id="test-grader", min_width=120)
            with gr.Row():
                self.use = gr.Button(variant="primary", elem_id="use-model", min_width=120)
                self.use_anyway = gr.Button(visible=False, elem_id="use-anyway", min_width=120)
                self.offline = gr.Button(elem_id="use-offline", min_width=120)
            self.result = gr.HTML(elem_id="grader-result", apply_default_css=False)


def grader_labels(tab: GraderTab, language: Language) -> Updates:
    """Every word on the tab."""
    words = worded(
        {
            tab.tab: "tab.grader", tab.preset: "grader.preset", tab.base_url: "grader.base_url", tab.key: "grader.key",
            tab.model: "grader.model", tab.second_model: "grader.second_model", tab.shape: "grader.shape",
            tab.votes: "grader.votes", tab.find: "grader.find", tab.listing: "grader.list", tab.test: "grader.test",
            tab.use: "grader.use", tab.offline: "grader.offline", tab.use_anyway: "grader.use_anyway",
        },
        language,
    )  # fmt: skip
    explained = {
        tab.base_url: "grader.base_url_info", tab.key: tab.key_info, tab.second_model: "grader.second_model_info"
    }  # fmt: skip
    for control, key in explained.items():
        words[control]["info"] = say(key, language)
    words[tab.shape]["choices"] = [(say(f"shape.{shape}", language), str(shape)) for shape in CallShape]
    words[tab.votes]["choices"] = [(say(f"votes.{count}", language), count) for count in (1, 3)]
    return words


@dataclass(frozen=True)
class GraderWiring:
    """Connects the tab to what it does."""

    tab: GraderTab
    actions: GraderActions

    def connect(self, on: Callable[..., Any]) -> None:
        """`on` binds a handler to a trigger the way all events of the page are bound."""
        tab, actions = self.tab, self.actions
        form = [tab.base_url, tab.key, tab.model, tab.shape, tab.votes, tab.second_model]
        shown = [tab.result, tab.status, tab.base_url, tab.model, tab.key, tab.second_model, tab.use_anyway, tab.pull]
        for button, does in ((tab.listing, actions.list), (tab.use, actions.use), (tab.use_anyway, actions.use_anyway)):
            on(button.click, self._filling_in(does), form, shown, waits=True)
        on(tab.test.click, self._test, form, shown, waits=True)
        on(tab.pull.click, self._pull, [], shown, waits=True)
        on(tab.find.click, self._find, [], shown, waits=True)
        on(tab.offline.click, self._offline, [], shown)
        on(tab.tab.select, lambda visit: actions.status(visit.owner, visit.language), [], [tab.status])
        tab.preset.input(None, tab.preset, tab.base_url, js="(url) => url", api_visibility="private")

    def _show(self, visit: Visit, told: GraderPanel) -> Updates:
        tab = self.tab
        updates: Updates = {tab.result: told.html, tab.status: self.actions.status(visit.owner, visit.language)}
        updates[tab.use_anyway] = gr.update(visible=told.asks)
        pull = say("local_model.pull", visit.language, model=told.pulls)
        updates[tab.pull] = gr.update(visible=bool(told.pulls), value=pull)
        if told.base_url is not None:
            updates[tab.base_url] = told.base_url
        if told.models is not None:
            updates[tab.second_model] = gr.update(choices=list(told.models))
            updates[tab.model] = gr.update(choices=list(told.models), value=told.models[0] if told.models else None)
        if told.drop_key:
            updates[tab.key] = ""
        return updates

    def _filling_in(self, does: Callable[[str, GraderForm, Language], GraderPanel]) -> Callable[..., Updates]:
        return lambda visit, *form: self._show(visit, does(visit.owner, GraderForm.of(*form), visit.language))

    def _test(self, visit: Visit, *form: Any) -> Iterator[Updates]:
        for told in self.actions.test(visit.owner, GraderForm.of(*form), visit.language):
            yield self._show(visit, told)

    def _pull(self, visit: Visit) -> Iterator[Updates]:
        for told in self.actions.pull(visit.owner, visit.language):
            yield self._show(visit, told)

    def _find(self, visit: Visit) -> Updates:
        return self._show(visit, self.actions.find(visit.language))

    def _offline(self, visit: Visit) -> Updates:
        return self._show(visit, self.actions.offline(visit.owner, visit.language))
