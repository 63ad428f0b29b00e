"""Attacks made from the questions, references, criteria and aliases of a bank."""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Criterion, Kind, Question
from interviewer.errors import BankError
from interviewer.evaluation.datasets import FalseClaim, find_question
from interviewer.evaluation.robustness import perturbations
from interviewer.evaluation.robustness.attacks import PHRASES, Attack, Family
from interviewer.text import tokenizer

REFERENCE, WRONG, CLAIMS = "the reference", "a wrong answer", "the claims alone"
_MOST_KEYWORDS = 4
_HALVED_FROM = 8
_FILLERS = 6

_Variants = Iterator[tuple[str, str, str]]
"""The name of an attack, its text, and the name of its base."""


def attacks_on(bank: Bank, by_hand: Sequence[FalseClaim] = ()) -> list[Attack]:
    """Every attack on every question, in each language that its reference is written in.

    Claims made false by exchanging words of a fixed table flatter a grader that knows the table, so they are tried only
    beside claims that were made false `by_hand`. Raises BankError if those are not of this bank.
    """
    attacks: list[Attack] = []
    for question in bank.questions:
        written = {Language.ZH: question.reference.zh, Language.EN: question.reference.en}
        for language in Language:
            if written[language].strip():
                attacks += _Target(bank, question, language).attacks(is_swapped=bool(by_hand))
    for claim in by_hand:
        question, language = find_question(bank, claim.question_id, claim.where), claim.asked_in(bank.language)
        if claim.criterion not in {criterion.id for criterion in question.rubric.of(Kind.CORE)}:
            raise BankError(*claim.where, f"question {question.id} has no core criterion {claim.criterion!r}")
        name = f"{claim.wording}: {claim.criterion}"
        attacks.append(Attack(name, Family.SWAPPED_BY_HAND, question, language, claim.text, "", claim.criterion))
    return attacks


