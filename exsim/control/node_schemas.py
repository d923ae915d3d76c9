"""
What operations about nodes take, as msgspec Structs.

What all of that has in common is said in :mod:`exsim.control.schemas`.
"""

from __future__ import annotations

from exsim.control.fields import Key
from exsim.control.inputs import Input


class Move(Input, frozen=True):
    """The node that is to carry a venue."""

    node: Key
