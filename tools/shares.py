"""Which modules of tests a process runs together, so that all processes take about as long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SECONDS: Mapping[str, float] = {
    "live.test_packaging": 200,
    "live.test_runs": 100,
    "live.test_bench": 90,
    "live.test_testing": 60,
    "live.test_matrix": 50,
    "live.test_faults": 40,
    "live.test_pictures": 30,
    "live.test_readme": 30,
    "live.test_postgres": 25,
    "live.test_spawn": 20,
    "live.test_scenarios": 20,
    "test_replay": 22,
    "test_recovery": 20,
    "test_engagement": 15,
    "test_fact_ranges": 15,
    "test_bench": 15,
    "test_drawing": 13,
    "test_recorded": 13,
    "test_rerun": 11,
    "test_faults_again": 10,
    "test_scenarios": 10,
    "test_fix_bytes": 9,
    "test_docs": 8,
    "test_wire_fix_codec": 8,
    "test_plugins_third_party": 6,
    "test_multileg_again": 6,
    "test_alive": 6,
    "test_client_ctl": 6,
    "test_session_clock": 6,
    "test_control_openapi": 5,
    "test_filters_quick": 5,
    "test_wire_fix": 5,
    "test_config_trading_day": 5,
    "test_engine_oracle": 5,
    "test_layers": 5,
    "test_ouch_replay": 5,
    "test_rules_again": 5,
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
