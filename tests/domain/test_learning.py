from dataclasses import replace

import pytest
from fakes import BANK, DROPOUT, begun, both, grade

from interviewer.domain.grade import Level, Ruling
from interviewer.domain.interview import (
    Answered,
    Ended,
    Event,
    Graded,
    Hinted,
    Interview,
    Mode,
    MovedOn,
    Plan,
    Probed,
    Retried,
    Ruled,
    Unprobed,
    next_question,
    replay,
    step,
)
from interviewer.domain.interview.events import Begun
from interviewer.domain.learning import Rating, opens_card, ratings
from interviewer.domain.rubric import Bank, Criterion, Group, Kind, Question
from interviewer.errors import OutOfTurn

SAID = "it is switched off"
AGAIN, HARD, GOOD = Rating.AGAIN, Rating.HARD, Rating.GOOD
HINT, PROBE = Hinted("off", "Think of eval mode."), Probed("off", "What state is it in?")


def graded(*before: Event, mode: Mode = Mode.COACH, **levels: Level | None) -> Interview:
    """An interview whose first answer has these levels; it comes after these events."""
    played = replay([begun(mode, probes=1), *before, Answered(SAID), Unprobed()])
    attempt = played.attempts[0]
    given = grade(attempt, **levels)
    last = attempt.answers[-1]
    moved = tuple(
        replace(one, evidence=tuple(replace(e, turn=last[0], quote=last[1], start=-1, end=-1) for e in one.evidence))
        for one in given.verdicts
    )
    return replay(
        [
            begun(mode, probes=1),
            *before,
            Answered(SAID),
            Unprobed(),
            Graded("dropout", 1, replace(given, verdicts=moved)),
        ]
    )


@pytest.mark.parametrize(
    "before, level, rating",
    [
        ((), Level.MISSING, AGAIN),
        ((), Level.CONTRADICTED, AGAIN),
        ((), Level.PARTIAL, HARD),
        ((), Level.MET, GOOD),
        ((), None, None),
        ((HINT,), Level.MET, HARD),
        ((HINT,), Level.PARTIAL, HARD),
        ((HINT,), Level.MISSING, AGAIN),
        ((Answered("well"), PROBE), Level.MET, HARD),
        ((Answered("well"), PROBE), Level.CONTRADICTED, AGAIN),
    ],
)
def test_a_core_criterion_is_rated_by_its_level_and_the_help_before_it(
    before: tuple[Event, ...], level: Level | None, rating: Rating | None
) -> None:
    interview = graded(*before, off=level)
    assert ratings(interview, interview.attempts[0]).get("off") is rating


@pytest.mark.parametrize(
    "levels, rating",
    [
        ({"on": Level.MET}, AGAIN),
        ({"on": Level.MET, "off": Level.MET}, AGAIN),
        ({"on": Level.MISSING, "off": Level.MET}, GOOD),
        ({"on": Level.MISSING, "off": Level.PARTIAL}, GOOD),
        ({"on": Level.MISSING}, None),
        ({"on": None, "off": Level.MET}, None),
    ],
)
def test_a_mistake_is_rated_on_its_own(levels: dict[str, Level | None], rating: Rating | None) -> None:
    interview = graded(**levels)
    assert ratings(interview, interview.attempts[0]).get("on") is rating


def test_a_mistake_has_a_card_once_it_was_made_and_a_core_criterion_from_the_first() -> None:
    assert [opens_card(Kind.MISTAKE, rating) for rating in (AGAIN, GOOD)] == [True, False]
    assert all(opens_card(Kind.CORE, rating) for rating in Rating)


def test_bonus_points_are_not_reviewed_and_no_answer_is_rated_easy() -> None:
    interview = graded(off=Level.MET, mc=Level.MET)
    assert "mc" not in ratings(interview, interview.attempts[0])
    assert {rating.value for rating in Rating} == {"again", "hard", "good"}


def test_what_the_candidate_marked_counts() -> None:
    interview = replay([begun(), Answered(SAID), Unprobed(), Ruled("dropout", 1, Ruling("off", Level.MET))])
    assert ratings(interview, interview.attempts[0]) == {"off": GOOD}
    helped = replay([begun(), HINT, Answered(SAID), Unprobed(), Ruled("dropout", 1, Ruling("off", Level.MET))])
    assert ratings(helped, helped.attempts[0]) == {"off": HARD}


