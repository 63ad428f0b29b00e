"""A bank that people have edited and the same bank made anew from its source, merged three ways.

`base` is what the last import wrote, `mine` the bank as it stands edited now, `theirs` what the source makes now. What
nobody has touched follows the source; what was edited stays, and where the source has changed as well, both versions
are reported.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from rapidfuzz.fuzz import ratio

from interviewer.banks.importing.digests import content, contents, imported_criteria, imported_fields, shown
from interviewer.banks.importing.identifiers import numbered_until_free
from interviewer.domain.rubric import Bank, Criterion, Kind, Localized, Question

# Percent of signs in common, from which on a question, with its answer, counts as the same one in other words.
_NEARLY = 80
_ANSWER_NEARLY = 60
# A shorter answer (yes; see above) tells no question from another.
_LEAST_ANSWER = 12


class MergeOutcome(StrEnum):
    """What a merge did with a part of the bank."""

    ADDED = "added"
    UPDATED = "updated"
    DROPPED = "dropped"
    KEPT = "kept"
    GONE = "gone"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class MergeChange:
    """What became of a question or of a part of it; `part` is the key of a field, or the id of a criterion.

    KEPT is an edit by hand that the source does not touch; GONE is no longer in the source, and stays. In a CONFLICT
    `mine` is what stands in the file and stays there, `theirs` what the source says now.
    """

    did: MergeOutcome
    question: str
    part: str = ""
    mine: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """The bank that came out, what the next merge takes for its base, and what was done, question by question."""

    bank: Bank
    base: Bank | None
    changes: tuple[MergeChange, ...]


_Outcome = tuple[Question, Question | None, Sequence[MergeChange]]
"""What became of one question: how it stands now, what was imported as it, if that is known, and what was done."""


def merge(mine: Bank, theirs: Bank, base: Bank | None = None) -> Merged:
    """Bring the bank `mine` up to `theirs`. Without a `base`, digests of an earlier version stand in for it.

    Titles of the bank and of topics, difficulties, corrections, probes and hints are the editor's. Questions that are
    new stand behind the one that they follow in the source.
    """
    bases = base_questions(mine, base)
    pairs = _pairs(mine.questions, theirs.questions, bases)
    fresh = {pairs[question.id]: question for question in theirs.questions if question.id in pairs}
    files = {question.made.file for question in theirs.questions if question.made}
    outcomes: list[_Outcome] = []
    for question in mine.questions:
        known = bases.get(question.id)
        if question.id in fresh:
            outcomes.append(_merged_question(question, fresh[question.id], known))
        else:
            is_gone = question.made is not None and question.made.file in files
            outcomes.append((question, known, [MergeChange(MergeOutcome.GONE, question.id)] if is_gone else []))
    before = ""
    for question in theirs.questions:
        taken = [one.id for one, _, _ in outcomes]
        name = pairs.get(question.id) or numbered_until_free(question.id, taken)
        if question.id not in pairs:
            new, place = replace(question, id=name), taken.index(before) + 1 if before else 0
            outcomes.insert(place, (new, new, [MergeChange(MergeOutcome.ADDED, name)]))
        before = name
    questions = tuple(question for question, _, _ in outcomes)
    remembered = tuple(known for _, known, _ in outcomes if known)
    return Merged(
        replace(mine, questions=questions, topics=_topics(mine, theirs, questions)),
        replace(theirs, id=mine.id, questions=remembered, topics=None) if remembered else None,
        tuple(change for _, _, changes in outcomes for change in changes),
    )


def has_edited_criteria(question: Question, base: Question | None) -> bool:
    """Whether the criteria of a question are no longer those that were imported; also if nobody can tell."""
    return imported_criteria(base, question, question) != contents(question)


def base_questions(mine: Bank, base: Bank | None) -> dict[str, Question]:
    """What was imported as each question of a bank, found by the question's id or, if that was edited, its source."""
    by_id = {known.id: known for known in base.questions} if base else {}
    by_item = {known.made.item: known for known in base.questions if known.made} if base else {}
    found: dict[str, Question] = {}
    for question in mine.questions:
        if question.made and (known := by_id.get(question.id) or by_item.get(question.made.item)):
            found[question.id] = replace(known, id=question.id)
    return found


