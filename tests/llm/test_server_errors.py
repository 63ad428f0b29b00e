import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interviewer.errors import LLMRefused
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.refusals import error_for
from interviewer.llm.server_errors import Complaint, Kind, complaint, error_in

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "message", "detail", "code", "metadata", "loc", "msg", "x"]), children, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.none() | st.integers(400, 599), ANYTHING)
@example(None, {"detail": [{"loc": None}]})
def test_any_body_can_be_read_and_told(status: int | None, body: object) -> None:
    said = complaint(status, body)
    assert str(error_for(said, Endpoint("https://models.example")))
    assert said.is_about_format in (True, False)
    assert error_in(body) is None or isinstance(error_in(body), Complaint)


@pytest.mark.parametrize(
    "status, body, kind",
    [
        (503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, Kind.LOADING),
        (503, {"error": "Model tiny is currently loading"}, Kind.LOADING),
        (503, {"error": "server busy, please try again.  maximum pending requests exceeded"}, Kind.BUSY),
        (529, {"error": "overloaded"}, Kind.BUSY),
        (429, {"error": {"message": "Rate limit reached", "type": "tokens"}}, Kind.BUSY),
        (429, {"error": {"message": "…", "type": "exceeded_current_quota_error"}}, Kind.QUOTA),
        (429, {"error": {"message": "…", "code": "insufficient_quota"}}, Kind.QUOTA),
        (402, {}, Kind.QUOTA),
        (
            400,
            {"error": {"message": "Invalid request: Your request exceeded model token limit: 262144"}},
            Kind.TOO_LONG,
        ),
        (
            400,
            {"object": "error", "message": "The input (61709 tokens) is longer than the model's context length"},
            Kind.TOO_LONG,
        ),
        (400, {"error": "the prompt is longer than the context length currently available"}, Kind.TOO_LONG),
        (400, {"error": {"message": "This endpoint's maximum context length is 8192 tokens"}}, Kind.TOO_LONG),
        (400, {"error": {"message": "Trying to keep the first 5000 tokens when context the overflows"}}, Kind.TOO_LONG),
        (400, {"error": {"message": "bad request"}}, Kind.REFUSED),
        (401, {}, Kind.REFUSED),
        (None, {"error": {"message": "no such key", "code": 401}}, Kind.REFUSED),
    ],
)
def test_a_complaint_is_of_one_kind(status: int | None, body: object, kind: Kind) -> None:
    assert complaint(status, body).kind is kind


def test_a_router_quotes_the_provider_behind_it() -> None:
    body = {
        "error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": '{"detail":"json_schema?"}'}}
    }
    said = complaint(400, body)
    assert "json_schema?" in said.text
    assert said.is_about_format


def test_a_long_text_is_shortened_to_one_line() -> None:
    text = complaint(400, {"error": "a\nb\x00c\u202e " + "d" * 1000}).text
    assert text.startswith("a b c d")
    assert len(text) == 300


def test_a_key_that_is_echoed_is_not_shown() -> None:
    error = error_for(complaint(401, {"error": "bad key sk-mine!"}), Endpoint("https://models.example", key="sk-mine"))
    assert isinstance(error, LLMRefused)
    assert "sk-mine" not in str(error)
