"""Gradio's components as the page makes them, each with what it says in a language and what it shows of a view."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import gradio as gr

from interviewer.domain.language import Language
from interviewer.text.messages import say
from interviewer.web.page_output import Updates
from interviewer.web.view_model import View

C = TypeVar("C")
Words = str | Callable[[Language], Any]
"""The key of a text, or a function that gives the value in a language."""
Shown = str | Callable[[View], Any]
"""The name of a field of a view, or a function of the view."""


def worded(control: C, key: str = "", **more: Words) -> C:
    """The control with the key of its words, its value or label; `more` depend on the language, too."""
    remembering: Any = control
    name = "value" if isinstance(control, gr.Button) else "label"
    remembering.words = {**({name: key} if key else {}), **more}
    return control


def showing(control: C, **properties: Shown) -> C:
    """The control with those of its properties that a view decides."""
    remembering: Any = control
    remembering.shows = properties
    return control


def words_of(controls: Iterable[Any], language: Language) -> Updates:
    return {
        control: _update({name: say(w, language) if isinstance(w, str) else w(language) for name, w in words.items()})
        for control in controls
        if (words := getattr(control, "words", None))
    }


def shown_by(controls: Iterable[Any], view: View) -> Updates:
    return {
        control: _update({name: getattr(view, s) if isinstance(s, str) else s(view) for name, s in shows.items()})
        for control in controls
        if (shows := getattr(control, "shows", None))
    }


def _update(properties: Mapping[str, Any]) -> Any:
    return properties["value"] if properties.keys() == {"value"} else gr.update(**properties)


def choices(kind: str, values: Iterable[Any]) -> Callable[[Language], list[tuple[str, Any]]]:
    """The values to choose from; `kind.value` is the key of the words for one."""
    return lambda language: [
        (say(f"{kind}.{value}", language), str(value) if isinstance(value, str) else value) for value in values
    ]


def html(elem_id: str | None = None, value: str | None = None, **options: Any) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, **options)


def button(elem_id: str, key: str = "", **options: Any) -> gr.Button:
    return worded(gr.Button(elem_id=elem_id, **options), key)


def hidden(elem_id: str, value: str | None = None) -> gr.Textbox:
    """A text that the page's script fills in, or that an event of the page is to be given again."""
    return gr.Textbox(value, visible="hidden", show_label=False, elem_id=elem_id, elem_classes="unseen")


def hidden_button(elem_id: str) -> gr.Button:
    return gr.Button(visible="hidden", elem_id=elem_id)
