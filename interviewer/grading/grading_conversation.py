"""The conversation with a model about one answer: asking, one correction, votes, and what is settled in the end."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from interviewer.domain.grade import Extra, Flag, Gap, Grade, Level, Provenance, TokensSpent, Verdict
from interviewer.domain.language import Language
from interviewer.domain.rubric import Criterion, Kind, Localized
from interviewer.domain.scoring import MOST_EXTRAS, missed, score
from interviewer.errors import LLMMalformed, LLMRefused, LLMRepeats
from interviewer.grading import reply_schema
from interviewer.grading.evidence import without_mistaken_words
from interviewer.grading.grading_prompt import GradingPrompt
from interviewer.grading.lexical import LexicalGrader
from interviewer.grading.protocol import Watch
from interviewer.grading.reply_schema import CriterionReplies, CriterionReply, Remarks
from interviewer.llm import LLM, Message, Reply
from interviewer.llm.prompts import prompt
from interviewer.llm.token_count import TokenCalibration, count_prompt, was_cut
from interviewer.text.messages import localized, say, text_of

_FAR = 0.5
_FIRM = 3
_REPLY_TOKENS_A_POINT = 80

# Learned from what servers report, for as long as the program runs.
_CALIBRATION = TokenCalibration()


@dataclass(slots=True)
class GradingConversation:
    """The conversation with the model about one attempt, and what has been settled so far."""

    llm: LLM
    context: int | None
    grading_prompt: GradingPrompt
    watch: Watch | None
    settled: dict[str, Verdict] = field(default_factory=dict)
    flags: dict[Flag, None] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    remarks: Remarks = field(default_factory=Remarks)
    spent: TokensSpent = field(default_factory=TokensSpent)

    def ask(self, criteria: Sequence[Criterion], *, remarks: bool = False) -> None:
        """Ask about these criteria, once more about what was wrong with the reply, and settle all of them."""
        wanted = {criterion.id: criterion.kind for criterion in criteria}
        task = _points_task(criteria, self.grading_prompt.language)
        if remarks:
            core = self.grading_prompt.question.rubric.of(Kind.CORE)
            task += "\n\n" + _remarks_task(", ".join(one.id for one in core), self.grading_prompt.language)
        is_whole = len(criteria) == len(self.grading_prompt.question.criteria)
        messages = self.grading_prompt.messages(task, is_of_answer=not is_whole)
        try:
            reply = self._reply(messages, wanted, remarks=remarks)
        except LLMRepeats as error:
            whole = {given.id: given for given in reply_schema.read_cut(error.written, wanted)}
            if is_whole and not whole:
                raise
            lost = {name: text_of(error) for name in wanted if name not in whole}
            self._settle(CriterionReplies(whole, lost))  # nor would it write the rest if it were asked again
            return
        except LLMMalformed as error:
            if is_whole:
                raise
            self._settle_unreadable(dict.fromkeys(wanted, text_of(error)))
            return
        if remarks:
            self.remarks = reply_schema.read_remarks(reply.text)
        replies = reply_schema.read_verdicts(reply.text, wanted)
        faults = {**replies.faults, **self._bad_quotes(replies)}
        if faults:
            again = self._corrected(messages, reply, faults, wanted)
            verdicts = {n: r for n, r in replies.verdicts.items() if n not in faults} | dict(again.verdicts)
            replies = CriterionReplies(verdicts, again.faults)
        self._settle(replies)

    def remark(self) -> None:
        """Ask for remarks alone; without them the grade is still a grade."""
        language = self.grading_prompt.language
        points = "\n" + _points(self.grading_prompt.question.rubric.of(Kind.CORE), language)
        messages = self.grading_prompt.messages(_remarks_task(points, language), is_of_answer=True)
        try:
            reply = self._send(messages, self._form({}, remarks=True))
        except LLMMalformed:
            return
        self.remarks = reply_schema.read_remarks(reply.text)

    def vote(self, votes: int) -> None:
        """Ask again about the points that are not firm; the majority holds, and a split is flagged."""
        if votes < _FIRM:
            return
        rubric = self.grading_prompt.question.rubric
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
        question, language = self.grading_prompt.question, self.grading_prompt.language
        verdicts = without_mistaken_words(
            question.rubric, tuple(self.settled[criterion.id] for criterion in question.criteria)
        )
        if all(verdict.level is None for verdict in verdicts):
            raise LLMMalformed(localized("llm.no_verdict", model=provenance.model))
        extras = self._extras()
        found = score(question.rubric, verdicts, len(extras))
        offline = LexicalGrader().grade(question, self.grading_prompt.attempt)
        estimate = score(question.rubric, offline.verdicts)
        if min(abs(found.low - estimate.high), abs(found.high - estimate.low)) > _FAR:
            self.flags[Flag.FAR_APART] = None
        if Flag.STUFFING in offline.flags:
            self.flags[Flag.STUFFING] = None
        lacking = {criterion.id for criterion in missed(question.rubric, verdicts)}
        return Grade(
            verdicts,
            provenance,
            flags=(*self.grading_prompt.flags, *self.flags),
            extras=extras,
            dispute=Localized.of(language, self.remarks.dispute) if self.remarks.dispute else None,
            opening=Localized.of(language, self.remarks.opening) if self.remarks.opening else None,
            gaps=tuple(
                Gap(name, Localized.of(language, why), Localized.of(language, sentence))
                for name, why, sentence in self.remarks.gaps
                if name in lacking
            ),
            spent=self.spent,
        )

    def _form(self, wanted: Mapping[str, Kind], *, remarks: bool = False) -> dict[str, object]:
        shown = self.grading_prompt
        return reply_schema.schema(wanted, shown.language, shown.longest, remarks=remarks)

    def _reply(self, messages: list[Message], wanted: Mapping[str, Kind], *, remarks: bool) -> Reply:
        form = self._form(wanted, remarks=remarks)
        if self.watch is None:
            return self._send(messages, form, len(wanted))
        try:
            return self._streamed(messages, form, wanted)
        except LLMRepeats:
            raise
        except LLMMalformed:
            # What is shown as it comes cannot be asked for again; in one piece it can.
            return self._send(messages, form, len(wanted))

    def _streamed(self, messages: list[Message], form: dict[str, object], wanted: Mapping[str, Kind]) -> Reply:
        self._check_fit(messages, len(wanted))
        text, told = "", 0
        for piece in self.llm.stream(messages, schema=form):
            if piece.reply:
                return self._counted(messages, piece.reply)
            text += piece.text
            replies = reply_schema.read_partial(text, wanted)
            if len(replies) > told:
                told = len(replies)
                self._tell([self._verdict(given) for given in replies])
        raise LLMMalformed(localized("llm.empty_reply"))

    def _send(self, messages: Sequence[Message], form: dict[str, object], points: int = 1) -> Reply:
        self._check_fit(messages, points)
        return self._counted(messages, self.llm.reply(messages, schema=form))

    def _check_fit(self, messages: Sequence[Message], points: int) -> None:
        llm, context = self.llm, self.context
        if context is None:
            return
        # Tokens of the prompt, by what this model's server has reported of earlier ones.
        read = round(count_prompt(messages, llm.name) * _CALIBRATION.ratio(llm.host, llm.name))
        needs = read + _REPLY_TOKENS_A_POINT * max(1, points)
        if needs > context:
            raise LLMRefused(localized("llm.too_small_context", needs=needs, model=llm.name, context=context))

    def _counted(self, messages: Sequence[Message], reply: Reply) -> Reply:
        usage, llm = reply.usage, self.llm
        counted = count_prompt(messages, llm.name)
        if was_cut(counted * _CALIBRATION.ratio(llm.host, llm.name), usage.prompt_tokens):
            self.flags[Flag.CUT] = None
        _CALIBRATION.learn(llm.host, llm.name, counted, usage)
        self.spent = TokensSpent(
            self.spent.prompt + (usage.prompt_tokens or 0), self.spent.completion + (usage.completion_tokens or 0)
        )
        return reply

    def _corrected(
        self, messages: list[Message], reply: Reply, faults: dict[str, Localized], wanted: Mapping[str, Kind]
    ) -> CriterionReplies:
        faulty = {name: wanted[name] for name in faults}
        listed = "\n".join(f"- {name}: {fault.en}" for name, fault in faults.items())
        correction = prompt("grade-correction").fill({"faults": listed, "ids": ", ".join(faults)})
        more = [*messages, Message("assistant", reply.text), Message("user", correction)]
        try:
            again = self._send(more, self._form(faulty), len(faults))
        except LLMMalformed as error:
            both = {name: localized("reply_fault.again", fault=fault, error=error) for name, fault in faults.items()}
            return CriterionReplies({}, both)
        return reply_schema.read_verdicts(again.text, faulty)

    def _bad_quotes(self, replies: CriterionReplies) -> dict[str, Localized]:
        return {
            name: localized("reply_fault.bad_quote")
            for name, given in replies.verdicts.items()
            if given.level in (Level.MET, Level.PARTIAL) and not self._is_quoted(given)
        }

    def _is_quoted(self, given: CriterionReply) -> bool:
        """Whether all quotes are the candidate's own words, and together say anything."""
        return bool(self.grading_prompt.evidence(given.quotes)) and all(map(self.grading_prompt.located, given.quotes))

    def _settle(self, replies: CriterionReplies) -> None:
        for name, given in replies.verdicts.items():
            self.settled[name] = self._verdict(given)
            if given.level in (Level.MET, Level.PARTIAL) and not self._is_quoted(given):
                self.flags[Flag.UNVERIFIED] = None
                self.unsure.add(name)
        self._settle_unreadable(replies.faults)
        self._tell(list(self.settled.values()))

    def _settle_unreadable(self, faults: Mapping[str, Localized]) -> None:
        for name, why in faults.items():
            self.flags[Flag.UNREADABLE] = None
            self.settled[name] = Verdict(name, None, localized("reason.unreadable", why=why))

    def _verdict(self, given: CriterionReply) -> Verdict:
        """The verdict of a reply, with its quotes checked: without words of the candidate there is no credit."""
        said = Localized.of(self.grading_prompt.language, given.reason) if given.reason else None
        reason = said or localized(f"reason.{given.level}")
        if given.level is Level.MISSING:
            return Verdict(given.id, Level.MISSING, reason)
        evidence = self.grading_prompt.evidence(given.quotes)
        if not evidence:
            return Verdict(given.id, Level.MISSING, localized("reason.unverified"))
        return Verdict(given.id, given.level, reason, evidence)

    def _extras(self) -> tuple[Extra, ...]:
        found = []
        credited = {e.quote for verdict in self.settled.values() for e in verdict.evidence}
        for quote, claim in self.remarks.extras:
            for evidence in self.grading_prompt.evidence((quote,)):
                if not any(evidence.quote in used or used in evidence.quote for used in credited):
                    credited.add(evidence.quote)
                    found.append(Extra(Localized.of(self.grading_prompt.language, claim), evidence))
        return tuple(found[:MOST_EXTRAS])

    def _tell(self, verdicts: Sequence[Verdict]) -> None:
        if self.watch is not None:
            told = {**self.settled, **{verdict.criterion: verdict for verdict in verdicts}}
            self.watch(tuple(told.values()))


def _points_task(criteria: Sequence[Criterion], language: Language) -> str:
    """What to give a verdict on: claims, and misconceptions in a list of their own."""
    lists = {
        "grade-points": [criterion for criterion in criteria if criterion.kind is not Kind.MISTAKE],
        "grade-misconceptions": [criterion for criterion in criteria if criterion.kind is Kind.MISTAKE],
    }
    tasks = (prompt(name).fill({"points": _points(some, language)}) for name, some in lists.items() if some)
    return "\n".join(tasks).strip()


def _remarks_task(points: str, language: Language) -> str:
    return prompt("grade-remarks").fill({"points": points, "language": say("second.language", language)}).strip()


def _points(criteria: Sequence[Criterion], language: Language) -> str:
    """One JSON object a line; neither weights nor the reference, which a model would only lean on."""
    rows = ({"id": criterion.id, "claim": criterion.text.into(language)} for criterion in criteria)
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
