"""The sentences of a reference cut into statements that can be read, and be right or wrong, on their own."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from interviewer.banks.importing.rubric_from_reference.name_lists import names_in
from interviewer.banks.importing.rubric_from_reference.points import AskedQuestion, ReferencePoint
from interviewer.banks.importing.rubric_from_reference.prose import WORDS, ProseLine, is_chinese, is_label
from interviewer.domain.rubric import Kind
from interviewer.text import tokenizer

LIST_ITEM, FIRST, LATER, EXAMPLE = 2.0, 2.0, 1.0, 0.7

_SENTENCE = re.compile(r"[。!?！？…]+(?![)）])|(?<!\be\.g)(?<!\bi\.e)(?<!\betc)\.(?=\s|$)")
_LEAD = re.compile(r"^([^:：—。;；,，]{1,80}?)(?:[:：](?!\S*//)|——+|\s[—–-]\s)\s*")
_EDGES = " \t,，、;；。.:：—"

_EXAMPLE = re.compile(
    r"^(?:例如|比如|譬如|如(?![果下何此上今同实])|举例来说|举个例子|打个比方|假设想|for example|for instance|e\.g\.?,?|say,)[:：,，]?\s*",
    re.IGNORECASE,
)
_EXAMPLE_INSIDE = re.compile(
    r"[,，;；]\s*(?=例如|比如|譬如|如(?![果下何此上今同实]))|[,;]?\s+(?=(?:for example|for instance)\b(?!\s*[—–)-])|e\.g\.)",
    re.IGNORECASE,
)

# Sentences that announce what comes and state nothing.
_ANNOUNCES = re.compile(
    r"(?:(?:原因|理由|优点|好处|特点|方面|条件|步骤|作用)有[一二两三四五六七八九几]+[个点条种]?|有(?:以下|如下|几|多|很多|许多|两|三|四|五).{0,4}[种个点类方].{0,8}|如下(?:所示)?|(?:有|包括|具有)?(?:以下|下列|下面).{0,10})[:：]?$"
    r"|(?:包括|包含|分为|在于)$|^[其它]?的?(?:优点|优势|缺点|劣势|好处|坏处|原因|特点|作用|步骤|区别|答案|结论)(?:有|是|为)?$"
    r"|^(?:its? |the )?(?:main )?(?:advantages?|disadvantages?|benefits?|drawbacks?|pros|cons|reasons?|steps?|answer|note|summary)(?: (?:is|are|include))?$"
    r"|^(?:there (?:are|is)|here (?:are|is)|these are)\b.{0,70}\b(?:ways?|reasons?|methods?|things?|explanations?|options?|points?|following)\b.{0,20}$"
    r"|\b(?:as follows|the following(?: \w+){0,3})\W*$",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"^(?:并|完全|绝对)?(?:(?:不|没|无)(?:有|是|能|可以?|会|需要?|应该?|必|对|行|用|建议|推荐|一定)*(?:必要|使用|这样做?)?"
    r"|否|错误?的?|[对是会能]的?|(?:可以|需要|应该|正确|有必要)的?)$"
    r"|^(?:yes|no|not|never|true|false|wrong|right|it depends)\b",
    re.IGNORECASE,
)
_MOST_VERDICT_WORDS = 3

# Where one Chinese statement ends and the next begins.
_COMMA = re.compile(r"(?:，|(?<!\d),|,(?!\d))(?![^(（]*[)）])")
_SEMICOLON = re.compile(r"[;；](?![^(（]*[)）])")
_CONTRAST_ZH = re.compile(r"^(?:而(?![是非不且无没])|相比之下|反之|相反)[,，]?")
_OPENS_ZH = re.compile(
    r"^(?:如果|若|假如|假设|假定|一旦|只要|只有|当|虽然|尽管|即使|对于|针对|为了|通过|在.{1,16}[中时下上里]$|使用.{1,14}时$|.{1,40}(?:的话|时|而言|来说|以后|之后|以前|之前)$|那么假设)"
)
_GOES_ON_ZH = re.compile(
    r"^(?:则|那么|就|直到|以(?!及)|来(?!自)|使|让|从而使|而[是非不](?!常)|甚至|也就是|即(?=.{0,7}$)|无论|不管|其中)"
)
_JOINS_ZH = re.compile(
    r"^(?:[一二三四五六]是|因此|所以|于是|从而|而且|并且|并(?!不|非|没|发|行|列|联|入|存)|此外|另外|同时|首先|其次|再次|最后|然后|但是|但|不过|然而|而(?![是非不])|且|因为|由于|即|其中(?=.{6})|[也还](?=[可会能具有要])|"
    r"或者|也就是说|总之|一般而言|通常来说|以及|这(?=[会将]?导致))[,，、]?"
)
_ASIDE = re.compile(r"(?<![A-Za-z0-9_])[(（][^()（）]{9,}[)）]|[(（](?:[^()（）]*副产品|如图|见)[^()（）]*[)）]")
_LEAST_ZH = 4

_CONTRAST_EN = re.compile(r",?\s+(?:whereas|in contrast,?|on the other hand,?)\s+|,\s+while\s+", re.IGNORECASE)
_CUT_EN = re.compile(
    r";\s*|,\s+(?:and|but|so|because|since|as|which|thus|therefore|hence|then|yet)\s+|\s+because\s+", re.IGNORECASE
)
_JOINS_EN = re.compile(
    r"^(?:and|but|so|also|moreover|furthermore|however|therefore|thus|hence|in addition|additionally|besides|finally|"
    r"then|because|since|first(?:ly)?|second(?:ly)?|third(?:ly)?|next|lastly|whereas|generally|in general|in short)\b[,:]?\s+",
    re.IGNORECASE,
)
# What begins like this only leads to the statement that follows it.
_OPENS_EN = re.compile(
    r"^\W*(?:if|when|whenever|once|while|unless|until|although|though|even (?:if|though)|given|suppose|assuming|for|in order to|instead of)\b",
    re.IGNORECASE,
)
_LEAST_EN = 2

_MOST_SHARES = 3
_TRANSLATED = re.compile(r"([^()（）]+?)\s*[(（]([^()（）]+)[)）]")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+#./-]*")
_FIGURE = re.compile(r"(?<![\w./])\d[\d,.]*\d|(?<![\w./])\d(?![\w/])")
# Words by which a label is a claim of its own.
_STATES = re.compile(
    r"[是会能不更可有需被没]|\b(?:is|are|has|have|can|not|no|more|less|fewer|does|will)\b", re.IGNORECASE
)

# What has no full stop may go on for pages; nobody can be asked for more than this of one sentence or item.
LONGEST_SENTENCE = 500
_LONGEST_ITEM = 2000


def statements(line: ProseLine, asked: AskedQuestion, origin: int = 0, weight: float = FIRST) -> list[ReferencePoint]:
    """The points of one line: of an item its claim and what explains it, of a paragraph what its sentences state.

    Sentences are counted from `origin`; the first that states something has the given weight.
    """
    text = line.text
    if line.is_extra:
        points = statements(replace(line, is_extra=False), asked, origin)
        return [replace(point, kind=Kind.BONUS, weight=LATER) for point in points]
    if line.depth:
        return list(_item(text, asked, line.depth, origin))
    found: list[ReferencePoint] = []
    before = ""
    sentences = _sentences(text)
    for number, sentence in enumerate(sentences):
        if _is_verdict(sentence) and number + 1 < len(sentences):
            before = f"{sentence}，" if is_chinese(sentence) else f"{sentence}. "
            continue
        found.extend(_sentence(before + sentence, asked, LATER if found else weight, origin + number))
        before = ""
    return found


def _sentences(text: str) -> list[str]:
    """The sentences of a text; those that ask keep their mark."""
    ends = [0, *(found.end() for found in _SENTENCE.finditer(text)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(ends)]
    bare = [re.sub(r"[.。!！…]+$", "", piece.strip())[:LONGEST_SENTENCE].strip(_EDGES) for piece in pieces]
    return [piece for piece in bare if piece.strip(_EDGES + "?？")]


def _item(text: str, asked: AskedQuestion, depth: int, origin: int) -> Iterator[ReferencePoint]:
    """The claim of an item, and at most one thing that explains it.

    Before a colon stands the claim where such names, steps or reasons are asked for; else it only says what the claim
    is about.
    """
    text = text[:_LONGEST_ITEM]
    weight = LIST_ITEM if depth == 1 else LATER
    lead = _LEAD.match(text)
    label, rest = (lead[1].strip(_EDGES), text[lead.end() :]) if lead else ("", text)
    told = [claim for sentence in _sentences(rest) if (claim := _told(sentence, asked))]
    is_claim = asked.own(label) >= (_LEAST_EN if is_chinese(label) else 1) and not is_label(label)
    if is_claim and (not told or asked.wants_labels or _STATES.search(label)):
        names = _in_either_language(label)
        yield ReferencePoint(names[0], "list item", weight, aliases=(names,) if len(names) > 1 else (), origin=origin)
        told, weight = told[:1], weight / 2
    for number, claim in enumerate(told[:2]):
        made = "list item" if weight == LIST_ITEM or not number else "sentence"
        yield ReferencePoint(
            claim, made, weight if not number else weight / 2, aliases=_pairs_in(claim, asked), origin=origin
        )


def _told(sentence: str, asked: AskedQuestion) -> str:
    """What a sentence of an item claims, without the examples in it; nothing where it only asks or chats."""
    head = _EXAMPLE_INSIDE.split(sentence, maxsplit=1)[0]
    claim = _tidied("" if _EXAMPLE.match(head) else without_chatter(head))
    return claim if asked.own(claim) and not _ANNOUNCES.search(claim) and not claim.endswith(("?", "？")) else ""


def _in_either_language(label: str) -> tuple[str, ...]:
    """A name, with the translation that stands in brackets behind it."""
    found = _TRANSLATED.fullmatch(label)
    if not found or is_chinese(found[1]) is is_chinese(found[2]):
        return (label,)
    return found[1].strip(), found[2].strip()


def _pairs_in(claim: str, asked: AskedQuestion) -> tuple[tuple[str, ...], ...]:
    """For a claim that gives each of the compared things its figure: thing and figure, in either order, in one clause."""
    parts = [part for part in _COMMA.split(claim) if part.strip()] if asked.compares else []
    pairs = []
    for part in parts:
        things = [thing for thing in _LATIN.findall(part) if thing.casefold() in asked.names]
        figures = _FIGURE.findall(part)
        if len(things) != 1 or len(figures) != 1:
            return ()
        pairs.append((f"{things[0]}…{figures[0]}", f"{figures[0]}…{things[0]}"))
    return tuple(pairs) if len(pairs) > 1 else ()


def without_chatter(text: str) -> str:
    """A sentence without the clauses that point elsewhere; nothing where it is an introduction or a joke."""
    if WORDS.phrases("chatter.sentences").search(tokenizer.fold(text)):
        return ""
    elsewhere = WORDS.phrases("chatter.clauses")
    if not elsewhere.search(tokenizer.fold(text)):
        return text
    kept = [clause for clause in _COMMA.split(text) if not elsewhere.search(tokenizer.fold(clause))]
    return ("，" if is_chinese(text) else ", ").join(kept)


def _sentence(text: str, asked: AskedQuestion, weight: float, origin: int) -> Iterator[ReferencePoint]:
    text = without_chatter(text)
    if text.endswith(("?", "？")):
        return
    head, *examples = _EXAMPLE_INSIDE.split(text, maxsplit=1)
    if _EXAMPLE.match(head):
        head, examples = "", [text]
    if head:
        yield from _claims(head, asked, weight, origin)
    for example in examples:
        kind = Kind.CORE if asked.wants_examples else Kind.BONUS
        stated = example.strip(_EDGES + ")）")
        claim = _tidied(_EXAMPLE.sub("", stated))
        names = names_in(stated, asked, origin, kind) or names_in(claim, asked, origin, kind)
        if names:
            yield from names
        elif asked.own(claim) >= _LEAST_EN:
            yield ReferencePoint(claim, "sentence", weight if kind is Kind.CORE else EXAMPLE, kind, origin=origin)


def _claims(text: str, asked: AskedQuestion, weight: float, origin: int) -> Iterator[ReferencePoint]:
    """What a text states; what leads to a colon is a statement of its own, or only announces what follows."""
    is_list = False
    while True:
        names = names_in(text, asked, origin)
        if names:
            yield from names
            return
        lead = _LEAD.match(text)
        if not lead or not text[lead.end() :].strip(_EDGES):
            break
        is_list = bool(_ANNOUNCES.search(lead[1]))
        if asked.own(lead[1]) >= _LEAST_EN and not _ANNOUNCES.search(lead[1]):
            if asked.own(text[lead.end() :]) < _LEAST_EN or len(lead[1].strip()) <= _LEAST_ZH:
                break  # a word with its colon belongs to what it introduces
            yield from _cut(lead[1], asked, weight, origin)
        text = text[lead.end() :]
    yield from _cut(text, asked, weight, origin, is_list=is_list)


def _cut(
    text: str, asked: AskedQuestion, weight: float, origin: int, *, is_list: bool = False
) -> Iterator[ReferencePoint]:
    """The statements of a sentence, which weigh together what the sentence weighs, unless it lists them."""
    parts = list(_cut_chinese(text, asked) if is_chinese(text) else _cut_english(text, asked))
    claims = [
        (claim, made) for part, made in parts if asked.own(claim := _tidied(part)) and not _ANNOUNCES.search(claim)
    ]
    for claim, made in claims:
        shared = weight if is_list else weight / min(len(claims), _MOST_SHARES)
        names = _in_either_language(claim)
        aliases = (names,) if len(names) > 1 else ()
        yield ReferencePoint(names[0], made if len(parts) > 1 else "sentence", shared, aliases=aliases, origin=origin)


def _cut_chinese(text: str, asked: AskedQuestion) -> Iterator[tuple[str, str]]:
    """Statements between commas; what only opens, continues or is too short to stand alone stays with its neighbour."""
    for piece in _SEMICOLON.split(text):
        parts: list[tuple[str, str]] = []
        is_open = False
        for clause in filter(None, (part.strip(_EDGES) for part in _COMMA.split(piece))):
            if parts and not is_open and asked.own(clause) == 0 and not _GOES_ON_ZH.match(clause):
                continue  # it only says again what was asked
            contrast = bool(_CONTRAST_ZH.match(clause))
            if parts and (is_open or (not contrast and _stays(clause, parts[-1][0], asked))):
                parts[-1] = (f"{parts[-1][0]}，{clause}", parts[-1][1])
            else:
                parts.append((clause, "contrast" if contrast else "clause"))
            is_open = bool(_OPENS_ZH.search(clause))
        yield from _paired(parts)


def _stays(clause: str, before: str, asked: AskedQuestion) -> bool:
    bare = _JOINS_ZH.sub("", clause)
    return (
        bool(_GOES_ON_ZH.match(clause))
        or _is_verdict(before)
        or asked.own(bare) < _LEAST_EN
        or len(bare) < _LEAST_ZH
        or len(_JOINS_ZH.sub("", before)) < _LEAST_ZH
        or asked.own(before) < 1
    )


def _is_verdict(text: str) -> bool:
    """Whether a text is no more than a yes or a no, which means nothing without what follows."""
    return bool(_VERDICT.match(text)) and len(text.split()) <= _MOST_VERDICT_WORDS


def _paired(parts: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Both sides of a contrast are called so."""
    for place, (text, made) in enumerate(parts):
        follows = place + 1 < len(parts) and parts[place + 1][1] == "contrast"
        yield text, "contrast" if follows else made


