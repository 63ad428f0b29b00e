"""A small bank, graders that do as they are told, and ways through an interview."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from interviewer.domain.grade import Evidence, Grade, Level, Method, Provenance, Verdict
from interviewer.domain.interview import Attempt, Begun, Mode, Plan
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Criterion, Kind, Localized, Question
from interviewer.errors import InterviewerError
from interviewer.grading.lexical import LexicalGrader
from interviewer.grading.protocol import Grader
from interviewer.llm import LLM


def run_async(coroutine: Coroutine[object, object, object]) -> object:
    """Run it in a thread of its own: Playwright leaves a loop running in the tests' thread, where no second one may start."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def both(zh: str, en: str) -> Localized:
    return Localized(zh=zh, en=en)


DROPOUT = Question(
    id="dropout",
    topic="regularization",
    difficulty=2,
    text=both("测试时要不要用 dropout？", "Is dropout used at test time?"),
    reference=both(
        "测试时不用，要关掉。它会让预测变得随机。", "No, it is switched off. It would make predictions random."
    ),
    criteria=(
        Criterion(
            "off",
            both("测试时关闭", "It is off at test time"),
            weight=2,
            aliases=(("关掉", "关闭", "不用", "switched off", "turn off", "disabled"),),
            probe=both("推理阶段它处于什么状态？", "What state is it in during inference?"),
            hints=(both("想想 eval 模式", "Think of eval mode"), both("想想开关", "Think of a switch")),
        ),
        Criterion(
            "random",
            both("否则预测是随机的", "Predictions would be random otherwise"),
            aliases=(("随机", "random", "noisy"),),
            probe=both("为什么？", "Why is that?"),
            hints=(both("同一个输入跑两次呢？", "Run one input twice?"),),
        ),
        Criterion("mc", both("MC dropout 是例外", "MC dropout is the exception"), Kind.BONUS, 1, (("mc dropout",),)),
        Criterion(
            "on", both("测试时照常开着", "It stays on at test time"), Kind.MISTAKE, 1, (("照常开着", "stays on"),)
        ),
    ),
)

SHUFFLE = Question(
    id="shuffle",
    topic="data",
    text=both("为什么要打乱数据？", "Why shuffle the data?"),
    reference=both("不打乱，批次之间就有相关性。", "Without it the batches are correlated."),
    criteria=(
        Criterion(
            "correlated",
            both("否则各批相关", "Batches are correlated otherwise"),
            aliases=(("相关", "correlated", "same order"),),
            probe=both("批次之间会怎样？", "What would happen between batches?"),
        ),
    ),
)

BANK = Bank(
    id="small",
    title=both("小题库", "Small bank"),
    questions=(DROPOUT, SHUFFLE),
    topics={"regularization": both("正则化", "Regularization"), "data": both("数据", "Data")},
)


def begun(mode: Mode = Mode.COACH, *, language: Language = Language.EN, probes: int = 0, hints: bool = True) -> Begun:
    return Begun(BANK, Plan(("dropout", "shuffle"), mode=mode, language=language, probes=probes, hints=hints))


def without_probes() -> Begun:
    """An interview that may ask back, on a bank that does not say how."""
    criteria = tuple(replace(criterion, probe=None) for criterion in DROPOUT.criteria)
    bank = replace(BANK, questions=(replace(DROPOUT, criteria=criteria), BANK.questions[1]))
    return replace(begun(probes=1), bank=bank)


def grade(attempt: Attempt, question: Question = DROPOUT, **levels: Level | None) -> Grade:
    """A grade with these levels; everything credited quotes the first answer whole."""
    turn, text = attempt.answers[0]

    def verdict(criterion: Criterion) -> Verdict:
        level = levels.get(criterion.id, Level.MISSING)
        evidence = (Evidence(turn, text),) if level in (Level.MET, Level.PARTIAL) else ()
        return Verdict(criterion.id, level, both("因为", "because"), evidence)

    verdicts = tuple(verdict(criterion) for criterion in question.criteria)
    return Grade(verdicts, Provenance(Method.MODEL, "fake-1", question.rubric.digest, model="fake", host="nowhere"))


class Broken(InterviewerError):
    """What a failing grader raises."""


@dataclass
class FlakyGrader:
    """Fails as many times as it is told, then grades by coverage; counts its calls."""

    failures: int = 0
    calls: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def grade(self, question: Question, attempt: Attempt, *_: object) -> Grade:
        with self._lock:
            self.calls.append(question.id)
            if self.failures > 0:
                self.failures -= 1
                raise Broken("the model is not there")
        return LexicalGrader().grade(question, attempt)


@dataclass
class GradeAs:
    """Grades with a function."""

    function: Callable[[Question, Attempt], Grade]

    def grade(self, question: Question, attempt: Attempt, *_: object) -> Grade:
        return self.function(question, attempt)


@dataclass
class Only:
    """One grader for everybody; `server` is the address it would be found at, '' for one that needs none.

    `second` gives second opinions, if it is not the same.
    """

    only: Grader
    llm: LLM | None = None
    server: str = ""
    second: Grader | None = None

    def address(self, owner: str) -> str:
        return self.server

    def grader(self, owner: str) -> Grader:
        return self.only

    def second_grader(self, owner: str) -> Grader:
        return self.second or self.only

    def llm_for(self, owner: str) -> LLM | None:
        return self.llm

    def is_shared(self, owner: str) -> bool:
        return True

    def width(self, owner: str) -> int:
        return 8
