from dataclasses import replace

import pytest
from fakes import both
from sources import bank_by_lines

from interviewer.banks.importing import digests
from interviewer.banks.importing.merging import MergeChange, Merged, MergeOutcome, merge
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Criterion, Group, Localized

SOURCE = """\
# Networks
? Why does TCP use a handshake before data?
- Both sides agree on sequence numbers.
- Old duplicate segments are recognised.
? What does the Nagle algorithm delay?
It holds small segments back until earlier data is acknowledged.
? Why is UDP used for voice calls?
- Late packets are worthless.
- A lost packet is not worth a delay.
"""


def conflicts(merged: Merged) -> tuple[MergeChange, ...]:
    return tuple(change for change in merged.changes if change.did is MergeOutcome.CONFLICT)


def merged_with_base(mine: Bank, theirs: Bank) -> Merged:
    """The merge of a bank that was first imported from SOURCE."""
    return merge(mine, theirs, made())


def made(text: str = SOURCE, name: str = "net.txt") -> Bank:
    return bank_by_lines(name, text)


def edited(bank: Bank, place: int, **changes: object) -> Bank:
    questions = list(bank.questions)
    questions[place] = replace(questions[place], **changes)
    return replace(bank, questions=tuple(questions))


def did(changes: tuple[MergeChange, ...]) -> list[tuple[MergeOutcome, str]]:
    return [(change.did, change.part) for change in changes]


TCP, NAGLE, UDP = made().questions
BY_HAND = Criterion("by-hand", Localized(en="A half-open connection is refused"))


def test_the_same_source_again_changes_nothing() -> None:
    merged = merged_with_base(made(), made())
    assert merged.bank == made()
    assert merged.changes == ()


def test_what_nobody_edited_follows_the_source() -> None:
    new = made(SOURCE.replace("Old duplicate segments", "Stray old segments"))
    merged = merged_with_base(made(), new)
    assert merged.bank == new
    assert did(merged.changes) == [(MergeOutcome.UPDATED, "reference"), (MergeOutcome.UPDATED, "point-2")]


def test_edits_stay_when_the_source_changes_elsewhere() -> None:
    mine = edited(
        made(),
        0,
        text=both("TCP 为什么要握手？", "Why the handshake?"),
        difficulty=3,
        correction=both("更正", "Corrected"),
        source="RFC 9293",
        criteria=(replace(TCP.criteria[0], weight=3, hints=(both("想", "Think"),)), BY_HAND),
    )
    new = made(SOURCE.replace("Late packets", "Packets that are late"))
    merged = merged_with_base(mine, new)
    assert merged.bank.questions[0] == replace(mine.questions[0], made=new.questions[0].made)
    assert merged.bank.questions[2] == new.questions[2]
    assert conflicts(merged) == ()
    again = merge(merged.bank, new, merged.base)
    assert again.bank == merged.bank
    assert {change.did for change in again.changes} == {MergeOutcome.KEPT}


def test_where_both_changed_the_edit_stays_and_both_are_shown() -> None:
    mine = edited(
        made(),
        0,
        reference=Localized(en="Mine."),
        criteria=(replace(TCP.criteria[0], text=Localized(en="My claim")), TCP.criteria[1]),
    )
    new = made(SOURCE.replace("agree on sequence numbers", "learn the other's first number"))
    merged = merged_with_base(mine, new)
    assert merged.bank.questions[0].reference == Localized(en="Mine.")
    assert merged.bank.questions[0].criteria == mine.questions[0].criteria
    shown = {(change.part, change.mine) for change in conflicts(merged)}
    assert shown == {("reference", "Mine."), ("point-1", "My claim")}
    assert all("first number" in change.theirs for change in conflicts(merged))
    assert conflicts(merge(merged.bank, new, merged.base)) == ()


def test_criteria_that_were_edited_stay_when_only_the_way_they_are_made_is_new() -> None:
    mine = edited(made(), 0, criteria=(replace(TCP.criteria[0], weight=3), BY_HAND))
    other_rules = edited(made(), 0, criteria=(Criterion("whole", Localized(en="Both sides agree")),))
    assert merged_with_base(mine, other_rules).bank == mine
    assert merged_with_base(made(), other_rules).bank == other_rules


