from dataclasses import replace

import pytest
from fakes import begun, both, grade
from html_seen import ATTACKS, seen

from interviewer.domain.grade import Evidence, Extra, Flag, Level, Ruling
from interviewer.domain.interview import (
    Answered,
    Ended,
    Graded,
    Hinted,
    Interview,
    Mode,
    MovedOn,
    Objection,
    Phase,
    Retried,
    Ruled,
    Ungraded,
    Unprobed,
    replay,
)
from interviewer.domain.language import Language
from interviewer.domain.scoring import Score
from interviewer.presentation.card import CardActions
from interviewer.presentation.card import card as draw_card
from interviewer.presentation.chat import chat
from interviewer.presentation.interview_report import report
from interviewer.presentation.templating import UNSEEN
from interviewer.presentation.wording import score_text


def played(text: str, mode: Mode = Mode.COACH, **levels: Level | None) -> Interview:
    interview = replay([begun(mode), Answered(text), Unprobed()])
    return replay(
        [begun(mode), Answered(text), Unprobed(), Graded("dropout", 1, grade(interview.attempts[0], **levels))]
    )


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_answer_is_shown_as_text_everywhere(attack: str) -> None:
    interview = played(attack, off=Level.MET)
    over = replay([begun(), Answered(attack), Unprobed(), Graded("dropout", 1, interview.current.grade), Ended()])  # type: ignore[arg-type]
    for html in (
        chat(interview, Language.EN),
        draw_card(interview, interview.current, Language.EN),
        report(over, Language.EN),
    ):
        found = seen(html)
        assert {tag for tag, _ in found.tags} <= ALLOWED
        assert not any(name.startswith("on") or name in ("src", "style") for _, attrs in found.tags for name in attrs)
        visible = "".join("·" if ord(c) in UNSEEN else c for c in attack)
        if "$$" not in attack:  # a formula is shown as one
            assert visible in found.text
        assert not any(sign in html for sign in "{}$`")


ALLOWED = set(
    "code math mfrac mn mrow article aside blockquote details div h2 h3 h4 h5 li mark p rect section span strong summary svg table tbody td th thead tr ul".split()
)


def test_the_card_shows_the_ledger_the_gaps_and_the_model_answer() -> None:
    interview = played("it is put to sleep", off=Level.MET, random=Level.MISSING)
    card = draw_card(interview, interview.current, Language.EN)
    text = seen(card).text
    assert '<mark class="right" title="this earned credit">it is put to sleep</mark>' in card
    assert "Met" in text
    assert "1 of 2 points ✓○" in text
    assert text.count("Predictions would be random otherwise") == 1
    assert "You could say: It would make predictions random." in text
    assert '<mark class="say" title="worth saying">It would make predictions random.</mark>' in card
    assert "Model answer" in text
    assert "It stays on at test time" not in text  # a mistake that was not made is no news


def test_an_unknown_verdict_shows_a_range_and_no_number() -> None:
    interview = played("it is put to sleep", off=None, random=Level.MET)
    text = seen(draw_card(interview, interview.current, Language.EN)).text
    assert "33–100 / 100" in text
    assert "Could not tell" in text
    # Nobody knows that a point was missed, but neither that each was made.
    assert "Every core point is there" not in text
    known = played("it is put to sleep", off=Level.MET, random=Level.MET)
    assert "Every core point is there" in seen(draw_card(known, known.current, Language.EN)).text


def test_an_estimate_is_called_one_and_shown_as_its_band() -> None:
    assert score_text(Score(0.6, 0.6), Language.EN, is_estimate=True) == "Estimate: 50–75 %"
    assert score_text(Score(0.6, 0.6), Language.EN, is_estimate=False) == "60 / 100"
    assert score_text(None, Language.EN, is_estimate=False) == "not graded"


