from pathlib import Path

import pytest
from sources import JAVA, read

from interviewer import importing
from interviewer.importing import Preview, preview, save
from interviewer.library import Library, parse_bank


@pytest.fixture(autouse=True)
def stand_in_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "read", read)


def look(folder: Path, text: str = JAVA, name: str = "java notes.txt", **options: object) -> Preview:
    return preview(name, text.encode(), library=Library(None, folder), folder=folder, **options)  # type: ignore[arg-type]


def test_an_imported_file_is_a_bank_that_can_be_played_at_once(tmp_path: Path) -> None:
    library = Library(None, tmp_path / "banks")
    shown = preview("java notes.txt", JAVA.encode(), library=library, folder=tmp_path / "banks")
    assert not (tmp_path / "banks").exists()
    path = save(shown)
    assert path == tmp_path / "banks" / "java-notes.yaml"
    assert library.bank("java-notes") == shown.bank
    assert parse_bank(path.read_text(encoding="utf-8"), "x") == shown.bank
