"""Four lists in the styles that people write, imported and graded: a reference earns its question's points and no other's."""

from pathlib import Path

import pytest

from interviewer.banks.importing.builder import bank_of
from interviewer.banks.importing.parsers import read
from interviewer.domain.rubric import Kind, Question
from interviewer.domain.scoring import score
from interviewer.evaluation.runner import attempt_of
from interviewer.grading.lexical import LexicalGrader

LISTS = sorted((Path(__file__).parent / "styles").iterdir())


def graded(question: Question, answer: str) -> float:
    return score(question.rubric, LexicalGrader().grade(question, attempt_of(question, answer)).verdicts).low


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_a_reference_earns_the_points_of_its_own_question_alone(path: Path) -> None:
    questions = bank_of(read(path.name, path.read_bytes())).bank.questions
    assert len(questions) == 12
    own = [graded(question, question.reference.both[0]) for question in questions]
    others = [
        graded(question, other.reference.both[0])
        for question, other in zip(questions, (*questions[5:], *questions[:5]), strict=True)
    ]
    print(f"\n{path.name}: own {sum(own) / 12:.0%}, another's {sum(others) / 12:.0%}")
    assert sum(own) / 12 >= 0.9
    assert sum(others) / 12 <= 0.15


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_criteria_are_few_weighed_alike_and_say_something(path: Path) -> None:
    for question in bank_of(read(path.name, path.read_bytes())).bank.questions:
        weights = [criterion.weight for criterion in question.criteria]
        assert len(weights) <= 7
        assert max(weights) <= 3 * min(weights) + 0.02
        assert any(criterion.kind is Kind.CORE for criterion in question.criteria)
        for text in (criterion.text.both[0] for criterion in question.criteria):
            assert not any(
                sign in text
                for sign in ("http://", "https://", "经典", "喜欢问", "Great question", "article", "```", "**")
            )
