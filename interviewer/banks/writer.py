"""Bank files as people edit them: a bank spelled as YAML, and saved so that nothing is lost."""

import io
import os
import re
import secrets
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Criterion, Group, ImportOrigin, Localized, Question
from interviewer.errors import BankError
from interviewer.text.messages import localized, say

# A text that is longer stands in a block of its own, where no sign needs a quote.
_LONG = 90
# Texts in both languages that are shorter together stand in one line: {zh: …, en: …}.
_SHORT = 60
_NO_FOLDING = 1 << 30
# A text that has one of these needs quotes; more so within brackets.
_UNSAFE = re.compile(r": |:$| #")
_UNSAFE_IN_FLOW = re.compile(r"[,\[\]{}]|: |:$| #")

# Between the look at a file and its replacement no other window of this process may do the same.
_REPLACING = threading.Lock()


def bank_to_yaml(bank: Bank) -> str:
    """The text of a bank file: the same bank always gives the same text, and reading it gives the same bank."""
    head = f"# {say('bankfile.what', bank.language)}\n# {say('bankfile.check', bank.language)}\n"
    return head + "".join(f"{line}\n" for line in _lines(bank_to_mapping(bank)))


def _lines(spelled: Any) -> list[str]:
    """A spelled value as `dump` writes it, which takes a third of the time of a long import."""
    if isinstance(spelled, LiteralScalarString):
        return ["|-", *_indented(spelled.split("\n"))]
    if isinstance(spelled, str) or spelled.fa.flow_style():
        return [_in_one_line(spelled)]
    found: list[str] = []
    if isinstance(spelled, CommentedSeq):
        for one in spelled:
            first, *rest = _lines(one)
            found += [f"- {first}", *(rest if isinstance(one, str) else _indented(rest))]
        return found
    for key, value in spelled.items():
        lines = _lines(value)
        is_block = not isinstance(value, str) and not value.fa.flow_style()
        begun = [f"{_in_one_line(key)}:"] if is_block else [f"{_in_one_line(key)}: {lines[0]}", *lines[1:]]
        found += [*begun, *_indented(lines)] if is_block else begun
    return found


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" if line else "" for line in lines)


def _in_one_line(spelled: Any, unsafe: re.Pattern[str] = _UNSAFE) -> str:
    if isinstance(spelled, CommentedMap):
        parts = (f"{key}: {_in_one_line(value, _UNSAFE_IN_FLOW)}" for key, value in spelled.items())
        return f"{{{', '.join(parts)}}}"
    if isinstance(spelled, CommentedSeq):
        return f"[{', '.join(_in_one_line(value, _UNSAFE_IN_FLOW) for value in spelled)}]"
    if not isinstance(spelled, DoubleQuotedScalarString):
        if not unsafe.search(spelled):
            return str(spelled)
        if "'" not in spelled:
            return f"'{spelled}'"
    return dump(DoubleQuotedScalarString(spelled)).removesuffix("\n")


def dump(value: Any, offset: int = 2) -> str:
    """A spelled bank as YAML, or a text of it; `offset` is how far lists are indented."""
    out = io.StringIO()
    editor(offset).dump(value, out)
    return out.getvalue()


def editor(offset: int = 2) -> YAML:
    """A reader and writer that keeps comments and quotes, and takes every scalar for a string, as banks do."""
    yaml = YAML()
    yaml.Resolver = _Strings
    yaml.preserve_quotes = True
    yaml.width = _NO_FOLDING
    yaml.indent(mapping=2, sequence=2 + offset, offset=offset)
    return yaml


class _Strings(VersionedResolver):
    """In a bank `no` and `0.10` are words."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        return self.DEFAULT_SCALAR_TAG if kind is ScalarNode else super().resolve(kind, value, implicit)


def bank_to_mapping(bank: Bank) -> CommentedMap:
    """A bank as ruamel writes it: every scalar a string, texts in the bank's language without its key."""
    language = bank.language
    topics = bank.topics and CommentedMap((_scalar(key), _text(title, language)) for key, title in bank.topics.items())
    return _mapping(
        id=bank.id,
        title=_text(bank.title, language),
        language=str(language),
        topics=topics,
        policy=bank.policy and _text(bank.policy, language),
        questions=CommentedSeq(_question(question, language) for question in bank.questions),
    )


