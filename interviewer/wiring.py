"""Settings made into parts: the only module that knows every class."""

import random
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from interviewer import coverage, glossary, grading
from interviewer.codec import history_to_json
from interviewer.errors import OutOfTurn, SettingsError
from interviewer.grade import Grade
from interviewer.grading import Shape
from interviewer.interview import Begun, Graded, Mode, Order, Plan, Ungraded, replay, shows_grades
from interviewer.library import Library, shipped
from interviewer.llm import LLM
from interviewer.llm.endpoints import Endpoint, normalize_base_url
from interviewer.llm.recorded import RecordedLLM
from interviewer.measured import Known, in_words, read_measured, told_of
from interviewer.models import Choice, Models, Offer
from interviewer.rubric import Bank, Language, Question
from interviewer.session import Grader, Stage
from interviewer.settings import Settings
from interviewer.store import Recorded, Store
from interviewer.transcript import Transcript, to_html, to_markdown, to_summary
from interviewer.words import say

if TYPE_CHECKING:
    from interviewer.evaluation import Compile

# The owner of what is played in the terminal.
LOCAL_OWNER = "local"

# The name of the files with what is known of graders: one is shipped with the banks, one is in the data folder.
MEASURED = "measured.jsonl"


def make_library(settings: Settings) -> Library:
    glossary.extend(settings.glossary)
    return Library(settings.banks_dir, settings.data_dir / "banks")


def known_measurements(settings: Settings) -> Known:
    """What is known of graders by now, by grader and rubrics; what was measured here comes before what was shipped."""
    paths = (shipped("rubrics") / MEASURED, settings.data_folder / MEASURED)
    return lambda: read_measured(paths)


def make_stage(settings: Settings) -> Stage:
    """The parts that play interviews, with the grader that the settings name."""
    pool = ThreadPoolExecutor(settings.grading_threads, thread_name_prefix="grading")
    models = make_models(settings)
    default = models.offer.default
    llm = models.llm(default.endpoint) if default.endpoint else None
    return Stage(Store(settings.database), models.grader_of(default), pool, llm)


def make_models(settings: Settings) -> Models:
    """The model of the settings, and what the people at the page may choose instead.

    Any address may be entered only where the server is for this machine alone; else a stranger could use it to look
    around in the network it stands in.
    """
    glossary.extend(settings.glossary)
    default = Choice(shape=Shape(settings.call_shape), votes=settings.votes)
    if settings.base_url:
        if not settings.model:
            raise SettingsError("INTERVIEWER_BASE_URL is set without INTERVIEWER_MODEL: name the model")
        endpoint = Endpoint(settings.base_url, settings.model, settings.api_key, temperature=settings.temperature)
        default = replace(default, endpoint=endpoint)
    allowed = tuple(normalize_base_url(url) for url in settings.endpoints.split(",") if url.strip())
    return Models(Offer(default, allowed, settings.is_for_this_machine), _connect, settings.model_concurrency)


def _connect(endpoint: Endpoint) -> LLM:
    from interviewer.llm.openai import OpenAICompatible

    return OpenAICompatible(endpoint)


def make_llm(settings: Settings) -> LLM:
    """The model of the settings. Raises SettingsError if they name none."""
    models = make_models(settings)
    if models.offer.default.endpoint is None:
        raise SettingsError("no model to ask: set INTERVIEWER_BASE_URL and INTERVIEWER_MODEL")
    return models.llm(models.offer.default.endpoint)


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
    from interviewer.drafting import draft_all

    llm = make_drafter(settings)

    def compiled(pairs: Sequence[tuple[str, str]]) -> list[Question]:
        drafts = draft_all(llm, pairs, Language.EN, settings.model_concurrency)
        for (text, _), one in zip(pairs, drafts, strict=True):
            if one.failure:
                told(say("draft.failed", Language.EN, question=" ".join(text.split())[:60], why=one.failure))
        return [one.question for one in drafts]

    return compiled


def make_grader(name: str, settings: Settings) -> Grader:
    """The grader of this name: `coverage`, or `llm` for the model of the settings."""
    return make_models(settings).grader_of(Choice() if name == "coverage" else make_choice(settings))


def make_choice(settings: Settings) -> Choice:
    """The model of the settings. Raises SettingsError if they name none."""
    choice = make_models(settings).offer.default
    if choice.endpoint is None:
        raise SettingsError("no model to grade with: set INTERVIEWER_BASE_URL and INTERVIEWER_MODEL")
    return choice


def grader_identity(name: str, settings: Settings) -> str:
    """What distinguishes this grader from others: a grade that was kept under another identity is not its own."""
    if name == "coverage":
        return coverage.version()
    model = f"{settings.model} {settings.base_url} {settings.call_shape} {settings.votes} {settings.temperature}"
    return f"{grading.VERSION} {model} {grading.prompts_digest()}"


def make_plan(
    bank: Bank,
    *,
    topics: Sequence[str] = (),
    count: int | None = None,
    order: Order = Order.BANK,
    seed: int | None = None,
    mode: Mode = Mode.COACH,
    language: Language | None = None,
    probes: bool | None = None,
    hints: bool = True,
) -> Begun:
    """The first event of an interview on this bank; `count` None asks all, and a seed None is drawn."""
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    chosen = [question for question in bank.questions if not topics or question.topic in topics]
    chosen = _ordered(chosen, order, seed)[:count]
    ask_back = mode is Mode.INTERVIEW if probes is None else probes
    plan = Plan(
        questions=tuple(question.id for question in chosen),
        mode=mode,
        language=language or bank.language,
        order=order,
        seed=seed,
        topics=tuple(topics),
        probes=int(ask_back),
        hints=hints,
    )
    return Begun(bank, plan)


def export(interview: str, history: Sequence[Recorded], kind: str, language: Language | None, known: Known) -> str:
    """A transcript as `md`, `html` or `json`, in the given language or that of its questions.

    What is `known` of its graders stands beside the scores.
    """
    played = replay(recorded.event for recorded in history)
    if not shows_grades(played):
        if kind == "json":
            raise OutOfTurn("the JSON holds the model answers, so it is there when the interview is over")
        # The wall between the modes holds in files too: before the end no format gives a grade away.
        history = [recorded for recorded in history if not isinstance(recorded.event, Graded | Ungraded)]
        played = replay(recorded.event for recorded in history)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    spoken = language or played.plan.language
    told = told_of(known, played.bank)

    def badge(grade: Grade) -> str:
        return in_words(told(grade), spoken, is_estimate=grade.is_estimate)

    transcript = Transcript(interview, played, history[0].at, now, len(history), badge)
    if kind == "json":
        return history_to_json([(recorded.event, recorded.at) for recorded in history], to_summary(transcript))
    return {"md": to_markdown, "html": to_html}[kind](transcript, spoken)


def _ordered(questions: list[Question], order: Order, seed: int) -> list[Question]:
    if order is Order.SHUFFLED:
        return random.Random(seed).sample(questions, len(questions))  # noqa: S311 - an order, not a secret
    if order is Order.EASY_FIRST:
        return sorted(questions, key=lambda question: question.difficulty)
    return questions
