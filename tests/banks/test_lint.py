from dataclasses import replace
from pathlib import Path

import fakes
import pytest
from fakes import both

from interviewer.banks.lint import check_file, lint
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Criterion, Group, Kind, Question
from interviewer.settings import shipped

WHY = both("测试时应当关掉，否则输出是随机的。", "It is switched off at test time; otherwise outputs are random.")
DROPOUT = replace(fakes.DROPOUT, criteria=(*fakes.DROPOUT.criteria[:3], replace(fakes.DROPOUT.criteria[3], why=WHY)))
BANK = replace(fakes.BANK, questions=(DROPOUT, *fakes.BANK.questions[1:]))
OFF = DROPOUT.criteria[0]


def faults_of(question: Question) -> list[str]:
    return [fault.into(Language.EN) for fault in lint(replace(BANK, questions=(question,), topics=None))]


def changed(**changes: object) -> Question:
    return replace(DROPOUT, criteria=(replace(OFF, **changes), *DROPOUT.criteria[1:]))


def test_the_shipped_bank_has_nothing_to_complain_about() -> None:
    checked = check_file(shipped("rubrics") / "deep-learning.yaml", Language.EN)
    assert checked.faults == ()
    assert checked.questions == 25


def test_a_good_question_has_no_faults() -> None:
    assert faults_of(DROPOUT) == []


@pytest.mark.parametrize(
    "question, cause",
    [
        (changed(text=both("测试时关闭，并且要缩放", "It is off")), "criterion 'off': says two things"),
        (changed(text=both("关闭", "It is off and scaled")), "criterion 'off': says two things"),
        (changed(aliases=(("测试", "test time"),)), "criterion 'off': has no term of its own"),
        (changed(probe=both("什么时候关掉？", "When?")), "criterion 'off': the probe gives away '关掉'"),
        (changed(probe=both("什么时候？", "When is it disabled?")), "the probe gives away 'disabled'"),
        (changed(probe=both("什么时候？为什么？", "When?")), "exactly one question"),
        (changed(probe=both("？" + "长" * 130, "When?")), "the probe has 131 characters"),
        (changed(hints=(both("想想", "It is switched off"),)), "criterion 'off': hint 1 gives away 'switched off'"),
        (changed(aliases=(("绝不出现", "unheard of"),)), "does not find criterion 'off'"),
        (replace(DROPOUT, reference=both("关掉，随机", "Off? It stays on, random.")), "makes the mistake 'on'"),
        (replace(DROPOUT, criteria=(*DROPOUT.criteria, replace(OFF, id="again"))), "say nearly the same"),
        (
            replace(
                DROPOUT,
                criteria=(*DROPOUT.criteria, replace(OFF, id="part", text=both("它在测试时关闭，不再丢弃神经元", "x"))),
            ),
            "criteria 'off' and 'part': overlap: one is inside the other",
        ),
        (replace(DROPOUT, reference=both("详见链接 https://example.org/答案", "Off.")), "reference: is only a link"),
        (
            replace(DROPOUT, reference=both("[答案](a.md)", "See <https://example.org/a>")),
            "reference: is only a link (See",
        ),
        (replace(DROPOUT, reference=both("测试时要用", "Off, random")), "reference: says too little"),
        (
            replace(
                DROPOUT, criteria=tuple(replace(OFF, id=f"c{n}", text=both(f"第{n}点甲乙丙丁", "x")) for n in range(8))
            ),
            "more than 7",
        ),
    ],
)
def test_each_fault_is_found_with_its_place_and_cause(question: Question, cause: str) -> None:
    found = faults_of(question)
    assert any(cause in fault for fault in found), found
    assert all("question 'dropout'" in fault for fault in found)


WAYS = replace(
    DROPOUT,
    text=both("怎样让预测稳定？", "How do you make predictions stable?"),
    reference=both(
        "测试时关掉，或者多次采样取平均，预测就不再随机。", "Switched off, or average many samples; else random."
    ),
    groups=(Group("ways", 1, text=both("办法", "ways")),),
    criteria=(
        replace(OFF, group="ways", aliases=(("关掉", "switched off"),)),
        Criterion(
            "average",
            both("多次采样取平均", "Average over samples"),
            aliases=(("平均", "average"),),
            probe=both("要是开着呢？", "And if it stays?"),
            group="ways",
        ),
    ),
)


def grouped(**changes: object) -> Question:
    return replace(WAYS, criteria=(WAYS.criteria[0], replace(WAYS.criteria[1], **changes)))


NO_WORD_FOR_NO = replace(OFF, text=both("测试时关闭", "It is off at test time"), aliases=(("关掉", "switched off"),))


@pytest.mark.parametrize(
    "question, cause",
    [
        (replace(WAYS, groups=(Group("ways", 1),)), "group 'ways' has no text"),
        (grouped(probe=None), "criterion 'average': may be chosen in group 'ways' and has no probe"),
        (replace(WAYS, groups=(replace(WAYS.groups[0], choose=2),)), "group 'ways': all 2 of its criteria are needed"),
        (
            replace(DROPOUT, criteria=(*DROPOUT.criteria[:3], replace(DROPOUT.criteria[3], why=None))),
            "criterion 'on': is a mistake without a why",
        ),
        (replace(DROPOUT, criteria=(NO_WORD_FOR_NO, *DROPOUT.criteria[1:])), "no core criterion is the yes or no"),
        (grouped(text=both("采样并且取平均", "Sample")), "criterion 'average': says two things"),
    ],
)
def test_each_kind_of_rubric_has_its_faults(question: Question, cause: str) -> None:
    found = faults_of(question)
    assert len(found) == 1, found
    assert cause in found[0]


