"""Transport: one HTTP request to a model's server through the openai package, within bounds and open to being stopped."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import cache
from ssl import SSLContext
from threading import Event, Lock
from typing import Any

import httpx2
import openai

from interviewer import __version__
from interviewer.errors import LLMError, LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.error_translation import read_error, to_llm_error
from interviewer.llm.model_call import current_call
from interviewer.llm.retry import RequestFailed
from interviewer.text.messages import localized

_NAP = 0.1

_NO_KEY = "none"  # the SDK takes a missing key from the environment

# Failures that may be chance. A timeout is not among them: the server may still be at work on the first request.
_TRANSIENT = (httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.DecodingError)
_MESSAGES: tuple[tuple[type[Exception], str], ...] = (  # the first that fits
    (httpx2.ConnectTimeout, "llm.connect_timeout"),
    (httpx2.TimeoutException, "llm.silent"),
    (httpx2.ProxyError, "llm.proxy_failed"),
    (httpx2.ConnectError, "llm.unreachable"),
    (httpx2.DecodingError, "llm.not_unpacked"),
    (httpx2.TransportError, "llm.connection_lost"),
    (Exception, "llm.not_asked"),
)


class Transport:
    """The connections to one server, for any threads. Raises LLMUnreachable if the environment's proxy is unusable."""

    def __init__(self, endpoint: Endpoint, now: Callable[[], float], max_bytes: int) -> None:
        self._endpoint = endpoint
        self._now = now
        self._max_bytes = max_bytes
        self._closed = Event()
        self._lock = Lock()
        self._lines: list[_Line] = []
        self._free = [self._new_line()]

    def post(self, body: dict[str, Any]) -> AbstractContextManager[httpx2.Response]:
        """The response to a request for a chat completion, as `send` gives it."""
        return self.send(lambda client, options: client.chat.completions.with_raw_response.create(**body, **options))

    @contextmanager
    def send(self, request: Callable[[openai.OpenAI, dict[str, Any]], Any]) -> Iterator[httpx2.Response]:
        """The response to a request; its content is read inside the block.

        `request` calls a method of the SDK with these options. It must be the raw one, since the SDK's own objects take
        a web page, an error and a broken stream for replies. Raises LLMError or RequestFailed, also for what goes wrong while the content is read and decoded.
        """
        limits = self._endpoint.time_limits
        timeout = httpx2.Timeout(limits.silence, connect=limits.connect)
        headers = {} if self._endpoint.key else {"Authorization": openai.Omit()}
        try:
            with self._line() as line:
                sent = request(line.client, {"timeout": timeout, "extra_headers": headers})
                with closing(sent.http_response) as response:
                    yield response
        except openai.APIStatusError as error:
            raise self._from_status(error.response) from None
        except LLMMalformed as error:
            raise RequestFailed(error, tries=2) from error
        except (RequestFailed, RuntimeError) as error:
            raise (self._ended() or error) from error.__cause__
        except (
            openai.OpenAIError,
            httpx2.HTTPError,
            httpx2.StreamError,
            httpx2.InvalidURL,
            ValueError,
            TypeError,
        ) as e:
            cause = e.__cause__ if isinstance(e, openai.APIConnectionError) and e.__cause__ else e
            raise self._from_failure(cause) from e

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until `close`, or until the call is stopped."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and self._ended() is None:
            self._closed.wait(min(left, _NAP))

    def close(self) -> None:
        """End all requests, from any thread: those under way and all later ones raise LLMUnreachable."""
        self._closed.set()
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            line.shut_down()
            line.client.close()

    @contextmanager
    def _line(self) -> Iterator["_Line"]:
        """A line that nobody else uses in the block; it is cut where the call is stopped, and heals with its next use."""
        with self._lock:
            line = self._free.pop() if self._free else None
        line = line or self._new_line()
        try:
            if (ended := self._ended()) is not None:
                raise ended
            with current_call().ended_by(line.shut_down):
                yield line
        finally:
            with self._lock:
                self._free.append(line)

    def _new_line(self) -> "_Line":
        line = _Line(self._endpoint, self._bound, lambda: self._ended() is not None)
        with self._lock:
            self._lines.append(line)
        return line

    def _bound(self, response: httpx2.Response) -> None:
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = BoundedStream(response.stream, self._endpoint, self._max_bytes, self._now)

    def _ended(self) -> LLMUnreachable | None:
        """Why nothing may be asked any more; None if it may."""
        if self._closed.is_set():
            return LLMUnreachable(localized("llm.stopped", host=self._endpoint.host))
        return LLMUnreachable(localized("call.stopped")) if current_call().is_stopped else None

    def _from_status(self, response: httpx2.Response) -> LLMError | RequestFailed:
        if response.is_redirect:
            target = response.headers.get("location", "").split("?")[0]
            said = localized("llm.redirects", url=self._endpoint.base_url, target=target)
            return LLMRefused(said, status=response.status_code)
        error = read_error(response.status_code, response.content, response.headers)
        return RequestFailed(to_llm_error(error, self._endpoint), server_error=error)

    def _from_failure(self, error: BaseException) -> LLMError | RequestFailed:
        if (ended := self._ended()) is not None:
            return ended
        if isinstance(error, RequestFailed):
            return error
        key = next(key for kind, key in _MESSAGES if isinstance(error, kind))
        lost = LLMUnreachable(localized(key, host=self._endpoint.host, reason=str(error) or type(error).__name__))
        return RequestFailed(lost) if isinstance(error, _TRANSIENT) else lost


