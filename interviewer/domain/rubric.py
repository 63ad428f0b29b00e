"""What is asked, and what a good answer claims: banks, questions, criteria."""

import hashlib
import json
import math
import re
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cached_property

from interviewer.domain.language import Language

# Read by pydantic where values come in from outside; the core itself does not import it.
_STRICT = {"extra": "forbid"}

_SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")

MOST_HINTS = 3


class InvalidBank(ValueError):
    """A value that no bank may have: the key of a sentence that says so, and what its placeholders stand for."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(" ".join([key, ", ".join(f"{name}={value}" for name, value in values.items())]).strip())
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Localized:
    """A text in one or two languages; the missing one falls back to the other."""

    zh: str = ""
    en: str = ""

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if not (self.zh.strip() or self.en.strip()):
            raise InvalidBank("rubric.no_text")

    @classmethod
    def of(cls, language: Language, text: str) -> "Localized":
        return cls(zh=text) if language is Language.ZH else cls(en=text)

    def into(self, language: Language) -> str:
        """The text in this language, or in the other one where this is missing."""
        wanted, other = (self.zh, self.en) if language is Language.ZH else (self.en, self.zh)
        return wanted if wanted.strip() else other

    @property
    def is_complete(self) -> bool:
        return bool(self.zh.strip() and self.en.strip())

    @property
    def both(self) -> tuple[str, ...]:
        return tuple(text for text in (self.zh, self.en) if text.strip())


class Kind(StrEnum):
    """What meeting a criterion does to the score."""

    CORE = "core"
    BONUS = "bonus"
    MISTAKE = "mistake"


@dataclass(frozen=True)
class Criterion:
    """One atomic claim that a good answer makes (or, for a `mistake`, that a wrong one makes).

    `aliases` is a tuple of groups; within a group any term will do, and all groups together make the claim.
    `group` names the choice of the question that it belongs to, and `why` says of a mistake what is wrong and what is right.
    `made` says where an importer took it from, for the author; it is empty if a person wrote it, and no part of the
    rubric's digest.
    """

    id: str
    text: Localized
    kind: Kind = Kind.CORE
    weight: float = 1.0
    aliases: tuple[tuple[str, ...], ...] = ()
    probe: Localized | None = None
    hints: tuple[Localized, ...] = ()
    made: str = ""
    group: str = ""
    why: Localized | None = None

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        _check_slug(self.id)
        if self.why and self.kind is not Kind.MISTAKE:
            raise InvalidBank("rubric.why_without_mistake")
        if self.group and self.kind is not Kind.CORE:
            raise InvalidBank("rubric.group_of_core", group=self.group)
        if not (math.isfinite(self.weight) and 0 < self.weight <= 100):
            raise InvalidBank("rubric.weight", weight=f"{self.weight:g}")
        if any(not group for group in self.aliases):
            raise InvalidBank("rubric.empty_aliases")
        if any(not term.strip(" …") for group in self.aliases for term in group):
            raise InvalidBank("rubric.blank_alias")
        if len(self.hints) > MOST_HINTS:
            raise InvalidBank("rubric.many_hints", count=len(self.hints), most=MOST_HINTS)


@dataclass(frozen=True)
class Group:
    """A choice between criteria: any `choose` of those that name it are enough, and together they weigh `weight`."""

    id: str
    choose: int
    weight: float = 0.0
    text: Localized | None = None

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        _check_slug(self.id)
        if self.choose < 1:
            raise InvalidBank("rubric.choose", group=self.id, choose=self.choose)
        if not self.weight:
            object.__setattr__(self, "weight", float(self.choose))
        if not (math.isfinite(self.weight) and 0 < self.weight <= 100):
            raise InvalidBank("rubric.weight", weight=f"{self.weight:g}")


@dataclass(frozen=True)
class Rubric:
    """The criteria of one question, the choices between them, and the author's words on how to grade."""

    question: str
    criteria: tuple[Criterion, ...]
    groups: tuple[Group, ...] = ()
    policy: Localized | None = None

    @cached_property
    def digest(self) -> str:
        """The first 16 hex digits of the SHA-256 of all this; equal digests mean equal rubrics.

        What an older bank could not say changes nothing where it is not said, so its digests stay what they were.
        """
        plain: object = [_without_blanks(asdict(criterion)) for criterion in self.criteria]
        if self.groups or self.policy:
            groups = [asdict(group) for group in self.groups]
            plain = {"criteria": plain, "groups": groups, "policy": asdict(self.policy) if self.policy else None}
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def is_covered(self, met: Collection[str]) -> bool:
        """Whether these criteria are all of the core; of a group, enough of it."""
        lone = all(one.id in met for one in self.of(Kind.CORE) if not one.group)
        return lone and all(self.is_group_covered(group, met) for group in self.groups)

    def is_group_covered(self, group: Group, met: Collection[str]) -> bool:
        return sum(one.id in met for one in self.in_group(group)) >= group.choose

    def in_group(self, group: Group) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if criterion.group == group.id)

    def weight(self, criterion: Criterion) -> float:
        """What it weighs in the end: one of a group weighs as much as any other that may be chosen in its place."""
        group = next((group for group in self.groups if group.id == criterion.group), None)
        return group.weight / group.choose if group else criterion.weight

    def __getitem__(self, criterion: str) -> Criterion:
        return next(found for found in self.criteria if found.id == criterion)

    def of(self, kind: Kind) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if criterion.kind is kind)


