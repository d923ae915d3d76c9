"""
The kinds of faults in the outcome of orders: each is a rule with steps ready for it.

What the steps mean is in :mod:`exsim.model.verbs`; ``$NAME`` stands for a parameter of the kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from exsim.faults.kinds import IN, ORDER, Kind
from exsim.model.options import REQUIRED, Option, duration, name, text

_WHEN: Final = "How long after that, by the market's clock."


def span(value: str) -> str:
    """A time span, which stays text."""
    duration(value)
    return value


def quoted(value: str) -> str:
    """Text as steps have it."""
    return '"{}"'.format(text(value).replace('"', "'"))


def _time(default: str) -> Option:
    return Option("time", span, default, _WHEN)


def _quantity(default: str, help: str = "How much: an amount, a share, or rest.") -> Option:
    return Option("quantity", name if default else text, default, help)


def _text(default: str) -> Option:
    return Option("text", quoted, default, "What is said of it.")


def _kind(named: str, match: str, then: str, summary: str, *options: Option) -> tuple[Kind, str]:
    return Kind(named, ORDER, summary, (IN,), options, match, LACKS.get(named, {})), then


ENTRY: Final = ("fix", "ouch")
"""The protocols that orders come by."""
LACKS: Final = {
    "duplicate-cl-ord-id": {"ouch": "whoever enters a number or token again is not answered"},
}
"""Which of these have no such fault, and why."""
_NEW: Final = "(type=D or name=EnterOrder)"
_CANCEL: Final = "(type=F or name=CancelOrder,CancelOrderRequest)"
_REPLACE: Final = "(type=G or name=ReplaceOrder,ReplaceOrderRequest)"

_TABLE: Final = (
    _kind("late-ack", _NEW, "after $time; release", "An order is answered late.", _time("5s")),
    _kind("no-ack", _NEW, "drop", "An order is never answered, and does not exist."),
    _kind(
        "fill-before-ack",
        _NEW,
        "fill $quantity force; ack; fill $quantity silent",
        "The first fill is told before the order is acknowledged.",
        _quantity("50%"),
    ),
    _kind(
        "duplicate-exec-id",
        _NEW,
        "ack; fill $quantity; fill $quantity force report_id={exec_id}",
        "A second fill, which never was, has the ExecID of the first.",
        _quantity("50%"),
    ),
    _kind(
        "overfill",
        _NEW,
        "ack; fill rest; fill $quantity force",
        "More is filled than was ordered.",
        _quantity("10%", "How much more: an amount, or a share of the order."),
    ),
    _kind(
        "fill-crosses-cancel",
        _CANCEL,
        "order fill rest; reject TOO_LATE",
        "A cancel comes too late: the order is filled in that moment.",
    ),
    _kind(
        "reject-replace",
        _REPLACE,
        "reject OTHER $text",
        "A replace is refused.",
        _text("not replaced"),
    ),
    _kind(
        "unsolicited-cancel",
        _NEW,
        "ack; after $time; cancel $text",
        "An order is accepted, and canceled without anybody asking for it.",
        _time("1s"),
        _text("canceled by the market"),
    ),
    _kind(
        "bust",
        _NEW,
        "ack; fill $quantity; after $time; bust last $text",
        "An order is filled, and then the fill never was.",
        _quantity("50%"),
        _time("1s"),
        _text("clearly erroneous"),
    ),
    _kind(
        "correct",
        _NEW,
        "ack; fill $quantity; after $time; correct last price=$price",
        "An order is filled, and then the price of the fill was another.",
        _quantity("50%"),
        Option("price", name, REQUIRED, "The price that was right."),
        _time("1s"),
    ),
    _kind(
        "restate",
        _NEW,
        "ack; after $time; restate $quantity",
        "An order is accepted, and then put on other terms.",
        _quantity("", "The quantity from then on; the same terms are told again without one."),
        _time("1s"),
    ),
    _kind(
        "duplicate-cl-ord-id",
        _NEW,
        "ack force; drop",
        "An order is acknowledged though its ClOrdID was used before; it does not exist.",
    ),
)

ORDER_KINDS: Final[tuple[Kind, ...]] = tuple(kind for kind, _ in _TABLE)
"""They, in order."""
THEN: Final = {kind.name: then for kind, then in _TABLE}
"""The steps of each, by its name."""


def steps_text(kind: str, values: Mapping[str, object]) -> str:
    """The steps of a kind with these parameters, in one line."""
    return in_place(THEN[kind], values)


def in_place(then: str, values: Mapping[str, object]) -> str:
    """Steps with parameters in the place of what stands for them."""
    for key in sorted(values, key=len, reverse=True):
        then = then.replace(f"${key}", str(values[key]))
    return then