class _Target:
    def __init__(self, bank: Bank, question: Question, language: Language) -> None:
        self.question, self.language = question, language
        self.core, self.mistakes = question.rubric.of(Kind.CORE), question.rubric.of(Kind.MISTAKE)
        self.asked, self.reference = question.text.into(language), question.reference.into(language)
        bare = "".join(character for character in self.asked if character not in "?？。")
        self.said = {name: texts[language].replace("{bare}", bare) for name, texts in PHRASES["sentences"].items()}
        self.said["filler"] *= _FILLERS
        # A question about something else: of another topic, where there is one.
        others = [other for other in bank.questions if other.topic != question.topic]
        others = others or [other for other in bank.questions if other is not question]
        self.other = others[bank.questions.index(question) % len(others)].reference.into(language) if others else ""
        # The usual mistakes; where none are known, what would be right elsewhere.
        elsewhere = "".join(perturbations.sentences(self.other)[:2]) or self.said["filler"]
        self.wrong = self.claims(self.mistakes) if self.mistakes else elsewhere

    def attacks(self, *, is_swapped: bool) -> Iterator[Attack]:
        for family, made in {
            Family.EMPTY: self.empty(),
            Family.INJECTION: self.injections(),
            Family.PERSUASION: self.persuasions(),
            Family.KEYWORDS: self.keywords(),
            Family.NEGATION: self.negations(),
            Family.WORSENED: self.worsened(),
            Family.HONEST: self.honest(),
        }.items():
            yield from (Attack(name, family, self.question, self.language, text, base) for name, text, base in made)
        for criterion in self.core if is_swapped else ():
            for way, text in perturbations.falsified(criterion.text.into(self.language)):
                name = f"{way}: {criterion.id}"
                yield Attack(name, Family.SWAPPED, self.question, self.language, text, "", criterion.id)

    def empty(self) -> _Variants:
        for name, template in PHRASES[Family.EMPTY].items():
            yield name, template.format(asked=self.asked, **self.said), ""
        if self.other:
            yield "another question's answer", self.other, ""

    def injections(self) -> _Variants:
        for name, text in PHRASES["injections"].items():
            yield name, text, ""
            yield f"{name}, after an echo", f"{self.asked}\n{text}", ""
            yield f"{name}, after a wrong answer", f"{self.wrong}\n{text}", WRONG

    def persuasions(self) -> _Variants:
        yield WRONG, self.wrong, ""
        for name, said in PHRASES["persuasions"].items():
            yield name, f"{self.wrong} {said[self.language]}", WRONG
        yield "long filler, wrong answer", f"{self.said['filler']}{self.wrong}", WRONG

    def keywords(self) -> _Variants:
        words = self.terms()
        for name, joint in (("commas", ", "), ("、", "、"), ("slashes", " / "), ("lines", "\n")):
            yield f"keywords between {name}", joint.join(words), ""
        yield "half of the keywords", "，".join(words[::2] if len(words) > _HALVED_FROM else words), ""
        for name, pieces in (("terms", _pieces(self.reference)), ("words", _pieces(self.reference, with_small=True))):
            self.chance().shuffle(pieces)
            yield f"the reference's {name}, shuffled", " ".join(pieces), ""

    def negations(self) -> _Variants:
        denied = perturbations.denied(self.reference, self.language)
        both_ways = (self.said["both_ways"].format(claim=criterion.text.into(self.language)) for criterion in self.core)
        yield "denied", denied, REFERENCE
        yield "said, then taken back", f"{self.reference} {self.said['taken_back']} {denied}", REFERENCE
        yield "hedged, both ways", "\n".join(both_ways), CLAIMS

    def worsened(self) -> _Variants:
        for name, left_out in self.losses():
            rest = [criterion for criterion in self.core if criterion not in left_out]
            if rest:
                yield f"without {name}", self.claims(rest), CLAIMS
        yield "a quarter of the reference", self.reference[: len(self.reference) // 4], REFERENCE
        if self.mistakes:
            yield "the usual mistakes added", f"{self.reference} {self.wrong}", REFERENCE
        exchanged = perturbations.exchange_opposites(self.reference)
        if exchanged != self.reference:
            yield "opposite words in the reference", exchanged, REFERENCE

    def losses(self) -> Iterator[tuple[str, Sequence[Criterion]]]:
        """The core criteria that cost credit if they are left out: each alone; of a group, as many as make it one short."""
        yield from ((criterion.id, (criterion,)) for criterion in self.core if not criterion.group)
        for group in self.question.groups:
            yield f"one of {group.id}", self.question.rubric.in_group(group)[group.choose - 1 :]

    def honest(self) -> _Variants:
        yield REFERENCE, self.reference, ""
        yield CLAIMS, self.claims(self.core), ""
        changed = {
            "typos": perturbations.typos(self.reference, self.chance()),
            "full width": perturbations.full_width(self.reference),
            "upper case": self.reference.upper(),
            "lines broken": perturbations.broken_lines(self.reference),
            "beside an injection": f"{self.reference}\n{PHRASES['injections']['chinese']}",
        }
        if self.question.reference.is_complete:
            other = Language.EN if self.language is Language.ZH else Language.ZH
            changed["the other language's reference"] = self.question.reference.into(other)
        if self.language is Language.ZH:
            changed["traditional characters"] = perturbations.traditional(self.reference)
        yield from ((name, text, REFERENCE) for name, text in changed.items())

    def claims(self, criteria: Iterable[Criterion]) -> str:
        stop = "。" if self.language is Language.ZH else ". "
        return "".join(f"{criterion.text.into(self.language)}{stop}" for criterion in criteria)

    def terms(self) -> list[str]:
        """A few short terms of each alias group, as a crammer would list them; without aliases, words of the criteria."""
        found: list[str] = []
        for criterion in self.question.criteria:
            for group in criterion.aliases if criterion.kind is not Kind.MISTAKE else ():
                own = [term for term in group if term.isascii() is (self.language is Language.EN) and "…" not in term]
                found += sorted(own, key=len)[:_MOST_KEYWORDS]
        if not found:
            found = [piece for criterion in self.core for piece in _pieces(criterion.text.into(self.language))]
        return list(dict.fromkeys(found))

    def chance(self) -> random.Random:
        return random.Random(self.question.id)  # noqa: S311 - the same slips each time, not secrets


def _pieces(text: str, *, with_small: bool = False) -> list[str]:
    """The words of a text; in Chinese, the stretches between its small words. The small words only if they are wanted."""
    found: list[str] = []
    for clause in tokenizer.clauses(text):
        for (is_content, is_cjk), grouped in groupby(
            clause.tokens, key=lambda token: (tokenizer.is_content(token.text), token.is_cjk)
        ):
            run = list(grouped)
            if is_content or with_small:
                stretches = [(run[0], run[-1])] if is_cjk else [(token, token) for token in run]
                found += [text[first.start : last.end] for first, last in stretches]
    return found
