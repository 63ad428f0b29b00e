"""Files that visitors send are kept one a visitor, under a bare name, and not for ever."""

import pytest

from interviewer.web.uploads import Upload, Uploads


def test_the_last_file_of_each_visitor_is_kept() -> None:
    uploads = Uploads()
    uploads.keep("me", "a.md", b"1")
    uploads.keep("you", "b.md", b"2")
    uploads.keep("me", "c.md", b"3")
    assert uploads.of("me") == Upload("c.md", b"3")
    assert uploads.of("you") == Upload("b.md", b"2")
    assert uploads.of("nobody") is None


@pytest.mark.parametrize(
    "name, kept", [("../../etc/passwd.md", "passwd.md"), ("C:\\x\\y.csv", "y.csv"), ("", "file.md")]
)
def test_a_name_has_no_folder(name: str, kept: str) -> None:
    uploads = Uploads()
    uploads.keep("me", name, b"")
    assert uploads.of("me") == Upload(kept, b"")


def test_many_visitors_do_not_fill_the_memory() -> None:
    uploads = Uploads()
    for number in range(100):
        uploads.keep(str(number), "a.md", b"")
    assert uploads.of("0") is None
    assert uploads.of("99")


def test_a_few_large_files_do_not_fill_it_either() -> None:
    uploads = Uploads()
    for number in range(10):
        uploads.keep(str(number), "a.md", b"x" * 5_000_000)
    kept = [number for number in range(10) if uploads.of(str(number))]
    assert kept == list(range(2, 10))
