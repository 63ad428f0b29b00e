"""Whether a reference answer says enough to grade by."""

import re
import unicodedata
from pathlib import Path

from interviewer.text import tokenizer
from interviewer.text.word_lists import WordLists

_WORDS = WordLists(Path(__file__).with_name("unwritten_answers.toml"))
_PLACEHOLDER = re.compile(
    r"(?:(?:to-?do|tbd|tbc|wip|fix-?me)\b.*"
    r"|(?:\(?(?:to|will) be (?:completed|added|continued|written|filled|updated|done|answered|determined|announced)|work in progress"
    r"|(?:coming|answer(?:s)? coming) soon|(?:contributions?|prs?|pull requests?)(?: (?:are|is))? welcome|help wanted|not (?:yet )?(?:answered|written)(?: yet)?|no answer(?: yet)?|under construction|in progress"
    r"|(?:(?:add|write|type|put|insert|enter|fill in|your|the|an|my|sample|example|place) )*(?:answer|solution|text|content)s?(?: goes)? (?:here|below)"
    r"|your answer|answer pending|pending|placeholder|lorem ipsum.*|blank|empty|n/?a|none)"
    r"|(?:答案|内容|此处|这里|稍后|后续|有空|以后|日后|暂时?)*(?:待|再|请|后续)?(?:补充?|完善|整理|更新|续|定|写|填写?|回答|解答)(?:答案|内容|中)?"
    r"|(?:答案)?(?:从?略|暂无|暂缺|暂空|未完(?:待续)?|无|空|同上|尚未(?:整理|完成|回答))(?:答案|内容)?|-+|—+|[.。…]+"
    rf"|{'|'.join(map(_WORDS.any_of, ('unwritten.promises', 'unwritten.unknown', 'unwritten.paid')))})[\s.。!！…)）]*",
    re.IGNORECASE,
)
_MARKS = " \t\n-*+•>_?？\"'“”`[(（【]）】):：<"
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
    pictures = "".join(char for char in text if unicodedata.category(char) in ("So", "Mn", "Cf"))
    bare = re.sub(r"^[-*+]?\s*\[[ xX]?\]\s*", "", text.strip()).strip(_MARKS + pictures)
    return len(text) < _LONGEST_PLACEHOLDER and (not bare or bool(_PLACEHOLDER.fullmatch(bare)))


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
