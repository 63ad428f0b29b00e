"""What an importer wrote, known again by its digests, and what a merge did."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from interviewer.domain.rubric import Criterion, Localized, Made, Question

FIELDS = ("text", "reference", "topic", "dispute")


class Did(StrEnum):
    """What a merge did with a part of the bank."""

    ADDED = "added"
    UPDATED = "updated"
    DROPPED = "dropped"
    KEPT = "kept"
    GONE = "gone"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a question or of a part of it; `part` is the key of a field, or the id of a criterion.

    KEPT is an edit by hand that the source does not touch; GONE is no longer in the source, and stays. In a CONFLICT
    `mine` is what stands in the file and stays there, `theirs` what the source says now.
    """

    did: Did
    question: str
    part: str = ""
    mine: str = ""
    theirs: str = ""


def made_of(question: Question, made: Made) -> Question:
    """The question with a note of what it is made from, and the digests of everything that was made."""
    texts = {name: shown(getattr(question, name)) for name in FIELDS}
    fields = tuple(f"{name} {digest(text)}" for name, text in texts.items() if text)
    return replace(question, made=replace(made, fields=fields, criteria=noted(question.criteria)))


def has_edited_criteria(question: Question) -> bool:
    """Whether the criteria of a question that was made are no longer those that were made."""
    return question.made is not None and set(question.made.criteria) != set(noted(question.criteria))


def base_of(question: Question) -> dict[str, str]:
    """The digests of the fields as they were made, by name."""
    return digests(question.made.fields) if question.made else {}


def digests(listed: Sequence[str]) -> dict[str, str]:
    return {name: known for name, _, known in (one.partition(" ") for one in listed)}


def noted(criteria: Sequence[Criterion]) -> tuple[str, ...]:
    return tuple(f"{criterion.id} {content_of(criterion)}" for criterion in criteria)


def content_of(criterion: Criterion) -> str:
    plain = asdict(criterion)
    del plain["id"], plain["made"]
    return digest(json.dumps(plain, ensure_ascii=False, sort_keys=True))


def shown(value: object) -> str:
    return " / ".join(value.both) if isinstance(value, Localized) else str(value or "")


def claim(criterion: Criterion | None) -> str:
    return shown(criterion.text) if criterion else ""


def claims(criteria: Sequence[Criterion]) -> str:
    return "; ".join(map(claim, criteria))


def free(name: str, taken: set[str]) -> str:
    """The name, with a number behind it if it is taken."""
    found, number = name, 1
    stem = name.rpartition("-")[0] if name.rpartition("-")[2].isdigit() else name
    while found in taken:
        number += 1
        found = f"{stem[:75]}-{number}"
    return found


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
