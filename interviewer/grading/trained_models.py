"""What was trained is kept in the user's cache folder, so that each machine trains it once."""

import hashlib
import logging
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interviewer.settings import cache_folder

Arrays = Mapping[str, NDArray[Any]]

_log = logging.getLogger(__name__)
_ENDING = ".npz"
# Some 250 kB each; the shipped bank has 26.
_MOST_KEPT = 200
# Several at a time would take their memory together, and no less time.
_training = Lock()


def kept(made_of: Iterable[str], names: Collection[str], train: Callable[[], Arrays]) -> Arrays:
    """The arrays of these `names` that `train` gives, or gave before for the same texts and by the same code.

    Where the folder cannot be used, or a file in it cannot be read, they are trained anew.
    """
    known_by = hashlib.sha256(_code())
    for text in made_of:
        known_by.update(f"{len(text)}:{text}".encode("utf-8", "surrogatepass"))
    path = cache_folder() / f"{known_by.hexdigest()[:32]}{_ENDING}"
    with suppress(OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile), path.open("rb") as file:
        found = np.load(file, allow_pickle=False)
        return {name: found[name] for name in names}
    with _training:
        trained = train()
    try:
        _write(path, trained)
    except OSError as error:
        _log.info("what was trained cannot be kept in %s: %s", path.parent, error.strerror)
    return trained


def _write(path: Path, arrays: Arrays) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as draft:
        try:
            np.savez(draft, allow_pickle=False, **arrays)
        except OSError:
            Path(draft.name).unlink(missing_ok=True)
            raise
    Path(draft.name).replace(path)
    with suppress(OSError):  # another process may be clearing, too
        by_age = sorted(path.parent.glob(f"*{_ENDING}"), key=lambda one: one.stat().st_mtime)
        for old in by_age[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)


@cache
def _code() -> bytes:
    """The code that arrays depend on: with other code, what was kept is no longer known."""
    here = Path(__file__).parent
    files = (*here.glob("*.py"), *(here.parent / "text").glob("*.py"))
    libraries = "".join(version(name) for name in ("numpy", "opencc", "rapidfuzz", "snowballstemmer"))
    return b"".join([libraries.encode(), *(hashlib.sha256(file.read_bytes()).digest() for file in sorted(files))])
