"""The only reader of bank files: those in `rubrics/`, in a folder of the user's, and imported ones."""

import errno
import hashlib
import os
from collections.abc import Hashable, Iterable
from contextlib import suppress
from copy import copy
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from interviewer.banks.bank_folders import BankFolders
from interviewer.banks.places import (
    LARGEST_BANK,
    BankFile,
    BankPlace,
    BankShelf,
    BankShelves,
    PersonalShelf,
    unreadable,
)
from interviewer.banks.validation_errors import KeyPath, explained, named_steps
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized
from interviewer.errors import BankError, StoreError
from interviewer.settings import shipped
from interviewer.text.messages import localized

_DEEPEST = 12
_MOST_NODES = 400_000  # keys and values; the largest banks that people write have some 100,000
_MOST_KEPT = 1000  # parsed banks of people, beside those that are listed now

# The texts of a bank that may be in two languages; a plain string is in the bank's own.
_LOCALIZED = frozenset({"title", "text", "reference", "correction", "dispute", "probe", "why", "policy"})

_BANK = TypeAdapter(Bank)


class BankLibrary:
    """The banks that can be played: those that are shipped, those in one more folder, and those that were imported.

    Where people have accounts, the library `of` somebody also has what is on their shelf; this one has nobody's banks.
    """

    def __init__(
        self, more: Path | None = None, imported: Path | None = None, shelves: BankShelves | None = None
    ) -> None:
        """`more` must be a folder; `imported` need not be there until something has been imported."""
        if more and not more.is_dir():
            raise BankError(str(more), "", localized("bank.no_folder"))
        folders = dict.fromkeys(folder for folder in (shipped("rubrics"), more, imported) if folder)
        self._folders = BankFolders(list(folders), read_bank)
        self._shelves = shelves
        self._shelf: BankShelf | None = None
        self.shelf: PersonalShelf | None = None
        """Where the banks go of the person whose library this is; None where they go into the folder."""
        self._read: dict[Hashable, tuple[str, Bank | BankError]] = {}

    @property
    def has_shelves(self) -> bool:
        """Whether people keep banks of their own, and not in the folder."""
        return self._shelves is not None

    def of(self, owner: str) -> "BankLibrary":
        if self._shelves is None:
            return self
        seen = copy(self)
        seen._shelf = seen.shelf = self._shelves.of(owner)  # noqa: SLF001 - of the same class
        return seen

    def of_class(self, classroom: str) -> "BankLibrary":
        """The library as everybody in a class sees it, whatever else they see."""
        if self._shelves is None:
            return self
        seen = copy(self)
        seen._shelf, seen.shelf = self._shelves.of_class(classroom), None  # noqa: SLF001
        return seen

    def paths(self) -> list[Path]:
        return self._folders.paths()

    def banks(self) -> list[Bank]:
        """Every bank that can be played; of two with the same id the first one. What is broken is left out here.

        So are the questions that await a review, and with them a bank that has no others.
        """
        return [reviewed for _, bank in self._all()[0].values() if (reviewed := bank.reviewed)]

    def broken(self) -> list[BankError]:
        """What is wrong with the banks that cannot be read, or whose id is taken."""
        return self._all()[1]

    def place_of(self, name: str) -> BankPlace | None:
        """Where the bank with this id stands; None if there is none. Raises StoreError."""
        return self._all(must_reach_shelf=True)[0].get(name, (None,))[0]

    def new_place(self, name: str, folder: Path | None) -> BankPlace:
        """Where a new bank with this id goes: on the shelf of the person whose library this is, else into the folder."""
        if self.shelf:
            return self.shelf.new_place(name)
        assert folder is not None
        return BankFile(folder / f"{name}.yaml")

    def path_of(self, name: str) -> Path | None:
        """The file of the bank with this id; None if there is none."""
        place = self.place_of(name)
        return place.path if isinstance(place, BankFile) else None

    def own_banks(self) -> list[Bank]:
        """The banks that whoever looks may change, with the questions that await a review."""
        return [bank for place, bank in self._all()[0].values() if not place.locked]

    def banks_with_unreviewed(self) -> list[Bank]:
        return [bank for _, bank in self._all()[0].values()]

    def _all(self, *, must_reach_shelf: bool = False) -> tuple[dict[str, tuple[BankPlace, Bank]], list[BankError]]:
        """The banks by their ids, with their places, and what is wrong with the others."""
        banks: dict[str, tuple[BankPlace, Bank]] = {}
        found: list[tuple[BankPlace, Bank | BankError]] = [
            (BankFile(path, self.has_shelves), bank) for path, bank in self._folders.banks().items()
        ]
        broken = []
        try:
            found += self._on_shelf()
        except StoreError as error:
            if must_reach_shelf:
                raise
            broken.append(BankError("", "", Localized(error.into(Language.ZH), error.into(Language.EN))))
        for place, bank in found:
            if isinstance(bank, BankError):
                broken.append(bank)
            elif bank.id in banks and self.has_shelves and not isinstance(place, BankFile):
                continue  # somebody else's, which one's own bank of that id hides
            elif bank.id in banks:
                taken = localized("bank.id_taken", id=repr(bank.id), file=banks[bank.id][0].path.name)
                broken.append(BankError(place.path.name, "id", taken))
            else:
                banks[bank.id] = place, bank
        return banks, broken

    def bank(self, name: str, *, with_unreviewed: bool = False) -> Bank:
        """The bank with this id, to be played, or, `with_unreviewed`, with the questions that await a review.

        Raises BankError naming the banks that there are, and StoreError.
        """
        known = self._all(must_reach_shelf=True)[0]
        banks = {bank.id: bank if with_unreviewed else bank.reviewed for _, bank in known.values()}
        if name not in banks:
            none = localized("bank.none")
            raise BankError("", "", localized("bank.unknown", name=repr(name), known=", ".join(banks) or none))
        if (bank := banks[name]) is None:
            raise BankError("", "", localized("bank.awaits_review", name=repr(name)))
        return bank

    def title_of(self, name: str) -> Localized:
        """The title of the bank with this id, or the id where it cannot be read: it can be deleted all the same."""
        bank = next((bank for _, bank in self._all()[0].values() if bank.id == name), None)
        return bank.title if bank else Localized(name, name)

    def _on_shelf(self) -> list[tuple[BankPlace, Bank | BankError]]:
        """What is on the shelf, each bank read again only if it has changed; so is what is wrong with it."""
        places = self._shelf.places() if self._shelf else ()
        found: list[tuple[BankPlace, Bank | BankError]] = []
        for place in places:
            kept = self._read.get(place.key)
            if kept is None or kept[0] != place.digest:
                data = place.read()
                # Of what was read, which may be newer than what was listed.
                kept = hashlib.sha256(data or b"").hexdigest(), _bank_or_error(place, data)
                self._read[place.key] = kept
            found.append((place, kept[1]))
        for oldest in list(self._read)[: -len(found) - _MOST_KEPT]:
            self._read.pop(oldest, None)
        return found


