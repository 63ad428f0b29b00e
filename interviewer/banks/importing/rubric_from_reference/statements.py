"""The sentences and items of a reference as statements that can be read, and be right or wrong, on their own."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from interviewer.banks.importing.rubric_from_reference.name_lists import in_either_language, names_in
from interviewer.banks.importing.rubric_from_reference.points import AskedQuestion, ReferencePoint
from interviewer.banks.importing.rubric_from_reference.prose import WORDS, ProseLine, is_chinese, is_label
from interviewer.domain.rubric import Kind

LIST_ITEM, FIRST, LATER, EXAMPLE = 2.0, 2.0, 1.0, 0.7

_SENTENCE = re.compile(
    r"[。！？…]+(?![)）])|[!?]+(?=\s|$)|(?<!\be\.g)(?<!\bi\.e)(?<!\betc)(?<!\bet al)(?<!\bvs)\.(?=\s|$)"
)
_LEAD = re.compile(r"^([^:：—。;；,，]{1,80}?)(?:(?:：|(?<![!-~]):|:(?![!-~]))(?!\S*//)|——+|\s[—–-]\s)\s*")
_EDGES = " \t,，、;；。.:：—"
_LONGEST_LABEL = 24  # characters before the colon of a line that is a list item without its mark
_MOST_LABEL_WORDS = 4
_EXAMPLES = WORDS.any_of("statement.examples")
_EXAMPLE = re.compile(rf"^(?:{_EXAMPLES}|{WORDS.any_of('statement.more_examples')})[:：,，]?\s*", re.IGNORECASE)
_EXAMPLE_INSIDE = re.compile(
    rf"[,，;；]\s*(?={_EXAMPLES})|[,;]?\s+(?=(?:for example|for instance)\b(?!\s*[—–)-])|e\.g\.)", re.IGNORECASE
)
_ANNOUNCES = re.compile(WORDS.any_of("statement.announces"), re.IGNORECASE)
_COMMA = re.compile(r"(?:，|(?<!\d),|,(?!\d))(?![^(（]*[)）])")
_ENUMERATED = re.compile(r"(?:，|,\s)(?![^(（]*[)）])")
_SEMICOLON = re.compile(r"[;；](?![^(（]*[)）])")
_BUT_WORD = WORDS.any_of("statement.but")
_BUT = re.compile(rf"^{_BUT_WORD}[,，]?")
_CONTRAST = re.compile(rf"[,，;；]\s*{_BUT_WORD}[,，]?|{WORDS.any_of('statement.but_en')}", re.IGNORECASE)
_SETS_RIGHT = re.compile(WORDS.any_of("statement.sets_right"), re.IGNORECASE)
_ASIDE = re.compile(r"(?<![A-Za-z0-9_])[(（][^()（）=+*/<>\\]{9,}[)）]")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+#./-]*")
_FIGURE = re.compile(r"(?<![\w./])\d[\d,.]*\d|(?<![\w./])\d(?![\w/])")
_LEAST_OWN = 2  # words that the question does not have, of a statement cut off another one
_LEAST_CUT = 4  # characters of it
_SHORT_ZH, _SHORT_EN = 6, 2  # characters and words of a first sentence that means nothing without the next

# What has no full stop may go on for pages; nobody can be asked for more than this of one sentence or item.
LONGEST_SENTENCE = 500
_LONGEST_ITEM = 2000


def statements(line: ProseLine, asked: AskedQuestion, origin: int = 0, weight: float = FIRST) -> list[ReferencePoint]:
    """The points of one line: of an item its claim and one more that explains it, of a paragraph its sentences.

    Sentences are counted from `origin`; the first that states something has the given weight.
    """
    if line.is_extra:
        points = statements(replace(line, is_extra=False), asked, origin)
        return [replace(point, kind=Kind.BONUS, weight=LATER) for point in points]
    if line.depth and line.announces:
        return []
    if line.depth:
        return list(_item(line.text, asked, line.depth, origin))
    if _is_labelled(line.text, asked):
        return [point for item in _labelled_items(line.text, asked) for point in _item(item, asked, 0, origin)]
    found: list[ReferencePoint] = []
    for number, sentence in enumerate(_with_verdict(sentences(line.text, announces=line.announces))):
        found.extend(_sentence(sentence, asked, LATER if found else weight, origin + number))
    return found


def _is_labelled(text: str, asked: AskedQuestion) -> bool:
    """Whether a paragraph could as well be a list item: a few words, a colon, and what is to be said of them."""
    lead = _LEAD.match(text)
    if not lead or not lead[0].rstrip().endswith((":", "：")) or not text[lead.end() :].strip(_EDGES):
        return False
    label = lead[1].strip()
    is_short = len(label) <= _LONGEST_LABEL and len(label.split()) <= _MOST_LABEL_WORDS
    return is_short and not _announces(label, asked) and not names_in(sentences(text)[0], asked)


def _labelled_items(text: str, asked: AskedQuestion) -> list[str]:
    """A labelled paragraph cut before every sentence that has a label of its own, so that none is lost as a third one."""
    found: list[str] = []
    for sentence in sentences(text):
        if not found or _is_labelled(sentence, asked):
            found.append(sentence)
        else:
            found[-1] += f"{'。' if is_chinese(text) else '. '}{sentence}"
    return found if len(found) > 1 else [text]


def _announces(lead: str, asked: AskedQuestion) -> bool:
    return bool(_ANNOUNCES.search(lead.strip())) or asked.restated(lead)


def sentences(text: str, *, announces: bool = False) -> list[str]:
    """The sentences of a text; those that ask keep their mark. One that only leads to what stands below is left out."""
    ends = [0, *(found.end() for found in _SENTENCE.finditer(text)), len(text)]
    pieces = [text[start:end].strip() for start, end in pairwise(ends)]
    bare = [re.sub(r"[.。!！…]+$", "", piece)[:LONGEST_SENTENCE].strip(_EDGES) for piece in pieces]
    kept = [piece for piece in bare if piece.strip(_EDGES + "?？")]
    return kept[:-1] if announces else kept


def _with_verdict(listed: list[str]) -> list[str]:
    """A yes or no, or what else is very short, together with the sentence behind it."""
    first, *others = listed or [""]
    is_short = len(first) <= _SHORT_ZH if is_chinese(first) else len(first.split()) <= _SHORT_EN
    return [f"{first}{'，' if is_chinese(first) else '. '}{others[0]}", *others[1:]] if others and is_short else listed


def _item(text: str, asked: AskedQuestion, depth: int, origin: int) -> Iterator[ReferencePoint]:
    """The claim of an item under its label, and at most one thing that explains it.

    Where names, steps or reasons are asked for, the label alone is an answer. Where things are compared, it only says
    in what they differ, and is no part of the claim.
    """
    text = text[:_LONGEST_ITEM]
    weight = LIST_ITEM if depth < 2 else LATER
    lead = _LEAD.match(text)
    label, rest = (lead[1].strip(_EDGES), text[lead.end() :]) if lead else ("", text)
    if label and not about_the_matter(label, asked):
        return
    told = [claim for sentence in sentences(rest) if (claim := _told(sentence, asked))]
    aliases: tuple[tuple[str, ...], ...] = ()
    if label and not is_label(label) and not (told and asked.compares and asked.own(label)):
        name, *other = in_either_language(label)
        if asked.own(name) and (asked.wants_labels or not told):
            aliases = ((name, *other),)
        if not told and not asked.own(name):
            return
        told = [f"{name}{'：' if is_chinese(text) else ': '}{told[0]}" if told else name, *told[1:]]
    for number, claim in enumerate(told[:2]):
        yield ReferencePoint(
            claim,
            "sentence" if number else "list item",
            weight / 2 if number else weight,
            aliases=(aliases if not number else ()) or _pairs_in(claim, asked),
            origin=origin,
        )


def _told(sentence: str, asked: AskedQuestion) -> str:
    """What a sentence of an item claims, without the examples in it; nothing where it only asks or chats."""
    head = _EXAMPLE_INSIDE.split(sentence, maxsplit=1)[0]
    claim = _tidied("" if _EXAMPLE.match(head) else about_the_matter(head, asked))
    return claim if asked.own(claim) and not _ANNOUNCES.search(claim) and not claim.endswith(("?", "？")) else ""


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


def about_the_matter(text: str, asked: AskedQuestion) -> str:
    """A sentence without the clauses that speak of the text, its writer or its reader; nothing where it opens so."""
    words = WORDS.phrases("about_the_text.words")
    if not asked.is_strange(text, words):
        return text[found.end() :] if (found := _SETS_RIGHT.search(text)) else text
    clauses = _COMMA.split(text)
    kept = [clause for clause in clauses if not asked.is_strange(clause, words)]
    is_opened_so = kept[:1] != clauses[:1] or 2 * sum(map(len, kept)) < len(text)
    return "" if is_opened_so else ("，" if is_chinese(text) else ", ").join(kept)


def _sentence(text: str, asked: AskedQuestion, weight: float, origin: int) -> Iterator[ReferencePoint]:
    text = about_the_matter(text, asked)
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
        elif asked.own(claim) >= _LEAST_OWN:
            yield ReferencePoint(claim, "sentence", weight if kind is Kind.CORE else EXAMPLE, kind, origin=origin)


def _claims(text: str, asked: AskedQuestion, weight: float, origin: int) -> Iterator[ReferencePoint]:
    """What a sentence states: the names that it lists, what it enumerates behind an announcement, or one claim or two."""
    names = names_in(text, asked, origin)
    lead = _LEAD.match(text)
    is_list = bool(lead and _announces(lead[1], asked) and text[lead.end() :].strip(_EDGES))
    if lead and is_list and not names:
        text = text[lead.end() :]
        names = names_in(text, asked, origin)
    yield from names or _parts(text, asked, weight, origin, is_list=is_list)


def _parts(text: str, asked: AskedQuestion, weight: float, origin: int, *, is_list: bool) -> Iterator[ReferencePoint]:
    """A sentence cut at its semicolons, at the commas of an enumeration and between the two sides of a contrast."""
    parts = [part.strip(_EDGES) for part in _SEMICOLON.split(text)]
    if is_list and len(parts) == 1:
        parts = [part.strip(_EDGES) for part in _ENUMERATED.split(text)]
    sides = [side.strip(_EDGES) for part in parts for side in _CONTRAST.split(part)]
    made = "clause"
    if len(sides) > len(parts) and all(asked.own(side) >= _LEAST_OWN for side in sides):
        parts, made = sides, "contrast"
    told = [
        claim
        for part in _long_enough(parts, asked)
        if asked.own(claim := _tidied(part)) and not _ANNOUNCES.search(claim)
    ]
    for claim in told:
        yield ReferencePoint(claim, made if len(told) > 1 else "sentence", weight, origin=origin)


def _long_enough(parts: list[str], asked: AskedQuestion) -> list[str]:
    """The parts, those that say too little alone together with the one before."""
    found: list[str] = []
    for part in filter(None, parts):
        if found and asked.own(part) < _LEAST_OWN:
            found[-1] = f"{found[-1]}；{part}" if is_chinese(part) else f"{found[-1]}; {part}"
        else:
            found.append(part)
    return found


def _tidied(text: str) -> str:
    """A statement without what tied it to the one before it, and without long asides."""
    bare = _BUT.sub("", text.strip(_EDGES))
    joins = WORDS.phrases("joins.openings")
    for _ in range(2):
        found = joins.match(bare.lower())
        bare = (bare[found.end() :].strip(_EDGES) if found else "") or bare
    without = _ASIDE.sub("", bare).strip(_EDGES)
    bare = without if len(without) >= _LEAST_CUT else bare
    return re.sub(r"\s+(?=[,.;])", "", " ".join(bare.split()))
