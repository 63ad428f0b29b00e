"""An interview in the terminal: the same session and the same store as the page."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from interviewer.cli.model_progress import ignore_interrupts
from interviewer.cli.terminal_output import GradingWatch, show, show_card, show_report
from interviewer.domain.interview import Interview, InterviewerStyle, Phase, TurnKind, last_question, shows_grades
from interviewer.domain.language import Language
from interviewer.errors import InterviewerError, OutOfTurn
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.question_notes import list_notes
from interviewer.sessions.removal import unsent_file
from interviewer.sessions.service import LONGEST_ANSWER, Session
from interviewer.text.messages import colon, say

_HELP = ("?", "？", "/help")


def play(session: Session, language: Language, folder: Path) -> None:
    """Play until the interview is over or the input ends; what cannot be recorded is kept in a file in `folder`."""
    unsent = _Unsent(unsent_file(folder, session.id), language)
    print(say("cli.commands", language))
    if unsent.path.exists():
        print(say("cli.kept_before", language, path=unsent.path))
    shown = ""
    _say_in_manner(session, "opening", language)
    try:
        while not (interview := _after_follow_up(session)).is_over:
            if interview.phase is Phase.REVIEWING:
                watch = GradingWatch(session, language)
                interview = watch.wait()
                print()
                show_card(interview, interview.current, language, watch.shown)
                _show_note(session, interview, language)
                _review(session, language)
                continue
            question = last_question(interview.current)
            if interview.place != shown:
                shown = interview.place
                place = f"{interview.plan_place} / {len(interview.plan.questions)}"
                if interview.again_place:
                    total = len(interview.again)
                    place += " · " + say("play.once_more", language, place=interview.again_place, total=total)
                last = interview.current.turns[-1]
                said = last.text if last.kind is TurnKind.CLARIFICATION else question
                show(f"\n[{place}] {said}", "bold")
            _turn(session, _read(unsent, language), unsent, language)
        interview = GradingWatch(session, language).wait()
    except (EOFError, KeyboardInterrupt) as stop:
        if isinstance(stop, KeyboardInterrupt):
            ignore_interrupts()
        session.runner.stop(session.id)  # what was being graded is due when the interview goes on
        print("\n" + say("cli.resume", language, id=session.id))
        return
    _say_in_manner(session, "closing", language)
    print()
    show_report(interview, language)
    print("\n" + say("cli.export", language, id=session.id))


def _show_note(session: Session, interview: Interview, language: Language) -> None:
    """What the candidate keeps about the question."""
    source = interview.source(interview.current.question)
    kept = list_notes(session.store, session.owner).get(QuestionName(source.bank, source.question))
    if kept and kept.note:
        show(f"\n{say('notes.note', language)}{colon(language)}{kept.note}")


def _say_in_manner(session: Session, part: str, language: Language) -> None:
    """The first or the last line of an interviewer who has a manner of their own."""
    manner = session.interview().plan.manner
    if manner is not InterviewerStyle.NEUTRAL:
        print(f"\n{say(f'manner.{part}_{manner}', language)}")


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
        if said in _HELP:
            print(say("cli.commands", language))
        elif not lines and line.startswith("/"):
            return said
        elif said.startswith("/") and said.isascii() and said[1:].isalpha() and said.islower():
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


def _turn(session: Session, said: str, unsent: _Unsent, language: Language) -> None:
    commands: dict[str, Callable[[], Interview]] = {
        "/hint": session.hint,
        "/repeat": session.repeat,
        "/skip": session.skip,
        "/back": session.undo_skip,
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
    command, _, question = said.partition(" ")
    if command == "/ask":
        _ask(session, question.strip(), language)
        return
    if said not in commands:
        print(say("cli.unknown", language, command=said), say("cli.commands", language))
        return
    try:
        after = commands[said]()
    except OutOfTurn:
        print(say("play.no_hint" if said == "/hint" else "play.not_now", language))
        return
    if said == "/hint":
        print(f"{say('chat.hint', language)}{colon(language)}{after.current.turns[-1].text}")


def _ask(session: Session, question: str, language: Language) -> None:
    """Record a question about the question; the reply is shown as what the interviewer says next."""
    if not question:
        print(say("cli.ask_what", language))
        return
    try:
        session.ask(question)
    except OutOfTurn:
        print(say("play.no_more_questions", language))


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
        unsent.path.unlink(missing_ok=True)
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
        elif said in _HELP:
            print(say("cli.review", language))
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
