"""Bank files as people edit them: a bank spelled as YAML, and saved so that nothing is lost."""

import io
import os
import secrets
import shutil
import threading
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
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
# The keys of a bank file, in the order in which they are written.
_KEYS = {
    Bank: "id title language topics policy questions",
    Question: (
        "id topic difficulty text reference correction source dispute policy groups criteria drafted_by awaits_review made"
    ),
    Group: "id choose weight text",
    Criterion: "id kind weight group text why aliases probe hints made",
    ImportOrigin: "file line item by fields criteria",
}

# Between the look at a file and its replacement no other window of this process may do the same.
_REPLACING = threading.Lock()


def bank_to_yaml(bank: Bank) -> str:
    """The text of a bank file: the same bank always gives the same text, and reading it gives the same bank."""
    head = f"# {say('bankfile.what', bank.language)}\n# {say('bankfile.check', bank.language)}\n"
    spelled = bank_to_mapping(bank)
    return head + yaml.dump(spelled, Dumper=_Dumper, allow_unicode=True, width=_NO_FOLDING, sort_keys=False)


class _Dumper(yaml.SafeDumper):
    """Writes what `dump` writes three times as fast; the emitter in C knows neither emoji nor indented lists."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - a bank has nothing but strings

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)

    def sequence(self, value: CommentedSeq) -> yaml.Node:
        return self.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=value.fa.flow_style(False))

    def mapping(self, value: CommentedMap) -> yaml.Node:
        return self.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=value.fa.flow_style(False))

    def text(self, value: str) -> yaml.Node:
        return self.represent_scalar("tag:yaml.org,2002:str", value, getattr(value, "style", None))


_Dumper.add_representer(CommentedSeq, _Dumper.sequence)
_Dumper.add_representer(CommentedMap, _Dumper.mapping)
_Dumper.add_multi_representer(str, _Dumper.text)


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
    found: CommentedMap = _spelled(bank, bank.language)
    return found


def _spelled(value: Any, language: Language) -> Any:  # noqa: PLR0911 - one match
    match value:
        case Localized():
            return _text(value, language)
        case Bank() | Question() | Group() | Criterion() | ImportOrigin():
            told = {key: getattr(value, key) for key in _KEYS[type(value)].split()}
            if isinstance(value, Group) and value.weight == value.choose:
                del told["weight"]
            return CommentedMap((key, _spelled(one, language)) for key, one in told.items() if not _is_absent(one))
        case dict():
            return CommentedMap((_scalar(key), _text(title, language)) for key, title in value.items())
        case (str(), *_):
            found = CommentedSeq(map(_scalar, value))
            found.fa.set_flow_style()
            return found
        case tuple():
            return CommentedSeq(_spelled(one, language) for one in value)
        case bool() | StrEnum():
            return str(value).lower()
        case int() | float():
            return str(int(value)) if value == int(value) else repr(value)
        case _:
            return _scalar(value)


def _is_absent(value: Any) -> bool:
    return value is None or value is False or value in ("", ())


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
