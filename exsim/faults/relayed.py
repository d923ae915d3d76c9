"""The surgeries of proxies: what makes sense of faults between two others who have the session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from exsim.faults.acts import ACTS
from exsim.faults.as_it_is import AsItIs
from exsim.faults.fix import FIX_SURGERY
from exsim.faults.kinds import DATA, HOLD, KINDS
from exsim.faults.protocols import SURGERIES
from exsim.faults.soup import SoupSurgery
from exsim.interfaces import Best, Surgery
from exsim.model.luck import Luck
from exsim.wire.layout import Family

Values = Mapping[str, Any]

_OTHERS: Final = "the session is that of others"
_SESSION: Final = {
    **dict.fromkeys(("ignore", "refuse-logon", "logout"), _OTHERS),
    **{kind.name: "the market is that of others" for kind in KINDS if kind.level == DATA},
}
"""What only whoever has the session can do."""
_ANY_BYTES: Final = frozenset(
    (
        *("drop", "delay", "duplicate", "insert", "hold", "latency", "jitter", "bandwidth"),
        *("slicer", "cut", "reset", "black-hole", "half-close", "join", "garbage", "reorder"),
    )
)
"""What is done to any message, whatever it says."""


class Relayed:
    """
    See :class:`exsim.interfaces.Surgery`: that of a protocol whose numbers two others count.

    The number of a message is changed and no other; what is not to be answered or sent is dropped.
    """

    def __init__(self, own: Surgery) -> None:
        self.kinds: frozenset[str] = (own.kinds | {HOLD}) - _SESSION.keys()
        lacks = {kind: why for kind, why in own.lacks.items() if kind != HOLD}
        self.lacks: Mapping[str, str] = {**lacks, **_SESSION}
        self.matches: Mapping[str, str] = own.matches
        self._own = own

    def check(self, kind: str, given: Mapping[str, str], values: Values) -> None:
        """Whether parameters make sense."""
        self._own.check(kind, given, values)

    def operate(self, kind: str, raw: bytes, values: Values, luck: Luck) -> bytes:
        """The message with a defect of this kind."""
        return self._own.operate(kind, raw, values, luck)

    def duplicate(self, raw: bytes, now: int) -> bytes:
        """The message as it is sent again."""
        return self._own.duplicate(raw, now)

    def crossed(self, raw: bytes, best: Best, by: int) -> bytes:
        """The message with a price that crosses the other side."""
        return self._own.crossed(raw, best, by)

    def halted(self, raw: bytes, now: int) -> bytes:
        """A message that tells of a halt."""
        return self._own.halted(raw, now)


_UNREAD: Final = "nobody knows how to read what goes by"

_BY_PROTOCOL: Final[dict[str, Surgery]] = {
    "fix": Relayed(FIX_SURGERY),
    "ouch": Relayed(SURGERIES["ouch"]),
    "soup": Relayed(SoupSurgery(Family("soup", "SoupBinTCP", (), ()))),
    "raw": AsItIs(
        _ANY_BYTES,
        dict.fromkeys(ACTS.keys() - _ANY_BYTES - _SESSION.keys(), _UNREAD) | _SESSION,
        "bytes that nobody reads",
    ),
}


def surgery_of(protocol: str) -> Surgery:
    """That of the messages of a proxy's ``protocol``."""
    return _BY_PROTOCOL[protocol]
