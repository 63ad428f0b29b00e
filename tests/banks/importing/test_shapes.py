"""Shapes that lists in the wild have, each with the questions and answers that a person would read out of it."""

import pytest
from shapes import SHAPES

from interviewer.banks.importing.builder import BuiltBank, bank_of
from interviewer.banks.importing.document import Source
from interviewer.banks.importing.parsers import read
from interviewer.domain.rubric import Kind
from interviewer.errors import BankError


def built(name: str, data: str | bytes) -> tuple[Source, BuiltBank]:
    source = read(name, data if isinstance(data, bytes) else data.encode())
    return source, bank_of(source)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_questions_and_answers_of_a_shape(shape: str) -> None:
    name, text, questions, answers = SHAPES[shape]
    _, found = built(name, text)
    assert [question.text.both[0] for question in found.bank.questions] == questions
    for question, beginning in zip(found.bank.questions, answers, strict=True):
        assert question.reference.both[0].startswith(beginning)


@pytest.mark.parametrize(
    "words",
    [
        "To be added.",
        "Your answer here",
        "- [ ] TODO",
        "[answer here]",
        "…",
        "待完善",
        "答案待补充",
        "(coming soon)",
        "WIP",
        "略",
        "未完待续",
    ],
)
def test_words_that_only_keep_a_place_are_no_answer(words: str) -> None:
    _, found = built("list.md", f"## What is a lease?\n\n{words}\n\n## What is a lock?\n\nOne holder at a time.\n")
    assert [question.text.en for question in found.bank.questions] == ["What is a lock?"]
    assert [one.text for one in found.left_out] == ["What is a lease?"]


@pytest.mark.parametrize(
    ("encoding", "answer"),
    [
        ("cp1252", "It’s between client and server – the client doesn’t see “behind” it."),
        ("cp1252", "Fällt für größere Übungen öfter aus."),
        ("gb18030", "它站在客户端和服务器之间，客户端看不到后面。"),
        ("utf-16", "它站在客户端和服务器之间。"),
        ("utf-16-le", "It stands between client and server."),
        ("utf-8-sig", "It’s between them."),
    ],
)
def test_an_encoding_is_known_by_what_is_written_in_it(encoding: str, answer: str) -> None:
    source, _ = built("sheet.csv", f'question,answer\nWhat is a proxy?,"{answer}"\n'.encode(encoding))
    assert [item.answer for item in source.items] == [answer]


def test_columns_of_a_sheet_give_topic_difficulty_and_what_is_good_to_hear() -> None:
    _, found = built(
        "sheet.csv",
        "Topic,Question,Answer,Difficulty,goodToHear\nSQL,What is an index?,A sorted copy of a column.,Hard,It slows writing.\n"
        "SQL,What is a key?,It names a row.,easy,\n",
    )
    index, key = found.bank.questions
    assert [(question.topic, question.difficulty) for question in (index, key)] == [("sql", 3), ("sql", 1)]
    assert [(one.text.en, one.kind) for one in index.criteria] == [
        ("A sorted copy of a column", Kind.CORE),
        ("It slows writing", Kind.BONUS),
    ]


def test_rows_without_a_question_are_no_fault_of_the_sheet() -> None:
    source, _ = built(
        "sheet.csv", "number,question,answer\n1,What is a key?,A name.\n2,,A value.\n3,What is a row?,A line.\n"
    )
    assert [(item.question, item.answer) for item in source.items] == [
        ("What is a key?", "A name."),
        ("What is a row?", "A line."),
    ]
    assert [block.first_line for block in source.blocks if block.reason == "import.why_no_question"] == [3]


def test_a_line_above_numbers_that_begin_again_is_a_chapter() -> None:
    source, _ = built(
        "list.txt",
        "1. What is a port?\nA number.\n\n2. What is a backlog?\nA queue\nof connections.\n\nTimers\n1. What is a tick?\n\nA beat\n\n"
        "2. Why do timers drift?\nThe clock does.\n",
    )
    assert [(item.topic, item.answer) for item in source.items] == [
        ("", "A number."),
        ("", "A queue\nof connections."),
        ("Timers", "A beat"),
        ("Timers", "The clock does."),
    ]


