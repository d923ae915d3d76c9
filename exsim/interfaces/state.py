"""What remembers something."""

from __future__ import annotations

from zope.interface import Interface


class IStateful(Interface):
    """
    A policy or pricing source that remembers something, which a snapshot then has to hold.

    The state is nested lists and dictionaries of text, bytes, numbers, truth values and None;
    whole numbers have at most 64 bits.
    """

    def state() -> object:
        """All that it remembers."""

    def restore(state: object) -> None:
        """Remember that; called before anything else is asked."""


class IRemembersPrices(Interface):
    """A pricing source or bot that remembers prices of instruments, which splits change."""

    def split(symbol: str, new: int, old: int) -> None:
        """``old`` shares are ``new`` ones from now on: prices fall as much."""
