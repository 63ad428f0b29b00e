"""What an author does to the questions of a bank in a form."""

from dataclasses import replace

import pytest
from editable import question
from hypothesis import given
from hypothesis import strategies as st

from interviewer.banks import editing
from interviewer.banks.drafts import DraftCriterion, DraftError, DraftQuestion, DraftText, draft_of, finished
from interviewer.domain.language import Language
from interviewer.domain.rubric import Group, Localized
from interviewer.errors import BankError


def test_a_criterion_is_split_where_it_joins_two_claims() -> None:
    split = editing.split_criterion(draft_of(question()), 0, Language.ZH)
    first, second, _ = split.criteria
    assert (first.text.zh, second.text.zh) == ("哈希函数算出位置", "冲突要处理")
    assert (first.text.en, second.text.en) == ("The hash gives the place", "collisions are handled")
    assert (first.weight, second.weight) == (1, 1)
    assert (first.aliases, second.aliases) == ([["算出位置", "gives the place"]], [["冲突", "collision"]])
    assert [one.id for one in finished(split).criteria] == ["place", "place-2", "constant"]


def test_a_criterion_is_split_at_the_cursor_of_the_banks_language() -> None:
    first, second, *_ = editing.split_criterion(draft_of(question()), 1, Language.ZH, at=2).criteria[1:]
    assert (first.text.zh, second.text.zh) == ("平均", "常数时间")
    assert (first.text.en, second.text.en) == ("constant time on average", ""), "nobody can tell where to cut it"


def test_what_joins_nothing_is_split_into_itself_and_a_blank() -> None:
    split = editing.split_criterion(draft_of(question()), 1, Language.EN)
    assert [one.text.en for one in split.criteria[1:]] == ["constant time on average", ""]
    with pytest.raises(DraftError) as refused:
        finished(split)
    assert [one.at for one in refused.value.remarks] == ["criteria.2.text"]


def test_merging_undoes_splitting() -> None:
    split = editing.split_criterion(draft_of(question()), 0, Language.EN)
    merged = editing.merge_criteria(split, 0)
    assert merged.criteria[0].text.en == "The hash gives the place; collisions are handled"
    assert merged.criteria[0].text.zh == "哈希函数算出位置；冲突要处理"
    assert merged.criteria[0].aliases == [list(group) for group in question().criteria[0].aliases]
    assert merged.criteria[0].weight == 2
    assert len(finished(merged).criteria) == 2
    assert editing.merge_criteria(merged, 1) == merged, "the last one has nothing to be merged with"


def test_of_a_claim_in_one_language_no_other_language_is_left_that_says_less() -> None:
    draft = draft_of(question())
    draft.criteria[1].text = DraftText(zh="平均常数时间")
    assert editing.merge_criteria(draft, 0).criteria[0].text == DraftText(
        zh="哈希函数算出位置，并且冲突要处理；平均常数时间"
    )


@given(st.integers(0, 4), st.integers(-6, 6))
def test_moving_loses_and_repeats_nothing(place: int, by: int) -> None:
    draft = DraftQuestion(id="q", criteria=[DraftCriterion(id=f"c{n}") for n in range(5)])
    moved = [one.id for one in editing.move_criterion(draft, place, by).criteria]
    assert sorted(moved) == ["c0", "c1", "c2", "c3", "c4"]
    assert moved.index(f"c{place}") == min(max(place + by, 0), 4)


def test_a_criterion_is_added_and_removed() -> None:
    draft = editing.add_criterion(editing.add_criterion(draft_of(question())))
    assert [one.id for one in draft.criteria] == ["place", "constant", "point", "point-2"]
    assert [one.id for one in editing.remove_criterion(draft, 1).criteria] == ["place", "point", "point-2"]


def test_a_question_is_split_with_its_reference_and_each_half_keeps_its_criteria() -> None:
    draft = editing.split_criterion(draft_of(question()), 0, Language.ZH)
    at = draft.reference.zh.index("冲突")
    one, other = editing.split_question(draft, Language.ZH, at, ["hashing", "hashing-2"])
    assert (one.reference.zh, other.reference.zh) == ("哈希函数直接算出位置，平均只需常数时间。", "冲突要另外处理。")
    assert [c.id for c in one.criteria] == ["place", "constant"]
    assert [c.id for c in other.criteria] == ["place-2"]
    assert (one.id, other.id, other.made) == ("hashing", "hashing-3", None)
    assert finished(one)


def test_two_questions_become_one_with_all_their_criteria_and_groups() -> None:
    choice = replace(
        question(),
        criteria=tuple(replace(one, group="any") for one in question().criteria),
        groups=(Group("any", 1, text=Localized(en="either")),),
    )
    merged = finished(editing.merge_questions(draft_of(choice), draft_of(replace(choice, id="other", difficulty=3))))
    assert merged.text.en == "Why is lookup in a hash table fast? Why is lookup in a hash table fast?"
    assert [(c.id, c.group) for c in merged.criteria] == [
        ("place", "any"), ("constant", "any"), ("place-2", "any-2"), ("constant-2", "any-2"),
    ]  # fmt: skip
    assert [group.id for group in merged.groups] == ["any", "any-2"]
    assert merged.difficulty == 3
    drafted = draft_of(replace(choice, id="other", drafted_by="m", awaits_review=True))
    both = finished(editing.merge_questions(draft_of(choice), drafted))
    assert (both.drafted_by, both.awaits_review) == ("m", True), (
        "an accepted question takes in one that nobody has read"
    )


def test_criteria_are_suggested_from_the_reference() -> None:
    draft = editing.new_question(draft_of(question()), ["question", "question-2"])
    assert (draft.id, draft.topic) == ("question-3", "general")
    draft.text = DraftText(en="What does TCP promise?")
    draft.reference = DraftText(en="Bytes arrive in order. Lost segments are sent again.")
    suggested = finished(editing.suggest_criteria(draft, Language.EN))
    assert [one.text.en for one in suggested.criteria] == ["Bytes arrive in order", "Lost segments are sent again"]
    with pytest.raises(BankError):
        editing.suggest_criteria(editing.new_question(None, []), Language.EN)
