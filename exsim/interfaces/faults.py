"""What faults are given to make messages of a protocol misbehave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from zope.interface import Attribute, Interface

from exsim.model.luck import Luck
from exsim.model.treatment import Treatment


class Tamper(Protocol):
    """
    Shows a session's messages to its faults; see :class:`exsim.model.treatment.Treatment`.

    None is the answer where no fault is for a message: it goes on as it is.
    """

    def outgoing(self, raw: bytes, now: int) -> Treatment | None:
        """A message that is about to be sent."""

    def incoming(self, raw: bytes, now: int) -> Treatment | None:
        """A message that was received."""


Best = Callable[[str, int], int | None]
"""The best price of a side of an instrument, by symbol and side; None where there is none."""


class Surgery(Protocol):
    """What is done to the bytes of one message, as a protocol has them."""

    kinds: frozenset[str]
    """The kinds of faults of :mod:`exsim.faults.kinds` that it does, or that fit the protocol."""

    lacks: Mapping[str, str]
    """The kinds that make no sense for the protocol, and why."""

    matches: Mapping[str, str]
    """The filter that messages of a kind fit whatever else is asked for, where there is one."""

    def check(self, kind: str, given: Mapping[str, str], values: Mapping[str, Any]) -> None:
        """
        Whether the parameters of a fault make sense for the protocol: those that were ``given``,
        and all as they were read.

        :raises ValueError: when they do not.
        """

    def operate(self, kind: str, raw: bytes, values: Mapping[str, Any], luck: Luck) -> bytes:
        """The message with a defect of this kind; as it was where it has nothing to be changed."""

    def duplicate(self, raw: bytes, now: int) -> bytes:
        """The message as it is sent again: marked as a possible duplicate."""

    def crossed(self, raw: bytes, best: Best, by: int) -> bytes:
        """
        Market data with a price that crosses the best of the other side by so much (10^-8), or
        locks it (0); as it was where nothing can be crossed.
        """

    def halted(self, raw: bytes, now: int) -> bytes:
        """
        A message besides, which tells that the instrument of this one is halted; empty where it is
        of none.
        """


class IBreakable(Interface):
    """An acceptor, besides :class:`IAcceptor`, whose sessions faults can make misbehave."""

    opened: Callable[[str], None] = Attribute(
        "Called with the name of each session that was just opened."
    )

    def surgery(session: str) -> Surgery:
        """What is done to the bytes of a session's messages; of any's where there is none."""

    def tamper(session: str, tamper: Tamper | None) -> None:
        """Show the messages of a session, from the next one on, to these faults, or to none."""
