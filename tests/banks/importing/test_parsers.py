import json
import re
import time
from pathlib import Path

import pytest
from bank_corpus import FILES, assert_every_line_is_accounted_for, expected_path, outcome, plain

from interviewer.banks.importing.document import Source
from interviewer.banks.importing.parsers import ENDINGS, markdown_grammar, read
from interviewer.banks.importing.parsers.decoding import LARGEST, MOST_LINES, MOST_QUESTIONS, text_of
from interviewer.banks.importing.parsers.elements import Reason
from interviewer.banks.importing.parsers.headings import HeadingRole, HeadingTraits, classify, question_level
from interviewer.banks.importing.parsers.markers import answer_label, is_asking, numbered
from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.errors import BankError


def test_the_grammar_is_complete_before_two_threads_can_share_it() -> None:
    markdown_grammar._grammar.cache_clear()
    made = markdown_grammar._grammar()
    rulers = (made.core.ruler, made.block.ruler, made.inline.ruler, made.inline.ruler2)
    assert all(ruler.__cache__ for ruler in rulers)


def english(text: str | Localized) -> str:
    return text if isinstance(text, str) else text.en


def markdown(text: str) -> Source:
    return read("list.md", text.encode())


def asked(source: Source) -> list[str]:
    return [item.question for item in source.items]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_from_the_wild_is_read_as_written_beside_it(path: Path) -> None:
    source = read(path.name, path.read_bytes())
    assert plain(source) == json.loads(expected_path(path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_line_of_a_file_lies_in_exactly_one_block(path: Path) -> None:
    data = path.read_bytes()
    assert_every_line_is_accounted_for(read(path.name, data), text_of(path.name, data))


def test_the_corpus_has_two_dozen_shapes_in_both_languages() -> None:
    languages = {read(path.name, path.read_bytes()).language for path in FILES}
    assert len(FILES) >= 24
    assert languages == set(Language)


def test_every_reason_is_said_somewhere_in_the_corpus() -> None:
    said = {block.reason for path in FILES for block in read(path.name, path.read_bytes()).blocks}
    assert {str(reason) for reason in Reason} - said == set()


# The rule for headings.


def section(level: int, text: str, **known: object) -> HeadingTraits:
    return HeadingTraits(level, text, is_worded=text.endswith("?"), has_text=True, **known)  # type: ignore[arg-type]


def parts(*sections: HeadingTraits) -> list[str]:
    return [str(one.part) for one in classify(sections)]


def test_questions_stand_at_the_level_where_most_headings_ask() -> None:
    sections = [section(2, "Trees"), section(3, "What is a heap?"), section(3, "Why a trie?"), section(2, "Who?")]
    assert question_level(sections) == 3
    assert parts(*sections) == ["topic", "question", "question", "question"]


def test_headings_below_a_question_belong_to_it() -> None:
    assert parts(section(2, "What is a lock?"), section(3, "Why?"), section(2, "What is a latch?")) == [
        "question",
        "within",
        "question",
    ]


def test_numbered_headings_count_less_than_headings_that_ask() -> None:
    chapters = [section(1, f"Part {number}", number=str(number)) for number in range(1, 4)]
    sections = [one for chapter in chapters for one in (chapter, section(2, "Why?"), section(2, "How?"))]
    assert parts(*sections) == ["topic", "question", "question"] * 3


def test_where_all_questions_have_numbers_a_heading_without_one_is_no_question() -> None:
    sections = [section(2, "Sorting", number=str(number)) for number in range(1, 5)]
    assert parts(*sections, section(2, "Afterword"))[-1] == HeadingRole.TOPIC


def test_where_nothing_asks_headings_with_text_are_questions_and_said_to_be_bare() -> None:
    judged = classify([section(1, "Glossary"), section(2, "Mock"), section(2, "Stub")])
    assert [one.part for one in judged] == [HeadingRole.TITLE, HeadingRole.QUESTION, HeadingRole.QUESTION]
    assert [one.bare for one in judged] == [False, True, True]


def test_a_question_above_the_level_of_the_questions_keeps_its_own_answer() -> None:
    sections = [section(2, "Why tests?"), section(3, "What is a mock?"), section(3, "What is a stub?")]
    assert parts(*sections) == ["question", "question", "question"]


def test_a_part_without_headings_of_the_level_is_looked_at_by_itself() -> None:
    sections = [
        section(2, "Basics"),
        section(4, "What is a bit?"),
        section(4, "What is a byte?"),
        section(2, "Words"),
        section(3, "Nibble"),
        section(3, "Octet"),
    ]
    assert parts(*sections) == ["topic", "question", "question", "topic", "question", "question"]


def test_a_heading_that_comes_under_every_question_is_none() -> None:
    text = "".join(f"## {name}\n\ntext\n\n### Example\n\nmore\n\n" for name in ("Stack", "Queue", "Deque", "Ring"))
    assert asked(markdown(text)) == ["Stack", "Queue", "Deque", "Ring"]


# What lines say.


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("4. 什么是栈？", "4", "什么是栈？"),
        ("12) What is a heap?", "12", "What is a heap?"),
        ("Q3: Why?", "3", "Why?"),
        ("一、进程", "一", "进程"),
        ("（三）线程", "三", "线程"),
        ("(3) Locks", "3", "Locks"),
        ("问题 7：什么是锁？", "7", "什么是锁？"),
        ("第 5 题 什么是锁？", "5", "什么是锁？"),
        ("1.2.3 什么是锁？", "1.2.3", "什么是锁？"),
        ("🔥 6、缓存", "6", "缓存"),
        ("3 个线程怎么同步？", "", "3 个线程怎么同步？"),
        ("3.5 倍", "3.5", "倍"),
        ("2/3 of the nodes", "", "2/3 of the nodes"),
        ("404 pages", "", "404 pages"),
        ("Quick sort", "", "Quick sort"),
        ("问候语", "", "问候语"),
    ],
)
def test_the_number_before_a_question_is_taken_off(text: str, number: str, rest: str) -> None:
    found = numbered(text)
    assert (found.number, found.text) == (number, rest)


