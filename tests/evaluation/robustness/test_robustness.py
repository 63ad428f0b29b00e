"""How the coverage grader stands up to the attacks that ship, on every shipped question in both languages."""

import json
from collections import defaultdict
from pathlib import Path

import pytest
from fakes import BANK, DROPOUT, GradeAs, grade
from model_server import MODEL, model_server
from test_cli import run as run_cli
from turned_by_hand import NEARLY, TURNED

from interviewer.domain.grade import Level
from interviewer.domain.rubric import Bank, Kind, Language, Localized, Question
from interviewer.evaluation.robustness import (
    Aim,
    Attack,
    Family,
    Resistance,
    attacks_on,
    resistance,
    rows_of,
    with_bases,
)
from interviewer.evaluation.robustness.turning import exchanged, recounted, turned
from interviewer.evaluation.runner import evaluate
from interviewer.grading.lexical import LexicalGrader
from interviewer.presentation.evaluation_report import resistance_to_text

# The largest share of a family that may succeed: pass, or for claims turned round, be credited at all.
MOST_SUCCESSES = {
    Family.EMPTY: 0.01,
    Family.INJECTION: 0.01,
    Family.PERSUASION: 0.01,
    Family.KEYWORDS: 0.10,
    Family.NEGATION: 0.10,
    # The estimate hears negations, and no contraries: a claim with one word exchanged sounds like the claim to it.
    Family.SWAP: 0.80,
}
MOST_MOVED = 0.1
MOST_DELETIONS_MISSED = 0.3
# False claims in the words of true ones are often believed; the bounds keep these shares from getting worse.
MOST_TURNED_BY_HAND = {"nearly the bank's words": (NEARLY, 0.65), "other words": (TURNED, 0.7)}


@pytest.fixture(scope="module")
def attacks(deep_learning: Bank) -> list[Attack]:
    assert len(deep_learning.questions) >= 20
    return attacks_on(deep_learning)


@pytest.fixture(scope="module")
def measured(attacks: list[Attack]) -> Resistance:
    run = evaluate(rows_of(attacks), [attack.question for attack in attacks], LexicalGrader())
    return resistance(attacks, run, grader="coverage", bank="deep-learning", rounds=50)


def test_every_question_is_attacked_in_every_way_in_both_languages(attacks: list[Attack], deep_learning: Bank) -> None:
    made: dict[str, set[tuple[str, Language]]] = defaultdict(set)
    for attack in attacks:
        made[attack.name.partition(":")[0]].add(attack.place)
    everywhere = {(question.id, language) for question in deep_learning.questions for language in Language}
    sometimes = {"opposite word", "partners", "number", "opposite words in the reference", "traditional characters"}
    partly = {name for name, places in made.items() if places != everywhere and not name.startswith("without ")}
    assert partly <= sometimes
    assert len(made) > 70
    ids = [row.id for row in rows_of(attacks)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("family", MOST_SUCCESSES)
def test_few_attacks_succeed(family: Family, measured: Resistance, capsys: pytest.CaptureFixture[str]) -> None:
    figures = measured.families[family]
    assert figures.success is not None
    with capsys.disabled():
        print(f"\n  {family}: {figures.success:.1%} of {figures.n} succeed, mean grade {figures.grade:.2f}")
        for name, single in measured.attacks[family].items():
            if single.success:
                print(f"    {name}: {single.success:.1%} of {single.n}")
    assert figures.success <= MOST_SUCCESSES[family]


def test_the_right_answer_to_another_question_does_not_pass(measured: Resistance) -> None:
    assert (measured.attacks[Family.EMPTY]["another question's answer"].success or 0) <= 0.01


def test_honest_guises_move_no_score(measured: Resistance, capsys: pytest.CaptureFixture[str]) -> None:
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


def test_what_is_made_worse_earns_less(measured: Resistance, capsys: pytest.CaptureFixture[str]) -> None:
    worse = {**measured.attacks[Family.NEGATION], **measured.attacks[Family.WORSENED]}
    with capsys.disabled():
        print()
        for name, figures in worse.items():
            print(f"    {name}: {figures.missed:.1%} of {figures.n} earn no less")
    assert (measured.families[Family.NEGATION].missed or 0) <= 0.05
    # Of a reference with words exchanged, much is still right; how much that should cost, nobody has labelled.
    assert all((worse[name].missed or 0) <= MOST_DELETIONS_MISSED for name in worse if "opposite" not in name)


@pytest.mark.parametrize("words", MOST_TURNED_BY_HAND)
def test_claims_turned_round_by_hand(words: str, deep_learning: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    claims, most = MOST_TURNED_BY_HAND[words]
    credited = [
        (question, criterion, text)
        for question, criterion, text in claims
        if LexicalGrader().covers(deep_learning[question], text)[criterion] in (Level.MET, Level.PARTIAL)
    ]
    with capsys.disabled():
        print(f"\n  turned round by hand in {words}, and credited: {len(credited)} of {len(claims)}")
        print("".join(f"    {question} {criterion}: {text}\n" for question, criterion, text in credited), end="")
    assert len(credited) / len(claims) <= most


def test_the_right_claims_are_credited(deep_learning: Bank) -> None:
    told = [
        LexicalGrader().covers(question, criterion.text.into(language))[criterion.id]
        for question in deep_learning.questions
        for language in Language
        for criterion in question.rubric.of(Kind.CORE)
    ]
    assert sum(level in (Level.MET, Level.PARTIAL) for level in told) / len(told) >= 0.94


@pytest.mark.parametrize(
    "claim, others",
    [
        ("训练时要关闭它", {"测试时要关闭它", "训练时要开启它"}),
        ("A CNN needs fewer weights than a dense net", {"a dense net needs fewer weights than A CNN", "A CNN needs more weights than a dense net"}),
        ("把噪声变成样本", {"把样本变成噪声"}),
        ("系数小于 1", {"系数大于 1", "系数小于 4"}),
        ("It is blue", set()),
    ],
)  # fmt: skip
def test_a_claim_is_turned_one_thing_at_a_time(claim: str, others: set[str]) -> None:
    assert {other for _, other in turned(claim)} == others


def test_partners_and_numbers_are_left_alone_where_there_are_none() -> None:
    assert exchanged("CNN 共享权重") == "CNN 共享权重"
    assert recounted("L2 and ResNet50") == "L2 and ResNet50"


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
    run = evaluate(rows_of(made), [attack.question for attack in made], generous)
    found = resistance(made, run, grader="generous", bank="small")
    assert all(found.families[family].success == 1 for family in MOST_SUCCESSES if family in found.families)
    assert found.families[Family.WORSENED].missed == 1
    assert found.families[Family.EMPTY].inflation == 1
    assert found.attacks[Family.PERSUASION]["pity"].inflation == 0
    assert found.families[Family.HONEST].moved == 0
    assert "says nothing".upper() in resistance_to_text(found)


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
    assert run_cli(*common, "--json") == 0
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
    assert run_cli(*common) == 0
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
        assert run_cli(*common, "--save", str(tmp_path / "kept.jsonl")) == 0
        plain = json.loads(capsys.readouterr().out)
        assert run_cli(*common, "--save", str(tmp_path / "kept.jsonl")) == 0
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
    assert run_cli("evaluate", *arguments) == 2
