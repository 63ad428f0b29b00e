"""What each control of the page does: it plays on a session and says what the page then shows. Knows nothing of gradio."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from interviewer import library, markup, wiring
from interviewer.coverage import CoverageGrader
from interviewer.errors import BankError, InterviewerError, MovedOnElsewhere, NoSuchInterview, OutOfTurn, StoreError
from interviewer.grade import Evidence, Verdict, missed, score
from interviewer.interview import (
    Contest,
    Contested,
    Interview,
    Mode,
    Order,
    Phase,
    may_hint,
    shows_grades,
)
from interviewer.library import Library
from interviewer.models import Models
from interviewer.rubric import Kind, Language
from interviewer.session import LONGEST_ANSWER, Session, Stage
from interviewer.web.choosing import Watched
from interviewer.words import say


class Screen(StrEnum):
    START = "start"
    PLAY = "play"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class View:
    """Everything about the page that an interview decides.

    `clear` empties the answer box, which nothing else does. `polls` asks for grades that come in later; `is_partial`
    says that only the card has changed since the view before.
    """

    screen: Screen
    language: Language
    interview: str = ""
    place: str = ""
    progress: str = ""
    notice: str = ""
    chat: str = ""
    card: str = ""
    report: str = ""
    may_answer: bool = False
    may_hint: bool = False
    is_reviewing: bool = False
    is_last: bool = False
    is_coach: bool = False
    has_failures: bool = False
    is_waiting: bool = False
    clear: bool = False
    unsent: str = ""
    polls: bool = False
    is_partial: bool = False
    points: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Choices:
    """What the start form sends; every value comes from a browser, so every value is checked."""

    bank: str
    topics: Sequence[str]
    count: float | None
    order: str
    language: str
    mode: str
    probes: bool
    hints: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """Plays for the page: one for the whole server."""

    stage: Stage
    library: Library
    models: Models

    def arrive(self, owner: str, interview: str, language: Language) -> View:
        """The page as it opens: on the interview the browser remembers, or on the start form."""
        if not interview:
            return View(Screen.START, language)
        try:
            session = self._grading(owner, interview)
            session.settle(language)
            shown = view(session, session.interview(), language)
            return replace(shown, polls=shown.is_waiting)
        except InterviewerError as error:
            return View(Screen.START, language, notice=_told(error, language))

    def start(self, owner: str, choices: Choices, language: Language) -> View:
        """A new interview. What cannot be played is said on the start form."""
        try:
            bank = self.library.bank(choices.bank)
            most = sum(not choices.topics or question.topic in choices.topics for question in bank.questions)
            if choices.count is None or not 1 <= choices.count <= most or choices.count != int(choices.count):
                return View(Screen.START, language, notice=say("start.bad_count", language, most=most))
            first = wiring.make_plan(
                bank,
                topics=[str(topic) for topic in choices.topics],
                count=int(choices.count),
                order=Order(choices.order),
                language=Language(choices.language),
                mode=Mode(choices.mode),
                probes=bool(choices.probes),
                hints=bool(choices.hints),
            )
            session = self.stage.begin(owner, first)
        except (InterviewerError, ValueError) as error:
            return View(Screen.START, language, notice=_told(error, language))
        return view(session, session.interview(), language)

    def answer(self, owner: str, interview: str, place: str, text: str, language: Language) -> Iterator[View]:
        """Record the answer and show it at once; in coach mode, show the card when it is there."""
        if not text.strip():
            yield self._noticed(owner, interview, language, say("play.empty", language))
            return
        if len(text) > LONGEST_ANSWER:
            notice = say("play.too_long", language, length=len(text), most=LONGEST_ANSWER)
            yield self._noticed(owner, interview, language, notice)
            return
        played = self._played(owner, interview, language, lambda session: session.answer(text, place))
        if played.notice and not played.may_answer:
            played = replace(played, unsent=text)  # the box is not to be seen now
        yield replace(played, clear=not played.notice)
        if not played.notice and played.is_waiting:
            yield from self._settled(owner, interview, language)

    def skip(self, owner: str, interview: str, place: str, language: Language) -> Iterator[View]:
        """Pass on the question, or on the probe: then what was said before it is graded."""
        yield from self._then_settle(owner, interview, language, lambda session: session.skip(place))

    def end(self, owner: str, interview: str, place: str, language: Language) -> Iterator[View]:
        yield from self._then_settle(owner, interview, language, lambda session: session.end(place))

    def regrade(self, owner: str, interview: str, _: str, language: Language) -> Iterator[View]:
        """Grade again whatever could not be graded."""
        yield from self._then_settle(owner, interview, language, lambda session: session.regrade())

    def hint(self, owner: str, interview: str, place: str, language: Language) -> View:
        return self._played(
            owner, interview, language, lambda session: session.hint(place), {OutOfTurn: say("play.no_hint", language)}
        )

    def repeat(self, owner: str, interview: str, place: str, language: Language) -> View:
        return self._played(owner, interview, language, lambda session: session.repeat(place))

    def retry(self, owner: str, interview: str, place: str, language: Language) -> View:
        return self._played(owner, interview, language, lambda session: session.retry(place))

    def move_on(self, owner: str, interview: str, place: str, language: Language) -> View:
        return self._played(owner, interview, language, lambda session: session.move_on(place))

    def look(self, owner: str, interview: str, language: Language) -> View:
        """The interview as it stands, for a page that waits for grades or changes its language."""
        return self._noticed(owner, interview, language, "")

    def contest(self, owner: str, interview: str, criterion: str, quote: str, language: Language) -> tuple[View, bool]:
        """Record an objection to a verdict of the last graded attempt; False if its words are not the candidate's."""
        if not quote.strip():
            return self._noticed(owner, interview, language, say("contest.empty", language)), False

        def contested(session: Session) -> Interview:
            current = session.interview().current
            turn = next((number for number, text in current.answers if quote.strip() and quote.strip() in text), -1)
            evidence = Evidence(turn, quote.strip())
            return session.contest(Contested(current.question, current.number, Contest(criterion, evidence)))

        refused: Mapping[type[InterviewerError], str] = {OutOfTurn: say("contest.not_verbatim", language)}
        played = self._played(owner, interview, language, contested, refused)
        return (played, False) if played.notice else (replace(played, notice=say("contest.kept", language)), True)

    def _played(
        self,
        owner: str,
        interview: str,
        language: Language,
        play: Callable[[Session], Interview],
        told: Mapping[type[InterviewerError], str] | None = None,
    ) -> View:
        try:
            session = self._grading(owner, interview)
            return view(session, play(session), language)
        except NoSuchInterview as error:
            return View(Screen.START, language, notice=_told(error, language))
        except InterviewerError as error:
            notice = (told or {}).get(type(error)) or _told(error, language)
            return self._noticed(owner, interview, language, notice)

    def _noticed(self, owner: str, interview: str, language: Language, notice: str) -> View:
        """The interview as it stands, with something to say."""
        try:
            session = self.stage.resume(interview, owner)
            return replace(view(session, session.interview(), language), notice=notice)
        except InterviewerError as error:
            return View(Screen.START, language, notice=_told(error, language))

    def _then_settle(
        self, owner: str, interview: str, language: Language, play: Callable[[Session], Interview]
    ) -> Iterator[View]:
        played = self._played(owner, interview, language, play)
        yield played
        if not played.notice and played.is_waiting:
            yield from self._settled(owner, interview, language)

    def _settled(self, owner: str, interview: str, language: Language) -> Iterator[View]:
        """Start what is due; where its result may be shown, wait for it."""
        try:
            session = self._grading(owner, interview)
            if not shows_grades(session.interview()):
                session.settle(language)
                return
            run: Watched[Interview, tuple[Verdict, ...]] = Watched(lambda tell: session.settled(language, tell))
            for verdicts in run:
                yield replace(view(session, session.interview(), language, verdicts), is_partial=True)
            yield view(session, run.result(), language)
        except InterviewerError as error:
            yield self._noticed(owner, interview, language, _told(error, language))

    def regrade_all(self, owner: str, language: Language) -> int:
        """Ask for the missing grades in all interviews of an owner, wait for them, and count those that came."""
        graded = 0
        for listed in self.stage.store.interviews(owner):
            try:
                session = self._grading(owner, listed.id)
                before = _ungraded(session.interview())
                if before:
                    session.regrade()
                    graded += before - _ungraded(session.settled(language))
            except InterviewerError:
                continue  # an interview that cannot be read is listed as such
        return graded

    def _grading(self, owner: str, interview: str) -> Session:
        """The interview with the grader that its owner chose."""
        session = self.stage.resume(interview, owner)
        stage = replace(self.stage, grader=self.models.grader(owner), llm=self.models.llm_for(owner))
        return Session(stage, session.id)