def read_bank(path: Path) -> Bank:
    """The bank in a file. Raises BankError with the file's name, the line and the cause."""
    return read_place(BankFile(path))


def readable_banks(places: Iterable[BankPlace]) -> list[Bank]:
    """The banks of these places, without what cannot be read."""
    found = []
    for place in places:
        with suppress(BankError):
            found.append(read_place(place))
    return found


def read_place(place: BankPlace) -> Bank:
    """The bank at a place. Raises BankError as `read_bank` does."""
    return _bank_in(place, place.read())


def _bank_or_error(place: BankPlace, data: bytes | None) -> Bank | BankError:
    try:
        return _bank_in(place, data)
    except BankError as error:
        return error.with_traceback(None)


def _bank_in(place: BankPlace, data: bytes | None) -> Bank:
    if data is None:
        raise unreadable(place.path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
    return parse_bank(decode_bank(data, place.path.name), place.path.name)


def decode_bank(data: bytes, name: str) -> str:
    """The text of a bank file. Raises BankError if it is too large or no UTF-8."""
    if len(data) > LARGEST_BANK:
        raise BankError(name, "", localized("bank.too_large", most=LARGEST_BANK // 1_000_000))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BankError(name, at_byte(error.start), localized("bank.not_utf8")) from error


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
    lines: dict[KeyPath, int] = {}
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


def _plain(node: yaml.Node, place: KeyPath, lines: dict[KeyPath, int], seen: set[int], name: str) -> Any:
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


def _where(place: KeyPath, lines: dict[KeyPath, int], plain: Any) -> Localized:
    """`line 12, question 'gan', criterion 'noise', weight`."""
    known = next(place[:end] for end in range(len(place), -1, -1) if place[:end] in lines)
    where = at_line(lines[known])
    for part in named_steps(place, plain):
        where = localized("bank.place", outer=where, inner=part)
    return where
