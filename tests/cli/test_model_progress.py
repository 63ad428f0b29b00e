"""Commands that wait for a model say what it does, and are stopped at once."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import run
from fakes import begun
from misbehaving import serving
from model_server import MODEL, Character, model_server
from throttled_server import Throttled, throttled_server

from interviewer import wiring
from interviewer.cli.model_progress import StatusLine, wait_for_model
from interviewer.domain.grade import Level, Ruling
from interviewer.domain.language import Language
from interviewer.llm.model_call import CallPhase, CallProgress, current_call
from interviewer.settings import read_settings

ANSWER = "Without an activation the layers collapse into one linear map."


def started(url: str, *arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "INTERVIEWER_BASE_URL": url, "INTERVIEWER_MODEL": MODEL, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "interviewer", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command,
        env=environment,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        # Where the tests run in the background Ctrl-C is ignored, and so it would be here.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no thread of ours is in it
    )


def interrupted_twice(process: "subprocess.Popen[str]") -> tuple[float, str, str]:
    """Seconds until it ended, and what it said."""
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return time.monotonic() - begun, out, err


def until_asked(server: object, count: int = 1, process: "subprocess.Popen[str] | None" = None) -> None:
    for _ in range(1200):
        assert process is None or process.poll() is None, process.communicate()
        asked = [one for one in server.exchanges if one.path.endswith("/chat/completions")]  # type: ignore[attr-defined]
        if len(asked) >= count:
            time.sleep(0.3)
            return
        time.sleep(0.05)
    raise AssertionError("the model was never asked")


def test_verdicts_are_printed_as_they_come_and_not_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INTERVIEWER_MODEL", MODEL)
    with model_server(Character(pause=1.5, pieces=12)) as server:
        monkeypatch.setenv("INTERVIEWER_BASE_URL", server.url)
        said = f"{ANSWER}\n\n\n"
        assert run("chat", "--language", "en", "--count", "1", lines=said, monkeypatch=monkeypatch) == 0
    told = capsys.readouterr()
    assert "The model reads the answer · " in told.err
    assert "The model writes · " in told.err
    card = told.out.split("To export")[0].split("Result")[0]
    first_verdict, score = card.index("✓"), card.index("/ 100")
    assert first_verdict < score
    lines = [line for line in card.splitlines() if line.startswith("  ✓")]
    assert len(lines) == len(set(lines))


def test_ctrl_c_twice_while_a_model_grades_ends_at_once_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with throttled_server(Throttled(first=40)) as server:
        process = started(server.url, "chat", "--language", "en", "--count", "1")
        assert process.stdin
        process.stdin.write(f"{ANSWER}\n\n")
        process.stdin.flush()
        until_asked(server)
        seconds, out, err = interrupted_twice(process)
    assert seconds < 5
    assert "Traceback" not in out + err
    assert "KeyboardInterrupt" not in out + err
    [line] = [line for line in out.splitlines() if "--resume" in line]
    assert line.startswith("Everything you said is recorded. To go on: interviewer chat --resume ")
    name = line.rpartition(" ")[2]
    attempt = wiring.make_service(read_settings()).resume(name, None).interview().current
    assert [text for _, text in attempt.answers] == [ANSWER]
    assert attempt.awaits_grade  # not failed, and no zero
    monkeypatch.setenv("INTERVIEWER_MODEL", MODEL)
    with model_server() as server:
        monkeypatch.setenv("INTERVIEWER_BASE_URL", server.url)
        assert run("chat", "--language", "en", "--resume", name, lines="\n", monkeypatch=monkeypatch) == 0
    assert "/ 100" in capsys.readouterr().out


def test_a_run_that_is_stopped_ends_at_once_keeps_its_grades_and_says_how_to_go_on(tmp_path: Path) -> None:
    rows = [{"question_id": "nonlinearity", "answer": f"{ANSWER} {number}"} for number in range(3)]
    source = tmp_path / "answers.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    character = Throttled(tokens_per_second=1e6, first=0.01)
    with throttled_server(character) as server:
        kept = tmp_path / "kept.jsonl"
        arguments = ("grade", str(source), "--bank", "deep-learning", "--grader", "llm", "--save", str(kept))
        process = started(server.url, *arguments)
        for _ in range(3000):
            if kept.exists() and kept.read_text().count("\n") >= 1:
                break
            character.first = 40  # all but the first are slow
            if len(character.tokens) == 0:
                character.first = 0.01
            time.sleep(0.02)
        until_asked(server, 2)
        seconds, out, err = interrupted_twice(process)
    assert seconds < 5
    assert process.returncode == 130
    assert "Traceback" not in out + err
    assert f"stopped: what was graded is kept in {kept}, and the same command goes on from there" in err
    assert kept.read_text().count("\n") >= 1


@pytest.mark.usefixtures("english")
def test_ranges_are_counted_apart_from_failures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Unsure(Character):
        def _grades(self, exchange: object) -> str:
            reply = json.loads(super()._grades(exchange))  # type: ignore[arg-type]
            if reply.get("verdicts"):
                reply["verdicts"][0]["verdict"] = "perhaps"
            return json.dumps(reply)

    source = tmp_path / "answers.jsonl"
    source.write_text(json.dumps({"question_id": "nonlinearity", "answer": ANSWER}) + "\n")
    monkeypatch.setenv("INTERVIEWER_MODEL", MODEL)
    with model_server(Unsure()) as server:
        monkeypatch.setenv("INTERVIEWER_BASE_URL", server.url)
        assert run("grade", str(source), "--bank", "deep-learning", "--grader", "llm") == 0
    told = capsys.readouterr().err
    assert "1 of 1 grades are only a range" in told
    assert "could not be graded" not in told


def test_the_check_up_says_what_the_model_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with model_server(Character(pause=0.7)) as server:
        run("doctor", "--base-url", server.url, "--model", MODEL)
    told = capsys.readouterr()
    assert "The model reads the answer · " in told.err
    assert "reads the answer" not in told.out


@pytest.mark.parametrize("command", ["import", "evaluate"])
def test_drafting_says_what_the_model_does_and_ends_at_once_with_its_request(command: str, tmp_path: Path) -> None:
    (tmp_path / "list.md").write_text("# List\n\n## Why shuffle the data?\n\nElse the batches are correlated.\n")
    row = {
        "question": "Why shuffle?",
        "reference_answer": "Else the batches correlate.",
        "answer": "x",
        "score": 1,
        "score_max": 1,
    }
    (tmp_path / "rows.jsonl").write_text(json.dumps({**row, "id": "a", "question_id": "q"}) + "\n")
    file = tmp_path / ("list.md" if command == "import" else "rows.jsonl")
    with serving(lambda exchange: time.sleep(40) if exchange.method == "POST" else exchange.json(404, {})) as server:
        process = started(server.url, command, str(file), "--compile", "llm")
        until_asked(server, process=process)
        time.sleep(1)
        seconds, out, err = interrupted_twice(process)
    assert seconds < 5
    assert "The model reads the answer · " in err
    assert "Traceback" not in out + err
    assert "stopped before the model had finished" in err


def test_grading_anew_what_was_ruled_says_what_the_model_does(monkeypatch: pytest.MonkeyPatch) -> None:
    session = wiring.make_service(read_settings()).begin("local", begun())
    session.answer("It is off.")
    session.run_due_and_wait()
    session.rule("dropout", 1, Ruling("off", Level.MET))
    monkeypatch.setenv("INTERVIEWER_MODEL", MODEL)
    seen: list[object] = []
    monkeypatch.setattr("interviewer.cli.model_progress.sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(
        "interviewer.cli.model_progress.progress_text", lambda calls, _: seen.extend(one.phase for one in calls) or "…"
    )
    with model_server(Character(pause=1.2)) as server:
        monkeypatch.setenv("INTERVIEWER_BASE_URL", server.url)
        assert run("evaluate", "--from-rulings", "--grader", "llm") == 0
    assert CallPhase.READING in seen


def test_the_seconds_move_on_one_line_of_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    now = 1000.0
    monkeypatch.setattr("interviewer.llm.model_call.time.time", lambda: now)
    status = StatusLine()
    for now in (1000.0, 1001.0, 1012.4):  # noqa: B007
        status.show(CallProgress(CallPhase.READING, 1000.0), Language.EN)
    status.clear()
    told = capsys.readouterr().err
    assert "\n" not in told
    assert [part.partition(" · ")[2] for part in told.split("\r\033[K")[1:4]] == ["0 s", "1 s", "12 s"]
    assert told.endswith("\r\033[K")


def test_what_a_model_was_asked_for_fails_as_it_would_without_a_status_line() -> None:
    def works() -> str:
        current_call().enter(CallPhase.WRITING)
        return "done"

    assert wait_for_model(works, Language.EN) == "done"
    with pytest.raises(TimeoutError, match="its own"):
        wait_for_model(lambda: (_ for _ in ()).throw(TimeoutError("its own")), Language.EN)
