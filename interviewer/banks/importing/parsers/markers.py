"""What the beginning and the wording of a line say: a number, a question, the beginning of an answer, a way back."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from interviewer.text.word_lists import WordLists

WORDS = WordLists(Path(__file__).with_name("heading_and_column_words.toml"))

_ASKS = re.compile(
    r"(?:[【\[(（]\s*)?(?:第\s*)?(?:follow[ -]?up\s+)?(?:question|问题|面试题|题目|提问|题|(?:面试官|考官)?追?问|q)\s*[#.]?\s*"
    r"(?:(?P<number>\d{1,4}|[一二三四五六七八九十百]{1,5})(?:[_-](?:\d{1,2}|[a-z]|续|追问)|续)?\s*(?:[】\])）]\s*)?(?:[.．、)）:：]|[-—]|\s|$)"
    r"|[】\])）]\s*[:：]?|[:：]|(?<=q)\.(?=\s))[:：]?\s*",
    re.IGNORECASE,
)
_NTH = re.compile(r"第\s*(?P<number>\d{1,4}|[一二三四五六七八九十百]{1,5})\s*[题问]\s*(?:[.．、)）:：]|\s|$)\s*")
_NUMBERS = ((1, _NTH), (1, _ASKS), *enumerate(map(re.compile, WORDS.section("numbers")["kinds"]), 2))

# A blank to fill in asks, and so does a choice of true and false; the brackets of a call, `wait()`, do not.
_BLANK = r"_{3,}|[(（]\s*(?:[Tt]rue|T|对|正确|√)\W+(?:[Ff]alse|F|错误?|×)\s*[)）]|(?:（|\((?=\s)|(?<![A-Za-z0-9_\])>])\()[\s\u3000]*[)）][。．]?$"
_QUESTION_MARK = re.compile(rf"[？]|{_BLANK}|\S ?\?$|\S\?(?=\s|$|[)）\]】」”\"'*]|[\u4e00-\u9fff])")
_ASKS_ZH = re.compile(rf"{WORDS.any_of('asks.zh')}(?=..)")
_ASKS_ZH_ANYWHERE = re.compile(WORDS.any_of("asks.inside_zh"))
_ASKS_EN = re.compile(
    rf"{WORDS.any_of('asks.en')}\b|{WORDS.any_of('asks.tasks_en')}\s+{WORDS.any_of('asks.objects_en')}\b", re.IGNORECASE
)

_ANSWER_WORD = WORDS.any_of("answers.words")
_ANSWER = re.compile(
    rf"[\[【(（「]?\s*(?P<word>{_ANSWER_WORD})\s*(?P<number>\d{{1,4}}|[一二三四五])?\s*"
    r"(?:[\]】)）」]\s*[:：]?|[:：]|(?<=ans)\s*[.\-–—](?=\s))\s*",
    re.IGNORECASE,
)
_ANSWER_ALONE = re.compile(rf"[\[【(（「]?\s*{_ANSWER_WORD}\s*\d{{0,4}}\s*[\]】)）」]?\s*[:：]?\s*", re.IGNORECASE)
INLINE_ANSWER = re.compile(
    r"(?<=[?？。.!！])\s*(?:参考答案|答案|答|A|Answer|Ans)\s*[:：]\s*"
    # flash cards in notes; std::vector is none
    r"|(?<=[?？\u4e00-\u9fff])::(?=[^\x00-\x7f]|\s)|(?<=\s)::(?=\s)"
)
URL = re.compile(r"<?https?://\S+>?")
_POINTER = re.compile(WORDS.any_of("beside.pointers"), re.IGNORECASE)
_BRACKETED_POINTER = re.compile(rf"\s*[\[【［]\s*{WORDS.any_of('beside.bracketed')}\s*[\]】］]\s*", re.IGNORECASE)
_BADGE = re.compile(r"\s*[(（\[【]\s*[★☆⭐🌟🔥\ufe0f]+\s*[)）\]】][。.]?$")
_REMARK = re.compile(WORDS.any_of("beside.remarks"), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberedText:
    """A text without the number before it. `kind` tells ways of numbering apart; 0 is no number, 1 says "question"."""

    number: str
    text: str
    kind: int

    @property
    def says_question(self) -> bool:
        return self.kind == 1


def numbered(text: str) -> NumberedText:
    """The number in front of a text, and the text without it and without the pictures around it."""
    bare = undecorated(text)
    for kind, pattern in _NUMBERS:
        if (found := pattern.match(bare)) and (kind == 1 or not bare.startswith(("/", "%"), found.end())):
            rest = undecorated(bare[found.end() :])
            inner = numbered(rest) if kind == 4 else None
            return NumberedText(found["number"] or "", inner.text if inner and inner.kind == 1 else rest, kind)
    return NumberedText("", bare, 0)


def undecorated(text: str) -> str:
    """Without the emoji and stars at both ends, also those in brackets at the right one."""
    text = _BADGE.sub("", text)
    start, end = 0, len(text)
    while start < end and _decorates(text[start]):
        start += 1
    while end > start and _decorates(text[end - 1]):
        end -= 1
    return text[start:end]


def _decorates(char: str) -> bool:
    is_sign = char >= "\u2000" and unicodedata.category(char) in ("So", "Sk")
    return is_sign or char.isspace() or char in "\ufe0f\u200d\u200b"


def is_asking(text: str) -> bool:
    """Whether a text without its number is worded as a question or a task."""
    head = text[:400]
    if _QUESTION_MARK.search(head):
        return True
    if text.endswith(("。", "；", ";", "：")) and len(text) > 60:
        return False
    parts = (head, re.split(r"[.。]\s*(?=\S)", head[:200])[-1])
    if any(_ASKS_ZH.match(part) or _ASKS_EN.match(part) for part in parts):
        return True
    return len(text) <= 60 and not text.endswith("。") and bool(_ASKS_ZH_ANYWHERE.search(text))


def is_one_of(name: str, text: str) -> bool:
    """Whether a text is nothing but what one of a list of patterns fits, in capitals or not."""
    return bool(_whole(name).fullmatch(text))


@cache
def _whole(name: str) -> re.Pattern[str]:
    return re.compile(WORDS.any_of(name), re.IGNORECASE)


def is_question_mark(text: str) -> bool:
    """Whether a text has a question mark that ends a question."""
    return bool(_QUESTION_MARK.search(text[:400]))


def answer_label(text: str) -> str | None:
    """The text after a lead-in (`答：`), or None where no answer begins. A numbered answer of several keeps its lead-in."""
    bare = undecorated(text)
    if bare in ("?", "??", "%"):  # between the two sides of a flash card
        return ""
    if found := _ANSWER.match(bare):
        is_several = found["number"] and found["word"].lower() not in ("a", "ans", "答")
        return bare if is_several else bare[found.end() :]
    if len(bare) > 1 and _ANSWER_ALONE.fullmatch(bare) and not bare.lower().startswith(("a ", "a1", "解")):
        return ""
    return None


def without_label(text: str) -> str:
    label = answer_label(text)
    return text if label is None else label


def is_letter(text: str) -> bool:
    """Whether an answer's lead-in is an `A:` that could as well be a choice, beside `B:`."""
    found = _ANSWER.match(undecorated(text))
    return found is not None and found["word"].lower() == "a" and not found["number"]


def unfolds(text: str) -> bool:
    """Whether the words of a fold only say that something is inside, an answer mostly."""
    bare = undecorated(text).strip(" :：.。!！▶▼>*")
    return is_one_of("answers.unfolds", bare) or bool(_ANSWER_ALONE.fullmatch(bare))


def is_remark(text: str) -> bool:
    """Whether what stands behind a question mark is still about the question: `(in Java)`, `至少说出三点`."""
    found = _REMARK.match(text)
    return found is not None and (found.end() == len(text.rstrip(" .。")) or text[0] not in "(（")


def topic_of(text: str) -> str:
    """The name of a topic in a heading: without its number and the signs around it."""
    bare = numbered(text).text or text
    return re.sub(r"^\[\W*\]\s*|\s*[:：]$", "", bare) or bare


def points_only(text: str) -> bool:
    """Whether the words beside a link say no more than that there is one."""
    return not re.sub(r"[\W_\d]+", "", _POINTER.sub("", URL.sub("", text)))


def without_pointers(text: str) -> str:
    """A text without the links in brackets that say no more than "[source]"."""
    return _BRACKETED_POINTER.sub(" ", text).strip()
