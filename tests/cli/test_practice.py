import csv
import json
from pathlib import Path

import pytest
from command_line import run
from fakes import Only

from interviewer.domain.grade import Level, Ruling
from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.settings import read_settings

ANSWER = "Without an activation the layers collapse into one linear map.\n\n\n"


def test_today_shows_what_is_worth_doing_and_begins_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("today", "--language", "en", "--show") == 0
    shown = capsys.readouterr().out
    assert "5 questions: 5 new" in shown
    assert "Questions come back when you are about to forget them" in shown
    assert run("today", "--language", "en", lines=ANSWER, monkeypatch=monkeypatch) == 0
    played = capsys.readouterr().out
    assert "[1 / 5]" in played
    assert "[2 / 5]" in played
    assert run("today", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["answered_today"] == 1
    assert found["open"][0]["of"] == 5


def test_the_day_of_a_real_interview_and_the_most_a_day_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("today", "--show", "--exam", "2999-01-01", "--cap", "3") == 0
    capsys.readouterr()
    assert run("today", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["exam_on"], found["daily_cap"], len(found["questions"])) == ("2999-01-01", 3, 3)
    assert run("today", "--show", "--no-exam") == 0
    capsys.readouterr()
    assert run("today", "--json") == 0
    assert json.loads(capsys.readouterr().out)["exam_on"] is None


def test_named_questions_are_practised(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("practise", "nonlinearity", "deep-learning/nonlinearity", "--language", "en")
    assert run(*arguments, lines=ANSWER, monkeypatch=monkeypatch) == 0
    assert "[1 / 1]" in capsys.readouterr().out
    assert run("practise", "no-such-question") == 1
    assert "no-such-question" in capsys.readouterr().err


def test_progress_is_told_in_words_and_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("progress", "--language", "en") == 0
    assert "Nothing has been practised" in capsys.readouterr().out
    run("practise", "nonlinearity", lines=ANSWER, monkeypatch=monkeypatch)
    capsys.readouterr()
    assert run("progress", "--language", "en") == 0
    assert "recalled without help by week" in capsys.readouterr().out
    assert run("progress", "--json") == 0
    assert sum(json.loads(capsys.readouterr().out)["days"].values()) == 1


def test_questions_are_written_for_anki(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "deck.txt"
    assert run("anki", str(target), "--per", "criterion", "--language", "en", "--bank", "deep-learning") == 0
    assert target.read_text(encoding="utf-8").startswith("#separator:tab\n#html:true\n")
    assert run("anki", str(target), "--state", "due") == 0
    assert "0 questions" in capsys.readouterr().out


def test_verdicts_are_written_as_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("practise", "nonlinearity", lines=ANSWER, monkeypatch=monkeypatch)
    store = Store(read_settings().database)
    SessionService(store, Only(LexicalGrader())).resume(store.interviews()[0].id, "local").rule(
        "nonlinearity", 1, Ruling("collapse", Level.MET)
    )
    target = tmp_path / "verdicts.csv"
    assert run("history", "verdicts", str(target)) == 0
    with target.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert {row["question"] for row in found} == {"nonlinearity"}
    assert {row["bank"] for row in found} == {"deep-learning"}
    assert {"met", "missing"} <= {row["level"] for row in found}
    ruled = {row["criterion"]: row["ruled_by"] for row in found}
    assert ruled.pop("collapse") == "candidate"
    assert set(ruled.values()) == {""}, "nobody ruled"


def test_notes_and_bookmarks_are_kept_and_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("note", "--language", "en") == 0
    assert "No note and no bookmark." in capsys.readouterr().out
    assert run("note", "nonlinearity", "Say: universal\napproximation \x1b[31m", "--language", "en", "--bookmark") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("★ ")
    assert "(deep-learning/nonlinearity)\n  Say: universal\n  approximation [31m\n" in shown
    assert run("practise", "nonlinearity", "--language", "en", lines=ANSWER, monkeypatch=monkeypatch) == 0
    assert "My note: Say: universal\napproximation" in capsys.readouterr().out
    assert run("progress", "--language", "en") == 0
    assert "  Say: universal" in capsys.readouterr().out
    assert run("progress", "--json") == 0
    (kept,) = json.loads(capsys.readouterr().out)["notes"]
    assert (kept["question"], kept["is_bookmarked"]) == ("nonlinearity", True)
    assert run("note", "nonlinearity", "", "--no-bookmark", "--language", "en") == 0
    assert capsys.readouterr().out == "No note and no bookmark.\n"
    assert run("note", "no-such-question", "x") == 1
