"""Marked answers written out: JSONL with everything, CSV for spreadsheets, a table for the terminal."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from interviewer.domain.grade import CREDITED, Grade, Level
from interviewer.domain.language import Language
from interviewer.domain.rubric import Criterion, Kind
from interviewer.domain.scoring import Score
from interviewer.evaluation.batch_grading import Marked
from interviewer.evaluation.cohort import Cohort, sign
from interviewer.presentation.csv_text import csv_text
from interviewer.presentation.plain_text import aligned, json_line, printable
from interviewer.presentation.wording import is_worth_showing, score_text
from interviewer.text.messages import say

_LONGEST_CELL = 32


def to_jsonl(marked: Iterable[Marked]) -> str:
    """One object a line, with every criterion's verdict; shares go from 0 to 1."""
    return "".join(json_line(_plain(one)) for one in marked)


def to_csv(marked: Iterable[Marked]) -> str:
    """One row an answer; criteria are named in the columns of their levels."""
    return csv_text([_row(one) for one in marked])


def to_table(cohort: Cohort, language: Language) -> str:
    """One line an answer, and what they come to."""
    keys = ("sheet.candidate", "sheet.question", "sheet.score", "sheet.points", "sheet.remarks")
    heads = [say(key, language) for key in keys]
    rows = [heads, *(_line(one, language) for one in cohort.marked)]
    return "\n".join([*aligned(rows), "", say("sheet.legend", language), *overview(cohort, language)]) + "\n"


def overview(cohort: Cohort, language: Language) -> Iterator[str]:
    """How many answers there are and what became of them, in sentences."""
    whole = cohort.all
    named = sum(bool(name) for name in cohort.candidates)
    key = "sheet.counts" if named else "sheet.count"
    yield say(key, language, answers=len(whole.marked), **({"candidates": named} if named else {}))
    if whole.graded:
        text = score_text(whole.score, language, is_estimate=whole.is_estimate)
        yield say("sheet.mean_of", language, score=text, count=whole.graded)
    if whole.blank:
        yield say("sheet.blank", language, count=whole.blank)
    if whole.ungraded:
        yield say("sheet.ungraded", language, count=whole.ungraded)
    if count := len(whole.for_review):
        yield say("report.review", language, count=count)


def _plain(one: Marked) -> dict[str, Any]:
    answer, grade, language = one.answer, one.grade, one.task.language
    return {
        "id": answer.id,
        "candidate": answer.candidate,
        "question_id": one.question.id,
        "answer": answer.text,
        "lang": answer.lang,
        "score": _plain_score(one.score),
        "is_estimate": grade.is_estimate if grade else None,
        "failure": one.failure,
        "needs_review": one.needs_review,
        "flags": list(grade.flags) if grade else [],
        "criteria": [_verdict(criterion, grade, language) for criterion in one.question.criteria] if grade else [],
        "extras": [
            {"claim": extra.claim.into(language), "quote": extra.evidence.quote}
            for extra in (grade.extras if grade else ())
        ],
        "dispute": grade.dispute.into(language) if grade and grade.dispute else "",
        "provenance": _provenance(one),
        "tokens": asdict(grade.spent) if grade else None,
    }


def _verdict(criterion: Criterion, grade: Grade, language: Language) -> dict[str, Any]:
    verdict = grade.verdict(criterion.id)
    return {
        "id": criterion.id,
        "text": criterion.text.into(language),
        "kind": criterion.kind,
        "weight": criterion.weight,
        "level": verdict.level,
        "quotes": [evidence.quote for evidence in verdict.evidence],
        "reason": verdict.reason.into(language) if verdict.reason else "",
    }


def _plain_score(score: Score | None) -> dict[str, float | None] | None:
    if score is None:
        return None
    share = None if score.value is None else round(score.value, 4)
    return {"share": share, "of_10": _of_10(score.value), "low": round(score.low, 4), "high": round(score.high, 4)}


def _of_10(share: float | None) -> float | None:
    return None if share is None else round(10 * share, 1)


def _provenance(one: Marked) -> dict[str, Any]:
    return asdict(one.grade.provenance) if one.grade else {"rubric": one.question.rubric.digest}


def _row(one: Marked) -> dict[str, Any]:
    plain, score, by = _plain(one), one.score, _provenance(one)
    rubric, verdicts = one.question.rubric, plain["criteria"]

    def named(*levels: Level | None, mistakes: bool = False) -> str:
        chosen = (v for v in verdicts if v["level"] in levels and (v["kind"] is Kind.MISTAKE) is mistakes)
        return "; ".join(v["id"] for v in chosen if is_worth_showing(rubric[v["id"]], v["level"]))

    return {
        "id": plain["id"],
        "candidate": plain["candidate"],
        "question_id": plain["question_id"],
        "score_of_10": _of_10(score.value) if score else None,
        "lowest_of_10": _of_10(score.low) if score else None,
        "highest_of_10": _of_10(score.high) if score else None,
        "is_estimate": _yes(plain["is_estimate"]),
        **{level.value: named(level) for level in Level},
        "not_told": "; ".join(v["id"] for v in verdicts if v["level"] is None),
        "mistakes": named(*CREDITED, mistakes=True),
        "quotes": "\n".join(f"{v['id']}: “{quote}”" for v in verdicts for quote in v["quotes"]),
        "reasons": "\n".join(f"{v['id']}: {v['reason']}" for v in verdicts),
        "extras": "\n".join(f"{extra['claim']} “{extra['quote']}”" for extra in plain["extras"]),
        "dispute": plain["dispute"],
        "flags": "; ".join(plain["flags"]),
        "needs_review": _yes(plain["needs_review"]),
        "failure": plain["failure"],
        "answer": plain["answer"],
        **{name: by.get(name, "") for name in ("grader", "model", "host", "rubric", "prompt")},
    }


def _yes(value: bool | None) -> str:
    return "" if value is None else ("yes" if value else "no")


def _line(one: Marked, language: Language) -> list[str]:
    grade = one.grade
    who = one.answer.candidate or one.answer.id
    if grade is None:
        return [_cell(who), one.question.id, say("score.none", language), "", printable(one.failure)]
    points = "".join(sign(c, grade.verdict(c.id).level) for c in one.question.criteria if c.kind is not Kind.MISTAKE)
    mistakes = [c for c in one.question.rubric.of(Kind.MISTAKE) if grade.verdict(c.id).level in CREDITED]
    remarks = [say(f"flag_short.{flag}", language) for flag in grade.flags]
    remarks += [say("sheet.mistakes", language, count=len(mistakes))] if mistakes else []
    score = score_text(one.score, language, is_estimate=grade.is_estimate)
    return [_cell(who), one.question.id, score, points, ", ".join(remarks)]


def _cell(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
