"""The score card of one attempt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from interviewer.domain.grade import CREDITED, Flag, Gap, Grade, Level, Verdict
from interviewer.domain.interview import Attempt, Interview, Turn, TurnKind, may_rule
from interviewer.domain.language import Language
from interviewer.domain.rubric import Criterion, Kind, Localized
from interviewer.domain.scoring import has_every_core, points, shortfalls
from interviewer.domain.summary import AttemptResult, attempt_result
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm.model_call import CallProgress
from interviewer.presentation.highlighting import Mark, Marks, marks, model_words
from interviewer.presentation.templating import render
from interviewer.presentation.wording import is_worth_showing, level_key
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.question_notes import NO_NOTE, QuestionNote
from interviewer.text.messages import localized

# What is said beside a score of the grader who gave it, as plain text.
Badge = Callable[[Grade], str]

_LACKING = (Level.MISSING, Level.PARTIAL, Level.CONTRADICTED)
_SAYS_NOTHING = (Flag.BLANK, Flag.DONT_KNOW)
_BY_YOU = localized("card.by_you")
# Sentences of the offline grader that say no more than the level beside them.
_SAID_BY_LEVEL = tuple(localized(f"reason.{level}") for level in (Level.MET, Level.MISSING))


def no_badge(_: Grade) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class CardActions:
    """What a card on the page offers, and one that is written out does not: to rule, and to ask once more.

    `is_measured` says of a grade whether its grader is known to be any good on the bank; where it is not, candidates
    mark their own answers first. `has_model` says whether a second opinion can be asked for; `notes` are what the
    candidate keeps about questions. `progress` is what a model is doing that grades an attempt. `coach` is the name of
    the coach who looks at it, and is offered to rule and nothing else; empty where the candidate does.
    """

    is_measured: Callable[[Grade], bool]
    has_model: bool = False
    notes: Mapping[QuestionName, QuestionNote] = field(default_factory=dict)
    progress: Callable[[Attempt], CallProgress | None] = lambda _: None
    coach: str = ""


@dataclass(frozen=True, slots=True)
class GraderNotes:
    """What a reader may want to know of those who gave some grades, each thing once."""

    badges: tuple[str, ...] = ()
    is_estimate: bool = False
    grades: tuple[Grade, ...] = ()

    @classmethod
    def on(cls, grades: Sequence[Grade], badge: Badge) -> "GraderNotes":
        badges = tuple(dict.fromkeys(filter(None, map(badge, grades))))
        return cls(badges, any(grade.is_estimate for grade in grades))


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion on the card: its verdict, why, and what would have earned more.

    `choose` is set on the first row of a group that lacks so many more of its criteria.
    """

    criterion: Criterion
    verdict: Verdict
    why: Localized | None = None
    gap: Gap | None = None
    say: str = ""
    choose: int = 0


@dataclass(frozen=True, slots=True)
class PointCount:
    """How many of the points that a question asks for were found, and who judged that."""

    levels: tuple[Level | None, ...]
    by: Localized = _BY_YOU
    is_grader: bool = False

    @property
    def earned(self) -> str:
        """Points as people write them: what was half made counts half."""
        halves = sum({Level.MET: 2, Level.PARTIAL: 1}.get(level, 0) for level in self.levels if level)
        return f"{halves // 2 or ('' if halves else 0)}{'½' * (halves % 2)}"


def point_counts(found: AttemptResult, *, is_for_coach: bool = False) -> list[PointCount]:
    """The points by who judged them: the effective ones first, beside them those of the grader where people ruled."""
    grade, attempt = found.grade, found.attempt
    by_grader = localized("card.by_grader")
    if not attempt.rulings:
        return [PointCount(found.points, by_grader, is_grader=True)] if found.points else []
    ours = [PointCount(found.points, _judges(found, localized("card.by_candidate") if is_for_coach else _BY_YOU))]
    if grade is None:
        return ours
    return [*ours, PointCount(points(found.question.rubric, grade.verdicts), by_grader, is_grader=True)]


def _judges(found: AttemptResult, candidate: Localized) -> Localized:
    """Those whose rulings count: the candidate, coaches, or both."""
    rulings = [found.attempt.ruling(criterion.id) for criterion in found.question.criteria]
    names = dict.fromkeys(ruling.by for ruling in rulings if ruling)
    coaches = ", ".join(filter(None, names))
    if not coaches:
        return candidate
    return (
        localized("card.by_both", candidate=candidate, name=coaches)
        if "" in names
        else Localized(zh=coaches, en=coaches)
    )


