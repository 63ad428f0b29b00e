"""Models and keys that visitors chose, encrypted in the database: known everywhere, lost by no restart, in clear nowhere."""

import logging
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from fakes import begun

from interviewer import wiring
from interviewer.domain.language import Language
from interviewer.errors import SettingsError
from interviewer.grading import CallShape, LLMGrader
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm import LLM
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.accounts import Accounts, Identity
from interviewer.sessions.grader_choice import GraderChoice, GraderOptions, GraderRequest
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.history_archive import export_history
from interviewer.sessions.job_queue import JobQueue
from interviewer.sessions.kept_choices import KeptChoices
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.sessions.tables import model_choices
from interviewer.settings import Settings

HERE, THERE = "http://127.0.0.1:1234/v1", "http://10.0.0.7:4321/v1"
SECRET = "sk-mine-of-all-people"
WANTED = GraderRequest(HERE, "m", SECRET, CallShape.PER_CRITERION, 3, "another")
OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
OPERATORS = GraderChoice(Endpoint(THERE, "paid", "sk-operator"))

Make = Callable[..., GraderRegistry]


def connect(endpoint: Endpoint) -> LLM:
    return ScriptedLLM(endpoint.key)


@pytest.fixture
def process(store: Store) -> Make:
    """Registries on one database: each call is like another process."""

    def make(keys: str = OLD, **offer: object) -> GraderRegistry:
        made = GraderRegistry(GraderOptions(**offer), connect, 2)  # type: ignore[arg-type]
        made.keep(KeptChoices(store.database, keys))
        return made

    return make


def until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def kept(store: Store) -> list[str]:
    with store.database.read() as connection:
        return list(connection.execute(sa.select(model_choices.c.body)).scalars())


def test_every_process_has_what_was_chosen_in_one_and_loses_it_when_it_is_taken_back(
    process: Make, store: Store
) -> None:
    here, there = process(), process()
    chosen = here.choose("me", WANTED)
    assert there.choice("me") == chosen
    assert chosen.endpoint
    assert chosen.endpoint.key == SECRET
    assert (there.address("me"), there.is_shared("me")) == (HERE, True)
    assert isinstance(there.grader("me"), LLMGrader)
    assert there.choice("you") == GraderChoice()
    assert there.choose("me", GraderRequest(HERE, "larger")).endpoint == Endpoint(HERE, "larger", SECRET)
    there.forget("me")
    assert (kept(store), here.choice("me")) == ([], GraderChoice())
    assert all(endpoint.key != SECRET for endpoint in here._models)


def test_who_wants_no_model_gets_that_of_the_settings_in_no_process(process: Make) -> None:
    process(default=OPERATORS).forget("me")
    assert process(default=OPERATORS).choice("me") == GraderChoice()
    assert process(default=OPERATORS).choice("you") == OPERATORS


def test_keys_can_be_changed_one_after_the_other(process: Make, store: Store) -> None:
    process(OLD).choose("me", WANTED)
    assert process(f"{NEW}, {OLD}").choice("me").endpoint
    assert process(NEW).choice("me").endpoint  # it was encrypted anew


def test_what_no_key_decrypts_is_said_and_asked_for_again_and_nothing_grades_in_its_place(
    process: Make, store: Store
) -> None:
    process().choose("me", WANTED)
    changed = process(OTHER, default=OPERATORS)
    service = SessionService(store, changed)
    session = service.begin("me", begun())
    session.answer("it is switched off")
    failure = session.run_due_and_wait().current.failure
    assert "not among those of this server" in failure
    assert SECRET not in failure
    problem = changed.choice("me").problem
    assert problem
    assert "重新选择模型" in problem.into(Language.ZH)
    assert process().choice("me").endpoint  # a process with a wrong key takes nothing away
    again = changed.choose("me", GraderRequest(HERE, "m")).endpoint
    assert again == Endpoint(HERE, "m", "")  # the key is to be entered anew
    assert process(OTHER).choice("me").endpoint == again
    service.close()


def test_what_the_operator_offers_no_more_is_not_used(process: Make) -> None:
    process(allowed=(HERE, THERE)).choose("me", WANTED)
    fewer = process(allowed=(THERE,))
    with pytest.raises(SettingsError, match="not on the list"):
        fewer.grader("me")
    assert fewer.llm_for("me") is None


