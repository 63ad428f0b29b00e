"""A bank that people have edited and the same bank made anew from its source, brought together field by field.

What the importer wrote is known by its digests in `Question.made`. What nobody has touched follows the source; what
was edited stays, and where the source has changed as well, both versions are reported.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from rapidfuzz.fuzz import ratio

from interviewer.rubric import Bank, Criterion, Kind, Localized, Made, Question

_FIELDS = ("text", "reference", "topic", "dispute")
# Percent of signs in common, from which on a question counts as the same one in other words.
_NEARLY = 80


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


@dataclass(frozen=True, slots=True)
class Merged:
    """The bank that came out, and what was done, in the order of its questions."""

    bank: Bank
    changes: tuple[Change, ...]

    @property
    def conflicts(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.did is Did.CONFLICT)


def made_of(question: Question, made: Made) -> Question:
    """The question with a note of what it is made from, and the digests of everything that was made."""
    fields = tuple(f"{name} {_digest(_shown(getattr(question, name)))}" for name in _FIELDS)
    criteria = tuple(f"{criterion.id} {_content(criterion)}" for criterion in question.criteria)
    return replace(question, made=replace(made, fields=fields, criteria=criteria))


def merge(old: Bank, new: Bank) -> Merged:
    """The bank `old`, which may have been edited, brought up to `new`, which was made of the source as it is now.

    Titles of the bank and of topics, difficulties, corrections, probes and hints are the editor's. Questions that are
    new stand behind the one that they follow in the source.
    """
    pairs = _pairs(old.questions, new.questions)
    files = {question.made.file for question in new.questions if question.made}
    by_old = {mine: theirs for theirs, mine in pairs.items()}
    fresh = {question.id: question for question in new.questions}
    merged: list[Question] = []
    changes: list[Change] = []
    for mine in old.questions:
        theirs = fresh.get(by_old.get(mine.id, ""))
        if theirs is None:
            if mine.made and mine.made.file in files:
                changes.append(Change(Did.GONE, mine.id))
            merged.append(mine)
            continue
        question, done = _question(mine, theirs)
        merged.append(question)
        changes.extend(done)
    before = ""
    for theirs in new.questions:
        if theirs.id in pairs:
            before = pairs[theirs.id]
            continue
        name = _free(theirs.id, {question.id for question in merged})
        place = next((n for n, question in enumerate(merged, start=1) if question.id == before), len(merged))
        merged.insert(place if before else 0, replace(theirs, id=name))
        changes.append(Change(Did.ADDED, name))
        before = name
    order = {question.id: place for place, question in enumerate(merged)}
    changes.sort(key=lambda change: order[change.question])
    return Merged(replace(old, questions=tuple(merged), topics=_topics(old, new, merged)), tuple(changes))


def _pairs(old: Sequence[Question], new: Sequence[Question]) -> dict[str, str]:
    """The ids of new questions with those of the old ones that they stand for."""
    found: dict[str, str] = {}

    def pair(keys: Mapping[str, str], wanted: Mapping[str, str]) -> None:
        """Both map ids to keys; an empty key matches nothing."""
        free = {key: name for name, key in reversed(list(keys.items())) if key and name not in found.values()}
        for name, key in wanted.items():
            if name not in found and key in free:
                found[name] = free.pop(key)

    pair({q.id: q.made.item if q.made else "" for q in old}, {q.id: q.made.item if q.made else "" for q in new})
    pair({q.id: _shown(q.text) for q in old}, {q.id: _shown(q.text) for q in new})
    pair({q.id: _base(q).get("text", "") for q in old}, {q.id: _base(q).get("text", "") for q in new})
    pair({q.id: q.id for q in old}, {q.id: q.id for q in new})
    pair({q.id: _base(q).get("reference", "") for q in old}, {q.id: _base(q).get("reference", "") for q in new})
    for theirs in new:
        left = [mine for mine in old if mine.id not in found.values()]
        if theirs.id not in found and left:
            likeness, best = max((ratio(_shown(mine.text), _shown(theirs.text)), mine.id) for mine in left)
            if likeness >= _NEARLY:
                found[theirs.id] = best
    return found


def _question(mine: Question, theirs: Question) -> tuple[Question, list[Change]]:
    if mine == theirs:
        return mine, []
    if mine.made is None or theirs.made is None:
        return mine, [Change(Did.KEPT, mine.id)]
    base = _base(mine)
    fields: dict[str, object] = {}
    changes: list[Change] = []
    for name in _FIELDS:
        own, other = getattr(mine, name), getattr(theirs, name)
        if own == other:
            continue
        is_edited = _digest(_shown(own)) != base.get(name)
        is_changed = _digest(_shown(other)) != base.get(name)
        if not is_edited:
            fields[name] = other
            changes.append(Change(Did.UPDATED, mine.id, name, theirs=_shown(other)))
        else:
            did = Did.CONFLICT if is_changed else Did.KEPT
            changes.append(Change(did, mine.id, name, _shown(own), _shown(other)))
    criteria, kept, done = _criteria(mine, theirs)
    made = replace(theirs.made, criteria=kept)
    if not any(criterion.kind is Kind.CORE for criterion in criteria):
        conflict = Change(Did.CONFLICT, mine.id, "criteria", _claims(mine.criteria), _claims(theirs.criteria))
        return replace(mine, made=made, **fields), [*changes, conflict]  # type: ignore[arg-type]
    return replace(mine, criteria=criteria, made=made, **fields), changes + done  # type: ignore[arg-type]


def _criteria(mine: Question, theirs: Question) -> tuple[tuple[Criterion, ...], tuple[str, ...], list[Change]]:
    """The merged criteria, the digests to remember, and what was done."""
    assert mine.made
    base = _digests(mine.made.criteria)
    here = {criterion.id: criterion for criterion in mine.criteria}
    fresh = {criterion.id: _content(criterion) for criterion in theirs.criteria}
    same = _counterparts(base, here, theirs.criteria, fresh)
    changes: list[Change] = []
    merged = dict(here)
    remembered: list[str] = []
    for criterion in theirs.criteria:
        content = fresh[criterion.id]
        name = same.get(criterion.id) or _free(criterion.id, {*merged, *base})
        remembered.append(f"{name} {content}")
        outcome, change = _criterion(here.get(name), replace(criterion, id=name), content, base.get(name))
        if outcome:
            merged[name] = outcome
        if change:
            changes.append(replace(change, question=mine.id))
    for name in base.keys() - set(same.values()):
        if name in here:
            if _content(here[name]) == base[name]:
                del merged[name]
                changes.append(Change(Did.DROPPED, mine.id, name, _claim(here[name])))
            else:
                changes.append(Change(Did.CONFLICT, mine.id, name, _claim(here[name])))
    return tuple(merged.values()), tuple(remembered), changes


def _criterion(
    own: Criterion | None, other: Criterion, content: str, base: str | None
) -> tuple[Criterion | None, Change | None]:
    """What a criterion becomes (None if it stays out of the file). `content` and `base` are the source's digests now and then."""
    change = Change(Did.KEPT, "", other.id, _claim(own), _claim(other))
    if own is None:
        # What was taken out by hand stays out as long as the source says the same.
        return (None, change) if content == base else (other, replace(change, did=Did.ADDED))
    standing = _content(own)
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


