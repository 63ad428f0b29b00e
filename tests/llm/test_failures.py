"""Whatever a server does, the answer is kept, nothing is scored that was not graded, and it can be graded again."""

from collections.abc import Callable

import pytest
from fakes import begun
from misbehaving import serving
from outcomes import MALFORMED, RECOVERIES, REFUSALS, REPLIES, UNREACHABLE, Row, model
from stopped_time import Time

from interviewer.domain.grade import Level
from interviewer.domain.summary import summarize
from interviewer.grading import CallShape, LLMGrader
from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions.serialization import event_to_json
from interviewer.sessions.service import SessionService

ANSWER = "it is switched off, otherwise it is random"
ROWS = [row for row in REPLIES + MALFORMED + REFUSALS + UNREACHABLE + RECOVERIES if row.values[0].schema]  # type: ignore[union-attr]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.mark.parametrize("expected", ROWS)
def test_the_answer_is_kept_and_can_be_graded_again(
    make_service: Callable[..., SessionService], time: Time, expected: Row
) -> None:
    with serving(expected.behaviour) as server, model(server, time, **expected.endpoint) as llm:
        session = make_service(LLMGrader(llm, CallShape.ONE_CALL)).begin("me", begun())
        session.answer(ANSWER)
        failed = session.run_due_and_wait()
    assert failed.current.answers == ((1, ANSWER),)
    # None of these servers writes a grade of this rubric, so there is none: a reason, and no number.
    assert failed.current.grade is None
    assert failed.current.failure
    assert summarize(failed).score is None
    if isinstance(expected.outcome, type):
        for words in expected.words:
            assert words in failed.current.failure
    body = "".join(event_to_json(recorded.event)[1] for recorded in session.history())
    assert "sk-secret" not in body
    again = make_service(LexicalGrader()).resume(session.id, "me")
    again.regrade()
    graded = again.run_due_and_wait()
    assert graded.current.grade
    assert graded.current.grade.verdict("off").level is Level.MET


def test_there_are_at_least_forty_of_them() -> None:
    assert len({row.values[0].behaviour for row in ROWS}) >= 40  # type: ignore[union-attr]
