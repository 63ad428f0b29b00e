"""Where the text of a bank stands: a file of a folder, or whatever else a server keeps the banks of its people in."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from interviewer.errors import BankError
from interviewer.settings import shipped
from interviewer.text.messages import localized

LARGEST_BANK = 5_000_000
"""The most bytes of a bank."""

IMPORTED_COPIES = ".imported"
"""The folder, beside bank files, with each of them as it was imported."""


class BankPlace(Protocol):
    """One bank's place. What is read and written there raises BankError."""

    @property
    def path(self) -> Path:
        """The file; of what is no file, the name that it would have, for messages."""

    @property
    def key(self) -> Hashable:
        """What tells it from all other places."""

    @property
    def locked(self) -> str:
        """Why whoever looks may not change it, as a key of messages; '' where they may."""

    def read(self) -> bytes | None:
        """The text; None where there is none yet."""

    def imported(self) -> bytes | None:
        """The copy of what was imported, which the next import compares with."""

    def save(self, text: str, before: bytes | None, *, keeps_before: bool = False) -> None:
        """Write the text, if what stands there still is `before`, which may be kept beside it."""

    def save_imported(self, text: str) -> None:
        """Keep a copy of what was imported."""


@dataclass(frozen=True, slots=True)
class BankFile:
    """A bank in a file of its own, which `is_of_operator` where people have accounts: then nobody changes it on the page."""

    path: Path
    is_of_operator: bool = False

    @property
    def key(self) -> Hashable:
        return self.path

    @property
    def locked(self) -> str:
        if self.path.parent == shipped("rubrics"):
            return "bank.id_shipped"
        return "bank.id_of_others" if self.is_of_operator else ""

    def read(self) -> bytes | None:
        return _read(self.path)

    def imported(self) -> bytes | None:
        return _read(self._copy)

    def save(self, text: str, before: bytes | None, *, keeps_before: bool = False) -> None:
        from interviewer.banks import writer

        if keeps_before and before is not None:
            writer.replace_file(before, self.path.with_name(f"{self.path.name}.bak"))
        writer.save(text, self.path, before)

    def save_imported(self, text: str) -> None:
        from interviewer.banks import writer

        if _read(self._copy) != text.encode():
            writer.replace_file(text.encode(), self._copy)

    @property
    def _copy(self) -> Path:
        path = self.path.resolve()
        return path.parent / IMPORTED_COPIES / path.name


class SharedPlace(BankPlace, Protocol):
    """A place whose bank is for one person, for a class or for everybody."""

    @property
    def id(self) -> str: ...

    @property
    def owner(self) -> str: ...

    @property
    def audience(self) -> str:
        """`private`, `everybody`, or the id of a class."""

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hex, without the text being read."""

    def share(self) -> None:
        """Let the bank be for the audience of this place from now on; what is saved here is in any case."""


class BankShelf(Protocol):
    """Banks that somebody sees besides those in folders. Raises StoreError."""

    def places(self) -> Sequence[SharedPlace]:
        """In the order in which they count where two have the same id."""


class PersonalShelf(BankShelf, Protocol):
    """The banks that one person sees, with a place for new ones, which are theirs."""

    @property
    def owner(self) -> str: ...

    @property
    def may_publish(self) -> bool:
        """Whether this person may give banks to others, and have a model draft them."""

    def new_place(self, id: str) -> SharedPlace:  # noqa: A002 - the key of the bank
        """Where a new bank of this person goes."""

    def audiences(self) -> Sequence[tuple[str, str]]:
        """Those whom this person may give a bank to, and what a class is called."""

    def shared(self, place: BankPlace, audience: str) -> SharedPlace:
        """The place, for this audience or ('') for the one it has. Raises NotAllowed where this person may not give a bank to it."""

    def remove(self, id: str) -> bool:  # noqa: A002
        """Take away a bank, which can be put back for a while; whether there is one. Raises BankError if it is locked."""

    def removed(self) -> Sequence[BankPlace]:
        """What can still be put back, the latest first."""

    def put_back(self, id: str) -> bool:  # noqa: A002
        """Whether there was such a bank. Raises BankError if another has its id by now."""


class BankShelves(Protocol):
    """The shelves of everybody on a server where people have accounts."""

    def of(self, owner: str) -> PersonalShelf: ...

    def of_class(self, classroom: str) -> BankShelf: ...


def unreadable(path: Path, error: OSError) -> BankError:
    """The error of a file that the system does not let us read."""
    return BankError(path.name, "", localized("bank.unreadable", why=error.strerror))


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_BANK + 1)  # a longer one is refused by its length
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise unreadable(path, error) from error
