"""The list of all interviews of an owner, as links that resume or reread them."""

from interviewer.errors import StoreError
from interviewer.presentation.templating import inline, render
from interviewer.sessions.interview_lists import PAGE_SIZE
from interviewer.sessions.removal import list_soft_deleted
from interviewer.sessions.service import SessionService
from interviewer.web.visit import Visit

_AWAY = """<h2>{{ say("list.title") }}</h2><p role="alert">{{ say("list.away", reason=error) }}</p>"""


def listing(service: SessionService, visit: Visit, count: int = PAGE_SIZE, words: str = "") -> str:
    """The interviews of an owner with all these words that changed last, so many of them, and a link that shows more."""
    try:
        found = service.store.interviews(visit.owner, count + 1, text=words, zone=visit.zone)
        removed = list_soft_deleted(service.store, visit.owner)
    except StoreError as error:
        return inline(_AWAY, visit.language, error=error)
    return render(
        "interview_list.html",
        visit.language,
        shown=found[:count],
        is_more=len(found) > count,
        is_search=bool(words.strip()),
        removed=removed,
        page_size=PAGE_SIZE,
    )


def wished_count(wish: str) -> int:
    """How many interviews a link asked for; the first page if it makes no sense."""
    return max(PAGE_SIZE, int(wish)) if wish.isascii() and wish.isdecimal() and len(wish) < 7 else PAGE_SIZE
