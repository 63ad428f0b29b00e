from dataclasses import replace

import pytest
from fakes import BANK, DROPOUT, both

from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Criterion, Kind, Localized


def test_a_localized_text_falls_back_to_its_other_language() -> None:
    assert Localized(zh="是").into(Language.EN) == "是"
    assert Localized(en="yes").into(Language.ZH) == "yes"
    assert both("是", "yes").into(Language.ZH) == "是"


def test_a_localized_text_without_any_text_is_refused() -> None:
    with pytest.raises(ValueError, match=r"rubric\.no_text"):
        Localized(zh="  ")


@pytest.mark.parametrize(
    "changes, cause",
    [
        ({"id": "Two Words"}, "rubric.bad_id .*Two Words"),
        ({"weight": 0}, "weight"),
        ({"weight": float("nan")}, "weight"),
        ({"aliases": ((),)}, "rubric.empty_aliases"),
        ({"aliases": (("…",),)}, "rubric.blank_alias"),
        ({"hints": (both("一", "one"),) * 4}, "rubric.many_hints count=4, most=3"),
    ],
)
def test_a_criterion_that_cannot_be_graded_is_refused(changes: dict[str, object], cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        replace(DROPOUT.criteria[0], **changes)


@pytest.mark.parametrize(
    "changes, cause",
    [
        ({"difficulty": 4}, "difficulty"),
        ({"criteria": (DROPOUT.criteria[3],)}, "rubric.no_core"),
        ({"criteria": DROPOUT.criteria * 2}, "rubric.criterion_twice .*off"),
        ({"correction": both("错", "wrong")}, "rubric.no_source"),
    ],
)
def test_a_question_that_cannot_be_scored_is_refused(changes: dict[str, object], cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        replace(DROPOUT, **changes)


def test_a_bank_refuses_topics_without_a_title() -> None:
    with pytest.raises(ValueError, match=r"rubric\.untitled_topics .*data"):
        replace(BANK, topics={"regularization": both("正则化", "Regularization")})


def test_equal_rubrics_have_equal_digests_and_any_change_makes_another() -> None:
    again = replace(DROPOUT, text=both("别的问法", "another wording"))
    heavier = replace(DROPOUT, criteria=(replace(DROPOUT.criteria[0], weight=3), *DROPOUT.criteria[1:]))
    assert again.rubric.digest == DROPOUT.rubric.digest
    assert heavier.rubric.digest != DROPOUT.rubric.digest


def test_whatever_a_grade_depends_on_changes_the_digest_of_a_question() -> None:
    other = both("别的", "another")
    heavier = (replace(DROPOUT.criteria[0], weight=3), *DROPOUT.criteria[1:])
    changed = [replace(DROPOUT, **change) for change in ({"text": other}, {"reference": other}, {"criteria": heavier})]
    assert len({question.digest for question in (DROPOUT, *changed)}) == 4
    assert replace(DROPOUT, topic="other", difficulty=3).digest == DROPOUT.digest


def test_topics_come_in_the_order_of_the_questions() -> None:
    assert BANK.used_topics == ("regularization", "data")
    assert BANK.topic_title("data", Language.ZH) == "数据"
    assert Bank("b", both("库", "Bank"), BANK.questions).topic_title("data", Language.ZH) == "data"


def test_criteria_are_found_by_id_and_kind() -> None:
    assert DROPOUT.rubric["mc"].kind is Kind.BONUS
    assert [c.id for c in DROPOUT.rubric.of(Kind.CORE)] == ["off", "random"]
    assert isinstance(DROPOUT.rubric["on"], Criterion)


def test_a_digest_is_what_it_was_when_grades_were_saved() -> None:
    assert DROPOUT.rubric.digest == "3575881f5caf78fe"


def test_where_a_criterion_comes_from_is_no_part_of_its_rubric() -> None:
    made = replace(DROPOUT, criteria=tuple(replace(c, made="list item, line 3") for c in DROPOUT.criteria))
    assert made.rubric.digest == DROPOUT.rubric.digest
