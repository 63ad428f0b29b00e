"""A form that is not touched changes nothing, and what keeps a draft from being a question is said at its place."""

from dataclasses import replace

import pytest
from editable import question

from interviewer.banks import drafts
from interviewer.banks.drafts import DraftError, DraftQuestion, DraftText, draft_of, finished
from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Group, Kind, Localized, Question

SHIPPED = [question for bank in BankLibrary().banks() for question in bank.questions]


@pytest.mark.parametrize("one", SHIPPED, ids=lambda one: one.id)
def test_a_form_that_is_not_touched_changes_nothing(one: Question) -> None:
    assert finished(draft_of(one)) == one
    sent = DraftQuestion.model_validate_json(draft_of(one).model_dump_json())
    assert finished(sent) == one


def test_a_group_begins_with_its_first_criterion_and_ends_with_its_last() -> None:
    draft = draft_of(question())
    draft.criteria[0].group = drafts.NEW_GROUP
    begun = drafts.with_new_groups(draft)
    assert [group.id for group in begun.groups] == [begun.criteria[0].group] == ["any"]
    assert finished(begun).groups == (Group("any", 1),)
    begun.criteria[0].group = ""
    assert finished(begun).groups == ()


@pytest.mark.parametrize(
    "field, value, at, said",
    [
        ("weight", 0.0, "criteria.0", "应大于 0"),
        ("text", DraftText(en=" "), "criteria.0.text", "没有"),
        ("group", "no-such", "", "no-such"),
        ("why", DraftText(en="wrong"), "criteria.0", "why"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_in_the_readers_language(
    field: str, value: object, at: str, said: str
) -> None:
    draft = draft_of(question())
    setattr(draft.criteria[0], field, value)
    with pytest.raises(DraftError) as refused:
        finished(draft)
    assert [one.at for one in refused.value.remarks] == [at]
    assert said in refused.value.remarks[0].into(Language.ZH)


def test_the_remarks_of_the_check_stand_at_their_criterion() -> None:
    bank = Bank("b", Localized(en="B"), (question(),), Language.ZH)
    remarks = drafts.remarks_on(question(), bank)
    at = {one.at for one in remarks if "说了两件事" in one.into(Language.ZH) or "两" in one.into(Language.ZH)}
    assert "criteria.0" in at
    lenient = replace(bank, policy=Localized(zh="只说一半也算一半"))
    assert len(drafts.remarks_on(question(), lenient)) < len(remarks), "the author's policy counts"


def test_what_the_reference_does_not_say_is_told_at_the_criterion_that_misses_it() -> None:
    strange = replace(question().criteria[1], id="strange", text=Localized(en="Buckets are linked lists of rows"))
    asked = replace(question(), criteria=(*question().criteria, strange))
    remarks = drafts.remarks_on(asked, Bank("b", Localized(en="B"), (asked,), Language.EN))
    assert "criteria.2" in {one.at for one in remarks if "does not find criterion 'strange'" in one.into(Language.EN)}


def test_blank_fields_are_absent() -> None:
    draft = draft_of(question())
    draft.criteria[1].hints = [DraftText(), DraftText(en="Think of arrays.")]
    draft.criteria[1].probe = DraftText(zh="  ")
    draft.criteria[1].aliases = [["", "O(1)"], [" "]]
    made = finished(draft).rubric["constant"]
    assert made.hints == (Localized(en="Think of arrays."),)
    assert made.probe is None
    assert made.aliases == (("O(1)",),)
    assert made.kind is Kind.CORE
