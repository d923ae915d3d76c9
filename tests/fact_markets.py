"""Markets whose stylised facts are held to ranges: one for each kind of source and of bot."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.facts.measuring import facts_of
from exsim.facts.observed import MINUTE, SECOND
from exsim.plugins import Catalogue
from exsim.services.observing import Watched, seeded

HEAD: Final = """
[rest]
listen = none

[instrument:X:ZIG]
reference = 100
"""
ALONE: Final = "[venue:X]\npricing = it\n\n[pricing:it]\nsource = {kind}\n"
"""A source with the keys that it has where nothing is said."""
DERIVED: Final = """
[venue:X]
pricing = under, it

[pricing:under]
source = brownian
symbols = ZIG

[pricing:it]
source = {kind}

[instrument:X:ZIGX]
underlying = ZIG
maturity = 202612
"""
BESIDE: Final = """
[venue:X]
pricing = under

[pricing:under]
source = brownian
symbols = ZIG

[venue:Y]
pricing = it

[pricing:it]
source = follower
leader = X

[instrument:Y:ZIG]
reference = 100
"""
TRADED: Final = """
[venue:X]
pricing = it

[pricing:it]
source = brownian
"""
MAKER: Final = "\n[bot:M]\nkind = maker\nvenue = X\n"
NOISE: Final = "\n[bot:N]\nkind = noise\nvenue = X\nrate = 2\nclustering = 50%\n"
IT: Final = "\n[bot:IT]\nkind = {kind}\nvenue = X\n"


class Market(NamedTuple):
    """A market: what its ini says, how many minutes are looked at, and of which instrument."""

    ini: str
    minutes: int
    venue: str = "X"
    symbol: str = "ZIG"


DAY: Final = 300
HOUR: Final = 40

MARKETS: Final = {
    "random-walk": Market(ALONE, DAY),
    "brownian": Market(ALONE, DAY),
    "mean-reverting": Market(ALONE, DAY),
    "jump-diffusion": Market(ALONE, DAY),
    "regimes": Market(ALONE, DAY),
    "stochastic-volatility": Market(ALONE, DAY),
    "basket": Market(ALONE, DAY),
    "futures": Market(DERIVED + "security_type = FUT\n", DAY, symbol="ZIGX"),
    "options": Market(
        DERIVED + "security_type = OPT\nstrike = 95\nput_call = call\n", DAY, symbol="ZIGX"
    ),
    "follower": Market(BESIDE, HOUR, "Y"),
    "maker": Market(TRADED + MAKER, HOUR),
    "noise": Market(TRADED + NOISE, HOUR),
    "maker and noise": Market(TRADED + MAKER + NOISE, HOUR),
    "momentum": Market(TRADED + MAKER + NOISE + IT, HOUR),
    "reversion": Market(TRADED + MAKER + NOISE + IT, HOUR),
    "iceberg": Market(TRADED + MAKER + NOISE + IT, HOUR),
    "burst": Market(TRADED + MAKER + NOISE + IT, HOUR),
    "vacuum": Market(TRADED + MAKER + NOISE + IT, HOUR),
    "arbitrage": Market(
        TRADED
        + "\n[venue:Y]\npricing = it\n\n[instrument:Y:ZIG]\nreference = 100\n"
        + MAKER
        + NOISE
        + "\n[bot:M2]\nkind = maker\nvenue = Y\n\n[bot:IT]\nkind = {kind}\nvenue = X, Y\n",
        HOUR,
    ),
}
"""By the kind that it is about. Other sources have the facts of whatever tells them prices."""


def measured(test: SynchronousTestCase, kind: str, seed: int) -> dict[str, float | None]:
    """The facts of a market, by name."""
    path = Path(test.mktemp())
    return measure(path, kind, seed)


def measure(path: Path, kind: str, seed: int) -> dict[str, float | None]:
    """The same, with its ini at a path."""
    market = MARKETS[kind]
    path.write_text(HEAD + market.ini.format(kind=kind), encoding="utf-8")
    settings = seeded(load(str(path), [], Catalogue()), seed)
    watched = Watched(settings, Catalogue(), (market.symbol,), SECOND)
    watched.run(market.minutes * MINUTE)
    seen = watched.observed(market.venue, market.symbol)
    return {fact.name: fact.value for fact in facts_of(seen)}
