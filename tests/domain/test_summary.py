"""What a summary says of an interview."""

from fakes import BANK, grade

from interviewer.domain.grade import Level
from interviewer.domain.interview import Answered, Begun, Event, Graded, MovedOn, Plan, Unprobed, replay
from interviewer.domain.summary import summarize


def test_what_to_work_on_is_of_as_many_questions_as_left_something() -> None:
    events: list[Event] = [Begun(BANK, Plan(("dropout", "shuffle")))]
    for question in ("dropout", "shuffle"):
        said = [*events, Answered("no idea"), Unprobed()]
        levels = {one.id: Level.MISSING for one in BANK[question].criteria}
        events = [*said, Graded(question, 1, grade(replay(said).current, BANK[question], **levels)), MovedOn()]
    assert [point.question.id for point in summarize(replay(events)).work_on] in (
        ["dropout", "shuffle", "dropout"],
        ["shuffle", "dropout", "dropout"],
    )
