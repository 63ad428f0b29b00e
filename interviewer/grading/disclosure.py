"""What the words of an interviewer would give away: the wording of criteria, in whatever form it is said."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from interviewer.domain.rubric import Criterion, Question
from interviewer.grading.lexical.matching import TermIndex
from interviewer.text import tokenizer
from interviewer.text.glossary import glossary
from interviewer.text.spellings import spellings, stems_of
from interviewer.text.tokenizer import Clause

# From so much of the words of a claim that are not in the question on, the claim is told; one word alone never tells it.
_TOLD = 0.3
_LEAST_TOLD = 2
# So many letters of a word are enough to know it by, whatever ending it has.
_KNOWN_BY = 4
# A term of so many letters does not stand inside other words by chance; Chinese ones need fewer.
_LONG_LATIN, _LONG_CHINESE = 6, 2
# Letters one by one, as in "d-r-o-p" or "d r o p".
_SPELLED = re.compile(r"(?<![^\W_])[^\W\d_](?:[\W_]{1,3}[^\W\d_](?![^\W_])){2,}")

_Units = tuple[str, ...]


def leaks(question: Question, criterion: Criterion, text: str) -> list[str]:
    """The terms of a criterion that a text says and the question does not."""
    asked = " \n ".join(question.text.both)
    terms = [term for group in criterion.aliases for term in group]
    if not terms:
        terms = [word for claim in criterion.text.both for word in tokenizer.words(claim) if tokenizer.is_content(word)]
        terms = [term for term in terms if len(term) > 1]
    return [term for term in terms if says_term(text, term) and not says_term(asked, term)]


def says_term(text: str, term: str) -> bool:
    """Whether a text contains a term the way the lexical grader would find it."""
    return any(True for _ in TermIndex([(term, (0, 0))], spellings(stems_of([term]))).find(tokenizer.clauses(text)))


def disclosed(question: Question, text: str, known: Sequence[str] = ()) -> list[str]:
    """The aliases and claims, of any criterion, that a text says and neither the question nor the `known` texts say.

    An alias is found in any inflection, by any term of the glossary that means the same, and spelled out letter by
    letter; a claim, by a good part of its words.
    """
    whole = "\n".join((text, *_spelled_out(text)))
    allowed = "\n".join((*question.text.both, *known))
    found = []
    for criterion in question.criteria:
        aliases = (alias for group in criterion.aliases for alias in group)
        found += [alias for alias in aliases if _says(whole, alias) and not _says(allowed, alias)]
        found += [claim for claim in criterion.text.both if claim and _tells(claim, whole, allowed)]
    return found


def _says(text: str, alias: str) -> bool:
    runs = [run for part in alias.replace("...", "…").split("…") for run in _stretches(part)]
    stretches = _stretches(text)
    if runs and all(any(_stands_in(run, stretch) for stretch in stretches) for run in runs):
        return True
    term = _letters(alias)
    return len(term) >= (_LONG_LATIN if term.isascii() else _LONG_CHINESE) and term in _letters(text)


def _tells(claim: str, text: str, allowed: str) -> bool:
    """Whether a text says a good part of what a claim says beyond what is allowed."""
    new = _words_of(claim) - _words_of(allowed)
    told = {word for word in new if any(_is_form_of(word, other) for other in _words_of(text))}
    return len(told) >= _LEAST_TOLD and len(told) >= _TOLD * len(new)


@lru_cache(maxsize=8192)
def _stretches(text: str) -> tuple[_Units, ...]:
    """The clauses of a text as stems, Chinese characters, and the entries of the glossary that its terms belong to."""
    return tuple(tuple(_units(clause)) for clause in tokenizer.clauses(text))


def _units(clause: Clause) -> Iterator[str]:
    starts = {mention.first: mention for mention in glossary().mentions(clause.tokens)}
    at = 0
    while at < len(clause.tokens):
        mention = starts.get(at)
        yield f"#{mention.entry}" if mention else clause.tokens[at].text
        at = mention.last if mention else at + 1


@lru_cache(maxsize=8192)
def _words_of(text: str) -> frozenset[str]:
    """Its stems with content, its terms of the glossary, and its pairs of Chinese characters."""
    found: set[str] = set()
    for stretch in _stretches(text):
        plain = [unit if tokenizer.is_content(unit) else "" for unit in stretch]
        found.update(unit for unit in plain if unit.isascii() and unit)
        pairs = ((one, other) for one, other in pairwise(plain) if not one.isascii() and not other.isascii())
        found.update(one + other for one, other in pairs if one and other)
    return frozenset(found)


def _stands_in(run: _Units, stretch: _Units) -> bool:
    """Whether a clause has a run of units: Chinese characters side by side, the words of other languages in any order."""
    telling = [unit for unit in run if tokenizer.is_content(unit)]
    if telling and all(unit.isascii() for unit in run):
        return all(any(_is_form_of(unit, other) for other in stretch) for unit in telling)
    return any(
        all(_is_form_of(unit, stretch[start + place]) for place, unit in enumerate(run))
        for start in range(len(stretch) - len(run) + 1)
    )


def _is_form_of(unit: str, other: str) -> bool:
    """Whether two units are the same word, perhaps with different endings."""
    if unit == other or tokenizer.same_word(unit, other):
        return True
    short, long = sorted((unit, other), key=len)
    return len(short) >= _KNOWN_BY and short.isascii() and short.isalpha() and long.startswith(short)


def _spelled_out(text: str) -> list[str]:
    return ["".join(filter(str.isalpha, match)) for match in _SPELLED.findall(tokenizer.fold(text))]


@lru_cache(maxsize=8192)
def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, tokenizer.fold(text)))
