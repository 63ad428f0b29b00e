from collections.abc import Sequence

import pytest
from fakes import BANK
from hypothesis import example, given
from hypothesis import strategies as st

from interviewer.banks.importing.rubric_from_reference import (
    CODE,
    MOST_POINTS,
    ReferencePoint,
    compile_question,
    points_of,
    surplus,
)
from interviewer.banks.importing.rubric_from_reference.prose import lines_of
from interviewer.banks.lint import lint
from interviewer.domain.grade import Level
from interviewer.domain.rubric import Bank, Kind, Question
from interviewer.domain.scoring import score
from interviewer.errors import BankError
from interviewer.evaluation.runner import attempt_of
from interviewer.grading.lexical import LexicalGrader
from interviewer.text import tokenizer


def graded(question: Question, text: str) -> float:
    return score(question.rubric, LexicalGrader().grade(question, attempt_of(question, text)).verdicts).low


def texts(points: Sequence[ReferencePoint]) -> list[str]:
    return [point.text for point in points]


@pytest.mark.parametrize("opens", ["<!--x ", r"\[ x ", "[x", "-"])
def test_what_is_opened_thousands_of_times_and_never_closed_does_not_hang(opens: str) -> None:
    """Where every beginning looks to the end of the text for its own end, this takes minutes."""
    assert points_of("What is a lock?", opens * 50_000 + " y")


def test_thousands_of_names_weigh_no_more_than_three_times_another() -> None:
    lists = (
        "包括：" + "、".join(f"{chr(0x5000 + n)}{chr(0x6000 + n + 150 * line)}" for n in range(150))
        for line in range(9)
    )
    criteria = compile_question("有哪些东西？", "。".join(lists)).criteria
    assert {criterion.weight for criterion in criteria} == {3.0}


def test_an_item_is_its_label_with_its_claim_and_the_label_alone_answers_what_asks_for_names() -> None:
    points = points_of(
        "卷积网络有什么优势？",
        "它有以下优势：\n- 平移不变：物体的位置无关紧要。\n- **参数更少**：同一个核用在所有位置。\n- 特征分层。",
    )
    assert [(point.text, point.made, point.weight, point.aliases) for point in points] == [
        ("平移不变：物体的位置无关紧要", "list item", 2.0, (("平移不变",),)),
        ("参数更少：同一个核用在所有位置", "list item", 2.0, (("参数更少",),)),
        ("特征分层", "list item", 2.0, ()),
    ]


@pytest.mark.parametrize(
    "reference",
    [
        "1. Sort the array\n2. Look at the middle\n3. Halve the range",
        "1) Sort the array 2) Look at the middle 3) Halve the range",
        "* Sort the array\n* Look at the middle\n* Halve the range",
        "(1) Sort the array; (2) Look at the middle; (3) Halve the range.",
        "First, sort the array. Second, look at the middle. Finally, halve the range.",
        "Answer:\n- Sort the array<br />\n- Look at the middle<br />\n- Halve the range",
    ],
)
def test_steps_are_steps_however_they_are_numbered(reference: str) -> None:
    assert [text.casefold() for text in texts(points_of("How?", reference))] == [
        "sort the array",
        "look at the middle",
        "halve the range",
    ]


def test_an_item_of_an_item_weighs_less() -> None:
    points = points_of("索引有什么用？", "- 加快查询\n  - 尤其是范围条件\n- 保证唯一性")
    assert [point.weight for point in points] == [2.0, 1.0, 2.0]


@pytest.mark.parametrize(
    "question, reference, points",
    [
        ("水果有哪些？", "水果有：苹果、香蕉和西瓜。", ["苹果", "香蕉", "西瓜"]),
        ("数据怎么编辑？", "主要是指属性编辑和图形编辑。", ["属性编辑", "图形编辑"]),
        (
            "死锁的条件？",
            "四个条件：互斥、占有并等待、不可抢占、循环等待。",
            ["互斥", "占有并等待", "不可抢占", "循环等待"],
        ),
        ("列举超参数", "学习率、批次大小、层数", ["学习率", "批次大小", "层数"]),
        ("Name some.", "They include arrays, linked lists and queues.", ["arrays", "linked lists", "queues"]),
        ("Name some.", "The learning rate, the batch size, and depth.", ["learning rate", "batch size", "depth"]),
    ],
)
def test_a_list_of_names_is_taken_name_by_name(question: str, reference: str, points: list[str]) -> None:
    found = points_of(question, reference)
    assert texts(found) == points
    assert {point.made for point in found} == {"name in a list"}
    assert all(point.text in point.aliases[0] for point in found)


