"""Keys of instruments, limits, accounts and fees; the limits of a venue stand in its section."""

from __future__ import annotations

from typing import Final

from exsim.config.market_values import (
    band,
    legs,
    maturity,
    positions,
    put_call,
    rate,
    security_type,
    ticks,
)
from exsim.model.market import IMPLIED, Allocation, Keeps
from exsim.model.options import (
    Option,
    amount,
    choice,
    duration,
    integer,
    optional,
    text,
    words,
)
from exsim.model.participants import ALLOW, FORCE, LIMIT, REFUSE

_COUNT: Final = integer(0, 100_000_000)
_LIMIT: Final = optional(amount(1))
_HIDDEN: Final = (ALLOW, FORCE, REFUSE)


def code(value: str) -> str:
    """A word in ASCII, as a currency is, or nothing."""
    if not value.isascii() or not value.isprintable() or " " in value or len(value) > 64:
        raise ValueError(f"{value[:80]!r} is no code: give one word in ASCII")
    return value


def word(value: str) -> str:
    """A code that is not empty."""
    if not value:
        raise ValueError("nothing is given")
    return code(value)


_BANDS: Final = (
    Option(
        "price_band",
        band,
        "",
        "How far the price of an order may be from the reference price: 10% of it, or so much, such"
        " as 2.50. Empty for any price.",
    ),
    Option(
        "dynamic_band",
        band,
        "",
        "The same around the last price, or the reference price before the first trade.",
    ),
    Option(
        "collar",
        band,
        "",
        "A market order is rejected that would trade farther than this from the last price, or the"
        " reference price before the first trade; or trades up to there, with collar_action of the"
        " venue.",
    ),
    Option(
        "fat_finger",
        band,
        "",
        "A buy is rejected whose price is above the last price (else the reference price) by more"
        " than this, and a sell that is so much below.",
    ),
)
_NOTIONAL: Final = Option(
    "max_notional",
    _LIMIT,
    "",
    "The most that an order may be worth: quantity times price times multiplier; for a market"
    " order by the last price, else the reference price. Empty for any.",
)
_QUANTITY: Final = Option("max_order_qty", _LIMIT, "", "The most quantity of an order.")

INSTRUMENT: Final = (
    Option("currency", word, "USD", "The currency of its prices, ISO 4217."),
    Option(
        "security_type",
        security_type,
        "CS",
        "What it is: equity, etf, bond, option, future, fx-spot, fx-forward, ndf, crypto or spread,"
        " or a code of SecurityType(167).",
    ),
    Option("security_id", code, "", "An identifier of another kind than those below."),
    Option("id_source", code, "", "FIX SecurityIDSource(22), what security_id is."),
    Option("tick", amount(1), "0.01", "Prices are multiples of this."),
    Option("lot", amount(1), "1", "Quantities are multiples of this."),
    Option("min_qty", _LIMIT, "", "The least quantity of an order; empty for any."),
    Option("max_qty", _LIMIT, "", "The most quantity of an order; empty for any."),
    Option("reference", optional(amount()), "", "The reference price; empty for none."),
    Option(
        "ticks",
        ticks,
        "",
        "Ticks by price, instead of tick: 0:0.0001, 1:0.01 is 0.0001 below 1, and 0.01 from 1 on.",
    ),
    _NOTIONAL,
    Option("multiplier", amount(1), "1", "What one of it is worth is its price times this."),
    Option("isin", code, "", "Its ISIN: SecurityIDSource(22) 4 of an order that names it so."),
    Option("sedol", code, "", "Its SEDOL: SecurityIDSource 2."),
    Option("cusip", code, "", "Its CUSIP: SecurityIDSource 1."),
    Option("ric", code, "", "Its RIC: SecurityIDSource 5."),
    Option("figi", code, "", "Its FIGI: SecurityIDSource S."),
    Option("exchange_code", code, "", "The exchange's own code for it: SecurityIDSource 8."),
    Option("underlying", code, "", "What it is derived from."),
    Option("maturity", maturity, "", "When it ends, as YYYYMM or YYYYMMDD; of options, futures."),
    Option("strike", optional(amount()), "", "The strike price of an option."),
    Option("put_call", put_call, "", "What an option is: put or call."),
    Option("coupon", optional(amount()), "", "The yearly rate of a bond, in percent."),
    Option("settlement", text, "", "When it is settled: T+2, a tenor such as 1M, or a date."),
    Option("settlement_currency", code, "", "What is paid in, of a non-deliverable forward."),
    Option(
        "legs",
        legs,
        "",
        "What a spread is made of: AAA:buy:1, BBB:sell:2 has symbol, side and ratio of each.",
    ),
    Option(
        "implied",
        choice(*IMPLIED),
        "none",
        "Whether orders of it trade with orders of its legs, all at once, and where the prices are"
        " shown that come of that: none, it does not; in, in its own book; out, in those of its"
        " legs; both. Ratios are whole numbers then.",
    ),
    *_BANDS,
    Option(
        "short_sale",
        choice("", "allow", "locate", "refuse"),
        "",
        "As at the venue; empty: that of it.",
    ),
    Option(
        "allocation",
        choice(*(each.value for each in Allocation)),
        "fifo",
        "Who trades how much of those that rest at one price: fifo, the oldest first; pro-rata, all"
        " by their share; fifo-pro-rata, fifo_share by time and the rest pro rata;"
        " price-display-time, the oldest of what is shown first, then what is hidden.",
    ),
    Option(
        "fifo_share",
        integer(0, 100),
        "40",
        "How many percent go by time with allocation = fifo-pro-rata.",
    ),
    Option(
        "lmm_share",
        integer(0, 100),
        "0",
        "How many percent of an incoming order go to the lead market makers first.",
    ),
    Option("lmm", words, "", "The accounts of its lead market makers."),
    Option(
        "replace_keeps",
        choice(*(each.value for each in Keeps)),
        "smaller",
        "Which replaces at the same price keep their place in time: smaller, those for no more than"
        " is open; any-quantity; nothing.",
    ),
    Option("hidden", choice("", *_HIDDEN), "", "As at the venue; empty: that of it."),
)