def _topics(old: Bank, new: Bank, questions: Sequence[Question]) -> dict[str, Localized] | None:
    if old.topics is None and new.topics is None:
        return None
    titles = {**(new.topics or {}), **(old.topics or {})}
    used = dict.fromkeys(question.topic for question in questions)
    order = dict.fromkeys([*(old.topics or {}), *used])
    return {name: titles.get(name) or Localized(en=name) for name in order}


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 1
    stem = name.rpartition("-")[0] if name.rpartition("-")[2].isdigit() else name
    while free in taken:
        number += 1
        free = f"{stem[:75]}-{number}"
    return free


def _base(question: Question) -> dict[str, str]:
    return _digests(question.made.fields) if question.made else {}


def _digests(listed: Sequence[str]) -> dict[str, str]:
    return {name: digest for name, _, digest in (one.partition(" ") for one in listed)}


def _content(criterion: Criterion) -> str:
    plain = asdict(criterion)
    del plain["id"], plain["made"]
    return _digest(json.dumps(plain, ensure_ascii=False, sort_keys=True))


def _shown(value: object) -> str:
    return " / ".join(value.both) if isinstance(value, Localized) else str(value or "")


def _claim(criterion: Criterion | None) -> str:
    return _shown(criterion.text) if criterion else ""


def _claims(criteria: Sequence[Criterion]) -> str:
    return "; ".join(map(_claim, criteria))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
