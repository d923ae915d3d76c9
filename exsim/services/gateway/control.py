"""What a gateway answers over REST: whether it is well, what it is, and what it did."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from zope.interface import implementer

from exsim import __version__
from exsim.control import results as r
from exsim.control.operations import IControl
from exsim.errors import NotFound, Unavailable
from exsim.model.settings import Settings
from exsim.services.diagnosis import version_of
from exsim.services.gateway.sockets import GatewayService
from exsim.services.watch import Watch


@implementer(IControl)
class GatewayControl:
    """Carries out the few operations that are of no venue; ``watch`` measures this process."""

    def __init__(
        self, gateways: Sequence[GatewayService], settings: Settings, watch: Watch
    ) -> None:
        self._gateways = gateways
        self._settings = settings
        self._watch = watch

    def perform(self, operation: str, arguments: Struct, body: Struct | None) -> Any:
        """
        See :class:`exsim.control.operations.IControl`.

        :raises exsim.errors.NotFound: when it is for a node to answer.
        """
        if operation == "health_live":
            return r.Health()
        if operation == "health_ready":
            if trouble := self.trouble():
                raise Unavailable(trouble)
            return r.Health()
        if operation == "version":
            return version_of(self._settings, self._watch)
        if operation == "metrics":
            return exposition(self._gateways, self._watch)
        raise NotFound("this is a gateway, which has no venues: ask a node")

    def trouble(self) -> str:
        """Why clients may not be taken to where they want; empty where they are."""
        found = {one.places.trouble for one in self._gateways if one.places.trouble}
        return f"degraded: {'; '.join(sorted(found))}" if found else ""


def exposition(gateways: Sequence[GatewayService], watch: Watch) -> str:
    """All metrics as Prometheus reads them, text format 0.0.4."""
    # Not at the top: few ask for it.
    from prometheus_client import CollectorRegistry, ProcessCollector
    from prometheus_client.exposition import generate_latest
    from prometheus_client.metrics_core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        InfoMetricFamily,
        Metric,
    )
    from prometheus_client.registry import Collector

    from exsim.services.metrics import of_process

    class OfGateways(Collector):
        """Looks everything up when it is asked."""

        def collect(self) -> Iterator[Metric]:
            """The metrics of now."""
            versions = {"version": __version__, "python": platform.python_version()}
            yield InfoMetricFamily("exsim", "The simulator.", versions)
            by = ("gateway",)
            relays = GaugeMetricFamily(
                "exsim_gateway_relays", "Clients that are connected.", None, by
            )
            logons = CounterMetricFamily(
                "exsim_gateway_logons", "Clients that were taken to a venue.", None, by
            )
            refused = CounterMetricFamily(
                "exsim_gateway_refused", "Clients that were not, by why.", None, (*by, "reason")
            )
            size = CounterMetricFamily(
                "exsim_gateway_bytes", "Bytes to venues (in) and from them.", None, (*by, "dir")
            )
            for one in gateways:
                name, counts = one.settings.name, one.counts
                relays.add_metric([name], len(one.relays))
                logons.add_metric([name], counts.opened)
                for reason, count in counts.refused.items():
                    refused.add_metric([name, reason], count)
                size.add_metric([name, "in"], counts.bytes_in)
                size.add_metric([name, "out"], counts.bytes_out)
            yield from (relays, logons, refused, size)
            yield from of_process(watch)

    registry = CollectorRegistry()
    registry.register(OfGateways())
    ProcessCollector(registry=registry)
    return generate_latest(registry).decode()
