import re
import time
from dataclasses import replace

import pytest
from fakes import BANK, DROPOUT, SHUFFLE, both
from generated import LOCALIZED, QUESTION, TEXT
from hypothesis import given, settings

from interviewer.banks.loader import parse_bank
from interviewer.banks.rewriting import rewritten
from interviewer.banks.writer import bank_to_yaml
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Criterion, Localized, Question
from interviewer.errors import BankError
from interviewer.settings import shipped

TEXT_OF_BANK = """\
# My own notes about this bank.
id: tiny   # short
title: Tiny
language: en

topics:
  data: {zh: 数据, en: Data}   # one topic is enough
# the questions
questions:
  # asked first, always
  - id: one
    # a note inside
    topic: data
    text: Why shuffle?  # short and good
    reference: |-
      Batches would be correlated.
      # this line is no comment
    criteria:
      # the heart of it
      - id: correlated
        weight: 2
        text: Batches are correlated otherwise   # claim
        aliases: [[correlated, no, 0.10,
                   on]]
        # below the aliases
      - id: order
        text: The order repeats

  # --- second part ---
  - id: two
    topic: data
    text: Why split?
    reference: To measure.
    criteria:
    - {id: measure, text: It measures}   # in one line
# the end
"""

TINY = parse_bank(TEXT_OF_BANK, "tiny.yaml")
ONE, TWO = TINY.questions
COMMENTS = [line.partition("#")[2] for line in TEXT_OF_BANK.splitlines() if "#" in line and "no comment" not in line]


def changed(*questions: Question) -> str:
    bank = replace(TINY, questions=questions)
    text = rewritten(TEXT_OF_BANK, "tiny.yaml", bank)
    assert parse_bank(text, "tiny.yaml") == bank
    return text


def en(text: str) -> Localized:
    return Localized(en=text)


def test_what_does_not_change_stays_to_the_letter() -> None:
    assert rewritten(TEXT_OF_BANK, "tiny.yaml", TINY) == TEXT_OF_BANK
    text = changed(replace(ONE, text=en("Why mix?")), TWO)
    assert re.search("text: Why mix\\? +# short and good", text)
    assert "      # the heart of it\n      - id: correlated\n" in text
    assert "    # this line is no comment\n" in text
    assert text.endswith("# the end\n")


@pytest.mark.parametrize(
    "questions",
    [
        (replace(ONE, text=en("a\nb"), reference=en("x " * 80 + "x")), TWO),
        (replace(ONE, text=both("为什么", "Why")), replace(TWO, text=en("#"), reference=en("- x"))),
        (replace(ONE, criteria=(replace(ONE.criteria[0], text=en("long " * 30 + "x")), ONE.criteria[1])), TWO),
        (replace(ONE, criteria=(replace(ONE.criteria[0], aliases=()), ONE.criteria[1])), TWO),
        (replace(ONE, criteria=ONE.criteria[1:]), TWO),
        (replace(ONE, criteria=(*ONE.criteria, replace(ONE.criteria[0], id="new"))), TWO),
        (replace(ONE, criteria=ONE.criteria[::-1]), TWO),
        (ONE, replace(TWO, criteria=(replace(TWO.criteria[0], weight=3),))),
        (ONE,),
        (TWO, ONE),
        (TWO,),
        (ONE, replace(ONE, id="between"), TWO),
        (replace(TWO, id="first"), ONE, TWO),
        (replace(ONE, topic="data", dispute=en("Really?"), difficulty=2), TWO),
    ],
)
def test_every_comment_survives_every_change(questions: tuple[Question, ...]) -> None:
    text = changed(*questions)
    assert [comment for comment in COMMENTS if comment not in text] == []


