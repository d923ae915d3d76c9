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
_TERMS: Final = {
    **_TAKEN_BACK,
    "58": "taken back by reports without a text of their own",
    "21": "must be one of the version's codes",
    "38": "the quantity: needed, also where FIX lets CashOrderQty stand in; whole below FIX.4.2",
    "40": "must be one of the version's codes; the book takes Market and Limit",
    "44": "needed for a Limit order; a Market order has none",
    "54": "must be one of the version's codes",
    "55": "which book: needed, also where FIX does not ask for it",
    "59": "must be one of the version's codes; the book takes Day, IOC and FOK; Day by default",
    "60": "must be a time",
}
_ORDER_NAMED: Final = {
    "37": "may name the order in place of OrigClOrdID, from FIX.5.0SP1",
    "41": "which order: any ClOrdID that it has had",
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
    "H": {
        **_TAKEN_BACK,
        "11": "which order: any ClOrdID that it has had",
        "37": "may name the order in place of ClOrdID, from FIX.5.0SP1",
        "54": "must be one of the version's codes",
        "55": "must not be empty; told of an unknown order",
    },
}
"""By type of message, "" for the header, and tag."""