@pytest.mark.parametrize(
    "reference, kept",
    [
        ("进程有自己的地址空间，开销大，切换慢；线程的状态包括就绪、运行、阻塞。", "地址空间"),
        ("过拟合是模型记住了训练数据，在新数据上表现差，常用的方法包括：正则化、早停、数据增强。", "记住了训练数据"),
    ],
)
def test_what_is_stated_before_a_list_of_names_is_not_lost(reference: str, kept: str) -> None:
    assert any(kept in text for text in texts(points_of("进程和线程、过拟合各是什么？", reference)))


def test_clauses_are_no_names() -> None:
    points = points_of("为什么好？", "优点包括：可以加快收敛，而且会减少过拟合。")
    assert texts(points) == ["可以加快收敛", "会减少过拟合"]
    assert not any(point.aliases for point in points)


def test_a_name_is_known_by_what_the_glossary_has_for_it_and_without_an_ending_in_common() -> None:
    (forest, _) = points_of("有哪些模型？", "包括：随机森林、决策树。")
    assert "random forest" in forest.aliases[0]
    names = [point.aliases[0] for point in points_of("有哪些？", "包括：安全性原则、及时性原则。")]
    assert names == [("安全性原则", "安全"), ("及时性原则", "及时")]


def test_a_name_of_two_known_terms_is_known_in_other_words() -> None:
    question = compile_question("怎样扩充图像数据？举例。", "可以：旋转图像、翻转图像、裁剪画面。")
    assert graded(question, "You can rotate the image a little, or flip each picture.") == pytest.approx(2 / 3)
    assert graded(question, "把图像随机旋转一下。") == pytest.approx(1 / 3)


def test_more_names_than_points_share_points_and_weigh_what_they_are() -> None:
    reference = "包括：苹果、香蕉、西瓜、葡萄、草莓、菠萝、荔枝、芒果、樱桃。"
    points = points_of("水果有哪些？", reference)
    assert len(points) == MOST_POINTS
    assert sum(point.weight for point in points) == sum(len(point.aliases) for point in points) == 9
    question = compile_question("水果有哪些？", reference)
    assert graded(question, "苹果、香蕉、西瓜、葡萄、草莓、菠萝、荔枝、芒果、樱桃。") == 1
    assert graded(question, "有苹果、西瓜和樱桃。") == pytest.approx(3 / 9)


@pytest.mark.parametrize(
    "reference, sides",
    [
        (
            "TCP keeps the order of bytes, whereas UDP may lose datagrams.",
            ["TCP keeps the order of bytes", "UDP may lose datagrams"],
        ),
        ("进程拥有自己的地址空间，而线程共享同一份内存。", ["进程拥有自己的地址空间", "线程共享同一份内存"]),
        ("进程拥有自己的地址空间；而线程共享同一份内存。", ["进程拥有自己的地址空间", "线程共享同一份内存"]),
    ],
)
def test_of_a_contrast_each_side_is_a_point(reference: str, sides: list[str]) -> None:
    points = points_of("What is the difference?", reference)
    assert texts(points) == sides
    if "；" not in reference:
        assert {point.made for point in points} == {"contrast"}


@pytest.mark.parametrize(
    "reference, points",
    [
        ("如果初始值都相同，则无法破坏对称性。也就是说，梯度全都一样，而且网络学不到东西。",
         ["如果初始值都相同，则无法破坏对称性", "梯度全都一样，而且网络学不到东西"]),
        ("由于输出非负，因此所有样本都被分到同一类。", ["输出非负，因此所有样本都被分到同一类"]),
        ("没有必要。每一轮都会看到全部样本。", ["没有必要，每一轮都会看到全部样本"]),
        ("Units cannot co-adapt, so the network generalises better.",
         ["Units cannot co-adapt, so the network generalises better"]),
        ("Yes. In other words, the samples vary; gradients are noisy.", ["Yes. In other words, the samples vary", "gradients are noisy"]),
    ],
)  # fmt: skip
def test_statements_can_be_read_on_their_own(reference: str, points: list[str]) -> None:
    assert texts(points_of("会怎样？", reference)) == points


