"""Whether a claim is denied where it is made, or taken back after it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from interviewer.grading.lexical.matching import AnswerTurn, ClaimMatch
from interviewer.text import tokenizer
from interviewer.text.tokenizer import Token
from interviewer.text.word_lists import WordLists

WORDS = WordLists(Path(__file__).with_name("negation_words.toml"))

# How many tokens before a claim a negation may stand.
_REACH = 4
# A clause speaks of a claim again if it shares so many words with it.
_SPOKEN_OF_AGAIN = 2

NEGATIONS = WORDS.words("negation.words")
_HARMLESS = WORDS.words("negation.harmless")
_BREAKS = WORDS.words("negation.breaks")


def negates(tokens: Sequence[Token], first: int) -> bool:
    """Whether the words right before a place in a clause turn what begins there into its opposite."""
    count = 0
    for place in range(first - 1, max(-1, first - 1 - _REACH), -1):
        if tokens[place].text in _BREAKS:
            break
        count += _is_negation(tokens, place)
    return count % 2 == 1


def denied_clauses(answer: AnswerTurn) -> Iterator[int]:
    """The clauses of which the answer says as a whole that they are not so, as in "it is not true that"."""
    within = None
    for number, (clause, text) in enumerate(zip(answer.clauses, answer.folded, strict=True)):
        if WORDS.phrases("negation.denials").search(text):
            within = clause.sentence
        elif clause.sentence != within or WORDS.phrases("taken_back.contrast").match(text):
            within = None
        if within is not None:
            yield number


def is_taken_back(match: ClaimMatch, asked: frozenset[str]) -> bool:
    """Whether the answer unsays a claim, right after it or later; `asked` are the words of the question."""
    answer, after = match.answer, match.clauses[-1] + 1
    of_claim = [answer.clauses[number].tokens for number in match.clauses]
    own = {token.text for tokens in of_claim for token in tokens if tokenizer.is_content(token.text)} - asked
    is_contrasted = False
    for clause, text in zip(answer.clauses[after:], answer.folded[after:], strict=True):
        is_close = clause.sentence <= answer.clauses[after - 1].sentence + 1
        if is_close and WORDS.phrases("taken_back.retraction").search(text):
            return True
        is_contrasted = is_contrasted or bool(WORDS.phrases("taken_back.contrast").match(text))
        is_again = tokenizer.weight(own & {token.text for token in clause.tokens}) >= _SPOKEN_OF_AGAIN
        if is_contrasted and is_again and _are_negative([clause.tokens]) is not _are_negative(of_claim):
            return True
    return False


def _are_negative(clauses: Sequence[Sequence[Token]]) -> bool:
    """Whether an odd number of negations stands in some clauses."""
    return sum(_is_negation(tokens, place) for tokens in clauses for place in range(len(tokens))) % 2 == 1


def _is_negation(tokens: Sequence[Token], place: int) -> bool:
    token = tokens[place]
    if token.word.endswith("n't"):
        return True
    if token.text not in NEGATIONS:
        return False
    around = "".join(other.text for other in tokens[max(0, place - 2) : place + 3])
    return not any(phrase in around for phrase in _HARMLESS)
