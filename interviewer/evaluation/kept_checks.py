"""The outcomes of grader checks, kept in a file of the data folder: a model that was found too slow is so after a restart."""

import json
import logging
import secrets
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from threading import Lock

from pydantic import TypeAdapter, ValidationError

from interviewer.evaluation.grader_check import GraderCheck
from interviewer.grading import CallShape

_LOG = logging.getLogger(__name__)
_KEPT = TypeAdapter(list[tuple[str, str, CallShape, GraderCheck]])
_MOST = 100

Key = tuple[str, str, CallShape]


class KeptChecks(MutableMapping[Key, GraderCheck]):
    """Checks by base URL, model and call shape. Those of another process are seen too; any thread may use it.

    A file that cannot be read or written costs no more than another check, so it is only logged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._seen: tuple[int, int] | None = None
        self._checks: dict[Key, GraderCheck] = {}

    def __getitem__(self, key: Key) -> GraderCheck:
        with self._lock:
            return self._read()[key]

    def __setitem__(self, key: Key, check: GraderCheck) -> None:
        with self._lock:
            others = {name: known for name, known in self._read().items() if name != key}
            self._write(dict([*others.items(), (key, check)][-_MOST:]))

    def __delitem__(self, key: Key) -> None:
        with self._lock:
            self._write({name: check for name, check in self._read().items() if name != key})

    def __iter__(self) -> Iterator[Key]:
        with self._lock:
            return iter(tuple(self._read()))

    def __len__(self) -> int:
        with self._lock:
            return len(self._read())

    def _read(self) -> dict[Key, GraderCheck]:
        if (stamp := self._stamp()) in (None, self._seen):
            return self._checks
        try:
            rows = _KEPT.validate_json(self._path.read_bytes())
        except (OSError, ValidationError) as error:
            _LOG.warning("the grader checks in %s cannot be read: %s", self._path, type(error).__name__)
        else:
            # Earlier versions kept the checks of servers that were away, too: they have no results.
            self._checks = {(url, model, shape): check for url, model, shape, check in rows if check.results}
        self._seen = stamp
        return self._checks

    def _write(self, checks: dict[Key, GraderCheck]) -> None:
        self._checks = checks
        rows = [(*key, check) for key, check in checks.items()]
        draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.write_text(json.dumps(_KEPT.dump_python(rows, mode="json"), ensure_ascii=False), encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            _LOG.warning("the grader checks cannot be kept in %s: %s", self._path, error.strerror)
        self._seen = self._stamp()

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino
