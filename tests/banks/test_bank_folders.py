from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

from fakes import BANK

from interviewer.banks.bank_folders import BankFolders
from interviewer.domain.rubric import Bank


class Reader:
    """Gives the same bank for every file, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path) -> Bank:
        self.read.append(path.name)
        Event().wait(0.002)  # lets other threads in, as a file does
        return BANK


def files(folder: Path) -> list[Path]:
    paths = [folder / f"{number}.yaml" for number in range(20)]
    for path in paths:
        path.write_text("one", encoding="utf-8")
    return paths


def test_only_what_has_changed_is_read_again(tmp_path: Path) -> None:
    paths, reader = files(tmp_path), Reader()
    folders = BankFolders([tmp_path, tmp_path / "not-there"], reader)
    first = folders.banks()
    assert list(first) == sorted(paths) == folders.paths()
    assert folders.banks() is first
    assert len(reader.read) == len(paths)
    paths[3].write_text("three", encoding="utf-8")
    paths[4].unlink()
    assert set(folders.banks()) == set(paths) - {paths[4]}
    assert reader.read[len(paths) :] == ["3.yaml"]
    assert paths[4] in first, "what somebody is going through does not change under their hands"


def test_who_comes_while_banks_are_read_waits_and_reads_none_again(tmp_path: Path) -> None:
    paths, reader, together = files(tmp_path), Reader(), Barrier(4)
    folders = BankFolders([tmp_path], reader)

    def look(_: int) -> int:
        together.wait()
        return len(folders.banks())

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(look, range(4))) == [len(paths)] * 4
    assert sorted(reader.read) == sorted(path.name for path in paths)
