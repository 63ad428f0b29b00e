"""The list of questions shows the answer that was given last, with its card, and no grade before its time."""

from pathlib import Path

import pytest
from fakes import begun
from starlette.testclient import TestClient

from interviewer.domain.interview import Mode
from interviewer.domain.language import Language
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.service import SessionService
from interviewer.settings import read_settings
from interviewer.web.last_answers import last_answer_page
from interviewer.web.server import make_app

DROPOUT = QuestionName("small", "dropout")


def answered(service: SessionService, text: str, mode: Mode = Mode.COACH) -> str:
    session = service.begin("me", begun(mode))
    session.answer(text)
    session.run_due_and_wait()
    return session.id


def test_the_last_answer_is_shown_with_its_card(service: SessionService) -> None:
    answered(service, "it is on")
    last = answered(service, "it is switched off <b>now</b>")
    page = last_answer_page(service, "me", DROPOUT, Language.EN)
    assert "it is on" not in page
    assert 'class="card"' in page
    assert "<b>now" not in page
    assert f"?interview={last}" in page
    assert "Regrade" not in page
    assert "no answer of yours" in last_answer_page(service, "you", DROPOUT, Language.EN)
    assert "没有" in last_answer_page(service, "me", QuestionName("small", "ghost"), Language.ZH)


def test_before_the_end_of_interview_mode_the_answer_is_shown_without_a_grade(service: SessionService) -> None:
    answered(service, "it is switched off", Mode.INTERVIEW)
    page = last_answer_page(service, "me", DROPOUT, Language.EN)
    assert "it is switched off" in page
    assert 'class="card"' not in page
    assert "<mark" not in page


@pytest.mark.parametrize("name, status", [("small/dropout", 200), ("没有/没有", 200), ("small", 404), ("a/b/c", 404)])
def test_the_route_is_open_for_names_of_questions(tmp_path: Path, name: str, status: int) -> None:
    client = TestClient(make_app(read_settings(data_dir=tmp_path)), base_url="http://127.0.0.1:7860")
    client.get("/")
    answer = client.get(f"/last-answer/{name}", params={"lang": "en"})
    assert answer.status_code == status
    assert ("no answer of yours" in answer.text) is (status == 200)
