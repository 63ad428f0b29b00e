import time
from collections import Counter
from dataclasses import replace

import pytest
from fakes import DROPOUT, both
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.banks.importing.rubric_from_reference import compile_question
from interviewer.domain.grade import Flag, Grade, Level, Method
from interviewer.domain.interview import Attempt, Turn, TurnKind
from interviewer.domain.rubric import Bank, Criterion, Kind, Question
from interviewer.domain.scoring import score
from interviewer.grading.disclosure import says_term
from interviewer.grading.lexical import LexicalGrader, overlap
from interviewer.text import tokenizer
from interviewer.text.glossary import glossary


def graded(question: Question, *answers: str) -> Grade:
    turns = (Turn(TurnKind.QUESTION, question.text.en), *(Turn(TurnKind.ANSWER, text) for text in answers))
    return LexicalGrader().grade(question, Attempt(question.id, 1, turns, is_closed=True))


def test_credit_comes_with_the_candidates_own_words() -> None:
    text = "嗯，推理的时候要关掉，否则结果是随机的。"
    grade = graded(DROPOUT, text)
    for criterion in ("off", "random"):
        verdict = grade.verdict(criterion)
        assert verdict.level is Level.MET
        assert verdict.evidence
        assert all(evidence.turn == 1 and evidence.quote in text for evidence in verdict.evidence)


def test_a_coverage_grade_is_an_estimate_and_says_who_gave_it() -> None:
    grade = graded(DROPOUT, "switched off")
    assert grade.is_estimate
    assert grade.provenance.method is Method.LEXICAL
    assert grade.provenance.rubric == DROPOUT.rubric.digest


@pytest.mark.parametrize("text", ["不会关掉", "it is never switched off", "it is not disabled at test time"])
def test_a_negated_claim_is_not_credited(text: str) -> None:
    assert graded(DROPOUT, text).verdict("off").level is Level.CONTRADICTED


def test_no_more_is_quoted_than_makes_the_claim() -> None:
    question = compile_question("缓存有什么好处？", "- 读取延迟更低。\n- 数据库的压力更小。")
    answer = "说到好处，我先举个例子。有了它，读取的延迟会更低，用户不用等；另外，数据库的压力也更小，不容易被打垮。"
    quotes = [[evidence.quote for evidence in verdict.evidence] for verdict in graded(question, answer).verdicts]
    assert quotes == [["读取的延迟会更低"], ["数据库的压力也更小"]]


@pytest.mark.parametrize(
    "answer, level",
    [
        ("非叶子节点只存键不存数据，所以一页能放更多的键。", Level.MET),
        ("非叶子节点只存键，不存数据，所以一页能放更多的键。", Level.MET),
    ],
)
def test_a_comma_makes_no_claim_its_contrary(answer: str, level: Level) -> None:
    reference = "- 非叶子节点只存键不存数据，一页能放更多的键，树更矮，IO 更少。\n- 叶子节点之间用链表连着。"
    question = compile_question("为什么 MySQL 用 B+ 树做索引？", reference)
    assert graded(question, answer).verdict("point-1").level is level


def test_a_blank_beside_latin_letters_makes_no_list_of_keywords() -> None:
    question = compile_question("输入网址之后发生什么？", "解析域名，建立连接，发送请求。")
    assert graded(question, "DNS 解析出 IP，建立 TCP 连接，发送 HTTP 请求。").flags == ()


def test_a_claim_is_not_held_against_an_answer_in_the_references_own_words() -> None:
    reference = "不可以使用！缓存只能用于读请求。缓存是读取过程中应用的一种优化技术。"
    question = compile_question("写请求是否需要使用缓存？", reference)
    levels = [verdict.level for verdict in graded(question, reference).verdicts]
    assert levels == [Level.MET] * len(question.criteria)


def test_a_mistake_is_found_and_subtracts() -> None:
    grade = graded(DROPOUT, "dropout stays on, predictions are random anyway")
    assert grade.verdict("on").level is Level.MET
    assert score(DROPOUT.rubric, grade.verdicts).value == 0


@pytest.mark.parametrize(
    "text, flag",
    [("...", Flag.BLANK), ("no idea", Flag.DONT_KNOW), ("dropout used at test time, used at test time", Flag.ECHO)],
)
def test_what_is_screened_earns_nothing(text: str, flag: Flag) -> None:
    grade = graded(DROPOUT, text)
    assert grade.flags == (flag,)
    assert score(DROPOUT.rubric, grade.verdicts).value == 0


