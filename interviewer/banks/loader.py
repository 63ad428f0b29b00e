"""The only reader of bank files: those in `rubrics/`, in a folder of the user's, and imported ones."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from interviewer.domain.rubric import Bank, Language
from interviewer.errors import BankError
from interviewer.settings import shipped

LARGEST_BANK = 5_000_000
_DEEPEST = 12
_LONGEST_SHOWN = 80

# The texts of a bank that may be in two languages; a plain string is in the bank's own.
_LOCALIZED = frozenset({"title", "text", "reference", "correction", "dispute", "probe"})

BANK_ENDINGS = (".yaml", ".yml")

_Place = tuple[str | int, ...]

_BANK = TypeAdapter(Bank)


class Library:
    """The banks that can be played: those that are shipped, those in one more folder, and those that were imported."""

    def __init__(self, more: Path | None = None, imported: Path | None = None) -> None:
        """`more` must be a folder; `imported` need not be there until something has been imported."""
        if more and not more.is_dir():
            raise BankError(str(more), "", "is no folder (INTERVIEWER_BANKS_DIR)")
        self._folders = list(dict.fromkeys(folder for folder in (shipped("rubrics"), more, imported) if folder))
        self._read: dict[Path, tuple[tuple[int, int, int], Bank]] = {}

    def paths(self) -> list[Path]:
        """The bank files, in the order of their folders and names."""
        return [
            path for folder in self._folders if folder.is_dir() for path in sorted(folder.glob("*")) if _is_bank(path)
        ]

    def banks(self) -> list[Bank]:
        """Every bank that can be read; of two with the same id the first one. What is broken is left out here."""
        return self._sorted()[0]

    def broken(self) -> list[BankError]:
        """What is wrong with the banks that cannot be read, or whose id is taken."""
        return self._sorted()[1]

    def place_of(self, name: str) -> Path | None:
        """The file of the bank with this id; None if there is none."""
        for path in self.paths():
            try:
                if self._bank_at(path).id == name:
                    return path
            except BankError:
                continue
        return None

    def _sorted(self) -> tuple[list[Bank], list[BankError]]:
        banks: dict[str, tuple[Bank, str]] = {}
        broken = []
        for path in self.paths():
            try:
                bank = self._bank_at(path)
            except BankError as error:
                broken.append(error)
                continue
            if bank.id in banks:
                broken.append(
                    BankError(path.name, "id", f"{bank.id!r} is taken by {banks[bank.id][1]}: choose another")
                )
            else:
                banks[bank.id] = (bank, path.name)
        return [bank for bank, _ in banks.values()], broken

    def bank(self, name: str) -> Bank:
        """The bank with this id. Raises BankError naming those there are."""
        banks = {bank.id: bank for bank in self.banks()}
        if name not in banks:
            raise BankError("", "", f"there is no bank {name!r}; there is {', '.join(banks) or 'none'}")
        return banks[name]

    def _bank_at(self, path: Path) -> Bank:
        try:
            found = path.stat()
        except OSError as error:
            raise BankError(path.name, "", f"cannot be read: {error.strerror}") from error
        # Two saves may fall into one tick of the file system's clock.
        changed = (found.st_mtime_ns, found.st_size, found.st_ino)
        if path not in self._read or self._read[path][0] != changed:
            self._read[path] = (changed, read_bank(path))
        return self._read[path][1]


def _is_bank(path: Path) -> bool:
    """Names that begin with a dot are those of locks and shadows that editors and systems leave beside a file."""
    return path.suffix.casefold() in BANK_ENDINGS and not path.name.startswith(".")


def read_bank(path: Path) -> Bank:
    """The bank in a file. Raises BankError with the file's name, the line and the cause."""
    name = path.name
    try:
        if path.stat().st_size > LARGEST_BANK:
            raise BankError(name, "", f"is larger than {LARGEST_BANK // 1_000_000} MB")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BankError(name, "", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BankError(name, f"byte {error.start}", "is not UTF-8 text") from error
    return parse_bank(text, name)


def parse_bank(text: str, name: str) -> Bank:
    """The bank in a YAML text; `name` stands for the file in errors. Raises BankError."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _refuse_depth(yaml.parse(text, Loader=loader), name)
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BankError(name, f"line {line}", f"is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise BankError(name, "", f"is not YAML: {error}") from error
    if not isinstance(node, yaml.MappingNode):
        raise BankError(name, "line 1", "a bank begins with 'id:', 'title:' and 'questions:'")
    lines: dict[_Place, int] = {}
    plain = _plain(node, (), lines, set(), name)
    language = plain.get("language", Language.ZH)
    try:
        return _BANK.validate_python(_localized(plain, language if language in tuple(Language) else Language.ZH))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = tuple(part for part in first["loc"])
        raise BankError(name, _where(place, lines, plain), _what(first)) from error


def _refuse_depth(events: Iterable[yaml.Event], name: str) -> None:
    """Before anything is composed: the composer in C goes as deep as the text does, and takes the process with it."""
    depth = 0
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise BankError(name, f"line {line}", f"is nested deeper than {_DEEPEST} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(node: yaml.Node, place: _Place, lines: dict[_Place, int], seen: set[int], name: str) -> Any:
    """Nested dicts and lists of strings, with the line of every place.

    Everything stays a string here (`no` and `0.10` in an alias list are words); the types come with the validation.
    Duplicate keys and anchors are refused.
    """
    line = f"line {node.start_mark.line + 1}"
    if id(node) in seen:
        raise BankError(name, line, "YAML anchors and aliases (& and *) are not used in banks")
    seen.add(id(node))
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            line = f"line {key.start_mark.line + 1}"
            if not isinstance(key, yaml.ScalarNode):
                raise BankError(name, line, "a key must be a word")
            if key.value in found:
                raise BankError(name, line, f"the key {key.value!r} stands here twice")
            found[key.value] = _plain(value, (*place, key.value), lines, seen, name)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*place, number), lines, seen, name) for number, item in enumerate(node.value)]
    return node.value


def _localized(value: Any, language: str, key: str = "") -> Any:
    if isinstance(value, dict):
        localized = key == "topics"
        return {
            name: _text(item, language) if localized or name in _LOCALIZED else _localized(item, language, name)
            for name, item in value.items()
        }
    if isinstance(value, list):
        if key == "hints":
            return [_text(item, language) for item in value]
        return [_localized(item, language) for item in value]
    return value


def _text(value: Any, language: str) -> Any:
    return value if isinstance(value, dict) else {str(language): value}


def _where(place: _Place, lines: dict[_Place, int], plain: Any) -> str:
    """`line 12, question 'gan', criterion 'noise', weight`."""
    known = next(place[:end] for end in range(len(place), -1, -1) if place[:end] in lines)
    return ", ".join([f"line {lines[known]}", *_named(place, plain)])


def _named(place: _Place, plain: Any) -> Iterator[str]:
    """`question 'gan'` for a step into a list of things with ids, else the key itself or `number 3`."""
    at: Any = plain
    noun = ""
    for part in place:
        if isinstance(part, int):
            at = at[part] if isinstance(at, list) and part < len(at) else None
            name = repr(at["id"]) if isinstance(at, dict) and "id" in at else f"number {part + 1}"
            yield f"{ {'questions': 'question', 'criteria': 'criterion'}.get(noun, noun) } {name}".strip()
            noun = ""
        else:
            if noun:
                yield noun
            at = at.get(part) if isinstance(at, dict) else None
            noun = part
    if noun:
        yield noun


def _what(error: Any) -> str:
    kind, given = error["type"], error.get("input")
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return "is no key of a bank (misspelt?)"
    if kind in ("missing", "missing_argument"):
        return "is missing"
    if kind == "tuple_type":
        return f"must be a list (it is {_shown(given)})"
    message = str(error["msg"]).removeprefix("Value error, ")
    shown = f" (it is {_shown(given)})" if isinstance(given, str | int | float) and kind != "value_error" else ""
    return message[:1].lower() + message[1:] + shown


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
