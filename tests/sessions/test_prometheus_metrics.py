"""What Prometheus is told, and what it is not."""

import socket
import subprocess
import sys

import httpx2
import pytest
from fakes import BANK, Broken, FlakyGrader, GradeAs, Only, begun, grade

from interviewer import wiring
from interviewer.domain.grade import Level
from interviewer.errors import LLMRefused, SettingsError
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.protocol import Reply, Usage
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.prometheus_metrics import Metrics
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.settings import read_settings

SERVER = "http://models.example:8000/v1"
HOST = "models.example:8000"
SAID = "it is switched off, says somebody"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def metrics() -> Metrics:
    return Metrics("127.0.0.1", free_port())


def measured(store: Store, metrics: Metrics, grader: object, server: str = SERVER) -> SessionService:
    store.observe = metrics.recorded
    return SessionService(store, Only(grader, server=server), time_grading=metrics.grading)  # type: ignore[arg-type]


def test_turns_and_gradings_are_counted_by_kind_and_host(store: Store, metrics: Metrics) -> None:
    grader = GradeAs(lambda question, attempt: grade(attempt, question, off=Level.MET))
    session = measured(store, metrics, grader).begin("me", begun())
    session.answer(SAID)
    session.run_due_and_wait()
    told = metrics.registry.get_sample_value
    for kind in ("Begun", "Answered", "Graded"):
        assert told("interviewer_events_recorded_total", {"kind": kind}) == 1
    assert told("interviewer_grading_seconds_count", {"host": HOST}) == 1
    assert told("interviewer_grading_failures_total", {"host": HOST, "error": "Broken"}) is None


def test_failures_are_counted_by_kind_of_error(store: Store, metrics: Metrics) -> None:
    session = measured(store, metrics, FlakyGrader(failures=1), server="").begin("me", begun())
    session.answer(SAID)
    session.run_due_and_wait()
    labels = {"host": "offline", "error": Broken.__name__}
    assert metrics.registry.get_sample_value("interviewer_grading_failures_total", labels) == 1


def test_calls_tokens_and_their_failures_are_counted(metrics: Metrics) -> None:
    said = [Reply("{}", usage=Usage(7, 3)), Reply("{}", usage=Usage(1)), LLMRefused("no")]
    llm = metrics.connecting(lambda _: ScriptedLLM(said))(Endpoint(SERVER, "m"))
    assert llm.reply([]).text == "{}"
    assert [piece.text for piece in llm.stream([])] == ["{}", ""]
    with pytest.raises(LLMRefused):
        llm.reply([])
    told = metrics.registry.get_sample_value
    assert told("interviewer_model_tokens_total", {"host": llm.host, "direction": "in"}) == 8
    assert told("interviewer_model_tokens_total", {"host": llm.host, "direction": "out"}) == 3
    assert told("interviewer_model_call_seconds_count", {"host": llm.host}) == 3
    assert told("interviewer_model_call_failures_total", {"host": llm.host, "error": "LLMRefused"}) == 1


def test_they_are_served_at_an_address_of_their_own_with_the_work_that_is_due_and_without_content(
    store: Store, metrics: Metrics
) -> None:
    session = measured(store, metrics, FlakyGrader()).begin("an-owner", begun())
    session.answer(SAID)
    close, port = metrics.serve(store.database), metrics._port
    try:
        with pytest.raises(SettingsError, match=f"metrics cannot be served on 127.0.0.1:{port}"):
            Metrics("127.0.0.1", port).serve(store.database)
        told = httpx2.get(f"http://127.0.0.1:{port}/metrics").text
        assert "interviewer_effects_due 1.0" in told
        session.run_due_and_wait()
        assert "interviewer_effects_due 0.0" in httpx2.get(f"http://127.0.0.1:{port}/metrics").text
        assert not any(word in told for word in (SAID, "an-owner", session.id, BANK.id, "dropout"))
    finally:
        close()


def test_a_database_that_is_away_takes_only_the_queues_figure_with_it(store: Store, metrics: Metrics) -> None:
    with store.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE overviews")
    close = metrics.serve(store.database)
    try:
        told = httpx2.get(f"http://127.0.0.1:{metrics._port}/metrics")
        assert told.status_code == 200
        assert "\ninterviewer_effects_due " not in told.text
    finally:
        close()


def test_where_they_are_off_the_package_is_not_imported() -> None:
    script = "import sys; import interviewer.web.server, interviewer.cli; from interviewer import wiring"
    script += "; from interviewer.settings import read_settings; s = read_settings()"
    script += "; wiring.make_service(s, is_served=True, metrics=wiring.make_metrics(s))"
    script += "; assert 'prometheus_client' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_without_the_package_the_setting_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    monkeypatch.delitem(sys.modules, "interviewer.sessions.prometheus_metrics")
    with pytest.raises(SettingsError, match=r"mock-interviewer\[server\]"):
        wiring.make_metrics(read_settings(metrics_port=9464))
