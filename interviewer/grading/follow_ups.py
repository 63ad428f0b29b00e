"""What the interviewer says besides the questions: which point to ask back about, and which hint to give."""

import json
import re
from collections.abc import Mapping

from interviewer.domain.grade import Level, Verdict
from interviewer.domain.interview import Attempt, Interview, Saying
from interviewer.domain.rubric import Criterion, Question
from interviewer.domain.scoring import missed
from interviewer.errors import LLMError
from interviewer.grading.lexical import says_term
from interviewer.grading.reply_schema import QUESTION_SCHEMA
from interviewer.llm import LLM, Message
from interviewer.llm.prompts import prompt
from interviewer.text import tokenizer
from interviewer.text.messages import say

LONGEST_PROBE = 120


def choose_probe(interview: Interview, levels: Mapping[str, Level]) -> Criterion | None:
    """The heaviest core point that the answer lacks; None where asking back is not worth it.

    A point is asked about once, and an answer that says nothing at all is not pressed further.
    """
    if all(level is Level.MISSING for level in levels.values()):
        return None
    asked = {turn.criterion for turn in interview.current.said(Saying.PROBE)}
    for criterion in _lacking(interview, levels):
        if levels.get(criterion.id) is not Level.CONTRADICTED and criterion.id not in asked:
            return criterion
    return None


def word_probe(interview: Interview, criterion: Criterion, llm: LLM | None) -> str:
    """The probe in words: the bank's own, else the model's if it gives nothing away, else a neutral one."""
    language = interview.plan.language
    if criterion.probe:
        return criterion.probe.into(language)
    worded = _worded(interview, criterion, llm) if llm else ""
    return (
        worded if worded and not faults_of_probe(interview.question, criterion, worded) else say("ask.more", language)
    )


def faults_of_probe(question: Question, criterion: Criterion, text: str) -> list[str]:
    """Why a probe may not be asked: too long, no single question, or it gives the point away."""
    found = []
    if len(text) > LONGEST_PROBE:
        found.append(f"the probe has {len(text)} characters; {LONGEST_PROBE} is the most")
    if len(re.findall(r"[?？]", text)) != 1:
        found.append(f"the probe must ask exactly one question ({text!r})")
    return found + [f"the probe gives away {term!r}" for term in leaks(question, criterion, text)]


def leaks(question: Question, criterion: Criterion, text: str) -> list[str]:
    """The terms of a criterion that a text says and the question does not."""
    asked = " \n ".join(question.text.both)
    terms = [term for group in criterion.aliases for term in group]
    if not terms:
        terms = [word for claim in criterion.text.both for word in tokenizer.words(claim) if tokenizer.is_content(word)]
        terms = [term for term in terms if len(term) > 1]
    return [term for term in terms if says_term(text, term) and not says_term(asked, term)]


def _worded(interview: Interview, criterion: Criterion, llm: LLM) -> str:
    language = interview.plan.language
    said = "\n".join(text for _, text in interview.current.answers)
    asked = prompt("probe").fill(
        {
            "language": say("second.language", language),
            "question": interview.question.text.into(language),
            "point": criterion.text.into(language),
            "answer": json.dumps(said, ensure_ascii=False),
        }
    )
    try:
        reply = llm.reply([Message("user", asked)], schema=QUESTION_SCHEMA)
    except LLMError:
        return ""  # a probe is worth no failure: a neutral one will do
    worded = json.loads(reply.text).get("question")
    return worded.strip() if isinstance(worded, str) else ""


def choose_hint(interview: Interview, levels: Mapping[str, Level]) -> tuple[Criterion, str] | None:
    """The next rung of the ladder of the point in question: the one that was asked about, else the heaviest one lacking."""
    attempt = interview.current
    for criterion in _aimed_at(interview, attempt, levels):
        given = sum(turn.criterion == criterion.id for turn in attempt.said(Saying.HINT))
        if given < len(criterion.hints):
            return criterion, criterion.hints[given].into(interview.plan.language)
    return None


def _aimed_at(interview: Interview, attempt: Attempt, levels: Mapping[str, Level]) -> list[Criterion]:
    probes = attempt.said(Saying.PROBE)
    lacking = _lacking(interview, levels)
    if probes:
        lacking.sort(key=lambda criterion: criterion.id != probes[-1].criterion)
    return lacking


def _lacking(interview: Interview, levels: Mapping[str, Level]) -> list[Criterion]:
    """The core points that would earn more, the heaviest first; none of a group of which enough are made."""
    rubric = interview.question.rubric
    verdicts = [Verdict(one.id, levels.get(one.id, Level.MISSING), None) for one in rubric.criteria]
    wanted = missed(rubric, verdicts)
    return sorted((one for one in rubric.criteria if one in wanted), key=lambda criterion: -rubric.weight(criterion))