@pytest.mark.parametrize(
    "text",
    [
        "什么是栈",
        "解释分页的概念。",
        "进程和线程的区别",
        "List three kinds of joins",
        "Is SQL a language?",
        "When to use a heap",
        "请说明原因",
    ],
)
def test_wording_makes_a_question(text: str) -> None:
    assert is_asking(text)


@pytest.mark.parametrize(
    "text",
    [
        "设计模式",
        "计算机网络",
        "请求与响应",
        "解释器",
        "概述",
        "List comprehensions",
        "Design patterns",
        "How we work",
        "When a file is read, it is closed",
        "Is at rest",
    ],
)
def test_names_of_topics_are_no_questions(text: str) -> None:
    assert not is_asking(text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("答：因为快。", "因为快。"),
        ("答案", ""),
        ("参考答案：", ""),
        ("【答案】B", "B"),
        ("Answer: yes", "yes"),
        ("解：x = 1", "x = 1"),
        ("A: yes", "yes"),
        ("答案二：递归", "答案二：递归"),
    ],
)
def test_a_lead_in_is_no_part_of_the_answer(text: str, rest: str) -> None:
    assert answer_label(text) == rest


@pytest.mark.parametrize("text", ["解释器", "A list", "Answers vary", "答题卡", "A"])
def test_other_beginnings_are_no_lead_ins(text: str) -> None:
    assert answer_label(text) is None


# Bad files.


