"""
Entries of the table of operations: orders, lists, trades, quotes and holds.

They belong to :mod:`exsim.control.operations`.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from exsim.control import double_schemas as ds
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control import trading_results as tr
from exsim.control import trading_schemas as ts
from exsim.control.entries import Operation, read, trade
from exsim.control.inputs import Telling

_QUOTES: Final = "/venues/{venue}/quotes"
_PROTECTION: Final = "/venues/{venue}/protection"
_ORDERS: Final = "/venues/{venue}/orders"
_LISTS: Final = "/venues/{venue}/lists"
_LIST: Final = "/venues/{venue}/lists/{list_id}"
_ORDER: Final = "/venues/{venue}/orders/{order_id}"
_HOLD: Final = "/holds/{hold}"


def _of_order(
    verb: str, summary: str, body: type[Struct] | None = Telling, name: str = ""
) -> Operation:
    """A verb that is done to an order."""
    path = f"{_ORDER}/{verb}"
    return trade(name or f"{verb}_order", "POST", path, summary, tr.Order, ts.OrderArguments, body)


def _of_hold(verb: str, summary: str, body: type[Struct] | None = Telling) -> Operation:
    """A verb that is done about a hold."""
    name = f"{verb.replace('-', '_')}_hold"
    return trade(name, "POST", f"{_HOLD}/{verb}", summary, tr.Decided, ts.HoldArguments, body)


# fmt: off
TRADING: Final[tuple[Operation, ...]] = (
    read("list_orders", _ORDERS, "List orders of a venue", tr.Orders,
         ts.OrdersArguments, 404),
    trade("enter_order", "POST", _ORDERS, "Enter an order", tr.Outcome,
          s.VenueArguments, ts.NewOrder),
    read("get_order", _ORDER, "Show an order", tr.Order, ts.OrderArguments, 404),
    trade("cancel_order", "POST", _ORDER + "/cancel", "Cancel what is left of an order",
          tr.Outcome, ts.OrderArguments, ds.Cancellation),
    read("list_fills", _ORDER + "/fills", "List the fills of an order", r.Page[tr.Fill],
         ts.OrderArguments, 404),
    read("get_order_why", _ORDER + "/why", "Tell how an order came to be where it is", tr.Why,
         ts.OrderArguments, 404),
    _of_order("fill", "Fill an order against nobody", ts.OrderFill),
    _of_order("expire", "End an order as if its time were over"),
    _of_order("done-for-day", "Tell that nothing more is done about an order today",
              name="done_for_day"),
    _of_order("stop", "Tell that an order is stopped (guaranteed)", ts.Guarantee),
    _of_order("calculate", "Tell that an order is calculated"),
    _of_order("suspend", "Take an order out of its book without ending it"),
    _of_order("resume", "Put an order back that was suspended or marked"),
    _of_order("bust", "Cancel a fill: it never was", ts.Bust, "bust_fill"),
    _of_order("correct", "Correct the quantity or the price of a fill", ts.Correction,
              "correct_fill"),
    _of_order("restate", "Put an order on other terms, and tell it as restated", ds.Restatement),
    _of_order("match", "Put an order that rests off the book into it", None),
    _of_order("ack", "Tell that an order is accepted, with force: it was before"),
    _of_order("pending", "Tell that an order is pending, with force: it was answered before"),
    _of_order("reject", "Tell that an order is rejected, with force: it was accepted before",
              ts.HoldReject),
    _of_order("reply", "Send the session of an order a message of these fields", ts.HoldReply),
    _of_order("raw", "Send the session of an order these bytes", ds.RawReply),
    trade("replace_order", "POST", _ORDER + "/replace",
          "Change the quantity or the price of an order", tr.Outcome,
          ts.OrderArguments, ts.Replacement),
    read("list_lists", _LISTS, "List the lists of orders of a venue", r.Page[tr.OrderList],
         ts.ListsArguments, 404),
    trade("enter_list", "POST", _LISTS, "Enter orders at once, that may depend on each other",
          tr.ListOutcome, s.VenueArguments, ts.NewList),
    read("get_list", _LIST, "Show a list of orders", tr.OrderList, ts.ListArguments, 404),
    trade("cancel_list", "POST", _LIST + "/cancel", "Cancel what is left of a list of orders",
          tr.OrderList, ts.ListArguments),
    read("list_trades", "/venues/{venue}/trades", "List trades of a venue", r.Page[tr.Trade],
         ts.TradesArguments, 404),

    read("list_quotes", _QUOTES, "List the quotes in the books of a venue", r.Page[tr.Quote],
         ts.QuotesArguments, 404),
    trade("pull_quotes", "POST", _QUOTES + "/pull",
          "Take quotes off the books; their sessions are told", tr.Pulled,
          s.VenueArguments, ts.PullQuotes),
    read("get_protection", _PROTECTION, "Show whose quotes market maker protection keeps out",
         tr.Protections, s.VenueArguments, 404),
    trade("reset_protection", "POST", _PROTECTION + "/reset",
          "Let the quotes of a session in again", tr.Protections,
          s.VenueArguments, ts.ResetProtection),

    read("list_holds", "/holds", "List the requests that wait for a decision", r.Page[tr.Hold],
         ts.HoldsArguments, 404),
    read("wait_holds", "/holds/wait", "Wait until so many requests are held, or the time is out",
         tr.AwaitedHolds, ts.WaitHoldsArguments, 404, waits=True),
    read("get_hold", "/holds/{hold}", "Show a hold", tr.Hold, ts.HoldArguments, 404),
    trade("change_hold", "PATCH", _HOLD, "Change fields of a held request, which still waits",
          tr.Hold, ts.HoldArguments, ts.HoldChange),
    _of_hold("release", "Go on with the next policy", None),
    _of_hold("match", "Give it to the matching engine, past all policies", None),
    _of_hold("ack", "Accept the request, off the book"),
    _of_hold("pending", "Tell that the request is pending"),
    _of_hold("fill", "Fill the order, in full or in part", ts.HoldFill),
    _of_hold("reject", "Refuse the request", ts.HoldReject),
    _of_hold("cancel", "Cancel the order, unasked", ds.Cancellation),
    _of_hold("expire", "End the order as if its time were over"),
    _of_hold("restate", "Put the order on other terms, and tell it as restated", ds.Restatement),
    _of_hold("bust", "Cancel a fill: it never was", ts.Bust),
    _of_hold("correct", "Correct the quantity or the price of a fill", ts.Correction),
    _of_hold("stop", "Tell that the order is stopped (guaranteed)", ts.Guarantee),
    _of_hold("suspend", "Take the order out of the market without ending it"),
    _of_hold("resume", "Put the order back that was suspended or marked"),
    _of_hold("calculate", "Tell that the order is calculated"),
    _of_hold("done-for-day", "Tell that nothing more is done about the order today"),
    _of_hold("drop", "Forget the request: its sender hears nothing", None),
    _of_hold("reply", "Answer with a message of these fields", ts.HoldReply),
    _of_hold("raw", "Answer with these bytes", ds.RawReply),
)
# fmt: on