def test_comments_inside_a_value_survive_a_change_beside_them() -> None:
    text = TEXT_OF_BANK.replace(
        "    text: Why split?\n", "    text:\n      # how it is asked\n      en: Why split?\n      zh: 为什么\n"
    )
    text = text.replace("text: It measures", "text: {en: It measures}")
    bank = parse_bank(text, "x")
    one, two = bank.questions
    more = replace(
        bank,
        questions=(
            one,
            replace(
                two, text=both("为何", "Why split?"), criteria=(replace(two.criteria[0], text=both("测", "It m")),)
            ),
        ),
    )
    after = rewritten(text, "x", more)
    assert parse_bank(after, "x") == more
    assert "# how it is asked" in after
    assert "# in one line" in after


def test_other_line_ends_and_a_missing_last_one_stay() -> None:
    bank = replace(TINY, questions=(replace(ONE, text=en("Why mix?")), TWO))
    text = rewritten(TEXT_OF_BANK.replace("\n", "\r\n").rstrip(), "tiny.yaml", bank)
    assert text.count("\r\n") == text.count("\n")
    assert parse_bank(text, "x") == bank


def test_a_bank_in_brackets_is_spelled_anew() -> None:
    text = "{id: b, title: B, questions: [{id: q, text: Q, reference: R, criteria: [{id: c, text: C}]}]}"
    bank = parse_bank(text, "b.yaml")
    bank = replace(bank, questions=(replace(bank.questions[0], difficulty=3),))
    assert parse_bank(rewritten(text, "b.yaml", bank), "b.yaml") == bank


@pytest.mark.parametrize("key", ['"questions":', "'questions':", "questions :", '"questions" : # all of them'])
def test_a_key_may_be_quoted_or_stand_apart_from_its_colon(key: str) -> None:
    text = TEXT_OF_BANK.replace("questions:", key, 1)
    bank = replace(TINY, questions=(replace(ONE, text=en("Why mix?")), TWO))
    after = rewritten(text, "tiny.yaml", bank)
    assert parse_bank(after, "tiny.yaml") == bank
    assert "short and good" in after


@pytest.mark.parametrize("title", ["title:\tTiny", "title: Tiny\t# c", "title: !!int Tiny", "title: !!bool Tiny"])
def test_what_hardly_anybody_writes_is_changed_as_well(title: str) -> None:
    text = f"id: b\n{title}\nquestions:\n- id: q\n  text: Q\n  reference: R\n  criteria:\n  - id: c\n    text: C\n"
    new = replace(parse_bank(text, "tiny.yaml"), title=en("Small"))
    after = rewritten(text, "tiny.yaml", new)
    assert parse_bank(after, "tiny.yaml") == new
    assert ("# c" in after) is ("# c" in text)


def test_what_cannot_be_changed_in_place_is_left_alone_and_said() -> None:
    text = "id: b\ntitle: B\nquestions:\n- id: q\n  text: Q\n  criteria: [{id: c, text: C}]\n  reference: |+\n    R\n\n"
    bank = parse_bank(text, "tiny.yaml")
    with pytest.raises(BankError, match=r"tiny\.yaml: cannot be changed without losing your comments"):
        rewritten(text, "tiny.yaml", replace(bank, questions=(replace(bank.questions[0], dispute=en("Really?")),)))


def test_a_comment_above_a_question_goes_where_the_question_goes() -> None:
    text = changed(TWO, ONE)
    assert text.index("# --- second part ---\n  - id: two") < text.index("# asked first, always\n  - id: one")
    assert changed(ONE).endswith("# the end\n# --- second part ---\n# in one line\n")


@pytest.mark.parametrize("dash, inner", [(0, 0), (0, 4), (2, 0), (4, 2), (1, 3)])
def test_any_indentation_can_be_changed(dash: int, inner: int) -> None:
    pad, deep = " " * dash, " " * (dash + 3 + inner)
    text = (
        f"id: b\ntitle: B\nquestions:\n{pad}-  id: q\n{pad}   text: Q\n{pad}   reference: R\n{pad}   criteria:\n"
        f"{deep}-   id: c\n{deep}    text: C\n{deep}-   id: d\n{deep}    text: D\n"
    )
    bank = parse_bank(text, "b.yaml")
    question = bank.questions[0]
    for criteria in ((*question.criteria, replace(question.criteria[0], id="e")), question.criteria[1:]):
        for text_of in (question.text, both("问", "Q\n  R")):
            more = replace(bank, questions=(replace(question, criteria=criteria, text=text_of), DROPOUT))
            assert parse_bank(rewritten(text, "b.yaml", more), "b.yaml") == more


