"""Whether a reference answer says enough to grade by."""

import re

from interviewer.text import tokenizer

_PLACEHOLDER = re.compile(
    r"\s*(?:to-?do|tbd|tbc|wip|fix-?me)\b|\s*(?:待(?:补充?|完善|整理|续|定|写|填)|略|暂无|暂缺|未完|无|同上|n/?a|none|-+|—+|[.。…]+)[\s.。!！…]*$",
    re.IGNORECASE,
)
_LONGEST_PLACEHOLDER = 80
_LEAST_OWN = 2
_LINK = re.compile(r"!?\[[^\]]*\]\([^)]*\)|<?(?:https?://|www\.)[^\s>）)，。]+>?", re.IGNORECASE)
# What people write around a link that is the whole answer.
_POINTING = frozenset(
    word
    for text in (
        "see more read here at link links answer article blog post details source wiki page docs reference note refer",
        "见详参考看链接答案这里文章博客详情来源原文请点击如下以下地址",
    )
    for word in tokenizer.words(text)
)


def is_placeholder(text: str) -> bool:
    """Whether a text only says that the answer is still to be written."""
    return len(text) < _LONGEST_PLACEHOLDER and bool(_PLACEHOLDER.match(text))


def is_only_a_link(text: str) -> bool:
    """Whether nothing is left of a text without its links and the words that point at them."""
    rest = _LINK.sub(" ", text)
    return rest != text and not any(
        tokenizer.is_content(word) and word not in _POINTING for word in tokenizer.words(rest)
    )


def says_too_little(text: str, asked: str) -> bool:
    """Whether a text has hardly a word that the question does not have."""
    known = frozenset(tokenizer.words(asked))
    own = [word for word in tokenizer.words(text) if tokenizer.is_content(word) and word not in known]
    return len(own) < _LEAST_OWN
