"""How the coverage grader stands up to the attacks that ship, on every shipped question in both languages."""

import json
from pathlib import Path

import pytest
from command_line import run as run_command
from fakes import BANK, GradeAs, grade
from model_server import MODEL, model_server

from interviewer.domain.grade import Level
from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Kind
from interviewer.evaluation.datasets import read_false_claims
from interviewer.evaluation.robustness.attack_report import AttackReport, report_on_attacks, tasks_of, with_bases
from interviewer.evaluation.robustness.attacks import Aim, Family
from interviewer.evaluation.robustness.generation import attacks_on
from interviewer.evaluation.runner import grade_answers
from interviewer.grading.lexical import LexicalGrader
from interviewer.presentation.evaluation_report import attacks_to_text
from interviewer.settings import shipped

# The largest share of a family that may succeed: pass, or for claims turned round, be credited at all.
MOST_SUCCESSES = {
    Family.EMPTY: 0.01,
    Family.INJECTION: 0.01,
    Family.PERSUASION: 0.01,
    Family.KEYWORDS: 0.10,
    Family.NEGATION: 0.07,
    # The estimate knows no contraries: a claim with one word exchanged is very like the claim to it.
    Family.SWAPPED: 0.88,
}
MOST_MOVED = 0.1
MOST_DELETIONS_MISSED = 0.3
# The generated attacks exchange words that a grader may have in a list of its own. Whoever uses others is often believed:
# these shares, of claims that no rule was made for, say more of the grader, and the bounds keep them from getting worse.
MOST_SWAPPED_BY_HAND = {"nearly the bank's words": 0.7, "other words": 0.4}


@pytest.fixture(scope="module")
def measured(deep_learning: Bank) -> AttackReport:
    attacks = attacks_on(deep_learning, read_false_claims(shipped("rubrics") / "deep-learning.swapped.jsonl"))
    run = grade_answers(tasks_of(attacks), lambda _: LexicalGrader())
    return report_on_attacks(run, grader="lexical", bank="deep-learning", rounds=50)


@pytest.mark.parametrize("family", MOST_SUCCESSES)
def test_few_attacks_succeed(family: Family, measured: AttackReport, capsys: pytest.CaptureFixture[str]) -> None:
    figures = measured.families[family]
    assert figures.success is not None
    with capsys.disabled():
        print(f"\n  {family}: {figures.success:.1%} of {figures.n} succeed, mean grade {figures.grade:.2f}")
        for name, single in measured.attacks[family].items():
            if single.success:
                print(f"    {name}: {single.success:.1%} of {single.n}")
    assert figures.success <= MOST_SUCCESSES[family]


def test_the_right_answer_to_another_question_does_not_pass(measured: AttackReport) -> None:
    assert (measured.attacks[Family.EMPTY]["another question's answer"].success or 0) <= 0.01


def test_honest_guises_move_no_score(measured: AttackReport, capsys: pytest.CaptureFixture[str]) -> None:
    honest = measured.attacks[Family.HONEST]
    with capsys.disabled():
        print()
        for name, figures in honest.items():
            moved = "" if figures.moved is None else f", moved {figures.moved:.3f}"
            print(f"    {name}: mean grade {figures.grade:.2f}{moved}")
    assert all((figures.grade or 0) >= 0.9 for figures in honest.values())
    assert all(figures.moved is None or figures.moved <= MOST_MOVED for figures in honest.values())
    assert measured.drift is not None
    assert abs(measured.drift) <= 0.02


def test_what_is_made_worse_earns_less(measured: AttackReport, capsys: pytest.CaptureFixture[str]) -> None:
    worse = {**measured.attacks[Family.NEGATION], **measured.attacks[Family.WORSENED]}
    with capsys.disabled():
        print()
        for name, figures in worse.items():
            print(f"    {name}: {figures.missed:.1%} of {figures.n} earn no less")
    assert (measured.families[Family.NEGATION].missed or 0) <= 0.05
    # Of a reference with words exchanged, much is still right; how much that should cost, nobody has labelled.
    assert all((worse[name].missed or 0) <= MOST_DELETIONS_MISSED for name in worse if "opposite" not in name)


