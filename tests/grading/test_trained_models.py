"""What was trained is kept: found again by the same texts and code, and made anew where it cannot be read."""

from pathlib import Path

import numpy as np
import pytest

from interviewer.grading import trained_models
from interviewer.grading.trained_models import Arrays, kept


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(trained_models, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


NAMES = ("weights", "stems")


class Training:
    """Counts how often something is trained."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Arrays:
        self.times += 1
        return {"weights": np.array([1.5, -2.0], np.float32), "stems": np.array("one\ntwo")}


def test_what_was_trained_once_is_found_again(folder: Path) -> None:
    train = Training()
    first, again = kept(("a", "b"), NAMES, train), kept(("a", "b"), NAMES, train)
    assert train.times == 1
    assert again["weights"].tolist() == first["weights"].tolist() == [1.5, -2.0]
    assert str(again["stems"]) == "one\ntwo"
    assert [one.suffix for one in folder.iterdir()] == [".npz"]


def test_other_texts_and_other_code_are_trained_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train = Training()
    for texts in (("a", "b"), ("ab",), ("a", "", "b"), ("b", "a")):
        kept(texts, NAMES, train)
    assert train.times == 4
    monkeypatch.setattr(trained_models, "_code", lambda: b"another")
    kept(("a", "b"), NAMES, train)
    assert train.times == 5
    assert len(list(folder.iterdir())) == 5


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\x80\x04N."])
def test_a_file_that_cannot_be_read_is_made_anew(folder: Path, content: bytes) -> None:
    train = Training()
    kept(("a",), NAMES, train)
    (path,) = folder.iterdir()
    path.write_bytes(content)
    assert kept(("a",), NAMES, train)["weights"].tolist() == [1.5, -2.0]
    assert train.times == 2
    kept(("a",), NAMES, train)
    assert train.times == 2


def test_a_folder_that_cannot_be_used_costs_training_and_nothing_else(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    train = Training()
    assert kept(("a",), NAMES, train)["weights"].tolist() == [1.5, -2.0]
    kept(("a",), NAMES, train)
    assert train.times == 2


def test_the_oldest_files_make_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trained_models, "_MOST_KEPT", 3)
    for number in range(6):
        kept((str(number),), NAMES, Training())
    assert len(list(folder.iterdir())) == 3
    train = Training()
    kept(("5",), NAMES, train)
    assert train.times == 0
