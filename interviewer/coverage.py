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
from interviewer.rubric import Criterion, Kind, Language, Question
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
    is_negated: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    """How much of a claim some clauses of an answer make."""

    answer: _Answer
    share: float
    clauses: tuple[int, ...]
    is_negated: bool


class CoverageGrader:
    """Grades by coverage; stateless and safe to share between threads."""

    def grade(
        self, question: Question, attempt: Attempt, language: Language = Language.EN, watch: object = None
    ) -> Grade:
        """The grade of everything the candidate said in this attempt. Never fails; what it gives is an estimate.

        Its reasons are in both languages and come at once, so neither `language` nor `watch` matters.
        """
        del language, watch
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
        found = (_verdict(criterion, [answer], asked) for criterion in question.criteria)
        return {verdict.criterion: verdict.level or Level.MISSING for verdict in found}


def says_term(text: str, term: str) -> bool:
    """Whether a text contains a term the way the grader would find it."""
    clauses = tokens.clauses(text)
    return any(True for _ in _find(_parts(term), clauses, _index(clauses)))


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


def _verdict(
    criterion: Criterion, answers: Sequence[_Answer], asked: frozenset[str], flags: Sequence[Flag] = ()
) -> Verdict:
    readings = [reading for answer in answers for reading in _readings(criterion, answer, asked)]
    best = max(readings, key=lambda reading: (reading.share, not reading.is_negated), default=None)
    level = _level(criterion, best)
    if best is None or level is Level.MISSING:
        reason = "reason.stuffing" if Flag.STUFFING in flags else "reason.missing"
        return Verdict(criterion.id, Level.MISSING, words(reason))
    evidence = tuple(Evidence(best.answer.turn, quote) for quote in _quotes(best.answer, best.clauses))
    return Verdict(criterion.id, level, words(f"reason.{level}"), evidence)


def _level(criterion: Criterion, reading: _Reading | None) -> Level:
    if reading is None:
        return Level.MISSING
    is_whole = reading.share >= 1
    if criterion.kind is Kind.MISTAKE:
        return Level.MET if is_whole and not reading.is_negated else Level.MISSING
    if is_whole:
        return Level.CONTRADICTED if reading.is_negated else Level.MET
    return Level.PARTIAL if reading.share >= 0.5 and not reading.is_negated else Level.MISSING


def _readings(criterion: Criterion, answer: _Answer, asked: frozenset[str]) -> Iterator[_Reading]:
    """What share of the claim each two neighbouring sentences make, in which clauses, and whether it is negated."""
    if not criterion.aliases:
        yield from _similar(criterion, answer, asked)
        return
    index = _index(answer.clauses)
    groups = [
        [hit for term in group for hit in _find(_parts(term), answer.clauses, index)] for group in criterion.aliases
    ]
    # A claim needs something of its own: words of the question alone are worth nothing.
    own = {id(hit) for hits in groups for hit in hits if not _is_of_question(answer.clauses, hit, asked)}
    for sentence in sorted({answer.clauses[hit.clause].sentence for hits in groups for hit in hits}):
        near = [[hit for hit in hits if answer.clauses[hit.clause].sentence - sentence in (0, 1)] for hits in groups]
        found = [hits for hits in near if hits]
        if not any(id(hit) in own for hits in found for hit in hits):
            continue
        best = [min(hits, key=lambda hit: (hit.is_negated, answer.clauses[hit.clause].sentence)) for hits in found]
        yield _Reading(
            answer,
            len(found) / len(groups),
            tuple(sorted({hit.clause for hit in best})),
            any(hit.is_negated for hit in best),
        )


def _is_of_question(clauses: Sequence[Clause], hit: _Hit, asked: frozenset[str]) -> bool:
    return all(token.text in asked for token in clauses[hit.clause].tokens[hit.first : hit.last])


@lru_cache(maxsize=65536)
def _parts(term: str) -> tuple[tuple[str, ...], ...]:
    """A term as the runs of tokens between its gaps."""
    runs = (tokens.words(part) for part in term.replace("...", "…").split("…"))
    return tuple(run for run in runs if run)


def _index(clauses: Sequence[Clause]) -> dict[str, list[tuple[int, int]]]:
    """Where each token stands: the number of its clause, and its place there."""
    index: dict[str, list[tuple[int, int]]] = {}
    for number, clause in enumerate(clauses):
        for place, token in enumerate(clause.tokens):
            index.setdefault(token.text, []).append((number, place))
    return index


def _find(
    parts: tuple[tuple[str, ...], ...], clauses: Sequence[Clause], index: dict[str, list[tuple[int, int]]]
) -> Iterator[_Hit]:
    """Each place where the runs stand in order within one clause, at most `_GAP` tokens apart."""
    if not parts:
        return
    negative = any(word in _NEGATIONS for run in parts for word in run)
    for number, first in _starts(parts[0][0], index):
        stretch = clauses[number].tokens
        last = _run(parts[0], stretch, first)
        for run in parts[1:]:
            if last is None:
                break
            near = range(last, min(len(stretch), last + _GAP + 1))
            last = next((end for place in near if (end := _run(run, stretch, place)) is not None), None)
        if last is not None:
            yield _Hit(number, first, last, not negative and _is_negated(stretch, first))


def _starts(word: str, index: dict[str, list[tuple[int, int]]]) -> list[tuple[int, int]]:
    exact = index.get(word, [])
    if len(word) < tokens.SHORTEST_FUZZY or not word.isascii():
        return exact
    alike = [places for other, places in index.items() if other != word and tokens.same_word(word, other)]
    return sorted([*exact, *(place for places in alike for place in places)])


def _run(run: Sequence[str], stretch: Sequence[Token], first: int) -> int | None:
    """Where a run of tokens that begins at `first` ends, or None; small words may stand between English ones."""
    place = first
    for word in run:
        while place > first and place < len(stretch) and stretch[place].text != word and _skips(stretch[place]):
            place += 1
        if place >= len(stretch) or not tokens.same_word(stretch[place].text, word):
            return None
        place += 1
    return place


def _skips(token: Token) -> bool:
    return token.word in ("the", "a", "an", "of", "to", "its", "your", "our")


def _is_negated(stretch: Sequence[Token], first: int) -> bool:
    before = stretch[max(0, first - _NEGATION_REACH) : first]
    count = sum(token.text in _NEGATIONS or token.word.endswith("n't") for token in before)
    return count % 2 == 1


def _similar(criterion: Criterion, answer: _Answer, asked: frozenset[str]) -> Iterator[_Reading]:
    """The readings of a criterion without aliases: by its text."""
    by_sentence: dict[int, list[int]] = {}
    for number, clause in enumerate(answer.clauses):
        by_sentence.setdefault(clause.sentence, []).append(number)
    groups = list(by_sentence.values())
    for place, group in enumerate(groups):
        window = group + (groups[place + 1] if place + 1 < len(groups) else [])
        share = _similarity(criterion, [answer.clauses[number] for number in window], asked)
        if share >= _SIMILAR_PARTIAL:
            yield _Reading(answer, 1.0 if share >= _SIMILAR_MET else 0.5, tuple(window), is_negated=False)


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
