"""Which reading of a claim counts, where an answer may say it, deny it and take it back."""

from collections.abc import Iterable

from interviewer.grading.lexical import opposites, polarity
from interviewer.grading.lexical.said import Reading
from interviewer.text import tokenizer

_SPOKEN_OF_AGAIN = 2


def settle(found: Iterable[Reading], asked: frozenset[str]) -> tuple[Reading | None, bool]:
    """The reading that counts, and whether the answer ends up saying the contrary."""
    listed = list(found)
    plain = max((r for r in listed if not r.is_reversed), key=lambda r: r.rank, default=None)
    against = max((r for r in listed if r.is_reversed), key=lambda r: r.rank, default=None)
    if against is None or against.share < 1:
        return plain, plain is not None and (_is_taken_back(plain, asked) or _is_spoken_against(plain, asked))
    if plain is None or plain.share < 1:
        return against, True
    if plain.said is against.said and (plain.said.is_hedged or _turns(plain, against)):
        return against, True
    return plain, _is_spoken_against(plain, asked)


def _turns(plain: Reading, against: Reading) -> bool:
    """Whether the contrary is what the answer ends up with: said first, or after a word of contrast or of taking back."""
    said, first, last = plain.said, plain.clauses[-1], against.clauses[-1]
    if against.is_turned and first <= last:
        return True
    low, high = sorted((first, last))
    retracted = said.retracted_at
    contrasted = any(low < at <= high for at in said.contrasts) or (retracted is not None and low <= retracted <= high)
    return contrasted if first < last else last < first and not contrasted


def _is_spoken_against(plain: Reading, asked: frozenset[str]) -> bool:
    """Whether a word of contrast follows, after which a clause speaks of the claim again and points the other way."""
    said = plain.said
    begins = next((at for at in said.contrasts if at > plain.clauses[-1]), None)
    if begins is None:
        return False
    own = _content(plain) - asked
    claimed = [said.folded[number] for number in plain.clauses]
    negated = sum(polarity.negations(said.clauses[number].tokens) for number in plain.clauses) % 2
    for number in range(begins, len(said.clauses)):
        clause = said.clauses[number]
        again = own & {token.text for token in clause.tokens}
        if _weight(again) >= _SPOKEN_OF_AGAIN and (
            polarity.negations(clause.tokens) % 2 != negated or opposites.points_against(claimed, said.folded[number])
        ):
            return True
    return False


def _content(reading: Reading) -> frozenset[str]:
    """The words that a reading was made of."""
    stretches = (reading.said.clauses[number].tokens for number in reading.clauses)
    return frozenset(token.text for stretch in stretches for token in stretch if tokenizer.is_content(token.text))


def _weight(words: Iterable[str]) -> float:
    """How telling words are: a Chinese character is half a word."""
    return sum(1.0 if word.isascii() else 0.5 for word in words)


def _is_taken_back(plain: Reading, asked: frozenset[str]) -> bool:
    """Whether a claim is withdrawn: it stands right before a word of taking back, or is spoken of again after it."""
    said, at = plain.said, plain.said.retracted_at
    if at is None or plain.clauses[-1] >= at:
        return False
    if said.clauses[plain.clauses[-1]].sentence >= said.clauses[at].sentence - 1:
        return True
    after = {token.text for clause in said.clauses[at:] for token in clause.tokens}
    return len((_content(plain) - asked) & after) >= _SPOKEN_OF_AGAIN
