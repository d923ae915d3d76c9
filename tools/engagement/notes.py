"""
What exsim does with the fields that it uses, in words.

Which fields these are is found by trying (:mod:`tools.engagement.inbound`), and a test fails on a
note for one that is none of them.
"""

from __future__ import annotations

from typing import Final

_TAKEN_BACK: Final = {
    "1": "taken back by answers; policies can choose by it",
    "109": "taken back by answers, below FIX.4.3",
    "526": "taken back by answers, from FIX.4.3",
    "453": "the group is taken back by answers, from FIX.4.3",
    "448": "as its group",
    "447": "as its group",
    "452": "as its group",
}
_ALSO_BACK: Final = "taken back by reports"
_ASKED: Final = {
    "18": "6 post only, G all or none, o cancel on connection loss, a trailing stop, R P M the peg"
    " of a Pegged order; other codes are taken back and mean nothing",
    "99": "what elects a Stop or touches an if-touched order: needed there",
    "110": "so much has to trade at once, or nothing does",
    "111": "so much is shown at a time; 0: nothing is",
    "126": "when a GTD order ends; needed there, or ExpireDate",
    "210": "the same as MaxFloor, where that is not there",
    "211": "the offset of a peg, or the distance of a trailing stop, whose sign does not count",
    "388": "0 (the displayed price) only; needed with DiscretionOffset",
    "389": "so far beyond its price it may trade; its sign does not count",
    "432": "a GTD order ends with that day, by UTC, where there is no ExpireTime",
    "835": "0 only",
    "836": "0; of a trailing stop 1 and 4 too: hundredths of hundredths, hundredths",
    "838": "2 only",
    "842": "0 only",
    "1083": "2 (shown again when exhausted) only",
    "1084": "1 and 2 the same again, 3 from DisplayLowQty to DisplayHighQty, 4 nothing",
    "1085": "the least that is shown again; DisplayQty by default",
    "1086": "the most that is shown again: needed with DisplayMethod 3",
    "1088": "must be DisplayQty",
    "1094": "the peg: 5 primary, 4 market, 2 mid-price, 8 a trailing stop",
    "1100": "4 (price movement) only",
    "1101": "1 (activate) only",
    "1102": "the same as StopPx, where that is not there",
    "1103": "must be the order's own",
    "1104": "must be the order's own",
    "1105": "must be the order's own",
    "1107": "1 best offer, 2 last trade, 3 best bid",
    "1109": "of a Market or Limit order with a trigger: a stop, or if touched",
    "1110": "must not be there: the limit is in Price",
    "1138": "the same as MaxFloor, and goes before it",
    "2362": "orders with the same do not trade with each other",
    **dict.fromkeys(("837", "840", "841", "843", "844", "846"), _ALSO_BACK),
    **dict.fromkeys(("1082", "1087", "1096", "1097", "1098", "1099"), _ALSO_BACK),
    **dict.fromkeys(("1106", "1108", "1111", "1112", "1113", "1114"), _ALSO_BACK),
}
_TERMS: Final = {
    **_TAKEN_BACK,
    **_ASKED,
    "58": "taken back by reports without a text of their own",
    "21": "must be one of the version's codes",
    "38": "the quantity: needed, also where FIX lets CashOrderQty stand in; whole below FIX.4.2",
    "40": "must be one of the version's codes; see Orders in fix.rst",
    "44": "the limit: needed for Limit orders, also with a stop; Market orders have none",
    "54": "must be one of the version's codes",
    "55": "which book: needed, also where FIX does not ask for it",
    "59": "must be one of the version's codes; Day by default",
    "60": "must be a time",
}
_ORDER_NAMED: Final = {
    "37": "may name the order in place of OrigClOrdID, from FIX.5.0SP1",
    "41": "which order: any ClOrdID that it has had",
}

_MASS: Final = {
    "54": "orders of this side",
    "55": "orders for it: needed with type 1",
    "167": "needed with type 5",
    "311": "needed with type 2",
    "336": "needed with type 6: 1, the day, is the only one",
    "460": "needed with type 3; what a security type belongs to is FIX's",
}

