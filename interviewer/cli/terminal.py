"""An interview in the terminal: the same session and the same store as the page."""

import re
from collections.abc import Callable, Iterator

from interviewer.domain.grade import has_every_core, missed
from interviewer.domain.interview import Attempt, Interview, Mode, Phase, last_question, shows_grades
from interviewer.domain.rubric import Language
from interviewer.domain.summary import result, summarize
from interviewer.errors import OutOfTurn
from interviewer.presentation import wording
from interviewer.sessions.service import Session
from interviewer.text.messages import colon, say

_COMMAND = re.compile("/[a-z]+")


def play(session: Session, language: Language) -> None:
    """Play until the interview is over or the input ends; what was said is kept either way."""
    print(say("cli.commands", language))
    shown = ""
    try:
        while not (interview := session.weigh()).is_over:
            if interview.phase is Phase.REVIEWING:
                interview = session.settled()
                print("\n" + "\n".join(_card(interview, interview.current, language)))
                _review(session, language)
                continue
            question = last_question(interview.current)
            if interview.place != shown:
                shown = interview.place
                print(f"\n[{interview.position + 1} / {len(interview.plan.questions)}] {question}")
            _turn(session, _read(language), language)
    except (EOFError, KeyboardInterrupt):
        print("\n" + say("cli.resume", language, id=session.id))
        return
    print("\n" + "\n".join(_report(session.settled(), language)))
    print("\n" + say("cli.export", language, id=session.id))


def _read(language: Language) -> str:
    """Lines up to an empty one or the end of the input; a command is one line, and no part of an answer."""
    lines: list[str] = []
    while True:
        try:
            line = input("> ")
        except EOFError:
            if lines:
                return "\n".join(lines)
            raise
        if not lines and line.startswith("/"):
            return line.strip()
        if _COMMAND.fullmatch(line.strip()):
            print(say("cli.not_sent", language, command=line.strip()))
            continue
        if not line and lines:
            return "\n".join(lines)
        if line:
            lines.append(line)


def _turn(session: Session, said: str, language: Language) -> None:
    commands: dict[str, Callable[[], Interview]] = {
        "/hint": session.hint,
        "/repeat": session.repeat,
        "/skip": session.skip,
        "/end": session.end,
    }
    if not said.startswith("/"):
        after = session.answer(said)
        session.settle()
        if not shows_grades(after):
            print(say("chat.noted", language))
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


def _card(interview: Interview, attempt: Attempt, language: Language) -> Iterator[str]:
    found = result(interview, attempt)
    if attempt.failure:
        yield f"{say('card.failed', language)} {attempt.failure}"
    grade = found.grade
    if grade is None:
        return
    yield wording.score_text(found.score, language, is_estimate=grade.is_estimate)
    yield from (say(f"flag.{flag}", language) for flag in grade.flags)
    for criterion in found.question.criteria:
        verdict = grade.verdict(criterion.id)
        if not wording.is_news(criterion, verdict.level):
            continue
        name = say(wording.level_key(criterion, verdict.level), language)
        yield f"  {wording.sign(criterion, verdict.level)} {name}: {criterion.text.into(language)}"
        yield from (f"      “{evidence.quote}”" for evidence in verdict.evidence)
    gaps = missed(found.question.rubric, grade)
    if gaps or has_every_core(found.question.rubric, grade):
        yield say("card.gaps" if gaps else "card.no_gaps", language)
    yield from (f"  - {criterion.text.into(language)}" for criterion in gaps)


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
