"""The conversation in which a model drafts a rubric: what the reference does not bear out is asked about once, then dropped."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace

from interviewer.banks.importing.rubric_from_llm.points import SCHEMA, Point, read_points
from interviewer.banks.importing.rubric_from_reference import compile_question
from interviewer.banks.lint import has_own_term, overlaps, says_two_things
from interviewer.domain.grade import Level
from interviewer.domain.rubric import Criterion, Kind, Language, Localized, Made, Question
from interviewer.errors import LLMError, LLMMalformed
from interviewer.grading.evidence import carries_content, locate
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm import LLM, Message
from interviewer.llm.prompts import prompt
from interviewer.text import tokenizer
from interviewer.text.messages import say

MOST = 7
# After so many failures in a row the model is not asked any more.
_PATIENCE = 3
_LEAST_QUOTED = 2
_HAN = re.compile("[\u3400-\u9fff]")
_SENTENCE = re.compile(r"[^。！？!?\n]*?(?:[。！？!?]+|\.(?=\s)|\n|$)")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A question with its rubric. `dropped` are claims that were thrown away, each with the reason.

    If the model failed, `failure` says how, and the rubric was compiled offline.
    """

    question: Question
    dropped: tuple[tuple[str, str], ...] = ()
    failure: str = ""


def draft(llm: LLM, text: str, reference: str, language: Language) -> Drafted:
    """The rubric of one question. Never raises LLMError: without the model the rubric is compiled offline."""
    offline = compile_question(text, reference)
    try:
        return _Draft(llm, offline, reference, language).made()
    except LLMError as error:
        return Drafted(offline, failure=str(error))


def draft_all(
    llm: LLM,
    pairs: Sequence[tuple[str, str]],
    language: Language,
    threads: int = 1,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Drafted]:
    """The rubrics of many questions, each a text and a reference, in order; `told` hears how many are ready, of how many.

    A model that fails several times in a row is not asked again, and the rest is compiled offline.
    """
    failures: list[str] = []

    def one(pair: tuple[str, str]) -> Drafted:
        latest = failures[-_PATIENCE:]  # another thread may clear them at any time
        if len(latest) == _PATIENCE:
            return Drafted(compile_question(*pair), failure=latest[-1])
        drafted = draft(llm, *pair, language)
        if drafted.failure:
            failures.append(drafted.failure)
        else:
            failures.clear()
        return drafted

    found: list[Drafted] = []
    with ThreadPoolExecutor(threads, thread_name_prefix="drafting") as pool:
        try:
            for drafted in pool.map(one, pairs):
                found.append(drafted)
                told(len(found), len(pairs))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return found


