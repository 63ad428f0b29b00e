"""The whole data folder in one file, taken while the program runs, and put back after it was checked."""

import hashlib
import json
import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from interviewer.errors import SettingsError, StoreError
from interviewer.sessions.database import REVISIONS, sqlite_file
from interviewer.text.messages import localized

_MANIFEST = "manifest.json"
_DATABASE = "interviews.sqlite3"
_FORMAT = "mock-interview-backup"
_LEFT_OUT = ("-wal", "-shm", "-journal", ".part")  # SQLite's companions are in the copy of the database
_TEMPORARY = "gradio"


def backup(data_folder: Path, database_url: str, target: Path) -> int:
    """Write database and data folder to a zip file; give how many files. Raises SettingsError, StoreError."""
    database = _database(database_url)
    draft = target.with_name(target.name + ".part")
    try:
        others = _files(data_folder, {database, target, draft})
        with tempfile.TemporaryDirectory(dir=target.parent) as temporary:
            copy = Path(temporary) / _DATABASE
            _copy_database(database, copy)
            members = {_DATABASE: copy, **others}
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
                digests = {}
                for name, path in members.items():
                    data = path.read_bytes()
                    digests[name] = hashlib.sha256(data).hexdigest()
                    archive.writestr(name, data)
                archive.writestr(_MANIFEST, json.dumps({"format": _FORMAT, "files": digests}, indent=1))
        draft.chmod(0o600)
        draft.replace(target)
    except (OSError, sqlite3.Error) as error:
        draft.unlink(missing_ok=True)
        raise StoreError(localized("backup.not_written", why=error)) from error
    return len(members)


def restore(source: Path, data_folder: Path, database_url: str, *, replace: bool = False) -> int:
    """Put a backup into the data folder after it was checked, and give the number of files.

    With `replace`, what the folder holds is moved to a folder beside it; without, a folder that holds anything is refused.
    Raises StoreError if the backup is not whole, or the folder cannot be written.
    """
    database = _database(database_url)
    try:
        with tempfile.TemporaryDirectory(dir=data_folder.parent) as temporary:
            unpacked = Path(temporary) / "data"
            count = _unpack(source, unpacked)
            _check_database(unpacked / _DATABASE)
            if database.exists() or any(data_folder.glob("*")):
                if not replace:
                    raise StoreError(localized("backup.not_empty"))
                _move_aside(data_folder, database)
            data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(unpacked / _DATABASE, database)
            for path in unpacked.iterdir():
                shutil.move(path, data_folder / path.name)
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
        raise StoreError(localized("backup.not_whole", why=error)) from error
    return count


def _database(url: str) -> Path:
    found = sqlite_file(url)
    if found is None:
        raise SettingsError(localized("backup.no_sqlite"))
    return found


def _copy_database(database: Path, copy: Path) -> None:
    """By SQLite's own means, which gives one moment's state however much is written meanwhile."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")


def _files(folder: Path, but: set[Path]) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path not in but
        and not path.name.endswith(_LEFT_OUT)
        and path.relative_to(folder).parts[0] != _TEMPORARY
    }


def _unpack(source: Path, folder: Path) -> int:
    with zipfile.ZipFile(source) as archive:
        manifest = json.loads(archive.read(_MANIFEST))
        if manifest["format"] != _FORMAT or _DATABASE not in manifest["files"]:
            raise ValueError(_MANIFEST)
        for name, digest in manifest["files"].items():
            place = PurePosixPath(name)
            if place.is_absolute() or ".." in place.parts:
                raise ValueError(name)
            data = archive.read(name)
            if hashlib.sha256(data).hexdigest() != digest:
                raise ValueError(name)
            path = folder / place
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_bytes(data)
        return len(manifest["files"])


def _check_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        try:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        except sqlite3.Error as error:
            raise StoreError(localized("backup.not_whole", why=error)) from error
    if not sound:
        raise StoreError(localized("store.damaged"))
    if version not in REVISIONS:
        raise StoreError(localized("store.newer", version=version))


def _move_aside(folder: Path, database: Path) -> None:
    aside = folder.with_name(f"{folder.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    aside.mkdir(mode=0o700)
    companions = [database.with_name(database.name + end) for end in ("", *_LEFT_OUT[:3])]
    for path in {*folder.glob("*"), *(one for one in companions if one.exists())}:
        shutil.move(path, aside / path.name)
