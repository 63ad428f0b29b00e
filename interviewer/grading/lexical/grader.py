"""The lexical grader: from the words that were found in an answer to a verdict on each criterion."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from interviewer.domain.grade import Evidence, Flag, Grade, Level, Method, Provenance, Verdict
from interviewer.domain.interview import Attempt
from interviewer.domain.language import Language
from interviewer.domain.rubric import Criterion, Kind, Question
from interviewer.grading.evidence import evidence_at, prompted_units, unprompted, without_mistaken_words
from interviewer.grading.guardrails import ScreenedAnswer, screen
from interviewer.grading.lexical import negation
from interviewer.grading.lexical.answer import AnswerTurn, ClaimMatch
from interviewer.grading.lexical.keyword_stuffing import is_scrambled, lists_keywords
from interviewer.grading.lexical.matching import TermHit
from interviewer.grading.lexical.overlap import overlaps
from interviewer.grading.lexical.rubric_terms import PreparedQuestion, prepare
from interviewer.text import tokenizer
from interviewer.text.glossary import glossary
from interviewer.text.messages import localized

_VERSION = "lexical-9"

_LOWER = {Level.MET: Level.PARTIAL, Level.PARTIAL: Level.MISSING}


class LexicalGrader:
    """Estimates grades from words alone; stateless and safe to share between threads."""

    def grade(
        self, question: Question, attempt: Attempt, language: Language = Language.EN, watch: object = None
    ) -> Grade:
        """The grade of everything the candidate said in this attempt. Never fails; what it gives is an estimate.

        Its reasons are in both languages and come at once, so neither `language` nor `watch` matters.
        """
        del language, watch
        screened = [(turn, text, screen(text, question.text.both)) for turn, text in attempt.answers]
        flags = _flags([found for _, _, found in screened])
        asks_for_names = _asks_for_names(question)
        answers = []
        for turn, text, found in screened:
            if found.is_gradable and not asks_for_names and _is_stuffed(text, found):
                flags = tuple(dict.fromkeys((*flags, Flag.STUFFING)))
            else:
                answers.append(AnswerTurn(turn, text, _kept_clauses(text, found), prompted_units(attempt, turn)))
        prepared = prepare(question)
        verdicts = _verdicts(prepared, _matches(prepared, answers), flags)
        return Grade(verdicts, Provenance(Method.LEXICAL, version(), question.rubric.digest), flags)

    def covers(self, question: Question, text: str) -> dict[str, Level]:
        """The level of each criterion in a text that is no attempt, such as a reference answer."""
        return {verdict.criterion: verdict.level or Level.MISSING for verdict in self.read(question, text)}

    def read(self, question: Question, text: str) -> tuple[Verdict, ...]:
        """The verdicts on a text that is no attempt, with their quotes (of turn 0); a list of keywords counts too."""
        prepared = prepare(question)
        return _verdicts(prepared, _matches_in_text(prepared, text), ())


def warm_up(questions: Iterable[Question]) -> None:
    """Work out beforehand what the first answer to each question would have to wait for."""
    for question in questions:
        LexicalGrader().covers(question, question.reference.both[0])


def version() -> str:
    """What grades go by besides the rubric: this program, and a glossary of the user's own where there is one."""
    own = glossary().own
    return f"{_VERSION}+{own}" if own else _VERSION


def _flags(screened: Sequence[ScreenedAnswer]) -> tuple[Flag, ...]:
    found = dict.fromkeys(flag for one in screened for flag in one.flags)
    if any(one.is_gradable for one in screened):
        # One answer of several that says nothing does not characterise the attempt.
        return tuple(flag for flag in found if flag is Flag.INJECTION)
    return tuple(found)


def _is_stuffed(text: str, screened: ScreenedAnswer) -> bool:
    kept = "\n".join(text[start:end] for start, end in screened.spans)
    return lists_keywords(kept) or is_scrambled(kept)


def _asks_for_names(question: Question) -> bool:
    """Whether most criteria are names, known by their own text, so that naming is all that is asked for."""
    names = sum(any(c.text.both[0] in group for group in c.aliases) for c in question.criteria)
    return names * 2 > len(question.criteria)


def _kept_clauses(text: str, screened: ScreenedAnswer) -> tuple[tokenizer.Clause, ...]:
    starts = [start for start, _ in screened.spans]

    def is_kept(clause: tokenizer.Clause) -> bool:
        at = bisect_right(starts, clause.start)
        return at > 0 and clause.end <= screened.spans[at - 1][1]

    return tuple(filter(is_kept, tokenizer.clauses(text)))


def _verdicts(
    prepared: PreparedQuestion, matches: Sequence[Sequence[ClaimMatch]], flags: Sequence[Flag]
) -> tuple[Verdict, ...]:
    criteria = prepared.question.criteria
    denying = _denied_by_reference(prepared)
    settled = [
        _settle(found, prepared.asked, may_deny=criterion.id not in denying)
        for criterion, found in zip(criteria, matches, strict=True)
    ]
    levels = [_level(criterion, *one) for criterion, one in zip(criteria, settled, strict=True)]
    false = _false_claims(criteria, levels)
    found = zip(criteria, settled, levels, strict=True)
    verdicts = tuple(_verdict(criterion, match, level, false, flags) for criterion, (match, _), level in found)
    return without_mistaken_words(prepared.question.rubric, verdicts)


@lru_cache(maxsize=256)
def _denied_by_reference(prepared: PreparedQuestion) -> frozenset[str]:
    """The criteria that the reference itself seems to deny; what sounds like a denial of them tells nothing."""
    found = set()
    for text in prepared.question.reference.both:
        for criterion, of_one in zip(prepared.question.criteria, _matches_in_text(prepared, text), strict=True):
            if criterion.kind is not Kind.MISTAKE and _settle(of_one, prepared.asked, may_deny=True)[1]:
                found.add(criterion.id)
    return frozenset(found)


