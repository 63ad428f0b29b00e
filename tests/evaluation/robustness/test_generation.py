"""What is made of a bank: every attack on every question, in each of its languages."""

from collections import defaultdict
from pathlib import Path

import pytest
from fakes import BANK, DROPOUT
from graded_rows import written

from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Localized, Question
from interviewer.errors import BankError
from interviewer.evaluation.datasets import read_false_claims
from interviewer.evaluation.robustness.attack_report import tasks_of
from interviewer.evaluation.robustness.attacks import Family
from interviewer.evaluation.robustness.generation import attacks_on
from interviewer.settings import shipped

CLAIM = {
    "id": "a",
    "question_id": "dropout",
    "criterion": "off",
    "wording": "other words",
    "answer": "It stays on.",
    "lang": "en",
}


def test_every_question_is_attacked_in_every_way_in_both_languages(deep_learning: Bank) -> None:
    assert len(deep_learning.questions) >= 20
    attacks = attacks_on(deep_learning, read_false_claims(shipped("rubrics") / "deep-learning.swapped.jsonl"))
    made: dict[str, set[tuple[str, Language]]] = defaultdict(set)
    for attack in attacks:
        made[attack.name.partition(":")[0]].add(attack.place)
    everywhere = {(question.id, language) for question in deep_learning.questions for language in Language}
    sometimes = {"opposite word", "partners", "number", "opposite words in the reference", "traditional characters"}
    sometimes |= {"nearly the bank's words", "other words"}
    partly = {name for name, places in made.items() if places != everywhere and not name.startswith("without ")}
    assert partly <= sometimes
    assert len(made) > 70
    ids = [task.answer.id for task in tasks_of(attacks)]
    assert len(set(ids)) == len(ids)


def test_what_is_left_out_of_a_choice_leaves_too_little_of_it(deep_learning: Bank) -> None:
    made = {
        attack.name: attack
        for attack in attacks_on(deep_learning)
        if attack.place == ("vanishing-gradient-remedies", Language.EN) and attack.name.startswith("without ")
    }
    assert list(made) == ["without one of methods"]
    assert (
        deep_learning["vanishing-gradient-remedies"].rubric["activation"].text.en in made["without one of methods"].text
    )
    assert "initialization" not in made["without one of methods"].text


def test_attacks_are_made_from_a_bare_bank_too() -> None:
    """One question, one language, no aliases: what needs another question or another language is left out."""
    bare = Question(
        "q", Localized(en="Why shuffle?"), Localized(en="Batches are correlated otherwise."), DROPOUT.criteria[:1]
    )
    made = attacks_on(Bank("bare", Localized(en="Bare"), (bare,)))
    names = {attack.name for attack in made}
    assert {attack.language for attack in made} == {Language.EN}
    assert "another question's answer" not in names
    assert "the other language's reference" not in names
    assert {"blank", "keywords between commas", "denied", "typos"} <= names


def test_words_are_exchanged_only_beside_claims_that_were_made_false_by_hand(tmp_path: Path) -> None:
    assert not {Family.SWAPPED, Family.SWAPPED_BY_HAND} & {attack.family for attack in attacks_on(BANK)}
    by_hand = read_false_claims(written(tmp_path / "x.jsonl", CLAIM))
    both = attacks_on(BANK, by_hand)
    assert {Family.SWAPPED, Family.SWAPPED_BY_HAND} <= {attack.family for attack in both}
    assert (both[-1].name, both[-1].criterion, both[-1].language) == ("other words: off", "off", Language.EN)


@pytest.mark.parametrize(
    "change, cause",
    [
        ({"criterion": "of"}, "line 1: question dropout has no core criterion 'of'"),
        ({"question_id": "ghost"}, "line 1: bank small has no question 'ghost'"),
        ({"criterion": ""}, "line 1: criterion is missing"),
    ],
)
def test_a_false_claim_of_another_bank_is_an_error(tmp_path: Path, change: dict[str, str], cause: str) -> None:
    with pytest.raises(BankError) as error:
        attacks_on(BANK, read_false_claims(written(tmp_path / "x.jsonl", {**CLAIM, **change})))
    assert cause in str(error.value)