@pytest.mark.parametrize(
    "question",
    [
        WAYS,
        grouped(text=both("采样并且取平均（说出其一即可）", "Sample and average (either one is enough)")),
        replace(grouped(text=both("采样并且取平均", "x")), policy=both("只说一半算部分。", "Half of it is partial.")),
        replace(
            DROPOUT,
            text=both("你能举出测试时 dropout 的一种做法吗？", "Can you name one way to treat dropout at test time?"),
            criteria=(NO_WORD_FOR_NO, *DROPOUT.criteria[1:]),
        ),
        replace(DROPOUT, criteria=tuple(replace(c, made="sentence") for c in (NO_WORD_FOR_NO, DROPOUT.criteria[1]))),
    ],
    ids=["a choice", "half is valued in the claim", "half is valued in the policy", "a request", "made offline"],
)
def test_rubrics_that_say_what_is_meant_have_no_faults(question: Question) -> None:
    assert faults_of(question) == []


def test_the_policy_of_the_bank_says_what_half_is_worth() -> None:
    bank = replace(BANK, questions=(grouped(text=both("采样并且取平均", "x")),), topics=None)
    assert [fault.what.en for fault in lint(bank)]
    assert not list(lint(replace(bank, policy=both("只说一半算部分。", "Half of it is partial."))))


def test_two_questions_that_ask_nearly_the_same_are_one_too_many() -> None:
    again = replace(DROPOUT, id="again", text=both("测试时，要不要用 Dropout？", "Is dropout used at the test time?"))
    found = [fault.into(Language.EN) for fault in lint(replace(BANK, questions=(*BANK.questions, again)))]
    assert found == ["question 'again': asks nearly the same as question 'dropout'; keep one of them"]
    other = replace(DROPOUT, id="other", text=both("训练时要不要用 dropout？", "Is dropout used at training time?"))
    assert list(lint(replace(BANK, questions=(*BANK.questions, other)))) == []


def test_a_reference_with_a_link_beside_its_answer_is_fine() -> None:
    with_link = both(
        "测试时不用，要关掉，否则随机。https://example.org/a", "Switched off, else random: www.example.org/a"
    )
    assert faults_of(replace(DROPOUT, reference=with_link)) == []


def test_a_hint_may_use_the_words_of_the_question() -> None:
    with_asked = changed(aliases=(("关掉", "关闭", "不用", "switched off", "test time"),))
    hinted = replace(with_asked.criteria[0], hints=(both("想想测试", "Think of test time"),))
    assert faults_of(replace(with_asked, criteria=(hinted, *DROPOUT.criteria[1:]))) == []


def test_what_keeps_a_file_from_being_read_is_its_only_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("id: x\nid: y\n")
    assert check_file(path, Language.EN).faults == ("x.yaml: line 2: the key 'id' stands here twice",)


def test_a_bonus_needs_no_probe() -> None:
    bonus = Criterion("extra", both("加分点", "An extra"), Kind.BONUS, aliases=(("ensemble",),))
    assert faults_of(replace(DROPOUT, criteria=(*DROPOUT.criteria, bonus))) == []
    assert isinstance(BANK, Bank)


def test_a_fault_is_told_in_the_readers_language() -> None:
    (fault,) = lint(replace(BANK, questions=(changed(text=both("关闭", "It is off and scaled")),), topics=None))
    assert fault.into(Language.ZH).startswith("题目 'dropout'，要点 'off'：说了两件事")
    assert fault.into(Language.EN, with_question=False).startswith("criterion 'off': says two things")


def test_examples_that_are_left_out_are_told(tmp_path: Path) -> None:
    bank = tmp_path / "my-bank.yaml"
    bank.write_text((shipped("rubrics") / "deep-learning.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    beside = tmp_path / "my-bank.examples.csv"
    in_english = "With non-linearity a large enough network can approximate any continuous function"
    rows = (
        "nonlinearity,collapse,says,two linear layers are one",
        "nonlinearity,limited-power,claim,A purely linear model is dull",
        "nonlinearity,no-such-point,says,whatever",
        # Its text in one of its two languages.
        f"nonlinearity,universal-approximation,claim,{in_english}",
        "no-such-question,collapse,says,whatever",
    )
    beside.write_text("question_id,criterion_id,kind,text\n" + "\n".join(rows) + "\n", encoding="utf-8")
    told = check_file(bank, Language.EN).faults
    for place, what in (
        ("question 'nonlinearity', criterion 'collapse'", "no rows of kind claim repeat its text"),
        ("question 'nonlinearity', criterion 'limited-power'", "no rows of kind claim repeat its text"),
        ("question 'nonlinearity', criterion 'universal-approximation'", "no rows of kind claim repeat its text"),
        ("question 'nonlinearity', criterion 'no-such-point'", "no such criterion"),
        ("question 'no-such-question'", "the bank does not ask it"),
    ):
        assert any(fault.startswith(f"my-bank.examples.csv: {place}: ") and what in fault for fault in told), place
    assert len(told) == 5
    beside.write_text("question_id,text\n", encoding="utf-8")
    assert check_file(bank, Language.EN).faults == (
        "my-bank.examples.csv: line 1: must name the columns question_id, criterion_id, kind, text",
    )
