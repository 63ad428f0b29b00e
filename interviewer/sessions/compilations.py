"""Lists whose criteria a model drafts, in whatever process: what one drafted before it was killed is not paid for twice."""

import hashlib
import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from datetime import timedelta
from functools import partial
from threading import Event
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from interviewer.domain.rubric import Localized
from interviewer.errors import InterviewerError, StoreError
from interviewer.llm import LLM
from interviewer.llm.model_call import ModelCall
from interviewer.sessions.database import Database
from interviewer.sessions.effect_leases import PRIVATE, holder_name, is_dead, is_private
from interviewer.sessions.follow_up_decision import trace_without_text
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.job_queue import JobQueue, TakenElsewhere
from interviewer.sessions.kept_replies import KeptReplies, TurnIsOver
from interviewer.sessions.tables import compilations
from interviewer.sessions.timestamps import stored_now
from interviewer.sessions.work_queues import WorkQueues
from interviewer.text.messages import localized, text_of

_log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=1)
_GOOD_FOR = 60.0
_RENEWED_EVERY = 1.0
_LOOK_SECONDS = 0.3
# A job leaves its place at the server to gradings after so long: people wait for those.
_TURN_SECONDS = 30.0
_AT_A_TIME = 8
_MOST_OPEN = 10
# In place of a window: the failure was seen.
_SEEN = "seen"

_IS_OPEN = compilations.c.result.is_(None) & compilations.c.failure.is_(None)


class Compilation(NamedTuple):
    """A list of an owner, and how many of its questions are drafted; `model` names it with its host.

    At the end there is a `result`, as `Compile` made it, or a `failure`.
    """

    id: str
    owner: str
    browser_window: str
    name: str
    title: str
    list: bytes
    most_references: int
    model: str
    created_at: str
    done: int = 0
    total: int = 0
    result: str | None = None
    failure: str | None = None
    """In both languages, as JSON."""


class _Run(NamedTuple):
    """Work on a list in this process, and the name under which it holds the list: another run has another."""

    call: ModelCall
    holder: str


Told = Callable[[int, int], None]
Compile = Callable[[Compilation, LLM, int, Told], str]
"""What a list becomes with this model, asked so often at a time. It tells how many questions are drafted, of how many."""