def test_what_announces_or_only_repeats_the_question_is_no_point() -> None:
    assert texts(points_of("为什么要打乱数据？", "打乱数据的原因有以下几点：避免相邻样本相关；加快收敛。")) == [
        "避免相邻样本相关",
        "加快收敛",
    ]
    found = texts(points_of("Why shuffle the data?", "There are two reasons. Shuffle the data. Batches correlate."))
    assert found[0] == "Batches correlate"
    assert not any("reasons" in text for text in found)
    assert texts(points_of("What is it?", "It is a technique. It removes noise from pictures."))[0] == (
        "It removes noise from pictures"
    )


def test_an_example_is_a_bonus_unless_it_is_asked_for() -> None:
    reference = "它通过变换原始样本得到新样本。例如，旋转图片、翻转图片、裁剪图片。"
    points = points_of("什么是数据增强？", reference)
    assert [point.kind for point in points] == [Kind.CORE, Kind.BONUS, Kind.BONUS, Kind.BONUS]
    assert {point.kind for point in points_of("什么是数据增强？举个例子。", reference)} == {Kind.CORE}
    english = points_of("What is a mutex?", "Only one thread can hold it. For example, a writer locks a queue.")
    assert [(point.kind, point.weight) for point in english] == [(Kind.CORE, 2.0), (Kind.BONUS, 0.7)]


def test_first_claims_weigh_more_than_later_ones() -> None:
    points = points_of("什么是死锁？", "若干线程互相等待对方的锁。打破环路就能恢复。")
    assert [point.weight for point in points] == [2.0, 1.0]


def test_rows_of_a_plain_table_and_steps_of_a_chain_are_points() -> None:
    table = "问题 | 是什么 | 怎么办\n穿透 | 查不存在的键 | 布隆过滤器\n击穿 | 热点键过期 | 互斥锁"
    assert texts(points_of("缓存有哪些问题？", table)) == [
        "穿透, 是什么 查不存在的键; 怎么办 布隆过滤器",
        "击穿, 是什么 热点键过期; 怎么办 互斥锁",
    ]
    assert len(points_of("启动过程？", "加载引导程序 -> 初始化内核 -> 启动服务")) == 3
    assert (
        texts(points_of("How to filter?", "Use cat x | grep y to filter lines"))[0]
        == "Use cat x | grep y to filter lines"
    )


def test_a_word_is_not_cut_after_a_connective() -> None:
    assert texts(points_of("为什么不行？", "因为并发读会把旧值又写回缓存。")) == ["并发读会把旧值又写回缓存"]


def test_code_formulas_and_markup_are_no_points_and_a_row_of_a_table_is_one() -> None:
    reference = """## 做法
使用**残差连接**让梯度直接流过，见[论文](https://example.org/resnet)。

```python
x = x + f(x)
```

| 方法 | 代价 |
| --- | --- |
| 残差 | 很小 |

$$ y = F(x) + x $$
w = w - grad(C)(w) - 2cw
![图](a.png)
- `LayerNorm` 稳定每层的分布
"""
    assert texts(points_of("怎么办？", reference)) == [
        "使用残差连接让梯度直接流过，见论文",
        "残差：很小",
        "LayerNorm 稳定每层的分布",
    ]


@pytest.mark.parametrize("dashes", ["|---|---|", "| --- | --- |", "|:--|--:|", "---|---"])
def test_the_line_below_the_heads_of_a_table_is_no_row(dashes: str) -> None:
    table = (
        f"| Kind | Order |\n{dashes}\n| A stack | gives back the last first |\n| A queue | gives back the first first |"
    )
    assert [line.text for line in lines_of(table)] == [
        "A stack: gives back the last first",
        "A queue: gives back the first first",
    ]


