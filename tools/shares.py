"""Which modules of tests a process runs together, so that all processes take about as long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SECONDS: Mapping[str, float] = {
    "live.test_packaging": 200,
    "live.test_bench": 80,
    "live.test_testing": 80,
    "live.test_postgres_journal": 70,
    "live.test_runs": 70,
    "live.test_nodes": 45,
    "live.test_nodes_clients": 40,
    "live.test_matrix": 35,
    "live.test_postgres_copy": 35,
    "live.test_gateway": 35,
    "live.test_pictures": 25,
    "live.test_readme": 25,
    "live.test_faults": 20,
    "live.test_record_feed": 20,
    "live.test_spawn": 20,
    "live.test_scenarios": 20,
    "live.test_postgres": 15,
    "page.test_frame": 75,
    "page.test_restart": 45,
    "page.test_holds": 35,
    "page.test_front": 30,
    "page.test_keyboard": 30,
    "page.test_prices": 30,
    "page.test_orders": 25,
    "page.test_rules": 20,
    "page.test_sessions": 20,
    "page.test_messages": 20,
    "page.test_overview": 20,
    "page.test_faults": 20,
    "test_fact_ranges": 20,
    "test_replay": 15,
    "test_session_clock": 15,
    "test_wire_fix_codec": 15,
    "test_engagement": 15,
    "test_recovery": 10,
    "test_faults_again": 10,
    "test_rerun": 9,
    "test_engine_oracle": 9,
    "test_drawing": 8,
    "test_docs": 6,
    "test_scenarios": 6,
    "test_fix_bytes": 6,
    "test_fix_session_link": 6,
    "test_bench": 5,
    "test_ouch_replay": 5,
    "test_holding": 5,
    "test_recorded": 5,
    "test_session_schedule": 5,
    "test_config_trading_day": 5,
    "test_plugins_third_party": 5,
    "test_layers": 4,
    "test_implied": 4,
    "test_filters_quick": 4,
    "test_rules_again": 4,
    "test_multileg_again": 3,
    "test_alive": 3,
    "test_bots": 3,
    "test_control_resource": 3,
    "test_journal_format": 3,
    "test_postgres_writer": 3,
    "test_soup_faults": 3,
}
"""About what modules take that take long, on one processor; ``--timing`` tells which do."""
OF_LIVE = 10.0
"""The same of any other module of tests with sockets and processes, or in a browser."""
OF_UNIT = 1.0
"""The same of any other module."""


def seconds(module: str) -> float:
    """About how long the tests of a module take."""
    return SECONDS.get(module, OF_LIVE if "." in module else OF_UNIT)


def dealt(modules: Sequence[str], shares: int) -> list[list[str]]:
    """
    Deal modules out to so many shares, or to fewer, so that none is empty.

    Those that take longest come first, each to the share that has least so far; so do the shares.
    """
    found: list[list[str]] = [[] for _ in range(min(shares, len(modules)))]
    for module in sorted(modules, key=seconds, reverse=True):
        min(found, key=_sum).append(module)
    return sorted(found, key=_sum, reverse=True)


def _sum(share: Sequence[str]) -> float:
    return sum(map(seconds, share))
