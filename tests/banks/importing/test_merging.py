from dataclasses import replace

import pytest
from fakes import both
from sources import bank_by_lines

from interviewer.banks.importing.merging import Change, Did, made_of, merge
from interviewer.domain.rubric import Bank, Criterion, Language, Localized

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


def made(text: str = SOURCE, name: str = "net.txt") -> Bank:
    return bank_by_lines(name, text)


def edited(bank: Bank, place: int, **changes: object) -> Bank:
    questions = list(bank.questions)
    questions[place] = replace(questions[place], **changes)
    return replace(bank, questions=tuple(questions))


def did(changes: tuple[Change, ...]) -> list[tuple[Did, str]]:
    return [(change.did, change.part) for change in changes]


TCP, NAGLE, UDP = made().questions
BY_HAND = Criterion("by-hand", Localized(en="A half-open connection is refused"))


def test_the_same_source_again_changes_nothing() -> None:
    merged = merge(made(), made())
    assert merged.bank == made()
    assert merged.changes == ()


def test_what_nobody_edited_follows_the_source() -> None:
    new = made(SOURCE.replace("Old duplicate segments", "Stray old segments"))
    merged = merge(made(), new)
    assert merged.bank == new
    assert did(merged.changes) == [(Did.UPDATED, "reference"), (Did.UPDATED, "point-2")]


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
    merged = merge(mine, new)
    assert merged.bank.questions[0] == replace(mine.questions[0], made=new.questions[0].made)
    assert merged.bank.questions[2] == new.questions[2]
    assert merged.conflicts == ()
    again = merge(merged.bank, new)
    assert again.bank == merged.bank
    assert {change.did for change in again.changes} == {Did.KEPT}


def test_where_both_changed_the_edit_stays_and_both_are_shown() -> None:
    mine = edited(
        made(),
        0,
        reference=Localized(en="Mine."),
        criteria=(replace(TCP.criteria[0], text=Localized(en="My claim")), TCP.criteria[1]),
    )
    new = made(SOURCE.replace("agree on sequence numbers", "learn the other's first number"))
    merged = merge(mine, new)
    assert merged.bank.questions[0].reference == Localized(en="Mine.")
    assert merged.bank.questions[0].criteria == mine.questions[0].criteria
    shown = {(change.part, change.mine) for change in merged.conflicts}
    assert shown == {("reference", "Mine."), ("point-1", "My claim")}
    assert all("first number" in change.theirs for change in merged.conflicts)
    assert merge(merged.bank, new).conflicts == ()


def test_criteria_that_were_edited_stay_when_only_the_way_they_are_made_is_new() -> None:
    mine = edited(made(), 0, criteria=(replace(TCP.criteria[0], weight=3), BY_HAND))
    other_rules = edited(made(), 0, criteria=(Criterion("whole", Localized(en="Both sides agree")),))
    question = other_rules.questions[0]
    assert question.made
    other_rules = edited(other_rules, 0, made=made_of(question, question.made).made)
    assert merge(mine, other_rules).bank == mine
    assert merge(made(), other_rules).bank.questions[0].criteria == question.criteria


def test_a_criterion_taken_out_by_hand_stays_out_and_a_new_one_comes_in() -> None:
    mine = edited(made(), 0, criteria=(TCP.criteria[1], BY_HAND))
    new = made(SOURCE.replace("- Old dup", "- Options such as window scale are exchanged.\n- Old dup"))
    merged = merge(mine, new)
    claims = [criterion.text.en for criterion in merged.bank.questions[0].criteria]
    assert not any("sequence numbers" in claim for claim in claims)
    assert any("Old duplicate" in claim for claim in claims)
    assert "A half-open connection is refused" in claims
    assert any("window scale" in claim for claim in claims)
    assert len({criterion.id for criterion in merged.bank.questions[0].criteria}) == 3
    assert merge(merged.bank, new).bank == merged.bank


def test_a_point_that_left_the_source_leaves_the_bank_unless_it_was_edited() -> None:
    new = made(SOURCE.replace("- Old duplicate segments are recognised.\n", ""))
    assert len(merge(made(), new).bank.questions[0].criteria) < len(TCP.criteria)
    mine = edited(made(), 0, criteria=(TCP.criteria[0], replace(TCP.criteria[1], weight=2)))
    merged = merge(mine, new)
    assert merged.bank.questions[0].criteria[1].weight == 2
    assert (Did.CONFLICT, "point-2") in did(merged.changes)