RISK: Final = (
    *_BANDS,
    _QUANTITY,
    _NOTIONAL,
    Option("max_open_session", _COUNT, "0", "How many orders a session may have open; 0 for any."),
    Option("max_open_account", _COUNT, "0", "How many orders an account may have open; 0 for any."),
    Option(
        "duplicate_within",
        duration,
        "0s",
        "An order is rejected that has the terms of another of its session so short a time after"
        " it; 0s for none.",
    ),
    Option(
        "short_sale",
        choice("allow", "locate", "refuse"),
        "allow",
        "Short sales: allow; locate, only with LocateReqd(114) N, or exempt; refuse.",
    ),
    Option(
        "accounts",
        choice("any", "known"),
        "any",
        "Which accounts may trade: any, or known, those with an [account:VENUE:NAME].",
    ),
    Option(
        "stp",
        choice("none", "cancel-newest", "cancel-oldest", "cancel-both", "decrement"),
        "none",
        "What becomes of two orders of one side that would trade with each other.",
    ),
    Option(
        "stp_by",
        choice("account", "firm", "session", "group"),
        "account",
        "Whose orders are of one side: of one account, firm, session, or of one group that they"
        " name themselves. A group that an order names goes before.",
    ),
    Option(
        "collar_action",
        choice("reject", LIMIT),
        "reject",
        "What becomes of a market order that would trade beyond the collar: reject; limit, it is a"
        " limit order at the collar, and rests there unless it is for now.",
    ),
    Option(
        "hidden",
        choice(*_HIDDEN),
        ALLOW,
        "Whether orders are hidden: allow, those that ask for it; force, all of them, as in a dark"
        " pool; refuse, none.",
    ),
    Option(
        "lit",
        words,
        "",
        "With hidden = force: the sessions whose orders are shown all the same, such as one that"
        " brings the market that pegs follow.",
    ),
)
"""Keys of a venue; with :class:`exsim.model.participants.RiskSettings`."""

ACCOUNT: Final = (
    Option("firm", code, "", "The firm that it belongs to."),
    Option(
        "credit",
        _LIMIT,
        "",
        "The most that its positions and open orders may be worth together. Empty: no limit.",
    ),
    Option("max_position", _LIMIT, "", "The most position in any instrument, long or short."),
    Option("positions", positions, "", "The same for some instruments: AAA:1000, BBB:50."),
    _QUANTITY,
    _NOTIONAL,
    Option("max_open_orders", _COUNT, "0", "How many of its orders may be open; 0 for any."),
    Option(
        "short_sale",
        choice("", "allow", "locate", "refuse"),
        "",
        "As at the venue; empty: that of it.",
    ),
    Option("sessions", words, "", "The sessions that may trade for it; empty for any."),
    Option("fee_tier", code, "", "One of [fees:VENUE:NAME]; empty: by what it trades."),
)

FEES: Final = (
    Option(
        "maker",
        rate,
        "0",
        "What a fill costs whose order rested: 0.003/share, 0.2bp of what it is worth, or"
        " 1.50/order, with its first fill. Below 0 it is a rebate.",
    ),
    Option("taker", rate, "0", "What a fill costs whose order came."),
    Option(
        "volume",
        amount(0),
        "0",
        "It is for accounts that traded so much before, in the day or month.",
    ),
    Option("by", choice("day", "month"), "month", "Which of these, in its venue's time zone."),
)
