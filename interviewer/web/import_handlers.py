"""What the controls of the import tab do: a file is looked at, edited and saved as a bank. Knows nothing of gradio.

What reads lists of questions is imported when the first one comes: the page need not wait for it.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from interviewer.banks.loader import BankLibrary, decode_bank, readable_banks
from interviewer.banks.removal import RemovedBank, remove_bank, removed_banks, undelete_bank
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized
from interviewer.errors import BankError, InterviewerError, NotAllowed
from interviewer.llm.model_call import ModelCall
from interviewer.presentation.templating import inline, render
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.text.messages import localized, say
from interviewer.web.bank_audience import audience_label
from interviewer.web.editor_actions import WindowTask
from interviewer.web.grader_settings import BackgroundTask
from interviewer.web.page_actions import BankAction
from interviewer.web.refusal import refusal
from interviewer.web.uploads import Uploads

if TYPE_CHECKING:
    from interviewer.banks.importing.pipeline import Preview
    from interviewer.banks.lint import Fault

T = TypeVar("T")
M = TypeVar("M")
K = TypeVar("K")
_Progress = tuple[str, int | None, int | None]

_MOST_REMEMBERED = 32
_MOST_DRAFTS = 32
# What goes beyond is counted on the page, and written out by the command.
_MOST_SHOWN = 400

_PROGRESS = """<div class="import-progress"><p role="status">{{ say("import." ~ stage) }}{% if total is not none %} {{ done }} / {{ total }}{% endif %}</p>
<progress aria-label="{{ say("import." ~ stage) }}"{% if total is not none %} max="{{ total }}" value="{{ done }}"{% endif %}></progress>
<button type="button" class="stop-task" data-task="import">{{ say("import.stop") }}</button></div>"""


@dataclass(frozen=True, slots=True)
class ImportView:
    """What the tab then shows; `saved` is a bank's id, and `base` the version that now stands on the disk."""

    html: str
    saved: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class ImportDraft:
    """What a file would become, to be edited and saved.

    `base` tells, when it is saved, which version of the bank it was made of and what was imported, before it was edited.
    """

    owner: str
    bank: Bank
    yaml: str = field(repr=False)
    base: str
    faults: Mapping[str, Sequence["Fault"]]


class _Stopped(Exception):
    """Somebody has pressed the button that stops the task."""


