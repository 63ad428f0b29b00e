"""The state machine: what may happen, what it changes, and what is owed.

Everything that changes an interview is in this file. `step` and `due` are pure: no clock, no chance, no I/O.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

from interviewer.domain.grade import Evidence, Grade, Level, Ruling
from interviewer.domain.interview.events import (
    Answered,
    Asked,
    AskProbe,
    Begun,
    Clarified,
    Clarify,
    Contested,
    Effect,
    Ended,
    Event,
    GradeAgain,
    GradeAttempt,
    Graded,
    Hinted,
    MovedOn,
    Probed,
    RegradeAsked,
    Repeated,
    Retried,
    Ruled,
    SecondOpinionAsked,
    SecondOpinionGiven,
    Skipped,
    SkipUndone,
    Ungraded,
    Unprobed,
)
from interviewer.domain.interview.state import Attempt, Interview, Objection, Phase, Plan, Turn, TurnKind
from interviewer.domain.plan_options import Mode, Order
from interviewer.domain.rubric import MOST_HINTS, Bank, Kind, Question
from interviewer.domain.scoring import missed
from interviewer.errors import OutOfTurn

MOST_ASKED = 5


def begin(event: Event) -> Interview:
    """The state after the first event. Raises OutOfTurn if it is not a `Begun` that can be played."""
    if not isinstance(event, Begun):
        raise OutOfTurn(f"an interview cannot begin with {type(event).__name__}")
    plan, bank = event.plan, event.bank
    if not plan.questions:
        raise OutOfTurn("an interview needs at least one question")
    if len(set(plan.questions)) != len(plan.questions):
        raise OutOfTurn("the plan asks a question twice")
    strangers = set(plan.questions) - {question.id for question in bank.questions}
    if strangers:
        raise OutOfTurn(f"the plan asks what the bank does not have: {', '.join(sorted(strangers))}")
    if plan.again and plan.mode is not Mode.COACH:
        raise OutOfTurn("only a coach asks again what was missed: nothing else shows what was")
    if plan.answer_seconds is not None and (plan.mode is not Mode.INTERVIEW or plan.answer_seconds < 1):
        raise OutOfTurn("only an interview without feedback has a limit for an answer, of a second or more")
    if not {source.asked for source in plan.sources} <= set(plan.questions):
        raise OutOfTurn("the plan names the bank of a question that it does not ask")
    return Interview(bank, plan, (_asked(bank, plan, plan.questions[0], 1),), 0, Phase.ANSWERING)


def step(interview: Interview, event: Event) -> Interview:  # noqa: C901, PLR0911, PLR0912 - one match, one machine
    """The state after the event. Raises OutOfTurn, and changes nothing, if the event may not happen now."""
    current, plan = interview.current, interview.plan
    match interview.phase, event:
        case Phase.ANSWERING, Answered(text, seconds, spoken) if text.strip():
            turn = Turn(TurnKind.ANSWER, text, seconds=seconds, spoken=spoken)
            return replace(_said(interview, turn), phase=Phase.WEIGHING)
        case Phase.ANSWERING, Hinted(criterion, text) if may_hint(interview) and text.strip():
            return _said(interview, Turn(TurnKind.HINT, text, _known(interview.question, criterion)))
        case Phase.ANSWERING, Asked(text) if may_ask(interview) and text.strip():
            return replace(_said(interview, Turn(TurnKind.ASK, text)), phase=Phase.WEIGHING)
        case Phase.WEIGHING, Clarified(text) if (_is_asked(current) or may_ask(interview)) and text.strip():
            asked = replace(current.turns[-1], kind=TurnKind.ASK)  # a question that was sent as an answer is none
            turns = (*current.turns[:-1], asked, Turn(TurnKind.CLARIFICATION, text))
            return replace(_with(interview, replace(current, turns=turns)), phase=Phase.ANSWERING)
        case Phase.ANSWERING, Repeated():
            return _said(interview, Turn(TurnKind.REPEAT, last_question(current)))
        case Phase.ANSWERING, Skipped(then):
            closed = _closed(interview)
            return _after_answer(closed, then) if current.is_answered else _next(closed, then)
        case _, SkipUndone() if may_undo_skip(interview):
            attempts = (*interview.attempts[:-2], replace(interview.attempts[-2], is_closed=False))
            position = interview.position - 1
            asked_again = interview.again if position >= len(plan.questions) else ()
            return replace(interview, attempts=attempts, position=position, again=asked_again)
        case Phase.WEIGHING, Probed(criterion, text) if (
            may_probe(interview) and not _is_asked(current) and text.strip()
        ):
            turn = Turn(TurnKind.PROBE, text, _known(interview.question, criterion))
            return replace(_said(interview, turn), phase=Phase.ANSWERING)
        case Phase.WEIGHING, Unprobed(then) if not _is_asked(current):
            return _after_answer(_closed(interview), then)
        case Phase.REVIEWING, Retried():
            again = _asked(interview.bank, plan, current.question, current.number + 1)
            return replace(interview, attempts=(*interview.attempts, again), phase=Phase.ANSWERING)
        case Phase.REVIEWING, MovedOn(then):
            return _next(interview, then)
        case ((Phase.ANSWERING | Phase.WEIGHING | Phase.REVIEWING), Ended()):
            return replace(_closed(interview), phase=Phase.OVER)
        case _, Graded(question, number, grade):
            attempt = _attempt(interview, event, question, number, awaiting=True)
            return _with(interview, replace(attempt, grade=_fitting(interview.bank[question], attempt, grade)))
        case _, Ungraded(question, number, reason) if reason.strip():
            attempt = _attempt(interview, event, question, number, awaiting=True)
            return _with(interview, replace(attempt, failure=reason))
        case _, RegradeAsked(question, number):
            attempt = _attempt(interview, event, question, number, awaiting=False)
            if attempt.grade is not None:
                raise OutOfTurn(f"attempt {number} at {question} has a grade already")
            return _with(interview, replace(attempt, failure=""))
        case _, Ruled(question, number, ruling) if shows_grades(interview):
            attempt = _attempt(interview, event, question, number, awaiting=None)
            return _with(interview, _ruled(interview.bank[question], attempt, ruling))
        case _, SecondOpinionAsked(question, number) if shows_grades(interview):
            attempt = _attempt(interview, event, question, number, awaiting=False)
            if attempt.grade is None:
                raise OutOfTurn(f"attempt {number} at {question} has no first grade yet")
            return _with(interview, replace(attempt, second=None, second_failure="", awaits_second=True))
        case _, SecondOpinionGiven(question, number, grade, failure) if grade or failure.strip():
            attempt = _attempt(interview, event, question, number, awaiting=False)
            if not attempt.awaits_second:
                raise OutOfTurn(f"attempt {number} at {question} awaits no second opinion")
            second = _fitting(interview.bank[question], attempt, grade) if grade else None
            return _with(interview, replace(attempt, second=second, second_failure=failure, awaits_second=False))
        case _, Contested(question, number, contest) if shows_grades(interview):
            attempt = _attempt(interview, event, question, number, awaiting=False)
            if attempt.grade is None:
                raise OutOfTurn(f"attempt {number} at {question} has no grade to contest")
            return _with(interview, _contested(interview.bank[question], attempt, contest))
    raise OutOfTurn(f"{type(event).__name__} cannot happen while the interview is {interview.phase}")


def due(interview: Interview) -> tuple[Effect, ...]:
    """What the interview is owed, read from its state alone: never from the way it got there."""
    owed: list[Effect] = [
        GradeAttempt(attempt.question, attempt.number) for attempt in interview.attempts if attempt.awaits_grade
    ]
    owed += [GradeAgain(attempt.question, attempt.number) for attempt in interview.attempts if attempt.awaits_second]
    if interview.phase is Phase.WEIGHING:
        current = interview.current
        owed.append((Clarify if _is_asked(current) else AskProbe)(current.question, current.number))
    return tuple(owed)


def replay(events: Iterable[Event]) -> Interview:
    """The interview that these events make. Raises OutOfTurn where they are no history of one."""
    first, *rest = events
    return reduce(step, rest, begin(first))


def may_hint(interview: Interview) -> bool:
    """Whether the ladder has a rung left for the current attempt."""
    given = len(interview.current.turns_of(TurnKind.HINT))
    return interview.phase is Phase.ANSWERING and interview.plan.hints and given < MOST_HINTS


def may_undo_skip(interview: Interview) -> bool:
    """Whether the question before was passed on and nothing has been said at this one.

    Never after the end: its report shows the model answer, and an answer after that would prove nothing.
    """
    if interview.phase is not Phase.ANSWERING or len(interview.attempts) == 1 or len(interview.current.turns) > 1:
        return False
    before = interview.attempts[-2]
    return before.is_closed and not before.is_answered


def may_ask(interview: Interview) -> bool:
    """Whether the candidate may ask once more what is meant; without an end, it would cost a model without one."""
    return len(interview.current.turns_of(TurnKind.ASK)) < MOST_ASKED


def may_probe(interview: Interview) -> bool:
    """Whether the plan allows one more probe in the current attempt."""
    return len(interview.current.turns_of(TurnKind.PROBE)) < interview.plan.probes


def shows_grades(interview: Interview) -> bool:
    """The wall between the modes: in interview mode no grade is shown before the end."""
    return interview.is_over or interview.plan.mode is Mode.COACH


def may_rule(interview: Interview, attempt: Attempt) -> bool:
    """Whether a person may say what this attempt is worth."""
    return shows_grades(interview) and attempt.is_closed and attempt.is_answered


def next_question(interview: Interview) -> str | None:
    """What would be asked if the candidate went on now; None if nothing would."""
    questions = interview.questions
    if interview.position + 1 == len(interview.plan.questions) and interview.plan.again:
        questions += _missed_questions(interview)
    return questions[interview.position + 1] if interview.position + 1 < len(questions) else None


def last_question(attempt: Attempt) -> str:
    """What the candidate was last asked: the open probe, else the question."""
    return next(t.text for t in reversed(attempt.turns) if t.kind in (TurnKind.PROBE, TurnKind.QUESTION))


def _is_asked(attempt: Attempt) -> bool:
    """Whether the candidate waits for a reply to a question."""
    return attempt.turns[-1].kind is TurnKind.ASK


def _steered(interview: Interview, then: str) -> Interview:
    """The interview with another question next; it takes the place of the planned one, or changes places with it."""
    planned, place = list(interview.plan.questions), interview.position + 1
    if interview.plan.order is not Order.ADAPTIVE or place >= len(planned) or then in planned[:place]:
        raise OutOfTurn(f"{then} cannot be asked next")
    if then not in {question.id for question in interview.bank.questions}:
        raise OutOfTurn(f"the bank has no question {then}")
    if then in planned:
        planned[planned.index(then)] = planned[place]
    planned[place] = then
    return replace(interview, plan=replace(interview.plan, questions=tuple(planned)))


def _asked(bank: Bank, plan: Plan, question: str, number: int) -> Attempt:
    return Attempt(question, number, (Turn(TurnKind.QUESTION, bank[question].text.into(plan.language)),))


def _said(interview: Interview, turn: Turn) -> Interview:
    return _with(interview, replace(interview.current, turns=(*interview.current.turns, turn)))


def _closed(interview: Interview) -> Interview:
    return _with(interview, replace(interview.current, is_closed=True))


def _with(interview: Interview, changed: Attempt) -> Interview:
    attempts = tuple(
        changed if (old.question, old.number) == (changed.question, changed.number) else old
        for old in interview.attempts
    )
    return replace(interview, attempts=attempts)


def _after_answer(interview: Interview, then: str) -> Interview:
    if interview.plan.mode is Mode.COACH:
        return replace(interview, phase=Phase.REVIEWING)
    return _next(interview, then)


def _next(interview: Interview, then: str) -> Interview:
    if then:
        interview = _steered(interview, then)
    position = interview.position + 1
    if position == len(interview.plan.questions) and interview.plan.again:
        interview = replace(interview, again=_missed_questions(interview))
    if position == len(interview.questions):
        return replace(interview, phase=Phase.OVER)
    question = interview.questions[position]
    number = 1 + sum(attempt.question == question for attempt in interview.attempts)
    asked = _asked(interview.bank, interview.plan, question, number)
    return replace(interview, attempts=(*interview.attempts, asked), position=position, phase=Phase.ANSWERING)


def _missed_questions(interview: Interview) -> tuple[str, ...]:
    """The questions whose last answer is known by now to have missed a core criterion.

    A question that was passed on is not among them: its card was not shown, so nothing new is known at the end.
    """
    judged = [(attempt, interview.bank[attempt.question].rubric) for attempt in interview.last_attempts()]
    return tuple(
        attempt.question
        for attempt, rubric in judged
        if (verdicts := attempt.verdicts_on(rubric)) and missed(rubric, verdicts)
    )


def _attempt(interview: Interview, event: Event, question: str, number: int, *, awaiting: bool | None) -> Attempt:
    """The closed attempt, `awaiting` its grade, settled, or either (None)."""
    try:
        attempt = interview.attempt(question, number)
    except KeyError as error:
        raise OutOfTurn(f"{type(event).__name__}: {error.args[0]}") from None
    settled = attempt.grade is not None or bool(attempt.failure)
    fits = {True: attempt.awaits_grade, False: settled, None: settled or attempt.awaits_grade}[awaiting]
    if not fits:
        state = "awaits no grade" if awaiting else "has not been graded yet"
        raise OutOfTurn(f"{type(event).__name__}: attempt {number} at {question} {state}")
    return attempt


def _known(question: Question, criterion: str) -> str:
    if criterion not in {known.id for known in question.criteria}:
        raise OutOfTurn(f"question {question.id} has no criterion {criterion}")
    return criterion


def _fitting(question: Question, attempt: Attempt, grade: Grade) -> Grade:
    """The grade, if it speaks of exactly the rubric's criteria and quotes only what the candidate said."""
    if [verdict.criterion for verdict in grade.verdicts] != [criterion.id for criterion in question.criteria]:
        raise OutOfTurn(f"the grade's verdicts are not those of the rubric of {question.id}")
    verdicts = (replace(v, evidence=tuple(_located(attempt, e) for e in v.evidence)) for v in grade.verdicts)
    extras = (replace(extra, evidence=_located(attempt, extra.evidence)) for extra in grade.extras)
    return replace(grade, verdicts=tuple(verdicts), extras=tuple(extras))


