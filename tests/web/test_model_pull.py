"""Where no fitting model runs on this machine, the page and the command line say how to get one, and have it pulled."""

import threading
from pathlib import Path

import pytest
from command_line import run
from misbehaving import Behaviour, Exchange, serving
from ollama_answers import DONE, GOOD, ollama

from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.llm.discovery import find_local_servers
from interviewer.sessions.grader_choice import GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.web import grader_settings
from interviewer.web.grader_settings import GraderActions
from interviewer.web.visit import Visit


def actions(folder: Path, *, is_private: bool = True) -> GraderActions:
    models = GraderRegistry(GraderOptions(is_private=is_private), lambda _: pytest.fail("no model is asked"), 1)
    return GraderActions(models, BankLibrary(None, folder))


def like_ollama(pulls: Behaviour, *names: str) -> Behaviour:
    def behaviour(exchange: Exchange) -> None:
        if exchange.path == "/api/pull":
            pulls(exchange)
        elif exchange.path == "/api/version":
            exchange.json(200, {"version": "0.9"})
        else:
            exchange.json(200, {"data": [{"id": name} for name in names]})

    return behaviour


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ports that are asked for servers."""
    asked: list[int] = []
    for module in ("interviewer.llm.discovery", "interviewer.web.grader_settings"):
        monkeypatch.setattr(f"{module}.find_local_servers", lambda: find_local_servers(asked))
    monkeypatch.setattr(grader_settings, "machine_memory", lambda: 16.0)
    return asked


def test_where_no_server_runs_the_page_says_how_to_get_one(tmp_path: Path, ports: list[int]) -> None:
    told = actions(tmp_path).find(Visit("me", Language.EN))
    for words in ("qwen3:8b fits this machine", "ollama pull qwen3:8b", "lms get", "llama-server -hf"):
        assert words in told.html
    assert not told.pulls
    assert "ollama pull" not in actions(tmp_path, is_private=False).find(Visit("me", Language.EN)).html


def test_where_no_server_runs_the_doctor_says_so_too(ports: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("doctor", "--language", "zh") == 1
    told = capsys.readouterr().err
    assert "没有找到模型服务" in told
    assert "ollama pull" in told
    assert "INTERVIEWER_BASE_URL" in told


@pytest.mark.parametrize("names, pulls", [((), "qwen3:8b"), (("llama3:8b",), "qwen3:8b"), (("qwen3:4b",), "")])
def test_a_model_is_offered_only_where_ollama_has_none_that_fits(
    names: tuple[str, ...], pulls: str, tmp_path: Path, ports: list[int]
) -> None:
    with serving(like_ollama(ollama(*GOOD, *DONE), *names)) as server:
        ports.append(server.port)
        told = actions(tmp_path).find(Visit("me", Language.EN))
    assert (told.pulls, told.models) == (pulls, names)


def test_the_page_has_a_model_pulled_and_chooses_it(tmp_path: Path, ports: list[int]) -> None:
    with serving(like_ollama(ollama(*GOOD, *DONE, pause=0.3))) as server:
        ports.append(server.port)
        told = list(actions(tmp_path).pull(Visit("me", Language.EN)))
    assert any(
        "qwen3:8b: pulling 8eeb52dfb3bb, 25 %" in one.html and 'data-stop="stop_check"' in one.html for one in told
    )
    assert "is there" in told[-1].html
    assert (told[-1].base_url, told[-1].models) == (server.url, ("qwen3:8b",))


@pytest.mark.parametrize(
    "pulls, why",
    [(ollama({"status": "pulling"}, {"error": "no such model"}), "no such model"), (ollama(*GOOD), "another try")],
)
def test_a_pull_that_fails_says_why_and_is_offered_again(
    pulls: Behaviour, why: str, tmp_path: Path, ports: list[int]
) -> None:
    with serving(like_ollama(pulls)) as server:
        ports.append(server.port)
        *_, last = actions(tmp_path).pull(Visit("me", Language.EN))
    assert why in last.html
    assert last.pulls == "qwen3:8b"


def test_a_pull_is_stopped_from_the_page(tmp_path: Path, ports: list[int]) -> None:
    serves = actions(tmp_path)
    with serving(like_ollama(ollama(*GOOD, pause=20))) as server:
        ports.append(server.port)
        threading.Timer(1.5, lambda: serves.models.stop_check("me")).start()
        *_, last = serves.pull(Visit("me", Language.EN))
    assert "stopped" in last.html


def test_strangers_have_nothing_pulled(tmp_path: Path, ports: list[int]) -> None:
    with serving(like_ollama(ollama(*GOOD, *DONE))) as server:
        ports.append(server.port)
        [told] = actions(tmp_path, is_private=False).pull(Visit("me", Language.EN))
        assert server.exchanges == []
    assert "No Ollama" in told.html


def test_the_command_pulls_a_model_and_says_what_it_does(ports: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    with serving(like_ollama(ollama(*GOOD, *DONE))) as server:
        assert run("doctor", "--pull", "qwen3:4b", "--base-url", server.url) == 0
        assert run("doctor", "--pull", "qwen3:4b") == 1  # none on the ports that are asked
    told = capsys.readouterr()
    assert "qwen3:4b is there" in told.out
    assert "qwen3:4b: pulling 8eeb52dfb3bb, 25 %" in told.err
    assert "no Ollama answers" in told.err
