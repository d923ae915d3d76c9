"""What a request brings that its answers take back, whatever protocol it came by."""

from __future__ import annotations

from typing import Final


class Carry:
    """
    What an order brought that its reports take back, kept in its protocol's own form.

    ``owner`` is the protocol that made it and alone can read it; ``body`` goes on every
    report of the order, ``routing`` into the header (OnBehalfOf, DeliverTo). ``asked`` goes on
    every report too: what the order asks for, in the very fields that it came in. So does ``kept``,
    whatever the order is replaced with: the list or cross that it came in.
    """

    __slots__ = ("asked", "body", "kept", "owner", "routing")

    def __init__(
        self,
        owner: str,
        body: bytes = b"",
        routing: bytes = b"",
        asked: bytes = b"",
        kept: bytes = b"",
    ) -> None:
        self.owner = owner
        self.body = body
        self.routing = routing
        self.asked = asked
        self.kept = kept

    def state(self) -> list[str | bytes]:
        """The values that make it, in the order of its parameters."""
        return [self.owner, self.body, self.routing, self.asked, self.kept]

    def without_asked(self) -> Carry:
        """The same of an order that asks for something else from now on."""
        return Carry(self.owner, self.body, self.routing, b"", self.kept) if self.asked else self


NOTHING_CARRIED: Final = Carry("")
_NOTHING: Final[dict[str, Carry]] = {"": NOTHING_CARRIED}


def nothing_carried(owner: str) -> Carry:
    """What most orders bring: there is one for each owner."""
    carry = _NOTHING.get(owner)
    if carry is None:
        carry = _NOTHING[owner] = Carry(owner)
    return carry
