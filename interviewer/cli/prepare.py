"""The command that prepares for a job."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.cli.app import LANGUAGE, app, fail, print_json, read_bytes, read_settings
from interviewer.domain.language import Language
from interviewer.sessions import LOCAL_OWNER

if TYPE_CHECKING:
    from interviewer.banks.job_description.requirements import JobMap
    from interviewer.llm import LLM
    from interviewer.settings import Settings


@app.command()
def prepare(
    language: LANGUAGE,
    file: Annotated[
        Path | None, typer.Argument(help="The job description: text, Markdown, PDF or DOCX; what was kept if left out.")
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="Your résumé, in any of these forms.")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Let the model draft questions for the gaps.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no model, even if the settings name one.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep description and résumé on this machine.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Delete what was kept, and do nothing else.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the map as JSON.")] = False,
) -> None:
    """Compare a job description with the question banks: what it asks for, which questions test that, what none does.

    Nothing is kept of either document unless you say so, and nobody is sent them but the model of the settings.
    """
    from interviewer import wiring
    from interviewer.banks.job_description.kept_job import forget_job, keep_job, kept_job
    from interviewer.banks.job_description.requirements import map_job
    from interviewer.cli.model_progress import wait_for_model
    from interviewer.presentation.job_text import job_text, job_to_plain
    from interviewer.text.messages import say

    settings = read_settings()
    if forget:
        was_kept = forget_job(settings.data_folder, LOCAL_OWNER)
        print(say("job.forgotten" if was_kept else "job.nothing_kept", language))
        return
    if file:
        texts = _text(file), _text(resume) if resume else ""
    else:
        texts = kept_job(settings.data_folder, LOCAL_OWNER) or fail(say("job.nothing_given", language))
    if keep:
        keep_job(settings.data_folder, LOCAL_OWNER, *texts)
    llm = wiring.make_llm(settings) if settings.base_url and not offline else None
    if draft and llm is None:
        fail(say("job.draft_needs_model", language))
    banks = wiring.make_library(settings).banks()
    found = wait_for_model(lambda: map_job(*texts, banks, llm, language), language)
    if as_json:
        print_json(job_to_plain(found, language))
    else:
        print(job_text(found, language))
    if draft and llm:
        _draft_gaps(found, llm, settings, language)


def _text(path: Path) -> str:
    from interviewer.banks.importing.parsers.decoding import LARGEST
    from interviewer.banks.job_description.text_extraction import extract_text

    return extract_text(path.name, read_bytes(path, LARGEST))


def _draft_gaps(found: "JobMap", llm: "LLM", settings: "Settings", language: Language) -> None:
    """Draft and keep questions for one gap after the other; Ctrl-C loses those of the gap it was at."""
    from interviewer import wiring
    from interviewer.banks.job_description.gap_questions import draft_for_gap, keep_questions
    from interviewer.cli.model_progress import wait_for_model
    from interviewer.errors import LLMError
    from interviewer.text.messages import say

    library = wiring.make_library(settings)
    kept = 0
    for number, gap in enumerate(found.gaps, start=1):
        print(
            say("job.drafting", language, done=number, total=len(found.gaps), what=gap.title or gap.quote),
            file=sys.stderr,
        )
        try:
            drafted = wait_for_model(
                partial(draft_for_gap, llm, gap, library.banks_with_unreviewed(), language), language
            )
        except LLMError as error:
            print(say("job.failed", language, why=error.into(language)), file=sys.stderr)
            break
        bank = keep_questions(drafted, library, settings.import_folder, language)
        for question in drafted.questions if bank else ():
            print(f"  {question.text.into(language)}", file=sys.stderr)
        kept += len(drafted.questions)
    print(say("job.drafted", language, count=kept, model=llm.name), file=sys.stderr)