class Compilations:
    """All lists of a database. Safe to share between threads and processes."""

    def __init__(
        self, database: Database, graders: GraderRegistry, compiled: Compile, jobs: JobQueue | None = None
    ) -> None:
        """What needs a model that other processes have, too, is left to `jobs`, if there is such a queue."""
        self._database, self._graders, self._compiled, self._jobs = database, graders, compiled, jobs
        self._queues = WorkQueues(_AT_A_TIME)
        self._runs: dict[str, _Run] = {}

    def begin(self, owner: str, window: str, name: str, data: bytes, title: str, most_references: int) -> str:
        """Have the owner's model draft what this window of a browser waits for; give the id to find it by.

        The same list for the same model is the same compilation, which goes on where it stands; one that failed is
        tried again. Raises StoreError, and InterviewerError where the owner waits for too many.
        """
        model, is_job = self._graders.choice(owner).title, self._is_job(owner)
        asked = json.dumps([owner, name, title, most_references, model]).encode()
        key = hashlib.sha256(asked + data).hexdigest()[:32]
        made = Compilation(key, owner, window, name, title, data, most_references, model, stored_now())
        holder = "" if is_job else self._new_holder(owner)
        lease = _lease(holder) if holder else {"holder": "", "until": 0.0}
        this, is_new = compilations.c.id == key, True
        try:
            with self._database.write() as connection:
                found = connection.execute(sa.select(compilations.c.failure).where(this)).first()
                if found is None:
                    mine = sa.select(sa.func.count()).where(compilations.c.owner == owner, _IS_OPEN)
                    if connection.execute(mine).scalar_one() >= _MOST_OPEN:
                        raise InterviewerError(localized("import.too_many", most=_MOST_OPEN))
                    connection.execute(compilations.insert().values(made._asdict() | lease))
                elif found.failure:  # its replies are still there
                    anew = {"browser_window": window, "created_at": made.created_at, "failure": None, **lease}
                    connection.execute(compilations.update().where(this).values(anew))
                else:
                    is_new = False
                    connection.execute(compilations.update().where(this).values(browser_window=window))
                if is_job and is_new:
                    self._add_job(key, owner, connection)
        except IntegrityError:  # another window was faster
            self._update(this, browser_window=window)
            return key
        if is_new and not is_job:
            self._submit(made, holder, is_job=False)
        return key

    def result(self, compilation: str, window: str, stopping: Event, told: Told) -> str | None:
        """Wait for the result; None when `stopping` is set, or the list is gone or what another window waits for.

        Raises InterviewerError with the failure, and StoreError.
        """
        columns = compilations.c.browser_window, compilations.c.done, compilations.c.total, _IS_OPEN.label("is_open")
        now = sa.select(*columns).where(compilations.c.id == compilation)
        while True:
            found = self._database.first(now)
            if found is None or found.browser_window != window:
                return None
            if not found.is_open:
                ended = self._find(compilation)
                if ended and ended.failure:
                    raise InterviewerError(Localized(**json.loads(ended.failure)))
                return ended.result if ended else None
            if found.total:
                told(found.done, found.total)
            if stopping.wait(_LOOK_SECONDS):
                return None

    def go_on(self, owner: str, window: str) -> str | None:
        """The newest of an owner's lists that nobody has seen the end of; this window waits for it from now on."""
        found = self._select(compilations.c.owner == owner, compilations.c.browser_window != _SEEN)
        if not found:
            return None
        self._update(compilations.c.id == found[0].id, browser_window=window)
        return found[0].id

    def stop(self, owner: str, window: str) -> None:
        """Drop what a window waits for, wherever it is worked on; nothing is kept of it."""
        for one in self._select(compilations.c.owner == owner, compilations.c.browser_window == window, _IS_OPEN):
            self._database.change(compilations.delete().where(compilations.c.id == one.id))
            if run := self._runs.get(one.id):
                run.call.stop()

    def take_away(self, owner: str, compilation: str) -> None:
        """Drop a list whose result was seen; of one that failed the replies are kept for another try."""
        this = (compilations.c.id == compilation) & (compilations.c.owner == owner)
        with self._database.write() as connection:
            connection.execute(compilations.delete().where(this, compilations.c.result.is_not(None)))
            failed = compilations.update().where(this, compilations.c.failure.is_not(None))
            connection.execute(failed.values(browser_window=_SEEN))

    def make_anew(self, compilation: str) -> None:
        """Make a result again that cannot be read, as another version of the program wrote it; no reply is lost."""
        self._update(compilations.c.id == compilation, result=None, holder="", until=0.0)
        self.resume_left()

    def start(self, compilation: str, *, is_job: bool = True) -> Future[None] | None:
        """Go on with a list in this process; None if there is nothing to do. Raises TakenElsewhere.

        By no other model than it was begun with: where that is not known here, its owner is told.
        """
        found = self._find(compilation)
        if found is None or found.result or found.failure:
            return None
        if compilation in self._runs or (holder := self._take(found)) is None:
            raise TakenElsewhere
        return self._submit(found, holder, is_job=is_job)

    def leave(self, compilation: str) -> None:
        """Stop working on a list here, and let other processes have it at once."""
        if run := self._runs.get(compilation):
            try:
                mark = PRIVATE if is_private(run.holder) else ""
                self._update(_is_held(compilation, run.holder), holder=mark, until=0.0)
            finally:
                run.call.stop()

    def close(self) -> None:
        """Leave everything to other processes, or to the next start."""
        for compilation in list(self._runs):
            with suppress(StoreError):
                self.leave(compilation)

    def resume_left(self) -> None:
        """Go on with what no process is at any more, such as lists of one that was killed."""
        for key, run in list(self._runs.items()):  # those that wait for their turn here
            self._update(_is_held(key, run.holder), **_lease(run.holder))
        columns = compilations.c.id, compilations.c.owner, compilations.c.holder, compilations.c.until
        for left in self._database.rows(sa.select(*columns).where(_IS_OPEN)):
            if left.id in self._runs or not _is_free(left.holder, left.until):
                continue
            try:
                if self._is_job(left.owner):
                    with self._database.write() as connection:
                        self._add_job(left.id, left.owner, connection)
                else:
                    self.start(left.id, is_job=False)
            except TakenElsewhere:
                pass
            except InterviewerError as error:
                _log.warning("a list of questions cannot be gone on with: %s", error)

    def _find(self, compilation: str) -> Compilation | None:
        return next(iter(self._select(compilations.c.id == compilation)), None)

    def _is_job(self, owner: str) -> bool:
        return self._jobs is not None and self._graders.is_shared(owner)

    def _add_job(self, compilation: str, owner: str, connection: sa.Connection) -> None:
        assert self._jobs
        self._jobs.add_compilation(compilation, self._graders.address(owner), self._graders.width(owner), connection)

    def _new_holder(self, owner: str) -> str:
        return holder_name("" if self._graders.is_shared(owner) else PRIVATE)

    def _submit(self, found: Compilation, holder: str, *, is_job: bool) -> Future[None]:
        run = self._runs[found.id] = _Run(ModelCall(), holder)
        return self._queues.submit(self._graders.address(found.owner), partial(self._run, found, run, is_job))

    def _run(self, found: Compilation, run: "_Run", is_job: bool) -> None:
        call, ours = run.call, _is_held(found.id, run.holder)
        told = {"done": found.done, "total": found.total}

        def tell(done: int, total: int) -> None:
            told.update(done=done, total=total)

        try:
            llm = self._graders.llm_for(found.owner)
            is_known = self._graders.choice(found.owner).title == found.model
            if llm is None or not is_known or self._graders.is_shared(found.owner) == is_private(run.holder):
                gone = localized("import.model_gone", model=found.model)
                self._update(ours, failure=_as_json(gone))
                return
            kept = KeptReplies(llm, self._database, found.id, _TURN_SECONDS if is_job else None)
            width = 1 if is_job else self._graders.concurrency
            work = call.start(lambda: self._compiled(found, kept, width, tell))
            while not wait([work], _RENEWED_EVERY).done:
                # Whoever stopped it has taken away its row, and another process that goes on the lease.
                with suppress(StoreError):
                    if not self._update(ours, **_lease(run.holder), **told):
                        call.stop()
            self._finish(found, run, work)
        except StoreError as error:  # it is gone on with when the lease is over
            _log.warning("a list of questions cannot be compiled for now: %s", error)
        finally:
            if self._runs.get(found.id) is run:
                del self._runs[found.id]

    def _finish(self, found: Compilation, run: "_Run", work: Future[str]) -> None:
        is_ours = _is_held(found.id, run.holder)
        try:
            ended = {"result": work.result()}
            if run.call.is_stopped:
                return  # without the model, the rest was made offline
        except TurnIsOver:
            with self._database.write() as connection:
                ours = compilations.update().where(is_ours)
                if connection.execute(ours.values(holder="", until=0.0)).rowcount:
                    self._add_job(found.id, found.owner, connection)
            return
        except StoreError:
            raise
        except InterviewerError as error:
            ended = {"failure": _as_json(text_of(error))}
        except Exception as error:  # noqa: BLE001 - a bug is logged, and told
            _log.error("a list of questions could not be compiled\n%s", trace_without_text(error))
            ended = {"failure": _as_json(localized("import.unexpected", kind=type(error).__name__))}
        self._update(is_ours, **ended)

    def _take(self, found: Compilation) -> str | None:
        """The name under which a list is held from now on; None where somebody else has it.

        What was begun with a key that one process knows keeps its mark, so that no other key is used in its place.
        """
        this = compilations.c.id == found.id
        with self._database.write() as connection:
            held = connection.execute(sa.select(compilations.c.holder, compilations.c.until).where(this)).first()
            if held is None or not _is_free(held.holder, held.until):
                return None
            holder = holder_name(PRIVATE) if is_private(held.holder) else self._new_holder(found.owner)
            same = (compilations.c.holder == held.holder) & (compilations.c.until == held.until)
            taken = connection.execute(compilations.update().where(this, same).values(_lease(holder)))
            return holder if taken.rowcount else None

    def _update(self, which: sa.ColumnElement[bool], **values: Any) -> int:
        return self._database.change(compilations.update().where(which).values(values))

    def _select(self, *which: sa.ColumnElement[bool]) -> list[Compilation]:
        query = sa.select(*(compilations.c[name] for name in Compilation._fields)).where(*which)
        newest_first = self._database.rows(query.order_by(compilations.c.created_at.desc()))
        return [Compilation._make(row) for row in newest_first]


