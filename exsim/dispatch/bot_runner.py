"""One bot, wherever it trades: what it is told, when it acts, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from exsim.dispatch.bot_desk import BotDesk
from exsim.interfaces import IBot, IStateful
from exsim.model.bots import BOT, EVER, Activity, Spans, activity, turn
from exsim.model.events import Event, Report
from exsim.model.luck import Luck
from exsim.model.plain import Plain

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
    :param during: when it trades at all, by the time since the market began.
    :param texts: what its section says, key by key.
    :param given: the activity and the values of options that it was configured with.
    """

    __slots__ = (
        "_during",
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
        during: Spans,
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
        self._during = during
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
        desk.now = desk.began = now
        try:
            when = self.bot.begin(desk.at, now)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            self._fail(desk, error, real)
            return
        if when is not None and self.running and not desk.stands:
            desk.plan(when)

    def wake(self, desk: BotDesk, due: int, now: int, real: int) -> None:
        """Its time at a desk has come: ``now``, which may be later than it was ``due``."""
        if not self.running or desk.due != due or desk.stands:
            return  # it was asked for before it was stopped, or before an earlier one
        desk.due = None
        desk.now = now
        desk.real = self.real = real
        if self._during and not self._is_there(desk, now):
            return
        try:
            when = self.bot.wake(desk.at, now)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            self._fail(desk, error, real)
            return
        if when is not None:
            desk.plan(when)

    def _is_there(self, desk: BotDesk, now: int) -> bool:
        """Whether this is one of its times; if not, it has nothing in the books."""
        there, until = turn(self._during, now - desk.began)
        if not there:
            desk.pull()
        if until != EVER:
            desk.plan(desk.began + until)
        return there

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
            "kind": self.kind,
            "bot": self.bot.state() if IStateful.providedBy(self.bot) else None,
            "luck": str(self.luck.state),
            "last": self.last,
            "running": self.running,
            "failure": self.failure,
            "activity": self.activity.text,
            "changed": self.changed,
        }

    def restore(self, plain: Plain) -> bool:
        """Be as :meth:`state` told; False for a bot of another kind, which has to begin."""
        self.last = plain["last"]
        if plain["kind"] != self.kind:
            return False
        self.activity = activity(plain["activity"])
        self.change(plain["changed"], True)
        if plain["bot"] is not None and IStateful.providedBy(self.bot):
            self.bot.restore(plain["bot"])
        self.luck.state = int(plain["luck"])
        self.running = plain["running"]
        self.failure = plain["failure"]
        return True
