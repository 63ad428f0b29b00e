"""Settings made into parts: the only module that knows every class."""

import logging
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from interviewer import grading
from interviewer.banks.job_description.kept_job import forget_job
from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.domain.rubric import Question
from interviewer.errors import SettingsError
from interviewer.evaluation.kept_checks import KeptChecks
from interviewer.evaluation.measurements import MeasurementSource, read_measurements
from interviewer.grading import CallShape, example_statements, lexical
from interviewer.grading.protocol import Grader
from interviewer.llm import LLM
from interviewer.llm.discovery import KNOWN
from interviewer.llm.endpoints import Endpoint, normalize_base_url
from interviewer.llm.recorded import RecordedLLM
from interviewer.sessions import retention
from interviewer.sessions.compilations import Compilation, Compilations
from interviewer.sessions.database import Database
from interviewer.sessions.grader_choice import GraderChoice, GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.grading_batches import GradingBatches
from interviewer.sessions.job_queue import JobQueue
from interviewer.sessions.kept_choices import KeptChoices, has_kept_choices
from interviewer.sessions.permissions import Access
from interviewer.sessions.removal import forget_owner
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.sessions.stored_banks import StoredBanks
from interviewer.sessions.usage_limits import RateLimit, UsageLimits
from interviewer.settings import Settings, configure_logging, shipped
from interviewer.text import glossary
from interviewer.text.messages import say

if TYPE_CHECKING:
    from interviewer.evaluation.runner import Compile
    from interviewer.llm.speech import Speech
    from interviewer.sessions.prometheus_metrics import Metrics

_log = logging.getLogger(__name__)

# The name of the files with what is known of graders: one is shipped with the banks, one is in the data folder.
MEASURED = "measured.jsonl"


def _extend_grading_data(settings: Settings) -> None:
    """What the offline grader knows beyond what is shipped, for the whole process. Raises BankError for the glossary."""
    glossary.extend(settings.glossary)
    example_statements.extend(filter(None, (settings.banks_dir, settings.data_dir / "banks")))


def make_library(settings: Settings, access: Access | None = None, store: Store | None = None) -> BankLibrary:
    """The banks of the folders; where people sign in, with `access`, those that they save are in the database instead."""
    _extend_grading_data(settings)
    shelves = StoredBanks(store, access) if store and access else None
    return BankLibrary(settings.banks_dir, settings.data_dir / "banks", shelves)


def known_measurements(settings: Settings) -> MeasurementSource:
    """What is known of graders by now, by grader and rubrics; what was measured here comes before what was shipped."""
    paths = (shipped("rubrics") / MEASURED, settings.data_folder / MEASURED)
    return lambda: read_measurements(paths)


def make_service(
    settings: Settings,
    graders: GraderRegistry | None = None,
    *,
    is_served: bool = False,
    metrics: "Metrics | None" = None,
) -> SessionService:
    """The parts that play interviews, with these graders or the one that the settings name.

    Where it `is_served` to visitors, what needs a model is left to any process that works for this database, if that has
    a queue; what each visitor may use has limits, and what is too old is deleted.
    """
    registry = graders or make_grader_registry(settings)
    store = Store(settings.database, connections=settings.database_connections)
    jobs, limits, keep_house = None, None, None
    if is_served:
        jobs = JobQueue.of(store.database)
        answers, calls = (
            RateLimit(most, seconds, is_off=lambda: registry.options.is_private)
            for most, seconds in ((settings.answers_per_minute, 60.0), (settings.model_calls_per_hour, 3600.0))
        )
        if settings.secrets_key:
            registry.keep(KeptChoices(store.database, settings.secrets_key))
        elif has_kept_choices(store.database):
            _log.warning("INTERVIEWER_SECRETS_KEY is not set here, but another process keeps visitors' models with it")
        limits = registry.limits = UsageLimits(store.database, answers, calls, settings.daily_tokens)
        keep_house = partial(retention.keep_house, store, settings.retention_days, settings.data_folder)
    if metrics:
        store.observe = metrics.recorded
    time_grading = metrics.grading if metrics else nullcontext
    service = SessionService(
        store,
        registry,
        threads=settings.grading_threads,
        follow_up_seconds=settings.follow_up_seconds,
        jobs=jobs,
        limits=limits,
        keep_house=keep_house,
        time_grading=time_grading,
    )
    if jobs:
        service.batches = make_batches(store.database, settings, registry, time_grading)
    return service


