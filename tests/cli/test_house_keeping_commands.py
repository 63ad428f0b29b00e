from pathlib import Path

import pytest
from command_line import run

from interviewer.banks.job_description.kept_job import keep_job, kept_job
from interviewer.sessions.store import Store
from interviewer.settings import read_settings

ANSWER = "Without an activation the layers collapse into one linear map.\n\n\n"


@pytest.fixture
def interview(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    run("practise", "nonlinearity", lines=ANSWER, monkeypatch=monkeypatch)
    capsys.readouterr()
    return Store(read_settings().database).interviews()[0].id


def test_an_interview_is_renamed_exported_deleted_and_imported(
    interview: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("rename", interview, "My first") == 0
    assert run("history", "export", str(tmp_path / "h.json")) == 0
    assert run("delete", interview, lines="n\n", monkeypatch=monkeypatch) == 1
    assert run("delete", interview, "--yes") == 0
    assert run("delete", interview, "--yes") == 1
    assert run("history", "import", str(tmp_path / "h.json")) == 0
    assert "1 interviews were added" in capsys.readouterr().out
    assert Store(read_settings().database).title_of(interview) == "My first"
    assert run("history", "import") == 2


def test_everything_is_backed_up_and_comes_back_after_it_was_forgotten(interview: str, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "b.zip")) == 0
    keep_job(read_settings().data_folder, "local", "Must know Adam", "I know Adam")
    assert run("forget", "local", "--yes") == 0
    assert kept_job(read_settings().data_folder, "local") is None
    assert Store(read_settings().database).interviews() == []
    assert run("restore", str(tmp_path / "b.zip")) == 1
    assert run("restore", str(tmp_path / "b.zip"), "--replace") == 0
    assert [one.id for one in Store(read_settings().database).interviews()] == [interview]


def test_a_bank_of_ones_own_is_deleted_after_a_question(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "stacks.md"
    notes.write_text("## What is a stack?\n\nAnswer: It gives back first what was put in last.\n", encoding="utf-8")
    assert run("import", str(notes)) == 0
    assert run("delete", "--bank", "stacks", lines="n\n", monkeypatch=monkeypatch) == 1
    assert run("delete", "--bank", "stacks", lines="y\n", monkeypatch=monkeypatch) == 0
    assert "the bank stacks was deleted" in capsys.readouterr().out
    assert run("delete", "--bank", "stacks", "--yes") == 1
    assert run("delete", "--bank", "deep-learning", "--yes") == 1
    assert "shipped" in capsys.readouterr().err


def test_interviews_are_searched(interview: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("interviews", "--find", "deep coach") == 0
    assert interview in capsys.readouterr().out
    assert run("interviews", "--find", "elephants") == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "no interview has all these words\n")