@pytest.mark.parametrize("formula", ["x < y", "a_1 > b_2", "n^2", "{x}"])
def test_a_line_of_signs_between_two_sentences_is_no_line_of_prose(formula: str) -> None:
    lines = lines_of(f"The left side is sorted.\n{formula}\nThe right side is not.")
    assert [line.text for line in lines] == ["The left side is sorted.", "The right side is not."]


def test_a_list_below_a_paragraph_is_a_list_of_its_own() -> None:
    lines = lines_of("- one thing\n  - below it\nA paragraph ends the list.\n  - another thing\n  - one more")
    assert [line.depth for line in lines] == [1, 2, 0, 1, 1]


def test_single_words_are_no_points() -> None:
    points = points_of("Why shuffle?", "Neighbouring batches are correlated otherwise.")
    assert [(point.text, point.made) for point in points] == [
        ("Neighbouring batches are correlated otherwise", "sentence"),
    ]


@pytest.mark.parametrize(
    "reference",
    [
        "If the gradient explodes, then clip it to a fixed norm",
        "When two units always fire together, but neither is needed, one of them is wasted",
        "Although it converges quickly, and so saves steps, it generalises worse",
    ],
)
def test_a_condition_stays_with_what_it_leads_to(reference: str) -> None:
    assert texts(points_of("How?", reference)) == [reference]


def test_a_sentence_is_cut_at_its_semicolons_alone() -> None:
    reference = "When a client connects, the server sends a certificate, so traffic is encrypted; old clocks fail, because certificates expire"
    assert texts(points_of("TLS?", reference)) == [
        "When a client connects, the server sends a certificate, so traffic is encrypted",
        "old clocks fail, because certificates expire",
    ]


def test_the_points_that_find_no_room_are_counted() -> None:
    items = "".join(f"- idea number{n} does thing{n}\n" for n in range(9))
    assert (len(points_of("What?", items)), surplus("What?", items)) == (7, 2)
    assert surplus("What?", "- one idea\n- another idea") == 0


def test_of_many_pages_the_most_telling_points_are_kept() -> None:
    pages = "\n".join(f"Paragraph {n} speaks of thing{n}. It goes on about detail{n}." for n in range(300))
    points = points_of("What?", f"{pages}\n- the one listed claim\n- another listed claim")
    assert len(points) == MOST_POINTS
    assert texts(points)[-2:] == ["the one listed claim", "another listed claim"]


def test_an_empty_reference_has_no_points_and_makes_no_question() -> None:
    assert points_of("Why?", " \n\t") == []
    with pytest.raises(BankError, match="'Why\\?': its reference answer is empty"):
        compile_question("Why?", "")


def test_a_reference_that_says_nothing_new_is_one_point() -> None:
    assert texts(points_of("same words", "same words")) == ["same words"]
    assert texts(points_of("Why?", "```\nonly = code\n```")) != []


def test_compiled_questions_pass_the_lint_for_their_number_and_their_own_reference() -> None:
    references = [
        ("什么是死锁？", "多个进程互相等待对方持有的资源。四个条件：互斥、占有并等待、不可抢占、循环等待。"),
        ("Explain a mutex.", "Only one thread can hold it at a time. Others that try to take it block."),
        ("解释GAN。", "由两个网络D和G组成，其中D是判别器，而G是生成器。G负责造假图，D负责辨真伪。"),
    ]
    questions = tuple(compile_question(*reference) for reference in references)
    assert list(lint(Bank("b", BANK.title, questions))) == []


def test_a_compiled_question_is_named_by_its_content_and_grades() -> None:
    reference = "信息的特征：客观性、传递性、时效性、共享性、价值性、完整性。"
    question = compile_question("信息的特征有哪些？", reference)
    assert question == compile_question("信息的特征有哪些？", reference)
    assert graded(question, "客观性、传递性、时效性、共享性、价值性、完整性。") == 1
    assert graded(question, "客观性、传递性、时效性。") == pytest.approx(0.5)
    assert graded(question, "信息的特征有哪些？") == 0


VANISHING = compile_question(
    "如何解决梯度消失？",
    "- 使用ReLU激活函数代替sigmoid。\n- 使用Xavier初始化，保持方差稳定。\n- 加入残差连接。\n- 使用批归一化。",
)


