"""The embedded grader: finds the claims of a rubric in an answer by words alone, without a model or a network.

What it gives is an estimate. It follows the usual recipe of short-answer grading by coverage: each criterion on its
own, its terms together within two neighbouring sentences, words of the question worth nothing, a negated claim not
credited, and the candidate's words quoted for every credit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from interviewer import tokens
from interviewer.grade import Evidence, Flag, Grade, Level, Method, Provenance, Verdict
from interviewer.interview import Attempt
from interviewer.rubric import Criterion, Kind, Question
from interviewer.screening import Screened, screen
from interviewer.tokens import Clause, Token
from interviewer.words import words

VERSION = "coverage-1"

_SIMILAR_MET = 0.60
_SIMILAR_PARTIAL = 0.30
_GAP = 14
_NEGATION_REACH = 3
_LIST_ITEMS = 5
_LIST_ITEM_LENGTH = 6
_LIST_SHARE = 0.6

_NEGATIONS = frozenset("不没無无非未别勿") | {"not", "no", "never", "without", "cannot", "cant", "neither", "nor"}
_STATING = frozenset(
    "is are was be can do does will make use get give let help mean keep put take add so because which that when if "
    "it they you we by than to from into".split()
) | frozenset("是会把被让使能可以要用因为所就不没都还而到在了做加减变成给比将说得")


@dataclass(frozen=True, slots=True)
class _Answer:
    """One turn of the candidate, cut into clauses; only the screened stretches of it."""

    turn: int
    text: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A term found in a clause."""

    clause: int
    first: int
    last: int
    negated: bool


class CoverageGrader:
    """Grades by coverage; stateless and safe to share between threads."""

    def grade(self, question: Question, attempt: Attempt) -> Grade:
        """The grade of everything the candidate said in this attempt. Never fails; what it gives is an estimate."""
        screened = [(turn, text, screen(text, question.text.both)) for turn, text in attempt.answers]
        flags = _flags([found for _, _, found in screened])
        answers = [_Answer(turn, text, _within(tokens.clauses(text), found)) for turn, text, found in screened]
        bare = [_bare(answer) for answer in answers]
        if any(bare):
            flags = (*flags, Flag.STUFFING)
            answers = [_without(answer, heap) for answer, heap in zip(answers, bare, strict=True)]
        asked = frozenset(word for text in question.text.both for word in tokens.words(text))
        verdicts = tuple(_verdict(criterion, answers, asked, flags) for criterion in question.criteria)
        return Grade(verdicts, Provenance(Method.COVERAGE, VERSION, question.rubric.digest), flags)

    def covers(self, question: Question, text: str) -> dict[str, Level]:
        """The level of each criterion in a text that is no attempt, such as a reference answer."""
        asked = frozenset(word for asked in question.text.both for word in tokens.words(asked))
        answer = _Answer(0, text, tokens.clauses(text))
        found = (_verdict(criterion, [answer], asked, ()) for criterion in question.criteria)
        return {verdict.criterion: verdict.level or Level.MISSING for verdict in found}


def says_term(text: str, term: str) -> bool:
    """Whether a text contains a term the way the grader would find it."""
    return any(True for _ in _find(_parts(term), tokens.clauses(text)))


def _flags(screened: Sequence[Screened]) -> tuple[Flag, ...]:
    found = dict.fromkeys(flag for one in screened for flag in one.flags)
    if any(one.is_gradable for one in screened):
        # One answer of several that says nothing does not characterise the attempt.
        return tuple(flag for flag in found if flag is Flag.INJECTION)
    return tuple(found)


def _within(clauses: Sequence[Clause], screened: Screened) -> tuple[Clause, ...]:
    return tuple(c for c in clauses if any(start <= c.start and c.end <= end for start, end in screened.spans))


def _bare(answer: _Answer) -> frozenset[Clause]:
    """The clauses that state nothing, where they are most of an answer: a heap of terms. Else none."""
    bare = [
        clause
        for clause in answer.clauses
        if len(clause.tokens) <= _LIST_ITEM_LENGTH and not any(_states(token) for token in clause.tokens)
    ]
    length = sum(len(clause.tokens) for clause in answer.clauses)
    heap = len(bare) >= _LIST_ITEMS and sum(len(clause.tokens) for clause in bare) >= _LIST_SHARE * length
    return frozenset(bare) if heap else frozenset()


def _without(answer: _Answer, heap: frozenset[Clause]) -> _Answer:
    return _Answer(answer.turn, answer.text, tuple(clause for clause in answer.clauses if clause not in heap))


def _states(token: Token) -> bool:
    return token.text in _STATING or token.word in _STATING


def _verdict(criterion: Criterion, answers: Sequence[_Answer], asked: frozenset[str], flags: Sequence[Flag]) -> Verdict:
    best: tuple[float, _Answer, tuple[int, ...], bool] | None = None
    for answer in answers:
        for window in _windows(answer.clauses):
            share, clauses, negated = _read(criterion, answer, window, asked)
            if share > 0 and (best is None or (share, not negated) > (best[0], not best[3])):
                best = (share, answer, clauses, negated)
    if best is None:
        reason = "reason.stuffing" if Flag.STUFFING in flags else "reason.missing"
        return Verdict(criterion.id, Level.MISSING, words(reason))
    share, answer, clauses, negated = best
    level = _level(criterion, share, negated)
    if level is Level.MISSING:
        return Verdict(criterion.id, level, words("reason.missing"))
    evidence = tuple(Evidence(answer.turn, quote) for quote in _quotes(answer, clauses))
    return Verdict(criterion.id, level, words(f"reason.{level}"), evidence)


