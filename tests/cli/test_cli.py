import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
import sources
from command_line import Terminal, run
from fakes import begun

from interviewer import wiring
from interviewer.cli.terminal_output import show
from interviewer.domain.interview import replay
from interviewer.errors import StoreError
from interviewer.llm.scripted import Request, ScriptedLLM
from interviewer.sessions.serialization import history_from_json
from interviewer.sessions.store import Store
from interviewer.settings import read_settings


@pytest.mark.usefixtures("english")
def test_an_interview_in_the_terminal_is_graded_listed_and_exported(terminal: Terminal) -> None:
    lines = "/hint\nWithout an activation the layers collapse into one linear map.\n\n\n/bogus\n/skip\n"
    played = terminal.play("--language", "en", "--count", "2", lines=lines)
    for told in ("[1 / 2]", "Hint:", "Estimate:", "“", "“/bogus” is no command here", "Result"):
        assert told in played
    listed = terminal.run("interviews")
    assert "finished" in listed
    assert "terminal" in listed
    for kind in ("md", "html", "json"):
        assert "collapse into one linear map" in terminal.run("export", terminal.last_interview(), "--format", kind)


def test_an_interview_goes_on_in_its_own_language(terminal: Terminal) -> None:
    name = terminal.play("--language", "en", "--count", "1", lines="").split("--resume ")[1].split()[0]
    assert terminal.play("--resume", name, lines="/skip\n\n").startswith("Commands:")


@pytest.fixture
def half_hour_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A clock that shows another time than UTC and than the machine of any other test."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("half_hour_zone")
def test_the_list_of_interviews_shows_the_time_of_this_machine(terminal: Terminal) -> None:
    terminal.play("--count", "1", lines="")
    now = datetime.now(UTC) + timedelta(hours=5, minutes=30)
    line = terminal.run("interviews")
    assert any(f"{at:%Y-%m-%d %H:%M}" in line for at in (now, now - timedelta(minutes=1)))


def test_an_interview_that_was_left_is_resumed(terminal: Terminal) -> None:
    name = terminal.play("--count", "1", lines="").split("--resume ")[1].split()[0]
    assert "面试结果" in terminal.play("--resume", name, lines="多层线性变换叠起来还是线性变换\n\n\n")


def test_interview_mode_shows_nothing_before_the_end(terminal: Terminal) -> None:
    arguments = ("--mode", "interview", "--no-probes", "--language", "en", "--count", "2")
    before, after = terminal.play(*arguments, lines="layers collapse\n\nno idea\n\n").split("Result", 1)
    assert "Estimate" not in before
    assert before.count("noted") == 1
    assert "Missing" in after


def test_coach_mode_retries_and_shows_the_model_answer(terminal: Terminal) -> None:
    lines = "layers\n\n/answer\n/what\n/retry\nlayers collapse to one linear map\n\n/end\n"
    out = terminal.play("--language", "en", "--count", "3", lines=lines)
    assert out.count("Estimate") >= 2
    assert "“/what” is no command here" in out


def test_export_writes_a_file_whole_and_json_loads_back(tmp_path: Path) -> None:
    service = wiring.make_service(read_settings())
    session = service.begin("me", begun())
    session.answer("it is switched off")
    session.run_due_and_wait()
    target = tmp_path / "out.json"
    assert run("export", session.id, "--format", "json", "-o", str(target)) == 0
    text = target.read_text(encoding="utf-8")
    assert replay(event for event, _ in history_from_json(text)) == session.interview()
    assert list(tmp_path.glob("*.part")) == []


def test_the_schema_is_printed_and_fits(terminal: Terminal) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(terminal.run("export", "--schema")))


@pytest.mark.usefixtures("english")
def test_banks_and_check_know_the_shipped_bank(terminal: Terminal) -> None:
    assert "deep-learning  25 questions" in terminal.run("banks")
    assert "dropout-at-test  How should dropout" in terminal.run("banks", "deep-learning", "--language", "en")
    assert "25 questions" in terminal.run("check")


