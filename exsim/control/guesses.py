"""Back-off for whoever guesses bearer tokens: each wrong one waits longer for its answer."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Final

FREE: Final = 10
"""Wrong tokens of one peer that are answered at once."""
FIRST: Final = 0.25
"""Seconds that the answer to the next one waits; each further one waits twice as long as before."""
DOUBLINGS: Final = 5
"""How often that goes on: up to 8 seconds."""
FORGOTTEN: Final = 60.0
"""Seconds without a wrong one, after which a peer begins anew."""
MOST_PEERS: Final = 1_000
"""Peers that are remembered; then those are forgotten of whom nothing was heard for longest."""


class Guesses:
    """
    How many wrong tokens came lately, by peer.

    A right one is not looked for here, and so never waits, though somebody guesses from the same
    address. It changes nothing either: whoever has one could guess others without end.
    """

    def __init__(self) -> None:
        self._wrong: dict[str, tuple[int, float]] = {}  # how many, and when the last; oldest first

    def wrong(self, peer: str, now: float) -> float:
        """A wrong one came at ``now``, seconds; how long its answer is to wait, in seconds."""
        peer = _network(peer)
        count, last = self._wrong.pop(peer, (0, now))
        count = 1 if now - last >= FORGOTTEN else count + 1
        self._wrong[peer] = (count, now)
        if len(self._wrong) > MOST_PEERS:
            del self._wrong[next(iter(self._wrong))]
        return FIRST * 2.0 ** min(count - FREE - 1, DOUBLINGS) if count > FREE else 0.0


def _network(peer: str) -> str:
    """What one machine has of addresses: an IPv6 one may choose its last 64 bits at will."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:  # a unix socket
        return peer
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return address.packed[:8].hex()
    return peer