def _cut_english(text: str, asked: AskedQuestion) -> Iterator[tuple[str, str]]:
    sides = [side for side in _CONTRAST_EN.split(text) if side.strip(_EDGES)]
    made = "contrast" if len(sides) > 1 and all(asked.own(side) for side in sides) else "clause"
    for side in sides if made == "contrast" else [text]:
        start, leads = 0, bool(_OPENS_EN.match(side))
        for match in _CUT_EN.finditer(side):
            before, after = side[start : match.start()], side[match.end() :]
            ends_a_list = "," in before and match.group().strip(" ,").casefold() == "and"
            if ends_a_list:
                continue
            if leads and ";" not in match.group() and "," not in before:
                leads = False  # the condition ends here; what it leads to begins
                continue
            if asked.own(before) >= _LEAST_EN and asked.own(after) >= _LEAST_EN:
                yield before, made
                start, leads = match.end(), bool(_OPENS_EN.match(after))
        yield side[start:], made


def _tidied(text: str) -> str:
    """A statement without what tied it to the one before it, and without long asides."""
    text = text.strip(_EDGES)
    joins = _JOINS_ZH if is_chinese(text) else _JOINS_EN
    bare = text
    for _ in range(2):
        shorter = joins.sub("", bare).strip(_EDGES)
        bare = shorter or bare
    without = _ASIDE.sub("", bare).strip(_EDGES)
    bare = without if len(without) >= _LEAST_ZH else bare
    return " ".join(bare.split())
