"""Multiple choice in tables and JSON becomes a question with its options, graded by the right one."""

import json

import pytest

from interviewer.banks.importing.builder import bank_of
from interviewer.banks.importing.parsers import read
from interviewer.banks.importing.parsers.table_columns import role_of
from interviewer.domain.rubric import Kind
from interviewer.errors import BankError

ASKED = "Which one is a stack?\nA. first in, first out\nB. last in, first out\nC. sorted"
RIGHT = "last in, first out"
EXPLAINED = f"{RIGHT}\n\nWhat was pushed last is on top."
OPTIONS = ["first in, first out", "last in, first out", "sorted"]


@pytest.mark.parametrize(
    "header, row, answer",
    [
        ("question,A,B,C,answer", '{q},"first in, first out","last in, first out",sorted,B', RIGHT),
        ("question,option_a,option_b,option_c,answer", '{q},"first in, first out","last in, first out",sorted,(B)', RIGHT),
        ("question,Option 1,Option 2,Option 3,correct,answer", '{q},"first in, first out","last in, first out",sorted,x,B.', RIGHT),
        ("题目,选项A,选项B,选项C,答案,解析", '{q},"first in, first out","last in, first out",sorted,B,What was pushed last is on top.', EXPLAINED),
        ("question,options,answer", '{q},"A. first in, first out\nB. last in, first out\nC. sorted",B', RIGHT),
        ("question,options,answer", '{q},"A) first in, first out B) last in, first out C) sorted","last in, first out"', RIGHT),
        ("question,choices,answer", '{q},"first in, first out | last in, first out | sorted","B: What was pushed last is on top."', EXPLAINED),
        ("question,choices,answer", '{q},"first in, first out; last in, first out; sorted","B. last in, first out"', RIGHT),
    ],
)  # fmt: skip
def test_options_of_a_table_are_part_of_the_question(header: str, row: str, answer: str) -> None:
    (item,) = read("quiz.csv", f"{header}\n{row.replace('{q}', 'Which one is a stack?')}\n".encode()).items
    assert item.question == ASKED
    assert item.answer == answer


@pytest.mark.parametrize(
    "options, answer, expected",
    [
        (OPTIONS, "B", RIGHT),
        (OPTIONS, RIGHT, RIGHT),
        (dict(zip("ABC", OPTIONS, strict=True)), "b".upper(), RIGHT),
        (OPTIONS, ["B", "C"], f"{RIGHT}\nsorted"),
        (OPTIONS, "BC", f"{RIGHT}\nsorted"),
        (OPTIONS, "It is the one where what was pushed last comes back first.", "It is the one where what was pushed last comes back first."),
    ],
)  # fmt: skip
def test_options_of_json_are_part_of_the_question(options: object, answer: object, expected: str) -> None:
    row = {"question": "Which one is a stack?", "options": options, "answer": answer}
    for name, data in (("quiz.json", json.dumps([row])), ("quiz.jsonl", json.dumps(row))):
        (item,) = read(name, data.encode()).items
        assert (item.question, item.answer) == (ASKED, expected)


@pytest.mark.parametrize("answer", ["", "1", 2, "E", None])
def test_without_an_answer_that_names_an_option_it_is_reported(answer: object) -> None:
    row = {"question": "Which one is a stack?", "options": OPTIONS, "answer": answer}
    source = read("quiz.json", json.dumps([row]).encode())
    assert [item.answer for item in source.items] == [""]
    assert source.blocks[-1].reason or source.blocks[0].reason
    assert "no_choice" in {block.reason.rpartition(".")[2].removeprefix("why_") for block in source.blocks}


def test_the_rubric_is_the_right_option_and_the_wrong_ones_are_mistakes() -> None:
    rows = "question,A,B,C,answer\nWhich one is a stack?,a queue,last in first out,a sorted list,B\n"
    (question,) = bank_of(read("quiz.csv", rows.encode())).bank.questions
    core, *wrong = question.criteria
    assert core.text.en == "last in first out"
    assert [(one.text.en, one.kind) for one in wrong] == [("a queue", Kind.MISTAKE), ("a sorted list", Kind.MISTAKE)]


def test_a_column_called_a_is_still_an_answer_where_there_are_no_letters_beside_it() -> None:
    (item,) = read("cards.csv", b"q,a\nWhat is a stack?,A list that gives back the last first.\n").items
    assert item.answer == "A list that gives back the last first."


