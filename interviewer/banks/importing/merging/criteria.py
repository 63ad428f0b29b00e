"""The criteria of a question that was edited, brought together with those that its source makes now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from interviewer.banks.importing.merging.notes import Change, Did, claim, content_of, digests, free
from interviewer.domain.rubric import Criterion, Question


def merge_criteria(mine: Question, theirs: Question) -> tuple[tuple[Criterion, ...], tuple[str, ...], list[Change]]:
    """The merged criteria, the digests to remember, and what was done."""
    assert mine.made
    base = digests(mine.made.criteria)
    here = {criterion.id: criterion for criterion in mine.criteria}
    fresh = {criterion.id: content_of(criterion) for criterion in theirs.criteria}
    same = _counterparts(base, here, theirs.criteria, fresh)
    changes: list[Change] = []
    merged = dict(here)
    remembered: list[str] = []
    for criterion in theirs.criteria:
        content = fresh[criterion.id]
        name = same.get(criterion.id) or free(criterion.id, {*merged, *base})
        remembered.append(f"{name} {content}")
        outcome, change = _criterion(here.get(name), replace(criterion, id=name), content, base.get(name))
        if outcome:
            merged[name] = outcome
        if change:
            changes.append(replace(change, question=mine.id))
    for name in base.keys() - set(same.values()):
        if name in here:
            if content_of(here[name]) == base[name]:
                del merged[name]
                changes.append(Change(Did.DROPPED, mine.id, name, claim(here[name])))
            else:
                changes.append(Change(Did.CONFLICT, mine.id, name, claim(here[name])))
    return tuple(merged.values()), tuple(remembered), changes


def _criterion(
    own: Criterion | None, other: Criterion, content: str, base: str | None
) -> tuple[Criterion | None, Change | None]:
    """What a criterion becomes (None if it stays out of the file). `content` and `base` are the source's digests now and then."""
    change = Change(Did.KEPT, "", other.id, claim(own), claim(other))
    if own is None:
        # What was taken out by hand stays out as long as the source says the same.
        return (None, change) if content == base else (other, replace(change, did=Did.ADDED))
    standing = content_of(own)
    if standing == content:
        return (replace(own, made=other.made) if own.made else own), None
    if standing == base:
        return other, replace(change, did=Did.UPDATED)
    return own, change if content == base else replace(change, did=Did.CONFLICT)


def _counterparts(
    base: Mapping[str, str], here: Mapping[str, Criterion], theirs: Sequence[Criterion], fresh: Mapping[str, str]
) -> dict[str, str]:
    """Ids of the source's criteria with those in the file: by content, then by claim, then by id."""
    by_content = {content: name for name, content in base.items()}
    found = {name: by_content.pop(content) for name, content in fresh.items() if content in by_content}
    keys: tuple[Callable[[Criterion], object], ...] = (lambda c: c.text, lambda c: c.id)
    for key in keys:
        left = {key(here[name]): name for name in base if name in here and name not in found.values()}
        for criterion in theirs:
            if criterion.id not in found and key(criterion) in left:
                found[criterion.id] = left.pop(key(criterion))
    return found
