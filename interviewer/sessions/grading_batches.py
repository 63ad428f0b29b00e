"""Answers of many candidates, graded by whatever workers there are: each answer once, also when a worker is killed."""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from threading import Event
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from interviewer.domain.grade import Grade
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.errors import InterviewerError, LLMUnreachable, SettingsError
from interviewer.grading.protocol import Grader
from interviewer.llm.model_call import ModelCall
from interviewer.sessions.database import Database
from interviewer.sessions.follow_up_decision import trace_without_text
from interviewer.sessions.grader_choice import NOBODY
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.job_queue import JobQueue
from interviewer.sessions.serialization import bank_from_json, bank_to_json, grade_from_plain, grade_to_plain
from interviewer.sessions.tables import IS_UNGRADED, batch_answers, grading_batches
from interviewer.sessions.timestamps import stored_now
from interviewer.text.messages import localized

_log = logging.getLogger(__name__)

GradeRow = Callable[[Grader, Bank, Language, str], Grade]
"""Grades an answer, as it stands in the row of a file, with its reasons in this language."""


class GradingBatches:
    """The batches of a database that has a queue. Safe to share between threads and processes."""

    def __init__(
        self,
        database: Database,
        jobs: JobQueue,
        graders: GraderRegistry,
        identity: str,
        grade_row: GradeRow,
        time_grading: Callable[[str], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """`identity` is what distinguishes the grader of the settings, who grades here, from others."""
        self._database, self._jobs, self._graders, self._identity = database, jobs, graders, identity
        self._grade_row, self._time_grading = grade_row, time_grading
        self._calls: dict[tuple[str, int], ModelCall] = {}
        self._closed = Event()

    def begin(self, bank: Bank, language: Language, answers: Sequence[str]) -> str:
        """Leave the answers to the workers, and give the id to find them by.

        The same answers for the same bank and grader are the same batch, in which what failed is tried again.
        """
        body, model = bank_to_json(bank), self._graders.choice(NOBODY).title
        asked = json.dumps([self._identity, language, body, *answers])
        batch = hashlib.sha256(asked.encode()).hexdigest()[:16]
        lanes = self._graders.width(NOBODY)
        made = {"id": batch, "bank_id": bank.id, "bank": body, "language": str(language), "grader": self._identity}
        made |= {"model": model, "created_at": (now := stored_now())}
        rows = [
            {"batch": batch, "number": number, "lane": number % lanes, "answer": answer, "changed_at": now}
            for number, answer in enumerate(answers)
        ]
        try:
            with self._database.write() as connection:
                connection.execute(grading_batches.insert().values(made))
                connection.execute(batch_answers.insert(), rows)
                for lane in range(min(lanes, len(rows))):
                    self._add(batch, lane, connection)
        except IntegrityError:  # it is there
            failed = (batch_answers.c.batch == batch) & batch_answers.c.failure.is_not(None)
            self._database.change(batch_answers.update().where(failed).values(failure=None, changed_at=now))
            self.resume_left()
        return batch

    def start(self, batch: str, lane: int, *, tries: int, is_tried_again: bool) -> Future[None]:
        """Grade a lane in this process, until others wait for its place; the future ends when the lane is left or done.

        Where it `is_tried_again`, a model that cannot be reached is no failure yet: the future raises LLMUnreachable.
        """
        call = self._calls[batch, lane] = ModelCall()
        return call.start(partial(self._work, batch, lane, call, tries > 0, is_tried_again))

    def leave(self, batch: str, lane: int) -> None:
        """Stop grading a lane here; of the answer under way nothing is recorded."""
        if call := self._calls.get((batch, lane)):
            call.stop()

    def close(self) -> None:
        """Begin no further answer here; those under way may still end."""
        self._closed.set()

    def resume_left(self) -> None:
        """Put in again the lanes that lost their job, as when the database was away. Raises StoreError."""
        lanes = sa.select(batch_answers.c.batch, batch_answers.c.lane).where(IS_UNGRADED).distinct()
        left = {(row.batch, row.lane) for row in self._database.rows(lanes)}
        for lane in left and left - self._jobs.lanes():
            with self._database.write() as connection:
                self._add(*lane, connection)

    def _add(self, batch: str, lane: int, connection: sa.Connection) -> None:
        self._jobs.add_lane(batch, lane, self._graders.address(NOBODY), self._graders.width(NOBODY), connection)

    def _work(self, batch: str, lane: int, call: ModelCall, is_again: bool, is_tried_again: bool) -> None:
        try:
            found = self._database.first(sa.select(grading_batches).where(grading_batches.c.id == batch))
            if found is None:
                return  # it was deleted
            grade = partial(self._grade, found.grader, bank_from_json(found.bank), Language(found.language))
            this = (batch_answers.c.batch == batch) & (batch_answers.c.lane == lane) & IS_UNGRADED
            columns = batch_answers.c.number, batch_answers.c.answer
            next_one = sa.select(*columns).where(this).order_by(batch_answers.c.number).limit(1)
            while one := self._database.first(next_one):
                ended = grade(one.answer, is_tried_again)
                if call.is_stopped:
                    return
                # A worker that was taken for dead may have been slow: the first grade is the one that counts.
                recorded = batch_answers.update().where(this, batch_answers.c.number == one.number)
                self._database.change(recorded.values(changed_at=stored_now(), **ended))
                if is_again or self._closed.is_set() or self._jobs.is_lane_waited_for(batch, lane):
                    with self._database.write() as connection:
                        self._add(batch, lane, connection)
                    return
        except LLMUnreachable:
            if not call.is_stopped:
                raise
        finally:
            if self._calls.get((batch, lane)) is call:
                del self._calls[batch, lane]

    def _grade(self, grader: str, bank: Bank, language: Language, answer: str, is_tried_again: bool) -> dict[str, Any]:
        """What became of an answer: a grade with its tokens, or a failure; as JSON, which hides what no database keeps."""
        try:
            if grader != self._identity:
                raise SettingsError(localized("batch.other_grader"))  # noqa: TRY301 - it is a failure like others
            with self._time_grading(self._graders.address(NOBODY)):
                grade = self._grade_row(self._graders.grader(NOBODY), bank, language, answer)
            tokens = grade.spent.prompt + grade.spent.completion
            return {"grade": json.dumps(grade_to_plain(grade)), "tokens": tokens}
        except InterviewerError as error:
            if isinstance(error, LLMUnreachable) and is_tried_again:
                raise
            failure = str(error)
        except Exception as error:  # noqa: BLE001 - a bug fails this answer, is logged, and can be tried again
            _log.error("an answer of a batch could not be graded\n%s", trace_without_text(error))
            failure = localized("grading.unexpected", kind=type(error).__name__).en
        return {"failure": json.dumps(failure)}


class BatchOverview(NamedTuple):
    """How far a batch is; `tokens` are those of its grades."""

    id: str
    bank_id: str
    model: str
    created_at: str
    answers: int
    graded: int
    failed: int
    tokens: int

    @property
    def waiting(self) -> int:
        return self.answers - self.graded - self.failed


class BatchResult(NamedTuple):
    """What there is of a batch: the rows of its answers, each with its grade, its failure or neither."""

    bank: Bank
    language: Language
    answers: list[tuple[str, Grade | None, str | None]]


def list_batches(database: Database) -> list[BatchOverview]:
    """All batches, the newest first."""
    of_batch, of_answer = grading_batches.c, batch_answers.c
    counts = (sa.func.count(of_answer.number), sa.func.count(of_answer.grade), sa.func.count(of_answer.failure))
    whose = (of_batch.id, of_batch.bank_id, of_batch.model, of_batch.created_at)
    query = sa.select(*whose, *counts, sa.func.coalesce(sa.func.sum(of_answer.tokens), 0))
    query = query.join_from(grading_batches, batch_answers).group_by(*whose).order_by(of_batch.created_at.desc())
    return [BatchOverview._make(row) for row in database.rows(query)]


def collect(database: Database, batch: str) -> BatchResult | None:
    """What the workers have done by now; None where there is no such batch."""
    with database.read() as connection:
        found = connection.execute(sa.select(grading_batches).where(grading_batches.c.id == batch)).first()
        if found is None:
            return None
        columns = batch_answers.c.answer, batch_answers.c.grade, batch_answers.c.failure
        of_batch = sa.select(*columns).where(batch_answers.c.batch == batch)
        rows = connection.execute(of_batch.order_by(batch_answers.c.number)).all()
    read = [(one.answer, json.loads(one.grade or "null"), json.loads(one.failure or "null")) for one in rows]
    answers = [(answer, grade and grade_from_plain(grade), failure) for answer, grade, failure in read]
    return BatchResult(bank_from_json(found.bank), Language(found.language), answers)


def spent_by_batches(database: Database, since: str) -> int:
    """The tokens of the grades that batches were given since then."""
    spent = sa.select(sa.func.coalesce(sa.func.sum(batch_answers.c.tokens), 0)).where(
        batch_answers.c.changed_at >= since
    )
    return int(database.value(spent))


def untouched_batches(database: Database, before: str) -> list[str]:
    """The batches of which nothing was sent or graded since `before`."""
    recent = sa.select(batch_answers.c.batch).where(batch_answers.c.changed_at >= before)
    old = sa.select(grading_batches.c.id).where(grading_batches.c.id.not_in(recent))
    return [row.id for row in database.rows(old)]


def remove_batches(database: Database, batches: Sequence[str]) -> int:
    """Delete batches with their answers and grades, done or not, and give how many; what workers are at is lost."""
    return database.change(grading_batches.delete().where(grading_batches.c.id.in_(batches)))
