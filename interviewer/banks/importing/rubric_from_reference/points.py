"""The things that a reference answer says beside what the question says already, and the few of them that are judged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby, pairwise

from interviewer.banks.importing.rubric_from_reference.prose import WORDS, is_chinese
from interviewer.domain.rubric import Kind
from interviewer.text import tokenizer

# Words of a statement that only say that a thing is one.
_GENERIC = re.compile(WORDS.any_of("question.generic"))
_ASKING = re.compile(f"{_GENERIC.pattern}|{WORDS.any_of('question.asking')}")
_WANTS_EXAMPLES = re.compile(WORDS.any_of("question.wants_examples"))
_AN_EXAMPLE = re.compile(WORDS.any_of("question.wants_one_example"))
_COMPARES = re.compile(WORDS.any_of("question.compares"))
_WANTS_LABELS = re.compile(WORDS.any_of("question.wants_labels"))
_NUMERALS = {
    **{sign: number for number, sign in enumerate("一二三四五六", 1)},
    "两": 2,
    "俩": 2,
    **{str(n): n for n in range(1, 7)},
    **{word: number for number, word in enumerate("one two three four five six".split(), 1)},
}
_ANY_OF = re.compile(
    r"(?:至少|任意|任选|任[说举列]|列举|列出|举|说出|写出|给出|说)(?:出|至少|任意)*\s*(?P<zh>[一二两三四五六1-6])\s*(?:个|种|点|条|项|类|例|样)"
    r"|\b(?:name|give|list|mention|any|at least|describe|state)\s+(?:any\s+|at least\s+|up to\s+)*(?P<en>one|two|three|four|five|six|[1-6])\b"
)


_MOST_OF_IT = 0.7


@dataclass(frozen=True, slots=True)
class ReferencePoint:
    """One thing that a reference says.

    `made` says how it was come by: "list item", "sentence", "clause", "contrast" or "name in a list".
    `aliases` are as in a criterion; only names have them, for whatever else is said can be said in other words.
    `origin` counts the sentence of the reference that it is from, so that parts of one sentence can be joined again.
    """

    text: str
    made: str
    weight: float = 1.0
    kind: Kind = Kind.CORE
    aliases: tuple[tuple[str, ...], ...] = ()
    origin: int = field(default=0, compare=False)


@dataclass(frozen=True)
class AskedQuestion:
    """A question, as far as its words are worth nothing in an answer."""

    text: str

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(tokenizer.words(self.text))

    @cached_property
    def compares(self) -> bool:
        return bool(_COMPARES.search(tokenizer.fold(self.text)))

    @cached_property
    def names(self) -> frozenset[str]:
        """The words in Latin letters that are asked about."""
        return frozenset(word for word in tokenizer.words(self.text) if word.isascii() and tokenizer.is_content(word))

    @cached_property
    def wanted(self) -> int:
        """How many of all that could be said are enough, or 0."""
        folded = tokenizer.fold(self.text)
        found = _ANY_OF.search(folded)
        return _NUMERALS.get(found["zh"] or found["en"], 0) if found else int(bool(_AN_EXAMPLE.search(folded)))

    @cached_property
    def wants_labels(self) -> bool:
        """Whether names, steps or reasons are asked for, which is what stands before a colon in a list of them."""
        return not self.compares and bool(_WANTS_LABELS.search(tokenizer.fold(self.text)))

    @cached_property
    def wants_examples(self) -> bool:
        return bool(_WANTS_EXAMPLES.search(tokenizer.fold(self.text)))

    def is_strange(self, text: str, words: re.Pattern[str]) -> bool:
        """Whether a text has one of the words, and the question has not."""
        found = set(words.findall(tokenizer.fold(text)))
        return bool(found and found - set(words.findall(tokenizer.fold(self.text))))

    def restated(self, text: str) -> bool:
        """Whether a text says hardly more than most of the question again."""
        asked = set(filter(tokenizer.is_content, tokenizer.words(_ASKING.sub(" ", tokenizer.fold(self.text)))))
        common = asked.intersection(tokenizer.words(text))
        is_new = self.own(text) >= max(1, len(asked) // 4)
        return bool(asked) and not is_new and len(common) >= _MOST_OF_IT * len(asked)

    def own(self, text: str) -> int:
        """How many content words of a text the question does not have."""
        said = tokenizer.words(_GENERIC.sub(" ", tokenizer.fold(text)))
        return len({word for word in said if tokenizer.is_content(word) and word not in self.words})


MOST_POINTS = 7
_NAME = "name in a list"
_RATIO = 3.0  # no criterion weighs more than so many times another


def distinct_points(points: Sequence[ReferencePoint]) -> list[ReferencePoint]:
    """All that is told: no two points alike, and names in groups."""
    found: dict[tuple[str, ...], ReferencePoint] = {}
    for point in points:
        found.setdefault(tokenizer.words(point.text), point)
    listed = [point for words, point in found.items() if words]
    if all(point.kind is not Kind.CORE for point in listed):
        listed = [replace(point, kind=Kind.CORE) for point in listed]
    return _grouped(listed)


def most_telling(points: Sequence[ReferencePoint], asked: AskedQuestion) -> list[ReferencePoint]:
    """At most MOST_POINTS points, the least telling left out."""
    listed = distinct_points(points)
    ranks = [(p.kind is not Kind.CORE, -p.weight, asked.own(p.text) <= 2, place) for place, p in enumerate(listed)]
    listed = [listed[place] for place in sorted(rank[-1] for rank in sorted(ranks)[:MOST_POINTS])]
    least = max((point.weight for point in listed), default=0) / _RATIO
    return [replace(point, weight=max(point.weight, least)) for point in listed]


def _grouped(points: list[ReferencePoint]) -> list[ReferencePoint]:
    """Names that find no room one by one: those of one head in groups as large as they must be, those of several by head."""
    names = [point for point in points if point.made == _NAME]
    room = max(1, MOST_POINTS - sum(point.made != _NAME for point in points))
    if len(names) <= room:
        return points
    heads = [list(group) for _, group in groupby(names, key=lambda point: point.origin)]
    if len(heads) == 1:
        bounds = [round(n * len(names) / room) for n in range(room + 1)]
        heads = [names[start:end] for start, end in pairwise(bounds)]
    between = "、" if is_chinese(names[0].text) else ", "
    joined = iter(
        replace(
            group[0],
            text=between.join(point.text for point in group),
            weight=min(sum(point.weight for point in group), _RATIO),
            aliases=tuple(one for point in group for one in point.aliases),
        )
        for group in heads
    )
    first = {id(group[0]) for group in heads}
    return [
        next(joined) if point.made == _NAME else point for point in points if point.made != _NAME or id(point) in first
    ]
