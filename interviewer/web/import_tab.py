"""The import tab: its controls, their words, and what they are wired to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from interviewer.domain.language import Language
from interviewer.presentation.templating import render
from interviewer.text.messages import say
from interviewer.web.import_handlers import Importer
from interviewer.web.page_input import Visit
from interviewer.web.page_output import Updates, worded

_OFFLINE, _MODEL, _REFERENCES = "offline", "model", "references"
_COMPILERS = (_OFFLINE, _MODEL, _REFERENCES)
# As many answers are drafted at a time; the same list read again goes on.
_MOST_REFERENCES = 20


class ImportTab:
    """The controls; where nobody may import, the tab only says so. The page's script presses `read` when a file has come."""

    def __init__(self, *, is_allowed: bool) -> None:
        with gr.Tab("····", id="import") as self.tab:
            self.picker = gr.HTML(elem_id="import-picker", apply_default_css=False)
            with gr.Column(visible=is_allowed) as self.body:
                self.compiler = gr.Radio(_COMPILERS, value=_OFFLINE, elem_id="import-compiler")
                with gr.Accordion("·", open=False, elem_id="import-pasting") as self.pasting:
                    self.title = gr.Textbox(max_lines=1, elem_id="import-title")
                    self.paste = gr.Textbox(lines=6, max_lines=16, elem_id="import-paste")
                    self.read_paste = gr.Button(elem_id="import-read-paste")
                self.read = gr.Button(visible="hidden", elem_id="import-read")
                self.window = gr.Textbox(visible="hidden", show_label=False, elem_id="import-window")
                self.found = gr.HTML(elem_id="import-found", apply_default_css=False)
                # These two are the editor's own: what the page is told anew must not take away what is being edited.
                self.editor = gr.HTML('<div id="editor"></div>', elem_id="import-editor", apply_default_css=False)
                self.banks = gr.HTML('<div id="own-banks"></div>', elem_id="import-banks", apply_default_css=False)
                self.bank = gr.Textbox(visible="hidden", show_label=False, elem_id="import-bank")
                self.play = gr.Button(visible="hidden", elem_id="import-play-bank")
                # What became of a bank that was deleted; the list beside it is the editor's.
                self.own = gr.HTML(elem_id="banks-told", apply_default_css=False)


def import_labels(tab: ImportTab, language: Language, *, is_allowed: bool, is_site: bool) -> Updates:
    """Every word on the tab; `is_site`: the page is not on its visitor's own machine."""
    words = worded(
        {
            tab.tab: "tab.import", tab.compiler: "import.compiler", tab.pasting: "import.pasting",
            tab.title: "import.paste_title", tab.paste: "import.paste", tab.read_paste: "import.read_paste",
        },
        language,
    )  # fmt: skip
    words[tab.compiler]["choices"] = [(say(f"compiler.{name}", language), name) for name in _COMPILERS]
    words[tab.paste]["placeholder"] = say("import.paste_placeholder", language)
    return words | {tab.picker: render("import_picker.html", language, is_allowed=is_allowed, is_site=is_site)}


@dataclass(frozen=True)
class ImportWiring:
    """Connects the tab to what it does."""

    tab: ImportTab
    importer: Importer

    def connect(self, on: Callable[..., Any]) -> None:
        """`on` binds a handler to a trigger the way all events of the page are bound."""
        tab, waits = self.tab, {"waits": True}
        on(tab.tab.select, self._go_on, [tab.window], [tab.found], **waits)
        # A file that is chosen while another is being read is read after it.
        on(tab.read.click, self._read, [tab.window, tab.compiler], [tab.found], trigger_mode="always_last", **waits)
        on(
            tab.read_paste.click,
            self._read_paste,
            [tab.window, tab.compiler, tab.paste, tab.title],
            [tab.found],
            **waits,
        )

    def _read(self, visit: Visit, window: str, compiler: str) -> Iterator[str]:
        importer = self.importer.of(visit.owner)
        for shown in importer.read(visit.owner, window or "", visit.language, **_asked(compiler)):
            yield shown.html

    def _read_paste(self, visit: Visit, window: str, compiler: str, text: str, title: str) -> Iterator[str]:
        importer, sent = self.importer.of(visit.owner), (window or "", text or "", title or "")
        for shown in importer.read_text(visit.owner, *sent, visit.language, **_asked(compiler)):
            yield shown.html

    def _go_on(self, visit: Visit, window: str) -> Iterator[Any]:
        yield gr.skip()
        for shown in self.importer.of(visit.owner).go_on(visit.owner, window or "", visit.language):
            yield shown.html


def _asked(compiler: str) -> dict[str, Any]:
    """What a way to make criteria asks of the importer."""
    return {
        "by_model": compiler in (_MODEL, _REFERENCES),
        "references": _MOST_REFERENCES if compiler == _REFERENCES else 0,
    }
