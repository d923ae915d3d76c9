"""What a MoldUDP64 session was configured with, in the form that its machine reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MoldRules:
    """
    The settings of one session.

    :param packet_size: bytes of the longest packet that is sent.
    :param max_requests: requests that are looked at in a second; what is more is as if it had been
        lost.
    """

    packet_size: int
    max_requests: int
