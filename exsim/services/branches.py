"""Inner nodes of the tree of services: they stop their children one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from twisted.application.service import IService, MultiService, Service
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.logger import ILogObserver
from twisted.python.components import Componentized

from exsim.errors import ConfigError


class Branch(MultiService):
    """A named group of services."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setName(name)

    async def stop(self) -> None:
        """Stop the children in reverse order, each when the one before has stopped."""
        Service.stopService(self)
        for service in reversed(list(self)):
            await maybeDeferred(service.stopService)

    def stopService(self) -> Deferred[None]:
        """Like :meth:`stop`."""
        return Deferred.fromCoroutine(self.stop())


class Root(Branch):
    """
    The whole tree. A start that fails says why in one message, and ends with status 1.

    :param services: the children, in the order in which they start; None for one that is not.
    :param make_log: makes what twistd is to write its log with; None for twistd's own.
    """

    def __init__(
        self,
        services: Iterable[IService | None],
        make_log: Callable[[], ILogObserver] | None = None,
    ) -> None:
        super().__init__("exsim")
        self._make_log = make_log
        for service in services:
            if service is not None:
                service.setServiceParent(self)

    def setServiceParent(self, parent: Any) -> None:
        """Become part of twistd's application, which then is asked for a log to write to."""
        if self._make_log is not None and isinstance(parent, Componentized):
            parent.setComponent(ILogObserver, self._make_log())
        super().setServiceParent(parent)

    def privilegedStartService(self) -> None:
        """Everything listens after this."""
        try:
            super().privilegedStartService()
        except ConfigError as error:
            raise SystemExit(f"exsim cannot start: {error}") from None

    def startService(self) -> None:
        """Everything works after this."""
        try:
            super().startService()
        except (ConfigError, OSError) as error:
            raise SystemExit(f"exsim cannot start: {error}") from None
