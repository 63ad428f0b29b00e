import os
import re
from pathlib import Path

import pytest

from interviewer.banks import loader
from interviewer.banks.loader import BankLibrary, parse_bank, read_bank, read_place
from interviewer.banks.places import BankPlace
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Group, Kind, Localized
from interviewer.errors import BankError, PromptError
from interviewer.llm.prompts import prompt

GOOD = """
id: tiny
title: 小题库
language: zh
questions:
  - id: one
    text: {zh: 为什么要打乱数据？, en: Why shuffle?}
    reference: 不打乱，批次就相关。
    criteria:
      - id: correlated
        weight: 2
        text: 否则各批相关
        aliases: [[相关, no, 0.10, on]]
"""


def test_a_plain_string_is_in_the_language_of_the_bank() -> None:
    bank = parse_bank(GOOD, "tiny.yaml")
    assert (bank.title.zh, bank.title.en) == ("小题库", "")
    assert bank.questions[0].text.into(Language.EN) == "Why shuffle?"
    english = parse_bank(GOOD.replace("language: zh", "language: en"), "tiny.yaml")
    assert english.title.en == "小题库"


GROUPED = (
    GOOD.replace("language: zh", "language: zh\npolicy: 公式不作要求")
    .replace("    criteria:", "    groups:\n      - {id: ways, choose: 1, text: 理由}\n    criteria:")
    .replace("        weight: 2", "        weight: 2\n        group: ways")
    + "      - {id: again, text: 每轮的批次都一样, group: ways}\n"
    + "      - {id: sorts, kind: mistake, text: 打乱是为了排序, why: 打乱去掉次序。}\n"
)


def test_groups_whys_and_policies_are_read_in_the_language_of_the_bank() -> None:
    bank = parse_bank(GROUPED, "tiny.yaml")
    question = bank["one"]
    assert question.policy == bank.policy == Localized(zh="公式不作要求")
    assert question.groups == (Group("ways", 1, 1, Localized(zh="理由")),)
    assert [criterion.group for criterion in question.criteria] == ["ways", "ways", ""]
    assert question.rubric["sorts"].why == Localized(zh="打乱去掉次序。")


def test_a_bank_without_them_has_the_digest_that_it_always_had() -> None:
    assert parse_bank(GOOD, "tiny.yaml")["one"].rubric.digest == "9c8107f531a471d3"


def test_aliases_are_words_even_where_yaml_sees_numbers_or_truth_values() -> None:
    assert parse_bank(GOOD, "tiny.yaml").questions[0].criteria[0].aliases == (("相关", "no", "0.10", "on"),)


def english(text: str | Localized) -> str:
    return text if isinstance(text, str) else text.en


BROKEN = {
    "no yaml": (GOOD + "\n  - [", "line 1", "not YAML"),
    "a list": ("- a\n- b\n", "line 1", "begins with 'id:'"),
    "empty": ("", "line 1", "begins with 'id:'"),
    "a missing title": (GOOD.replace("title: 小题库\n", ""), "title", "missing"),
    "a misspelt key": (
        GOOD.replace("weight: 2", "wieght: 2"),
        "question 'one', criterion 'correlated', wieght",
        "misspelt",
    ),
    "a weight in words": (GOOD.replace("weight: 2", "weight: heavy"), "line 11", "valid number"),
    "a weight of zero": (GOOD.replace("weight: 2", "weight: 0"), "criterion 'correlated'", "weight must be above 0"),
    "an unknown kind": (GOOD.replace("weight: 2", "kind: main"), "kind", "'core', 'bonus' or 'mistake'"),
    "a duplicate key": (GOOD.replace("language: zh", "language: zh\nid: again"), "line 5", "'id' stands here twice"),
    "a duplicate question": (GOOD + GOOD.split("questions:\n")[1], "", "two question entries have the id 'one'"),
    "a bad id": (GOOD.replace("id: one", "id: Eins zwei"), "question 'Eins zwei'", "a-z"),
    "a bad language": (GOOD.replace("language: zh", "language: fr"), "language", "'zh' or 'en'"),
    "no questions": (GOOD.split("  - id", maxsplit=1)[0].replace("questions:", "questions: []"), "", "no questions"),
    "questions that are no list": (
        GOOD.split("questions:", maxsplit=1)[0] + "questions: many",
        "questions",
        "must be a list",
    ),
    "an empty text": (GOOD.replace("text: 否则各批相关", "text: ''"), "criterion 'correlated', text", "no text"),
    "no core criterion": (GOOD.replace("weight: 2", "kind: bonus"), "question 'one'", "no core criterion"),
    "a correction without a source": (
        GOOD.replace("    criteria", "    correction: 错了\n    criteria"),
        "question 'one'",
        "source",
    ),
    "an anchor": (
        GOOD.replace("[[相关", "&a [[相关").replace("title: 小题库", "title: 小题库\ntopics: &t {a: *t}"),
        "line",
        "anchors",
    ),
    "an empty alias group": (
        GOOD.replace("[[相关, no, 0.10, on]]", "[[]]"),
        "criterion 'correlated'",
        "alias group is empty",
    ),
    "aliases that are no groups": (GOOD.replace("[[相关, no, 0.10, on]]", "[相关]"), "aliases", "must be a list"),
    "too many hints": (GOOD + "        hints: [一, 二, 三, 四]\n", "criterion 'correlated'", "at most 3"),
    "a group that nobody described": (
        GROUPED.replace("{id: ways,", "{id: other,"),
        "question 'one'",
        "group 'ways', which the question does not have",
    ),
    "a choice of nothing": (GROUPED.replace("choose: 1", "choose: 0"), "question 'one', group 'ways'", "at least 1"),
    "a misspelt key of a group": (GROUPED.replace("choose: 1", "choose: 1, chose: 2"), "group 'ways'", "misspelt"),
    "a why without a mistake": (
        GOOD.replace("weight: 2", "why: 因为"),
        "criterion 'correlated'",
        "which only a mistake may have",
    ),
    "a difficulty off the scale": (
        GOOD.replace("    reference", "    difficulty: 9\n    reference"),
        "question 'one'",
        "1 to 3",
    ),
}


