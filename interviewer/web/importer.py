"""What the controls of the import tab do: a file is looked at, edited and saved as a bank. Knows nothing of gradio."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from interviewer import importing
from interviewer.account import Account, Entry
from interviewer.account import Made as Asked
from interviewer.errors import BankError, InterviewerError
from interviewer.importing import Preview
from interviewer.library import Library
from interviewer.markup import escaped
from interviewer.models import Models
from interviewer.rubric import Bank, Language
from interviewer.web.choosing import Watched
from interviewer.web.guard import LARGEST_BODY
from interviewer.web.uploads import Uploads
from interviewer.words import ALL, say

# What goes beyond is counted on the page, and written out by the command.
_MOST_SHOWN = 400
# Bytes of JSON, in which the text comes back to be saved.
_LONGEST_EDITED = LARGEST_BODY - 10_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What the tab then shows. `yaml` None leaves the text that is being edited as it is; `saved` is a bank's id.

    `base` tells, when that text is saved, which version of the bank it was made of; None leaves it as well.
    """

    html: str
    yaml: str | None = None
    saved: str = ""
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Importer:
    """Serves the import tab. `folder` is where banks go, None where nobody may import."""

    library: Library
    models: Models
    uploads: Uploads
    folder: Path | None

    def read(self, owner: str, window: str, language: Language, *, by_model: bool) -> Iterator[Shown]:
        """What the last file of a visitor's window would become; with a model, how far it is meanwhile."""
        upload = self.uploads.of(owner, window)
        if upload is None:
            yield _refused(say("import.no_file", language))
            return
        yield from self._read(owner, upload.name, upload.data, language, by_model=by_model)

    def read_text(self, owner: str, text: str, title: str, language: Language, *, by_model: bool) -> Iterator[Shown]:
        """The same for a list that was pasted. Under the same title it is brought up to date, as a file would be."""
        if not text.strip():
            yield _refused(say("import.no_text", language))
            return
        data = text.encode("utf-8", "replace")
        name = title.strip() or f"pasted-{hashlib.sha256(data).hexdigest()[:6]}"
        yield from self._read(owner, f"{name.replace('/', '-')}.md", data, language, by_model=by_model, title=title)

    def save(self, text: str, base: str, language: Language) -> Shown:
        """Save the bank as it was edited. What is wrong with it is said, and the text stays as it is.

        A bank that is there already is replaced only if it is the version that the text was made of.
        """
        if self.folder is None:
            return _refused(say("import.not_here", language))
        if not text.strip():
            return _refused(say("import.nothing_to_save", language))
        try:
            shown = importing.preview("bank.yaml", text.encode("utf-8"), library=self.library, folder=self.folder)
            if shown.before is not None and not shown.is_same and _version(shown.before) != base:
                return _refused(say("import.moved_on", language, id=shown.bank.id))
            path = importing.save(shown)
        except (BankError, UnicodeEncodeError) as error:
            return _refused(say("import.not_saved", language), _on_the_page(error))
        count = len(shown.bank.questions)
        told = say("import.saved", language, title=shown.bank.title.into(language), count=count, file=path.name)
        return Shown(
            f'<p role="status"><strong>{escaped(told)}</strong></p>',
            saved=shown.bank.id,
            base=_version(shown.yaml.encode()),
        )

    def _read(
        self, owner: str, name: str, data: bytes, language: Language, *, by_model: bool, title: str = ""
    ) -> Iterator[Shown]:
        folder = self.folder
        if folder is None:
            yield _refused(say("import.not_here", language))
            return
        llm = self.models.llm_for(owner) if by_model else None
        if by_model and llm is None:
            yield _refused(say("import.no_model", language))
            return
        run: Watched[Preview, tuple[int, int]] = Watched(
            lambda tell: importing.preview(
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
            yield Shown(f'<p role="status">{say("import.drafting", language, done=done, total=total)}</p>')
        try:
            shown = run.result()
        except InterviewerError as error:
            yield _refused(say("import.unusable", language), _on_the_page(error))
            return
        yaml = "" if _is_too_long(shown.yaml) else shown.yaml
        yield Shown(preview_html(shown, language), yaml, base=_version(shown.before))


def preview_html(shown: Preview, language: Language) -> str:
    """What was found, what was not and why, and every question with its points."""
    account = shown.account(language)
    title = say(_heading(shown), language, title=shown.bank.title.into(language), id=shown.bank.id)
    counts = say("import.counts", language, questions=len(shown.bank.questions), criteria=shown.criteria)
    parts = [f'<div class="card"><h2>{escaped(title)}</h2><p class="score"><strong>{counts}</strong></p>']
    parts += [f'<p class="flag">{escaped(note)}</p>' for note in account.notes]
    if _is_too_long(shown.yaml):
        parts.append(f'<p class="flag">{say("import.too_long_to_edit", language)}</p>')
    parts.append(_changes(account))
    parts.append(
        _entries(say("import.left_out", language, count=len(account.left_out)), account.left_out, is_open=True)
    )
    parts += [_questions(account.questions, shown.bank, language), _accounted(account), "</div>"]
    return "".join(parts)


def _heading(shown: Preview) -> str:
    if shown.is_new:
        return "import.found"
    if shown.is_same:
        return "import.unchanged"
    return "import.update" if shown.source else "import.replaces"


def _is_too_long(yaml: str) -> bool:
    return len(json.dumps(yaml, ensure_ascii=False).encode()) > _LONGEST_EDITED


def _version(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _changes(account: Account) -> str:
    if not account.changes:
        return ""
    items = "".join(f"<li>{escaped(change)}</li>" for change in account.changes)
    return f"<h3>{say('import.changes', account.language)}</h3><ul>{items}</ul>"


def _questions(asked: Sequence[Asked], bank: Bank, language: Language) -> str:
    items = []
    for one in asked[:_MOST_SHOWN]:
        points = "".join(
            f'<li>{escaped(criterion.text.into(language))} <span class="tag">{escaped(_made(criterion.made, language))}</span></li>'
            for criterion in bank[one.id].criteria
        )
        doubts = f'<p class="flag">{escaped(one.doubts)}</p>' if one.doubts else ""
        faults = "".join(f'<p class="quiet">{escaped(fault)}</p>' for fault in one.faults)
        sign = f' <span class="tag">{say("import.to_look_at", language)}</span>' if one.doubts or one.faults else ""
        reference = f'<p class="reference" dir="auto">{escaped(bank[one.id].reference.into(language))}</p>'
        items.append(
            f"<details><summary>{escaped(one.text)}{sign}</summary>{reference}<ul>{points}</ul>{doubts}{faults}</details>"
        )
    more = len(asked) - len(items)
    rest = f"<p>{say('import.more', language, count=more)}</p>" if more > 0 else ""
    return f"<h3>{say('import.questions', language)}</h3>{''.join(items)}{rest}"


def _made(how: str, language: Language) -> str:
    """How a criterion was made, in words where there are words for it."""
    key = f"made.{how.replace(' ', '_')}"
    return say(key, language) if key in ALL else how


def _accounted(account: Account) -> str:
    language = account.language
    if not account.blocks:
        return ""
    counts = "".join(
        f"<li>{escaped(say('import.block_line', language, role=role, blocks=blocks, lines=lines))}</li>"
        for role, blocks, lines in account.counts
    )
    title = say("import.all_blocks", language)
    return f"<h3>{say('import.blocks', language)}</h3><ul>{counts}</ul>" + _entries(
        title, account.blocks, is_open=False
    )


def _entries(title: str, entries: Sequence[Entry], *, is_open: bool) -> str:
    if not entries:
        return ""
    rows = "".join(
        f"<tr><td>{escaped(entry.lines)}</td><td>{escaped(entry.begins)}</td><td>{escaped(entry.why)}</td></tr>"
        for entry in entries[:_MOST_SHOWN]
    )
    more = f'<tr><td colspan="3">+ {len(entries) - _MOST_SHOWN}</td></tr>' if len(entries) > _MOST_SHOWN else ""
    opened = " open" if is_open else ""
    return f'<details{opened}><summary>{escaped(title)}</summary><table class="topics">{rows}{more}</table></details>'


def _on_the_page(error: Exception) -> str:
    """What is wrong, without the name of the text that was edited and without the options of the command."""
    return str(error).removeprefix("bank.yaml: ").replace(" (--id)", "")


def _refused(text: str, detail: str = "") -> Shown:
    more = f'<p class="quiet">{escaped(detail)}</p>' if detail else ""
    return Shown(f'<div role="alert" class="card"><p class="failure">{escaped(text)}</p>{more}</div>')


def picker_html(language: Language, *, is_allowed: bool) -> str:
    """The control that takes a file; its script is in the page's own."""
    if not is_allowed:
        return f"<p>{say('import.not_here', language)}</p>"
    return (
        f"<h2>{say('import.title', language)}</h2><p>{say('import.intro', language)}</p>"
        f'<div id="import-drop"><label for="import-file">{say("import.choose", language)}</label>'
        '<input type="file" id="import-file" accept=".md,.markdown,.txt,.csv,.tsv,.json,.jsonl,.yaml,.yml">'
        '<p id="import-status" role="status"></p></div>'
    )
