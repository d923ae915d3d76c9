"""How messages are read that go by at a proxy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zope.interface import implementer

from exsim.errors import NotFound
from exsim.interfaces import IMessages
from exsim.model.messages import Description, FieldView
from exsim.model.options import REQUIRED, read_options
from exsim.model.settings import EndpointSettings, ProxySettings
from exsim.model.vocabulary import UNKNOWN
from exsim.protocols import ouch_text
from exsim.services.parts import Parts
from exsim.wire import soup

_PROTOCOLS: Final = ("fix", "ouch")
"""Protocols whose own messages are read, as at an endpoint with the defaults of all its keys."""
_PAYLOAD: Final = "Payload"


def messages_of(settings: ProxySettings, parts: Parts) -> IMessages:
    """What reads the messages of a proxy."""
    if settings.protocol in _PROTOCOLS:
        protocol = parts.protocol(settings.protocol)
        known = protocol.endpoint_options
        needed = {option.name: "PROXY" for option in known if option.default is REQUIRED}
        options = read_options(known, needed)
        endpoint = EndpointSettings(
            settings.name, settings.venue, settings.protocol, "none", options=options
        )
        return protocol.acceptor(endpoint, [], _nowhere, {}).messages
    return SoupMessages() if settings.protocol == "soup" else RawMessages()


def _nowhere(time: int, kind: int, session: str, data: bytes) -> int:
    raise NotFound("what reads the messages of a proxy writes no entries")


@implementer(IMessages)
class RawMessages:
    """Reads of an unknown protocol, in hexadecimal: see :class:`exsim.interfaces.IMessages`."""

    vocabulary = UNKNOWN

    def describe(self, session: str, data: bytes) -> Description:
        """It as one field."""
        payload = FieldView(_PAYLOAD, _PAYLOAD, self.body(data).hex())
        return Description(self.type(data), self.type(data), (payload,))

    def type(self, data: bytes) -> str:
        """What sort of message it is."""
        return "raw"

    def body(self, data: bytes) -> bytes:
        """What is shown of it."""
        return data

    def matches(
        self,
        session: str,
        data: bytes,
        msg_type: str | None,
        fields: Sequence[tuple[str, str | None]],
    ) -> bool:
        """Whether it is of a type, and has all these fields."""
        if msg_type not in (None, self.type(data)):
            return False
        return all(
            key == _PAYLOAD and value in (None, self.body(data).hex()) for key, value in fields
        )

    def values(self, session: str, data: bytes, tag: str) -> list[str] | None:
        """Its type; all else :meth:`describe` tells."""
        return [self.type(data)] if tag in ("35", "name") else None

    def masked(self, session: str, data: bytes) -> bytes:
        """It as it is: where a password would be nobody knows."""
        return data

    def text(self, session: str, data: bytes) -> str:
        """It in one line."""
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in self.body(data))
        return f"{self.type(data)} {shown}".rstrip()

    def fields(self, session: str, data: bytes) -> tuple[tuple[str, str], ...]:
        """It as pairs."""
        return ((_PAYLOAD, self.body(data).hex()),)


class SoupMessages(RawMessages):
    """Packets of SoupBinTCP, whatever is in them; the type is the name of the packet's."""

    def type(self, data: bytes) -> str:
        """The name of the packet's type."""
        return soup.PACKET_NAMES.get(soup.kind_of(data), "Unknown")

    def body(self, data: bytes) -> bytes:
        """The payload, but no password."""
        return soup.payload_of(ouch_text.masked(data))

    def masked(self, session: str, data: bytes) -> bytes:
        """The packet with the password of a Login Request overwritten."""
        return ouch_text.masked(data)