@dataclass(slots=True)
class _Draft:
    """What has become of the points of one reference; `joined` have no other fault than to say two things."""

    llm: LLM
    question: Question
    reference: str
    language: Language
    points: dict[str, Criterion] = field(default_factory=dict)
    joined: dict[str, Criterion] = field(default_factory=dict)
    dropped: dict[str, tuple[str, str]] = field(default_factory=dict)

    def made(self) -> Drafted:
        messages = self._messages()
        reply = self.llm.reply(messages, schema=SCHEMA)
        points, doubt = read_points(reply.text)
        faults = self._take(points)
        if faults:
            listed = "\n".join(f"- {name}: {fault}" for name, fault in faults.items())
            correction = prompt("compile-correction").fill({"faults": listed})
            more = [*messages, Message("assistant", reply.text), Message("user", correction)]
            with suppress(LLMError):  # what was right the first time is kept
                again, _ = read_points(self.llm.reply(more, schema=SCHEMA).text)
                self._take(point for point in again if point.id not in self.points)
        criteria = self._chosen()
        if not any(criterion.kind is Kind.CORE for criterion in criteria):
            raise LLMMalformed(f"{self.llm.name} gave no core point that the reference bears out")
        dispute = Localized(**{self.language.value: doubt}) if doubt else None
        made = Made("", 0, "", by=self.llm.name)
        question = replace(self.question, criteria=criteria, dispute=dispute, made=made)
        return Drafted(question, tuple(self.dropped.values()))

    def _messages(self) -> list[Message]:
        sentences = [found.strip() for found in _SENTENCE.findall(self.reference) if found.strip()]
        numbered = [{"n": n, "text": sentence} for n, sentence in enumerate(sentences, start=1)]
        data = json.dumps({"question": self.question.text.both[0], "reference": numbered}, ensure_ascii=False)
        # The marker depends on the data, so no reference can know the marker it will stand between.
        marker = hashlib.sha256(data.encode()).hexdigest()[:12]
        system = prompt("compile").fill({"language": say("second.language", self.language)})
        asked = prompt("compile-reference").fill({"marker": marker, "data": data})
        return [Message("system", system), Message("user", asked)]

    def _take(self, points: Iterable[Point]) -> dict[str, str]:
        """Keep the points that are right; for the others, what is wrong with each."""
        faults: dict[str, str] = {}
        for point in points:
            name = _free(point.id, self.points)
            fault = self._unsupported(point)
            if not fault:
                criterion = self._criterion(name, point)
                fault = self._unfit(criterion)
                if not fault:
                    self.points[name] = criterion
                    self.joined.pop(name, None)
                    self.dropped.pop(name, None)
                    continue
            faults[name] = fault
            self.dropped[name] = (point.en or point.zh or name, fault)
        return faults

    def _unsupported(self, point: Point) -> str:
        if not point.zh or not point.en:
            return 'its claim must stand in "zh" and in "en"'
        if _HAN.search(point.en):
            return 'its "en" is not in English'
        if point.kind is None:
            return "its kind is none of core, bonus, mistake"
        return self._misquoted(point)

    def _misquoted(self, point: Point) -> str:
        place = locate(point.quote, self.reference)
        words, whole = _content(point.quote), _content(self.reference)
        if place is None or not set(words) <= set(whole):
            return "its quote does not stand in the reference to the letter"
        if not carries_content(point.quote, self.question.text.both):
            return "its quote only repeats the question"
        if len(words) < min(_LEAST_QUOTED, len(whole)):
            return "its quote is too short to say anything"
        if point.kind is Kind.CORE and not self._speaks_of(point, *place):
            return "its claim has nothing in common with the sentence that it quotes"
        return ""

    def _speaks_of(self, point: Point, start: int, end: int) -> bool:
        """Whether the claim has a word of the sentence that it quotes, beyond those of the question."""
        at = 0
        around = ""
        for sentence in _SENTENCE.findall(self.reference):
            if at < end and start < at + len(sentence):
                around += sentence
            at += len(sentence)
        asked = _telling(" ".join(self.question.text.both))
        return bool(_telling(f"{point.zh}\n{point.en}") & _telling(around) - asked)

    def _unfit(self, criterion: Criterion) -> str:
        if not has_own_term(self.question, criterion):
            return "it has no term that the question does not have"
        if criterion.kind is Kind.MISTAKE and self._level(criterion) is not Level.MISSING:
            return "the reference itself would be taken to make this mistake; its aliases must be the mistake's own"
        for other in self.points.values():
            if overlaps(criterion, other):
                return f"it says the same as {other.id}, or one is inside the other"
        if any(says_two_things(text) for text in criterion.text.both):
            self.joined[criterion.id] = criterion
            return "it says two things; split it (the second one gets an id of its own)"
        return ""

    def _criterion(self, name: str, point: Point) -> Criterion:
        assert point.kind
        place = locate(point.quote, self.reference)
        assert place
        made = f"{say('draft.made', self.language)}: {' '.join(self.reference[place[0] : place[1]].split())}"
        criterion = Criterion(name, Localized(point.zh, point.en), point.kind, point.weight, point.aliases, made=made)
        if criterion.kind is not Kind.CORE or not criterion.aliases or self._is_heard(criterion):
            return criterion
        # Aliases that miss the reference itself would miss good answers too.
        bare = replace(criterion, aliases=())
        return bare if self._is_heard(bare) else criterion

    def _is_heard(self, criterion: Criterion) -> bool:
        return self._level(criterion) is Level.MET

    def _level(self, criterion: Criterion) -> Level:
        """What the offline grader makes of the reference as an answer."""
        # No question is without a core criterion.
        core = (
            replace(self.question.rubric.of(Kind.CORE)[0], id=f"{criterion.id}.core")
            if criterion.kind is not Kind.CORE
            else None
        )
        alone = replace(self.question, criteria=(criterion, core) if core else (criterion,))
        return LexicalGrader().covers(alone, self.reference)[criterion.id]

    def _chosen(self) -> tuple[Criterion, ...]:
        """At most as many as can be judged one by one, the least important left out."""
        for name, criterion in self.joined.items():
            # Two things that the reference says are better than a gap; the check tells the author.
            if not any(overlaps(criterion, other) for other in self.points.values()):
                self.points[name] = criterion
                self.dropped.pop(name, None)
        heaviest = sorted(
            self.points.values(), key=lambda criterion: (criterion.kind is not Kind.CORE, -criterion.weight)
        )
        for criterion in heaviest[MOST:]:
            self.dropped[criterion.id] = (criterion.text.en, f"it is one more than {MOST}, and the others weigh more")
        kept = {criterion.id for criterion in heaviest[:MOST]}
        return tuple(criterion for criterion in self.points.values() if criterion.id in kept)


def _content(text: str) -> list[str]:
    return [word for word in tokenizer.words(text) if tokenizer.is_content(word)]


def _telling(text: str) -> set[str]:
    """Words, and pairs of Chinese characters, which alone tell nothing."""
    return {word for word in _content(text) if not _HAN.match(word)} | {
        s for s in tokenizer.shingles(tokenizer.clauses(text)) if _HAN.match(s)
    }


def _free(name: str, taken: Iterable[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
