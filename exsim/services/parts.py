"""
Making the parts that settings name: venues, their policies and pricing sources.

Kept by the exchange, since REST makes venues and sessions while it runs, by the same rules.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Protocol
from zlib import crc32
from zoneinfo import ZoneInfo

from zope.interface import classImplements

from exsim.config.calendars import calendar_of, zone_of
from exsim.config.following import fault
from exsim.dispatch.bot_desk import BotDesk
from exsim.dispatch.bot_runner import BotFault, Runner
from exsim.dispatch.bots import VenueBots
from exsim.dispatch.chain import Chain, Link
from exsim.dispatch.dispatcher import Dispatcher
from exsim.dispatch.leader import Leader
from exsim.dispatch.observer import Observer
from exsim.dispatch.phases import phase_of
from exsim.dispatch.price_lines import Line
from exsim.dispatch.rulebook import Rulebook
from exsim.dispatch.timetable import Calendar, Timetable
from exsim.dispatch.venue import Venue
from exsim.dispatch.world import World
from exsim.engine.matching import MatchingEngine
from exsim.interfaces import (
    IBot,
    IBotDesk,
    IDerivedSource,
    IFedSource,
    IFollowingSource,
    IGuidedSource,
    ILeader,
    IMovingSource,
    IPlayer,
    IPolicy,
    IPricingSource,
    IProtocol,
    IRemembersPrices,
    IStateful,
)
from exsim.model.bots import BOT, activity
from exsim.model.luck import seed_of
from exsim.model.options import read_options
from exsim.model.plain import Plain
from exsim.model.settings import (
    BotSettings,
    DaySettings,
    PolicySettings,
    PricingSettings,
    Settings,
    Values,
    VenueSettings,
)
from exsim.orders.registry import Orders
from exsim.services.row_files import RowFile
from exsim.services.view import Messages, View


class Plugins(Protocol):
    """Where classes come from: :class:`exsim.plugins.Catalogue`."""

    def policy(self, kind: str) -> type[IPolicy]:
        """The class of a kind of policy."""

    def pricing(self, source: str) -> type[IPricingSource]:
        """The class of a pricing source."""

    def bot(self, kind: str) -> type[IBot]:
        """The class of a kind of bot."""

    def protocol(self, name: str) -> IProtocol:
        """A protocol module."""


# Not in their modules, which are compiled.
classImplements(BotDesk, IBotDesk)
classImplements(Leader, ILeader)


def _by_name(item: tuple[tuple[str, str], Link]) -> tuple[str, str]:
    return item[0]


def state_of(part: object) -> Plain:
    """What a policy or pricing source remembers; None where that is nothing."""
    return part.state() if IStateful.providedBy(part) else None


def restore_part(part: object, state: Plain) -> None:
    """Have a policy or pricing source remember what it told, if it remembers anything."""
    if state is not None and IStateful.providedBy(part):
        part.restore(state)


def line_of(source: IPricingSource, kind: str, values: Values, seed: int) -> Line:
    """A pricing source as a price desk has it; one may be more than that."""
    return Line(
        source,
        kind,
        values,
        seed,
        moving=source if IMovingSource.providedBy(source) else None,
        guided=source if IGuidedSource.providedBy(source) else None,
        derived=source if IDerivedSource.providedBy(source) else None,
        keeps=source if IStateful.providedBy(source) else None,
        remembers=source if IRemembersPrices.providedBy(source) else None,
        fed=source if IFedSource.providedBy(source) else None,
        follows=source if IFollowingSource.providedBy(source) else None,
    )


def play_file(part: object) -> None:
    """Give a pricing source or a bot that plays a file the file."""
    if IPlayer.providedBy(part):
        part.play(RowFile(part.values))


def timetable_of(day: DaySettings) -> Timetable | None:
    """
    When which phase begins; None where there is no schedule.

    :raises ValueError: for a calendar that there is not.
    """
    if not day.schedule:
        return None
    weekdays = day.days or tuple(range(7))
    calendar = calendar_of(day.calendar, weekdays) if day.calendar else Calendar(weekdays)
    entries = [(second, phase_of(name)) for second, name in day.schedule]
    return Timetable(entries, zone_of_day(day), calendar)


def zone_of_day(day: DaySettings) -> ZoneInfo:
    """
    The time zone of a venue's days.

    :raises ValueError: for a calendar that there is not.
    """
    return ZoneInfo(day.time_zone or (zone_of(day.calendar) if day.calendar else "UTC"))


class Parts:
    """Makes venues and chains; each policy is made once a venue, with randomness of its own."""

    def __init__(
        self,
        settings: Settings,
        plugins: Plugins,
        messages: Messages,
        desk: Dispatcher,
        world: World,
        bots: dict[str, Runner],
        bot_fault: BotFault,
    ) -> None:
        self.seed = settings.seed
        self._world = world
        self._desk = desk
        self._behaviours = settings.behaviours
        self.plugins = plugins
        self._messages = messages
        self._policies = {policy.name: policy for policy in settings.policies}
        self._pricing = {pricing.name: pricing for pricing in settings.pricing}
        self._bots = settings.bots
        self._runners = bots
        self._bot_fault = bot_fault
        self._links: dict[tuple[str, str], Link] = {}
        self._luck: dict[tuple[str, str], random.Random] = {}

    def protocol(self, name: str) -> IProtocol:
        """The protocol module of this name."""
        return self.plugins.protocol(name)

    def venue(self, settings: VenueSettings) -> Venue:
        """A venue with empty books.

        :raises exsim.errors.ConfigError: when it names a policy or source that there is not.
        """
        seed = self.seed if settings.seed is None else settings.seed
        number = crc32(f"{seed}:{settings.name}".encode())
        venue = Venue(
            settings,
            MatchingEngine(number),
            Orders(settings.keep_finished),
            [self._line(name, number) for name in settings.pricing],
            (),
            timetable_of(settings.day),
            number,
            zone_of_day(settings.day),
        )
        venue.prices.still = activity(settings.activity).factor <= 0
        self.renew_chain(venue)
        self._add_bots(venue, seed)
        behaviours = [each for each in self._behaviours if each.venue in ("", venue.name)]
        venue.desk = self._desk
        venue.rulebook = Rulebook(venue, self._desk, self._world, tuple(behaviours), number)
        venue.rulebook.changed = self._world.watch
        venue.prices.failed = self._world.source_failed
        if settings.observe:
            every, keep = settings.observe_every, settings.keep_observed
            venue.observer = Observer(venue, settings.observe, every, keep)
        return venue

    def texts(self, source: str) -> Mapping[str, str]:
        """What the configuration says of a pricing source, key by key."""
        settings = self._pricing.get(source)
        return {} if settings is None else settings.texts

    def _lead(self, source: IFollowingSource, values: Values) -> None:
        """Have a source follow the venue that it is to."""
        leader = Leader(self._desk.venues, values["leader"], values["leader_source"] or "")
        source.lead(ILeader(leader))

    def check_leaders(self, settings: VenueSettings) -> None:
        """
        See that what follows another venue can, at a venue that is to be made while it runs.

        :raises ValueError: where it cannot.
        """
        for name in settings.pricing:
            values = self._pricing[name].options if name in self._pricing else {}
            wanted = values.get("leader")
            there = self._desk.venues.get(wanted) if wanted else None
            if there is not None or wanted == settings.name:
                leader = settings if there is None else there.settings
                _, text = fault(settings, leader, values.get("leader_source") or "")
                if text:
                    raise ValueError(f"pricing source {name}: {text}")

    def _add_bots(self, venue: Venue, seed: int) -> None:
        """Have those bots trade at a venue that are configured to."""
        for each in self._bots:
            if venue.name in each.venues:
                if venue.bots is None:
                    venue.bots = VenueBots(venue, activity(venue.settings.activity))
                venue.bots.add(self._runner(each, seed), self._desk, each.symbols)

    def _runner(self, settings: BotSettings, seed: int) -> Runner:
        """A bot: the same one at each of its venues, made with the first."""
        session = BOT + settings.name
        runner = self._runners.get(session)
        if runner is None:
            bot = self.plugins.bot(settings.kind)(settings.name, settings.options)
            play_file(bot)
            own = settings.seed
            runner = self._runners[session] = Runner(
                bot,
                settings.kind,
                settings.account or settings.name,
                settings.firm,
                seed_of(seed, settings.name) if own is None else own,
                settings.running,
                settings.during,
                settings.texts,
                (activity(settings.activity), settings.options),
                self._bot_fault,
            )
        return runner

    def renew_chain(self, venue: Venue) -> None:
        """Make the venue's policies anew, as they were at the start."""
        self.forget(venue.name)
        venue.chain = tuple(self._link(venue, name) for name in venue.settings.policies)

    def forget(self, venue: str) -> None:
        """Forget the policies made for a venue."""
        for key in [key for key in self._links if key[0] == venue]:
            del self._links[key]
            del self._luck[key]

    def forget_bots(self, venue: str) -> None:
        """Have no bot trade at a venue any more: it is gone."""
        for session, runner in list(self._runners.items()):
            runner.desks.pop(venue, None)
            if not runner.desks:
                del self._runners[session]

    def session_chain(self, venue: Venue, names: tuple[str, ...]) -> Chain:
        """The chain of a session: its own policies, then its venue's."""
        return tuple(self._link(venue, name) for name in names) + venue.chain

    def chain(self, venue: Venue, names: list[str]) -> Chain:
        """The policies of these names at a venue, as those that made a chain."""
        return tuple(self._link(venue, name) for name in names)

    def state(self) -> Plain:
        """What the policies remember, and how their luck goes on, for a snapshot."""
        return [
            [*key, list(self._luck[key].getstate()), state_of(link.policy)]
            for key, link in sorted(self._links.items(), key=_by_name)
        ]

    def restore(self, plain: Plain, venues: Mapping[str, Venue]) -> None:
        """Be as :meth:`state` told; a policy that is not configured any more is left out."""
        for venue, name, (version, numbers, gauss), remembered in plain:
            try:
                link = self._link(venues[venue], name)
            except (LookupError, ValueError):
                continue
            self._luck[venue, name].setstate((version, tuple(numbers), gauss))
            restore_part(link.policy, remembered)

    def _link(self, venue: Venue, name: str) -> Link:
        link = self._links.get((venue.name, name))
        if link is None:
            seed = self.seed if venue.settings.seed is None else venue.settings.seed
            luck = random.Random(f"{seed}:{venue.name}:{name}")
            link = Link(self._policy(name), View(venue, luck, self._messages))
            self._links[venue.name, name] = link
            self._luck[venue.name, name] = luck
        return link

    def _policy(self, name: str) -> IPolicy:
        settings = self._policies.get(name) or PolicySettings(name, name, {})
        policy = self.plugins.policy(settings.kind)
        return policy(name, settings.options or read_options(policy.options, {}))

    def _line(self, name: str, seed: int) -> Line:
        """A pricing source of a venue whose seed is that."""
        settings = self._pricing.get(name) or PricingSettings(name, name, {})
        plugin = self.plugins.pricing(settings.source)
        values = settings.options or read_options(plugin.options, {})
        own = values.get("seed")
        source = plugin(name, values)
        play_file(source)
        if IFollowingSource.providedBy(source):
            self._lead(source, values)
        return line_of(source, settings.source, values, seed_of(seed if own is None else own, name))
