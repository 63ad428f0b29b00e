"""Keys of JSON objects that say question and answer only beside each other, as `title` and `content` do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.table_columns import Columns, places_of

_ASKING = markers.WORDS.section("key_pairs")["question"]
_SAYING = markers.WORDS.section("key_pairs")["answer"]
_DESCRIBING = markers.WORDS.section("key_pairs")["description"]


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The key whose value asks and the one whose value answers, in every object of a file."""

    question: str
    answer: str

    def fit(self, value: Mapping[str, Any]) -> bool:
        return isinstance(value.get(self.question), str) and self.answer in value

    def columns(self, names: Sequence[str]) -> Columns | None:
        """Where the question is, and the answer in an object that has one."""
        pair = {"question": self.question, "answer": self.answer}
        places = {role: names.index(key) for role, key in pair.items() if key in names}
        return Columns({**places_of(names), **places}, len(names)) if "question" in places else None


def keys_that_tell(whole: Any) -> KeyPair | None:
    """The pair that holds most text; None for a file with an object whose keys themselves say question and answer."""
    lengths: Counter[tuple[bool, KeyPair]] = Counter()
    waiting = [whole] if isinstance(whole, dict | list) else []
    while waiting:
        value = waiting.pop()
        waiting += [
            one for one in (value.values() if isinstance(value, dict) else value) if isinstance(one, dict | list)
        ]
        if not isinstance(value, dict):
            continue
        own = Columns.of_keys(list(value))
        if own and "answer" in own.places:
            return None
        asking = [list(value)[own.places["question"]]] if own else _keys(value, _ASKING)
        saying = [*_keys(value, _SAYING), *([] if own else _keys(value, _DESCRIBING))]
        if asking and saying and isinstance(value[asking[0]], str) and isinstance(said := value[saying[0]], str):
            lengths[own is not None, KeyPair(asking[0], saying[0])] += len(said)
    is_sure = any(own for own, _ in lengths)
    fit = {pair: length for (own, pair), length in lengths.items() if length and own >= is_sure}
    return max(fit, key=fit.__getitem__, default=None)


def title_of(value: Mapping[str, Any]) -> str:
    """What a chapter is called."""
    names = [*_ASKING, *markers.WORDS.section("columns")["topic"]]
    return next((value[key] for key in _keys(value, names) if isinstance(value[key], str)), "")


def _keys(value: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """The keys of an object with one of these names, in the order of the names."""
    bare = {key.lower().replace("_", ""): key for key in value}
    return [bare[name] for name in names if name in bare]
