"""What can be told of an answer before it is graded: blank, "don't know", an echo of the question, talk to the grader.

Only talk that is unmistakable is left out of what is graded. Words that an answer may well have (a candidate key, a
score, a system call) are no sign at all, and doubtful ones do no more than flag it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from interviewer.domain.grade import Flag
from interviewer.domain.interview import Attempt
from interviewer.domain.rubric import Question
from interviewer.text import tokenizer
from interviewer.text.word_lists import WordLists

_LISTS = WordLists(Path(__file__).with_suffix(".toml"))

_ECHO_SHARE = 0.9
# With no more words of content than this beside it, "I don't know" is the answer.
_DONT_KNOW_LEFT = 4
_MOST_OF_AN_ANSWER = 0.6
# A clause with so many words of content says something; two Chinese characters are a word.
_LEAST_CONTENT = 3
# Code fences, comments and elements, where an answer that steers the grader hides the most.
_HIDDEN = re.compile(r"```.*?(?:```|$)|<!--.*?(?:-->|$)|<[^<>\n]{1,200}>[^<]{0,4000}</", re.DOTALL)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ScreenedAnswer:
    """What is left of an answer to be graded, as stretches of the original text, and what was noticed."""

    flags: tuple[Flag, ...]
    spans: tuple[Span, ...]


def screen(answer: str, question: Sequence[str]) -> ScreenedAnswer:
    """Look at an answer to a question (given in each of its languages).

    Sentences that talk to the grader are left out, and what stands beside them is kept. Where every sentence does, the
    clauses that do not are kept if they are most of the answer.
    """
    if not tokenizer.words(answer):
        return ScreenedAnswer((Flag.BLANK,), ())
    kept = sentences = _spans(answer, by_clause=False)
    is_flagged = is_talk = _talks(answer)
    if is_talk:
        kept = _without_talk(answer, sentences)
        if not kept:
            clauses = _without_talk(answer, _spans(answer, by_clause=True))
            telling = [(start, end) for start, end in clauses if _weight(answer[start:end]) >= _LEAST_CONTENT]
            left = sum(_weight(answer[start:end]) for start, end in telling)
            kept = telling if left > _MOST_OF_AN_ANSWER * _weight(answer) else []
    else:
        is_flagged = _is_doubtful(answer)
    flags = [Flag.INJECTION] if is_flagged else []
    rest = " ".join(answer[start:end] for start, end in kept)
    if kept and _is_dont_know(rest):
        return ScreenedAnswer((*flags, Flag.DONT_KNOW), ())
    if kept and any(_is_echo(rest, text) for text in question):
        return ScreenedAnswer((*flags, Flag.ECHO), ())
    return ScreenedAnswer(tuple(flags), tuple(kept))


def screen_attempt(question: Question, attempt: Attempt) -> tuple[dict[int, tuple[Span, ...]], tuple[Flag, ...]]:
    """What is left of each answer of an attempt to be graded, by its turn, and what was noticed of the whole."""
    screened = {turn: screen(text, question.text.both) for turn, text in attempt.answers}
    flags = dict.fromkeys(flag for one in screened.values() for flag in one.flags)
    if any(one.spans for one in screened.values()):
        # One answer of several that says nothing does not characterise the attempt.
        flags = {flag: None for flag in flags if flag is Flag.INJECTION}
    return {turn: one.spans for turn, one in screened.items()}, tuple(flags)


@cache
def assent() -> frozenset[str]:
    """The tokens that say no more than that the interviewer is right."""
    return frozenset(word for phrase in _LISTS.words("echo.assent") for word in tokenizer.words(phrase))


def praises(text: str) -> bool:
    return bool(_LISTS.phrases("judgement.praise").search(_readable(text)))


def judges(text: str) -> bool:
    """Whether a text lets the candidate know what an answer is worth."""
    readable = _readable(text)
    starts = (part.lstrip(" \"'“”‘’") for part in re.split(r"[.!?。！？\n]", readable))
    return (
        praises(text)
        or bool(_LISTS.phrases("judgement.verdict").search(readable))
        or any(_LISTS.phrases("judgement.first_words").match(start) for start in starts)
    )


def _talks(text: str) -> bool:
    """Whether a text talks to the grader, also where the talk is broken over lines."""
    readable = _readable(text)
    return bool(_LISTS.phrases("talk.unmistakable").search(readable.replace("\n", " ")))


def _is_doubtful(text: str) -> bool:
    return bool(_LISTS.phrases("talk.doubtful").search(f"\n{_readable(text)}"))


def _without_talk(answer: str, spans: Sequence[Span]) -> list[Span]:
    hidden = [match.span() for match in _HIDDEN.finditer(answer)]
    # The marks before a sentence tell talk too, such as those around the keys of a reply.
    befores = [0, *(end for _, end in spans)]
    return [
        (start, end)
        for before, (start, end) in zip(befores, spans, strict=False)
        if not any(start < until and since < end for since, until in hidden)
        and not _talks(answer[before : end + 2])
        and not _is_doubtful(answer[before : end + 2])
    ]


def _spans(text: str, *, by_clause: bool) -> list[Span]:
    """Where the sentences or the clauses of a text stand, each with the marks that close it."""
    spans: dict[int, Span] = {}
    for number, clause in enumerate(tokenizer.clauses(text)):
        place = number if by_clause else clause.sentence
        start, _ = spans.get(place, (clause.start, 0))
        spans[place] = (start, clause.end)
    following = [*(start for start, _ in spans.values()), len(text)][1:]
    return [
        (start, end + len(text[end:after].split("\n", maxsplit=1)[0].rstrip()))
        for (start, end), after in zip(spans.values(), following, strict=True)
    ]


def _readable(text: str) -> str:
    """Folded, with one blank or line end where there are many, and none between single Chinese characters.

    Otherwise blanks would hide words that belong together.
    """
    lines = (" ".join(line.split()) for line in tokenizer.fold(text).split("\n"))
    folded = "\n".join(line for line in lines if line)
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", folded)


def _content(text: str) -> list[str]:
    return [word for word in tokenizer.words(text) if tokenizer.is_content(word)]


def _weight(text: str) -> float:
    """How much a text says, in words of content."""
    return tokenizer.weight(_content(text))


def _is_dont_know(text: str) -> bool:
    folded = _readable(text)
    if _LISTS.phrases("dont_know.refusals").search(folded):
        return True
    if "".join(tokenizer.words(text)) in _LISTS.words("dont_know.alone"):
        return True
    left, found = _LISTS.phrases("dont_know.phrases").subn("", folded)
    return bool(found) and len(_content(_LISTS.phrases("dont_know.padding").sub("", left))) <= _DONT_KNOW_LEFT


def _is_echo(text: str, question: str) -> bool:
    """Whether a text says the question again: its words, and most of them beside the same neighbours."""
    said, asked = _content(text), _content(question)
    if len(said) < _DONT_KNOW_LEFT or sum(map(set(asked).__contains__, said)) / len(said) < _ECHO_SHARE:
        return False
    beside = {frozenset(pair) for pair in pairwise(asked)}
    return 2 * sum(frozenset(pair) in beside for pair in pairwise(said)) > len(said) - 1
