from dataclasses import replace

import pytest
from fakes import begun, grade
from html_seen import seen

from interviewer.domain.grade import Evidence, Level
from interviewer.domain.interview import Answered, Graded, Interview, Unprobed, replay
from interviewer.domain.rubric import Language
from interviewer.presentation.card import card
from interviewer.presentation.highlighting import pieces, span
from interviewer.presentation.transcript import Transcript, to_html, to_markdown

TWICE = "it is off, I repeat: it is off"
SECOND = Evidence(1, "it is off", 21, 30)


def quoting(evidence: Evidence) -> Interview:
    events = [begun(), Answered(TWICE), Unprobed()]
    made = grade(replay(events).current, off=Level.MET)
    verdicts = tuple(replace(one, evidence=(evidence,)) if one.criterion == "off" else one for one in made.verdicts)
    return replay([*events, Graded("dropout", 1, replace(made, verdicts=verdicts))])


def test_spans_that_overlap_are_marked_once() -> None:
    assert list(pieces("abcdef", [(1, 4), (2, 5)])) == [("a", False), ("bcde", True), ("f", False)]
    assert list(pieces("abc", [])) == [("abc", False)]
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
        assert "it is off, I repeat: <mark>it is off</mark>" in html
        assert "<mark>it is off</mark>, I repeat" not in html
    assert "> it is off, I repeat: **it is off**\n" in to_markdown(transcript, Language.EN)
    assert TWICE in seen(card(interview, interview.current, Language.EN)).text
