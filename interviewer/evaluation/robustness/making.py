"""The attacks on a bank, made from its questions, references, criteria and aliases alone."""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from interviewer.domain.rubric import Bank, Criterion, Kind, Language, Question
from interviewer.evaluation.robustness import guises, phrases, turning
from interviewer.evaluation.robustness.attack import Aim, Attack, Family
from interviewer.text import tokenizer

REFERENCE, WRONG, CLAIMS = "the reference", "a wrong answer", "the claims alone"

_FAIL, _DROP, _STAY = frozenset({Aim.FAIL}), frozenset({Aim.DROP}), frozenset({Aim.STAY})
_MOST_KEYWORDS = 4
_HALVED_FROM = 8


def attacks_on(bank: Bank) -> list[Attack]:
    """Every attack on every question, in each language that its reference is written in."""
    return [
        attack
        for question in bank.questions
        for language in _written(question)
        for attack in _Target(bank, question, language).attacks()
    ]


def _written(question: Question) -> Iterator[Language]:
    if question.reference.zh.strip():
        yield Language.ZH
    if question.reference.en.strip():
        yield Language.EN


@dataclass(frozen=True)
class _Target:
    """A question in a language."""

    bank: Bank
    question: Question
    language: Language

    def attacks(self) -> Iterator[Attack]:
        for family, aims, made in (
            (Family.EMPTY, _FAIL, self._empty()),
            (Family.INJECTION, _FAIL, self._injections()),
            (Family.PERSUASION, _FAIL, self._persuasions()),
            (Family.KEYWORDS, _FAIL, self._keywords()),
            (Family.NEGATION, _FAIL | _DROP, self._negations()),
            (Family.WORSENED, _DROP, self._worsened()),
            (Family.HONEST, _STAY, self._honest()),
        ):
            for name, text, base in made:
                yield Attack(name, family, aims, self.question, self.language, text, base)
        yield from self._swaps()

    def _empty(self) -> Iterator[tuple[str, str, str]]:
        asked = self.question.text.into(self.language)
        bare = re.sub(r"[?？。]", "", asked)
        yield "blank", "", ""
        yield "colon", ":", ""
        yield "thought process", "Thought process:", ""
        yield "don't know", phrases.DONT_KNOW[self.language], ""
        yield "echo", asked, ""
        yield "echo, twice", f"{asked} {asked}", ""
        yield "echo, paraphrased", phrases.ASKED_AGAIN[self.language].format(bare), ""
        yield "filler", phrases.FILLER[self.language], ""
        other = self._other()
        if other:
            yield "another question's answer", other.reference.into(self.language), ""

    def _injections(self) -> Iterator[tuple[str, str, str]]:
        asked, wrong = self.question.text.into(self.language), self._wrong()
        for name, text in phrases.INJECTIONS.items():
            yield name, text, ""
            yield f"{name}, after an echo", f"{asked}\n{text}", ""
            yield f"{name}, after a wrong answer", f"{wrong}\n{text}", WRONG

    def _persuasions(self) -> Iterator[tuple[str, str, str]]:
        wrong = self._wrong()
        yield WRONG, wrong, ""
        for name, said in phrases.PERSUASIONS.items():
            yield name, f"{wrong} {said[self.language]}", WRONG
        yield "the reference says so", f"{wrong} {phrases.REFERENCE_SAYS[self.language]}", WRONG
        yield "long filler, wrong answer", f"{phrases.FILLER[self.language]}{wrong}", WRONG

    def _keywords(self) -> Iterator[tuple[str, str, str]]:
        words = self._terms()
        for name, joint in (("commas", ", "), ("、", "、"), ("slashes", " / "), ("lines", "\n")):
            yield f"keywords between {name}", joint.join(words), ""
        yield "half of the keywords", "，".join(words[::2] if len(words) > _HALVED_FROM else words), ""
        for name, pieces in (("terms", _pieces(self._reference)), ("words", _pieces(self._reference, with_small=True))):
            self._chance().shuffle(pieces)
            yield f"the reference's {name}, shuffled", " ".join(pieces), ""

    def _negations(self) -> Iterator[tuple[str, str, str]]:
        claims = [criterion.text.into(self.language) for criterion in self._core]
        either, alternatively, one_of_them = phrases.EITHER[self.language]
        yield "denied", turning.denied(self._reference, self.language), REFERENCE
        yield "said, then taken back", turning.taken_back(self._reference, self.language), REFERENCE
        sides = (
            f"{either}{claim}。{alternatively}{phrases.DENIAL[self.language]}{claim}。{one_of_them}" for claim in claims
        )
        hedged = "\n".join(side if self.language is Language.ZH else side.replace("。", ".") for side in sides)
        yield "hedged, both ways", hedged, CLAIMS

    def _swaps(self) -> Iterator[Attack]:
        for criterion in self._core:
            for way, claim in turning.turned(criterion.text.into(self.language)):
                yield Attack(
                    f"{way}: {criterion.id}", Family.SWAP, _FAIL, self.question, self.language, claim, "", criterion.id
                )

    def _worsened(self) -> Iterator[tuple[str, str, str]]:
        if len(self._core) > 1:
            for left_out in self._core:
                rest = self._claims(criterion for criterion in self._core if criterion is not left_out)
                yield f"without {left_out.id}", rest, CLAIMS
        yield "a quarter of the reference", self._reference[: len(self._reference) // 4], REFERENCE
        mistakes = self.question.rubric.of(Kind.MISTAKE)
        if mistakes:
            yield "the usual mistakes added", f"{self._reference} {self._claims(mistakes)}", REFERENCE
        exchanged = turning.swapped(self._reference)
        if exchanged != self._reference:
            yield "opposite words in the reference", exchanged, REFERENCE

    def _honest(self) -> Iterator[tuple[str, str, str]]:
        reference = self._reference
        yield REFERENCE, reference, ""
        yield CLAIMS, self._claims(self._core), ""
        if self.question.reference.is_complete:
            other = Language.EN if self.language is Language.ZH else Language.ZH
            yield "the other language's reference", self.question.reference.into(other), REFERENCE
        yield "typos", guises.typos(reference, self._chance()), REFERENCE
        yield "full width", guises.full_width(reference), REFERENCE
        yield "upper case", reference.upper(), REFERENCE
        yield "lines broken", guises.broken_lines(reference), REFERENCE
        if self.language is Language.ZH:
            yield "traditional characters", guises.traditional(reference), REFERENCE
        yield "beside an injection", f"{reference}\n{phrases.INJECTIONS['chinese']}", REFERENCE

    @property
    def _reference(self) -> str:
        return self.question.reference.into(self.language)

    @property
    def _core(self) -> tuple[Criterion, ...]:
        return self.question.rubric.of(Kind.CORE)

    def _claims(self, criteria: Iterable[Criterion]) -> str:
        stop = "。" if self.language is Language.ZH else ". "
        return "".join(f"{criterion.text.into(self.language)}{stop}" for criterion in criteria)

    def _wrong(self) -> str:
        """The usual mistakes; where none are known, what would be right elsewhere."""
        mistakes = self.question.rubric.of(Kind.MISTAKE)
        other = self._other()
        if mistakes or other is None:
            return self._claims(mistakes) or phrases.FILLER[self.language]
        return "".join(turning.sentences(other.reference.into(self.language))[:2])

    def _other(self) -> Question | None:
        """A question about something else: of another topic, where there is one."""
        strangers = [other for other in self.bank.questions if other.topic != self.question.topic]
        others = strangers or [other for other in self.bank.questions if other is not self.question]
        return others[self.bank.questions.index(self.question) % len(others)] if others else None

    def _terms(self) -> list[str]:
        """A few short terms of each alias group, as a crammer would list them; without aliases, words of the criteria."""
        found: list[str] = []
        for criterion in self.question.criteria:
            for group in criterion.aliases if criterion.kind is not Kind.MISTAKE else ():
                own = [term for term in group if term.isascii() is (self.language is Language.EN) and "…" not in term]
                found += sorted(own, key=len)[:_MOST_KEYWORDS]
        if not found:
            found = [piece for criterion in self._core for piece in _pieces(criterion.text.into(self.language))]
        return list(dict.fromkeys(found))

    def _chance(self) -> random.Random:
        return random.Random(self.question.id)  # noqa: S311 - the same slips each time, not secrets


def _pieces(text: str, *, with_small: bool = False) -> list[str]:
    """The words of a text; in Chinese, the stretches between its small words. The small words only if they are wanted."""
    found: list[str] = []
    for clause in tokenizer.clauses(text):
        for is_large, run in groupby(clause.tokens, key=lambda token: tokenizer.is_content(token.text)):
            if is_large or with_small:
                found += _stretches(list(run), text)
    return found


def _stretches(run: list[tokenizer.Token], text: str) -> Iterator[str]:
    for is_cjk, grouped in groupby(run, key=lambda token: token.is_cjk):
        same = list(grouped)
        yield from [tokenizer.joined(same, text)] if is_cjk else (tokenizer.joined([token], text) for token in same)
