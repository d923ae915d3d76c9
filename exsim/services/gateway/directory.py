"""Which endpoint a logon is for: what the configuration says, whatever is where."""

from __future__ import annotations

from collections.abc import Iterable

from exsim.config.gateways import taken
from exsim.errors import RemoteError
from exsim.model.settings import EndpointSettings, GatewaySettings, SessionSettings, Settings
from exsim.services.gateway.logon import Asked


class Unknown(RemoteError):
    """Nobody here is who is asked for; the text is for the client."""


class Known:
    """
    An endpoint, its venue, and who may log on there by the configuration.

    ``senders`` are CompIDs or user names, ``anybody`` whether others may, too.
    """

    __slots__ = ("anybody", "endpoint", "senders", "target", "venue")

    def __init__(self, settings: EndpointSettings, sessions: Iterable[SessionSettings]) -> None:
        options = settings.options
        key, own = ("sender_comp_id", "comp_id") if settings.protocol == "fix" else _SOUP
        self.endpoint = settings.name
        self.venue = settings.venue
        self.target: bytes = str(options.get(own, "")).encode()
        self.anybody = bool(options.get("accept_any_logon"))
        self.senders = frozenset(
            str(one.options.get(key) or one.name).encode() for one in sessions if not one.connect
        )


_SOUP = ("user", "session")


class Directory:
    """
    The endpoints that a gateway takes clients to.

    Whom a client wants decides; who it is only where several endpoints could be meant. Whether it
    may log on there is for the venue to say.
    """

    def __init__(self, gateway: GatewaySettings, settings: Settings) -> None:
        sessions: dict[str, list[SessionSettings]] = {}
        for one in settings.sessions:
            sessions.setdefault(one.endpoint, []).append(one)
        found = [one for one in settings.endpoints if taken(gateway, one)]
        self._all = [Known(one, sessions.get(one.name, ())) for one in found]
        self._by_target: dict[bytes, list[Known]] = {}
        for known in self._all:
            self._by_target.setdefault(known.target, []).append(known)
        self._named = gateway.protocol == "fix"

    def find(self, asked: Asked) -> Known:
        """
        The endpoint that is meant.

        :raises Unknown: when it cannot be told.
        """
        meant = self._by_target.get(asked.target, [])
        if not meant and not asked.target and not self._named:
            meant = self._all  # a login of SoupBinTCP need not say what it is for
        if not meant:
            raise Unknown(f"no {asked.target.decode('ascii', 'replace')} is here")
        if len(meant) == 1:
            return meant[0]
        chosen = [one for one in meant if asked.sender in one.senders]
        chosen = chosen or [one for one in meant if one.anybody]
        if len(chosen) != 1:
            raise Unknown("several venues could be meant")
        return chosen[0]
