"""What a grader check found out is known after a restart, for the model at that address alone."""

from pathlib import Path

import pytest
from command_line import run
from misbehaving import Exchange
from model_server import MODEL, STRICT, Character, model_server

from interviewer.evaluation import grader_check
from interviewer.evaluation.canned_answers import CannedAnswer
from interviewer.evaluation.grader_check import GraderCheck
from interviewer.evaluation.kept_checks import KeptChecks
from interviewer.grading import CallShape, LLMGrader
from interviewer.settings import read_settings
from interviewer.wiring import make_grader_registry

ONE = CallShape.ONE_CALL


def remarks_of(url: str, model: str = MODEL, **more: str) -> bool:
    """Whether a program that starts now asks this model for remarks."""
    models = make_grader_registry(read_settings(base_url=url, model=model, **more))
    grader = models.grader_of(models.options.default)
    assert isinstance(grader, LLMGrader)
    return grader.remarks


def test_a_model_found_too_slow_is_asked_for_no_remarks_after_a_restart_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grader_check, "_SLOW", 0.05)
    with model_server(Character(pause=0.06)) as server, model_server() as other:
        assert remarks_of(server.url)
        assert run("doctor", "--base-url", server.url, "--model", MODEL) == 1
        assert not remarks_of(server.url)
        assert remarks_of(other.url)  # another address may be another machine
        assert remarks_of(server.url, STRICT)
        assert remarks_of(server.url, call_shape="per_criterion")


def test_checks_are_kept_whole_and_seen_by_other_processes(tmp_path: Path) -> None:
    mine, theirs = (KeptChecks(tmp_path / "checks.json") for _ in range(2))
    lost = grader_check.CheckFinding("reachable", False, grader_check._verbatim("no"))
    check = GraderCheck("m", "here", (grader_check.CannedResult(CannedAnswer.HALF, None, 1.5, 0),), (lost,))
    assert len(theirs) == 0
    mine["http://here/v1", "m", ONE] = check
    assert dict(theirs) == {("http://here/v1", "m", ONE): check}
    theirs["http://here/v1", "n", ONE] = check
    del mine["http://here/v1", "m", ONE]
    assert list(theirs) == [("http://here/v1", "n", ONE)]
    for number in range(150):
        mine["http://here/v1", f"m{number}", ONE] = check
    assert len(theirs) == 100
    assert ("http://here/v1", "m149", ONE) in theirs


def test_a_damaged_or_unwritable_file_costs_another_check_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "checks.json"
    path.write_text("{")
    kept = KeptChecks(path)
    assert not kept
    result = grader_check.CannedResult(CannedAnswer.HALF, 0.5, 1.5, 0)
    kept["http://here/v1", "m", ONE] = GraderCheck("m", "here", (result,), ())
    assert len(KeptChecks(path)) == 1
    nowhere = KeptChecks(tmp_path / "not" / "there.json")
    nowhere["http://here/v1", "m", ONE] = GraderCheck("m", "here", (), ())
    assert len(nowhere) == 1  # for as long as the program runs


def test_a_check_whose_server_was_away_is_no_verdict_on_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    class Leaving(Character):
        def __call__(self, exchange: Exchange) -> None:
            if exchange.number > self.left:
                exchange.reset()
            else:
                super().__call__(exchange)

    character = Leaving()
    character.left = 10_000
    with model_server(character) as server:
        assert run("doctor", "--base-url", server.url, "--model", MODEL) == 0
        [kept] = KeptChecks(read_settings().data_dir / "grader_checks.json").values()
        character.left = len(server.exchanges) + 12  # it goes away between two of the answers
        assert run("doctor", "--base-url", server.url, "--model", MODEL) == 1
    assert run("doctor", "--base-url", server.url, "--model", MODEL) == 1  # and is not there at all
    assert "BAD" in capsys.readouterr().out
    assert list(KeptChecks(read_settings().data_dir / "grader_checks.json").values()) == [kept]
    assert kept.is_healthy