@pytest.mark.parametrize("wording", MOST_SWAPPED_BY_HAND)
def test_claims_made_false_by_hand(wording: str, measured: AttackReport, capsys: pytest.CaptureFixture[str]) -> None:
    figures = measured.attacks[Family.SWAPPED_BY_HAND][wording]
    assert figures.success is not None
    with capsys.disabled():
        print(f"\n  made false by hand in {wording}, and credited: {figures.success:.1%} of {figures.n}")
        print("".join(f"    {name}\n" for name in measured.successes if wording in name), end="")
    assert figures.success <= MOST_SWAPPED_BY_HAND[wording]


def test_the_right_claims_are_credited(deep_learning: Bank) -> None:
    told = [
        LexicalGrader().covers(question, criterion.text.into(language))[criterion.id]
        for question in deep_learning.questions
        for language in Language
        for criterion in question.rubric.of(Kind.CORE)
    ]
    assert sum(level in (Level.MET, Level.PARTIAL) for level in told) / len(told) >= 0.94


def test_the_figures_by_hand() -> None:
    """A grader that gives everything away: whatever must fail succeeds, and nothing that is made worse loses anything."""
    made = attacks_on(BANK)
    generous = GradeAs(
        lambda question, attempt: grade(
            attempt,
            question,
            **{c.id: Level.MISSING if c.kind is Kind.MISTAKE else Level.MET for c in question.criteria},
        )
    )
    run = grade_answers(tasks_of(made), lambda _: generous)
    found = report_on_attacks(run, grader="generous", bank="small")
    assert all(found.families[family].success == 1 for family in MOST_SUCCESSES if family in found.families)
    assert found.families[Family.WORSENED].missed == 1
    assert found.families[Family.EMPTY].inflation == 1
    assert found.attacks[Family.PERSUASION]["pity"].inflation == 0
    assert found.families[Family.HONEST].moved == 0
    assert "says nothing".upper() in attacks_to_text(found)


def test_a_drawn_attack_brings_what_it_is_held_against() -> None:
    made = attacks_on(BANK)
    pity = next(attack for attack in made if attack.name == "pity")
    drawn = with_bases([pity], made)
    assert [attack.name for attack in drawn] == ["pity", "a wrong answer"]
    assert all(attack.place == pity.place for attack in drawn)
    assert with_bases(drawn, made) == drawn
    assert Aim.FAIL in pity.aims


def test_the_command_prints_a_table_or_an_object_and_goes_on_from_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.jsonl"
    common = ("evaluate", "--attacks", "--bank", "deep-learning", "--limit", "40", "--seed", "2", "--save", str(kept))
    assert run_command(*common, "--json") == 0
    plain = json.loads(capsys.readouterr().out)
    assert {
        "grader",
        "provenance",
        "bank",
        "n",
        "questions",
        "ungraded",
        "drift",
        "families",
        "attacks",
        "pass",
    } <= set(plain)
    assert plain["n"] >= 40
    assert len(kept.read_text().splitlines()) == plain["n"]
    assert run_command(*common) == 0
    out = capsys.readouterr().out
    assert "made from" in out
    assert "answers/s" not in out  # nothing was graded again


def test_a_model_is_attacked_over_its_endpoint_and_nothing_is_asked_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    common = ("evaluate", "--attacks", "--bank", "deep-learning", "--grader", "llm", "--limit", "60", "--json")
    with model_server() as server:
        monkeypatch.setenv("INTERVIEWER_BASE_URL", server.url)
        monkeypatch.setenv("INTERVIEWER_MODEL", MODEL)
        assert run_command(*common, "--save", str(tmp_path / "kept.jsonl")) == 0
        plain = json.loads(capsys.readouterr().out)
        assert run_command(*common, "--save", str(tmp_path / "kept.jsonl")) == 0
        again = json.loads(capsys.readouterr().out)
    assert again["answers_per_second"] is None
    assert plain["grader"] == "llm"
    assert plain["ungraded"] == 0
    assert plain["families"] == again["families"]
    assert MODEL in plain["provenance"]


@pytest.mark.parametrize(
    "arguments",
    [("--attacks",), ("--attacks", "--bank", "deep-learning", "x.jsonl"), ("--attacks", "--bank", "b", "--threshold", "0.5"), ()],
)  # fmt: skip
def test_attacks_need_a_bank_and_nothing_else(arguments: tuple[str, ...]) -> None:
    assert run_command("evaluate", *arguments) == 2
