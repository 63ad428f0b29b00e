"""Claims turned round: a word exchanged for its opposite, two partners exchanged for each other, a number changed."""

import re
from collections.abc import Iterator

from interviewer.domain.rubric import Language
from interviewer.evaluation.robustness.phrases import DENIAL, TAKEN_BACK

_OPPOSITES = (
    ("increase", "decrease"), ("increases", "decreases"), ("larger", "smaller"), ("bigger", "smaller"), ("large", "small"), ("more", "less"), ("fewer", "more"),
    ("faster", "slower"), ("higher", "lower"), ("high", "low"), ("above", "below"), ("before", "after"), ("first", "last"), ("at least", "at most"),
    ("real", "generated"), ("training", "test"), ("generator", "discriminator"), ("encoder", "decoder"), ("linear", "non-linear"), ("input", "output"),
    ("underfitting", "overfitting"), ("positive", "negative"), ("shared", "separate"), ("vanish", "explode"), ("vanishing", "exploding"),
    ("reduce", "increase"), ("reduces", "increases"), ("cannot", "can"), ("related", "unrelated"), ("random", "fixed"), ("opposite", "common"),
    ("always", "never"), ("simple", "complex"), ("little", "a lot of"), ("better", "worse"), ("strong", "weak"), ("same", "different"), ("switched on", "switched off"), ("turned on", "turned off"),
    ("proportional", "unrelated"), ("necessary", "superfluous"), ("wide", "narrow"), ("keep", "discard"), ("directly", "indirectly"),
    ("增加", "减少"), ("更大", "更小"), ("更多", "更少"), ("更快", "更慢"), ("提高", "降低"), ("之前", "之后"), ("真实", "生成"), ("训练", "测试"),
    ("生成器", "判别器"), ("编码器", "解码器"), ("非线性", "线性"), ("相同", "不同"), ("欠拟合", "过拟合"), ("关闭", "开启"), ("共享", "独立"), ("消失", "爆炸"),
    ("超过", "低于"), ("不能", "能"), ("减弱", "加强"), ("少得多", "多得多"), ("彼此相关", "毫无关系"), ("小于", "大于"), ("更稳定", "更不稳定"), ("对立", "一致"),
    ("至少", "至多"), ("复杂", "简单"), ("较少", "很多"), ("太窄", "太宽"), ("始终", "从不"), ("输入", "输出"), ("最大", "最小"), ("变差", "变好"), ("越多", "越少"),
    ("越大", "越小"), ("越准确", "越不准确"), ("必要", "多余"), ("成正比", "无关"), ("直接", "间接"), ("保留", "丢弃"), ("稳定", "不稳定"), ("快", "慢"),
)  # fmt: skip

_CONTRARY = {a: b for one, other in reversed(_OPPOSITES) for a, b in ((other, one), (one, other))}
_WORDS = re.compile(
    "|".join(
        sorted((rf"\b{a}\b" if a.isascii() else rf"(?<!预){a}" for a in _CONTRARY), key=len, reverse=True)
    ).replace("(?<!预)能", "(?<![功性可智只才])能(?![力量源])"),
    re.IGNORECASE,
)

_OF_SUBJECTS = r"(?:needs?|has|have|is|are|uses?|takes?|learns?|costs?|gives?|runs?|works?|trains?|converges?)"
_EXCHANGES = (
    re.compile(rf"^(?P<a>(?:an? |the )?[\w-]+(?: [\w-]+)??)(?P<between> {_OF_SUBJECTS}\b.*\bthan )(?P<b>.+)$", re.IGNORECASE),
    re.compile(r"\b(?:turns?|maps?|transforms?|converts?|compiles?) (?P<a>.+?)(?P<between> (?:directly )?(?:in)?to (?:the )?)(?P<b>.+)$"),
    re.compile(r"\bbuilds? (?P<a>.+?)(?P<between> (?:layer by layer )?out of )(?P<b>.+)$"),
    re.compile(r"\b(?P<a>[\w-]+)(?P<between>,? (?:and not|rather than|instead of) (?:from )?)(?P<b>[\w -]+)$"),
    re.compile(r"^(?P<a>\w[\w ]*?)(?P<between>\s*(?:需要|所?用|有|占).*?比)(?P<b>.+?)(?=[少多大小高低快慢好差强弱更要]|$)"),
    re.compile(r"把(?P<a>.+?)(?P<between>变成|映射到|映射为|转成|转换为|变为)(?P<b>[^，。]+)"),
    re.compile(r"[由从](?P<a>.+?)(?P<between>(?:直接)?(?:得到|组合出|生成|变成|推出))(?P<b>[^，。]+)"),
    re.compile(r"(?P<a>[\w ]+?)(?P<between>，?(?:而不是|而非|不是))(?P<b>[^，。]+)$"),
)  # fmt: skip

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)")


def turned(claim: str) -> Iterator[tuple[str, str]]:
    """The ways in which a claim can be turned round, one change at a time: what was done, the other claim."""
    for other in dict.fromkeys(_exchanges_of_words(claim)):
        yield "opposite word", other
    for way, other in (("partners", exchanged(claim)), ("number", recounted(claim))):
        if other != claim:
            yield way, other


def swapped(text: str) -> str:
    """The text with every word of direction exchanged for its opposite."""
    return _WORDS.sub(_opposite, text)


def _exchanges_of_words(text: str) -> Iterator[str]:
    """The text with one word of direction exchanged for its opposite, the first time that it stands there."""
    seen = set()
    for match in _WORDS.finditer(text):
        if match[0].casefold() not in seen:
            seen.add(match[0].casefold())
            yield f"{text[: match.start()]}{_opposite(match)}{text[match.end() :]}"


def _opposite(match: re.Match[str]) -> str:
    found = _CONTRARY[match[0].casefold()]
    return found.capitalize() if match[0][0].isupper() else found


def exchanged(text: str) -> str:
    """The text with two partners in each other's place, where its grammar shows them."""
    for pattern in _EXCHANGES:
        match = pattern.search(text)
        if match:
            one, other = match.span("a"), match.span("b")
            return f"{text[: one[0]]}{match['b']}{text[one[1] : other[0]]}{match['a']}{text[other[1] :]}"
    return text


def recounted(text: str) -> str:
    """The text with another number for each of its numbers."""
    return _NUMBER.sub(lambda match: f"{match[0]}7" if "." in match[0] else str(int(match[0]) + 3), text)


def denied(text: str, language: Language) -> str:
    """The text with each sentence denied."""
    return " ".join(DENIAL[language] + sentence for sentence in sentences(text))


def taken_back(text: str, language: Language) -> str:
    """The text, and then everything the other way round."""
    return f"{text} {TAKEN_BACK[language]} {denied(text, language)}"


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[。！？])|(?<=[.!?])\s+", text) if part.strip()]
