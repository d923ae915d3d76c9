"""
What operations of bots answer.

They belong to :mod:`exsim.control.results`.
"""

from __future__ import annotations

from exsim.control.fields import Amount, Time
from exsim.control.results import Output


class BotPosition(Output, frozen=True):
    """What a bot has bought of an instrument less what it sold."""

    symbol: str
    quantity: Amount


class Bot(Output, frozen=True):
    """
    A bot at a venue. ``session`` is the name that its orders have in the place of a session's;
    ``failure`` says why it stopped by itself, empty where it did not. ``due`` is when it is woken
    next, by the market's clock, null for never.

    ``entered`` are its requests, ``fills`` what came of them, ``refused`` those that were refused;
    ``open_orders`` is how many of its orders are open.
    """

    name: str
    venue: str
    kind: str
    session: str
    account: str
    running: bool
    failure: str
    activity: str
    symbols: list[str]
    options: dict[str, str]
    due: Time | None
    entered: int
    fills: int
    refused: int
    open_orders: int
    positions: list[BotPosition]


class BotsActivity(Output, frozen=True):
    """How busy the bots of a venue are, and which of them run."""

    venue: str
    activity: str
    running: list[str]
