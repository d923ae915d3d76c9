"""The FIX side of one endpoint: who may log on, and who is made a session as it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from exsim.errors import Conflict, NotFound
from exsim.faults.fix import FIX_SURGERY
from exsim.interfaces import MarketTime, Moment, Recorder, Surgery, Tamper
from exsim.model.plain import Plain
from exsim.model.settings import EndpointSettings, SessionSettings, Values
from exsim.protocols.fix_caller import FixCaller
from exsim.protocols.fix_check import CHECKS, SessionCheck, Validators
from exsim.protocols.fix_connections import MappedConnection
from exsim.protocols.fix_dialect import Dialect, Dialects
from exsim.protocols.fix_messages import FixMessages
from exsim.protocols.fix_options import session_options_of, session_rules
from exsim.protocols.fix_sessions import MappedSession
from exsim.protocols.session_options import MARKET
from exsim.sessions.fix_connection import FixConnection
from exsim.sessions.fix_rules import ANY_VERSION, FixRules
from exsim.sessions.fix_session import FixSession, State
from exsim.sessions.session_clock import SessionClock
from exsim.wire.fix import FixMessage

LONGEST_COMP_ID: Final = 64
"""The longest CompID, in bytes, that a session is made for on the fly."""

_STRANGE: Final = re.compile(r"[^A-Za-z0-9._-]")


class FixAcceptor:
    """
    The sessions of an endpoint by name, and by the CompID of their counterparties.

    With ``accept_any_logon`` a counterparty that is not configured gets a session of its own,
    one for each BeginString, up to ``max_sessions``.
    """

    __slots__ = (
        "_by_comp_id",
        "_clock",
        "_comp_id",
        "_dialects",
        "_made",
        "_options",
        "_paced",
        "_record",
        "_rules",
        "_settings",
        "_taken",
        "_validators",
        "messages",
        "opened",
        "sessions",
    )

    def __init__(
        self,
        settings: EndpointSettings,
        sessions: Iterable[SessionSettings],
        record: Recorder,
        taken: Mapping[str, object],
        dialects: Dialects,
    ) -> None:
        self._dialects = dialects
        self._validators: dict[tuple[object, ...], Validators] = {}
        self._settings = settings
        self._options: Mapping[str, Any] = settings.options
        self._record = record
        self._paced = SessionClock(record)
        paced = settings.options["session_clock"] == MARKET
        self._clock = self._paced if paced else None
        self._taken = taken
        self._comp_id: bytes = settings.options["comp_id"].encode()
        self._rules = session_rules(settings.options, session_options_of(settings.options, "", ""))
        self._made: dict[str, tuple[str, str]] = {}  # CompID and BeginString by name
        self._by_comp_id: dict[bytes, list[MappedSession]] = {}
        self.sessions: dict[str, MappedSession] = {}
        self.opened: Callable[[str], None] = _nobody
        self.messages = FixMessages(
            self.sessions,
            dialects.get(settings.options["dictionary"]),
            settings.options["default_appl_ver_id"].encode(),
        )
        for session in sessions:
            self.open(session)

    def connect(self, peer: str, now: int, number: int = 0) -> MappedConnection:
        """A socket was accepted from ``peer``."""
        machine = self._machine(self._rules, peer, now, number, self._clock)
        return MappedConnection(machine, self._session_of)

    def keep_time(self, market: MarketTime, moment: Moment) -> None:
        """Have the sessions that go by the market's clock know it."""
        self._paced.market = market

    def _machine(
        self, rules: FixRules, peer: str, now: int, number: int, clock: SessionClock | None
    ) -> FixConnection:
        time = now if clock is None else clock.time(now)
        return FixConnection(self, rules, peer, self._record, time, number, clock)

    def initiate(self, name: str, peer: str, now: int, number: int = 0) -> MappedConnection:
        """
        We have connected to the counterparty of a session at ``peer``, and log on.

        :raises exsim.errors.Conflict: when the session has a connection already.
        """
        session = self.sessions[name]
        if session.machine.state is not State.OFFLINE:
            raise Conflict(f"session {name!r} has a connection already")
        clock = session.machine.clock
        machine = self._machine(session.machine.rules, peer, now, number, clock)
        machine.initiate(session.machine, machine.time(now))
        return MappedConnection(machine, self._session_of)

    def caller(self, name: str, example: Mapping[str, str]) -> FixCaller:
        """
        See :class:`exsim.interfaces.IPlayable`.

        :raises exsim.errors.Conflict: when the session is logged on, or we connect for it.
        """
        session = self.sessions.get(name)
        if session is None:
            dialect = self._dialects.get(self._options["dictionary"])
            return FixCaller(self._rules, name, None, dialect, example)
        machine = session.machine
        if machine.state is not State.OFFLINE:
            raise Conflict(f"session {name!r} is logged on: log it out, or play as another")
        if machine.rules.initiates:
            raise Conflict(f"session {name!r} is one that we log on to: play as another")
        comp_id = machine.rules.sender_comp_id
        return FixCaller(machine.rules, comp_id, machine, session.dialect, example)

    # -- snapshots

    def made(self, name: str) -> Plain:
        """What a session was made of on the fly: CompID and BeginString; None for another."""
        return self._made.get(name)

    def remake(self, name: str, made: Plain) -> MappedSession:
        """Make a session again that :meth:`made` told of."""
        comp_id, begin_string = made
        return self._make_named(name, comp_id, begin_string)

    def resume(self, plain: Plain) -> MappedConnection:
        """Make a connection again, of a session that is restored already."""
        machine_state = plain["machine"]
        session = self.sessions.get(machine_state["session"])
        initiated = session is not None and session.machine.rules.initiates
        rules = session.machine.rules if session is not None and initiated else self._rules
        peer, number = machine_state["peer"], machine_state["number"]
        machine = FixConnection(self, rules, peer, self._record, 0, number, self._clock)
        connection = MappedConnection(machine, self._session_of)
        connection.restore(plain, session)
        return connection

    def _session_of(self, machine: FixSession) -> MappedSession:
        return self.sessions[machine.name]

    def open(self, settings: SessionSettings) -> MappedSession:
        """
        Add a session.

        :raises exsim.errors.Conflict: when one with its name or identity is there.
        """
        if settings.name in self.sessions:
            raise Conflict(f"endpoint {self._settings.name} has a session {settings.name!r}")
        initiates = bool(settings.connect)
        rules = session_rules(self._options, settings.options, settings.name, initiates)
        sender = rules.sender_comp_id.encode()
        for other in self._by_comp_id.get(sender, ()):
            spoken = other.machine.rules.begin_string
            if _may_be_same(rules, other.machine.rules):
                raise Conflict(
                    f"session {other.name!r} of endpoint {self._settings.name} has SenderCompID"
                    f" {rules.sender_comp_id} already, for BeginString {spoken}"
                )
        paced = settings.options["session_clock"] == MARKET
        machine = FixSession(
            settings.name, rules, self._record, clock=self._paced if paced else None
        )
        dialect = self._dialects.get(settings.options["dictionary"])
        machine.data_fields = dialect.data_fields
        self._add_check(machine, dialect, settings.options)
        session = MappedSession(
            settings, machine, dialect, self._settings.role, self._settings.venue
        )
        self.sessions[settings.name] = session
        self.messages.learn(dialect)
        self._by_comp_id.setdefault(sender, []).append(session)
        self.opened(settings.name)
        return session

    def surgery(self, session: str) -> Surgery:
        """See :meth:`exsim.interfaces.IBreakable.surgery`."""
        return FIX_SURGERY

    def tamper(self, session: str, tamper: Tamper | None) -> None:
        """See :class:`exsim.interfaces.IBreakable`."""
        self.sessions[session].machine.tamper = tamper

    def _add_check(self, machine: FixSession, dialect: Dialect, options: Values) -> None:
        """Hold a session's messages to its dictionaries, if it is to be held to any."""
        if not options["validate"]:
            return
        key = (options["dictionary"], *(options[option.name] for option in CHECKS))
        validators = self._validators.get(key)
        if validators is None:
            validators = self._validators[key] = Validators(dialect, options)
        machine.check = SessionCheck(machine, validators).check

    def close(self, name: str, now: int) -> None:
        """
        Disconnect and forget a session.

        :raises exsim.errors.NotFound: when there is none of that name.
        """
        session = self.sessions.get(name)
        if session is None:
            raise NotFound(f"endpoint {self._settings.name} has no session {name!r}")
        session.remove(now)
        self.messages.remember(session)
        del self.sessions[name]
        self._made.pop(name, None)
        sender = session.machine.rules.sender_comp_id.encode()
        others = [other for other in self._by_comp_id[sender] if other is not session]
        if others:
            self._by_comp_id[sender] = others
        else:
            del self._by_comp_id[sender]

    # -- the directory of the machine

    def find(
        self, begin_string: bytes, sender: bytes, target: bytes, message: FixMessage
    ) -> FixSession | None:
        """The session that a Logon is for, made on the fly where any logon is accepted."""
        if target != self._comp_id:
            return None
        version = begin_string.decode()
        for session in self._by_comp_id.get(sender, ()):
            rules = session.machine.rules
            if rules.begin_string in (ANY_VERSION, version) and _brings_ids(message, rules):
                return session.machine
        if len(self._made) >= self._options["max_sessions"]:
            self._forget_unused()
        full = len(self._made) >= self._options["max_sessions"]
        if full or not self._options["accept_any_logon"] or len(sender) > LONGEST_COMP_ID:
            return None
        try:
            comp_id = sender.decode()
        except UnicodeDecodeError:
            return None
        return self._make(comp_id, version).machine

    def _forget_unused(self) -> None:
        """Forget sessions made for logons that were refused."""
        for name in list(self._made):
            machine = self.sessions[name].machine
            if machine.logons == 0 and machine.state is State.OFFLINE:
                self.close(name, 0)

    def _make(self, comp_id: str, begin_string: str) -> MappedSession:
        return self._make_named(self._free_name(comp_id, begin_string), comp_id, begin_string)

    def _make_named(self, name: str, comp_id: str, begin_string: str) -> MappedSession:
        options = session_options_of(self._options, comp_id, begin_string)
        session = self.open(SessionSettings(name, self._settings.name, options=options))
        self._made[name] = (comp_id, begin_string)
        return session

    def _free_name(self, comp_id: str, begin_string: str) -> str:
        """A name for a session, as close to its CompID as others leave it."""
        plain = _STRANGE.sub("_", comp_id)
        wider = f"{plain}@{self._settings.name}"
        full = f"{wider}-{begin_string}"
        number = 1
        name = plain
        while name in self.sessions or name in self._taken:
            if name == plain:
                name = wider
            elif name == wider:
                name = full
            else:
                number += 1
                name = f"{full}-{number}"
        return name


def _nobody(session: str) -> None:
    """Nobody wants to know which sessions are opened."""


def _brings_ids(message: FixMessage, rules: FixRules) -> bool:
    """Whether a Logon has the sub and location identifiers that a session asks for."""
    wanted = (*rules.sender_ids, *rules.target_ids)
    return all(message.fields.get(tag) == value for tag, value in wanted)


def _may_be_same(one: FixRules, other: FixRules) -> bool:
    """Whether a Logon with one SenderCompID could be of either session."""
    spoken = (one.begin_string, other.begin_string)
    if ANY_VERSION not in spoken and one.begin_string != other.begin_string:
        return False
    ids = dict((*one.sender_ids, *one.target_ids))
    others = dict((*other.sender_ids, *other.target_ids))
    return all(ids[tag] == others[tag] for tag in ids.keys() & others.keys())
