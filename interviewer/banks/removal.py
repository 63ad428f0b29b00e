"""Taking a bank of one's own out of the library, and putting it back. Interviews on it have a copy of it, and go on."""

import base64
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from interviewer.banks.loader import BankLibrary
from interviewer.banks.places import IMPORTED_COPIES, BankFile, unreadable
from interviewer.banks.writer import replace_file
from interviewer.domain.rubric import Localized
from interviewer.errors import BankError
from interviewer.text.messages import localized

REMOVED = ".removed"
"""The folder, beside bank files, with those that can still be put back."""

# So long a bank that was deleted on the page can be put back, also after a restart; then nothing of it is left.
KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RemovedBank:
    """All that it takes to put a bank back: its files, the bank itself first."""

    id: str
    title: Localized
    files: tuple[tuple[Path, bytes], ...]


def remove_bank(library: BankLibrary, name: str, keep_in: Path | None = None) -> Path:
    """Delete a bank, and the copies that an import left beside it; give the path of the bank.

    With `keep_in`, the folder of banks, it can be put back for a while by `undelete_bank`.
    Raises BankError, and deletes nothing, if there is none of this id, it is shipped, or it cannot be read.
    """
    title = library.bank(name, with_unreviewed=True).title
    path = library.path_of(name)
    if path is None or BankFile(path).locked:
        raise BankError(name, "", localized("bank.is_shipped", id=name))
    beside = (path, path.resolve().parent / IMPORTED_COPIES / path.name, path.with_name(f"{path.name}.bak"))
    try:
        files = tuple((file, file.read_bytes()) for file in beside if file.exists())
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        if keep_in:
            _keep(RemovedBank(name, title, files), keep_in)
        for file, _ in files:
            file.unlink()
    except OSError as error:
        raise BankError(path.name, "", localized("bank.not_deleted", why=error.strerror)) from error
    return path


def removed_banks(folder: Path) -> list[RemovedBank]:
    """The banks that can still be put back, the latest first; what is older than `KEPT_FOR` is deleted for good."""
    found = []
    for file in (folder / REMOVED).glob("*.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):  # what cannot be read cannot be put back
            kept = json.loads(file.read_bytes())
            at = datetime.fromisoformat(kept["removed_at"])
            if datetime.now(UTC) - at > KEPT_FOR:
                file.unlink()
                continue
            files = tuple((folder / name, base64.b64decode(data)) for name, data in kept["files"])
            found.append((at, RemovedBank(kept["id"], Localized(**kept["title"]), files)))
    return [one for _, one in sorted(found, key=lambda each: each[0], reverse=True)]


def undelete_bank(library: BankLibrary, name: str, folder: Path) -> bool:
    """Put back a bank that was deleted within `KEPT_FOR`; whether there was one. Raises BankError if its place is taken."""
    removed = next((one for one in removed_banks(folder) if one.id == name), None)
    if removed is None:
        return False
    for path, _ in removed.files[:1]:  # none, where its file was gone already when it was deleted
        if path.exists() or library.path_of(name):
            raise BankError(path.name, "", localized("bank.place_taken", id=name))
    for path, data in removed.files:
        replace_file(data, path)
    (folder / REMOVED / f"{name}.json").unlink(missing_ok=True)
    return True


def _keep(removed: RemovedBank, folder: Path) -> None:
    # By their names in the folder the files fit wherever it is moved.
    files = ((path.relative_to(folder) if path.is_relative_to(folder) else path, data) for path, data in removed.files)
    kept = {
        "id": removed.id,
        "title": asdict(removed.title),
        "removed_at": datetime.now(UTC).isoformat(),
        "files": [[str(path), base64.b64encode(data).decode()] for path, data in files],
    }
    (folder / REMOVED).mkdir(mode=0o700, exist_ok=True)
    replace_file(json.dumps(kept).encode(), folder / REMOVED / f"{removed.id}.json")