def make_batches(
    database: Database,
    settings: Settings,
    graders: GraderRegistry | None = None,
    time_grading: Callable[[str], AbstractContextManager[object]] = nullcontext,
) -> GradingBatches:
    """Answers that any worker grades. Raises SettingsError where the database has no queue."""
    from interviewer.evaluation.batch_grading import grade_row

    jobs, registry = JobQueue.required(database), graders or make_grader_registry(settings)
    return GradingBatches(database, jobs, registry, batch_identity(settings), grade_row, time_grading)


def add_compilations(
    service: SessionService, settings: Settings, graders: GraderRegistry, library: BankLibrary
) -> None:
    """Let the service have lists of questions compiled by a model: this process, or any that works for its database."""
    jobs = JobQueue.of(service.store.database)
    folder = settings.import_folder if settings.is_for_this_machine else None

    def compiled(one: Compilation, llm: LLM, threads: int, told: Callable[[int, int], None]) -> str:
        from interviewer.banks.importing import kept_preview, pipeline

        shown = pipeline.preview(
            one.name,
            one.list,
            library=library.of(one.owner),
            folder=folder,
            title=one.title,
            llm=llm,
            references=one.most_references,
            threads=threads,
            told=told,
        )
        return kept_preview.preview_to_json(shown)

    service.compilations = Compilations(service.store.database, graders, compiled, jobs)


def delete_person(settings: Settings, store: Store, owner: str) -> int:
    """Delete everything that any room keeps of a person; give the number of interviews."""
    count = forget_owner(store, owner, settings.data_folder)
    forget_job(settings.data_folder, owner)
    return count


def make_metrics(settings: Settings) -> "Metrics | None":
    """What counts for Prometheus, if the settings ask for it. Raises SettingsError where its package is not installed."""
    if settings.metrics_port is None:
        return None
    try:
        from interviewer.sessions.prometheus_metrics import Metrics
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"INTERVIEWER_METRICS_PORT needs the package {error.name}: pip install 'mock-interviewer[server]'"
        ) from error
    return Metrics(settings.metrics_host, settings.metrics_port)


def make_grader_registry(settings: Settings, metrics: "Metrics | None" = None) -> GraderRegistry:
    """The model of the settings, and what the people at the page may choose instead.

    Any address may be entered only where the server is for this machine alone; else a stranger could use it to look
    around in the network it stands in.
    """
    configure_logging(settings)
    _extend_grading_data(settings)
    default = GraderChoice(
        shape=CallShape(settings.call_shape), votes=settings.votes, second_model=settings.second_model
    )
    if settings.base_url:
        if not settings.model:
            raise SettingsError("INTERVIEWER_BASE_URL is set without INTERVIEWER_MODEL: name the model")
        endpoint = Endpoint(
            settings.base_url,
            settings.model,
            settings.api_key,
            temperature=settings.temperature,
            max_tokens=settings.max_tokens,
        )
        default = replace(default, endpoint=endpoint)
    allowed = tuple(normalize_base_url(url) for url in settings.endpoints.split(",") if url.strip())
    options = GraderOptions(
        default, allowed, settings.is_for_this_machine, max_tokens=settings.max_tokens, remarks=settings.remarks
    )
    checks = KeptChecks(settings.data_dir / "grader_checks.json")
    connect = metrics.connecting(_connect) if metrics else _connect
    return GraderRegistry(options, connect, settings.model_concurrency, checks)


