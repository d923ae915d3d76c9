"""An exchange for tests of trial: what it is asked for comes as a Deferred."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.internet.defer import Deferred, ensureDeferred, maybeDeferred
from twisted.python.failure import Failure

from exsim.client.asynchronous import AsyncSimulator
from exsim.client.launch import Address
from exsim.testing import server
from exsim.testing.exchange import Exchange
from exsim.testing.rules import PlannedRule

if TYPE_CHECKING:
    from twisted.trial.unittest import TestCase as Base
else:
    Base = object


class AsyncExchange(Exchange):
    """
    An :class:`~exsim.testing.exchange.Exchange` on a reactor.

    All is as there, but what returns or is something there is a Deferred of it here: ``await
    exsim.expect("D")``, ``await session.state``, ``fault = await session.fault("drop")``. A rule is
    told whole, and then awaited: ``await exsim.when("D").then(ack())``.
    """

    def __init__(
        self, simulator: AsyncSimulator, endpoints: Mapping[str, Address], venue: str = "XSIM"
    ) -> None:
        super().__init__(simulator, endpoints, venue)  # type: ignore[arg-type]  # see then.py

    def when(self, kind: str = "", /, **match: Any) -> Any:
        """Have requests that fit go as told by what follows, once that is awaited."""
        simulator: Any = self.simulator
        return PlannedRule(simulator, self._planned(kind, match))


class ExsimTrialMixin(Base):
    """
    Gives each test of trial's ``TestCase`` ``self.exsim``, a fresh :class:`AsyncExchange`.

    All tests of a process share one simulator. A class that sets ``exsim_config`` (an ini file) or
    ``exsim_set`` (``SECTION.KEY=VALUE``) has one of its own. What a test that fails had said to the
    exchange, and heard from it, is in the text of its failure.
    """

    exsim: Any
    exsim_config: ClassVar[server.Config] = None
    exsim_set: ClassVar[tuple[str, ...]] = ()

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        method = getattr(self, methodName, None)
        if method is not None:
            setattr(self, methodName, self._told(method))

    def setUp(self) -> Any:
        """Begin with nothing on the exchange."""
        from twisted.internet import reactor

        begun = super().setUp()
        shared = server.shared().other(self.exsim_config, self.exsim_set)
        fresh = shared.exchange()
        client = AsyncSimulator(shared.simulator.url, reactor)
        self.exsim = AsyncExchange(client, fresh.endpoints, fresh.venue)
        self.addCleanup(client.close)
        return begun

    def _told(self, method: Callable[[], Any]) -> Callable[[], Deferred[Any]]:
        """The test, with the conversation told where it fails."""

        @functools.wraps(method)
        def run() -> Deferred[Any]:
            return maybeDeferred(_begun, method).addErrback(self._tell)

        return run

    def _tell(self, failure: Failure) -> Any:
        """A failed assertion as trial has it, with the conversation, unless that is there."""
        error = failure.value
        if not isinstance(error, AssertionError):
            return failure

        def as_failure(said: str) -> Failure:
            told = self.failureException(f"{error}{said}")
            return Failure(told, type(told), failure.getTracebackObject())

        if "Conversation of" in str(error):
            return as_failure("")
        asked: Deferred[str] = self.exsim.conversation()
        return asked.addCallbacks(
            lambda said: as_failure(
                f"\nThe conversation with exsim:\n{said or '(nobody said a word)'}"
            ),
            lambda trouble: as_failure(f"\n(the conversation cannot be told: {trouble.value})"),
        )


def _begun(method: Callable[[], Any]) -> Any:
    result = method()
    return ensureDeferred(result) if hasattr(result, "send") else result
