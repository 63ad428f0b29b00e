"""Two banks brought together, question by question and field by field."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from interviewer.banks.importing.merging.criteria import merge_criteria
from interviewer.banks.importing.merging.notes import (
    FIELDS,
    Change,
    Did,
    base_of,
    claims,
    digest,
    free,
    has_edited_criteria,
    shown,
)
from interviewer.banks.importing.merging.pairing import pairs_of
from interviewer.domain.rubric import Bank, Kind, Localized, Question


@dataclass(frozen=True, slots=True)
class Merged:
    """The bank that came out, and what was done, in the order of its questions."""

    bank: Bank
    changes: tuple[Change, ...]

    @property
    def conflicts(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.did is Did.CONFLICT)


def merge(old: Bank, new: Bank) -> Merged:
    """The bank `old`, which may have been edited, brought up to `new`, which was made of the source as it is now.

    Titles of the bank and of topics, difficulties, corrections, probes and hints are the editor's. Questions that are
    new stand behind the one that they follow in the source.
    """
    pairs = pairs_of(old.questions, new.questions)
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
        name = free(theirs.id, {question.id for question in merged})
        place = next((n for n, question in enumerate(merged, start=1) if question.id == before), len(merged))
        merged.insert(place if before else 0, replace(theirs, id=name))
        changes.append(Change(Did.ADDED, name))
        before = name
    order = {question.id: place for place, question in enumerate(merged)}
    changes.sort(key=lambda change: order[change.question])
    return Merged(replace(old, questions=tuple(merged), topics=_topics(old, new, merged)), tuple(changes))


def _question(mine: Question, theirs: Question) -> tuple[Question, list[Change]]:
    if mine == theirs:
        return mine, [Change(Did.KEPT, mine.id, "criteria")] if has_edited_criteria(mine) else []
    if mine.made is None or theirs.made is None:
        return mine, [Change(Did.KEPT, mine.id)]
    base = base_of(mine)
    fields: dict[str, object] = {}
    changes: list[Change] = []
    for name in FIELDS:
        own, other = getattr(mine, name), getattr(theirs, name)
        if own == other:
            continue
        was = base.get(name, digest(""))
        is_edited, is_changed = digest(shown(own)) != was, digest(shown(other)) != was
        if not is_edited:
            fields[name] = other
            changes.append(Change(Did.UPDATED, mine.id, name, theirs=shown(other)))
        else:
            did = Did.CONFLICT if is_changed else Did.KEPT
            changes.append(Change(did, mine.id, name, shown(own), shown(other)))
    if mine.made.item == theirs.made.item and has_edited_criteria(mine):
        # The source says what it said; only how criteria are made of it is new.
        made = replace(theirs.made, criteria=mine.made.criteria, by=mine.made.by)
        return replace(mine, made=made, **fields), [*changes, Change(Did.KEPT, mine.id, "criteria")]  # type: ignore[arg-type]
    criteria, kept, done = merge_criteria(mine, theirs)
    made = replace(theirs.made, criteria=kept)
    if not any(criterion.kind is Kind.CORE for criterion in criteria):
        conflict = Change(Did.CONFLICT, mine.id, "criteria", claims(mine.criteria), claims(theirs.criteria))
        return replace(mine, made=made, **fields), [*changes, conflict]  # type: ignore[arg-type]
    return replace(mine, criteria=criteria, made=made, **fields), changes + done  # type: ignore[arg-type]


def _topics(old: Bank, new: Bank, questions: Sequence[Question]) -> dict[str, Localized] | None:
    if old.topics is None and new.topics is None:
        return None
    titles = {**(new.topics or {}), **(old.topics or {})}
    used = dict.fromkeys(question.topic for question in questions)
    order = dict.fromkeys([*(old.topics or {}), *used])
    return {name: titles.get(name) or Localized(en=name) for name in order}
