"""Files as people have them, read and made into banks."""

from pathlib import Path

from interviewer.banks.importing.pipeline import preview, save
from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language


def test_another_list_under_the_same_file_name_is_another_bank(tmp_path: Path) -> None:
    library = BankLibrary(None, tmp_path)

    def imported(text: str) -> str:
        shown = preview("questions.md", text.encode(), library=library, folder=tmp_path)
        save(shown)
        return shown.bank.id

    first = "## What is a stack?\n\nA: It gives back first what was pushed last.\n"
    other = "## What is a queue?\n\nA: It gives back first what was put in first.\n"
    assert imported(first) == "questions"
    assert imported(other) == "questions-2"
    assert imported(first.replace("pushed", "put in")) == "questions"
    assert imported(other.replace("put in", "added")) == "questions-2"


def test_an_answer_that_is_still_to_be_written_is_none(tmp_path: Path) -> None:
    text = "## What is a stack?\n\nA: TODO look it up\n\n## What is a queue?\n\nA: First in, first out.\n"
    shown = preview("q.md", text.encode(), library=BankLibrary(None, tmp_path), folder=tmp_path)
    assert len(shown.bank.questions) == 1
    assert [entry.begins for entry in shown.report(Language.EN).left_out] == ["What is a stack?"]
