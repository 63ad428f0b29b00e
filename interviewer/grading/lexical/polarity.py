"""Which way a claim points: what negates it, what turns it into its contrary, what takes it back."""

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile

from interviewer.text import tokenizer
from interviewer.text.tokenizer import Token

_REACH = 12
_REFUSAL_REACH = 10

NEGATIONS = frozenset("不没無无非未别勿") | {
    "not", "no", "never", "without", "cannot", "cant", "neither", "nor", "nothing", "none", "hardly", "instead", "rather",
}  # fmt: skip

# Verbs that do away with what comes right after them.
_REMOVALS = frozenset(("drop", "lack", "abandon", "forbid", "forget", "ignor", "discard"))
_REMOVAL_REACH = 3

# Who does away with a thing and who says that there is none mean the same.
_DOING_AWAY = frozenset(("avoid", "prevent", "elimin", "remov", "rid", "solv", "stop"))
_DOING_AWAY_ZH = re.compile("避免|防止|消除|去掉|去除|省去|免去|杜绝|解决")
_AWAY_REACH = 6

# Characters of negation that negate nothing in these words.
_HARMLESS = re.compile(
    "不同|不断|不仅|不但|不管|不过|不论|不只|不光|不然|不止|不得不|不妨|不少|不错|不变|不一样|不一|不等|不均|不稳|不足|不确定|不好意思|不可缺|"
    "不可或缺|差不多|无论|无监督|无穷|无偏|无关紧要|无非|非常|非线性|非凸|非负|未来|未必不|别人|别的|区别|特别|分别|识别|判别|类别|级别|差别|个别|"
    "辨别|鉴别|没错|没问题|了不|不就|是不是|能不能|要不要|会不会|需不需要|有没有|不难|不外乎|不愧|不失为|不禁"
)
# What is written in haste for "isn't" and its like.
_UNMARKED = frozenset(f"{verb}nt" for verb in "is are was were do does did has have could should would wo".split())

# After "neither" these negate no more than it does, and begin nothing new.
_ALTERNATIVES = frozenset(("or", "nor"))

_HARMLESS_BEFORE = frozenset({"only", "just", "mere", "matter", "doubt", "necessarili", "surpris", "wonder", "problem"})

# Between a negation and a claim, these begin something new, which the negation does not reach.
_BREAKS = frozenset("就则而但却才所因时话以，如果且并") | {
    "then", "so", "but", "becaus", "which", "if", "when", "while", "therefor", "henc", "thus", "otherwis", "sinc", "and", "or", "just",
    "becom", "collaps",
}  # fmt: skip

_BREAKS_AFTER = frozenset(
    ("and", "but", "so", "becaus", "which", "if", "when", "then", "while", "or", "但", "而", "所", "因")
)

# Said of what comes before: it is refused.
_REFUSED_ZH = re.compile(
    "不能用|不可用|不行|不适合|不合适|不适用|不可以|不管用|处理不了|没用|没有用|无效|不对|不成立|不存在|没必要|没有必要|不需要|谈不上|不重要|"
    "没有关系|没关系|是错的|是错误|不正确|说不通|站不住|没意义|没有意义|不建议|不好|用不上|用不了|不该|不应|浪费"
)
_REFUSED_EN = re.compile(
    r"\b(?:(?:do|does|did|wo|would|is|are|was|were|ca|could|should)(?:n't| not)|cannot|never) (?:really |actually |at all )?"
    r"(?:work|wast|need|requir|necessari|help|matter|appli|suit|appropri|possibl|hold|use|us|true|valid|a good|good|handl|enough|exist|relev)"
    r"|\b(?:is|are|be|was|were) (?:wrong|useless|pointless|fals|unnecessari|incorrect|unsuit|inappropri|irrelev|out of the question|a waste)|\bwould wast|\bwaste"
)

# Said before a whole statement: it is not so.
_DENIED = re.compile(
    r"not true that|untrue that|false that|not the case that|incorrect that|wrong to say|myth that|^\W*(?:这)?并?不是说|^\W*并非|说法是错"
)

# What begins like this is said after all.
_AFTER_ALL = re.compile(r"^\W*(?:而是|而|但|不过|其实|实际上|but|rather|instead|it is|it's|actually|in fact)")

# What a statement says of a use: it is welcome.
AFFIRMED = re.compile(
    r"适合|合适|可以用|能用|正好|最好|首选|推荐|没问题|完全可行|很好用|特别好|擅长|应该用|优势"
    r"|\b(?:suit\w*|fine|good|great|perfect\w*|ideal\w*|best|excel\w*|recommend\w*|works? well|no problem|shine\w*)\b"
)
REFUSING = re.compile(
    r"不能|不可|不行|不适|不合适|不宜|不用|不了|没法|无法|难以|不应|不该|不建议|不好|别用|排除|受限|行不通|没有|不得|还没|未|等不|看不到|拿不到|不要|限制|禁|"
    r"不是|不存在|不知道|\b(?:not|no|never|n't|\w+n't|cannot|ruled?|out|unable|unsuitable|impossible|unavailable|fails?|useless|wrong|"
    r"except|unless|without|avoid|yet|forbid\w*|doesnt|cant|isnt|dont|wont|problem|wait|missing|unknown|lack\w*|instead)\b"
)

