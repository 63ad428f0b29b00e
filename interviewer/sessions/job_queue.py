"""Effects as jobs in the interviews' own PostgreSQL: put in with the event that makes them due, run by any process."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import sqlalchemy as sa

from interviewer.domain.interview import AskProbe, Clarify
from interviewer.domain.language import Language
from interviewer.errors import SettingsError
from interviewer.llm.model_call import CallPhase, CallProgress
from interviewer.sessions.database import Database, store_error
from interviewer.sessions.effect_leases import EffectKey
from interviewer.sessions.job_schema import has_jobs
from interviewer.text.messages import localized

QUEUE = "effects"
TASK = "effect"
COMPILE = "compile"
BATCH = "batch"

# A person waits for a follow-up, so that it stands in line behind no grading.
_FOLLOW_UP_PRIORITY = 10
# Whoever has a list compiled has minutes to wait anyway.
_COMPILE_PRIORITY = -10
# Nobody sits and waits for the marks of a whole course.
_BATCH_PRIORITY = -20

_WHERE_IT_STANDS = sa.text(
    "SELECT status::text AS status, attempts > 0 OR args->>'tries' IS NOT NULL AS is_again, (SELECT max(at) FROM procrastinate_events WHERE job_id = jobs.id) AS since "
    "FROM procrastinate_jobs AS jobs WHERE queueing_lock = :name AND status IN ('todo', 'doing') ORDER BY id LIMIT 1"
)

# By the clock of the database, which all processes share.
_SECONDS_IN_QUEUE = sa.text(
    "SELECT extract(epoch FROM now() - max(at)) FROM procrastinate_jobs JOIN procrastinate_events AS events "
    "ON job_id = procrastinate_jobs.id WHERE queueing_lock = :name AND status IN ('todo', 'doing') AND type = 'deferred'"
)

_REMOVE = sa.text("DELETE FROM procrastinate_jobs WHERE queueing_lock = :name AND status = 'todo'")

_LANES = sa.text(
    f"SELECT args->>'batch' AS batch, (args->>'lane')::int AS lane FROM procrastinate_jobs "  # noqa: S608 - a constant
    f"WHERE task_name = '{BATCH}' AND status IN ('todo', 'doing')"
)


@dataclass(frozen=True, slots=True)
class EffectJob:
    """An effect for the queue; remarks and reasons are in `language`, and its server takes `width` requests at a time."""

    key: EffectKey
    language: Language
    address: str
    width: int


class TakenElsewhere(Exception):
    """Another process is at the effect of a job: it is looked at again later, since that process may come to an end."""


class JobQueue:
    """The jobs of one database. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        """For a database that has a queue; `of` knows whether it has."""
        from procrastinate import App, SyncPsycopgConnector

        self._database = database
        # It is never opened: jobs are put in over the connection of the transaction that records the event.
        self._app = App(connector=SyncPsycopgConnector())
        self._turns = count(random.randrange(1000))  # noqa: S311 - spreads jobs, and hides nothing

    @classmethod
    def of(cls, database: Database) -> "JobQueue | None":
        """The queue in this database; None where there is none: in SQLite, and without the extra `server`."""
        return cls(database) if has_jobs(database.url) else None

    @classmethod
    def required(cls, database: Database) -> "JobQueue":
        """The queue in this database. Raises SettingsError where there is none."""
        if (found := cls.of(database)) is None:
            raise SettingsError(localized("queue.none"))
        return found

    def add(self, jobs: Sequence[EffectJob], connection: sa.Connection) -> None:
        """Put the jobs in, in the transaction of this connection; one that waits already is not put in twice.

        Raises StoreError.
        """
        for job in jobs:
            effect, is_follow_up = job.key.effect, isinstance(job.key.effect, AskProbe | Clarify)
            self._put_in(
                connection,
                TASK,
                _name(job.key),
                # Follow-ups have locks of their own, since gradings may take long; each process still sends no more than
                # it may.
                lock=f"{'follow-up ' * is_follow_up}{self._lock(job.address, job.width)}",
                priority=_FOLLOW_UP_PRIORITY if is_follow_up else 0,
                interview=job.key.interview,
                kind=job.key.kind,
                question=effect.question,
                attempt=effect.attempt,
                language=str(job.language),
            )

    def add_compilation(self, compilation: str, address: str, width: int, connection: sa.Connection) -> None:
        """Put in, as `add` does, that a list is compiled, which has one place of those that the server has. Raises StoreError."""
        name, lock = f"{COMPILE} {compilation}", self._lock(address, width)
        self._put_in(connection, COMPILE, name, lock=lock, priority=_COMPILE_PRIORITY, compilation=compilation)

    def add_lane(self, batch: str, lane: int, address: str, width: int, connection: sa.Connection) -> None:
        """Put in, as `add` does, that the next answer of a lane of a batch is graded. Raises StoreError.

        Lanes share out the places that the server has, so that no batch has more of them than there are.
        """
        lock, name = f"{address} {lane % width}", f"{BATCH} {batch} {lane}"
        self._put_in(connection, BATCH, name, lock=lock, priority=_BATCH_PRIORITY, batch=batch, lane=lane)

    def lanes(self) -> set[tuple[str, int]]:
        """The batches and lanes that have a job. Raises StoreError."""
        return {(row.batch, row.lane) for row in self._database.rows(_LANES)}

    def _lock(self, address: str, width: int) -> str:
        """No two jobs of one lock run at a time: there are as many locks for a server as it takes requests."""
        return f"{address} {next(self._turns) % width}"

    def _put_in(
        self, connection: sa.Connection, task: str, name: str, *, lock: str, priority: int, **arguments: str | int
    ) -> None:
        from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

        driver = connection.connection.driver_connection
        put_in = self._app.configure_task(
            task, queue=QUEUE, queueing_lock=name, lock=lock, priority=priority, connection=driver
        )
        try:
            with connection.begin_nested():
                put_in.defer(**arguments)
        except AlreadyEnqueued:
            pass
        except ConnectorException as error:
            raise store_error(sa.exc.DBAPIError(None, None, error.__cause__ or error)) from error

    def add_again(self, job: EffectJob) -> None:
        """Put in a job that was lost. Raises StoreError."""
        with self._database.write() as connection:
            self.add([job], connection)

    def progress(self, key: EffectKey) -> CallProgress | None:
        """Where the job stands, if there is one, and since when. Raises StoreError."""
        with self._database.read() as connection:
            found = connection.execute(_WHERE_IT_STANDS, {"name": _name(key)}).first()
        if found is None:
            return None
        waiting = CallPhase.RETRYING if found.is_again else CallPhase.WAITING
        return CallProgress(CallPhase.ELSEWHERE if found.status == "doing" else waiting, found.since.timestamp())

    def seconds_in_queue(self, key: EffectKey) -> float | None:
        """How long ago the job was put in, whether or not a worker has it; None if there is none. Raises StoreError."""
        with self._database.read() as connection:
            found = connection.execute(_SECONDS_IN_QUEUE, {"name": _name(key)}).scalar()
        return None if found is None else float(found)

    def remove(self, key: EffectKey) -> None:
        """Take out a job that no worker has. Raises StoreError."""
        with self._database.write() as connection:
            connection.execute(_REMOVE, {"name": _name(key)})


def _name(key: EffectKey) -> str:
    return f"{key.interview} {key}"
