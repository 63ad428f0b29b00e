"""One thing that a reference answer says, beside what the question says already."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from interviewer.domain.rubric import Kind
from interviewer.text import tokenizer

# What these say of a thing is that it is one.
_GENERIC = re.compile(
    r"一[个种类项]模型|一[个种类项]|这[个种样些]|通常|一般|并不|该|此|并|会|能|可以?|应该?|需要?|将|由于|因为?|所以?|则|但|每|某|些|什么|怎么|如何|很|都|还|所有"
    r"|技术|方法|方式|过程|概念|问题|情况|工作原理|东西"
    r"|\b(?:techniques?|methods?|approach(?:es)?|ways?|things?|kinds?|types?|sorts?|concepts?|process(?:es)?)\b"
)
_WANTS_EXAMPLES = re.compile(
    r"举.{0,4}例|例子|列举|举个|哪些|哪几|\b(?:examples?|e\.g|instances?|list|name|which|give|what are)\b"
)


_COMPARES = re.compile(
    r"区别|不同|差异|对比|比较|异同|\b(?:differ|differences?|compare|comparison|versus|vs|distinguish|contrast)\b"
)
_WANTS_LABELS = re.compile(
    r"哪|有什么|有何|多了什么|几[种个类]|怎|如何|为什么|为何|步骤|流程|过程|方法|优[点势]|缺点|好处|原因|特[点性]|列举|举|条件|阶段|方案|说明.{0,30}种"
    r"|\b(?:which|how|why|what are|list|name|types?|kinds?|steps?|ways?|reasons?|advantages?|benefits?|features?|propert(?:y|ies)|stages?|principles?)\b"
)
_NUMERALS = {
    **{sign: number for number, sign in enumerate("一二三四五六", 1)},
    "两": 2,
    "俩": 2,
    **{str(n): n for n in range(1, 7)},
    **{word: number for number, word in enumerate("one two three four five six".split(), 1)},
}
_AN_EXAMPLE = re.compile(r"举(?:出)?(?:个|一[个例]).{0,12}例?|\b(?:an|one) example of\b|\bgive an example\b")
_ANY_OF = re.compile(
    r"(?:至少|任意|任选|任[说举列]|列举|列出|举|说出|写出|给出|说)(?:出|至少|任意)*\s*(?P<zh>[一二两三四五六1-6])\s*(?:个|种|点|条|项|类|例|样)"
    r"|\b(?:name|give|list|mention|any|at least|describe|state)\s+(?:any\s+|at least\s+|up to\s+)*(?P<en>one|two|three|four|five|six|[1-6])\b"
)


# What makes a question of its words.
_ASKING = re.compile(rf"{_GENERIC.pattern}|包[括含]|具?有|哪[些几个]*|几[个种]|多少|为何|[是吗呢]|方面|主要")
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
