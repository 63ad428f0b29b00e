"""Claims and what is said instead of them: no bank is needed to hear that one word was exchanged."""

import pytest

from interviewer.grading.lexical import polarity
from interviewer.grading.lexical.directions import Statement, statement
from interviewer.grading.lexical.heaps import scrambled
from interviewer.text import tokenizer

TURNED = [
    ("A queue removes the oldest element first", "A queue removes the oldest element last"),
    ("An index speeds up reading and costs writing time", "An index slows down reading and costs writing time"),
    ("A hash join needs more memory than a merge join", "A merge join needs more memory than a hash join"),
    ("The compiler turns source code into machine code", "The compiler turns machine code into source code"),
    ("A primary key must not contain null values", "A primary key must contain null values"),
    ("A byte has 8 bits in practice", "A byte has 16 bits in practice"),
    ("The more replicas there are, the slower is each write", "The more replicas there are, the faster is each write"),
    ("线程共享同一个进程的内存", "线程独立同一个进程的内存"),
    ("哈希表的查找比链表快得多", "链表的查找比哈希表快得多"),
    ("主键不能含有空值", "主键含有空值"),
    ("编译器把源代码变成机器码", "编译器把机器码变成源代码"),
    ("端口号最大是 65535", "端口号最大是 1024"),
    ("缓存越大，命中率越高", "缓存越大，命中率越低"),
]  # fmt: skip

SAME = [
    ("A hash join needs more memory than a merge join", "A merge join needs less memory than a hash join"),
    ("The more replicas there are, the slower is each write", "The fewer replicas there are, the faster is each write"),
    ("The compiler turns source code into machine code", "Source code is turned into machine code by the compiler"),
    ("Sorting is not necessary here at all", "Sorting is superfluous here at all"),
    ("A third of the blocks, 1/4 at least, stay free", "A third of the blocks, 25% at least, stay free"),
    ("缓存越大，命中率越高", "缓存越小，命中率越低"),
    ("哈希表的查找比链表快得多", "哈希表的查找比链表快很多"),
    ("主键不能含有空值", "主键是不能含有任何空值的"),
]

ELSEWHERE = [
    ("主键不能含有空值", "外键可以含有空值，主键不行，这一点在建表的时候就要想好，否则以后很难改回来"),
    ("A queue removes the oldest element first", "A stack removes the newest one, which went in last"),
]


def said(text: str) -> Statement:
    return statement(tokenizer.fold(text))


@pytest.mark.parametrize("claim, text", TURNED)
def test_a_claim_with_one_thing_turned_round_is_heard(claim: str, text: str) -> None:
    assert said(text).turns(said(claim))
    assert said(claim).turns(said(text))
    assert not said(text).says(said(claim))


@pytest.mark.parametrize("claim, text", SAME)
def test_what_is_turned_twice_says_the_same(claim: str, text: str) -> None:
    assert not said(text).turns(said(claim))


@pytest.mark.parametrize("claim, text", ELSEWHERE)
def test_what_says_something_else_is_no_claim_turned_round(claim: str, text: str) -> None:
    assert not said(text).turns(said(claim))


@pytest.mark.parametrize("claim", [claim for claim, _ in (*TURNED, *SAME)])
def test_a_claim_says_itself(claim: str) -> None:
    assert said(claim).says(said(claim))
    assert not said(claim).turns(said(claim))


def test_words_in_no_order_are_heard_as_scrambled() -> None:
    text = (
        "Without shuffling, the batches of an epoch come in the order of the file, so that one batch has only one class. "
        "The gradient then points at that class, and the next one at another, which makes the loss go up and down."
    )
    assert not scrambled(text)
    assert scrambled(" ".join(sorted(text.split())))
    content = (
        "gradient batch class order shuffling epoch loss points file next come makes random sorted convergence plateau"
    )
    assert scrambled(content)
    assert not scrambled("Dropout, weight decay, early stopping")
    assert scrambled("梯度 批次 打乱 收敛 顺序 样本 类别 损失 轮次 偏差 方差 噪声")
    assert not scrambled("不打乱的话，每个批次只有一类样本，梯度会来回摆动，收敛变差。")


def test_no_longer_reaches_what_it_describes_and_not_what_is_then_said_of_it() -> None:
    stretch = tokenizer.clauses("memory that is no longer reachable is freed")[0].tokens
    words = [token.word for token in stretch]
    assert polarity.negates(stretch, words.index("reachable"))
    assert not polarity.negates(stretch, words.index("freed"))


def test_a_clause_may_end_with_a_no() -> None:
    stretch = tokenizer.clauses("the answer is no")[0].tokens
    assert polarity.negates(stretch, len(stretch))