def test_a_criterion_taken_out_by_hand_stays_out_and_a_new_one_comes_in() -> None:
    mine = edited(made(), 0, criteria=(TCP.criteria[1], BY_HAND))
    new = made(SOURCE.replace("- Old dup", "- Options such as window scale are exchanged.\n- Old dup"))
    merged = merged_with_base(mine, new)
    claims = [criterion.text.en for criterion in merged.bank.questions[0].criteria]
    assert not any("sequence numbers" in claim for claim in claims)
    assert any("Old duplicate" in claim for claim in claims)
    assert "A half-open connection is refused" in claims
    assert any("window scale" in claim for claim in claims)
    assert len({criterion.id for criterion in merged.bank.questions[0].criteria}) == 3
    assert merge(merged.bank, new, merged.base).bank == merged.bank


def test_a_point_that_left_the_source_leaves_the_bank_unless_it_was_edited() -> None:
    new = made(SOURCE.replace("- Old duplicate segments are recognised.\n", ""))
    assert len(merged_with_base(made(), new).bank.questions[0].criteria) < len(TCP.criteria)
    mine = edited(made(), 0, criteria=(TCP.criteria[0], replace(TCP.criteria[1], weight=2)))
    merged = merged_with_base(mine, new)
    assert merged.bank.questions[0].criteria[1].weight == 2
    assert (MergeOutcome.CONFLICT, "point-2") in did(merged.changes)


def test_questions_are_known_again_in_another_order_and_in_other_words() -> None:
    parts = SOURCE.split("? ")
    turned = made("? ".join([parts[0], parts[3], parts[2], parts[1]]))
    merged = merged_with_base(made(), turned)
    assert [replace(question, made=None) for question in merged.bank.questions] == [
        replace(question, made=None) for question in made().questions
    ]
    assert merged.changes == ()
    reworded = made(SOURCE.replace("before data?", "before any data?"))
    merged = merged_with_base(made(), reworded)
    assert [question.id for question in merged.bank.questions] == [TCP.id, NAGLE.id, UDP.id]
    assert merged.bank.questions[0].text == Localized(en="Why does TCP use a handshake before any data?")
    quite_other = made(SOURCE.replace("Why is UDP used for voice calls?", "Telephony: TCP or UDP?"))
    assert merged_with_base(made(), quite_other).bank.questions[2].id == UDP.id


def test_a_question_that_left_the_source_stays_and_is_reported() -> None:
    new = made(SOURCE.split("? Why is UDP", maxsplit=1)[0])
    merged = merged_with_base(made(), new)
    assert merged.bank.questions == made().questions
    assert merged.changes == (MergeChange(MergeOutcome.GONE, UDP.id),)


def test_a_new_question_stands_behind_the_one_before_it_and_those_made_by_hand_stay() -> None:
    by_hand = replace(TCP, id="mine", text=Localized(en="What is a socket?"), made=None)
    mine = replace(made(), questions=(by_hand, *made().questions))
    new = made(SOURCE.replace("? What does", "? What is slow start in TCP?\n- The window doubles.\n? What does"))
    merged = merged_with_base(mine, new)
    assert [question.id for question in merged.bank.questions] == [
        "mine",
        TCP.id,
        "slow-start-tcp",
        NAGLE.id,
        UDP.id,
    ]
    assert merged.changes == (MergeChange(MergeOutcome.ADDED, "slow-start-tcp"),)
    assert merged.bank.topics is not None


def test_a_second_file_joins_the_bank_of_the_first() -> None:
    other = made("# Networks\n? What does a router forward by?\n- The longest matching prefix.\n", "more.txt")
    merged = merged_with_base(made(), other)
    assert [question.id for question in merged.bank.questions[-3:]] == [question.id for question in made().questions]
    assert [change.did for change in merged.changes] == [MergeOutcome.ADDED]


def test_a_question_written_by_hand_is_never_touched() -> None:
    mine = edited(made(), 1, made=None, reference=Localized(en="By hand."))
    merged = merged_with_base(mine, made())
    assert merged.bank == mine
    assert did(merged.changes) == [(MergeOutcome.KEPT, "")]


def test_alike_questions_with_other_answers_are_two() -> None:
    old = made("? 什么是死锁？\n- 几个线程互相等待对方占有的资源。\n")
    new = made("? 什么是活锁？\n- 线程不断改变状态却都不能前进，并没有被阻塞。\n")
    merged = merge(old, new)
    assert [question.text.en for question in merged.bank.questions] == ["什么是活锁？", "什么是死锁？"]
    assert {change.did for change in merged.changes} == {MergeOutcome.ADDED, MergeOutcome.GONE}


