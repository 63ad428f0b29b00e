import contextlib
from dataclasses import replace
from typing import get_args

import diagram
import pytest
from fakes import BANK, DROPOUT, begun, grade
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.domain.grade import Evidence, Level, Ruling
from interviewer.domain.interview import (
    Answered,
    Asked,
    AskProbe,
    Assistance,
    Begun,
    Clarified,
    Clarify,
    Contested,
    Ended,
    Event,
    GradeAgain,
    GradeAttempt,
    Graded,
    Hinted,
    Interview,
    Mode,
    MovedOn,
    Objection,
    Order,
    Phase,
    Plan,
    Probed,
    RegradeAsked,
    Repeated,
    Retried,
    Ruled,
    SecondOpinionAsked,
    SecondOpinionGiven,
    Skipped,
    SkipUndone,
    TurnKind,
    Ungraded,
    Unprobed,
    begin,
    due,
    may_hint,
    may_undo_skip,
    replay,
    shows_grades,
    step,
)
from interviewer.errors import OutOfTurn

SAID = "it is switched off"

# What may happen in each phase, besides the news of gradings, which may come at any time.
ANY_TIME = {Graded, Ungraded, RegradeAsked, Contested, Ruled, SecondOpinionAsked, SecondOpinionGiven}
LEGAL: dict[Phase, set[type[Event]]] = {
    Phase.ANSWERING: {Answered, Asked, Hinted, Repeated, Skipped, SkipUndone, Ended},
    Phase.WEIGHING: {Probed, Unprobed, Clarified, Ended},
    Phase.REVIEWING: {Retried, MovedOn, Ended},
    Phase.OVER: set(),
}


def after(*events: Event, mode: Mode = Mode.COACH, probes: int = 0, hints: bool = True) -> Interview:
    return replay([begun(mode, probes=probes, hints=hints), *events])


