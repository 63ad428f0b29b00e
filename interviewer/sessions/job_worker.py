"""A worker: takes jobs from the queue and has them done in this process, as many at a time as it may."""

import asyncio
import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued, ProcrastinateException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.worker import Worker
from psycopg.conninfo import make_conninfo

from interviewer.domain.language import Language
from interviewer.errors import LLMUnreachable
from interviewer.sessions.effect_leases import EFFECTS, EffectKey
from interviewer.sessions.job_queue import BATCH, COMPILE, QUEUE, TASK, TakenElsewhere

if TYPE_CHECKING:
    from interviewer.sessions.compilations import Compilations
    from interviewer.sessions.grading_batches import GradingBatches

_log = logging.getLogger(__name__)

# Seconds before a job whose model could not be reached is run again; then it has failed.
_PAUSES = (10, 40, 120)
# Seconds before a job is looked at again that another process is at.
_TAKEN_PAUSE = 5

# A new job is heard of at once; one that is tried again is looked for.
_LOOK_SECONDS = 2.0
_HEARTBEAT_SECONDS = 5.0
_DEAD_AFTER = 20.0
_LOST_CONNECTION_PAUSE = 2.0
_MOST_CONNECTIONS = 4
# After the end of a job, in which what waited for its lock can have been looked for and missed; once more on a busy machine.
_LOOK_AGAIN_SECONDS = (0.05, 0.5)

WorkOn = Callable[[EffectKey, Language, bool, bool], "Future[None] | None"]
"""Starts an effect; tells whether it is tried again where the model cannot be reached, and whether the try is counted."""


