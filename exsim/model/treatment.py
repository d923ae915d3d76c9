"""What becomes of a message that faults are shown: values only, of any protocol."""

from __future__ import annotations

from typing import Final

SLICES: Final = "slices"
RESET: Final = "reset"
HALF_CLOSE: Final = "half-close"
# What sockets do with bytes at the wish of a fault: see :class:`Defect`.


class Defect:
    """
    How a socket is to write bytes: in slices of ``size`` bytes, ``gap`` nanoseconds apart; or as
    usual, with a reset or the end of this direction after them.
    """

    __slots__ = ("gap", "how", "size")

    def __init__(self, how: str, size: int = 0, gap: int = 0) -> None:
        self.how = how
        self.size = size
        self.gap = gap


class Piece:
    """
    Bytes on their way.

    They wait for ``delay`` nanoseconds; or, where ``passes`` is not 0, only until so many others
    have gone, before the last of which they go with ``ahead``, else after it. What comes later
    waits behind them with ``in_order``. ``paced`` nanoseconds is how long the line is busy with
    them, which begins only when what came before has gone. ``unnumbered``: where messages bear
    numbers they get one, and their time, only as they leave; ``merged`` with others that leave
    then.
    """

    __slots__ = (
        "ahead",
        "defect",
        "delay",
        "in_order",
        "merged",
        "paced",
        "passes",
        "raw",
        "unnumbered",
    )

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.delay = 0
        self.passes = 0
        self.ahead = False
        self.in_order = False
        self.paced = 0
        self.unnumbered = False
        self.merged = False
        self.defect: Defect | None = None

    @property
    def straight(self) -> bool:
        """Whether nothing holds it up."""
        return not (self.delay or self.passes or self.paced)


class Treatment:
    """
    What becomes of one message, ``raw``.

    ``pieces`` take its place, in order; none: it is lost. Of a message sent: ``skipped`` numbers
    are left out before its own, under which it is ``kept`` for a resend; ``unused``: it was never
    made, its number is the next one's. Of one received: ``ignored``: it counts, and does nothing;
    ``refused`` is what a logon is refused with, where ``silent`` says that only our log knows why,
    and ``code`` is the reason that SoupBinTCP has for it.
    After it the connection breaks off, if ``ends`` says why; nothing comes in or goes out any more
    (``hole_in``, ``hole_out``); the session logs out with the text ``logout``. The journal gets
    ``notes``. Of one that a proxy passes on, ``held``: the pieces wait until somebody decides.
    """

    __slots__ = (
        "code",
        "ends",
        "held",
        "hole_in",
        "hole_out",
        "ignored",
        "kept",
        "logout",
        "notes",
        "pieces",
        "raw",
        "refused",
        "silent",
        "skipped",
        "unused",
    )

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.pieces = [Piece(raw)]
        self.kept = raw
        self.skipped = 0
        self.unused = False
        self.held = False
        self.ignored = False
        self.refused: str | None = None
        self.silent = False
        self.code = ""
        self.ends = ""
        self.hole_in = False
        self.hole_out = False
        self.logout: str | None = None
        self.notes: list[bytes] = []