def _mapping(**values: Any) -> CommentedMap:
    return CommentedMap((key, value) for key, value in values.items() if value is not None)


def _question(question: Question, language: Language) -> CommentedMap:
    return _mapping(
        id=question.id,
        topic=_scalar(question.topic),
        difficulty=str(question.difficulty),
        text=_text(question.text, language),
        reference=_text(question.reference, language),
        correction=question.correction and _text(question.correction, language),
        source=_scalar(question.source) if question.source else None,
        dispute=question.dispute and _text(question.dispute, language),
        policy=question.policy and _text(question.policy, language),
        groups=CommentedSeq(_group(group, language) for group in question.groups) or None,
        criteria=CommentedSeq(_criterion(criterion, language) for criterion in question.criteria),
        drafted_by=_scalar(question.drafted_by) if question.drafted_by else None,
        awaits_review="true" if question.awaits_review else None,
        made=question.made and _made(question.made),
    )


def _criterion(criterion: Criterion, language: Language) -> CommentedMap:
    aliases = CommentedSeq(_flow(group) for group in criterion.aliases)
    return _mapping(
        id=criterion.id,
        kind=str(criterion.kind),
        weight=_number(criterion.weight),
        group=criterion.group or None,
        text=_text(criterion.text, language),
        why=criterion.why and _text(criterion.why, language),
        aliases=aliases or None,
        probe=criterion.probe and _text(criterion.probe, language),
        hints=CommentedSeq(_text(hint, language) for hint in criterion.hints) or None,
        made=_scalar(criterion.made) if criterion.made else None,
    )


def _group(group: Group, language: Language) -> CommentedMap:
    return _mapping(
        id=group.id,
        choose=str(group.choose),
        weight=None if group.weight == group.choose else _number(group.weight),
        text=group.text and _text(group.text, language),
    )


def _made(made: ImportOrigin) -> CommentedMap:
    return _mapping(
        file=_scalar(made.file),
        line=str(made.line),
        item=_scalar(made.item),
        by=_scalar(made.by) if made.by else None,
        fields=_flow(made.fields) if made.fields else None,
        criteria=_flow(made.criteria) if made.criteria else None,
    )


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
    # In brackets the reader takes `:?` for the beginning of something.
    is_plain = text.isprintable() and text == text.strip() and text[:1].isalnum() and ":?" not in text
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


def _flow(texts: Sequence[str]) -> CommentedSeq:
    found = CommentedSeq(map(_scalar, texts))
    found.fa.set_flow_style()
    return found


def save(text: str, path: Path, before: bytes | None) -> None:
    """Write a bank file whole, or not at all.

    `before` is what the file held when the text was made, None if there was no file; what has changed since then is
    not overwritten. Raises BankError.
    """
    path = path.resolve()
    draft = _written_beside(text.encode(), path)
    try:
        with _REPLACING:
            if before is not None and (not path.exists() or path.read_bytes() != before):
                raise BankError(path.name, "", localized("bank.changed_meanwhile"))
            if before is not None:
                shutil.copymode(path, draft)
                draft.replace(path)
            else:
                _link(draft, path)
    except FileExistsError as error:
        raise BankError(path.name, "", localized("bank.made_meanwhile")) from error
    except OSError as error:
        raise _unwritable(path, str(error.strerror)) from error
    finally:
        draft.unlink(missing_ok=True)


def replace_file(data: bytes, path: Path) -> None:
    """Write a file whole, whatever stands there. Raises BankError."""
    try:
        _written_beside(data, path).replace(path)
    except OSError as error:
        raise _unwritable(path, str(error.strerror)) from error


def _written_beside(data: bytes, path: Path) -> Path:
    """The bytes in a file of their own beside `path`, safely on the disk."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise _unwritable(path, localized("bank.no_folder_there", name=path.parent.name)) from error
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise _unwritable(path, str(error.strerror)) from error
    return draft


def _link(draft: Path, path: Path) -> None:
    """Put the draft where no file is; a link fails where a file has come up, unlike a rename."""
    try:
        os.link(draft, path)
    except OSError:
        if path.exists():
            raise
        draft.replace(path)  # a file system without links


def _unwritable(path: Path, why: str | Localized) -> BankError:
    return BankError(path.name, "", localized("bank.unwritable", why=why))
