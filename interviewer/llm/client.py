"""Any server that speaks OpenAI's chat completions, hosted or local, through the openai package."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from ssl import SSLContext
from types import TracebackType
from typing import Any, Never, Self

import httpx2
import openai

from interviewer import __version__
from interviewer.errors import LLMError, LLMMalformed, LLMRefused, LLMUnreachable
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.protocol import Finish, Message, Piece, Reply
from interviewer.llm.reasoning import Curtain
from interviewer.llm.response import Gathering, Said, decoded, events, read_completion
from interviewer.llm.retry import Call, Complained, Failed, Waiting
from interviewer.llm.server_errors import complaint, error_in
from interviewer.llm.structured_output import MEMORY, Memory, body, lower
from interviewer.llm.validation import settle

MAX_BYTES = 8 * 1024 * 1024


class OpenAICompatible:
    """A model behind an OpenAI-compatible server; any number of threads may ask it.

    Raises LLMUnreachable if the environment names a proxy that cannot be used.
    """

    def __init__(
        self, endpoint: Endpoint, *, memory: Memory = MEMORY, waiting: Waiting | None = None, max_bytes: int = MAX_BYTES
    ) -> None:
        self._endpoint = endpoint
        self._memory = memory
        self._waiting = waiting or Waiting()
        self._max_bytes = max_bytes
        self._client = _client(endpoint, self._bound)

    @property
    def name(self) -> str:
        return self._endpoint.model

    @property
    def host(self) -> str:
        return self._endpoint.host

    def reply(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Reply:
        call = self._call(messages, schema)
        flaws = 0
        while True:
            said = self._said(call)
            try:
                reply = settle(said, schema, call.manner.rung)
            except LLMMalformed as flaw:
                flaws += 1
                if said.finish is Finish.LENGTH:
                    raise  # it would be cut off again
                if flaws == 1:
                    call.correct(said.text, flaw)
                    continue
                # A form that was promised and twice not kept is not enforced here.
                rung = lower(call.manner.rung, self._endpoint) if schema is not None else None
                if rung is None:
                    raise
                call.step_down(rung)
                flaws = 0
            else:
                self._learn(call)
                return reply

    def stream(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Iterator[Piece]:
        call = self._call(messages, schema)
        said, shown = yield from self._shown(call)
        if not shown and not said.text.strip() and said.finish is not Finish.LENGTH:
            said, _ = yield from self._shown(call)
        reply = settle(said, schema, call.manner.rung)
        self._learn(call)
        yield Piece("", reply)

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, messages: Sequence[Message], schema: dict[str, Any] | None) -> Call:
        return Call(self._endpoint, self._waiting, tuple(messages), schema, self._memory.recall(self._endpoint))

    def _learn(self, call: Call) -> None:
        if call.has_learned:
            self._memory.learn(self._endpoint, call.manner)

    def _said(self, call: Call) -> Said:
        while True:
            exchange = self._exchange(call, stream=call.manner.stream_only)
            try:
                while True:
                    next(exchange)
            except StopIteration as end:
                said: Said = end.value
                return said
            except (Complained, Failed) as failure:
                call.overcome(failure)

    def _shown(self, call: Call) -> Generator[Piece, None, tuple[Said, bool]]:
        shown = False
        while True:
            with closing(self._exchange(call, stream=True)) as exchange:
                try:
                    while True:
                        text = next(exchange)
                        shown = True
                        yield Piece(text)
                except StopIteration as end:
                    return end.value, shown
                except (Complained, Failed) as failure:
                    if shown:  # what has been seen cannot be taken back
                        raise call.final(failure) from failure
                    call.overcome(failure)

    def _exchange(self, call: Call, *, stream: bool) -> Generator[str, None, Said]:
        """One request and its answer: yields text as it comes, returns all of it."""
        request = body(self._endpoint, call.manner, call.shown, call.schema, stream=stream)
        with self._translated(request), closing(self._post(request, call.time_left())) as response:
            if "html" in response.headers.get("content-type", ""):
                self._refuse_page()
            if stream and "json" not in response.headers.get("content-type", ""):
                return (yield from self._gathered(response, request))
            content = response.read()
            if content.lstrip()[:1] == b"<":
                self._refuse_page()
            answer = decoded(content)
            if (error := error_in(answer)) is not None:
                raise Complained(error, request)
            said = read_completion(answer)
            if said.text:
                yield said.text
            return said

    def _gathered(self, response: httpx2.Response, request: dict[str, Any]) -> Generator[str, None, Said]:
        gathering, curtain = Gathering(), Curtain()
        for event in events(response.iter_bytes()):
            if (error := error_in(event)) is not None:
                raise Complained(error, request)
            if event is None:
                gathering.is_done = True
            elif text := curtain.show(gathering.add(event)):
                yield text
        if not gathering.is_done:
            raise Failed(LLMUnreachable(f"the reply from {self.host} broke off before its end: try again"))
        if (rest := curtain.rest()).strip():
            yield rest
        return gathering.said()

    def _refuse_page(self) -> Never:
        raise LLMRefused(f"{self._endpoint.base_url} answers with a web page, not with a model: check the base URL")

    def _post(self, request: dict[str, Any], left: float) -> httpx2.Response:
        patience = self._endpoint.patience
        timeout = httpx2.Timeout(min(patience.read, left), connect=min(patience.connect, left))
        headers = {} if self._endpoint.key else {"Authorization": openai.Omit()}
        # Raw, since the SDK's own objects take a web page, an error and a broken stream for replies.
        raw: Any = self._client.chat.completions.with_raw_response.create(
            **request, timeout=timeout, extra_headers=headers
        )
        response: httpx2.Response = raw.http_response
        return response

    def _bound(self, response: httpx2.Response) -> None:
        until = self._waiting.clock() + self._endpoint.patience.total
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Bounded(response.stream, self._max_bytes, until, self._waiting.clock)

    @contextmanager
    def _translated(self, request: dict[str, Any]) -> Iterator[None]:
        """Whatever openai and httpx2 raise, as an error of ours or as a failure that may be overcome."""
        try:
            yield
        except openai.APIStatusError as error:
            raise self._from_status(error.response, request) from None
        except LLMMalformed as error:
            raise Failed(error, tries=2) from error
        except (
            openai.OpenAIError,
            httpx2.HTTPError,
            httpx2.StreamError,
            httpx2.InvalidURL,
            _Overrun,
            ValueError,
            TypeError,
        ) as error:
            cause = error.__cause__ if isinstance(error, openai.APIConnectionError) and error.__cause__ else error
            raise self._from_connection(cause) from error

    def _from_status(self, response: httpx2.Response, request: dict[str, Any]) -> LLMError | Complained:
        if not response.is_redirect:
            return Complained(complaint(response.status_code, response.content, response.headers), request)
        target = response.headers.get("location", "").split("?")[0]
        return LLMRefused(f"{self._endpoint.base_url} redirects to {target}: if that is right, make it the base URL")

    def _from_connection(self, error: BaseException) -> LLMError | Failed:
        if isinstance(error, _Overrun):
            return error.kind(f"{self.host} was stopped: {error}")
        words = next((words for kind, words in _LOST if isinstance(error, kind)), "{host} could not be asked ({error})")
        lost = LLMUnreachable(words.format(host=self.host, error=str(error) or type(error).__name__))
        # After a timeout the server may still be at work on the first request.
        return Failed(lost) if isinstance(error, _CHANCE) else lost


_CHANCE = (httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.DecodingError)
_LOST: tuple[tuple[type[Exception], str], ...] = (  # the first that fits
    (httpx2.ConnectTimeout, "{host} does not pick up: is the server running, and the address right?"),
    (httpx2.TimeoutException, "{host} sent nothing for too long: it may be overloaded, or the model too large for it"),
    (
        httpx2.ProxyError,
        "the proxy on the way to {host} failed ({error}): check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY",
    ),
    (httpx2.ConnectError, "{host} cannot be reached ({error}): is the server running, and the address right?"),
    (httpx2.DecodingError, "the answer of {host} cannot be unpacked ({error})"),
    (httpx2.TransportError, "the connection to {host} broke off ({error}): try again"),
)


class _Overrun(Exception):
    def __init__(self, kind: type[LLMError], what: str) -> None:
        super().__init__(what)
        self.kind = kind


class _Bounded(httpx2.SyncByteStream):
    """A body that may neither grow nor drip without end."""

    def __init__(self, stream: httpx2.SyncByteStream, most: int, until: float, clock: Callable[[], float]) -> None:
        self._stream, self._most, self._until, self._clock = stream, most, until, clock

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > self._most:
                raise _Overrun(LLMMalformed, f"its answer is larger than {self._most} bytes")
            if self._clock() > self._until:
                raise _Overrun(LLMUnreachable, "its answer took too long from its first byte to its last")
            yield chunk

    def close(self) -> None:
        self._stream.close()


class _Client(openai.OpenAI):
    """The SDK's client, with no header but those a chat needs: not what OPENAI_* variables hold, and no key of theirs."""

    @property
    def default_headers(self) -> dict[str, str | openai.Omit]:
        return {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": f"mock-interviewer/{__version__}",
            "Authorization": f"Bearer {self.api_key}",
        }


# As many connections as INTERVIEWER_MODEL_CONCURRENCY may ask for are kept, so that none is opened anew for each request.
_LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=64)

_NO_KEY = "none"  # the SDK takes a missing key from the environment


@cache
def _trusted(trust_env: bool) -> SSLContext:
    # It takes longer to read than many a request to take.
    return httpx2.create_ssl_context(trust_env=trust_env)


def _client(endpoint: Endpoint, bound: Callable[[httpx2.Response], None]) -> _Client:
    try:
        http = httpx2.Client(
            verify=_trusted(not endpoint.is_private),
            follow_redirects=False,  # a redirect would take the candidate's answer along to another host
            trust_env=not endpoint.is_private,  # a proxy cannot reach a model on this machine
            event_hooks={"response": [bound]},
            limits=_LIMITS,
        )
    except (ImportError, ValueError, httpx2.InvalidURL) as error:
        raise LLMUnreachable(f"the proxy in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY cannot be used: {error}") from error
    return _Client(api_key=endpoint.key or _NO_KEY, base_url=endpoint.base_url, http_client=http, max_retries=0)
