from dataclasses import replace
from typing import Any

import pytest
from fakes import BANK
from generated import GROUPED, LOCALIZED, QUESTION
from hypothesis import example, given, settings
from hypothesis import strategies as st

from interviewer.banks.loader import parse_bank
from interviewer.banks.writer import bank_to_yaml
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Criterion, Group, ImportOrigin, Kind, Localized, Question
from interviewer.errors import BankError


@settings(max_examples=150, deadline=None)
@given(QUESTION, LOCALIZED, st.sampled_from(Language))
def test_what_is_written_is_read_again(question: Question, title: Localized, language: Language) -> None:
    bank = Bank("b", title, (question,), language, {question.topic: title})
    assert parse_bank(bank_to_yaml(bank), "b.yaml") == bank


@settings(max_examples=50, deadline=None)
@given(QUESTION, GROUPED, st.none() | LOCALIZED)
def test_groups_whys_and_policies_are_written_and_read_again(
    question: Question, grouped: dict[str, Any], policy: Localized | None
) -> None:
    bank = Bank("b", Localized(en="B"), (replace(question, **grouped),), policy=policy)
    assert parse_bank(bank_to_yaml(bank), "b.yaml") == bank


def test_a_bank_is_spelled_for_people() -> None:
    made = ImportOrigin("notes.md", 3, "abc", fields=("text 12",), criteria=("off 34",))
    off = Criterion("off", Localized(zh="测试时关闭"), weight=2, aliases=(("关掉", "no"), ("off",)), made="sentence")
    question = Question(
        "dropout",
        Localized(zh="测试时要不要用 dropout？", en="Is dropout used at test time?"),
        Localized(zh="不用。\n- 要关掉：它会让预测变得随机。"),
        (off, replace(off, id="random", kind=Kind.BONUS, weight=0.5, aliases=(), made="")),
        dispute=Localized(en="Not always"),
        made=made,
    )
    bank = Bank("small", Localized(zh="小题库", en="Small"), (question,), topics={"general": Localized(zh="综合")})
    lines = bank_to_yaml(bank).splitlines()
    assert all(line.startswith("# ") for line in lines[:2])
    assert "\n".join(lines[2:]) == (
        """\
id: small
title: {zh: 小题库, en: Small}
language: zh
topics:
  general: 综合
questions:
  - id: dropout
    topic: general
    difficulty: 1
    text: {zh: 测试时要不要用 dropout？, en: 'Is dropout used at test time?'}
    reference: |-
      不用。
      - 要关掉：它会让预测变得随机。
    dispute: {en: Not always}
    criteria:
      - id: off
        kind: core
        weight: 2
        text: 测试时关闭
        aliases:
          - [关掉, no]
          - [off]
        made: sentence
      - id: random
        kind: bonus
        weight: 0.5
        text: 测试时关闭
    made:
      file: notes.md
      line: 3
      item: abc
      fields: [text 12]
      criteria: [off 34]"""
    )


def test_a_misspelt_key_of_what_an_import_writes_is_an_error() -> None:
    text = bank_to_yaml(BANK).replace(
        "    criteria:", "    made: {file: a, line: 1, item: b, who: c}\n    criteria:", 1
    )
    with pytest.raises(BankError, match="made, who: is no key of a bank"):
        parse_bank(text, "b.yaml")


def test_choices_between_criteria_and_words_on_grading_are_written_and_read_again() -> None:
    core = Criterion("a", Localized(en="It keeps order."), group="any")
    wrong = Criterion("w", Localized(en="It is random."), Kind.MISTAKE, why=Localized(en="Order is kept."))
    criteria = (core, replace(core, id="b", text=Localized(en="It keeps copies.")), wrong)
    groups = (Group("any", 1, 2.0, Localized(en="any one of these")),)
    policy = Localized(en="Be lenient with names.")
    question = Question("q", Localized(en="What?"), Localized(en="This."), criteria, groups=groups, policy=policy)
    bank = Bank("b", Localized(en="B"), (question,), Language.EN, policy=policy)
    assert parse_bank(bank_to_yaml(bank), "b.yaml") == bank


@settings(max_examples=300, deadline=None)
@given(st.text("a: #,[]{}?'\"-&*!|>%@`\\=<~0.中，：", max_size=6))
@example("std::vector")
@example("http://x")
@example("a:b")
@example(":?")
def test_a_term_in_brackets_is_read_again_whatever_signs_it_has(ending: str) -> None:
    criterion = Criterion("c", Localized(zh=f"a{ending}", en=ending or "b"), aliases=((f"a{ending}", "b"),))
    bank = Bank("b", Localized(en="B"), (Question("q", Localized(en="W?"), Localized(en="T."), (criterion,)),))
    assert parse_bank(bank_to_yaml(bank), "b.yaml") == bank
