"""Flash cards in notes, as programs for spaced repetition read them."""

import pytest

from interviewer.banks.importing.document import Role
from interviewer.banks.importing.parsers import read
from interviewer.banks.importing.parsers.note_cards import read_cards

DECK = """\
---
tags: [flashcards/web, review]
---
[[Home]] > Web

> [!info] How
> A card is `front::back`, or `?` stands between. Not installed?

# HTTP #flashcards/web

Method that changes nothing::GET
<!--SR:!2030-01-01,3,250-->

Cookie:::a value that the browser sends back to [[sites|its site]]

什么是幂等？
?
做一次和做多次，结果相同。

- PUT 是
- POST 不是

那么 DELETE 呢？也是。
<!--SR:!2030-01-02,4,270-->

# 缓存

缓存失效
??
```
std::map<Key, Value> seen;
```
过期的值不再返回。

强缓存::

ETag 的用处
?
---

## Later

- [ ] What is a tunnel?
"""


@pytest.mark.parametrize("name", ["deck.md", "deck.txt", "deck.markdown"])
def test_cards_have_their_sides_and_the_topics_of_their_headings(name: str) -> None:
    source = read(name, DECK.encode())
    assert [(item.question, item.answer, item.topic) for item in source.items] == [
        ("Method that changes nothing", "GET", "HTTP"),
        ("Cookie", "a value that the browser sends back to its site", "HTTP"),
        ("什么是幂等？", "做一次和做多次，结果相同。\n- PUT 是\n- POST 不是\n\n那么 DELETE 呢？也是。", "HTTP"),
        ("缓存失效", "```\nstd::map<Key, Value> seen;\n```\n\n过期的值不再返回。", "缓存"),
        ("强缓存", "", "缓存"),
        ("ETag 的用处", "", "缓存"),
    ]
    assert [DECK.split("\n")[item.first_line - 1][:6] for item in source.items][:2] == ["Method", "Cookie"]
    topics = [block.text for block in source.blocks if block.role is Role.TOPIC]
    assert topics == ["# HTTP #flashcards/web", "# 缓存", "## Later"]


def test_cards_of_one_line_need_no_schedule() -> None:
    cards = "Capital of Spain::Madrid\n\n- Speed of sound in air :: about 343 m/s\n\n光速::每秒约三十万公里\n"
    answers = [item.answer for item in read("deck.md", cards.encode()).items]
    assert answers == ["Madrid", "about 343 m/s", "每秒约三十万公里"]


@pytest.mark.parametrize(
    "text",
    [
        (
            "## What is a vector?\n\nThe class std::vector grows.\nUse std::array where it does not.\n\n"
            "## What is a list?\n\nThe class std::list links nodes.\n"
        ),
        "## std::vector 是什么？\n\n用 std::vector 存放元素。\n\n## std::list 是什么？\n\n用 std::list 链接结点。\n",
    ],
)
def test_names_of_cpp_are_no_cards(text: str) -> None:
    source = read("list.md", text.encode())
    assert [item.answer.count("::") > 0 for item in source.items] == [True, True]


def test_a_card_beside_other_questions_makes_no_deck() -> None:
    text = "## 什么是锁？\n\n只有一个持有者。\n\n它会等待。\n\n光速::很快\n\n## 什么是堆？\n\n一种树。\n"
    assert [item.question for item in read("list.md", text.encode()).items] == ["什么是锁？", "什么是堆？"]


@pytest.mark.parametrize("indent", ["", "    "])
def test_a_question_mark_within_a_list_parts_no_cards(indent: str) -> None:
    text = f"### 管道和信号\n- 管道是通道\n  - 匿名管道\nWhat is a pipe?\n{indent}?\nA channel.\n- 信号\n\n光速::很快\n"
    assert read_cards("list.md", text) is None
