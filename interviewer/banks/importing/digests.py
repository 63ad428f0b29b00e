"""Digests by which earlier versions of this program noted in a bank what they had imported.

Banks are not given such digests any more; those of an old bank stand in, once, for the copy that is kept beside a bank.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace

from interviewer.domain.rubric import Criterion, Localized, Question

_FIELDS = ("text", "reference", "topic", "dispute")
_UNKNOWN = object()  # stands for what was imported where nobody can tell; equal to nothing


def imported_fields(base: Question | None, mine: Question, theirs: Question) -> dict[str, object]:
    """The fields as they were imported: those of the copy, else whichever of two values has the digest."""
    if base:
        return {name: getattr(base, name) for name in _FIELDS}
    known = _parsed(mine.made.fields if mine.made else ())
    found: dict[str, object] = {}
    for name in _FIELDS:
        values = (getattr(mine, name), getattr(theirs, name)) if known else ()
        wanted = known.get(name, _digest(""))
        found[name] = next((value for value in values if _digest(shown(value)) == wanted), _UNKNOWN)
    return found


def imported_criteria(base: Question | None, mine: Question, theirs: Question) -> dict[str, object]:
    """The contents of the criteria as they were imported, by id."""
    if base:
        return contents(base)
    by_digest = {_content_digest(criterion): content(criterion) for criterion in (*mine.criteria, *theirs.criteria)}
    known = _parsed(mine.made.criteria if mine.made else ())
    return {name: by_digest.get(known.get(name, ""), _UNKNOWN) for name in known or contents(mine)}


def contents(question: Question) -> dict[str, object]:
    return {criterion.id: content(criterion) for criterion in question.criteria}


def content(part: object) -> object:
    """A part of a question as far as two are compared: a criterion whatever its id and its origin."""
    return replace(part, id="x", made="") if isinstance(part, Criterion) else part


def _parsed(listed: Sequence[str]) -> dict[str, str]:
    return {name: known for name, _, known in (one.partition(" ") for one in listed)}


def _content_digest(criterion: Criterion) -> str:
    plain = {key: value for key, value in asdict(criterion).items() if key not in ("id", "made")}
    for newer in ("group", "why"):  # what those versions did not know changes no digest where it is not used
        if not plain[newer]:
            del plain[newer]
    return _digest(json.dumps(plain, ensure_ascii=False, sort_keys=True))


def shown(value: object) -> str:
    """A part of a question as it is told to people, and a field as its digest was made."""
    value = value.text if isinstance(value, Criterion) else value
    return " / ".join(value.both) if isinstance(value, Localized) else str(value or "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
