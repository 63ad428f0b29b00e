"""What the controls of the tab that prepares for a job do. Knows nothing of gradio.

A description and a résumé stay in the browser and in the request that reads them, unless their owner asks to keep them.
What compares them with the banks is imported when the first one comes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from interviewer.banks.job_description.kept_job import forget_job, keep_job, kept_job
from interviewer.domain.language import Language
from interviewer.domain.rubric import Question
from interviewer.errors import InterviewerError, LLMError
from interviewer.llm import LLM
from interviewer.presentation.job_text import job_notes
from interviewer.presentation.templating import inline, render
from interviewer.text.messages import say
from interviewer.web.background_task import WindowTask
from interviewer.web.import_handlers import Importer, remember, task_progress
from interviewer.web.refusal import refusal
from interviewer.web.visit import Visit

if TYPE_CHECKING:
    from interviewer.banks.job_description.requirements import JobMap

_MOST_MAPS = 16

PARTS = {"description": "job.choose_description", "resume": "job.choose_resume"}
"""The two documents, each with the words by which its file is chosen."""

T = TypeVar("T")
_Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the tab then shows, and whether the gaps may be asked about."""

    html: str
    may_draft: bool = False


@dataclass(frozen=True, slots=True)
class JobPreparation:
    """Serves the tab. `maps` are the latest ones, by visitor and window, for the drafts that may be asked for."""

    importer: Importer
    data_folder: Path
    maps: dict[tuple[str, str], "JobMap"] = field(default_factory=dict)

    def read(self, owner: str, window: str, part: str) -> str | None:
        """The text of the file that a window sent for this part, forgotten here. Raises DocumentError."""
        from interviewer.banks.job_description.text_extraction import extract_text

        upload = self.importer.uploads.take(owner, f"{window}.{part}")
        return extract_text(upload.name, upload.data) if upload else None

    def kept(self, owner: str) -> tuple[str, str] | None:
        """What was kept for this owner. Raises DocumentError."""
        return kept_job(self.data_folder, owner)

    def forget(self, owner: str, window: str, language: Language) -> str:
        """Delete whatever there is of the owner's description and résumé."""
        for key in [key for key in list(self.maps) if key[0] == owner]:
            self.maps.pop(key, None)
        for part in PARTS:
            self.importer.uploads.take(owner, f"{window}.{part}")
        forget_job(self.data_folder, owner)
        return inline('<p role="status">{{ say("job.forgotten") }}</p>', language)

    def map(self, visit: Visit, window: str, description: str, resume: str, *, keep: bool) -> Iterator[Prepared]:
        """The map of a job, and meanwhile what is waited for."""
        from interviewer.banks.job_description.requirements import JobMap, map_job
        from interviewer.banks.job_description.text_extraction import checked_text

        owner, language = visit.owner, visit.language
        try:
            texts = checked_text(description), checked_text(resume) if resume.strip() else ""
            if keep and self.importer.may_save:
                keep_job(self.data_folder, owner, *texts)
        except InterviewerError as error:
            yield Prepared(refusal("job.unusable", language, error))
            return
        # The model is not asked for strangers: whatever they paste would be at the operator's cost.
        llm = self.importer.models.llm_for(owner) if self.importer.may_save else None
        banks = self.importer.library.of(owner).banks()

        def work(tell: _Tell) -> JobMap:
            return map_job(
                *texts,
                banks,
                llm,
                language,
                lambda done, total: tell(say("job.choosing", language, done=done, total=total)),
            )

        for found in self._watched(visit, window, work):
            if isinstance(found, JobMap):
                remember(self.maps, (owner, window), found, _MOST_MAPS)
                yield self._shown(found, llm, language)
            else:
                yield found

    def draft(self, visit: Visit, window: str) -> Iterator[Prepared]:
        """Questions for the gaps of the map that was shown last; those of each gap are kept before the next is begun."""
        from interviewer.banks.job_description.gap_questions import draft_for_gap, keep_questions

        language, importer = visit.language, self.importer
        found, llm, folder = self.maps.get((visit.owner, window)), importer.models.llm_for(visit.owner), importer.folder
        if found is None or llm is None or folder is None or not importer.may_save:
            yield Prepared(refusal("job.map_first", language))
            return
        drafted: list[Question] = []

        def work(tell: _Tell) -> list[Question]:
            for number, gap in enumerate(found.gaps, start=1):
                total, what = len(found.gaps), gap.title or gap.quote
                tell(say("job.drafting", language, done=number, total=total, what=what))
                try:
                    made = draft_for_gap(llm, gap, importer.library.banks_with_unreviewed(), language)
                except LLMError:
                    if drafted:
                        break  # what is kept is shown
                    raise
                keep_questions(made, importer.library, folder, language)
                drafted.extend(made.questions)
            return drafted

        for step in self._watched(visit, window, work):
            yield self._shown(found, llm, language, step) if isinstance(step, list) else step

    def _watched(self, visit: Visit, window: str, work: Callable[[_Tell], T]) -> Iterator[Prepared | T]:
        """How far the work is, then its result; a press of the button that stops it ends the request too."""
        language, stopping = visit.language, WindowTask.JOB if self.importer.may_save else None
        begins = say("job.reading", language)
        try:
            for step in self.importer.tasks.watched(visit.owner, window, WindowTask.JOB, work, begins):
                if step is None:
                    yield Prepared(inline('<p role="status">{{ say("job.stopped") }}</p>', language))
                elif isinstance(step, str):
                    yield Prepared(task_progress(stopping, step, language))
                else:
                    yield step
        except InterviewerError as error:
            yield Prepared(refusal("job.unusable", language, error))

    def _shown(
        self, found: "JobMap", llm: LLM | None, language: Language, drafted: Sequence[Question] | None = None
    ) -> Prepared:
        from interviewer.banks.job_description.gap_questions import BANK_ID

        may_draft, notes = llm is not None and self.importer.may_save, job_notes(found, language)
        model, may_save = llm.name if llm else "", self.importer.may_save
        shown = {"found": found, "notes": notes, "drafted": drafted, "model": model, "bank": BANK_ID}
        html = render("job_map.html", language, **shown, may_draft=may_draft, may_save=may_save)
        return Prepared(html, may_draft and bool(found.gaps) and not drafted)