def test_a_ruling_counts_before_the_grader() -> None:
    interview = graded(off=Level.MISSING)
    ruled = replay(
        [
            begun(),
            Answered(SAID),
            Unprobed(),
            Graded("dropout", 1, interview.attempts[0].grade),
            Ruled("dropout", 1, Ruling("off", Level.MET)),
        ]
    )  # type: ignore[arg-type]
    assert ratings(ruled, ruled.attempts[0])["off"] is GOOD


def test_a_retry_after_the_model_answer_is_no_review() -> None:
    history = [begun(), Answered(SAID), Unprobed(), Retried(), Answered(SAID), Unprobed()]
    again = replay(history).attempts[1]
    interview = replay([*history, Graded("dropout", 2, grade(again, off=Level.MET))])
    assert ratings(interview, interview.attempts[1]) == {}


def test_nothing_is_rated_while_grades_are_not_shown() -> None:
    interview = graded(mode=Mode.INTERVIEW, off=Level.MET)
    assert ratings(interview, interview.attempts[0]) == {}
    over = step(interview, Ended())
    assert ratings(over, over.attempts[0])["off"] is GOOD


def test_an_attempt_that_nobody_judged_says_nothing() -> None:
    interview = replay([begun(), Answered(SAID), Unprobed()])
    assert ratings(interview, interview.attempts[0]) == {}


CHOICE = Question(
    "ways",
    both("说出两种", "Name two"),
    both("甲、乙、丙", "a, b, c"),
    tuple(Criterion(name, both(name, name), group="any") for name in "abc"),
    groups=(Group("any", 2),),
)


@pytest.mark.parametrize(
    "levels, expected",
    [
        ({"a": Level.MET, "b": Level.MET}, {"a": GOOD, "b": GOOD}),
        ({"a": Level.MET, "b": Level.MET, "c": Level.PARTIAL}, {"a": GOOD, "b": GOOD}),
        ({"a": Level.MET, "b": Level.PARTIAL}, {"a": GOOD, "b": HARD, "c": AGAIN}),
        ({}, {"a": AGAIN, "b": AGAIN, "c": AGAIN}),
    ],
)
def test_of_a_group_that_is_full_only_what_was_met_is_rated(
    levels: dict[str, Level], expected: dict[str, Rating]
) -> None:
    history: list[Event] = [
        Begun(Bank("choice", both("选", "Choice"), (CHOICE,)), Plan(("ways",))),
        Answered(SAID),
        Unprobed(),
    ]
    interview = replay([*history, Graded("ways", 1, grade(replay(history).current, CHOICE, **levels))])
    assert ratings(interview, interview.attempts[0]) == expected


def sitting(*after_the_first: Event, **levels: Level) -> list[Event]:
    """Both questions answered, the first with these levels, by a plan that asks again what was missed."""
    plan = replace(begun().plan, again=True)
    history: list[Event] = [replace(begun(), plan=plan), Answered(SAID), Unprobed()]
    history.append(Graded("dropout", 1, grade(replay(history).current, **levels)))
    history += [MovedOn(), Answered("the batches are correlated"), Unprobed()]
    second = replay(history).current
    return [*history, Graded("shuffle", 1, grade(second, BANK["shuffle"], correlated=Level.MET)), *after_the_first]


def test_what_was_missed_is_asked_once_more_at_the_end() -> None:
    history = sitting(off=Level.MET)
    assert next_question(replay(history)) == "dropout"
    again = replay([*history, MovedOn()])
    assert (again.current.question, again.current.number, again.position) == ("dropout", 2, 2)
    assert again.questions == ("dropout", "shuffle", "dropout")
    missed_again = [*history, MovedOn(), Answered(SAID), Unprobed()]
    assert next_question(replay(missed_again)) is None
    assert replay([*missed_again, MovedOn()]).is_over


def test_a_sitting_in_which_nothing_was_missed_ends_as_planned() -> None:
    history = sitting(off=Level.MET, random=Level.MET)
    assert next_question(replay(history)) is None
    assert replay([*history, MovedOn()]).is_over


def test_a_ruling_after_the_end_does_not_change_what_was_asked_again() -> None:
    history = [*sitting(off=Level.MET), MovedOn()]
    ruled = replay([*history, Ruled("dropout", 1, Ruling("random", Level.MET))])
    assert ruled.questions == replay(history).questions


def test_an_interview_without_cards_asks_nothing_again() -> None:
    with pytest.raises(OutOfTurn, match="coach"):
        replay([replace(begun(), plan=replace(begun().plan, mode=Mode.INTERVIEW, again=True))])


def test_dropout_is_what_these_tests_think_it_is() -> None:
    assert {one.id: one.kind for one in DROPOUT.criteria} == {
        "off": "core",
        "random": "core",
        "mc": "bonus",
        "on": "mistake",
    }
