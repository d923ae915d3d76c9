"""The FIX side of one endpoint: who may log on, and who is made a session as it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from exsim.errors import Conflict, NotFound
from exsim.interfaces import Recorder
from exsim.model.settings import EndpointSettings, SessionSettings, Values
from exsim.protocols.fix_check import CHECKS, Dictionaries, SessionCheck, Validators
from exsim.protocols.fix_options import session_options_of, session_rules
from exsim.protocols.fix_sessions import MappedConnection, MappedSession
from exsim.sessions.fix_connection import FixConnection
from exsim.sessions.fix_rules import ANY_VERSION
from exsim.sessions.fix_session import FixSession, State
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
        "_comp_id",
        "_dictionaries",
        "_made",
        "_options",
        "_record",
        "_rules",
        "_settings",
        "_taken",
        "_validators",
        "sessions",
    )

    def __init__(
        self,
        settings: EndpointSettings,
        sessions: Iterable[SessionSettings],
        record: Recorder,
        taken: Mapping[str, object],
        dictionaries: Dictionaries | None = None,
    ) -> None:
        self._dictionaries = dictionaries
        self._validators: dict[tuple[bool, ...], Validators] = {}
        self._settings = settings
        self._options: Mapping[str, Any] = settings.options
        self._record = record
        self._taken = taken
        self._comp_id: bytes = settings.options["comp_id"].encode()
        self._rules = session_rules(settings.options, session_options_of(settings.options, "", ""))
        self._made: set[str] = set()
        self._by_comp_id: dict[bytes, list[MappedSession]] = {}
        self.sessions: dict[str, MappedSession] = {}
        for session in sessions:
            self.open(session)

    def connect(self, peer: str, now: int) -> MappedConnection:
        """A socket was accepted from ``peer``."""
        machine = FixConnection(self, self._rules, peer, self._record, now)
        return MappedConnection(machine, self._session_of)

    def _session_of(self, machine: FixSession) -> MappedSession:
        return self.sessions[machine.name]

    def open(self, settings: SessionSettings) -> MappedSession:
        """
        Add a session.

        :raises exsim.errors.Conflict: when one with its name or identity is there.
        """
        if settings.name in self.sessions:
            raise Conflict(f"endpoint {self._settings.name} has a session {settings.name!r}")
        rules = session_rules(self._options, settings.options, settings.name)
        sender = rules.sender_comp_id.encode()
        for other in self._by_comp_id.get(sender, ()):
            spoken = other.machine.rules.begin_string
            if ANY_VERSION in (spoken, rules.begin_string) or spoken == rules.begin_string:
                raise Conflict(
                    f"session {other.name!r} of endpoint {self._settings.name} has SenderCompID"
                    f" {rules.sender_comp_id} already, for BeginString {spoken}"
                )
        machine = FixSession(settings.name, rules, self._record)
        self._add_check(machine, settings.options)
        session = MappedSession(settings, machine)
        self.sessions[settings.name] = session
        self._by_comp_id.setdefault(sender, []).append(session)
        return session

    def _add_check(self, machine: FixSession, options: Values) -> None:
        """Hold a session's messages to its dictionary, if it is to be held to any."""
        if self._dictionaries is None or not options["validate"]:
            return
        key = tuple(bool(options[option.name]) for option in CHECKS)
        validators = self._validators.get(key)
        if validators is None:
            validators = self._validators[key] = Validators(self._dictionaries, options)
        machine.check = SessionCheck(machine, validators).check

    def close(self, name: str, now: int) -> None:
        """
        Disconnect and forget a session.

        :raises exsim.errors.NotFound: when there is none of that name.
        """
        session = self.sessions.get(name)
        if session is None:
            raise NotFound(f"endpoint {self._settings.name} has no session {name!r}")
        session.disconnect(now)
        del self.sessions[name]
        self._made.discard(name)
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
            if session.machine.rules.begin_string in (ANY_VERSION, version):
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
        name = self._free_name(comp_id, begin_string)
        options = session_options_of(self._options, comp_id, begin_string)
        session = self.open(SessionSettings(name, self._settings.name, options=options))
        self._made.add(name)
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
