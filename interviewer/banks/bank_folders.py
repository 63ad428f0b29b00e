"""The bank files of folders: listed at every look, and parsed again only where they have changed."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock

from interviewer.domain.rubric import Bank
from interviewer.errors import BankError

BANK_ENDINGS = (".yaml", ".yml")


class BankFolders:
    """What is in some folders, thousands of files perhaps. Safe to share between threads."""

    def __init__(self, folders: Sequence[Path], read: Callable[[Path], Bank]) -> None:
        """A folder need not be there; `read` raises BankError."""
        self._folders, self._read = folders, read
        self._lock = Lock()
        self._found: dict[str, tuple[int, int, int] | None] = {}
        self._banks: dict[Path, Bank | BankError] = {}

    def paths(self) -> list[Path]:
        """The bank files, in the order of their folders and names."""
        return [Path(path) for path in self._files()]

    def banks(self) -> dict[Path, Bank | BankError]:
        """The bank in each file, or what is wrong with it; the same object as before if no file has changed."""
        found = self._files()
        with self._lock:  # who comes while files are read for the first time waits, and reads none of them again
            if found != self._found:
                same = {path for path, stamp in found.items() if stamp and stamp == self._found.get(path)}
                files = {path: Path(path) for path in found}
                self._banks = {
                    file: self._banks[file] if path in same else self._parsed(file) for path, file in files.items()
                }
                self._found = found
            return self._banks

    def _files(self) -> dict[str, tuple[int, int, int] | None]:
        """The files, and what changes with each of them; None where that cannot be told."""
        found: dict[str, tuple[int, int, int] | None] = {}
        for folder in self._folders:
            beginning = os.path.join(folder, "")  # noqa: PTH118 - thousands of Path objects take long
            with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                for name in sorted(filter(_is_bank, os.listdir(folder))):  # noqa: PTH208 - as above
                    found[beginning + name] = _stamp(beginning + name)
        return found

    def _parsed(self, file: Path) -> Bank | BankError:
        try:
            return self._read(file)
        except BankError as error:
            return error.with_traceback(None)


def _is_bank(name: str) -> bool:
    """Names that begin with a dot are those of locks and shadows that editors and systems leave beside a file."""
    return name.casefold().endswith(BANK_ENDINGS) and not name.startswith(".")


def _stamp(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    # Two saves may fall into one tick of the file system's clock.
    return found.st_mtime_ns, found.st_size, found.st_ino
