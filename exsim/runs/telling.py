"""What is told of runs: a text, JSON, and JUnit's XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from xml.etree import ElementTree as ET

import msgspec

from exsim import __version__
from exsim.runs.words import Result

SHOWN: Final = 20
"""Failed runs that the text shows; the files have all."""
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of all runs, in the order that they were asked for; ``asked`` says how many were.
    ``interrupted``: the others were not made. ``seconds`` of real time are what it took.
    """

    results: Sequence[Result]
    asked: int
    on: str
    seconds: float
    interrupted: bool = False

    @property
    def failed(self) -> list[Result]:
        """Those that did not pass."""
        return [result for result in self.results if not result.passed]

    @property
    def passed(self) -> bool:
        """Whether all were made, and all passed."""
        return len(self.results) == self.asked and not self.failed


# -- for people


def told(outcome: Outcome) -> str:
    """The text: failed runs with the commands that repeat them, and a line on each scenario."""
    failed = outcome.failed
    lines = [line for result in failed[:SHOWN] for line in _failure(result)]
    if len(failed) > SHOWN:
        lines += [f"... and {len(failed) - SHOWN:,} more that failed", ""]
    lines += _by_scenario(outcome.results)
    done, rate = len(outcome.results), len(outcome.results) / max(outcome.seconds, 1e-9)
    counts = f"{_runs(done)}: {done - len(failed):,} passed, {len(failed):,} failed"
    lines.append(f"{counts}, in {outcome.seconds:.1f} s ({rate:.1f} a second, {outcome.on})")
    if outcome.interrupted:
        lines.append(
            f"interrupted: {outcome.asked - done:,} of {_runs(outcome.asked)} were not made"
        )
    return "\n".join([*lines, ""])


def _runs(count: int) -> str:
    return f"{count:,} run{'s' * (count != 1)}"


def _failure(result: Result) -> Iterator[str]:
    yield f"{result.scenario}, seed {result.seed}: FAILED"
    yield from (f"  {line}" for line in why(result).splitlines())
    yield f"  again: {result.repeat}"
    yield ""


def why(result: Result) -> str:
    """What did not hold in a run, and what ended it."""
    lines = [result.error] if result.error else []
    for unmet in result.failed:
        lines.append(unmet.step)
        if unmet.expected:
            lines.append(f"  expected {unmet.expected}")
        lines += _indented("  found " if unmet.expected else "  ", unmet.found)
    return "\n".join(lines)


def _indented(begin: str, text: str) -> list[str]:
    first, *more = text.splitlines() or [""]
    return [begin + first, *(f"  {line}" for line in more)]


def _by_scenario(results: Iterable[Result]) -> list[str]:
    rows = []
    for name, group in groupby(results, lambda result: result.scenario):
        of = list(group)
        failed = sum(not result.passed for result in of)
        ran = [result for result in of if result.digest] or [Result(name, 0, False)]
        commands, trades = (
            sum(getattr(result, what) for result in ran) / len(ran)
            for what in ("commands", "trades")
        )
        rows.append(
            (
                name,
                _runs(len(of)),
                f"{failed:,} failed",
                f"{commands:,.0f} commands and {trades:,.0f} trades each",
            )
        )
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    return [
        f"{name:{widths[0]}}  {runs:>{widths[1]}}  {failed:>{widths[2]}}  {each}"
        for name, runs, failed, each in rows
    ]


# -- for machines


def told_of(outcome: Outcome) -> bytes:
    """All of it, as JSON: the same runs give the same, but for ``on`` and what ``seconds`` are."""
    document = {
        "exsim": __version__,
        "on": outcome.on,
        "seconds": round(outcome.seconds, 3),
        "asked": outcome.asked,
        "passed": len(outcome.results) - len(outcome.failed),
        "failed": len(outcome.failed),
        "interrupted": outcome.interrupted,
        "results": outcome.results,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def junit(outcome: Outcome) -> bytes:
    """All of it as JUnit has it: a suite for each scenario, and in it a case for each seed."""
    suites = ET.Element("testsuites", _counted("exsim scenarios", outcome.results))
    for name, group in groupby(outcome.results, lambda result: result.scenario):
        of = list(group)
        suite = ET.SubElement(suites, "testsuite", _counted(name, of))
        for result in of:
            suite.append(_case(result))
    ET.indent(suites)
    text: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _counted(name: str, results: Sequence[Result]) -> dict[str, str]:
    broken = sum(bool(result.error) for result in results)
    failed = sum(not result.passed for result in results)
    return {
        "name": name,
        "tests": str(len(results)),
        "failures": str(failed - broken),
        "errors": str(broken),
        "skipped": "0",
        "time": f"{sum(result.seconds for result in results):.3f}",
    }


def _case(result: Result) -> ET.Element:
    case = ET.Element(
        "testcase",
        {
            "classname": f"scenarios.{result.scenario}",
            "name": f"seed {result.seed}",
            "time": f"{result.seconds:.3f}",
        },
    )
    if not result.passed:
        what = "error" if result.error else "failure"
        text = _NOT_IN_XML.sub("\ufffd", why(result))
        first = text.partition("\n")[0]
        bad = ET.SubElement(case, what, {"message": first, "type": what})
        bad.text = f"{text}\nagain: {result.repeat}"
    out = ET.SubElement(case, "system-out")
    out.text = _figures(result)
    return case


def _figures(result: Result) -> str:
    lines = [f"digest {result.digest or 'none'}"]
    lines.append(f"{result.commands:,} commands, {result.trades:,} trades")
    for one in result.market:
        prices = f"from {one.low} to {one.high}, last {one.last}" if one.trades else "no price"
        lines.append(
            f"{one.symbol} at {one.venue}: {one.trades:,} trades of {one.volume}, {prices},"
            f" spread {one.spread or 'none'}"
        )
    return "\n".join(lines)