@dataclass(frozen=True)
class ImportOrigin:
    """What an importer made a question from, and short digests of what it wrote, so that later edits can be told.

    `line` is where the question stands in the file, `item` the digest of question and answer there, and `by` the model
    that made the criteria, empty if none did. Each of `fields` and `criteria` is a name and a digest.
    """

    file: str
    line: int
    item: str
    by: str = ""
    fields: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()

    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Question:
    """Asked verbatim, and graded against its criteria.

    `policy` is the author's word on how to grade it; a question without one has that of its bank. `dispute` is what a model doubts about the reference, for the author to look at; nothing is graded by it. `made` is
    there if an importer made the question. `drafted_by` is the model that wrote the reference, and while such a question
    `awaits_review` it is neither asked nor graded.
    """

    id: str
    text: Localized
    reference: Localized
    criteria: tuple[Criterion, ...]
    topic: str = "general"
    difficulty: int = 1
    correction: Localized | None = None
    source: str = ""
    dispute: Localized | None = None
    made: ImportOrigin | None = None
    groups: tuple[Group, ...] = ()
    policy: Localized | None = None
    drafted_by: str = ""
    awaits_review: bool = False

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        _check_slug(self.id)
        _check_unique("criterion", (criterion.id for criterion in self.criteria))
        self._check_groups()
        if not 1 <= self.difficulty <= 3:
            raise InvalidBank("rubric.difficulty", difficulty=self.difficulty)
        if not any(criterion.kind is Kind.CORE for criterion in self.criteria):
            raise InvalidBank("rubric.no_core")
        if self.correction and not self.source.strip():
            raise InvalidBank("rubric.no_source")

    def _check_groups(self) -> None:
        _check_unique("group", (group.id for group in self.groups))
        unknown = {criterion.group for criterion in self.criteria} - {group.id for group in self.groups} - {""}
        if unknown:
            raise InvalidBank("rubric.no_group", group=repr(min(unknown)))
        for group in self.groups:
            members = sum(criterion.group == group.id for criterion in self.criteria)
            if members < group.choose:
                raise InvalidBank("rubric.choose_of", group=group.id, choose=group.choose, members=members)

    @cached_property
    def rubric(self) -> Rubric:
        return Rubric(self.id, self.criteria, self.groups, self.policy)

    @cached_property
    def digest(self) -> str:
        """16 hex digits over all that a grade depends on: the rubric, the words of the question and the reference."""
        parts = (self.rubric.digest, self.text.zh, self.text.en, self.reference.zh, self.reference.en)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Bank:
    """A list of questions that belong together; one YAML file. `policy` says how to grade those that do not say it."""

    id: str
    title: Localized
    questions: tuple[Question, ...]
    language: Language = Language.ZH
    topics: dict[str, Localized] | None = None
    policy: Localized | None = None

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        _check_slug(self.id)
        _check_unique("question", (question.id for question in self.questions))
        if not self.questions:
            raise InvalidBank("rubric.no_questions")
        if self.topics is not None:
            unnamed = sorted({question.topic for question in self.questions} - set(self.topics))
            if unnamed:
                raise InvalidBank("rubric.untitled_topics", topics=", ".join(unnamed))

    def __getitem__(self, question: str) -> Question:
        """The question as it is graded: with the policy of the bank where it has none of its own."""
        return self._by_id[question]

    @cached_property
    def _by_id(self) -> dict[str, Question]:
        if self.policy is None:
            return {question.id: question for question in self.questions}
        return {question.id: replace(question, policy=question.policy or self.policy) for question in self.questions}

    def topic_title(self, topic: str, language: Language) -> str:
        title = (self.topics or {}).get(topic)
        return title.into(language) if title else topic

    @cached_property
    def reviewed(self) -> "Bank | None":
        """The bank without the questions that await a review; None if there are no others."""
        questions = tuple(question for question in self.questions if not question.awaits_review)
        if len(questions) == len(self.questions):
            return self
        return replace(self, questions=questions) if questions else None

    @cached_property
    def used_topics(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(question.topic for question in self.questions))


def _without_blanks(criterion: dict[str, object]) -> dict[str, object]:
    """A criterion without where it was taken from, and without the newer fields that it does not use."""
    return {key: value for key, value in criterion.items() if key != "made" and (value or key not in ("group", "why"))}


def is_id(name: str) -> bool:
    """Whether a bank, a question or a criterion may have this id."""
    return bool(_SLUG.fullmatch(name))


def _check_slug(name: str) -> None:
    if not is_id(name):
        raise InvalidBank("rubric.bad_id", id=repr(name))


def _check_unique(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidBank(f"rubric.{what}_twice", id=repr(name))
        seen.add(name)
