"""A text as it is compared with another: its words by what they mean and where they point, its names, its terms."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from interviewer.grading.lexical import polarity, senses
from interviewer.text import tokenizer
from interviewer.text.glossary import Glossary
from interviewer.text.tokenizer import Clause, Token

_NAMED_A = re.compile(
    r"\band a\b(?!\s+[a-z]{2})|\ba and [b-z]\b|\ba, [b-z]\b|\b[a-z]{4,}s? a(?=\s*(?:[,.;]|$|\b(?:is|are|was|will|and|or|has|to|do|does|did|can|must|should)\b))"
)

# Between these, a sentence says one thing.
_JOINING = frozenset(("and", "but", "while", "whereas"))
# Others are words, or what is left of them.
_LETTER = re.compile("[b-hj-rt-z]")


@dataclass(frozen=True, eq=False)
class Compared:
    """A text as it is compared.

    `signs` are its content words, each with 1 where it is plain and -1 where it is negated; `written` says how each is
    written and `parts`, by number, in which parts of the sentences; `names` are the letters and numbers that it names;
    `terms` the entries of the glossary that it mentions, with the words that mention them; `refused` are those of the
    entries that it negates; `away` are the words of what something does away with. `points` says that a pronoun stands
    for something, `trails` that a clause negates what went before.
    """

    signs: Mapping[str, frozenset[int]]
    written: Mapping[str, frozenset[str]]
    parts: Mapping[str, frozenset[int]]
    shingles: frozenset[str]
    names: frozenset[str]
    terms: Mapping[int, frozenset[str]]
    refused: frozenset[int]
    away: frozenset[str]
    points: bool
    trails: bool

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(self.signs)

    @cached_property
    def negated(self) -> frozenset[str]:
        return frozenset(word for word, signs in self.signs.items() if -1 in signs)

    @cached_property
    def sides(self) -> Mapping[int, frozenset[int]]:
        """For each pair of contraries that it speaks of, the sides that it takes: what is not open is closed."""
        found: dict[int, set[int]] = defaultdict(set)
        for word in self.signs:
            for pair, taken in self.sides_of(word):
                found[pair].update(taken)
        return {pair: frozenset(taken) for pair, taken in found.items()}

    def sides_of(self, word: str) -> list[tuple[int, frozenset[int]]]:
        """The sides that are taken with one of its words, by the pair of contraries."""
        signs = self.signs[word]
        return [(pair, frozenset(side * sign for sign in signs)) for pair, side in senses.sides(word).items()]

    @property
    def is_han(self) -> bool:
        return 2 * sum(not word.isascii() for word in self.kinds) > len(self.kinds)


@lru_cache(maxsize=4096)
def of_text(text: str, known: Glossary) -> Compared:
    return of_clauses(tokenizer.clauses(text), tokenizer.fold(text), known)


def of_clauses(clauses: Sequence[Clause], folded: str, known: Glossary) -> Compared:
    signs: dict[str, set[int]] = defaultdict(set)
    written: dict[str, set[str]] = defaultdict(set)
    parts: dict[str, set[int]] = defaultdict(set)
    part = 0
    names = set(letters(clauses, folded))
    terms: dict[int, set[str]] = defaultdict(set)
    refused: set[int] = set()
    away: set[str] = set()
    points = trails = False
    for clause in clauses:
        trails = trails or polarity.negates_what_went_before(clause.tokens)
        negations = polarity.negations(clause.tokens)
        part += 1
        for place, token in enumerate(clause.tokens):
            points = points or token.word in senses.PRONOUNS
            word = senses.meant(token.word, token.text)
            part += token.word in _JOINING
            if word[0].isdigit() and place and clause.tokens[place - 1].word == "the":
                points = True  # as in "the two are alike"
            elif word[0].isdigit():
                names.add(word)
            if _is_compared(clause.tokens, place):
                refuses = negations > 0 and not token.is_cjk and polarity.refused(clause.tokens, place + 1)
                signs[word].add(-1 if polarity.negates(clause.tokens, place) or refuses else 1)
                written[word].add(token.word)
                parts[word].add(part)
                if polarity.is_done_away_with(clause.tokens, place):
                    away.add(word)
        for mention in known.mentions(clause.tokens):
            places = range(mention.first, mention.last)
            terms[mention.entry].update(
                senses.meant(clause.tokens[place].word, clause.tokens[place].text)
                for place in places
                if _is_compared(clause.tokens, place)
            )
            if polarity.negates(clause.tokens, mention.first):
                refused.add(mention.entry)
    return Compared(
        {word: frozenset(found) for word, found in signs.items()},
        {word: frozenset(found) for word, found in written.items()},
        {word: frozenset(found) for word, found in parts.items()},
        tokenizer.shingles(clauses),
        frozenset(names),
        {entry: frozenset(words) for entry, words in terms.items() if words},
        frozenset(refused),
        frozenset(away),
        points,
        trails,
    )


def letters(clauses: Iterable[Clause], folded: str) -> frozenset[str]:
    """The single letters that name things in a text, which is given folded too."""
    found = {token.text for clause in clauses for token in clause.tokens if _LETTER.fullmatch(token.text)}
    return frozenset(found | {"a"} if _NAMED_A.search(folded) else found)


def _is_compared(stretch: Sequence[Token], place: int) -> bool:
    text = stretch[place].text
    if text == "longer" and place and stretch[place - 1].text == "no":
        return False
    return (
        tokenizer.is_content(text) and text not in polarity.NEGATIONS and not polarity.is_negated_verb(stretch[place])
    )