def _pairs(mine: Sequence[Question], theirs: Sequence[Question], bases: Mapping[str, Question]) -> dict[str, str]:
    """The ids of the source's questions with those of the bank's that they stand for.

    A question that was written by hand is known by its text or id alone.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()

    def pair(key: Callable[[Question], str]) -> None:
        left = {key(bases.get(own.id, own)): own.id for own in reversed(mine) if own.id not in taken}
        left |= {key(own): own.id for own in reversed(mine) if own.id not in taken}
        for other in theirs:
            own_id = left.get(key(other), "") if key(other) else ""
            if own_id and other.id not in found and own_id not in taken:
                found[other.id] = own_id
                taken.add(own_id)

    pair(lambda question: question.made.item if question.made else "")
    pair(lambda question: shown(question.text))
    pair(lambda question: question.id)
    pair(lambda q: shown(q.reference) if q.made and len(shown(q.reference)) >= _LEAST_ANSWER else "")
    for other in theirs:
        near: dict[str, float] = {}
        for own in mine if other.id not in found else ():
            likeness = ratio(shown(own.text), shown(other.text))
            answers = ratio(shown(own.reference), shown(other.reference)) if likeness >= _NEARLY else 0
            if own.made and own.id not in taken and answers >= _ANSWER_NEARLY:
                near[own.id] = likeness
        if near:
            found[other.id] = max(near, key=lambda name: near[name])
            taken.add(found[other.id])
    return found


def _merged_question(mine: Question, theirs: Question, base: Question | None) -> _Outcome:
    kept = MergeChange(MergeOutcome.KEPT, mine.id, "criteria")
    if mine == theirs:  # an edited question that was not made anew, as its source is the same
        return mine, base, [kept] if mine.made and has_edited_criteria(mine, base) else []
    if mine.made is None or theirs.made is None:
        return mine, base, [replace(kept, part="")]
    was = imported_fields(base, mine, theirs)
    own, other = ({name: getattr(one, name) for name in was} for one in (mine, theirs))
    fields, changes = _three_way(mine.id, own, was, other)
    if fields["reference"] != mine.reference:  # who wrote the answer, and whether somebody has read it, goes with it
        fields |= {"drafted_by": theirs.drafted_by, "awaits_review": theirs.awaits_review}
    new_base = replace(theirs, id=mine.id)
    if mine.made.item == theirs.made.item and has_edited_criteria(mine, base):
        # The source says what it said; only how criteria are made of it is new.
        made = replace(theirs.made, criteria=mine.made.criteria, by=mine.made.by)
        new_base = replace(new_base, criteria=base.criteria, groups=base.groups) if base else new_base
        return replace(mine, made=made, **fields), new_base, [*changes, kept]
    imported = imported_criteria(base, mine, theirs)
    here = {criterion.id: criterion for criterion in mine.criteria}
    names = _counterparts(imported, here, theirs.criteria)
    fresh: dict[str, Criterion] = {}
    for criterion in theirs.criteria:
        name = names.get(criterion.id) or numbered_until_free(criterion.id, {*here, *imported, *fresh})
        fresh[name] = replace(criterion, id=name)
    criteria, done = _three_way(mine.id, here, imported, fresh)
    new_base = replace(new_base, criteria=tuple(fresh.values()))
    question = replace(mine, made=theirs.made, **fields)
    if any(criterion.kind is Kind.CORE for criterion in criteria.values()):
        return _with_criteria(question, theirs, [*criteria.values()]), new_base, changes + done
    claims = ("; ".join(shown(criterion.text) for criterion in one.criteria) for one in (mine, theirs))
    return question, new_base, [*changes, MergeChange(MergeOutcome.CONFLICT, mine.id, "criteria", *claims)]


def _three_way(
    question: str, mine: Mapping[str, Any], was: Mapping[str, object], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], list[MergeChange]]:
    """The parts of a question, by name, as people or else the source changed them, and what was done.

    What was taken out by hand stays out as long as the source says the same.
    """
    merged = dict(mine)
    changes: list[MergeChange] = []
    for name in [*theirs, *sorted(was.keys() - theirs.keys())]:
        own, other, old = mine.get(name), theirs.get(name), was.get(name)
        if content(own) == content(other):
            if isinstance(own, Criterion) and isinstance(other, Criterion) and own.made:
                merged[name] = replace(own, made=other.made)
            continue
        did = MergeOutcome.KEPT if content(other) == old else MergeOutcome.CONFLICT
        if content(own) == old or (name not in mine and did is MergeOutcome.CONFLICT):
            did = MergeOutcome.UPDATED if name in mine else MergeOutcome.ADDED
            merged[name] = other
        if name not in theirs and did is MergeOutcome.UPDATED:
            did = MergeOutcome.DROPPED
            del merged[name]
        changes.append(MergeChange(did, question, name, shown(own), shown(other)))
    return merged, changes


def _with_criteria(mine: Question, theirs: Question, criteria: Sequence[Criterion]) -> Question:
    """The question with merged criteria and the choices between them; a choice with too few members is dissolved."""
    groups = {group.id: group for group in (*theirs.groups, *mine.groups)}
    members = Counter(criterion.group for criterion in criteria)
    kept = tuple(group for name, group in groups.items() if members[name] >= group.choose)
    names = {group.id for group in kept}
    inside = tuple(replace(one, group=one.group if one.group in names else "") for one in criteria)
    return replace(mine, criteria=inside, groups=kept)


def _counterparts(
    imported: Mapping[str, object], here: Mapping[str, Criterion], theirs: Sequence[Criterion]
) -> dict[str, str]:
    """Ids of the source's criteria with those in the file: by content, then by claim, then by id."""
    found: dict[str, str] = {}
    by_content = {one: name for name, one in imported.items()}
    for criterion in theirs:
        if content(criterion) in by_content:
            found[criterion.id] = by_content.pop(content(criterion))
    keys: tuple[Callable[[Criterion], object], ...] = (lambda c: c.text, lambda c: c.id)
    for key in keys:
        left = {key(here[name]): name for name in imported if name in here and name not in found.values()}
        for criterion in theirs:
            if criterion.id not in found and key(criterion) in left:
                found[criterion.id] = left.pop(key(criterion))
    return found


def _topics(mine: Bank, theirs: Bank, questions: Sequence[Question]) -> dict[str, Localized] | None:
    if mine.topics is None and theirs.topics is None:
        return None
    titles = {**(theirs.topics or {}), **(mine.topics or {})}
    used = dict.fromkeys([*(mine.topics or {}), *(question.topic for question in questions)])
    return {name: titles.get(name) or Localized(en=name) for name in used}
