import json
from pathlib import Path

import pytest
from command_line import Terminal, run
from practice import bank_of, practise

from interviewer.banks.job_description.kept_job import keep_job, kept_job
from interviewer.domain.grade import Level
from interviewer.sessions.classes import list_classes, make_class
from interviewer.sessions.coach_notes import save_coach_note
from interviewer.sessions.store import Store
from interviewer.settings import read_settings

ANSWER = "Without an activation the layers collapse into one linear map.\n\n\n"


@pytest.fixture
def interview(terminal: Terminal) -> str:
    terminal.run("practise", "nonlinearity", lines=ANSWER)
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


def test_exports_hold_what_coaches_wrote(tmp_path: Path, terminal: Terminal) -> None:
    store = Store(read_settings().database)
    interview = practise(store, bank_of(1), ["q0"], Level.MET, "local")
    save_coach_note(store, interview, "coach", "Ms Li", "Say why it is a map.")
    for form in ("md", "html", "json"):
        written = terminal.run("export", interview, "--format", form)
        assert "Ms Li" in written
        assert "Say why it is a map." in written
    assert run("history", "export", str(tmp_path / "h.json")) == 0
    [kept] = json.loads((tmp_path / "h.json").read_text(encoding="utf-8"))["interviews"]
    assert [(one["by"], one["note"]) for one in kept["coach_notes"]] == [("Ms Li", "Say why it is a map.")]


def test_what_becomes_of_classes_is_said_before_a_coach_is_deleted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(read_settings().database)
    make_class(store, "coach", "Evening")
    assert run("admin", "delete", "coach", lines="n\n", monkeypatch=monkeypatch) == 1
    assert "Your classes (Evening) are deleted with their assignments" in capsys.readouterr().out
    assert list_classes(store, "coach")


def test_everything_is_backed_up_and_comes_back_after_it_was_forgotten(interview: str, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "b.zip")) == 0
    keep_job(read_settings().data_folder, "local", "Must know Adam", "I know Adam")
    assert run("forget", "local", "--yes") == 0
    assert kept_job(read_settings().data_folder, "local") is None
    assert Store(read_settings().database).interviews() == []
    assert run("restore", str(tmp_path / "b.zip")) == 1
    assert run("restore", str(tmp_path / "b.zip"), "--replace") == 0
    assert [one.id for one in Store(read_settings().database).interviews()] == [interview]


@pytest.mark.usefixtures("english")
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


@pytest.mark.usefixtures("english")
def test_interviews_are_searched(interview: str, terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    assert interview in terminal.run("interviews", "--find", "deep coach")
    assert run("interviews", "--find", "elephants") == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "no interview has all these words\n")
