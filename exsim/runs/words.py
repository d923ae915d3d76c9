"""The words of scenario runs: what is to be run, and what came of it."""

from __future__ import annotations

from msgspec import Struct


class Job(Struct, frozen=True):
    """
    One run that is to be made. ``config`` is the path of the scenario's ini, ``script`` that of
    what is done and expected, empty where there is none. At least ``span`` nanoseconds of market
    time pass; ``limit`` seconds of real time are the most that it may take.
    """

    scenario: str
    config: str
    script: str
    seed: int
    span: int
    limit: float
    overrides: tuple[str, ...] = ()
    repeat: str = ""
    """The command that makes this run alone."""

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands among others."""
        return self.scenario, self.seed


class Unmet(Struct, frozen=True):
    """
    A step that did not hold: what was expected, and what was found. Where the step itself says what
    was expected that is empty, and the other tells all.
    """

    step: str
    expected: str
    found: str


class Figures(Struct, frozen=True):
    """
    One instrument in a run: amounts are exact decimals, null where nothing traded; ``spread`` is
    the mean of looks where both sides were there.
    """

    venue: str
    symbol: str
    trades: int
    volume: str
    low: str | None
    high: str | None
    last: str | None
    spread: str | None


class Result(Struct, frozen=True):
    """
    What came of a run. ``digest`` is that of all ``entries`` of its journal, as ``exsim replay``
    has it; ``commands`` counts what bots and the script asked for. ``error`` says why it ended
    before its end, or what failed in it. ``seconds`` of real time are what it took.
    """

    scenario: str
    seed: int
    passed: bool
    digest: str = ""
    entries: int = 0
    commands: int = 0
    trades: int = 0
    market: list[Figures] = []
    failed: list[Unmet] = []
    error: str = ""
    repeat: str = ""
    seconds: float = 0.0

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands among others."""
        return self.scenario, self.seed


def broken(job: Job, why: str, seconds: float = 0.0) -> Result:
    """The result of a run that did not come to its end."""
    return Result(job.scenario, job.seed, False, error=why, repeat=job.repeat, seconds=seconds)
