"""What the ordered record is."""

from __future__ import annotations

from collections.abc import Iterator

from zope.interface import Attribute, Interface

from exsim.model.journal import Entry
from exsim.model.questions import Question


class IJournal(Interface):
    """The ordered record. Entries are numbered from 1 in each epoch."""

    epoch: int = Attribute("Counts up at every clear.")
    first: int = Attribute("Number of the oldest entry kept; last + 1 when none is.")
    last: int = Attribute("Number of the newest entry, 0 when there is none.")
    recent: int = Attribute("Number of the oldest entry in memory; last + 1 when none is.")
    complaint: str = Attribute("What is wrong with it although it works; empty when nothing is.")

    def append(time: int, kind: int, origin: str, session: str, data: bytes) -> int:
        """Write an entry and return its number."""

    def entries(after: int) -> Iterator[Entry]:
        """The entries kept whose number is greater than ``after``, in order."""

    def backward(before: int) -> Iterator[Entry]:
        """The entries kept whose number is less than ``before``, newest first."""

    def newest(before: int, most: int) -> list[Entry]:
        """So many at most of the entries in memory before one, newest first."""

    def search(question: Question, after: int) -> Iterator[Entry]:
        """
        The entries kept after one that may be messages that are asked for, in order; others may be
        among them, how many depends on what is indexed.
        """

    def clear() -> None:
        """Start a new, empty epoch."""

    def commit() -> None:
        """
        Make all that was appended as durable as was asked for. Nothing that came of it may be told
        to anybody before.

        :raises OSError: when it cannot be done now; to be tried again.
        """

    def close() -> None:
        """Nothing is appended or read from now on."""
