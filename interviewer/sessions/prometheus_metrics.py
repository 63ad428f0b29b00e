"""Figures of a running program for Prometheus, at an address of their own. No label says who, or what was said."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from interviewer.domain.grade import Grade
from interviewer.domain.interview import Attempt
from interviewer.domain.language import Language
from interviewer.domain.rubric import Question
from interviewer.errors import SettingsError, StoreError
from interviewer.grading.protocol import Grader, Watch
from interviewer.llm import LLM
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.protocol import Message, Reply, ReplyChunk
from interviewer.sessions.database import Database
from interviewer.sessions.grader_source import OFFLINE, GraderSource
from interviewer.sessions.interview_lists import count_due

# Seconds. A model on a laptop may need minutes.
_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Metrics:
    """What one process has counted since its start. Safe to share between threads."""

    def __init__(self, host: str, port: int) -> None:
        """The address is where Prometheus finds them."""
        self._host, self._port = host, port
        registry = self.registry = CollectorRegistry()
        for collector in (GCCollector, PlatformCollector, ProcessCollector):
            collector(registry=registry)
        self._recorded = Counter(
            "interviewer_events_recorded", "Events recorded, such as Answered or Graded.", ["kind"], registry=registry
        )
        self._gradings = Histogram(
            "interviewer_grading_seconds",
            "How long gradings took, by host of the model; without a model it is `offline`.",
            ["host"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._ungraded = Counter(
            "interviewer_grading_failures", "Gradings that failed.", ["host", "error"], registry=registry
        )
        self._calls = Histogram(
            "interviewer_model_call_seconds",
            "How long calls of a model took, retries included.",
            ["host"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._failed = Counter(
            "interviewer_model_call_failures", "Calls of a model that failed.", ["host", "error"], registry=registry
        )
        self._tokens = Counter(
            "interviewer_model_tokens", "Tokens as servers counted them.", ["host", "direction"], registry=registry
        )
        self._requests = Histogram(
            "interviewer_request_seconds", "How long HTTP requests took.", ["route", "status"], registry=registry
        )

    def serve(self, database: Database) -> Callable[[], None]:
        """Answer Prometheus, and give what ends that. Raises SettingsError if the address cannot be listened on."""
        self.registry.register(_Queue(database))
        try:
            server, _ = start_http_server(self._port, self._host, self.registry)
        except OSError as error:
            raise SettingsError(f"metrics cannot be served on {self._host}:{self._port} ({error.strerror})") from error

        def close() -> None:
            server.shutdown()
            server.server_close()

        return close

    def graders(self, source: GraderSource) -> GraderSource:
        """The same source, its gradings counted."""
        return _MeasuredGraders(source, self)

    def connecting(self, connect: Callable[[Endpoint], LLM]) -> Callable[[Endpoint], LLM]:
        """The same way to make models, their calls and tokens counted."""
        return lambda endpoint: _MeasuredLLM(connect(endpoint), self)

    def recorded(self, kind: str) -> None:
        """An event of this kind was recorded."""
        self._recorded.labels(kind).inc()

    def answered(self, route: str, status: int, seconds: float) -> None:
        """An HTTP request was answered."""
        self._requests.labels(route, str(status)).observe(seconds)

    @contextmanager
    def grading(self, host: str) -> Iterator[None]:
        with self._timed(self._gradings, self._ungraded, host):
            yield

    @contextmanager
    def calling(self, host: str) -> Iterator[None]:
        with self._timed(self._calls, self._failed, host):
            yield

    def spent(self, host: str, reply: Reply) -> None:
        """A reply has come whole."""
        self._tokens.labels(host, "in").inc(reply.usage.prompt_tokens or 0)
        self._tokens.labels(host, "out").inc(reply.usage.completion_tokens or 0)

    @staticmethod
    @contextmanager
    def _timed(took: Histogram, failed: Counter, host: str) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        except Exception as error:
            failed.labels(host, type(error).__name__).inc()
            raise
        finally:
            took.labels(host).observe(perf_counter() - start)


@dataclass(frozen=True, slots=True)
class _MeasuredGraders:
    """A source of graders whose gradings are counted."""

    inner: GraderSource
    metrics: Metrics

    def address(self, owner: str) -> str:
        return self.inner.address(owner)

    def grader(self, owner: str) -> Grader:
        return _MeasuredGrader(lambda: self.inner.grader(owner), _host(self.address(owner)), self.metrics)

    def second_grader(self, owner: str) -> Grader:
        return _MeasuredGrader(lambda: self.inner.second_grader(owner), _host(self.address(owner)), self.metrics)

    def llm_for(self, owner: str) -> LLM | None:
        return self.inner.llm_for(owner)

    def is_shared(self, owner: str) -> bool:
        return self.inner.is_shared(owner)

    def width(self, owner: str) -> int:
        return self.inner.width(owner)


@dataclass(frozen=True, slots=True)
class _MeasuredGrader:
    """A grader that is made when it is asked, so that its time, and why it cannot be made, count as well."""

    make: Callable[[], Grader]
    host: str
    metrics: Metrics

    def grade(
        self, question: Question, attempt: Attempt, language: Language = Language.ZH, watch: Watch | None = None
    ) -> Grade:
        with self.metrics.grading(self.host):
            return self.make().grade(question, attempt, language, watch)


@dataclass(frozen=True, slots=True)
class _MeasuredLLM:
    """A model whose calls and tokens are counted."""

    inner: LLM
    metrics: Metrics

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def host(self) -> str:
        return self.inner.host

    def reply(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Reply:
        with self.metrics.calling(self.host):
            reply = self.inner.reply(messages, schema=schema)
        self.metrics.spent(self.host, reply)
        return reply

    def stream(self, messages: Sequence[Message], *, schema: dict[str, Any] | None = None) -> Iterator[ReplyChunk]:
        with self.metrics.calling(self.host):
            for piece in self.inner.stream(messages, schema=schema):
                if piece.reply is not None:
                    self.metrics.spent(self.host, piece.reply)
                yield piece

    def close(self) -> None:
        self.inner.close()


class _Queue(Collector):
    """Counts what is due when Prometheus asks; where the database cannot tell, there is no figure."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterable[GaugeMetricFamily]:
        gauge = GaugeMetricFamily("interviewer_effects_due", "Gradings and follow-ups owed, over all replicas.")
        with suppress(StoreError), self._database.read() as connection:
            gauge.add_metric([], count_due(connection))
        yield gauge


def _host(address: str) -> str:
    return "offline" if address == OFFLINE else urlsplit(address).netloc.rpartition("@")[2]
