from typing import Any

import pytest
from fakes import DROPOUT, both

from interviewer.banks.importing.rubric_from_reference import compile_question
from interviewer.domain.grade import Flag, Grade, Level, Method
from interviewer.domain.interview import Attempt, Saying, Turn
from interviewer.domain.rubric import Bank, Criterion, Kind, Question
from interviewer.domain.scoring import score
from interviewer.grading.lexical import LexicalGrader, claims, says_term


def graded(question: Question, *answers: str) -> Grade:
    turns = (Turn(Saying.QUESTION, question.text.en), *(Turn(Saying.ANSWER, text) for text in answers))
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
        ("非叶子节点存数据，所以树更高。", Level.CONTRADICTED),
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
        ("the vanishing of gradients", "vanishing gradients"),
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


@pytest.mark.parametrize("aliases", [(), (("index",), ("reading",))])
def test_one_exchanged_word_is_heard_with_aliases_and_without(aliases: tuple[tuple[str, ...], ...]) -> None:
    claim = Criterion("reads", both("索引让读取变快", "An index makes reading faster"), aliases=aliases)
    question = Question("index", both("为什么建索引", "Why would you add one?"), both("略", "Short"), (claim,))
    assert graded(question, "An index makes reading faster.").verdict("reads").level is Level.MET
    assert graded(question, "An index makes reading slower.").verdict("reads").level is Level.CONTRADICTED


@pytest.mark.parametrize(
    "term, said",
    [
        ("batch normalization", "batch normalizaton helps"),
        ("different features", "they learn differnt features"),
        ("regularization", "a form of regularizaton"),
        ("activation", "the next activaton"),
    ],
)
def test_a_slip_that_leads_the_stemmer_astray_hides_no_term(term: str, said: str) -> None:
    assert says_term(said, term)


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
        ("Is division total?", "No, it is not closed under division: 1 divided by 2 is not an integer.",
         "Integers are not closed under division."),
        ("Is the set of integers closed under division?", "No, it is not closed under division",
         "The set of integers is closed under multiplication but not under division."),
        ("Is division total?", "1 divided by 2 is not an integer", "1/2 is not an integer"),
        ("What is a primary key?", "it cannot be null", "It may never be null."),
        ("Mutable?", "A mutable object can be changed after it is created, an immutable one cannot",
         "An immutable object can't be modified once created, while a mutable one can."),
        ("Processes?", "Each process has its own address space",
         "Threads run in the same address space as the process, processes don't."),
        ("What about a linked list?", "There is no random access in a linked list", "It is slow since random access isn't possible"),
        ("Why?", "It needs no fixed schema", "A fixed schema is not needed, and it scales horizontally."),
        ("Why lock?", "Locks avoid race conditions between threads", "With locks there are no race conditions between threads."),
        ("GC?", "Memory that is no longer reachable is freed automatically", "Unreachable memory is automatically freed."),
        ("When?", "Validate the input before saving it", "Only after validating the input do we save it."),
        ("Why?", "An idle worker is no longer in an open pool", "The idle worker will no longer be kept in an open pool"),
        ("Why?", "Lists and maps are not shared between requests", "Neither lists nor maps are shared between requests."),
        ("Why?", "Lists and maps are not shared between requests", "Neither lists or maps are shared between requests."),
        ("Why?", "The cache is not in a shared segment", "The cache isnt in a shared segment so it cannot be corrupted."),
        ("Which?", "A small learning rate makes training slow", "A large learning rate makes training quick."),
        ("Which?", "A small learning rate makes training slow", "A large learning rate does not make training slow."),
        ("What does a 0 tell you about the connection between the server and the cache?",
         "the server and the cache are connected", "The server is connected to the cache."),
        ("线程？", "单线程避免了锁竞争", "单线程没有锁竞争"),
        ("为什么要非线性？", "没有非线性时，多层线性层叠起来仍等价于一层线性变换", "多个线性层叠加起来等价于一层线性变换"),
    ],
)  # fmt: skip
def test_right_answers_in_other_words_are_not_contradicted(question: str, reference: str, answer: str) -> None:
    assert Level.CONTRADICTED not in levels(question, reference, answer)
    assert Level.MET in levels(question, reference, answer)


