import stat
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from fakes import BANK, begun, both, grade

from interviewer.domain.grade import Level
from interviewer.domain.interview import Answered, Ended, Event, Graded, Repeated, Unprobed, replay
from interviewer.errors import MovedOnElsewhere, NoSuchInterview, StoreError, TranscriptError
from interviewer.sessions.store import Store


def append(store: Store, interview: str, number: int, event: Event) -> str:
    history = [recorded.event for recorded in store.since(interview, 0)][:number]
    return store.append(interview, number, event, replay([*history, event]))


def run(store: Store, statement: str, **values: object) -> None:
    with store.database.write() as connection:
        connection.execute(sa.text(statement), values)


def rows(store: Store, table: str) -> list[dict[str, object]]:
    with store.database.read() as connection:
        found = [dict(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()]
    return sorted(found, key=str)


def test_events_come_back_in_order_with_their_times(store: Store) -> None:
    interview = store.create("me", begun())
    append(store, interview, 1, Repeated())
    append(store, interview, 2, Answered("x"))
    history = store.history(interview, "me")
    assert [recorded.event for recorded in history] == [begun(), Repeated(), Answered("x")]
    assert all(recorded.at.endswith("+00:00") for recorded in history)


def test_a_place_that_is_taken_is_refused_and_the_first_event_stays(store: Store, url: str) -> None:
    interview = store.create("me", begun())
    append(store, interview, 1, Answered("first"))
    other = Store(url)
    with pytest.raises(MovedOnElsewhere):
        append(other, interview, 1, Answered("second"))
    other.close()
    assert store.history(interview)[1].event == Answered("first")


def test_an_interview_that_was_removed_is_told_from_one_that_has_moved_on(store: Store) -> None:
    interview = store.create("me", begun())
    run(store, "DELETE FROM events WHERE interview = :id", id=interview)
    run(store, "DELETE FROM interviews WHERE id = :id", id=interview)
    with pytest.raises(NoSuchInterview):
        store.append(interview, 1, Repeated(), replay([begun(), Repeated()]))
    assert rows(store, "overviews") == []


def test_an_interview_is_its_owners_alone(store: Store) -> None:
    interview = store.create("me", begun())
    with pytest.raises(NoSuchInterview):
        store.history(interview, "you")
    with pytest.raises(NoSuchInterview):
        store.history("ghost", "me")
    assert store.interviews("you") == []
    assert [found.id for found in store.interviews("me")] == [interview]


def test_the_list_begins_with_what_changed_last_and_comes_in_pages(store: Store) -> None:
    made = [store.create("me", begun()) for _ in range(3)]
    append(store, made[0], 1, Repeated())
    for second, interview in enumerate([made[1], made[2], made[0]]):
        run(store, "UPDATE overviews SET changed_at = :at WHERE interview = :id", at=f"202{second}", id=interview)
    assert [found.id for found in store.interviews()] == [made[0], made[2], made[1]]
    assert [found.id for found in store.interviews("me", 1, 1)] == [made[2]]


def test_a_clock_that_is_set_back_puts_no_event_before_another(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    interview = store.create("me", begun())
    monkeypatch.setattr("interviewer.sessions.store.stored_now", lambda: "2001-01-01T00:00:00.000+00:00")
    append(store, interview, 1, Repeated())
    first, second = store.history(interview)
    assert second.at == first.at


def test_a_bank_is_kept_once_however_many_interviews_are_played_on_it(store: Store, url: str) -> None:
    for _ in range(3):
        store.create("me", begun())
    store.create("me", replace(begun(), bank=replace(BANK, title=both("改过", "Changed"))))
    assert len(rows(store, "banks")) == 2
    assert all(len(str(row["body"])) < 500 for row in rows(store, "events"))
    other = Store(url)
    banks = [other.history(found.id)[0].event.bank for found in other.interviews()]  # type: ignore[union-attr]
    other.close()
    assert {bank.title.en for bank in banks} == {"Small bank", "Changed"}


def test_an_interview_whose_bank_is_missing_says_so(store: Store, url: str) -> None:
    interview = store.create("me", begun())
    run(store, "DELETE FROM banks")
    other = Store(url)
    with pytest.raises(TranscriptError, match="missing"):
        other.history(interview)
    assert other.rebuild_read_models() == 1
    assert "missing" in other.interviews()[0].problem
    other.close()


def test_the_read_models_follow_every_event_and_are_rebuilt_the_same(store: Store) -> None:
    interview, broken = store.create("me", begun()), store.create("me", begun())
    append(store, interview, 1, Answered("it is switched off"))
    append(store, interview, 2, Unprobed())
    assert store.due() == [(interview, "me")]
    assert store.due(unchanged_for=60) == []
    answered = replay(recorded.event for recorded in store.history(interview)).current
    append(store, interview, 3, Graded("dropout", 1, grade(answered, off=Level.MET, random=None)))
    append(store, interview, 4, Ended())
    found = next(one for one in store.interviews("me") if one.id == interview)
    assert (found.bank_title.en, found.mode, found.is_over, found.planned) == ("Small bank", "coach", True, 2)
    assert (found.answered, found.graded, found.failed, found.due, found.is_estimate) == (1, 1, 0, 0, False)
    assert found.score
    assert found.score.low < found.score.high
    assert found.changed_at == store.history(interview)[-1].at
    verdicts = {row["criterion"]: row for row in rows(store, "outcomes")}
    assert {name: row["level"] for name, row in verdicts.items()} == {
        "off": "met",
        "random": None,
        "mc": "missing",
        "on": "missing",
    }
    assert (verdicts["off"]["aid"], verdicts["off"]["rubric"]) == ("unaided", BANK["dropout"].rubric.digest)
    before = rows(store, "overviews"), rows(store, "outcomes")
    run(store, "UPDATE overviews SET phase = 'answering', low = 0")
    run(store, "DELETE FROM outcomes")
    assert store.rebuild_read_models() == 2
    assert (rows(store, "overviews"), rows(store, "outcomes")) == before
    run(store, "UPDATE events SET body = '{' WHERE interview = :id", id=broken)
    store._banks.clear()
    assert store.rebuild_read_models() == 2
    assert [bool(one.problem) for one in store.interviews("me") if one.id == broken] == [True]


def test_an_error_of_the_database_never_shows_an_answer(store: Store) -> None:
    interview = store.create("me", begun())
    run(store, "DROP TABLE events")
    event = Answered("my secret words")
    with pytest.raises(StoreError) as refused:
        store.append(interview, 1, event, replay([begun(), event]))
    assert "secret" not in str(refused.value)


def test_the_file_of_the_database_is_its_owners_alone(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    store.create("me", begun())
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("a.sqlite3*")} == {0o600}
    store.close()
