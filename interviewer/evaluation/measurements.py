"""What is known of graders: how well each agreed with labelled answers to which bank."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter

from interviewer.banks.writer import replace_file
from interviewer.domain.grade import Grade
from interviewer.domain.interview import Interview
from interviewer.domain.rubric import Bank
from interviewer.errors import BankError

# Fewer answers say nothing about a grader.
LEAST_ANSWERS = 20

# The split of the answers that nobody had read who made the grader.
HELD_OUT = "held out"


@dataclass(frozen=True, slots=True)
class Measurement:
    """The agreement of one grader, named by the signature of its grades, with labelled answers to one bank, graded by these very rubrics.

    `pearson` is the correlation of grade and label, `low` and `high` its 95 % interval; `labels` says who labelled. What
    is `held_out` was measured on the answers that nobody had read who made the grader.
    """

    grader: str
    rubrics: str
    n: int
    pearson: float
    low: float | None
    high: float | None
    labels: str
    held_out_pearson: float | None = None
    held_out_n: int = 0

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


_MEASURED = TypeAdapter(Measurement)


def rubrics_digest(bank: Bank) -> str:
    """A digest of all that a bank is graded by; an edit to a rubric, question or reference voids what was measured before."""
    text = "\n".join(sorted(f"{question.id} {question.digest}" for question in bank.questions))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# The measurements by grader and rubrics; they are asked for each time, so that a new one shows at once.
MeasurementSource = Callable[[], Mapping[tuple[str, str], Measurement]]


def measurement_finder(
    known: MeasurementSource, interview: Interview, banks: Sequence[Bank] = ()
) -> Callable[[Grade], Measurement | None]:
    """What is known of a grade's grader; a question of one of these `banks` counts as such while it is the same."""
    try:
        found = known()
    except BankError:
        found = {}  # a damaged file of measurements is no reason to show no card; `evaluate` names it
    own = rubrics_digest(interview.bank)
    origins = {rubric: rubrics_digest(bank) for rubric, bank in _origins(interview, {one.id: one for one in banks})}

    def finder(grade: Grade) -> Measurement | None:
        by = grade.provenance
        return found.get((by.signature, own)) or found.get((by.signature, origins.get(by.rubric, own)))

    return finder


def _origins(interview: Interview, banks: Mapping[str, Bank]) -> Iterator[tuple[str, Bank]]:
    """The banks that still have the questions of the interview, by the digest of the question's rubric."""
    for source in map(interview.source, interview.plan.questions):
        bank, asked = banks.get(source.bank), interview.bank[source.asked]
        known = bank is not None and any(one.id == source.question for one in bank.questions)
        if bank and known and bank[source.question].digest == asked.digest:
            yield asked.rubric.digest, bank


def read_measurements(paths: Iterable[Path]) -> dict[tuple[str, str], Measurement]:
    """What the files hold, by grader and rubrics; of two measurements the later one counts. Raises BankError."""
    known: dict[tuple[str, str], Measurement] = {}
    for path in paths:
        for number, line in enumerate(_lines(path), start=1):
            try:
                found = _MEASURED.validate_json(line)
            except ValueError as error:
                raise BankError(path.name, f"line {number}", "is no measurement of this program; delete it") from error
            known[found.grader, found.rubrics] = found
    return known


def save_measurement(path: Path, measured: Measurement) -> None:
    """Add a measurement to a file, in place of an older one of the same grader and rubrics. Raises BankError."""
    known = read_measurements([path])
    known[measured.grader, measured.rubrics] = measured
    plain = (_MEASURED.dump_python(one, exclude_defaults=True) for one in known.values())
    replace_file("".join(json.dumps(one) + "\n" for one in plain).encode(), path)


def _lines(path: Path) -> Sequence[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else ()
    except (OSError, UnicodeDecodeError) as error:
        raise BankError(path.name, "", f"cannot be read: {error}") from error