def test_a_failed_grading_shows_its_reason_and_no_score() -> None:
    failed = replay([begun(), Answered("x"), Unprobed(), Ungraded("dropout", 1, "no <b>model</b>")])
    card = draw_card(failed, failed.current, Language.EN)
    assert "not a zero" in card
    assert "no &lt;b&gt;model&lt;/b&gt;" in card
    assert "/ 100" not in card


def test_the_chat_of_interview_mode_gives_nothing_away() -> None:
    interview = played("it is put to sleep", Mode.INTERVIEW, off=Level.MET)
    text = seen(chat(interview, Language.EN)).text
    assert "noted" in text
    assert "Met" not in text


def test_words_after_a_hint_are_labelled() -> None:
    interview = replay([begun(), Hinted("off", "Think."), Answered("asleep"), Unprobed()])
    after = replace(interview, attempts=(replace(interview.current, grade=grade(interview.current, off=Level.MET)),))
    assert "after a hint" in draw_card(after, after.current, Language.EN)


def test_flags_extras_disputes_and_objections_are_shown() -> None:
    interview = played("it is put to sleep", off=Level.MISSING)
    assert interview.current.grade
    rich = replace(
        interview.current.grade,
        flags=(Flag.INJECTION,),
        extras=(Extra(both("加", "also right"), Evidence(1, "put to sleep")),),
        dispute=both("疑", "reference is old"),
    )
    contest = Objection("off", Evidence(1, "put to sleep"), "that is off")
    after = replace(interview, attempts=(replace(interview.current, grade=rich, objections=(contest,)),))
    for_coach = seen(draw_card(after, after.current, Language.EN, is_for_coach=True)).text
    assert "The candidate's objection: “put to sleep” that is off" in for_coach
    text = seen(draw_card(after, after.current, Language.EN)).text
    for words in (
        "speaks to the grader",
        "also right",
        "reference is old",
        "Your objection: “put to sleep” that is off",
    ):
        assert words in text


def test_a_second_try_is_compared_point_by_point() -> None:
    first = played("it is put to sleep", off=Level.MISSING)
    assert first.current.grade
    events = [
        begun(),
        Answered("no"),
        Unprobed(),
        Graded("dropout", 1, replace(first.current.grade)),
        Retried(),
        Answered("asleep"),
        Unprobed(),
    ]
    second = replay(events)
    graded = Graded("dropout", 2, grade(second.current, off=Level.MET))
    third = replay([*events, graded])
    text = seen(draw_card(third, third.current, Language.EN)).text
    assert "It is off at test time: Missing → Met" in text
    corrected = Ruled("dropout", 1, Ruling("off", Level.PARTIAL))
    ruled = replay([*events, graded, corrected])
    text = seen(draw_card(ruled, ruled.current, Language.EN)).text
    assert "It is off at test time: Partly → Met" in text, "what a person ruled is what counts"


def test_the_time_of_a_report_is_that_of_all_tries() -> None:
    first = replay([begun(), Answered("no", 30.0), Unprobed()])
    missed = Graded("dropout", 1, grade(first.current, off=Level.MISSING))
    again = [begun(), Answered("no", 30.0), Unprobed(), missed, Retried(), Answered("off", 12.0), Unprobed(), Ended()]
    assert "0:42 for all answers together, 0:42 per question" in seen(report(replay(again), Language.EN)).text


def test_the_report_counts_what_nobody_graded_and_leaves_it_out_of_the_mean() -> None:
    interview = replay(
        [begun(), Answered("x"), Unprobed(), Ungraded("dropout", 1, "no model"), MovedOn(), Answered("y"), Unprobed()]
    )
    shuffled = interview.bank["shuffle"]
    over = replay(
        [
            begun(), Answered("x"), Unprobed(), Ungraded("dropout", 1, "no model"), MovedOn(), Answered("y"), Unprobed(),
            Graded("shuffle", 1, grade(interview.current, shuffled, correlated=Level.MET)), Ended(),
        ]
    )  # fmt: skip
    text = seen(report(over, Language.EN)).text
    assert "100 / 100" in text
    assert "answered: 2, graded: 1" in text
    assert "Answers without a grade: 1" in text


