"""What the interviewer says besides the questions: which point to ask back about, in which words, and which hint to give."""

import json
import re
from collections.abc import Mapping
from typing import Any

from interviewer.domain.grade import Level, Verdict
from interviewer.domain.interview import Attempt, Interview, Probed, TurnKind, Unprobed
from interviewer.domain.language import Language
from interviewer.domain.rubric import Criterion, Kind
from interviewer.domain.scoring import missed
from interviewer.errors import LLMError
from interviewer.grading.disclosure import disclosed
from interviewer.grading.grading_prompt import GradingPrompt
from interviewer.grading.guardrails import judges
from interviewer.llm import LLM, Message
from interviewer.llm.json_reply import object_schema
from interviewer.llm.prompts import prompt
from interviewer.text import tokenizer
from interviewer.text.messages import say

LONGEST_PROBE = 120
_LONGEST_QUOTE = 80
_NONE = "none"


def choose_probe(interview: Interview, levels: Mapping[str, Level]) -> Criterion | None:
    """The heaviest core point that the answer lacks; None where asking back is not worth it.

    A point is asked about once, and an answer that says nothing at all is not pressed further.
    """
    if all(level is Level.MISSING for level in levels.values()):
        return None
    lacking = (one for one in _lacking(interview, levels) if levels.get(one.id) is not Level.CONTRADICTED)
    return next((one for one in lacking if one.id not in _asked_about(interview)), None)


def default_probe(interview: Interview, criterion: Criterion) -> str:
    """The bank's own probe in the language of the interview, else a neutral one."""
    language = interview.plan.language
    return criterion.probe.into(language) if criterion.probe else say("ask.more", language)


def open_points(interview: Interview, levels: Mapping[str, Level]) -> list[Criterion]:
    """What a model may ask back about: core points that would earn more, the heaviest first, then the usual mistakes.

    Empty where no core point is open and no mistake was made, and where the answer says nothing that could be taken up.
    """
    mistakes = list(interview.question.rubric.of(Kind.MISTAKE))
    lacking = _lacking(interview, levels)
    if not lacking and not any(levels.get(one.id) is Level.MET for one in mistakes):
        return []
    if not _shown(interview).sentences:
        return []
    return [one for one in (*lacking, *mistakes) if one.id not in _asked_about(interview)]


def generate_follow_up(interview: Interview, points: list[Criterion], llm: LLM) -> Probed | Unprobed | None:
    """What the model asks back, in words that take up what the candidate said; `Unprobed` where it sees nothing open.

    None where the model gives nothing that may be asked.
    """
    language, shown = interview.plan.language, _shown(interview)
    kinds = {Kind.MISTAKE: "mistake"}
    rows = [{"id": one.id, "kind": kinds.get(one.kind, "point"), "claim": one.text.into(language)} for one in points]
    asked = prompt("follow-up").fill(
        {
            "manner": interview.plan.manner,
            "language": say("second.language", language),
            "question": interview.question.text.into(language),
            "points": "\n".join(json.dumps(row, ensure_ascii=False) for row in rows),
            "answer": shown.sentences,
        }
    )
    try:
        reply = llm.reply([Message("user", asked)], schema=_schema([one.id for one in points]))
    except LLMError:
        return None  # a follow-up is worth no failure: a plain one will do
    said = json.loads(reply.text)
    if said.get("point") == _NONE:
        return Unprobed()
    chosen = next((one for one in points if one.id == said.get("point")), None)
    quote, question = said.get("quote"), said.get("question")
    if chosen is None or not isinstance(quote, str) or not isinstance(question, str):
        return None
    words = _taken_up(shown, quote)
    text = say("ask.taken_up", language, quote=words, question=" ".join(question.split()))
    if not words or faults_of_follow_up(interview, question, text):
        return None
    return Probed(chosen.id, text)


