"""Bank files as people edit them: a bank spelled as YAML, and saved so that nothing is lost."""

import io
import os
import secrets
import shutil
import threading
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from interviewer.domain.rubric import Bank, Criterion, Language, Localized, Made, Question
from interviewer.errors import BankError
from interviewer.text.messages import say

# A text that is longer stands in a block of its own, where no sign needs a quote.
_LONG = 90
# Texts in both languages that are shorter together stand in one line: {zh: …, en: …}.
_SHORT = 60
_NO_FOLDING = 1 << 30

# Between the look at a file and its replacement no other window of this process may do the same.
_PUTTING = threading.Lock()


def bank_to_yaml(bank: Bank) -> str:
    """The text of a bank file: the same bank always gives the same text, and reading it gives the same bank."""
    head = f"# {say('bankfile.what', bank.language)}\n# {say('bankfile.check', bank.language)}\n"
    return head + dump(spell_bank(bank))


def dump(value: CommentedMap | CommentedSeq, dash: int = 2) -> str:
    """Spelled values as YAML; the dashes of a list stand at column `dash`."""
    out = io.StringIO()
    editor().dump(value, out)
    return out.getvalue() if dash == 2 else _moved(out.getvalue(), dash - 2)


def editor() -> YAML:
    """A reader and writer that keeps comments and quotes, and takes every scalar for a string, as banks do."""
    yaml = YAML()
    yaml.Resolver = _Strings
    yaml.preserve_quotes = True
    yaml.width = _NO_FOLDING
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _moved(text: str, columns: int) -> str:
    lines = text.splitlines(keepends=True)
    if columns > 0:
        return "".join(" " * columns + line if line.strip() else line for line in lines)
    return "".join(line[-columns:] if not line[:-columns].strip() else line for line in lines)


class _Strings(VersionedResolver):
    """In a bank `no` and `0.10` are words."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        return self.DEFAULT_SCALAR_TAG if kind is ScalarNode else super().resolve(kind, value, implicit)


def spell_bank(bank: Bank) -> CommentedMap:
    language = bank.language
    spelled = CommentedMap()
    spelled["id"] = bank.id
    spelled["title"] = _text(bank.title, language)
    spelled["language"] = str(language)
    if bank.topics is not None:
        spelled["topics"] = CommentedMap((_scalar(name), _text(title, language)) for name, title in bank.topics.items())
    spelled["questions"] = CommentedSeq(spell_question(question, language) for question in bank.questions)
    return spelled


def spell_question(question: Question, language: Language) -> CommentedMap:
    spelled = CommentedMap()
    spelled["id"] = question.id
    spelled["topic"] = _scalar(question.topic)
    spelled["difficulty"] = str(question.difficulty)
    spelled["text"] = _text(question.text, language)
    spelled["reference"] = _text(question.reference, language)
    if question.correction:
        spelled["correction"] = _text(question.correction, language)
    if question.source:
        spelled["source"] = _scalar(question.source)
    if question.dispute:
        spelled["dispute"] = _text(question.dispute, language)
    spelled["criteria"] = CommentedSeq(_criterion(criterion, language) for criterion in question.criteria)
    if question.made:
        spelled["made"] = _made(question.made)
    return spelled


def _criterion(criterion: Criterion, language: Language) -> CommentedMap:
    spelled = CommentedMap()
    spelled["id"] = criterion.id
    spelled["kind"] = str(criterion.kind)
    spelled["weight"] = _number(criterion.weight)
    spelled["text"] = _text(criterion.text, language)
    if criterion.aliases:
        spelled["aliases"] = CommentedSeq(_flow([_scalar(term) for term in group]) for group in criterion.aliases)
    if criterion.probe:
        spelled["probe"] = _text(criterion.probe, language)
    if criterion.hints:
        spelled["hints"] = CommentedSeq(_text(hint, language) for hint in criterion.hints)
    if criterion.made:
        spelled["made"] = _scalar(criterion.made)
    return spelled


def _made(made: Made) -> CommentedMap:
    spelled = CommentedMap()
    spelled["file"] = _scalar(made.file)
    spelled["line"] = str(made.line)
    spelled["item"] = _scalar(made.item)
    if made.by:
        spelled["by"] = _scalar(made.by)
    for key, digests in (("fields", made.fields), ("criteria", made.criteria)):
        if digests:
            spelled[key] = _flow([_scalar(digest) for digest in digests])
    return spelled


def _text(text: Localized, language: Language) -> Any:
    own, other = (text.zh, text.en) if language is Language.ZH else (text.en, text.zh)
    if own and not other:
        return _scalar(own, block=True)
    both = CommentedMap((key, part) for key, part in (("zh", text.zh), ("en", text.en)) if part)
    is_short = sum(map(len, both.values())) <= _SHORT and "\n" not in text.zh + text.en
    for key, part in both.items():
        both[key] = _scalar(part, block=not is_short)
    if is_short:
        both.fa.set_flow_style()
    return both


def _scalar(text: str, *, block: bool = False) -> Any:
    is_plain = text.isprintable() and text == text.strip() and text[:1].isalnum()
    if block and (len(text) > _LONG or "\n" in text) and _fits_a_block(text):
        return LiteralScalarString(text)
    return text if is_plain else DoubleQuotedScalarString(text)


def _fits_a_block(text: str) -> bool:
    """Whether a block can hold the text as it stands: no sign that needs an escape, no space that could get lost."""
    lines = text.split("\n")
    return (
        all(line.isprintable() and line == line.rstrip() for line in lines)
        and bool(lines[-1])
        and lines[0] == lines[0].lstrip() != ""
    )


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _flow(values: list[Any]) -> CommentedSeq:
    found = CommentedSeq(values)
    found.fa.set_flow_style()
    return found


def save(text: str, path: Path, before: bytes | None) -> None:
    """Write a bank file whole, or not at all.

    `before` is what the file held when the text was made, None if there was no file; what has changed since then is
    not overwritten. Raises BankError.
    """
    try:
        path = path.resolve()
        _make_folder(path)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        try:
            with draft.open("xb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            with _PUTTING:
                _put(draft, path, before)
        finally:
            draft.unlink(missing_ok=True)
    except FileExistsError as error:
        raise BankError(path.name, "", "was made by someone else in the meantime: nothing was written") from error
    except OSError as error:
        raise BankError(path.name, "", f"cannot be written: {error.strerror}") from error


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise BankError(path.name, "", f"cannot be written: {path.parent.name} is no folder") from error


def keep(data: bytes, path: Path) -> None:
    """Keep the bytes of a file that is about to be replaced. Raises BankError."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise BankError(path.name, "", f"cannot be written: {error.strerror}") from error


def _put(draft: Path, path: Path, before: bytes | None) -> None:
    if before is None:
        try:
            os.link(draft, path)  # fails where a file has come up, unlike a rename
        except OSError:
            if path.exists():
                raise
            draft.replace(path)  # a file system without links
        return
    if not path.exists() or path.read_bytes() != before:
        raise BankError(path.name, "", "was changed in the meantime: nothing was written; import again")
    shutil.copymode(path, draft)
    draft.replace(path)