@dataclass(frozen=True, slots=True)
class Importer:
    """Serves the import tab. `folder` is where banks go where people have no shelves, None where nobody may import.

    Where they have, only the importer `of` somebody saves anything.
    """

    library: BankLibrary
    models: GraderRegistry
    uploads: Uploads
    folder: Path | None
    drafts: dict[str, ImportDraft] = field(default_factory=dict)
    """What was made of the latest files, by the names that the page is told."""
    imported: dict[str, str] = field(default_factory=dict)
    """Banks as they were made of the latest files, by digest: what is saved may have been edited on the page."""
    running: dict[tuple[str, str, WindowTask], threading.Event] = field(default_factory=dict)
    """What stops a task, by visitor and window."""

    def of(self, owner: str) -> "Importer":
        """The importer as this person has it."""
        return replace(self, library=self.library.of(owner))

    @property
    def is_open(self) -> bool:
        """Whether there is an import tab at all."""
        return self.library.has_shelves or self.folder is not None

    @property
    def may_save(self) -> bool:
        """Onto one's own shelf. What is in the folder is for everybody at the page: only if all are at this machine."""
        return self.library.shelf is not None or (self.folder is not None and self.models.options.is_private)

    def removed(self) -> Sequence[RemovedBank | Bank]:
        """The banks that can still be put back."""
        if self.library.shelf:
            return readable_banks(self.library.shelf.removed())
        return removed_banks(self.folder) if self.folder else []

    def text_of(self, bank: str) -> tuple[str, str]:
        """The text of a bank of one's own, and the version that it is. Raises BankError."""
        place = self.library.place_of(bank)
        data = place.read() if place and not place.locked else None
        if place is None or data is None:
            raise BankError("", "", localized(place.locked if place else "bank.id_shipped", id=repr(bank)))
        return decode_bank(data, place.path.name), f"{_version(data)}."

    def change_banks(self, action: BankAction, language: Language) -> str:
        """Delete a bank or put it back, and what is told of it."""
        if not self.may_save:
            return refusal("import.not_here", language)
        try:
            return self._change(action, language)
        except InterviewerError as error:
            return inline('<p role="alert">{{ why }}</p>', language, why=error.into(language))

    def _change(self, action: BankAction, language: Language) -> str:
        name, shelf = action.bank, self.library.shelf
        if action.do == "delete_bank":
            title = self.library.title_of(name)
            if shelf is None:
                remove_bank(self.library, name, self.folder)
            elif not shelf.remove(name):  # files on a server are its operator's
                raise BankError("", "", localized("bank.id_of_others", id=repr(name)))
            return inline(_BANK_DELETED, language, title=title, name=name)
        folder = self.folder
        is_back = shelf.put_back(name) if shelf else folder and undelete_bank(self.library, name, folder)
        return inline('<p role="status">{{ say("import.bank_back") }}</p>', language) if is_back else ""

    def read(
        self, owner: str, window: str, language: Language, *, by_model: bool, references: int = 0
    ) -> Iterator[ImportView]:
        """What the last file of a visitor's window would become, and meanwhile how far it is."""
        upload = self.uploads.of(owner, window)
        if upload is None:
            yield _refused("import.no_file", language)
            return
        yield from self._read(
            owner, window, upload.name, upload.data, language, by_model=by_model, references=references
        )

    def read_text(
        self,
        owner: str,
        window: str,
        text: str,
        title: str,
        language: Language,
        *,
        by_model: bool,
        references: int = 0,
    ) -> Iterator[ImportView]:
        """The same for a list that was pasted. Under the same title it is brought up to date, as a file would be."""
        if not text.strip():
            yield _refused("import.no_text", language)
            return
        data = text.encode("utf-8", "replace")
        name = f"{(title.strip() or f'pasted-{hashlib.sha256(data).hexdigest()[:6]}').replace('/', '-')}.md"
        yield from self._read(
            owner, window, name, data, language, by_model=by_model, references=references, title=title
        )

    def stop(self, owner: str, window: str, task: WindowTask) -> None:
        """Stop what a visitor's window waits for; nothing is kept of a file that was being read."""
        if stopping := self.running.get((owner, window, task)):
            stopping.set()

    def watched(
        self, owner: str, window: str, task: WindowTask, work: Callable[[Callable[[M], None]], T], begins: M
    ) -> Iterator[M | T | None]:
        """How far a task is while a visitor's window waits, then its result; None if `stop` ended it.

        It `begins` with what is told before the work tells anything. The work ends at the latest when it tells its
        progress; what it asks of a model ends at once, also where the window was closed: nobody reads it any more.
        """
        stopping = self.running[owner, window, task] = threading.Event()
        call = ModelCall()

        def heeding(tell: Callable[[M], None]) -> T:
            def told(progress: M) -> None:
                if stopping.is_set():
                    raise _Stopped
                tell(progress)

            return work(told)

        try:
            run: BackgroundTask[T, M] = BackgroundTask(heeding, stopping, call)
            yield begins
            yield from run
            yield None if stopping.is_set() else run.result()
        finally:
            stopping.set()
            call.stop()
            if self.running.get((owner, window, task)) is stopping:
                del self.running[owner, window, task]

    def save(self, text: str, base: str, language: Language, audience: str = "") -> ImportView:
        """Save the bank as it was edited, on a shelf for this audience or for whom it was before ('').

        What is wrong with it is said, and the text stays as it is. A bank that is there already is replaced only if it is the version that the text was made of.
        """
        from interviewer.banks.importing import pipeline

        if not self.may_save:
            return _refused("import.not_here", language)
        if not text.strip():
            return _refused("import.nothing_to_save", language)
        version, _, imported = base.partition(".")
        try:
            shown = pipeline.preview("bank.yaml", text.encode("utf-8"), library=self.library, folder=self.folder)
            if shown.before is not None and not shown.is_same and _version(shown.before) != version:
                return _refused("import.moved_on", language, id=shown.bank.id)
            told = self._save(replace(shown, base=self.imported.get(imported, "")), audience, language)
        except (BankError, NotAllowed) as error:
            return _refused("import.not_saved", language, error)
        except UnicodeEncodeError:
            return _refused("import.not_saved", language, localized("import.no_such_character"))
        return ImportView(
            inline("<p><strong>{{ told }}</strong></p>", language, told=told),
            saved=shown.bank.id,
            base=f"{_version(shown.yaml.encode())}.{imported}",
        )

    def _save(self, shown: "Preview", audience: str, language: Language) -> str:
        """What is said of a bank that was saved. Raises BankError and NotAllowed."""
        from interviewer.banks.importing import pipeline

        told = {"title": shown.bank.title.into(language), "count": len(shown.bank.questions)}
        shelf = self.library.shelf
        if shelf is None:
            return say("import.saved", language, **told, file=pipeline.save(shown).name)
        place = shelf.shared(shown.place, audience)
        if shown.is_same:
            place.share()
        pipeline.save(replace(shown, place=place))
        return say("import.saved_for", language, **told, audience=audience_label(shelf, place.audience, language))

    def _read(
        self,
        owner: str,
        window: str,
        name: str,
        data: bytes,
        language: Language,
        *,
        by_model: bool,
        references: int,
        title: str = "",
    ) -> Iterator[ImportView]:
        from interviewer.banks.importing import pipeline

        if not self.may_save:
            yield _refused("import.not_here", language)
            return
        if by_model and self.library.shelf and not self.library.shelf.may_publish:
            # What candidates paste would be at the operator's cost.
            yield _refused("import.model_for_coaches", language)
            return
        llm = self.models.llm_for(owner) if by_model else None
        if by_model and llm is None:
            yield _refused("import.no_model", language)
            return

        def made(tell: Callable[[_Progress], None]) -> "Preview":
            def hears(stage: str, done: int, total: int) -> None:
                tell((stage, done, total))

            shown = pipeline.preview(
                name,
                data,
                library=self.library,
                folder=self.folder,
                title=title.strip(),
                llm=llm,
                references=references,
                threads=self.models.concurrency,
                told=partial(hears, "drafting" if llm else "making"),
            )
            shown.check(partial(hears, "checking"))
            return shown

        try:
            begins: _Progress = ("reading", None, None)
            for step in self.watched(owner, window, WindowTask.IMPORT, made, begins):
                if isinstance(step, pipeline.Preview):
                    yield self._previewed(owner, step, language)
                elif step is None:
                    yield ImportView(inline('<p role="status">{{ say("import.stopped") }}</p>', language))
                else:
                    yield _progress(*step, language)
        except InterviewerError as error:
            yield _refused("import.unusable", language, error)

    def _previewed(self, owner: str, shown: "Preview", language: Language) -> ImportView:
        """What a file would become, kept for the editor under a name that the page is told."""
        imported = _version(shown.base.encode())
        base = f"{_version(shown.before)}.{imported}"
        draft = _version(f"{owner} {base} {shown.yaml}".encode())
        remember(self.imported, imported, shown.base, _MOST_REMEMBERED)
        remember(self.drafts, draft, ImportDraft(owner, shown.bank, shown.yaml, base, shown.faults), _MOST_DRAFTS)
        return ImportView(preview_html(shown, draft, language))


def preview_html(shown: "Preview", draft: str, language: Language) -> str:
    """What was found and what was not, and why; the editor shows the questions of the `draft` of this name below it."""
    report = shown.report(language)
    return render("import_preview.html", language, shown=shown, draft=draft, report=report, most=_MOST_SHOWN)


def _progress(stage: str, done: int | None, total: int | None, language: Language) -> ImportView:
    return ImportView(inline(_PROGRESS, language, stage=stage, done=done, total=total))


def remember(kept: dict[K, T], name: K, value: T, most: int) -> None:
    """Keep the latest so many."""
    kept.pop(name, None)
    kept[name] = value
    for oldest in list(kept)[:-most]:
        kept.pop(oldest, None)


def _version(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _refused(
    key: str, language: Language, error: InterviewerError | Localized | str = "", **values: object
) -> ImportView:
    return ImportView(refusal(key, language, error, **values))


_BANK_DELETED = """<p role="status">{{ say("import.bank_deleted", title=title.into(language)) }}
<button type="button" class="put-back" data-bank="{{ name }}">{{ say("list.undo") }}</button></p>"""
