"""Text as it is compared: tokens that ignore case, width, script variant and inflection, and know where they stood."""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import opencc

# A full stop between digits is a decimal point, and one inside a name (model.eval) belongs to the name.
_SENTENCE_END = frozenset("。!?;…\n")
_CLAUSE_END = frozenset(',、:()[]{}「」『』《》"“”|→⇒—')
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?|[α-ω]|\d+(?:\.\d+)?(?:e-?\d+)?")
_CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_ABBREVIATED = frozenset(("e.g", "i.e"))
OPERATORS = frozenset("+-*/=<>^±×÷√∇∂%≥≤≈")

# Words that carry no claim of their own.
STOPWORDS = frozenset(
    "a an the of to in on at by for with from as and or is are was were be been it its this that these those "
    "you your we our they them their i my he she his her so then than there here just very really also too "
    "can could will would should may might do does did have has had which who what when where while if but "
    "about into out up some any each".split()
) | frozenset("的了吗呢吧啊呀嘛哦嗯是在和与及或就也都这那有个们我你他它她把被让使对从到为以之其而且")


@dataclass(frozen=True, slots=True)
class Token:
    """A word stem, a number, a sign or one Chinese character; `start` and `end` are places in the original text."""

    text: str
    word: str
    start: int
    end: int

    @property
    def is_cjk(self) -> bool:
        return "\u3400" <= self.text[:1] <= "\u9fff" or "\uf900" <= self.text[:1] <= "\ufaff"


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens between two marks of punctuation; `sentence` counts the sentence it belongs to."""

    tokens: tuple[Token, ...]
    sentence: int
    start: int
    end: int


def tokenize(text: str) -> tuple[Clause, ...]:
    """The clauses of a text that have at least one token; for texts that are looked at once."""
    found: list[Clause] = []
    sentence = 0
    tokens: list[Token] = []

    def close() -> None:
        if tokens:
            found.append(Clause(tuple(tokens), sentence, tokens[0].start, tokens[-1].end))
            tokens.clear()

    for piece in _pieces(text):
        if isinstance(piece, Token):
            tokens.append(piece)
        else:
            close()
            sentence += piece in _SENTENCE_END or piece == "."
    close()
    return tuple(found)


clauses = lru_cache(maxsize=4096)(tokenize)


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...]:
    """The tokens' texts, in order, without their places."""
    return tuple(piece.text for piece in _pieces(text) if isinstance(piece, Token))


def is_content(token: str) -> bool:
    """Whether a token's text can carry a claim."""
    return token not in _stop_stems() and token not in OPERATORS


def weight(words: Iterable[str]) -> float:
    """How much words of content say: a Chinese character is half a word."""
    return sum(1.0 if word.isascii() else 0.5 for word in words)


def character_pairs(tokens: Sequence[Token]) -> list[str]:
    """For each token but the last, the pair that it makes with the next one if both are Chinese characters, else ''."""
    return [one.text + other.text if one.is_cjk and other.is_cjk else "" for one, other in pairwise(tokens)]


def may_be_misspelt(stem: str) -> bool:
    """Whether a stem is an English word that is long enough to be recognised with a slip of the pen in it."""
    return len(stem) >= _SHORTEST_FUZZY and stem.isascii() and stem.isalpha()


def same_word(one: str, other: str) -> bool:
    """Whether two stems are the same up to one slip of the pen (two in long words); numbers and signs must be equal."""
    if one == other:
        return True
    if one[:1] != other[:1] or not (may_be_misspelt(one) and may_be_misspelt(other)):
        return False
    allowed = 2 if min(len(one), len(other)) >= _LONG else 1
    return slips(one, other, allowed) <= allowed


def slips(one: str, other: str, most: int | None = None) -> int:
    """How many letters are left out, put in, changed or exchanged with their neighbours; above `most`, one more than it."""
    from rapidfuzz.distance import OSA

    return OSA.distance(one, other, score_cutoff=most)


