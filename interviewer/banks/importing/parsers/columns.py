"""Which column of a table is the question, which the answer: the names that people give them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interviewer.banks.importing.parsers import markers
from interviewer.banks.importing.parsers.option_columns import LETTERS

_ROLES = {name: role for role, names in markers.WORDS.section("columns").items() for name in names} | {
    f"{word}{mark}": f"option{letter}"
    for word in markers.WORDS.words("options.words")
    for number, letter in enumerate(LETTERS, 1)
    for mark in (letter.lower(), number)
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The places of the columns that are read, by their role, and how many columns there are."""

    places: Mapping[str, int]
    count: int = 2

    @classmethod
    def named(cls, header: Sequence[str], *, pair: bool = False) -> "Columns | None":
        """From the names in a header; None if no name there says question, or none says answer.

        `pair` takes the other one of two columns for the answer, whatever its name.
        """
        found = cls.of_keys(header)
        if found and pair and len(header) == 2 and len(found.places) == 1:
            return cls({**found.places, "answer": 1 - found.places["question"]})
        return found if found and (pair or "answer" in found.places) else None

    @classmethod
    def of_keys(cls, names: Sequence[str]) -> "Columns | None":
        """From the keys of a JSON object, in their order; a question alone is a question without an answer."""
        places: dict[str, int] = {}
        bare = [name.strip().upper() for name in names]
        has_lettered = {"A", "B", "C"} <= set(bare)
        for place, name in enumerate(names):
            if role := f"option{bare[place]}" if has_lettered and bare[place] in LETTERS else role_of(name):
                places.setdefault(role, place)
        if "answer" not in places and "explanation" in places:
            places["answer"] = places.pop("explanation")
        return cls(places, len(names)) if "question" in places else None

    def of(self, cells: Sequence[str]) -> dict[str, str]:
        """The texts of a row by their role."""
        return {role: cells[place].strip() for role, place in self.places.items() if place < len(cells)}


def role_of(name: str) -> str:
    """What a column of this name holds: `Reference_Answer ` is an answer; nothing for one that is not read."""
    return _ROLES.get("".join(char for char in name.strip().lower() if char.isalnum() or char == "#"), "")
