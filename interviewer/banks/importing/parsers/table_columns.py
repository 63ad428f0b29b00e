"""What the columns of a table or the keys of an object hold: question, answer, the options of multiple choice."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from interviewer.banks.importing.parsers import markers

LETTERS = "ABCDEFGH"
FEWEST = 2
LETTER = re.compile(r"[(（]?([A-H])\s*[)）.、:：]\s*(?=\S)")
BEFORE_LETTER = re.compile(r"(?:^|\s+)(?=[(（]?[A-H]\s*[)）.、:：]\s*\S)")

_SEPARATOR = re.compile(r"\s*[|｜;；]\s*")
_NAMED = re.compile(
    r"(?!A\s+[a-z])[(（\[【]?([A-H](?:[\s,，、;；|和&]*[A-H])*)[)）\]】]?(?:[。:：、]\s*|\.(?![a-z])\s*|\s+|$)"
)
_NUMBER = re.compile(r"\d{1,2}")
_NUMBERS = re.compile(r"(?:- )?\d{1,2}(?:[\s,]+(?:- )?\d{1,2})*")
_FENCE = re.compile(r"```\w*")


def options_of(texts: Mapping[str, str]) -> list[str]:
    """The options of a record without their letters: of one field, or of a field each; empty where it has none."""
    each = [texts[f"option{letter}"] for letter in LETTERS if texts.get(f"option{letter}", "").strip()]
    listed = unlisted(texts.get("options", "").strip())
    lettered = [part.strip(" ;；,，|") for part in BEFORE_LETTER.sub("\n", listed).splitlines()]
    for parts in (each, listed.splitlines(), lettered, _SEPARATOR.split(listed)):
        if len(found := [_bare(part) for part in parts if part.strip()]) >= FEWEST:
            return found[: len(LETTERS)]
    return []


def unlisted(text: str) -> str:
    """The members of a JSON list or object, or of a list as Python shows it, a line each; any other text as it stands."""
    for quoted in (text, text.replace("'", '"')) if text.startswith(("[", "{")) else ():
        with suppress(ValueError, RecursionError):
            value = json.loads(quoted)
            parts = [f"{key}. {part}" for key, part in value.items()] if isinstance(value, dict) else value
            if all(isinstance(part, str | int | float) for part in parts):
                return "\n".join(f"- {part}" for part in parts)
    return text


def with_options(question: str, options: Sequence[str]) -> str:
    """The question with its options below it."""
    return "\n".join([question, *(f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False))])


def named(answer: str, options: Sequence[str]) -> tuple[list[int], str]:
    """The places of the options that an answer names, by letters or in their own words, and what else it says."""
    lines = [_bare(line) for line in answer.splitlines() if line.strip()] or [""]
    plain = [_plain(option) for option in options]
    if all(_NAMED.fullmatch(line) for line in lines):
        return _lettered("".join(lines), options), ""
    for said in ([_plain(answer)], [_plain(line) for line in lines]):
        if set(said) <= set(plain):
            return [place for place, option in enumerate(plain) if option in said], ""
    if found := _NAMED.match(answer):
        places, rest = _lettered(found[1], options), answer[found.end() :].strip()
        return places, "" if _plain(rest) in [plain[place] for place in places] else rest
    return [], answer


def first_number(answered: Sequence[tuple[str, Sequence[str]]]) -> int | None:
    """The number of the first option where the answers of a list are numbers; None if nothing shows it.

    Some lists count from nought and some from one: a nought shows it, and so does the number of all options.
    """
    numbers = [
        (int(number), len(options))
        for answer, options in answered
        if options and _NUMBERS.fullmatch(answer) and answer not in options
        for number in _NUMBER.findall(answer)
    ]
    fit = [first for first in (0, 1) if all(first <= number < count + first for number, count in numbers)]
    return fit[0] if len(fit) == 1 else None


def right_options(answer: str, options: Sequence[str], explanation: str, first: int | None) -> str:
    """The text of the right options with what explains them; prose that names none stays, and a bare sign says nothing.

    `first` is the number of the first option, where it is known; else numbers are left alone.
    """
    answer = answer if answer in options else unlisted(answer)
    numbers = [int(number) for number in _NUMBER.findall(answer)] if _NUMBERS.fullmatch(answer) else []
    if first is not None and numbers and all(0 <= number - first < len(options) for number in numbers):
        answer = " ".join(LETTERS[number - first] for number in numbers)
    places, rest = named(answer.upper() if len(answer) == 1 else answer, options)
    if places:
        return "\n\n".join(filter(None, ["\n".join(options[place] for place in places), rest, explanation]))
    return rest if len(rest.split()) > 1 or len(rest) > len("99.") else ""


def _lettered(letters: str, options: Sequence[str]) -> list[int]:
    return [place for place, letter in enumerate(LETTERS[: len(options)]) if letter in letters]


def _bare(line: str) -> str:
    return LETTER.sub("", line.strip().removeprefix("- "), count=1)


def _plain(text: str) -> str:
    return " ".join(_FENCE.sub("", text).split()).strip(" .。`").casefold()


_ROLES = {name: role for role, names in markers.WORDS.section("columns").items() for name in names} | {
    f"{word}{mark}": f"option{letter}"
    for word in markers.WORDS.words("options.words")
    for number, letter in enumerate(LETTERS, 1)
    for mark in (letter.lower(), number)
}

# Between two names of a column: "Question 问题", "Answer (short)", "题目/Q".
_BETWEEN_NAMES = re.compile(
    r"\s*[/|｜()（）\[\]【】·,，、:：]\s*|(?<=[\u4e00-\u9fff])\s*(?=[A-Za-z])|(?<=[A-Za-z])\s*(?=[\u4e00-\u9fff])"
)
_QUALIFIED = tuple(markers.WORDS.section("qualified_columns"))


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
    def of_table(cls, rows: Sequence[tuple[int, Sequence[str]]]) -> "Columns | None":
        """From the names in the first row, or of two columns from what stands in them: questions, and longer answers.

        Half as long is enough beside a column that is called one of questions.
        """
        header, *below = [cells for _, cells in rows] or [()]
        if (found := cls.named(header)) or len(header) != 2:
            return found
        asking = sum(markers.is_asking(markers.numbered(question).text) for question, _ in below)
        asked, said = (sum(len(cells[place]) for cells in below) for place in (0, 1))
        is_long = said * (2 if role_of(header[0]) == "question" else 1) > asked
        return cls({"question": 0, "answer": 1}) if is_long and 2 * asking > len(below) else None

    @classmethod
    def of_keys(cls, names: Sequence[str]) -> "Columns | None":
        """From the keys of a JSON object, in their order; a question alone is a question without an answer."""
        places = places_of(names)
        bare = [name.strip().upper() for name in names]
        if "question" not in places and "answer" in places and "TITLE" in bare:
            places["question"] = bare.index("TITLE")
        if "answer" not in places and "explanation" in places:
            places["answer"] = places.pop("explanation")
        return cls(places, len(names)) if "question" in places else None

    def of(self, cells: Sequence[str]) -> dict[str, str]:
        """The texts of a row by their role."""
        return {role: cells[place].strip() for role, place in self.places.items() if place < len(cells)}


def places_of(names: Sequence[str]) -> dict[str, int]:
    """The place of each role among these names: of the first that is its very name, or else of the first that means it."""
    bare = [name.strip().upper() for name in names]
    has_lettered = {"A", "B", "C"} <= set(bare)
    places: dict[str, int] = {}
    for role_by in (_exact_role, role_of):
        for place, name in enumerate(names):
            if role := f"option{bare[place]}" if has_lettered and bare[place] in LETTERS else role_by(name):
                places.setdefault(role, place)
    return places


def role_of(name: str) -> str:
    """What a column of this name holds: `Reference_Answer ` is an answer; nothing for one that is not read."""
    parts = [part for part in _BETWEEN_NAMES.split(name) if part.strip()]
    roles = [_role_of_part(part) for part in parts]
    found = {role for part, role in zip(parts, roles, strict=True) if role and (len(part) > 1 or len(set(roles)) == 1)}
    return _role_of_part(name) or (found.pop() if len(found) == 1 else "")


def _role_of_part(name: str) -> str:
    bare = _bare_name(name)
    qualified = (role for role in _QUALIFIED if markers.is_one_of(f"qualified_columns.{role}", bare))
    return _exact_role(name) or next(qualified, "")


def _exact_role(name: str) -> str:
    return _ROLES.get(_bare_name(name), "")


def _bare_name(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum() or char == "#")
