import json
import shutil
from pathlib import Path

import pytest
from command_line import run
from job_model import QUESTION, serve_job_model
from model_server import model_server

from interviewer.banks.job_description.gap_questions import BANK_ID
from interviewer.settings import read_settings

DESCRIPTION = Path(__file__).parent.parent / "banks" / "job_description" / "descriptions" / "en.md"


def test_the_map_is_printed_with_words_questions_and_gaps(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("prepare", str(DESCRIPTION), "--language", "en") == 0
    shown = capsys.readouterr().out
    assert "You know when to use batch normalization" in shown
    assert "deep-learning/batchnorm-benefits" in shown
    assert "No question tests this." in shown
    assert "interviewer practise deep-learning/" in shown
    assert not (read_settings().data_folder / "jobs").exists()


def test_both_documents_are_kept_and_deleted_on_demand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    resume = tmp_path / "cv.md"
    resume.write_text("I built LSTM models.")
    assert run("prepare", "--language", "en") == 1
    assert "no job description" in capsys.readouterr().err
    assert run("prepare", str(DESCRIPTION), "--resume", str(resume), "--keep", "--json") == 0
    first = json.loads(capsys.readouterr().out)
    assert any(one["resume"] == "I built LSTM models." for one in first["requirements"])
    assert run("prepare", "--json") == 0
    assert json.loads(capsys.readouterr().out) == first
    assert run("prepare", "--forget", "--language", "en") == 0
    assert "are deleted" in capsys.readouterr().out
    assert run("prepare", "--forget", "--language", "en") == 0
    assert "nothing to delete" in capsys.readouterr().out


def test_a_model_gives_reasons_and_drafts_questions_for_the_gaps(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with model_server(serve_job_model) as models:
        monkeypatch.setenv("INTERVIEWER_BASE_URL", models.url)
        monkeypatch.setenv("INTERVIEWER_MODEL", "job-model")
        assert run("prepare", str(DESCRIPTION), "--language", "en", "--draft") == 0
    told = capsys.readouterr()
    assert "A good answer needs just that." in told.out
    assert QUESTION in told.err
    assert "drafted by job-model: 1" in told.err
    path = read_settings().import_folder / f"{BANK_ID}.yaml"
    assert "drafted_by: job-model\n    awaits_review: true" in path.read_text()
    assert run("practise", "how-does-consumer-group-kafka-divide-work") == 1
    shutil.rmtree(path.parent)


def test_drafts_need_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("prepare", str(DESCRIPTION), "--language", "en", "--draft") == 1
    assert "INTERVIEWER_BASE_URL" in capsys.readouterr().err
    assert run("prepare", "no-such-file.md") == 1
