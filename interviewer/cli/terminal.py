"""An interview in the terminal: the same session and the same store as the page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from interviewer.cli.model_progress import StatusLine, ignore_interrupts
from interviewer.domain.grade import Level, Verdict
from interviewer.domain.interview import Attempt, Interview, Mode, Phase, last_question, shows_grades
from interviewer.domain.rubric import Criterion, Language
from interviewer.domain.scoring import has_every_core, missed
from interviewer.domain.summary import attempt_result, summarize
from interviewer.errors import InterviewerError, OutOfTurn
from interviewer.presentation import wording
from interviewer.sessions.removal import unsent_file
from interviewer.sessions.service import LONGEST_ANSWER, Session
from interviewer.text.messages import colon, say


def play(session: Session, language: Language, folder: Path) -> None:
    """Play until the interview is over or the input ends; what was said is kept either way.

    What cannot be recorded as it stands is kept in a file in `folder`.
    """
    unsent = _Unsent(unsent_file(folder, session.id), language)
    print(say("cli.commands", language))
    if unsent.path.exists():
        print(say("cli.kept_before", language, path=unsent.path))
    shown = ""
    try:
        while not (interview := _after_follow_up(session)).is_over:
            if interview.phase is Phase.REVIEWING:
                watch = _GradingWatch(session, language)
                interview = session.run_due_and_wait(language, look=watch.look)
                watch.status.clear()
                print("\n" + "\n".join(_card(interview, interview.current, language, watch.shown)))
                _review(session, language)
                continue
            question = last_question(interview.current)
            if interview.place != shown:
                shown = interview.place
                print(f"\n[{interview.position + 1} / {len(interview.questions)}] {question}")
            _turn(session, _read(unsent, language), unsent, language)
        watch = _GradingWatch(session, language)
        interview = session.run_due_and_wait(language, look=watch.look)
        watch.status.clear()
    except (EOFError, KeyboardInterrupt) as stop:
        if isinstance(stop, KeyboardInterrupt):
            ignore_interrupts()
        session.runner.stop(session.id)  # what was being graded is due when the interview goes on
        print("\n" + say("cli.resume", language, id=session.id))
        return
    print("\n" + "\n".join(_report(interview, language)))
    print("\n" + say("cli.export", language, id=session.id))


@dataclass(frozen=True, slots=True)
class _Unsent:
    """The file with an answer that could not be recorded."""

    path: Path
    language: Language

    def keep(self, text: str) -> None:
        try:
            self.path.write_text(text, encoding="utf-8", errors="replace")
        except OSError as error:
            print(say("cli.not_kept", self.language, reason=error.strerror), text, sep="\n")
            return
        print(say("cli.kept", self.language, path=self.path))

    def text(self) -> str | None:
        """What is kept by now; None if nothing is."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace").strip() or None
        except OSError:
            return None

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _GradingWatch:
    """Shows what the model is doing and, where grades are shown at once, its verdicts as they come."""

    session: Session
    language: Language
    shown: dict[str, Level | None] = field(default_factory=dict)
    status: StatusLine = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", StatusLine(self.language))

    def look(self) -> None:
        interview = self.session.interview()
        if interview.phase is Phase.REVIEWING:
            for verdict in self.session.partial_verdicts():
                if verdict.criterion not in self.shown or self.shown[verdict.criterion] is not verdict.level:
                    self.shown[verdict.criterion] = verdict.level
                    self.status.clear()
                    for line in _verdict(interview.question.rubric[verdict.criterion], verdict, self.language):
                        print(line, flush=True)
        calls = (self.session.progress(one.question, one.number) for one in interview.attempts if one.awaits_grade)
        self.status.show(next(filter(None, calls), None))


def _after_follow_up(session: Session) -> Interview:
    """The interview, once it is decided whether there is a follow-up."""
    interview = session.decide_follow_up()
    return session.run_due_and_wait() if interview.phase is Phase.WEIGHING else interview


def _read(unsent: _Unsent, language: Language) -> str:
    """Lines up to an empty one or the end of the input; a command is one line, and no part of an answer."""
    lines: list[str] = []
    while True:
        line = _line(lines, unsent)
        said = line.strip()
        if said in ("?", "？"):
            print(say("cli.commands", language))
        elif not lines and line.startswith("/"):
            return said
        elif _is_command(said):
            print(say("cli.not_sent", language, command=said))
        elif not line and lines:
            return "\n".join(lines)
        elif line:
            lines.append(line)