def test_the_words_of_a_misconception_are_not_marked_as_credited() -> None:
    said = "It stays on."
    interview = replay([begun(), Answered(said), Unprobed()])
    made = grade(interview.attempts[0], off=Level.MISSING, on=Level.MET)
    interview = replay([begun(), Answered(said), Unprobed(), Graded("dropout", 1, made)])
    card = draw_card(interview, interview.attempts[0], Language.EN)
    assert f'<mark class="wrong" title="this is wrong">{said}</mark>' in card
    assert 'class="right"' not in card
    assert f"“{said}”" in card


def test_where_a_person_ruled_both_counts_and_the_level_of_the_grader_are_shown() -> None:
    first = played("it is put to sleep", off=Level.MET)
    assert first.current.grade
    graded = [begun(), Answered("it is put to sleep"), Unprobed(), Graded("dropout", 1, first.current.grade)]
    ruled = replay([*graded, Ruled("dropout", 1, Ruling("random", Level.MET))])
    text = seen(draw_card(ruled, ruled.current, Language.EN)).text
    assert "you 2 of 2 ✓✓ · 100 / 100 · grader 1 of 2 ✓○" in text.replace("\n", ""), (
        "the score stands beside what it is reckoned from"
    )
    assert "The grader said: Missing." in text


def test_marks_of_the_candidate_and_of_a_coach_are_called_both_theirs_and_what_was_not_made_is_no_news() -> None:
    first = played("it is put to sleep", off=Level.MET)
    assert first.current.grade
    events = [begun(), Answered("it is put to sleep"), Unprobed(), Graded("dropout", 1, first.current.grade)]
    mine = [Ruled("dropout", 1, Ruling(one, Level.MISSING)) for one in ("off", "random", "mc", "on")]
    hers = Ruled("dropout", 1, Ruling("off", Level.PARTIAL, "Ada"))
    text = seen(draw_card(ruled := replay([*events, *mine, hers]), ruled.current, Language.EN)).text
    assert "you and Ada ½ of 2" in text
    assert "It stays on at test time" not in text
    noted = replay([*events, Ruled("dropout", 1, Ruling("on", Level.MISSING, "Ada", "I asked you twice."))])
    text = seen(draw_card(noted, noted.current, Language.EN)).text
    assert "Ada 1 of 2" in text
    assert "I asked you twice." in text


def test_an_honest_dont_know_opens_the_model_answer_and_lists_nothing() -> None:
    interview = replay([begun(), Answered("I don't know"), Unprobed()])
    made = replace(grade(interview.current), flags=(Flag.DONT_KNOW,))
    after = replace(interview, attempts=(replace(interview.current, grade=made),))
    card = draw_card(after, after.current, Language.EN)
    assert '<details class="model-answer" open>' in card
    assert "say it in your own words" in card
    assert "Missing" not in card


def test_of_two_gradings_the_differences_come_first() -> None:
    interview = played("it is put to sleep", off=Level.MET)
    other = grade(interview.current, off=Level.MET, random=Level.PARTIAL)
    after = replace(interview, attempts=(replace(interview.current, second=other),))
    card = draw_card(after, after.current, Language.EN)
    assert card.index('<tr class="differs"><th scope="row">Predictions would be random') < card.index(
        '<tr><th scope="row">It is off'
    )
    failed = replace(interview, attempts=(replace(interview.current, second_failure="no server"),))
    assert "The second opinion did not come: no server" in draw_card(failed, failed.current, Language.EN)


def test_a_report_offers_to_practise_only_where_somebody_can_press_it() -> None:
    interview = replace(played("it is put to sleep", off=Level.MET), phase=Phase.OVER)
    live = report(interview, Language.EN, live=CardActions(lambda _: True))
    assert '<button type="button" class="practise" data-question="dropout">' in live
    assert "practise" not in report(interview, Language.EN)
