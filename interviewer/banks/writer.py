"""Bank files as people edit them: a bank spelled as YAML, and saved so that nothing is lost."""

import os
import secrets
import shutil
import threading
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

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
    return head + dump(bank_to_mapping(bank))


def dump(value: Any) -> str:
    """A spelled bank, or a part of one, as YAML."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, width=_NO_FOLDING, sort_keys=False)


class _Line(dict[str, str]):
    """A mapping that stands in one line."""


class _Row(list[str]):
    """A list that stands in one line."""


class _Block(str):
    """A text that stands in a block of its own."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):  # the emitter in C knows neither emoji nor indented lists
    yaml_implicit_resolvers = {}  # noqa: RUF012 - a bank has nothing but strings

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)

    def one_line(self, value: _Line) -> yaml.Node:
        return self.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)

    def row(self, value: _Row) -> yaml.Node:
        return self.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)

    def text(self, value: str) -> yaml.Node:
        # In brackets the reader takes `:?` for the beginning of something.
        is_plain = value.isprintable() and value == value.strip() and value[:1].isalnum() and ":?" not in value
        style = "|" if isinstance(value, _Block) else None if is_plain else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", value, style)


_Dumper.add_representer(_Line, _Dumper.one_line)
_Dumper.add_representer(_Row, _Dumper.row)
_Dumper.add_representer(str, _Dumper.text)
_Dumper.add_representer(_Block, _Dumper.text)


def bank_to_mapping(bank: Bank) -> dict[str, Any]:
    """A bank as it is spelled: every scalar a string, texts in the bank's language without its key."""
    found: dict[str, Any] = _spelled(bank, bank.language)
    return found


def _spelled(value: Any, language: Language) -> Any:  # noqa: PLR0911 - one match
    match value:
        case Localized():
            return _text(value, language)
        case Bank() | Question() | Group() | Criterion() | ImportOrigin():
            told = {key: getattr(value, key) for key in _KEYS[type(value)].split()}
            if isinstance(value, Group) and value.weight == value.choose:
                del told["weight"]
            return {key: _spelled(one, language) for key, one in told.items() if not _is_absent(one)}
        case dict():
            return {key: _text(title, language) for key, title in value.items()}
        case (str(), *_):
            return _Row(value)
        case tuple():
            return [_spelled(one, language) for one in value]
        case bool() | StrEnum():
            return str(value).lower()
        case int() | float():
            return str(int(value)) if value == int(value) else repr(value)
        case _:
            return value


def _is_absent(value: Any) -> bool:
    return value is None or value is False or value in ("", ())


def _text(text: Localized, language: Language) -> str | dict[str, str]:
    own, other = (text.zh, text.en) if language is Language.ZH else (text.en, text.zh)
    if own and not other:
        return _scalar(own)
    both = {key: part for key, part in (("zh", text.zh), ("en", text.en)) if part}
    is_short = sum(map(len, both.values())) <= _SHORT and "\n" not in text.zh + text.en
    return _Line(both) if is_short else {key: _scalar(part) for key, part in both.items()}


def _scalar(text: str) -> str:
    return _Block(text) if (len(text) > _LONG or "\n" in text) and _fits_a_block(text) else text


def _fits_a_block(text: str) -> bool:
    """Whether a block can hold the text as it stands: no sign that needs an escape, no space that could get lost."""
    lines = text.split("\n")
    return (
        all(line.isprintable() and line == line.rstrip() for line in lines)
        and bool(lines[-1])
        and lines[0] == lines[0].lstrip() != ""
    )


def save(text: str, path: Path, before: bytes | None) -> None:
    """Write a bank file whole, unless it is not what it was `before` (None: there was none). Raises BankError."""
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
