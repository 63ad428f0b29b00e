"""The tab that prepares for a job: nothing is kept unasked, what is drafted waits, and no markup gets through."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from job_model import QUESTION, job_llm

from interviewer.banks.job_description.gap_questions import BANK_ID
from interviewer.banks.loader import BankLibrary
from interviewer.domain.interview import Answered, Begun, Graded, Mode, Plan, Unprobed, replay
from interviewer.domain.language import Language
from interviewer.errors import DocumentError, LLMUnreachable
from interviewer.grading import CallShape
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm import Message
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.protocol import Reply
from interviewer.llm.scripted import Request, ScriptedLLM
from interviewer.presentation.card import card
from interviewer.sessions.grader_choice import GraderChoice, GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.web.background_task import WindowTask
from interviewer.web.import_handlers import Importer
from interviewer.web.job_preparation import JobPreparation, Prepared
from interviewer.web.uploads import Uploads
from interviewer.web.visit import Visit

DESCRIPTION = (Path(__file__).parent.parent / "banks" / "job_description" / "descriptions" / "en.md").read_text()


def preparation(folder: Path, llm: ScriptedLLM | None) -> JobPreparation:
    choice = GraderChoice(Endpoint("http://localhost:1/v1", "m", ""), CallShape.ONE_CALL) if llm else GraderChoice()
    models = GraderRegistry(GraderOptions(default=choice), lambda _: llm or pytest.fail("no model"), 1)
    banks = folder / "banks"
    return JobPreparation(Importer(BankLibrary(None, banks), models, Uploads(), banks), folder)


def mapped(job: JobPreparation, text: str = DESCRIPTION, *, keep: bool = False, resume: str = "") -> Prepared:
    return list(job.map(Visit("me", Language.EN), "w", text, resume, keep=keep))[-1]


def test_a_description_is_compared_without_a_model_and_nothing_is_written(tmp_path: Path) -> None:
    shown = mapped(preparation(tmp_path, None))
    assert "without a model" in shown.html
    assert "deep-learning/batchnorm-benefits" in shown.html
    assert "No question tests this" in shown.html
    assert not shown.may_draft
    assert not list(tmp_path.iterdir())


def test_a_model_gives_reasons_and_drafts_that_await_a_review(tmp_path: Path) -> None:
    job = preparation(tmp_path, job_llm())
    shown = mapped(job)
    assert "A good answer needs just that." in shown.html
    assert shown.may_draft
    assert not list(tmp_path.iterdir())
    told = [one.html for one in job.draft(Visit("me", Language.EN), "w")]
    assert any("Drafting questions … 1 / 1: Streaming" in html for html in told)
    assert "drafted by job-model" in told[-1]
    assert f'data-open="{BANK_ID}"' in told[-1]
    (own,) = job.importer.library.own_banks()
    assert [(question.text.en, question.awaits_review) for question in own.questions] == [(QUESTION, True)]
    assert BANK_ID not in [bank.id for bank in job.importer.library.banks()]
    assert all(DESCRIPTION[:40] not in path.read_text() for path in tmp_path.rglob("*.*") if path.is_file())


def test_the_model_of_a_public_page_is_not_asked_for_a_stranger(tmp_path: Path) -> None:
    model = job_llm()
    job = preparation(tmp_path, model)
    job.importer.models.open_to_strangers()
    shown = mapped(job)
    assert "without a model" in shown.html
    assert "Grader tab" not in shown.html, "there is nothing to choose for them"
    assert model.requests == []


def test_what_is_deleted_is_gone_for_every_window(tmp_path: Path) -> None:
    job = preparation(tmp_path, job_llm())
    mapped(job)
    job.importer.uploads.keep("me", "cv.txt", b"I know Adam", "other.resume")
    job.forget("me", "other", Language.EN)
    assert not job.maps
    assert job.importer.uploads.take("me", "other.resume") is None


def test_what_was_drafted_before_the_model_failed_is_shown_and_kept(tmp_path: Path) -> None:
    model = job_llm()
    job = preparation(tmp_path, model)
    mapped(job, DESCRIPTION + "\n* You write CUDA kernels.")
    answer, drafts = model.reply, iter([False, True])

    def failing(messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Reply:
        if '"existing"' in messages[-1].content and next(drafts):
            raise LLMUnreachable("gone")
        return answer(messages, schema=schema)

    model.reply = failing  # type: ignore[method-assign]
    shown = list(job.draft(Visit("me", Language.EN), "w"))[-1]
    assert "Questions drafted by job-model: 1" in shown.html
    assert "review-drafts" in shown.html


def test_an_accepted_draft_says_on_its_card_who_wrote_the_reference(tmp_path: Path) -> None:
    job = preparation(tmp_path, job_llm())
    mapped(job)
    list(job.draft(Visit("me", Language.EN), "w"))
    path = tmp_path / "banks" / f"{BANK_ID}.yaml"
    path.write_text(path.read_text().replace("    awaits_review: true\n", ""))
    bank = job.importer.library.bank(BANK_ID)
    question = bank.questions[0]
    begun = Begun(bank, Plan((question.id,), Mode.COACH, Language.EN))
    interview = replay([begun, Answered("No idea about groups."), Unprobed()])
    grade = LexicalGrader().grade(question, interview.current, Language.EN)
    graded = replay([begun, Answered("No idea about groups."), Unprobed(), Graded(question.id, 1, grade)])
    assert "drafted by job-model" in card(graded, graded.current, Language.EN)


def test_both_texts_are_kept_only_if_that_is_asked_for_and_deleted_at_once(tmp_path: Path) -> None:
    job = preparation(tmp_path, None)
    mapped(job, keep=True, resume="I know Adam.")
    assert job.kept("me") == (DESCRIPTION.strip(), "I know Adam.")
    assert job.kept("another") is None
    (path,) = (tmp_path / "jobs").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    job.forget("me", "w", Language.EN)
    assert job.kept("me") is None
    assert not list((tmp_path / "jobs").iterdir())
    assert "Compare the description" in list(job.draft(Visit("me", Language.EN), "w"))[-1].html, "the map is gone too"


def test_a_file_is_read_once_and_not_held(tmp_path: Path) -> None:
    job = preparation(tmp_path, None)
    job.importer.uploads.keep("me", "job.md", b"You know Adam.", "w.description")
    assert job.read("me", "w", "resume") is None
    assert job.read("me", "w", "description") == "You know Adam."
    assert job.read("me", "w", "description") is None
    job.importer.uploads.keep("me", "cv.pdf", b"no pdf", "w.resume")
    with pytest.raises(DocumentError):
        job.read("me", "w", "resume")


def test_no_markup_of_a_description_reaches_the_page(tmp_path: Path) -> None:
    shown = mapped(preparation(tmp_path, None), "You know Adam <script>alert(1)</script> and dropout.")
    assert "<script>" not in shown.html
    assert "&lt;script&gt;" in shown.html
    assert "no text" in mapped(preparation(tmp_path, None), " \n").html


def test_the_button_that_stops_it_frees_whoever_waits(tmp_path: Path) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow(_: Request) -> str:
        asked.set()
        go_on.wait(20)
        return "{}"

    job = preparation(tmp_path, ScriptedLLM(slow))
    shown = []
    for one in job.map(Visit("me", Language.EN), "w", DESCRIPTION, "", keep=False):
        shown.append(one.html)
        if len(shown) == 1:
            assert asked.wait(20)
            job.importer.tasks.stop("me", "w", WindowTask.IMPORT)
            assert not job.importer.tasks.running["me", "w", WindowTask.JOB].is_set(), "another tab was stopped"
            job.importer.tasks.stop("me", "w", WindowTask.JOB)
    go_on.set()
    assert "Stopped." in shown[-1]
    assert not job.importer.tasks.running
