"""The conversation in which a model drafts a rubric: what the reference does not bear out is asked about once, then dropped."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TypeVar

from interviewer.banks.importing.identifiers import numbered_until_free
from interviewer.banks.importing.rubric_from_llm.reply import SCHEMA, DraftedPoint, read_reply
from interviewer.banks.importing.rubric_from_reference import MOST_POINTS, compile_question
from interviewer.banks.importing.rubric_from_reference.points import AskedQuestion
from interviewer.banks.importing.rubric_from_reference.prose import is_chinese, is_label, sentences_of
from interviewer.banks.importing.rubric_from_reference.statements import about_the_matter
from interviewer.banks.lint import has_own_term, overlap, says_two_things
from interviewer.domain.grade import Level
from interviewer.domain.language import Language
from interviewer.domain.rubric import Criterion, Group, ImportOrigin, Kind, Localized, Question
from interviewer.errors import LLMError, LLMMalformed
from interviewer.grading.evidence import carries_content, locate
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm import LLM, Message
from interviewer.llm.model_call import current_call
from interviewer.llm.prompts import between_markers, prompt
from interviewer.text import tokenizer
from interviewer.text.messages import localized, say

# After so many failures in a row the model is not asked any more.
_PATIENCE = 3
_LEAST_QUOTED = 2

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class DraftedRubric:
    """A question with its rubric. `dropped` are claims that were thrown away, each with the reason.

    If the model failed, `failure` says how, and the rubric was compiled offline.
    """

    question: Question
    dropped: tuple[tuple[str, Localized], ...] = ()
    failure: LLMError | None = None


def draft(llm: LLM, text: str, reference: str, language: Language, policy: Localized | None = None) -> DraftedRubric:
    """The rubric of one question. Never raises LLMError: without the model the rubric is compiled offline.

    `policy` is what the author of the bank says on how to grade.
    """
    offline = compile_question(text, reference)
    try:
        return _Conversation(llm, offline, reference, language, policy).drafted()
    except LLMError as error:
        return DraftedRubric(offline, failure=error)


def draft_all(
    llm: LLM,
    pairs: Sequence[tuple[str, str]],
    language: Language,
    threads: int = 1,
    policy: Localized | None = None,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[DraftedRubric]:
    """The rubrics of many questions, each a text and a reference, in order; `told` hears how many are ready, of how many.

    A model that fails several times in a row is not asked again, and the rest is compiled offline. All requests belong to
    the current model call; they end with it, and where `told` raises.
    """
    return ask_for_each(
        lambda pair: _Conversation(llm, compile_question(*pair), pair[1], language, policy).drafted(),
        lambda pair, error: DraftedRubric(compile_question(*pair), failure=error),
        pairs,
        threads,
        told,
    )


def ask_for_each(
    ask: Callable[[_Item], _Result],
    failed: Callable[[_Item, LLMError], _Result],
    items: Sequence[_Item],
    threads: int,
    told: Callable[[int, int], None],
) -> list[_Result]:
    """What a model is asked about each of the items, in order, or what stands for it where that has `failed`.

    A model that fails several times in a row is not asked again. All requests belong to the current model call; they end
    with it, and where `told` raises.
    """
    call = current_call()
    failures: list[LLMError] = []

    def one(item: _Item) -> _Result:
        latest = failures[-_PATIENCE:]  # another thread may clear them at any time
        if len(latest) == _PATIENCE:
            return failed(item, latest[-1])
        try:
            with call.running():
                result = ask(item)
        except LLMError as error:
            failures.append(error)
            return failed(item, error)
        failures.clear()
        return result

    found: list[_Result] = []
    with ThreadPoolExecutor(threads, thread_name_prefix="drafting") as pool:
        try:
            for result in pool.map(one, items):
                found.append(result)
                told(len(found), len(items))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            call.stop()
            raise
    return found


@dataclass(slots=True)
class _Conversation:
    """What has become of the points of one reference; `joined` have no other fault than to say two things."""

    llm: LLM
    question: Question
    reference: str
    language: Language
    policy: Localized | None = None
    points: dict[str, Criterion] = field(default_factory=dict)
    joined: dict[str, Criterion] = field(default_factory=dict)
    dropped: dict[str, tuple[str, Localized]] = field(default_factory=dict)

    @property
    def asked(self) -> AskedQuestion:
        return AskedQuestion(self.question.text.both[0])

    def drafted(self) -> DraftedRubric:
        messages = self._messages()
        reply = self.llm.reply(messages, schema=SCHEMA)
        points, groups, doubt = read_reply(reply.text)
        faults = self._take(points)
        if faults:
            listed = "\n".join(f"- {name}: {fault.en}" for name, fault in faults.items())
            correction = prompt("compile-correction").fill({"faults": listed})
            more = [*messages, Message("assistant", reply.text), Message("user", correction)]
            with suppress(LLMError):  # what was right the first time is kept
                points, more_groups, _ = read_reply(self.llm.reply(more, schema=SCHEMA).text)
                self._take(point for point in points if point.id not in self.points)
                groups = more_groups | groups
        criteria, chosen = _in_groups(self._chosen(), groups)
        if not any(criterion.kind is Kind.CORE for criterion in criteria):
            raise LLMMalformed(localized("llm.no_core_point", model=self.llm.name))
        dispute = Localized(**{self.language.value: doubt}) if doubt else None
        made = ImportOrigin("", 0, "", by=self.llm.name)
        question = replace(self.question, criteria=criteria, groups=chosen, dispute=dispute, made=made)
        return DraftedRubric(question, tuple(self.dropped.values()))

    def _messages(self) -> list[Message]:
        sentences = [sentence.strip() for sentence in sentences_of(self.reference) if sentence.strip()]
        numbered = [{"n": n, "text": sentence} for n, sentence in enumerate(sentences, start=1)]
        shown: dict[str, object] = {"question": self.question.text.both[0], "reference": numbered}
        if self.policy:
            shown["policy"] = self.policy.into(self.language)
        system = prompt("compile").fill({"language": say("second.language", self.language)})
        asked = prompt("compile-reference").fill(between_markers(shown))
        return [Message("system", system), Message("user", asked)]

    def _take(self, points: Iterable[DraftedPoint]) -> dict[str, Localized]:
        """Keep the points that are right; for the others, what is wrong with each."""
        faults: dict[str, Localized] = {}
        for point in points:
            name = numbered_until_free(point.id, self.points)
            place = locate(point.quote, self.reference)
            key, values = self._unsupported(point, place), dict[str, object]()
            if not key and place:
                criterion = self._criterion(name, point, " ".join(self.reference[place[0] : place[1]].split()))
                key, values = self._unfit(criterion)
                if not key:
                    self.points[name] = criterion
                    self.joined.pop(name, None)
                    self.dropped.pop(name, None)
                    continue
            faults[name] = localized(f"draft_fault.{key}", **values)
            self.dropped[name] = (point.en or point.zh or name, faults[name])
        return faults

    def _unsupported(self, point: DraftedPoint, place: tuple[int, int] | None) -> str:
        """The key of a sentence that says why the reference does not bear a point out, or nothing."""
        words, whole, claims = _content(point.quote), _content(self.reference), (point.zh, point.en)
        checks = {
            "languages": not point.zh or not point.en,
            "english": is_chinese(point.en),
            "kind": point.kind is None,
            "quote": place is None or not set(words) <= set(whole),
            "quote_asked": not carries_content(point.quote, self.question.text.both),
            "quote_short": len(words) < min(_LEAST_QUOTED, len(whole)),
            "label": any(is_label(claim) or claim.endswith((":", "：")) for claim in claims),
            "chatter": any(about_the_matter(claim, self.asked) != claim for claim in claims),
            "apart": point.kind is Kind.CORE and place is not None and not self._speaks_of(claims, *place),
        }
        return next((key for key, is_wrong in checks.items() if is_wrong), "")

    def _speaks_of(self, claims: tuple[str, str], start: int, end: int) -> bool:
        """Whether a claim has a word of the sentence that it quotes, beyond those of the question."""
        listed = sentences_of(self.reference)
        ends = accumulate(map(len, listed))
        around = "".join(one for one, last in zip(listed, ends, strict=True) if start < last and last - len(one) < end)
        return bool(_telling("\n".join(claims)) & _telling(around) - _telling(" ".join(self.question.text.both)))

    def _unfit(self, criterion: Criterion) -> tuple[str, dict[str, object]]:
        """The key of a sentence that says why a criterion would grade badly, with what it speaks of."""
        if not has_own_term(self.question, criterion):
            return "own_term", {}
        if criterion.kind is Kind.MISTAKE and self._level(criterion) is not Level.MISSING:
            return "mistake", {}
        if other := next((other for other in self.points.values() if overlap(criterion, other)), None):
            return "same", {"other": other.id}
        if any(says_two_things(text) for text in criterion.text.both):
            self.joined[criterion.id] = criterion
            return "two_things", {}
        return "", {}

    def _criterion(self, name: str, point: DraftedPoint, quoted: str) -> Criterion:
        made, claim = f"{say('draft.made', self.language)}: {quoted}", Localized(point.zh, point.en)
        kind = point.kind or Kind.CORE
        full = Criterion(name, claim, kind, point.weight, point.aliases, made=made, why=point.why, group=point.group)
        if kind is not Kind.CORE or not full.aliases or self._level(full) is Level.MET:
            return full
        # Aliases that miss the reference itself would miss good answers too.
        bare = replace(full, aliases=())
        return bare if self._level(bare) is Level.MET else full

    def _level(self, criterion: Criterion) -> Level:
        """What the offline grader makes of the reference as an answer."""
        criteria = [criterion]
        if criterion.kind is not Kind.CORE:  # no question is without a core criterion
            criteria.append(replace(self.question.rubric.of(Kind.CORE)[0], id=f"{criterion.id}.core"))
        alone = replace(self.question, criteria=tuple(replace(one, group="") for one in criteria), groups=())
        return LexicalGrader().covers(alone, self.reference)[criterion.id]

    def _chosen(self) -> tuple[Criterion, ...]:
        """At most as many as can be judged one by one, the least important left out."""
        for name, criterion in self.joined.items():
            # Two things that the reference says are better than a gap; the check tells the author.
            if not any(overlap(criterion, other) for other in self.points.values()):
                self.points[name] = criterion
                self.dropped.pop(name, None)
        heaviest = sorted(self.points.values(), key=lambda one: (one.kind is not Kind.CORE, -one.weight))
        for criterion in heaviest[MOST_POINTS:]:
            self.dropped[criterion.id] = (criterion.text.en, localized("draft_fault.surplus", most=MOST_POINTS))
        kept = {criterion.id for criterion in heaviest[:MOST_POINTS]}
        return tuple(criterion for criterion in self.points.values() if criterion.id in kept)


def _in_groups(
    criteria: tuple[Criterion, ...], groups: Mapping[str, Group]
) -> tuple[tuple[Criterion, ...], tuple[Group, ...]]:
    """The criteria in those groups that leave a choice, where all weigh as much as the heaviest of them."""
    members = {name: [one for one in criteria if one.group == name] for name in groups}
    weights = {
        name: max(one.weight for one in found) for name, found in members.items() if len(found) > groups[name].choose
    }
    placed = tuple(
        replace(one, weight=weights[one.group]) if one.group in weights else replace(one, group="") for one in criteria
    )
    return placed, tuple(replace(groups[name], weight=groups[name].choose * weight) for name, weight in weights.items())


def _content(text: str) -> list[str]:
    return [word for word in tokenizer.words(text) if tokenizer.is_content(word)]


def _telling(text: str) -> set[str]:
    """Words, and pairs of Chinese characters, which alone tell nothing."""
    words = {word for word in _content(text) if not is_chinese(word)}
    return words | {pair for pair in tokenizer.shingles(tokenizer.clauses(text)) if is_chinese(pair[:1])}