# A claim with such words says that something is not so; its own words then come with a negation, rightly.
_NEGATIVE_CLAIM = re.compile(
    r"\b(?:cannot|not|never|ruled out|no longer|exception|unlike|without|no)\b|n't\b|不能|不可|不需要|没有必要|无法|不了|不会|不应|并非|而非|省去|例外|无关|不同"
)

_OF_WHAT_KIND = re.compile(r"\b(?:that|which) (?:do|does|did|is|are|was|were|can|will)(?: not|n't)\b[^,;.]*")

CONTRAST = re.compile(
    r"^\W*(?:但|不过|可是|然而|其实|实际上|事实上|反而|反过来|相反|只是|另外?一方面|话说回来|however|but|though|although|actually|in fact|that said|"
    r"yet|on the other hand|well,? in fact|still|really|in reality|of course|conversely|nevertheless|nonetheless|except)"
)
RETRACTION = re.compile(
    r"不对,|哦不|^\W*等等,|等一下,|我说错|说错了|更正|恰恰相反|正好相反|仔细想|再想想|想了想|转念一想|换个角度|另一个角度|收回|"
    r"\bno,? wait\b|\bwait,? no\b|\bon second thoughts?\b|\bon reflection\b|\bscratch that\b|\btake (?:that|it) back\b|\bcorrection:|\bi was wrong\b|"
    r"\bcome to think\b|\bthinking about it\b|\bactually,? no\b|\bbut really\b|\bwell,? in fact\b|\b(?:quite|exactly|just|rather) the opposite\b|\bthe exact opposite\b|"
    r"\bin truth\b|\brather the reverse\b|\blet me correct\b"
)

# Who says this leaves it to the reader which of two sides is meant.
HEDGE = re.compile(
    r"要么.{1,200}?要么|或者正好相反|二者(?:之一|必居其一)|两种说法|总有一[个种]|说不准(?:是)?哪|不确定是哪|\beither\b.{1,200}?\bor\b.{1,40}?\b(?:opposite|reverse)\b|"
    r"\bone of the two\b|\bor (?:maybe |perhaps |possibly )?(?:it is |it's )?(?:exactly |just |quite )?the (?:opposite|other way round|reverse)\b|"
    r"\b(?:not sure|can't tell|cannot tell) which\b|\bcould be either\b"
)

_YES = re.compile(
    r"^\W*(?:嗯|我觉得|我认为|个人认为|应该|当然|答|i think|i'd say|well|hm+|in my opinion)*[,:\s]*"
    r"(?:是的|是个?好|是合适|正确|同意|赞同|认同|合适|需要|必须|要[,。的]|有必要|有帮助|有用|好办法|好主意|很好|"
    r"(?:yes|yeah|yep)\b(?!,? ?(?:so|well|i|we|this|ok|okay|sure|right|good question)\b)|agree|i agree|i do agree|true|it does|it is necessary|necessary|good idea|"
    r"a good|it's a good|that's a good|that is a good|sensible)(?![^,。.]{0,4}(?:吗|么))"
)
_NO = re.compile(
    r"^\W*(?:嗯|我觉得|我认为|个人认为|应该|当然|答|这|这样|这个|这种做法|说法|i think|i'd say|well|hm+|in my opinion|this|that|it)*[,:\s]*"
    r"(?:不|没必要|没有必要|无需|用不着|错|反对|并不|no\b|nope|not|wrong|false|disagree|i disagree|i do not|i don't|bad idea|a bad|isn't|is not|doesn't|"
    r"does not|never|unnecessary|needless|incorrect)"
)

# A claim with these is about something unwanted, which may be named with or without a negation.
_UNWANTED = re.compile(
    r"\b(?:reduce\w*|prevent\w*|avoid\w*|lower\w*|ease\w*|cut|fewer|less|fix\w*|remove\w*|limited|otherwise)\b"
    "|减|防|避|降低|缓解|去掉|解决|更少|少得多|有限"
)

# A clause that begins like this supposes something and claims nothing.
_SUPPOSED = re.compile(
    r"^\W*(?:and |so |but )?(?:if|without|otherwise|suppose|were|unless|when|as long as|imagine)\b|如果|假如|若|要是|否则|的话|倘若|"
    r"^\W*(?:没有|不加|不用|去掉|没了|不).{0,12}时"
)

_TRAINING = re.compile(
    r"\b(?:during|in|at|while|when|for) (?:the )?train\w*|\btraining time|训练时|训练的时候|训练期间|训练过程|训练阶段|训练中|训练集上|只在训练"
)
_TESTING = re.compile(
    r"\b(?:during|in|at|on|while|when|for) (?:the )?(?:test\w*|inference|evaluat\w*|eval|predict\w*)|\btest time|"
    r"测试时|测试的时候|测试阶段|测试集|推理|预测时|预测的时候|评估时|评估的时候|验证时"
)


