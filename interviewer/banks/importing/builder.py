"""A bank made of the questions that were read from a file, and what was left out of it, with the reasons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from interviewer.banks.importing import identifiers
from interviewer.banks.importing.document import Item, Source, clean
from interviewer.banks.importing.identifiers import Identifiers
from interviewer.banks.importing.rubric_from_reference import compile_question
from interviewer.banks.reference_checks import is_only_a_link, is_placeholder
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, ImportOrigin, Localized, Question
from interviewer.errors import BankError
from interviewer.text.messages import localized


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A question of the file that is not in the bank. `reason` is a sentence's key."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class BuiltBank:
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
    drafted: Mapping[str, str] | None = None,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> BuiltBank:
    """A bank with a question for each item that has an answer.

    `compiled` has the rubrics that were made otherwise than offline, `kept` whole questions that are taken as they are,
    and `drafted` the models that wrote answers, all by the item's digest; what was drafted awaits a review. The same
    question with the same answer is taken once; with another answer it is taken again. `told` hears how many questions are made, of how many. Raises BankError if nothing is left.
    """
    language = language or source.language
    items, left_out = usable_items(source)
    questions: dict[str, Question] = {}
    topics: dict[str, Localized] = {}
    kept = kept or {}
    names = Identifiers(kept[item.digest].id for item in items if item.digest in kept)
    for done, item in enumerate(items):
        told(done, len(items))
        name = names.of_topic(item.topic)
        if (question := kept.get(item.digest)) is None:
            try:
                question = _question(item, names, name, (compiled or {}).get(item.digest), source.name)
            except (BankError, ValueError):
                left_out.append(LeftOut(item.first_line, item.question, "import.no_points"))
                continue
            if by := (drafted or {}).get(item.digest):
                question = replace(question, drafted_by=by, awaits_review=True)
        topics.setdefault(name, Localized.of(language, item.topic) if item.topic else localized("import.general"))
        questions[question.id] = question
    if not questions:
        key = "bank.no_answers" if source.items else "bank.no_questions"
        raise BankError(source.name, "", localized(key, count=len(source.items)))
    used = dict.fromkeys(question.topic for question in questions.values())
    bank = Bank(
        id or identifiers.of_bank(source.name),
        Localized.of(language, clean(title or source.title or source.name)),
        tuple(questions.values()),
        language,
        {name: topics.get(name) or Localized(en=name) for name in used},
    )
    return BuiltBank(bank, tuple(sorted(left_out, key=lambda one: one.line)))


def usable_items(source: Source) -> tuple[list[Item], list[LeftOut]]:
    """The items of a source that become questions, and those that do not."""
    reasons = [(item, _reason_against(item)) for item in source.items]
    left_out = [LeftOut(item.first_line, item.question, reason) for item, reason in reasons if reason]
    return [item for item, reason in reasons if not reason], left_out


def _question(item: Item, names: Identifiers, topic: str, compiled: Question | None, file: str) -> Question:
    question = compiled or compile_question(item.question, item.answer)
    # A weight has as many digits as a person would write.
    criteria = tuple(replace(one, weight=round(one.weight, 2) or one.weight) for one in question.criteria)
    return replace(
        question,
        id=names.of_question(item.question),
        topic=topic,
        criteria=criteria,
        difficulty=item.difficulty,
        made=ImportOrigin(file, item.first_line, item.digest, by=question.made.by if question.made else ""),
    )


def _reason_against(item: Item) -> str:
    if not item.question:
        return "import.no_question"
    if not item.answer:
        return "import.no_answer"
    if is_placeholder(item.answer):
        return "import.placeholder"
    return "import.only_link" if is_only_a_link(item.answer) else ""
