import pytest
from command_line import run


def test_a_worker_without_a_queue_says_in_one_line_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("worker") == 1
    said = capsys.readouterr().err
    assert "postgresql+psycopg://" in said
    assert "mock-interviewer[server]" in said
    assert len(said.splitlines()) == 1
