"""Heaps of keywords and scrambled words: names set side by side, or words in no order, which state nothing."""

import re
from collections.abc import Iterator
from itertools import pairwise

from interviewer.text import tokenizer

_LEAST_ITEMS = 5
_LONGEST_ITEM = 7
_LEAST_SHARE = 0.6

# What may stand between the items of a list. A blank separates where no verb joins: between Chinese terms. In a text
# with Chinese marks of punctuation, a blank beside Latin letters is no more than good typography.
_MARKS = r"[,，、;；/|·•+\n\t]|…+|\.{3}|\s+-\s+|\s*&\s*|[。!?！？]|[.](?=\s|$)"
_SEPARATOR = re.compile(_MARKS + r"|(?<=[\u3400-\u9fff])\s+|\s+(?=[\u3400-\u9fff])")
_SEPARATOR_PUNCTUATED = re.compile(_MARKS + r"|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_PUNCTUATED = re.compile("[，。；]")

# In a row these are one blank: between thousands of them the separators would be looked for again and again.
_BLANKS = re.compile(r"[^\S\n\t]+")

_STATING = frozenset(
    "is are was be can do does will would makes make use uses used get gets give gives let lets help helps mean means keep "
    "keeps put take takes add so because that when if it they you we than into isn't aren't don't doesn't not no i i'd i'm "
    "it's that's there this these your my has have gets become becomes reduce reduces prevent prevents learn learns turn "
    "set pick split call run start goes go want need needs works work say says the an i i've me my he she him her our us their them "
    "its on at by from like just then but would could should might must each every all some any what who why where while very "
    "comes come looks look feels feel thing things stuff same still already always never only even way more less too".split()
)
_STATING_ZH = re.compile(
    "[是会把被让使吧呢吗了就都还也很这那你我它]|可以|能够|就能|不能|才能|能让|所以|因为|因此|如果|于是|从而|通过|就是|需要|不用|不会|没有|比如|变[成得大小]|使得|相当于|等价|得到|"
    "用来|用于|来自|为了|减少|增加|提高|降低|防止|避免|导致|产生|学到|看到|直到|给出|取决|属于|包含|说明|意味|保持|决定|训练出|做[了个成法]?|[要将给对从到在由]"
)


# What leads to what is stated, if tersely.
_ARROW = re.compile("→|⇒|=>|->|[:：=]")


def heap(text: str) -> bool:
    """Whether a text is mostly a list of names, at least so many, with nothing said of them."""
    items = list(_items(text))
    bare = [length for length, states in items if not states and length <= _LONGEST_ITEM]
    whole = sum(length for length, _ in items)
    return len(bare) >= _LEAST_ITEMS and sum(bare) >= _LEAST_SHARE * whole


def scrambled(text: str) -> bool:
    """Whether the words of a text stand in no order that anybody would write them in.

    English: hardly any small words, or small words that cannot follow one another. Chinese: short pieces set apart by blanks.
    """
    folded = tokenizer.fold(text)
    if len(_APART_ZH.findall(folded)) >= _MOST_APART and _mean_run(folded) < _SHORT_RUN:
        return True
    words = re.findall(r"[a-z']+", folded)
    if len(words) < _LEAST_WORDS or len(words) < len(_CJK.findall(folded)):
        return False
    small = sum(word in tokenizer.STOPWORDS or word in _SMALL for word in words)
    odd = sum(_cannot_follow(one, other) for one, other in pairwise(words))
    return small < _LEAST_SMALL * len(words) or (odd >= _MOST_ODD and odd >= _ODD_SHARE * len(words))


_CJK = re.compile("[\u3400-\u9fff]")
_APART_ZH = re.compile(r"(?<=[\u3400-\u9fff])[ \t]+(?=[\u3400-\u9fff])")
_MOST_APART = 10
_SHORT_RUN = 6
_LEAST_WORDS = 16
_LEAST_SMALL = 0.10
_MOST_ODD = 3
_ODD_SHARE = 0.03

_SMALL = frozenset(
    "over during under between through without within not no cannot other many much more most only all both".split()
)
_DETERMINERS = frozenset("the an its our your their".split())
_PREPOSITIONS = frozenset("of in at by from with for into onto between".split())
_FORMS_OF_BE = frozenset("is are was were".split())
_BEGIN_NO_PHRASE = _FORMS_OF_BE | frozenset("of and or but so than then has have had can will would".split())
_ARTICLES_AND_PREPOSITIONS = _PREPOSITIONS | frozenset("the a an on as to that it this these if not".split())


def _cannot_follow(one: str, other: str) -> bool:
    if one in _DETERMINERS:
        return other in _BEGIN_NO_PHRASE or other in _ARTICLES_AND_PREPOSITIONS
    if one in _PREPOSITIONS:
        return other in _BEGIN_NO_PHRASE
    if one in _FORMS_OF_BE:
        return other in _FORMS_OF_BE or other == "of"
    return one in ("and", "or") and other in ("of", "and", "or", "is", "are")


def _mean_run(text: str) -> float:
    """How many Chinese characters stand between two blanks, on average."""
    return len(_CJK.findall(text)) / (len(_APART_ZH.findall(text)) + 1)


def states(text: str) -> bool:
    """Whether a text says something, rather than naming it."""
    folded = tokenizer.fold(text)
    return bool(_ARROW.search(folded) or _STATING_ZH.search(folded)) or any(
        word in _STATING for word in re.findall(r"[a-z']+", folded)
    )


def _items(text: str) -> Iterator[tuple[int, bool]]:
    separator = _SEPARATOR_PUNCTUATED if _PUNCTUATED.search(text) else _SEPARATOR
    for item in separator.split(_BLANKS.sub(" ", text)):
        length = sum(tokenizer.is_content(word) and not word[0].isdigit() for word in tokenizer.words(item))
        if length:
            yield length, states(item)
