"""What the controls of the import tab do: a file is looked at, edited and saved as a bank. Knows nothing of gradio.

What reads lists of questions is imported when the first one comes: the page need not wait for it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from interviewer.banks.loader import Library
from interviewer.banks.removal import RemovedBank, put_back_bank, remove_bank
from interviewer.domain.rubric import Language
from interviewer.errors import BankError, InterviewerError
from interviewer.presentation.templating import inline
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.text.messages import say
from interviewer.web.grader_settings import Watched
from interviewer.web.page_actions import PAGE_ACTIONS, BankAction
from interviewer.web.uploads import Uploads

if TYPE_CHECKING:
    from interviewer.banks.importing.pipeline import Preview


_MOST_REMEMBERED = 32


@dataclass(frozen=True, slots=True)
class Shown:
    """What the tab then shows. `yaml` None leaves the text that is being edited as it is; `saved` is a bank's id.

    `title` is the name of the bank in that text. `base` tells, when that text is saved, which version of the bank it
    was made of and what was imported, before it was edited here; None leaves it as well.
    """

    html: str
    yaml: str | None = None
    saved: str = ""
    base: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Importer:
    """Serves the import tab. `folder` is where banks go, None where nobody may import."""

    library: Library
    models: GraderRegistry
    uploads: Uploads
    folder: Path | None
    imported: dict[str, str] = field(default_factory=dict)
    """Banks as they were made of the latest files, by digest: what is saved may have been edited on the page."""
    removed: dict[str, RemovedBank] = field(default_factory=dict)
    """The banks that were deleted last, by id, so that they can be put back."""

    def own_banks(self, language: Language, told: str = "") -> str:
        """The banks of the people at this machine, each with a button that deletes it, below what there is to say."""
        own = self.library.own_banks() if self.folder is not None else []
        return inline(_OWN_BANKS, language, banks=own, told=told)

    def change_banks(self, sent: str, language: Language) -> str | None:
        """Delete a bank or put it back, and list those there are; None where something else was asked for."""
        try:
            (action,) = PAGE_ACTIONS.validate_json(sent)
        except (ValidationError, ValueError):
            return None
        if not isinstance(action, BankAction):
            return None
        if self.folder is None or not self.models.options.is_private:
            return self.own_banks(language, _refused("import.not_here", language).html)
        try:
            return self.own_banks(language, self._change(action, language))
        except BankError as error:
            return self.own_banks(language, inline('<p role="alert">{{ why }}</p>', language, why=error.into(language)))

    def _change(self, action: BankAction, language: Language) -> str:
        name = action.bank
        if action.do == "delete_bank":
            title = self.library.bank(name).title
            self.removed[name] = remove_bank(self.library, name)
            for oldest in list(self.removed)[:-_MOST_REMEMBERED]:
                del self.removed[oldest]
            return inline(_BANK_DELETED, language, title=title, name=name)
        if name not in self.removed:
            return ""
        put_back_bank(self.library, self.removed[name])
        del self.removed[name]
        return inline('<p role="status">{{ say("import.bank_back") }}</p>', language)

    def read(self, owner: str, window: str, language: Language, *, by_model: bool) -> Iterator[Shown]:
        """What the last file of a visitor's window would become; with a model, how far it is meanwhile."""
        upload = self.uploads.of(owner, window)
        if upload is None:
            yield _refused("import.no_file", language)
            return
        yield from self._read(owner, upload.name, upload.data, language, by_model=by_model)

    def read_text(self, owner: str, text: str, title: str, language: Language, *, by_model: bool) -> Iterator[Shown]:
        """The same for a list that was pasted. Under the same title it is brought up to date, as a file would be."""
        if not text.strip():
            yield _refused("import.no_text", language)
            return
        data = text.encode("utf-8", "replace")
        name = title.strip() or f"pasted-{hashlib.sha256(data).hexdigest()[:6]}"
        yield from self._read(owner, f"{name.replace('/', '-')}.md", data, language, by_model=by_model, title=title)

    def save(self, text: str, base: str, language: Language) -> Shown:
        """Save the bank as it was edited. What is wrong with it is said, and the text stays as it is.

        A bank that is there already is replaced only if it is the version that the text was made of.
        """
        from interviewer.banks.importing import pipeline

        if self.folder is None or not self.models.options.is_private:
            return _refused("import.not_here", language)
        if not text.strip():
            return _refused("import.nothing_to_save", language)
        version, _, imported = base.partition(".")
        try:
            shown = pipeline.preview("bank.yaml", text.encode("utf-8"), library=self.library, folder=self.folder)
            if shown.before is not None and not shown.is_same and _version(shown.before) != version:
                return _refused("import.moved_on", language, id=shown.bank.id)
            path = pipeline.save(replace(shown, base=self.imported.get(imported, "")))
        except BankError as error:
            return _refused("import.not_saved", language, error)
        except UnicodeEncodeError:
            return _refused("import.not_saved", language, say("import.no_such_character", language))
        count = len(shown.bank.questions)
        told = say("import.saved", language, title=shown.bank.title.into(language), count=count, file=path.name)
        return Shown(
            inline('<p role="status"><strong>{{ told }}</strong></p>', language, told=told),
            saved=shown.bank.id,
            base=f"{_version(shown.yaml.encode())}.{imported}",
        )

    def _read(
        self, owner: str, name: str, data: bytes, language: Language, *, by_model: bool, title: str = ""
    ) -> Iterator[Shown]:
        from interviewer.banks.importing import pipeline
        from interviewer.web import preview

        folder = self.folder
        if folder is None or not self.models.options.is_private:
            yield _refused("import.not_here", language)
            return
        llm = self.models.llm_for(owner) if by_model else None
        if by_model and llm is None:
            yield _refused("import.no_model", language)
            return
        run: Watched[Preview, tuple[int, int]] = Watched(
            lambda tell: pipeline.preview(
                name,
                data,
                library=self.library,
                folder=folder,
                title=title.strip(),
                llm=llm,
                threads=self.models.concurrency,
                told=lambda done, total: tell((done, total)),
            )
        )
        for done, total in run:
            source = '<p role="status">{{ say("import.drafting", done=done, total=total) }}</p>'
            yield Shown(inline(source, language, done=done, total=total))
        try:
            shown = run.result()
        except InterviewerError as error:
            yield _refused("import.unusable", language, error)
            return
        yaml = "" if preview.is_too_long_to_edit(shown.yaml) else shown.yaml
        title = shown.bank.title.into(language)
        imported = _version(shown.base.encode())
        self.imported[imported] = shown.base
        for oldest in list(self.imported)[:-_MOST_REMEMBERED]:
            self.imported.pop(oldest, None)
        yield Shown(
            preview.preview_html(shown, language), yaml, base=f"{_version(shown.before)}.{imported}", title=title
        )