@pytest.mark.parametrize(
    "header, row, question, answer",
    [
        ("Question,Poor answer,Good answer", "What is a stack?,a queue,a list", "What is a stack?", "a list"),
        ("Question,Your answer,Model answer", "What is a stack?,,a list", "What is a stack?", "a list"),
        ("Question,Incorrect Answer,Correct Answer", "What is a stack?,a queue,a list", "What is a stack?", "a list"),
        ("Follow-up question,Question,Answer", "Why?,What is a stack?,a list", "What is a stack?", "a list"),
        ("question,isAnswer,Has Answer,Date of answer,answer", "What is a stack?,1,yes,today,a list", "What is a stack?", "a list"),
        ("No. of question,Question,Answer", "1,What is a stack?,a list", "What is a stack?", "a list"),
        ("Sample question,Question,Ideal answer,Answer", "Why?,What is a stack?,a queue,a list", "What is a stack?", "a list"),
        ("#,Question,Quick Answer,Where", "1,What is a stack?,a list,Chapter 2", "What is a stack?", "a list"),
        ("Topic question,User answer,Key answers", "What is a stack?,a queue,a list", "What is a stack?", "a list"),
        ("题目,错误答案,正确答案", "什么是栈？,队列,后进先出的表", "什么是栈？", "后进先出的表"),
        ("题目,我的回答,理想答案", "什么是栈？,队列,后进先出的表", "什么是栈？", "后进先出的表"),
    ],
)  # fmt: skip
def test_of_several_columns_the_one_that_is_meant_is_read(header: str, row: str, question: str, answer: str) -> None:
    (item,) = read("sheet.csv", f"{header}\n{row}\n".encode()).items
    assert (item.question, item.answer) == (question, answer)


@pytest.mark.parametrize(
    "name", ["Ideal Answer", "ideal_answer", "correct_answer", "sample-answer", "sampleAnswer", "理想答案", "参考回答"]
)
def test_a_name_is_known_however_its_words_are_joined(name: str) -> None:
    row = {"interview_question": "What is a stack?", name: "A list.", "incorrect_answers": [{"text": "A queue."}]}
    (item,) = read("quiz.json", json.dumps([row]).encode()).items
    assert (item.question, item.answer) == ("What is a stack?", "A list.")


@pytest.mark.parametrize(
    "name",
    ["isAnswer", "Has Answer", "Date of answer", "No. of question", "Follow-up question", "Poor answer", "Model A"],
)
def test_a_name_that_only_ends_in_the_word_is_not_read(name: str) -> None:
    assert not role_of(name)


def test_a_key_without_a_value_leaves_its_place_to_another_of_its_kind() -> None:
    row = {"questionText": "What is a stack?", "referenceAnswer": None, "referenceAnswerMarkdown": "A *list*."}
    (item,) = read("export.json", json.dumps([row]).encode()).items
    assert (item.question, item.answer) == ("What is a stack?", "A *list*.")


def test_an_export_of_cards_is_known_by_its_head_whatever_its_ending() -> None:
    (item,) = read("cards.csv", b"#separator:tab\nWhat is a stack?\tA list, in order.\tdata\n").items
    assert (item.question, item.answer) == ("What is a stack?", "A list, in order.")


ROW = {"question": "What is a stack?", "answer": "A list."}


@pytest.mark.parametrize(
    "reply",
    [
        {"config": {"prompt": "Generate 20 questions", "output": "json"}, "data": [ROW, {"q": "What is a queue?"}]},
        {"meta": {"query": "java interview"}, "results": [ROW]},
        {"request": {"prompt": "p"}, "questions": [ROW]},
        {"query": "java interview", "results": {"page": 1, "found": [ROW]}},
        {"data": {"query": "java interview", "results": [ROW]}},
        [{"q": ROW["question"], "a": ROW["answer"], "translation": {"question": "什么是栈？", "answer": "一种表。"}}],
        [{"question": ROW["question"], "ideal_answer": ROW["answer"], "bad": {"answer": "A queue."}}],
        [{**ROW, "author": {"id": 7, "tags": {"a": 1}, "extra": {"b": 2}}}],
        [{**ROW, "sample_answer": {"code": "x"}}],
        [{"title": ROW["question"], "content": {"answer": ROW["answer"]}}],
        [{"node": ROW}],
        {**ROW, "related": [{"question": "What is a queue?", "answer": "Another list."}]},
    ],
)
def test_what_an_object_says_itself_goes_before_what_is_in_objects_in_it(reply: object) -> None:
    item = read("reply.json", json.dumps(reply).encode()).items[0]
    assert (item.question, item.answer, item.number) == (ROW["question"], ROW["answer"], "")


def test_an_answer_to_another_question_is_not_taken_for_a_missing_one() -> None:
    row = {"question": "What is a stack?", "next": {"question": "What is a queue?", "answer": "Another list."}}
    (item,) = read("quiz.json", json.dumps([row]).encode()).items
    assert (item.question, item.answer) == ("What is a stack?", "")


def test_options_may_stand_in_an_object_and_a_topic_may_be_missing() -> None:
    row = {
        "title": ASKED.partition("\n")[0],
        "tags": [None],
        "content": {"options": dict(zip("ABC", OPTIONS, strict=True)), "answer": "B"},
    }
    (item,) = read("quiz.json", json.dumps([row]).encode()).items
    assert (item.question, item.answer, item.topic) == (ASKED, RIGHT, "")


def test_a_table_in_which_nothing_asks_is_refused_with_what_its_header_should_say() -> None:
    prices = "fruit,colour,price\napple,red,3\npear,green,4\n"
    with pytest.raises(BankError, match="line 1: has 3 cells"):
        read("prices.csv", prices.encode())


