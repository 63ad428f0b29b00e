"""The embedded grader: finds the claims of a rubric in an answer by words alone, without a model or a network.

What it gives is an estimate. It follows the usual recipe of short-answer grading by coverage: each criterion on its
own, its terms together within two neighbouring sentences, words of the question worth nothing, a claim that is negated,
turned round or taken back not credited, lists of keywords worth nothing, and the candidate's words quoted for every credit.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from interviewer.domain.grade import Evidence, Flag, Grade, Level, Method, Provenance, Verdict
from interviewer.domain.interview import Attempt
from interviewer.domain.rubric import Criterion, Kind, Language, Question
from interviewer.grading.guardrails import Screened, screen
from interviewer.grading.lexical import polarity
from interviewer.grading.lexical.claims import readings
from interviewer.grading.lexical.heaps import heap, scrambled
from interviewer.grading.lexical.prepared import Prepared, prepare
from interviewer.grading.lexical.said import Reading, Said
from interviewer.grading.lexical.settling import settle
from interviewer.grading.lexical.terms import found_in
from interviewer.text import tokenizer
from interviewer.text.glossary import glossary
from interviewer.text.messages import localized

__all__ = ["LexicalGrader", "get_ready", "says_term", "version"]

_VERSION = "coverage-5"

_LOWER = {Level.MET: Level.PARTIAL, Level.PARTIAL: Level.MISSING}


class LexicalGrader:
    """Grades by coverage; stateless and safe to share between threads."""

    def grade(
        self, question: Question, attempt: Attempt, language: Language = Language.EN, watch: object = None
    ) -> Grade:
        """The grade of everything the candidate said in this attempt. Never fails; what it gives is an estimate.

        Its reasons are in both languages and come at once, so neither `language` nor `watch` matters.
        """
        del language, watch
        prepared = prepare(question)
        screened = [(turn, text, screen(text, question.text.both)) for turn, text in attempt.answers]
        flags = _flags([found for _, _, found in screened])
        asks_for_names = _names(question)
        heaps = {
            turn for turn, text, found in screened if not asks_for_names and found.is_gradable and _is_heap(text, found)
        }
        if heaps:
            flags = (*flags, Flag.STUFFING)
        said = [_said(turn, text, found) for turn, text, found in screened if turn not in heaps]
        verdicts = _verdicts(prepared, said, flags)
        return Grade(verdicts, Provenance(Method.LEXICAL, version(), question.rubric.digest), flags)

    def covers(self, question: Question, text: str) -> dict[str, Level]:
        """The level of each criterion in a text that is no attempt, such as a reference answer."""
        verdicts = _verdicts(prepare(question), [Said(0, text, tokenizer.clauses(text))], ())
        return {verdict.criterion: verdict.level or Level.MISSING for verdict in verdicts}


def get_ready(questions: Iterable[Question]) -> None:
    """Work out beforehand what the first answer to each question would have to wait for."""
    for question in questions:
        LexicalGrader().covers(question, question.reference.both[0])


def version() -> str:
    """What grades go by besides the rubric: this program, and a glossary of the user's own where there is one."""
    own = glossary().own
    return f"{_VERSION}+{own}" if own else _VERSION


def says_term(text: str, term: str) -> bool:
    """Whether a text contains a term the way the grader would find it."""
    return found_in(term, text)


def _flags(screened: Sequence[Screened]) -> tuple[Flag, ...]:
    found = dict.fromkeys(flag for one in screened for flag in one.flags)
    if any(one.is_gradable for one in screened):
        # One answer of several that says nothing does not characterise the attempt.
        return tuple(flag for flag in found if flag is Flag.INJECTION)
    return tuple(found)


def _is_heap(text: str, screened: Screened) -> bool:
    kept = "\n".join(text[start:end] for start, end in screened.spans)
    return heap(kept) or scrambled(kept)


def _names(question: Question) -> bool:
    """Whether most criteria are names, known by their own text, so that naming is all that is asked for."""
    names = sum(any(c.text.both[0] in group for group in c.aliases) for c in question.criteria)
    return names * 2 > len(question.criteria)


def _said(turn: int, text: str, screened: Screened) -> Said:
    starts = [start for start, _ in screened.spans]

    def is_kept(clause: tokenizer.Clause) -> bool:
        at = bisect_right(starts, clause.start)
        return at > 0 and clause.end <= screened.spans[at - 1][1]

    return Said(turn, text, tuple(filter(is_kept, tokenizer.clauses(text))))


