import pytest

from interviewer.grading.lexical.likeness import likeness
from interviewer.text import tokenizer


def share(claim: str, said: str, asked: str = "") -> float:
    return likeness(claim, tokenizer.clauses(said), tokenizer.fold(said), frozenset(tokenizer.words(asked)))[0]


def is_denied(claim: str, said: str) -> bool:
    return likeness(claim, tokenizer.clauses(said), tokenizer.fold(said), frozenset())[1]


@pytest.mark.parametrize(
    "claim, said",
    [
        ("用残差连接缓解梯度消失", "Residual connections alleviate the vanishing gradient"),
        ("Residual connections alleviate the vanishing gradient", "用残差连接缓解梯度弥散"),
        ("使用Xavier初始化", "Xavier initialization is used"),
    ],
)
def test_a_claim_is_found_in_the_other_language(claim: str, said: str) -> None:
    assert share(claim, said) >= 0.5


def test_terms_that_mean_the_same_are_the_same_within_a_language() -> None:
    claim = "梯度弥散使前面的层学不动"
    assert share(claim, "梯度消失使前面的层学不动") > share(claim, "鞍点使前面的层学不动")


def test_in_the_other_language_the_questions_terms_are_worth_nothing() -> None:
    claim, said = "反向传播时发生梯度消失", "there is a vanishing gradient in backpropagation"
    assert share(claim, said) >= 0.5
    assert share(claim, said, asked="反向传播时为什么发生梯度消失？") == 0


def test_one_term_of_a_claim_in_the_other_language_is_not_the_claim() -> None:
    assert share("梯度裁剪把过大的更新限制在某个上界之内", "gradient clipping") < 0.5
    assert share("梯度裁剪", "gradient clipping") == 1


def test_a_denial_is_heard_across_languages() -> None:
    assert is_denied("打乱数据加快收敛", "Shuffling does not speed up convergence")
    assert not is_denied("打乱数据加快收敛", "Shuffling does speed up convergence")
    assert not is_denied("用ReLU代替sigmoid", "Do not use sigmoid, use ReLU")


def test_chinese_characters_far_apart_are_no_claim() -> None:
    claim = "权重始终收敛到最佳点"
    scattered = "重要的是权衡：始于收入，终于敛财，来到的最终只一点佳绩。"
    assert share(claim, scattered) < 0.25
    assert share(claim, "不管怎样，权重始终收敛到最佳点。") >= 0.5


def test_a_word_said_both_plain_and_negated_denies_nothing() -> None:
    assert not is_denied("The lamp is connected", "It is not connected to the switch but the lamp is connected")
    assert is_denied("The lamp is connected", "The lamp is not connected")
    assert not is_denied("没有错纠能力", "可以进行错误校验，没有错纠能力")


def test_naming_more_than_the_claim_names_is_no_misnaming_but_naming_others_is() -> None:
    claim = "D是判别器"
    assert share(claim, "由D和G组成，D是判别器") > share(claim, "由A和G组成，A是判别器")


@pytest.mark.parametrize(
    "claim, same",
    [
        ("The valve is not closed", "The valve is open"),
        ("The valve is open", "The valve is not closed"),
        ("The pipes are separated", "The pipes are not connected"),
        ("The pipes no longer have the same pressure", "The pipes have a different pressure"),
        ("The two runs are in different modes", "The two runs are not in the same mode"),
        ("The list is unsorted", 'The list isn"t sorted'),
    ],
)
def test_what_is_not_the_one_is_its_contrary(claim: str, same: str) -> None:
    unrelated = "The weather was fine in spring"
    assert share(claim, same) >= 0.5 > share(claim, unrelated)
    assert not is_denied(claim, same)


@pytest.mark.parametrize(
    "claim, contrary",
    [
        ("The valve is not closed", "The valve is closed"),
        ("The valve is not closed", "The valve is not open"),
        ("The pipes are separated", "The pipes are connected"),
        ("The two runs are in different modes", "The two runs are in the same mode"),
        ("The list is sorted", "The list isn`t sorted"),
    ],
)
def test_the_contrary_of_a_claim_denies_it(claim: str, contrary: str) -> None:
    assert is_denied(claim, contrary)


def test_one_contrary_among_many_words_halves_what_is_said() -> None:
    claim = "The sorted list of open files is kept in the cache of each running worker process"
    turned = claim.replace("sorted", "unsorted")
    assert not is_denied(claim, turned)
    assert 0 < share(claim, turned) <= 0.6 * share(claim, claim)


def test_one_negation_that_is_heard_need_not_be_repeated() -> None:
    assert not is_denied("The loop has no closed path", "The path has a lamp in it and it is not closed")
    assert is_denied("The loop has no closed path", "The path has a lamp in it and it is closed")


def test_a_denial_of_something_else_denies_nothing() -> None:
    claim = "Lamps B and C are in the path"
    assert is_denied(claim, "Lamps B and C are not in the path")
    assert not is_denied(claim, "Lamp D is not in the path of B and C")


def test_a_pronoun_stands_for_what_was_asked_about() -> None:
    claim = "B and C are in one path"
    assert share(claim, "they are in one path") > share(claim, "there is one path")
    assert share(claim, "they are in one path") > share(claim, "D and they are in one path")


def test_chinese_that_points_the_other_way_is_said_by_half() -> None:
    claim = "提高模型容量能缓解欠拟合"
    assert share(claim, "降低模型容量能缓解欠拟合") <= 0.6 * share(claim, "提高模型的容量能缓解欠拟合")
    both = "节点存的键更多，树更矮，读盘更少"
    assert share(both, "节点存的键更多") == share(both, "节点存的键更多。")
    assert share(both, "节点存的键更多") >= 0.25
