"""What bots ask for, as the journal has it: the tags and values of FIX, without header and sum."""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import format_amount
from exsim.model.codes import OrdType, TimeInForce
from exsim.model.requests import NO_PRICE, CancelOrder, NewOrder, ReplaceOrder

_LIMIT: Final = int(OrdType.LIMIT)
_DAY: Final = int(TimeInForce.DAY)


def new_text(terms: NewOrder) -> bytes:
    """A new order."""
    more = ""
    if terms.price != NO_PRICE:
        more = f"\x0144={format_amount(terms.price)}"
    extra = terms.extra
    if extra is not None:
        if extra.display:
            more += f"\x011138={format_amount(extra.display)}"
        if extra.post_only:
            more += "\x0118=6"
        if extra.stop_px != NO_PRICE:
            more += f"\x0199={format_amount(extra.stop_px)}"
    return (
        f"35=D\x0111={terms.cl_ord_id}\x0155={terms.symbol}\x0154={terms.side}"
        f"\x0138={format_amount(terms.qty)}\x0140={code(terms.ord_type)}"
        f"\x0159={code(terms.tif)}{more}"
    ).encode()


def cancel_text(request: CancelOrder) -> bytes:
    """A cancel."""
    return (
        f"35=F\x0141={request.orig_cl_ord_id}\x0155={request.symbol}\x0154={request.side}"
    ).encode()


def replace_text(request: ReplaceOrder) -> bytes:
    """A change of quantity and price."""
    terms = request.terms
    return (
        f"35=G\x0141={request.orig_cl_ord_id}\x0155={terms.symbol}\x0154={terms.side}"
        f"\x0138={format_amount(terms.qty)}\x0144={format_amount(terms.price)}"
    ).encode()


def code(value: int) -> str:
    """A code of FIX: a digit, or the letter that the number of a code stands for."""
    return chr(value) if 65 <= value <= 90 else str(value)