def test_a_new_question_gets_a_name_that_is_free() -> None:
    mine = edited(made(), 1, id="slow-start-tcp")
    merged = merged_with_base(mine, made(SOURCE + "? What is slow start in TCP?\n- The window doubles.\n"))
    assert [question.id for question in merged.bank.questions][-1] == "slow-start-tcp-2"


@pytest.mark.parametrize("language", Language)
def test_titles_and_topics_are_the_editors(language: Language) -> None:
    mine = replace(
        made(), title=both("网络", "My networks"), topics={"networks": both("网络", "Nets")}, language=language
    )
    new = made(SOURCE + "# Security\n? What does TLS protect against?\n- Listening on the wire.\n")
    merged = merged_with_base(mine, new).bank
    assert (merged.title, merged.language) == (mine.title, language)
    assert merged.topics == {"networks": both("网络", "Nets"), "security": Localized(en="Security")}


def test_a_rubric_never_ends_up_without_a_core_criterion() -> None:
    mine = edited(made(), 0, criteria=TCP.criteria[:1])
    new = made(SOURCE.replace("- Both sides agree on sequence numbers.\n", ""))
    merged = merged_with_base(mine, new)
    assert merged.bank.questions[0].criteria == TCP.criteria[:1]
    assert (MergeOutcome.CONFLICT, "criteria") in did(merged.changes)


CHANGED = SOURCE.replace("agree on sequence numbers", "learn the other's first number")


def test_without_a_copy_of_what_was_imported_all_that_differs_counts_as_edited() -> None:
    merged = merge(made(), made(CHANGED))
    assert merged.bank.questions[0] == replace(TCP, made=made(CHANGED).questions[0].made)
    assert (MergeOutcome.CONFLICT, "reference") in did(merged.changes)
    assert (MergeOutcome.CONFLICT, "point-1") in did(merged.changes)
    assert conflicts(merge(merged.bank, made(CHANGED), merged.base)) == ()


def with_digests(bank: Bank) -> Bank:
    """A bank as earlier versions wrote it."""
    questions = []
    for question in bank.questions:
        assert question.made
        fields = {name: digests.shown(getattr(question, name)) for name in digests._FIELDS}
        noted = replace(
            question.made,
            fields=tuple(f"{name} {digests._digest(text)}" for name, text in fields.items() if text),
            criteria=tuple(f"{one.id} {digests._content_digest(one)}" for one in question.criteria),
        )
        questions.append(replace(question, made=noted))
    return replace(bank, questions=tuple(questions))


def test_a_bank_of_an_earlier_version_is_merged_by_its_digests() -> None:
    old = with_digests(made())
    assert merge(old, made(CHANGED)).bank == made(CHANGED)
    mine = edited(
        old,
        0,
        reference=Localized(en="Mine."),
        criteria=(TCP.criteria[0], replace(TCP.criteria[1], weight=3)),
    )
    merged = merge(mine, made(CHANGED))
    assert did(conflicts(merged)) == [(MergeOutcome.CONFLICT, "reference")]
    assert merged.bank.questions[0].criteria == (
        made(CHANGED).questions[0].criteria[0],
        replace(TCP.criteria[1], weight=3),
    )
    both_changed = edited(old, 0, criteria=(replace(TCP.criteria[0], weight=3), TCP.criteria[1]))
    assert did(conflicts(merge(both_changed, made(CHANGED)))) == [(MergeOutcome.CONFLICT, "point-1")]


def test_a_digest_is_as_earlier_versions_wrote_it() -> None:
    assert digests._digest("What?") == "a4949e2c"
    assert digests._content_digest(Criterion("off", Localized(zh="测试时关闭"), weight=2.0)) == "37c3a052"


def test_a_choice_between_criteria_comes_with_them_and_goes_when_too_few_are_left() -> None:
    text = "? Name one way to wait.\nSleep in a loop.\nBlock on a condition.\n"
    plain = bank_by_lines("net.txt", text)
    (asked,) = plain.questions
    chosen = replace(
        asked,
        criteria=tuple(replace(criterion, group="any") for criterion in asked.criteria),
        groups=(Group("any", 1),),
    )
    fresh = replace(plain, questions=(chosen,))
    assert merge(plain, fresh, plain).bank.questions[0].groups == (Group("any", 1),)
    back = merge(fresh, plain, fresh).bank.questions[0]
    assert (back.groups, {criterion.group for criterion in back.criteria}) == ((), {""})
