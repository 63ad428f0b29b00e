"""What an answer says of each criterion: in which words, how much of it, and whether it says the contrary."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from interviewer.domain.rubric import Criterion, Kind
from interviewer.grading.lexical import opposites, polarity
from interviewer.grading.lexical.likeness import HEARD, likeness
from interviewer.grading.lexical.own_words import Stated, by_own_words, stated
from interviewer.grading.lexical.prepared import Prepared, subject
from interviewer.grading.lexical.said import Reading, Said
from interviewer.grading.lexical.terms import Hit
from interviewer.text import tokenizer

_SIMILAR_MET = 0.56


@dataclass(slots=True)
class _Found:
    """The hits of one group of one criterion in one turn, by sentence."""

    plain: dict[int, list[Hit]] = field(default_factory=lambda: defaultdict(list))
    reversed: dict[int, list[Hit]] = field(default_factory=lambda: defaultdict(list))


def readings(prepared: Prepared, said: Said) -> dict[str, list[Reading]]:
    """The readings of every criterion in one turn."""
    criteria = prepared.question.criteria
    own = [stated(c, claims, said) for c, claims in zip(criteria, prepared.statements, strict=True)]
    found = _found(prepared, said, own)
    listed: dict[str, list[Reading]] = {}
    for place, criterion in enumerate(criteria):
        if criterion.aliases:
            groups = [found.get((place, group), _NOTHING) for group in range(len(criterion.aliases))]
            read = _by_terms(groups, said, prepared)
        else:
            read = _by_text(criterion, said, prepared, own[place].turned)
        listed[criterion.id] = [*read, *by_own_words(criterion, own[place], said)]
    return listed


def _found(prepared: Prepared, said: Said, own: Sequence[Stated]) -> dict[tuple[int, int], _Found]:
    """The hits by criterion and group; where a criterion is said and turned round, its terms prove nothing."""
    found: dict[tuple[int, int], _Found] = defaultdict(_Found)
    for hit in prepared.terms.find(said.clauses):
        sentence = said.clauses[hit.clause].sentence
        for place, group in hit.term.homes:
            if sentence in own[place].turned:
                continue
            against = _is_against(prepared, place, hit, said)
            if against is not None:
                side = found[place, group]
                (side.reversed if against else side.plain)[sentence].append(hit)
    return found


_NOTHING = _Found()


def _is_against(prepared: Prepared, place: int, hit: Hit, said: Said) -> bool | None:
    """Whether a hit speaks against its criterion; None where it says nothing of it."""
    clause, text = said.clauses[hit.clause], said.folded[hit.clause]
    denied = hit.clause in said.denied
    if hit.term.is_contrary:
        if hit.first and clause.tokens[hit.first - 1].text in _PREFIXES:
            return None  # "non-linear" says nothing of "linear"
        negated = polarity.negates(clause.tokens, hit.last) or polarity.refused(clause.tokens, hit.last) or denied
        return None if negated or polarity.supposes(text) else True
    if prepared.partners[place] & opposites.roles(text) and not denied:
        return None
    return denied or _is_elsewhere(prepared, place, hit, said) or _is_refused(prepared, place, hit, said)


_PREFIXES = frozenset("非不无未") | {"non", "un"}


def _is_refused(prepared: Prepared, place: int, hit: Hit, said: Said) -> bool:
    """Whether a claim is negated where it is made; a negative claim, whether it is affirmed."""
    text, stretch = said.folded[hit.clause], said.clauses[hit.clause].tokens
    if hit.term.is_negative:
        return False
    if prepared.negative[place] and prepared.question.criteria[place].kind is not Kind.MISTAKE:
        return bool(polarity.AFFIRMED.search(text)) and not polarity.REFUSING.search(text)
    if prepared.unwanted[place] or polarity.supposes(text):
        return False
    return polarity.negates(stretch, hit.first) or polarity.refused(stretch, hit.last)


def _is_elsewhere(prepared: Prepared, place: int, hit: Hit, said: Said) -> bool:
    """Whether a claim about testing is made of training, or the other way round."""
    wanted = prepared.settings[place]
    if len(wanted) != 1:
        return False
    given = polarity.setting(said.folded[hit.clause])
    if len(given) != 1 or given == wanted:
        return False
    clause = said.clauses[hit.clause].tokens
    own = tokenizer.fold(said.text[clause[hit.first].start : clause[hit.last - 1].end])
    return not polarity.setting(own) and not _NAMES_SETTING.search(own)


_NAMES_SETTING = re.compile("train|test|infer|eval|predict|训练|测试|推理|评估|预测")


def _by_terms(groups: Sequence[_Found], said: Said, prepared: Prepared) -> Iterator[Reading]:
    sentences = sorted({sentence for group in groups for side in (group.plain, group.reversed) for sentence in side})
    for sentence in sentences:
        yield from _window(groups, said, prepared, sentence)


def _window(groups: Sequence[_Found], said: Said, prepared: Prepared, sentence: int) -> Iterator[Reading]:
    """What two neighbouring sentences say: for the claim, and against it."""
    window = (sentence, sentence + 1)
    plain = [[hit for number in window for hit in group.plain.get(number, ())] for group in groups]
    against = [[hit for number in window for hit in group.reversed.get(number, ())] for group in groups]
    found = [hits for hits in plain if hits]
    # A claim needs something of its own: words of the question alone are worth nothing.
    if found and any(_is_own(hit, said, prepared) for hits in found for hit in hits):
        yield Reading(said, len(found) / len(groups), _clauses(found), is_reversed=False)
    turned = [ours or theirs for ours, theirs in zip(against, plain, strict=True)]
    both = [hits for hits in turned if hits]
    if any(against) and any(_is_own(hit, said, prepared) for hits in both for hit in hits):
        yield Reading(said, len(both) / len(groups), _clauses(both), is_reversed=True)


def _clauses(found: Sequence[Sequence[Hit]]) -> tuple[int, ...]:
    return tuple(sorted({hits[0].clause for hits in found}))


def _is_own(hit: Hit, said: Said, prepared: Prepared) -> bool:
    """Whether a hit says something that the question does not: a word, or its words joined in another way."""
    stretch = said.clauses[hit.clause].tokens[hit.first : hit.last]
    if any(token.text not in prepared.asked for token in stretch):
        return True
    return len(hit.term.runs) == 1 and len(stretch) >= _LEAST_JOINED and hit.term.runs not in prepared.echoed


_LEAST_JOINED = 4


def _by_text(criterion: Criterion, said: Said, prepared: Prepared, turned: frozenset[int]) -> Iterator[Reading]:
    """What two neighbouring sentences, neither of them turned round, say of a criterion that has no terms."""
    asked = prepared.asked
    by_sentence: dict[int, list[int]] = defaultdict(list)
    for number, clause in enumerate(said.clauses):
        if clause.sentence not in turned:
            by_sentence[clause.sentence].append(number)
    groups = list(by_sentence.values())
    for place, group in enumerate(groups):
        window = group + (groups[place + 1] if place + 1 < len(groups) else [])
        share, is_reversed = _likeness(criterion, said, window, asked)
        if share >= HEARD:
            clauses = _narrowed(criterion, said, window, asked)
            if _is_of_another(criterion, said, clauses, prepared, asked):
                continue
            yield Reading(said, 1.0 if share >= _SIMILAR_MET else 0.5, tuple(clauses), is_reversed)


def _is_of_another(
    criterion: Criterion, said: Said, clauses: Sequence[int], prepared: Prepared, asked: frozenset[str]
) -> bool:
    """Whether what a claim says a thing is, is said to be another thing, of which another claim speaks."""
    own = {subject(tokenizer.fold(text)) for text in criterion.text.both} - {""}
    others = prepared.subjects - own
    if not own or not others or not any(subject(said.folded[number]) in others for number in clauses):
        return False
    nearest = max(clauses, key=lambda number: _likeness(criterion, said, [number], asked))
    return subject(said.folded[nearest]) in others


def _likeness(criterion: Criterion, said: Said, window: Sequence[int], asked: frozenset[str]) -> tuple[float, bool]:
    clauses = [said.clauses[number] for number in window]
    text = tokenizer.fold(said.text[clauses[0].start : clauses[-1].end])
    return max(likeness(claim, clauses, text, asked) for claim in criterion.text.both)


def _narrowed(criterion: Criterion, said: Said, window: Sequence[int], asked: frozenset[str]) -> Sequence[int]:
    """The window without the clauses at its ends that make it no more like the claim, so that no more is quoted.

    Half of it is tried first, then ever less: an answer may have thousands of clauses and no full stop.
    """
    share, is_reversed = _likeness(criterion, said, window, asked)
    for from_start in (True, False):
        step = len(window) // 2
        while step:
            rest = window[step:] if from_start else window[:-step]
            found, still_reversed = _likeness(criterion, said, rest, asked)
            if found < share or still_reversed is not is_reversed:
                step //= 2
            else:
                window, share = rest, found
                step = min(step, len(window) // 2)
    return window
