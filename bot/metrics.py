"""Prometheus metrics for operators, on a port that is off by default.

Labels contain outcomes, stages, models and sources only, no members and no questions.
"""

from __future__ import annotations

import logging
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot.answering.values import Abstention, Answer, Usage
from bot.outcomes import level_of
from ingest.archive import Archive
from ingest.errors import IngestError, SettingsError
from ingest.process.listening import host_and_port

logger = logging.getLogger(__name__)

_BUCKET_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Bucket bounds of the histograms, in seconds."""


@dataclass(slots=True)
class Metrics:
    """Counters and histograms of answers."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    _questions: Counter = field(init=False)
    _stages: Histogram = field(init=False)
    _calls: Counter = field(init=False)
    _tokens: Counter = field(init=False)

    def __post_init__(self) -> None:
        """Create the metrics."""
        self._questions = Counter(
            "election_desk_questions",
            "Questions answered or declined, by outcome and by who wrote.",
            ("outcome", "written_by"),
            registry=self.registry,
        )
        self._stages = Histogram(
            "election_desk_stage_seconds",
            "Time of each stage of an answer; `whole` is all of them.",
            ("stage",),
            buckets=_BUCKET_SECONDS,
            registry=self.registry,
        )
        self._calls = Counter(
            "election_desk_model_calls",
            "Requests to chat models, by how they ended.",
            ("model", "end"),
            registry=self.registry,
        )
        self._tokens = Counter(
            "election_desk_tokens",
            "Tokens that chat models read and wrote.",
            ("direction",),
            registry=self.registry,
        )

    def answered(self, outcome: Answer | Abstention, seconds: float) -> None:
        """Count one question with its outcome and times."""
        writer = "model" if outcome.written.writer else "coverage"
        self._questions.labels(level_of(outcome), writer).inc()
        self._stages.labels("whole").observe(seconds)
        for stage, milliseconds in outcome.timings.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def called(self, calls: Tally[tuple[str, str]], usage: Usage) -> None:
        """Count requests by model and result, and their tokens."""
        for (model, end), times in calls.items():
            self._calls.labels(model, end).inc(times)
        self._tokens.labels("read").inc(usage.read)
        self._tokens.labels("written").inc(usage.wrote)


class ArchiveCollector(Collector):
    """Figures of the archive and of its sources, read at each request."""

    def __init__(self, archive: Archive, clock: Callable[[], datetime]) -> None:
        """Use *archive*."""
        self._archive = archive
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Yield each figure; none if the archive cannot be read."""
        try:
            yield from self._figures()
        except IngestError as error:
            logger.warning("Metrics of the archive not available: %s", error)

    def _figures(self) -> Iterator[Metric]:
        now, generation = self._clock(), self._archive.generations.active()
        upto = generation.caught_up_to if generation else 0
        yield _gauge("articles", "Articles that can be cited.", self._archive.articles.count())
        yield _gauge(
            "index_passages_waiting",
            "Passages that the vectors of the index do not hold yet.",
            self._archive.passages.count_after(upto),
        )
        labels = ("source", "outlet")
        age = GaugeMetricFamily(
            "election_desk_source_age_seconds",
            "Time since a source was last looked at.",
            labels=labels,
        )
        failing = GaugeMetricFamily(
            "election_desk_source_failing",
            "1 where the last look at a source failed.",
            labels=labels,
        )
        for source in self._archive.sources.watched():
            names = (source.address, source.outlet)
            if source.checked_at is not None:
                age.add_metric(names, (now - source.checked_at).total_seconds())
            failing.add_metric(names, float(bool(source.failure)))
        yield age
        yield failing


def _gauge(name: str, documentation: str, value: float) -> Metric:
    """Return one gauge."""
    return GaugeMetricFamily(f"election_desk_{name}", documentation, value=value)


@contextmanager
def served(
    metrics: Metrics, archive: Archive, clock: Callable[[], datetime], place: str | None
) -> Iterator[None]:
    """Serve *metrics* and the figures of *archive* at *place*, a port or ``host:port``, if set.

    Raises:
        SettingsError: the place cannot be listened on.
    """
    if place is None:
        yield
        return
    metrics.registry.register(ArchiveCollector(archive, clock))
    host, port = host_and_port(place, "METRICS_PORT")
    try:
        server, thread = start_http_server(port, host, registry=metrics.registry)
    except OSError as error:
        raise SettingsError(
            f"METRICS_PORT={place}: nothing can listen there ({error}). Name another port, or "
            "host:port."
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