def test_chapters_of_numbered_questions_are_no_steps_of_an_answer() -> None:
    lines = [
        "1、什么是堆？",
        "2、什么是栈？",
        "1、什么是锁？",
        "2、什么是信号？",
        "3、什么是管道？",
        "进程之间的通道。",
    ]
    source, _ = built("list.txt", "\n".join(lines))
    assert [item.question for item in source.items] == [line[2:] for line in lines[:-1]]


LAST = "### 什么是锁？\n\n一次只让一个线程进去。\n\n### 什么是信号量？\n\n一次让几个线程进去。\n\n"


@pytest.mark.parametrize(
    "closing",
    [
        "---\n\n好了，你还被问过哪些？欢迎在评论区留言，我会更新。\n\n**往期推荐**\n\n- [MySQL 二十问](https://example.org/1)\n",
        "**写在最后**\n\n不要有压力。觉得有用的话点个赞同再走吧！\n\n推荐阅读：\n- 我的面经合集\n\n编辑于昨天 · 著作权归作者所有\n",
        "更多题目请关注公众号「小题」，回复【题库】领取。\n",
        "***\n\nIf you found this helpful, star the repo or buy me a coffee. What should come next?\n",
        "Thanks for reading, and happy coding!\n",
        "## 往期推荐\n\n- 二十问\n",
    ],
)
def test_words_to_the_readers_at_the_end_of_a_file_are_no_answer(closing: str) -> None:
    source, _ = built("list.md", LAST + closing)
    assert [item.answer for item in source.items] == ["一次只让一个线程进去。", "一次让几个线程进去。"]


@pytest.mark.parametrize(
    "ending",
    [
        "---\n\n它有一个计数器，减到零就等。\n",
        "**总结**\n\n- 计数器\n- 等待队列\n",
        "例如评论系统限制同时写入的人数：\n\n- 先减一\n- 再写\n\nA client may subscribe to the channel.\n",
        "点赞的接口用它限流，收藏和留言也是。\n",
    ],
)
def test_the_end_of_the_last_answer_stays_where_it_speaks_of_the_matter(ending: str) -> None:
    source, _ = built("list.md", LAST + ending)
    last = source.items[-1].answer
    assert "".join(char for char in ending if char.isalnum()) in "".join(char for char in last if char.isalnum())


@pytest.mark.parametrize(
    "text",
    [
        "1. 交换机工作在网络层。（ ）\n\n答案：\n\n2. 路由器工作在网络层。（ ）\n\n答案：\n\n---\n\n关注公众号领取 PDF。\n",
        "1. TCP keeps no state. (True/False)\n2. DNS has a port. (True/False)\n",
        "1. True or false: TCP keeps no state.\n   - True\n   - False\n2. True or false: DNS has a port.\n   - True\n   - False\n",
        "## True or false\n\n### TCP keeps no state.\n\nTrue / False\n\n### DNS has a port.\n\nTrue / False\n",
        "### 1. 交换机工作在网络层。\n\n- 对\n- 错\n\n### 2. 路由器工作在网络层。\n\n( ) 对 ( ) 错\n",
        "1. 交换机工作在____层。\n\n2. 路由器工作在____层。\n\n   答案：\n\n   解析：\n",
    ],
)
def test_statements_that_nobody_has_judged_are_questions_without_an_answer(text: str) -> None:
    with pytest.raises(BankError, match="has 2 questions, none of them with an answer"):
        built("list.md", text)


def test_a_star_that_multiplies_is_no_emphasis() -> None:
    text = "## 1. When does it grow?\n\nAt 16*0.75=12 entries the capacity*2 is taken, *at once*.\n\n## 2. Why 2*2?\n\nIt is 4.\n"
    items = read("a.md", text.encode()).items
    assert [item.question for item in items] == ["When does it grow?", "Why 2*2?"]
    assert items[0].answer == "At 16*0.75=12 entries the capacity*2 is taken, at once."


def test_a_follow_up_that_says_so_is_a_question_of_its_own() -> None:
    asked = "**Q1: What is recall?**\n\n**A:** TP / (TP + FN).\n\n**Follow-up Q: When does it matter?**\n\n**A:** In screening.\n"
    source, _ = built("list.md", asked)
    assert [(item.question, item.answer) for item in source.items] == [
        ("What is recall?", "TP / (TP + FN)."),
        ("When does it matter?", "In screening."),
    ]


