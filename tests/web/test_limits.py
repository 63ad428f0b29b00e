"""What somebody at the page is told when a limit is reached, and what becomes of what they typed."""

from pathlib import Path

import pytest
from fakes import GradeAs, Only, begun, grade
from misbehaving import Exchange
from model_server import MODEL, Character, model_server

from interviewer import wiring
from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.sessions.grader_choice import GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.service import SessionService
from interviewer.sessions.store import Store
from interviewer.sessions.usage_limits import RateLimit, UsageLimits
from interviewer.settings import read_settings
from interviewer.web.badge import Badges
from interviewer.web.grader_settings import GraderActions
from interviewer.web.handlers import PageHandlers
from interviewer.web.practice import PracticeHandlers
from interviewer.web.visit import Visit

SERVER = "http://model.example/v1"
NONE = RateLimit(0, 1.0)


def page_of(store: Store, answers: RateLimit = NONE, calls: RateLimit = NONE) -> PageHandlers:
    source = Only(GradeAs(lambda question, attempt: grade(attempt, question)), server=SERVER)
    service = SessionService(store, source, limits=UsageLimits(store.database, answers, calls))
    graders = GraderRegistry(GraderOptions(), lambda _: None, 1)  # type: ignore[arg-type,return-value]
    library = BankLibrary()
    return PageHandlers(service, library, graders, Badges(graders, dict), PracticeHandlers(store, library))


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(f"sqlite:///{tmp_path_factory.mktemp('limits') / 'a.sqlite3'}")


@pytest.mark.parametrize("language, told", [(Language.EN, "in 60 seconds"), (Language.ZH, "60 秒")])
def test_an_answer_that_comes_too_soon_stays_in_the_box_with_the_time_to_wait(
    store: Store, language: Language, told: str
) -> None:
    page = page_of(store, answers=RateLimit(1, 60.0, now=lambda: 0.0))
    session = page.service.begin("me", begun())
    shown = page.answer(Visit("me", language), session.id, session.interview().place, "it is switched off")
    assert told in shown.notice
    assert not shown.clear
    assert shown.may_answer
    assert not session.interview().current.is_answered


def test_an_answer_whose_grading_is_refused_is_recorded_and_can_be_graded_again(store: Store) -> None:
    page = page_of(store, calls=RateLimit(1, 3600.0))
    for _ in range(2):
        session = page.service.begin("me", begun())
        assert page.answer(Visit("me", Language.EN), session.id, session.interview().place, "it is switched off").clear
        session.run_due_and_wait()
    shown = page.look(Visit("me", Language.EN), session.id)
    assert "your answers are recorded, and it can grade them then" in shown.card
    assert shown.has_failures
    assert shown.is_reviewing


@pytest.mark.parametrize("address, graded", [("https://interview.example", 2), ("", 6)], ids=["strangers", "private"])
def test_a_grader_test_by_strangers_counts_among_their_calls(tmp_path: Path, address: str, graded: int) -> None:
    character, asked = Character(), []

    def counted(exchange: Exchange) -> None:
        asked.append(exchange.path)
        character(exchange)

    with model_server(counted) as server:
        settings = read_settings(
            data_dir=tmp_path, root_path=address, base_url=server.url, model=MODEL, model_calls_per_hour=2
        )
        graders = wiring.make_grader_registry(settings)
        wiring.make_service(settings, graders, is_served=True)
        form = (server.url, "", MODEL, "one_call", 1)
        *_, last = GraderActions(graders, BankLibrary()).test(Visit("me", Language.EN), *form)
    assert len([path for path in asked if path.endswith("/chat/completions")]) == graded
    assert ("2 times within an hour" in last.html) is bool(address)
