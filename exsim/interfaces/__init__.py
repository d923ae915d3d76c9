"""
The seams of exsim as zope Interfaces: what a plugin provides, and what it is given.

A third party implements :class:`IProtocol`, :class:`IPolicy`, :class:`IPricingSource` or
:class:`IBot`, imported from here, and names its class in a file of its own under
``twisted/plugins/`` (see :mod:`exsim.plugins`). Nothing here does I/O. ``now`` is always
nanoseconds since 1970 UTC.
"""

from __future__ import annotations

from exsim.interfaces.bots import IBot, IBotDesk
from exsim.interfaces.faults import Best, IBreakable, Surgery, Tamper
from exsim.interfaces.journal import IJournal
from exsim.interfaces.policies import IAlways, IPolicy, IView, Random
from exsim.interfaces.pricing import (
    IDerivedSource,
    IFedSource,
    IFollowingSource,
    IGuidedSource,
    ILeader,
    IMovingSource,
    IPlayer,
    IPricingSource,
)
from exsim.interfaces.protocols import (
    Caller,
    IAcceptor,
    IChangeable,
    IConnection,
    IDatagrams,
    IMessages,
    IPlayable,
    IProtocol,
    IPublishing,
    ISession,
    IUneven,
    MarketTime,
    Moment,
    Recorder,
)
from exsim.interfaces.state import IRemembersPrices, IStateful

__all__ = [
    "Best",
    "Caller",
    "IAcceptor",
    "IAlways",
    "IBot",
    "IBotDesk",
    "IBreakable",
    "IChangeable",
    "IConnection",
    "IDatagrams",
    "IDerivedSource",
    "IFedSource",
    "IFollowingSource",
    "IGuidedSource",
    "IJournal",
    "ILeader",
    "IMessages",
    "IMovingSource",
    "IPlayable",
    "IPlayer",
    "IPolicy",
    "IPricingSource",
    "IProtocol",
    "IPublishing",
    "IRemembersPrices",
    "ISession",
    "IStateful",
    "IUneven",
    "IView",
    "MarketTime",
    "Moment",
    "Random",
    "Recorder",
    "Surgery",
    "Tamper",
]