@pytest.mark.parametrize(
    ("name", "data", "place", "what"),
    [
        ("list.docx", b"x", "", ".md, .markdown, .txt, .html, .htm, .csv, .tsv, .json, .jsonl"),
        ("", b"x", "", "ending"),
        ("list.md", b" \n\t\n", "", "empty"),
        ("list.md", b"# What?\n\nx\0y\n", "line 3", "null"),
        ("list.md", "# 什么是栈？\n\n后进先出。后进先出的线性表，只在一端操作。".encode()[:-1], "byte", "UTF-8"),
        ("list.md", b"\xff\xfe\x00\xd8\x00\x00", "byte 2", "UTF-16"),
        ("list.md", b"\xff\xff\xff # What?", "byte 0", "GB18030"),
        ("list.md", b"#" * (LARGEST + 1), "", "5 MB"),
        ("list.md", b"What?\n" * (MOST_LINES + 2), f"line {MOST_LINES + 1:,}", "lines"),
        ("list.md", b"\n" * 3 + b"> " * 60 + b"deep", "line 4", "nested deeper"),
        ("list.md", b"\n\n" + b"[" * 60_000, "line 3", "characters"),
        ("list.csv", b'question,answer\n"Why?",x\n"Why, "oh" why?",y\n', "line 3", "row"),
        ("list.csv", b"question,answer\nWhy?,because, of this\n", "line 2", "cells"),
        ("list.csv", b'question,answer\nWhy?,"because\n\n', "line 2", "row"),
        ("list.csv", b"one,two,three\n1,2,3\n", "line 1", "header"),
        ("list.jsonl", b'{"q": "Why?", "a": "so"}\n\n{"q": \n', "line 3", "JSON"),
        ("list.jsonl", b'["Why?"]\n', "line 1", "object"),
        ("list.jsonl", b'{"text": "Why?"}\n', "line 1", "question"),
        ("list.jsonl", b'{"q": {"zh": "x"}}\n', "line 1", "no text"),
        ("list.json", b'[{"q": "Why?"},\n {"q": "How?"}\n {"q": "Who?"}]', "line 3", "comma"),
        ("list.json", b'[{"q": "Why?"}]\nmore', "line 2", "after"),
        ("list.json", b"[" * 100_000, "line 1", "JSON"),
        ("list.json", b'[{"q": "Why?"},\n 3]', "line 2", "object"),
        ("list.json", b"3", "line 1", "object"),
        ("list.json", b'{"name": "mylib", "version": "1.0"}', "line 1", "no list"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_place(name: str, data: bytes, place: str, what: str) -> None:
    with pytest.raises(BankError) as raised:
        read(name, data)
    assert english(raised.value.where).startswith(place)
    assert what in english(raised.value.what)
    assert re.search("[\u4e00-\u9fff]", raised.value.into(Language.ZH))
    assert raised.value.file


def test_more_questions_than_the_limit_are_refused() -> None:
    rows = "".join(f"What is {number}?,the number {number}\n" for number in range(MOST_QUESTIONS + 1))
    with pytest.raises(BankError, match="2,000 questions") as raised:
        read("list.csv", rows.encode())
    assert english(raised.value.where) == f"line {MOST_QUESTIONS + 1}"
    headings = "".join(f"## What is {number}?\n\nthe number\n\n" for number in range(MOST_QUESTIONS + 1))
    with pytest.raises(BankError, match="2,000 questions"):
        markdown(headings)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_path_in_the_name_is_no_place_to_look(ending: str) -> None:
    data = b'{"q": "Why?", "a": "So."}' if "json" in ending else b"Q: Why?\tA: So."
    assert read(f"../../etc/passwd/x{ending}", data).name == f"x{ending}"


def test_the_ending_of_a_name_may_be_in_capitals() -> None:
    assert asked(read("C:\\lists\\LIST.MD", b"# What is a path?\n\nA way.")) == ["What is a path?"]


# Safety.


@pytest.mark.parametrize(
    "piece", [">", "[", "*", "`", "<", "$", "<!--", "![", "- ", "_a", "\\", "&#", "|", "$$a\n# b\n", "~~"]
)
def test_a_flood_of_marks_ends(piece: str) -> None:
    data = (piece * 60_000)[:60_000].encode()
    for name in ("list.md", "list.csv", "list.json"):
        found = outcome(name, data)
        assert isinstance(found, Source) or found.what


@pytest.mark.parametrize("unit", ["|a", "- a\n", "# a\n", "[a](", "<a>", "**", "> ", "[", "\\", "| a | b |\n", "a "])
@pytest.mark.parametrize("width", [40, 20_000])
def test_a_file_as_large_as_may_be_is_read_or_refused_in_seconds(unit: str, width: int) -> None:
    line = (unit * width)[:width] + "\n"
    data = ("|a|b|\n|-|-|\n" + line * (LARGEST // len(line))).encode()[:LARGEST]
    begun = time.thread_time()
    found = outcome("list.md", data)
    assert time.thread_time() - begun < 10, "five on a machine that does nothing else"
    assert isinstance(found, Source) or english(found.what).endswith(("files", "split it", "break it", "quotes"))


def test_a_text_with_too_much_markup_is_refused_with_what_to_do() -> None:
    with pytest.raises(BankError, match=r"with 100,000 lines .* split it into 5 files"):
        markdown("- a **b**\n" * 100_000)


def test_a_long_text_without_any_blank_line_is_read_to_its_end() -> None:
    pairs = [
        f"{number}、什么是第{number}层？\n答：负责第{number}种工作，{'并且如此。' * 30}" for number in range(1, 401)
    ]
    source = read("list.txt", "\n".join(pairs).encode())
    assert [item.number for item in source.items] == [str(number) for number in range(1, 401)]
    assert all(f"第{item.number}种" in item.answer for item in source.items)


def test_entities_of_a_document_type_are_never_expanded() -> None:
    text = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n\n# What is &b;?\n\nAn &amp; and &b;.\n'
    (item,) = markdown(text).items
    assert (item.question, item.answer) == ("What is &b;?", "An & and &b;.")


def test_an_image_within_the_text_is_left_alone() -> None:
    picture = "data:image/png;base64," + "QUJD" * 100_000
    (item,) = markdown(f"# What is a picture?\n\nPoints of light. ![a cat]({picture})\n").items
    assert item.answer == "Points of light. a cat"


def test_code_is_never_searched_for_questions_nor_changed() -> None:
    code = "```md\n# What is this?\n\n**Q:** <b>no</b>\n```"
    (item,) = markdown(f"# How is Markdown written?\n\n{code}\n").items
    assert item.answer == code


def test_the_same_file_is_read_the_same_twice() -> None:
    for path in FILES:
        assert read(path.name, path.read_bytes()) == read(path.name, path.read_bytes())


def test_numbers_that_are_no_columns_of_an_export_of_anki_are_not_followed() -> None:
    for number in ("0", "9" * 5000, "²"):
        text = f"#separator:tab\n#deck column:{number}\nWhat is a lock?\tIt keeps others out.\n"
        assert [item.topic for item in read("a.txt", text.encode()).items] == [""]


def test_a_strange_key_is_shown_short_and_in_signs_that_can_be_shown() -> None:
    with pytest.raises(BankError) as refused:
        read("a.json", b'[{"\\ud800": 1, "' + b"k" * 100_000 + b'": 2}]')
    assert "it has '\\ud800', 'kkk" in str(refused.value)
    assert len(str(refused.value)) < 200
