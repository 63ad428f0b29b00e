"""What the controls of the import tab do: a file is looked at, edited and saved as a bank. Knows nothing of gradio.

What reads lists of questions is imported when the first one comes: the page need not wait for it.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from interviewer.banks.loader import BankLibrary, decode_bank, readable_banks
from interviewer.banks.removal import RemovedBank, remove_bank, removed_banks, undelete_bank
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.errors import BankError, InterviewerError, NotAllowed, StoreError
from interviewer.llm.model_call import ModelCall
from interviewer.presentation.templating import inline
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.text.messages import localized, say
from interviewer.web.bank_audience import audience_label
from interviewer.web.editor_actions import WindowTask
from interviewer.web.grader_settings import BackgroundTask
from interviewer.web.import_view import BANK_DELETED, ImportView, preview_html, progress_view, refused_view
from interviewer.web.page_actions import BankAction
from interviewer.web.refusal import refusal
from interviewer.web.uploads import Uploads

if TYPE_CHECKING:
    from interviewer.banks.importing.pipeline import Preview
    from interviewer.banks.lint import Fault, ProgressCallback
    from interviewer.sessions.compilations import Compilations

T = TypeVar("T")
M = TypeVar("M")
K = TypeVar("K")
_Progress = tuple[str, int | None, int | None]

_MOST_REMEMBERED = 32
_MOST_DRAFTS = 32


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
    compilations: "Compilations | None" = None
    """Where a model makes the points; None where no model does."""
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
            return inline(BANK_DELETED, language, title=title, name=name)
        folder = self.folder
        is_back = shelf.put_back(name) if shelf else folder and undelete_bank(self.library, name, folder)
        return inline('<p role="status">{{ say("import.bank_back") }}</p>', language) if is_back else ""

    def read(
        self, owner: str, window: str, language: Language, *, by_model: bool, references: int = 0
    ) -> Iterator[ImportView]:
        """What the last file of a visitor's window would become, and meanwhile how far it is."""
        upload = self.uploads.of(owner, window)
        if upload is None:
            yield refused_view("import.no_file", language)
            return
        file = upload.name, upload.data, ""
        yield from self._read(owner, window, file, language, by_model=by_model, references=references)

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
            yield refused_view("import.no_text", language)
            return
        data = text.encode("utf-8", "replace")
        name = f"{(title.strip() or f'pasted-{hashlib.sha256(data).hexdigest()[:6]}').replace('/', '-')}.md"
        file = name, data, title.strip()
        yield from self._read(owner, window, file, language, by_model=by_model, references=references)

    def go_on(self, owner: str, window: str, language: Language) -> Iterator[ImportView]:
        """Wait for a list whose points a model makes and whose end nobody has seen: its window or its server is gone."""
        if self.compilations and self.may_save and (left := self.compilations.go_on(owner, window)):
            yield from self._compiled(owner, window, lambda: left, language)

    def stop(self, owner: str, window: str, task: WindowTask) -> None:
        """Stop what a visitor's window waits for; nothing is kept of a file that was being read."""
        if stopping := self.running.get((owner, window, task)):
            stopping.set()
        if task is WindowTask.IMPORT and self.compilations:
            self.compilations.stop(owner, window)

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
            return refused_view("import.not_here", language)
        if not text.strip():
            return refused_view("import.nothing_to_save", language)
        version, _, imported = base.partition(".")
        try:
            shown = pipeline.preview("bank.yaml", text.encode("utf-8"), library=self.library, folder=self.folder)
            if shown.before is not None and not shown.is_same and _version(shown.before) != version:
                return refused_view("import.moved_on", language, id=shown.bank.id)
            told = self._save(replace(shown, base=self.imported.get(imported, "")), audience, language)
        except (BankError, NotAllowed) as error:
            return refused_view("import.not_saved", language, error)
        except UnicodeEncodeError:
            return refused_view("import.not_saved", language, localized("import.no_such_character"))
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
        file: tuple[str, bytes, str],
        language: Language,
        *,
        by_model: bool,
        references: int,
    ) -> Iterator[ImportView]:
        """What a file would become: its name, what it holds, and the title that it is to have, or ''."""
        from interviewer.banks.importing import pipeline

        if not self.may_save:
            yield refused_view("import.not_here", language)
            return
        if by_model and self.library.shelf and not self.library.shelf.may_publish:
            # What candidates paste would be at the operator's cost.
            yield refused_view("import.model_for_coaches", language)
            return
        if by_model and (self.compilations is None or self.models.choice(owner).endpoint is None):
            yield refused_view("import.no_model", language)
            return
        if by_model and self.compilations:
            begin = partial(self.compilations.begin, owner, window, *file, references)
            yield from self._compiled(owner, window, begin, language)
            return
        name, data, title = file

        def made(told: "ProgressCallback") -> "Preview":
            return pipeline.preview(name, data, library=self.library, folder=self.folder, title=title, told=told)

        yield from self._shown(owner, window, "making", made, language)

    def _compiled(self, owner: str, window: str, begin: Callable[[], str], language: Language) -> Iterator[ImportView]:
        """What a model makes of a list, which goes on without this window; nothing is kept of it once it was seen."""
        from interviewer.banks.importing.kept_preview import preview_from_json

        assert self.compilations
        kept = self.compilations

        def made(told: "ProgressCallback") -> "Preview | None":
            result = kept.result(begin(), window, self.running[owner, window, WindowTask.IMPORT], told)
            return preview_from_json(result, self.library, self.folder) if result else None

        yield from self._shown(owner, window, "drafting", made, language)
        with suppress(StoreError):  # it is shown again
            kept.take_away(owner, window)

    def _shown(
        self,
        owner: str,
        window: str,
        stage: str,
        work: Callable[["ProgressCallback"], "Preview | None"],
        language: Language,
    ) -> Iterator[ImportView]:
        """How far the work is, then what it gives, or that another window is given it."""
        from interviewer.banks.importing import pipeline

        def made(tell: Callable[[_Progress], None]) -> "Preview | str":
            def hears(stage: str, done: int, total: int) -> None:
                tell((stage, done, total))

            if (shown := work(partial(hears, stage))) is None:
                return "import.elsewhere"
            shown.check(partial(hears, "checking"))
            return shown

        try:
            begins: _Progress = ("reading", None, None)
            for step in self.watched(owner, window, WindowTask.IMPORT, made, begins):
                if isinstance(step, pipeline.Preview):
                    yield self._previewed(owner, step, language)
                elif isinstance(step, tuple):
                    yield progress_view(*step, language)
                else:
                    key = step or "import.stopped"
                    yield ImportView(inline('<p role="status">{{ say(key) }}</p>', language, key=key))
        except InterviewerError as error:
            yield refused_view("import.unusable", language, error)

    def _previewed(self, owner: str, shown: "Preview", language: Language) -> ImportView:
        """What a file would become, kept for the editor under a name that the page is told."""
        imported = _version(shown.base.encode())
        base = f"{_version(shown.before)}.{imported}"
        draft = _version(f"{owner} {base} {shown.yaml}".encode())
        remember(self.imported, imported, shown.base, _MOST_REMEMBERED)
        remember(self.drafts, draft, ImportDraft(owner, shown.bank, shown.yaml, base, shown.faults), _MOST_DRAFTS)
        return ImportView(preview_html(shown, draft, language))


def remember(kept: dict[K, T], name: K, value: T, most: int) -> None:
    """Keep the latest so many."""
    kept.pop(name, None)
    kept[name] = value
    for oldest in list(kept)[:-most]:
        kept.pop(oldest, None)


def _version(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()
