"""What says what instruments are worth."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from zope.interface import Attribute, Interface

from exsim.model.grid import Grid
from exsim.model.options import Option
from exsim.model.reel import Recording
from exsim.model.settings import Instrument, Values
from exsim.model.ticks import Tick


class IPricingSource(Interface):
    """Says what an instrument is worth now. Made with a name and the values of ``options``."""

    name: str = Attribute("The section it is configured in.")
    options: tuple[Option, ...] = Attribute("The keys that its section may hold.")

    def price(instrument: Instrument, now: int) -> int | None:
        """The price in units of 10^-8, or None when there is none."""

    def set(instrument: Instrument, price: int | None) -> None:
        """Set (or with None forget) a price by hand.

        :raises exsim.errors.Conflict: when this source takes none.
        """

    def reset() -> None:
        """Forget all that was set since the start."""


class IMovingSource(IPricingSource):
    """
    A pricing source that has its instruments, and whose prices change by the market's clock.

    It says what instruments are worth; their ticks and bands are seen to afterwards, by whoever
    asked. All times are market time.
    """

    by_clock: bool = Attribute("Whether prices change without being told to, once it was started.")

    def takes(instrument: Instrument) -> bool:
        """Whether it can say what an instrument is worth."""

    def begin(grids: Sequence[Grid], seed: int) -> None:
        """These are its instruments, at their first prices; once more after :meth:`reset`."""

    def join(grid: Grid) -> None:
        """There is another instrument."""

    def leave(symbol: str) -> None:
        """An instrument is no more."""

    def start(now: int) -> None:
        """Go on from now, for the first time or after having stood still."""

    def open(now: int) -> Sequence[tuple[str, int]]:
        """The market opens on another day: what instruments are worth, where that is new."""

    def next_due() -> int | None:
        """When :meth:`move` is to be called next; None for never, as long as nothing is done."""

    def move(now: int) -> Sequence[tuple[str, int]]:
        """What is due: symbols, and what they are worth now."""

    def change(values: Values, now: int) -> None:
        """
        Go by other values of some options, from the next step on.

        :raises ValueError: when they do not go together; then nothing changes.
        """


class IGuidedSource(IMovingSource):
    """A moving source that can be told how prices are to go on."""

    def ramp(instrument: Instrument, price: int, until: int, now: int) -> None:
        """Go to a price in even steps, and be there at a time."""

    def schedule(instrument: Instrument, points: Sequence[tuple[int, int]], now: int) -> None:
        """Have prices at times: market time and price of each, in order."""


class IDerivedSource(IMovingSource):
    """A moving source whose prices follow those of other instruments."""

    underlyings: Collection[str] = Attribute("The symbols that it follows.")

    def follow(symbol: str, price: int, now: int) -> Sequence[tuple[str, int]]:
        """One of them is worth ``price`` now: what follows, as :meth:`move` tells it."""


class ILeader(Interface):
    """Another venue, for a source that follows its prices: to look at, and no more."""

    venue: str = Attribute("Its name.")

    def price(symbol: str, at: int) -> int | None:
        """
        What an instrument was worth there at a time of the market; None where nobody said, or
        there is none. As far back as changes are kept there.
        """

    def instrument(symbol: str) -> Instrument | None:
        """The instrument there; None where there is none."""


class IFollowingSource(IMovingSource):
    """A moving source whose prices follow those of another venue, by its own looks at that."""

    relation: str = Attribute("What its prices are to those of the other venue now.")

    def lead(leader: ILeader) -> None:
        """This is the other venue. Called once, before all else."""


class IFedSource(IMovingSource):
    """A moving source that is told prices from outside, and has outages when it is told none."""

    via: str = Attribute("What exsim reads it by itself by: http, websocket, fix; empty for REST.")
    values: Values = Attribute("The values of its options, of which ``outage`` is what to do then.")
    link: str = Attribute("How the connection is that it comes by; empty where nobody said.")
    out: Sequence[str] = Attribute("The instruments with an outage.")

    def feed(ticks: Sequence[Tick], now: int) -> Sequence[tuple[str, int]]:
        """This was told: symbols, and what they are worth now."""

    def connected(link: str) -> None:
        """The connection is there (:data:`exsim.model.ticks.UP`) or lost."""

    def outages() -> Sequence[tuple[str, bool]]:
        """The outages that began (True) or ended since this was called, by symbol."""


class IPlayer(Interface):
    """A pricing source or bot that plays a recorded file (see :mod:`exsim.model.reel`)."""

    name: str = Attribute("The section it is configured in.")
    values: Values = Attribute(
        "The values of its options, of which some say what the file is: "
        ":data:`exsim.model.recording_keys.FILE`."
    )
    recording: Recording = Attribute("What it plays.")

    def play(recording: Recording) -> None:
        """Play this one. Called once, before all else."""
