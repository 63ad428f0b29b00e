"""The grader tab: its controls, their words, and what they are wired to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr

from interviewer.domain.rubric import Language
from interviewer.grading import Shape
from interviewer.llm.profiles import PRESETS
from interviewer.sessions.grader_registry import GraderOptions
from interviewer.text.messages import say
from interviewer.web.grader_settings import Clinic, Form, Told

Updates = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class GraderTab:
    """The controls."""

    tab: gr.Tab
    status: gr.HTML
    preset: gr.Dropdown
    base_url: gr.Textbox | gr.Dropdown
    key: gr.Textbox
    model: gr.Dropdown
    shape: gr.Radio
    votes: gr.Radio
    find: gr.Button
    listing: gr.Button
    test: gr.Button
    use: gr.Button
    offline: gr.Button
    result: gr.HTML

    def all(self) -> list[Any]:
        return [getattr(self, f.name) for f in fields(self)]


def lay_out_grader(offer: GraderOptions) -> GraderTab:
    """The tab; where there is a list of endpoints, only they can be chosen."""
    default = offer.default.endpoint
    address = default.base_url if default else (offer.allowed[0] if offer.allowed else "")
    with gr.Tab("···", id="grader") as tab:
        status = gr.HTML(elem_id="grader-status", apply_default_css=False)
        preset = gr.Dropdown(
            [(preset.title, preset.base_url) for preset in PRESETS],
            value=None,
            visible=offer.is_private and not offer.allowed,
            elem_id="preset",
        )
        base_url: gr.Textbox | gr.Dropdown
        if offer.allowed:
            base_url = gr.Dropdown(list(offer.allowed), value=address, elem_id="base-url")
        else:
            base_url = gr.Textbox(address, max_lines=1, interactive=offer.is_private, elem_id="base-url")
        with gr.Row():
            model = gr.Dropdown(
                [default.model] if default else [],
                value=default.model if default else None,
                allow_custom_value=True,
                elem_id="model",
            )
            key = gr.Textbox(type="password", max_lines=1, elem_id="key")
        with gr.Row():
            shape = gr.Radio([str(shape) for shape in Shape], value=str(offer.default.shape), elem_id="shape")
            votes = gr.Radio([1, 3], value=offer.default.votes, elem_id="votes")
        with gr.Row():
            find = gr.Button(visible=offer.is_private and not offer.allowed, elem_id="find", min_width=120)
            listing = gr.Button(elem_id="list-models", min_width=120)
            test = gr.Button(elem_id="test-grader", min_width=120)
        with gr.Row():
            use = gr.Button(variant="primary", elem_id="use-model", min_width=120)
            offline = gr.Button(elem_id="use-offline", min_width=120)
        result = gr.HTML(elem_id="grader-result", apply_default_css=False)
    return GraderTab(
        tab, status, preset, base_url, key, model, shape, votes, find, listing, test, use, offline, result
    )  # fmt: skip


def grader_labels(tab: GraderTab, language: Language) -> Updates:
    """Every word on the tab."""

    def label(key: str, **more: Any) -> Any:
        return gr.update(label=say(key, language), **more)

    buttons = {tab.find: "find", tab.listing: "list", tab.test: "test", tab.use: "use", tab.offline: "offline"}
    return {
        **{button: say(f"grader.{key}", language) for button, key in buttons.items()},
        tab.tab: label("tab.grader"),
        tab.preset: label("grader.preset"),
        tab.base_url: label("grader.base_url", info=say("grader.base_url_info", language)),
        tab.key: label("grader.key", info=say("grader.key_info", language)),
        tab.model: label("grader.model"),
        tab.shape: label("grader.shape", choices=[(say(f"shape.{shape}", language), str(shape)) for shape in Shape]),
        tab.votes: label("grader.votes", choices=[(say(f"votes.{count}", language), count) for count in (1, 3)]),
    }


@dataclass(frozen=True)
class GraderWiring:
    """Connects the tab to what it does; `owner_of` says who asks, or refuses."""

    tab: GraderTab
    clinic: Clinic
    owner_of: Callable[[gr.Request], str]

    def connect(self, on: Callable[..., Any], language: gr.Radio) -> None:
        """`on` binds a handler to a trigger the way all events of the page are bound."""
        tab = self.tab
        form = [tab.base_url, tab.key, tab.model, tab.shape, tab.votes]
        on(tab.find.click, self._find, [language])
        on(tab.listing.click, self._list, [*form, language])
        on(tab.test.click, self._test, [*form, language])
        on(tab.use.click, self._use, [*form, language])
        on(tab.offline.click, self._offline, [language])
        on(tab.tab.select, self._status, [language])
        tab.preset.input(None, tab.preset, tab.base_url, js="(url) => url", api_visibility="private")

    def _show(self, told: Told, owner: str, language: Language) -> Updates:
        tab = self.tab
        updates: Updates = {tab.result: told.html, tab.status: self.clinic.status(owner, language)}
        if told.base_url is not None:
            updates[tab.base_url] = told.base_url
        if told.models is not None:
            updates[tab.model] = gr.update(choices=list(told.models), value=told.models[0] if told.models else None)
        if told.drop_key:
            updates[tab.key] = ""
        return updates

    def _find(self, language: str, request: gr.Request) -> Updates:
        owner, spoken = self.owner_of(request), Language(language)
        return self._show(self.clinic.find(spoken), owner, spoken)

    def _list(
        self, base_url: str, key: str, model: str, shape: str, votes: float, language: str, request: gr.Request
    ) -> Updates:
        owner, spoken = self.owner_of(request), Language(language)
        return self._show(self.clinic.list(owner, Form.of(base_url, key, model, shape, votes), spoken), owner, spoken)

    def _test(
        self, base_url: str, key: str, model: str, shape: str, votes: float, language: str, request: gr.Request
    ) -> Iterator[Updates]:
        owner, spoken = self.owner_of(request), Language(language)
        for told in self.clinic.test(owner, Form.of(base_url, key, model, shape, votes), spoken):
            yield self._show(told, owner, spoken)

    def _use(
        self, base_url: str, key: str, model: str, shape: str, votes: float, language: str, request: gr.Request
    ) -> Updates:
        owner, spoken = self.owner_of(request), Language(language)
        return self._show(self.clinic.use(owner, Form.of(base_url, key, model, shape, votes), spoken), owner, spoken)

    def _offline(self, language: str, request: gr.Request) -> Updates:
        owner, spoken = self.owner_of(request), Language(language)
        return self._show(self.clinic.offline(owner, spoken), owner, spoken)

    def _status(self, language: str, request: gr.Request) -> Updates:
        return {self.tab.status: self.clinic.status(self.owner_of(request), Language(language))}