def rows(found: AttemptResult, language: Language, verdicts: Sequence[Verdict] = ()) -> list[CriterionRow]:
    """The verdicts that are worth a line, in the order of the rubric, those of a group that lacks some at its end."""
    known = {verdict.criterion: verdict for verdict in verdicts or found.verdicts}
    reference, words = found.question.reference.into(language), model_words(found.question, language)
    rubric, grade = found.question.rubric, found.grade
    gaps = {gap.criterion: gap for gap in grade.gaps} if grade else {}
    lacking = {one.id for lost in shortfalls(rubric, found.verdicts) for one in lost.criteria} if found.verdicts else ()

    def row(criterion: Criterion) -> CriterionRow:
        verdict = known[criterion.id]
        is_short = criterion.id in lacking and verdict.level in _LACKING
        gap = gaps.get(criterion.id) if is_short else None
        spans = words.get(criterion.id, ()) if is_short and not gap else ()
        say = " … ".join(reference[start:end] for start, end in spans)
        return CriterionRow(criterion, verdict, _why(found, criterion, verdict), gap, say)

    def is_listed(criterion: Criterion) -> bool:
        level, ruling = known[criterion.id].level, found.attempt.ruling(criterion.id)
        given = grade.verdict(criterion.id).level if grade else Level.MISSING
        if ruling and (ruling.level is not given or ruling.note.strip()):
            return True
        if level is Level.MISSING and (says_nothing(found) or (criterion.group and criterion.id not in lacking)):
            return False
        return is_worth_showing(criterion, level)

    listed = [row(one) for one in found.question.criteria if one.id in known and is_listed(one)]
    for lost in shortfalls(rubric, found.verdicts) if found.verdicts else ():
        if lost.group and (of_group := [one for one in listed if one.criterion in lost.criteria]):
            listed = [one for one in listed if one not in of_group]
            listed += [replace(of_group[0], choose=lost.needed), *of_group[1:]]
    return listed


def _why(found: AttemptResult, criterion: Criterion, verdict: Verdict) -> Localized | None:
    """What a reader learns from a verdict beyond its level; a note of who ruled stands beside the ruling."""
    if criterion.kind is Kind.MISTAKE:
        told = criterion.why if verdict.level is not Level.MISSING else None
        if told or verdict.reason == localized("reason.met"):
            return told
    ruling = found.attempt.ruling(criterion.id)
    is_said = verdict.reason in _SAID_BY_LEVEL or (ruling is not None and ruling.note.strip())
    return None if is_said else verdict.reason


def says_nothing(found: AttemptResult) -> bool:
    """Whether the answer was blank or an honest "I don't know", so that the model answer is all there is to show."""
    return found.grade is not None and bool(set(found.grade.flags) & set(_SAYS_NOTHING))


def model_marks(found: AttemptResult, listed: Sequence[CriterionRow], language: Language) -> Marks:
    """Where in the model answer the words stand that the candidate could say."""
    spoken = {row.criterion.id for row in listed if row.say}
    return [
        (start, end, Mark.SAY)
        for criterion, spans in model_words(found.question, language).items()
        if criterion in spoken
        for start, end in spans
    ]


def turns_after_question(found: AttemptResult) -> list[tuple[Turn, Marks]]:
    """What was said after the question: answers with their marks, and what was asked and replied between them."""
    return [
        (turn, marks(found.question, found.verdicts, number, turn.text))
        for number, turn in enumerate(found.attempt.turns)
        if turn.kind not in (TurnKind.QUESTION, TurnKind.REPEAT)
    ]


