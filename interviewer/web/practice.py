"""What the page shows of an owner's practice: progress, the questions of all banks, and the list of interviews put in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from interviewer.banks.loader import BankLibrary
from interviewer.errors import InterviewerError, StoreError
from interviewer.presentation.practice_pages import progress_page, questions_page
from interviewer.presentation.templating import inline, render
from interviewer.sessions.interview_lists import PAGE_SIZE
from interviewer.sessions.progress import read_progress
from interviewer.sessions.question_mastery import QuestionState
from interviewer.sessions.question_notes import list_notes, save_note
from interviewer.sessions.question_search import NoteFilter, known_questions, search_questions
from interviewer.sessions.removal import list_soft_deleted, soft_delete, undelete
from interviewer.sessions.store import Store
from interviewer.text.messages import say
from interviewer.web.page_actions import InterviewAction, KeepNote
from interviewer.web.visit import Visit

_AWAY = """<p role="alert">{{ say("list.away", reason=reason) }}</p>"""
_LIST_AWAY = '<h2>{{ say("list.title") }}</h2>' + _AWAY


@dataclass(frozen=True, slots=True)
class PracticeHandlers:
    """Reads for the page what an owner practised, and puts their list in order."""

    store: Store
    library: BankLibrary

    def progress(self, visit: Visit) -> str:
        now, banks = datetime.now(visit.zone), self.library.of(visit.owner).banks()
        try:
            return progress_page(read_progress(self.store, visit.owner, banks, now), now.date(), visit.language)
        except StoreError:
            return ""  # the list that is shown with it says what is wrong

    def questions(self, visit: Visit, words: str, state: str) -> str:
        """The questions with all these words; of any state where `state` names none, nor what is kept of them."""
        states = [QuestionState(state)] if state in tuple(QuestionState) else []
        kept = NoteFilter(state) if state in tuple(NoteFilter) else None
        banks = self.library.of(visit.owner).banks()
        try:
            known = known_questions(self.store, visit.owner, banks, datetime.now(visit.zone))
            notes = list_notes(self.store, visit.owner)
        except StoreError as error:
            return inline(_AWAY, visit.language, reason=error)
        found = search_questions(known, words, states=states, notes=notes, kept=kept)
        return questions_page(found, notes, visit.language)

    def keep_notes(self, visit: Visit, notes: Iterable[KeepNote]) -> str:
        """Keep notes and bookmarks; what went wrong, '' if nothing did."""
        try:
            for one in notes:
                save_note(self.store, visit.owner, one.name, note=one.note, is_bookmarked=one.is_bookmarked)
        except StoreError as error:
            return say("notes.not_kept", visit.language, reason=error)
        return ""

    def listing(self, visit: Visit, words: str = "", count: int = PAGE_SIZE) -> str:
        """The interviews with all these words that changed last, so many of them, and a link that shows more."""
        try:
            found = self.store.interviews(visit.owner, count + 1, text=words, zone=visit.zone)
            removed = list_soft_deleted(self.store, visit.owner)
        except StoreError as error:
            return inline(_LIST_AWAY, visit.language, reason=error)
        more = {"is_more": len(found) > count, "is_search": bool(words.strip()), "page_size": PAGE_SIZE}
        return render("interview_list.html", visit.language, shown=found[:count], removed=removed, **more)

    def change_list(self, visit: Visit, action: InterviewAction) -> str:
        """Delete, put back or rename an interview, and say so."""
        name, owner = action.interview, visit.owner
        try:
            match action.do:
                case "delete":
                    soft_delete(self.store, name, owner)
                    told = say("list.deleted", visit.language)
                    return render("deleted.html", visit.language, text=told, kind="interview", name=name)
                case "put_back" if undelete(self.store, name, owner):
                    return inline('<p role="status">{{ say("list.put_back") }}</p>', visit.language)
                case "rename" if self.store.owner_of(name) == owner:
                    self.store.rename(name, action.title.strip())
        except InterviewerError as error:
            return inline(_AWAY, visit.language, reason=error)
        return ""


def wished_count(wish: str) -> int:
    """How many interviews a link asked for; the first page if it makes no sense."""
    return max(PAGE_SIZE, int(wish)) if wish.isascii() and wish.isdecimal() and len(wish) < 7 else PAGE_SIZE
