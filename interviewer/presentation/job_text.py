"""The map of a job for a terminal, and as plain values for JSON."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from interviewer.domain.language import Language
from interviewer.presentation.templating import render
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


def job_text(found: "JobMap", language: Language) -> str:
    """The requirements with their words and questions, then the gaps and how to practise, for a terminal."""
    return str(render("job_map.txt", language, found=found, notes=job_notes(found, language))).rstrip()


def job_to_plain(found: "JobMap", language: Language) -> dict[str, object]:
    return {
        "model": found.model,
        "failure": found.failure.into(language) if found.failure else "",
        "refused": found.refused,
        "requirements": [asdict(one) for one in found.requirements],
        "gaps": [one.quote for one in found.gaps],
    }
