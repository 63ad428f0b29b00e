"""The candidate's own words that a grader quotes: whether they are really theirs, and where they stand."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence

from interviewer.domain.grade import Evidence, Level, Verdict
from interviewer.domain.interview import Attempt, TurnKind
from interviewer.domain.rubric import Kind, Rubric
from interviewer.grading.guardrails import assent
from interviewer.text import tokenizer
from interviewer.text.messages import localized
from interviewer.text.tokenizer import Token


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text, if case, width, white space and punctuation are ignored; None if it does not."""
    wanted = "".join(sign for sign, _ in _letters(quote))
    if not wanted:
        return None
    letters = list(_letters(text))
    start = "".join(sign for sign, _ in letters).find(wanted)
    if start < 0:
        return None
    return letters[start][1], letters[start + len(wanted) - 1][1] + 1


def evidence_at(turn: int, text: str, start: int, end: int) -> Evidence:
    """The words of one turn between two places, as evidence."""
    return Evidence(turn, text[start:end], start=start, end=end)


def is_covered(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether a stretch of a text lies in these spans but for what stands between two of them and is no word."""
    kept = [range(*span) for span in spans]
    return all(any(start + place in span for span in kept) for _, place in _letters(text[start:end]))


def without_mistaken_words(rubric: Rubric, verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """The verdicts, without credit for words that only make a mistake."""
    mistakes = {criterion.id for criterion in rubric.of(Kind.MISTAKE)}
    made = [one for v in verdicts if v.criterion in mistakes and v.level is Level.MET for one in v.evidence]
    return tuple(
        Verdict(verdict.criterion, Level.MISSING, localized("reason.mistaken"))
        if verdict.criterion not in mistakes
        and verdict.level in (Level.MET, Level.PARTIAL)
        and _lies_inside(verdict.evidence, made)
        else verdict
        for verdict in verdicts
    )


def prompted_units(attempt: Attempt, turn: int) -> frozenset[str]:
    """What the interviewer said in an attempt before a turn, and the candidate had not: stems and pairs of Chinese characters.

    Hints are no part of it: what was earned after one is kept apart as such.
    """
    units: set[str] = set()
    said: set[str] = set()
    for before in attempt.turns[1:turn]:
        if before.kind is TurnKind.ANSWER:
            said |= _units(before.text)
        elif before.kind is not TurnKind.HINT:
            units |= _units(before.text) - said
    return frozenset(units)


def unprompted(tokens: Sequence[Token], prompted: Collection[str]) -> list[Token]:
    """Those of neighbouring tokens that carry content and are not just what the interviewer had said before, or a yes to it."""
    pairs = ["", *tokenizer.character_pairs(tokens), ""]
    found = []
    for token, before, after in zip(tokens, pairs, pairs[1:], strict=False):
        forms = {before, after} - {""} or {token.text}
        is_yes = bool(prompted) and token.text in assent()
        if tokenizer.is_content(token.text) and forms.isdisjoint(prompted) and not is_yes:
            found.append(token)
    return found


def carries_content(quote: str, asked: Sequence[str], prompted: Collection[str] = ()) -> bool:
    """Whether a quote says anything beyond the question (given in each of its languages) and what was `prompted`."""
    known = {word for text in asked for word in tokenizer.words(text)}
    return any(
        token.text not in known for clause in tokenizer.clauses(quote) for token in unprompted(clause.tokens, prompted)
    )


def _units(text: str) -> set[str]:
    tokens = [clause.tokens for clause in tokenizer.clauses(text)]
    pairs = {pair for own in tokens for pair in tokenizer.character_pairs(own) if pair}
    return pairs | {token.text for own in tokens for token in own}


def _lies_inside(evidence: Sequence[Evidence], others: Sequence[Evidence]) -> bool:
    """Whether there is evidence, and all of it is part of the words of others."""
    return bool(evidence) and all(
        any(one.turn == other.turn and other.start <= one.start and one.end <= other.end for other in others)
        for one in evidence
    )


def _letters(text: str) -> list[tuple[str, int]]:
    """What is left of a text when only letters, digits and signs of formulas count, each with its place."""
    return [
        (sign, place)
        for place, original in enumerate(text)
        for sign in tokenizer.fold(original)
        if unicodedata.category(sign)[0] in "LN" or sign in "+-*/=<>^%"
    ]
