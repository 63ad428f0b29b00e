"""Answers put through a grader, each as an interview would grade it; what was graded before is not graded again."""

import hashlib
import logging
import queue
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from interviewer.domain.grade import Flag, Grade
from interviewer.domain.interview import Attempt, Turn, TurnKind
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Question
from interviewer.domain.scoring import Score, score
from interviewer.errors import BankError, InterviewerError
from interviewer.evaluation.checkpoint import Checkpoint
from interviewer.evaluation.datasets import Answer, LabelledAnswer, Where, find_question
from interviewer.grading.protocol import Grader
from interviewer.llm.model_call import CallProgress, ModelCall

_LOG = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0

# Flags that a person should look at before believing the grade.
_SUSPECT = {Flag.INJECTION, Flag.STUFFING}


class _Gradable(Protocol):
    """What is asked of an answer, whether it was read from a file or made up as an attack."""

    @property
    def where(self) -> Where: ...
    @property
    def id(self) -> str: ...
    @property
    def text(self) -> str: ...
    def asked_in(self, default: Language, /) -> Language: ...


GradableT = TypeVar("GradableT", bound=_Gradable)
AnswerT = TypeVar("AnswerT", bound=Answer)
_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class GradingTask(Generic[GradableT]):
    """An answer, the question that it is an answer to, and the language that its reasons are to be in."""

    answer: GradableT
    question: Question
    language: Language = Language.ZH

    @property
    def attempt(self) -> Attempt:
        return attempt_of(self.question, self.answer.text, self.answer.asked_in(self.language))

    def key(self, grader: str) -> str:
        """What a kept grade is found by: it changes with anything that the grade depends on."""
        asked, said = self.answer.asked_in(self.language), hashlib.sha256(self.answer.text.encode()).hexdigest()[:12]
        return f"{grader}|{self.language}|{asked}|{self.question.digest}|{self.answer.id}|{said}"


@dataclass(frozen=True)
class GradedAnswer(Generic[GradableT]):
    """A task and what came of it: a grade, or the text of the failure. A failed grading is not a bad grade."""

    task: GradingTask[GradableT]
    grade: Grade | None
    failure: str = ""

    @property
    def answer(self) -> GradableT:
        return self.task.answer

    @property
    def question(self) -> Question:
        return self.task.question

    @property
    def score(self) -> Score | None:
        """The score as it is shown, with what is right beside the rubric."""
        if self.grade is None:
            return None
        return score(self.question.rubric, self.grade.verdicts, len(self.grade.extras))

    @property
    def share(self) -> float | None:
        """The score as one number; None where there is none, or only a range."""
        return self.score.value if self.score else None

    @property
    def needs_review(self) -> bool:
        """Whether a person should look at it before anybody relies on it, be it an estimate or not."""
        if self.grade is None:
            return True
        unknown = any(verdict.level is None for verdict in self.grade.verdicts)
        return self.grade.needs_review or unknown or bool(_SUSPECT.intersection(self.grade.flags))

    @property
    def is_blank(self) -> bool:
        return self.grade is not None and Flag.BLANK in self.grade.flags


@dataclass(frozen=True)
class Run(Generic[GradableT]):
    """All answers graded; `seconds` is the time that the `fresh` ones took, the others having been kept from before."""

    graded: tuple[GradedAnswer[GradableT], ...]
    seconds: float
    fresh: int


# Makes the questions of texts and references, in order.
Compile = Callable[[Sequence[tuple[str, str]]], Sequence[Question]]


def tasks_in_bank(
    answers: Sequence[AnswerT], bank: Bank, language: Language = Language.ZH
) -> list[GradingTask[AnswerT]]:
    """A task for each answer, with the bank's question. Raises BankError for a question or a label that it does not have."""
    tasks = []
    for answer in answers:
        question = find_question(bank, answer.question_id, answer.where)
        labelled = set(answer.levels) if isinstance(answer, LabelledAnswer) else set()
        if strangers := labelled - {criterion.id for criterion in question.criteria}:
            what = f"labels: question {question.id} has no criterion {', '.join(sorted(strangers))}"
            raise BankError(*answer.where, what)
        tasks.append(GradingTask(answer, question, language))
    return tasks


