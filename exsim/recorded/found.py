"""What is found in a recording: messages, and bytes that are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exsim.filters.seen import Seen
from exsim.model.messages import Description


class Found:
    """
    A message, or bytes that are none.

    :param place: where it begins: ``byte 120``, ``line 3``.
    :param raw: its bytes.
    :param describe: decodes it; None for what is no message.
    :param why: what is wrong with it; empty for a message that is right.
    :param time: nanoseconds since 1970 UTC; of protocols that count from midnight, since then; 0
        where nothing tells.
    :param way: ``in`` or ``out``, as exsim sees it; empty where nothing tells.
    :param who: whose it is, where something tells.
    """

    __slots__ = ("_describe", "_description", "place", "raw", "time", "way", "who", "why")

    def __init__(
        self,
        place: str,
        raw: bytes,
        describe: Callable[[], Description] | None,
        why: str = "",
        time: int = 0,
        way: str = "",
        who: str = "",
    ) -> None:
        self.place = place
        self.raw = raw
        self.why = why
        self.time = time
        self.way = way
        self.who = who
        self._describe = describe
        self._description: Description | None = None

    @property
    def readable(self) -> bool:
        """Whether it is a message."""
        return self._describe is not None

    @property
    def description(self) -> Description:
        """It, decoded; of what is no message it is empty."""
        if self._description is None:
            describe = self._describe
            self._description = Description("", "", ()) if describe is None else describe()
        return self._description

    def find(self, tag: str) -> Sequence[str] | None:
        """What :class:`exsim.filters.seen.Seen` takes as ``find``; here all has to be decoded."""
        return None

    def seen(self, number: int) -> Seen:
        """It, as filters look at it: ``number`` is what they call ``seq``."""
        return Seen(
            number, self.time, "", "", self.who, self.way, self.raw,
            lambda: self.description, self.find,
        )  # fmt: skip
