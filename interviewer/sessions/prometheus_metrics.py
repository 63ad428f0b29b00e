"""Figures of a running program for Prometheus, at an address of their own. No label says who, or what was said."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from time import perf_counter
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

from interviewer.errors import SettingsError, StoreError
from interviewer.llm import LLM
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.protocol import Reply
from interviewer.llm.wrapped import WrappedLLM
from interviewer.sessions.database import Database
from interviewer.sessions.grader_choice import OFFLINE
from interviewer.sessions.interview_lists import count_due

# Seconds. A model on a laptop may need minutes.
_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Metrics:
    """What one process has counted since its start. Safe to share between threads."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        registry = self.registry = CollectorRegistry()
        for collector in (GCCollector, PlatformCollector, ProcessCollector):
            collector(registry=registry)
        counter, histogram = partial(Counter, registry=registry), partial(Histogram, registry=registry)
        by_host, of_host = ["host", "error"], ["host"]
        self._recorded = counter(
            "interviewer_events_recorded", "Events recorded, such as Answered or Graded.", ["kind"]
        )
        how_long = "How long gradings took, by host of the model; without a model it is `offline`."
        self._gradings = histogram("interviewer_grading_seconds", how_long, of_host, buckets=_BUCKETS)
        self._ungraded = counter("interviewer_grading_failures", "Gradings that failed.", by_host)
        how_long = "How long calls of a model took, retries included."
        self._calls = histogram("interviewer_model_call_seconds", how_long, of_host, buckets=_BUCKETS)
        self._failed = counter("interviewer_model_call_failures", "Calls of a model that failed.", by_host)
        self._tokens = counter("interviewer_model_tokens", "Tokens as servers counted them.", ["host", "direction"])
        took = "How long HTTP requests took."
        self._requests = histogram("interviewer_request_seconds", took, ["route", "status"])

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

    def connecting(self, connect: Callable[[Endpoint], LLM]) -> Callable[[Endpoint], LLM]:
        """The same way to make models, their calls and tokens counted."""

        def connected(endpoint: Endpoint) -> LLM:
            llm = connect(endpoint)
            within = partial(self._timed, self._calls, self._failed, llm.host)
            return WrappedLLM(llm, within, partial(self._spent, llm.host))

        return connected

    def recorded(self, kind: str) -> None:
        self._recorded.labels(kind).inc()

    def answered(self, route: str, status: int, seconds: float) -> None:
        self._requests.labels(route, str(status)).observe(seconds)

    def grading(self, address: str) -> AbstractContextManager[None]:
        """Count the grading inside the block, by the server at this address."""
        return self._timed(self._gradings, self._ungraded, _host(address))

    def _spent(self, host: str, reply: Reply) -> None:
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
