"""What each control of the page does: it plays on a session and says what the page then shows. Knows nothing of gradio."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import partial, partialmethod
from typing import Any

from interviewer.banks.loader import BankLibrary
from interviewer.domain.interview import Interview, Phase, due, shows_grades
from interviewer.domain.language import Language
from interviewer.errors import InterviewerError, NoSuchInterview, OutOfTurn, StoreDamaged, StoreError, TranscriptError
from interviewer.presentation.card import CardActions
from interviewer.sessions.coach_notes import list_coach_notes
from interviewer.sessions.comparison import compare
from interviewer.sessions.due_questions import Today, plan_today
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.interview_plan import QuestionName, make_named_plan
from interviewer.sessions.practice_log import PracticeSettings, save_practice_settings
from interviewer.sessions.question_notes import list_notes
from interviewer.sessions.service import LONGEST_ANSWER, Session, SessionService
from interviewer.text.messages import say
from interviewer.web.assigned import Assigned
from interviewer.web.badge import Badges
from interviewer.web.notices import error_text, not_begun, unreachable, with_unrecorded
from interviewer.web.page_actions import (
    BeginAssignment,
    CardAction,
    Goal,
    LeaveClass,
    PageAction,
    Practise,
    StopGrading,
    StopTest,
)
from interviewer.web.practice import PracticeHandlers
from interviewer.web.start_choices import StartChoices
from interviewer.web.view_model import Screen, View, view
from interviewer.web.voice import read_spoken

# What needs no server is there in a moment; it is not waited for without end all the same.
_OFFLINE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class PageHandlers:
    """Plays for the page: one for the whole server."""

    service: SessionService
    library: BankLibrary
    models: GraderRegistry
    badges: Badges
    practice: PracticeHandlers
    assigned: Assigned | None = None

    def arrive(self, owner: str, interview: str, language: Language) -> View:
        """The page as it opens: on the interview the browser remembers, or on the start form."""
        if not interview:
            return View(Screen.START, language)
        try:
            return self._brought_up_to_date(owner, interview, language)
        except (StoreDamaged, TranscriptError) as error:
            # Others can be played.
            notice = say("play.unreadable", language, reason=error.into(language))
            return View(Screen.START, language, notice=notice)
        except InterviewerError as error:
            return unreachable(error, interview, language)

    def start(self, owner: str, choices: StartChoices, language: Language) -> View:
        """A new interview. What cannot be played is said on the start form."""
        return self._begun(lambda: self.service.begin(owner, choices.plan(self.library.of(owner))), language)

    def answer(self, owner: str, interview: str, place: str, text: str, language: Language, spoken: str = "") -> View:
        """Record the answer; in coach mode with the card, if that needs no model. `spoken` is as the page's script sends it."""
        if not text.strip():
            return self._noticed(owner, interview, language, say("play.empty", language))
        if len(text) > LONGEST_ANSWER:
            notice = say("play.too_long", language, length=len(text), most=LONGEST_ANSWER)
            return with_unrecorded(self._noticed(owner, interview, language, notice), text)
        said = read_spoken(spoken)
        played = self._played(owner, interview, language, lambda session: session.answer(text, place, said), clear=True)
        return with_unrecorded(played, text) if played.notice and not played.clear else played

    def ask(self, owner: str, interview: str, place: str, text: str, language: Language) -> View:
        """Record what is in the box as a question about the question, which is no answer."""
        if not text.strip():
            return self._noticed(owner, interview, language, say("play.empty_question", language))
        ask = lambda session: session.ask(text, place)  # noqa: E731
        return self._played(owner, interview, language, ask, "play.no_more_questions", clear=True)

    def _step(
        self,
        step: Callable[[Session, str], Interview],
        owner: str,
        interview: str,
        place: str,
        language: Language,
        **more: Any,
    ) -> View:
        """A step of the interview that needs no more than the place where it stands."""
        return self._played(owner, interview, language, lambda session: step(session, place), **more)

    end = partialmethod(_step, Session.end)
    hint = partialmethod(_step, Session.hint, refusal="play.no_hint")
    repeat = partialmethod(_step, Session.repeat)
    undo_skip = partialmethod(_step, Session.undo_skip)
    move_on = partialmethod(_step, Session.move_on)
    # What stands in the box is about what was passed on. The browser keeps it for whoever comes back.
    skip = partialmethod(_step, Session.skip, clear=True)

    def regrade(self, owner: str, interview: str, _: str, language: Language) -> View:
        """Grade again whatever could not be graded."""
        return self._played(owner, interview, language, Session.regrade)

    def retry(self, owner: str, interview: str, place: str, language: Language) -> View:
        """Another try, with what was said before in the box to be made better."""
        said = ""

        def again(session: Session) -> Interview:
            nonlocal said
            said = "\n\n".join(text for _, text in session.interview().current.answers)
            return session.retry(place)

        played = self._played(owner, interview, language, again)
        return played if played.notice else replace(played, prefill=said)

    def look(self, owner: str, interview: str, language: Language) -> View:
        """The interview as it stands, for a page that waits for grades or for the database, or changes its language."""
        try:
            if not interview:
                self.service.store.ungraded(owner)  # only asked to see whether the database is back
                return View(Screen.START, language)
            return self._brought_up_to_date(owner, interview, language)
        except InterviewerError as error:
            return unreachable(error, interview, language)

    def not_understood(self, owner: str, interview: str, sent: str, language: Language) -> View:
        """What no button sends; in the form for the goal, perhaps what was typed."""
        key = "today.bad_goal" if '"goal"' in sent else "play.not_now"
        return self._noticed(owner, interview, language, say(key, language))

    def act(self, owner: str, interview: str, actions: Sequence[PageAction], language: Language) -> View:
        """What the buttons inside cards, reports and lists ask for."""
        match actions:
            case [Goal() as goal, *_]:
                return self._keep_goal(owner, goal, language)
            case [Practise() as wish, *_]:
                try:
                    names = self._named(owner, interview, wish.questions)
                except InterviewerError as error:
                    return self._noticed(owner, interview, language, error_text(error, language))
                return self.practise(owner, names, language)
            case [(BeginAssignment() | LeaveClass()) as wish, *_] if self.assigned:
                return self._in_class(self.assigned, owner, wish, language)
            case [StopTest(), *_]:
                self.models.stop_check(owner)
                play: Callable[[Session], Interview] = Session.interview
            case [StopGrading(), *_]:
                play = partial(Session.stop_grading, language=language)
            case _:
                on_card = [action for action in actions if isinstance(action, CardAction)]
                play = partial(_record_all, on_card)
        return self._played(owner, interview, language, play) if interview else self.look(owner, "", language)

    def _in_class(self, assigned: Assigned, owner: str, wish: BeginAssignment | LeaveClass, language: Language) -> View:
        if isinstance(wish, BeginAssignment):
            return self._begun(lambda: assigned.begin(owner, wish.assignment, language), language)
        try:
            assigned.leave(owner, wish.classroom)
        except StoreError as error:
            return not_begun(error, language)
        return View(Screen.START, language)

    def today(self, owner: str, zone: tzinfo) -> Today:
        """What is worth practising now, where the visitor is."""
        return plan_today(self.service.store, owner, self.library.of(owner).banks(), datetime.now(zone))

    def tasks(self, owner: str, zone: tzinfo, language: Language) -> str:
        """What the visitor's classes have assigned; nothing where nobody signs in."""
        return self.assigned.card(owner, datetime.now(zone).date(), language) if self.assigned else ""

    def practise_today(self, owner: str, language: Language, zone: tzinfo) -> View:
        """An interview with what is worth practising now; with more of it, where today's is done."""
        banks, now = self.library.of(owner).banks(), datetime.now(zone)
        try:
            today = plan_today(self.service.store, owner, banks, now)
            if not today.questions:
                today = plan_today(self.service.store, owner, banks, now, beyond=True)
        except StoreError as error:
            return not_begun(error, language)
        if not today.questions:
            return View(Screen.START, language, notice=say("today.nothing", language))
        return self.practise(owner, today.names, language)

    def practise(self, owner: str, names: Sequence[QuestionName], language: Language) -> View:
        """An interview with these questions."""

        def begin() -> Session:
            first = make_named_plan(self.library.of(owner).banks(), names, language=language, again=True)
            return self.service.begin(owner, first)

        return self._begun(begin, language)

    def _begun(self, begin: Callable[[], Session], language: Language) -> View:
        """The interview that begins, or why it cannot."""
        try:
            session = begin()
        except StoreError as error:
            return not_begun(error, language)
        except (InterviewerError, ValueError) as error:
            return View(Screen.START, language, notice=error_text(error, language))
        return self._view(session, session.interview(), language)

    def _named(self, owner: str, interview: str, wished: Sequence[str]) -> list[QuestionName]:
        """The questions in the banks; those without a bank are of the interview that is shown."""
        names = []
        for wish in wished:
            bank, _, question = wish.rpartition("/")
            if not bank:
                source = self.service.resume(interview, owner).interview().source(question)
                bank, question = source.bank, source.question
            names.append(QuestionName(bank, question))
        return names

    def _keep_goal(self, owner: str, goal: Goal, language: Language) -> View:
        try:
            save_practice_settings(self.service.store, owner, PracticeSettings(goal.exam_on, goal.daily_cap))
        except StoreError as error:
            return not_begun(error, language)
        return View(Screen.START, language)

    def _played(
        self,
        owner: str,
        interview: str,
        language: Language,
        play: Callable[[Session], Interview],
        refusal: str = "play.not_now",
        *,
        clear: bool = False,
    ) -> View:
        """What the page shows when this was recorded and what is due was started; `clear`: the answer box is empty then.

        `refusal` is the key of what is said where it is out of turn.
        """
        try:
            session = self.service.resume(interview, owner, language)
            stands, notice = self._settled(session, play(session), language)
            return replace(self._view(session, stands, language), notice=notice, clear=clear)
        except (NoSuchInterview, StoreDamaged, TranscriptError) as error:
            return unreachable(error, interview, language)
        except InterviewerError as error:
            notice = say(refusal, language) if isinstance(error, OutOfTurn) else error_text(error, language)
            return self._noticed(owner, interview, language, notice)

    def _noticed(self, owner: str, interview: str, language: Language, notice: str) -> View:
        """The interview as it stands, with something to say."""
        try:
            session = self.service.resume(interview, owner)
            return replace(self._view(session, session.interview(), language), notice=notice)
        except InterviewerError as error:
            return unreachable(error, interview, language)

    def regrade_all(self, owner: str, language: Language) -> tuple[int, int]:
        """Ask for the missing grades in all interviews of an owner; how many came at once, and how many are to come."""
        before, after = 0, 0
        wait = _OFFLINE_SECONDS if self.service.is_offline(owner) else 0.0
        try:
            found = self.service.store.ungraded(owner)
        except StoreError:
            return 0, 0  # the list that is shown with it says what is wrong
        for interview in found:
            try:
                session = self.service.resume(interview, owner, language)
                before += _ungraded(session.interview())
                session.regrade()
                after += _ungraded(session.run_due_and_wait(language, wait))
            except InterviewerError:
                continue  # an interview that cannot be read is listed as such
        return before - after, after

    def _brought_up_to_date(self, owner: str, interview: str, language: Language) -> View:
        """The interview with all that is due started, also what another process left undone."""
        session = self.service.resume(interview, owner, language)
        stands, notice = self._settled(session, session.interview(), language)
        return replace(self._view(session, stands, language), notice=notice)

    def _settled(self, session: Session, interview: Interview, language: Language) -> tuple[Interview, str]:
        """Start what is due, and say what keeps it from being done.

        What needs no server is waited for; a model never is: the page asks again until the result is there.
        """
        if not due(interview):
            return interview, ""
        try:
            if self.service.is_offline(session.owner) and shows_grades(interview):
                return session.run_due_and_wait(language, _OFFLINE_SECONDS), ""
            session.run_due(language, is_watched=shows_grades(interview))
            return session.interview(), ""
        except NoSuchInterview:
            raise
        except StoreError as error:
            # What was answered is recorded; what is due is asked for again by the page, or found by the next sweep.
            return interview, say("play.grading_waits", language, reason=error.into(language))

    def _view(self, session: Session, interview: Interview, language: Language) -> View:
        badge = self.badges.on(interview, language)
        seconds = session.seconds_since_asked()
        store = self.service.store
        shows_card = interview.phase in (Phase.REVIEWING, Phase.OVER) or interview.current.number > 1
        live = CardActions(
            self.badges.is_measured(interview),
            has_model=not self.service.is_offline(session.owner),
            progress=lambda attempt: session.progress(attempt.question, attempt.number),
            notes=list_notes(store, session.owner) if shows_card else {},
        )
        compared = compare(store, session.owner, session.id, interview) if interview.is_over else ()
        coach_notes = list_coach_notes(store, session.id) if interview.is_over else ()
        partial = session.partial_verdicts()
        since = session.changed_at() if interview.phase is Phase.WEIGHING else None
        return view(session.id, interview, language, badge, live, partial, seconds, compared, since, coach_notes)


def _record_all(actions: Sequence[CardAction], session: Session) -> Interview:
    for action in actions:
        action.record(session)
    return session.interview()


def _ungraded(interview: Interview) -> int:
    return sum(bool(attempt.failure) or attempt.awaits_grade for attempt in interview.attempts)
