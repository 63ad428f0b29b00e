"""The only reader of labelled answers: rows that carry an answer and the score that it was given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from interviewer.domain.grade import Level
from interviewer.evaluation.rows import Plain, Where, number, read_all, text


@dataclass(frozen=True, slots=True)
class Row:
    """An answer with its label, a share of the scale; `levels` are the labels of single criteria, where there are any."""

    id: str
    where: Where
    question_id: str
    answer: str
    label: float
    question: str = ""
    reference: str = ""
    kind: str = ""
    lang: str = ""
    split: str = ""
    labeller: str = ""
    levels: Mapping[str, Level] = field(default_factory=dict)


def read_rows(*paths: Path) -> list[Row]:
    """The rows of all files. Raises BankError with the line of the first one that cannot be read."""
    # Ids are unique within a file; data sets that are put together need not know of each other.
    return [row for path in paths for row in read_all([path], _row)]


def _row(plain: Plain, where: Where) -> Row:
    most = number(plain, "score_max")
    if most <= 0:
        raise ValueError(f"score_max must be above 0, not {most:g}")
    given = number(plain, "score")
    if not 0 <= given <= most:
        raise ValueError(f"score must be from 0 to score_max ({most:g}), not {given:g}")
    levels = plain.get("labels")
    levels = {} if levels in (None, "") else levels
    if not isinstance(levels, dict):
        raise ValueError(f"labels must name a level for each criterion, not {levels!r:.100}")  # noqa: TRY004
    return Row(
        id=text(plain, "id", needed=True),
        where=where,
        question_id=text(plain, "question_id", needed=True),
        answer=text(plain, "answer"),
        label=given / most,
        question=text(plain, "question", optional=True),
        reference=text(plain, "reference_answer", optional=True),
        kind=text(plain, "kind", optional=True),
        lang=text(plain, "lang", optional=True),
        split=text(plain, "split", optional=True),
        labeller=text(plain, "labeller", optional=True),
        levels={str(name): Level(level) for name, level in levels.items()},
    )
