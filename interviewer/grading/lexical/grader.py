"""The lexical grader: from the words that were found in an answer to a verdict on each criterion."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby

from interviewer.domain.grade import Evidence, Flag, Grade, Level, Method, Provenance, Verdict
from interviewer.domain.interview import Attempt
from interviewer.domain.language import Language
from interviewer.domain.rubric import Criterion, Kind, Question
from interviewer.grading import keyword_stuffing
from interviewer.grading.evidence import evidence_at, prompted_units, without_mistaken_words
from interviewer.grading.example_statements import added_digest
from interviewer.grading.guardrails import screen_attempt
from interviewer.grading.lexical.claim_matches import PreparedQuestion, matches_in_text, prepare
from interviewer.grading.lexical.matching import AnswerTurn, ClaimMatch
from interviewer.text import tokenizer
from interviewer.text.glossary import glossary
from interviewer.text.messages import localized

_VERSION = "lexical-10"

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
        spans, flags = screen_attempt(question, attempt)
        asks_for_names = _asks_for_names(question)
        answers = []
        for turn, text in attempt.answers:
            kept = "\n".join(text[start:end] for start, end in spans[turn])
            if kept and not asks_for_names and keyword_stuffing.is_stuffed(kept):
                flags = tuple(dict.fromkeys((*flags, Flag.STUFFING)))
                continue
            places = {place for span in spans[turn] for place in range(*span)}
            clauses = tuple(clause for clause in tokenizer.clauses(text) if clause.start in places)
            answers.append(AnswerTurn(turn, text, clauses, prompted_units(attempt, turn)))
        prepared = prepare(question, glossary(), added_digest(question.id))
        verdicts = _verdicts(prepared, prepared.matches(answers), flags)
        return Grade(verdicts, Provenance(Method.LEXICAL, version(question.id), question.rubric.digest), flags)

    def covers(self, question: Question, text: str) -> dict[str, Level]:
        """The level of each criterion in a text that is no attempt, such as a reference answer."""
        return {verdict.criterion: verdict.level or Level.MISSING for verdict in self.read(question, text)}

    def read(self, question: Question, text: str) -> tuple[Verdict, ...]:
        """The verdicts on a text that is no attempt, with their quotes (of turn 0); a list of keywords counts too."""
        prepared = prepare(question, glossary(), added_digest(question.id))
        return _verdicts(prepared, matches_in_text(prepared, text))


def warm_up(questions: Iterable[Question]) -> None:
    """Work out beforehand what the first answer to each question would have to wait for, in their order."""
    for question in questions:
        LexicalGrader().covers(question, question.reference.both[0])
        keyword_stuffing.warm_up()


def version(question: str = "") -> str:
    """What grades of a question, or of any, go by besides the rubric: this program, and the user's glossary and examples."""
    return "+".join(filter(None, (_VERSION, glossary().own, added_digest(question))))


def _asks_for_names(question: Question) -> bool:
    """Whether most criteria are names, known by their own text, so that naming is all that is asked for."""
    return 2 * sum(c.text.both[0] in chain(*c.aliases) for c in question.criteria) > len(question.criteria)


def _verdicts(
    prepared: PreparedQuestion, matches: Sequence[Sequence[ClaimMatch]], flags: Sequence[Flag] = ()
) -> tuple[Verdict, ...]:
    found = [(c, match, _level(c, match, is_denied)) for c, match, is_denied in prepared.settled(matches)]
    met = [criterion.kind is Kind.MISTAKE for criterion, _, level in found if level is Level.MET]
    mistakes, false = sum(met), sum(level is Level.CONTRADICTED for *_, level in found)
    # Usual mistakes count where no fewer false things than right ones are said.
    false += mistakes if false + mistakes >= len(met) - mistakes else 0
    verdicts = tuple(_verdict(*one, 0 if one[0].id in prepared.learnt else false, flags) for one in found)
    return without_mistaken_words(prepared.question.rubric, verdicts)


def _level(criterion: Criterion, match: ClaimMatch | None, is_denied: bool) -> Level:
    is_mistake, share = criterion.kind is Kind.MISTAKE, match.share if match else 0.0
    if is_denied:
        return Level.MISSING if is_mistake else Level.CONTRADICTED
    if share >= 1:
        return Level.MET
    return Level.PARTIAL if share >= 0.5 and not is_mistake else Level.MISSING


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
    """The words of a match, verbatim; neighbouring clauses in one quote."""
    if match.span:
        yield evidence_at(match.answer.turn, match.answer.text, *match.span)
        return
    for _, neighbours in groupby(enumerate(match.clauses), key=lambda one: one[1] - one[0]):
        clauses = [match.answer.clauses[number] for _, number in neighbours]
        yield evidence_at(match.answer.turn, match.answer.text, clauses[0].start, clauses[-1].end)
