"""
exsim in the hands of a tester.

With pytest there are the fixtures ``exsim``, a fresh exchange for each test, and ``exsim_server``,
the process that it is in. :class:`ExsimTestCase` has the same for unittest, and
:class:`ExsimTrialMixin` for trial, with Deferreds; ``with simulator() as exsim`` needs neither.
:mod:`exsim.testing.memory` does without process and sockets. docs/testing.rst has it all.

What is here is imported when it is asked for: pytest loads the plugin wherever exsim is installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exsim.testing.case import ExsimMixin as ExsimMixin
    from exsim.testing.case import ExsimTestCase as ExsimTestCase
    from exsim.testing.exchange import Exchange as Exchange
    from exsim.testing.memory import MemoryExchange as MemoryExchange
    from exsim.testing.messages import Message as Message
    from exsim.testing.server import Server as Server
    from exsim.testing.server import simulator as simulator
    from exsim.testing.sessions import Session as Session
    from exsim.testing.trial import AsyncExchange as AsyncExchange
    from exsim.testing.trial import ExsimTrialMixin as ExsimTrialMixin
    from exsim.testing.verbs import Verb as Verb
    from exsim.testing.verbs import ack as ack
    from exsim.testing.verbs import bust as bust
    from exsim.testing.verbs import cancel as cancel
    from exsim.testing.verbs import correct as correct
    from exsim.testing.verbs import drop as drop
    from exsim.testing.verbs import expire as expire
    from exsim.testing.verbs import fill as fill
    from exsim.testing.verbs import match as match
    from exsim.testing.verbs import pending as pending
    from exsim.testing.verbs import raw as raw
    from exsim.testing.verbs import reject as reject
    from exsim.testing.verbs import release as release
    from exsim.testing.verbs import reply as reply
    from exsim.testing.verbs import restate as restate
    from exsim.testing.verbs import resume as resume
    from exsim.testing.verbs import stop as stop
    from exsim.testing.verbs import suspend as suspend

_WHERE = {
    "case": ("ExsimMixin", "ExsimTestCase"),
    "exchange": ("Exchange",),
    "memory": ("MemoryExchange",),
    "messages": ("Message",),
    "server": ("Server", "simulator"),
    "sessions": ("Session",),
    "trial": ("AsyncExchange", "ExsimTrialMixin"),
    "verbs": (
        *("Verb", "ack", "bust", "cancel", "correct", "drop", "expire", "fill", "match", "pending"),
        *("raw", "reject", "release", "reply", "restate", "resume", "stop", "suspend"),
    ),
}
_MODULES = {name: module for module, names in _WHERE.items() for name in names}

__all__ = sorted(_MODULES)


def __getattr__(name: str) -> Any:
    """Import what is asked for."""
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
