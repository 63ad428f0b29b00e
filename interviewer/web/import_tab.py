"""The import tab: its controls, their words, and what they are wired to."""

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from interviewer.presentation.templating import render
from interviewer.web.components import button, choices, hidden, hidden_button, html, worded
from interviewer.web.import_handlers import Compiler, Importer
from interviewer.web.visit import Visit


class ImportTab:
    """The controls; where nobody may import, the tab only says so. The page's script presses `read` when a file has come."""

    def __init__(self, *, is_allowed: bool, is_site: bool) -> None:
        """`is_site`: the page is not on its visitor's own machine."""
        with worded(gr.Tab("····", id="import"), "tab.import") as self.tab:
            told = {"is_allowed": is_allowed, "is_site": is_site}
            picker = html("import-picker")
            self.picker = worded(picker, value=lambda language: render("import_picker.html", language, **told))
            with gr.Column(visible=is_allowed) as self.body:
                compiler = gr.Radio(list(Compiler), value=Compiler.OFFLINE, elem_id="import-compiler")
                self.compiler = worded(compiler, "import.compiler", choices=choices("compiler", Compiler))
                folded = worded(gr.Accordion("·", open=False, elem_id="import-pasting"), "import.pasting")
                with folded as self.pasting:
                    self.title = worded(gr.Textbox(max_lines=1, elem_id="import-title"), "import.paste_title")
                    paste = gr.Textbox(lines=6, max_lines=16, elem_id="import-paste")
                    self.paste = worded(paste, "import.paste", placeholder="import.paste_placeholder")
                    self.read_paste = button("import-read-paste", "import.read_paste")
                self.read, self.window = hidden_button("import-read"), hidden("import-window")
                self.found = html("import-found")
                # These two are the editor's own: what the page is told anew must not take away what is being edited.
                self.editor = html("import-editor", '<div id="editor"></div>')
                self.banks = html("import-banks", '<div id="own-banks"></div>')
                self.bank, self.play = hidden("import-bank"), hidden_button("import-play-bank")
                # What became of a bank that was deleted; the list beside it is the editor's.
                self.own = html("banks-told")

    def connect(self, on: Callable[..., Any], importer: Importer) -> None:
        # A file that is chosen while another is being read is read after it.
        form = [self.window, self.compiler]

        def go_on(visit: Visit, window: str) -> Iterator[Any]:
            yield gr.skip()  # mostly there is nothing to go on with
            yield from importer.go_on(visit, window)

        on(self.tab.select, go_on, [self.window], [self.found], waits=True)
        on(self.read.click, importer.read, form, [self.found], trigger_mode="always_last", waits=True)
        on(self.read_paste.click, importer.read_text, [*form, self.paste, self.title], [self.found], waits=True)