@pytest.mark.parametrize(
    "arguments, cause",
    [
        (("export", "ghost"), "there is no interview 'ghost' here"),
        (("chat", "--bank", "ghost"), "there is no bank 'ghost'"),
        (("chat", "--topic", "cooking"), "has no topic cooking"),
        (("chat", "--resume", "ghost"), "there is no interview 'ghost' here"),
        (
            ("practise", "dropout-at-tset"),
            "no bank here has a question 'dropout-at-tset'; close to it: dropout-at-test",
        ),
        (("practise", "deep-learning/dropout-at-tset"), "close to it: deep-learning/dropout-at-test"),
        (("practise", "quicksort"), "`interviewer banks BANK` lists those of a bank"),
        (("check", "ghost.yaml"), "ghost.yaml: cannot be read"),
    ],
)
def test_what_goes_wrong_is_one_line_and_code_1(
    arguments: tuple[str, ...], cause: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 1
    out, err = capsys.readouterr()
    assert cause in (err or out)
    assert len((err or out).strip().splitlines()) == 1


@pytest.mark.usefixtures("english")
def test_check_fails_on_a_broken_bank_and_names_every_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "weak.yaml"
    path.write_text(
        "id: weak\ntitle: W\nlanguage: en\nquestions:\n- id: q\n  text: Why shuffle?\n  reference: Because.\n"
        "  criteria:\n  - {id: c, text: It mixes and speeds, aliases: [[shuffle]], probe: Why}\n"
    )
    assert run("check", str(path)) == 1
    out = capsys.readouterr().out
    for cause in ("says two things", "no term of its own", "exactly one question", "does not find criterion 'c'"):
        assert cause in out


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr("interviewer.banks.importing.pipeline.read", sources.read)
    path = tmp_path / "java notes.txt"
    path.write_text(sources.JAVA, encoding="utf-8")
    return path


@pytest.mark.usefixtures("english")
def test_a_file_is_imported_and_played_at_once(notes: Path, terminal: Terminal) -> None:
    out = terminal.run("import", str(notes), "--dry-run")
    assert "nothing is written" in out
    assert "java-notes: 3 questions, " in out
    assert not (notes.parent / "data" / "banks").exists()
    out = terminal.run("import", str(notes), "--title", "Mine", "--report")
    bank = notes.parent / "data" / "banks" / "java-notes.yaml"
    assert f"written to {bank}" in out
    assert "play it: interviewer chat --bank java-notes" in out
    assert "Block by block" in out
    assert "java-notes  3 questions  Mine" in terminal.run("banks")
    lines = "It spreads the high bits downwards.\n\n\n"
    played = terminal.play("--bank", "java-notes", "--language", "en", "--count", "1", lines=lines)
    assert "How does a HashMap" in played
    assert f"nothing has changed in {bank}" in terminal.run("import", str(notes))


def test_a_bank_goes_where_it_is_told_and_says_how_to_play_it(
    notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    target = tmp_path / "deep" / "my java.yaml"
    out = terminal.run("import", str(notes), "-o", str(target), "--lang", "zh")
    assert f"INTERVIEWER_BANKS_DIR 设为 {target.parent}" in out
    assert "没有答案" in out
    assert "id: my-java\n" in target.read_text(encoding="utf-8")
    monkeypatch.setenv("INTERVIEWER_BANKS_DIR", str(target.parent))
    out = terminal.run("import", str(notes), "-o", str(target), "--id", "mine")
    assert "interviewer chat --bank mine" in out
    terminal.run("import", str(notes))
    assert (target.parent / "java-notes.yaml").exists()


def test_what_cannot_be_imported_is_said_in_one_line(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, cause in (
        ((str(notes), "--id", "deep-learning"), "ships with the program"),
        ((str(notes), "--id", "Two Words"), "'Two Words' may only have a-z"),
        (("ghost.md",), "ghost.md cannot be read: No such file"),
        ((str(notes), "--compile", "llm"), "set INTERVIEWER_BASE_URL"),
        ((str(notes.parent),), "Is a directory"),
    ):
        assert run("import", *arguments) == 1
        err = capsys.readouterr().err
        assert cause in err
        assert len(err.strip().splitlines()) == 1


def test_drafts_are_kept_until_they_are_saved(
    notes: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(request: Request) -> str | BaseException:
        if len(llm.requests) == 3:
            raise KeyboardInterrupt
        data = json.loads(request.messages[1].content.split("\n")[1])
        said = data["reference"][-1]["text"].split("；")[0]
        point = {
            "quote": said,
            "id": "p",
            "zh": said,
            "en": said if said.isascii() else "The first condition",
            "kind": "core",
            "importance": 1,
            "aliases": [],
        }
        return json.dumps({"points": [point], "dispute": ""})

    llm = ScriptedLLM(stopped)  # type: ignore[arg-type]
    monkeypatch.setattr(wiring, "make_llm", lambda _settings: llm)
    monkeypatch.setenv("INTERVIEWER_MODEL_CONCURRENCY", "1")
    drafts = notes.parent / "data" / "drafts"
    assert run("import", str(notes), "--compile", "llm") == 130
    assert len(list(drafts.iterdir())) == 2
    assert run("import", str(notes), "--compile", "llm", "--dry-run") == 0
    assert len(llm.requests) == 4
    assert run("import", str(notes), "--compile", "llm") == 0
    assert len(llm.requests) == 4
    assert not drafts.exists()
    assert "java-notes: 3 questions, 3 criteria" in capsys.readouterr().out


def test_rubrics_of_references_may_be_compiled_by_a_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {"quote": "batches are correlated", "id": "c", "zh": "批次相关", "en": "Neighbouring batches are correlated"}
    point = {**said, "kind": "core", "importance": 2, "aliases": [["correlated"]]}
    llm = ScriptedLLM(lambda _request: json.dumps({"points": [point], "dispute": ""}))
    monkeypatch.setattr(wiring, "make_llm", lambda _settings: llm)
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "id,question_id,question,reference_answer,answer,score,score_max\n"
        + "".join(
            f"{n},q,Why shuffle?,Else batches are correlated in order.,{answer},{score},1\n"
            for n, (answer, score) in enumerate([("They are correlated.", 1), ("No idea.", 0)] * 3)
        )
    )
    assert run("evaluate", str(rows), "--compile", "llm", "--json") == 0
    assert json.loads(capsys.readouterr().out)
    assert len(llm.requests) == 1
    kept = str(tmp_path / "kept.jsonl")
    for _ in range(2):
        assert run("evaluate", str(rows), "--compile", "llm", "--json", "--save", kept) == 0
    assert len(llm.requests) == 2
    assert run("evaluate", str(rows), "--compile", "llm", "--bank", "deep-learning") == 2


def test_bad_usage_is_code_2() -> None:
    assert run("export") == 2
    assert run("export", "x", "--format", "docx") == 2
    assert run("nonsense") == 2


def test_a_broken_setting_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("INTERVIEWER_PORT", "many")
    assert run("interviews") == 1
    assert capsys.readouterr().err.startswith("interviewer: INTERVIEWER_PORT")


def test_a_command_is_no_part_of_an_answer_and_the_end_of_the_input_ends_one(terminal: Terminal) -> None:
    lines = "Without an activation the layers\n/quit\ncollapse into one linear map."
    played = terminal.play("--language", "en", "--count", "1", lines=lines)
    assert "/quit was not taken as part of your answer" in played
    assert terminal.answers() == ["Without an activation the layers\ncollapse into one linear map."]


def test_a_question_mark_alone_shows_the_commands_and_is_no_part_of_an_answer(terminal: Terminal) -> None:
    lines = "?\nWithout an activation the layers\n？\ncollapse, don't they?\n\n\n"
    assert terminal.play("--language", "en", "--count", "1", lines=lines).count("Commands:") == 3
    assert terminal.answers() == ["Without an activation the layers\ncollapse, don't they?"]


def test_an_answer_that_is_too_long_is_kept_and_can_be_shortened_and_sent(terminal: Terminal, tmp_path: Path) -> None:
    lines = "/send\n" + "Without an activation the layers collapse. " * 600 + "\n\n"
    out = terminal.play("--language", "en", "--count", "1", lines=lines)
    assert "No answer is kept" in out
    assert "and 20000 is the most" in out
    (kept,) = (tmp_path / "data").glob("unsent-*.txt")
    assert str(kept) in out
    assert len(kept.read_text(encoding="utf-8")) > 20_000
    kept.write_text("Without an activation the layers collapse.", encoding="utf-8")
    name = out.split("--resume ")[1].split()[0]
    assert str(kept) in terminal.play("--language", "en", "--resume", name, lines="/send\n\n")
    assert terminal.answers() == ["Without an activation the layers collapse."]
    assert not kept.exists()


def test_an_answer_that_cannot_be_recorded_is_kept(
    monkeypatch: pytest.MonkeyPatch, terminal: Terminal, tmp_path: Path
) -> None:
    def full(*_: object) -> str:
        raise StoreError("The disk is full")

    monkeypatch.setattr(Store, "append", full)
    assert "The disk is full" in terminal.play("--language", "en", "--count", "1", lines="Layers collapse.\n\n")
    (kept,) = (tmp_path / "data").glob("unsent-*.txt")
    assert kept.read_text(encoding="utf-8") == "Layers collapse."


def test_ctrl_c_ends_at_once_and_keeps_what_was_being_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    typed = iter(["Without an activation", "the layers"])

    def interrupted(_: str) -> str:
        line = next(typed, None)
        if line is None:
            raise KeyboardInterrupt
        return line

    monkeypatch.setattr("builtins.input", interrupted)
    assert run("chat", "--language", "en", "--count", "1") == 0
    assert "--resume" in capsys.readouterr().out
    (kept,) = (tmp_path / "data").glob("unsent-*.txt")
    assert kept.read_text(encoding="utf-8") == "Without an activation\nthe layers"


def test_the_list_comes_in_pages_and_is_rebuilt(capsys: pytest.CaptureFixture[str]) -> None:
    service = wiring.make_service(read_settings())
    for _ in range(52):
        service.begin("me", begun())
    assert run("interviews") == 0
    first = capsys.readouterr()
    assert len(first.out.splitlines()) == 50
    assert "--page 2" in first.err
    assert run("interviews", "--page", "2") == 0
    second = capsys.readouterr()
    assert len(second.out.splitlines()) == 2
    assert second.err == ""
    assert run("rebuild") == 0
    assert "52 interviews" in capsys.readouterr().out


def test_an_env_file_that_is_not_utf_8_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".env").write_bytes("INTERVIEWER_MODEL=模型\n".encode("gb18030"))
    assert run("interviews") == 1
    assert capsys.readouterr().err == "interviewer: the file .env is not UTF-8: save it anew in that encoding\n"


@pytest.mark.parametrize(
    "code, heavy",
    [
        (
            "import interviewer.web.page",
            "openai "
            + " ".join(f"interviewer.banks.importing.{it}" for it in ("pipeline", "rubric_from_llm", "parsers")),
        ),
        (
            "from interviewer import cli\ntry: cli.main(['--help'])\nexcept SystemExit: pass",
            "gradio openai sqlalchemy fastapi pydantic yaml opencc",
        ),
    ],
    ids=["page", "help"],
)
def test_what_is_heavy_and_not_needed_is_not_imported(code: str, heavy: str) -> None:
    code += f"\nimport sys\nfound = set({heavy.split()}) & set(sys.modules)\nsys.exit(str(found) if found else 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_browser_whose_cookie_is_lost_gets_its_interviews_back_by_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    from interviewer.web.identity import Owners

    settings = read_settings()
    service = wiring.make_service(settings)
    for _ in range(2):
        service.begin("somebody", begun())
    assert run("link") == 0
    assert "somebody  2 interviews  last played 2" in capsys.readouterr().out
    assert run("link", "somebody") == 0
    address, _, token = capsys.readouterr().out.strip().rpartition("/enter/")
    assert address == "http://127.0.0.1:7860"
    assert Owners(settings.signing_key, is_https=False).linked(token) == "somebody"
    assert run("link", "nobody") == 1
    assert "lists the owners" in capsys.readouterr().err


@pytest.mark.usefixtures("english")
def test_a_coach_rules_on_a_finished_interview_and_the_grader_is_measured_by_it(terminal: Terminal) -> None:
    said = "Without an activation the layers collapse into one linear map.\n\n\n"
    terminal.play("--language", "en", "--count", "1", lines=said)
    assert run("evaluate", "--from-rulings") == 1
    name = terminal.last_interview()
    ruling = (name, "nonlinearity", "limited-power")
    assert "by the grader alone" in terminal.run("rule", *ruling, "met", "--by", "Lin", "--note", "follows from it")
    for kind in ("md", "html"):
        written = terminal.run("export", name, "--format", kind)
        assert "Lin" in written
        assert "follows from it" in written
    figures = json.loads(terminal.run("evaluate", "--from-rulings", "--json"))
    assert (figures["answers"], figures["all"]["n"]) == (1, 1)
    assert [one["criterion"] for one in figures["criteria"]] == ["limited-power"]
    assert "limited-power" in terminal.run("evaluate", "--from-rulings")
    terminal.run("rule", *ruling, "undo", "--by", "Lin")
    assert run("evaluate", "--from-rulings") == 1


@pytest.mark.parametrize(
    "changed, said",
    [
        ({0: "no-such-interview"}, "no-such-interview"),
        ({1: "no-question"}, "it has nonlinearity"),
        ({2: "no-point"}, "it has collapse"),
        ({3: "perfect"}, "met, partial, missing, contradicted"),
    ],
)
@pytest.mark.usefixtures("english")
def test_a_ruling_on_nothing_says_what_there_is(
    terminal: Terminal, capsys: pytest.CaptureFixture[str], changed: dict[int, str], said: str
) -> None:
    terminal.play("--language", "en", "--count", "1", lines="it is linear\n\n\n")
    arguments = [terminal.last_interview(), "nonlinearity", "collapse", "met"]
    for place, value in changed.items():
        arguments[place] = value
    assert run("rule", *arguments) in (1, 2)
    assert said in " ".join(capsys.readouterr().err.split())


def test_the_card_in_the_terminal_is_that_of_the_page_and_in_colour_where_there_are_colours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal: Terminal
) -> None:
    lines = "Without an activation the layers collapse into one linear map.\n\n/end\n"
    plain = terminal.play("--language", "en", "--count", "1", lines=lines)
    assert "\x1b" not in plain
    assert "✓ Met: " in plain
    assert "collapse into one linear map”" in plain
    show("[red]as written[/red]")
    assert capsys.readouterr().out == "[red]as written[/red]\n"
    assert "You could say: " in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[32m" in terminal.play("--language", "en", "--count", "1", lines=lines)


def test_a_skip_is_undone_and_a_question_mark_helps_beside_the_card_too(terminal: Terminal) -> None:
    lines = "/back\n/skip\n/back\nLayers collapse into one linear map.\n\n?\n\n/end\n"
    played = terminal.play("--language", "en", "--count", "2", lines=lines)
    assert "cannot be done now" in played
    assert played.count("[1 / 2]") == 2
    assert played.count("/retry") == 2
    assert terminal.answers() == ["Layers collapse into one linear map."]


def test_lists_and_questions_of_commands_are_in_the_language_of_the_terminal(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.play("--language", "en", "--count", "1", lines="it is linear\n\n\n")
    for language, banks, interviews in (
        ("zh", "25 道题", "1 道题  教练  已结束  终端"),
        ("en", "25 questions", "1 questions  coach  finished  terminal"),
    ):
        monkeypatch.setenv("INTERVIEWER_LANGUAGE", language)
        assert banks in terminal.run("banks")
        assert interviews in terminal.run("interviews")
