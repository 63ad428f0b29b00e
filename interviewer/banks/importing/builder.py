"""A bank made of the questions that were read from a file, and what was left out of it, with the reasons."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from interviewer.banks.importing.document import Item, Source
from interviewer.banks.importing.merging import made_of
from interviewer.banks.importing.rubric_from_reference import compile_question
from interviewer.banks.reference_checks import is_only_a_link, is_placeholder
from interviewer.domain.rubric import Bank, Language, Localized, Made, Question
from interviewer.errors import BankError
from interviewer.text import tokenizer
from interviewer.text.messages import localized

# A name made of words has at least and at most so many of them.
_LEAST_WORDS = 3
_MOST_WORDS = 7
_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z0-9]+")
_TOPIC_LENGTH = 80


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A question of the file that is not in the bank. `why` is the key of a phrase; `other` the line it speaks of."""

    line: int
    text: str
    why: str
    other: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """The bank that a file became. `left_out` has the questions that no question of the bank stands for."""

    bank: Bank
    left_out: tuple[LeftOut, ...] = ()


def bank_of(
    source: Source,
    *,
    id: str = "",  # noqa: A002 - the key of the bank that it becomes
    title: str = "",
    language: Language | None = None,
    compiled: Mapping[str, Question] | None = None,
    kept: Mapping[str, Question] | None = None,
) -> Taken:
    """A bank with a question for each item that has an answer.

    `compiled` has the rubrics that were made otherwise than offline, and `kept` whole questions that are taken as they
    are, both by the item's digest. The same question with the same answer is taken once; with another answer it is
    taken again. Raises BankError if nothing is left.
    """
    language = language or source.language
    items, left_out = wanted(source)
    questions: dict[str, Question] = {}
    topics: dict[str, Localized] = {}
    names = _Names()
    for item in items:
        if kept and item.digest in kept:
            names.take(kept[item.digest].id)
    for item in items:
        name = names.topic(item.topic)
        if kept and item.digest in kept:
            question = kept[item.digest]
        else:
            try:
                question = _question(item, names, name, (compiled or {}).get(item.digest), source.name)
            except (BankError, ValueError):
                left_out.append(LeftOut(item.first_line, item.question, "import.no_points"))
                continue
        topics.setdefault(name, Localized.of(language, item.topic) if item.topic else localized("import.general"))
        questions[question.id] = question
    if not questions:
        found = (
            f"{len(source.items)} questions, none of them with an answer to grade by"
            if source.items
            else "no question: questions are headings, numbered items or lines that end in a question mark"
        )
        raise BankError(source.name, "", f"has {found}")
    used = dict.fromkeys(question.topic for question in questions.values())
    bank = Bank(
        id or name_of(source.name),
        Localized.of(language, clean(title or source.title or source.name)),
        tuple(questions.values()),
        language,
        {name: topics.get(name) or Localized(en=name) for name in used},
    )
    return Taken(bank, tuple(sorted(left_out, key=lambda one: one.line)))


def wanted(source: Source) -> tuple[list[Item], list[LeftOut]]:
    """The items that become questions, cleaned of what no bank may hold, and those that do not."""
    items: list[Item] = []
    left_out: list[LeftOut] = []
    seen: dict[str, int] = {}
    for found in source.items:
        item = replace(
            found,
            question=clean(found.question),
            answer=clean(found.answer),
            topic=clean(found.topic).replace("\n", " "),
        )
        same = f"{normal(item.question)}\n{normal(item.answer)}"
        why = _why_not(item) or ("import.same" if same in seen else "")
        if why:
            left_out.append(LeftOut(item.first_line, item.question, why, seen.get(same, 0)))
        else:
            seen[same] = item.first_line
            items.append(item)
    return items, left_out


def _question(item: Item, names: "_Names", topic: str, compiled: Question | None, file: str) -> Question:
    question = compiled or compile_question(item.question, item.answer)
    criteria = tuple(replace(criterion, weight=_readable(criterion.weight)) for criterion in question.criteria)
    question = replace(question, id=names.question(item.question), topic=topic, criteria=criteria)
    made = question.made or Made(file, item.first_line, item.digest)
    return made_of(question, replace(made, file=file, line=item.first_line, item=item.digest))


def _readable(weight: float) -> float:
    """A weight with as many digits as a person would write."""
    return round(weight, 2) or weight


def _why_not(item: Item) -> str:
    if not item.question:
        return "import.no_question"
    if not item.answer:
        return "import.no_answer"
    if is_placeholder(item.answer):
        return "import.placeholder"
    return "import.only_link" if is_only_a_link(item.answer) else ""


def clean(text: str) -> str:
    """A text as a bank may hold it: one kind of line ends, no control characters and no halves of signs."""
    text = re.sub("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text).replace("\t", " ")
    text = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs"))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def normal(text: str) -> str:
    """A text as it is compared: in one case and width, without white space or punctuation."""
    return "".join(sign for sign in tokenizer.fold(text) if unicodedata.category(sign)[0] not in "PZC")


class _Names:
    """Names made of what is named, never of its place, so that another import gives the same ones."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}
        self._topics: dict[str, str] = {}

    def take(self, name: str) -> None:
        self._taken[name] = name

    def question(self, text: str) -> str:
        whole = normal(text)
        name = _slug(text, _LEAST_WORDS) or f"q-{_digest(whole)}"
        if self._taken.get(name, whole) != whole:
            name = f"{name[:70]}-{_digest(whole)[:6]}"
        numbered, count = name, 1
        while numbered in self._taken:
            count += 1
            numbered = f"{name}-{count}"
        self._taken[numbered] = whole
        return numbered

    def topic(self, title: str) -> str:
        whole = normal(title)
        if not whole:
            return "general"
        name = _slug(title[:_TOPIC_LENGTH], 1) or f"t-{_digest(whole)}"
        if self._topics.get(name, whole) != whole:
            name = f"{name[:70]}-{_digest(whole)[:6]}"
        self._topics[name] = whole
        return name


def name_of(file: str) -> str:
    """The id of a bank that is made of a file of this name."""
    stem = file.rsplit(".", 1)[0]
    name = "-".join(_words(stem))[:72].strip("-")
    return name if any(sign.isalpha() for sign in name) else f"bank-{_digest(normal(stem) or stem)}"


def _slug(text: str, least: int) -> str:
    """The English words of a text, or nothing where there are too few of them or the text is mostly Chinese."""
    words = _words(text)
    if len(_HAN.findall(text)) > sum(map(len, words)):
        return ""
    telling = [word for word in words if word not in tokenizer.STOPWORDS] or words
    chosen = (telling if len(telling) >= least else words)[:_MOST_WORDS]
    spoken = sum(any(sign.isalpha() for sign in word) for word in chosen)
    return "-".join(chosen)[:72].strip("-") if spoken >= least else ""


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold().replace("'", ""))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
