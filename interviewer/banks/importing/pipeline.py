"""A file of questions made into a bank that can be played: looked at first, saved afterwards.

    shown = preview("notes.md", data, library=library, folder=settings.import_folder)
    shown.report(Language.EN)       what became of every part of the file
    shown.yaml                      what the bank file will hold
    save(shown)                     writes it, and the library has it at once

Everything in a preview is plain text out of somebody's file: whoever shows it on a page escapes it. Nothing of it is
ever opened as a path; the only files that are read and written are banks of the library, of `folder` and `output`, and
beside each bank, in `.imported`, a copy as it was imported: what differs from it was edited by people.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count
from pathlib import Path

from interviewer.banks import writer
from interviewer.banks.bank_folders import BANK_ENDINGS
from interviewer.banks.importing import identifiers, import_report
from interviewer.banks.importing.builder import BuiltBank, bank_of, usable_items
from interviewer.banks.importing.document import Source, clean
from interviewer.banks.importing.identifiers import normal
from interviewer.banks.importing.import_report import ImportReport, Note
from interviewer.banks.importing.merging import MergeChange, base_questions, has_edited_criteria, merge
from interviewer.banks.importing.missing_answers import fill_answers, known_answers
from interviewer.banks.importing.parsers import read
from interviewer.banks.importing.rubric_from_llm import draft_all
from interviewer.banks.importing.rubric_from_reference import CODE, MOST_POINTS, surplus
from interviewer.banks.lint import Fault, ProgressCallback, by_question, lint
from interviewer.banks.loader import BankLibrary, decode_bank, parse_bank
from interviewer.banks.places import LARGEST_BANK, BankFile, BankPlace
from interviewer.banks.rewriting import rewritten
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized, Question, is_id
from interviewer.errors import BankError
from interviewer.llm import LLM
from interviewer.text.messages import localized

_LONGEST_NAME = 200
# What Windows takes for a device, whatever its ending.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}


@dataclass(frozen=True)
class Preview:
    """What an import would write to `place`; nothing is written yet.

    `bank` is what `yaml` holds. `before` are the bytes of what stands there, None if there is nothing; what
    people have edited in it is in `bank` already, and `changes` says what else has become of it. `source` is None
    where the imported file was a bank. `base` is the copy of what was imported, which the next import compares with; an
    empty one leaves the copy that is there.
    """

    place: BankPlace
    bank: Bank
    yaml: str
    before: bytes | None
    source: Source | None
    built: BuiltBank
    changes: tuple[MergeChange, ...] = ()
    notes: tuple[Note, ...] = ()
    base: str = ""

    @property
    def path(self) -> Path:
        """The file, or what it would be called."""
        return self.place.path

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_same(self) -> bool:
        """Whether saving would change nothing."""
        return self.before == self.yaml.encode()

    @property
    def criteria(self) -> int:
        return sum(len(question.criteria) for question in self.bank.questions)

    @cached_property
    def faults(self) -> Mapping[str, Sequence[Fault]]:
        """What `interviewer check` says about the bank, by the id of the question; what takes longest of an import."""
        return self.check(lambda _done, _total: None)

    def check(self, told: ProgressCallback) -> Mapping[str, Sequence[Fault]]:
        """Find the faults now; `told` hears how many questions are checked, of how many, and may raise to stop it."""
        faults = list(lint(self.bank, told))
        for question in self.bank.questions:
            made = [criterion.made for criterion in question.criteria]
            if any(c.made == CODE and not c.aliases for c in question.criteria):
                faults.append(Fault(question.id, localized("lint.code_alone")))
            # The points of the reference that found no room, where the criteria are as they were made offline.
            if len(made) == MOST_POINTS and all(how and not how.startswith("model") for how in made):
                left = surplus(question.text.both[0], question.reference.both[0])
                faults += [Fault(question.id, localized("lint.surplus", count=left))] if left else []
        self.__dict__["faults"] = by_question(faults)
        return self.faults

    def report(self, language: Language) -> ImportReport:
        """What became of every part of the file; `import_report.lines` writes it out."""
        return import_report.make_report(
            self.source, self.built, self.bank, self.changes, self.faults, self.notes, language
        )


@dataclass(frozen=True, slots=True)
class _Destination:
    """Where banks go: into the file `output` if there is one, else where the library has them or puts new ones."""

    library: BankLibrary
    folder: Path | None
    output: Path | None

    def place(self, id: str) -> BankPlace:  # noqa: A002
        """Where a bank goes. Raises BankError if its id is that of another one."""
        known = self.library.place_of(id)
        if known and known.locked and not self.output:
            raise BankError(known.path.name, "id", localized(known.locked, id=repr(id)))
        name = f"bank-{id}" if id.split(".", maxsplit=1)[0] in _DEVICES and not self.library.shelf else id
        place = BankFile(self.output) if self.output else known or self.library.new_place(name, self.folder)
        if known and known.path.resolve() != place.path.resolve():
            raise BankError(place.path.name, "id", localized("bank.id_taken_option", id=repr(id), file=known.path.name))
        return place

    def is_of_others(self, id: str) -> bool:  # noqa: A002
        known = self.library.place_of(id)
        return known is not None and known.locked == "bank.id_of_others"

    def id_for(self, source: Source) -> str:
        """The id that the output has or is named by, or one made of the file's name.

        That has a number where an imported bank of this name has none of the source's questions.
        """
        if self.output:
            earlier = _read(BankFile(self.output))
            return earlier.bank.id if earlier else identifiers.of_bank(self.output.name)
        name = identifiers.of_bank(source.name)
        known = {same for item in source.items for same in (item.digest, normal(item.question))}
        for candidate in chain([name], (f"{name}-{number}" for number in count(2))):
            if self.is_of_others(candidate):
                continue
            earlier = _read(self.place(candidate))
            made = [(question.made, question) for question in earlier.bank.questions] if earlier else []
            theirs = {made.item for made, _ in made if made} | {
                normal(t) for made, q in made if made for t in q.text.both
            }
            if not theirs or known & theirs:
                return candidate
        raise AssertionError


def preview(
    name: str,
    data: bytes,
    *,
    library: BankLibrary,
    folder: Path | None,
    output: Path | None = None,
    id: str = "",  # noqa: A002 - the key of the bank that it becomes
    title: str = "",
    language: Language | None = None,
    llm: LLM | None = None,
    references: int = 0,
    threads: int = 1,
    told: ProgressCallback = lambda _done, _total: None,
) -> Preview:
    """What the import of a file would write: into the file or folder `output`, or into `folder` under the bank's id.

    A bank that was imported before is brought up to date, and what people edited in it stays. With `llm`, a model drafts
    the criteria, `threads` requests at a time; without, and where it fails, they come from the structure of the
    reference answers. As long as question and answer stay the same, what a model has drafted or a person has edited is
    not made again. The model also drafts at most so many `references` for questions without an answer, which then await
    a review. Raises BankError if the file cannot be used, or the id is that of a bank that was not imported.
    """
    name, title = _bare(name), _in_one_line(title)
    if output and output.is_dir():
        folder, output = output, None
    if output and not output.name.casefold().endswith(BANK_ENDINGS):
        raise BankError(output.name, "", localized("bank.output_ending"))
    if id and not is_id(id):
        raise BankError(name, "id", localized("bank.bad_id", id=repr(id)))
    destination = _Destination(library, folder, output)
    if name.casefold().endswith(BANK_ENDINGS):
        return _of_bank(name, data, destination, id, title, language)
    source = read(name, data)
    id = id or destination.id_for(source)  # noqa: A001
    place = destination.place(id)
    file = _read(place)
    made = [question for question in file.bank.questions if question.made] if file else []
    if file and not made and not output:
        raise BankError(place.path.name, "", localized("bank.by_hand"))
    base = _imported_copy(place)
    bases = base_questions(file.bank, base) if file else {}
    kept = {
        q.made.item: q
        for q in made
        if q.made and (q.made.by or q.drafted_by or has_edited_criteria(q, bases.get(q.id)))
    }
    language = language or (file.bank.language if file else source.language)
    known = known_answers(file.bank, bases) if file else {}
    source, drafted, about_answers = fill_answers(source, known, llm, language, references, threads, told)
    policy = file.bank.policy if file else None
    compiled, notes = _drafted(source, kept, language, llm, threads, policy, told) if llm else ({}, ())
    heard: ProgressCallback = (lambda _done, _total: None) if llm else told
    built = bank_of(
        source,
        id=id,
        title=title,
        language=language,
        compiled=compiled,
        kept=kept,
        drafted=drafted,
        told=heard,
    )
    notes = (*about_answers, *notes)
    if awaiting := sum(question.awaits_review for question in built.bank.questions):
        notes = (*notes, Note("draft.await_review", {"count": awaiting}))
    if file is None:
        text = _fits(writer.bank_to_yaml(built.bank), name)
        return Preview(place, built.bank, text, None, source, built, notes=notes, base=text)
    merged = merge(file.bank, built.bank, base)
    bank = replace(merged.bank, id=id, title=Localized.of(file.bank.language, title) if title else file.bank.title)
    text = _fits(rewritten(file.text, place.path.name, bank), name)
    copy = writer.bank_to_yaml(merged.base) if merged.base else ""
    return Preview(place, bank, text, file.data, source, built, merged.changes, notes, copy)


def place_of(id: str, library: BankLibrary, folder: Path | None) -> BankPlace:  # noqa: A002 - the key of the bank
    """Where a bank that is imported goes. Raises BankError if its id is that of another one."""
    return _Destination(library, folder, None).place(id)


def save(preview: Preview) -> Path:
    """Write the bank file, and say where it is. Raises BankError; then nothing has changed.

    Where a bank file replaces another one, that one is kept beside it with the ending `.bak`.
    """
    if not preview.is_same:
        preview.place.save(preview.yaml, preview.before, keeps_before=preview.source is None)
    # Where the process ends between the two, the next import finds both sides equal.
    if preview.base:
        preview.place.save_imported(preview.base)
    return preview.path


def _imported_copy(place: BankPlace) -> Bank | None:
    """The bank as it was imported. Without a copy, or with one that cannot be read, all that differs counts as edited."""
    with suppress(BankError):
        data = place.imported()
        return parse_bank(decode_bank(data, place.path.name), place.path.name) if data else None
    return None


@dataclass(frozen=True, slots=True)
class _File:
    data: bytes
    text: str
    bank: Bank


def _drafted(
    source: Source,
    kept: Mapping[str, Question],
    language: Language,
    llm: LLM,
    threads: int,
    policy: Localized | None,
    told: ProgressCallback,
) -> tuple[dict[str, Question], tuple[Note, ...]]:
    """What a model makes of the items that are not kept, by their digests, and what is to be said about it."""
    items = [item for item in usable_items(source)[0] if item.digest not in kept]
    drafts = draft_all(llm, [(item.question, item.answer) for item in items], language, threads, policy, told)
    notes: list[Note] = []
    for item, drafted in zip(items, drafts, strict=True):
        line = " ".join(item.question.split())
        if drafted.failure:
            why = Localized(drafted.failure.into(Language.ZH), drafted.failure.into(Language.EN))
            notes.append(Note("draft.failed", {"question": line, "why": why}))
        notes += [Note("draft.dropped", {"question": line, "claim": c, "why": why}) for c, why in drafted.dropped]
    return {item.digest: one.question for item, one in zip(items, drafts, strict=True)}, tuple(notes)


def _of_bank(
    name: str,
    data: bytes,
    destination: _Destination,
    id: str,  # noqa: A002
    title: str,
    language: Language | None,
) -> Preview:
    """A bank is taken as it is, comments and all, with what was asked for put into it."""
    text = decode_bank(data, name).replace("\r\n", "\n")
    given = parse_bank(text, name)
    language = language or given.language
    title_of = Localized.of(language, title) if title else given.title
    bank = replace(given, id=id or given.id, language=language, title=title_of)
    place = destination.place(bank.id)
    earlier = _read(place)
    text = rewritten(text, name, bank)
    return Preview(place, bank, text, earlier.data if earlier else None, None, BuiltBank(bank))


def _read(place: BankPlace) -> _File | None:
    data = place.read()
    if data is None:
        return None
    text = decode_bank(data, place.path.name)
    return _File(data, text, parse_bank(text, place.path.name))


def _bare(name: str) -> str:
    """A file's name without its folder, as a bank may hold it; a byte of it that is no UTF-8 is spelled `%c3`."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(f"%{ord(sign) & 0xFF:02x}" if "\ud800" <= sign <= "\udfff" else sign for sign in bare)
    return _in_one_line(shown)[-_LONGEST_NAME:]


def _in_one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _fits(text: str, name: str) -> str:
    if len(text.encode()) > LARGEST_BANK:
        raise BankError(name, "", localized("bank.too_large_made", most=LARGEST_BANK // 1_000_000))
    return text
