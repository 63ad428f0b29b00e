"""What Today, the search and progress cost one owner of 10,000 interviews: `pytest tests/bench/test_today_speed.py`.

Nothing here is asserted but that the figures are of what they say; what is printed is read.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from practice import bank_of
from printed import say

from interviewer.domain.rubric import Bank
from interviewer.sessions import review_cards
from interviewer.sessions.due_questions import plan_today
from interviewer.sessions.progress import read_progress
from interviewer.sessions.question_mastery import QuestionState
from interviewer.sessions.question_search import known_questions, search_questions
from interviewer.sessions.store import Store
from interviewer.sessions.tables import interview_words, interviews, outcomes, overviews

INTERVIEWS = 10_000
QUESTIONS_EACH = 5  # of two criteria each: 100,000 verdicts
BANK = bank_of(400)
# What an interview with five questions of a usual length is found by.
WORDS = "many\n题\nBank\n" + "\n".join(
    ["为什么堆叠线性层没有用？激活函数解决了什么？", "Why do stacked linear layers not help?"] * 5
)
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
ROUNDS = 9


def filled(url: str) -> Store:
    """A database in which the owner has played every day for years; only what lists read is there, and no events."""
    store, chance = Store(url), random.Random(1)
    begun = [NOW - timedelta(minutes=120 * number) for number in range(1, INTERVIEWS + 1)]
    times = [at.isoformat(timespec="milliseconds") for at in begun]
    state = {
        "bank": BANK.id, "bank_zh": "题", "bank_en": "Bank", "mode": "coach", "planned": QUESTIONS_EACH,
        "answered": QUESTIONS_EACH, "graded": QUESTIONS_EACH, "failed": 0, "due": 0, "low": 0.5, "high": 0.5,
        "is_estimate": False, "problem": "",
    }  # fmt: skip
    verdicts = []
    for number, at in enumerate(times):
        for question in chance.sample(range(len(BANK.questions)), QUESTIONS_EACH):
            for criterion in ("one", "two"):
                rating = chance.choice(["again", "hard", "good", "good", "good"])
                verdicts.append(
                    {
                        "owner": "me", "interview": f"{number:014x}", "bank": BANK.id, "question": f"q{question}",
                        "kind": "core", "attempt": 1, "criterion": criterion, "rubric": "0" * 16,
                        "level": {"again": "missing", "hard": "partial", "good": "met"}[rating],
                        "grader_level": None, "ruled_by": None, "aid": "unaided", "at": at, "answered_at": at,
                        "rating": rating, "seconds": 60.0,
                    }
                )  # fmt: skip
    names = [{"id": f"{number:014x}", "owner": "me", "begun_at": at} for number, at in enumerate(times)]
    rows = [
        {
            **state, "interview": name["id"], "owner": "me", "begun_at": at, "changed_at": at,
            "phase": "answering" if number % 500 == 0 else "over", "position": 2,
        }
        for number, (name, at) in enumerate(zip(names, times, strict=True))
    ]  # fmt: skip
    with store.database.write() as connection:
        connection.execute(interviews.insert(), names)
        connection.execute(overviews.insert(), rows)
        connection.execute(interview_words.insert(), [{"interview": one["id"], "words": WORDS} for one in names])
        connection.execute(outcomes.insert(), verdicts)
        review_cards.rebuild_review_cards(connection)
    return store


def milliseconds(work: Callable[[], object]) -> float:
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        took.append((time.perf_counter() - start) * 1000)
    return median(took)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    path: Path = tmp_path_factory.mktemp("speed") / "a.sqlite3"
    return filled(f"sqlite:///{path}")


def test_today_of_10000_interviews(capsys: pytest.CaptureFixture[str], store: Store, deep_learning: Bank) -> None:
    banks = [BANK, deep_learning]
    found = plan_today(store, "me", banks, NOW + timedelta(days=2))
    assert found.due
    assert len(found.open) == 5
    took = milliseconds(lambda: plan_today(store, "me", banks, NOW + timedelta(days=2)))
    say(capsys, f"Today, {INTERVIEWS} interviews, 100,000 verdicts: {took:.0f} ms (aim 100)")


def test_searching_all_questions(capsys: pytest.CaptureFixture[str], store: Store, deep_learning: Bank) -> None:
    banks = [BANK, deep_learning]

    def searched() -> int:
        known = known_questions(store, "me", banks, NOW)
        return len(search_questions(known, "question 7", states=[QuestionState.DUE, QuestionState.WEAK]))

    assert searched()
    say(capsys, f"search over {len(BANK.questions)} questions and more: {milliseconds(searched):.0f} ms (aim 100)")


def test_searching_all_interviews(capsys: pytest.CaptureFixture[str], store: Store) -> None:
    def searched(text: str) -> int:
        return len(store.interviews("me", 51, text=text))

    assert searched("layers 2026-05") == 51
    assert searched("elephants") == 0
    for text in ("layers", "layers 教练 2025", "elephants"):
        took = milliseconds(lambda text=text: searched(text))
        say(capsys, f"search over {INTERVIEWS} interviews for {text!r}: {took:.0f} ms (aim 100)")


def test_progress_over_all_answers(capsys: pytest.CaptureFixture[str], store: Store) -> None:
    found = read_progress(store, "me", [BANK], NOW)
    assert found.answers == INTERVIEWS * QUESTIONS_EACH
    say(capsys, f"progress over 50,000 answers: {milliseconds(lambda: read_progress(store, 'me', [BANK], NOW)):.0f} ms")
