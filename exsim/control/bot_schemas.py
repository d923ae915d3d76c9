"""
What operations of bots take.

They belong to :mod:`exsim.control.schemas`.
"""

from __future__ import annotations

from exsim.control.fields import Cursor, Key, Limit, Limits, Word
from exsim.control.inputs import Input


class BotsArguments(Input, frozen=True):
    """The bots of a venue, from a cursor on."""

    venue: Key
    after: Cursor | None = None
    limit: Limit = 100


class BotArguments(Input, frozen=True):
    """One bot, by the name of its section."""

    venue: Key
    bot: Key


class NewActivity(Input, frozen=True):
    """How busy all bots of a venue are to be: a word such as ``slow``, or a factor as ``x2.5``."""

    activity: Word


class BotChange(Input, frozen=True):
    """What a bot does otherwise: ``activity`` and ``options`` are as keys of its section."""

    activity: Word | None = None
    options: Limits = {}