def _connect(endpoint: Endpoint) -> LLM:
    from interviewer.llm.client import OpenAICompatible

    return OpenAICompatible(endpoint, recall=KNOWN.recall)


def make_speech(settings: Settings) -> "Speech | None":
    """The speech server of the settings, or None. Raises SettingsError if they name a server or a model alone."""
    if bool(settings.speech_base_url) is not bool(settings.speech_model or settings.speech_voice_model):
        raise SettingsError(
            "INTERVIEWER_SPEECH_BASE_URL and a model of it go together: set INTERVIEWER_SPEECH_MODEL,"
            " INTERVIEWER_SPEECH_VOICE_MODEL or both"
        )
    if not settings.speech_base_url:
        return None
    from interviewer.llm.speech import Speech

    server = Endpoint(settings.speech_base_url, key=settings.speech_api_key)
    names = [name.strip() for name in settings.speech_voice.split(",")]
    return Speech(
        replace(server, model=settings.speech_model) if settings.speech_model else None,
        replace(server, model=settings.speech_voice_model) if settings.speech_voice_model else None,
        {Language.ZH: names[0], Language.EN: names[-1]},
        concurrency=settings.model_concurrency,
    )


def make_llm(settings: Settings) -> LLM:
    """The model of the settings. Raises SettingsError if they name none."""
    models = make_grader_registry(settings)
    if models.options.default.endpoint is None:
        raise SettingsError("no model to ask: set INTERVIEWER_BASE_URL and INTERVIEWER_MODEL")
    return models.llm(models.options.default.endpoint)


def make_drafter(settings: Settings) -> LLM:
    """The model of the settings, its replies kept: an import that was stopped, or only looked at, asks for none twice."""
    return RecordedLLM(_drafts(settings), make_llm(settings))


def forget_drafts(settings: Settings) -> None:
    """Drop the replies that `make_drafter` kept, when the bank that they became is saved."""
    shutil.rmtree(_drafts(settings), ignore_errors=True)


def _drafts(settings: Settings) -> Path:
    return settings.data_folder / "drafts"


def make_compiler(settings: Settings, told: Callable[[str], None] = print) -> "Compile":
    """Rubrics drafted by the model of the settings; `told` hears of each that had to be made offline."""
    from interviewer.banks.importing.rubric_from_llm import draft_all

    llm = make_drafter(settings)

    def compiled(pairs: Sequence[tuple[str, str]]) -> list[Question]:
        drafts = draft_all(llm, pairs, Language.EN, settings.model_concurrency)
        for (text, _), one in zip(pairs, drafts, strict=True):
            if one.failure:
                told(say("draft.failed", Language.EN, question=" ".join(text.split())[:60], why=one.failure))
        return [one.question for one in drafts]

    return compiled


def make_grader(name: str, settings: Settings) -> Grader:
    """The grader of this name: `lexical` (or `coverage`, as it was called), or `llm` for the model of the settings."""
    return make_grader_registry(settings).grader_of(make_choice(settings) if name == "llm" else GraderChoice())


def make_choice(settings: Settings) -> GraderChoice:
    """The model of the settings. Raises SettingsError if they name none."""
    choice = make_grader_registry(settings).options.default
    if choice.endpoint is None:
        raise SettingsError("no model to grade with: set INTERVIEWER_BASE_URL and INTERVIEWER_MODEL")
    return choice


def grader_identity(name: str, settings: Settings) -> str:
    """What distinguishes this grader from others: a grade that was kept under another identity is not its own."""
    if name != "llm":
        return lexical.version()
    model = f"{settings.model} {settings.base_url} {settings.call_shape} {settings.votes} {settings.temperature}"
    return f"{grading.VERSION} {model} {grading.prompts_digest()}"


def batch_identity(settings: Settings) -> str:
    """What distinguishes the model of the settings where many processes have it, however each writes its address."""
    address = settings.base_url and normalize_base_url(settings.base_url)
    return grader_identity("llm", settings.model_copy(update={"base_url": address}))
