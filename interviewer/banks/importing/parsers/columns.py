"""Which column of a table is the question, which the answer: the names that people give them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_QUESTION = frozenset(
    "question questions q 问题 问 题目 题干 面试题 提问 front 正面 prompt query stem 问题描述 questiontext".split()
)
_ANSWER = frozenset(
    "answer answers a ans 答案 答 回答 解答 参考答案 标准答案 参考回答 back 背面 反面 reference referenceanswer modelanswer "
    "solution response completion output answertext".split()
)
_TOPIC = frozenset(
    "topic topics category categories tag tags subject section chapter 主题 分类 类别 标签 章节 科目 类型".split()
)
_NUMBER = frozenset("number no num id # index 编号 序号 题号".split())


@dataclass(frozen=True, slots=True)
class Columns:
    """The places of the columns that are read, and how many there are."""

    question: int
    answer: int | None
    topic: int | None = None
    number: int | None = None
    count: int = 2

    @classmethod
    def named(cls, header: Sequence[str], *, pair: bool = False) -> "Columns | None":
        """From the names in a header; None if no name there says question, or none says answer.

        `pair` takes the other one of two columns for the answer, whatever its name.
        """
        names = [plain_name(cell) for cell in header]
        question = _first(names, _QUESTION)
        answer = _first(names, _ANSWER)
        if question is None or (answer is None and not pair):
            return None
        if answer is None and len(names) == 2 and names[1 - question] not in _TOPIC | _NUMBER:
            answer = 1 - question
        return cls(question, answer, _first(names, _TOPIC), _first(names, _NUMBER), len(names))

    @classmethod
    def of_keys(cls, record: Mapping[str, object]) -> "Columns | None":
        """From the keys of a JSON object, in their order; a question alone is a question without an answer."""
        names = [plain_name(key) for key in record]
        question = _first(names, _QUESTION)
        if question is None:
            return None
        return cls(question, _first(names, _ANSWER), _first(names, _TOPIC), _first(names, _NUMBER), len(names))

    @staticmethod
    def is_read(name: str) -> bool:
        return plain_name(name) in _QUESTION | _ANSWER | _TOPIC | _NUMBER

    @staticmethod
    def is_topic(name: str) -> bool:
        return plain_name(name) in _TOPIC

    def of(self, cells: Sequence[str]) -> tuple[str, str, str, str]:
        """Question, answer, topic and number of a row."""
        question, answer, topic, number = (
            cells[place].strip() if place is not None and place < len(cells) else ""
            for place in (self.question, self.answer, self.topic, self.number)
        )
        return question, answer, topic, number

    @property
    def read(self) -> int:
        return sum(place is not None for place in (self.question, self.answer, self.topic, self.number))


def plain_name(name: str) -> str:
    """`Reference_Answer ` is `referenceanswer`."""
    return "".join(char for char in name.strip().lower() if char.isalnum() or char == "#")


def _first(names: Sequence[str], wanted: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(names) if name in wanted), None)
