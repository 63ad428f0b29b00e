"""The only reader of answers that are to be graded: rows that carry a question's id and what a candidate said to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from interviewer.domain.rubric import Language
from interviewer.evaluation.rows import Plain, Where, read_all, text

_KNOWN = frozenset({"id", "question_id", "answer", "candidate", "lang"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a candidate said to a question; `lang` is the language that it was asked in, where that is known."""

    id: str
    where: Where
    question_id: str
    text: str
    candidate: str = ""
    lang: Language | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """The rows of some files, and the names of the fields in them that nothing was read from."""

    rows: tuple[Answer, ...]
    unused: tuple[str, ...]


def read_answers(paths: Sequence[Path]) -> Answers:
    """The answers of all files. Raises BankError with the line of the first one that cannot be read.

    A row without an id is called by its file and line; no two rows may have the same id, in whatever files.
    """
    unused: dict[str, None] = {}

    def make(plain: Plain, where: Where) -> Answer:
        unused.update(dict.fromkeys(name for name in plain if name not in _KNOWN))
        return Answer(
            id=text(plain, "id", optional=True).strip() or f"{where[0]}:{where[1].removeprefix('line ')}",
            where=where,
            question_id=text(plain, "question_id", needed=True).strip(),
            text=text(plain, "answer"),
            candidate=text(plain, "candidate", optional=True).strip(),
            lang=_language(text(plain, "lang", optional=True).strip()),
        )

    return Answers(tuple(read_all(paths, make)), tuple(unused))


def _language(name: str) -> Language | None:
    if name and name not in tuple(Language):
        raise ValueError(f"lang must be {' or '.join(Language)}, or empty, not {name!r}")
    return Language(name) if name else None
