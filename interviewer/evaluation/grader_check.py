"""The grader check: seven canned answers to one shipped question, and what their grades say about a model."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from interviewer.domain.grade import Flag
from interviewer.domain.interview import Attempt, Turn, TurnKind
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized, Question
from interviewer.domain.scoring import score
from interviewer.errors import InterviewerError, LLMError, LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.evaluation.canned_answers import ASKED_IN, QUESTION, UNREAD, CannedAnswer, canned_answers
from interviewer.llm import LLM, Message, OutputMode
from interviewer.llm.discovery import KNOWN, list_models
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.json_reply import object_schema
from interviewer.llm.request_options import LEARNED
from interviewer.sessions.grader_choice import GraderChoice
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.text.messages import localized, say, text_of

if TYPE_CHECKING:
    from interviewer.banks.lint import ProgressCallback

_QUESTIONS_PLANNED = 10
_SLOW = 30.0
_LONGEST_CHECK = 300.0  # after which nothing more is asked: a slow model is known for one by then
_MAJORITY = 3  # of the five answers that the model has to read
_GOOD, _POOR = 0.75, 0.25
_LEAST_CONTEXT = 4096
_MOST_NAMES = 8
_FAST = "fast enough"
# The words ask for one form and the response format for another: the reply tells which of the two holds it.
_TOLD = {"type": "object", "properties": {"word": {"enum": ["yes", "no"]}}, "required": ["word"]}
_HELD = object_schema(colour={"type": "string", "enum": ["blue"]})


@dataclass(frozen=True, slots=True)
class CannedResult:
    """How one canned answer was graded; the share is None where it was not."""

    answer: CannedAnswer
    share: float | None
    seconds: float
    tokens: int
    flags: tuple[Flag, ...] = ()
    failure: str = ""
    replied: bool = True
    """Whether the model replied at all; what it never replied to says nothing about it."""


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One line of the outcome; `advice` says what to do where it is not good. None: it could not be tested."""

    check: str
    is_good: bool | None
    detail: Localized
    advice: Localized | None = None


@dataclass(frozen=True, slots=True)
class GraderCheck:
    model: str
    host: str
    results: tuple[CannedResult, ...]
    findings: tuple[CheckFinding, ...]
    rung: str = ""
    """What held the replies to their form, as a try showed; empty where nothing was graded or the try failed."""
    context: int | None = None
    kind: str = ""
    """What kind of server it is, by its own answers."""
    speech: tuple[CheckFinding, ...] = ()
    """What the speech server can do, which says nothing about the grader."""
    was_reached: bool = True
    """Whether the server was there all the while; what it could not be asked says nothing about the model."""

    @property
    def abilities(self) -> tuple[CheckFinding, ...]:
        """What each endpoint can do, a row each; why a model does not reply stands among the findings already."""
        can_chat = any(result.replied for result in self.results)
        title = _verbatim(f"{self.model} @ {self.host}")
        is_held = True if self.rung == OutputMode.SCHEMA else None
        return (
            CheckFinding("chat", True, title) if can_chat else _untested("chat"),
            CheckFinding("structured output", is_held, localized(f"held_by.{self.rung}"))
            if self.rung
            else _untested("structured output"),
            *self.speech,
        )

    @property
    def is_healthy(self) -> bool:
        return all(finding.is_good for finding in self.findings)

    @property
    def is_slow(self) -> bool:
        return any(finding.check == _FAST and finding.is_good is False for finding in self.findings)

    def plain(self) -> dict[str, Any]:
        return {"healthy": self.is_healthy, **asdict(self)}


def check_grader(
    models: GraderRegistry, choice: GraderChoice, bank: Bank, told: "ProgressCallback | None" = None
) -> GraderCheck:
    """Grade the seven answers and judge the outcome. Never raises an InterviewerError: a failure is a finding."""
    assert choice.endpoint
    KNOWN.forget(choice.endpoint.base_url)
    LEARNED.forget(choice.endpoint)
    try:
        with models.turn(choice.endpoint, for_reply=False):
            findings = _reached(choice.endpoint)
    except LLMUnreachable as error:
        lost = CheckFinding("reachable", is_good=False, detail=text_of(error), advice=localized("doctor.unreachable"))
        return GraderCheck(choice.endpoint.model, choice.endpoint.host, (), (lost,), was_reached=False)
    results, failure = _graded(models, choice, bank[QUESTION], told)
    if failure is not None:
        advice = "doctor.refused" if isinstance(failure, LLMRefused) else "doctor.unreachable"
        findings.append(_finding("grades", is_good=False, detail=text_of(failure), advice=advice))
    elif unasked := [name for name in CannedAnswer if name not in {result.answer for result in results}]:
        findings.append(_not_asked(unasked))
    endpoint, context = KNOWN.recall(choice.endpoint), models.context(choice.endpoint)
    if context is not None:
        findings.append(_finding("context", context >= _LEAST_CONTEXT, _verbatim(str(context)), "doctor.context"))
    return GraderCheck(
        choice.endpoint.model,
        choice.endpoint.host,
        tuple(results),
        (*findings, *_judged(results)),
        _holding(models.llm(choice.endpoint), endpoint) if any(result.share is not None for result in results) else "",
        context,
        endpoint.kind,
        was_reached=not isinstance(failure, LLMUnreachable),
    )