@pytest.mark.parametrize(
    "reference, answer",
    [
        ("it cannot be null", "It can be null"),
        ("There is no random access", "random access is possible"),
        ("It needs no fixed schema", "It needs a fixed schema"),
        ("Locks avoid race conditions between threads", "Locks cause race conditions between threads"),
        ("Lists and maps are shared between requests", "Neither lists nor maps are shared between requests"),
        ("A small learning rate makes training slow", "A large learning rate makes training slow"),
        (
            "Processes have private memory and are slow to create",
            "Processes have public memory and are quick to create",
        ),
        ("Sessions B and C hold the same lock", "Sessions B and C do not hold the same lock"),
        ("Requests are buffered in the proxy", "Requests arent buffered in the proxy"),
    ],
)
def test_the_contrary_of_a_reference_is_contradicted(reference: str, answer: str) -> None:
    assert levels("Why?", reference, answer) == [Level.CONTRADICTED]


def test_the_contrary_of_what_was_asked_is_contradicted() -> None:
    asked = "Is the set of integers closed under division?"
    reference, answer = "No, it is not closed under division", "The set of integers is closed under division."
    assert levels(asked, reference, answer) == [Level.CONTRADICTED]


def test_a_denial_of_something_else_contradicts_nothing() -> None:
    said = "Session A does not hold the same lock as B and C"
    assert levels("Why?", "Sessions B and C hold the same lock", said) == [Level.PARTIAL]
    said = "Session A does not share each lock of session B."
    assert levels("Why?", "They share each lock", said) == [Level.PARTIAL]


def test_what_the_reference_itself_seems_to_deny_is_half_said_by_a_denial() -> None:
    reference = "Shard A is on a host that does not contain shards B and C. Shards B and C are contained on one host"
    found = levels("Where are the shards?", reference, "Shards B and C are contained on a host.")
    assert found[0] is Level.PARTIAL


def test_what_a_thing_is_is_not_said_by_saying_it_of_another_thing() -> None:
    reference = "进程是资源分配的基本单位，线程是 CPU 调度的基本单位"
    swapped = "线程是资源分配的基本单位，进程是 CPU 调度的基本单位。"
    assert levels("区别？", reference, swapped) == [Level.MISSING, Level.MISSING]
    assert levels("区别？", reference, f"{reference}。") == [Level.MET, Level.MET]


def test_a_prefix_makes_another_word(deep_learning: Bank) -> None:
    answer = (
        "多个线性层叠加起来还是一个线性变换，网络再深也等价于一层，只能学到线性函数；"
        "加入ReLU这样的激活函数才能拟合复杂的非线性边界。"
    )
    found = LexicalGrader().covers(deep_learning["nonlinearity"], answer)
    assert (found["collapse"], found["limited-power"]) == (Level.MET, Level.MET)


def test_a_claim_of_what_is_not_of_a_kind_may_be_affirmed(deep_learning: Bank) -> None:
    found = LexicalGrader().covers(deep_learning["vanishing-gradient-remedies"], "可以用ReLU")
    assert found["activation"] is Level.MET


def test_short_words_with_another_letter_are_no_slips() -> None:
    for term, said in [
        ("tests", "the texts"),
        ("biased", "it is based on"),
        ("fails", "it falls"),
        ("minimax", "minimal cost"),
    ]:
        assert not says_term(said, term)


def test_an_answer_of_a_thousand_clauses_is_narrowed_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    compare = claims.likeness

    def counted(*args: Any) -> tuple[float, bool]:
        nonlocal asked
        asked += 1
        return compare(*args)

    monkeypatch.setattr(claims, "likeness", counted)
    reference = "复合索引要遵守最左前缀原则"
    answer = "我觉得数据库里面的表很大的时候，查起来就会非常费劲，" * 500 + reference
    question = compile_question("为什么要建索引？", reference)
    verdict = graded(question, answer).verdict("point-1")
    assert verdict.level is Level.MET
    assert [evidence.quote for evidence in verdict.evidence] == [reference]
    assert asked < 100
