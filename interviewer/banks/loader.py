"""The only reader of bank files: those in `rubrics/`, in a folder of the user's, and imported ones."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, InvalidBank, Localized
from interviewer.errors import BankError
from interviewer.settings import shipped
from interviewer.text.messages import localized

LARGEST_BANK = 5_000_000
_DEEPEST = 12
_LONGEST_SHOWN = 80
_MOST_NODES = 400_000  # keys and values; the largest banks that people write have some 100,000

# The texts of a bank that may be in two languages; a plain string is in the bank's own.
_LOCALIZED = frozenset({"title", "text", "reference", "correction", "dispute", "probe", "why", "policy"})

# What a place in these lists is called, by the id of what stands there.
_NAMED_LISTS = {"questions": "bank.question", "criteria": "bank.criterion", "groups": "bank.group"}

BANK_ENDINGS = (".yaml", ".yml")

# pydantic's kinds of errors, and the sentences for them.
_USUAL_SLIPS = {
    "unexpected_keyword_argument": "bank.unknown_key",
    "extra_forbidden": "bank.unknown_key",
    "missing": "bank.missing_key",
    "missing_argument": "bank.missing_key",
    "tuple_type": "bank.no_list",
    "float_parsing": "bank.no_number",
    "int_parsing": "bank.no_number",
    "string_type": "bank.wrong_type",
    "dataclass_type": "bank.wrong_type",
    "dict_type": "bank.wrong_type",
    "enum": "bank.not_one_of",
}

_Place = tuple[str | int, ...]

_BANK = TypeAdapter(Bank)


class BankLibrary:
    """The banks that can be played: those that are shipped, those in one more folder, and those that were imported."""

    def __init__(self, more: Path | None = None, imported: Path | None = None) -> None:
        """`more` must be a folder; `imported` need not be there until something has been imported."""
        if more and not more.is_dir():
            raise BankError(str(more), "", localized("bank.no_folder"))
        self._folders = list(dict.fromkeys(folder for folder in (shipped("rubrics"), more, imported) if folder))
        self._read: dict[Path, tuple[tuple[int, int, int], Bank | BankError]] = {}

    def paths(self) -> list[Path]:
        """The bank files, in the order of their folders and names."""
        return [
            path for folder in self._folders if folder.is_dir() for path in sorted(folder.glob("*")) if _is_bank(path)
        ]

    def banks(self) -> list[Bank]:
        """Every bank that can be played; of two with the same id the first one. What is broken is left out here.

        So are the questions that await a review, and with them a bank that has no others.
        """
        return [reviewed for bank in self._all()[0].values() if (reviewed := bank.reviewed)]

    def broken(self) -> list[BankError]:
        """What is wrong with the banks that cannot be read, or whose id is taken."""
        return self._all()[1]

    def path_of(self, name: str) -> Path | None:
        """The file of the bank with this id; None if there is none."""
        return next((path for path, bank in self._all()[0].items() if bank.id == name), None)

    def is_own(self, path: Path) -> bool:
        """Whether a bank file is the user's, and not shipped with the program."""
        return path.parent != shipped("rubrics")

    def own_banks(self) -> list[Bank]:
        """The banks that are the user's, with the questions that await a review."""
        return [bank for path, bank in self._all()[0].items() if self.is_own(path)]

    def banks_with_unreviewed(self) -> list[Bank]:
        """Every bank, with the questions that await a review."""
        return list(self._all()[0].values())

    def _all(self) -> tuple[dict[Path, Bank], list[BankError]]:
        """The banks by their files, and what is wrong with the other files."""
        banks: dict[Path, Bank] = {}
        files: dict[str, str] = {}
        broken = []
        for path in self.paths():
            try:
                bank = self._bank_at(path)
            except BankError as error:
                broken.append(error)
                continue
            if bank.id in files:
                taken = localized("bank.id_taken", id=repr(bank.id), file=files[bank.id])
                broken.append(BankError(path.name, "id", taken))
            else:
                banks[path], files[bank.id] = bank, path.name
        return banks, broken

    def bank(self, name: str, *, with_unreviewed: bool = False) -> Bank:
        """The bank with this id, to be played, or, `with_unreviewed`, with the questions that await a review.

        Raises BankError naming the banks that there are.
        """
        known = self._all()[0].values()
        banks = {bank.id: bank if with_unreviewed else bank.reviewed for bank in known}
        if name not in banks:
            none = localized("bank.none")
            raise BankError("", "", localized("bank.unknown", name=repr(name), known=", ".join(banks) or none))
        if (bank := banks[name]) is None:
            raise BankError("", "", localized("bank.awaits_review", name=repr(name)))
        return bank

    def _bank_at(self, path: Path) -> Bank:
        """The bank in a file, read again only if the file has changed; so is what is wrong with it."""
        try:
            found = path.stat()
        except OSError as error:
            raise unreadable(path, error) from error
        # Two saves may fall into one tick of the file system's clock.
        changed = (found.st_mtime_ns, found.st_size, found.st_ino)
        if path not in self._read or self._read[path][0] != changed:
            try:
                self._read[path] = (changed, read_bank(path))
            except BankError as error:
                self._read[path] = (changed, error.with_traceback(None))
        known = self._read[path][1]
        if isinstance(known, BankError):
            raise BankError(known.file, known.where, known.what)
        return known


