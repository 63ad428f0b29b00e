"""How many tokens a text costs: counted where that is possible without a download, estimated where it is not."""

import base64
import hashlib
import math
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import tiktoken

from interviewer.llm.protocol import Message, Usage

_PER_MESSAGE = 4
_MARGIN = 1.1
# Whole stretches, since prompts are counted for every grade and a look at each character takes longer than all the rest.
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]+")
_CJK_TOKENS = 1.0
_OTHER_TOKENS = 0.3

_CUT_BELOW = 0.6
_SHORTEST_CUT = 400  # a short prompt fits everywhere, and its estimate is coarse
_NEWEST = 0.3


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A vocabulary of tiktoken's: where its file is in the cache, and how text is split before it."""

    name: str
    file: str
    sha256: str
    pattern: str


_CL100K = Vocabulary(
    "cl100k_base",
    "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
    "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
)
_O200K = Vocabulary(
    "o200k_base",
    "fb374d419588a4632f3f557e76b4b70aebbca790",
    "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
)
_OF_MODELS = (  # the first that fits; a model of another maker has a vocabulary of its own
    ("gpt-4o", _O200K),
    ("gpt-4.1", _O200K),
    ("gpt-4.5", _O200K),
    ("gpt-4", _CL100K),
    ("gpt-3.5", _CL100K),
    ("gpt-", _O200K),
    ("o1", _O200K),
    ("o3", _O200K),
    ("o4", _O200K),
    ("chatgpt-", _O200K),
)


def vocabulary_of(model: str) -> Vocabulary | None:
    """The vocabulary of one of OpenAI's models, under whatever prefix and tag; None for everyone else's."""
    bare = model.lower().rsplit("/", 1)[-1].split(":")[0]
    return next((vocabulary for start, vocabulary in _OF_MODELS if bare.startswith(start)), None)


def count_tokens(text: str, model: str, cache: Path | None = None) -> int:
    """Tokens of a text. `cache` is tiktoken's cache folder, by default where it puts it; nothing is ever downloaded."""
    vocabulary = vocabulary_of(model)
    encoding = vocabulary and load(vocabulary, cache or Path(tempfile.gettempdir()) / "data-gym-cache")
    # `encode` would refuse a text that spells a special token, such as an answer about <|endoftext|>.
    return len(encoding.encode_ordinary(text)) if encoding else estimate_tokens(text)


def estimate_tokens(text: str) -> int:
    """Tokens of a text for any model: rather too many than too few."""
    cjk = sum(map(len, _CJK.findall(text)))
    return math.ceil((cjk * _CJK_TOKENS + (len(text) - cjk) * _OTHER_TOKENS) * _MARGIN)


def count_prompt(messages: Sequence[Message], model: str, cache: Path | None = None) -> int:
    """Tokens of a whole prompt, with what every message costs besides its text."""
    return sum(count_tokens(message.content, model, cache) + _PER_MESSAGE for message in messages)


def was_cut(estimate: float, reported: int | None) -> bool | None:
    """Whether the server read only part of the prompt; None if it did not say how much it read."""
    if reported is None:
        return None
    return estimate >= _SHORTEST_CUT and reported < estimate * _CUT_BELOW


class Calibration:
    """How a model's own counts compare with the estimates, learned from its replies. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ratios: dict[tuple[str, str], float] = {}

    def learn(self, base_url: str, model: str, estimate: float, usage: Usage) -> None:
        """Take in what the server reported, unless the prompt seems to have been cut."""
        if (
            not usage.prompt_tokens
            or estimate <= 0
            or was_cut(estimate * self.ratio(base_url, model), usage.prompt_tokens)
        ):
            return
        with self._lock:
            old = self._ratios.get((base_url, model))
            new = usage.prompt_tokens / estimate
            self._ratios[base_url, model] = new if old is None else old + _NEWEST * (new - old)

    def ratio(self, base_url: str, model: str) -> float:
        """What an estimate is to be multiplied by."""
        with self._lock:
            return self._ratios.get((base_url, model), 1.0)


@lru_cache(maxsize=8)
def load(vocabulary: Vocabulary, cache: Path) -> tiktoken.Encoding | None:
    """The vocabulary, if its file lies whole in the cache.

    The file is read here and not by tiktoken, which would fetch a missing or damaged one, and wait for it without a limit.
    """
    try:
        data = (cache / vocabulary.file).read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() != vocabulary.sha256:
        return None
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in data.splitlines() if line)}
    return tiktoken.Encoding(vocabulary.name, pat_str=vocabulary.pattern, mergeable_ranks=ranks, special_tokens={})
