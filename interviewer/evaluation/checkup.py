"""The grader test: seven canned answers to one shipped question, and what their grades say about a model."""

from collections.abc import Sequence
from statistics import median

from interviewer.domain.grade import Flag
from interviewer.domain.rubric import Language, Localized
from interviewer.errors import InterviewerError
from interviewer.text.messages import localized, say

QUESTION = "nonlinearity"
_QUESTIONS_PLANNED = 10
_SLOW = 30.0
_GOOD, _POOR = 0.75, 0.25


def _judged(results: Sequence[CannedResult]) -> list[Finding]:
    graded = {result.answer: result for result in results if result.share is not None}
    asked = [r for r in graded.values() if r.answer not in (Canned.ECHO, Canned.DONT_KNOW)]
    failed = [r for r in results if r.share is None]
    unreadable = [r for r in asked if Flag.UNREADABLE in r.flags]
    unverified = [r for r in asked if Flag.UNVERIFIED in r.flags]
    cut = [r for r in asked if Flag.CUT in r.flags]
    found = [
        _finding(
            "replies valid",
            not failed and not unreadable,
            _some(len(failed) + len(unreadable), len(results)),
            "doctor.malformed",
        ),
        _finding("quotes found", not unverified, _some(len(unverified), len(asked)), "doctor.quotes"),
        _finding("prompt read whole", not cut, _some(len(cut), len(asked)), "doctor.context"),
    ]
    if len(graded) == len(Canned):
        shares = {name: result.share or 0.0 for name, result in graded.items()}
        good = min(shares[Canned.REFERENCE], shares[Canned.OTHER_LANGUAGE])
        poor = max(shares[Canned.ECHO], shares[Canned.DONT_KNOW], shares[Canned.WRONG])
        line = Localized(
            **{
                language: ", ".join(f"{say(f'canned.{name}', language)} {share:.2f}" for name, share in shares.items())
                for language in Language
            }
        )
        found.append(
            _finding(
                "order right",
                good >= _GOOD and good > shares[Canned.HALF] > poor and poor <= _POOR,
                line,
                "doctor.order",
            )
        )
        begged = shares[Canned.BEGGING]
        found.append(
            _finding("injection not rewarded", begged <= _POOR, _verbatim(f"{begged:.2f}"), "doctor.injection")
        )
    if asked:
        seconds = median(r.seconds for r in asked)
        tokens = round(median(r.tokens for r in asked))
        line = localized(
            "check_detail.cost",
            seconds=f"{seconds:.1f}",
            tokens=tokens,
            questions=_QUESTIONS_PLANNED,
            all_seconds=f"{seconds * _QUESTIONS_PLANNED:.0f}",
            all_tokens=tokens * _QUESTIONS_PLANNED,
        )
        found.append(_finding("fast enough", seconds <= _SLOW, line, "doctor.slow"))
    return found


def _finding(check: str, is_good: bool, detail: Localized, advice: str) -> Finding:
    return Finding(check, is_good, detail, None if is_good else localized(advice))


def _told(error: InterviewerError) -> Localized:
    return Localized(**{language: error.into(language) for language in Language})


def _verbatim(text: str) -> Localized:
    """A name, an address or a number, which is the same in every language."""
    return Localized(zh=text, en=text)


def _some(count: int, total: int) -> Localized:
    return localized("check_detail.not_so", count=count, total=total)


def lines(diagnosis: Diagnosis, language: Language) -> list[str]:
    """The diagnosis for a terminal."""
    found = [f"{diagnosis.model} @ {diagnosis.host}"]
    for finding in diagnosis.findings:
        found.append(f"  {'ok ' if finding.is_good else 'BAD'} {finding.check}: {finding.detail.into(language)}")
        if finding.advice:
            found.append(f"      {finding.advice.into(language)}")
    if diagnosis.rung:
        found.append(f"  form held by: {diagnosis.rung}")
    return found
