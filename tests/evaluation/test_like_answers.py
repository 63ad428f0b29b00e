"""Answers that a grader judged alike are found, and those that a coach ruled on are left out."""

from fakes import BANK, begun, grade

from interviewer.domain.grade import Level, Ruling
from interviewer.domain.interview import Answered, Graded, Interview, MovedOn, Ruled, Unprobed, begin, step
from interviewer.evaluation.like_answers import group_like_answers


def answered(text: str, **levels: Level) -> Interview:
    interview = begin(begun())
    for event in (Answered(text, 1.0), Unprobed()):
        interview = step(interview, event)
    return step(interview, Graded("dropout", 1, grade(interview.current, **levels)))


def test_the_same_words_at_the_same_level_are_one_group() -> None:
    played = {
        "a": answered("It is off.", off=Level.MET),
        "b": answered("it is  OFF.", off=Level.MET),
        "c": answered("Switched off, I think.", off=Level.MET),
        "d": answered("It is off.", off=Level.PARTIAL),
    }
    groups = group_like_answers("dropout", played)
    found = {(one.criterion.id, one.level): one for one in groups}
    assert found["off", Level.MET].tries == (("a", 1), ("b", 1))
    assert found["off", Level.MET].quotes == ("It is off.",)
    assert ("off", Level.PARTIAL) not in found
    assert len(found["random", Level.MISSING].tries) == 4
    assert [one.criterion.id for one in groups] == [one.id for one in BANK["dropout"].criteria]


def test_what_a_coach_ruled_is_in_no_group_and_what_the_candidate_marked_is() -> None:
    first, second, third = (answered("It is off.", off=Level.MET) for _ in range(3))
    first = step(first, Ruled("dropout", 1, Ruling("off", Level.PARTIAL, by="Ms Li")))
    second = step(second, Ruled("dropout", 1, Ruling("off", Level.PARTIAL)))
    groups = group_like_answers("dropout", {"a": first, "b": second, "c": third})
    assert next(one for one in groups if one.criterion.id == "off").tries == (("b", 1), ("c", 1))


def test_a_question_that_nobody_was_asked_has_no_groups() -> None:
    assert group_like_answers("ghost", {"a": step(answered("x"), MovedOn())}) == []
