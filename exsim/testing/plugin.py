"""
The plugin for pytest: fixtures ``exsim`` and ``exsim_server``, the marker ``exsim``, options;
scenarios as tests.

Light at import: pytest loads it wherever exsim is installed.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from exsim.testing.exchange import Exchange
    from exsim.testing.server import Server

MARKER = (
    "exsim(config=None, set=(), venue=None): have the fixture exsim be of a simulator with this"
    " configuration file, with these SECTION.KEY=VALUE set, be this venue of it"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """What the command line and pytest's configuration can say."""
    group = parser.getgroup("exsim", "the exchange that is tested against")
    group.addoption("--exsim-config", metavar="FILE", help="configuration of exsim's fixtures")
    group.addoption(
        "--exsim-set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="set a key over that; may be given again",
    )
    group.addoption(
        "--exsim-coverage",
        metavar="FOLDER",
        help="write there what the system under test met, as JUnit XML and as a page of HTML",
    )
    group.addoption(
        "--exsim-scenarios",
        metavar="DIR",
        help="run the scenarios of this folder, each with each seed, as tests",
    )
    group.addoption(
        "--exsim-seeds", default="1", metavar="SEEDS", help="of these: 7, 1-100 or 1-10,42 (1)"
    )
    group.addoption("--exsim-results", metavar="FILE", help="write their results, as JSON")
    parser.addini("exsim_config", "configuration of exsim's fixtures, relative to this file")
    parser.addini("exsim_set", "keys to set over that, one a line", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    """Tell of the marker; count, and collect scenarios, where that is asked for."""
    config.addinivalue_line("markers", MARKER)
    if config.getoption("exsim_coverage"):
        config.pluginmanager.register(Counting(config), "exsim-coverage")
    if config.getoption("exsim_scenarios"):
        from exsim.testing.scenarios import Scenarios

        config.pluginmanager.register(Scenarios(config), "exsim-scenarios")


@pytest.fixture(scope="session")
def exsim_server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """The simulator of this run, a process on free ports; with xdist, one for each worker."""
    from exsim.testing.server import Server

    config = pytestconfig.getoption("exsim_config")
    if config is None and pytestconfig.getini("exsim_config"):
        config = pytestconfig.rootpath / pytestconfig.getini("exsim_config")
    overrides = [*pytestconfig.getini("exsim_set"), *pytestconfig.getoption("exsim_set")]
    server = Server(config, overrides)
    yield server
    server.stop()


@pytest.fixture
def exsim(request: pytest.FixtureRequest, exsim_server: Server) -> Iterator[Exchange]:
    """A fresh exchange: a venue XSIM with AAA, BBB and CCC, unless it is configured otherwise."""
    marker = request.node.get_closest_marker("exsim")
    given: dict[str, Any] = {} if marker is None else dict(marker.kwargs)
    venue, config = given.pop("venue", None), given.pop("config", None)
    overrides = given.pop("set", ())
    if given or (marker is not None and marker.args):
        raise pytest.UsageError(f"a marker exsim has config, set and venue: {marker}")
    if config or overrides:
        base = exsim_server.config if config is None else request.path.parent / config
        kept = exsim_server.overrides if config is None else ()
        exsim_server = exsim_server.other(base, (*kept, *overrides))
    exchange = exsim_server.exchange(venue)
    yield exchange
    counting = request.config.pluginmanager.get_plugin("exsim-coverage")
    if counting is not None:
        counting.take(exchange)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the conversation of a test that failed."""
    report = yield
    exchange = getattr(item, "funcargs", {}).get("exsim")
    told = "Conversation of" in str(report.longrepr)
    if report.failed and exchange is not None and call.when == "call" and not told:
        report.sections.append(("The conversation with exsim", _told(exchange)))
    return report


def _told(exchange: Exchange) -> str:
    try:
        return exchange.conversation() or "(nobody said a word)"
    except Exception as trouble:  # noqa: BLE001 - what the test found is what counts
        return f"(it cannot be told: {trouble})"


class Counting:
    """What the system under test met in all tests; with xdist, of all workers."""

    def __init__(self, config: pytest.Config) -> None:
        from exsim.testing.coverage import Coverage

        self._config = config
        self._coverage = Coverage()

    def take(self, exchange: Exchange) -> None:
        """Count the conversation of a test."""
        from exsim.testing.coverage import all_messages

        self._coverage.take(all_messages(exchange))

    def pytest_sessionfinish(self) -> None:
        """Write it, or give it to whoever started this worker."""
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output["exsim_coverage"] = self._coverage.plain()
        else:
            self._coverage.write(Path(self._config.getoption("exsim_coverage")))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """A worker of xdist is done."""
        self._coverage.merge(getattr(node, "workeroutput", {}).get("exsim_coverage", {}))