TABLES = [
    (
        "缓存有哪几类问题？",
        (
            "| 问题 | 原因 | 办法 |\n| --- | --- | --- |\n| 缓存穿透 | 查询不存在的键 | 布隆过滤器 |\n"
            "| 缓存击穿 | 热点键过期 | 互斥锁 |\n| 缓存雪崩 | 大量键同时过期 | 随机过期时间 |"
        ),
    ),
    (
        "How do these structures compare?",
        (
            "| Structure | Lookup | Insertion at the front |\n|---|---|---|\n| Array | constant time | linear time |\n"
            "| Linked list | linear time | constant time |\n| Hash table | constant time on average | no order kept |"
        ),
    ),
]


@pytest.mark.parametrize("asked, table", TABLES)
def test_the_rows_of_a_table_say_something_of_their_things(asked: str, table: str) -> None:
    question = compile_question(asked, table)
    for answer in (table, f"可以列成一张表：\n\n{table}\n"):
        grade = graded(question, answer)
        assert grade.flags == ()
        assert score(question.rubric, grade.verdicts).low > 0.5


def test_keywords_between_bars_and_scrambled_cells_are_no_table() -> None:
    words = "缓存穿透 | 布隆过滤器 | 热点键 | 互斥锁 | 缓存雪崩 | 过期时间"
    heap = "lookup hash list array linked node pointer bucket key value index tree heap stack queue graph edge path"
    for answer in (words, f"|{words}|", f"| a | b |\n|---|---|\n| x | {heap} |"):
        assert graded(DROPOUT, answer).flags == (Flag.STUFFING,)


def test_a_heap_of_keywords_earns_nothing() -> None:
    grade = graded(DROPOUT, "dropout, random, switched off, train, test, eval, MC dropout")
    assert grade.flags == (Flag.STUFFING,)
    assert score(DROPOUT.rubric, grade.verdicts).value == 0


def test_all_groups_must_meet_in_neighbouring_sentences() -> None:
    two = Criterion(
        "c", both("小权重使梯度变小", "Small weights shrink gradients"), aliases=(("weights",), ("shrink",))
    )
    question = Question("q", both("为什么", "Why so?"), both("略", "Short"), (two,))
    assert graded(question, "The weights matter. They shrink it.").verdict("c").level is Level.MET
    apart = "The weights matter. Something else is said here. And then more of that. Some things shrink."
    assert graded(question, apart).verdict("c").level is Level.PARTIAL


def test_a_word_of_the_question_earns_nothing_by_itself() -> None:
    own = Criterion("c", both("用于测试", "used at test time"), aliases=(("test time",), ("ensemble",)))
    question = Question("q", DROPOUT.text, DROPOUT.reference, (own,))
    assert graded(question, "well, test time it is, I would say").verdict("c").level is Level.MISSING


def test_a_criterion_without_aliases_is_found_by_its_text() -> None:
    bare = Criterion("c", both("批归一化能加快训练收敛", "Batch normalisation speeds up convergence"))
    question = Question("q", both("说说 BN", "Tell me about BN"), both("略", "Short"), (bare,))
    assert graded(question, "批归一化可以加快训练的收敛。").verdict("c").level is Level.MET
    assert graded(question, "It is something about trees and forests.").verdict("c").level is Level.MISSING


def test_every_turn_counts_and_the_quote_names_its_turn() -> None:
    grade = graded(DROPOUT, "switched off", "because it would be random")
    assert [grade.verdict(c).evidence[0].turn for c in ("off", "random")] == [1, 2]


@pytest.mark.parametrize(
    "text, term",
    [
        ("能减小一点学习率", "减小…学习率"),
        ("减小学习率", "减小…学习率"),
        ("Stochastic Gradient-Descent", "gradient descent"),
    ],
)
def test_terms_are_found_in_real_speech(text: str, term: str) -> None:
    assert says_term(text, term)


def test_a_gap_does_not_reach_into_another_clause() -> None:
    assert not says_term("减小批量，调大学习率", "减小…学习率")


def test_the_shipped_references_meet_every_core_criterion_and_make_no_mistake(deep_learning: Bank) -> None:
    grader = LexicalGrader()
    for question in deep_learning.questions:
        for text in question.reference.both:
            levels = grader.covers(question, text)
            for criterion in question.criteria:
                if criterion.kind is Kind.CORE:
                    assert levels[criterion.id] is Level.MET, (question.id, criterion.id)
                if criterion.kind is Kind.MISTAKE:
                    assert levels[criterion.id] is Level.MISSING, (question.id, criterion.id)


