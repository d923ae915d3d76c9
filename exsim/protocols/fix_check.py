"""Holding the messages of a session to the dictionary of the version that it speaks."""

from __future__ import annotations

from typing import Any, Final

from exsim.model.options import Option, boolean, integer
from exsim.model.settings import Values
from exsim.protocols.fix_dialect import Dialect
from exsim.protocols.fix_versions import FIXT
from exsim.sessions.fix_session import Fault, FixSession
from exsim.wire.fix import FixMessage
from exsim.wire.fix_dictionary import APPL_VER_IDS
from exsim.wire.fix_reasons import INVALID_APPL_VER
from exsim.wire.fix_validate import Switches, Validator

_LOGON: Final = b"A"

_SWITCHES: Final = (
    ("msg_type", "yes", "types of message that the version does not have"),
    ("required", "yes", "messages, and entries of groups, that lack a field they need"),
    ("unknown", "yes", "tags below 5000 that the version does not define"),
    ("user_defined", "no", "tags from 5000 on, which FIX leaves to its users"),
    ("undeclared", "yes", "tags that the version has, but not for that type of message"),
    ("empty", "yes", "fields without a value"),
    ("format", "yes", "values that are not of their field's type"),
    ("codes", "yes", "values that are not among the codes of their field"),
    ("repeated", "yes", "fields that are there twice"),
    ("order", "yes", "header fields behind those of the body, trailer fields before them"),
    ("group_count", "yes", "groups that have not as many entries as their count says"),
    ("group_order", "yes", "entries of groups whose fields are out of order"),
)

CHECKS: Final = (
    Option(
        "validate",
        boolean,
        "yes",
        "Hold messages to the dictionary of their FIX version, as the keys reject_... say.",
    ),
    *(
        Option(f"reject_{name}", boolean, default, f"With validate: reject {what}.")
        for name, default, what in _SWITCHES
    ),
    Option(
        "max_group_entries",
        integer(0, 1_000_000),
        "1000",
        "With validate: the most entries that a repeating group may have; 0 for any number.",
    ),
)
"""Keys of endpoints and sessions that say what is checked."""


class Validators:
    """
    The validators of the sessions of a dialect that check the same, made as they are needed.

    A Logon may bring fields that its version does not have: what venues ask for there, such as
    Username(553) or ResetSeqNumFlag(141), they ask for in any version.
    """

    __slots__ = ("_dialect", "_logon_switches", "_made", "_switches")

    def __init__(self, dialect: Dialect, options: Values) -> None:
        given: dict[str, Any] = {name: options[f"reject_{name}"] for name, _, _ in _SWITCHES}
        given["most_entries"] = options["max_group_entries"]
        self._dialect = dialect
        self._switches = Switches(**given)
        lenient = {"unknown": False, "undeclared": False, "user_defined": False}
        self._logon_switches = Switches(**{**given, **lenient})
        self._made: dict[tuple[bytes, bytes, bool], Validator | None] = {}

    def get(self, begin_string: bytes, appl_ver_id: bytes, logon: bool) -> Validator | None:
        """The validator of a version; None where FIXT.1.1 has no such application version."""
        key = (begin_string, appl_ver_id, logon)
        if key not in self._made:
            if len(self._made) >= 100:  # more than there are: somebody tries them out
                self._made.clear()
            self._made[key] = self._make(begin_string, appl_ver_id, logon)
        return self._made[key]

    def _make(self, begin_string: bytes, appl_ver_id: bytes, logon: bool) -> Validator | None:
        switches = self._logon_switches if logon else self._switches
        session = self._dialect.dictionary(begin_string.decode())
        if begin_string != FIXT:
            return Validator(session, None, switches)
        version = APPL_VER_IDS.get(appl_ver_id)
        if version is None:
            return None
        return Validator(session, self._dialect.dictionary(version), switches)


class SessionCheck:
    """What a session's machine asks about each message in its turn."""

    __slots__ = ("_last", "_last_version", "_machine", "_validators")

    def __init__(self, machine: FixSession, validators: Validators) -> None:
        self._machine = machine
        self._validators = validators
        self._last: Validator | None = None  # that of the last message, if that was no Logon
        self._last_version = b""

    def check(self, message: FixMessage) -> Fault | None:
        """What is wrong with a message, by the dictionary of its version."""
        fields = message.fields
        begin_string = fields[b"8"]
        version = b""
        if begin_string == FIXT:
            # A message may name its own; a Logon names that of all that follow.
            named = fields.get(b"1128") or fields.get(b"1137")
            version = named or self._machine.version_of(message)
        validator = self._last
        logon = message.msg_type == _LOGON
        if validator is None or version != self._last_version or logon:
            validator = self._validators.get(begin_string, version, logon)
            if validator is None:
                return Fault(INVALID_APPL_VER, b"1128")
            # After a Logon the version that is spoken may be another.
            self._last = validator if not logon else None
            self._last_version = version
        invalid = validator.check(message)
        return None if invalid is None else Fault(invalid.reason, invalid.tag)
