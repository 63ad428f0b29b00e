"""Retention: interviews that nobody has touched for long are deleted, and what was deleted leaves nothing behind."""

import logging
from datetime import timedelta
from pathlib import Path

from interviewer.sessions.compilations import purge_compilations
from interviewer.sessions.grading_batches import remove_untouched
from interviewer.sessions.interview_lists import list_unchanged
from interviewer.sessions.kept_choices import purge_choices
from interviewer.sessions.removal import purge_expired, unsent_file
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
        for name in names:
            unsent_file(data_folder, name).unlink(missing_ok=True)
        count += len(names)
    if count:
        _log.info("%d interviews that were not touched for %d days were deleted", count, days)
    return count


def keep_house(store: Store, days: int, data_folder: Path) -> None:
    """What is done from time to time: forget what was deleted a day ago and, where `days` is not 0, what is too old."""
    deleted = purge_expired(store, data_folder) + purge_removed_banks(store) + purge_compilations(store.database)
    if days:
        before = stored_now(timedelta(days=days))
        deleted += purge(store, days, data_folder) + purge_choices(store.database, before)
        deleted += remove_untouched(store.database, before)
    if deleted:
        store.database.empty_log()
