"""What is learnt from examples: the regression by hand, claims in an answer, and lists of keywords."""

import numpy as np
import pytest

from interviewer.domain.rubric import Criterion, Localized, Question
from interviewer.grading.claim_classifier import HALF_THRESHOLD, MET_THRESHOLD, ClaimClassifier
from interviewer.grading.example_statements import Example, ExampleKind
from interviewer.grading.keyword_stuffing import is_stuffed
from interviewer.grading.text_regression import TextRegression
from interviewer.text import tokenizer

QUESTION = Question(
    "slow-reads",
    Localized(en="How do you make reads of a busy table faster?"),
    Localized(en="Put a cache in front of it. Replicas share the load."),
    (
        Criterion("cache", Localized(en="A cache takes most reads")),
        Criterion("replicas", Localized(en="Replicas share")),
    ),
)
SAYS = {
    "cache": (
        "A cache takes most reads", "keep hot rows in memory", "Redis answers before the table is asked", "放一层缓存",
        "most lookups end in memory", "hot rows stay in memory", "a cache in front", "the cache answers most of it", "缓存挡掉大部分读",
        "memory first, then the table",
    ),
    "replicas": (
        "Replicas share", "several copies answer in turn", "reads go to followers of the primary", "从库分担读",
        "copies of the table share the load", "send reads to replicas", "followers answer reads", "spread reads over copies",
        "读走从库", "each replica takes a part",
    ),
}  # fmt: skip
NOT = (
    "add an index on every column", "the cache writes the log of the table", "buy a faster disk", "加一个索引就行",
    "the primary answers all of it", "copies are for backup", "memory holds the log", "the disk is the cache", "换更快的磁盘",
    "rewrite the query",
)  # fmt: skip
EXAMPLES = (
    *(Example(name, ExampleKind.SAYS, text) for name, texts in SAYS.items() for text in texts),
    *(Example(name, ExampleKind.NOT, text) for name in SAYS for text in NOT),
    Example("", ExampleKind.BESIDE, "we had that at my last job"),
)


def best(answer: str, prompted: frozenset[str] = frozenset()) -> dict[str, tuple[float, str]]:
    """For each criterion the highest score and the words that reach it."""
    clauses = tokenizer.clauses(answer)
    classifier = ClaimClassifier(QUESTION, EXAMPLES)
    found = classifier.best(clauses, prompted)
    return {
        name: (one.score, answer[slice(*one.span)]) for name, one in zip(classifier.criteria, found, strict=True) if one
    }


def test_the_regression_by_hand() -> None:
    # Two examples with nothing in common: the kernel is the unit matrix, to which the ridge of 0.4 is added, and the
    # mean of the targets is 0. So each example weighs 1 / 1.4 of its target, and scores itself as much.
    learnt = TextRegression(
        TextRegression.train([["a"], ["b"]], np.array([[1], [-1]], np.float32), np.zeros(1, np.float32))
    )
    assert learnt.scores(["a"]) == pytest.approx([1 / 1.4])
    assert learnt.scores(["b"]) == pytest.approx([-1 / 1.4])
    # Half of it is of one and half of the other.
    assert learnt.scores(["a", "b"]) == pytest.approx([0])
    # A unit that is not known makes the vector shorter: rarity log(3 / 1.5) = 0.693, length (0.693² + 1)^½ = 1.217.
    assert learnt.scores(["a", "c"]) == pytest.approx([0.6931 / 1.2168 / 1.4], abs=1e-3)
    assert learnt.scores(["a", "c"], least_known=0.6) is None


def test_a_stretch_that_is_like_the_examples_makes_the_claim_and_is_quoted() -> None:
    found = best("At first we bought disks. I would keep the hot rows in memory, and then we will see.")
    score, words = found["cache"]
    assert score >= MET_THRESHOLD
    assert "hot rows in memory" in words
    assert found["replicas"][0] < HALF_THRESHOLD


@pytest.mark.parametrize(
    "answer", ["Add an index on every column.", "The cache writes the log of the table.", "加一个索引就行"]
)
def test_what_is_like_the_examples_that_miss_makes_no_claim(answer: str) -> None:
    assert best(answer)["cache"][0] < HALF_THRESHOLD


def test_a_slip_of_the_pen_is_no_unknown_word() -> None:
    assert best("several copyes answr in turn")["replicas"][0] >= MET_THRESHOLD


def test_what_the_interviewer_said_first_makes_no_claim_when_said_back() -> None:
    prompt = "Would you keep hot rows in memory?"
    prompted = frozenset(token.text for clause in tokenizer.clauses(prompt) for token in clause.tokens)
    assert best("yes, keep hot rows in memory")["cache"][0] >= MET_THRESHOLD
    assert best("yes, keep hot rows in memory", prompted).get("cache", (-1.0, ""))[0] < HALF_THRESHOLD


def test_of_words_that_no_example_has_nothing_is_told() -> None:
    assert best("xyzzy plugh frobnicate quux") == {}


def test_an_answer_without_punctuation_is_looked_at_in_pieces() -> None:
    said = "at first we bought disks and that was that for a year or two until it was too slow so i would "
    score, words = best(f"{said} keep the hot rows in memory and then we will see what else there is to be done")[
        "cache"
    ]
    assert score >= MET_THRESHOLD
    assert "hot rows in memory" in words
    assert not words.startswith("at first")


def test_a_question_without_examples_has_nothing_to_be_told() -> None:
    classifier = ClaimClassifier(QUESTION, ())
    assert classifier.criteria == ()
    assert classifier.best(tokenizer.clauses("keep hot rows in memory")) == []


@pytest.mark.parametrize(
    "text",
    [
        "cache, index, replica, shard, query plan, buffer pool, primary key",
        "缓存、索引、从库、分片、执行计划、缓冲池、主键",
        "cache index replica shard query plan buffer pool primary key lock transaction isolation",
        "so basically caching and indexing and sharding and replicas and query plans and such",
    ],
)
def test_lists_of_keywords_of_another_field_are_told(text: str) -> None:
    assert is_stuffed(text)


@pytest.mark.parametrize(
    "text",
    [
        "Put a cache in front, so most reads never reach the table.",
        "缓存放在前面，大部分读就不会落到表上。",
        "cache first; on a miss read the replica, then fill the cache",
        "- 原子性：要么全做要么全不做\n- 一致性：约束总成立\n- 隔离性：并发互不干扰\n- 持久性：提交后不丢",
        "1. Measure. 2. Add the index that the slow query lacks. 3. Cache what is still asked for all the time.",
        "",
    ],
)
def test_statements_are_no_lists(text: str) -> None:
    assert not is_stuffed(text)
