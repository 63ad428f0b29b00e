"""Which column of a table is the question, which the answer: the names that people give them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interviewer.banks.importing.parsers.option_columns import LETTERS

_NAMES = {
    "question": "question questions q 问题 问 题目 题干 面试题 提问 front 正面 prompt query stem 问题描述 questiontext term card",
    "answer": "answer answers a ans 答案 答 回答 解答 参考答案 标准答案 参考回答 back 背面 反面 reference referenceanswer "
    "modelanswer solution response completion output answertext definition",
    "topic": "topic topics category categories tag tags subject section chapter 主题 分类 类别 标签 章节 科目 类型 deck",
    "number": "number no num id # index 编号 序号 题号",
    "difficulty": "difficulty level 难度 难易 难度等级 complexity hardness",
    "options": "options choices 选项 备选项 候选项 备选答案",
    "explanation": "explanation explanations rationale 解析 答案解析 题目解析",
    "extra": "goodtohear goodtoknow nicetohave nicetohear bonus bonuspoints extra extras 加分项 加分 亮点 拓展 补充",
}
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split()}
_ROLES |= {
    f"{word}{mark}": f"option{letter}"
    for word in ("option", "choice", "opt", "选项")
    for number, letter in enumerate(LETTERS, 1)
    for mark in (letter.lower(), number)
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The places of the columns that are read, by their role, and how many columns there are."""

    places: Mapping[str, int]
    count: int = 2

    @classmethod
    def named(cls, header: Sequence[str], *, pair: bool = False) -> "Columns | None":
        """From the names in a header; None if no name there says question, or none says answer.

        `pair` takes the other one of two columns for the answer, whatever its name.
        """
        found = cls.of_keys(header)
        if found is None or "answer" in found.places or not pair:
            return found if found and ("answer" in found.places or pair) else None
        if len(header) == 2 and len(found.places) == 1:
            return cls({**found.places, "answer": 1 - found.places["question"]})
        return found

    @classmethod
    def of_keys(cls, names: Sequence[str]) -> "Columns | None":
        """From the keys of a JSON object, in their order; a question alone is a question without an answer."""
        places: dict[str, int] = {}
        bare = [name.strip().upper() for name in names]
        has_lettered = {"A", "B", "C"} <= set(bare)
        for place, name in enumerate(names):
            if role := f"option{bare[place]}" if has_lettered and bare[place] in LETTERS else role_of(name):
                places.setdefault(role, place)
        if "answer" not in places and "explanation" in places:
            places["answer"] = places.pop("explanation")
        return cls(places, len(names)) if "question" in places else None

    def of(self, cells: Sequence[str]) -> dict[str, str]:
        """The texts of a row by their role."""
        return {role: cells[place].strip() for role, place in self.places.items() if place < len(cells)}


def role_of(name: str) -> str:
    """What a column of this name holds: `Reference_Answer ` is an answer; nothing for one that is not read."""
    return _ROLES.get("".join(char for char in name.strip().lower() if char.isalnum() or char == "#"), "")
