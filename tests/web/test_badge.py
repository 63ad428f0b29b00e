"""What stands beside a score says how well its grader is known to agree with labels, or that nobody has measured it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from fakes import BANK

from interviewer.domain.grade import Grade, Method, Provenance
from interviewer.domain.interview import Begun, Plan, begin
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank
from interviewer.errors import BankError
from interviewer.evaluation.measurements import Measurement, rubrics_digest
from interviewer.evaluation.runner import attempt_of
from interviewer.grading import CallShape
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm.endpoints import Endpoint
from interviewer.sessions.grader_choice import GraderChoice, GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.interview_plan import QuestionName, make_named_plan
from interviewer.sessions.serialization import history_from_json, history_to_json
from interviewer.web.badge import Badges

ENDPOINT = Endpoint("http://127.0.0.1:9/v1", "qwen")
BY_MODEL = Provenance(Method.MODEL, "llm-1", "r", "p", "qwen", ENDPOINT.host, "one_call")


@pytest.fixture
def models() -> GraderRegistry:
    return GraderRegistry(GraderOptions(), lambda _: pytest.fail("no model is asked"), 1)


@pytest.fixture
def estimate(deep_learning: Bank) -> Grade:
    question = deep_learning.questions[0]
    return LexicalGrader().grade(question, attempt_of(question, "没有激活函数，多层线性叠加还是线性。"))


NOT_MEASURED = "Estimate, offline grader: not measured on this question bank with unseen answers."


def said(badges: Badges, bank: Bank, grade: Grade, language: Language = Language.EN) -> str:
    return badges.on(begin(Begun(bank, Plan((bank.questions[0].id,)))), language)(grade)


def test_a_measured_grader_has_its_figures_beside_the_score(
    models: GraderRegistry, deep_learning: Bank, estimate: Grade
) -> None:
    key = estimate.provenance.signature, rubrics_digest(deep_learning)
    badges = Badges(models, lambda: {key: Measurement(*key, 300, 0.99, 0.79, 0.9, "model", 0.8454, 120)})
    assert said(badges, deep_learning, estimate) == (
        "Estimate, offline grader: on answers that its makers had not seen, it agreed with labels r = 0.85 "
        "(n = 120, labels by a language model)."
    )
    assert "r = 0.85" in said(badges, deep_learning, estimate, Language.ZH)
    other = replace(deep_learning, questions=deep_learning.questions[:3])
    assert said(badges, other, estimate) == NOT_MEASURED


def test_figures_of_answers_that_the_makers_knew_are_not_shown(
    models: GraderRegistry, deep_learning: Bank, estimate: Grade
) -> None:
    key = estimate.provenance.signature, rubrics_digest(deep_learning)
    badges = Badges(models, lambda: {key: Measurement(*key, 300, 0.8454, 0.79, 0.9, "model")})
    assert said(badges, deep_learning, estimate) == NOT_MEASURED


def test_a_model_is_unmeasured_until_it_was_tested(
    models: GraderRegistry, deep_learning: Bank, estimate: Grade
) -> None:
    grade = replace(estimate, provenance=BY_MODEL)
    badges = Badges(models, dict)
    assert said(badges, deep_learning, grade).endswith("Run the test in the Grader tab.")
    choice = GraderChoice(ENDPOINT, CallShape.ONE_CALL)
    models.remember(choice, SimpleNamespace(host=ENDPOINT.host, is_healthy=False, was_reached=True))
    assert said(badges, deep_learning, grade).endswith("It did not pass the test in the Grader tab.")
    models.remember(choice, SimpleNamespace(host=ENDPOINT.host, is_healthy=True, was_reached=True))
    assert said(badges, deep_learning, grade).endswith("It passed the test in the Grader tab.")
    in_other_shape = replace(grade, provenance=replace(BY_MODEL, shape="per_criterion"))
    assert said(badges, deep_learning, in_other_shape).endswith("Run the test in the Grader tab.")


def test_a_measured_model_is_known_by_all_of_its_provenance(
    models: GraderRegistry, deep_learning: Bank, estimate: Grade
) -> None:
    key = BY_MODEL.signature, rubrics_digest(deep_learning)
    badges = Badges(models, lambda: {key: Measurement(*key, 120, 0.91, None, None, "", 0.91, 120)})
    grade = replace(estimate, provenance=BY_MODEL)
    assert said(badges, deep_learning, grade).endswith("r = 0.91 (n = 120, labels of unknown origin).")
    assert "not measured" in said(badges, deep_learning, replace(grade, provenance=replace(BY_MODEL, prompt="q")))


def test_a_damaged_file_of_measurements_keeps_no_card_from_being_shown(
    models: GraderRegistry, deep_learning: Bank, estimate: Grade
) -> None:
    def damaged() -> dict[tuple[str, str], Measurement]:
        raise BankError("measured.jsonl", "line 1", "is no measurement")

    assert "not measured" in said(Badges(models, damaged), deep_learning, estimate)


def test_questions_of_several_banks_have_the_figures_of_their_own_bank(
    models: GraderRegistry, deep_learning: Bank, estimate: Grade
) -> None:
    key = estimate.provenance.signature, rubrics_digest(deep_learning)
    known = {key: Measurement(*key, 300, 0.99, 0.79, 0.9, "model", 0.8454, 120)}
    asked = QuestionName(deep_learning.id, deep_learning.questions[0].id)
    mixed = begin(make_named_plan([deep_learning, BANK], [asked, QuestionName(BANK.id, "dropout")]))
    badges = Badges(models, lambda: known, lambda: [deep_learning, BANK])
    assert "r = 0.85" in badges.on(mixed, Language.EN)(estimate)
    assert badges.is_measured(mixed)(estimate)
    dropout = LexicalGrader().grade(BANK["dropout"], attempt_of(BANK["dropout"], "It is off."))
    assert not badges.is_measured(mixed)(dropout)
    changed = replace(deep_learning.questions[0], reference=BANK.title)
    later = replace(deep_learning, questions=(changed, *deep_learning.questions[1:]))
    assert not Badges(models, lambda: known, lambda: [later, BANK]).is_measured(mixed)(estimate)


def test_an_interview_that_was_written_out_and_read_back_keeps_its_figures(
    models: GraderRegistry, deep_learning: Bank, estimate: Grade
) -> None:
    key = estimate.provenance.signature, rubrics_digest(deep_learning)
    known = {key: Measurement(*key, 300, 0.99, 0.79, 0.9, "model", 0.8454, 120)}
    written = history_to_json([(Begun(deep_learning, Plan((deep_learning.questions[0].id,))), "2026-01-01")], {})
    read = begin(history_from_json(written)[0][0])
    assert Badges(models, lambda: known, lambda: [deep_learning]).is_measured(read)(estimate)
    assert not Badges(models, lambda: known).is_measured(read)(estimate)
