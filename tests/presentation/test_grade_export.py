import csv
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import run
from fakes import BANK, FlakyGrader, GradeAs, grade
from graded_rows import ROW, marked, served, tasks
from html_seen import ATTACKS, seen
from model_server import MODEL, Character, model_server

from interviewer.domain.grade import Level
from interviewer.domain.language import Language
from interviewer.evaluation.cohort import Cohort, credited
from interviewer.grading.lexical import LexicalGrader
from interviewer.presentation.grade_export import to_csv, to_jsonl, to_table
from interviewer.presentation.mark_sheet import to_html

ANSWERS = [
    {"candidate": "Ada", "question_id": "dropout-at-test", "answer": "测试时要关闭 dropout，否则预测是随机的。"},
    {"candidate": "Bo", "question_id": "q01", "answer": "Stacked linear layers collapse into one linear map."},
]


# Spreadsheets drop spaces and what cannot be seen before they look for a formula; '|' and '%' call other programs.
HIDDEN_STARTS = ["|", "%", "\u00a0=", "\u200b+", "\ufeff-", "\u2060@", " \u00a0\u200b|", "\x1b=", "\u3000＝"]


def cohort(tmp_path: Path, *rows: dict[str, str], grader: object = None, language: Language = Language.EN) -> Cohort:
    return Cohort(BANK, tuple(marked(tasks(tmp_path, *rows, language=language), grader or LexicalGrader())))


def page(found: Cohort, language: Language = Language.EN) -> str:
    return to_html(found, language, "2026-01-02T03:04:05+00:00")


def cells(found: Cohort) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(found.marked).removeprefix("\ufeff"), newline="")))


def written(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_line_of_jsonl_has_every_verdict_with_its_evidence_and_its_origin(tmp_path: Path) -> None:
    [line] = to_jsonl(cohort(tmp_path, {**ROW, "candidate": "Ada"}).marked).splitlines()
    plain = json.loads(line)
    assert (plain["id"], plain["candidate"], plain["question_id"], plain["lang"]) == ("a", "Ada", "dropout", "en")
    assert plain["score"] == {"share": 1.0, "of_10": 10.0, "low": 1.0, "high": 1.0}
    assert plain["is_estimate"] is True
    off = plain["criteria"][0]
    assert (off["id"], off["kind"], off["weight"], off["level"]) == ("off", "core", 2, "met")
    assert all(quote in ROW["answer"] for quote in off["quotes"])
    assert off["quotes"]
    assert off["reason"]
    assert [c["id"] for c in plain["criteria"]] == ["off", "random", "mc", "on"]
    assert plain["provenance"]["grader"].startswith("lexical-")
    assert plain["provenance"]["rubric"] == BANK["dropout"].rubric.digest
    assert {"flags", "extras", "dispute", "needs_review", "failure"} <= set(plain)


def test_a_failure_has_its_text_and_never_a_number(tmp_path: Path) -> None:
    found = cohort(tmp_path, ROW, grader=FlakyGrader(failures=1))
    plain = json.loads(to_jsonl(found.marked))
    assert (plain["score"], plain["failure"], plain["criteria"]) == (None, "the model is not there", [])
    assert plain["needs_review"] is True
    [row] = cells(found)
    assert (row["score_of_10"], row["lowest_of_10"], row["failure"]) == ("", "", "the model is not there")
    assert "not graded" in to_table(found, Language.EN)
    assert "the model is not there" in to_table(found, Language.EN)
    text = seen(page(found)).text
    assert "the model is not there" in text
    assert "Answers that could not be graded: 1" in text


def test_a_range_is_written_as_a_range(tmp_path: Path) -> None:
    found = cohort(tmp_path, ROW, grader=GradeAs(lambda _, attempt: grade(attempt, off=None, random=Level.MET)))
    plain = json.loads(to_jsonl(found.marked))
    assert plain["score"] == {"share": None, "of_10": None, "low": 0.3333, "high": 1.0}
    assert plain["criteria"][0]["level"] is None
    [row] = cells(found)
    assert (row["score_of_10"], row["lowest_of_10"], row["highest_of_10"]) == ("", "3.3", "10.0")
    assert (row["not_told"], row["met"]) == ("off", "random")
    assert "33–100\u00a0%" in page(found)


def test_a_row_of_csv_names_the_points_by_level_and_mistakes_apart(tmp_path: Path) -> None:
    levels = {"off": Level.PARTIAL, "random": Level.CONTRADICTED, "on": Level.MET}
    [row] = cells(cohort(tmp_path, ROW, grader=GradeAs(lambda _, attempt: grade(attempt, **levels))))
    assert (row["partial"], row["contradicted"], row["mistakes"]) == ("off", "random", "on")
    assert (row["met"], row["missing"]) == ("", "")
    assert row["quotes"].startswith("off: “Well")
    assert row["answer"] == ROW["answer"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "＋", "－", "＠", *HIDDEN_STARTS])
