"""A message as a filter sees it, of any protocol: decoded no sooner than a filter asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from exsim.model.messages import Description, FieldView

NAME: Final = "name"
"""In place of a tag, what the name of a message's type is found by."""


class Seen:
    """
    A message, and where, when and which way it went.

    :param seq: its number in the journal, 0 where it has none yet.
    :param time: nanoseconds since 1970 UTC.
    :param direction: ``in`` for what a session received, ``out`` for what it sent.
    :param raw: its bytes.
    :param describe: decodes it.
    :param find: gives the values of the fields with a tag (or :data:`NAME`) as ``describe`` would,
        without decoding all; None where it cannot.
    :param masked: gives its bytes with passwords masked, where it may have any.
    """

    __slots__ = (
        "_describe",
        "_description",
        "_find",
        "_masked",
        "direction",
        "endpoint",
        "events",
        "raw",
        "seq",
        "session",
        "time",
        "venue",
    )

    def __init__(
        self,
        seq: int,
        time: int,
        venue: str,
        endpoint: str,
        session: str,
        direction: str,
        raw: bytes,
        describe: Callable[[], Description],
        find: Callable[[str], Sequence[str] | None] | None = None,
        masked: Callable[[], bytes] | None = None,
    ) -> None:
        self.seq = seq
        self.time = time
        self.venue = venue
        self.endpoint = endpoint
        self.session = session
        self.direction = direction
        self.raw = raw
        self.events: tuple[str, ...] = ()  # what it is, where it is no message
        self._describe = describe
        self._description: Description | None = None
        self._find = find
        self._masked = masked

    @property
    def description(self) -> Description:
        """It, decoded."""
        if self._description is None:
            self._description = self._describe()
        return self._description

    @property
    def type(self) -> str:
        """The code of its type."""
        if self._find is not None:
            found = self._find("35")
            if found is not None:
                return found[0] if found else ""
        return self.description.type

    @property
    def name(self) -> str:
        """The name of its type."""
        if self._find is not None and self._description is None:
            found = self._find(NAME)
            if found is not None:
                return found[0] if found else ""
        return self.description.name

    @property
    def text(self) -> str:
        """Its bytes as text, with ``|`` for the delimiter of FIX, and passwords masked."""
        raw = self.raw if self._masked is None else self._masked()
        return raw.decode("utf-8", "replace").replace("\x01", "|")

    def fields(self, tag: str, names: Sequence[str]) -> list[FieldView]:
        """
        All fields with this tag; where there is none, or the protocol has no tags that are numbers,
        those with one of these folded names.
        """
        found = []
        for field in self.description.fields:
            if tag and field.tag.isdigit():
                if field.tag == tag:
                    found.append(field)
            elif folded(field.name) in names:
                found.append(field)
        return found

    def found(self, tag: str) -> Sequence[str] | None:
        """The values of the fields with a tag, where that goes without decoding; else None."""
        if self._find is None or not tag or self._description is not None:
            return None
        return self._find(tag)

    def values(self, tag: str, names: Sequence[str]) -> Sequence[str]:
        """The values of :meth:`fields`."""
        found = self.found(tag)
        if found is not None:
            return found
        return [field.value for field in self.fields(tag, names)]


def folded(name: str) -> str:
    """A name as it is compared: ``OrderQty``, ``order_qty`` and ``orderqty`` are one."""
    return name.replace("_", "").replace("-", "").replace(" ", "").lower()
