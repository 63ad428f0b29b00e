"""Heaps of keywords: names set side by side, which state nothing."""

import re
from collections.abc import Iterator

from interviewer import tokens

_LEAST_ITEMS = 5
_LONGEST_ITEM = 7
_LEAST_SHARE = 0.6

# What may stand between the items of a list. A blank separates where no verb joins: between Chinese terms.
_SEPARATOR = re.compile(
    r"[,，、;；/|·•+\n\t]|…+|\.{3}|\s+-\s+|\s*&\s*|(?<=[\u3400-\u9fff])\s+|\s+(?=[\u3400-\u9fff])|[。!?！？]|[.](?=\s|$)"
)

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


def states(text: str) -> bool:
    """Whether a text says something, rather than naming it."""
    folded = tokens.fold(text)
    return bool(_ARROW.search(folded) or _STATING_ZH.search(folded)) or any(
        word in _STATING for word in re.findall(r"[a-z']+", folded)
    )


def _items(text: str) -> Iterator[tuple[int, bool]]:
    for item in _SEPARATOR.split(text):
        length = sum(tokens.is_content(word) and not word[0].isdigit() for word in tokens.words(item))
        if length:
            yield length, states(item)
