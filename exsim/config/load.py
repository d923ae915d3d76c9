"""
The configuration as a whole: defaults, then the file, then ``--set``, checked and complete.

:func:`load` is all that others need; every mistake is reported at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

from exsim.config import schema
from exsim.config.accounts import Accounts
from exsim.config.behaviours import Behaviours
from exsim.config.bots import Bots
from exsim.config.calendars import zone_of
from exsim.config.following import Following
from exsim.config.gateways import Gateways
from exsim.config.ini import Entry, Section, parse, read_text
from exsim.config.instruments import Instruments
from exsim.config.list_keys import LISTS
from exsim.config.listen import is_local, port_of
from exsim.config.overrides import override
from exsim.config.plugged import PluggedSections, PluginLike, lookup_text
from exsim.config.proxies import Proxies
from exsim.config.quote_keys import QUOTES
from exsim.config.reading import Reading
from exsim.config.roles import check_connect, misplaced, role_of
from exsim.config.stored import check_journal, check_tokens
from exsim.config.tls import check_client, check_server
from exsim.config.trading_day import DAY
from exsim.errors import ConfigError, Problem
from exsim.model.bots import BOT
from exsim.model.list_settings import ListSettings
from exsim.model.options import Option
from exsim.model.quote_settings import QuoteSettings
from exsim.model.settings import (
    ORDER_ENTRY,
    DaySettings,
    EndpointSettings,
    PolicySettings,
    PricingSettings,
    RestSettings,
    SessionSettings,
    Settings,
    VenueSettings,
)

MOST_REPORTED: Final = 100
"""How many problems a report lists."""

Values = dict[str, Any]


class ProtocolLike(Protocol):
    """What is asked of a protocol module here."""

    endpoint_options: tuple[Option, ...]
    session_options: tuple[Option, ...]

    def problems(self, options: Mapping[str, Any], connects: bool) -> Sequence[tuple[str, Problem]]:
        """Keys of an endpoint or a session whose values make no sense, and why."""


class CatalogueLike(Protocol):
    """
    Where plugins come from: :class:`exsim.plugins.Catalogue`.

    Each method raises ``LookupError``, with a text for people, where there is no such plugin.
    """

    def policy(self, kind: str) -> type[PluginLike]:
        """The class of a kind of policy."""

    def pricing(self, source: str) -> type[PluginLike]:
        """The class of a pricing source."""

    def bot(self, kind: str) -> type[PluginLike]:
        """The class of a kind of bot."""

    def protocol(self, name: str) -> ProtocolLike:
        """A protocol module."""


def load(path: str, overrides: Sequence[str], catalogue: CatalogueLike) -> Settings:
    """
    The settings that the file at ``path`` and the ``--set`` texts describe.

    Relative paths in the file are relative to its folder.

    :raises ConfigError: with all mistakes, sorted by where they are.
    """
    problems: list[Problem] = []
    sections = parse(read_text(path), path, problems)
    for text in overrides:
        override(text, sections, problems)
    reading = Reading(sections, problems)
    if not reading.sections("venue"):
        problems.append(Problem("there is no [venue:NAME], so nothing can be traded", path))
    settings = _Loader(reading, catalogue).settings()
    if problems:
        told_once = {str(problem): problem for problem in problems}.values()
        raise ConfigError(sorted(told_once, key=lambda problem: _order(problem, path)))
    return settings


def only_venue(settings: Settings, venue: str) -> Settings:
    """
    The same without all other venues, their endpoints, the sessions of these, and proxies.

    :raises ConfigError: when there is no such venue.
    """
    venues = tuple(one for one in settings.venues if one.name == venue)
    if not venues:
        known = ", ".join(one.name for one in settings.venues)
        raise ConfigError([Problem(f"--venue {venue}: there is none of that name; known: {known}")])
    endpoints = tuple(one for one in settings.endpoints if one.venue == venue)
    names = {one.name for one in endpoints}
    sessions = tuple(one for one in settings.sessions if one.endpoint in names)
    return replace(
        settings,
        venues=venues,
        endpoints=endpoints,
        sessions=sessions,
        proxies=tuple(one for one in settings.proxies if one.venue == venue),
        bots=tuple(one for one in settings.bots if venue in one.venues),
    )


def _order(problem: Problem, path: str) -> tuple[bool, bool, str, int]:
    """The file itself first, then its tables, then ``--set``; each by line."""
    return problem.file != path, not problem.line, problem.file, problem.line


def report(error: ConfigError, path: str) -> str:
    """What to tell the operator, in several lines."""
    count = len(error.problems)
    lines = [f"exsim: {count} problem{'s' if count > 1 else ''} in {path}"]
    lines += [str(problem) for problem in error.problems[:MOST_REPORTED]]
    if count > MOST_REPORTED:
        lines.append(f"... and {count - MOST_REPORTED} more")
    return "\n".join(lines)


class _Loader:
    """Reads the sections of each kind, and joins them by their names."""

    def __init__(self, reading: Reading, catalogue: CatalogueLike) -> None:
        self._reading = reading
        self._catalogue = catalogue
        self._policies = PluggedSections(reading, "policy", catalogue.policy)
        self._pricing = PluggedSections(reading, "pricing", catalogue.pricing)
        self._bots = PluggedSections(reading, "bot", catalogue.bot)
        self._instruments = Instruments(reading)
        self._accounts = Accounts(reading)
        self._shared: dict[str, tuple[ProtocolLike, Mapping[str, Entry]]] = {}
        """By endpoint: its protocol, and what it says for its sessions."""
        self._roles: dict[str, str | None] = {}
        """By endpoint, those that could be read."""
        self._listening: dict[str, Section] = {}
        self._silent: set[str] = set()
        """Endpoints that do not listen."""

    def settings(self) -> Settings:
        """All of it; makes sense only where no problem was noted."""
        reading = self._reading
        exsim = self._values(reading.only("exsim"), schema.EXSIM)
        rest = self._rest(reading.only("rest"))
        for again in (*reading.sections("exsim")[1:], *reading.sections("rest")[1:]):
            self._values(again, schema.KINDS[again.kind].options)
        venues = [self._venue(one) for one in reading.sections("venue")]
        endpoints = [self._endpoint(one) for one in reading.sections("endpoint")]
        sessions = [self._session(one) for one in reading.sections("session")]
        if exsim["time"] == "market":
            self._check_time(venues)
        check_journal(reading, exsim, len(venues))
        check_tokens(reading, exsim, rest)
        Following(reading, self._pricing, exsim["processes"] == "one").check(venues)
        return Settings(
            **exsim,
            rest=rest,
            venues=tuple(venues),
            endpoints=tuple(endpoints),
            sessions=tuple(sessions),
            policies=tuple(PolicySettings(*one) for one in self._policies.made.values()),
            pricing=tuple(
                PricingSettings(*one, self._pricing.texts.get(one[0], {}))
                for one in self._pricing.made.values()
            ),
            bots=Bots(reading, self._bots, exsim["processes"] == "one").all(),
            behaviours=Behaviours(reading).all(),
            proxies=Proxies(reading, self._check_listen).all(),
            gateways=Gateways(reading, self._check_listen).all(endpoints),
        )

    def _check_time(self, venues: list[VenueSettings]) -> None:
        """Whether markets can say what time it is."""
        place = self._reading.only("exsim").entries["time"].place
        for venue in venues:
            if venue.day.clock != "manual" or venue.day.clock_start is None:
                text = f"[venue:{venue.name}] has to have clock = manual and a clock_start"
                self._reading.problem(place, f"[exsim] time: with market, {text}")

    def _values(self, section: Section, options: Iterable[Option]) -> Values:
        self._reading.check_keys(section, options)
        return self._reading.values(section, options)

    def _rest(self, section: Section) -> RestSettings | None:
        values = self._values(section, schema.REST)
        listen = values["listen"]
        files = {key: values[key] for key in ("token_file", "trade_tokens", "read_tokens")}
        for key, file in files.items():
            if file:
                self._reading.check_file(section, key, file)
        if listen == "none":
            return None
        if not is_local(listen) and not any(files.values()):
            text = (
                f"{section} listen: other machines can connect to {listen!r}: add "
                "token_file = FILE, with a token that they have to bring, or interface=127.0.0.1"
            )
            self._reading.problem(section.entries["listen"].place, text)
        self._check_listen(section, listen)
        check_server(self._reading, section, values)
        return RestSettings(**values)

    def _check_listen(self, section: Section, listen: str | None) -> None:
        if listen in (None, "none") or port_of(listen) == 0:
            return
        other = self._listening.setdefault(listen, section)
        if other is not section:
            text = f"{section} listen: {listen!r} is where {other} listens"
            self._reading.problem(section.entries["listen"].place, text)

    def _venue(self, section: Section) -> VenueSettings:
        values = self._values(section, schema.VENUE)
        for policy in values["policies"]:
            self._policies.refer(section, "policies", policy)
        for source in values["pricing"]:
            self._pricing.refer(section, "pricing", source)
        instruments = self._instruments.of_venue(section)
        values["participants"] = self._accounts.of_venue(section, values, instruments)
        values["instruments"] = tuple(instruments)
        values["day"] = self._day(section, {key.name: values.pop(key.name) for key in DAY})
        quoting = {key.name: values.pop(key.name) for key in QUOTES}
        values["quoting"] = QuoteSettings(**quoting)
        values["lists"] = ListSettings(**{key.name: values.pop(key.name) for key in LISTS})
        return VenueSettings(section.name, **values)

    def _day(self, section: Section, values: Values) -> DaySettings:
        """The trading day of a venue; its calendar has to be there."""
        if values["calendar"]:
            try:
                zone_of(values["calendar"])
            except ValueError as error:
                place = section.entries["calendar"].place
                self._reading.problem(place, f"{section} calendar: {error}")
        return DaySettings(**values)

    def _endpoint(self, section: Section) -> EndpointSettings:
        values = self._reading.values(section, schema.ENDPOINT)
        self._reading.refer(section, "venue", "venue", values["venue"])
        self._check_listen(section, values["listen"])
        if values["listen"] == "none":
            self._silent.add(section.name)
        check_server(self._reading, section, values)
        options: Values = {}
        protocol = self._protocol(section, values["protocol"])
        if protocol is not None:
            own = protocol.endpoint_options
            self._reading.check_keys(section, (*schema.ENDPOINT, *own))
            options = self._reading.values(section, own)
            self._check_options(section, protocol, options, {})
            values["role"] = self._role(section, protocol, values["role"])
            self._check_role(section, options, values["role"])
            given = {
                one.name: section.entries[one.name] for one in own if one.name in section.entries
            }
            self._shared[section.name] = protocol, given
            self._roles[section.name] = values["role"]
        return EndpointSettings(section.name, **values, options=options)

    def _role(self, section: Section, protocol: ProtocolLike, given: str | None) -> str:
        """The role of an endpoint; one that cannot be is noted."""
        try:
            return role_of(protocol, given)
        except ValueError as error:
            self._reading.problem(section.entries["role"].place, f"{section} role: {error}")
            return ORDER_ENTRY

    def _protocol(self, section: Section, wanted: str | None) -> ProtocolLike | None:
        if wanted is None:
            return None
        try:
            return self._catalogue.protocol(wanted)
        except LookupError as error:
            place = section.entries["protocol"].place
            self._reading.problem(place, f"{section} protocol: {lookup_text(error)}")
            return None

    def _check_options(
        self,
        section: Section,
        protocol: ProtocolLike,
        options: Values,
        inherited: Mapping[str, Entry],
        connects: bool = False,
    ) -> None:
        """
        Note what a protocol says of values; those that a session inherits are its endpoint's.

        What is wrong in a file that a key names is noted there, and once where the key stands.
        """
        for key, problem in protocol.problems(options, connects):
            entry = section.entries.get(key)
            if entry is None and key in inherited:
                continue
            place = entry.place if entry is not None else section.place
            what = f"{problem.file} cannot be used" if problem.file else problem.text
            self._reading.problem(place, f"{section} {key}: {what}")
            if problem.file:
                self._reading.problems.append(problem)

    def _check_role(self, section: Section, options: Values, role: str | None) -> None:
        """Note keys that do nothing in the role of an endpoint."""
        given = {key: options[key] for key in section.entries if key in options}
        if section.kind == "session" and "policies" in section.entries:
            given["policies"] = section.entries["policies"].text
        for key, text in misplaced(role or ORDER_ENTRY, given):
            self._reading.problem(section.entries[key].place, f"{section} {key}: {text}")

    def _session(self, section: Section) -> SessionSettings:
        values = self._reading.values(section, schema.SESSION)
        if section.name.startswith(BOT):
            text = f"{section}: names that begin with {BOT} are those of bots"
            self._reading.problem(section.place, text)
        self._reading.refer(section, "endpoint", "endpoint", values["endpoint"])
        for policy in values["policies"]:
            self._policies.refer(section, "policies", policy)
        self._check_connect(section, values)
        options: Values = {}
        if values["endpoint"] in self._shared:
            protocol, inherited = self._shared[values["endpoint"]]
            own = protocol.session_options
            self._reading.check_keys(section, (*schema.SESSION, *own))
            options = self._reading.values(section, own, inherited)
            connects = bool(values["connect"])
            self._check_options(section, protocol, options, inherited, connects)
            self._check_role(section, options, self._roles[values["endpoint"]])
            try:
                check_connect(protocol, values["connect"])
            except ValueError as error:
                place = section.entries["connect"].place
                self._reading.problem(place, f"{section} connect: {error}")
        return SessionSettings(section.name, **values, options=options)

    def _check_connect(self, section: Section, values: Values) -> None:
        """Note what keeps a session from ever being connected."""
        endpoint, entry = values["endpoint"], section.entries.get("connect")
        if entry is not None and entry.text and not values["connect"]:
            return  # it cannot be read, and that is told already
        if not values["connect"] and endpoint in self._silent:
            text = (
                f"{section} needs 'connect': nobody can connect to it, since [endpoint:{endpoint}]"
                " has listen = none"
            )
            self._reading.problem(section.place, text)
        if values["reconnect_max"] < values["reconnect_min"]:
            key = "reconnect_max" if "reconnect_max" in section.entries else "reconnect_min"
            text = f"{section} {key}: reconnect_max is shorter than reconnect_min"
            self._reading.problem(section.entries[key].place, text)
        check_client(self._reading, section, values)