def setting(text: str) -> frozenset[str]:
    """When a folded text says that something is done: in training, in testing, both or neither."""
    return frozenset(name for name, pattern in (("train", _TRAINING), ("test", _TESTING)) if pattern.search(text))


def is_unwanted(claim: str) -> bool:
    """Whether a claim is about doing away with something."""
    return bool(_UNWANTED.search(claim.casefold()))


def supposes(clause: str) -> bool:
    """Whether a folded clause only supposes what it says."""
    return bool(_SUPPOSED.search(clause))


def is_negative(claim: str) -> bool:
    """Whether a claim says that something is not so; not only of what kind a thing is that it is about."""
    return bool(_NEGATIVE_CLAIM.search(_OF_WHAT_KIND.sub("", claim.casefold())))


def negates(stretch: Sequence[Token], first: int) -> bool:
    """Whether the words before a place in a clause turn what begins there into its opposite."""
    count = 0
    for place in range(first - 1, max(-1, first - 1 - _REACH), -1):
        token = stretch[place]
        text = token.text
        if text in _ALTERNATIVES and _follows_neither(stretch, place):
            continue
        if text in _BREAKS and not _follows_negation(stretch, place):
            break
        if text == "no" and _is_spent(stretch[place + 1 : first]):
            continue
        count += _is_negation(stretch, place) or (text in _REMOVALS and first - place <= _REMOVAL_REACH)
    return count % 2 == 1


def is_negated_verb(token: Token) -> bool:
    """Whether a token is a verb with its negation, as "isn't" is; also where it is written in haste."""
    return token.word.endswith("n't") or token.word in _UNMARKED


def is_done_away_with(stretch: Sequence[Token], place: int) -> bool:
    """Whether something near a place in a clause prevents, avoids or takes away what stands there."""
    return does_away(stretch[max(0, place - _AWAY_REACH) : place + _AWAY_REACH])


def _is_spent(after: Sequence[Token]) -> bool:
    """Whether a "no" before these words has done its work: in "what is no longer used is removed", before "removed"."""
    words = [token.word for token in after]
    return words[:1] == ["longer"] and not {"is", "are", "was", "were", "be", "gets"}.isdisjoint(words[2:])


def does_away(stretch: Sequence[Token]) -> bool:
    """Whether a stretch has a word of preventing, avoiding or taking away."""
    text = "".join(token.text for token in stretch if token.is_cjk)
    return any(token.text in _DOING_AWAY for token in stretch) or bool(_DOING_AWAY_ZH.search(text))


def negates_what_went_before(stretch: Sequence[Token]) -> bool:
    """Whether a negation in a clause is of something said before it, as in "the other cannot" and "but not the other"."""
    if any(one.word == "but" and other.word == "not" for one, other in pairwise(stretch)):
        return True
    return len(stretch) > 1 and not stretch[-1].is_cjk and _is_negation(stretch, len(stretch) - 1)


def negations(stretch: Sequence[Token]) -> int:
    """How many words of negation a clause has."""
    return sum(_is_negation(stretch, place) for place in range(len(stretch)))


def refused(stretch: Sequence[Token], last: int) -> bool:
    """Whether the words after a place in a clause refuse what ended there."""
    after = list(takewhile(lambda token: token.text not in _BREAKS_AFTER, stretch[last : last + _REFUSAL_REACH]))
    if any(token.is_cjk for token in after) and _REFUSED_ZH.search("".join(token.text for token in after)):
        return True
    return bool(_REFUSED_EN.search(" ".join(token.word if "n't" in token.word else token.text for token in after)))


def denies(clause: str) -> bool:
    """Whether a folded clause says of what it states, and of what follows, that it is not so."""
    return bool(_DENIED.search(clause))


def resumes(clause: str) -> bool:
    """Whether a folded clause states something after all."""
    return bool(_AFTER_ALL.search(clause)) and not denies(clause)


def verdict(text: str) -> bool | None:
    """What an answer says at once, yes or no; None where it says neither."""
    folded = tokenizer.fold(text[:80]).strip()
    if _NO.match(folded):
        return False
    return True if _YES.match(folded) else None


def _is_negation(stretch: Sequence[Token], place: int) -> bool:
    token = stretch[place]
    if is_negated_verb(token):
        return True
    if token.text not in NEGATIONS:
        return False
    if token.text in _ALTERNATIVES and _follows_neither(stretch, place):
        return False
    if token.is_cjk:
        around = "".join(other.text for other in stretch[max(0, place - 2) : place + 3])
        at = min(place, 2)
        return not any(match.start() <= at < match.end() for match in _HARMLESS.finditer(around))
    after = stretch[place + 1].text if place + 1 < len(stretch) else ""
    return after not in _HARMLESS_BEFORE


def _follows_negation(stretch: Sequence[Token], place: int) -> bool:
    return place > 0 and _is_negation(stretch, place - 1)


def _follows_neither(stretch: Sequence[Token], place: int) -> bool:
    return any(token.text == "neither" for token in stretch[max(0, place - _REACH) : place])
