import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from misbehaving import Exchange
from model_server import MODEL, Character, model_server

from interviewer import wiring
from interviewer.errors import SettingsError
from interviewer.grading import CallShape, LLMGrader
from interviewer.grading.lexical import LexicalGrader
from interviewer.llm import Message
from interviewer.llm.discovery import find_local_servers
from interviewer.llm.endpoints import Endpoint
from interviewer.sessions.grader_choice import GraderChoice, GraderOptions, GraderRequest
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.settings import read_settings

ONE = CallShape.ONE_CALL
HERE = "http://127.0.0.1:1234/v1"


def models(**offer: object) -> GraderRegistry:
    return GraderRegistry(GraderOptions(**offer), wiring._connect, 2)  # type: ignore[arg-type]


def test_without_a_choice_the_offline_grader_grades() -> None:
    assert isinstance(models().grader("me"), LexicalGrader)


def test_a_choice_is_its_owners_alone_and_can_be_taken_back() -> None:
    chosen = models()
    chosen.choose("me", GraderRequest("127.0.0.1:1234", "m", "sk-mine", ONE, 1))
    assert isinstance(chosen.grader("me"), LLMGrader)
    assert isinstance(chosen.grader("you"), LexicalGrader)
    chosen.forget("me")
    assert chosen.choice("me").endpoint is None


def test_other_processes_have_the_grader_of_the_settings_and_no_choice_that_was_made_here() -> None:
    chosen = models(default=GraderChoice(Endpoint(HERE, "m", "sk-operator")))
    assert chosen.is_shared("me")
    chosen.choose("me", GraderRequest(HERE, "another", "sk-mine", ONE, 1))
    assert not chosen.is_shared("me")
    assert chosen.is_shared("you")
    chosen.forget("me")
    assert not chosen.is_shared("me")  # who wants no model is graded by none elsewhere
    offline = models()
    offline.forget("me")
    assert offline.is_shared("me")


@pytest.mark.parametrize(
    "other, kept",
    [
        ("http://127.0.0.1:1234/v1/chat/completions", True),
        ("http://127.0.0.1:1234/other", True),
        ("http://127.0.0.1:4321/v1", False),
        ("https://127.0.0.1:1234/v1", False),
        ("http://localhost:1234/v1", False),
    ],
)
def test_a_key_belongs_to_scheme_host_and_port(other: str, kept: bool) -> None:
    chosen = models()
    chosen.choose("me", GraderRequest(HERE, "m", "sk-mine", ONE, 1))
    endpoint = chosen.choose("me", GraderRequest(other, "m", "", ONE, 1)).endpoint
    assert endpoint
    assert bool(endpoint.key) is kept


def test_nobody_gets_the_key_of_another() -> None:
    chosen = models()
    chosen.choose("me", GraderRequest(HERE, "m", "sk-mine", ONE, 1))
    endpoint = chosen.choose("you", GraderRequest(HERE, "m", "", ONE, 1)).endpoint
    assert endpoint
    assert endpoint.key == ""


def test_where_there_is_a_list_only_the_list_can_be_used() -> None:
    chosen = models(allowed=(HERE,))
    chosen.choose("me", GraderRequest("http://127.0.0.1:1234/", "m", "", ONE, 1))
    with pytest.raises(SettingsError, match="not on the list"):
        chosen.choose("me", GraderRequest("http://127.0.0.1:9999/v1", "m", "", ONE, 1))


def test_an_open_deployment_without_a_list_offers_only_its_own_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_HOST", "0.0.0.0")
    monkeypatch.setenv("INTERVIEWER_BASE_URL", HERE)
    monkeypatch.setenv("INTERVIEWER_MODEL", "m")
    monkeypatch.setenv("INTERVIEWER_API_KEY", "sk-operator")
    chosen = wiring.make_grader_registry(read_settings())
    with pytest.raises(SettingsError, match="not on the list"):
        chosen.choose("me", GraderRequest("http://10.0.0.7/v1", "m", "", ONE, 1))
    endpoint = chosen.choose("me", GraderRequest(HERE, "m", "", ONE, 1)).endpoint
    assert endpoint
    assert endpoint.key == "sk-operator"


@pytest.mark.parametrize("model, shape, votes", [("dear", ONE, 1), ("m", ONE, 3), ("m", CallShape.PER_CRITERION, 1)])
def test_a_stranger_spends_the_operators_key_on_the_operators_model_alone(
    monkeypatch: pytest.MonkeyPatch, model: str, shape: CallShape, votes: int
) -> None:
    monkeypatch.setenv("INTERVIEWER_BASE_URL", HERE)
    monkeypatch.setenv("INTERVIEWER_MODEL", "m")
    monkeypatch.setenv("INTERVIEWER_API_KEY", "sk-operator")
    chosen = wiring.make_grader_registry(read_settings())
    assert chosen.choose(
        "me", GraderRequest(HERE, model, "", shape, votes)
    ).endpoint  # whoever is at this machine is the operator
    chosen.forget("me")
    chosen.open_to_strangers()
    for asked in (chosen.choice_for, chosen.choose):
        with pytest.raises(SettingsError, match="enter a key of your own"):
            asked("me", GraderRequest(HERE, model, "", shape, votes))
    own = chosen.choose("me", GraderRequest(HERE, model, "sk-mine", shape, votes)).endpoint
    assert own
    assert own.key == "sk-mine"
    assert chosen.choose("me", GraderRequest(HERE, model, "", shape, votes)).endpoint == own


