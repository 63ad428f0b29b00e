import pytest

from interviewer.compiling import MOST_POINTS, compile_question, points_of
from interviewer.coverage import CoverageGrader
from interviewer.evaluation import attempt_of
from interviewer.grade import score


@pytest.mark.parametrize(
    "question, reference, points",
    [
        ("水果有哪些？", "水果有：苹果、香蕉和西瓜。", ["苹果", "香蕉", "西瓜"]),
        ("数据怎么编辑？", "主要是指属性编辑和图形编辑。", ["属性编辑", "图形编辑"]),
        ("为什么要打乱数据？", "（1）批次之间会相关（2）收敛会变慢。", ["批次之间会相关", "收敛会变慢"]),
        ("为什么要打乱数据？", "打乱数据：避免相关，加快收敛。", ["避免相关", "加快收敛"]),
    ],
)
def test_a_reference_is_cut_into_its_points(question: str, reference: str, points: list[str]) -> None:
    assert [point.text for point in points_of(question, reference)] == points


def test_what_the_question_says_is_no_point() -> None:
    texts = [
        point.text
        for point in points_of("Why shuffle the data?", "Shuffle the data. Batches are correlated otherwise.")
    ]
    assert "Shuffle the data" not in texts
    assert "Batches are correlated otherwise" in texts


def test_a_short_reference_counts_by_its_words_as_well() -> None:
    points = points_of("Why?", "Batches are correlated")
    assert [point.text for point in points] == ["Batches are correlated", "batches", "correlated"]
    assert [point.weight for point in points] == [1, 0.5, 0.5]


def test_an_ending_in_common_may_be_left_out() -> None:
    names = [point.names for point in points_of("有哪些？", "包括：安全性原则、及时性原则。")]
    assert names == [("安全性原则", "安全"), ("及时性原则", "及时")]


def test_there_is_a_limit_to_points_and_always_one() -> None:
    assert len(points_of("列出", "，".join(f"第{n}件事情甲乙" for n in range(40)))) <= MOST_POINTS
    assert points_of("same words", "same words")


def test_a_compiled_question_is_named_by_its_content_and_grades() -> None:
    question = compile_question("信息的特征有哪些？", "信息的特征：客观性、传递性、时效性、共享性、价值性、完整性。")
    assert question == compile_question(
        "信息的特征有哪些？", "信息的特征：客观性、传递性、时效性、共享性、价值性、完整性。"
    )

    def graded(text: str) -> float:
        return score(question.rubric, CoverageGrader().grade(question, attempt_of(question, text)).verdicts).low

    assert graded("客观性、传递性、时效性、共享性、价值性、完整性。") == 1
    assert graded("客观性、传递性、时效性。") == pytest.approx(0.5)
    assert graded("信息的特征有哪些？") == 0