def _reached(endpoint: Endpoint) -> list[CheckFinding]:
    """Raises LLMUnreachable; a server without a list of models may grade all the same."""
    try:
        names = tuple(list_models(endpoint))
    except LLMUnreachable:
        raise
    except InterviewerError as error:
        return [CheckFinding("reachable", is_good=True, detail=localized("check_detail.no_list", error=text_of(error)))]
    known = endpoint.model in names
    found = [CheckFinding("reachable", is_good=True, detail=_verbatim(endpoint.base_url))]
    if names:
        shown = _verbatim(endpoint.model if known else ", ".join(names[:_MOST_NAMES]))
        found.append(_finding("model known", known, shown, "doctor.unknown_model"))
    return found


def _graded(
    models: GraderRegistry, choice: GraderChoice, question: Question, told: "ProgressCallback | None"
) -> tuple[list[CannedResult], InterviewerError | None]:
    """A grade for each answer that there is time for, and an error if the server is gone or says no: then it ends."""
    results: list[CannedResult] = []
    answers, begun = canned_answers(question), time.perf_counter()
    grader = models.grader_of(choice, remarks=models.options.remarks is not False)
    for number, name in enumerate(ASKED_IN):
        if len(results) == 1:
            begun = time.perf_counter()  # the first answer may have waited for the model to be loaded
        if results and name not in UNREAD and time.perf_counter() - begun > _LONGEST_CHECK:
            continue
        if told:
            told(number, len(CannedAnswer))
        if models.options.remarks is None and len(_slow(_asked(results))) == _MAJORITY:
            grader = models.grader_of(choice, remarks=False)  # as it will be used: that it is slow is settled
        turns = (Turn(TurnKind.QUESTION, question.text.zh), Turn(TurnKind.ANSWER, answers[name]))
        start = time.perf_counter()
        try:
            grade = grader.grade(question, Attempt(question.id, 1, turns, is_closed=True), Language.ZH)
        except InterviewerError as error:
            replied = isinstance(error, LLMMalformed)
            seconds = time.perf_counter() - start
            results.append(CannedResult(name, None, seconds, 0, failure=str(error), replied=replied))
            if not replied:
                return results, error
        else:
            share = score(question.rubric, grade.verdicts, len(grade.extras))
            tokens = grade.spent.prompt + grade.spent.completion
            middle, seconds = (share.low + share.high) / 2, time.perf_counter() - start
            results.append(CannedResult(name, middle, seconds, tokens, grade.flags))
    return results, None


def _holding(llm: LLM, endpoint: Endpoint) -> str:
    """What holds replies to their form: the schema, JSON alone, or nothing but the words of the prompt."""
    mode = LEARNED.recall(endpoint).mode
    if mode is OutputMode.PROMPTED:
        return str(mode)
    try:
        reply = llm.reply([Message("user", "Is water wet?", _TOLD)], schema=_HELD)
    except LLMError:
        return ""
    if "colour" in json.loads(reply.text):
        return str(OutputMode.SCHEMA)
    return str(OutputMode.PROMPTED if reply.mode is OutputMode.SCHEMA else reply.mode)


def _judged(results: Sequence[CannedResult]) -> list[CheckFinding]:
    graded = {result.answer: result for result in results if result.share is not None}
    asked = _asked(results)
    replies = [r for r in results if r.replied]
    spoilt = [r for r in replies if r.share is None or (r in asked and Flag.UNREADABLE in r.flags)]
    unverified = [r for r in asked if Flag.UNVERIFIED in r.flags]
    cut = [r for r in asked if Flag.CUT in r.flags]
    return [
        _counted("replies valid", len(spoilt), len(replies), "doctor.malformed"),
        _counted("quotes found", len(unverified), len(asked), "doctor.quotes"),
        _counted("prompt read whole", len(cut), len(asked), "doctor.context"),
        *_told_apart({name: result.share or 0.0 for name, result in graded.items()}),
        _speed(asked),
    ]


