"""Answers of many candidates, graded by whatever workers there are: each answer once, also when a worker is killed."""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from interviewer.domain.grade import Grade
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.errors import InterviewerError, LLMUnreachable, StoreError
from interviewer.grading.protocol import Grader
from interviewer.llm.model_call import ModelCall
from interviewer.sessions.database import Database
from interviewer.sessions.effects import RECORDING_PAUSES
from interviewer.sessions.follow_up_decision import trace_without_text
from interviewer.sessions.grader_choice import NOBODY
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.job_queue import JobQueue, TakenElsewhere
from interviewer.sessions.serialization import bank_from_json, bank_to_json, grade_from_plain, grade_to_plain
from interviewer.sessions.tables import IS_UNGRADED, batch_answers, grading_batches
from interviewer.sessions.timestamps import stored_now
from interviewer.text.messages import localized

_log = logging.getLogger(__name__)

# A server refuses so whatever it is asked: for the key, or for want of money.
_ABOUT_ACCOUNT = (401, 402, 403, 429)

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
        self._unsaved: dict[tuple[str, int], dict[str, Any]] = {}

    def begin(self, bank: Bank, language: Language, answers: Sequence[str]) -> tuple[str, int]:
        """Leave the answers to the workers that have this grader; give the id to find them by, and how many have no grade.

        The same answers for the same bank and model are the same batch, also after an update of the program: what has no
        grade in it is tried again, by the grader of now.
        """
        body, choice = bank_to_json(bank), self._graders.choice(NOBODY)
        model = choice.endpoint
        assert model
        how = [model.base_url, model.model, model.temperature, choice.shape, choice.votes]
        batch = hashlib.sha256(json.dumps([*how, language, body, *answers]).encode()).hexdigest()[:16]
        self._graders.identify(model)  # what the server is decides how much it takes
        lanes, now = self._graders.width(NOBODY), stored_now()
        made = {"id": batch, "bank_id": bank.id, "bank": body, "language": str(language), "grader": self._identity}
        made |= {"model": choice.title, "created_at": now}
        rows = [
            {"batch": batch, "number": number, "lane": 0, "answer": answer, "changed_at": now}
            for number, answer in enumerate(answers)
        ]
        of_batch, number = batch_answers.c.batch == batch, batch_answers.c.number
        again = batch_answers.update().where(of_batch, batch_answers.c.grade.is_(None))
        sent = insert(grading_batches).values(made)
        with self._database.write() as connection:
            connection.execute(sent.on_conflict_do_update(index_elements=["id"], set_={"grader": self._identity}))
            connection.execute(insert(batch_answers).on_conflict_do_nothing(), rows)
            waiting = connection.execute(again.values(lane=number % lanes, failure=None, changed_at=now)).rowcount
            for lane in connection.execute(sa.select(batch_answers.c.lane).where(of_batch, IS_UNGRADED).distinct()):
                self._add(batch, lane.lane, connection)
        return batch, waiting

    def start(self, batch: str, lane: int, *, has_place: bool, is_tried_again: bool) -> Future[None] | None:
        """Grade the next answer of a lane in this process; None where there is nothing to do.

        A job that `has_place` at the server grades; another gets one. Where it `is_tried_again`, a model that cannot be
        used is no failure yet: the future raises LLMUnreachable. Raises TakenElsewhere where another grader is wanted.
        """
        found = self._database.first(sa.select(grading_batches).where(grading_batches.c.id == batch))
        if found is None:
            return None  # it was deleted
        if found.grader != self._identity:
            raise TakenElsewhere
        if not has_place:
            with self._database.write() as connection:
                self._add(batch, lane, connection)
            return None
        call = self._calls[batch, lane] = ModelCall()
        return call.start(partial(self._work, found, lane, call, is_tried_again))

    def leave(self, batch: str, lane: int) -> None:
        """Stop grading a lane here; of the answer under way nothing is recorded."""
        if call := self._calls.get((batch, lane)):
            call.stop()

    def resume_left(self) -> None:
        """Put in again the lanes for this grader that lost their job, as when the database was away. Raises StoreError."""
        lanes = sa.select(batch_answers.c.batch, batch_answers.c.lane).join(grading_batches).distinct()
        found = self._database.rows(lanes.where(IS_UNGRADED, grading_batches.c.grader == self._identity))
        left = {(row.batch, row.lane) for row in found}
        for lane in left and left - self._jobs.lanes():
            with self._database.write() as connection:
                self._add(*lane, connection)

    def _add(self, batch: str, lane: int, connection: sa.Connection) -> None:
        self._jobs.add_lane(batch, lane, self._graders.address(NOBODY), self._graders.width(NOBODY), connection)

    def _work(self, batch: sa.Row[Any], lane: int, call: ModelCall, is_tried_again: bool) -> None:
        try:
            left = sa.select(batch_answers.c.number, batch_answers.c.answer).where(*_left_in(batch.id, lane))
            if (one := self._database.first(left.order_by(batch_answers.c.number).limit(1))) is None:
                return
            # What is unsaved was paid for already, and not recorded when the store failed.
            ended = self._unsaved.get((batch.id, one.number)) or self._grade(batch, one.answer, is_tried_again)
            if not call.is_stopped:
                self._record(batch.id, lane, one.number, ended)
        except LLMUnreachable:
            if not call.is_stopped:
                raise
        finally:
            if self._calls.get((batch.id, lane)) is call:
                del self._calls[batch.id, lane]

    def _record(self, batch: str, lane: int, number: int, ended: dict[str, Any]) -> None:
        """Record what became of an answer, and put in the job of the next one of the lane. Raises StoreError."""
        # A worker that was taken for dead may have been slow: the first grade counts, and brings the next job.
        this = batch_answers.c.batch == batch, batch_answers.c.number == number, IS_UNGRADED
        self._unsaved[batch, number] = ended
        for pause in RECORDING_PAUSES:
            time.sleep(pause)
            change = batch_answers.update().where(*this).values(changed_at=stored_now(), **ended)
            try:
                with self._database.write() as connection:
                    is_first = connection.execute(change).rowcount
                    if is_first and connection.execute(sa.select(sa.exists().where(*_left_in(batch, lane)))).scalar():
                        self._add(batch, lane, connection)
            except StoreError as error:
                _log.warning("answer %d of batch %s is not recorded yet: %s", number, batch, error)
                failed = error
            else:
                del self._unsaved[batch, number]
                return
        raise failed

    def _grade(self, batch: sa.Row[Any], answer: str, is_tried_again: bool) -> dict[str, Any]:
        """What became of an answer: a grade with its tokens, or a failure; as JSON, which hides what no database keeps."""
        bank, language = bank_from_json(batch.bank), Language(batch.language)
        try:
            with self._time_grading(self._graders.address(NOBODY)):
                grade = self._grade_row(self._graders.grader(NOBODY), bank, language, answer)
            tokens = grade.spent.prompt + grade.spent.completion
            return {"grade": json.dumps(grade_to_plain(grade)), "tokens": tokens}
        except InterviewerError as error:
            if is_tried_again and (
                isinstance(error, LLMUnreachable) or getattr(error, "status", None) in _ABOUT_ACCOUNT
            ):
                raise LLMUnreachable(str(error)) from error
            failure = str(error)
        except Exception as error:  # noqa: BLE001 - a bug fails this answer, is logged, and can be tried again
            _log.error("an answer of a batch could not be graded\n%s", trace_without_text(error))
            failure = localized("grading.unexpected", kind=type(error).__name__).en
        return {"failure": json.dumps(failure)}