def test_no_cell_of_csv_is_a_formula(tmp_path: Path, begin: str) -> None:
    text = f'{begin}HYPERLINK("http://evil.example")'
    [row] = cells(cohort(tmp_path, {**ROW, "id": text or "a", "candidate": f"{begin}1+1", "answer": text}))
    signs = tuple("=+-@|%\t\r\n＝＋－＠")
    assert row["answer"] == f"'{text}"
    assert not any(cell.lstrip(" \u00a0\u200b\ufeff\u2060\x1b").startswith(signs) for cell in row.values())


def test_no_line_end_within_an_answer_begins_a_row(tmp_path: Path) -> None:
    text = "switched off\r=1+1\r\n=2+2"
    written = to_csv(cohort(tmp_path, {**ROW, "answer": text}).marked)
    # Read as a spreadsheet reads it, to which each of the three ends a line where it is not quoted.
    [_, row] = csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline=""), strict=True)
    assert text in row


def test_the_table_is_aligned_and_obeys_nobody(tmp_path: Path) -> None:
    rows = [{**ROW, "candidate": "林小雨"}, {**ROW, "id": "b", "candidate": "\x1b[31mred\x07" + "y" * 90}]
    lines = to_table(cohort(tmp_path, *rows), Language.EN).splitlines()
    assert "\x1b" not in "".join(lines)
    assert "\x07" not in "".join(lines)
    # A Chinese character takes two columns.
    assert lines[1].index("dropout") + 3 == lines[2].index("dropout")
    assert "●●○" in lines[1]
    assert "Answers: 2, candidates: 2." in lines


def test_means_leave_out_what_was_not_graded(tmp_path: Path) -> None:
    rows = [
        {**ROW, "candidate": "Ada"},
        {**ROW, "id": "b", "candidate": "Ada"},
        {**ROW, "id": "c", "answer": "no idea"},
        {**ROW, "id": "d", "answer": "no idea"},
    ]
    found = cohort(tmp_path, *rows, grader=FlakyGrader(failures=1))
    ada, nobody = found.of(candidate="Ada"), found.of(candidate="")
    assert (ada.graded, ada.ungraded) == (1, 1)
    assert ada.score is not None
    assert ada.score.value == 1
    assert nobody.score is not None
    assert nobody.score.value == 0
    assert [criterion.id for criterion in nobody.weakest] == ["off", "random"]
    assert found.all.score is not None
    assert found.all.score.value == pytest.approx(1 / 3)  # (1 + 0 + 0) / 3
    assert credited(BANK["dropout"].criteria[0], found.marked) == (1, 3)


def test_the_sheet_says_in_words_what_it_shows_in_signs(tmp_path: Path) -> None:
    levels = {"off": Level.MET, "random": Level.PARTIAL, "mc": None, "on": Level.MET}
    rows = [{**ROW, "candidate": "Ada"}, {"question_id": "shuffle", "answer": "correlated", "candidate": "Bo"}]

    def judge(question: object, attempt: object) -> object:
        if question is BANK["dropout"]:
            return grade(attempt, **levels)  # type: ignore[arg-type]
        return LexicalGrader().grade(question, attempt)  # type: ignore[arg-type]

    html = page(cohort(tmp_path, *rows, grader=GradeAs(judge)))  # type: ignore[arg-type]
    first = html.split('id="q-dropout"')[1].split("</section>")[0]
    ada, bo = first.split("<tbody>")[1].split("</tr>")[:2]
    assert [part.split("<")[0] for part in ada.split('aria-hidden="true">')[1:]] == ["●", "◐", "?", "✕"]
    words = [part.split("<")[0] for part in ada.split('class="hidden">')[1:]]
    assert words == ["Met", "Partly", "Could not tell", "Misconception"]
    assert bo.count("<td></td>") == 4
    assert "not answered" in bo


@pytest.mark.parametrize("language", list(Language))
def test_the_sheet_shows_attacks_and_does_nothing_else_with_them(tmp_path: Path, language: Language) -> None:
    rows = [
        {"id": attack, "candidate": attack, "question_id": "dropout", "answer": attack + " It is switched off."}
        for attack in ATTACKS
        if attack.strip()
    ]
    html = page(cohort(tmp_path, *rows, language=language), language)
    found = seen(html)
    assert {tag for tag, _ in found.tags} <= set(
        "html head meta title style body main h1 h2 h3 h4 p table thead tbody tr th td ul ol li a section div span "
        "strong article blockquote mark details summary footer svg rect br code math mfrac mn mrow".split()
    )
    for _, attributes in found.tags:
        assert not any(name.startswith("on") or name == "src" for name in attributes)
        assert attributes.get("href", "#").startswith("#")  # type: ignore[union-attr]
    assert "http-equiv" in html
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {attributes["href"] for tag, attributes in found.tags if tag == "a"}
    assert targets <= {f"#{name}" for name in ids}