def test_the_operators_own_key_is_not_kept_with_a_choice(process: Make) -> None:
    offer = {"default": OPERATORS, "is_private": False}
    process(**offer).choose("me", GraderRequest(THERE, "paid"))
    renewed = GraderChoice(Endpoint(THERE, "paid", "sk-renewed"))
    found = process(default=renewed, is_private=False).choice("me").endpoint
    assert found
    assert found.key == "sk-renewed"
    cheaper = GraderChoice(Endpoint(THERE, "cheap", "sk-renewed"))
    assert process(default=cheaper, is_private=False).choice("me").problem


def test_a_choice_comes_along_to_an_account_and_goes_with_it(process: Make, store: Store, tmp_path: Path) -> None:
    registry = process()
    registry.choose("browser", WANTED)
    accounts = Accounts(store.database)
    accounts.sign_in(Identity("https://id.example", "ada"), "elsewhere")
    assert accounts.sign_in(Identity("https://id.example", "ada"), "browser").owner == "elsewhere"
    assert registry.choice("elsewhere").endpoint
    registry.forget("elsewhere")
    registry.choose("elsewhere", WANTED)
    wiring.delete_person(Settings(data_dir=tmp_path), store, "elsewhere")
    assert kept(store) == []
    assert process().choice("elsewhere") == GraderChoice()


def test_no_key_is_in_clear_in_the_database_its_dump_an_export_an_error_or_a_log(
    process: Make, store: Store, url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    registry = process()
    registry.choose("me", WANTED)
    service = SessionService(store, registry)
    session = service.begin("me", begun())
    session.answer("it is switched off")
    session.run_due_and_wait()
    service.close()
    if url.startswith("sqlite"):
        store.database.empty_log()
        dump = "".join(path.read_bytes().decode("latin-1") for path in tmp_path.iterdir())
    else:
        at = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        dump = subprocess.run(["pg_dump", at], capture_output=True, text=True, check=True).stdout
    [body] = kept(store)
    assert body in dump
    texts = [dump, body, export_history(store, "me"), repr(WANTED), repr(registry.choice("me")), caplog.text]
    with pytest.raises(SettingsError) as refused:
        registry.choose("me", GraderRequest("http://[", "m", SECRET))
    assert all(SECRET not in text and OLD not in text for text in (*texts, str(refused.value)))


@pytest.mark.parametrize("keys", ["sk-not-a-key", f"{OLD},short", ","], ids=["no key", "one of two", "empty"])
def test_a_key_that_is_none_is_refused_without_being_told(store: Store, keys: str) -> None:
    with pytest.raises(SettingsError, match="no list of Fernet keys") as refused:
        KeptChoices(store.database, keys)
    assert "sk-not" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_worker_grades_with_the_model_that_was_chosen_at_the_page(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def grader_of(_: GraderRegistry, choice: GraderChoice) -> LexicalGrader:
        asked.append(choice.endpoint and choice.endpoint.key)
        return LexicalGrader()

    monkeypatch.setattr(GraderRegistry, "grader_of", grader_of)
    processes = []
    for _ in range(2):
        store, registry = Store(postgres_url), GraderRegistry(GraderOptions(default=OPERATORS), connect, 2)
        registry.keep(KeptChoices(store.database, OLD))
        processes.append((registry, SessionService(store, registry, jobs=JobQueue.of(store.database))))
    (chosen_here, page), (_, worker) = processes
    chosen_here.choose("me", WANTED)
    session = page.begin("me", begun())
    session.answer("it is switched off")
    session.run_due()
    assert session.interview().current.awaits_grade
    with page.store.database.read() as connection:
        jobs = connection.execute(sa.text("SELECT row_to_json(procrastinate_jobs)::text FROM procrastinate_jobs")).all()
    assert jobs
    assert SECRET not in str(jobs)
    worker.start_working(0.1)
    until(lambda: session.interview().current.grade)
    assert asked == [SECRET]
    for _, service in processes:
        service.close()
        service.store.close()


def test_without_the_setting_choices_stay_in_memory(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    registry = wiring.make_grader_registry(settings)
    service = wiring.make_service(settings, registry, is_served=True)
    registry.choose("me", WANTED)
    assert kept(service.store) == []
    assert not registry.options.keeps_choices
    kept_in = settings.model_copy(update={"secrets_key": OLD})
    wiring.make_service(kept_in, registry, is_served=True).close()
    assert registry.options.keeps_choices
    service.close()
