from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from fakes import BANK, DROPOUT, GradeAs, both, grade

from interviewer.domain.grade import Level
from interviewer.domain.interview import InterviewerStyle, Mode, Order, QuestionSource, replay
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.errors import BankError
from interviewer.grading.lexical import LexicalGrader
from interviewer.presentation.chat import chat
from interviewer.sessions.interview_plan import QuestionName, make_named_plan, make_plan, parse_question_name
from interviewer.sessions.practice_log import last_answer
from interviewer.sessions.service import SessionService

OTHER = Bank("other", both("别的", "Other"), (replace(DROPOUT, topic="general"),), policy=both("严格", "Be strict."))
BANKS = [BANK, OTHER]


def test_questions_of_one_bank_keep_their_bank() -> None:
    first = make_named_plan(BANKS, [QuestionName("small", "shuffle"), QuestionName("small", "dropout")])
    assert (first.bank, first.plan.questions, first.plan.sources) == (BANK, ("shuffle", "dropout"), ())


def test_questions_of_several_banks_are_told_apart_and_keep_their_policy() -> None:
    names = [QuestionName("small", "dropout"), QuestionName("other", "dropout"), QuestionName("small", "shuffle")]
    first = make_named_plan(BANKS, names)
    assert first.plan.questions == ("dropout", "other.dropout", "shuffle")
    assert first.plan.sources[1] == QuestionSource("other.dropout", "other", "dropout")
    interview = replay([first])
    assert interview.bank["other.dropout"].policy == OTHER.policy
    assert interview.bank["dropout"].policy is None
    assert interview.bank["dropout"].rubric.digest == BANK["dropout"].rubric.digest
    assert interview.bank.topic_title("data", first.plan.language) == "数据"


def test_a_question_is_found_by_its_id_where_only_one_bank_has_it() -> None:
    assert parse_question_name(BANKS, "shuffle") == ("small", "shuffle")
    assert parse_question_name(BANKS, "other/dropout") == ("other", "dropout")
    with pytest.raises(BankError, match=r"small/dropout, other/dropout"):
        parse_question_name(BANKS, "dropout")
    with pytest.raises(BankError, match="no bank here"):
        parse_question_name(BANKS, "ghost")
    with pytest.raises(BankError, match="no bank here"):
        make_named_plan(BANKS, [QuestionName("ghost", "dropout")])
    with pytest.raises(BankError, match="no question was named"):
        make_named_plan(BANKS, [])


def test_what_is_learned_of_a_mixed_interview_counts_for_the_banks_of_its_questions(
    make_service: Callable[..., SessionService],
) -> None:
    service = make_service(GradeAs(lambda question, attempt: grade(attempt, question, off=Level.MET)))
    names = [QuestionName("other", "dropout"), QuestionName("small", "dropout")]
    session = service.begin("me", make_named_plan(BANKS, names))
    while not (interview := session.interview()).is_over:
        session.answer("it is switched off", interview.place)
        session.run_due_and_wait()
        session.move_on()
    with service.store.database.read() as connection:
        rows = sa.text("SELECT bank, question, criterion FROM review_cards WHERE criterion = 'off' ORDER BY bank")
        assert [tuple(row) for row in connection.execute(rows)] == [
            ("other", "dropout", "off"),
            ("small", "dropout", "off"),
        ]
        before = connection.execute(sa.text("SELECT * FROM outcomes ORDER BY bank, criterion")).all()
    service.store.rebuild_read_models()
    with service.store.database.read() as connection:
        assert connection.execute(sa.text("SELECT * FROM outcomes ORDER BY bank, criterion")).all() == before
    found = last_answer(service.store, "me", QuestionName("small", "dropout"))
    assert found
    assert (found.interview, found.attempt) == (session.id, 1)
    assert session.interview().asked_as("small", "dropout") == "small.dropout"
    assert last_answer(service.store, "me", QuestionName("small", "shuffle")) is None
    resumed = make_service().resume(session.id, "me")
    assert resumed.interview() == session.interview()


def test_only_a_coach_asks_again() -> None:
    names = [QuestionName("small", "dropout")]
    assert make_named_plan(BANKS, names, again=True).plan.again
    assert not make_named_plan(BANKS, names, mode=Mode.INTERVIEW, again=True).plan.again


@pytest.mark.parametrize(
    "said, then",
    [
        ("it is switched off, random otherwise", "hard"),
        ("it would be random", "easy"),
        ("no idea", "easy"),
        (None, "easy"),
    ],
)
def test_an_adaptive_order_goes_by_the_level_just_shown(service: SessionService, said: str | None, then: str) -> None:
    shuffle = BANK.questions[1]
    others = (replace(shuffle, id="easy", difficulty=1), replace(shuffle, id="hard", difficulty=3))
    bank = replace(BANK, questions=(DROPOUT, *others))
    first = make_plan(bank, count=2, order=Order.ADAPTIVE, mode=Mode.INTERVIEW, language=Language.EN, probes=False)
    first = replace(first, plan=replace(first.plan, questions=("dropout", "easy" if then == "hard" else "hard")))
    session = service.begin("me", first)
    interview = session.skip() if said is None else session.answer(said)
    assert interview.current.question == then
    assert session.answer("correlated").is_over


@pytest.mark.parametrize("manner", InterviewerStyle)
def test_a_manner_changes_what_is_said_around_the_questions_and_no_grade(
    service: SessionService, manner: InterviewerStyle
) -> None:
    bank = replace(BANK, questions=(DROPOUT,))
    session = service.begin("me", make_plan(bank, language=Language.EN, manner=manner))
    session.answer("it is switched off")
    session.run_due_and_wait()
    over = session.move_on()
    neutral = LexicalGrader().grade(DROPOUT, over.attempts[0])
    assert over.attempts[0].grade == neutral
    page = str(chat(over, Language.EN))
    assert ("Hello, and welcome." in page) is (manner is InterviewerStyle.FRIENDLY)
    assert ("That is all I wanted to know." in page) is (manner is InterviewerStyle.DEMANDING)