@lru_cache(maxsize=16)
def _matches_in_text(prepared: PreparedQuestion, text: str) -> list[list[ClaimMatch]]:
    """The matches in a text that is no attempt; a bank's check asks for those in a reference twice in a row."""
    return _matches(prepared, [AnswerTurn(0, text, tokenizer.clauses(text))])


def _matches(prepared: PreparedQuestion, answers: Sequence[AnswerTurn]) -> list[list[ClaimMatch]]:
    """For each criterion, the places that speak of it."""
    matches: list[list[ClaimMatch]] = [[] for _ in prepared.question.criteria]
    for answer in answers:
        by_overlap = overlaps(prepared.claims, answer, prepared.vocabulary, prepared.glossary)
        for found, one, other in zip(matches, _by_terms(prepared, answer), by_overlap, strict=True):
            found += [*one, *other]
    return matches


def _by_terms(prepared: PreparedQuestion, answer: AnswerTurn) -> Iterator[list[ClaimMatch]]:
    """For each criterion with aliases, what each two neighbouring sentences say of it."""
    denied = negation.denied_clauses(answer)
    hits: dict[int, _HitsBySentence] = defaultdict(lambda: defaultdict(list))
    for hit in prepared.terms.find(answer.clauses):
        clause = answer.clauses[hit.clause]
        is_negated = hit.clause in denied or (not hit.term.is_negative and negation.negates(clause.tokens, hit.first))
        for place, group in hit.term.homes:
            hits[place][clause.sentence].append((group, hit, is_negated))
    for place, criterion in enumerate(prepared.question.criteria):
        yield list(_in_windows(prepared.asked, answer, len(criterion.aliases), hits[place]))


_HitsBySentence = dict[int, list[tuple[int, TermHit, bool]]]


def _in_windows(asked: frozenset[str], answer: AnswerTurn, groups: int, hits: _HitsBySentence) -> Iterator[ClaimMatch]:
    """The matches in two neighbouring sentences; a claim is denied by one negated part of it with all others said."""
    for sentence in sorted({number - before for number in hits for before in (0, 1)}):
        window = [*hits.get(sentence, ()), *hits.get(sentence + 1, ())]
        for is_negated in {against for _, _, against in window}:
            used = sorted((one for one in window if is_negated or not one[2]), key=lambda one: not one[2])
            found = {group: hit for group, hit, _ in reversed(used)}
            spans = [answer.clauses[hit.clause].tokens[hit.first : hit.last] for _, hit, _ in used]
            # Words of the question alone are worth nothing, nor are those of a follow-up unless they are denied.
            if any(token.text not in asked for span in spans for token in span) and (
                is_negated or any(unprompted(span, answer.prompted) for span in spans)
            ):
                clauses = tuple(sorted({hit.clause for hit in found.values()}))
                yield ClaimMatch(answer, len(found) / groups, clauses, is_negated)


def _settle(found: Sequence[ClaimMatch], asked: frozenset[str], *, may_deny: bool) -> tuple[ClaimMatch | None, bool]:
    """The match that counts, and whether the answer denies the claim or takes it back."""
    best = max(found, key=lambda match: match.rank, default=None)
    if best is None or not may_deny:
        return best, False
    plain = max((match for match in found if not match.is_negated), key=lambda match: match.rank, default=None)
    negated = max((match for match in found if match.is_negated), key=lambda match: match.rank, default=None)
    if negated and negated.share >= 1:
        return negated, True
    return plain, plain is not None and negation.is_taken_back(plain, asked)


def _level(criterion: Criterion, match: ClaimMatch | None, is_denied: bool) -> Level:
    if match is None:
        return Level.MISSING
    if criterion.kind is Kind.MISTAKE:
        return Level.MET if match.share >= 1 and not is_denied else Level.MISSING
    if is_denied:
        return Level.CONTRADICTED
    if match.share >= 1:
        return Level.MET
    return Level.PARTIAL if match.share >= 0.5 else Level.MISSING


def _false_claims(criteria: Sequence[Criterion], levels: Sequence[Level]) -> int:
    """How many false things are said; usual mistakes count where there are no fewer of them than of right things."""
    contradicted = levels.count(Level.CONTRADICTED)
    met = [c.kind is Kind.MISTAKE for c, level in zip(criteria, levels, strict=True) if level is Level.MET]
    mistakes = sum(met)
    return contradicted + (mistakes if contradicted + mistakes >= len(met) - mistakes else 0)


def _verdict(
    criterion: Criterion, match: ClaimMatch | None, found: Level, false: int, flags: Sequence[Flag]
) -> Verdict:
    """The verdict with its quotes; words of a claim amid false ones prove little, so its level is lower for each."""
    level = found
    for _ in range(false if criterion.kind is not Kind.MISTAKE else 0):
        level = _LOWER.get(level, level)
    reason = "reason.doubted" if level is not found else f"reason.{level}"
    if level is Level.MISSING or match is None:
        return Verdict(criterion.id, Level.MISSING, localized("reason.stuffing" if Flag.STUFFING in flags else reason))
    return Verdict(criterion.id, level, localized(reason), tuple(_evidence(match)))


def _evidence(match: ClaimMatch) -> Iterator[Evidence]:
    """The clauses of a match, verbatim; neighbours in one quote."""
    answer, used = match.answer, match.clauses
    start = 0
    for place in range(1, len(used) + 1):
        if place == len(used) or used[place] > used[place - 1] + 1:
            begin, end = answer.clauses[used[start]].start, answer.clauses[used[place - 1]].end
            yield evidence_at(answer.turn, answer.text, begin, end)
            start = place
