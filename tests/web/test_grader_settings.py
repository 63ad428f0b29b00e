"""What the grader tab does, without the page."""

from collections.abc import Iterator

import pytest
from model_server import MODEL, Character, model_server

from interviewer import wiring
from interviewer.banks.loader import Library
from interviewer.domain.rubric import Language
from interviewer.settings import read_settings
from interviewer.web.grader_settings import Clinic, Form, Told

ME = "me"


@pytest.fixture
def clinic() -> Iterator[Clinic]:
    models = wiring.make_grader_registry(read_settings())
    yield Clinic(models, Library())
    models.close()


def form(url: str, model: str = MODEL) -> Form:
    return Form(url, "", model, "one_call", 1)


def run_test(clinic: Clinic, wish: Form) -> Told:
    *_, last = clinic.test(ME, wish, Language.EN)
    return last


def test_a_model_that_failed_its_test_is_used_only_if_that_is_asked_for_again(clinic: Clinic) -> None:
    with model_server(Character(writes_prose=True)) as server:
        wish = form(server.url)
        run_test(clinic, wish)
        told = clinic.use(ME, wish, Language.EN)
        assert told.asks
        assert "Use it all the same" in told.html
        assert "does not keep to the form" in told.html
        assert clinic.models.choice(ME).endpoint is None
        again = clinic.use_anyway(ME, wish, Language.EN)
        assert not again.asks
        assert clinic.models.choice(ME).title.startswith(MODEL)


def test_a_model_that_passed_or_was_not_tested_is_used_at_once(clinic: Clinic) -> None:
    with model_server() as server:
        assert not clinic.use(ME, form(server.url, "untested"), Language.EN).asks
        run_test(clinic, form(server.url))
        assert not clinic.use(ME, form(server.url), Language.EN).asks
        assert clinic.models.choice(ME).title.startswith(MODEL)
