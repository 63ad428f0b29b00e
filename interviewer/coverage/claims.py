"""What an answer says of each criterion: in which words, how much of it, and whether it says the contrary."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from interviewer import tokens
from interviewer.coverage import opposites, polarity
from interviewer.coverage.likeness import likeness
from interviewer.coverage.prepared import Prepared
from interviewer.coverage.terms import Hit
from interviewer.rubric import Criterion, Kind
from interviewer.tokens import Clause

_SIMILAR_MET = 0.50
_SIMILAR_PARTIAL = 0.25


@dataclass(frozen=True)
class Said:
    """One turn of the candidate, cut into clauses; only the screened stretches of it."""

    turn: int
    text: str
    clauses: tuple[Clause, ...]

    @cached_property
    def sentences(self) -> dict[int, str]:
        """The text of each sentence, folded."""
        ends: dict[int, tuple[int, int]] = {}
        for clause in self.clauses:
            start, _ = ends.get(clause.sentence, (clause.start, 0))
            ends[clause.sentence] = (start, clause.end)
        return {number: tokens.fold(self.text[start:end]) for number, (start, end) in ends.items()}

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The text of each clause, folded."""
        return tuple(tokens.fold(self.text[clause.start : clause.end]) for clause in self.clauses)

    @cached_property
    def denied(self) -> frozenset[int]:
        """The clauses that are said not to be so: from a word of denial to the end of its sentence, or to a "but"."""
        found = set()
        within = None
        for number, (clause, text) in enumerate(zip(self.clauses, self.folded, strict=True)):
            if polarity.denies(text):
                within = clause.sentence
            elif clause.sentence != within or polarity.resumes(text):
                within = None
            if within is not None:
                found.add(number)
        return frozenset(found)

    @cached_property
    def contrasts(self) -> tuple[int, ...]:
        """The clauses that begin to speak against what came before."""
        return tuple(n for n, text in enumerate(self.folded) if polarity.CONTRAST.search(text))

    @cached_property
    def retracted_at(self) -> int | None:
        """The last clause that takes back what came before it."""
        text = self.text
        found = None
        for number, clause in enumerate(self.clauses):
            end = self.clauses[number + 1].start if number + 1 < len(self.clauses) else len(text)
            if polarity.RETRACTION.search(tokens.fold(text[clause.start : end])):
                found = number
        return found


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of a claim some clauses of an answer make; `is_reversed` if they say the contrary.

    `is_turned` if they are nearly the claim itself with one word of it turned round.
    """

    said: Said
    share: float
    clauses: tuple[int, ...]
    is_reversed: bool
    is_turned: bool = False

    @property
    def rank(self) -> tuple[float, int]:
        return (self.share, -self.clauses[0])


@dataclass(slots=True)
class _Found:
    """The hits of one group of one criterion in one turn, by sentence."""

    plain: dict[int, list[Hit]] = field(default_factory=lambda: defaultdict(list))
    reversed: dict[int, list[Hit]] = field(default_factory=lambda: defaultdict(list))


def readings(prepared: Prepared, said: Said) -> dict[str, list[Reading]]:
    """The readings of every criterion in one turn."""
    found: dict[tuple[int, int], _Found] = defaultdict(_Found)
    for hit in prepared.terms.find(said.clauses):
        clause = said.clauses[hit.clause]
        for place, group in hit.term.homes:
            against = _is_against(prepared, place, hit, said)
            if against is not None:
                side = found[place, group]
                (side.reversed if against else side.plain)[clause.sentence].append(hit)
    listed: dict[str, list[Reading]] = {}
    for place, criterion in enumerate(prepared.question.criteria):
        if criterion.aliases:
            groups = [found.get((place, group), _NOTHING) for group in range(len(criterion.aliases))]
            listed[criterion.id] = [*_by_terms(groups, said, prepared), *_turned(prepared, place, said)]
        else:
            listed[criterion.id] = list(_by_text(criterion, said, prepared.asked))
    return listed


_NOTHING = _Found()


def _is_against(prepared: Prepared, place: int, hit: Hit, said: Said) -> bool | None:
    """Whether a hit speaks against its criterion; None where it says nothing of it."""
    clause, text = said.clauses[hit.clause], said.folded[hit.clause]
    denied = hit.clause in said.denied
    if hit.term.is_contrary:
        negated = polarity.negates(clause.tokens, hit.last) or polarity.refused(clause.tokens, hit.last) or denied
        return None if negated or polarity.supposes(text) else True
    if prepared.partners[place] & opposites.roles(text) and not denied:
        return None
    return denied or _is_elsewhere(prepared, place, hit, said) or _is_refused(prepared, place, hit, said)


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
    own = tokens.fold(said.text[clause[hit.first].start : clause[hit.last - 1].end])
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


def _turned(prepared: Prepared, place: int, said: Said) -> Iterator[Reading]:
    """The sentences that say the criterion's own words with one of them turned round."""
    for sentence, text in said.sentences.items():
        used = tuple(number for number, clause in enumerate(said.clauses) if clause.sentence == sentence)
        words = {token.text for number in used for token in said.clauses[number].tokens}
        for rest, one, other in prepared.turned[place]:
            if len(rest & words) >= _NEARLY * len(rest) and other.search(text) and not one.search(text):
                yield Reading(said, 1.0, used, is_reversed=True, is_turned=True)


