"""
What each phase of a market takes: the table of OrdType and TimeInForce, and what else may be done.

:data:`TABLE` is the default; a venue's ``phase_rules`` change it, in the words of
:func:`changed`. ``docs/trading-day.rst`` shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from exsim.model.codes import OrdType, Phase, TimeInForce

NIGHT: Final = frozenset({Phase.CLOSED, Phase.START_OF_DAY})
"""Phases in which a new day has not begun, or is only prepared."""
AUCTIONS: Final = frozenset(
    {
        Phase.OPENING_AUCTION,
        Phase.INTRADAY_AUCTION,
        Phase.VOLATILITY_AUCTION,
        Phase.CLOSING_AUCTION,
    }
)
"""Phases that end in an uncrossing."""

TYPES: Final = {each.name.lower().replace("_", "-"): int(each) for each in OrdType}
"""OrdType by the word of settings: ``stop-limit``."""
TIMES: Final = {each.name.lower().replace("_", "-"): int(each) for each in TimeInForce}
"""TimeInForce by the word of settings: ``good-for-auction``."""


def key(ord_type: int, tif: int) -> int:
    """An OrdType and a TimeInForce as one number."""
    return ord_type << 8 | tif


class PhaseRules:
    """
    What a phase allows. ``takes`` has the :func:`key` of each kind of order that is taken, ``fast``
    of those that a plain continuous market needs no second look at.
    """

    __slots__ = ("cancels", "fast", "matches", "phase", "replaces", "takes")

    def __init__(
        self,
        phase: Phase,
        takes: frozenset[int] = frozenset(),
        matches: bool = False,
        cancels: bool = True,
        replaces: bool = True,
    ) -> None:
        self.phase = phase
        self.takes = takes
        self.matches = matches
        self.cancels = cancels
        self.replaces = replaces
        self.fast = takes & _FAST if matches and phase is Phase.CONTINUOUS else frozenset()


def _kinds(types: str, times: str) -> frozenset[int]:
    return frozenset(
        key(TYPES[one], TIMES[other]) for one in types.split() for other in times.split()
    )


_FAST: Final = _kinds("market limit", "day gtc ioc fok")
_WAITING: Final = "stop stop-limit market-if-touched limit-if-touched pegged"
_RESTING: Final = "day gtc gtd"
_CONTINUOUS: Final = (
    _kinds("market limit market-to-limit", "day gtc gtd ioc fok")
    | _kinds(_WAITING, _RESTING)
    | _kinds("stop stop-limit", "ioc fok")
    | _kinds("limit", "good-till-crossing")
    | _kinds("market limit", "at-close good-for-auction")
)
_COLLECTING: Final = _kinds(
    "market limit market-to-limit", "day gtc gtd good-for-auction at-close"
) | _kinds(_WAITING, _RESTING)
_BEFORE_OPEN: Final = _COLLECTING | _kinds("market limit", "at-opening")
_AT_CLOSE: Final = _kinds("market limit", "day ioc fok")

TABLE: Final[Mapping[Phase, PhaseRules]] = {
    rules.phase: rules
    for rules in (
        PhaseRules(Phase.START_OF_DAY, replaces=False),
        PhaseRules(Phase.PRE_OPEN, _BEFORE_OPEN),
        PhaseRules(Phase.OPENING_AUCTION, _BEFORE_OPEN),
        PhaseRules(Phase.CONTINUOUS, _CONTINUOUS, matches=True),
        PhaseRules(Phase.INTRADAY_AUCTION, _COLLECTING),
        PhaseRules(Phase.VOLATILITY_AUCTION, _COLLECTING),
        PhaseRules(Phase.HALT, replaces=False),
        PhaseRules(Phase.CLOSING_AUCTION, _COLLECTING),
        PhaseRules(Phase.TRADE_AT_CLOSE, _AT_CLOSE, matches=True),
        PhaseRules(Phase.CLOSED, replaces=False),
    )
}
"""The rules of each phase where a venue says nothing else."""

_SWITCHES: Final = {
    "match": ("matches", True),
    "collect": ("matches", False),
    "cancel": ("cancels", True),
    "no-cancel": ("cancels", False),
    "replace": ("replaces", True),
    "no-replace": ("replaces", False),
}


def changed(words: Iterable[tuple[str, str]]) -> dict[Phase, PhaseRules]:
    """
    The table with changes: pairs of a phase, and a word of what it is to do.

    ``+limit/gtc`` has it take these orders, ``-market/*`` refuses those; ``*`` stands for every
    type or time. ``match`` or ``collect``, ``cancel`` or ``no-cancel``, ``replace`` or
    ``no-replace`` say the rest.

    :raises ValueError: for a word that is none of these.
    """
    table = dict(TABLE)
    for name, word in words:
        phase = phase_of(name)
        table[phase] = _with(table[phase], word)
    return table


def phase_of(name: str) -> Phase:
    """
    The phase of this name.

    :raises ValueError: where there is none.
    """
    for phase in Phase:
        if phase.value == name:
            return phase
    known = ", ".join(phase.value for phase in Phase)
    raise ValueError(f"{name[:64]!r} is no phase: there are {known}")


def _with(rules: PhaseRules, word: str) -> PhaseRules:
    takes, matches, cancels, replaces = rules.takes, rules.matches, rules.cancels, rules.replaces
    switch = _SWITCHES.get(word)
    if switch is not None:
        name, value = switch
        matches = value if name == "matches" else matches
        cancels = value if name == "cancels" else cancels
        replaces = value if name == "replaces" else replaces
    elif word[:1] == "+":
        takes = takes | _meant(word)
    elif word[:1] == "-":
        takes = takes - _meant(word)
    else:
        raise ValueError(
            f"{word[:64]!r} says nothing: give +TYPE/TIME, -TYPE/TIME or one of "
            + ", ".join(_SWITCHES)
        )
    return PhaseRules(rules.phase, takes, matches, cancels, replaces)


def _meant(word: str) -> frozenset[int]:
    one, slash, other = word[1:].partition("/")
    if not slash or (one != "*" and one not in TYPES):
        raise ValueError(f"{word[:64]!r}: give TYPE/TIME with a type of {', '.join(TYPES)}, or *")
    if other != "*" and other not in TIMES:
        raise ValueError(f"{word[:64]!r}: give TYPE/TIME with a time of {', '.join(TIMES)}, or *")
    types = TYPES.values() if one == "*" else (TYPES[one],)
    times = TIMES.values() if other == "*" else (TIMES[other],)
    return frozenset(key(ord_type, tif) for ord_type in types for tif in times)


def named(ord_type: int, tif: int) -> str:
    """An order in words: ``MARKET order with TimeInForce AT_CLOSE``."""
    return f"{_name(OrdType, ord_type)} order with TimeInForce {_name(TimeInForce, tif)}"


def _name(codes: type[OrdType] | type[TimeInForce], value: int) -> str:
    for code in codes:
        if code == value:
            return code.name
    return str(value)
