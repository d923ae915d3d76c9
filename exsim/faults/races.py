"""
Races: two things that happen at once, each as a scenario of one line.

A race is rules, and defects of messages, that are ready to be made together. What steps mean is in
:mod:`exsim.model.verbs`; ``$NAME`` stands for a parameter of the race. Times go by the market's
clock, but where it says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from exsim.faults.orders import in_place, quoted, span
from exsim.model.options import Option, integer, name

_NEW: Final = "type=D"
_CANCEL: Final = "type=F"
_REPLACE: Final = "type=G"


@dataclass(frozen=True, slots=True)
class Move:
    """
    A rule of a race: when a request fits ``match``, ``then`` these steps are taken.

    ``times`` is how often it fires for each time that the race is to happen.
    """

    match: str
    then: str
    times: str = "1"


@dataclass(frozen=True, slots=True)
class Defect:
    """A fault of a race: its kind, what it fits, its direction and its parameters."""

    kind: str
    match: str
    direction: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Race:
    """One race: ``options`` are its parameters; rules before others are asked first."""

    name: str
    summary: str
    moves: tuple[Move, ...] = ()
    defects: tuple[Defect, ...] = ()
    options: tuple[Option, ...] = ()


def _quantity(default: str, help: str = "How much: an amount, a share, or rest.") -> Option:
    return Option("quantity", name, default, help)


def _time(default: str, help: str = "How long it takes.") -> Option:
    return Option("time", span, default, help)


def _text(default: str) -> Option:
    return Option("text", quoted, default, "What is said of it.")


_AGAIN: Final = (
    "reply 35=8,97=Y,37={order_id},11={ClOrdID},17={exec_id},%s150=0,39=0,55={Symbol},54={Side},"
    "38={OrderQty},151={leaves},14={cum},6={average},60={time}"
)
_OLD: Final = "8=FIX.4.0,FIX.4.1,FIX.4.2"
"""Versions with ExecTransType."""

RACES: Final[tuple[Race, ...]] = (
    Race(
        "fill-crosses-cancel",
        "The order is filled, in part unless it says otherwise, while the cancel is on its way.",
        (Move(_CANCEL, "order fill $quantity; match"),),
        options=(_quantity("50%", "How much: an amount or a share; with rest it comes too late."),),
    ),
    Race(
        "fill-crosses-replace",
        "The order is filled, in part unless it says otherwise, while the replace is on its way.",
        (Move(_REPLACE, "order fill $quantity; match"),),
        options=(_quantity("50%", "How much: an amount or a share; with rest it comes too late."),),
    ),
    Race(
        "fill-after-cancel-ack",
        "The order is canceled, and then it turns out that it had traded before.",
        (Move(_CANCEL, "ack; after $time; order fill $quantity late"),),
        options=(_quantity("rest"), _time("1s", "How long after the cancel that is known.")),
    ),
    Race(
        "duplicate-exec-id",
        "The report of a fill comes a second time, with another MsgSeqNum and the same ExecID.",
        (
            Move(
                _NEW,
                "ack; fill $quantity; fill {last_qty} @ {last_px} force report_id={exec_id}"
                " status=PARTIALLY_FILLED cum={cum} leaves={leaves} average={average}",
            ),
        ),
        options=(_quantity("50%", "How much: an amount or a share."),),
    ),
    Race(
        "reports-out-of-order",
        "The order is filled twice; the report of the first fill comes after that of the second.",
        (
            Move(
                _NEW,
                "ack; fill $quantity silent; fill rest; fill {first_qty} @ {first_px} force"
                " report_id={first_fill} status=PARTIALLY_FILLED cum={first_qty} leaves={last_qty}"
                " average={first_px}",
            ),
        ),
        options=(_quantity("50%", "How much is filled first: an amount or a share."),),
    ),
    Race(
        "late-ack",
        "The order is in the market at once, even filled; that it is comes late.",
        (
            Move(
                _NEW,
                "ack silent; fill $quantity; after $time; ack force status=NEW cum=0"
                " leaves={OrderQty} average=0",
            ),
        ),
        options=(_quantity("50%"), _time("1s", "How long after the fill it is acknowledged.")),
    ),
    Race(
        "pending-then-outcome",
        "An order, a replace and a cancel are each told to be pending, and then decided.",
        tuple(Move(match, "pending; after $time; match") for match in (_NEW, _REPLACE, _CANCEL)),
        options=(_time("1s", "How long each is pending."),),
    ),
    Race(
        "cancel-reject-after-fill",
        "The order is filled while the cancel is on its way, which is refused a while after that.",
        (Move(_CANCEL, "order fill rest; after $time; reject TOO_LATE $text"),),
        options=(_time("1s", "How long after the fill it is refused."), _text("too late")),
    ),
    Race(
        "chain-of-replaces",
        "Of replaces that follow each other one is refused, and the others are done.",
        (
            Move(_REPLACE, "match", "$before"),
            Move(_REPLACE, "reject OTHER $text"),
        ),
        options=(
            Option("before", integer(1, 1000), "1", "How many are done before it."),
            _text("not replaced"),
        ),
    ),
    Race(
        "bust-and-correct-after-fill",
        "The order is filled; later the fill is corrected, and at last it never was.",
        (
            Move(
                _NEW,
                "ack; fill $quantity; after $time; correct last quantity=$right; after $time;"
                " bust last $text",
            ),
        ),
        options=(
            _quantity("50%", "How much is filled: an amount or a share."),
            Option("right", name, "1", "The quantity that it is corrected to."),
            _time("1s", "How long after the fill, and then after the correction."),
            _text("clearly erroneous"),
        ),
    ),
    Race(
        "unsolicited-cancel",
        "The order is accepted, and canceled without anybody asking for it.",
        (Move(_NEW, "ack; after $time; cancel $text"),),
        options=(_time("1s", "How long it lives."), _text("canceled by the market")),
    ),
    Race(
        "restated-quantity",
        "The order is accepted, and later it has another quantity that nobody asked for.",
        (Move(_NEW, "ack; after $time; restate $quantity"),),
        options=(
            _quantity("50%", "The quantity from then on: an amount or a share."),
            _time("1s", "How long after that it was accepted."),
        ),
    ),
    Race(
        "poss-resend",
        "What was told of a live order is told again under another number, with PossResend(97).",
        (
            Move(f"{_NEW} {_OLD}", f"ack; after $time; {_AGAIN % '20=0,'}"),
            Move(f"{_NEW} not {_OLD}", f"ack; after $time; {_AGAIN % ''}"),
        ),
        options=(_time("1s", "How long after that it was accepted."),),
    ),
    Race(
        "logon-while-old-socket-lives",
        "From an order on nothing gets through, while the connection stays: the counterparty logs"
        " on again before its old connection has ended here.",
        defects=(Defect("black-hole", _NEW, "in", {"ways": "both"}),),
    ),
)
"""All races, in the order in which the documentation has them."""

BY_NAME: Final = {race.name: race for race in RACES}


def race_of(named: str) -> Race:
    """
    The race of this name.

    :raises ValueError: when there is none.
    """
    race = BY_NAME.get(named)
    if race is None:
        close = get_close_matches(named, BY_NAME, 1)
        hint = f": did you mean {close[0]!r}?" if close else f"; known: {', '.join(BY_NAME)}"
        raise ValueError(f"there is no race {named[:40]!r}{hint}")
    return race


def filled_in(move: Move, values: Mapping[str, object], times: int | None) -> Move:
    """A move with these parameters, for a race that is to happen so many times (None: always)."""
    often = "" if times is None else str(int(in_place(move.times, values)) * times)
    return Move(move.match, in_place(move.then, values), often)
