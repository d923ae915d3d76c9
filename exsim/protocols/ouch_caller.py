"""A counterparty of OUCH that we play ourselves, as when a recording is played into a venue."""

from __future__ import annotations

from collections.abc import Sequence

from exsim.errors import RemoteError, Unprocessable
from exsim.protocols.ouch_text import TYPE, build
from exsim.sessions.soup_client import SoupClient
from exsim.wire import soup
from exsim.wire.layout import Family


class OuchCaller:
    """See :class:`exsim.interfaces.Caller`. It hears what comes from its login on."""

    __slots__ = ("_asked", "_family", "_soup", "closed", "order_ids", "ready")

    def __init__(self, family: Family, user: str, password: str) -> None:
        self._family = family
        self._asked = soup.Login(user.encode(), password.encode(), b"", 0)
        self._soup: SoupClient | None = None
        self.ready = False
        self.closed = ""
        self.order_ids: dict[str, str] = {}

    def log_on(self, now: int) -> bytes:
        """A Login Request for what comes next."""
        self._soup = SoupClient(self._asked, now)
        return self._soup.data_to_send()

    def log_out(self, now: int) -> bytes:
        """A Logout Request."""
        client = self._client()
        client.log_out(now)
        return client.data_to_send()

    def say(self, kind: str, fields: Sequence[tuple[str, str]], now: int) -> bytes:
        """
        A message of this type and these fields.

        :raises exsim.errors.Unprocessable: when they make none.
        """
        try:
            payload = build(self._family.inbound, [(TYPE, kind), *fields])
        except ValueError as error:
            raise Unprocessable(str(error)) from None
        client = self._client()
        client.send(payload, now)
        return client.data_to_send()

    def hear(self, data: bytes, now: int) -> bytes:
        """What is to be said at once to what was heard: nothing but heartbeats."""
        client = self._client()
        client.receive(data, now)
        try:
            while client.next_message() is not None:
                pass
        except RemoteError as error:
            self.closed = str(error)
        client.deadline(now)
        self.ready = client.accepted
        self.closed = self.closed or client.why
        return client.data_to_send()

    def _client(self) -> SoupClient:
        assert self._soup is not None  # it has logged on
        return self._soup