def test_questions_are_known_again_in_another_order_and_in_other_words() -> None:
    parts = SOURCE.split("? ")
    turned = made("? ".join([parts[0], parts[3], parts[2], parts[1]]))
    merged = merge(made(), turned)
    assert [replace(question, made=None) for question in merged.bank.questions] == [
        replace(question, made=None) for question in made().questions
    ]
    assert merged.changes == ()
    reworded = made(SOURCE.replace("before data?", "before any data?"))
    merged = merge(made(), reworded)
    assert [question.id for question in merged.bank.questions] == [TCP.id, NAGLE.id, UDP.id]
    assert merged.bank.questions[0].text == Localized(en="Why does TCP use a handshake before any data?")
    quite_other = made(SOURCE.replace("Why is UDP used for voice calls?", "Telephony: TCP or UDP?"))
    assert merge(made(), quite_other).bank.questions[2].id == UDP.id


def test_a_question_that_left_the_source_stays_and_is_reported() -> None:
    new = made(SOURCE.split("? Why is UDP", maxsplit=1)[0])
    merged = merge(made(), new)
    assert merged.bank.questions == made().questions
    assert merged.changes == (Change(Did.GONE, UDP.id),)


def test_a_new_question_stands_behind_the_one_before_it_and_those_made_by_hand_stay() -> None:
    by_hand = replace(TCP, id="mine", text=Localized(en="What is a socket?"), made=None)
    mine = replace(made(), questions=(by_hand, *made().questions))
    new = made(SOURCE.replace("? What does", "? What is slow start in TCP?\n- The window doubles.\n? What does"))
    merged = merge(mine, new)
    assert [question.id for question in merged.bank.questions] == [
        "mine",
        TCP.id,
        "slow-start-tcp",
        NAGLE.id,
        UDP.id,
    ]
    assert merged.changes == (Change(Did.ADDED, "slow-start-tcp"),)
    assert merged.bank.topics is not None


def test_a_second_file_joins_the_bank_of_the_first() -> None:
    other = made("# Networks\n? What does a router forward by?\n- The longest matching prefix.\n", "more.txt")
    merged = merge(made(), other)
    assert [question.id for question in merged.bank.questions[-3:]] == [question.id for question in made().questions]
    assert [change.did for change in merged.changes] == [Did.ADDED]


def test_a_question_written_by_hand_is_never_touched() -> None:
    mine = edited(made(), 1, made=None, reference=Localized(en="By hand."))
    merged = merge(mine, made())
    assert merged.bank == mine
    assert did(merged.changes) == [(Did.KEPT, "")]


def test_alike_questions_with_other_answers_are_two() -> None:
    old = made("? 什么是死锁？\n- 几个线程互相等待对方占有的资源。\n")
    new = made("? 什么是活锁？\n- 线程不断改变状态却都不能前进，并没有被阻塞。\n")
    merged = merge(old, new)
    assert [question.text.en for question in merged.bank.questions] == ["什么是活锁？", "什么是死锁？"]
    assert {change.did for change in merged.changes} == {Did.ADDED, Did.GONE}


def test_a_new_question_gets_a_name_that_is_free() -> None:
    mine = edited(made(), 1, id="slow-start-tcp")
    merged = merge(mine, made(SOURCE + "? What is slow start in TCP?\n- The window doubles.\n"))
    assert [question.id for question in merged.bank.questions][-1] == "slow-start-tcp-2"


@pytest.mark.parametrize("language", Language)
def test_titles_and_topics_are_the_editors(language: Language) -> None:
    mine = replace(
        made(), title=both("网络", "My networks"), topics={"networks": both("网络", "Nets")}, language=language
    )
    new = made(SOURCE + "# Security\n? What does TLS protect against?\n- Listening on the wire.\n")
    merged = merge(mine, new).bank
    assert (merged.title, merged.language) == (mine.title, language)
    assert merged.topics == {"networks": both("网络", "Nets"), "security": Localized(en="Security")}


def test_a_rubric_never_ends_up_without_a_core_criterion() -> None:
    mine = edited(made(), 0, criteria=TCP.criteria[:1])
    new = made(SOURCE.replace("- Both sides agree on sequence numbers.\n", ""))
    merged = merge(mine, new)
    assert merged.bank.questions[0].criteria == TCP.criteria[:1]
    assert (Did.CONFLICT, "criteria") in did(merged.changes)