def test_the_shipped_questions_earn_nothing_when_repeated(deep_learning: Bank) -> None:
    for question in deep_learning.questions:
        for text in question.text.both:
            assert score(question.rubric, graded(question, text).verdicts).value == 0, question.id


@pytest.mark.parametrize(
    "text",
    [
        "Either it is switched off at test time, or it is exactly the opposite and stays on.",
        "Switched off at test time. However, at test time it is really not switched off, whatever people say.",
    ],
)
def test_a_claim_that_is_hedged_or_spoken_against_is_not_credited(text: str) -> None:
    assert graded(DROPOUT, text).verdict("off").level is not Level.MET


def test_a_contrast_that_is_about_something_else_costs_nothing() -> None:
    text = "It is switched off at test time. However, the weights do not need to be scaled there."
    assert graded(DROPOUT, text).verdict("off").level is Level.MET


@pytest.mark.parametrize(
    "term, said", [("maximum", "the minimum"), ("encoder", "the decoder"), ("convex", "concave"), ("loss", "less")]
)
def test_another_word_is_no_slip(term: str, said: str) -> None:
    assert not says_term(said, term)


def levels(question: str, reference: str, answer: str) -> list[Level]:
    return list(LexicalGrader().covers(compile_question(question, reference), answer).values())


@pytest.mark.parametrize(
    "question, reference, answer",
    [
        ("Is the set of integers closed under division?", "No, it is not closed under division",
         "The set of integers is closed under multiplication but not under division."),
        ("Is division total?", "1 divided by 2 is not an integer", "1/2 is not an integer"),
        ("When?", "Validate the input before saving it", "Only after validating the input do we save it."),
        ("Why?", "An idle worker is no longer in an open pool", "The idle worker will no longer be kept in an open pool"),
        ("Why?", "Lists and maps are not shared between requests", "Neither lists nor maps are shared between requests."),
        ("Why?", "The cache is not in a shared segment", "The cache isnt in a shared segment so it cannot be corrupted."),
    ],
)  # fmt: skip
def test_right_answers_in_other_words_are_not_contradicted(question: str, reference: str, answer: str) -> None:
    assert Level.CONTRADICTED not in levels(question, reference, answer)
    assert Level.MET in levels(question, reference, answer)


@pytest.mark.parametrize(
    "reference, answer",
    [
        ("There is no random access", "random access is possible"),
        ("Writers hold the lock", "Writers do not hold the lock"),
        ("Requests are buffered in the proxy", "Requests arent buffered in the proxy"),
        ("索引会让写入变慢", "索引不会让写入变慢"),
    ],
)
def test_the_contrary_of_a_reference_is_contradicted(reference: str, answer: str) -> None:
    assert levels("Why?", reference, answer) == [Level.CONTRADICTED]


def without_examples(question: Question) -> Question:
    """The same question under an id for which no examples ship, so that its aliases count."""
    return replace(question, id="of-aliases-only")


def test_a_prefix_makes_another_word(deep_learning: Bank) -> None:
    answer = (
        "多个线性层叠加起来还是一个线性变换，网络再深也等价于一层，只能学到线性函数；"
        "加入ReLU这样的激活函数才能拟合复杂的非线性边界。"
    )
    found = LexicalGrader().covers(without_examples(deep_learning["nonlinearity"]), answer)
    assert (found["collapse"], found["limited-power"]) == (Level.MET, Level.MET)


def test_a_claim_of_what_is_not_of_a_kind_may_be_affirmed(deep_learning: Bank) -> None:
    found = LexicalGrader().covers(without_examples(deep_learning["vanishing-gradient-remedies"]), "可以用ReLU")
    assert found["activation"] is Level.MET


def test_short_words_with_another_letter_are_no_slips() -> None:
    for term, said in [
        ("tests", "the texts"),
        ("biased", "it is based on"),
        ("fails", "it falls"),
        ("minimax", "minimal cost"),
    ]:
        assert not says_term(said, term)


def test_a_claim_said_both_ways_earns_nothing() -> None:
    text = "It is switched off at test time. Then again, it is not switched off at test time."
    assert graded(DROPOUT, text).verdict("off").level is Level.CONTRADICTED


@pytest.mark.parametrize(
    "taken_back", ["No wait, that is wrong.", "On second thought, the opposite.", "不对，我说错了。"]
)
def test_a_claim_that_is_taken_back_earns_nothing(taken_back: str) -> None:
    assert graded(DROPOUT, f"It is switched off at test time. {taken_back}").verdict("off").level is Level.CONTRADICTED


