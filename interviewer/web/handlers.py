"""What each control of the page does: it plays on a session and says what the page then shows. Knows nothing of gradio."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial, partialmethod
from typing import Any

from interviewer.banks.loader import BankLibrary
from interviewer.domain.interview import Interview, Phase, due, shows_grades
from interviewer.domain.language import Language
from interviewer.errors import InterviewerError, NoSuchInterview, OutOfTurn, StoreDamaged, StoreError, TranscriptError
from interviewer.presentation.card import CardActions
from interviewer.sessions.classes import leave_class
from interviewer.sessions.coach_notes import list_coach_notes
from interviewer.sessions.comparison import compare
from interviewer.sessions.due_questions import Today, plan_today
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.interview_lists import list_ungraded
from interviewer.sessions.interview_plan import QuestionName, make_named_plan
from interviewer.sessions.practice_log import PracticeSettings, save_practice_settings
from interviewer.sessions.question_notes import list_notes
from interviewer.sessions.service import LONGEST_ANSWER, Session, SessionService
from interviewer.text.messages import say
from interviewer.web import page_actions
from interviewer.web.assigned import Assigned
from interviewer.web.badge import Badges
from interviewer.web.practice import PracticeHandlers
from interviewer.web.start_choices import chosen_plan
from interviewer.web.view_model import Screen, View, at_start, error_text, not_begun, unreachable, view, with_unrecorded
from interviewer.web.visit import Visit
from interviewer.web.voice import read_spoken

# What needs no server is there in a moment; it is not waited for without end all the same.
_OFFLINE_SECONDS = 3.0

Step = Callable[[Session, str], Interview]
"""A step of an interview, given the place where the page believes it to stand."""


@dataclass(frozen=True, slots=True)
class PageHandlers:
    """Plays for the page: one for the whole server."""

    service: SessionService
    library: BankLibrary
    models: GraderRegistry
    badges: Badges
    practice: PracticeHandlers
    assigned: Assigned | None = None

    def arrive(self, visit: Visit, interview: str) -> View:
        """The page as it opens: on the interview the browser remembers, or on the start form."""
        if not interview:
            return View(Screen.START, visit.language)
        try:
            return self._played(visit, interview, Session.interview)
        except (StoreDamaged, TranscriptError) as error:
            # Others can be played.
            return at_start(say("play.unreadable", visit.language, reason=error.into(visit.language)), visit.language)
        except InterviewerError as error:
            return unreachable(error, interview, visit.language)

    def start(self, visit: Visit, *form: Any) -> View:
        """A new interview, as the start form has it. What cannot be played is said there."""
        library = self.library.of(visit.owner)
        return self._begun(visit, lambda: self.service.begin(visit.owner, chosen_plan(library, *form)))

    def answer(self, visit: Visit, interview: str, place: str, text: str, spoken: str = "") -> View:
        """Record the answer; in coach mode with the card, if that needs no model. `spoken` is as the page's script sends it."""
        if not text.strip():
            return self._noticed(visit, interview, say("play.empty", visit.language))
        if len(text) > LONGEST_ANSWER:
            notice = say("play.too_long", visit.language, length=len(text), most=LONGEST_ANSWER)
            return with_unrecorded(self._noticed(visit, interview, notice), text)
        said = read_spoken(spoken)
        played = self._step(
            lambda session, place: session.answer(text, place, said), visit, interview, place, clear=True
        )
        return with_unrecorded(played, text) if played.notice and not played.clear else played

    def ask(self, visit: Visit, interview: str, place: str, text: str) -> View:
        """Record what is in the box as a question about the question, which is no answer."""
        if not text.strip():
            return self._noticed(visit, interview, say("play.empty_question", visit.language))
        ask: Step = lambda session, place: session.ask(text, place)  # noqa: E731
        return self._step(ask, visit, interview, place, "play.no_more_questions", clear=True)

    def _step(
        self,
        step: Step,
        visit: Visit,
        interview: str,
        place: str,
        refusal: str = "play.not_now",
        *,
        clear: bool = False,
    ) -> View:
        """What is shown after a recorded step; `clear` empties the answer box, `refusal` is said out of turn."""
        try:
            return replace(self._played(visit, interview, lambda session: step(session, place)), clear=clear)
        except (NoSuchInterview, StoreDamaged, TranscriptError) as error:
            return unreachable(error, interview, visit.language)
        except InterviewerError as error:
            told = error_text(error, visit.language)
            return self._noticed(
                visit, interview, say(refusal, visit.language) if isinstance(error, OutOfTurn) else told
            )

    end = partialmethod(_step, Session.end)
    hint = partialmethod(_step, Session.hint, refusal="play.no_hint")
    repeat = partialmethod(_step, Session.repeat)
    undo_skip = partialmethod(_step, Session.undo_skip)
    move_on = partialmethod(_step, Session.move_on)
    # What stands in the box is about what was passed on. The browser keeps it for whoever comes back.
    skip = partialmethod(_step, Session.skip, clear=True)
    # Whatever could not be graded is graded again, wherever the interview stands.
    regrade = partialmethod(_step, lambda session, _: session.regrade())

    def retry(self, visit: Visit, interview: str, place: str) -> View:
        """Another try, with what was said before in the box to be made better."""
        said = ""

        def again(session: Session, place: str) -> Interview:
            nonlocal said
            said = "\n\n".join(text for _, text in session.interview().current.answers)
            return session.retry(place)

        played = self._step(again, visit, interview, place)
        return played if played.notice else replace(played, prefill=said)

    def look(self, visit: Visit, interview: str) -> View:
        """The interview as it stands, for a page that waits for grades or for the database, or changes its language."""
        try:
            if not interview:
                # Only asked to see whether the database is back.
                list_ungraded(self.service.store.database, visit.owner)
                return View(Screen.START, visit.language)
            return self._played(visit, interview, Session.interview)
        except InterviewerError as error:
            return unreachable(error, interview, visit.language)

    def not_understood(self, visit: Visit, interview: str, sent: str) -> View:
        """What no button sends; in the form for the goal, perhaps what was typed."""
        key = "today.bad_goal" if '"goal"' in sent else "play.not_now"
        return self._noticed(visit, interview, say(key, visit.language))

    def act(self, visit: Visit, interview: str, actions: Sequence[page_actions.PageAction]) -> View:
        owner, language = visit.owner, visit.language
        play: Callable[[Session], Interview]
        match actions:
            case [page_actions.Goal() as goal, *_]:
                settings = PracticeSettings(goal.exam_on, goal.daily_cap)
                return self._kept(visit, lambda: save_practice_settings(self.service.store, owner, settings))
            case [page_actions.LeaveClass() as leaving, *_] if self.assigned:
                return self._kept(visit, lambda: leave_class(self.service.store, leaving.classroom, owner))
            case [page_actions.BeginAssignment() as begun, *_] if assigned := self.assigned:
                return self._begun(visit, lambda: assigned.begin(visit, begun.assignment))
            case [page_actions.Practise() as wish, *_]:
                try:
                    names = self._named(owner, interview, wish.questions)
                except InterviewerError as error:
                    return self._noticed(visit, interview, error_text(error, language))
                return self._practise(visit, names)
            case [page_actions.Stop(do="stop_check"), *_]:
                self.models.stop_check(owner)
                play = Session.interview
            case [page_actions.Stop(), *_]:
                play = partial(Session.stop_grading, language=language)
            case _:
                play = partial(_record_all, actions)
        return self._step(lambda session, _: play(session), visit, interview, "") if interview else self.look(visit, "")

    def _kept(self, visit: Visit, keep: Callable[[], object]) -> View:
        """The start form when this is written, or why it cannot be."""
        try:
            keep()
        except StoreError as error:
            return not_begun(error, visit.language)
        return View(Screen.START, visit.language)

    def today(self, visit: Visit, *, beyond: bool = False) -> Today:
        """What is worth practising now, where the visitor is; `beyond` what is due."""
        banks = self.library.of(visit.owner).banks()
        return plan_today(self.service.store, visit.owner, banks, datetime.now(visit.zone), beyond=beyond)

    def tasks(self, visit: Visit) -> str:
        """What the visitor's classes have assigned; nothing where nobody signs in."""
        return self.assigned.card(visit) if self.assigned else ""

    def practise_today(self, visit: Visit) -> View:
        """An interview with what is worth practising now; with more of it, where today's is done."""
        try:
            today = self.today(visit)
            if not today.questions:
                today = self.today(visit, beyond=True)
        except StoreError as error:
            return not_begun(error, visit.language)
        if not today.questions:
            return at_start(say("today.nothing", visit.language), visit.language)
        return self._practise(visit, today.names)

    def _practise(self, visit: Visit, names: Sequence[QuestionName]) -> View:

        def begin() -> Session:
            banks = self.library.of(visit.owner).banks()
            return self.service.begin(visit.owner, make_named_plan(banks, names, language=visit.language, again=True))

        return self._begun(visit, begin)

    def _begun(self, visit: Visit, begin: Callable[[], Session]) -> View:
        try:
            session = begin()
        except StoreError as error:
            return not_begun(error, visit.language)
        except (InterviewerError, ValueError) as error:
            return at_start(error_text(error, visit.language), visit.language)
        return self._view(visit, session, session.interview())

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

    def _played(self, visit: Visit, interview: str, play: Callable[[Session], Interview]) -> View:
        """The interview with this recorded and all that is due started, also what another process left undone."""
        session = self.service.resume(interview, visit.owner, visit.language)
        stands, notice = self._settled(session, play(session), visit.language)
        return replace(self._view(visit, session, stands), notice=notice)

    def _noticed(self, visit: Visit, interview: str, notice: str) -> View:
        try:
            session = self.service.resume(interview, visit.owner)
            return replace(self._view(visit, session, session.interview()), notice=notice)
        except InterviewerError as error:
            return unreachable(error, interview, visit.language)

    def regrade_all(self, visit: Visit) -> tuple[int, int]:
        """Ask for the missing grades in all interviews of an owner; how many came at once, and how many are to come."""
        before, after = 0, 0
        wait = _OFFLINE_SECONDS if self.service.is_offline(visit.owner) else 0.0
        try:
            found = list_ungraded(self.service.store.database, visit.owner)
        except StoreError:
            return 0, 0  # the list that is shown with it says what is wrong
        for interview in found:
            try:
                session = self.service.resume(interview, visit.owner, visit.language)
                before += _ungraded(session.interview())
                session.regrade()
                after += _ungraded(session.run_due_and_wait(visit.language, wait))
            except InterviewerError:
                continue  # an interview that cannot be read is listed as such
        return before - after, after

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

    def _view(self, visit: Visit, session: Session, interview: Interview) -> View:
        store, is_over = self.service.store, interview.is_over
        shows_card = interview.phase in (Phase.REVIEWING, Phase.OVER) or interview.current.number > 1
        live = CardActions(
            self.badges.is_measured(interview),
            has_model=not self.service.is_offline(session.owner),
            progress=lambda attempt: session.progress(attempt.question, attempt.number),
            notes=list_notes(store, session.owner) if shows_card else {},
        )
        return view(
            session.id,
            interview,
            visit.language,
            self.badges.on(interview, visit.language),
            live,
            verdicts=session.partial_verdicts(),
            seconds=session.seconds_since_asked(),
            compared=compare(store, session.owner, session.id, interview) if is_over else (),
            thinking_since=session.changed_at() if interview.phase is Phase.WEIGHING else None,
            coach_notes=list_coach_notes(store, session.id) if is_over else (),
        )


def _record_all(actions: Sequence[page_actions.PageAction], session: Session) -> Interview:
    for action in actions:
        if isinstance(action, page_actions.CardAction):
            action.record(session)
    return session.interview()


def _ungraded(interview: Interview) -> int:
    return sum(bool(attempt.failure) or attempt.awaits_grade for attempt in interview.attempts)
