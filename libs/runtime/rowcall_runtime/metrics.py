"""Prometheus metrics by the names of `rowcall_contracts.metrics`."""

from collections.abc import Mapping
from types import MappingProxyType

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from rowcall_contracts.metrics import Metric

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""From a store command to a long query."""

_MetricObject = Counter | Gauge | Histogram


class Metrics:
    """All metrics of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._objects: Mapping[Metric, _MetricObject] = MappingProxyType(
            {metric: self._build(metric) for metric in Metric}
        )

    def count(self, metric: Metric, amount: float = 1, **labels: str) -> None:
        """Adds to a counter."""
        found = self._labelled(metric, labels)
        assert isinstance(found, Counter), metric
        found.inc(amount)

    def set(self, metric: Metric, value: float, **labels: str) -> None:
        """Sets a gauge."""
        found = self._labelled(metric, labels)
        assert isinstance(found, Gauge), metric
        found.set(value)

    def observe(self, metric: Metric, value: float, **labels: str) -> None:
        """Adds an observation to a histogram, in seconds."""
        found = self._labelled(metric, labels)
        assert isinstance(found, Histogram), metric
        found.observe(value)

    def render(self) -> bytes:
        """Returns the text exposition format."""
        return generate_latest(self.registry)

    def _labelled(self, metric: Metric, labels: Mapping[str, str]) -> _MetricObject:
        found = self._objects[metric]
        return found.labels(**labels) if labels else found

    def _build(self, metric: Metric) -> _MetricObject:
        row = metric.value
        if row.kind == "histogram":
            return Histogram(row.name, row.meaning, row.labels, buckets=BUCKETS_S, registry=self.registry)
        kind = Counter if row.kind == "counter" else Gauge
        return kind(row.name, row.meaning, row.labels, registry=self.registry)
