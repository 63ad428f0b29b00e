"""What the page shows of an interview."""

from fakes import BANK, grade

from interviewer.domain.grade import Level
from interviewer.domain.interview import (
    Answered,
    Asked,
    Begun,
    Event,
    Graded,
    Interview,
    MovedOn,
    Plan,
    Unprobed,
    replay,
)
from interviewer.domain.language import Language
from interviewer.presentation.card import CardActions, no_badge
from interviewer.web.view_model import View, view


def missed(question: str, so_far: list[Event], number: int = 1) -> list[Event]:
    said = [*so_far, Answered("no idea", 10.0), Unprobed()]
    levels = {criterion.id: Level.MISSING for criterion in BANK[question].criteria}
    given = Graded(question, number, grade(replay(said).current, BANK[question], **levels))
    return [*said, given, MovedOn()]


def shown(interview: Interview) -> View:
    return view("x", interview, Language.EN, no_badge, CardActions(lambda _: True))


def test_a_question_asked_once_more_is_counted_alike_above_and_in_the_chat() -> None:
    events: list[Event] = [Begun(BANK, Plan(("dropout", "shuffle"), again=True))]
    events = missed("shuffle", missed("dropout", events))
    again = replay(events)
    assert "Question 1 / 2" in shown(again).progress
    assert "once more: 1 of 2" in shown(again).progress
    assert "1 / 2 · Regularization · try 2" in shown(again).chat
    # It is to be remembered, not read off: without a key it stands open again for no other question either.
    assert shown(again).card.startswith('<details class="folded-card"><summary>')
    second = replay(missed("dropout", events, 2))
    assert "Question 2 / 2" in shown(second).progress
    assert "once more: 2 of 2" in shown(second).progress
    assert "once more" not in shown(replay(events[:1])).progress


def test_while_the_interviewer_thinks_it_is_said_of_what_and_since_when() -> None:
    begun = Begun(BANK, Plan(("dropout", "shuffle"), probes=1))
    said = {
        "your answer is saved": Answered("it is switched off"),
        "about your question": Asked("Do you mean in training?"),
    }
    for words, event in said.items():
        interview = replay([begun, event])
        live = CardActions(lambda _: True)
        thinking = view("x", interview, Language.EN, no_badge, live, thinking_since=1000.5).chat
        assert words in thinking
        assert 'data-since="1000.5"' in thinking
        assert "data-since" not in shown(interview).chat
    assert "thinking" not in shown(replay([begun])).chat
