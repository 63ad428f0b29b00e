"""What one owner may use, and what becomes of an answer when it is used up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes import GradeAs, Only, begun, grade

from interviewer.domain.grade import Grade, TokensSpent
from interviewer.domain.interview import Answered, Attempt, GradeAttempt, TurnKind
from interviewer.domain.language import Language
from interviewer.domain.rubric import Question
from interviewer.errors import OverLimit
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.assignments import assign, record_interview
from interviewer.sessions.classes import join_class, make_class, set_class_budget
from interviewer.sessions.removal import soft_delete
from interviewer.sessions.service import Session, SessionService
from interviewer.sessions.store import Store
from interviewer.sessions.token_usage import spent_by_owner, spent_since
from interviewer.sessions.usage_limits import RateLimit, UsageLimits

SERVER = "http://model.example/v1"
DAY = timedelta(days=1)
NONE = RateLimit(0, 1.0)


def costly(question: Question, attempt: Attempt) -> Grade:
    return replace(grade(attempt, question), spent=TokensSpent(60, 40))


def limits(store: Store, **more: object) -> UsageLimits:
    return UsageLimits(store.database, **{"answers": NONE, "calls": NONE, **more})  # type: ignore[arg-type]


def limited(store: Store, **more: object) -> SessionService:
    """A service like that of another replica."""
    return SessionService(store, Only(GradeAs(costly), server=SERVER), limits=limits(store, **more))


def answered(service: SessionService, owner: str = "me") -> Session:
    session = service.begin(owner, begun())
    session.answer("it is switched off")
    session.run_due_and_wait()
    return session


def test_so_many_may_be_had_at_once_and_then_at_a_steady_rate() -> None:
    now = 1000.0
    limit = RateLimit(3, 60.0, now=lambda: now)
    assert [limit.take("me") for _ in range(4)] == pytest.approx([0, 0, 0, 20])
    assert limit.take("you") == 0
    now += 20
    assert [limit.take("me") for _ in range(2)] == pytest.approx([0, 20])
    now += 3600
    assert [limit.take("me") for _ in range(4)] == pytest.approx([0, 0, 0, 20])


def test_there_is_no_limit_where_it_is_off_or_zero() -> None:
    for limit in (RateLimit(1, 60.0, is_off=lambda: True), RateLimit(0, 60.0)):
        assert not any(limit.take("me") for _ in range(100))


def test_owners_who_are_long_gone_take_no_room() -> None:
    now = 0.0
    limit = RateLimit(3, 60.0, now=lambda: now)
    for number in range(25_000):
        now += 1.0
        limit.take(str(number))
    assert len(limit._paid_until) <= 10_001


def test_an_answer_that_comes_too_soon_is_refused_before_it_is_taken_and_says_when(store: Store) -> None:
    service = SessionService(
        store, Only(LexicalGrader()), limits=limits(store, answers=RateLimit(2, 60.0, now=lambda: 0.0))
    )
    session = service.begin("me", begun())
    session.answer("it is switched off")
    session.run_due_and_wait()
    session.move_on()
    with pytest.raises(OverLimit, match="in 30 seconds") as refused:
        session.answer("correlated")
    assert "30 秒" in refused.value.into(Language.ZH)
    assert [one.event.text for one in session.history() if isinstance(one.event, Answered)] == ["it is switched off"]
    with pytest.raises(OverLimit):
        service.begin("me", begun())
    service.begin("you", begun())


def test_a_used_up_budget_holds_over_replicas_and_says_when_it_is_possible_again(store: Store) -> None:
    first = answered(limited(store, daily_tokens=150))
    assert first.interview().current.grade
    answered(limited(store, daily_tokens=150))
    third = answered(limited(store, daily_tokens=150))
    attempt = third.interview().current
    assert attempt.is_answered
    assert attempt.grade is None
    [spending, _] = spent_since(store.database, datetime.now(UTC) - DAY, owner="me")
    again = datetime.fromisoformat(spending.at) + DAY
    assert f"{again + timedelta(seconds=59):%Y-%m-%d %H:%M} UTC" in attempt.failure
    assert "150 tokens" in attempt.failure
    assert answered(limited(store, daily_tokens=150), "you").interview().current.grade


def test_the_budget_is_the_owners_also_where_a_worker_grades_with_the_graders_of_the_settings(store: Store) -> None:
    service = limited(store, daily_tokens=100)
    answered(service)
    session = service.begin("me", begun())
    session.answer("it is switched off")
    grading = service._runner.work_on(session, GradeAttempt("dropout", 1), Language.EN, is_watched=False, is_job=True)
    assert grading is not None
    grading.result(20)
    assert "100 tokens" in session.interview().current.failure


def test_what_could_not_be_graded_is_graded_when_the_day_is_over(store: Store) -> None:
    session = answered(limited(store, daily_tokens=100))
    session.move_on()
    session.answer("correlated")
    assert session.run_due_and_wait().current.failure
    tomorrow = limited(store, daily_tokens=100, now=lambda: datetime.now(UTC) + DAY)
    later = tomorrow.resume(session.id, "me")
    later.regrade()
    assert later.run_due_and_wait().current.grade


def test_nobody_gets_tokens_back_by_deleting(store: Store) -> None:
    session = answered(limited(store, daily_tokens=100))
    soft_delete(store, session.id, "me")
    assert answered(limited(store, daily_tokens=100)).interview().current.failure
    assert [one.tokens for one in spent_since(store.database, datetime.now(UTC) - DAY, owner="me")] == [100]


def test_the_budget_of_a_class_is_that_of_all_its_assignments_and_members_together(store: Store) -> None:
    room = make_class(store, "coach", "Evening")
    tasks = [assign(store, room.id, title=title, bank="bank") for title in ("One", "Two")]
    service = limited(store)
    assert not set_class_budget(store, "no such class", 200)

    def assigned(owner: str, task: str) -> Session:
        join_class(store, room.id, owner)
        session = service.begin(owner, begun())
        assert record_interview(store, task, owner, session.id)
        session.answer("it is switched off")
        session.run_due_and_wait()
        return session

    assert assigned("ann", tasks[0].id).interview().current.grade
    assert set_class_budget(store, room.id, 200)
    bob = assigned("bob", tasks[1].id)
    assert bob.interview().current.grade
    soft_delete(store, bob.id, "bob")  # which gives no tokens back
    refused = assigned("ann", tasks[1].id)
    [first, _] = spent_since(store.database, datetime.now(UTC) - DAY, classroom=room.id)
    again = datetime.fromisoformat(first.at) + DAY
    assert "200 tokens" in refused.interview().current.failure
    assert "“Evening”" in refused.interview().current.failure
    assert f"{again + timedelta(seconds=59):%Y-%m-%d %H:%M} UTC" in refused.interview().current.failure
    with pytest.raises(OverLimit) as told:
        limits(store).take_call("ann", refused.id)
    assert "班级“Evening”" in told.value.into(Language.ZH)
    assert answered(service, "ann").interview().current.grade  # her own practice
    later = limited(store, now=lambda: datetime.now(UTC) + DAY).resume(refused.id, "ann")
    later.regrade()
    assert later.run_due_and_wait().current.grade
    assert set_class_budget(store, room.id, 0)
    assert assigned("eve", tasks[0].id).interview().current.grade


def test_the_offline_estimate_has_no_limit(store: Store) -> None:
    most = limits(store, calls=RateLimit(1, 3600.0), daily_tokens=1)
    session = SessionService(store, Only(LexicalGrader()), limits=most).begin("me", begun())
    for _ in range(2):
        session.answer("it is switched off")
        assert session.run_due_and_wait().current.grade
        session.retry()


def test_model_calls_over_the_rate_are_refused_and_say_when_they_are_possible_again(store: Store) -> None:
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    most = limits(store, calls=RateLimit(2, 3600.0, now=now.timestamp), now=lambda: now)
    for _ in range(2):
        most.take_call("me")
    with pytest.raises(OverLimit, match="after 2026-03-02 09:30 UTC"):
        most.take_call("me")
    most.take_call("you")


def test_over_the_limit_a_follow_up_is_that_of_the_bank_and_no_model_is_asked(store: Store) -> None:
    llm = ScriptedLLM([])
    graders = Only(GradeAs(costly), llm, SERVER)
    service = SessionService(store, graders, limits=limits(store, daily_tokens=100))
    answered(service)
    session = service.begin("me", begun(probes=1))
    session.answer("it is switched off")
    asked = session.run_due_and_wait()
    assert [turn.text for turn in asked.current.turns_of(TurnKind.PROBE)] == ["Why is that?"]
    assert llm.requests == []


def test_tokens_are_added_up_by_owner_also_where_none_were_counted(store: Store) -> None:
    for owner in ("me", "me", "you"):
        answered(limited(store), owner)
    plain = SessionService(store, Only(GradeAs(lambda question, attempt: grade(attempt, question))))
    answered(plain, "her")
    failing = SessionService(store, Only(GradeAs(lambda *_: 1 / 0)))  # type: ignore[arg-type, return-value]
    answered(failing, "him").interview()
    assert spent_by_owner(store.database) == {"me": 200, "you": 100, "her": 0}
    assert spent_by_owner(store.database, datetime.now(UTC) + DAY) == {}