def _ruled(question: Question, attempt: Attempt, ruling: Ruling) -> Attempt:
    criterion = question.rubric[_known(question, ruling.criterion)]
    if criterion.kind is Kind.MISTAKE and ruling.level not in (None, Level.MET, Level.MISSING):
        raise OutOfTurn(f"a mistake was made or not made; {ruling.level} says neither")
    kept = tuple(old for old in attempt.rulings if (old.criterion, old.by) != (ruling.criterion, ruling.by))
    located = replace(ruling, evidence=tuple(_located(attempt, evidence) for evidence in ruling.evidence))
    return replace(attempt, rulings=kept if ruling.level is None else (*kept, located))


def _contested(question: Question, attempt: Attempt, contest: Objection) -> Attempt:
    _known(question, contest.criterion)
    contest = replace(contest, evidence=_located(attempt, contest.evidence))
    kept = tuple(old for old in attempt.objections if old.criterion != contest.criterion)
    return replace(attempt, objections=(*kept, contest))


def _located(attempt: Attempt, evidence: Evidence) -> Evidence:
    """The evidence, checked against what was said; without a place it gets that of the first occurrence.

    Grades of older versions have no places.
    """
    said, quote = dict(attempt.answers).get(evidence.turn, ""), evidence.quote
    start = said.find(quote) if evidence.start < 0 else evidence.start
    end = start + len(quote)
    if not quote.strip() or start < 0 or said[start:end] != quote or (evidence.start >= 0 and evidence.end != end):
        raise OutOfTurn(f"the quote {quote[:60]!r} is not in answer {evidence.turn} of {attempt.question}")
    return replace(evidence, start=start, end=end)
