"""What the beginning and the wording of a line say: a number, a question, the beginning of an answer, a way back."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from interviewer.text.word_lists import WordLists

WORDS = WordLists(Path(__file__).with_name("words.toml"))

_HAN_NUMBER = "[一二三四五六七八九十百]{1,5}"
_STOP = r"[.．、)）:：]"
# Han characters that count things: "3 个线程" begins with no number of a question.
_COUNTED = "个次种层级位条步类大台张天年月日款道页行字倍"

_ASKS = re.compile(
    r"(?:[【\[(（]\s*)?(?:第\s*)?(?:question|问题|面试题|题目|提问|题|问|q)\s*[#.]?\s*"
    rf"(?:(?P<number>\d{{1,4}}|{_HAN_NUMBER})\s*(?:[】\])）]\s*)?(?:{_STOP}|[-—]|\s|$)|[】\])）]\s*[:：]?|[:：]|(?<=q)\.(?=\s))[:：]?\s*",
    re.IGNORECASE,
)
_NTH = re.compile(rf"第\s*(?P<number>\d{{1,4}}|{_HAN_NUMBER})\s*[题问]\s*(?:{_STOP}|\s|$)\s*")
# The place in this list is the kind of a number: (1) is not numbered as 1. is.
_NUMBERS = (
    re.compile(rf"[(（\[【](?P<number>\d{{1,4}})[)）\]】]\s*{_STOP}?\s*"),
    re.compile(rf"[(（\[【](?P<number>{_HAN_NUMBER})[)）\]】]\s*{_STOP}?\s*"),
    re.compile(rf"(?P<number>\d{{1,4}}(?:\.\d{{1,3}}){{0,3}})\s?{_STOP}(?!\d)\s*"),
    re.compile(rf"(?P<number>{_HAN_NUMBER})[、.．]\s*"),
    re.compile(r"#(?P<number>\d{1,4})[.:：]?\s+"),
    re.compile(r"(?P<number>[①-⑳])\s*"),
    re.compile("(?P<number>\\d)\ufe0f?\u20e3\\s*"),
    re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2})+)\s+"),
    re.compile(rf"(?P<number>\d{{1,3}})\s+(?=[\u4e00-\u9fff])(?![{_COUNTED}])"),
    re.compile(r"(?P<number>\d{1,3})\s+(?=(?:what|why|how|when|explain|describe|which)\b)", re.IGNORECASE),
)

_QUESTION_MARK = re.compile(r"[？]|\S ?\?$|\S\?(?=\s|$|[)）\]】」”\"'*]|[\u4e00-\u9fff])")
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
_UNFOLD = re.compile(WORDS.any_of("answers.unfolds"), re.IGNORECASE)
_INLINE_ANSWER = re.compile(
    r"(?<=[?？。.!！])\s*(?:参考答案|答案|答|A|Answer|Ans)\s*[:：]\s*"
    # flash cards in notes; std::vector is none
    r"|(?<=[?？\u4e00-\u9fff])::(?=[^\x00-\x7f]|\s)|(?<=\s)::(?=\s)"
)
_BACK = re.compile(WORDS.any_of("beside.way_back"), re.IGNORECASE)
_CONTENTS_MARK = re.compile(r"\[{1,2}_?toc_?\]{1,2}|@\[toc\](?:\(.*\))?", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CODE_LINE = re.compile(WORDS.any_of("beside.code"))
_LONGEST_LABEL = 30
_LEAST_PROSE_WORDS = 3
_WORD = re.compile(r"[A-Za-z\u4e00-\u9fff]+")
_URL = re.compile(r"<?https?://\S+>?")
_POINTER = re.compile(WORDS.any_of("beside.pointers"), re.IGNORECASE)
_BRACKETED_POINTER = re.compile(rf"\s*[\[【［]\s*{WORDS.any_of('beside.bracketed')}\s*[\]】］]\s*", re.IGNORECASE)
_METADATA = re.compile(rf"{WORDS.any_of('beside.metadata')}\s*[:：]\s*\S.{{0,80}}", re.IGNORECASE)
_RESOURCES = re.compile(WORDS.any_of("beside.resources"), re.IGNORECASE)
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
    for mark in (_NTH, _ASKS):
        if found := mark.match(bare):
            return NumberedText(found["number"] or "", undecorated(bare[found.end() :]), 1)
    for kind, pattern in enumerate(_NUMBERS, 2):
        if (found := pattern.match(bare)) and not bare[found.end() :].startswith(("/", "%")):
            rest = numbered(bare[found.end() :]) if kind == 4 else NumberedText("", bare[found.end() :], 0)
            return NumberedText(
                found["number"], undecorated(rest.text if rest.kind == 1 else bare[found.end() :]), kind
            )
    return NumberedText("", bare, 0)


def undecorated(text: str) -> str:
    """Without the emoji and stars at both ends."""
    start, end = 0, len(text)
    while start < end and _decorates(text[start]):
        start += 1
    while end > start and _decorates(text[end - 1]):
        end -= 1
    return text[start:end]


def _decorates(char: str) -> bool:
    if char.isspace() or char in "\ufe0f\u200d\u200b":
        return True
    return char >= "\u2000" and unicodedata.category(char) in ("So", "Sk")


def is_asking(text: str) -> bool:
    """Whether a text without its number is worded as a question or a task."""
    head = text[:400]
    if text.endswith(("。", "；", ";", "：")) and not _QUESTION_MARK.search(head) and len(text) > 60:
        return False
    last = re.split(r"[.。]\s*(?=\S)", head[:200])[-1]
    return bool(
        _QUESTION_MARK.search(head)
        or any(_ASKS_ZH.match(part) or _ASKS_EN.match(part) for part in (head, last))
        or _asks_inside(text)
    )


def _asks_inside(text: str) -> bool:
    """Wording that makes a question of a short Chinese text wherever it stands."""
    return len(text) <= 60 and not text.endswith("。") and bool(_ASKS_ZH_ANYWHERE.search(text))


def is_question_mark(text: str) -> bool:
    """Whether a text has a question mark that ends a question."""
    return bool(_QUESTION_MARK.search(text[:400]))


@dataclass(frozen=True, slots=True)
class AnswerLabel:
    """`答：` in front of an answer. `letter` is an `A:` that could as well be a choice, beside `B:`."""

    text: str
    letter: bool


def answer_label(text: str) -> AnswerLabel | None:
    """The text after a lead-in, or None where no answer begins. A numbered answer of several keeps its lead-in."""
    bare = undecorated(text)
    if is_card_turn(bare):
        return AnswerLabel("", letter=False)
    if found := _ANSWER.match(bare):
        word = found["word"].lower()
        several = found["number"] and word not in ("a", "ans", "答")
        return AnswerLabel(bare if several else bare[found.end() :], word == "a" and not found["number"])
    if len(bare) > 1 and _ANSWER_ALONE.fullmatch(bare) and not bare.lower().startswith(("a ", "a1", "解")):
        return AnswerLabel("", letter=False)
    return None


def is_card_turn(text: str) -> bool:
    """Whether a line stands between the two sides of a flash card in notes."""
    return text.strip() in ("?", "??", "%")


def unfolds(text: str) -> bool:
    """Whether the words of a fold only say that something is inside, an answer mostly."""
    bare = undecorated(text).strip(" :：.。!！▶▼>*")
    return bool(_UNFOLD.fullmatch(bare) or _ANSWER_ALONE.fullmatch(bare))


def split_inline(text: str) -> tuple[str, str] | None:
    """A question and its answer in one line: `什么是栈？答：…`."""
    found = _INLINE_ANSWER.search(text)
    return (text[: found.start()].strip(), text[found.end() :].strip()) if found else None


def is_way_back(text: str) -> bool:
    """Whether a short text is a link back to the top or the contents."""
    return len(text) < 60 and bool(_BACK.fullmatch(re.sub(r"^[\W_]+|[\W_]+$", "", text)))


def is_metadata(text: str) -> bool:
    return bool(_METADATA.fullmatch(text.strip()))


def heads_links(text: str) -> bool:
    """Whether a line only announces a list of links."""
    return bool(_RESOURCES.fullmatch(text.strip(" :：.。#")))


def is_remark(text: str) -> bool:
    """Whether what stands behind a question mark is still about the question: `(in Java)`, `至少说出三点`."""
    found = _REMARK.match(text)
    return found is not None and (found.end() == len(text.rstrip(" .。")) or text[0] not in "(（")


def is_contents_mark(text: str) -> bool:
    return bool(_CONTENTS_MARK.fullmatch(text.strip()))


def is_boilerplate(text: str) -> bool:
    """Whether a heading is one of those that every document has and nobody asks."""
    return text.strip(" :：").lower() in WORDS.words("headings.boilerplate")


def topic_of(text: str) -> str:
    """The name of a topic in a heading: without its number and the signs around it."""
    bare = numbered(text).text or text
    return re.sub(r"^\[\W*\]\s*|\s*[:：]$", "", bare) or bare


def points_only(text: str) -> bool:
    """Whether the words beside a link say no more than that there is one."""
    return not re.sub(r"[\W_\d]+", "", _POINTER.sub("", _URL.sub("", text)))


def without_pointers(text: str) -> str:
    """A text without the links in brackets that say no more than "[source]"."""
    return _BRACKETED_POINTER.sub(" ", text).strip()


def has_label(text: str) -> bool:
    """Whether a few words stand before a colon."""
    return 0 < len(re.split(r"[:：]\s", text, maxsplit=1)[0]) < min(len(text), _LONGEST_LABEL)


def has_han(text: str) -> bool:
    return bool(_HAN.search(text))


def has_url(text: str) -> bool:
    return bool(_URL.search(text))


def is_prose(lines: Sequence[str]) -> bool:
    """Whether indented lines are an indented answer and no code; code is seldom left without a fence."""
    return answer_label(lines[0]) is not None or 2 * sum(map(_is_code, lines)) < len(lines)


def _is_code(line: str) -> bool:
    words = _WORD.findall(line)
    signs = sum(char in "{}[]<>=|$\\/*&^%#@;~`_+" for char in line)
    is_short = len(words) < _LEAST_PROSE_WORDS and not _HAN.search(line)
    return bool(_CODE_LINE.search(line)) or not words or is_short or 6 * signs > len(line)
