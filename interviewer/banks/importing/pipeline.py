"""A file of questions made into a bank that can be played: looked at first, saved afterwards.

    shown = preview("notes.md", data, library=library, folder=settings.import_folder)
    shown.account(Language.EN)      what became of every part of the file
    shown.yaml                      what the bank file will hold
    save(shown)                     writes it, and the library has it at once

Everything in a preview is plain text out of somebody's file: whoever shows it on a page escapes it. Nothing of it is
ever opened as a path; the only files that are read and written are banks of the library, of `folder` and `output`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count
from pathlib import Path

from interviewer.banks import writer
from interviewer.banks.importing import import_report, rewriting
from interviewer.banks.importing.builder import Taken, bank_of, clean, name_of, normal, wanted
from interviewer.banks.importing.document import Source
from interviewer.banks.importing.import_report import Account, Note
from interviewer.banks.importing.merging import Change, Did, has_edited_criteria, merge
from interviewer.banks.importing.parsers import read
from interviewer.banks.importing.rubric_from_llm import draft_all
from interviewer.banks.importing.rubric_from_reference import MOST_POINTS, surplus
from interviewer.banks.lint import alike_questions, lint
from interviewer.banks.loader import BANK_ENDINGS, LARGEST_BANK, Library, parse_bank
from interviewer.domain.rubric import Bank, Language, Localized, Question, is_id
from interviewer.errors import BankError
from interviewer.llm import LLM
from interviewer.settings import shipped

_LONGEST_NAME = 200
# What Windows takes for a device, whatever its ending.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)")

# Is told how many questions a model has drafted, and of how many.
Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Preview:
    """What an import would write to `path`; nothing is written yet.

    `bank` is what `yaml` holds. `before` are the bytes of the file that stands there, None if there is none; what
    people have edited in it is in `bank` already, and `changes` says what else has become of it. `source` is None
    where the imported file was a bank.
    """

    path: Path
    bank: Bank
    yaml: str
    before: bytes | None
    source: Source | None
    taken: Taken
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_same(self) -> bool:
        """Whether saving would change nothing."""
        return self.before == self.yaml.encode()

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """Where an edit in the file and a change of the source meet; the edit stays."""
        return tuple(change for change in self.changes if change.did is Did.CONFLICT)

    @property
    def criteria(self) -> int:
        return sum(len(question.criteria) for question in self.bank.questions)

    @cached_property
    def faults(self) -> Mapping[str, Sequence[str]]:
        """What `interviewer check` says about the bank, by the id of the question."""
        found: dict[str, list[str]] = {}
        for question in self.bank.questions:
            head = f"question {question.id!r}"
            for fault in lint(replace(self.bank, questions=(question,), topics=None)):
                found.setdefault(question.id, []).append(fault.removeprefix(head).lstrip(":, "))
        for name, fault in alike_questions(self.bank):
            found.setdefault(name, []).append(fault)
        for question in self.bank.questions:
            if left := _left_out(question):
                found.setdefault(question.id, []).append(
                    f"its reference has more than can be judged point by point; points left out: {left}"
                )
        return found

    def account(self, language: Language) -> Account:
        """What became of every part of the file; `account.lines` writes it out."""
        return import_report.give(self.source, self.taken, self.bank, self.changes, self.faults, self.notes, language)


def _left_out(question: Question) -> int:
    """How many points of the reference found no room among the criteria, where these are as they were made offline."""
    if len(question.criteria) != MOST_POINTS or not all(
        criterion.made and not criterion.made.startswith("model") for criterion in question.criteria
    ):
        return 0
    return surplus(question.text.both[0], question.reference.both[0])


def preview(
    name: str,
    data: bytes,
    *,
    library: Library,
    folder: Path,
    output: Path | None = None,
    id: str = "",  # noqa: A002 - the key of the bank that it becomes
    title: str = "",
    language: Language | None = None,
    llm: LLM | None = None,
    threads: int = 1,
    told: Told = lambda _done, _total: None,
) -> Preview:
    """What the import of a file would write: into the file or folder `output`, or into `folder` under the bank's id.

    A bank that was imported before is brought up to date, and what people edited in it stays. With `llm`, a model drafts
    the criteria, `threads` requests at a time; without, and where it fails, they come from the structure of the
    reference answers. As long as question and answer stay the same, what a model has drafted or a person has edited is
    not made again. Raises BankError if the file cannot be used, or the id is that of a bank that was not imported.
    """
    name, title = _bare(name), _in_one_line(title)
    if output and output.is_dir():
        folder, output = output, None
    if output and not output.name.casefold().endswith(BANK_ENDINGS):
        raise BankError(output.name, "", "would not be found as a bank: end its name with .yaml")
    if id and not is_id(id):
        raise BankError(name, "id", f"{id!r} may only have a-z, 0-9, '-', '_' and '.', at most 80 of them")
    if name.casefold().endswith(BANK_ENDINGS):
        return _of_bank(name, data, library, folder, output, id, title, language)
    source = read(name, data)
    earlier = _read(output) if output else None
    id = id or _id_of(source, earlier, library, folder, output)  # noqa: A001
    path = _path(id, library, folder, output)
    earlier = _read(path)
    old = earlier.bank if earlier else None
    made = [question for question in old.questions if question.made] if old else []
    if old and not made and not output:
        raise BankError(
            path.name, "", "was written by hand: choose another id (--id), or name the file to add to it (-o)"
        )
    kept = {q.made.item: q for q in made if q.made and (q.made.by or has_edited_criteria(q))}
    language = language or (old.language if old else source.language)
    compiled, notes = _drafted(source, kept, language, llm, threads, told) if llm else ({}, [])
    taken = bank_of(source, id=id, title=title, language=language, compiled=compiled, kept=kept)
    if old is None or earlier is None:
        return Preview(
            path, taken.bank, _fits(writer.bank_to_yaml(taken.bank), name), None, source, taken, notes=tuple(notes)
        )
    merged = merge(old, taken.bank)
    bank = replace(merged.bank, id=id, title=Localized.of(old.language, title) if title else old.title)
    text = _fits(rewriting.rewritten(earlier.text, path.name, bank), name)
    return Preview(path, bank, text, earlier.data, source, taken, merged.changes, tuple(notes))


def save(preview: Preview) -> Path:
    """Write the bank file, and say where it is. Raises BankError; then nothing has changed.

    Where a bank file replaces another one, that one is kept beside it with the ending `.bak`.
    """
    if preview.is_same:
        return preview.path
    if preview.source is None and preview.before is not None:
        writer.keep(preview.before, preview.path.with_name(f"{preview.path.name}.bak"))
    writer.save(preview.yaml, preview.path, preview.before)
    return preview.path


@dataclass(frozen=True, slots=True)
class _File:
    data: bytes
    text: str
    bank: Bank


def _drafted(
    source: Source, kept: Mapping[str, Question], language: Language, llm: LLM, threads: int, told: Told
) -> tuple[dict[str, Question], list[Note]]:
    """What a model makes of the items that are not kept, by their digests, and what is to be said about it."""
    items = [item for item in wanted(source)[0] if item.digest not in kept]
    drafts = draft_all(llm, [(item.question, item.answer) for item in items], language, threads, told)
    notes: list[Note] = []
    for item, drafted in zip(items, drafts, strict=True):
        line = " ".join(item.question.split())
        if drafted.failure:
            notes.append(Note("draft.failed", {"question": line, "why": drafted.failure}))
        notes += [Note("draft.dropped", {"question": line, "claim": c, "why": why}) for c, why in drafted.dropped]
    return {item.digest: one.question for item, one in zip(items, drafts, strict=True)}, notes


def _of_bank(
    name: str,
    data: bytes,
    library: Library,
    folder: Path,
    output: Path | None,
    id: str,  # noqa: A002
    title: str,
    language: Language | None,
) -> Preview:
    """A bank is taken as it is, comments and all, with what was asked for put into it."""
    text = _decoded(name, data).replace("\r\n", "\n")
    given = parse_bank(text, name)
    bank = replace(
        given,
        id=id or given.id,
        language=language or given.language,
        title=Localized.of(language or given.language, title) if title else given.title,
    )
    path = _path(bank.id, library, folder, output)
    earlier = _read(path)
    text = rewriting.rewritten(text, name, bank)
    return Preview(path, bank, text, earlier.data if earlier else None, None, Taken(bank))


def _id_of(source: Source, earlier: "_File | None", library: Library, folder: Path, output: Path | None) -> str:
    """The id that the output has or is named by, or one made of the file's name.

    That has a number where an imported bank of this name has none of the source's questions.
    """
    if output:
        return earlier.bank.id if earlier else name_of(output.stem)
    name, (items, _) = name_of(source.name), wanted(source)
    digests = {item.digest for item in items}
    asked = {normal(item.question) for item in items}
    candidates = chain([name], (f"{name}-{number}" for number in count(2)))
    for candidate in candidates:
        earlier = _read(_path(candidate, library, folder, None))
        made = [question for question in earlier.bank.questions if question.made] if earlier else []
        known = {question.made.item for question in made if question.made}
        known_texts = {normal(text) for question in made for text in question.text.both}
        if not made or known & digests or known_texts & asked:
            break
    return candidate


def _path(id: str, library: Library, folder: Path, output: Path | None) -> Path:  # noqa: A002
    """Where the bank goes: where it is already, if it was imported. Raises BankError if another file has its id."""
    known = library.place_of(id)
    if known and known.parent == shipped("rubrics") and not output:
        raise BankError(
            known.name, "id", f"{id!r} is the id of a bank that ships with the program: choose another (--id)"
        )
    path = output or known or folder / (f"bank-{id}.yaml" if _DEVICE.match(id) else f"{id}.yaml")
    if known and known.resolve() != path.resolve():
        raise BankError(path.name, "id", f"{id!r} is taken by {known.name}: choose another (--id)")
    return path


def _read(path: Path | None) -> _File | None:
    if path is None or not path.exists():
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BankError(path.name, "", f"cannot be read: {error.strerror}") from error
    text = _decoded(path.name, data)
    return _File(data, text, parse_bank(text, path.name))


def _bare(name: str) -> str:
    """A file's name without its folder, as a bank may hold it; a byte of it that is no UTF-8 is spelled `%c3`."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    return _in_one_line(re.sub("[\ud800-\udfff]", lambda half: f"%{ord(half[0]) & 0xFF:02x}", bare))[-_LONGEST_NAME:]


def _in_one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _decoded(name: str, data: bytes) -> str:
    if len(data) > LARGEST_BANK:
        raise BankError(name, "", f"is larger than {LARGEST_BANK // 1_000_000} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BankError(name, f"byte {error.start}", "is not UTF-8 text") from error


def _fits(text: str, name: str) -> str:
    if len(text.encode()) > LARGEST_BANK:
        raise BankError(name, "", f"makes a bank of more than {LARGEST_BANK // 1_000_000} MB: split it")
    return text
