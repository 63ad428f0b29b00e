"""Words and their contraries: which way a term points, turned round."""

import re
from collections.abc import Iterator
from functools import lru_cache

from interviewer import tokens

_AXES: tuple[tuple[str, str], ...] = (
    ("more", "fewer"), ("more", "less"), ("larger", "smaller"), ("bigger", "smaller"), ("large", "small"), ("greater", "smaller"),
    ("increase", "decrease"), ("increase", "reduce"), ("raise", "lower"), ("increasing", "reducing"), ("increases", "reduces"),
    ("higher", "lower"), ("high", "low"), ("faster", "slower"), ("quicker", "slower"), ("speeds up", "slows down"), ("speed up", "slow down"),
    ("better", "worse"), ("easier", "harder"), ("stronger", "weaker"), ("strengthen", "weaken"), ("deeper", "shallower"), ("wider", "narrower"),
    ("turn up", "turn down"), ("switched on", "switched off"), ("turned on", "turned off"), ("turn on", "turn off"), ("enabled", "disabled"),
    ("enable", "disable"), ("active", "inactive"), ("above", "below"), ("exceeds", "falls below"), ("exceed", "fall below"),
    ("underfit", "overfit"), ("under-fit", "over-fit"), ("underfitting", "overfitting"), ("high bias", "high variance"), ("unrelated", "related"),
    ("dissimilar", "similar"), ("different", "same"), ("independent", "shared"), ("separate", "shared"), ("add", "remove"), ("adding", "removing"),
    ("vanish", "explode"), ("convex", "non-convex"), ("accurate", "inaccurate"), ("stable", "unstable"), ("cheap", "expensive"),
    ("unnecessary", "necessary"), ("useless", "useful"), ("linear", "non-linear"), ("invariant", "sensitive"), ("widen", "narrow"),
    ("encourage", "prevent"), ("tighter", "looser"), ("improves", "hurts"), ("improve", "hurt"), ("greater than", "less than"),
    ("unavailable", "available"), ("known", "unknown"), ("local", "global"), ("little", "plenty of"), ("little data", "huge dataset"),
    ("few", "many"), ("scarce", "abundant"), ("noisier", "cleaner"), ("least", "most"), ("shrink", "grow"), ("shrink", "enlarge"),
    ("更多", "更少"), ("更大", "更小"), ("更高", "更低"), ("更快", "更慢"), ("更深", "更浅"), ("更宽", "更窄"), ("更强", "更弱"), ("更好", "更差"),
    ("更稳定", "更不稳定"), ("更准", "更不准"), ("增加", "减少"), ("增大", "减小"), ("加大", "减小"), ("提高", "降低"), ("提升", "降低"), ("调大", "调小"),
    ("调高", "调低"), ("加快", "减慢"), ("加速", "减慢"), ("加强", "减弱"), ("增强", "减弱"), ("变大", "变小"), ("变快", "变慢"), ("变多", "变少"),
    ("变深", "变浅"), ("打开", "关闭"), ("开启", "关闭"), ("开着", "关掉"), ("打开", "关掉"), ("保留", "去掉"), ("加上", "去掉"), ("增加", "去掉"),
    ("欠拟合", "过拟合"), ("高偏差", "高方差"), ("偏差大", "方差大"), ("大于", "小于"), ("超过", "小于"), ("超过", "低于"), ("高于", "低于"),
    ("超出", "低于"), ("太大", "太小"), ("过大", "过小"), ("太少", "太多"), ("数据少", "数据多"), ("数据少", "数据充足"), ("较少", "很多"), ("少得多", "多得多"),
    ("少很多", "多很多"), ("相关", "无关"), ("相关", "毫无关系"), ("相似", "毫无关系"), ("相似", "不同"), ("相同", "不同"), ("共享", "独立"), ("共用", "各自独立"),
    ("共同", "分别独立"), ("有用", "没用"), ("必要", "多余"), ("加深", "减少"), ("加宽", "变窄"), ("加层", "减层"), ("加…层", "减…层"), ("放大", "缩小"),
    ("爆炸", "消失"), ("稳定", "不稳定"), ("准确", "不准"), ("减弱", "增强"), ("减小", "加大"), ("降低", "加大"), ("减轻", "加重"), ("缓解", "加剧"),
    ("防止", "导致"), ("避免", "导致"), ("充足", "缺乏"), ("凸", "非凸"), ("线性", "非线性"), ("已知", "未知"), ("短", "长"), ("松", "紧"), ("压回", "放大"),
    ("压", "放大"), ("缩", "放大"), ("自己的", "同一个"), ("各自的", "同一个"), ("局部", "全局"),
)  # fmt: skip

_NEGATING = re.compile(
    r"\b(?:is not|are not|isn't|aren't|do not|does not|don't|doesn't|cannot|can't|not|no|never|without|needn't|won't)\b\s*"
    r"|不是|没有|不用|不会|不能|不(?=[\u3400-\u9fff])|无需|没(?=[\u3400-\u9fff])|无法|免去|省去"
)


_ROLES = tuple(
    (re.compile(one), re.compile(other))
    for one, other in (
        (r"生成器|生成网络|\bgenerator\b", r"判别器|判别网络|鉴别器|\bdiscriminator\b"),
        (r"编码器|\bencoder\b", r"解码器|\bdecoder\b"),
        (r"教师|\bteacher\b", r"学生|\bstudent\b"),
        (r"遗忘门|\bforget gate\b", r"输入门|\binput gate\b"),
    )
)


def roles(text: str) -> frozenset[tuple[int, int]]:
    """Which of two partners a folded text speaks of, where it speaks of one only."""
    found = set()
    for number, (one, other) in enumerate(_ROLES):
        sides = bool(one.search(text)), bool(other.search(text))
        if sides[0] is not sides[1]:
            found.add((number, sides.index(True)))
    return frozenset(found)


def contraries(term: str) -> Iterator[str]:
    """The term with one word of direction turned round; for a negated term also what it denies."""
    folded = term.casefold()
    for one, other in _AXES:
        yield from _turned(folded, one, other)
        yield from _turned(folded, other, one)


def turnable(text: str) -> Iterator[tuple[str, str]]:
    """The words of direction in a folded text, each with its contrary."""
    for pair in _AXES:
        for one, other in (pair, pair[::-1]):
            if word(one).search(text) and not word(other).search(text):
                yield one, other


def affirmative(term: str) -> str:
    """A negated term without its negation, else nothing; also nothing where little is left."""
    bare = _NEGATING.sub("", term.casefold(), count=1).strip(" …")
    left = len(tokens.words(bare))
    return bare if bare != term.casefold() and left >= (2 if bare.isascii() else _LEAST_LEFT) else ""


_LEAST_LEFT = 4


@lru_cache(maxsize=4096)
def word(text: str) -> re.Pattern[str]:
    """A word as it is looked for in a folded text."""
    bound = r"\b" if text.isascii() else ""
    return re.compile(f"{bound}{re.escape(text)}{bound}")


def _turned(term: str, one: str, other: str) -> Iterator[str]:
    if one in term and (other not in term or one not in other) and word(one).search(term):
        yield word(one).sub(other, term, count=1)