def _ungraded(interview: Interview) -> int:
    return sum(bool(attempt.failure) or attempt.awaits_grade for attempt in interview.attempts)


def view(session: Session, interview: Interview, language: Language, partial: Sequence[Verdict] = ()) -> View:
    """What the page shows of an interview; `partial` are verdicts on the current attempt that are known already."""
    shown = shows_grades(interview)
    reviewing = interview.phase is Phase.REVIEWING
    is_coach = interview.plan.mode is Mode.COACH
    return View(
        screen=Screen.REPORT if interview.is_over else Screen.PLAY,
        language=language,
        interview=session.id,
        place=interview.place,
        progress=_progress(interview, language),
        chat=markup.chat(interview, language),
        card=_card(interview, language, partial) if reviewing else "",
        report=_downloads(session.id, language) + markup.report(interview, language) if interview.is_over else "",
        may_answer=interview.phase is Phase.ANSWERING,
        may_hint=may_hint(interview),
        is_reviewing=reviewing,
        is_last=interview.position + 1 == len(interview.plan.questions),
        is_coach=is_coach,
        has_failures=shown and any(attempt.failure for attempt in interview.attempts),
        is_waiting=any(attempt.awaits_grade for attempt in interview.attempts),
        points=_points(interview, language),
    )


def _points(interview: Interview, language: Language) -> tuple[tuple[str, str], ...]:
    """The points whose verdicts may be contested, those that earned less first."""
    grade = interview.current.grade
    if grade is None:
        return ()
    rubric = interview.question.rubric
    lost = [criterion.id for criterion in missed(rubric, grade)]
    listed = sorted(rubric.criteria, key=lambda c: lost.index(c.id) if c.id in lost else len(lost))
    return tuple((criterion.text.into(language), criterion.id) for criterion in listed)


