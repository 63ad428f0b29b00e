"""What an interview will ask: chosen once at the start, and kept with it."""

import random
from collections.abc import Sequence

from interviewer.domain.interview import Begun, Mode, Order, Plan
from interviewer.domain.rubric import Bank, Language, Question


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
    )
    return Begun(bank, plan)


def _ordered(questions: list[Question], order: Order, seed: int) -> list[Question]:
    if order is Order.SHUFFLED:
        return random.Random(seed).sample(questions, len(questions))  # noqa: S311 - an order, not a secret
    if order is Order.EASY_FIRST:
        return sorted(questions, key=lambda question: question.difficulty)
    return questions
