"""Digests by which earlier versions of this program noted in a bank what they had imported.

Banks are not given such digests any more; those of an old bank stand in, once, for the copy that is kept beside a bank.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

from interviewer.domain.rubric import Criterion, Localized, Question

FIELDS = ("text", "reference", "topic", "dispute")

# Stands for what was imported where nobody can tell; equal to nothing.
UNKNOWN = object()


def fields(mine: Question, theirs: Question) -> dict[str, object]:
    """The fields as they were imported: whichever of two values has the digest, else UNKNOWN."""
    if not mine.made or not mine.made.fields:
        return dict.fromkeys(FIELDS, UNKNOWN)
    known = _parsed(mine.made.fields)
    found: dict[str, object] = {}
    for name in FIELDS:
        values = (getattr(mine, name), getattr(theirs, name))
        wanted = known.get(name, _digest(""))
        found[name] = next((value for value in values if _digest(_text(value)) == wanted), UNKNOWN)
    return found


def criteria(mine: Question, theirs: Question, content: Callable[[Criterion], object]) -> dict[str, object]:
    """The contents of the criteria as they were imported, by id; UNKNOWN where no criterion has the digest."""
    if not mine.made or not mine.made.criteria:
        return dict.fromkeys((criterion.id for criterion in mine.criteria), UNKNOWN)
    by_digest = {_content_digest(criterion): criterion for criterion in (*mine.criteria, *theirs.criteria)}
    return {
        name: content(by_digest[wanted]) if wanted in by_digest else UNKNOWN
        for name, wanted in _parsed(mine.made.criteria).items()
    }


def has_other_criteria(question: Question) -> bool:
    """Whether the criteria are not those of the digests; also if there are none."""
    noted = {f"{criterion.id} {_content_digest(criterion)}" for criterion in question.criteria}
    return question.made is not None and set(question.made.criteria) != noted


def _parsed(listed: Sequence[str]) -> dict[str, str]:
    return {name: known for name, _, known in (one.partition(" ") for one in listed)}


def _content_digest(criterion: Criterion) -> str:
    plain = asdict(criterion)
    del plain["id"], plain["made"]
    for later in ("group", "why"):  # what criteria could not have when digests were written
        if not plain[later]:
            del plain[later]
    return _digest(json.dumps(plain, ensure_ascii=False, sort_keys=True))


def _text(value: object) -> str:
    return " / ".join(value.both) if isinstance(value, Localized) else str(value or "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
