"""Messages of an endpoint over SoupBinTCP for people and policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from exsim.model.messages import Description
from exsim.model.vocabulary import UNKNOWN, Vocabulary
from exsim.protocols import ouch_text
from exsim.protocols.member import Member
from exsim.wire import soup
from exsim.wire.layout import Family

MOST_FORMER: Final = 1_000
"""Sessions of which it is remembered how their messages are told after they are gone."""


class SoupVocabulary(Vocabulary):
    """
    The names of packets of SoupBinTCP, and of messages in them.

    :param families: the versions that sessions may speak.
    """

    __slots__ = ("_families",)

    def __init__(self, families: Iterable[Family]) -> None:
        self._families = tuple(families)

    def types(self, mark: bytes) -> list[tuple[str, str]]:
        """By the types of the packet and of the message in it: what each version has."""
        kind, letter = mark[:1], mark[1:2]
        name = soup.PACKET_NAMES.get(kind, "")
        found = set()
        for family in self._families:
            layout = ouch_text.layout_of(b"  " + kind + letter, family)
            found.add((name, name) if layout is None else (layout.type.decode(), layout.name))
        return sorted(found)


class SoupMessages:
    """
    What is said of messages; see :class:`exsim.interfaces.IMessages`.

    :param sessions: those of the endpoint by name, always current.
    :param family: the version of a message of nobody who has logged in.
    :param vocabulary: what is known of the names of messages, in any version of it.
    """

    __slots__ = ("_default", "_former", "_sessions", "vocabulary")

    def __init__(
        self, sessions: Mapping[str, Member], family: Family, vocabulary: Vocabulary = UNKNOWN
    ) -> None:
        self.vocabulary = vocabulary
        self._sessions = sessions
        self._default = family
        self._former: dict[str, Family] = {}

    def remember(self, session: Member) -> None:
        """How a session spoke that is about to go."""
        self._former.pop(session.name, None)
        if len(self._former) >= MOST_FORMER:
            del self._former[next(iter(self._former))]
        self._former[session.name] = session.family

    def _family(self, session: str) -> Family:
        there = self._sessions.get(session)
        return self._former.get(session, self._default) if there is None else there.family

    def describe(self, session: str, data: bytes) -> Description:
        """A message with the names of its fields and codes, passwords masked."""
        return ouch_text.describe(data, self._family(session))

    def matches(
        self,
        session: str,
        data: bytes,
        msg_type: str | None,
        fields: Sequence[tuple[str, str | None]],
    ) -> bool:
        """Whether a message is of a type, and has all of these fields."""
        return ouch_text.matches(data, msg_type, fields, self._family(session))

    def values(self, session: str, data: bytes, tag: str) -> list[str] | None:
        """
        The type of a message, and what it has under tags of FIX as well; :meth:`describe` tells its
        fields by their own names.
        """
        return ouch_text.values(data, tag, self._family(session))

    def masked(self, session: str, data: bytes) -> bytes:
        """The message with passwords overwritten by as many asterisks."""
        return ouch_text.masked(data)

    def text(self, session: str, data: bytes) -> str:
        """The message as one readable line, passwords masked."""
        return ouch_text.line(data, self._family(session))

    def fields(self, session: str, data: bytes) -> tuple[tuple[str, str], ...]:
        """The message's type and body, as a session sends them."""
        return ouch_text.pairs(data, self._family(session))
