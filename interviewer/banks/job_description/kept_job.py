"""A job description and a résumé that somebody asked to keep: one file for each owner, deleted when they say so."""

import hashlib
import json
from pathlib import Path

from interviewer.banks.writer import replace_file
from interviewer.errors import DocumentError
from interviewer.text.messages import localized


def keep_job(folder: Path, owner: str, description: str, resume: str) -> None:
    """Keep both, in place of what was kept. Raises BankError where the file cannot be written."""
    path = _path(folder, owner)
    replace_file(json.dumps({"description": description, "resume": resume}, ensure_ascii=False).encode(), path)
    path.chmod(0o600)


def kept_job(folder: Path, owner: str) -> tuple[str, str] | None:
    """The description and the résumé that were kept, if any were. Raises DocumentError where they cannot be read."""
    path = _path(folder, owner)
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return str(kept["description"]), str(kept["resume"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DocumentError(localized("job.kept_damaged", file=path)) from error


def forget_job(folder: Path, owner: str) -> bool:
    """Delete what was kept; whether there was anything."""
    path = _path(folder, owner)
    was_there = path.exists()
    path.unlink(missing_ok=True)
    return was_there


def _path(folder: Path, owner: str) -> Path:
    return folder / "jobs" / f"{hashlib.sha256(owner.encode()).hexdigest()[:16]}.json"