def _is_bank(path: Path) -> bool:
    """Names that begin with a dot are those of locks and shadows that editors and systems leave beside a file."""
    return path.suffix.casefold() in BANK_ENDINGS and not path.name.startswith(".")


def read_bank(path: Path) -> Bank:
    """The bank in a file. Raises BankError with the file's name, the line and the cause."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BANK + 1)
    except OSError as error:
        raise unreadable(path, error) from error
    return parse_bank(decode_bank(data, path.name), path.name)


def decode_bank(data: bytes, name: str) -> str:
    """The text of a bank file. Raises BankError if it is too large or no UTF-8."""
    if len(data) > LARGEST_BANK:
        raise BankError(name, "", localized("bank.too_large", most=LARGEST_BANK // 1_000_000))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BankError(name, at_byte(error.start), localized("bank.not_utf8")) from error


def unreadable(path: Path, error: OSError) -> BankError:
    """The error of a file that the system does not let us read."""
    return BankError(path.name, "", localized("bank.unreadable", why=error.strerror))


def at_line(number: int) -> Localized:
    """A place in a file, for a BankError; lines count from 1."""
    return localized("bank.line", number=f"{number:,}" if number > 9999 else number)


def at_byte(number: int) -> Localized:
    """A place in a file that has no lines yet, for a BankError; bytes count from 0."""
    return localized("bank.byte", number=number)


def parse_bank(text: str, name: str) -> Bank:
    """The bank in a YAML text; `name` stands for the file in errors. Raises BankError."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _refuse_bombs(yaml.parse(text, Loader=loader), name)
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BankError(name, at_line(line), localized("bank.not_yaml", why=error.problem)) from error
    except yaml.YAMLError as error:
        raise BankError(name, "", localized("bank.not_yaml", why=error)) from error
    if not isinstance(node, yaml.MappingNode):
        raise BankError(name, at_line(1), localized("bank.no_mapping"))
    lines: dict[_Place, int] = {}
    plain = _plain(node, (), lines, set(), name)
    language = plain.get("language", Language.ZH)
    try:
        return _BANK.validate_python(_localized(plain, language if language in tuple(Language) else Language.ZH))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BankError(name, _where(tuple(first["loc"]), lines, plain), explained(first)) from error


def _refuse_bombs(events: Iterable[yaml.Event], name: str) -> None:
    """Before anything is composed: the composer in C goes as deep as the text does, and takes the process with it."""
    depth = 0
    for count, event in enumerate(events):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST or count > _MOST_NODES:
            line = at_line(event.start_mark.line + 1) if event.start_mark else ""
            too_deep = localized("bank.too_deep", most=_DEEPEST)
            too_many = localized("bank.too_many_nodes", most=f"{_MOST_NODES:,}")
            raise BankError(name, line, too_deep if depth > _DEEPEST else too_many)


def _plain(node: yaml.Node, place: _Place, lines: dict[_Place, int], seen: set[int], name: str) -> Any:
    """Nested dicts and lists of strings, with the line of every place.

    Everything stays a string here (`no` and `0.10` in an alias list are words); the types come with the validation.
    Duplicate keys and anchors are refused.
    """
    if id(node) in seen:
        raise BankError(name, at_line(node.start_mark.line + 1), localized("bank.anchors"))
    seen.add(id(node))
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise BankError(name, at_line(key.start_mark.line + 1), localized("bank.key_no_word"))
            if key.value in found:
                again = localized("bank.key_again", name=repr(key.value))
                raise BankError(name, at_line(key.start_mark.line + 1), again)
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


def _where(place: _Place, lines: dict[_Place, int], plain: Any) -> Localized:
    """`line 12, question 'gan', criterion 'noise', weight`."""
    known = next(place[:end] for end in range(len(place), -1, -1) if place[:end] in lines)
    where = at_line(lines[known])
    for part in _named(place, plain):
        where = localized("bank.place", outer=where, inner=part)
    return where


def _named(place: _Place, plain: Any) -> Iterator[str | Localized]:
    """`question 'gan'` for a step into a list of things with ids, else the key itself or `number 3`."""
    at: Any = plain
    key = ""
    for part in place:
        if isinstance(part, int):
            at = at[part] if isinstance(at, list) and part < len(at) else None
            named = isinstance(at, dict) and "id" in at
            name = repr(at["id"]) if named else localized("bank.number", number=part + 1)
            if key in _NAMED_LISTS:
                yield localized(_NAMED_LISTS[key], name=name)
            else:
                yield localized("bank.item", list=key, name=name) if key else localized("bank.single", name=name)
            key = ""
        else:
            if key:
                yield key
            at = at.get(part) if isinstance(at, dict) else None
            key = part
    if key:
        yield key


def explained(error: Any) -> str | Localized:
    """What pydantic finds in a bank, in both languages where it is a usual slip."""
    context = error.get("ctx", {})
    if isinstance(context.get("error"), InvalidBank):
        return localized(context["error"].key, **context["error"].values)
    if error["type"] in _USUAL_SLIPS:
        expected = context.get("expected", "")
        return localized(_USUAL_SLIPS[error["type"]], given=_shown(error.get("input")), expected=expected)
    return str(error["msg"][:1].lower() + error["msg"][1:])


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
