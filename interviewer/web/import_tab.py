"""The import tab: its controls, their words, and what they are wired to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from interviewer.domain.language import Language
from interviewer.presentation.templating import inline
from interviewer.text.messages import say
from interviewer.web.import_handlers import Importer

Updates = dict[Any, Any]

_OFFLINE, _MODEL, _REFERENCES = "offline", "model", "references"
_COMPILERS = (_OFFLINE, _MODEL, _REFERENCES)
# As many answers are drafted at a time; the same list read again goes on.
_MOST_REFERENCES = 20

_PICKER = """{% if not is_allowed %}<p>{{ say("import.not_here") }}</p>{% else %}
<h2>{{ say("import.title") }}</h2><p>{{ say("import.intro") }} {{ say("import.read_by_site" if is_site else "import.read_here") }}</p>
<div id="import-drop" data-too-large="{{ say("import.too_large") }}" data-not-sent="{{ say("import.not_sent") }}"><label for="import-file">{{ say("import.choose") }}</label>
<input type="file" id="import-file" accept=".md,.markdown,.txt,.csv,.tsv,.json,.jsonl,.yaml,.yml">
<p id="import-status" role="status"></p></div>{% endif %}"""


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
    compilers = [(say(f"compiler.{name}", language), name) for name in _COMPILERS]
    return {
        tab.tab: gr.update(label=say("tab.import", language)),
        tab.picker: inline(_PICKER, language, is_allowed=is_allowed, is_site=is_site),
        tab.compiler: gr.update(label=say("import.compiler", language), choices=compilers),
        tab.pasting: gr.update(label=say("import.pasting", language)),
        tab.title: gr.update(label=say("import.paste_title", language)),
        tab.paste: gr.update(
            label=say("import.paste", language), placeholder=say("import.paste_placeholder", language)
        ),
        tab.read_paste: say("import.read_paste", language),
    }


@dataclass(frozen=True)
class ImportWiring:
    """Connects the tab to what it does; `owner_of` says who asks, or refuses; `play` shows one's bank on the start form."""

    tab: ImportTab
    importer: Importer
    owner_of: Callable[[gr.Request], str]
    play: Callable[[str, str, Language], Updates]

    def connect(self, on: Callable[..., Any], language: gr.Radio, drawn: list[Any]) -> None:
        """`on` binds a handler to a trigger the way all events of the page are bound; `play` draws on `drawn`."""
        tab = self.tab
        # A file that is chosen while another is being read is read after it.
        on(
            tab.read.click,
            self._read,
            [tab.window, tab.compiler, language],
            [tab.found],
            waits=True,
            trigger_mode="always_last",
        )
        pasted = [tab.window, tab.paste, tab.title, tab.compiler, language]
        on(tab.read_paste.click, self._read_paste, pasted, [tab.found], waits=True)
        on(tab.play.click, self._play, [tab.bank, language], drawn)

    def _read(self, window: str, compiler: str, language: str, request: gr.Request) -> Iterator[str]:
        owner = self.owner_of(request)
        for shown in self.importer.of(owner).read(owner, window or "", Language(language), **_asked(compiler)):
            yield shown.html

    def _read_paste(
        self, window: str, text: str, title: str, compiler: str, language: str, request: gr.Request
    ) -> Iterator[str]:
        owner, spoken, asked = self.owner_of(request), Language(language), _asked(compiler)
        for shown in self.importer.of(owner).read_text(owner, window or "", text or "", title or "", spoken, **asked):
            yield shown.html

    def _play(self, bank: str, language: str, request: gr.Request) -> Updates:
        return self.play(self.owner_of(request), bank, Language(language))


def _asked(compiler: str) -> dict[str, Any]:
    """What a way to make criteria asks of the importer."""
    return {
        "by_model": compiler in (_MODEL, _REFERENCES),
        "references": _MOST_REFERENCES if compiler == _REFERENCES else 0,
    }
