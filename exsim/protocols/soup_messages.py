"""Messages of an endpoint over SoupBinTCP for people and policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from exsim.model.messages import Description
from exsim.model.vocabulary import Vocabulary
from exsim.protocols import ouch_text
from exsim.protocols.member import Member
from exsim.protocols.soup_vocabulary import SoupVocabulary
from exsim.wire.layout import Family

MOST_FORMER: Final = 1_000
"""Sessions of which it is remembered how their messages are told after they are gone."""


class SoupMessages:
    """
    What is said of messages; see :class:`exsim.interfaces.IMessages`.

    :param sessions: those of the endpoint by name, always current.
    :param family: the version of a message of nobody who has logged in.
    """

    __slots__ = ("_default", "_former", "_sessions", "vocabulary")

    def __init__(self, sessions: Mapping[str, Member], family: Family) -> None:
        self.vocabulary: Vocabulary = SoupVocabulary([family])
        self._sessions = sessions
        self._default = family
        self._former: dict[str, Family] = {}

    def learn(self, family: Family) -> None:
        """The version of a session that there is from now on."""
        if isinstance(self.vocabulary, SoupVocabulary):
            self.vocabulary = self.vocabulary.with_family(family)

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
