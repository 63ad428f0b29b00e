"""What can be told of an answer before it is graded: blank, "don't know", an echo of the question, talk to the grader."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from interviewer.domain.grade import Flag
from interviewer.text import tokenizer

_ECHO_SHARE = 0.9
_DONT_KNOW_LEFT = 4

_DONT_KNOW = re.compile(
    r"""
    不知道|不太?清楚|不太?了解|不太会|不太懂|没学过|没听过|没了解过|不记得|想不起来|忘记?了|答不上来|不会做?(?=$|[,。.!;了啊呀吧呢])|不懂
    |没(?:什么)?(?:思路|想法|头绪)|说不上来|没接触过|没概念|一无所知|毫无头绪
    |\bi\s*(?:really\s+|honestly\s+)?(?:do\s*not|don'?t|dunno|haven'?t\s+a|have\s+no)\s*(?:know|idea|clue|remember|recall)?
    |\bno\s+(?:idea|clue)\b|\bnot\s+sure\b|\bdunno\b|\bidk\b|\bdon'?t\s+(?:know|remember)\b|\bi\s+forgot\b
    |\bcan'?t\s+(?:remember|recall|answer)\b|\bnever\s+(?:heard|learned|learnt|studied)\b|\bno\s+thoughts\b
    """,
    re.VERBOSE,
)

# Who says so does not answer, whatever else is told.
_NO_ANSWER = re.compile(
    r"\bleave (?:this|it|that)(?: one| question)? (?:blank|empty|out)\b|\b(?:cannot|can't) answer (?:this|that|it)\b|这[道个]?题[^。]{0,6}(?:放弃|空着|不答)|放弃作答|留空"
)

_PADDING = re.compile(
    r"""
    这个|这道|题|问题|我|真的|确实|抱歉|对不起|不好意思|下一|跳过|过吧|请|完全|暂时|目前|一下子?|可能|有点|还|就|吧|啊|呢|了|的
    |\b(?:sorry|honestly|really|this|that|it|one|question|next|please|pls|skip|pass|about|the|a|i|to|answer|of|at|all|have|
      know|idea|clue|sure|remember|well|um|uh|hmm|oh|me|ask|another|let'?s)\b
    """,
    re.VERBOSE,
)

# Who is spoken to, or what is demanded: two marks of different kinds make an attempt to steer, one strong one does too.
_STRONG = re.compile(
    r"""
    (?:忽略|无视|忘掉|忘记|不要理会|跳过)[^。\n]{0,16}(?:指令|说明|规则|要求|提示|评分|标准|内容|检查)
    |(?:给|打|判|记|输出|登记|按|算|统计)[^。,\n]{0,12}(?:满分|最高分|全对|完全正确|十分|100\s*分|10\s*/\s*10)
    |(?:评分|阅卷|判分|打分)(?:员|模型|系统|器|ai|助手|程序)[^。\n]{0,12}(?:请|注意|必须|应|已)
    |(?:所有|全部|各)(?:要点|得分点)[^。\n]{0,12}(?:命中|讲到|覆盖|正确)
    |参考答案[^。\n]{0,20}(?:更新|修改|作废|失效)|一律[^。\n]{0,8}(?:正确|满分)
    |\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:instruction|rubric|rule|prompt|criteria|above|previous|guideline)s?\b
    |\b(?:give|award|assign|output|return|grant|mark)\b[^.\n]{0,40}\b(?:full|maximum|max|top|highest|perfect)\s*(?:mark|score|point|credit|grade)s?\b
    |\b(?:full|maximum|highest|perfect)\s+(?:mark|score|credit|point|grade)s?\b[^.\n]{0,30}\b(?:for|to)\s+(?:this|me|the)\b
    |\b(?:dear\s+)?(?:grader|grading\s+(?:model|system|ai)|evaluator|reviewer|examiner)s?\s*(?:note|:|,|please|must|should)
    |\bmark\s+every\s+(?:point|criterion)\b|\bas\s+(?:met|covered|correct)\b[^.\n]{0,20}\ball\b
    |["'](?:score|verdict|grade|criteria_met|covered|level)["']\s*:|\b(?:verdict|criteria_met)\s*[:=]
    |<\|?(?:im_start|im_end|system|endoftext)|\[/?(?:inst|system|end\s*data)|</?(?:system|assistant|instructions?)>
    |^\s*(?:system|assistant|user|grader|评分员|面试官|系统)\s*[:：]|</?answer>|\bsystem\s*:
    |\b(?:every|all|each)\s+(?:of\s+the\s+)?(?:points?|criteri(?:on|a)|items?)\s+(?:is|are|was|were)\s+(?:met|covered|correct|right)
    |font-size\s*:\s*0|<!--
    |\b(?:max_score|full_marks)\b|\bassert\s+grade|\bdef\s+(?:evaluate|grade|score)\b
    |\b(?:prompt|rubric|grading)\s+(?:is\s+)?(?:void|cancel+ed|updated|replaced)\b
    |(?:本题|这道题|该题)[^。\n]{0,16}(?:作废|满分|无需作答)
    |ignora\w{0,9}[^.\n]{0,30}(?:instruc|rúbrica)|指示を無視|игнорируй|تجاهل
    |translate\s+the\s+following[^.\n]{0,40}(?:grading|score|verdict)
    |按[“"']?完全掌握
    |(?:标|记|判|视|认定|评定|登记)(?:定)?[为作成][^。\n]{0,8}(?:met|满足|命中|正确|覆盖|通过|掌握|满分)
    |(?:考生|候选人)[^。\n]{0,24}(?:已经?|均|全部|完整|预审|免试|推荐|优秀|绿色通道)|总分\s*[::]?\s*\d|(?:任何|任意)(?:回答|内容|答案)
    |(?:内部|阅卷|评分|系统)(?:备注|通知|公告|注释)|评语|评分(?:规则|标准|说明|系统|平台)|阅卷|满分
    |\b(?:end|beginning)\s+of\s+(?:the\s+)?(?:candidate|student|answer|response|submission|data|input)
    |\brubrics?\b|\bgrad(?:er|ing)\b[^.\n]{0,30}(?:self-check|hook|note|result)|[-—:]\s*(?:fully\s+)?met\b|\ball\s+(?:core\s+)?criteria\b
    |\b(?:10|ten|100)\s*(?:/|out\s+of)\s*(?:10|ten|100)\b|\b(?:total|final)\s*(?:score|grade|mark)?\s*[:=]?\s*(?:10|100)\b
    |\brepeat\s+(?:the|your|all)\s+instructions|\bpre-?approved\b|\b(?:answered|addressed)\s+in\s+full\b
    |</?(?:answer|grader|grading|note|candidate|student|rubric|verdict|score|admin|data)[\w-]*>
    |\bfull\s+(?:marks|credit|score)\b|\bmax(?:imum)?[_\s]+(?:score|marks?|points?)\b|\b(?:the|this)\s+candidate\b
    """,
    re.VERBOSE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Screened:
    """What is left of an answer to be graded, as stretches of the original text, and what was noticed."""

    flags: tuple[Flag, ...]
    spans: tuple[tuple[int, int], ...]

    @property
    def is_gradable(self) -> bool:
        return bool(self.spans)


def screen(answer: str, question: Sequence[str]) -> Screened:
    """Look at an answer to a question (given in each of its languages).

    A sentence that talks to the grader is flagged and left out; what stands beside it is kept.
    """
    if not tokenizer.words(answer):
        return Screened((Flag.BLANK,), ())
    sentences = _sentences(answer)
    kept = [span for span in sentences if not _STRONG.search(_readable(answer[span[0] : span[1]]))]
    flags = [Flag.INJECTION] if len(kept) < len(sentences) or _STRONG.search(_readable(answer)) else []
    if Flag.INJECTION in flags:
        kept = _outside_fences(answer, kept)
    rest = " ".join(answer[start:end] for start, end in kept)
    if kept and _is_dont_know(rest):
        return Screened((*flags, Flag.DONT_KNOW), ())
    if kept and any(_is_echo(rest, text) for text in question):
        return Screened((*flags, Flag.ECHO), ())
    return Screened(tuple(flags), tuple(kept))


def _sentences(text: str) -> list[tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    for clause in tokenizer.clauses(text):
        start, _ = spans.get(clause.sentence, (clause.start, 0))
        spans[clause.sentence] = (start, clause.end)
    # Closing marks stay with their sentence, but nothing of the next line does.
    following = [*(start for start, _ in spans.values()), len(text)][1:]
    return [
        (start, end + len(text[end:after].split("\n", maxsplit=1)[0].rstrip()))
        for (start, end), after in zip(spans.values(), following, strict=True)
    ]


def _outside_fences(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without what stands in code fences or comments, where an answer that steers the grader hides the most."""
    hidden = [
        match.span()
        for match in re.finditer(r"```.*?(?:```|$)|<!--.*?(?:-->|$)|<[^>\n]{1,200}>.{0,4000}?</", text, re.DOTALL)
    ]
    return [
        (start, end) for start, end in spans if not any(start < h_end and h_start < end for h_start, h_end in hidden)
    ]


def _readable(text: str) -> str:
    """Folded, with one blank or line end where there are many, and none between single Chinese characters.

    Thousands of blanks in a row would keep the patterns busy for hours, and hide words from them that belong together.
    """
    folded = re.sub(r"[^\S\n]+", " ", tokenizer.fold(text))
    folded = re.sub(r"\n[ \n]+", "\n", folded)
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", folded)


def _is_dont_know(text: str) -> bool:
    folded = _readable(text)
    if _NO_ANSWER.search(folded):
        return True
    if not _DONT_KNOW.search(folded):
        return False
    left = _PADDING.sub("", _DONT_KNOW.sub("", folded))
    return sum(tokenizer.is_content(word) for word in tokenizer.words(left)) <= _DONT_KNOW_LEFT


def _is_echo(text: str, question: str) -> bool:
    """Whether a text says the question again: its words, and most of them beside the same neighbours."""
    said, asked = ([word for word in tokenizer.words(one) if tokenizer.is_content(word)] for one in (text, question))
    if len(said) < _DONT_KNOW_LEFT or sum(word in asked for word in said) / len(said) < _ECHO_SHARE:
        return False
    beside = {frozenset(pair) for pair in pairwise(asked)}
    return 2 * sum(frozenset(pair) in beside for pair in pairwise(said)) > len(said) - 1
