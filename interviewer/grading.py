"""The model grader: prompt → reply → checked quotes → one correction → a grade.

The model gives, for each criterion, a quote, a reason and a verdict. Whether the quote is the candidate's, and what all
of it is worth, is decided here and not by the model.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from interviewer import library, replies
from interviewer.coverage import CoverageGrader
from interviewer.errors import LLMMalformed, LLMRefused
from interviewer.grade import (
    MOST_EXTRAS,
    Evidence,
    Extra,
    Flag,
    Gap,
    Grade,
    Level,
    Method,
    Provenance,
    Spent,
    Verdict,
    score,
)
from interviewer.interview import Attempt, Saying
from interviewer.llm import LLM, Message, Reply
from interviewer.llm.token_count import Calibration, count_prompt, was_cut
from interviewer.quotes import carries_content, locate
from interviewer.replies import Reading, Readings, Remarks
from interviewer.rubric import Criterion, Kind, Language, Localized, Question
from interviewer.screening import Screened, screen
from interviewer.words import say, words

VERSION = "model-1"

_PROMPTS = ("grade", "grade-answer", "grade-points", "grade-remarks", "grade-correction")
_FAR = 0.5
_FIRM = 3
_REPLY_TOKENS_A_POINT = 120

# Learned from what servers report, for as long as the program runs.
_CALIBRATION = Calibration()

Watch = Callable[[tuple[Verdict, ...]], None]


class Shape(StrEnum):
    """All criteria in one call, or one call a criterion with the criterion last, so that the rest is cached."""

    ONE_CALL = "one_call"
    PER_CRITERION = "per_criterion"


@dataclass(frozen=True, slots=True)
class LLMGrader:
    """Grades with a model. Raises LLMError where the model cannot be used; then nothing of its reply is kept.

    `votes` 3 asks twice more about points that are partial or whose quote was not found. `context` is how many tokens
    the model can read, where that is known.
    """

    llm: LLM
    shape: Shape = Shape.ONE_CALL
    votes: int = 1
    context: int | None = None

    def grade(
        self, question: Question, attempt: Attempt, language: Language = Language.EN, watch: Watch | None = None
    ) -> Grade:
        """The grade, with reasons in `language`; `watch` is told the verdicts as they come."""
        paper = _Paper.of(question, attempt, language)
        provenance = Provenance(
            Method.MODEL,
            VERSION,
            question.rubric.digest,
            prompt=prompts_digest(),
            model=self.llm.name,
            host=self.llm.host,
            shape=self.shape,
            votes=self.votes,
        )
        if not paper.sentences:
            verdicts = tuple(Verdict(c.id, Level.MISSING, words("reason.missing")) for c in question.criteria)
            return Grade(verdicts, provenance, paper.flags)
        asking = _Asking(self, paper, watch)
        if self.shape is Shape.ONE_CALL:
            asking.ask(question.criteria, remarks=True)
        else:
            for criterion in question.criteria:
                asking.ask((criterion,))
            asking.remark()
        asking.vote(self.votes)
        return asking.grade(provenance)


def prompts_digest() -> str:
    """One digest for all prompts that a grade depends on."""
    return hashlib.sha256("".join(library.prompt(name).digest for name in _PROMPTS).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Paper:
    """What is to be graded: the sentences of the answer that are left after screening, and how they are shown."""

    question: Question
    attempt: Attempt
    language: Language
    screened: dict[int, Screened]
    sentences: str
    flags: tuple[Flag, ...]

    @classmethod
    def of(cls, question: Question, attempt: Attempt, language: Language) -> "_Paper":
        screened = {turn: screen(text, question.text.both) for turn, text in attempt.answers}
        shown: list[dict[str, object]] = []
        for turn, text in attempt.answers:
            probe = _probe_before(attempt, turn)
            for start, end in screened[turn].spans:
                sentence: dict[str, object] = {"n": len(shown) + 1, "text": text[start:end]}
                if probe:
                    sentence["asked"] = probe
                shown.append(sentence)
        flags = dict.fromkeys(flag for one in screened.values() for flag in one.flags)
        if shown:
            flags = {flag: None for flag in flags if flag is Flag.INJECTION}
        sentences = json.dumps(shown, ensure_ascii=False) if shown else ""
        return cls(question, attempt, language, screened, sentences, tuple(flags))

    def messages(self, task: str) -> list[Message]:
        # The marker depends on the answer, so no answer can know the marker it will stand between.
        marker = hashlib.sha256(f"{self.question.id}\n{self.sentences}".encode()).hexdigest()[:12]
        question = self.question.text.into(self.attempt_language)
        content = library.prompt("grade-answer").fill(
            {"question": question, "marker": marker, "answer": self.sentences, "task": task}
        )
        system = library.prompt("grade").fill({"language": say("second.language", self.language)})
        return [Message("system", system), Message("user", content)]

    @property
    def attempt_language(self) -> Language:
        asked = self.attempt.turns[0].text
        return Language.ZH if asked == self.question.text.zh else Language.EN

    def evidence(self, quote: str) -> Evidence | None:
        """The candidate's own words that a quote stands for, if it may count: verbatim, outside what was screened."""
        if not carries_content(quote, self.question.text.both):
            return None
        for turn, text in self.attempt.answers:
            for start, end in self.screened[turn].spans:
                place = locate(quote, text[start:end])
                if place:
                    return Evidence(turn, text[start + place[0] : start + place[1]])
            place = locate(quote, text)
            inside = place and any(s < place[1] and place[0] < e for s, e in self.screened[turn].spans)
            if place and inside and Flag.INJECTION not in self.screened[turn].flags:
                return Evidence(turn, text[place[0] : place[1]])
        return None


