"""
What operations about one instrument at several venues take, as msgspec Structs.

What all of that has in common is said in :mod:`exsim.control.schemas`.
"""

from __future__ import annotations

from exsim.control.fields import Code, Depth, Key
from exsim.control.inputs import Input


class ConsolidatedArguments(Input, frozen=True):
    """
    An instrument at all venues: by a symbol of it, or an identifier such as 4:US0378331005 or
    US0378331005. Where these are several, ``currency`` may say which. Fees are those of
    ``account``.
    """

    symbol: Key
    depth: Depth = 10
    currency: Code = ""
    account: Code = ""
