"""Connections to HTTP servers that are kept, and of which the log does not tell."""

from __future__ import annotations

from typing import Any

from twisted.web.client import HTTPConnectionPool, _HTTP11ClientFactory


class _Quiet(_HTTP11ClientFactory):
    """Each connection is made by one of these; a server may close each after one answer."""

    noisy = False


def quiet_pool(reactor: Any, persistent: bool = True) -> HTTPConnectionPool:
    """A pool of connections; with ``persistent`` each is used again."""
    pool = HTTPConnectionPool(reactor, persistent)
    pool._factory = _Quiet
    return pool
