"""
The bots of a venue: woken by its agenda, told of what happened to their orders, started, stopped
and changed while they run.

A bot that trades at several venues is one :class:`exsim.dispatch.bot_runner.Runner` with a desk at
each. It acts at a venue in the turns of that venue alone, as the agenda there has it: what it does
about one venue that it learned at another is a turn of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from exsim.dispatch.bot_desk import BotDesk
from exsim.dispatch.bot_runner import Runner
from exsim.errors import NotFound
from exsim.interfaces import IBotDesk, IRemembersPrices
from exsim.model.bots import Activity, activity
from exsim.model.plain import Plain

if TYPE_CHECKING:
    from exsim.dispatch.desk import Desk
    from exsim.dispatch.venue import Venue


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
        desk.look()
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

    def look(self) -> None:
        """Instruments were listed, or removed."""
        for desk in self.desks.values():
            stood = desk.stands
            desk.look()
            self._pace(desk)
            if stood and not desk.stands and desk.runner.running and desk.now:
                desk.plan(desk.now + 1)
        self._listen()

    def split(self, symbol: str, new: int, old: int) -> None:
        """``old`` shares are ``new`` ones now: prices that bots remember are as much less."""
        for desk in self.desks.values():
            bot = desk.runner.bot
            if IRemembersPrices.providedBy(bot):
                bot.split(symbol, new, old)

    def begin(self, now: int, real: int) -> None:
        """The day begins, or goes on with bots that are new."""
        for desk in self.desks.values():
            if not desk.began:
                self._begin(desk, now, real)

    @property
    def waiting(self) -> bool:
        """Whether there is a bot that has not begun."""
        return not all(desk.began for desk in self.desks.values())

    def _begin(self, desk: BotDesk, now: int, real: int) -> None:
        self._listen()
        self._pace(desk)
        desk.runner.begin(desk, now, real)

    def wake(self, name: str, due: int, now: int, real: int) -> None:
        """A bot's time has come: ``now``, which may be later than it was ``due``."""
        desk = self.desks.get(name)
        if desk is not None:
            desk.runner.wake(desk, due, now, real)

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

    def start(self, desk: BotDesk, real: int) -> None:
        """Have a bot run, if it does not."""
        runner = desk.runner
        runner.failure = ""
        runner.running = True
        self._go_on(runner, real)

    def _go_on(self, runner: Runner, real: int) -> None:
        """Have a bot go on wherever it trades, by the time and the activity there."""
        for each in runner.desks.values():
            each.bots._go(each, max(each.time(real), each.now), real)

    def stop(self, desk: BotDesk, real: int) -> None:
        """Have a bot do nothing any more; what it has in the books goes, wherever it trades."""
        desk.runner.running = False
        for each in desk.runner.desks.values():
            self._stand(each, max(each.time(real), each.now), real)

    def change(
        self,
        desk: BotDesk,
        activity: Activity | None,
        texts: Mapping[str, str],
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
        self._go_on(runner, real)

    def busy(self, activity: Activity, now: int, real: int) -> None:
        """Have all of them be so busy; with none no price moves by itself either."""
        self.activity = activity
        self._venue.prices.hush(activity.factor <= 0, now)
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
        self._venue.prices.still = self.given.factor <= 0
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
        self._venue.prices.still = self.activity.factor <= 0
        for name, (of_desk, of_runner) in plain["desks"].items():
            desk = self.desks.get(name)
            if desk is not None:
                desk.restore(of_desk)
                if of_runner is not None and not desk.runner.restore(of_runner):
                    desk.began = 0
        for desk in self.desks.values():
            self._pace(desk)
        self._listen()