def test_an_english_answer_to_a_chinese_reference_is_credited() -> None:
    answer = (
        "Use ReLU as the activation function in place of sigmoid. Add residual connections so the signal can pass. "
        "Batch normalization also helps, and Xavier initialization keeps the variance stable."
    )
    assert graded(VANISHING, answer) >= 0.75
    assert 0 < graded(VANISHING, "I would add residual connections to the layers.") < 0.5


def test_a_chinese_answer_to_an_english_reference_is_credited() -> None:
    question = compile_question(
        "How do you fight overfitting?",
        "- Use dropout to regularise the neural network.\n- Stop training early by the validation error.\n"
        "- Augment the training data.",
    )
    assert graded(question, "用dropout对神经网络做正则化；看验证误差，提前停止训练；再对训练数据做数据增强。") >= 0.6
    assert graded(question, "把学习率调大，再换一块更快的显卡。") == 0


@pytest.mark.parametrize(
    "stuffed",
    [
        "ReLU, sigmoid, Xavier, initialization, variance, residual connection, batch normalization",
        "activation function; initialization; residual; normalization; gradient; weights; layers",
        "梯度消失 激活函数 初始化 残差连接 批归一化 方差 权重",
    ],
)
def test_keyword_lists_are_not_credited_in_any_language(stuffed: str) -> None:
    assert graded(VANISHING, stuffed) == 0


def test_naming_one_term_of_a_claim_in_another_language_is_not_making_it() -> None:
    question = compile_question("权重会怎样？", "所有梯度都会更新成同一个值，神经网络什么也学不到。")
    levels = LexicalGrader().covers(question, "It has something to do with the gradient.")
    assert Level.MET not in levels.values()
    assert Level.MISSING in levels.values()


_PIECES = st.sampled_from(
    ["- ", "1. ", "（2）", "\n", "：", ":", "，", ", ", "。", ". ", "；", "例如", "for example ", "而", "whereas ", "|", "```", "$$",
     "(", "）", "、", "and ", "因为", "梯度", "network", "dropout", "不", "<br>", "#", "**", "= ", "\\[", "\x00", "é", "🙂"]
)  # fmt: skip
_REFERENCES = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=40).map("".join))


@given(st.one_of(st.just("什么是梯度？"), st.text(max_size=40)), _REFERENCES)
@example("Why?", "：：：")
@example("Why?", "- \n- \n")
@example("", "甲：乙：丙：丁：")
def test_every_reference_that_says_anything_has_one_to_seven_points_made_of_it(question: str, reference: str) -> None:
    points = points_of(question, reference)
    assert bool(points) == bool("".join(reference.split()))
    assert len(points) <= MOST_POINTS
    for point in points:
        assert point.text.strip()
        # What is left out of a text leaves the rest in its order.
        said = iter(tokenizer.fold(reference))
        assert all(letter in said for letter in tokenizer.fold(point.text) if letter.isalnum())
        assert 0 < point.weight <= 100
        assert all(group for group in point.aliases)
    if points:
        assert any(point.kind is Kind.CORE for point in points)
        assert compile_question(question if question.strip() else "?", reference).criteria


def test_a_label_is_what_the_claim_is_about_and_a_figure_stays_with_its_thing() -> None:
    question = compile_question("TCP 和 UDP 的头部有什么不同？", "- 长度：TCP 头部至少 20 字节，UDP 头部固定 8 字节。")
    assert [criterion.text.zh for criterion in question.criteria] == ["TCP 头部至少 20 字节，UDP 头部固定 8 字节"]
    assert graded(question, "TCP 的头部有 20 字节，UDP 只有 8 字节。") == 1
    assert graded(question, "TCP 的头部有 8 字节，UDP 有 20 字节。") == 0


def test_a_translation_in_brackets_is_another_name_and_no_second_demand() -> None:
    question = compile_question(
        "有哪些索引？", "- 聚簇索引（Clustered Index）：叶子存整行。\n- 二级索引（Secondary Index）：叶子存主键。"
    )
    levels = LexicalGrader().covers(question, "A clustered index keeps the rows in its leaves.")
    assert next(iter(levels.values())) is Level.MET