def _level(criterion: Criterion, share: float, negated: bool) -> Level:
    if criterion.kind is Kind.MISTAKE:
        return Level.MET if share >= 1 and not negated else Level.MISSING
    if share >= 1:
        return Level.CONTRADICTED if negated else Level.MET
    return Level.PARTIAL if share >= 0.5 and not negated else Level.MISSING


def _windows(clauses: Sequence[Clause]) -> Iterator[tuple[int, ...]]:
    """The clauses of each two neighbouring sentences, as indexes."""
    by_sentence: dict[int, list[int]] = {}
    for index, clause in enumerate(clauses):
        by_sentence.setdefault(clause.sentence, []).append(index)
    groups = list(by_sentence.values())
    for place, group in enumerate(groups):
        following = groups[place + 1] if place + 1 < len(groups) else []
        yield tuple(group + following)


def _read(
    criterion: Criterion, answer: _Answer, window: Sequence[int], asked: frozenset[str]
) -> tuple[float, tuple[int, ...], bool]:
    """What share of the claim a window makes, in which clauses, and whether it is negated."""
    clauses = [answer.clauses[index] for index in window]
    if not criterion.aliases:
        share = _similarity(criterion, clauses, asked)
        level = 1.0 if share >= _SIMILAR_MET else 0.5 if share >= _SIMILAR_PARTIAL else 0.0
        return level, tuple(window) if level else (), False
    matched, own, used, negated = 0, 0, set[int](), False
    for group in criterion.aliases:
        hits = [hit for term in group for hit in _find(_parts(term), clauses)]
        if not hits:
            continue
        matched += 1
        own += any(not _is_of_question(clauses[hit.clause].tokens[hit.first : hit.last], asked) for hit in hits)
        best = min(hits, key=lambda hit: (hit.negated, hit.clause not in used))
        negated = negated or best.negated
        used.add(best.clause)
    if not own:
        return 0.0, (), False
    return matched / len(criterion.aliases), tuple(sorted(window[clause] for clause in used)), negated


def _is_of_question(found: Sequence[Token], asked: frozenset[str]) -> bool:
    return all(token.text in asked for token in found)


@lru_cache(maxsize=65536)
def _parts(term: str) -> tuple[tuple[str, ...], ...]:
    """A term as the runs of tokens between its gaps."""
    runs = (tokens.words(part) for part in term.replace("...", "…").split("…"))
    return tuple(run for run in runs if run)


def _find(parts: tuple[tuple[str, ...], ...], clauses: Sequence[Clause]) -> Iterator[_Hit]:
    """Each place where the runs stand in order within one clause, at most `_GAP` tokens apart."""
    if not parts:
        return
    negative = any(word in _NEGATIONS for run in parts for word in run)
    for index, clause in enumerate(clauses):
        start = 0
        while (found := _run(parts[0], clause.tokens, start)) is not None:
            first, last = found
            for run in parts[1:]:
                following = _run(run, clause.tokens, last, last + _GAP)
                if following is None:
                    break
                last = following[1]
            else:
                yield _Hit(index, first, last, not negative and _is_negated(clause.tokens, first))
            start = first + 1


def _run(run: Sequence[str], stretch: Sequence[Token], start: int, limit: int | None = None) -> tuple[int, int] | None:
    """Where a run of tokens first stands from `start` on; small words may stand between English ones."""
    stop = len(stretch) if limit is None else min(len(stretch), limit + 1)
    for first in range(start, stop):
        place = first
        for word in run:
            while place > first and place < len(stretch) and stretch[place].text != word and _skips(stretch[place]):
                place += 1
            if place >= len(stretch) or not tokens.same_word(stretch[place].text, word):
                break
            place += 1
        else:
            return first, place
    return None


def _skips(token: Token) -> bool:
    return token.word in ("the", "a", "an", "of", "to", "its", "your", "our")


def _is_negated(stretch: Sequence[Token], first: int) -> bool:
    before = stretch[max(0, first - _NEGATION_REACH) : first]
    count = sum(token.text in _NEGATIONS or token.word.endswith("n't") for token in before)
    return count % 2 == 1


def _similarity(criterion: Criterion, clauses: Sequence[Clause], asked: frozenset[str]) -> float:
    """How much of the criterion's text a window says: the mean of three views, in the language that fits better."""
    said = [token.text for clause in clauses for token in clause.tokens]
    window = " ".join(token.word for clause in clauses for token in clause.tokens)
    return max(_views(text, said, window, asked) for text in criterion.text.both)


def _views(text: str, said: Sequence[str], window: str, asked: frozenset[str]) -> float:
    claim = [word for word in tokens.words(text) if tokens.is_content(word)]
    content = [word for word in said if tokens.is_content(word)]
    own = [word for word in claim if word not in asked] or claim
    if not claim or not content:
        return 0.0
    recall = sum(any(tokens.same_word(word, other) for other in content) for word in own) / len(own)
    common = len(set(claim) & set(content))
    dice = 2 * common / (len(set(claim)) + len(set(content)))
    left, right = tokens.shingles(text), tokens.shingles(window)
    cosine = len(left & right) / (len(left) * len(right)) ** 0.5 if left and right else 0.0
    return (recall + dice + cosine) / 3


def _quotes(answer: _Answer, used: Sequence[int]) -> Iterator[str]:
    """The used clauses, verbatim; neighbours in one quote."""
    start = previous = used[0]
    for index in (*used[1:], None):
        if index is not None and index <= previous + 1:
            previous = index
            continue
        yield answer.text[answer.clauses[start].start : answer.clauses[previous].end]
        if index is not None:
            start = previous = index
