"""A checkpoint: grades kept line by line in a file as they come, so that a run that was stopped goes on."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from interviewer.domain.grade import Grade
from interviewer.errors import BankError
from interviewer.sessions.serialization import grade_from_plain, grade_to_plain

_BEGIN = '{"key": '
_WRITING = Lock()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The file, one JSON object a line: `key` says what was graded by whom, `ledger` is the grade."""

    path: Path

    def read(self) -> dict[str, Grade]:
        """The grades by their keys. Raises BankError if the file holds anything else."""
        try:
            text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise BankError(self.path.name, "", f"cannot be read: {error}") from error
        *whole, rest = text.split("\n")
        found: dict[str, Grade] = {}
        for number, line in enumerate(whole, start=1):
            try:
                plain = json.loads(line)
                if "provenance" in plain:
                    raise BankError(
                        self.path.name,
                        f"line {number}",
                        "was kept by an older version, which did not count what is right beside the rubric; name another file",
                    )
                found[plain["key"]] = grade_from_plain(plain["ledger"])
            except (ValueError, KeyError, TypeError) as error:
                raise self._foreign(number) from error
        # The program may have been stopped while it wrote the last line; the next grade takes its place.
        if not (rest.startswith(_BEGIN) or _BEGIN.startswith(rest)):
            raise self._foreign(len(whole) + 1)
        return found

    def add(self, key: str, grade: Grade) -> None:
        """Write a grade down, whatever threads do so at once. Raises BankError if that fails."""
        line = json.dumps({"key": key, "ledger": grade_to_plain(grade)}, ensure_ascii=False).encode() + b"\n"
        try:
            with _WRITING, self.path.open("a+b") as file:
                end = file.seek(0, os.SEEK_END)
                file.seek(max(0, end - 1))
                if end and file.read(1) != b"\n":
                    file.truncate(self.path.read_bytes().rfind(b"\n") + 1)
                file.write(line)
        except OSError as error:
            raise BankError(self.path.name, "", f"cannot be written: {error.strerror}") from error

    def _foreign(self, line: int) -> BankError:
        return BankError(self.path.name, f"line {line}", "was not written by this program; name another file")