def test_choices_without_a_marked_answer_are_reported() -> None:
    source, found = built(
        "list.md",
        "## Q. Which is stable?\n- [x] merge sort\n- [ ] heap sort\n\n## Q. Which is in place?\n- merge sort\n- heap sort\n",
    )
    assert [one.text for one in found.left_out] == ["Which is in place?"]
    assert "import.why_no_choice" in {block.reason for block in source.blocks}
    assert [(one.text.en, one.kind) for one in found.bank.questions[0].criteria] == [
        ("merge sort", Kind.CORE),
        ("heap sort", Kind.MISTAKE),
    ]


def test_a_list_of_questions_alone_makes_no_bank() -> None:
    with pytest.raises(BankError, match="none of them with an answer"):
        built("list.md", "# Basics\n\n* Explain closures.\n* What is a thunk?\n  * When do you need one?\n")


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (
            (
                "### 1. What is a lock?\n\n<details>\n<summary>Click to reveal</summary>\n\nOne holder at a time.\n### Queues\n\n</details>\n\n"
                "### 2. What is a queue?\n\n<details>\n<summary>Click to reveal</summary>\n\n### In short\n\nFirst in.\n\n</details>\n"
            ),
            ["One holder at a time.", "In short\n\nFirst in."],
        ),
        (
            "# Locks\n\n<details>\n<summary>Show</summary>\n\n### What is a lock?\n\nOne holder.\n\n### Why a lease?\n\nIt ends.\n\n</details>\n",
            ["One holder.", "It ends."],
        ),
        (
            (
                "**what is a lock?**\n\n![Pasted image 20240102030405](a.png)\nOne holder at a time.\n\n⸻\n\n"
                "**what is a queue?**\n\nFirst in, first out.\n\n══════\n\n**what is a heap?**\n\nA tree.\n"
            ),
            ["One holder at a time.", "First in, first out.", "A tree."],
        ),
    ],
    ids=[
        "a chapter before a fold has ended",
        "questions in a fold",
        "lines between answers, and an image nobody has named",
    ],
)
def test_answers_hold_nothing_that_only_parts_the_file(text: str, answers: list[str]) -> None:
    source, _ = built("list.md", text)
    assert [item.answer for item in source.items] == answers


def test_numbers_without_anything_below_are_questions_without_an_answer() -> None:
    listed = "1、锁的种类。【[链接](a.md)】\n\n2、什么是管道？\n\n3、信号量。\n\n4、怎么关闭它？\n\n5、共享内存的细节。【链接】\n\n6、消息队列。\n"
    with pytest.raises(BankError, match="has 6 questions, none of them with an answer"):
        built("list.md", listed)


def test_operators_are_no_highlighted_text() -> None:
    source, _ = built("list.md", "## Which compare?\n\nStrict (===, !==) and loose (==, !=) ones. ==Prefer strict.==\n")
    assert source.items[0].answer == "Strict (===, !==) and loose (==, !=) ones. Prefer strict."


@pytest.mark.parametrize("name", ["list.md", "sheet.csv"])
def test_signs_of_code_tell_questions_apart(name: str) -> None:
    asked = ["What is C?", "What is C++?", "What is C#?", "Is 1 == 1.0 true?", "Is 1 != 1.0 true?"]
    is_sheet = name.endswith("csv")
    text = "".join(f"{one},It is so here.\n" if is_sheet else f"## {one}\n\nIt is so here.\n\n" for one in asked)
    source, found = built(name, f"question,answer\n{text}What is Go?,\n" if is_sheet else text)
    assert [item.question for item in source.items][:5] == asked
    assert [question.text.both[0] for question in found.bank.questions] == asked


@pytest.mark.parametrize("name", ["list.md", "sheet.csv"])
def test_the_same_question_is_taken_once_with_the_same_answer_and_twice_with_another(name: str) -> None:
    rows = [("interface?", "A contract."), ("interface??", " a  contract"), ("interface?", "A type.")]
    written = "".join(
        f"What is an {asked},{said}\n" if "csv" in name else f"## What is an {asked}\n\n{said}\n\n"
        for asked, said in rows
    )
    source, found = built(name, f"question,answer\n{written}" if "csv" in name else written)
    assert [question.id for question in found.bank.questions] == ["what-is-an-interface", "what-is-an-interface-2"]
    assert "import.why_repeated" in {block.reason for block in source.blocks}