def _line(lines: list[str], unsent: _Unsent) -> str:
    """The next line of an answer that has these lines already; the end of the input ends the answer."""
    try:
        return input("> ")
    except EOFError:
        if not lines:
            raise
        return ""
    except KeyboardInterrupt:
        if lines:
            print()
            unsent.keep("\n".join(lines))
        raise


def _is_command(said: str) -> bool:
    return said.startswith("/") and said.isascii() and said[1:].isalpha() and said.islower()


def _turn(session: Session, said: str, unsent: _Unsent, language: Language) -> None:
    commands: dict[str, Callable[[], Interview]] = {
        "/hint": session.hint,
        "/repeat": session.repeat,
        "/skip": session.skip,
        "/end": session.end,
    }
    if said == "/send":
        kept = unsent.text()
        if kept is None:
            print(say("cli.nothing_kept", language))
        else:
            _answer(session, kept, unsent, language)
        return
    if not said.startswith("/"):
        _answer(session, said, unsent, language)
        return
    if said not in commands:
        print(say("cli.unknown", language, command=said), say("cli.commands", language))
        return
    try:
        after = commands[said]()
    except OutOfTurn:
        print(say("play.no_hint", language))
        return
    if said == "/hint":
        print(f"{say('chat.hint', language)}{colon(language)}{after.current.turns[-1].text}")


def _answer(session: Session, said: str, unsent: _Unsent, language: Language) -> None:
    """Record an answer; one that cannot be recorded is kept."""
    if len(said) > LONGEST_ANSWER:
        print(say("cli.too_long", language, length=len(said), most=LONGEST_ANSWER))
        unsent.keep(said)
        return
    try:
        after = session.answer(said)
    except InterviewerError as error:
        print(error.into(language))
        unsent.keep(said)
        return
    if unsent.text() == said:
        unsent.drop()
    session.run_due(language, is_watched=shows_grades(after))
    if not shows_grades(after):
        print(say("chat.noted", language))


def _review(session: Session, language: Language) -> None:
    print(say("cli.review", language))
    while True:
        said = input("> ").strip()
        if said == "/answer":
            interview = session.interview()
            print(interview.question.reference.into(language))
        elif said == "/retry":
            session.retry()
            return
        elif said == "/end":
            session.end()
            return
        elif not said:
            session.move_on()
            return
        else:
            print(say("cli.unknown", language, command=said))


def _card(
    interview: Interview, attempt: Attempt, language: Language, shown: Mapping[str, Level | None] = MappingProxyType({})
) -> Iterator[str]:
    """The card, without the verdicts that are `shown` already."""
    found = attempt_result(interview, attempt)
    if attempt.failure:
        yield f"{say('card.failed', language)} {attempt.failure}"
    if not found.verdicts:
        return
    yield wording.score_text(found.score, language, is_estimate=found.is_estimate)
    yield from (say(f"flag.{flag}", language) for flag in (found.grade.flags if found.grade else ()))
    for criterion, verdict in zip(found.question.criteria, found.verdicts, strict=True):
        if criterion.id not in shown or shown[criterion.id] is not verdict.level:
            yield from _verdict(criterion, verdict, language)
    gaps = missed(found.question.rubric, found.verdicts)
    if gaps or has_every_core(found.question.rubric, found.verdicts):
        yield say("card.gaps" if gaps else "card.no_gaps", language)
    yield from (f"  - {criterion.text.into(language)}" for criterion in gaps)


def _verdict(criterion: Criterion, verdict: Verdict, language: Language) -> Iterator[str]:
    """Its level and the words that it rests on, if it is worth a line."""
    if wording.is_news(criterion, verdict.level):
        name = say(wording.level_key(criterion, verdict.level), language)
        yield f"  {wording.sign(criterion, verdict.level)} {name}: {criterion.text.into(language)}"
        yield from (f"      “{evidence.quote}”" for evidence in verdict.evidence)


def _report(interview: Interview, language: Language) -> Iterator[str]:
    summary = summarize(interview)
    yield say("report.title", language)
    yield wording.score_text(summary.score, language, is_estimate=summary.is_estimate)
    yield say("report.counts", language, planned=summary.planned, answered=summary.answered, graded=summary.graded)
    if summary.is_estimate:
        yield say("card.estimate", language)
    for topic in summary.topics:
        title = interview.bank.topic_title(topic.topic, language)
        score = wording.score_text(topic.score, language, is_estimate=summary.is_estimate)
        yield f"  {title}: {score}"
    if summary.study:
        yield say("report.study", language)
        yield from (f"  - {question.text.into(language)}" for question in summary.study)
    if interview.plan.mode is not Mode.COACH:
        for attempt in interview.attempts:
            yield ""
            yield attempt.turns[0].text
            yield from _card(interview, attempt, language)
