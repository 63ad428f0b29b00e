import csv
import json
from pathlib import Path

import pytest
from command_line import Terminal, run
from fakes import Only

from interviewer.domain.grade import Level, Ruling
from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.settings import read_settings

ANSWER = "Without an activation the layers collapse into one linear map.\n\n\n"


def test_today_shows_what_is_worth_doing_and_begins_it(terminal: Terminal) -> None:
    shown = terminal.run("today", "--language", "en", "--show")
    assert "5 questions: 5 new" in shown
    assert "Questions come back when you are about to forget them" in shown
    played = terminal.run("today", "--language", "en", lines=ANSWER)
    assert "[1 / 5]" in played
    assert "[2 / 5]" in played
    found = json.loads(terminal.run("today", "--json"))
    assert found["answered_today"] == 1
    assert found["open"][0]["of"] == 5


def test_the_day_of_a_real_interview_and_the_most_a_day_are_kept(terminal: Terminal) -> None:
    terminal.run("today", "--show", "--exam", "2999-01-01", "--cap", "3")
    found = json.loads(terminal.run("today", "--json"))
    assert (found["exam_on"], found["daily_cap"], len(found["questions"])) == ("2999-01-01", 3, 3)
    terminal.run("today", "--show", "--no-exam")
    assert json.loads(terminal.run("today", "--json"))["exam_on"] is None


def test_named_questions_are_practised(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    names = ("nonlinearity", "deep-learning/nonlinearity")
    assert "[1 / 1]" in terminal.run("practise", *names, "--language", "en", lines=ANSWER)
    assert run("practise", "no-such-question") == 1
    assert "no-such-question" in capsys.readouterr().err


def test_progress_is_told_in_words_and_as_json(terminal: Terminal) -> None:
    assert "Nothing has been practised" in terminal.run("progress", "--language", "en")
    terminal.run("practise", "nonlinearity", lines=ANSWER)
    assert "recalled without help by week" in terminal.run("progress", "--language", "en")
    assert sum(json.loads(terminal.run("progress", "--json"))["days"].values()) == 1


def test_questions_are_written_for_anki(tmp_path: Path, terminal: Terminal) -> None:
    target = tmp_path / "deck.txt"
    terminal.run("anki", str(target), "--per", "criterion", "--language", "en", "--bank", "deep-learning")
    assert target.read_text(encoding="utf-8").startswith("#separator:tab\n#html:true\n")
    assert "0 questions" in terminal.run("anki", str(target), "--state", "due")


def test_verdicts_are_written_as_a_table(tmp_path: Path, terminal: Terminal) -> None:
    terminal.run("practise", "nonlinearity", lines=ANSWER)
    store = Store(read_settings().database)
    SessionService(store, Only(LexicalGrader())).resume(store.interviews()[0].id, "local").rule(
        "nonlinearity", 1, Ruling("collapse", Level.MET)
    )
    target = tmp_path / "verdicts.csv"
    terminal.run("history", "verdicts", str(target))
    with target.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert {row["question"] for row in found} == {"nonlinearity"}
    assert {row["bank"] for row in found} == {"deep-learning"}
    assert {"met", "missing"} <= {row["level"] for row in found}
    ruled = {row["criterion"]: row["ruled_by"] for row in found}
    assert ruled.pop("collapse") == "candidate"
    assert set(ruled.values()) == {""}, "nobody ruled"


def test_notes_and_bookmarks_are_kept_and_shown(terminal: Terminal) -> None:
    assert "No note and no bookmark." in terminal.run("note", "--language", "en")
    said = "Say: universal\napproximation \x1b[31m"
    shown = terminal.run("note", "nonlinearity", said, "--language", "en", "--bookmark")
    assert shown.startswith("★ ")
    assert "(deep-learning/nonlinearity)\n  Say: universal\n  approximation [31m\n" in shown
    played = terminal.run("practise", "nonlinearity", "--language", "en", lines=ANSWER)
    assert "My note: Say: universal\napproximation" in played
    assert "  Say: universal" in terminal.run("progress", "--language", "en")
    (kept,) = json.loads(terminal.run("progress", "--json"))["notes"]
    assert (kept["question"], kept["is_bookmarked"]) == ("nonlinearity", True)
    told = terminal.run("note", "nonlinearity", "", "--no-bookmark", "--language", "en")
    assert told == "No note and no bookmark.\n"
    assert run("note", "no-such-question", "x") == 1
