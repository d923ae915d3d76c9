"""Keys that mean something on endpoints of one role alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from exsim.config.listen import kind_of
from exsim.model.settings import DROP_COPY, MARKET_DATA, ORDER_ENTRY, ROLES

_ONLY: Final = {
    "copy_": DROP_COPY,
    "conflate": MARKET_DATA,
    "implied_": MARKET_DATA,
    "policies": ORDER_ENTRY,
}
"""By the beginning of the key."""
_STREAMS: Final = ("tcp", "ssl", "tls", "unix")
"""What sessions connect by, unless their protocol says otherwise."""


def misplaced(role: str, given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """
    The keys that would do something, but not in this role, each with what to say of it.

    ``given`` are values by key; one that is empty or off asks for nothing.
    """
    for key, value in given.items():
        for beginning, wanted in _ONLY.items():
            if value and key.startswith(beginning) and role != wanted:
                yield key, f"is for endpoints with role = {wanted}; this one's is {role}"


def role_of(protocol: object, given: str | None) -> str:
    """
    The role of an endpoint: the one given, or else what its protocol is for first.

    :raises ValueError: for one that the protocol is not for.
    """
    roles: tuple[str, ...] = getattr(protocol, "roles", ROLES)
    if given and given not in roles:
        raise ValueError(f"{given!r} cannot be: the protocol is for {', '.join(roles)}")
    return given or roles[0]


def check_connect(protocol: object, connect: str) -> None:
    """
    Whether sessions of a protocol can be connected by a well-formed ``connect``.

    :raises ValueError: when they cannot.
    """
    kinds: tuple[str, ...] = getattr(protocol, "connects", _STREAMS)
    if connect and kind_of(connect) not in kinds:
        can = f"give {' or '.join(kinds)}" if kinds else "leave it out, its counterparty connects"
        raise ValueError(f"{connect!r} cannot be with this protocol: {can}")