def export_compilations(database: Database, owner: str) -> list[dict[str, str]]:
    """The lists of an owner that a model still works on, or whose end nobody has seen."""
    query = sa.select(compilations.c.name, compilations.c.created_at, compilations.c.list)
    with database.read() as connection:
        rows = connection.execute(query.where(compilations.c.owner == owner)).all()
    return [
        {"name": one.name, "created_at": one.created_at, "list": one.list.decode("utf-8", "replace")} for one in rows
    ]


def purge_compilations(database: Database) -> int:
    """Drop the lists that are older than a day, with what became of them; give how many that were."""
    is_old = compilations.c.created_at < stored_now(KEPT_FOR)
    if database.first(sa.select(compilations.c.id).where(is_old).limit(1)) is None:
        return 0
    return database.change(compilations.delete().where(is_old))


def _lease(holder: str) -> dict[str, Any]:
    return {"holder": holder, "until": time.time() + _GOOD_FOR}


def _is_held(compilation: str, holder: str) -> sa.ColumnElement[bool]:
    return (compilations.c.id == compilation) & (compilations.c.holder == holder) & _IS_OPEN


def _is_free(holder: str, until: float) -> bool:
    return until < time.time() or is_dead(holder)


def _as_json(text: Localized) -> str:
    return json.dumps({"zh": text.zh, "en": text.en})
