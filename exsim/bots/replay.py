"""
``replay``: a recorded book, entered order by order into one that others can trade in, too.

See :mod:`exsim.bots.replay_book` for what becomes of it when they do.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

from zope.interface import implementer

from exsim.bots.impact import MODELS
from exsim.bots.replay_book import ReplayBook
from exsim.interfaces import IBot, IBotDesk, IPlayer, IStateful
from exsim.model.events import Report
from exsim.model.options import Option, amount, choice, span
from exsim.model.recording_keys import FILE, LATER, check_file, pause_of
from exsim.model.reel import NoRecording, Recording, Reel
from exsim.model.rows import Row
from exsim.model.settings import Values

_AT_FIRST: Final = frozenset(option.name for option in FILE) - LATER


class Playing:
    """What it plays at one venue; ``asked`` is when it wants to be woken there."""

    __slots__ = ("asked", "book", "reel", "speed")

    def __init__(self, reel: Reel, book: ReplayBook, speed: int) -> None:
        self.reel = reel
        self.book = book
        self.speed = speed
        self.asked: int | None = None


@implementer(IBot, IPlayer, IStateful)
class Replay:
    """
    Plays the order flow of a file: orders of a book, levels of one, or best prices.

    ``activity`` makes it faster or slower by its factor, unless it plays as fast as possible.
    """

    follows = False
    several = False
    options: tuple[Option, ...] = (
        *FILE,
        Option(
            "impact",
            choice(*MODELS),
            "none",
            "How it wears off that others took of what is replayed, or were traded with in its "
            "place: none, it stays so; linear, it is gone after impact_time; exponential, half of "
            "what is left is gone after each impact_time.",
        ),
        Option("impact_time", span(1_000_000), "10s", "The time in which an impact wears off."),
        Option("size", amount(1), "100", "The quantity of quotes that tell none."),
    )

    def __init__(self, name: str, options: Values) -> None:
        check_file(options)
        self.name = name
        self.values = options
        self.recording: Recording = NoRecording()
        self._playing: dict[str, Playing] = {}
        self._read(options)

    def _read(self, options: Values) -> None:
        self._options = options
        for playing in self._playing.values():
            playing.book.model = options["impact"]
            playing.book.time = options["impact_time"]
            playing.book.size = options["size"]

    def play(self, recording: Recording) -> None:
        """See :class:`exsim.interfaces.IPlayer`."""
        self.recording = recording

    # -- as a bot

    def rate(self, desk: IBotDesk) -> float:
        """As it was recorded, which nobody knows before: as if it were one a second."""
        return 1.0

    def begin(self, desk: IBotDesk, now: int) -> int | None:
        """The first row is due now, and done as soon as may be."""
        playing = self._at(desk)
        playing.reel.begin(now)
        playing.asked = now + 1
        return playing.asked

    def _at(self, desk: IBotDesk) -> Playing:
        """What it plays there, with nothing played yet."""
        playing = self._playing[desk.venue] = self._made()
        playing.reel.wanted = desk.symbols
        return playing

    def _made(self) -> Playing:
        options = self._options
        reel = Reel(self.values["map"], options["speed"], pause_of(self.values))
        reel.recording = self.recording
        book = ReplayBook(options["impact"], options["impact_time"], options["size"])
        return Playing(reel, book, options["speed"])

    def change(self, values: Values) -> None:
        """
        Go by other values from the next row on.

        :raises ValueError: for one of the file, which is the same until it is made anew.
        """
        for key in _AT_FIRST:
            if values[key] != self.values[key]:
                raise ValueError(f"{key}: that is how {self.name} begins, it cannot be changed")
        self._read(values)

    def wake(self, desk: IBotDesk, now: int) -> int | None:
        """
        Do what was done at this time.

        :raises exsim.model.reel.BadRecording: when the file cannot be read, or makes no sense.
        """
        playing = self._playing[desk.venue]
        reel, book = playing.reel, playing.book
        reel.wanted = desk.symbols
        if playing.asked != now:  # it was stopped, or woken for another reason
            self._woken(desk, playing, now)
        self._pace(desk, playing, now)
        book.enter_late(desk, now)
        rows = reel.step(now)
        if reel.fresh and rows:
            book.clear(desk, now)
        for _, moment in groupby(rows, _moment):
            book.play(desk, [row for row in moment if row.symbol], now)
        book.wear(desk, now)
        playing.asked = self._next(playing, now)
        return playing.asked

    def _woken(self, desk: IBotDesk, playing: Playing, now: int) -> None:
        if playing.asked is not None and now > playing.asked:
            playing.reel.go_on(now)
        playing.book.renew(desk, now)

    def _pace(self, desk: IBotDesk, playing: Playing, now: int) -> None:
        """Play at another speed, where it is another one by now."""
        told: int = self._options["speed"]
        speed = max(int(told * desk.pace), 1) if told else 0
        if speed != playing.speed:
            playing.speed = speed
            playing.reel.pace(speed, now)

    def _next(self, playing: Playing, now: int) -> int | None:
        dues = [due for due in (playing.reel.due(), playing.book.wears_at) if due is not None]
        return max(min(dues), now + 1) if dues else None

    def heard(self, desk: IBotDesk, report: Report, now: int) -> int | None:
        """Somebody may have traded with what is replayed: that wears off."""
        playing = self._playing[desk.venue]
        if desk.stands:
            return None  # it is stopped: all that it has is canceled, and comes back later
        if not playing.book.heard(desk, report.terms.cl_ord_id, now):
            return None
        wears_at = playing.book.wears_at
        if wears_at is None or (playing.asked is not None and playing.asked <= wears_at):
            return None
        playing.asked = max(wears_at, now + 1)
        return playing.asked

    def moved(self, desk: IBotDesk, symbol: str, price: int, now: int) -> int | None:
        """It does not follow prices."""
        return None

    # -- snapshots

    def state(self) -> object:
        """Where in the file it is, and what it has in the books, venue by venue."""
        return {
            venue: [each.reel.state(), each.book.state(), each.speed, each.asked]
            for venue, each in self._playing.items()
        }

    def restore(self, state: Any) -> None:
        """Be as :meth:`state` told; a file that is another one now is told at the next step."""
        self._playing.clear()
        for venue, (reel, book, speed, asked) in state.items():
            playing = self._playing[venue] = self._made()
            playing.reel.restore(reel)
            playing.book.restore(book)
            playing.speed, playing.asked = speed, asked


def _moment(row: Row) -> int:
    return row.time