def test_two_answers_of_one_candidate_to_one_question_are_told_apart(tmp_path: Path) -> None:
    rows = [{**ROW, "candidate": "Ada"}, {**ROW, "id": "second try", "candidate": "Ada"}]
    first = page(cohort(tmp_path, *rows)).split('id="q-dropout"')[1].split("</section>")[0]
    assert "second try" in first


def test_answers_without_names_are_called_by_their_ids(tmp_path: Path) -> None:
    found = cohort(tmp_path, ROW, {**ROW, "id": "b"})
    text = seen(page(found)).text
    assert "Answers: 2." in text
    assert "By candidate" not in text
    first = page(found).split('id="q-dropout"')[1].split("<tbody>")[1].split("</tbody>")[0]
    assert [row.split("<")[0] for row in first.split('dir="auto">')[1:]] == ["a", "b"]


# The command.


def test_the_command_writes_every_format_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = written(tmp_path / "answers.jsonl", *({**answer, "mo\x1bod": "good"} for answer in ANSWERS))
    outputs = [tmp_path / f"out.{kind}" for kind in ("jsonl", "csv", "html")]
    arguments = [part for path in outputs for part in ("-o", str(path))]
    assert run("grade", str(source), "--bank", "deep-learning", "--language", "en", *arguments) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "fields that nothing is read from: 'mo\\x1bod'" in err
    lines = [json.loads(line) for line in outputs[0].read_text().splitlines()]
    assert [line["question_id"] for line in lines] == ["dropout-at-test", "nonlinearity"]
    assert [line["id"] for line in lines] == ["answers.jsonl:1", "answers.jsonl:2"]
    assert outputs[1].read_bytes().startswith(b'\xef\xbb\xbf"id",')
    assert "Mark sheet" in outputs[2].read_text()
    assert list(tmp_path.glob("*.part")) == []
    assert run("grade", str(source), "--bank", "deep-learning", "--limit", "1") == 0
    assert "候选人" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, code, cause",
    [
        (("-o", "out.docx"), 2, "out.docx must end in one of"),
        (("-o", "answers.jsonl"), 2, "answers.jsonl is given twice"),
        (("-o", "x.csv", "--save", "x.csv"), 2, "x.csv is given twice"),
        (("-o", "ghost/x.csv"), 2, "there is no folder"),
        (("-o", "folder.csv"), 2, "folder.csv cannot be written"),
        (("--batch-results", "r.jsonl", "-o", "r.jsonl"), 2, "r.jsonl is given twice"),
        (("--batch-file", "b.jsonl", "-o", "x.csv"), 2, "--batch-file grades nothing"),
        (("--batch-file", "b.jsonl", "--grader", "coverage"), 2, "a batch is for a model"),
        (("--batch-file", "b.jsonl"), 1, "no model to grade with"),
        (("--grader", "llm"), 1, "no model to grade with"),
        (("--batch-results", "ghost.jsonl"), 1, "no model to grade with"),
        (("--save", "mine.txt"), 1, "mine.txt: line 1: was not written by this program"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_graded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, cause: str
) -> None:
    source = written(tmp_path / "answers.jsonl", *ANSWERS)
    (tmp_path / "mine.txt").write_text("my notes")
    (tmp_path / "folder.csv").mkdir()
    before = source.read_bytes()
    assert run("grade", str(source), "--bank", "deep-learning", *arguments) == code
    assert cause in " ".join(capsys.readouterr().err.replace("│", "").split())
    assert source.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.jsonl", "folder.csv", "mine.txt"]


@pytest.mark.usefixtures("english")
def test_a_model_grades_many_at_once_and_failures_are_code_1_after_everything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = written(tmp_path / "answers.jsonl", *ANSWERS)
    arguments = (
        "grade",
        str(source),
        "--bank",
        "deep-learning",
        "--grader",
        "llm",
        "-o",
        "out.jsonl",
        "--save",
        "k.jsonl",
    )
    monkeypatch.setenv("INTERVIEWER_MODEL", MODEL)
    with model_server(Character(writes_prose=True)) as server:
        monkeypatch.setenv("INTERVIEWER_BASE_URL", server.url)
        assert run(*arguments) == 1
        assert "2 of 2 answers could not be graded: no JSON object can be read" in capsys.readouterr().err
        assert [json.loads(line)["score"] for line in Path("out.jsonl").read_text().splitlines()] == [None, None]
        server.behaviour = Character()
        assert run(*arguments) == 0
        server.exchanges.clear()
        assert run(*arguments) == 0
        assert not any(exchange.path.endswith("/chat/completions") for exchange in server.exchanges)
    lines = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert all(line["provenance"]["model"] == MODEL and line["is_estimate"] is False for line in lines)
    assert all(line["score"]["share"] is not None for line in lines)


@pytest.mark.usefixtures("english")
def test_a_batch_is_written_read_back_and_only_what_failed_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = written(tmp_path / "answers.jsonl", *ANSWERS)
    command = ("grade", str(source), "--bank", "deep-learning", "--save", "kept.jsonl")
    monkeypatch.setenv("INTERVIEWER_MODEL", MODEL)
    monkeypatch.setenv("INTERVIEWER_VOTES", "3")
    with model_server() as server:
        monkeypatch.setenv("INTERVIEWER_BASE_URL", server.url)
        assert run(*command, "--batch-file", "requests.jsonl") == 0
        assert server.exchanges == []
        assert f"2 requests for 2 answers, to {MODEL} @ 127.0.0.1" in capsys.readouterr().err
        requests = [json.loads(line) for line in Path("requests.jsonl").read_text().splitlines()]
        written(tmp_path / "results.jsonl", served(requests[1], server.url))
        errors = {"custom_id": requests[0]["custom_id"], "response": None, "error": {"code": "batch_expired"}}
        written(tmp_path / "errors.jsonl", errors)
        files = ("--batch-results", "results.jsonl", "--batch-results", "errors.jsonl")
        assert run(*command, *files, "-o", "out.jsonl") == 1
        assert "1 of 2 answers could not be graded: the batch did not get to" in capsys.readouterr().err
        assert run(*command, "--batch-file", "again.jsonl") == 0
        [again] = [json.loads(line) for line in Path("again.jsonl").read_text().splitlines()]
        assert again == requests[0]
        written(tmp_path / "more.jsonl", served(again, server.url))
        assert run(*command, "--batch-results", "more.jsonl", "-o", "out.jsonl") == 0
    lines = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert all(line["score"] and line["provenance"]["votes"] == 1 for line in lines)
    assert run(*command, "--batch-results", "ghost.jsonl") == 1
    assert "ghost.jsonl: cannot be read" in capsys.readouterr().err


def test_a_run_that_is_killed_goes_on_where_it_stood(tmp_path: Path) -> None:
    rows = [{**ANSWERS[0], "id": str(number), "answer": f"dropout <{number}>"} for number in range(12)]
    written(tmp_path / "answers.jsonl", *rows)
    command = "grade answers.jsonl --bank deep-learning --grader llm --save kept.jsonl -o out.jsonl".split()
    with model_server(Character(pause=0.1)) as server:
        environment = {"INTERVIEWER_BASE_URL": server.url, "INTERVIEWER_MODEL": MODEL, "INTERVIEWER_DATA_DIR": "."}
        whole = subprocess.Popen(
            [sys.executable, "-m", "interviewer", *command],
            env={**os.environ, **environment},
            cwd=tmp_path,
            stderr=subprocess.DEVNULL,
        )
        kept = tmp_path / "kept.jsonl"
        while not kept.exists() or len(kept.read_bytes().splitlines()) < 3:
            assert whole.poll() is None
            time.sleep(0.01)
        whole.kill()
        whole.wait()
        assert not (tmp_path / "out.jsonl").exists()
        done = kept.read_bytes().count(b"\n")
        server.exchanges.clear()
        second = subprocess.run(
            [sys.executable, "-m", "interviewer", *command],
            env={**os.environ, **environment},
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
    assert b"could not" not in second.stderr
    # By what is asked, not by how often: requests of the killed process may reach the server after its end.
    asked = {row["id"] for row in rows if any(f"<{row['id']}>" in str(one.body) for one in server.exchanges)}
    assert len(asked) == len(rows) - done
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines] == [str(number) for number in range(12)]
    assert all(line["score"] for line in lines)


def test_the_mark_sheet_says_how_good_its_grader_is_known_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "answers.jsonl", {"question_id": "q01", "answer": "Without it the stack is one linear map."})
    assert run("grade", "answers.jsonl", "--bank", "deep-learning", "--language", "en", "-o", "marks.html") == 0
    page = (tmp_path / "marks.html").read_text(encoding="utf-8")
    assert "Estimate, offline grader: " in page.split('class="badge"')[1]
