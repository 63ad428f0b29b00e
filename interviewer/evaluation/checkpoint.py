"""Results of long work, kept line by line in a file as they come, so that a run that was stopped goes on."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

from interviewer.errors import BankError

_Result = TypeVar("_Result")

_BEGIN = '{"key": '


@dataclass(frozen=True, slots=True)
class Kept(Generic[_Result]):
    """The file that results are kept in, one JSON object a line.

    `to_plain` gives what is written of a result, None if it is not to be kept; `from_plain` may raise ValueError,
    KeyError, TypeError or AttributeError for what was not written here.
    """

    path: Path
    to_plain: Callable[[_Result], dict[str, Any] | None]
    from_plain: Callable[[dict[str, Any]], _Result]

    def read(self) -> dict[str, _Result]:
        """The results by their keys. Raises BankError if the file holds anything else."""
        try:
            text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise BankError(self.path.name, "", f"cannot be read: {error}") from error
        *whole, rest = text.split("\n")
        found: dict[str, _Result] = {}
        for number, line in enumerate(whole, start=1):
            try:
                plain = json.loads(line)
                found[plain["key"]] = self.from_plain(plain)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise self._foreign(number) from error
        # The program may have been stopped while it wrote the last line; that line will be cut off.
        if not (rest.startswith(_BEGIN) or _BEGIN.startswith(rest)):
            raise self._foreign(len(whole) + 1)
        return found

    def add(self, key: str, result: _Result) -> None:
        """Write a result down. Raises BankError if that fails."""
        plain = self.to_plain(result)
        if plain is None:
            return
        line = json.dumps({"key": key, **plain}, ensure_ascii=False).encode() + b"\n"
        try:
            with self.path.open("a+b") as file:
                end = file.seek(0, os.SEEK_END)
                file.seek(max(0, end - 1))
                if end and file.read(1) != b"\n":
                    file.truncate(self.path.read_bytes().rfind(b"\n") + 1)
                file.write(line)
        except OSError as error:
            raise BankError(self.path.name, "", f"cannot be written: {error.strerror}") from error

    def _foreign(self, line: int) -> BankError:
        return BankError(self.path.name, f"line {line}", "was not written by this program; name another file")


def worked_off(
    keys: Sequence[str],
    work: Callable[[int], _Result],
    *,
    kept: Kept[_Result] | None = None,
    threads: int = 1,
    tick: Callable[[], None] = lambda: None,
) -> tuple[list[_Result], int]:
    """`work` done for the place of every key, `threads` at a time, and how many of the results were not kept before.

    The results are in the order of the keys. Each is kept as soon as it is known, also if the run is being stopped.
    """
    known = kept.read() if kept else {}
    fresh = [place for place, key in enumerate(keys) if key not in known]
    for _ in range(len(keys) - len(fresh)):
        tick()
    writing = Lock()

    def worked(place: int) -> _Result:
        result = work(place)
        if kept:
            with writing:
                kept.add(keys[place], result)
        return result

    for place, result in _done(worked, fresh, threads):
        known[keys[place]] = result
        tick()
    return [known[key] for key in keys], len(fresh)


def _done(work: Callable[[int], _Result], places: Sequence[int], threads: int) -> Iterator[tuple[int, _Result]]:
    """The results as they come, which is not their order if there are several threads."""
    if threads == 1:
        yield from ((place, work(place)) for place in places)
        return
    pool = ThreadPoolExecutor(threads)
    try:
        running = {pool.submit(work, place): place for place in places}
        for future in as_completed(running):
            yield running[future], future.result()
    finally:
        # Whoever stops the run waits for what has begun, not for what stands in line.
        pool.shutdown(cancel_futures=True)