def shingles(stretches: Iterable[Clause]) -> frozenset[str]:
    """Letter trigrams of the words and pairs of neighbouring Chinese characters."""
    found: set[str] = set()
    for clause in stretches:
        found.update(character_pairs(clause.tokens))
        found.update(*(_trigrams(token.text) for token in clause.tokens if not token.is_cjk))
    return frozenset(found - {""})


@lru_cache(maxsize=65536)
def _trigrams(word: str) -> tuple[str, ...]:
    padded = f"^{word}$"
    return tuple(padded[i : i + 3] for i in range(max(1, len(padded) - 2)))


def fold(text: str) -> str:
    """The text as it is compared: one case, one width, simplified characters, nothing invisible."""
    return _folded(text)[0]


# What is typed for an apostrophe, or becomes of one on the way, where an ending follows that takes one.
_APOSTROPHE = re.compile("""(?<=[a-z])["`‘’“”ʼ´′](?=(?:t|s|re|ve|ll|d|m)(?![a-z]))""")


_SHORTEST_FUZZY = 5
_LONG = 9


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """A text folded, and for each of its characters the place that it comes from; the end of the text is one more."""
    if text.isascii() and not _CONTROL.search(text):
        return _APOSTROPHE.sub("'", text.lower()), range(len(text) + 1)
    characters = [(one, place) for place, original in enumerate(text) for one in _fold_character(original)]
    return _APOSTROPHE.sub("'", "".join(one for one, _ in characters)), [*(place for _, place in characters), len(text)]


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@cache
def _fold_character(original: str) -> str:
    if unicodedata.category(original) in ("Cf", "Mn", "Cc") and original not in "\n\t\r":
        return ""
    if original in "’´":  # the latter would become a blank with a sign above it
        return original
    folded = unicodedata.normalize("NFKC", original).casefold()
    if _CJK.search(folded):
        folded = _simplifier().convert(folded)
    return folded.replace("−", "-").replace("–", "-")


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


# To the stemmer these are more of another thing: http and https are two.
_NO_PLURALS = frozenset(
    "https ftps wss rss css sass dns tls aws ios macos redis kubernetes postgres nfs gps tps qps rps".split()
)


@cache
def _stemmer() -> Callable[[str], str]:
    # Its package loads the stemmers of thirty languages, a tenth of what a start takes beside Gradio.
    import snowballstemmer

    return snowballstemmer.stemmer("english").stemWord  # type: ignore[no-any-return]


# A stemmer keeps the word that it works on in itself, so only one thread at a time may use it.
_stemming = threading.Lock()


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    word = word.replace("'", "")
    # One spelling: British -ise and -our forms meet the American ones before stemming.
    word = re.sub(r"is(e|es|ed|ing|ation|ations|er|ers)$", r"iz\1", word) if len(word) > _SHORTEST_FUZZY + 1 else word
    if word in _NO_PLURALS:
        return word
    with _stemming:
        return _stemmer()(word)


@cache
def _stop_stems() -> frozenset[str]:
    return STOPWORDS | {_stem(word) for word in STOPWORDS}


def _pieces(text: str) -> Iterator[Token | str]:
    """The tokens of a text, with the marks of punctuation between them."""
    folded, places = _folded(text)
    at = 0
    while at < len(folded):
        match = _LATIN.match(folded, at)
        if match:
            word = match.group()
            yield Token(_stem(word) if word[0].isalpha() else word, word, places[at], places[match.end() - 1] + 1)
            at = match.end()
            continue
        character = folded[at]
        if character == "-" and folded[at - 1 : at].isalpha() and folded[at + 1 : at + 2].isalpha():
            pass  # a hyphen joins words; it is no minus
        elif _CJK.match(character) or character in OPERATORS:
            yield Token(character, character, places[at], places[at] + 1)
        elif character == ".":
            follows = folded[at + 1 : at + 2]
            if (not follows or follows.isspace()) and folded[at - 3 : at] not in _ABBREVIATED:
                yield "."
        elif character in _SENTENCE_END or character in _CLAUSE_END:
            yield character
        at += 1
