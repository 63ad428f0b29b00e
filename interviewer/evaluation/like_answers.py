"""Answers that a grader judged alike on the same words, so that a coach can rule on them together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from interviewer.domain.grade import Level
from interviewer.domain.interview import Interview, may_rule
from interviewer.domain.rubric import Criterion
from interviewer.text.tokenizer import fold


@dataclass(frozen=True, slots=True)
class LikeAnswers:
    """Tries (interview and number of the attempt) with the same level and evidence for a criterion."""

    criterion: Criterion
    level: Level | None
    quotes: tuple[str, ...]
    tries: tuple[tuple[str, int], ...]


def group_like_answers(question: str, interviews: Mapping[str, Interview]) -> list[LikeAnswers]:
    """The groups of two and more, the largest of each criterion first; what a coach ruled on already is in none.

    Evidence is the same where its words are, whatever their case, width and spaces.
    """
    groups: dict[tuple[str, Level | None, str], LikeAnswers] = {}
    for name, interview in interviews.items():
        for attempt in interview.attempts:
            if attempt.question != question or attempt.grade is None or not may_rule(interview, attempt):
                continue
            for criterion in interview.bank[question].criteria:
                ruling, verdict = attempt.ruling(criterion.id), attempt.grade.verdict(criterion.id)
                if ruling and ruling.by:
                    continue
                quotes = tuple(evidence.quote for evidence in verdict.evidence)
                key = criterion.id, verdict.level, " ".join(fold(" ".join(quotes)).split())
                known = groups.setdefault(key, LikeAnswers(criterion, verdict.level, quotes, ()))
                groups[key] = replace(known, tries=(*known.tries, (name, attempt.number)))
    order = list(dict.fromkeys(one.criterion.id for one in groups.values()))
    several = [one for one in groups.values() if len(one.tries) > 1]
    return sorted(several, key=lambda one: (order.index(one.criterion.id), -len(one.tries)))
