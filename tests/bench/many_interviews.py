"""What 10,000 stored interviews cost, as ratios within one run: `python tests/bench/many_interviews.py [COUNT]`.

One interview of five questions is played offline and copied in bulk, so that the database is made in seconds.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from statistics import median

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parent.parent))

from fakes import Only

from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.grading.lexical import LexicalGrader
from interviewer.sessions.interview_plan import make_plan
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.web.practice import PracticeHandlers
from interviewer.web.visit import Visit

ROOT = Path(__file__).parent.parent.parent
OWNER = "an-owner-of-many-inter"
ROUNDS = 5
PAGE_BYTES = 16384
LENGTH = 60  # characters of the reference that are given as the answer


def played(url: str) -> tuple[SessionService, str]:
    """A service on a new database, and a finished interview of five questions."""
    service = SessionService(Store(url), Only(LexicalGrader()))
    session = service.begin(
        OWNER, make_plan(BankLibrary().bank("deep-learning"), count=5, language=Language.ZH, seed=1)
    )
    while not (interview := session.interview()).is_over:
        session.answer(interview.question.reference.zh[:LENGTH])
        session.run_due_and_wait()
        session.move_on()
    return service, session.id


def copy(store: Store, interview: str, count: int) -> None:
    """So many interviews that differ from the one that was played in their ids."""
    names = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
    with store.database.write() as connection:
        is_postgres = connection.dialect.name == "postgresql"
        name, time = ("lpad(to_hex(i), 14, '0')", "lpad(i::text, 6, '0')") if is_postgres else (
            "printf('%014x', i)", "printf('%06d', i)"
        )  # fmt: skip
        for table in ("interviews", "events", "overviews", "outcomes"):
            columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
            own = "id" if table == "interviews" else "interview"
            new = {own: name, "changed_at": f"'2026-01-01T' || {time}"}
            copied = ", ".join(new.get(column, column) for column in columns)
            connection.execute(
                sa.text(
                    f"{names} INSERT INTO {table} ({', '.join(columns)}) SELECT {copied} FROM {table}, n WHERE {own} = :id"
                ),
                {"count": count, "id": interview},
            )


def seconds(*works: Callable[[], object]) -> list[float]:
    """The least time of each, taken in turns so that a busy machine slows all of them alike."""
    took: list[list[float]] = [[] for _ in works]
    for _ in range(3 * ROUNDS):
        for work, times in zip(works, took, strict=True):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
    return [min(times) for times in took]


def first_page(folder: Path) -> float:
    """Seconds from the start of the server to its first answered page."""
    environment = {**os.environ, "INTERVIEWER_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        url = process.stdout.readline().split(": ", 1)[1].strip()
        with urllib.request.urlopen(url, timeout=60) as page:
            page.read()
        return time.perf_counter() - start
    finally:
        process.kill()
        process.communicate()


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        full, empty = Path(temporary) / "full", Path(temporary) / "empty"
        full.mkdir()
        path = full / "interviews.sqlite3"
        service, interview = played(f"sqlite:///{path}")
        store = service.store
        with store.database.read() as connection:
            before = connection.exec_driver_sql("SELECT sum(length(body)) FROM events").scalar()
        print(f"bodies of the events of one interview: {before / 1000:.1f} kB")
        copy(store, interview, count - 1)
        columns = (
            "interview, owner, begun_at, changed_at, bank, bank_zh, bank_en, mode, phase, position, planned, answered, "
        )
        columns += "graded, failed, due, low, high, is_estimate, problem"
        query = sa.text(
            f"SELECT {columns} FROM overviews WHERE owner = :owner ORDER BY changed_at DESC, interview LIMIT :count"
        )

        def plain_sql(most: int) -> int:
            with store.database.read() as connection:
                return len(connection.execute(query, {"owner": OWNER, "count": most}).all())

        assert plain_sql(count) == len(store.interviews(OWNER)) == count
        sql, listed = seconds(lambda: plain_sql(count), lambda: store.interviews(OWNER))
        print(
            f"all {count} interviews: {listed * 1000:.0f} ms, its SQL {sql * 1000:.0f} ms, ratio {listed / sql:.2f} (aim 1.5)"
        )
        practice = PracticeHandlers(service.store, BankLibrary())
        sql, shown = seconds(lambda: plain_sql(51), lambda: practice.listing(Visit(OWNER, Language.EN)))
        print(
            f"the first page as HTML: {shown * 1000:.1f} ms, its SQL {sql * 1000:.1f} ms, ratio {shown / sql:.2f} (aim 1.5)"
        )
        (due,) = seconds(store.due)
        print(f"looking for left work: {due * 1000:.2f} ms")
        service.close()
        with store.database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar() * PAGE_BYTES
        store.close()
        print(f"database: {pages / count / 1000:.1f} kB an interview (aim 15)")
        first_page(empty)
        many, none = [], []
        for _ in range(ROUNDS):
            none.append(first_page(empty))
            many.append(first_page(full))
        ratio = median(many) / median(none)
        print(
            f"first page: {median(many):.2f} s, of an empty database {median(none):.2f} s, ratio {ratio:.2f} (aim 1.2)"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
