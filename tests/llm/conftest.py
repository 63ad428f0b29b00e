"""What the tests of the model's door share."""

from collections.abc import Iterator

import httpcore2
import pytest
import respx
from respx.mocks import HTTPCoreMocker
from stopped_time import Time


class HTTPCore2Mocker(HTTPCoreMocker):
    """respx for httpx2, which openai speaks through."""

    name = "httpcore2"
    targets = [target.replace("httpcore.", "httpcore2.") for target in HTTPCoreMocker.targets]  # noqa: RUF012

    @classmethod
    def from_sync_httpx_response(cls, httpx_response, target, **kwargs):  # noqa: ANN001, ANN003, ANN206, ARG003
        return httpcore2.Response(
            status=httpx_response.status_code,
            headers=httpx_response.headers.raw,
            content=httpx_response.stream,
            extensions=httpx_response.extensions,
        )


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def web() -> Iterator[respx.MockRouter]:
    with respx.mock(using="httpcore2") as router:
        yield router
