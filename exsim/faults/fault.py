"""A fault, and what is known of it while it is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from exsim.faults.kinds import Kind
from exsim.filters import Filter, Seen, filter_of
from exsim.model.amounts import UNIT
from exsim.model.luck import Luck
from exsim.model.options import read_options
from exsim.model.plain import Plain


@dataclass(frozen=True, slots=True)
class Fault:
    """
    A defect of messages that fit ``match``, of a session, of all of an endpoint, or of a venue.

    It is of the first of ``session``, ``endpoint`` and ``venue`` that is not empty; the venue is
    always there. ``count`` is how often it fires, None for no end; ``probability`` (units of 10^-8)
    its chance where a message fits; ``seed`` fixes that, by default the venue's seed and the name
    do. ``parameters`` are those of its kind, as text. One that is not ``enabled`` does nothing.
    """

    name: str
    kind: str
    venue: str
    endpoint: str = ""
    session: str = ""
    match: str | None = None
    direction: str = ""
    count: int | None = None
    probability: int = UNIT
    seed: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    enabled: bool = True

    def plain(self) -> Plain:
        """It as plain values, for a snapshot; ``Fault(**plain)`` is it again."""
        return asdict(self)


class Active:
    """
    A fault that is set.

    ``hits`` says how often it fired, ``passed`` how often chance was against it; ``values`` are
    those of the kind's parameters.

    :param seed: where the fault has none of its own.
    :raises ValueError: when it makes no sense.
    """

    __slots__ = ("fault", "filter", "hits", "kind", "luck", "passed", "values")

    def __init__(self, fault: Fault, kind: Kind, seed: int) -> None:
        self.fault = fault
        self.kind = kind
        self.values = values_of(fault, kind)
        self.filter: Filter = filter_of(fault.match)
        self.luck = Luck(seed if fault.seed is None else fault.seed)
        self.hits = 0
        self.passed = 0

    @property
    def left(self) -> int | None:
        """How often it may still fire; None for no end."""
        count = self.fault.count
        return None if count is None else max(0, count - self.hits)

    @property
    def direction(self) -> str:
        """``in`` or ``out``."""
        return self.fault.direction or self.kind.directions[0]

    def of(self, venue: str, endpoint: str, session: str) -> bool:
        """Whether it is of messages of this session."""
        fault = self.fault
        if fault.session:
            return fault.session == session
        return fault.endpoint == endpoint if fault.endpoint else fault.venue == venue

    def fires(self, seen: Seen) -> bool:
        """Whether a message that its kind is for fits, and chance is for it; then it counts."""
        if self.left == 0 or not self.filter.matches(seen):
            return False
        if self.fault.probability < UNIT and self.luck.below(UNIT) >= self.fault.probability:
            self.passed += 1
            return False
        self.hits += 1
        return True

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return [self.fault.plain(), str(self.luck.state), self.hits, self.passed]

    def count_on(self, luck: str, hits: int, passed: int) -> None:
        """Go on as :meth:`state` told."""
        self.luck.state = int(luck)
        self.hits = hits
        self.passed = passed


def values_of(fault: Fault, kind: Kind) -> Mapping[str, Any]:
    """
    The values of a kind's parameters.

    :raises ValueError: when one is not the kind's, or makes no sense.
    """
    known = [option.name for option in kind.options]
    for name in fault.parameters:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise ValueError(f"kind {kind.name} has no parameter {name!r}: {has}")
    return read_options(kind.options, fault.parameters)