def _verdicts(prepared: Prepared, said: Sequence[Said], flags: Sequence[Flag]) -> tuple[Verdict, ...]:
    criteria = prepared.question.criteria
    settled = _settled(prepared, said)
    misread = _misread(prepared)
    levels = [
        _unsure(prepared, reading) if reading and against and c.id in misread else _level(c, reading, against)
        for c, (reading, against) in zip(criteria, settled, strict=True)
    ]
    doubt = _doubt(criteria, levels) + 2 * _misjudges(prepared, said)
    return tuple(
        _verdict(c, reading, _doubted(c, level, doubt), level, flags)
        for c, (reading, _), level in zip(criteria, settled, levels, strict=True)
    )


def _settled(prepared: Prepared, said: Sequence[Said]) -> list[tuple[Reading | None, bool]]:
    listed = [readings(prepared, one) for one in said]
    criteria = prepared.question.criteria
    return [settle((r for found in listed for r in found[c.id]), prepared.asked) for c in criteria]


@lru_cache(maxsize=256)
def _misread(prepared: Prepared) -> frozenset[str]:
    """The criteria that the reference itself seems to deny: there the grader's ear for contraries is not to be trusted."""
    texts = [[Said(0, text, tokenizer.clauses(text))] for text in prepared.question.reference.both]
    settled = [_settled(prepared, said) for said in texts]
    return frozenset(
        criterion.id
        for place, criterion in enumerate(prepared.question.criteria)
        if criterion.kind is not Kind.MISTAKE and any(found[place][1] for found in settled)
    )


def _unsure(prepared: Prepared, reading: Reading) -> Level:
    """The level of what may be a denial or none: met in the reference's own words, half in any others."""
    references = [tokenizer.fold(text) for text in prepared.question.reference.both]
    said = [tokenizer.fold(quote) for quote in _quotes(reading)]
    return Level.MET if any(all(quote in text for quote in said) for text in references) else Level.PARTIAL


def _level(criterion: Criterion, reading: Reading | None, against: bool) -> Level:
    if reading is None:
        return Level.MISSING
    if criterion.kind is Kind.MISTAKE:
        return Level.MET if reading.share >= 1 and not against else Level.MISSING
    if against:
        return Level.CONTRADICTED
    if reading.share >= 1:
        return Level.MET
    return Level.PARTIAL if reading.share >= 0.5 else Level.MISSING


def _doubt(criteria: Sequence[Criterion], levels: Sequence[Level]) -> int:
    """How many false things are said; usual mistakes count where there are no fewer of them than of right things."""
    contradicted = sum(level is Level.CONTRADICTED for level in levels)
    met = [
        criterion.kind is Kind.MISTAKE for criterion, level in zip(criteria, levels, strict=True) if level is Level.MET
    ]
    mistakes = sum(met)
    return contradicted + (mistakes if contradicted + mistakes >= len(met) - mistakes else 0)


def _misjudges(prepared: Prepared, said: Sequence[Said]) -> bool:
    """Whether the answer opens with the opposite of what the reference opens with, yes for no or no for yes."""
    if prepared.verdict is None:
        return False
    given = next((found for one in said if (found := polarity.verdict(one.text)) is not None), None)
    return given is not None and given is not prepared.verdict


def _doubted(criterion: Criterion, level: Level, doubt: int) -> Level:
    """The level, lower for every false thing that is said beside it: words of a claim amid false ones prove little."""
    if criterion.kind is Kind.MISTAKE or level not in _LOWER:
        return level
    for _ in range(doubt):
        level = _LOWER.get(level, level)
    return level


def _verdict(
    criterion: Criterion, reading: Reading | None, level: Level, before: Level, flags: Sequence[Flag]
) -> Verdict:
    if reading is None or level is Level.MISSING:
        reason = (
            "reason.stuffing"
            if Flag.STUFFING in flags
            else "reason.doubted"
            if before is not level
            else "reason.missing"
        )
        return Verdict(criterion.id, Level.MISSING, localized(reason))
    evidence = tuple(Evidence(reading.said.turn, quote) for quote in _quotes(reading))
    reason = "reason.doubted" if before is not level else f"reason.{level}"
    return Verdict(criterion.id, level, localized(reason), evidence)


def _quotes(reading: Reading) -> Iterator[str]:
    """The clauses of a reading, verbatim; neighbours in one quote."""
    said, used = reading.said, reading.clauses
    start = previous = used[0]
    for index in (*used[1:], None):
        if index is not None and index <= previous + 1:
            previous = index
            continue
        yield said.text[said.clauses[start].start : said.clauses[previous].end]
        if index is not None:
            start = previous = index