@pytest.mark.parametrize("text, where, what", BROKEN.values(), ids=BROKEN)
def test_a_broken_bank_is_refused_with_file_place_and_cause(text: str, where: str, what: str) -> None:
    with pytest.raises(BankError) as refused:
        parse_bank(text, "tiny.yaml")
    assert refused.value.file == "tiny.yaml"
    assert where in english(refused.value.where)
    assert what in english(refused.value.what)
    chinese = refused.value.into(Language.ZH)
    assert re.search("[\u4e00-\u9fff]", chinese.split("：", 2)[2]), chinese


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    levels = "\n".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]" for n in range(30))
    with pytest.raises(BankError, match="anchors"):
        parse_bank(f"a0: &a0 [x]\n{levels}\n", "bomb.yaml")


@pytest.mark.parametrize("opens", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_before_it_can_end_the_process(opens: str) -> None:
    with pytest.raises(
        BankError, match=r"line 2: is (nested deeper than 12 levels|not YAML: exceeded maximum nesting depth)"
    ):
        parse_bank("a:\n " + opens * 200_000, "deep.yaml")


def test_no_object_is_made_from_a_tag() -> None:
    with pytest.raises(BankError):
        parse_bank(GOOD.replace("小题库", "!!python/object/apply:os.system ['true']", 1), "evil.yaml")


def test_a_file_that_is_too_large_or_not_utf8_or_missing_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes("标题".encode("gb18030"))
    with pytest.raises(BankError, match="not UTF-8"):
        read_bank(path)
    monkeypatch.setattr(loader, "LARGEST_BANK", 3)
    with pytest.raises(BankError, match="larger than"):
        read_bank(path)
    with pytest.raises(BankError, match="cannot be read"):
        read_bank(tmp_path / "ghost.yaml")


def test_a_bank_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read_bank(path).id == "tiny"


def test_the_library_has_the_shipped_bank_and_those_of_one_more_folder(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("id: [", encoding="utf-8")
    found = BankLibrary(tmp_path)
    assert {bank.id for bank in found.banks()} == {"deep-learning", "tiny"}
    assert [error.file for error in found.broken()] == ["broken.yaml"]
    with pytest.raises(BankError, match="there is no bank 'x'; there is deep-learning, tiny"):
        found.bank("x")


def test_an_id_that_is_taken_is_said_and_the_shipped_bank_stays(tmp_path: Path) -> None:
    (tmp_path / "shadow.yaml").write_text(GOOD.replace("id: tiny", "id: deep-learning"), encoding="utf-8")
    found = BankLibrary(tmp_path)
    assert len(found.bank("deep-learning").questions) == 25
    assert [str(error) for error in found.broken()] == [
        "shadow.yaml: id: 'deep-learning' is taken by deep-learning.yaml: choose another"
    ]


def test_a_folder_of_banks_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="INTERVIEWER_BANKS_DIR"):
        BankLibrary(tmp_path / "ghost")


def test_an_edited_bank_is_read_again(tmp_path: Path) -> None:
    import os

    path = tmp_path / "tiny.yaml"
    path.write_text(GOOD, encoding="utf-8")
    found = BankLibrary(tmp_path)
    assert found.bank("tiny").title.zh == "小题库"
    path.write_text(GOOD.replace("小题库", "大题库"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert found.bank("tiny").title.zh == "大题库"
    path.write_text(GOOD.replace("小题库", "更大题库"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert found.bank("tiny").title.zh == "更大题库", "within one tick of the clock"


def test_what_editors_and_systems_leave_beside_a_bank_is_no_bank(tmp_path: Path) -> None:
    (tmp_path / "tiny.YAML").write_text(GOOD, encoding="utf-8")
    (tmp_path / ".#tiny.yaml").symlink_to("somebody@nowhere")
    (tmp_path / "._tiny.yaml").write_bytes(b"\x00\x05\x16\x07")
    (tmp_path / "page.y.html").write_text("<p>", encoding="utf-8")
    found = BankLibrary(tmp_path)
    assert found.bank("tiny").id == "tiny"
    assert not found.broken()


def test_a_bank_that_is_gone_is_named_and_takes_no_other_with_it(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    found = BankLibrary(tmp_path)
    assert found.path_of("tiny") == tmp_path / "tiny.yaml"
    assert [str(error) for error in found.broken()] == ["gone.yaml: cannot be read: No such file or directory"]


def test_an_unknown_prompt_is_refused() -> None:
    with pytest.raises(PromptError, match="ghost"):
        prompt("ghost")


def test_the_shipped_bank_is_complete_in_both_languages(deep_learning: Bank) -> None:
    assert len(deep_learning.questions) == 25
    assert deep_learning.topics
    assert all(title.is_complete for title in deep_learning.topics.values())
    for question in deep_learning.questions:
        assert question.text.is_complete
        assert question.reference.is_complete
        assert 1 <= len(question.criteria) <= 7
        assert question.correction is None or question.correction.is_complete
        for criterion in question.criteria:
            assert criterion.text.is_complete
            assert criterion.aliases
            assert all(hint.is_complete for hint in criterion.hints)
            if criterion.kind is Kind.CORE:
                assert criterion.probe
                assert criterion.probe.is_complete
                assert 1 <= len(criterion.hints) <= 3


def test_most_questions_know_a_usual_misconception(deep_learning: Bank) -> None:
    with_mistakes = [q for q in deep_learning.questions if q.rubric.of(Kind.MISTAKE)]
    assert len(with_mistakes) >= 20


def test_what_is_imported_can_be_played_as_soon_as_it_is_there(tmp_path: Path) -> None:
    found = BankLibrary(None, tmp_path / "banks")
    assert [bank.id for bank in found.banks()] == ["deep-learning"]
    (tmp_path / "banks").mkdir()
    (tmp_path / "banks" / "tiny.yaml").write_text(GOOD, encoding="utf-8")
    assert [bank.id for bank in found.banks()] == ["deep-learning", "tiny"]
    assert found.path_of("tiny") == tmp_path / "banks" / "tiny.yaml"
    assert found.path_of("ghost") is None
    both = BankLibrary(tmp_path / "banks", tmp_path / "banks")
    assert both.broken() == []


def test_a_broken_bank_is_parsed_once_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("id: [", encoding="utf-8")
    found = BankLibrary(tmp_path)
    read: list[Path] = []

    def counted(place: BankPlace) -> Bank:
        read.append(place.path)
        return read_place(place)

    monkeypatch.setattr(loader, "read_place", counted)
    assert [str(error) for _ in range(3) for error in found.broken()] == [
        "broken.yaml: line 2: is not YAML: did not find expected node content"
    ] * 3
    assert read.count(path) == 1
    path.write_text(GOOD, encoding="utf-8")
    assert found.bank("tiny").id == "tiny"


def test_a_bank_that_vanishes_while_banks_are_listed_takes_no_other_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(GOOD, encoding="utf-8")
    found, listed = BankLibrary(tmp_path), os.listdir
    path.unlink()
    monkeypatch.setattr(os, "listdir", lambda folder: ["tiny.yaml"] if folder == tmp_path else listed(folder))
    assert [bank.id for bank in found.banks()] == ["deep-learning"]
    assert [error.file for error in found.broken()] == ["tiny.yaml"]
    assert found.path_of("tiny") is None


@pytest.mark.parametrize("unit", ["a{n}: b\n", "- a\n", "? a{n}\n", "a{n}: {{}}\n"])
def test_a_file_of_very_many_nodes_is_refused_while_it_is_read(unit: str) -> None:
    with pytest.raises(BankError, match="has more than 400,000 keys and values"):
        parse_bank("".join(unit.format(n=n) for n in range(410_000)), "many.yaml")
