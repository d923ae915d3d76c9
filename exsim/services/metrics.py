"""
What Prometheus is told: all of it is looked up when it asks, from what the exchange knows anyway.

Counters of a venue start again at 0 when it is reset, which Prometheus expects of counters.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from exsim import __version__
from exsim.dispatch.dispatcher import Dispatcher
from exsim.interfaces import IJournal
from exsim.model.durations import Durations
from exsim.services.endpoints import EndpointService
from exsim.services.journal import DiskJournal
from exsim.services.simulator import Simulator
from exsim.services.watch import Watch

SECOND = 1_000_000_000
STATES = ("offline", "logon", "active", "logout")
"""What a session may be in."""


def exposition(simulator: Simulator) -> str:
    """All metrics as Prometheus reads them, text format 0.0.4."""
    registry = CollectorRegistry()
    registry.register(SimulatorCollector(simulator))
    ProcessCollector(registry=registry)
    return generate_latest(registry).decode()


class SimulatorCollector(Collector):
    """Looks everything up when it is asked."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def collect(self) -> Iterator[Metric]:
        """The metrics of now."""
        simulator = self._simulator
        versions = {"version": __version__, "python": platform.python_version()}
        yield InfoMetricFamily("exsim", "The simulator.", versions)
        yield from _venues(simulator.dispatcher)
        yield _histogram(
            "exsim_turn_seconds",
            "From the read of a message, or several, until what came of them was written.",
            simulator.turns.took,
        )
        services = [one for one in simulator.endpoints if isinstance(one, EndpointService)]
        yield from _endpoints(services)
        yield from _journal(simulator.exchange.journal)
        yield from of_process(simulator.watch)


def _venues(dispatcher: Dispatcher) -> Iterator[Metric]:
    orders = CounterMetricFamily("exsim_orders", "Orders entered, rejected ones too.", None, _VENUE)
    reports = CounterMetricFamily(
        "exsim_reports", "Reports of what became of orders.", None, _VENUE
    )
    trades = CounterMetricFamily("exsim_trades", "Trades made.", None, _VENUE)
    opened = GaugeMetricFamily("exsim_open_orders", "Orders that are open.", None, _VENUE)
    kept = GaugeMetricFamily("exsim_kept_orders", "Orders in memory, open or not.", None, _VENUE)
    held = GaugeMetricFamily("exsim_holds", "Requests that wait for a decision.", None, _VENUE)
    for name, venue in dispatcher.venues.items():
        orders.add_metric([name], venue.orders.created)
        reports.add_metric([name], venue.orders.reported)
        trades.add_metric([name], venue.last_trade)
        opened.add_metric([name], venue.orders.open_count)
        kept.add_metric([name], len(venue.orders))
        held.add_metric([name], dispatcher.holds.count(name))
    yield from (orders, reports, trades, opened, kept, held)


_VENUE = ("venue",)


def _endpoints(services: list[EndpointService]) -> Iterator[Metric]:
    by_endpoint = ("endpoint",)
    sessions = GaugeMetricFamily("exsim_sessions", "Sessions.", None, ("endpoint", "state"))
    sockets = GaugeMetricFamily("exsim_connections", "Sockets that are open.", None, by_endpoint)
    unread = GaugeMetricFamily(
        "exsim_unread_bytes", "Queued for counterparties that do not read.", None, by_endpoint
    )
    cut = CounterMetricFamily(
        "exsim_slow_readers", "Connections cut since they were not read.", None, by_endpoint
    )
    behind = CounterMetricFamily(
        "exsim_fell_behind",
        "Times that market data was conflated for who does not read.",
        None,
        by_endpoint,
    )
    for service in services:
        name = service.endpoint.settings.name
        counts = dict.fromkeys(STATES, 0)
        for session in service.endpoint.acceptor.sessions.values():
            counts[session.view().state] += 1
        for state, count in counts.items():
            sessions.add_metric([name, state], count)
        peers = [*service.peers, *service.called]
        sockets.add_metric([name], len(peers))
        unread.add_metric([name], sum(peer.queued for peer in peers))
        cut.add_metric([name], service.slow_readers)
        behind.add_metric([name], service.fell_behind)
    yield from (sessions, sockets, unread, cut, behind)


def _journal(journal: IJournal) -> Iterator[Metric]:
    yield CounterMetricFamily("exsim_journal_entries", "Entries written.", journal.last)
    kept = journal.last + 1 - journal.first
    yield GaugeMetricFamily("exsim_journal_kept_entries", "Entries that can be asked for.", kept)
    yield GaugeMetricFamily("exsim_journal_epoch", "Counts up at each reset.", journal.epoch)
    if isinstance(journal, DiskJournal):
        store = journal.store
        written = store.last if store.epoch == journal.epoch else 0
        lag = journal.last - written
        yield GaugeMetricFamily("exsim_journal_lag_entries", "Entries not kept yet.", lag)
        yield GaugeMetricFamily("exsim_journal_bytes", "What it takes, as used.", store.size)


def of_process(watch: Watch) -> Iterator[Metric]:
    """How late the reactor is, and what the garbage collector takes."""
    yield _histogram(
        "exsim_reactor_stall_seconds",
        "How much later than asked for the reactor called, looked at ten times a second.",
        watch.stalls,
    )
    yield GaugeMetricFamily(
        "exsim_reactor_stall_longest_seconds", "The longest.", watch.longest / SECOND
    )
    pauses = HistogramMetricFamily(
        "exsim_gc_pause_seconds", "How long garbage collections took.", labels=("generation",)
    )
    for generation, durations in enumerate(watch.pauses):
        pauses.add_metric([str(generation)], durations.cumulative(), durations.total / SECOND)
    yield pauses


def _histogram(name: str, text: str, durations: Durations) -> Metric:
    return HistogramMetricFamily(name, text, durations.cumulative(), durations.total / SECOND)