@pytest.mark.parametrize("text", ["It is not true that it is switched off.", "并不是说推理的时候要关掉。"])
def test_a_claim_that_is_denied_as_a_whole_earns_nothing(text: str) -> None:
    assert graded(DROPOUT, text).verdict("off").level is Level.CONTRADICTED


def test_what_the_reference_itself_seems_to_deny_is_not_held_against_an_answer() -> None:
    claim = Criterion(
        "c", both("无需冻结权重", "The weights stay trainable"), aliases=(("freeze the weights", "冻结权重"),)
    )
    question = Question("q", both("怎样微调？", "How?"), both("不要冻结权重。", "Do not freeze the weights."), (claim,))
    assert graded(question, "I would not freeze the weights here.").verdict("c").level is Level.MET


def test_each_false_claim_lowers_what_is_said_beside_it() -> None:
    said = "it would be random"
    assert graded(DROPOUT, said).verdict("random").level is Level.MET
    assert graded(DROPOUT, f"It is never switched off, {said}").verdict("random").level is Level.PARTIAL


def test_a_quote_knows_its_place() -> None:
    text = "嗯，推理的时候要关掉，否则结果是随机的。"
    for verdict in graded(DROPOUT, text).verdicts:
        assert all(text[one.start : one.end] == one.quote for one in verdict.evidence)


def test_a_chinese_reference_takes_no_more_steps_than_an_english_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each claim is compared once with each clause; it took 86 ms an answer where words were compared with words."""

    def steps(reference: str, answer: str) -> float:
        question = compile_question("?", reference)
        counted = Counter[str]()
        original = overlap._said
        monkeypatch.setattr(overlap, "_said", lambda *args: (counted.update(["said"]), original(*args))[1])
        graded(question, answer)
        monkeypatch.setattr(overlap, "_said", original)
        bare = sum(len(c.text.both) for c in question.criteria if not c.aliases)
        clauses = len(tokenizer.clauses(answer)) + sum(len(tokenizer.clauses(t)) for t in question.reference.both)
        return counted["said"] / (bare * clauses)

    chinese = "缓存把常用的数据放在内存里，读取会更快，数据库压力更小。" * 8
    english = "A cache keeps hot data in memory, reads become faster, the database has less load. " * 8
    assert 0 < steps(chinese, chinese) <= 1
    assert 0 < steps(english, english) <= 1


REPEATED = [
    ">", "a_相当于…一个神经元 ", "a-", "the ", "不", "没有 ", "学习率", "learning rate ", "a.", "a\n", "。", "但", "no ", "<a>", "ignore ",
    "give ", '"', "。不", "x = ", "梯度消失，", "weights shrink gradients. ", "neither ", "等等,", "\u200b", "`", "```", "not true that ",
]  # fmt: skip


@pytest.mark.parametrize("unit", REPEATED)
def test_no_answer_takes_long(unit: str, deep_learning: Bank) -> None:
    """Time grows with the length alone: what took minutes takes 0.3 s; 5 s leave room for a slow machine."""
    text = (unit * 20_000)[:20_000]
    for question in deep_learning.questions[::8]:
        start = time.process_time()
        graded(question, text)
        assert time.process_time() - start < 5, question.id


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_no_mixture_of_terms_takes_long(deep_learning: Bank, data: st.DataObject) -> None:
    question = data.draw(st.sampled_from(deep_learning.questions))
    aliases = [alias for c in question.criteria for group in c.aliases for alias in group]
    units = data.draw(st.lists(st.sampled_from([*aliases, *REPEATED]), min_size=1, max_size=6))
    start = time.process_time()
    graded(question, ("".join(units) * 20_000)[:20_000])
    assert time.process_time() - start < 5


def test_what_is_so_without_a_thing_is_not_denied(deep_learning: Bank) -> None:
    """'Without' belongs to the words right after it, not to the statement that follows."""
    grade = graded(deep_learning["nonlinearity"], "Without it the layers collapse into one linear map.")
    assert grade.verdict("collapse").level is Level.MET


@pytest.mark.parametrize(
    ("answer", "claim"),
    [
        ("用 Redis 的 RDB 和 AOF。", "Redis 用 RDB 和 AOF 持久化"),
        ("用 ReLU 代替 sigmoid", "使用 ReLU 激活函数代替 sigmoid"),
    ],
)
def test_a_short_chinese_answer_full_of_latin_words_is_compared_as_chinese(answer: str, claim: str) -> None:
    assert overlap.claim_text(claim, (), glossary()).is_chinese
    assert overlap.claim_text(answer, (), glossary()).is_chinese
    assert not overlap.claim_text("The cache (缓存) keeps hot data in memory", (), glossary()).is_chinese