def _taken_up(shown: GradingPrompt, quote: str) -> str:
    """The candidate's own words that a quote stands for, shortened; empty where they never said so.

    Where a server cut the quote at its greatest length, its last word may be a half one or nonsense.
    """
    tries = (quote, quote.rpartition(" ")[0])
    found = next(filter(None, (shown.evidence((one,)) for one in tries if one)), ())
    words = " ".join(evidence.quote for evidence in found)
    if len(words) > _LONGEST_QUOTE:
        whole, _, half = words[:_LONGEST_QUOTE].rpartition(" ")
        # Chinese has no spaces: there the last one may be far back.
        words = (whole if whole and half.isascii() else words[:_LONGEST_QUOTE]) + "…"
    return words.strip(" .,;:。，；：")


def faults_of_follow_up(interview: Interview, question: str, text: str) -> list[str]:
    """Why a question, which makes this text with what it takes up, may not be asked; nothing where it may."""
    known = [said for _, said in interview.current.answers]
    found = faults_of_speech(interview, question, known)
    if len(question) > LONGEST_PROBE:
        found.append(f"it has {len(question)} characters; {LONGEST_PROBE} is the most")
    if len(re.findall(r"[?？]", text)) != 1:
        found.append("it must ask exactly one question")
    return found


def faults_of_speech(interview: Interview, text: str, known: list[str]) -> list[str]:
    """What is wrong with anything a model wants to say to the candidate, who has said what is `known`."""
    found = [f"it gives away {term!r}" for term in disclosed(interview.question, text, known)]
    if not _is_in(interview.plan.language, text):
        found.append("it is in another language")
    if judges(text):
        found.append("it says what an answer is worth")
    return found


def choose_hint(interview: Interview, levels: Mapping[str, Level]) -> tuple[Criterion, str] | None:
    """The next rung of the ladder of the point in question: the one that was asked about, else the heaviest one lacking."""
    attempt = interview.current
    for criterion in _aimed_at(interview, attempt, levels):
        given = sum(turn.criterion == criterion.id for turn in attempt.turns_of(TurnKind.HINT))
        if given < len(criterion.hints):
            return criterion, criterion.hints[given].into(interview.plan.language)
    return None


def _schema(points: list[str]) -> dict[str, Any]:
    return object_schema(
        quote={"type": "string", "maxLength": _LONGEST_QUOTE},
        point={"type": "string", "enum": [*points, _NONE]},
        question={"type": "string", "maxLength": LONGEST_PROBE},
    )


def _shown(interview: Interview) -> GradingPrompt:
    """The answer as a grader is shown it, without what talks to a model."""
    return GradingPrompt.of(interview.question, interview.current, interview.plan.language)


def _is_in(language: Language, text: str) -> bool:
    """Whether a text is in a language; names in Latin letters may stand in any."""
    tokens = [token for clause in tokenizer.clauses(text) for token in clause.tokens]
    chinese = sum(token.is_cjk for token in tokens)
    latin = sum(token.word[0].isascii() and token.word[0].isalpha() for token in tokens)
    is_foreign = any(sign.isalpha() and not (sign.isascii() or tokenizer.words(sign)) for sign in tokenizer.fold(text))
    return not is_foreign and (chinese >= max(1, latin) if language is Language.ZH else chinese == 0 and latin > 0)


def _aimed_at(interview: Interview, attempt: Attempt, levels: Mapping[str, Level]) -> list[Criterion]:
    probes = attempt.turns_of(TurnKind.PROBE)
    lacking = _lacking(interview, levels)
    if probes:
        lacking.sort(key=lambda criterion: criterion.id != probes[-1].criterion)
    return lacking


def _asked_about(interview: Interview) -> set[str]:
    return {turn.criterion for turn in interview.current.turns_of(TurnKind.PROBE)}


def _lacking(interview: Interview, levels: Mapping[str, Level]) -> list[Criterion]:
    """The core points that would earn more, the heaviest first; none of a group of which enough are made."""
    rubric = interview.question.rubric
    verdicts = [Verdict(one.id, levels.get(one.id, Level.MISSING), None) for one in rubric.criteria]
    wanted = missed(rubric, verdicts)
    return sorted((one for one in rubric.criteria if one in wanted), key=lambda criterion: -rubric.weight(criterion))