def test_a_table_of_questions_counts_under_a_heading_that_is_boilerplate_elsewhere() -> None:
    table = "| Question | Answer |\n| --- | --- |\n| What is a B-tree? | A tree whose nodes hold many keys. |\n"
    found = read("db.md", f"# Databases\n\n## Index\n\n- [Index](#index)\n\n{table}".encode())
    assert [(item.question, item.topic) for item in found.items] == [("What is a B-tree?", "Index")]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Question 问题", "Answer 答案"),
        ("**题目**/Q", "**参考答案** / A"),
        ("❓ Question (English)", "✅ Answer (short)"),
        ("面试题（中文）", "回答·要点"),
        ("Q 问", "A 答"),
    ],
)
def test_a_header_in_two_languages_is_known_and_its_table_is_all_that_asks(question: str, answer: str) -> None:
    text = (
        f"# Sheets\n\nMade for trains. Too wide for a phone? Turn it.\n\n| # | {question} | {answer} |\n|-|-|-|\n"
        "| 1 | What is a pipe? | A channel between processes. |\n| 2 | 信号与槽 | 发出者不认识接收者。 |\n\n"
        "## Links\n\n| Link | Remark |\n|-|-|\n| [Why pipes?](https://a.example) | worth it |\n"
    )
    found = [(item.question, item.answer) for item in read("list.md", text.encode()).items]
    assert found == [("What is a pipe?", "A channel between processes."), ("信号与槽", "发出者不认识接收者。")]


@pytest.mark.parametrize(
    "name", ["Question ID", "question_type", "Questions / topics", "Answered by", "A/B test", "No. of answers"]
)
def test_a_word_within_another_name_is_no_column(name: str) -> None:
    assert role_of(name) not in ("question", "answer")


REPLY = {
    "code": 0,
    "data": {
        "page": {"name": "Locks", "description": "Want more? Sign up."},
        "tags": [{"name": "os", "desc": "all"}],
        "records": [
            {"id": 7, "title": "What is a latch?", "content": "<p>A <b>short</b> lock.</p><ul><li>no queue</li></ul>"},
            {"id": 8, "title": "Spinning", "content": None},
        ],
    },
}


@pytest.mark.parametrize("name", ["reply.json", "reply.jsonl"])
def test_a_reply_of_a_server_has_its_questions_deep_inside_in_html(name: str) -> None:
    records = REPLY["data"]["records"]  # type: ignore[index]
    text = json.dumps(REPLY, indent=1) if name == "reply.json" else "\n".join(map(json.dumps, records))
    latch, spinning = read(name, text.encode()).items
    assert (latch.question, latch.answer) == ("What is a latch?", "A short lock.\n- no queue")
    assert (spinning.question, spinning.answer) == ("Spinning", "")


@pytest.mark.parametrize(
    ("chapter", "asks", "says"),
    [
        ("title", "title", "content"),
        ("name", "name", "desc"),
        ("chapter", "stem", "analysis"),
        ("标题", "标题", "内容"),
    ],
)
def test_chapters_are_the_topics_of_the_questions_in_them(chapter: str, asks: str, says: str) -> None:
    written = [{chapter: "锁", "items": [{asks: "互斥锁", says: "同一时刻只有一个持有者。"}]}]
    (item,) = read("list.json", json.dumps(written, ensure_ascii=False).encode()).items
    assert (item.question, item.answer, item.topic) == ("互斥锁", "同一时刻只有一个持有者。", "锁")


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_the_text_of_a_field_may_be_wrapped_with_its_format(depth: int) -> None:
    row: dict[str, object] = {
        "stem": {"format": "html", "content": "<p>What is <code>fork</code>?</p>"},
        "solution": {"format": "html", "content": "<p>A call.</p><p>It copies a process.</p>"},
    }
    for level in range(depth):
        row = {"id": level, "node": row, "stat": {"views": 12, "content": "seen"}}
    waiting = {"stem": {"content": "<p>What is exec?</p>"}, "solution": {"content": ""}}
    reply = {"code": 0, "data": {"bank": {"name": "Processes"}, "records": [row, waiting]}}
    items = read("reply.json", json.dumps(reply).encode()).items
    assert [(item.question, item.answer) for item in items] == [
        ("What is fork?", "A call.\nIt copies a process."),
        ("What is exec?", ""),
    ]


def test_an_example_in_a_chapter_of_questions_is_no_question_of_it() -> None:
    chapter = {"title": "Pipes", "sample": {"question": "What is a file?", "answer": "Bytes."}, "items": [ROW]}
    (item,) = read("reply.json", json.dumps([chapter]).encode()).items
    assert item.topic == "Pipes"


def test_the_title_of_a_sheet_above_its_header_is_no_question() -> None:
    sheet = "值班题库（内部）,,\n编号 No.,★题干 Question（必填）,▼参考答案 Answer\n1,什么是栈？,一种表。\n2,什么是队列,先进先出。\n"
    source = read("sheet.csv", sheet.encode())
    assert [(item.question, item.answer) for item in source.items] == [
        ("什么是栈？", "一种表。"),
        ("什么是队列", "先进先出。"),
    ]
    assert [block.reason for block in source.blocks][:2] == ["import.why_title", "import.why_header"]