def _progress(interview: Interview, language: Language) -> str:
    if interview.is_over:
        return ""
    question = interview.question
    return markup.escaped(
        say(
            "play.progress",
            language,
            place=interview.position + 1,
            total=len(interview.plan.questions),
            topic=interview.bank.topic_title(question.topic, language),
            difficulty=question.difficulty,
        )
    )


def _downloads(interview: str, language: Language) -> str:
    name = markup.escaped(interview)
    links = " · ".join(
        f'<a href="export/{name}.{kind}?lang={language}" download>{label}</a>'
        for kind, label in (("md", "Markdown"), ("html", "HTML"), ("json", "JSON"))
    )
    return f'<p class="downloads">{say("report.download", language)}: {links}</p>'


def _card(interview: Interview, language: Language, partial: Sequence[Verdict]) -> str:
    current = interview.current
    parts = [markup.card(interview, current, language, partial=() if current.grade else partial)]
    if current.failure:
        # Under its own name beside the failure; it is in no score and no mean.
        estimate = CoverageGrader().grade(interview.question, current)
        found = score(interview.question.rubric, estimate.verdicts)
        text = markup.score_text(found, language, is_estimate=True)
        parts.append(f'<p class="quiet">{say("card.estimate_beside", language)} {text}</p>')
    return "".join([*parts, _second_opinion(interview, language)])


def _second_opinion(interview: Interview, language: Language) -> str:
    """A prompt about the current attempt that can be taken to any chat model."""
    question = interview.question
    points = [f"- {c.text.into(language)}" for c in question.criteria if c.kind is not Kind.MISTAKE]
    said = "\n\n".join(text for _, text in interview.current.answers)
    prompt = library.prompt(f"second-opinion-{language}").fill(
        {
            "question": question.text.into(interview.plan.language),
            "criteria": "\n".join(points),
            "answer": json.dumps(said, ensure_ascii=False),
            "language": say("second.language", language),
        }
    )
    return (
        f'<details class="second"><summary>{say("card.second_opinion", language)}</summary>'
        f'<p class="quiet">{say("card.second_opinion_info", language)}</p><pre tabindex="0">{markup.escaped(prompt)}</pre></details>'
    )


def _told(error: Exception, language: Language) -> str:
    """What went wrong, for the person at the page."""
    match error:
        case NoSuchInterview():
            return say("play.gone", language)
        case MovedOnElsewhere():
            return say("play.moved_on", language)
        case StoreError():
            return say("play.store_failed", language, reason=str(error))
        case OutOfTurn():
            return say("play.not_now", language)
        case BankError():
            return str(error)
    return say("play.not_now", language)
