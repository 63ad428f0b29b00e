"""Words and their contraries: which way a term points, turned round."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from interviewer.text import tokenizer

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
    ("below", "greater than"), ("below", "larger than"), ("above", "less than"), ("above", "smaller than"), ("shared", "isolated"),
    ("共享", "隔离"), ("更多", "更少"), ("更大", "更小"), ("更高", "更低"), ("更快", "更慢"), ("更深", "更浅"), ("更宽", "更窄"), ("更强", "更弱"), ("更好", "更差"),
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

# Words that exclude each other where the rest of a statement is the same; elsewhere both may be true.
_PARTNERS: tuple[tuple[str, str], ...] = (
    ("simple", "complex"), ("easy", "difficult"), ("input", "output"), ("inputs", "outputs"), ("training", "test"), ("training", "testing"),
    ("train", "test"), ("training", "inference"), ("start", "end"), ("beginning", "end"), ("early", "late"), ("earlier", "later"),
    ("wide", "narrow"), ("thick", "thin"), ("strong", "weak"), ("good", "bad"), ("best", "worst"), ("maximum", "minimum"), ("maximal", "minimal"),
    ("maximise", "minimise"), ("maximize", "minimize"), ("maximises", "minimises"), ("maximizes", "minimizes"), ("maximising", "minimising"),
    ("largest", "smallest"), ("biggest", "smallest"), ("highest", "lowest"), ("fastest", "slowest"), ("upper", "lower"), ("left", "right"),
    ("forward", "backward"), ("positive", "negative"), ("non-negative", "negative"), ("non-negative", "non-positive"), ("nonnegative", "negative"),
    ("true", "false"), ("real", "fake"), ("real", "generated"), ("real", "artificial"), ("equal", "unequal"), ("similar", "different"), ("identical", "different"),
    ("random", "deterministic"), ("random", "fixed"), ("dynamic", "static"), ("dense", "sparse"), ("smooth", "rough"), ("sharp", "flat"), ("steep", "flat"),
    ("hard", "easy"), ("hard", "soft"), ("rare", "frequent"), ("often", "seldom"), ("often", "rarely"), ("partial", "complete"), ("full", "empty"),
    ("open", "closed"), ("continuous", "discrete"), ("parallel", "sequential"), ("together", "separately"), ("jointly", "separately"), ("directly", "indirectly"),
    ("direct", "indirect"), ("internal", "external"), ("inside", "outside"), ("within", "outside"), ("supervised", "unsupervised"), ("labelled", "unlabelled"),
    ("converge", "diverge"), ("converges", "diverges"), ("gain", "lose"), ("gains", "loses"), ("rise", "fall"), ("rises", "falls"), ("grows", "shrinks"),
    ("expand", "shrink"), ("accelerate", "decelerate"), ("accelerates", "slows"), ("at least", "at most"), ("more than", "less than"),
    ("previous", "next"), ("first", "last"), ("old", "new"), ("past", "future"), ("major", "minor"), ("majority", "minority"), ("everything", "nothing"),
    ("all", "none"), ("keep", "discard"), ("keep", "drop"), ("keep", "remove"), ("keeps", "discards"), ("retain", "discard"), ("preserve", "destroy"),
    ("include", "exclude"), ("included", "excluded"), ("accept", "reject"), ("allow", "forbid"), ("connected", "disconnected"), ("proportional", "unrelated"),
    ("dependent", "independent"), ("depends", "independent"), ("correlated", "uncorrelated"), ("biased", "unbiased"), ("precise", "imprecise"),
    ("reliable", "unreliable"), ("certain", "uncertain"), ("opposite", "same"), ("opposite", "common"), ("opposing", "common"), ("opposite", "shared"),
    ("competition", "cooperation"), ("compete", "cooperate"), ("necessary", "superfluous"), ("required", "optional"), ("encoder", "decoder"),
    ("generator", "discriminator"), ("teacher", "student"), ("source", "target"), ("row", "column"), ("numerator", "denominator"), ("client", "server"),
    ("increased", "decreased"), ("decreases", "increases"), ("vanishing", "exploding"), ("vanishes", "explodes"), ("gradually", "suddenly"), ("slowly", "quickly"),
    ("long", "short"), ("longer", "shorter"), ("deep", "shallow"), ("heavy", "light"), ("heavier", "lighter"), ("many", "one"), ("several", "one"),
    ("low bias", "high bias"), ("low variance", "high variance"), ("little", "a lot of"), ("little", "lots of"), ("little", "much"), ("noisy", "clean"),
    ("noisier", "smoother"), ("less noisy", "more noisy"), ("slower", "quicker"), ("linear", "nonlinear"), ("linearity", "non-linearity"), ("linearity", "nonlinearity"),
    ("push", "pull"), ("encrypt", "decrypt"), ("insert", "delete"), ("ascending", "descending"), ("success", "failure"), ("buy", "sell"),
    ("same", "differ"), ("identical", "differ"), ("same", "global"), ("always", "seldom"), ("always", "rarely"), ("at least", "below"), ("at least", "less than"),
    ("at most", "above"), ("at most", "more than"), ("once", "until"), ("proportional", "inversely proportional"), ("own", "common"), ("own", "global"),
    ("single", "whole"), ("one", "whole"), ("faster", "longer"), ("convex", "concave"), ("mild", "strong"), ("needed", "indispensable"), ("tiny", "huge"),
    ("raise", "lower"), ("raises", "lowers"), ("raised", "lowered"), ("raising", "lowering"), ("multiply", "divide"), ("multiplies", "divides"),
    ("multiplied", "divided"), ("inject", "remove"), ("injects", "removes"), ("adds", "removes"), ("added", "removed"), ("freeze", "unfreeze"),
    ("frozen", "unfrozen"), ("allows", "forbids"), ("allowed", "forbidden"), ("prevents", "causes"), ("prevent", "cause"), ("avoids", "causes"), ("avoid", "cause"), ("improves", "worsens"),
    ("improved", "worsened"), ("strengthens", "weakens"), ("starts", "stops"), ("start", "stop"), ("opens", "closes"), ("wins", "loses"), ("pushes", "pulls"),
    ("加入", "去除"), ("加入", "去掉"), ("变差", "更快"), ("变差", "更好"), ("冻结", "解冻"), ("乘以", "除以"), ("许多", "一个"), ("许多", "单个"), ("各自", "共同"),
    ("自己的", "统一的"), ("凸的", "凹的"), ("轻微", "强烈"), ("互不共享", "共享"), ("推荐", "排除"), ("加法", "减法"), ("赢", "输掉"), ("有利", "不利"), ("利于", "不利于"),
    ("简单", "复杂"), ("输入", "输出"), ("训练", "测试"), ("训练", "推理"), ("开始", "结束"),
    ("早", "晚"), ("太宽", "太窄"), ("宽", "窄"), ("厚", "薄"), ("强", "弱"), ("好", "坏"), ("变好", "变差"), ("最好", "最差"), ("最大", "最小"), ("最高", "最低"),
    ("最快", "最慢"), ("最多", "最少"), ("上界", "下界"), ("上限", "下限"), ("向前", "向后"), ("前向", "反向"), ("正数", "负数"), ("为正", "为负"), ("正的", "负的"),
    ("真的", "假的"), ("真实", "虚假"), ("真实", "生成"), ("相等", "不等"), ("一致", "对立"), ("一致", "相反"), ("相同", "相反"), ("随机", "固定"), ("随机", "确定"), ("动态", "静态"),
    ("稠密", "稀疏"), ("平滑", "陡峭"), ("平坦", "陡峭"), ("硬", "软"), ("经常", "很少"), ("部分", "全部"), ("完整", "残缺"), ("连续", "离散"), ("并行", "串行"), ("一起", "分别"),
    ("联合", "分别"), ("直接", "间接"), ("内部", "外部"), ("有监督", "无监督"), ("收敛", "发散"), ("上升", "下降"), ("上升", "下滑"), ("至少", "至多"), ("最少", "至多"),
     ("先", "后"), ("第一", "最后"), ("旧", "新"), ("过去", "未来"), ("主要", "次要"), ("多数", "少数"), ("保留", "丢弃"), ("保留", "舍弃"), ("保留", "删除"), ("包含", "排除"),
    ("接受", "拒绝"), ("允许", "禁止"), ("成正比", "成反比"), ("成正比", "无关"), ("有关", "无关"), ("依赖", "独立"), ("有偏", "无偏"), ("可靠", "不可靠"), ("竞争", "合作"), ("对抗", "合作"),
    ("必要", "多余"), ("必须", "不必"), ("必需", "可选"), ("生成器", "判别器"), ("编码器", "解码器"), ("教师", "学生"), ("源域", "目标域"), ("分子", "分母"), ("越多", "越少"), ("越大", "越小"),
    ("越高", "越低"), ("越快", "越慢"), ("越深", "越浅"), ("越准确", "越不准确"), ("越强", "越弱"), ("越好", "越差"), ("越长", "越短"), ("快", "慢"), ("长", "短"), ("深", "浅"), ("重", "轻"), ("很多", "较少"),
    ("很多", "很少"), ("大量", "少量"), ("许多", "一个"), ("低偏差", "高偏差"), ("低方差", "高方差"), ("复杂度", "简单度"), ("容易", "困难"), ("容易", "难以"), ("升高", "降低"), ("上涨", "下跌"), ("入队", "出队"),
    ("加密", "解密"), ("插入", "删除"), ("升序", "降序"), ("成功", "失败"), ("头部", "尾部"), ("最优", "最差"), ("清晰", "模糊"), ("同步", "异步"), ("客户端", "服务器"), ("整体", "局部"),
)  # fmt: skip

# In longer words these are no words of direction.
_WITHIN = {
    "重": ("(?<!权)", "(?!要|复|新|点|叠|心|写|建|构|采)"), "新": ("(?<!更|重)", "(?!闻)"), "长": ("(?<!增|成|步)", "(?!度)"), "深": ("", "(?!度|刻|入|层)"), "强": ("(?<!增|加)", "(?!度|调|化)"),
    "弱": ("(?<!减|削)", ""), "好": ("(?<!更|最|越|变)", ""), "后": ("(?<!最|之|以|然|向|其|随)", "(?!续|果|面|来|者|验)"), "先": ("(?<!首|优|事)", "(?!验|进|前)"), "快": ("", "(?!速|照)"),
    "短": ("(?<!缩)", "(?!期)"), "部分": ("(?<!大|各|一)", ""), "开始": ("", ""), "宽": ("", "(?!度)"), "厚": ("", "(?!度)"), "训练": ("(?<!预)", ""), "压": ("", "(?!缩|力)"), "缩": ("(?<!压)", ""),
    "硬": ("", "(?!件)"), "软": ("", "(?!件)"), "轻": ("(?<!减)", "(?!微)"), "慢": ("", ""), "线性": ("(?<!非)", ""), "相关": ("(?<!不)", "(?!性)"), "凸": ("(?<!非)", ""),
}  # fmt: skip

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


def _by_word(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return {word: frozenset(others) for word, others in found.items() if "…" not in word}


_CONTRARIES = _by_word((*_AXES, *_PARTNERS))


def _bounded(text: str) -> str:
    before, after = (r"(?<!-)\b", r"\b(?!-)") if text.isascii() else _WITHIN.get(text, ("", ""))
    return f"{before}{re.escape(text)}{after}"


@cache
def direction() -> re.Pattern[str]:
    """Any word of direction in a folded text, the longest first; long to compile, so it waits for the first answer."""
    return re.compile("|".join(_bounded(text) for text in sorted(_CONTRARIES, key=len, reverse=True)))


@cache
def sides(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words that point where a word of direction points, and those that point the other way."""
    contrary = _CONTRARIES[text]
    same = frozenset({text}).union(*(_CONTRARIES[other] for other in contrary)) - contrary
    return same, contrary


def points_against(claim: Iterable[str], text: str) -> bool:
    """Whether a folded text has the contrary of a word of direction in the claim, and not the word itself.

    Of a claim that points both ways, one half says nothing against the other.
    """
    said = {match[0] for match in direction().finditer(text)}
    wanted = {match[0] for part in claim for match in direction().finditer(part)}
    return any(said & sides(word)[1] and not said & sides(word)[0] for word in wanted if not wanted & sides(word)[1])


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


def affirmative(term: str) -> str:
    """A negated term without its negation, else nothing; also nothing where little is left."""
    bare = _NEGATING.sub("", term.casefold(), count=1).strip(" …")
    left = len(tokenizer.words(bare))
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
