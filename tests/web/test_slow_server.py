"""A slow server is waited for: what `throttled_server.py` shows in ten minutes, with shortened times."""

from pathlib import Path

from throttled_server import ANSWERS, Throttled, four_gradings


def test_every_grade_of_a_slow_server_arrives_and_the_page_says_what_it_waits_for(tmp_path: Path) -> None:
    character = Throttled(tokens_per_second=7 * 60, first=90 / 60)
    outcome = four_gradings(character, tmp_path, pace=0.2, concurrency=2)
    assert outcome.failures == [""] * ANSWERS  # nothing is called dead
    assert len(character.tokens) == ANSWERS  # nothing is asked twice
    assert max(outcome.seconds) >= outcome.ideal[-1]
    shown = {phase for phases in outcome.phases for phase in phases}
    assert {"The model has others to answer first", "The model reads the answer"} <= shown
    for looks, silent in zip(outcome.looks, outcome.silent_looks, strict=True):
        assert looks > silent
