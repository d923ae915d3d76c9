"""Messages of an endpoint for people and policies, each told in the dialect of its session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from exsim.model.messages import Description
from exsim.protocols import fix_text
from exsim.protocols.fix_dialect import Dialect, Names
from exsim.protocols.fix_fields import decode_fields
from exsim.protocols.fix_sessions import MappedSession
from exsim.protocols.fix_vocabulary import FixVocabulary

MOST_FORMER: Final = 1_000
"""Sessions of which it is remembered how their messages are told after they are gone."""

NamesIn = Callable[[bytes], Names]
"""Gives the names of the version of a message."""


class FixMessages:
    """
    What is said of messages; see :class:`exsim.interfaces.IMessages`.

    A message of nobody who has logged on is told as the endpoint says, that of a session that is
    gone as it spoke last.

    :param sessions: those of the endpoint by name, always current.
    :param dialect: the endpoint's.
    :param appl_ver_id: the version of the application over FIXT.1.1, as the endpoint has it.
    """

    __slots__ = ("_default", "_former", "_sessions", "_values", "vocabulary")

    def __init__(
        self, sessions: Mapping[str, MappedSession], dialect: Dialect, appl_ver_id: bytes
    ) -> None:
        self._sessions = sessions
        self._default: NamesIn = partial(dialect.names_in, appl_ver_id=appl_ver_id)
        self._former: dict[str, NamesIn] = {}
        self._values = fix_text.Values()
        self.vocabulary = FixVocabulary([dialect])

    def learn(self, dialect: Dialect) -> None:
        """That of a session that there is from now on."""
        self.vocabulary = self.vocabulary.with_dialect(dialect)

    def remember(self, session: MappedSession) -> None:
        """How a session spoke that is about to go."""
        self._former.pop(session.name, None)
        if len(self._former) >= MOST_FORMER:
            del self._former[next(iter(self._former))]
        spoken = session.machine.appl_ver_id
        self._former[session.name] = partial(session.dialect.names_in, appl_ver_id=spoken)

    def _names_in(self, session: str) -> NamesIn:
        there = self._sessions.get(session)
        if there is not None:
            return there.names_in
        return self._former.get(session, self._default)

    def describe(self, session: str, data: bytes) -> Description:
        """A message with the names of its fields and codes, passwords masked."""
        return fix_text.describe(data, self._names_in(session)(data))

    def matches(
        self,
        session: str,
        data: bytes,
        msg_type: str | None,
        fields: Sequence[tuple[str, str | None]],
    ) -> bool:
        """Whether a message is of a type, and has all of these fields."""
        return fix_text.matches(data, msg_type, fields, self._names_in(session))

    def values(self, session: str, data: bytes, tag: str) -> list[str] | None:
        """The values of the fields with a tag, or None where only :meth:`describe` tells."""
        return self._values.of(data, tag, self._names_in(session))

    def masked(self, session: str, data: bytes) -> bytes:
        """The message with passwords overwritten by as many asterisks."""
        return fix_text.masked(data, self._names_in(session)(data))

    def text(self, session: str, data: bytes) -> str:
        """The message as one readable line, passwords masked."""
        return fix_text.line(data, self._names_in(session)(data))

    def fields(self, session: str, data: bytes) -> tuple[tuple[str, str], ...]:
        """The message's type and body, as a session sends them."""
        return decode_fields(data, self._names_in(session)(data))
