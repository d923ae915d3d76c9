"""What rules need to know of sessions and messages, and whom they tell: the exchange does that."""

from __future__ import annotations

from typing import Protocol

from exsim.model.messages import Description


class World(Protocol):
    """All that is around a venue, for its rules."""

    def described(self, session: str, data: bytes) -> Description:
        """A session's message decoded."""

    def endpoint_of(self, session: str) -> str:
        """The endpoint of a session; empty for one that there is not."""

    def paced(self, session: str) -> bool:
        """Whether a session goes by its market's clock (``session_clock = market``)."""

    def rule_failed(self, rule: str, text: str, error: Exception | None) -> None:
        """A rule could not do what it says; ``error`` where that was no refusal but a defect."""

    def source_failed(self, source: str, error: Exception) -> None:
        """A pricing source could not say what is due; it stands still from now on."""

    def watch(self) -> None:
        """A venue has rules about messages and events that are no requests, or none any more."""

    def part(self, session: str, text: str | None, real: int) -> None:
        """Log a session out with a text; with None close its connection without a word."""

    def ask(self, venue: str, play: int, url: str, body: bytes, timeout: int) -> None:
        """
        Ask an HTTP endpoint, for so many nanoseconds, what is to become of a play.

        The answer comes by :meth:`exsim.dispatch.rulebook.Rulebook.answer`, in a turn of its own.
        """


class Nowhere:
    """No world at all: there are no sessions, and nobody hears of anything."""

    def described(self, session: str, data: bytes) -> Description:
        """Nothing is known of it."""
        return Description("", "", ())

    def endpoint_of(self, session: str) -> str:
        """It has none."""
        return ""

    def paced(self, session: str) -> bool:
        """It goes by real time."""
        return False

    def rule_failed(self, rule: str, text: str, error: Exception | None) -> None:
        """Nobody hears of it."""

    def source_failed(self, source: str, error: Exception) -> None:
        """Nobody hears of it."""

    def watch(self) -> None:
        """There is nothing to look at."""

    def part(self, session: str, text: str | None, real: int) -> None:
        """Nobody is there."""

    def ask(self, venue: str, play: int, url: str, body: bytes, timeout: int) -> None:
        """Nobody answers."""
