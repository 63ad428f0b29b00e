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
    def wants_examples(self) -> bool:
        return bool(_WANTS_EXAMPLES.search(tokenizer.fold(self.text)))

    def own(self, text: str) -> int:
        """How many content words of a text the question does not have."""
        said = tokenizer.words(_GENERIC.sub(" ", tokenizer.fold(text)))
        return len({word for word in said if tokenizer.is_content(word) and word not in self.words})
