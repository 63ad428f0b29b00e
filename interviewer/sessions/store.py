"""Interviews on disk. Events are the truth, and their primary key is the concurrency control."""

import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from interviewer.domain.interview import Begun, Event, Interview, begin
from interviewer.domain.rubric import Bank
from interviewer.errors import MovedOnElsewhere, NoSuchInterview, StoreDamaged, StoreError, TranscriptError
from interviewer.sessions import class_removal, interview_lists, read_models, review_cards
from interviewer.sessions.database import Database, store_error
from interviewer.sessions.interview_lists import InterviewOverview
from interviewer.sessions.interview_search import has_all_words
from interviewer.sessions.serialization import (
    bank_from_json,
    bank_of_begun,
    begun_from_json,
    begun_to_json,
    event_from_json,
    event_to_json,
)
from interviewer.sessions.tables import (
    banks,
    events,
    interview_words,
    interviews,
    leases,
    outcomes,
    overviews,
    owned_tables,
)
from interviewer.sessions.timestamps import stored_now
from interviewer.text.messages import localized

# What is asked at every event is put together once: that takes SQLAlchemy longer than asking it.
_THIS: sa.BindParameter[str] = sa.bindparam("this")
_OWNER = sa.select(interviews.c.owner).where(interviews.c.id == _THIS)
_EVENTS_FROM = (
    sa.select(events.c.kind, events.c.body, events.c.at)
    .where(events.c.interview == _THIS, events.c.number >= sa.bindparam("first"))
    .order_by(events.c.number)
)
_TIME_OF_EVENT = sa.select(events.c.at).where(events.c.interview == _THIS, events.c.number == sa.bindparam("at_number"))
_ADD_EVENT = events.insert()

