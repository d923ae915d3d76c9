"""Test cases of unittest with an exchange."""

from __future__ import annotations

import functools
import unittest
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from exsim.testing import server
from exsim.testing.exchange import Exchange

if TYPE_CHECKING:
    Base = unittest.TestCase
else:
    Base = object


class ExsimMixin(Base):
    """
    Gives each test ``self.exsim``, a fresh :class:`~exsim.testing.exchange.Exchange`.

    All tests of a process share one simulator. A class that sets ``exsim_config`` (an ini file) or
    ``exsim_set`` (``SECTION.KEY=VALUE``) has one of its own. What a test that fails had said to the
    exchange, and heard from it, is in the traceback.
    """

    exsim: Exchange
    exsim_config: ClassVar[server.Config] = None
    exsim_set: ClassVar[tuple[str, ...]] = ()

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        method = getattr(self, methodName, None)
        if method is not None:
            setattr(self, methodName, self._told(method))

    def setUp(self) -> None:
        """Begin with nothing on the exchange."""
        super().setUp()
        shared = server.shared()
        self.exsim = shared.other(self.exsim_config, self.exsim_set).exchange()

    def _told(self, method: Callable[[], Any]) -> Callable[[], Any]:
        """The test, with the conversation told where it fails."""

        @functools.wraps(method)
        def run() -> Any:
            try:
                return method()
            except unittest.SkipTest:
                raise
            except Exception as error:
                tell(error, self.exsim)
                raise

        return run


class ExsimTestCase(ExsimMixin, unittest.TestCase):
    """A test case of unittest with ``self.exsim``."""


def tell(error: BaseException, exsim: Exchange) -> None:
    """Add the conversation to an error, but for one that tells it already."""
    if "Conversation of" in str(error):
        return
    try:
        said = exsim.conversation()
    except Exception as trouble:  # noqa: BLE001 - what the test found is what counts
        said = f"(it cannot be told: {trouble})"
    error.add_note(f"The conversation with exsim:\n{said or '(nobody said a word)'}")
