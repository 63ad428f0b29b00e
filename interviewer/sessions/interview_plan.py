"""What an interview will ask: chosen once at the start, and kept with it."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import NamedTuple

from interviewer.domain.grade import Level, Verdict
from interviewer.domain.interview import Begun, Interview, InterviewerStyle, Mode, Order, Plan, QuestionSource
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized, Question
from interviewer.domain.scoring import score
from interviewer.errors import BankError
from interviewer.text.messages import localized

# The id of the bank of an interview that has questions of several banks.
MIXED = "mixed"

# The share of the points from which on the next question is harder, and below which it is easier.
_HARDER_FROM = 0.7
_EASIER_BELOW = 0.4


class QuestionName(NamedTuple):
    """A question by the id of its bank and its own id there."""

    bank: str
    question: str

    def __str__(self) -> str:
        return f"{self.bank}/{self.question}"


def make_plan(
    bank: Bank,
    *,
    topics: Sequence[str] = (),
    count: int | None = None,
    order: Order = Order.BANK,
    seed: int | None = None,
    mode: Mode = Mode.COACH,
    language: Language | None = None,
    probes: bool | None = None,
    hints: bool = True,
    answer_seconds: int | None = None,
    manner: InterviewerStyle = InterviewerStyle.NEUTRAL,
) -> Begun:
    """The first event of an interview on this bank; `count` None asks all, and a seed None is drawn."""
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    chosen = [question for question in bank.questions if not topics or question.topic in topics]
    chosen = _ordered(chosen, order, seed)[:count]
    ask_back = mode is Mode.INTERVIEW if probes is None else probes
    plan = Plan(
        questions=tuple(question.id for question in chosen),
        mode=mode,
        language=language or bank.language,
        order=order,
        seed=seed,
        topics=tuple(topics),
        probes=int(ask_back),
        hints=hints,
        answer_seconds=answer_seconds,
        manner=manner,
    )
    return Begun(bank, plan)


def choose_next(interview: Interview, levels: Mapping[str, Level]) -> str:
    """The question that the level just shown asks for next: harder, easier, or like this one; "" if none is to come.

    It may be any of the bank that has one of the chosen topics, not only those that were drawn at the start.
    """
    plan, place = interview.plan, interview.position + 1
    if place >= len(plan.questions):
        return ""
    rubric = interview.question.rubric
    shown = score(rubric, [Verdict(one.id, levels.get(one.id, Level.MISSING), None) for one in rubric.criteria]).low
    wanted = interview.question.difficulty + (shown >= _HARDER_FROM) - (shown < _EASIER_BELOW)
    asked = plan.questions[:place]
    of_topics = (one for one in interview.bank.questions if not plan.topics or one.topic in plan.topics)
    left = [one for one in of_topics if one.id not in asked]
    planned = {question: number for number, question in enumerate(plan.questions)}
    nearest = min(left, key=lambda one: (abs(one.difficulty - wanted), planned.get(one.id, len(planned))))
    return nearest.id


def make_named_plan(
    banks: Sequence[Bank],
    names: Iterable[QuestionName],
    *,
    mode: Mode = Mode.COACH,
    language: Language | None = None,
    again: bool = False,
) -> Begun:
    """The first event of an interview with these questions of any of the banks, in this order; each is asked once.

    With `again`, a coach asks once more at the end what was missed. Raises BankError if there is no such question.
    """
    wanted = list(dict.fromkeys(names))
    if not wanted:
        raise BankError("", "", localized("plan.no_question"))
    known = {bank.id: bank for bank in banks}
    found = [_question(known, name) for name in wanted]
    bank, sources = known[wanted[0].bank], tuple[QuestionSource, ...]()
    if len({name.bank for name in wanted}) > 1:
        bank, sources = _mixed(known, wanted, found)
    plan = Plan(
        questions=tuple(source.asked for source in sources) or tuple(name.question for name in wanted),
        mode=mode,
        language=language or bank.language,
        probes=int(mode is Mode.INTERVIEW),
        sources=sources,
        again=again and mode is Mode.COACH,
    )
    return Begun(bank, plan)


def parse_question_name(banks: Sequence[Bank], text: str) -> QuestionName:
    """The question that somebody names as `bank/question`, or as `question` if only one bank has it. Raises BankError."""
    bank, _, question = text.rpartition("/")
    found = [
        QuestionName(one.id, question)
        for one in banks
        if bank in ("", one.id) and any(known.id == question for known in one.questions)
    ]
    if not found:
        known = [QuestionName(one.id, its.id) for one in banks for its in one.questions]
        if close := get_close_matches(text, [str(name) if bank else name.question for name in known]):
            raise BankError("", "", localized("plan.misspelt_question", name=repr(text), names=", ".join(close)))
        raise BankError("", "", localized("plan.unknown_question", name=repr(text)))
    if len(found) > 1:
        raise BankError("", "", localized("plan.ambiguous", name=repr(text), names=", ".join(map(str, found))))
    return found[0]


def _question(known: dict[str, Bank], name: QuestionName) -> Question:
    try:
        return known[name.bank][name.question]
    except KeyError:
        raise BankError("", "", localized("plan.unknown_question", name=repr(str(name)))) from None


def _mixed(
    known: dict[str, Bank], names: Sequence[QuestionName], questions: Sequence[Question]
) -> tuple[Bank, tuple[QuestionSource, ...]]:
    """A bank of these questions alone. Where two have the same id, the later ones get that of their bank before it."""
    taken: set[str] = set()
    sources, asked, topics = [], [], dict[str, Localized]()
    for name, question in zip(names, questions, strict=True):
        fresh = name.question if name.question not in taken else _free(name, taken)
        taken.add(fresh)
        sources.append(QuestionSource(fresh, *name))
        asked.append(replace(question, id=fresh))
        title = (known[name.bank].topics or {}).get(question.topic) or Localized(question.topic, question.topic)
        topics.setdefault(question.topic, title)
    language = known[names[0].bank].language
    return Bank(MIXED, localized("plan.mixed"), tuple(asked), language, topics), tuple(sources)


def _free(name: QuestionName, taken: set[str]) -> str:
    longest = 74  # an id has 80 characters at most, and the number needs some
    stem = f"{name.bank}.{name.question}"[:longest]
    return next(one for one in [stem, *(f"{stem}-{n}" for n in range(2, 1000))] if one not in taken)


def _ordered(questions: list[Question], order: Order, seed: int) -> list[Question]:
    if order in (Order.SHUFFLED, Order.ADAPTIVE):
        return random.Random(seed).sample(questions, len(questions))  # noqa: S311 - an order, not a secret
    if order is Order.EASY_FIRST:
        return sorted(questions, key=lambda question: question.difficulty)
    return questions
