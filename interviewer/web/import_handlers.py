"""What the controls of the import tab do: a file is looked at, edited and saved as a bank. Knows nothing of gradio.

What reads lists of questions is imported when the first one comes: the page need not wait for it.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from interviewer.banks.loader import BankLibrary, decode_bank, readable_banks
from interviewer.banks.removal import RemovedBank, remove_bank, removed_banks, undelete_bank
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.errors import BankError, InterviewerError, NotAllowed, StoreError
from interviewer.llm import LLM
from interviewer.presentation.templating import inline, render
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.text.messages import localized, say
from interviewer.web.background_task import WindowTask, WindowTasks
from interviewer.web.bank_audience import audience_label
from interviewer.web.page_actions import BankAction
from interviewer.web.refusal import refusal
from interviewer.web.uploads import Upload, Uploads
from interviewer.web.visit import Visit

if TYPE_CHECKING:
    from interviewer.banks.importing.pipeline import Preview
    from interviewer.banks.lint import Fault, ProgressCallback
    from interviewer.sessions.compilations import Compilations

T = TypeVar("T")
K = TypeVar("K")
_Progress = tuple[str, int, int]

_MOST_REMEMBERED = 32
_MOST_DRAFTS = 32
# As many answers are drafted at a time; the same list read again goes on.
_MOST_REFERENCES = 20
# What goes beyond is counted on the page, and written out by the command.
_MOST_SHOWN = 400


class Compiler(StrEnum):
    """What makes criteria of a list: rules, a model, or a model that drafts the answers that are missing, too."""

    OFFLINE = "offline"
    MODEL = "model"
    REFERENCES = "references"


class Saved(NamedTuple):
    """What the editor is told; where it was saved, the bank's id, and the version that now stands on the disk."""

    html: str
    bank: str = ""
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
    tasks: WindowTasks = field(default_factory=WindowTasks)

    def of(self, owner: str) -> "Importer":
        return replace(self, library=self.library.of(owner))

    @property
    def is_open(self) -> bool:
        return self.library.has_shelves or self.folder is not None

    @property
    def may_save(self) -> bool:
        """Onto one's own shelf. What is in the folder is for everybody at the page: only if all are at this machine."""
        return self.library.shelf is not None or (self.folder is not None and self.models.options.is_private)

    def stop(self, owner: str, window: str, task: WindowTask) -> None:
        self.tasks.stop(owner, window, task)
        if task is WindowTask.IMPORT and self.compilations:
            self.compilations.stop(owner, window)

    def refuses(self, compiler: str, llm: LLM | None) -> str:
        """The key of the reason for which nothing is read in this way; '' if it is."""
        by_model, shelf = compiler in (Compiler.MODEL, Compiler.REFERENCES), self.library.shelf
        if not self.may_save:
            return "import.not_here"
        if by_model and shelf and not shelf.may_publish:
            return "import.model_for_coaches"  # what candidates paste would be at the operator's cost
        return "import.no_model" if by_model and llm is None else ""

    def removed(self) -> Sequence[RemovedBank | Bank]:
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
        name, shelf, folder = action.bank, self.library.shelf, self.folder
        if not self.may_save:
            return refusal("import.not_here", language)
        try:
            if action.do == "put_back_bank":
                is_back = shelf.put_back(name) if shelf else folder and undelete_bank(self.library, name, folder)
                return inline('<p role="status">{{ say("import.bank_back") }}</p>', language) if is_back else ""
            title = self.library.title_of(name)
            if shelf is None:
                remove_bank(self.library, name, folder)
            elif not shelf.remove(name):  # files on a server are its operator's
                raise BankError("", "", localized("bank.id_of_others", id=repr(name)))
            told = say("import.bank_deleted", language, title=title)
            return render("deleted.html", language, text=told, kind="bank", name=name)
        except InterviewerError as error:
            return inline('<p role="alert">{{ why }}</p>', language, why=error)

    def read(self, visit: Visit, window: str, compiler: str = Compiler.OFFLINE) -> Iterator[str]:
        """What the last file of a visitor's window would become, and meanwhile how far it is."""
        upload = self.uploads.of(visit.owner, window or "")
        if upload is None:
            yield refusal("import.no_file", visit.language)
        else:
            yield from self._read(visit, window or "", compiler, upload)

    def read_text(self, visit: Visit, window: str, compiler: str, text: str, title: str) -> Iterator[str]:
        """The same for a list that was pasted. Under the same title it is brought up to date, as a file would be."""
        if not (text or "").strip():
            yield refusal("import.no_text", visit.language)
            return
        data, title = text.encode("utf-8", "replace"), (title or "").strip()
        name = f"{(title or f'pasted-{hashlib.sha256(data).hexdigest()[:6]}').replace('/', '-')}.md"
        yield from self._read(visit, window or "", compiler, Upload(name, data), title)

    def go_on(self, visit: Visit, window: str) -> Iterator[str]:
        """Wait for a list whose points a model makes and whose end nobody has seen: its window or its server is gone."""
        mine, window = self.of(visit.owner), window or ""
        if (visit.owner, window, WindowTask.IMPORT) in self.tasks.running:
            return  # it is shown here already
        if mine.may_save and self.compilations and (left := self.compilations.go_on(visit.owner, window)):
            yield from self._compiled(visit, window, lambda: left)

    def save(self, text: str, base: str, language: Language, audience: str = "") -> Saved:
        """Save the bank as it was edited, for an audience ('': as before), if the text was made of the version there.

        What is wrong with it is said, and the text stays as it is.
        """
        try:
            return self._saved(text, base, language, audience)
        except (BankError, NotAllowed) as error:
            return Saved(refusal("import.not_saved", language, error))
        except UnicodeEncodeError:
            return Saved(refusal("import.not_saved", language, localized("import.no_such_character")))

    def _saved(self, text: str, base: str, language: Language, audience: str) -> Saved:
        from interviewer.banks.importing import pipeline

        if not self.may_save:
            return Saved(refusal("import.not_here", language))
        if not text.strip():
            return Saved(refusal("import.nothing_to_save", language))
        version, _, imported = base.partition(".")
        shown = pipeline.preview("bank.yaml", text.encode("utf-8"), library=self.library, folder=self.folder)
        if shown.before is not None and not shown.is_same and _version(shown.before) != version:
            return Saved(refusal("import.moved_on", language, id=shown.bank.id))
        shown = replace(shown, base=self.imported.get(imported, ""))
        told = {"title": shown.bank.title.into(language), "count": len(shown.bank.questions)}
        shelf = self.library.shelf
        if shelf is None:
            sentence = say("import.saved", language, **told, file=pipeline.save(shown).name)
        else:
            place = shelf.shared(shown.place, audience)
            if shown.is_same:
                place.share()
            pipeline.save(replace(shown, place=place))
            audience = audience_label(shelf, place.audience, language)
            sentence = say("import.saved_for", language, **told, audience=audience)
        html = inline("<p><strong>{{ told }}</strong></p>", language, told=sentence)
        return Saved(html, shown.bank.id, f"{_version(shown.yaml.encode())}.{imported}")

    def _read(self, visit: Visit, window: str, compiler: str, file: Upload, title: str = "") -> Iterator[str]:
        from interviewer.banks.importing import pipeline

        owner, language, mine = visit.owner, visit.language, self.of(visit.owner)
        llm = self.models.llm_for(owner) if compiler in (Compiler.MODEL, Compiler.REFERENCES) else None
        if why := mine.refuses(compiler, llm):
            yield refusal(why, language)
            return

        if self.compilations and llm:
            most = _MOST_REFERENCES if compiler == Compiler.REFERENCES else 0
            begin = partial(self.compilations.begin, owner, window, file.name, file.data, title, most)
            yield from self._compiled(visit, window, begin)
            return

        def made(told: "ProgressCallback") -> "Preview":
            return pipeline.preview(
                file.name, file.data, library=mine.library, folder=self.folder, title=title, told=told
            )

        yield from self._shown(visit, window, "making", made)

    def _compiled(self, visit: Visit, window: str, begin: Callable[[], str]) -> Iterator[str]:
        """What a model makes of a list, which goes on without this window; nothing is kept of it once it was seen."""
        from interviewer.banks.importing.kept_preview import preview_from_json

        assert self.compilations
        kept, library = self.compilations, self.of(visit.owner).library
        ended: list[str] = []
        is_anew = False

        def made(told: "ProgressCallback") -> "Preview | None":
            nonlocal is_anew
            stopping = self.tasks.running[visit.owner, window, WindowTask.IMPORT]
            key = begin()
            if stopping.is_set():  # before there was anything to stop
                kept.stop(visit.owner, window)
            try:
                result = kept.result(key, window, stopping, told)
            except StoreError:
                raise
            except InterviewerError:
                ended.append(key)
                raise
            if result is None:
                return None
            try:
                preview = preview_from_json(result, library, self.folder)
            except (KeyError, ValueError):  # another version of the program made it
                if is_anew:
                    raise
                is_anew = True
                kept.make_anew(key)
                return made(told)
            ended.append(key)
            return preview

        yield from self._shown(visit, window, "drafting", made)
        with suppress(StoreError):  # it is shown again
            for key in ended:
                kept.take_away(visit.owner, key)

    def _shown(
        self, visit: Visit, window: str, stage: str, work: Callable[["ProgressCallback"], "Preview | None"]
    ) -> Iterator[str]:
        """How far the work is, then what it gives, or that another window is given it."""
        from interviewer.banks.importing import pipeline

        owner, language = visit.owner, visit.language

        def made(tell: Callable[[_Progress], None]) -> "Preview | str":
            def hears(stage: str, done: int, total: int) -> None:
                tell((stage, done, total))

            if (shown := work(partial(hears, stage))) is None:
                return "import.elsewhere"
            shown.check(partial(hears, "checking"))
            return shown

        begins: _Progress = ("reading", 0, 0)
        try:
            for step in self.tasks.watched(owner, window, WindowTask.IMPORT, made, begins):
                if isinstance(step, pipeline.Preview):
                    yield self._previewed(owner, step, language)
                elif isinstance(step, tuple):
                    yield task_progress(WindowTask.IMPORT, say(f"import.{step[0]}", language), language, *step[1:])
                else:
                    key = step or "import.stopped"
                    yield inline('<p role="status">{{ say(key) }}</p>', language, key=key)
        except InterviewerError as error:
            yield refusal("import.unusable", language, error)

    def _previewed(self, owner: str, shown: "Preview", language: Language) -> str:
        """What a file would become, kept for the editor under a name that the page is told."""
        imported = _version(shown.base.encode())
        base = f"{_version(shown.before)}.{imported}"
        draft = _version(f"{owner} {base} {shown.yaml}".encode())
        remember(self.imported, imported, shown.base, _MOST_REMEMBERED)
        remember(self.drafts, draft, ImportDraft(owner, shown.bank, shown.yaml, base, shown.faults), _MOST_DRAFTS)
        return preview_html(shown, draft, language)


def preview_html(shown: "Preview", draft: str, language: Language) -> str:
    """What was found and what was not, and why; the editor shows the questions of the `draft` of this name below it."""
    report = shown.report(language)
    return render("import_preview.html", language, shown=shown, draft=draft, report=report, most=_MOST_SHOWN)


def task_progress(task: WindowTask | None, told: str, language: Language, done: int = 0, total: int = 0) -> str:
    """How far a task is, with the button that stops it; without one where there is no `task` to stop."""
    return render("task_progress.html", language, task=task, told=told, done=done, total=total)


def remember(kept: dict[K, T], name: K, value: T, most: int) -> None:
    kept.pop(name, None)
    kept[name] = value
    for oldest in list(kept)[:-most]:
        kept.pop(oldest, None)


def _version(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()
