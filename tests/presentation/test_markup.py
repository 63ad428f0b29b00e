from dataclasses import replace
from html.parser import HTMLParser

import pytest
from fakes import begun, both, grade

from interviewer.domain.grade import Evidence, Extra, Flag, Level
from interviewer.domain.interview import (
    Answered,
    Contest,
    Ended,
    Graded,
    Hinted,
    Interview,
    Mode,
    MovedOn,
    Retried,
    Ungraded,
    Unprobed,
    replay,
)
from interviewer.domain.rubric import Language
from interviewer.domain.scoring import Score
from interviewer.presentation import markup

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</div></article><h1>owned</h1>",
    "![x](https://evil.example/a.png) [y](javascript:alert(1))",
    "$$\\frac{1}{2}$$ ${alert(1)} {{value}} {{#each x}} `code`",
    chr(0x202E)
    + "right to left"
    + chr(0x202C)
    + chr(0x2066)
    + "isolate"
    + chr(0x2069)
    + " zero"
    + chr(0x200B)
    + "width",
    chr(0x200F) + "مرحبا بالعالم",
    "a" * 19_900,
    "' onmouseover='alert(1)\" onfocus=\"alert(2)",
]


class Seen(HTMLParser):
    """The tags, attributes and text that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(html: str) -> Seen:
    parser = Seen()
    parser.feed(html)
    return parser


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
        markup.chat(interview, Language.EN),
        markup.card(interview, interview.current, Language.EN),
        markup.report(over, Language.EN),
    ):
        found = seen(html)
        assert {tag for tag, _ in found.tags} <= ALLOWED
        assert not any(name.startswith("on") or name in ("src", "style") for _, attrs in found.tags for name in attrs)
        visible = "".join("·" if ord(c) in markup.text._UNSEEN else c for c in attack)
        assert visible in found.text
        assert not any(sign in html for sign in "{}$`")


ALLOWED = set(
    "article aside blockquote details div h2 h3 h4 h5 li mark p rect section span strong summary svg table tbody td th thead tr ul".split()
)


def test_quotes_are_marked_where_they_stand_and_overlaps_once() -> None:
    assert markup.marked("abcdef", ["bcd", "cde"]) == "a<mark>bcde</mark>f"
    assert markup.marked("a<b", ["<"]) == "a<mark>&lt;</mark>b"
    assert markup.marked("abc", ["x", ""]) == "abc"


def test_the_card_shows_the_ledger_the_gaps_and_the_model_answer() -> None:
    interview = played("it is put to sleep", off=Level.MET, random=Level.MISSING)
    card = markup.card(interview, interview.current, Language.EN)
    text = seen(card).text
    assert "<mark>it is put to sleep</mark>" in card
    assert "Met" in text
    assert "What is missing" in text
    assert "Predictions would be random otherwise" in text
    assert "Show the model answer" in text
    assert "It stays on at test time" not in text  # a mistake that was not made is no news


def test_an_unknown_verdict_shows_a_range_and_no_number() -> None:
    interview = played("it is put to sleep", off=None, random=Level.MET)
    text = seen(markup.card(interview, interview.current, Language.EN)).text
    assert "33–100 / 100" in text
    assert "Could not tell" in text
    # Nobody knows that a point was missed, but neither that each was made.
    assert "Every core point is there" not in text
    known = played("it is put to sleep", off=Level.MET, random=Level.MET)
    assert "Every core point is there" in seen(markup.card(known, known.current, Language.EN)).text


def test_an_estimate_is_called_one_and_shown_as_its_band() -> None:
    assert markup.score_text(Score(0.6, 0.6), Language.EN, is_estimate=True) == "Estimate: many points (50–75 %)"
    assert markup.score_text(Score(0.6, 0.6), Language.EN, is_estimate=False) == "60 / 100"
    assert markup.score_text(None, Language.EN, is_estimate=False) == "not graded"


def test_a_failed_grading_shows_its_reason_and_no_score() -> None:
    failed = replay([begun(), Answered("x"), Unprobed(), Ungraded("dropout", 1, "no <b>model</b>")])
    card = markup.card(failed, failed.current, Language.EN)
    assert "not a zero" in card
    assert "no &lt;b&gt;model&lt;/b&gt;" in card
    assert "/ 100" not in card


def test_the_chat_of_interview_mode_gives_nothing_away() -> None:
    interview = played("it is put to sleep", Mode.INTERVIEW, off=Level.MET)
    text = seen(markup.chat(interview, Language.EN)).text
    assert "noted" in text
    assert "Met" not in text


def test_words_after_a_hint_are_labelled() -> None:
    interview = replay([begun(), Hinted("off", "Think."), Answered("asleep"), Unprobed()])
    after = replace(interview, attempts=(replace(interview.current, grade=grade(interview.current, off=Level.MET)),))
    assert "after a hint" in markup.card(after, after.current, Language.EN)


def test_flags_extras_disputes_and_objections_are_shown() -> None:
    interview = played("it is put to sleep", off=Level.MISSING)
    assert interview.current.grade
    rich = replace(
        interview.current.grade,
        flags=(Flag.INJECTION,),
        extras=(Extra(both("加", "also right"), Evidence(1, "put to sleep")),),
        dispute=both("疑", "reference is old"),
    )
    contest = Contest("off", Evidence(1, "put to sleep"), "that is off")
    after = replace(interview, attempts=(replace(interview.current, grade=rich, contests=(contest,)),))
    text = seen(markup.card(after, after.current, Language.EN)).text
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
    third = replay([*events, Graded("dropout", 2, grade(second.current, off=Level.MET))])
    text = seen(markup.card(third, third.current, Language.EN)).text
    assert "It is off at test time: Missing → Met" in text


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
    text = seen(markup.report(over, Language.EN)).text
    assert "100 / 100" in text
    assert "answered: 2, graded: 1" in text
    assert "Answers without a grade: 1" in text


def test_the_words_of_a_misconception_are_not_marked_as_credited() -> None:
    said = "It stays on."
    interview = replay([begun(), Answered(said), Unprobed()])
    made = grade(interview.attempts[0], off=Level.MISSING, on=Level.MET)
    interview = replay([begun(), Answered(said), Unprobed(), Graded("dropout", 1, made)])
    card = markup.card(interview, interview.attempts[0], Language.EN)
    assert "<mark>" not in card
    assert f"“{said}”" in card
