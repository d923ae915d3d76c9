"""
A look at Twisted endpoint descriptions, without Twisted: where to listen, as in
``tcp:9878:interface=127.0.0.1``, and what to connect to, as in ``tcp:127.0.0.1:9878``.

What is plainly wrong is found while the configuration is read; the rest when they are used.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final

from exsim.config.nearest import nearest
from exsim.model.options import check_address

_PORT_AT: Final = {"tcp": 0, "tcp6": 0, "ssl": 0, "tls": 1}
"""Which plain argument is the port, by kind."""
_KINDS: Final = (*_PORT_AT, "unix", "systemd", "haproxy")
_CLIENT_KINDS: Final = ("tcp", "ssl", "tls", "unix", "udp")
_TLS_KINDS: Final = ("ssl", "tls")
_ARGUMENT: Final = re.compile(r":((?:[^:\\]|\\.)*)", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


def listen(value: str) -> str:
    """
    An endpoint description such as ``tcp:9878:interface=127.0.0.1``, as it was given.

    :raises ValueError: when it cannot be one; kinds that exsim does not know are let through,
        since other packages may add them.
    """
    kind, plain, named = _parts(value)
    if not plain and not named:
        example = f"tcp:{kind if kind.isdigit() else '9878'}:interface=127.0.0.1"
        raise ValueError(f"{value!r} is no place to listen at, such as {example}")
    close = nearest(kind, _KINDS)
    if kind not in _KINDS and close is not None:
        raise ValueError(f"{value!r} begins with {kind!r}: did you mean {close!r}?")
    if kind in _PORT_AT:
        port = _port(kind, plain, named)
        if not _is_port(port):
            raise ValueError(f"{port!r} in {value!r} is no port from 1 to 65535, or 0 for any")
    if kind == "unix" and not named.get("address", plain[0] if plain else ""):
        raise ValueError(f"{value!r} names no socket file, such as unix:/run/exsim.sock")
    return value


def connect(value: str) -> str:
    """
    A client endpoint description such as ``tcp:127.0.0.1:9878``, as it was given.

    :raises ValueError: when it cannot be one.
    """
    kind, plain, named = _parts(value)
    if kind not in _CLIENT_KINDS:
        close = nearest(kind, _CLIENT_KINDS) if plain or named else None
        hint = f": did you mean {close!r}?" if close else ", such as tcp:127.0.0.1:9878"
        raise ValueError(f"{value!r} is nothing to connect to{hint}")
    if kind == "unix":
        if not named.get("path", plain[0] if plain else ""):
            raise ValueError(f"{value!r} names no socket file, such as unix:/run/venue.sock")
        return value
    host, port = _host_and_port(plain, named)
    if not host or not port:
        raise ValueError(f"{value!r} needs a host and a port, such as {kind}:127.0.0.1:9878")
    if not _is_port(port) or int(port) == 0:
        raise ValueError(f"{port!r} in {value!r} is no port from 1 to 65535")
    if kind == "udp":
        check_address(host)
    return value


def kind_of(value: str) -> str:
    """What a well-formed description begins with, such as ``tcp``."""
    return value.partition(":")[0]


def datagram_address(value: str) -> tuple[str, int]:
    """Host and port of a well-formed ``connect`` of kind ``udp``."""
    host, port = _host_and_port(*_parts(value)[1:])
    return host, int(port)


def is_group(host: str) -> bool:
    """Whether a numeric address is that of a multicast group."""
    return ip_address(host).is_multicast


def host_of(value: str) -> str:
    """The host that a well-formed ``connect`` names; of a socket file, none."""
    kind, plain, named = _parts(value)
    return "" if kind == "unix" else _host_and_port(plain, named)[0]


def brings_tls(value: str) -> bool:
    """Whether a well-formed ``listen`` or ``connect`` speaks TLS by itself."""
    return _parts(value)[0] in _TLS_KINDS


def is_local(value: str) -> bool:
    """Whether only this machine can connect to a well-formed ``listen``."""
    interface = interface_of(value)
    try:
        return ip_address(interface).is_loopback
    except ValueError:
        return kind_of(value) == "unix" or interface == "localhost"


def interface_of(value: str) -> str:
    """The address that a well-formed ``listen`` is at; empty for all of this machine."""
    kind, plain, named = _parts(value)
    return named.get("interface", plain[1] if kind == "tcp" and len(plain) > 1 else "")


def port_of(value: str) -> int:
    """The port that a well-formed ``listen`` asks for; 0 for any, or where it has none."""
    kind, plain, named = _parts(value)
    return int(_port(kind, plain, named)) if kind in _PORT_AT else 0


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535


def _host_and_port(plain: list[str], named: dict[str, str]) -> tuple[str, str]:
    """The arguments of a client; each may have its name before it."""
    left = list(plain)
    host = named["host"] if "host" in named else left.pop(0) if left else ""
    port = named["port"] if "port" in named else left.pop(0) if left else ""
    return host, port


def _port(kind: str, plain: list[str], named: dict[str, str]) -> str:
    missing = "443" if kind == "tls" else ""
    at = _PORT_AT[kind]
    return named.get("port", plain[at] if at < len(plain) else missing)


def _parts(value: str) -> tuple[str, list[str], dict[str, str]]:
    """The kind, the plain arguments and the ``name=value`` ones; a backslash escapes a colon."""
    kind = value.partition(":")[0]
    arguments = _ARGUMENT.findall(value, len(kind))
    plain = [_unescape(argument) for argument in arguments if "=" not in argument]
    named = [argument.split("=", 1) for argument in arguments if "=" in argument]
    return kind, plain, {name: _unescape(text) for name, text in named}


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