def test_the_shipped_bank_changes_only_where_it_changes() -> None:
    text = (shipped("rubrics") / "deep-learning.yaml").read_text(encoding="utf-8")
    bank = parse_bank(text, "x")
    questions = list(bank.questions)
    questions[3] = replace(questions[3], difficulty=3)
    after = rewritten(text, "x", replace(bank, questions=tuple(questions)))
    assert [line for line in text.splitlines() if "#" in line and line not in after] == []
    assert parse_bank(after, "x").questions[3].difficulty == 3


@settings(max_examples=60, deadline=None)
@given(QUESTION, QUESTION, QUESTION, LOCALIZED, TEXT)
def test_any_bank_can_become_any_other(
    one: Question, other: Question, third: Question, title: Localized, topic: str
) -> None:
    def bank(*questions: Question) -> Bank:
        return Bank(
            "b", title, questions, Language.EN, {question.topic: title for question in (*questions, DROPOUT, SHUFFLE)}
        )

    old = bank(one, DROPOUT)
    new = bank(SHUFFLE, replace(other, criteria=(*other.criteria, *DROPOUT.criteria)), replace(third, id="third"))
    assert parse_bank(rewritten(bank_to_yaml(old), "b", new), "b") == new
    assert parse_bank(rewritten(bank_to_yaml(new), "b", old), "b") == old
    assert BANK.questions == (DROPOUT, SHUFFLE)


def test_a_question_of_a_long_bank_is_changed_without_reading_the_others() -> None:
    bank = written(400)
    text = bank_to_yaml(bank).replace("  - id: q-7\n", "  # the seventh\n  - id: q-7  # seven\n", 1)
    changed = replace(
        bank, questions=(*bank.questions[:7], replace(bank.questions[7], difficulty=3), *bank.questions[8:])
    )
    started = time.process_time()
    made = rewritten(text, "long.yaml", changed)
    assert time.process_time() - started < 1
    assert parse_bank(made, "long.yaml") == changed
    assert [line for line in made.splitlines() if line not in text.splitlines()] == ["    difficulty: 3"]
    assert "# the seventh" in made
    assert "# seven\n" in made
    assert made.splitlines().index("  - id: q-7  # seven") == text.splitlines().index("  - id: q-7  # seven")


def written(count: int) -> Bank:
    criterion = Criterion("point", Localized(en="It says something of its own"))
    questions = (
        Question(f"q-{n}", Localized(en=f"Why {n}?"), Localized(en="Since."), (criterion,)) for n in range(count)
    )
    return Bank("long", Localized(en="Long"), tuple(questions), Language.EN)


FLAT = """\
id: flat
title: Flat
language: en
topics: {data: Data}
questions:
- id: one
  topic: data
  difficulty: 1
  # asked first
  text: Why shuffle?
  reference: Batches would be correlated.
  criteria:
  - id: correlated
    kind: core
    weight: 1
    text: Batches are correlated otherwise
- id: two
  topic: data
  difficulty: 1
  # asked then
  text: Why split?
  reference: To measure.
  criteria:
  - id: measure
    kind: core
    weight: 1
    text: To measure
"""


@pytest.mark.parametrize("place", [0, 1])
def test_a_bank_whose_lists_are_not_indented_is_changed_in_its_own_layout(place: int) -> None:
    bank = parse_bank(FLAT, "flat.yaml")
    questions = list(bank.questions)
    before = questions[place].text.en
    questions[place] = replace(questions[place], text=Localized(en="Why hold out?"))
    changed = rewritten(FLAT, "flat.yaml", replace(bank, questions=tuple(questions)))
    assert changed == FLAT.replace(before, "Why hold out?")
