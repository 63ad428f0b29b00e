"""A question in two languages to be edited."""

from interviewer.domain.rubric import Criterion, Localized, Question


def question() -> Question:
    return Question(
        "hashing",
        Localized(zh="哈希表查找为什么快？", en="Why is lookup in a hash table fast?"),
        Localized(
            zh="哈希函数直接算出位置，平均只需常数时间。冲突要另外处理。", en="The hash gives the place at once."
        ),
        (
            Criterion(
                "place",
                Localized(zh="哈希函数算出位置，并且冲突要处理", en="The hash gives the place; collisions are handled"),
                weight=2,
                aliases=(("算出位置", "gives the place"), ("冲突", "collision")),
            ),
            Criterion(
                "constant", Localized(zh="平均常数时间", en="constant time on average"), hints=(Localized(en="?"),)
            ),
        ),
    )