def _left_in(batch: str, lane: int) -> tuple[sa.ColumnElement[bool], ...]:
    return batch_answers.c.batch == batch, batch_answers.c.lane == lane, IS_UNGRADED


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
    grader: str
    """The identity of the grader that is wanted for those that wait."""
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
    return BatchResult(bank_from_json(found.bank), Language(found.language), found.grader, answers)


def spent_by_batches(database: Database, since: str) -> int:
    """The tokens of the grades that batches were given since then."""
    spent = sa.select(sa.func.coalesce(sa.func.sum(batch_answers.c.tokens), 0)).where(
        batch_answers.c.changed_at >= since
    )
    return int(database.value(spent))


def is_waiting(database: Database, batch: str) -> bool:
    """Whether an answer of this batch is neither graded nor failed."""
    return bool(database.value(sa.select(sa.exists().where(batch_answers.c.batch == batch, IS_UNGRADED))))


def count_untouched(database: Database, before: str) -> int:
    """The number of batches of which nothing was sent or graded since `before`."""
    return int(database.value(sa.select(sa.func.count(grading_batches.c.id)).where(_untouched(before))))


def remove_untouched(database: Database, before: str) -> int:
    """Delete the batches of which nothing was sent or graded since `before`, and give how many."""
    return database.change(grading_batches.delete().where(_untouched(before)))


def remove_batch(database: Database, batch: str) -> bool:
    """Delete a batch with its answers and grades, done or not, if there is one; what workers are at is lost."""
    return database.change(grading_batches.delete().where(grading_batches.c.id == batch)) > 0


def _untouched(before: str) -> sa.ColumnElement[bool]:
    recent = batch_answers.c.changed_at >= before
    return ~sa.exists().where(batch_answers.c.batch == grading_batches.c.id, recent)
