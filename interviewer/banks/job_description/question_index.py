"""Questions of banks found by what they share with a text in either language: glossary terms, names, and rare words."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized
from interviewer.text import tokenizer
from interviewer.text.glossary import glossary

# What is asked tells more of a question than what stands in its answer.
_WORTH_OF_ANSWER = 0.5
# A term of more of the questions than this says of none what it is about.
_COMMON_SHARE = 0.15
_COMMON_LEAST = 3


@dataclass(frozen=True, slots=True)
class IndexedQuestion:
    """A question as `bank/question`, with the units of its own words and of its answer's."""

    name: str
    text: Localized
    asked: frozenset[str]
    answer: frozenset[str]


class QuestionIndex:
    """The questions of some banks. A unit is a glossary entry (`#12`), a stem, or a pair of Chinese characters."""

    def __init__(self, banks: Sequence[Bank]) -> None:
        self._questions: list[IndexedQuestion] = []
        for bank in banks:
            for question in bank.questions:
                topics = [bank.topic_title(question.topic, side) for side in Language]
                asked = _units("\n".join([*question.text.both, *topics]))
                claims = (text for criterion in question.criteria for text in criterion.text.both)
                answer = _units("\n".join([*question.reference.both, *claims])) - asked
                self._questions.append(IndexedQuestion(f"{bank.id}/{question.id}", question.text, asked, answer))
        self._frequency = Counter(unit for one in self._questions for unit in one.asked | one.answer)
        self._names = frozenset(unit for one in self._questions for unit in one.asked if unit.isascii())
        self._common = max(_COMMON_LEAST, int(_COMMON_SHARE * len(self._questions)))

    def terms(self, text: str) -> frozenset[str]:
        """The terms in a text: those of the glossary, and names of which a question asks."""
        units = _units(text)
        return frozenset(unit for unit in units if unit.startswith("#")) | (_names(text) & units & self._names)

    def sharing_terms(self, text: str) -> list[IndexedQuestion]:
        """The questions that ask of a term of the text, one that not every other question has; the nearest first."""
        terms = {term for term in self.terms(text) if self._frequency[term] <= self._common}
        return [one for one in self.nearest(text) if terms & one.asked]

    def nearest(self, text: str) -> list[IndexedQuestion]:
        """The questions that share anything with a text; those that share most of what is rare first."""
        units = _units(text)
        worth = {
            one.name: self._weight(units & one.asked) + self._answer(units & one.answer) for one in self._questions
        }
        found = [one for one in self._questions if worth[one.name] > 0]
        return sorted(found, key=lambda one: -worth[one.name])

    def _answer(self, units: frozenset[str]) -> float:
        return _WORTH_OF_ANSWER * self._weight(units)

    def _weight(self, units: frozenset[str]) -> float:
        return sum(math.log(1 + len(self._questions) / self._frequency[unit]) for unit in units)


def _units(text: str) -> frozenset[str]:
    found: set[str] = set()
    known = glossary()
    for clause in tokenizer.clauses(text):
        rest = list(clause.tokens)
        for mention in reversed(list(known.mentions(clause.tokens))):
            found.add(f"#{mention.entry}")
            del rest[mention.first : mention.last]
        found |= {
            token.text
            for token in rest
            if not token.is_cjk and len(token.text) > 1 and tokenizer.is_content(token.text)
        }
        found |= {
            one.text + other.text
            for one, other in pairwise(rest)
            if one.is_cjk and one.end == other.start and other.is_cjk
        }
    return frozenset(found)


def _names(text: str) -> frozenset[str]:
    """The stems of words that are spelled like names: with a capital letter that begins no sentence, or with a digit."""
    return frozenset(
        token.text
        for clause in tokenizer.clauses(text)
        for place, token in enumerate(clause.tokens)
        if not token.is_cjk and any(sign.isupper() for sign in text[token.start + (place == 0) : token.end])
    )
