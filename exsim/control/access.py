"""
Who may ask what over REST: by token and role, and never a web page of elsewhere.

A page on any site may send simple requests to this machine, and by DNS rebinding read the answers,
but it cannot help naming itself in Origin, or its own name in Host.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Iterable, Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from twisted.web.server import Request

from exsim.control.entries import ROLES, Operation
from exsim.control.fields import RoleName
from exsim.control.problems import Refused

_HOST: Final = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<name>[^:]+))(?::[0-9]{1,5})?")


class NoToken(Refused):
    """The answer to all that bring no token, or a wrong one: it tells none from another."""

    def __init__(self) -> None:
        text = "Give the token: Authorization: Bearer TOKEN"
        super().__init__(401, text, WWW_Authenticate="Bearer")


class Access:
    """
    Tokens with their roles, and the names that this server may be asked under.

    Without any token everybody who gets here may do everything.

    :param tokens: by role, see :data:`exsim.control.operations.ROLES`.
    :param hosts: besides localhost and all addresses, which no DNS answer can forge.
    """

    def __init__(
        self, tokens: Mapping[str, Iterable[str]] | None = None, hosts: Collection[str] = ()
    ) -> None:
        self._tokens = [
            (token.encode(), ROLES.index(role))
            for role, some in (tokens or {}).items()
            for token in some
        ]
        self._hosts = frozenset(host.lower() for host in hosts)

    @property
    def guarded(self) -> bool:
        """Whether a token is asked for."""
        return bool(self._tokens)

    def check_names(self, request: Request) -> None:
        """
        Let in who asks this very server, and is no page of another.

        :raises exsim.control.problems.Refused: when not.
        """
        host, origin = request.getHeader("host"), request.getHeader("origin")
        if host is not None and not is_local(host) and not self._is_ours(host):
            raise Refused(
                421,
                f"Host {host[:100]!r} is neither localhost, nor an IP address, nor one of"
                " allowed_hosts.",
            )
        if origin is not None and urlsplit(origin).netloc != host:
            raise Refused(403, f"Origin {origin[:100]!r} is not this server.")

    def check_token(self, request: Request) -> None:
        """
        Let in who, where there are tokens, has one.

        :raises NoToken: when not.
        """
        if self._tokens and self._rank(request) < 0:
            raise NoToken

    def role(self, request: Request) -> RoleName:
        """The role of the token that a request brings, which is one; of all, where none is."""
        return ROLES[self._rank(request)] if self._tokens else ROLES[-1]

    def is_stranger(self, request: Request) -> bool:
        """Whether a request brings nothing where a token is asked for."""
        return self.guarded and request.getHeader("authorization") is None

    def check_role(self, request: Request, operation: Operation) -> None:
        """
        Let through who may do this; what is open to all strangers may do, too.

        :raises exsim.control.problems.Refused: when it takes more than the token is for.
        """
        if operation.open and self.is_stranger(request):
            return
        if self._tokens and self._rank(request) < ROLES.index(operation.role):
            raise Refused(403, f"{operation.name} takes a token for {operation.role}.")

    def _rank(self, request: Request) -> int:
        """The highest role of the token that a request brings, -1 for none; all are compared."""
        scheme, _, text = (request.getHeader("authorization") or "").partition(" ")
        given = text.strip().encode("utf-8", "surrogateescape")
        rank = -1
        for token, role in self._tokens:
            if hmac.compare_digest(given, token):
                rank = max(rank, role)
        return rank if scheme.lower() == "bearer" else -1

    def _is_ours(self, host: str) -> bool:
        match = _HOST.fullmatch(host)
        return match is not None and (match["name"] or "").lower() in self._hosts


def is_local(host: str) -> bool:
    """Whether a Host header names this machine, or an address, which no DNS answer can forge."""
    match = _HOST.fullmatch(host)
    if match is None:
        return False
    name = match["v6"] or match["name"]
    try:
        return name == "localhost" or bool(ip_address(name))
    except ValueError:
        return False