@pytest.mark.parametrize(
    ("reference", "kept"),
    [
        ("访问数组是 O(1) 的，查找链表是 O(n) 的。", "O(1)"),
        ("更新为 w(1−2ηc) 后再减去梯度。", "w(1−2ηc)"),
        ("The limit is 2,147,483,647 in Java 1.8.0.", "2,147,483,647"),
        ("It calls `__init__` of `List<String>` first.", "__init__ of List<String>"),
    ],
)
def test_formulas_versions_and_identifiers_are_never_cut(reference: str, kept: str) -> None:
    assert any(kept in point.text for point in points_of("结果是什么？", reference))


def test_introductions_addresses_and_common_errors_are_no_points() -> None:
    reference = (
        "这是一道经典的题目，很多人以为索引越多越好。\n\n索引要占空间，也要随写入更新。\n\n"
        "详见这篇文章：https://example.org/a。欢迎关注我的公众号。\n\n代码如下所示："
    )
    assert texts(points_of("索引有什么代价？", reference)) == ["索引要占空间，也要随写入更新"]


def test_an_enumeration_inside_an_item_is_one_point() -> None:
    reference = "1. 采集：可以抓包，也可以读日志，例如访问日志、错误日志等。\n2. 聚合：按分钟、小时和天汇总。"
    found = points_of("怎样做监控？", reference)
    assert texts(found) == ["采集：可以抓包，也可以读日志", "聚合：按分钟、小时和天汇总"]
    assert max(point.weight for point in found) <= 3 * min(point.weight for point in found)


def test_of_several_that_would_do_as_many_as_asked_for_are_enough() -> None:
    question = compile_question(
        "Name two ways to balance load.", "- round robin\n- least connections\n- consistent hashing"
    )
    assert [(group.choose, group.weight) for group in question.groups] == [(2, 4.0)]
    assert graded(question, "You can use round robin, or route by consistent hashing.") == 1


def test_an_option_that_is_wrong_costs_what_the_right_one_earns() -> None:
    question = compile_question("Which port has SSH?\n- 21\n- 22\n- 25", "22")
    assert graded(question, "22") == 1
    assert graded(question, "21, 22, 25") == 0


def test_code_alone_keeps_its_lines_without_their_fence() -> None:
    question = compile_question("How do you follow a log?", "```sh\ntail -f app.log\n```")
    assert [criterion.text.en for criterion in question.criteria] == ["tail -f app.log"]
    assert graded(question, "With tail -f, I think.") == 1


def test_what_stands_behind_a_longer_fence_is_read() -> None:
    reference = "Use four marks.\n\n````md\n```\nx\n```\n````\n\nThe inner block stays as it is."
    assert texts(points_of("How?", reference)) == ["Use four marks", "The inner block stays as it is"]


def test_what_is_good_to_hear_is_a_bonus_and_its_label_is_no_point() -> None:
    found = points_of("What is a socket?", "It joins two processes.\n\nGood to hear\n- A port names it.\n\nOutput:")
    assert [(point.text, point.kind) for point in found] == [
        ("It joins two processes", Kind.CORE),
        ("A port names it", Kind.BONUS),
    ]


@pytest.mark.parametrize(
    ("question", "reference", "points"),
    [
        ("What is a pod?", "Pods share a network. To see why, here is a list:\n- one address\n- one volume",
         ["Pods share a network", "one address", "one volume"]),
        ("如何排查？", "可以从两方面入手：\n1. 数据层面：\n   - 过采样\n2. 换一个损失函数", ["过采样", "换一个损失函数"]),
        ("流程是什么？", "① 选中心；② 分配样本；③ 重复 ①② 直到不再变化。", ["选中心", "分配样本", "重复 ①② 直到不再变化"]),
        ("结论是什么？", "很多人会说三选二，其实分区以后只能二选一。", ["分区以后只能二选一"]),
        ("What is precision?", "The share TP / (TP + FP) of what was found.", ["The share TP / (TP + FP) of what was found"]),
        ("缓存的特征有哪些？", "缓存的特征：容量小；读取比主存快得多，因为它就在处理器里面；价格很贵。", ["容量小", "读取比主存快得多，因为它就在处理器里面", "价格很贵"]),
        ("How do they differ?", "Kind | Heap | Stack\nsize | large | small\nowner | process | thread",
         ["size, Heap large; Stack small", "owner, Heap process; Stack thread"]),
    ],
)  # fmt: skip
def test_what_leads_to_a_list_is_left_out_and_marks_are_followed(
    question: str, reference: str, points: list[str]
) -> None:
    assert texts(points_of(question, reference)) == points


