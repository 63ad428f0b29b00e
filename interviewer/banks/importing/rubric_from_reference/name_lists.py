"""Lists of names in a sentence: each item a point of its own, known by the name or by what means the same."""

import re
from collections.abc import Iterator, Sequence
from itertools import product, takewhile

from interviewer.banks.importing.rubric_from_reference.points import AskedQuestion, ReferencePoint
from interviewer.banks.importing.rubric_from_reference.prose import WORDS, is_chinese
from interviewer.domain.rubric import Kind
from interviewer.text import tokenizer
from interviewer.text.glossary import Glossary, glossary

_LONGEST_NAME = 14
_MOST_WORDS = 4
_LEAST_KEPT = 2
_LEAST_UNOPENED = 3
_LEAST_ITEMS_EN = 3
_LEAST_OWN = 2
_MOST_BEFORE = 3

_TRANSLATED = re.compile(r"([^()（）]*\w)\s*[(（](\w[^()（）=+*/<>]*)[)）]")
_ITEM = re.compile(r"[、，;；]|,(?!\d)|(?<=[\u3400-\u9fff])以?[和与及](?=[\u3400-\u9fff]{2})")
_LISTING = re.compile(WORDS.any_of("name_list.opens"))
_STATES_ZH = re.compile(WORDS.any_of("name_list.states"))
_DIVIDES = re.compile(r"[;；]|[,，].*[,，]")
_TAIL = re.compile(r"等(?![待于价式级距长分])[^,，、;；]{0,8}$|[二三四五六七八九十]种$|[组构]成$")
_ITEM_EN = re.compile(r",?\s+(?:and|or)\s+(?=[^,]+$)|\s*(?:,(?!\d)|;)\s*")
_LISTING_EN = re.compile(rf"{WORDS.any_of('name_list.opens_en')}\s+", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\([^()]*\)")
_AND_SO_ON = re.compile(r",?\s*(?:etc\.?|and so on)\W*$")
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_STATES_EN = re.compile(rf"\b{WORDS.any_of('name_list.states_en')}\b", re.IGNORECASE)


def in_either_language(name: str) -> tuple[str, ...]:
    """A name, with the translation that stands in brackets behind it."""
    found = _TRANSLATED.fullmatch(name)
    if not found or is_chinese(found[1]) is is_chinese(found[2]):
        return (name,)
    return found[1].strip(), found[2].strip()


def names_in(text: str, asked: AskedQuestion, origin: int = 0, kind: Kind = Kind.CORE) -> list[ReferencePoint]:
    """The items of a list of short names, or nothing where the text is no such list."""
    is_looked_for = kind is Kind.BONUS or asked.wants_examples or asked.wants_labels
    items = _chinese(text, asked) if is_chinese(text) else _english(text, asked) if is_looked_for else []
    items = list(dict.fromkeys(item for item in items if any(map(tokenizer.is_content, tokenizer.words(item)))))
    if len(items) < 2 or not any(asked.own(item) for item in items):
        return []
    return [
        ReferencePoint(item, "name in a list", kind=kind, aliases=(known,), origin=origin)
        for item, known in zip(items, _known_by(items), strict=True)
    ]


def _chinese(text: str, asked: AskedQuestion) -> list[str]:
    """What follows a word that opens a list, if it is short names and nothing else."""
    for match in _LISTING.finditer(text):
        if _DIVIDES.search(text[: match.start()]):
            break  # what stands before the list says something of its own
        listed = _TAIL.sub("", text[match.end() :])
        items = [item.strip(" :：—。") for item in _ITEM.split(listed)]
        items = [item for item in items if item]
        if len(items) > 1 and all(_is_name(item) for item in items):
            is_asked_for = asked.own(text[: match.start()]) < _LEAST_OWN and not any(map(_STATES_ZH.search, items))
            # Commas divide clauses as well as names.
            if "、" in listed or is_asked_for:
                return items
    items = [item.strip() for item in _TAIL.sub("", text).split("、")]
    if len(items) >= _LEAST_UNOPENED and all(item and _is_name(item) for item in items) and "，" not in text:
        return items
    return []


def _is_name(item: str) -> bool:
    return len(item) <= _LONGEST_NAME and not _LISTING.search(item) and item.count("(") == item.count(")")


def _english(text: str, asked: AskedQuestion) -> list[str]:
    """What follows a word that opens a list; all of a text that opens with its items, if names are asked for."""
    text = _ASIDE.sub("", text)
    opened = [match.end() for match in _LISTING_EN.finditer(text) if asked.own(text[: match.start()]) <= _MOST_BEFORE]
    for start in (*opened, 0) if asked.wants_examples else opened:
        listed = _AND_SO_ON.sub("", text[start:])
        items = [_ARTICLE.sub("", item.strip(" .")) for item in _ITEM_EN.split(listed)]
        items = [item for item in items if item]
        is_plain = all(len(item.split()) <= _MOST_WORDS and not _STATES_EN.search(item) for item in items)
        if len(items) >= _LEAST_ITEMS_EN and is_plain:
            return items
    return []


def _known_by(items: Sequence[str]) -> list[tuple[str, ...]]:
    """Each item, what is left of it without an ending that all have, and what the glossary has for it."""
    same = takewhile(lambda signs: len(set(signs)) == 1, zip(*map(reversed, items), strict=False))
    ending = "".join(signs[0] for signs in same)[::-1] if all(map(is_chinese, items)) else ""
    kept = [item.removesuffix(ending).removesuffix("的") for item in items]
    is_cut = any(len(item) < _LEAST_KEPT or item.count("（") > item.count("）") for item in kept)
    if not ending or is_cut or len(set(kept)) < len(kept):
        kept = list(items)
    known = glossary()
    found: list[tuple[str, ...]] = []
    for item, short in zip(items, kept, strict=True):
        variants = (*known.variants(item), *known.variants(short), *_reworded(item, known))
        found.append(tuple(dict.fromkeys((*in_either_language(item), short, *variants))))
    return found


def _reworded(item: str, known: Glossary) -> Iterator[str]:
    """A name that two terms of the glossary make up, in other words and the other order: `rotate…image`."""
    clauses = tokenizer.clauses(item)
    stretch = clauses[0].tokens if len(clauses) == 1 else ()
    mentions = list(known.mentions(stretch))
    bounds = [place for mention in mentions for place in (mention.first, mention.last)]
    if len(mentions) != 2 or bounds != [0, bounds[1], bounds[1], len(stretch)]:
        return
    one, other = (known.entries[mention.entry] for mention in mentions)
    for ones, others in ((one.zh, other.zh), (one.en, other.en)):
        for first, second in product(ones[:2], others[:2]):
            yield f"{first}…{second}"
            yield f"{second}…{first}"
