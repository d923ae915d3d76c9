"""What keeps a FIX session from being logged on to: wrong passwords, or somebody's wish."""

from __future__ import annotations

from exsim.model.plain import Plain
from exsim.sessions.fix_rules import FixRules


class Lock:
    """
    Keeps a session from being logged on: somebody guesses its password, or a person wants it so.

    ``password`` is the one that a logon must bring now: a logon may have changed it. ``closed``
    says why no logon is accepted, None if any may be.
    """

    __slots__ = ("_failures", "_first", "_most", "_time", "_until", "closed", "password")

    def __init__(self, rules: FixRules) -> None:
        self.password = rules.password
        self._first = rules.password
        self.closed: str | None = None
        self._most = rules.max_logon_failures
        self._time = rules.logon_lockout
        self._failures = 0
        self._until = 0

    def holds(self, now: int) -> bool:
        """Whether too many wrong passwords came lately."""
        return now < self._until

    def failed(self, now: int) -> None:
        """A wrong password came."""
        self._failures += 1
        if self._most and self._failures >= self._most:
            self._failures = 0
            self._until = now + self._time

    def state(self) -> Plain:
        """What was done to it, for a snapshot; a password only if a logon changed it."""
        changed = self.password if self.password != self._first else None
        return [changed, self.closed, self._failures, self._until]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        changed, self.closed, self._failures, self._until = plain
        self.password = self._first if changed is None else changed

    def open(self) -> None:
        """The right password came, or all is begun anew."""
        self._failures = 0
        self._until = 0