def card(
    interview: Interview,
    attempt: Attempt,
    language: Language,
    *,
    level: int = 2,
    is_titled: bool = True,
    partial: Sequence[Verdict] = (),
    badge: Badge = no_badge,
    live: CardActions | None = None,
    is_unfolded: bool = False,
    is_for_coach: bool = False,
) -> Markup:
    """The score card of an attempt; `level` is that of its title, which stands elsewhere if not `is_titled`.

    `partial` is what is known while it is being graded; `is_unfolded` opens the model answer; `is_for_coach` if somebody
    else than the candidate reads it.
    """
    found, grade = attempt_result(interview, attempt), attempt.grade
    # A report says once for all of its cards what they would repeat.
    notes = GraderNotes.on([grade] if grade and level == 2 else [], badge)
    shown = findings(found, language, partial, is_for_coach=is_for_coach)
    source = interview.source(attempt.question)
    name = QuestionName(source.bank, source.question)
    title, _, rest = found.question.text.into(interview.plan.language).strip().partition("\n")
    return render(
        "card.html",
        language,
        **shown,
        level=level,
        title=title,
        is_titled=is_titled,
        rest=rest,
        notes=GraderNotes(notes.badges, notes.is_estimate, tuple(one for one in (grade, attempt.second) if one)),
        said=turns_after_question(found),
        model_marks=model_marks(found, shown["rows"], language),
        is_unfolded=is_unfolded or shown["says_nothing"],
        changes=_changes(interview, attempt),
        may_copy=live is not None,
        progress=live.progress(attempt) if live else None,
        may_rule=live is not None and may_rule(interview, attempt),
        may_ask_again=live is not None and live.has_model and grade is not None and not grade.is_estimate,
        is_for_coach=is_for_coach,
        coach=live.coach if live else "",
        # In whose name a ruling is "yours": a card that is written out for a coach may be read by others.
        reader=live.coach if live else None if is_for_coach else "",
        kept_of=(name, live.notes.get(name, NO_NOTE)) if live and not live.coach else (),
        sheet=_sheet(interview, found, language, level, live) if live and not live.coach else "",
    )


def findings(
    found: AttemptResult, language: Language, verdicts: Sequence[Verdict] = (), *, is_for_coach: bool = False
) -> dict[str, Any]:
    """What cards and transcripts show of the grading of an attempt, as their templates name it."""
    return {
        "found": found,
        "rows": rows(found, language, verdicts),
        "point_counts": point_counts(found, is_for_coach=is_for_coach),
        "second": second_opinion(found),
        "says_nothing": says_nothing(found),
        "has_every_core": bool(found.verdicts) and has_every_core(found.question.rubric, found.verdicts),
    }


def second_opinion(found: AttemptResult) -> list[tuple[Criterion, Level | None, Level | None]]:
    """The level that each of two graders gave, those criteria first on which they differ."""
    first, second = found.grade, found.attempt.second
    if first is None or second is None:
        return []
    both = [(one, first.verdict(one.id).level, second.verdict(one.id).level) for one in found.question.criteria]
    news = [row for row in both if is_worth_showing(row[0], row[1]) or is_worth_showing(row[0], row[2])]
    return sorted(news, key=lambda row: row[1] is row[2])


def _sheet(interview: Interview, found: AttemptResult, language: Language, level: int, live: CardActions) -> Markup:
    """The self-marking sheet; it comes first where only an estimate is at hand that nobody has measured on the bank."""
    grade, attempt = found.grade, found.attempt
    if not may_rule(interview, attempt):
        return Markup()
    verdicts = found.verdicts or LexicalGrader().grade(found.question, attempt).verdicts
    levels = {verdict.criterion: verdict.level for verdict in verdicts}
    return render(
        "self_marking.html",
        language,
        attempt=attempt,
        question=found.question,
        rows=[(one, _suggested(one, levels.get(one.id))) for one in found.question.criteria],
        level=level + 1,
        is_preferred=grade is not None and grade.is_estimate and not attempt.rulings and not live.is_measured(grade),
    )


def _suggested(criterion: Criterion, level: Level | None) -> Level | None:
    """The level that is chosen beforehand; a mistake was made or it was not."""
    if criterion.kind is not Kind.MISTAKE or level is None:
        return level
    return Level.MET if level in CREDITED else Level.MISSING


def _changes(interview: Interview, attempt: Attempt) -> list[tuple[Criterion, str, str]] | None:
    """What changed point by point since the attempt before; None where the two cannot be compared."""
    if attempt.number == 1 or attempt.grade is None:
        return None
    earlier = interview.attempt(attempt.question, attempt.number - 1)
    if earlier.grade is None or earlier.grade.provenance != attempt.grade.provenance:
        return None
    rubric = interview.bank[attempt.question].rubric
    was, now = ({one.criterion: one.level for one in each.verdicts_on(rubric)} for each in (earlier, attempt))
    levels = ((one, was.get(one.id), now.get(one.id)) for one in rubric.criteria)
    return [(one, level_key(one, old), level_key(one, new)) for one, old, new in levels if old is not new]