class _HandOver(BaseRetryStrategy):
    """Gives a job to others where this process ends before the job has."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        return RetryDecision(retry_in={"seconds": 0}) if isinstance(exception, asyncio.CancelledError) else None


class JobWorker:
    """Works until it is closed, also after the database was away."""

    def __init__(
        self,
        url: sa.URL,
        work_on: WorkOn,
        leave: Callable[[EffectKey], None],
        width: int,
        grace: float,
        compilations: "Compilations | None" = None,
        batches: "GradingBatches | None" = None,
    ) -> None:
        """`width` is how many jobs run at a time; those under way get `grace` seconds when the worker is closed.

        Those that take longer are left to other processes: `leave` stops one here.
        """
        _, options = url.get_dialect()().create_connect_args(url)
        self._conninfo = make_conninfo("", **options)
        self._work_on, self._leave, self._width, self._grace = work_on, leave, width, grace
        self._compilations, self._batches = compilations, batches
        self._look_again: Callable[[], object] = lambda: None
        self._closed = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._running: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="job worker", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more jobs, and leave to others what does not end in time."""
        self._closed.set()
        with suppress(RuntimeError):  # it has ended already
            self._loop.call_soon_threadsafe(self._cancel)
        self._thread.join(self._grace + 2)

    def _cancel(self) -> None:
        if self._running is not None:
            self._running.cancel()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            while not self._closed.is_set():
                try:
                    runner.run(self._work())
                except asyncio.CancelledError:
                    return
                except Exception as error:  # noqa: BLE001 - it is logged, and tried again
                    _log.warning("the job queue cannot be worked at the moment: %s", type(error).__name__)
                self._closed.wait(_LOST_CONNECTION_PAUSE)

    async def _work(self) -> None:
        self._running = asyncio.current_task()
        # A pool that has lost the server says so within seconds.
        connector = PsycopgConnector(conninfo=self._conninfo, min_size=1, max_size=_MOST_CONNECTIONS, timeout=10)
        app = App(connector=connector)
        app.task(name=TASK, queue=QUEUE, retry=_HandOver(), pass_context=True)(self._do)
        if self._compilations:
            app.task(name=COMPILE, queue=QUEUE, retry=_HandOver(), pass_context=True)(self._compile)
        if self._batches:
            app.task(name=BATCH, queue=QUEUE, retry=_HandOver(), pass_context=True)(self._grade_lane)
        async with app.open_async():
            finding = asyncio.create_task(self._find_stalled(app))
            worker = Worker(
                app,
                queues=[QUEUE],
                concurrency=self._width,
                fetch_job_polling_interval=_LOOK_SECONDS,
                delete_jobs="always",
                install_signal_handlers=False,
                shutdown_graceful_timeout=self._grace,
                update_heartbeat_interval=_HEARTBEAT_SECONDS,
                stalled_worker_timeout=_DEAD_AFTER,
            )
            # By itself it hears of new jobs alone. Of this worker's own locks it knows first, so that a lane stays where its
            # grader is. There is no public way to have it look: without this one it looks every so often.
            if (heard := getattr(worker, "_new_job_event", None)) is not None:
                self._look_again = heard.set
            try:
                await worker.run()  # type: ignore[no-untyped-call]
            finally:
                finding.cancel()

    async def _do(self, context: JobContext, /, **arguments: Any) -> None:
        effect = EFFECTS[arguments["kind"]](arguments["question"], arguments["attempt"])
        key, language = EffectKey(arguments["interview"], effect), Language(arguments["language"])
        # `attempts` of the job counts also workers that ended; only a model that cannot be reached makes a grading fail.
        tries = arguments.get("tries", 0)
        is_first = not tries and not context.job.attempts
        start = partial(self._work_on, key, language, tries < len(_PAUSES), is_first)
        await self._done(context, start, partial(self._leave, key), arguments)

    async def _compile(self, context: JobContext, /, compilation: str) -> None:
        assert self._compilations
        start, leave = self._compilations.start, self._compilations.leave
        arguments = {"compilation": compilation}
        await self._done(context, partial(start, compilation), partial(leave, compilation), arguments)

    async def _grade_lane(self, context: JobContext, /, batch: str, lane: int, tries: int = 0) -> None:
        assert self._batches
        # One that waited for another grader has a lock of its own, and no place at the server.
        has_place, is_tried_again = context.job.lock != _own_lock(context.job), tries < len(_PAUSES)
        start = partial(self._batches.start, batch, lane, has_place=has_place, is_tried_again=is_tried_again)
        arguments = {"batch": batch, "lane": lane, "tries": tries}
        await self._done(context, start, partial(self._batches.leave, batch, lane), arguments)

    async def _done(
        self,
        context: JobContext,
        start: Callable[[], "Future[None] | None"],
        leave: Callable[[], None],
        arguments: dict[str, Any],
    ) -> None:
        """Start the work of a job, and wait for its end; where it raises LLMUnreachable, it is tried again a few times."""
        if (running := asyncio.current_task()) is not None:
            running.add_done_callback(self._look_soon)
        try:
            if (future := await asyncio.to_thread(start)) is not None:
                await asyncio.shield(asyncio.wrap_future(future))
        except asyncio.CancelledError:
            await asyncio.to_thread(leave)  # before others see the job
            raise
        except TakenElsewhere:
            # At no fixed time, else a worker that looks every so often would be the one to find it again for ever.
            pause = _TAKEN_PAUSE + random.random() * _LOOK_SECONDS  # noqa: S311 - it hides nothing
            await self._put_in_again(context, pause, arguments)
        except LLMUnreachable:
            if (tries := arguments.get("tries", 0)) < len(_PAUSES):
                # Behind a lane there are other lanes alone, which want the same server.
                lock = context.job.lock if context.job.task_name == BATCH else None
                await self._put_in_again(context, _PAUSES[tries], arguments | {"tries": tries + 1}, lock)

    def _look_soon(self, _: "asyncio.Task[Any]") -> None:
        for seconds in _LOOK_AGAIN_SECONDS:
            self._loop.call_later(seconds, self._look_again)

    async def _put_in_again(
        self, context: JobContext, seconds: float, arguments: dict[str, Any], lock: str | None = None
    ) -> None:
        """Put the job in anew, to be run later, unless the same work waits already."""
        job = context.job
        task = context.app.configure_task(
            job.task_name,
            queue=QUEUE,
            queueing_lock=job.queueing_lock,
            # A job that waits to be run again would hold up all those behind its lock.
            lock=lock or _own_lock(job),
            priority=job.priority,
            schedule_in={"milliseconds": round(seconds * 1000)},
        )
        with suppress(AlreadyEnqueued):
            await task.defer_async(**arguments)

    async def _find_stalled(self, app: App) -> None:
        """Give the jobs of killed workers to others."""
        while True:
            for job in await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=_DEAD_AFTER):
                with suppress(ProcrastinateException):  # another worker was faster
                    try:
                        await app.job_manager.retry_job(job)
                    except UniqueViolation:  # the same work waits already, perhaps for the lock of this job
                        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
            await asyncio.sleep(_HEARTBEAT_SECONDS)


def _own_lock(job: Job) -> str:
    return f"again {job.queueing_lock}"
