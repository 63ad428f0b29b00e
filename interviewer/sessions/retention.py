"""Retention: interviews that nobody has touched for long are deleted, and what was deleted leaves nothing behind."""

import logging
from datetime import timedelta
from pathlib import Path

from interviewer.sessions.interview_lists import list_unchanged
from interviewer.sessions.removal import delete_unsent_answers, purge_expired
from interviewer.sessions.store import Store
from interviewer.sessions.stored_banks import purge_removed_banks
from interviewer.sessions.timestamps import stored_now

_log = logging.getLogger(__name__)


def find_untouched(store: Store, days: int) -> list[tuple[str, str]]:
    """Id and owner of the interviews in which nothing was recorded for so many days."""
    return list_unchanged(store.database, stored_now(timedelta(days=days)))


def purge(store: Store, days: int, data_folder: Path) -> int:
    """Delete for good the interviews in which nothing was recorded for so many days; give how many."""
    count, before = 0, stored_now(timedelta(days=days))
    while names := store.remove_unchanged(before):
        delete_unsent_answers(data_folder, names)
        count += len(names)
    if count:
        _log.info("%d interviews that were not touched for %d days were deleted", count, days)
    return count


def keep_house(store: Store, days: int, data_folder: Path) -> None:
    """What is done from time to time: forget what was deleted a day ago and, where `days` is not 0, what is too old."""
    deleted = purge_expired(store, data_folder) + purge_removed_banks(store)
    if days:
        deleted += purge(store, days, data_folder)
    if deleted:
        store.database.empty_log()
