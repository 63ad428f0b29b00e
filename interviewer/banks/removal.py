"""Taking a bank of one's own out of the library, and putting it back. Interviews on it have a copy of it, and go on."""

from dataclasses import dataclass
from pathlib import Path

from interviewer.banks.loader import Library, unreadable
from interviewer.banks.writer import replace_file
from interviewer.errors import BankError
from interviewer.text.messages import localized

IMPORTED_COPIES = ".imported"
"""The folder, beside bank files, with each of them as it was imported."""


@dataclass(frozen=True, slots=True)
class RemovedBank:
    """All that it takes to put a bank back: its files, the bank itself first."""

    id: str
    files: tuple[tuple[Path, bytes], ...]


def remove_bank(library: Library, name: str) -> RemovedBank:
    """Delete a bank, and the copies that an import left beside it.

    Raises BankError, and deletes nothing, if there is none of this id, it is shipped, or it cannot be read.
    """
    library.bank(name, whole=True)
    path = library.place_of(name)
    if path is None or not library.is_own(path):
        raise BankError(name, "", localized("bank.is_shipped", id=name))
    beside = (path, path.resolve().parent / IMPORTED_COPIES / path.name, path.with_name(f"{path.name}.bak"))
    try:
        files = tuple((file, file.read_bytes()) for file in beside if file.exists())
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        for file, _ in files:
            file.unlink()
    except OSError as error:
        raise BankError(path.name, "", localized("bank.not_deleted", why=error.strerror)) from error
    return RemovedBank(name, files)


def put_back_bank(library: Library, removed: RemovedBank) -> None:
    """Undo a removal. Raises BankError if there is another bank in its place by now."""
    for path, _ in removed.files[:1]:
        if path.exists() or library.place_of(removed.id):
            raise BankError(path.name, "", localized("bank.place_taken", id=removed.id))
    for path, data in removed.files:
        replace_file(data, path)
