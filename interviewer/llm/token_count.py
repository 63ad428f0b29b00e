"""Token counts: exact where that is possible without a download, estimated where it is not."""

import base64
import hashlib
import math
import re
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import tiktoken

from interviewer.llm.protocol import Message, Usage

_PER_MESSAGE = 4
_MARGIN = 1.1
# Whole runs of characters: prompts are counted for every grade, and a look at each character would take longest.
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]+")
_CJK_TOKENS = 1.0
_OTHER_TOKENS = 0.3

_CUT_BELOW = 0.6
_SHORTEST_CUT = 400  # a short prompt fits everywhere, and its estimate is coarse
_NEWEST = 0.3


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A vocabulary of tiktoken's; `vocabularies.toml` says what each field means."""

    name: str
    file: str
    sha256: str
    pattern: str
    models: tuple[str, ...] = ()


VOCABULARIES = {
    name: Vocabulary(name, entry["file"], entry["sha256"], entry["pattern"], tuple(entry["models"]))
    for name, entry in tomllib.loads(Path(__file__).with_name("vocabularies.toml").read_text(encoding="utf-8")).items()
}


def vocabulary_of(model: str) -> Vocabulary | None:
    """The vocabulary of one of OpenAI's models, under whatever prefix and tag; None for everyone else's."""
    bare = model.lower().rsplit("/", 1)[-1].split(":")[0]
    fitting = {start: vocabulary for vocabulary in VOCABULARIES.values() for start in vocabulary.models}
    start = max((start for start in fitting if bare.startswith(start)), key=len, default=None)
    return None if start is None else fitting[start]


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


class TokenCalibration:
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
    """The vocabulary, if its file lies whole in the cache; tiktoken would fetch a missing or damaged one."""
    try:
        data = (cache / vocabulary.file).read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() != vocabulary.sha256:
        return None
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in data.splitlines() if line)}
    return tiktoken.Encoding(vocabulary.name, pat_str=vocabulary.pattern, mergeable_ranks=ranks, special_tokens={})