def tasks_without_bank(
    answers: Sequence[LabelledAnswer], compiled: Compile | None = None
) -> list[GradingTask[LabelledAnswer]]:
    """A task for each answer, with a question compiled from its reference. Raises BankError where there is none.

    `compiled` is asked once, for each question with its reference once; without it they are compiled offline.
    """
    from interviewer.banks.importing.rubric_from_reference import compile_question

    for answer in answers:
        for name, text in (("question", answer.question), ("reference_answer", answer.reference)):
            if not text.strip():
                raise BankError(*answer.where, f"{name} is missing, and without --bank the rubric is compiled from it")
    pairs = list(dict.fromkeys((answer.question, answer.reference) for answer in answers))
    questions = compiled(pairs) if compiled else [compile_question(*pair) for pair in pairs]
    found = dict(zip(pairs, questions, strict=True))
    return [GradingTask(answer, found[answer.question, answer.reference]) for answer in answers]


def grouped(things: Iterable[_Thing], key: Callable[[_Thing], str]) -> dict[str, list[_Thing]]:
    """The things by their key, in the order in which a key comes first."""
    found: dict[str, list[_Thing]] = defaultdict(list)
    for one in things:
        found[key(one)].append(one)
    return found


def attempt_of(question: Question, answer: str, language: Language = Language.ZH) -> Attempt:
    """An attempt in which the question was asked, in this language if it can be, and answered once."""
    turns = (Turn(TurnKind.QUESTION, question.text.into(language)), Turn(TurnKind.ANSWER, answer))
    return Attempt(question.id, 1, turns, is_closed=True)


def grade_answers(
    tasks: Sequence[GradingTask[GradableT]],
    grader_of: Callable[[GradingTask[GradableT]], Grader],
    *,
    checkpoint: Path | None = None,
    identity: str = "",
    threads: int = 1,
    tick: Callable[[], None] = lambda: None,
    look: Callable[[Sequence[CallProgress]], None] | None = None,
) -> Run[GradableT]:
    """Grade every answer, `threads` at a time; the results are in the order of the tasks.

    With a `checkpoint`, each grade is written there as soon as it is known, also while the run is being stopped, and
    what stands there under the same grader `identity` and task is not graded again; failures are not kept. `tick` is
    called for each answer, `look` each second with what the models are doing. Stopping the run stops their requests.
    Raises BankError if the file cannot be used.
    """
    kept = Checkpoint(checkpoint) if checkpoint else None
    known = kept.read() if kept else {}
    keys = [task.key(identity) for task in tasks]
    found = [GradedAnswer(task, known.get(key)) for task, key in zip(tasks, keys, strict=True)]
    fresh = [place for place, one in enumerate(found) if one.grade is None]
    for _ in range(len(tasks) - len(fresh)):
        tick()

    calls: dict[int, ModelCall] = {}

    def graded(place: int) -> GradedAnswer[GradableT]:
        calls[place] = ModelCall()
        try:
            with calls[place].running():
                one = _graded(tasks[place], grader_of)
        finally:
            del calls[place]
        if kept and one.grade:
            kept.add(keys[place], one.grade)
        return one

    start = time.perf_counter()

    def stop() -> None:
        for call in list(calls.values()):
            call.stop()

    for done in _as_they_come(graded, fresh, threads, stop, is_watched=look is not None):
        if done is not None:
            place, found[place] = done
            tick()
        elif look:
            look([call.progress for call in list(calls.values()) if call.progress])
    return Run(tuple(found), time.perf_counter() - start, len(fresh))


def _graded(
    task: GradingTask[GradableT], grader_of: Callable[[GradingTask[GradableT]], Grader]
) -> GradedAnswer[GradableT]:
    try:
        return GradedAnswer(task, grader_of(task).grade(task.question, task.attempt, task.language))
    except InterviewerError as error:
        # The error's text may quote what the model made of the answer, so the log names only its kind.
        _LOG.info("%s, %s could not be graded: %s", *task.answer.where, type(error).__name__)
        return GradedAnswer(task, None, str(error))


_Result = TypeVar("_Result")


def _as_they_come(
    work: Callable[[int], _Result], places: Sequence[int], threads: int, stop: Callable[[], None], *, is_watched: bool
) -> Iterator[tuple[int, _Result] | None]:
    """The results as they come, which is not their order if there are several threads; None each second without one.

    Whoever stops the run waits neither for what stands in line nor for a model, which `stop` ends.
    """
    if threads == 1 and not is_watched:
        yield from ((place, work(place)) for place in places)
        return
    pool = ThreadPoolExecutor(threads)
    done: queue.SimpleQueue[Future[_Result]] = queue.SimpleQueue()
    try:
        running = {pool.submit(work, place): place for place in places}
        for future in running:
            future.add_done_callback(done.put)
        left = len(running)
        while left:
            try:
                future = done.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                yield None
                continue
            left -= 1
            yield running[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        stop()
        pool.shutdown()
