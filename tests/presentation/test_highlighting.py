from dataclasses import replace

import pytest
from fakes import DROPOUT, begun, grade
from html_seen import seen

from interviewer.domain.grade import Evidence, Level
from interviewer.domain.interview import Answered, Graded, Interview, Unprobed, replay
from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.presentation.card import card
from interviewer.presentation.highlighting import Mark, model_words, pieces, span
from interviewer.presentation.transcript import Transcript, to_html, to_markdown

MARKED = '<mark class="right" title="this earned credit">'
TWICE = "it is off, I repeat: it is off"
SECOND = Evidence(1, "it is off", 21, 30)


def quoting(evidence: Evidence) -> Interview:
    events = [begun(), Answered(TWICE), Unprobed()]
    made = grade(replay(events).current, off=Level.MET)
    verdicts = tuple(replace(one, evidence=(evidence,)) if one.criterion == "off" else one for one in made.verdicts)
    return replay([*events, Graded("dropout", 1, replace(made, verdicts=verdicts))])


def test_spans_that_overlap_are_marked_once() -> None:
    both = [(1, 4, Mark.RIGHT), (2, 5, Mark.RIGHT)]
    assert list(pieces("abcdef", both)) == [("a", None), ("bcde", Mark.RIGHT), ("f", None)]
    assert list(pieces("abc", [])) == [("abc", None)]
    assert list(pieces("", [])) == []


@pytest.mark.parametrize(
    "evidence, found",
    [
        (SECOND, (21, 30)),
        (Evidence(1, "it is off"), (0, 9)),
        (Evidence(1, "it is off", 3, 12), (0, 9)),
        (Evidence(1, "it is off", 500, 509), (0, 9)),
        (Evidence(1, "nobody said this"), None),
        (Evidence(1, ""), None),
    ],
)
def test_a_quote_is_found_at_its_offsets_or_else_at_its_first_place(
    evidence: Evidence, found: tuple[int, int] | None
) -> None:
    assert span(evidence, TWICE) == found


def test_of_a_quote_that_occurs_twice_the_one_that_was_meant_is_marked() -> None:
    interview = quoting(SECOND)
    transcript = Transcript("x", interview, "2026-01-02T03:04:05", "2026-01-02T03:04:05", 4)
    for html in (card(interview, interview.current, Language.EN), to_html(transcript, Language.EN)):
        assert f"it is off, I repeat: {MARKED}it is off</mark>" in html
        assert f"{MARKED}it is off</mark>, I repeat" not in html
    assert "> it is off, I repeat: **it is off**\n" in to_markdown(transcript, Language.EN)
    assert TWICE in seen(card(interview, interview.current, Language.EN)).text


def test_where_right_and_wrong_words_overlap_they_are_wrong() -> None:
    overlapping = [(0, 4, Mark.RIGHT), (2, 6, Mark.WRONG)]
    assert list(pieces("abcdef", overlapping)) == [("ab", Mark.RIGHT), ("cdef", Mark.WRONG)]


def test_the_model_answer_is_searched_by_aliases_and_else_by_words() -> None:
    text = DROPOUT.reference.en
    found = {
        name: [text[start:end] for start, end in spans] for name, spans in model_words(DROPOUT, Language.EN).items()
    }
    assert found["off"] == ["No, it is switched off."]
    assert found["random"] == ["It would make predictions random."]
    unnamed = replace(DROPOUT.criteria[1], aliases=(("stochastic",),))
    question = replace(DROPOUT, criteria=(DROPOUT.criteria[0], unnamed))
    assert model_words(question, Language.EN)["random"]


def test_the_sign_of_a_list_item_is_not_said() -> None:
    text = "- It is switched off at test time.\n- Otherwise the outputs would be random."
    question = replace(DROPOUT, reference=Localized(text, text))
    said = {name: [text[slice(*one)] for one in spans] for name, spans in model_words(question, Language.EN).items()}
    assert said["off"] == ["It is switched off at test time."]
    assert said["random"] == ["Otherwise the outputs would be random."]
