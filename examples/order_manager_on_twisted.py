"""The order manager of order_manager.py as a protocol of Twisted."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count

from order_manager import OrderManager
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure


class OrderManagerProtocol(Protocol):
    """An order manager on a connection; ``manager`` is it. ``gone`` fires when that is closed."""

    manager: OrderManager

    def __init__(self, sender: str, target: str, clock: Callable[[], float] = time.time) -> None:
        self._identity = sender, target, clock
        self._words = count(1)
        self._waiting: dict[str, Deferred[None]] = {}
        self.gone: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        """Log on."""
        assert self.transport is not None
        self.manager = OrderManager(self.transport.write, *self._identity)
        self.manager.log_on()

    def dataReceived(self, data: bytes) -> None:
        """Take in what the exchange says."""
        self.manager.received(data)
        waiting = self._waiting.pop(self.manager.heard, None)
        if waiting is not None:
            waiting.callback(None)

    def settled(self) -> Deferred[None]:
        """Fires once all has come that the exchange has sent by now."""
        word = f"sync-{next(self._words)}"
        self._waiting[word] = done = Deferred[None]()
        self.manager.test_request(word)
        return done

    def close(self) -> Deferred[None]:
        """Hang up; fires when that is done."""
        assert self.transport is not None
        self.transport.loseConnection()
        return self.gone

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """It is closed."""
        self.gone.callback(None)