_NEARLY = 0.8


def _by_text(criterion: Criterion, said: Said, asked: frozenset[str]) -> Iterator[Reading]:
    by_sentence: dict[int, list[int]] = defaultdict(list)
    for number, clause in enumerate(said.clauses):
        by_sentence[clause.sentence].append(number)
    groups = list(by_sentence.values())
    for place, group in enumerate(groups):
        window = group + (groups[place + 1] if place + 1 < len(groups) else [])
        clauses = [said.clauses[number] for number in window]
        text = tokens.fold(said.text[clauses[0].start : clauses[-1].end])
        share, is_reversed = max(likeness(claim, clauses, text, asked) for claim in criterion.text.both)
        if share >= _SIMILAR_PARTIAL:
            yield Reading(said, 1.0 if share >= _SIMILAR_MET else 0.5, tuple(window), is_reversed)


def settle(found: Iterable[Reading], asked: frozenset[str]) -> tuple[Reading | None, bool]:
    """The reading that counts, and whether the answer ends up saying the contrary."""
    listed = list(found)
    plain = max((r for r in listed if not r.is_reversed), key=lambda r: r.rank, default=None)
    against = max((r for r in listed if r.is_reversed), key=lambda r: r.rank, default=None)
    if against is None or against.share < 1:
        if plain is not None and _is_taken_back(plain, asked):
            return plain, True
        return plain, False
    if plain is None or plain.share < 1:
        return against, True
    if plain.said is against.said and _turns(plain, against):
        return against, True
    return plain, False


def _turns(plain: Reading, against: Reading) -> bool:
    """Whether the contrary is what the answer ends up with: said first, or after a word of contrast or of taking back."""
    said, first, last = plain.said, plain.clauses[-1], against.clauses[-1]
    if against.is_turned and first <= last:
        return True
    low, high = sorted((first, last))
    retracted = said.retracted_at
    contrasted = any(low < at <= high for at in said.contrasts) or (retracted is not None and low <= retracted <= high)
    return contrasted if first < last else last < first and not contrasted


def _is_taken_back(plain: Reading, asked: frozenset[str]) -> bool:
    """Whether a claim is withdrawn: it stands right before a word of taking back, or is spoken of again after it."""
    said, at = plain.said, plain.said.retracted_at
    if at is None or plain.clauses[-1] >= at:
        return False
    if said.clauses[plain.clauses[-1]].sentence >= said.clauses[at].sentence - 1:
        return True
    claim = {
        token.text for number in plain.clauses for token in said.clauses[number].tokens if tokens.is_content(token.text)
    }
    after = {token.text for clause in said.clauses[at:] for token in clause.tokens}
    return len((claim - asked) & after) >= _SPOKEN_OF_AGAIN


_SPOKEN_OF_AGAIN = 2
