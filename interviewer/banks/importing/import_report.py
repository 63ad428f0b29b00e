"""What became of every part of an imported file, in words."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from interviewer.banks.importing.builder import BuiltBank
from interviewer.banks.importing.document import Role, Source, clean
from interviewer.banks.importing.merging import MergeChange, MergeOutcome
from interviewer.banks.lint import Fault
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized
from interviewer.text.messages import ALL, say

_FIRST_WORDS = 60
_FEW = 12


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be told: the key of a phrase, and what its placeholders stand for."""

    key: str
    values: Mapping[str, str | int | Localized]


@dataclass(frozen=True, slots=True)
class FileBlock:
    """Some lines of the file: where they stand, how they begin, and why they were read as they were."""

    lines: str
    begins: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportedQuestion:
    """A question of the bank; `doubts` and `faults` are for the author to look at."""

    id: str
    line: int
    text: str
    criteria: int
    by: str
    doubts: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """An import in one language, as plain text for any face; `changes` are there if the bank was imported before."""

    language: Language
    counts: tuple[tuple[str, int, int], ...]
    """For each role its title, its blocks, and their lines."""
    left_out: tuple[FileBlock, ...]
    questions: tuple[ImportedQuestion, ...]
    changes: tuple[str, ...]
    kept: tuple[str, ...]
    """Edits by hand that the source does not touch, or that stand against it."""
    notes: tuple[str, ...]
    blocks: tuple[FileBlock, ...]
    """Every block of the file, in order; `reason` begins with its role."""


def make_report(
    source: Source | None,
    built: BuiltBank,
    bank: Bank,
    changes: Sequence[MergeChange],
    faults: Mapping[str, Sequence[Fault]],
    notes: Sequence[Note],
    language: Language,
) -> ImportReport:
    """The report of an import. `bank` is what is saved, `faults` are its faults by the id of the question."""
    blocks = source.blocks if source else ()
    number = Counter(block.role for block in blocks)
    size = Counter[Role]()
    left: list[tuple[int, FileBlock]] = []
    entries: list[FileBlock] = []
    for block in blocks:
        first, last = block.first_line, block.last_line
        size[block.role] += last - first + 1
        reason = say(block.reason, language) if block.reason in ALL else block.reason
        where = str(first) if first == last else f"{first}–{last}"
        entry = FileBlock(where, _begin(block.text), reason)
        entries.append(replace(entry, reason=f"{say(f'role.{block.role}', language)} {reason}".strip()))
        left += [(first, entry)] if block.role is Role.LEFT_OUT else []
    for one in built.left_out:
        left.append((one.line, FileBlock(str(one.line), _begin(one.text), say(one.reason, language))))
    kept, changed = (
        tuple(_change(change, bank, language) for change in changes if (change.did is MergeOutcome.KEPT) is is_kept)
        for is_kept in (True, False)
    )
    return ImportReport(
        language,
        tuple((say(f"role.{role}", language), number[role], size[role]) for role in Role if number[role]),
        tuple(entry for _, entry in sorted(left, key=lambda pair: pair[0])),
        tuple(
            ImportedQuestion(
                question.id,
                question.made.line if question.made else 0,
                question.text.into(language),
                len(question.criteria),
                question.made.by if question.made else "",
                question.dispute.into(language) if question.dispute else "",
                tuple(fault.into(language, with_question=False) for fault in faults.get(question.id, ())),
            )
            for question in bank.questions
        ),
        changed,
        kept,
        tuple(say(note.key, language, **note.values) for note in notes),
        tuple(entries),
    )


def lines(report: ImportReport, *, whole: bool) -> Iterator[str]:
    """The report for a terminal: its summary with all that was left out, or the whole of it."""
    language = report.language
    if report.counts:
        yield say("import.blocks", language)
        for title, blocks, size in report.counts:
            yield say("import.block_line", language, role=title, blocks=blocks, lines=size)
    if report.left_out:
        yield say("import.left_out", language, count=len(report.left_out))
        yield from (f"  {entry.lines}: {entry.begins} — {entry.reason}" for entry in report.left_out)
    if whole and report.blocks:
        yield say("import.all_blocks", language)
        yield from (f"  {entry.lines}: {entry.begins} — {entry.reason}" for entry in report.blocks)
    if report.changes or (whole and report.kept):
        yield say("import.changes", language)
        yield from (f"  {change}" for change in report.changes)
    if whole and report.kept:
        yield from (f"  {kept}" for kept in report.kept)
    if whole:
        yield say("import.questions", language)
        for one in report.questions:
            yield say("import.question", language, id=one.id, text=_begin(one.text), criteria=one.criteria)
    if doubts := [one for one in report.questions if one.doubts]:
        yield say("import.doubts", language)
        yield from (f"  {one.id}: {one.doubts}" for one in doubts)
    yield from _faults(report, whole=whole)
    yield from report.notes


def _faults(report: ImportReport, *, whole: bool) -> Iterator[str]:
    found = [(one.id, fault) for one in report.questions for fault in one.faults]
    shown = found if whole else found[:_FEW]
    if found:
        yield say("import.faults", report.language, questions=len({name for name, _ in found}), count=len(found))
        yield from (f"  {name}: {fault}" for name, fault in shown)
    if len(shown) < len(found):
        yield say("import.more", report.language, count=len(found) - len(shown))


def _change(change: MergeChange, bank: Bank, language: Language) -> str:
    known = {question.id: question.text.into(language) for question in bank.questions}
    question = f"“{_begin(known[change.question])}”" if change.question in known else change.question
    return say(
        f"merge.{change.did}",
        language,
        place=", ".join(part for part in (question, change.part) if part),
        mine=_line(change.mine) or "–",
        theirs=_line(change.theirs) or "–",
    ).strip()


def _begin(text: str) -> str:
    line = _line(text)
    return line if len(line) <= _FIRST_WORDS else f"{line[: _FIRST_WORDS - 1]}…"


def _line(text: str) -> str:
    """One line without the signs by which a text could speak to a terminal."""
    return " ".join(clean(text).split())
