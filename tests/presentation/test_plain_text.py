import json
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import BANK, begun
from graded_rows import ROW, marked, tasks

from interviewer.domain.interview import Begun
from interviewer.domain.language import Language
from interviewer.evaluation.cohort import Cohort
from interviewer.grading.lexical import LexicalGrader
from interviewer.presentation.export_formats import ExportFormat
from interviewer.presentation.grade_export import to_jsonl, to_table
from interviewer.presentation.plain_text import aligned, printable
from interviewer.presentation.transcript_export import export_transcript
from interviewer.sessions.service import SessionService

# Colours, a window title, a screen cleared by one 8-bit character, a bell, a form feed, delete.
TERMINAL = "\x1b[31mred \x1b]0;title\x07 \x9b2J \x0c \x7f\x85 it is switched off"


def commands(text: str) -> list[str]:
    return [sign for sign in text if (ord(sign) < 32 and sign not in "\n\t\r") or 127 <= ord(sign) < 160]


@pytest.mark.parametrize("kind", ExportFormat)
def test_no_transcript_commands_a_terminal(service: SessionService, kind: ExportFormat) -> None:
    first = begun()
    session = service.begin("me", Begun(replace(BANK, title=replace(BANK.title, en=f"Bank {TERMINAL}")), first.plan))
    session.answer(TERMINAL)
    session.run_due_and_wait()
    session.end()
    text = export_transcript(session.id, session.history(), kind, Language.EN, dict)
    assert "switched off" in text
    assert commands(text) == []
    if kind is ExportFormat.JSON:
        assert json.loads(text)["summary"]["questions"][0]["answers"] == [TERMINAL]


def test_no_table_or_line_of_grades_commands_a_terminal(tmp_path: Path) -> None:
    row = {**ROW, "candidate": TERMINAL, "id": TERMINAL, "answer": TERMINAL}
    cohort = Cohort(BANK, tuple(marked(tasks(tmp_path, row), LexicalGrader())))
    assert commands(to_table(cohort, Language.EN)) == []
    line = to_jsonl(cohort.marked)
    assert commands(line) == []
    assert json.loads(line)["answer"] == TERMINAL


def test_what_is_printed_stays_on_its_line() -> None:
    assert printable("a\nb\x1b[0m\u202ec") == "a b·[0m·c"


def test_a_chinese_character_takes_two_columns() -> None:
    assert aligned([["林", "1"], ["abc", "22"]]) == ["林   1", "abc  22"]
    assert aligned([["林", "1"], ["abc", "22"]], figures=True) == ["林    1", "abc  22"]