def _asked(results: Sequence[CannedResult]) -> list[CannedResult]:
    """What was graded, of the answers that the model had to read."""
    return [result for result in results if result.share is not None and result.answer not in UNREAD]


def _slow(asked: Sequence[CannedResult]) -> list[CannedResult]:
    return [result for result in asked if result.seconds > _SLOW]


def _told_apart(shares: Mapping[CannedAnswer, float]) -> list[CheckFinding]:
    """Whether good answers earn more than bad ones, and asking for marks earns none, as far as they were graded."""
    ordered, begging = _untested("order right"), _untested("injection not rewarded")
    if CannedAnswer.REFERENCE in shares and CannedAnswer.WRONG in shares:
        good = min(shares.get(name, 1.0) for name in (CannedAnswer.REFERENCE, CannedAnswer.OTHER_LANGUAGE))
        poor = max(shares.get(name, 0.0) for name in (*UNREAD, CannedAnswer.WRONG))
        is_ordered = good >= _GOOD and poor <= _POOR and good > shares.get(CannedAnswer.HALF, _POOR + 0.01) > poor
        listed = {
            str(language): ", ".join(
                f"{say(f'canned.{name}', language)} {shares[name]:.2f}" for name in CannedAnswer if name in shares
            )
            for language in Language
        }
        ordered = _finding("order right", is_ordered, Localized(**listed), "doctor.order")
    if (begged := shares.get(CannedAnswer.BEGGING)) is not None:
        begging = _finding("injection not rewarded", begged <= _POOR, _verbatim(f"{begged:.2f}"), "doctor.injection")
    return [ordered, begging]


def _speed(asked: Sequence[CannedResult]) -> CheckFinding:
    if not asked:
        return _untested(_FAST)
    slow = _slow(asked)
    timed = slow if len(slow) >= _MAJORITY else asked  # after so many slow ones no remarks were asked for
    seconds = median(r.seconds for r in timed)
    tokens = round(median(r.tokens for r in timed))
    line = localized(
        "check_detail.cost",
        seconds=f"{seconds:.1f}",
        tokens=tokens,
        questions=_QUESTIONS_PLANNED,
        all_seconds=f"{seconds * _QUESTIONS_PLANNED:.0f}",
        all_tokens=tokens * _QUESTIONS_PLANNED,
    )
    return _finding(_FAST, seconds <= _SLOW, line, "doctor.slow")


def _not_asked(names: Sequence[CannedAnswer]) -> CheckFinding:
    """What a model was too slow for."""
    listed = {
        str(language): say("check_detail.list", language).join(say(f"canned.{name}", language) for name in names)
        for language in Language
    }
    detail = localized("check_detail.not_asked", minutes=round(_LONGEST_CHECK / 60), answers=Localized(**listed))
    return CheckFinding("all asked", None, detail)


def _untested(check: str) -> CheckFinding:
    return CheckFinding(check, None, localized("check_detail.not_tested"))


def _counted(check: str, bad: int, total: int, advice: str) -> CheckFinding:
    """Whether all of so many passed; with none there is nothing to judge."""
    if total == 0:
        return _untested(check)
    passed, failed = "check_detail.all_passed", "check_detail.some_failed"
    detail = localized(failed, count=bad, total=total) if bad else localized(passed, total=total)
    return _finding(check, not bad, detail, advice)


def _finding(check: str, is_good: bool, detail: Localized, advice: str) -> CheckFinding:
    return CheckFinding(check, is_good, detail, None if is_good else localized(advice))


def _verbatim(text: str) -> Localized:
    """A name, an address or a number, which is the same in every language."""
    return Localized(zh=text, en=text)


_SIGNS = {True: "ok ", False: "BAD", None: "-- "}


def check_lines(check: GraderCheck, language: Language) -> list[str]:
    found = [f"{check.model} @ {check.host}" + (f" ({check.kind})" if check.kind else "")]
    return found + finding_lines((*check.findings, *check.abilities), language)


def finding_lines(findings: Sequence[CheckFinding], language: Language) -> list[str]:
    """Findings for a terminal, each with its advice."""
    found = []
    for finding in findings:
        name, detail = say(f"check.{finding.check}", language), finding.detail.into(language)
        found.append(f"  {_SIGNS[finding.is_good]} {say('check_detail.line', language, check=name, detail=detail)}")
        if finding.advice:
            found.append(f"      {finding.advice.into(language)}")
    return found