def _version(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


_REFUSED = """<div role="alert" class="card"><p class="failure">{{ text }}</p>
{% if detail %}<p class="quiet">{{ detail }}</p>{% endif %}</div>"""


def _refused(key: str, language: Language, error: InterviewerError | str = "", **values: object) -> Shown:
    """A reason, and what exactly is wrong: without the name of the edited text, and the options of the command."""
    detail = error if isinstance(error, str) else error.into(language)
    for internal in ("bank.yaml：", "bank.yaml: ", " (--id)", "（--id）"):
        detail = detail.replace(internal, "")
    return Shown(inline(_REFUSED, language, text=say(key, language, **values), detail=detail))


_OWN_BANKS = """{{ told }}{% if banks %}<h3>{{ say("import.own") }}</h3><ul>
{% for bank in banks %}<li>{{ bank.title }} <span class="quiet">{{ bank.id }} · {{ say("import.own_count", count=bank.questions | length) }}</span>
<span class="tools"><button type="button" class="delete" data-bank="{{ bank.id }}" data-sure="{{ say("list.delete_sure") }}">{{ say("list.delete") }}</button></span></li>
{% endfor %}</ul>{% endif %}"""

_BANK_DELETED = """<p role="status">{{ say("import.bank_deleted", title=title.into(language)) }}
<button type="button" class="put-back" data-bank="{{ name }}">{{ say("list.undo") }}</button></p>"""

_PICKER = """{% if not is_allowed %}<p>{{ say("import.not_here") }}</p>{% else %}
<h2>{{ say("import.title") }}</h2><p>{{ say("import.intro") }}</p>
<div id="import-drop" data-too-large="{{ say("import.too_large") }}" data-not-sent="{{ say("import.not_sent") }}"><label for="import-file">{{ say("import.choose") }}</label>
<input type="file" id="import-file" accept=".md,.markdown,.txt,.csv,.tsv,.json,.jsonl,.yaml,.yml">
<p id="import-status" role="status"></p></div>{% endif %}"""


def picker_html(language: Language, *, is_allowed: bool) -> str:
    """The control that takes a file; its script is in the page's own."""
    return inline(_PICKER, language, is_allowed=is_allowed)
