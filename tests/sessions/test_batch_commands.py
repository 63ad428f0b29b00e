"""The commands by which answers are left to the workers, looked after and fetched."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from batch_workers import SERVER
from command_line import run
from graded_rows import written
from model_server import MODEL, Character, model_server

from interviewer import wiring
from interviewer.errors import StoreError
from interviewer.sessions import grading_batches
from interviewer.sessions.database import Database
from interviewer.settings import read_settings


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interviewer.sessions.job_worker._LOOK_SECONDS", 0.2)
    monkeypatch.setattr("interviewer.cli.grading._LOOK_SECONDS", 0.1)


@pytest.fixture
def model(postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Character]:
    """A model server, and settings by which commands and workers use it and the database."""
    character = Character()
    with model_server(character) as server:
        for name, value in {
            "DATABASE_URL": postgres_url,
            "BASE_URL": server.url,
            "MODEL": MODEL,
            "API_KEY": "sk-test",
        }.items():
            monkeypatch.setenv(f"INTERVIEWER_{name}", value)
        yield character


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Rows on the shipped bank, of three people, one of whom said nothing."""
    said = ["Dropout is switched off at test time.", "Batch statistics are not used then.", "  "]
    numbered = [
        {"id": f"r{n}", "candidate": f"c{n}", "question_id": f"q{n + 1:02}", "answer": text, "lang": "en"}
        for n, text in enumerate(said)
    ]
    return str(written(tmp_path / "rows.jsonl", *numbered))


def sent(file: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert run("grade", file, "--bank", "deep-learning", "--queue") == 0
    return capsys.readouterr().out.strip()


def test_what_workers_grade_is_what_the_command_itself_writes(
    model: Character, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = sent(file, capsys)
    written_by = {
        kind: [str(tmp_path / f"{kind}.{end}") for end in ("jsonl", "csv", "html")] for kind in ("direct", "q")
    }
    options = {kind: [part for path in paths for part in ("-o", path)] for kind, paths in written_by.items()}
    assert run("batch", "collect", batch, *options["q"]) == 1
    assert "3 of 3 answers still wait for a worker\n" in capsys.readouterr().err
    assert Path(written_by["q"][0]).read_text() == ""
    service = wiring.make_service(read_settings(), is_served=True)
    service.start_working(0.1)
    assert run("batch", "collect", batch, "--wait", *options["q"]) == 0
    service.close()
    asked = model.asked
    assert run("grade", file, "--bank", "deep-learning", "--grader", "llm", *options["direct"]) == 0
    for queued, direct in zip(written_by["q"][:2], written_by["direct"][:2], strict=True):
        assert Path(queued).read_bytes() == Path(direct).read_bytes()
    assert Path(written_by["q"][2]).read_text().count("r0") == Path(written_by["direct"][2]).read_text().count("r0")
    assert model.asked == 2 * asked
    capsys.readouterr()
    assert run("batch", "list") == 0
    told = capsys.readouterr().out
    assert f"{batch}  " in told
    assert "deep-learning" in told
    assert f"{MODEL} @ 127.0.0.1" in told
    assert "3 of 3 graded, 0 failed, 0 waiting" in told
    assert run("batch", "delete", batch, "--yes") == 0
    for command in ("collect", "delete"):
        assert run("batch", command, batch, *(["--yes"] if command == "delete" else [])) == 1
        assert f"there is no batch {batch}" in capsys.readouterr().err
    service.store.close()


@pytest.mark.usefixtures("english")
def test_failures_are_told_with_their_reason_and_tried_again_by_the_same_command(
    model: Character, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model.writes_prose = True
    batch = sent(file, capsys)
    service = wiring.make_service(read_settings(), is_served=True)
    service.start_working(0.1)
    output = tmp_path / "marks.jsonl"
    assert run("batch", "collect", batch, "--wait", "-o", str(output)) == 1
    assert "2 of 3 answers could not be graded" in capsys.readouterr().err
    told = [json.loads(line) for line in output.read_text().splitlines()]
    assert [bool(one["failure"]) for one in told] == [True, True, False]
    model.writes_prose = False
    assert sent(file, capsys) == batch
    assert run("batch", "collect", batch, "--wait", "-o", str(output)) == 0
    service.close()
    service.store.close()


def test_another_grader_that_is_waited_for_is_named_however_its_address_is_written(
    model: Character, file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = sent(file, capsys)
    url = read_settings().base_url.removesuffix("/v1")
    for written_as in (url, f"{url}/", f"{url}/v1/"):
        monkeypatch.setenv("INTERVIEWER_BASE_URL", written_as)
        assert sent(file, capsys) == batch
        assert run("batch", "collect", batch) == 1
        assert "3 of 3 answers still wait for a worker\n" in capsys.readouterr().err
    monkeypatch.setenv("INTERVIEWER_MODEL", "another")
    assert run("batch", "collect", batch) == 1
    told = capsys.readouterr().err
    assert "3 of 3 answers still wait for a worker with another grader" in told
    assert f"{MODEL} {url}/v1" in told
    assert sent(file, capsys) != batch


def test_who_waits_outlasts_a_database_that_is_away_for_a_moment_and_no_longer(
    model: Character, file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    batch, answers = sent(file, capsys), [StoreError("away"), True, StoreError("away"), False]

    def is_waiting(_: Database, asked_for: str) -> bool:
        assert asked_for == batch
        answer = answers.pop(0) if answers else StoreError("away for good")
        if isinstance(answer, StoreError):
            raise answer
        return answer

    monkeypatch.setattr(grading_batches, "is_waiting", is_waiting)
    monkeypatch.setattr("interviewer.cli.grading._MOST_FAILURES", 2)
    assert run("batch", "collect", batch, "--wait") == 1
    assert answers == []
    assert "3 of 3 answers still wait" in capsys.readouterr().err
    assert run("batch", "collect", batch, "--wait") == 1
    assert "away for good" in capsys.readouterr().err


def test_how_many_are_sent_is_told_and_none_are_refused(
    model: Character, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("grade", file, "--bank", "deep-learning", "--queue", "--limit", "2") == 0
    assert "2 of 2 answers are the workers' now" in capsys.readouterr().err
    assert run("grade", str(written(tmp_path / "none.jsonl")), "--bank", "deep-learning", "--queue") == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [("grade", "{file}", "--bank", "deep-learning", "--queue"), ("batch", "list"), ("batch", "collect", "x")],
)
def test_without_a_queue_it_is_said_in_one_line_what_is_missing(
    command: tuple[str, ...], file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INTERVIEWER_BASE_URL", SERVER)
    monkeypatch.setenv("INTERVIEWER_MODEL", "m")
    assert run(*(part.format(file=file) for part in command)) == 1
    said = capsys.readouterr().err
    assert "postgresql+psycopg://" in said
    assert "mock-interviewer[server]" in said
    assert len(said.splitlines()) == 1


def test_what_the_queue_does_not_do_is_refused(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    for option in (("-o", "marks.csv"), ("--save", "kept.jsonl"), ("--grader", "lexical")):
        assert run("grade", file, "--bank", "deep-learning", "--queue", *option) == 2
    assert run("grade", file, "--bank", "deep-learning", "--queue") == 1
    assert "no model to grade with" in capsys.readouterr().err
