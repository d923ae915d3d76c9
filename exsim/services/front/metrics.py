"""The metrics of all venues as one: each sample is told with its venue."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from exsim import __version__
from exsim.services.metrics import of_process
from exsim.services.watch import Watch


def merged(texts: Mapping[str, str | None], watch: Watch) -> str:
    """
    The metrics of this process, without a venue, and those of the venues; None where one has none.
    """
    own = CollectorRegistry()
    own.register(Own(texts, watch))
    ProcessCollector(registry=own)
    families: dict[str, Metric] = {}
    for metric in text_string_to_metric_families(generate_latest(own).decode()):
        families[metric.name] = metric
    for venue, text in texts.items():
        for metric in text_string_to_metric_families(text or ""):
            family = families.setdefault(metric.name, _empty(metric))
            family.samples += [_of_venue(sample, venue) for sample in metric.samples]
    everything = CollectorRegistry()
    everything.register(Given(families))
    return generate_latest(everything).decode()


def _empty(metric: Metric) -> Metric:
    return Metric(metric.name, metric.documentation, metric.type)


def _of_venue(sample: Sample, venue: str) -> Sample:
    return sample._replace(labels={"venue": venue, **sample.labels})


class Own(Collector):
    """What this process knows by itself."""

    def __init__(self, texts: Mapping[str, str | None], watch: Watch) -> None:
        self._texts = texts
        self._watch = watch

    def collect(self) -> Iterator[Metric]:
        """The metrics of now."""
        versions = {"version": __version__, "python": platform.python_version()}
        yield InfoMetricFamily("exsim", "The simulator.", versions)
        up = GaugeMetricFamily("exsim_venue_up", "Whether it answers.", None, ("venue",))
        for venue, text in self._texts.items():
            up.add_metric([venue], float(text is not None))
        yield up
        yield from of_process(self._watch)


class Given(Collector):
    """Metrics that are there."""

    def __init__(self, families: Mapping[str, Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        yield from self._families.values()
