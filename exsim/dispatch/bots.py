"""
The bots of a venue: woken by its agenda, told of what happened to their orders, started, stopped
and changed while they run.

A bot that trades at several venues is one :class:`Runner` with a desk at each. It acts at a venue
in the turns of that venue alone, as the agenda there has it: what it does about one venue that it
learned at another is a turn of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from exsim.dispatch.bot_desk import BotDesk
from exsim.errors import NotFound
from exsim.interfaces import IBot, IBotDesk, IStateful
from exsim.model.bots import BOT, Activity, activity
from exsim.model.events import Event, Report
from exsim.model.luck import Luck
from exsim.model.plain import Plain

if TYPE_CHECKING:
    from exsim.dispatch.desk import Desk
    from exsim.dispatch.venue import Venue

BotFault = Callable[[str, Exception], None]
"""Told of a bot that raised: its name, and the error."""

ORIGIN: Final = "bots:"
"""What the origin of entries of bots begins with; the venue follows."""


class Runner:
    """
    One bot, wherever it trades. ``session`` is the name that its orders go under; ``last`` the
    number of its last ClOrdID, ``real`` the real time of its turn; ``failure`` why it was stopped
    by itself, empty where it was not.

    :param starts: whether it runs from the start.
    :param texts: what its section says, key by key.
    :param given: the activity and the values of options that it was configured with.
    """

    __slots__ = (
        "_fault",
        "_origins",
        "_seed",
        "account",
        "activity",
        "bot",
        "changed",
        "desks",
        "failure",
        "firm",
        "given",
        "kind",
        "last",
        "luck",
        "name",
        "real",
        "running",
        "session",
        "starts",
        "texts",
    )

    def __init__(
        self,
        bot: IBot,
        kind: str,
        account: str,
        firm: str,
        seed: int,
        starts: bool,
        texts: Mapping[str, str],
        given: tuple[Activity, Mapping[str, Any]],
        fault: BotFault,
    ) -> None:
        self.bot = bot
        self.kind = kind
        self.name: str = bot.name
        self.session: str = BOT + bot.name
        self.account = account
        self.firm = firm
        self.starts = starts
        self.texts = texts
        self.given = given
        self.desks: dict[str, BotDesk] = {}
        self.luck = Luck(seed)
        self._seed = seed
        self._fault = fault
        self._origins: dict[str, str] = {}
        self.activity = given[0]
        self.changed: dict[str, str] = {}
        self.last = 0
        self.real = 0
        self.running = starts
        self.failure = ""

    def origin(self, venue: str) -> str:
        """The origin of its entries at a venue."""
        found = self._origins.get(venue)
        if found is None:
            found = self._origins[venue] = ORIGIN + venue
        return found

    def reset(self) -> None:
        """As it was configured."""
        self.luck.state = Luck(self._seed).state
        self.activity = self.given[0]
        self.last = 0
        self.running = self.starts
        self.failure = ""
        self.change({}, True)

    def is_home(self, desk: BotDesk) -> bool:
        """Whether a desk is at the first of its venues, which keeps what all have in common."""
        for first in self.desks.values():
            return first is desk
        return False

    def change(self, texts: Mapping[str, str], anew: bool = False) -> None:
        """
        Go by other values of some options, or with ``anew`` of these alone.

        :raises ValueError: for one that there is not, or cannot be.
        """
        changed = dict(texts) if anew else {**self.changed, **texts}
        values = dict(self.given[1])
        by_name = {option.name: option for option in self.bot.options}
        for name, text in changed.items():
            option = by_name.get(name)
            if option is None:
                raise ValueError(f"{name}: {self.kind} has none of that name: {', '.join(by_name)}")
            try:
                values[name] = option.value(text)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        self.bot.change(values)
        self.changed = changed

    def options(self) -> dict[str, str]:
        """The values of its options now, as people write them."""
        return {
            option.name: self.changed.get(
                option.name, self.texts.get(option.name, option.default or "")
            )
            for option in self.bot.options
        }

    # -- what goes on

    def heard(self, event: Event, real: int) -> None:
        """Something happened to an order, or a request, of it."""
        desk = self._desk_of(event)
        if desk is None or not desk.heard(event) or not self.running:
            return
        if isinstance(event, Report):
            try:
                when = self.bot.heard(desk.at, event, event.time)
            except Exception as error:  # noqa: BLE001 - a plugin may raise anything
                self._fail(desk, error, real)
                return
            if when is not None and not desk.stands:
                desk.plan(when)

    def _desk_of(self, event: Event) -> BotDesk | None:
        """Where it happened; the first of its desks where nobody can tell."""
        first: BotDesk | None = None
        for desk in self.desks.values():
            if first is None:
                first = desk
            if len(self.desks) == 1 or desk.has(event):
                return desk
        return first

    def begin(self, desk: BotDesk, now: int, real: int) -> None:
        """The day begins at a desk."""
        desk.now = now
        try:
            when = self.bot.begin(desk.at, now)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            self._fail(desk, error, real)
            return
        if when is not None and self.running and not desk.stands:
            desk.plan(when)

    def wake(self, desk: BotDesk, due: int, real: int) -> None:
        """Its time at a desk has come."""
        if not self.running or desk.due != due or desk.stands:
            return  # it was asked for before it was stopped, or before an earlier one
        desk.due = None
        desk.now = due
        desk.real = self.real = real
        try:
            when = self.bot.wake(desk.at, due)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            self._fail(desk, error, real)
            return
        if when is not None:
            desk.plan(when)

    def moved(self, desk: BotDesk, symbol: str, price: int, now: int) -> None:
        """A price moved at a source of its venue."""
        if not self.running or desk.stands or symbol not in desk.symbols:
            return
        try:
            when = self.bot.moved(desk.at, symbol, price, now)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            self._fail(desk, error, desk.real)
            return
        if when is not None:
            desk.now = max(desk.now, now)
            desk.plan(when)

    def _fail(self, desk: BotDesk, error: Exception, real: int) -> None:
        """It raised: it does nothing any more until somebody starts it again."""
        self.running = False
        self.failure = f"{type(error).__name__}: {error}"
        desk.due = None
        desk.note("failed", self.failure, real)
        self._fault(self.name, error)

    # -- snapshots

    def state(self) -> Plain:
        """What it has wherever it trades."""
        return {
            "bot": self.bot.state() if IStateful.providedBy(self.bot) else None,
            "luck": str(self.luck.state),
            "last": self.last,
            "running": self.running,
            "failure": self.failure,
            "activity": self.activity.text,
            "changed": self.changed,
        }

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.activity = activity(plain["activity"])
        self.change(plain["changed"], True)
        if plain["bot"] is not None and IStateful.providedBy(self.bot):
            self.bot.restore(plain["bot"])
        self.luck.state = int(plain["luck"])
        self.last = plain["last"]
        self.running = plain["running"]
        self.failure = plain["failure"]


class VenueBots:
    """The desks of the bots at one venue, by the names of these."""

    __slots__ = ("_heard", "_venue", "activity", "desks", "followers", "given")

    def __init__(self, venue: Venue, given: Activity) -> None:
        self._venue = venue
        self.given = given
        self.activity = given
        self.desks: dict[str, BotDesk] = {}
        self.followers: list[BotDesk] = []
        self._heard: dict[str, bool] = {}

    def add(self, runner: Runner, door: Desk, patterns: tuple[str, ...]) -> None:
        """Have a bot trade here."""
        desk = BotDesk(runner, self._venue, door, patterns)
        desk.at = IBotDesk(desk)
        runner.desks[self._venue.name] = self.desks[runner.name] = desk
        if runner.bot.follows:
            self.followers.append(desk)

    def desk(self, name: str) -> BotDesk:
        """That of a bot.

        :raises exsim.errors.NotFound: when there is none of that name.
        """
        desk = self.desks.get(name)
        if desk is None:
            known = ", ".join(sorted(self.desks)) or "none"
            text = f"venue {self._venue.name} has no bot {name!r}; there are: {known}"
            raise NotFound(text)
        return desk

    def begin(self, now: int, real: int) -> None:
        """The day begins."""
        for desk in self.desks.values():
            self._begin(desk, now, real)

    def _begin(self, desk: BotDesk, now: int, real: int) -> None:
        desk.look()
        self._listen()
        self._pace(desk)
        desk.runner.begin(desk, now, real)

    def wake(self, name: str, due: int, real: int) -> None:
        """A bot's time has come."""
        desk = self.desks.get(name)
        if desk is not None:
            if desk.look():
                self._listen()
                self._pace(desk)
            desk.runner.wake(desk, due, real)

    def moved(self, symbol: str, price: int, now: int) -> None:
        """See :class:`exsim.dispatch.price_board.PriceListener`."""
        for desk in self.followers:
            desk.runner.moved(desk, symbol, price, now)

    def _listen(self) -> None:
        """Hear of the prices of instruments that any bot follows; of each once."""
        venue, wanted = self._venue, self._heard
        for symbol in [symbol for symbol in wanted if symbol not in venue.instruments]:
            del wanted[symbol]
        for desk in self.followers:
            for symbol in desk.symbols:
                if symbol not in wanted:
                    wanted[symbol] = True
                    venue.prices.listen(symbol, self)

    def _pace(self, desk: BotDesk) -> None:
        """Have a bot be as busy as it and the venue are to be."""
        runner = desk.runner
        rate = runner.bot.rate(desk.at)
        pace = self.activity.factor * runner.activity.times(rate)
        desk.stands = pace <= 0
        desk.pace = pace if pace > 0 else 1.0

    # -- what people do

    def start(self, desk: BotDesk, now: int, real: int) -> None:
        """Have a bot run, if it does not."""
        runner = desk.runner
        runner.failure = ""
        runner.running = True
        for each in runner.desks.values():
            self._go(each, max(now, each.now), real)

    def stop(self, desk: BotDesk, now: int, real: int) -> None:
        """Have a bot do nothing any more; what it has here in the books goes."""
        desk.runner.running = False
        self._stand(desk, now, real)

    def change(
        self,
        desk: BotDesk,
        activity: Activity | None,
        texts: Mapping[str, str],
        now: int,
        real: int,
    ) -> None:
        """
        Have a bot be as busy as that, and go by other values of its options.

        :raises ValueError: for an option that there is not, or a value that cannot be.
        """
        runner = desk.runner
        runner.change(texts)
        if activity is not None:
            runner.activity = activity
        self._go(desk, now, real)

    def busy(self, activity: Activity, now: int, real: int) -> None:
        """Have all of them be so busy."""
        self.activity = activity
        for desk in self.desks.values():
            desk.runner.change({})
            self._go(desk, now, real)

    def _go(self, desk: BotDesk, now: int, real: int) -> None:
        """Go on at the pace of now."""
        stood = desk.stands
        self._pace(desk)
        desk.now = now
        if desk.runner.running and not desk.stands:
            desk.plan(now + 1)
        elif desk.stands and not stood:
            self._stand(desk, now, real)

    def _stand(self, desk: BotDesk, now: int, real: int) -> None:
        """Have nothing in the books, and nothing to wait for."""
        desk.due = None
        desk.now, desk.real = now, real
        desk.pull()

    # -- snapshots

    def reset(self) -> None:
        """As configured; nothing was done yet, and no prices are heard of."""
        self.activity = self.given
        self._heard.clear()
        for desk in self.desks.values():
            desk.reset()
            if desk.runner.is_home(desk):
                desk.runner.reset()

    def state(self) -> Plain:
        """All of it."""
        return {
            "activity": self.activity.text,
            "desks": {
                name: [desk.state(), desk.runner.state() if desk.runner.is_home(desk) else None]
                for name, desk in self.desks.items()
            },
        }

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told; a bot that is not configured any more is left out."""
        self.activity = activity(plain["activity"])
        for name, (of_desk, of_runner) in plain["desks"].items():
            desk = self.desks.get(name)
            if desk is not None:
                if of_runner is not None:
                    desk.runner.restore(of_runner)
                desk.restore(of_desk)
        for name, desk in self.desks.items():
            if name not in plain["desks"]:  # it is there since the snapshot
                self._begin(desk, 0, 0)
            desk.look()
            self._listen()
            self._pace(desk)
