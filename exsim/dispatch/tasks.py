"""
What a venue's agenda holds: requests and rules to go on with, fills that are not done yet, and what
the trading day brings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exsim.dispatch.chain import Chain
from exsim.model.decisions import FillStep
from exsim.model.plain import Plain, request_of, request_state
from exsim.model.requests import Request


class Resume:
    """Agenda: go on with a delayed request at ``position`` of its chain."""

    __slots__ = ("chain", "position", "request")

    def __init__(self, request: Request, chain: Chain, position: int) -> None:
        self.request = request
        self.chain = chain
        self.position = position


class NextFill:
    """Agenda: one step of a fill that a policy spread over time."""

    __slots__ = ("number", "step")

    def __init__(self, number: int, step: FillStep) -> None:
        self.number = number
        self.step = step


NEXT: Final = "next"
"""The next phase of the timetable begins, or is due to: an auction may end a moment later."""
TURN: Final = "turn"
"""The phase ``about`` begins."""
END: Final = "end"
"""The auction that the instrument ``about`` has for itself ends."""
EXPIRE: Final = "expire"
"""The time of the order ``about`` is over."""


_DEPARTURE: Final = "departure"
_QUOTES: Final = "quotes"
_PRICES: Final = "prices"
_BOT: Final = "bot"

QUOTE_END: Final = "quote-end"
"""The time of a resting quote is over."""
OFFER_END: Final = "offer-end"
"""The time of a quote that a taker was told is over."""
REQUEST_END: Final = "request-end"
"""The time of a request for quotes is over."""
STREAM: Final = "stream"
"""The next quote of a stream is due."""
LAST_LOOK: Final = "last-look"
"""An order on a quote was looked at for long enough."""


class DayTask:
    """Agenda: something of the trading day; ``kind`` is one of the four words above."""

    __slots__ = ("about", "kind")

    def __init__(self, kind: str, about: str = "") -> None:
        self.kind = kind
        self.about = about


class Departure:
    """
    Agenda: a session has not come back in time, and its orders go: those that end with its
    connection, or with ``everything`` all; ``why`` is for their reports.
    """

    __slots__ = ("everything", "session", "why")

    def __init__(self, session: str, everything: bool, why: str) -> None:
        self.session = session
        self.everything = everything
        self.why = why


class QuoteTask:
    """Agenda: something of quotes; ``kind`` is one of the five words above, ``number`` of which."""

    __slots__ = ("kind", "number")

    def __init__(self, kind: str, number: int) -> None:
        self.kind = kind
        self.number = number


class PlayTask:
    """Agenda: the play of this number goes on (see :mod:`exsim.dispatch.plays`)."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


class PriceTask:
    """Agenda: the pricing source of this name moves on (see :mod:`exsim.dispatch.price_desk`)."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class BotTask:
    """Agenda: the bot of this name is to be woken (see :mod:`exsim.dispatch.bots`)."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class DataTask:
    """Agenda: it is time to tell those who look on what happened since they were told."""

    __slots__ = ()


Task = (
    Resume | NextFill | DayTask | Departure | QuoteTask | PlayTask | PriceTask | DataTask | BotTask
)


def is_of(task: Task, session: str) -> bool:
    """Whether a task is a delayed request of a session, or cancels its orders."""
    if isinstance(task, Departure):
        return task.session == session
    return isinstance(task, Resume) and task.request.session == session


def task_state(task: Task) -> Plain:
    """A task as plain values."""
    if isinstance(task, Resume):
        names = [link.policy.name for link in task.chain]
        return [request_state(task.request), names, task.position]
    if isinstance(task, DayTask):
        return [task.kind, task.about]
    if isinstance(task, PlayTask):
        return [task.number]
    if isinstance(task, BotTask):
        return [_BOT, task.name]
    if isinstance(task, DataTask):
        return []
    if isinstance(task, PriceTask):
        return [_PRICES, task.name]
    if isinstance(task, QuoteTask):
        return [_QUOTES, task.kind, task.number]
    if isinstance(task, Departure):
        return [_DEPARTURE, task.session, task.everything, task.why]
    step = task.step
    return [task.number, step.qty, step.price, step.after]


def task_of(plain: Plain, chain_of: Callable[[list[str]], Chain]) -> Task:
    """The task of plain values; ``chain_of`` makes a chain of the names of its policies."""
    if not plain:
        return DataTask()
    if plain[0] == _QUOTES:
        return QuoteTask(plain[1], plain[2])
    if plain[0] == _PRICES:
        return PriceTask(plain[1])
    if plain[0] == _BOT:
        return BotTask(plain[1])
    if len(plain) == 1:
        return PlayTask(plain[0])
    if len(plain) == 3:
        request, names, position = plain
        return Resume(request_of(request), chain_of(names), position)
    if len(plain) == 2:
        return DayTask(*plain)
    if plain[0] == _DEPARTURE:
        _, session, everything, why = plain
        return Departure(session, everything, why)
    number, qty, price, after = plain
    return NextFill(number, FillStep(qty, price, after))