NOTES: Final[dict[str, dict[str, str]]] = {
    "": {
        "8": "the version; must be that of the Logon",
        "9": "where the message ends; if it does not, the message is passed over",
        "35": "what the message is",
        "34": "its turn: see Numbers and gaps in fix.rst",
        "43": "a number that was used is then passed over",
        "49": "must be that of the Logon (check_comp_id)",
        "50": "must be that of the session, if it has one (sender_sub_id)",
        "52": "must be close to our clock (max_latency)",
        "56": "must be our comp_id (check_comp_id)",
        "57": "must be that of the session, if it has one (target_sub_id)",
        "115": "answers go to it: they have it in 128",
        "116": "answers go to it: they have it in 129",
        "122": "needed with PossDupFlag Y; not later than SendingTime",
        "128": "answers come from it: they have it in 115",
        "129": "answers come from it: they have it in 116",
        "142": "must be that of the session, if it has one (sender_location_id)",
        "143": "must be that of the session, if it has one (target_location_id)",
        "144": "answers go to it: they have it in 145",
        "145": "answers come from it: they have it in 144",
        "1128": "the version of this one message",
    },
    "A": {
        "98": "must be 0: encryption is not spoken",
        "108": "agreed on if from heartbeat_min to heartbeat_max; 0: no heartbeats",
        "141": "Y begins both sequence numbers at 1",
        "464": "looked at as test_message_indicator says",
        "553": "checked if the session has a username",
        "554": "checked if the session has a password",
        "789": "with next_expected_msg_seq_num: what is missing is sent without being asked",
        "925": "the password from now on, if the session has one; in any version",
        "1137": "the version of the messages that follow",
    },
    "1": {"112": "given back by a Heartbeat"},
    "2": {
        "7": "from which number; 0 counts as 1",
        "16": "to which; 0, or more than was sent: to the last",
    },
    "4": {
        "34": "counts in a gap fill, not in a reset",
        "36": "the number expected next; it cannot go back",
        "123": "Y: a gap fill, which waits for its turn; otherwise a reset, which acts at once",
    },
    "D": {**_TERMS, "11": "names the order; must be new to the session"},
    "F": {
        **_TAKEN_BACK,
        **_ORDER_NAMED,
        "11": "names the order from now on; must be new to the session",
        "38": "must be a quantity",
        "54": "must be one of the version's codes",
        "55": "must not be empty",
        "60": "must be a time",
        "125": "F; a part (P) is refused: replace the order",
    },
    "G": {
        **_TERMS,
        **_ORDER_NAMED,
        "11": "names the order from now on; must be new to the session",
    },
    "q": {
        **_MASS,
        "526": "taken back by the answer",
        **dict.fromkeys(("453", "448", "447", "452"), "taken back by the answer, from FIX.5.0"),
        "11": "names the request; must not be that of an order",
        "530": "1 security, 2 underlying, 3 product, 5 security type, 6 trading session, 7 all",
        "60": "must be a time",
    },
    "CA": {
        **_MASS,
        **dict.fromkeys(("526", "453", "448", "447", "452"), "taken back by the answer"),
        "11": "names the request; must not be that of an order",
        "60": "must be a time",
        "1373": "3 (cancel) only",
        "1374": "the codes of MassCancelRequestType",
    },
    "AF": {
        **_MASS,
        "1": "orders of this account",
        "448": "with type 8: the account",
        **dict.fromkeys(("453", "447", "452"), "the group of PartyID"),
        "584": "names the request; reports give it back, from FIX.4.4",
        "585": "the codes of MassCancelRequestType, and 8: account",
    },
    "AD": {
        "11": "trades of this order",
        "17": "must not be there",
        "37": "trades of this order",
        "54": "trades of orders of this side",
        "55": "trades in it",
        "60": "a time, or the first and the last: trades from then on",
        "75": "a day, by UTC, or the first and the last",
        "263": "0 (snapshot) only",
        "568": "names the request; answers give it back",
        "569": "0 or 1: all trades, which are all matched",
    },
    "Q": {
        "54": "must be one of the version's codes",
        "127": "must be one of the version's codes",
    },
    "H": {
        **_TAKEN_BACK,
        "11": "which order: any ClOrdID that it has had",
        "37": "may name the order in place of ClOrdID, from FIX.5.0SP1",
        "54": "must be one of the version's codes",
        "55": "must not be empty; told of an unknown order",
    },
}
"""By type of message, "" for the header, and tag."""
