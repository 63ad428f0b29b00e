import pytest

from interviewer import tokens
from interviewer.coverage.likeness import likeness


def share(claim: str, said: str, asked: str = "") -> float:
    return likeness(claim, tokens.clauses(said), tokens.fold(said), frozenset(tokens.words(asked)))[0]


def is_denied(claim: str, said: str) -> bool:
    return likeness(claim, tokens.clauses(said), tokens.fold(said), frozenset())[1]


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
