import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from odd_bodies import ANYTHING

from interviewer.errors import LLMRefused
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.error_translation import ErrorKind, ServerError, error_in_success, read_error, to_llm_error


@given(st.none() | st.integers(400, 599), ANYTHING)
@example(None, {"detail": [{"loc": None}]})
def test_any_body_can_be_read_and_told(status: int | None, body: object) -> None:
    said = read_error(status, body)
    assert str(to_llm_error(said, Endpoint("https://models.example")))
    assert said.is_about_format in (True, False)
    assert error_in_success(body) is None or isinstance(error_in_success(body), ServerError)


@pytest.mark.parametrize(
    "status, body, kind",
    [
        (503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, ErrorKind.LOADING),
        (503, {"error": "Model tiny is currently loading"}, ErrorKind.LOADING),
        (503, {"error": "server busy, please try again.  maximum pending requests exceeded"}, ErrorKind.BUSY),
        (529, {"error": "overloaded"}, ErrorKind.BUSY),
        (429, {"error": {"message": "Rate limit reached", "type": "tokens"}}, ErrorKind.BUSY),
        (429, {"error": {"message": "…", "type": "exceeded_current_quota_error"}}, ErrorKind.QUOTA),
        (429, {"error": {"message": "…", "code": "insufficient_quota"}}, ErrorKind.QUOTA),
        (402, {}, ErrorKind.QUOTA),
        (
            400,
            {"error": {"message": "Invalid request: Your request exceeded model token limit: 262144"}},
            ErrorKind.TOO_LONG,
        ),
        (
            400,
            {"object": "error", "message": "The input (61709 tokens) is longer than the model's context length"},
            ErrorKind.TOO_LONG,
        ),
        (400, {"error": "the prompt is longer than the context length currently available"}, ErrorKind.TOO_LONG),
        (400, {"error": {"message": "This endpoint's maximum context length is 8192 tokens"}}, ErrorKind.TOO_LONG),
        (
            400,
            {"error": {"message": "Trying to keep the first 5000 tokens when context the overflows"}},
            ErrorKind.TOO_LONG,
        ),
        (400, {"error": {"message": "bad request"}}, ErrorKind.REFUSED),
        (401, {}, ErrorKind.REFUSED),
        (None, {"error": {"message": "no such key", "code": 401}}, ErrorKind.REFUSED),
    ],
)
def test_an_error_is_of_one_kind(status: int | None, body: object, kind: ErrorKind) -> None:
    assert read_error(status, body).kind is kind


def test_a_router_quotes_the_provider_behind_it() -> None:
    body = {
        "error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": '{"detail":"json_schema?"}'}}
    }
    said = read_error(400, body)
    assert "json_schema?" in said.text
    assert said.is_about_format


def test_a_long_text_is_shortened_to_one_line() -> None:
    text = read_error(400, {"error": "a\nb\x00c\u202e " + "d" * 1000}).text
    assert text.startswith("a b c d")
    assert len(text) == 300


def test_a_key_that_is_echoed_is_not_shown() -> None:
    error = to_llm_error(
        read_error(401, {"error": "bad key sk-mine!"}), Endpoint("https://models.example", key="sk-mine")
    )
    assert isinstance(error, LLMRefused)
    assert "sk-mine" not in str(error)
