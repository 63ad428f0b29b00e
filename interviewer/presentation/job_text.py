"""The map of a job for a terminal, and as plain values for JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from interviewer.domain.language import Language
from interviewer.presentation.plain_text import printable
from interviewer.text.messages import say

if TYPE_CHECKING:
    from interviewer.banks.job_description.requirements import JobMap


def job_notes(found: "JobMap", language: Language) -> list[str]:
    """What is to be said of a map before it is read: who made it, and what was not let pass."""
    notes = []
    if found.failure:
        notes.append(say("job.failed", language, why=found.failure.into(language)))
    notes.append(say("job.by_model", language, model=found.model) if found.model else say("job.by_terms", language))
    if found.refused:
        notes.append(say("job.refused", language, count=found.refused))
    return notes


def job_lines(found: "JobMap", language: Language) -> Iterator[str]:
    """The requirements with their words and questions, then the gaps and how to practise."""
    yield from job_notes(found, language)
    for number, one in enumerate(found.requirements, start=1):
        yield ""
        yield (
            f"{number}. {printable(one.title)} “{printable(one.quote)}”"
            if one.title
            else f"{number}. “{printable(one.quote)}”"
        )
        if one.resume:
            yield f"   {say('job.resume_says', language)} “{printable(one.resume)}”"
        for match in one.matches:
            yield f"   - {match.name}  {printable(match.text.into(language))}"
            if match.reason:
                yield f"     {printable(match.reason)}"
        if not one.matches:
            yield f"   - {say('job.gap', language)}"
    yield ""
    yield say("job.summary", language, count=len(found.requirements), gaps=len(found.gaps))
    if found.question_names:
        yield f"{say('job.practise_by', language)} interviewer practise {' '.join(found.question_names)}"


def job_to_plain(found: "JobMap", language: Language) -> dict[str, object]:
    return {
        "model": found.model,
        "failure": found.failure.into(language) if found.failure else "",
        "refused": found.refused,
        "requirements": [asdict(one) for one in found.requirements],
        "gaps": [one.quote for one in found.gaps],
    }