def test_no_key_stays_when_its_choice_has_gone() -> None:
    import gc

    from interviewer.llm.endpoints import Endpoint

    def kept() -> list[str]:
        gc.collect()
        return [one.key for one in gc.get_objects() if isinstance(one, Endpoint) and one.key.startswith("sk-gone")]

    chosen = models()
    for key in ("sk-gone-1", "sk-gone-2"):
        chosen.choose("me", GraderRequest(HERE, "m", key, ONE, 1))
        chosen.grader("me")
    assert set(kept()) == {"sk-gone-2"}
    tried = chosen.choice_for("me", GraderRequest(HERE, "n", "sk-gone-3", ONE, 1))
    chosen.grader_of(tried)
    chosen.forget("me")
    del tried
    assert kept() == []


def test_a_model_needs_a_name_and_a_usable_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="name a model"):
        models().choose("me", GraderRequest(HERE, " ", "", ONE, 1))
    with pytest.raises(SettingsError):
        models().choose("me", GraderRequest("http://169.254.169.254/v1", "m", "", ONE, 1))
    monkeypatch.setenv("INTERVIEWER_BASE_URL", HERE)
    with pytest.raises(SettingsError, match="INTERVIEWER_MODEL"):
        wiring.make_grader_registry(read_settings())


def test_no_more_than_so_many_requests_reach_an_endpoint_at_a_time() -> None:
    now, most, lock = [0], [0], threading.Lock()

    class Counting(Character):
        def __call__(self, exchange: object) -> None:
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            threading.Event().wait(0.05)
            with lock:
                now[0] -= 1
            exchange.say("hello")  # type: ignore[attr-defined]

    with model_server(Counting()) as server:
        chosen = models()
        endpoint = chosen.choice_for("me", GraderRequest(server.url, MODEL, "", ONE, 1)).endpoint
        assert endpoint
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(chosen.llm(endpoint).reply, [Message("user", "hi")]) for _ in range(8)]
            assert {one.result().text for one in asked} == {"hello"}
    assert most[0] == 2


def test_a_second_model_is_chosen_with_the_first_and_spends_no_key_of_the_operator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"BASE_URL": HERE, "MODEL": "m", "API_KEY": "sk-operator", "SECOND_MODEL": "n"}.items():
        monkeypatch.setenv(f"INTERVIEWER_{name}", value)
    chosen = wiring.make_grader_registry(read_settings())
    assert chosen.choose("me", GraderRequest(HERE, "m", "", ONE, 1)).second_model == "n"
    assert chosen.choose("me", GraderRequest(HERE, "m", "", ONE, 1, "")).second_model == ""
    assert chosen.choose("me", GraderRequest(HERE, "m", "", ONE, 1, " dear ")).second_model == "dear"
    second = chosen.second_grader("me")
    assert isinstance(second, LLMGrader)
    assert second.llm.name == "dear"
    chosen.open_to_strangers()
    for cheap in (None, "", "m", "n"):
        chosen.choose("you", GraderRequest(HERE, "m", "", ONE, 1, cheap))
    with pytest.raises(SettingsError):
        chosen.choose("you", GraderRequest(HERE, "m", "", ONE, 1, "dear"))


class Overlapping(Character):
    """Notes the most requests that were under way at a time."""

    lock, now, most = threading.Lock(), 0, 0

    def __call__(self, exchange: Exchange) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.3)
        exchange.say("yes")
        with self.lock:
            self.now -= 1


@pytest.mark.parametrize("kind, most", [("llamacpppython", 1), ("vllm", 2)])
def test_a_server_that_breaks_off_for_the_next_request_is_asked_one_at_a_time(kind: str, most: int) -> None:
    character = Overlapping()
    with model_server(character) as server, ThreadPoolExecutor(2) as pool:
        llm = models().llm(Endpoint(server.url, MODEL, kind=kind))
        replies = list(pool.map(lambda _: llm.reply([Message("user", "?")]).text, range(4)))
    assert replies == ["yes"] * 4
    assert character.most == most


class Searched:
    """A llama-cpp-python server whose first answer to a search for servers is late."""

    def __init__(self) -> None:
        self.searching, self.replied = threading.Event(), threading.Event()

    def __call__(self, exchange: Exchange) -> None:
        if exchange.method == "POST":
            self.replied.set()
            exchange.say("yes")
        elif exchange.path.endswith("/v1/models"):
            exchange.json(200, {"data": [{"id": MODEL, "owned_by": "me"}]})
        else:
            if not self.searching.is_set():
                self.searching.set()
                self.replied.wait(0.4)
            exchange.json(404, {})


def test_a_first_reply_is_asked_for_when_a_search_that_began_before_is_done() -> None:
    character = Searched()
    with model_server(character) as server, ThreadPoolExecutor(1) as pool:
        search = pool.submit(find_local_servers, [server.port])
        assert character.searching.wait(10)
        llm = models().llm(Endpoint(server.url.replace("127.0.0.1", "localhost"), MODEL))
        assert llm.reply([Message("user", "?")]).text == "yes"
        search.result()
    assert [exchange.method for exchange in server.exchanges].index("POST") == len(server.exchanges) - 1