def _probe_before(attempt: Attempt, turn: int) -> str:
    before = [said.text for said in attempt.turns[:turn] if said.saying is Saying.PROBE]
    return before[-1] if before else ""


@dataclass(slots=True)
class _Asking:
    """The conversation with the model about one paper, and what has been settled so far."""

    grader: LLMGrader
    paper: _Paper
    watch: Watch | None
    settled: dict[str, Verdict] = field(default_factory=dict)
    flags: dict[Flag, None] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    remarks: Remarks = field(default_factory=Remarks)
    spent: Spent = field(default_factory=Spent)

    def ask(self, criteria: Sequence[Criterion], *, remarks: bool = False) -> None:
        """Ask about these criteria, once more about what was wrong with the reply, and settle all of them."""
        wanted = [criterion.id for criterion in criteria]
        task = _points_task(criteria, self.paper.language)
        if remarks:
            task += "\n\n" + _remarks_task(self.paper.question, self.paper.language)
        messages = self.paper.messages(task)
        try:
            reply = self._reply(messages, wanted, remarks=remarks)
        except LLMMalformed as error:
            if len(self.paper.question.criteria) == len(criteria):
                raise
            self._settle_unreadable(wanted, str(error))
            return
        if remarks:
            self.remarks = replies.read_remarks(reply.text)
        readings = replies.read_verdicts(reply.text, wanted)
        faults = {**readings.faults, **self._bad_quotes(readings)}
        if faults:
            again = self._corrected(messages, reply, faults)
            verdicts = {n: r for n, r in readings.verdicts.items() if n not in faults} | dict(again.verdicts)
            readings = Readings(verdicts, again.faults)
        self._settle(readings)

    def remark(self) -> None:
        """Ask for remarks alone; without them the grade is still a grade."""
        messages = self.paper.messages(_remarks_task(self.paper.question, self.paper.language))
        try:
            reply = self._send(messages, replies.schema(verdicts=False, remarks=True))
        except LLMMalformed:
            return
        self.remarks = replies.read_remarks(reply.text)

    def vote(self, votes: int) -> None:
        """Ask again about the points that are not firm; the majority holds, and a split is flagged."""
        if votes < _FIRM:
            return
        rubric = self.paper.question.rubric
        shaky = [c for c in rubric.criteria if c.id in self.unsure or self.settled[c.id].level is Level.PARTIAL]
        ballots = {c.id: [self.settled[c.id]] for c in shaky}
        for _ in range(votes - 1):
            for criterion in shaky:
                self.ask((criterion,))
                ballots[criterion.id].append(self.settled[criterion.id])
        for name, cast in ballots.items():
            levels = [verdict.level for verdict in cast]
            most = max(levels, key=levels.count)
            if len(set(levels)) > 1:
                self.flags[Flag.SPLIT] = None
            chosen = next(verdict for verdict in cast if verdict.level is most)
            is_tie = levels.count(most) * 2 <= len(levels)
            self.settled[name] = replace(chosen, level=None, evidence=()) if is_tie else chosen

    def grade(self, provenance: Provenance) -> Grade:
        question, language = self.paper.question, self.paper.language
        verdicts = tuple(self.settled[criterion.id] for criterion in question.criteria)
        if all(verdict.level is None for verdict in verdicts):
            raise LLMMalformed(f"{provenance.model} gave no verdict that can be read")
        extras = self._extras()
        found = score(question.rubric, verdicts, len(extras))
        offline = CoverageGrader().grade(question, self.paper.attempt)
        estimate = score(question.rubric, offline.verdicts)
        if min(abs(found.low - estimate.high), abs(found.high - estimate.low)) > _FAR:
            self.flags[Flag.FAR_APART] = None
        open_points = {c.id for c in question.criteria if self.settled[c.id].level not in (None, Level.MET)}
        core = {criterion.id for criterion in question.rubric.of(Kind.CORE)}
        return Grade(
            verdicts,
            provenance,
            flags=(*self.paper.flags, *self.flags),
            extras=extras,
            dispute=_in(language, self.remarks.dispute) if self.remarks.dispute else None,
            opening=_in(language, self.remarks.opening) if self.remarks.opening else None,
            gaps=tuple(
                Gap(name, _in(language, why), _in(language, sentence))
                for name, why, sentence in self.remarks.gaps
                if name in open_points & core
            ),
            spent=self.spent,
        )

    def _reply(self, messages: list[Message], wanted: Collection[str], *, remarks: bool) -> Reply:
        form = replies.schema(verdicts=True, remarks=remarks)
        if self.watch is None:
            return self._send(messages, form)
        try:
            return self._streamed(messages, form, wanted)
        except LLMMalformed:
            # What is shown as it comes cannot be asked for again; in one piece it can.
            return self._send(messages, form)

    def _streamed(self, messages: list[Message], form: dict[str, object], wanted: Collection[str]) -> Reply:
        self._check_fit(messages)
        text, told = "", 0
        for piece in self.grader.llm.stream(messages, schema=form):
            if piece.reply:
                return self._counted(messages, piece.reply)
            text += piece.text
            readings = replies.read_partial(text, wanted)
            if len(readings) > told:
                told = len(readings)
                self._tell([self._verdict(reading) for reading in readings])
        raise LLMMalformed(f"{self.grader.llm.name} stopped without a reply")

    def _send(self, messages: Sequence[Message], form: dict[str, object]) -> Reply:
        self._check_fit(messages)
        return self._counted(messages, self.grader.llm.reply(messages, schema=form))

    def _check_fit(self, messages: Sequence[Message]) -> None:
        context = self.grader.context
        if context is None:
            return
        needs = self._estimate(messages) + _REPLY_TOKENS_A_POINT
        if needs > context:
            raise LLMRefused(
                f"the prompt needs about {needs} tokens and {self.grader.llm.name} is set to read {context}: "
                "give the server a larger context (for Ollama: OLLAMA_CONTEXT_LENGTH), or grade point by point"
            )

    def _counted(self, messages: Sequence[Message], reply: Reply) -> Reply:
        usage, llm = reply.usage, self.grader.llm
        if was_cut(self._estimate(messages), usage.prompt_tokens):
            self.flags[Flag.CUT] = None
        _CALIBRATION.learn(llm.host, llm.name, count_prompt(messages, llm.name), usage)
        self.spent = Spent(
            self.spent.prompt + (usage.prompt_tokens or 0), self.spent.completion + (usage.completion_tokens or 0)
        )
        return reply

    def _estimate(self, messages: Sequence[Message]) -> int:
        """Tokens of a prompt, by what this model's server has reported of earlier ones."""
        llm = self.grader.llm
        return round(count_prompt(messages, llm.name) * _CALIBRATION.ratio(llm.host, llm.name))

    def _corrected(self, messages: list[Message], reply: Reply, faults: dict[str, str]) -> Readings:
        """One more chance, with what was wrong in words."""
        listed = "\n".join(f"- {name}: {fault}" for name, fault in faults.items())
        correction = library.prompt("grade-correction").fill({"faults": listed, "ids": ", ".join(faults)})
        more = [*messages, Message("assistant", reply.text), Message("user", correction)]
        try:
            again = self._send(more, replies.schema(verdicts=True, remarks=False))
        except LLMMalformed as error:
            return Readings({}, {name: str(error) for name in faults})
        return replies.read_verdicts(again.text, faults)

    def _bad_quotes(self, readings: Readings) -> dict[str, str]:
        return {
            name: "its quote does not stand in the answer to the letter, or only repeats the question"
            for name, reading in readings.verdicts.items()
            if reading.level in (Level.MET, Level.PARTIAL) and self.paper.evidence(reading.quote) is None
        }

    def _settle(self, readings: Readings) -> None:
        for name, reading in readings.verdicts.items():
            self.settled[name] = self._verdict(reading)
            if reading.level in (Level.MET, Level.PARTIAL) and not self.settled[name].evidence:
                self.flags[Flag.UNVERIFIED] = None
                self.unsure.add(name)
        self._settle_unreadable(readings.faults, "")
        self._tell(list(self.settled.values()))

    def _settle_unreadable(self, names: Collection[str], why: str) -> None:
        for name in names:
            self.flags[Flag.UNREADABLE] = None
            reason = Localized(
                zh=f"模型的回复无法读取。{why}", en=f"The model's reply could not be read. {why}".strip()
            )
            self.settled[name] = Verdict(name, None, reason)

    def _verdict(self, reading: Reading) -> Verdict:
        """A reading with its quote checked: without words of the candidate there is no credit."""
        reason = _in(self.paper.language, reading.reason) if reading.reason else words(f"reason.{reading.level}")
        evidence = self.paper.evidence(reading.quote) if reading.quote else None
        if reading.level is Level.MISSING:
            return Verdict(reading.id, Level.MISSING, reason)
        if evidence is None:
            return Verdict(reading.id, Level.MISSING, words("reason.unverified"))
        return Verdict(reading.id, reading.level, reason, (evidence,))

    def _extras(self) -> tuple[Extra, ...]:
        found = []
        credited = {e.quote for verdict in self.settled.values() for e in verdict.evidence}
        for quote, claim in self.remarks.extras:
            evidence = self.paper.evidence(quote)
            if evidence and not any(evidence.quote in used or used in evidence.quote for used in credited):
                credited.add(evidence.quote)
                found.append(Extra(_in(self.paper.language, claim), evidence))
        return tuple(found[:MOST_EXTRAS])

    def _tell(self, verdicts: Sequence[Verdict]) -> None:
        if self.watch is not None:
            told = {**self.settled, **{verdict.criterion: verdict for verdict in verdicts}}
            self.watch(tuple(told.values()))


def _points_task(criteria: Sequence[Criterion], language: Language) -> str:
    return library.prompt("grade-points").fill({"points": _points(criteria, language)}).strip()


def _remarks_task(question: Question, language: Language) -> str:
    core = question.rubric.of(Kind.CORE)
    values = {"points": _points(core, language), "language": say("second.language", language)}
    return library.prompt("grade-remarks").fill(values).strip()


def _points(criteria: Sequence[Criterion], language: Language) -> str:
    """One JSON object a line; neither weights nor the reference, which a model would only lean on."""
    rows = []
    for criterion in criteria:
        row = {"id": criterion.id, "claim": criterion.text.into(language)}
        if criterion.kind is Kind.MISTAKE:
            row["misconception"] = "yes"
        rows.append(json.dumps(row, ensure_ascii=False))
    return "\n".join(rows)


def _in(language: Language, text: str) -> Localized:
    return Localized(zh=text) if language is Language.ZH else Localized(en=text)