_MOST_BANKS = 64
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as it was recorded; `at` is UTC, ISO 8601, and never before that of the event before it."""

    event: Event
    at: str


class Store:
    """A database of interviews. Safe to share between threads and processes."""

    def __init__(self, url: str, patience: float = 10.0, connections: int = 15) -> None:
        """`patience` is for how many seconds a lock is waited for; at most so many `connections` go to a server."""
        self._banks: dict[str, Bank] = {}
        self._lock = threading.Lock()
        self.observe: Callable[[str], object] = lambda _kind: None
        """Is told the kind of every event that was recorded."""
        self.database = Database(url, self._rebuild_read_models, patience, connections)

    def create(self, owner: str, first: Begun) -> str:
        """Record the first event of a new interview of this owner, and give its id."""
        interview = new_id()
        self.insert(interview, owner, [RecordedEvent(first, stored_now())])
        self.observe(Begun.__name__)
        return interview

    def append(
        self,
        interview: str,
        number: int,
        event: Event,
        after: Interview,
        also: Callable[[sa.Connection], None] | None = None,
    ) -> str:
        """Record the event as the interview's `number`-th (from 0), and give its time; `after` is the state it makes.

        `also` is done in the same transaction.

        Raises MovedOnElsewhere if that place is taken: somebody else recorded an event first. Raises NoSuchInterview
        if the interview has been removed.
        """
        kind, body = event_to_json(event)
        before = {"this": interview, "at_number": number - 1}
        try:
            with self.database.write() as connection:
                last = connection.execute(_TIME_OF_EVENT, before).scalar() or ""
                at = max(stored_now(), last)  # a clock may be set back
                row = {"interview": interview, "number": number, "kind": kind, "body": body, "at": at}
                connection.execute(_ADD_EVENT, row)
                read_models.update(connection, interview, event, at, after)
                if also is not None:
                    also(connection)
        except IntegrityError as error:
            self.owner_of(interview)
            if self.since(interview, number):
                raise MovedOnElsewhere(localized("play.moved_on")) from error
            raise store_error(error) from error
        self.observe(kind)
        return at

    def since(self, interview: str, number: int) -> list[RecordedEvent]:
        """The events from the `number`-th on (from 0), in order; events never change, so what came before is known."""
        with self.database.read() as connection:
            return self._read(connection, interview, number)

    def owner_of(self, interview: str) -> str:
        """Whose interview it is. Raises NoSuchInterview."""
        if not interview.isprintable():  # PostgreSQL would refuse to look for it
            raise NoSuchInterview(localized("store.no_interview", id="?"))
        with self.database.read() as connection:
            found = connection.execute(_OWNER, {"this": interview}).scalar()
        if found is None:
            raise NoSuchInterview(localized("store.no_interview", id=interview))
        return str(found)

    def history(self, interview: str, owner: str | None = None) -> list[RecordedEvent]:
        """All events in order. Raises NoSuchInterview if there is none, or not of this owner (None: of anybody)."""
        history = self.since(interview, 0) if owner is None or owner == self.owner_of(interview) else []
        if not history:
            raise NoSuchInterview(localized("store.no_interview", id=interview))
        return history

    def interviews(
        self,
        owner: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        text: str = "",
        zone: tzinfo = UTC,
    ) -> list[InterviewOverview]:
        """The interviews of an owner (None: of everybody) that have all words of the text, the one that changed last first.

        A word may be in the title, the bank's or the questions', name the mode, or the day in `zone`.
        """
        which = [] if owner is None else [overviews.c.owner == owner]
        with self.database.read() as connection:
            return interview_lists.select_overviews(
                connection, *which, has_all_words(text, zone), limit=limit, offset=offset
            )

    def title_of(self, interview: str) -> str | None:
        found: str | None = self.database.value(sa.select(interviews.c.title).where(interviews.c.id == interview))
        return found

    def rename(self, interview: str, title: str) -> None:
        """Give an interview a title of its owner's; an empty one takes it back. Raises NoSuchInterview."""
        self.owner_of(interview)
        kept = " ".join(title.split())[:_LONGEST_TITLE] or None
        self.database.change(interviews.update().where(interviews.c.id == interview).values(title=kept))

    def insert(self, interview: str, owner: str, history: Sequence[RecordedEvent], title: str | None = None) -> None:
        """Add an interview that was played before, under a free id. Raises OutOfTurn if these events make none."""
        first = history[0].event
        begin(first)
        assert isinstance(first, Begun)
        digest, bank, begun_body = begun_to_json(first)
        bodies = [(Begun.__name__, begun_body), *(event_to_json(one.event) for one in history[1:])]
        rows = [
            {"interview": interview, "number": number, "kind": kind, "body": body, "at": recorded.at}
            for number, ((kind, body), recorded) in enumerate(zip(bodies, history, strict=True))
        ]
        with self.database.write() as connection:
            self._add_bank(connection, digest, bank)
            values = {"id": interview, "owner": owner, "begun_at": history[0].at, "title": title}
            connection.execute(interviews.insert().values(values))
            connection.execute(events.insert(), rows)
            read_models.add_interview(connection, interview, owner, [(one.event, one.at) for one in history])
            if len(history) > 1:
                review_cards.refresh(connection, read_models.questions_of(connection, interview))
        self._remember(digest, first.bank)

    def remove(
        self,
        interview: str,
        keep: Callable[[sa.Connection, list[RecordedEvent]], None] = lambda _connection, _history: None,
    ) -> None:
        """Delete an interview; `keep` gets its events in the same transaction. Raises NoSuchInterview."""
        self.owner_of(interview)
        with self.database.write() as connection:
            this = interviews.c.id == interview
            # Locked, so that nothing is added to its events between keeping and deleting them.
            connection.execute(sa.select(interviews.c.id).where(this).with_for_update())
            keep(connection, self._read(connection, interview, 0))
            questions = read_models.questions_of(connection, interview)
            self._delete(connection, this)
            review_cards.refresh(connection, questions)

    def remove_unchanged(self, before: str, most: int = 100) -> list[str]:
        """Delete up to so many interviews in which nothing was recorded since `before`, and give their ids."""
        with self.database.write() as connection:
            names = interview_lists.lock_unchanged(connection, before, most)
            judged = read_models.questions_of(connection, *names)
            self._delete(connection, interviews.c.id.in_(names))
            review_cards.refresh(connection, judged)
            class_removal.remove_deleted_interviews(connection)
        return names

    def remove_owner(self, owner: str) -> None:
        """Delete every row of an owner, and the bytes that stood there."""
        with self.database.write() as connection:
            self._delete(connection, interviews.c.owner == owner)
            class_removal.pass_on_classes(connection, owner)
            for table in owned_tables():
                connection.execute(table.delete().where(table.c.owner == owner))
            class_removal.remove_deleted_interviews(connection)
        self.database.compact()

    def due(self, unchanged_for: float | None = None) -> list[tuple[str, str]]:
        """Id and owner of the interviews to which something is owed, if nothing happened for so many seconds."""
        before = None if unchanged_for is None else stored_now(timedelta(seconds=unchanged_for))
        try:
            with self.database.read() as connection:
                return interview_lists.list_due(connection, before)
        except StoreDamaged:
            return self._readable_due(before)

    def rebuild_read_models(self) -> int:
        """Make the read models anew from the events, and give the number of interviews."""
        with self.database.write() as connection:
            return self._rebuild_read_models(connection)

    def close(self) -> None:
        self.database.close()

    def _delete(self, connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
        """Delete these interviews, what refers to them, and the banks that no other interview was played on."""
        names = sa.select(interviews.c.id).where(which)
        for table in (events, outcomes, overviews, interview_words, leases):
            connection.execute(table.delete().where(table.c.interview.in_(names)))
        connection.execute(interviews.delete().where(which))
        bodies = connection.execute(sa.select(events.c.body).where(events.c.number == 0)).scalars()
        used = {digest for body in bodies if (digest := _digest(body))}
        unused = [one for one in connection.execute(sa.select(banks.c.digest)).scalars().all() if one not in used]
        for digest in unused:
            connection.execute(banks.delete().where(banks.c.digest == digest))
        with self._lock:
            for digest in unused:
                self._banks.pop(digest, None)

    def _readable_due(self, before: str | None) -> list[tuple[str, str]]:
        """What is due, one interview at a time: what cannot be read holds up no other."""
        with self.database.read() as connection:
            names = interview_lists.list_due_names(connection)
        found = []
        for name in names:
            with suppress(StoreError), self.database.read() as connection:
                found += interview_lists.list_due(connection, before, name)
        return found

    def _rebuild_read_models(self, connection: sa.Connection) -> int:
        def read(_: sa.Connection, interview: str) -> list[tuple[Event, str]]:
            return [(recorded.event, recorded.at) for recorded in self._read(connection, interview, 0)]

        return read_models.rebuild_read_models(connection, read)

    def _read(self, connection: sa.Connection, interview: str, number: int) -> list[RecordedEvent]:
        rows = connection.execute(_EVENTS_FROM, {"this": interview, "first": number}).all()
        return [RecordedEvent(self._event(connection, kind, body), at) for kind, body, at in rows]

    def _event(self, connection: sa.Connection, kind: str, body: str) -> Event:
        if kind != Begun.__name__:
            return event_from_json(kind, body)
        digest = bank_of_begun(body)
        bank = self._banks.get(digest)
        if bank is None:
            found = connection.execute(sa.select(banks.c.body).where(banks.c.digest == digest)).scalar()
            if found is None:
                raise TranscriptError(localized("store.no_bank"))
            bank = bank_from_json(found)
            self._remember(digest, bank)
        return begun_from_json(body, bank)

    def _add_bank(self, connection: sa.Connection, digest: str, body: str) -> None:
        if connection.execute(sa.select(banks.c.digest).where(banks.c.digest == digest)).first() is None:
            with suppress(IntegrityError), connection.begin_nested():  # somebody may add the same bank meanwhile
                connection.execute(banks.insert().values(digest=digest, body=body))

    def _remember(self, digest: str, bank: Bank) -> None:
        with self._lock:
            self._banks[digest] = bank
            while len(self._banks) > _MOST_BANKS:
                del self._banks[next(iter(self._banks))]


def new_id() -> str:
    """Short, as it stands in every row; it need not be a secret, since the owner is asked for as well."""
    return secrets.token_hex(7)


def _digest(body: str) -> str | None:
    """The bank that a first event refers to; None where it cannot be read."""
    try:
        return bank_of_begun(body)
    except TranscriptError:
        return None
