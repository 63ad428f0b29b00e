import pytest

from interviewer.banks.reference_checks import is_only_a_link, is_placeholder, says_too_little


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a?b=c",
        "See <https://example.org/a>.",
        "[Raft](raft.md)",
        "详见链接：https://example.org/答案。",
        "参考 [这里](a) 和 www.example.org",
    ],
)
def test_a_link_with_the_words_that_point_at_it_is_only_a_link(text: str) -> None:
    assert is_only_a_link(text)


@pytest.mark.parametrize(
    "text", ["", "See above.", "It elects a leader: https://example.org/a", "见上，先选主。www.a.org"]
)
def test_a_text_that_says_something_is_more(text: str) -> None:
    assert not is_only_a_link(text)


def test_what_repeats_the_question_says_too_little() -> None:
    assert says_too_little("Dropout is used.", "When is dropout used?")
    assert says_too_little("Yes", "Is it?")
    assert not says_too_little("Only while training the network", "When is dropout used?")
    assert not says_too_little("死锁", "几个线程互相等待叫什么？")


@pytest.mark.parametrize(
    "text",
    [
        "🚧 WIP",
        "(I'll write this up later.)",
        "Look it up!",
        "??? never understood this",
        "Don't remember what I said…",
        "no idea",
        "(skipped)",
        "Answers are only available to members.",
        "（打码）",
        "答案整理中，请耐心等待……",
        "（待补充，先欠着）",
        "还没写完，先看书吧",
        "忘了怎么说的了",
        "这题没答上来",
        "开通会员查看全部解析",
        "哪位有更好的答案？",
        "待补充，看第三章讲义",
        "详见我的公众号文章（点击阅读原文）",
        "(your own experience here)",
        "(fill in)",
        "TBD / 待补充",
        "**中文：** 待补充\n\n**English:** TBD",
    ],
)
def test_an_answer_that_is_promised_unknown_or_sold_is_none(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "No.",
        "Nothing is lost: the log is read again later.",
        "Must be released later by its holder.",
        "I would join now and then leave.",
        "Never",
        "不会。",
        "写时复制：谁写谁才得到副本，之后再更新引用",
        "等主库恢复之后再写日志",
        "会，提交之后可见",
        "先写日志，再更新数据",
        "整理内存碎片",
        "公众号用网页授权的 code 获取",
        "**中文：** 栈\n\n**English:** TBD",
    ],
)
def test_a_short_answer_is_one(text: str) -> None:
    assert not is_placeholder(text)