@pytest.mark.parametrize(
    "question, reference",
    [
        (
            "What does ACID stand for?",
            (
                "Atomicity: a transaction happens wholly or not at all. Consistency: every state is valid. "
                "Isolation: no transaction sees half of another one. Durability: what was committed survives a crash."
            ),
        ),
        (
            "事务有哪些特性？",
            (
                "原子性：事务要么全部完成，要么全部不做。一致性：数据始终满足约束。隔离性：事务之间看不到对方的中间状态。"
                "持久性：提交之后的修改不会丢失。"
            ),
        ),
    ],
)
def test_every_sentence_with_a_label_of_its_own_is_a_point(question: str, reference: str) -> None:
    assert len(points_of(question, reference)) == 4


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("除以 (\\sqrt{d_{model}}) 之后，点积的方差回到 1。", "除以 (\\sqrt{d_{model}}) 之后，点积的方差回到 1"),
        ("Following Ioffe et al. it normalizes each layer.", "Following Ioffe et al. it normalizes each layer"),
        ("It compares TCP vs. UDP by their headers.", "It compares TCP vs. UDP by their headers"),
        ("用 <style scoped> 写的样式只对本组件生效。", "用 <style scoped> 写的样式只对本组件生效"),
        (
            "The <div> tag is a block, and a <span> in it, up to </span>, is in line.",
            "The <div> tag is a block, and a <span> in it, up to </span>, is in line",
        ),
        ("<div>Only the first node is copied.</div>", "Only the first node is copied"),
        ("<b>Only</b> the <i>first</i> node is copied.", "Only the first node is copied"),
        ("Take every second letter by word[::2] at once.", "Take every second letter by word[::2] at once"),
        ("Wait with std::lock for both mutexes", "Wait with std::lock for both mutexes"),
        ("用途:保存尚未提交的修改", "用途：保存尚未提交的修改"),
        ("它用 (n - 1) & hash 算出下标，比取模快。", "它用 (n - 1) & hash 算出下标，比取模快"),
    ],
)
def test_nothing_is_cut_out_of_a_claim_but_markup(reference: str, told: str) -> None:
    assert texts(points_of("怎么办？", reference)) == [told]


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("Undo the last commit with:\n```bash\ngit reset --soft HEAD~1\n```", "git reset --soft HEAD~1"),
        ("交叉熵是：\n\n$$\nL = -\\sum y_i \\log p_i\n$$\n\n它衡量两个分布的差别。", "L = -\\sum y_i \\log p_i"),
        ("交叉熵写成\n\\[ L = -\\sum y_i \\log p_i \\]", "L = -\\sum y_i \\log p_i"),
    ],
)
def test_a_line_of_code_or_a_formula_belongs_to_what_leads_to_it(reference: str, told: str) -> None:
    first = texts(points_of("怎么办？", reference))[0]
    assert first.endswith(told)
    assert len(first) > len(told) + 2


def test_a_program_without_fences_is_code_as_one_in_fences_is() -> None:
    program = "def swap(a, b):\n    a, b = b, a\n    return a, b\n>>> swap(1, 2)\n(2, 1)"
    (point,) = points_of("Swap two variables.", program)
    assert point.made == CODE
    told = f"Both names are bound anew at once, from a tuple on the right.\n{program}"
    assert texts(points_of("Swap two variables.", told)) == [
        "Both names are bound anew at once, from a tuple on the right"
    ]
    assert texts(points_of("怎么建议回收？", "- System.gc()\n- Runtime.getRuntime().gc()")) == [
        "System.gc()",
        "Runtime.getRuntime().gc()",
    ]