class _Line:
    """The SDK's client for one request at a time: so it is known whose its connection is, which is kept."""

    def __init__(
        self, endpoint: Endpoint, bound: Callable[[httpx2.Response], None], is_ended: Callable[[], bool]
    ) -> None:
        self._is_ended = is_ended
        self._connection: Any = None
        trust_env = not endpoint.is_private  # a proxy cannot reach a model on this machine
        try:
            http_client = httpx2.Client(
                verify=_ssl_context(trust_env),
                follow_redirects=False,  # a redirect would take the candidate's answer along to another host
                trust_env=trust_env,
                event_hooks={"request": [self._watch], "response": [bound]},
            )
        except (ImportError, ValueError, httpx2.InvalidURL) as error:
            raise LLMUnreachable(localized("llm.bad_proxy", reason=error)) from error
        self.client = _Client(
            api_key=endpoint.key or _NO_KEY,
            base_url=endpoint.base_url,
            http_client=http_client,
            max_retries=0,  # a model that is being loaded, or a parameter to leave out, takes more than the SDK's retries
        )

    def shut_down(self) -> None:
        """End the request under way, from any thread."""
        if self._connection is not None:
            with suppress(OSError):
                # Not the method of an SSL socket, which would first drop its encryption under the thread that reads.
                socket.socket.shutdown(self._connection.get_extra_info("socket"), socket.SHUT_RDWR)

    def _watch(self, request: httpx2.Request) -> None:
        request.extensions["trace"] = self._remember

    def _remember(self, event: str, info: dict[str, Any]) -> None:
        """Keep the connection that is made: only shutting down its socket wakes a thread that waits to read from it."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._connection = info["return_value"]
            if self._is_ended():
                self.shut_down()


class BoundedStream(httpx2.SyncByteStream):
    """A response body that may neither be larger than it should nor keep silent for too long."""

    def __init__(
        self, stream: httpx2.SyncByteStream, endpoint: Endpoint, max_bytes: int, now: Callable[[], float]
    ) -> None:
        self._stream, self._host, self._max_bytes, self._now = stream, endpoint.host, max_bytes, now
        self._silence = endpoint.time_limits.silence
        self.heard()

    def heard(self) -> None:
        """Text has come: the time for silence begins anew. Signs of life alone, such as comments, do not count."""
        self._until = self._now() + self._silence

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > self._max_bytes:
                too_large = localized("llm.reply_too_large", host=self._host, bytes=self._max_bytes)
                raise RequestFailed(LLMMalformed(too_large), tries=1)
            if self._now() > self._until:
                raise RequestFailed(LLMUnreachable(localized("llm.silent", host=self._host)), tries=1)
            yield chunk

    def close(self) -> None:
        self._stream.close()


class _Client(openai.OpenAI):
    """The SDK's client, with the headers a chat needs and no others: not what OPENAI_* variables hold, and no key of theirs."""

    @property
    def default_headers(self) -> dict[str, str | openai.Omit]:
        return {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": f"mock-interviewer/{__version__}",
            "Authorization": f"Bearer {self.api_key}",
        }


@cache
def _ssl_context(trust_env: bool) -> SSLContext:
    # Kept, since making one takes longer than many a request.
    return httpx2.create_ssl_context(trust_env=trust_env)