@pytest.mark.parametrize("event", get_args(Event), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("phase", Phase)
def test_every_phase_takes_exactly_its_legal_events(phase: Phase, event: type[Event]) -> None:
    taken = (phase, event) in diagram.transitions()
    assert taken == (event in LEGAL[phase] | ANY_TIME)


def test_the_events_tried_are_all_there_are() -> None:
    assert {type(event) for event in diagram.samples(after())} == set(get_args(Event))


def test_an_illegal_event_raises_and_changes_nothing() -> None:
    for interview in diagram.reachable().values():
        before = repr(interview)
        for event in diagram.samples(interview):
            with contextlib.suppress(OutOfTurn):
                step(interview, event)
        assert repr(interview) == before


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_random_legal_histories_replay_to_the_same_interview(data: st.DataObject) -> None:
    mode, probes = data.draw(st.sampled_from(Mode)), data.draw(st.integers(0, 2))
    history: list[Event] = [begun(mode, probes=probes)]
    interview = begin(history[0])
    for _ in range(data.draw(st.integers(0, 30))):
        event = data.draw(st.sampled_from([*diagram.samples(interview), *_for_the_second(interview)]))
        try:
            interview = step(interview, event)
        except OutOfTurn:
            continue
        history.append(event)
        _holds(interview)
    assert replay(history) == interview


def _for_the_second(interview: Interview) -> list[Event]:
    found: list[Event] = []
    for attempt in interview.attempts:
        if attempt.awaits_grade:
            question = BANK[attempt.question]
            levels = {question.criteria[0].id: Level.MET}
            found.append(Graded(attempt.question, attempt.number, grade(attempt, question, **levels)))
            found.append(Ungraded(attempt.question, attempt.number, "no model"))
    return found


def _holds(interview: Interview) -> None:
    """What is true of every interview, however it came about."""
    assert 0 <= interview.position < len(interview.questions)
    assert all(attempt.is_closed for attempt in interview.attempts[:-1])
    assert interview.current.is_closed == (interview.phase in (Phase.REVIEWING, Phase.OVER))
    assert (interview.phase is Phase.WEIGHING) == any(
        isinstance(effect, AskProbe | Clarify) for effect in due(interview)
    )
    for attempt in interview.attempts:
        assert attempt.turns[0].kind is TurnKind.QUESTION
        if attempt.grade or attempt.failure:
            assert attempt.is_answered
            assert GradeAttempt(attempt.question, attempt.number) not in due(interview)
        elif attempt.is_closed and attempt.is_answered:
            assert GradeAttempt(attempt.question, attempt.number) in due(interview)


def test_coach_mode_stops_after_each_answer() -> None:
    interview = after(Answered(SAID), Unprobed())
    assert interview.phase is Phase.REVIEWING
    assert due(interview) == (GradeAttempt("dropout", 1),)
    assert step(interview, MovedOn()).current.question == "shuffle"


def test_interview_mode_goes_straight_on_and_hides_grades_until_the_end() -> None:
    interview = after(Answered(SAID), Unprobed(), mode=Mode.INTERVIEW)
    assert (interview.phase, interview.current.question) == (Phase.ANSWERING, "shuffle")
    assert not shows_grades(interview)
    assert due(interview) == (GradeAttempt("dropout", 1),)
    over = step(step(interview, Answered("correlated")), Unprobed())
    assert over.is_over
    assert shows_grades(over)
    assert len(due(over)) == 2


def test_in_interview_mode_a_verdict_cannot_be_contested_before_the_end() -> None:
    interview = after(Answered(SAID), Unprobed(), mode=Mode.INTERVIEW)
    graded = step(interview, Graded("dropout", 1, grade(interview.attempts[0], off=Level.MET)))
    contested = Contested("dropout", 1, Objection("random", Evidence(1, SAID)))
    with pytest.raises(OutOfTurn):
        step(graded, contested)
    assert step(step(graded, Ended()), contested).attempts[0].objections


def test_a_blank_answer_is_none() -> None:
    with pytest.raises(OutOfTurn):
        after(Answered("  \n "))


def test_a_skipped_question_is_not_graded() -> None:
    interview = after(Skipped())
    assert interview.current.question == "shuffle"
    assert due(interview) == ()


def test_a_question_that_was_passed_on_can_be_come_back_to() -> None:
    skipped = after(Skipped())
    assert may_undo_skip(skipped)
    assert step(skipped, SkipUndone()) == after()
    answered = replay([begun(), Skipped(), SkipUndone(), Answered(SAID), Unprobed()])
    assert [attempt.question for attempt in answered.attempts] == ["dropout"]
    assert due(answered) == (GradeAttempt("dropout", 1),)


@pytest.mark.parametrize(
    "events",
    [
        (),
        (Skipped(), Repeated()),
        (Skipped(), Answered("correlated")),
        (Skipped(), Skipped()),
        (Skipped(), Ended()),
        (Answered(SAID), Unprobed(), MovedOn()),
        (Answered(SAID), Unprobed(), Retried()),
    ],
    ids=lambda events: " ".join(type(event).__name__ for event in events) or "Begun",
)
def test_what_was_not_passed_on_just_before_cannot_be_come_back_to(events: tuple[Event, ...]) -> None:
    assert not may_undo_skip(after(*events))
    with pytest.raises(OutOfTurn):
        after(*events, SkipUndone())


def test_coming_back_from_what_is_asked_again_asks_again_anew() -> None:
    first = replace(begun(), plan=replace(begun().plan, again=True))
    missed = [Answered("no idea"), Unprobed(), MovedOn()]
    interview = replay([first, *missed])
    nothing = grade(interview.attempts[0], BANK["dropout"], off=Level.MISSING)
    at_the_end = replay([first, *missed, Graded("dropout", 1, nothing), Skipped()])
    assert at_the_end.again == ("dropout",)
    assert step(at_the_end, SkipUndone()) == replay([first, *missed, Graded("dropout", 1, nothing)])


def test_only_an_interview_without_feedback_has_a_limit_for_an_answer() -> None:
    limited = replace(begun(Mode.INTERVIEW), plan=replace(begun(Mode.INTERVIEW).plan, answer_seconds=60))
    late = replay([limited, Answered(SAID, 75.0), Unprobed()])
    assert late.attempts[0].seconds == 75.0
    for plan in (replace(limited.plan, mode=Mode.COACH), replace(limited.plan, answer_seconds=0)):
        with pytest.raises(OutOfTurn):
            begin(replace(limited, plan=plan))


def test_skipping_a_probe_leaves_what_was_said_before_it_to_be_graded() -> None:
    interview = after(Answered(SAID), Probed("random", "Why?"), Skipped(), probes=1)
    assert interview.phase is Phase.REVIEWING
    assert due(interview) == (GradeAttempt("dropout", 1),)


def test_ending_leaves_an_unanswered_question_ungraded() -> None:
    interview = after(Answered(SAID), Unprobed(), MovedOn(), Ended())
    assert due(interview) == (GradeAttempt("dropout", 1),)


def test_a_probe_beyond_the_plan_is_refused() -> None:
    with pytest.raises(OutOfTurn):
        after(Answered(SAID), Probed("random", "Why?"))
    with pytest.raises(OutOfTurn):
        after(Answered(SAID), Probed("random", "Why?"), Answered("so"), Probed("random", "Why?"), probes=1)


def test_the_ladder_has_three_rungs_and_none_if_hints_are_off() -> None:
    hinted = after(*[Hinted("off", "Think.")] * 3)
    assert not may_hint(hinted)
    with pytest.raises(OutOfTurn):
        step(hinted, Hinted("off", "Think."))
    assert not may_hint(after(hints=False))


def test_help_is_told_apart_from_what_was_said_without_it() -> None:
    interview = after(Answered("a"), Probed("random", "Why?"), Answered("b"), Unprobed(), probes=1)
    first, second = interview.current.answers
    assert interview.current.assistance_before(Evidence(*first)) is Assistance.UNAIDED
    assert interview.current.assistance_before(Evidence(*second)) is Assistance.PROBED
    hinted = after(Hinted("off", "Think."), Answered("a"))
    assert hinted.current.assistance_before(Evidence(*hinted.current.answers[0])) is Assistance.HINTED


def test_a_failed_grading_is_not_due_again_until_somebody_asks() -> None:
    failed = after(Answered(SAID), Unprobed(), Ungraded("dropout", 1, "no model"))
    assert due(failed) == ()
    assert due(step(failed, RegradeAsked("dropout", 1))) == (GradeAttempt("dropout", 1),)


def test_a_grade_counts_once() -> None:
    interview = after(Answered(SAID), Unprobed())
    graded = Graded("dropout", 1, grade(interview.current, off=Level.MET))
    with pytest.raises(OutOfTurn, match="awaits no grade"):
        step(step(interview, graded), graded)


def test_a_quote_that_nobody_said_is_refused() -> None:
    interview = after(Answered(SAID), Unprobed())
    honest = grade(interview.current, off=Level.MET)
    forged = replace(honest.verdicts[0], evidence=(Evidence(1, "it is always off"),))
    with pytest.raises(OutOfTurn, match="not in answer"):
        step(interview, Graded("dropout", 1, replace(honest, verdicts=(forged, *honest.verdicts[1:]))))


def test_a_grade_of_another_rubric_is_refused() -> None:
    interview = after(Answered(SAID), Unprobed())
    honest = grade(interview.current)
    with pytest.raises(OutOfTurn, match="rubric"):
        step(interview, Graded("dropout", 1, replace(honest, verdicts=honest.verdicts[:-1])))


def test_a_retry_keeps_the_earlier_attempt() -> None:
    interview = after(Answered("no idea"), Unprobed(), Retried(), Answered(SAID), Unprobed())
    assert [attempt.number for attempt in interview.attempts] == [1, 2]
    assert [attempt.number for attempt in interview.last_attempts()] == [2]
    assert len(due(interview)) == 2


def test_a_try_that_was_left_does_not_take_the_place_of_an_answer() -> None:
    left = after(Answered("x"), Unprobed(), Retried(), Skipped())
    assert left.last_attempts()[0].number == 1
    assert after(Answered("x"), Unprobed(), Retried(), Ended()).last_attempts()[0].is_answered


def test_the_place_moves_with_the_candidate_and_not_with_grades() -> None:
    interview = after(Answered(SAID), Unprobed())
    graded = step(interview, Graded("dropout", 1, grade(interview.current)))
    assert graded.place == interview.place
    assert step(graded, Retried()).place != interview.place


@pytest.mark.parametrize(
    "first, cause",
    [
        (Answered("x"), "cannot begin"),
        (Begun(BANK, Plan(())), "at least one"),
        (Begun(BANK, Plan(("dropout", "dropout"))), "twice"),
        (Begun(BANK, Plan(("dropout", "ghost"))), "ghost"),
    ],
)
def test_an_interview_that_cannot_be_played_does_not_begin(first: Event, cause: str) -> None:
    with pytest.raises(OutOfTurn, match=cause):
        replay([first])


def test_the_question_is_asked_verbatim_in_the_language_of_the_plan() -> None:
    assert after().current.turns[0].text == DROPOUT.text.en


TWICE = "off, I think; yes, off"


@pytest.mark.parametrize(
    "evidence, place",
    [
        (Evidence(1, "off"), (0, 3)),  # an older grade does not say which: the first one
        (Evidence(1, "off", 19, 22), (19, 22)),
        (Evidence(1, "off", 0, 3), (0, 3)),
    ],
)
def test_evidence_stands_where_it_says_or_where_its_words_stand_first(
    evidence: Evidence, place: tuple[int, int]
) -> None:
    closed = after(Answered(TWICE), Unprobed())
    whole = grade(closed.current)
    graded = replace(whole, verdicts=(replace(whole.verdicts[0], evidence=(evidence,)), *whole.verdicts[1:]))
    found = step(closed, Graded("dropout", 1, graded)).current.grade
    assert found
    assert (found.verdicts[0].evidence[0].start, found.verdicts[0].evidence[0].end) == place
    contested = step(step(closed, Graded("dropout", 1, whole)), Contested("dropout", 1, Objection("off", evidence)))
    assert (contested.current.objections[0].evidence.start, contested.current.objections[0].evidence.end) == place


@pytest.mark.parametrize("start, end", [(1, 4), (0, 4), (19, 99), (0, 2)])
def test_evidence_that_does_not_stand_where_it_says_is_refused(start: int, end: int) -> None:
    closed = after(Answered(TWICE), Unprobed())
    whole = grade(closed.current)
    forged = replace(whole.verdicts[0], evidence=(Evidence(1, "off", start, end),))
    with pytest.raises(OutOfTurn, match="not in answer"):
        step(closed, Graded("dropout", 1, replace(whole, verdicts=(forged, *whole.verdicts[1:]))))


def graded(**levels: Level) -> Interview:
    closed = after(Answered(SAID), Unprobed())
    return step(closed, Graded("dropout", 1, grade(closed.current, DROPOUT, **levels)))


def levels_of(interview: Interview) -> dict[str, Level | None]:
    return {verdict.criterion: verdict.level for verdict in interview.attempt("dropout", 1).verdicts}


def test_a_ruling_stands_beside_the_verdict_and_counts_before_it() -> None:
    before = graded(off=Level.MISSING)
    after_it = step(before, Ruled("dropout", 1, Ruling("off", Level.MET, note="it is there")))
    assert levels_of(after_it)["off"] is Level.MET
    assert after_it.current.grade == before.current.grade
    assert levels_of(step(after_it, Ruled("dropout", 1, Ruling("off", None)))) == levels_of(before)


def test_a_coach_has_the_last_word_whoever_rules_later() -> None:
    interview = graded(off=Level.MISSING)
    for ruling in (Ruling("off", Level.PARTIAL, by="Lin"), Ruling("off", Level.MET), Ruling("off", Level.MISSING)):
        interview = step(interview, Ruled("dropout", 1, ruling))
    assert levels_of(interview)["off"] is Level.PARTIAL
    assert levels_of(step(interview, Ruled("dropout", 1, Ruling("off", None, by="Lin"))))["off"] is Level.MISSING


def test_of_several_coaches_the_last_word_counts() -> None:
    interview = graded(off=Level.MISSING)
    for ruling in (Ruling("off", Level.MISSING, by="Ada"), Ruling("off", Level.MET, by="Bob")):
        interview = step(interview, Ruled("dropout", 1, ruling))
    assert levels_of(interview)["off"] is Level.MET
    changed = step(interview, Ruled("dropout", 1, Ruling("off", Level.PARTIAL, by="Ada")))
    assert levels_of(changed)["off"] is Level.PARTIAL


def test_an_answer_that_nobody_could_grade_can_be_ruled_on() -> None:
    failed = step(after(Answered(SAID), Unprobed()), Ungraded("dropout", 1, "no model"))
    assert levels_of(step(failed, Ruled("dropout", 1, Ruling("off", Level.MET)))) == {"off": Level.MET}


@pytest.mark.parametrize(
    "ruling",
    [
        Ruling("nothing", Level.MET),
        Ruling("on", Level.PARTIAL),
        Ruling("off", Level.MET, evidence=(Evidence(1, "words that were not said"),)),
    ],
    ids=["unknown point", "half a mistake", "invented words"],
)
def test_a_ruling_that_says_nothing_is_refused(ruling: Ruling) -> None:
    with pytest.raises(OutOfTurn):
        step(graded(), Ruled("dropout", 1, ruling))


def test_nobody_rules_behind_the_wall_of_an_interview_without_feedback() -> None:
    hidden = after(Answered(SAID), Unprobed(), mode=Mode.INTERVIEW)
    ruled = Ruled("dropout", 1, Ruling("off", Level.MET))
    with pytest.raises(OutOfTurn):
        step(hidden, ruled)
    assert levels_of(step(step(hidden, Ended()), ruled)) == {"off": Level.MET}


def test_a_second_opinion_changes_no_score_and_asks_for_a_person_where_it_differs() -> None:
    first = graded(off=Level.MISSING)
    asked = step(first, SecondOpinionAsked("dropout", 1))
    assert due(asked) == (GradeAgain("dropout", 1),)
    second = grade(asked.current, DROPOUT, off=Level.MET)
    given_it = step(asked, SecondOpinionGiven("dropout", 1, second))
    assert due(given_it) == ()
    assert levels_of(given_it) == levels_of(first)
    assert (given_it.current.differing, given_it.current.needs_review) == (("off",), True)
    settled = step(given_it, Ruled("dropout", 1, Ruling("off", Level.PARTIAL)))
    assert (settled.current.differing, settled.current.needs_review) == ((), False)
    failed = step(asked, SecondOpinionGiven("dropout", 1, failure="no server"))
    assert (due(failed), failed.current.second_failure) == ((), "no server")


def test_who_marks_every_point_of_an_estimate_has_marked_it_himself() -> None:
    interview = graded(off=Level.MISSING)
    for criterion in DROPOUT.criteria:
        assert not interview.current.is_self_marked(DROPOUT.rubric)
        interview = step(interview, Ruled("dropout", 1, Ruling(criterion.id, Level.MISSING)))
    assert interview.current.is_self_marked(DROPOUT.rubric) == interview.current.grade.is_estimate


def test_a_question_of_the_candidate_is_a_turn_and_no_answer() -> None:
    asked = after(Asked("Do you mean at test time?"))
    assert (asked.phase, due(asked)) == (Phase.WEIGHING, (Clarify("dropout", 1),))
    replied = step(asked, Clarified("At test time, that is."))
    assert replied.phase is Phase.ANSWERING
    assert [turn.kind for turn in replied.current.turns] == [TurnKind.QUESTION, TurnKind.ASK, TurnKind.CLARIFICATION]
    assert not replied.current.is_answered
    answered = step(replied, Answered(SAID))
    assert answered.current.answers == ((3, SAID),)
    assert answered.current.assistance_before(Evidence(3, SAID)) is Assistance.UNAIDED
    with pytest.raises(OutOfTurn):
        step(asked, Unprobed())


def test_a_question_that_was_sent_as_an_answer_becomes_none() -> None:
    replied = after(Answered("Do you mean at test time?"), Clarified("At test time, that is."))
    assert replied.phase is Phase.ANSWERING
    assert not replied.current.is_answered
    assert [turn.kind for turn in replied.current.turns[1:]] == [TurnKind.ASK, TurnKind.CLARIFICATION]


def test_asking_comes_to_an_end() -> None:
    history = [event for _ in range(5) for event in (Asked("What?"), Clarified("That."))]
    with pytest.raises(OutOfTurn):
        after(*history, Asked("What?"))
    with pytest.raises(OutOfTurn):
        after(*history, Answered("What?"), Clarified("That."))


def test_an_adaptive_order_asks_what_the_event_says_and_keeps_the_number_of_questions() -> None:
    third = replace(BANK.questions[1], id="third")
    bank = replace(BANK, questions=(*BANK.questions, third))
    first = Begun(bank, Plan(("dropout", "shuffle"), mode=Mode.INTERVIEW, order=Order.ADAPTIVE))
    harder = replay([first, Answered(SAID), Unprobed("third")])
    assert harder.current.question == "third"
    assert step(harder, Skipped()).is_over
    for then in ("dropout", "fourth"):
        with pytest.raises(OutOfTurn):
            replay([first, Skipped(then)])
    with pytest.raises(OutOfTurn):
        replay([replace(first, plan=replace(first.plan, order=Order.BANK)), Skipped("third")])
    assert replay([first, Skipped()]).current.question == "shuffle"
