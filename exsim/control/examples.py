"""
Examples of what operations take, for readers of the OpenAPI document.

They fit a simulator on ``etc/exsim.ini``, as far as a request can that meets what others left.
"""

from __future__ import annotations

from typing import Any, Final

ARGUMENTS: Final[dict[str, Any]] = {
    "venue": "XSIM",
    "symbol": "AAA",
    "account": "HOUSE",
    "endpoint": "order-entry",
    "session": "BUYSIDE",
    "order_id": "1",
    "hold": "1",
    "rule": "partial",
    "scenario": "day",
    "fault": "lost-fill",
    "snapshot": "before-the-fill",
    "recording": "a-morning",
    "form": "script",
    "script": "a-day",
    "bot": "MAKER",
    "race": "fill-crosses-cancel",
    "proxy": "middle",
    "link": "1",
    "held": "1",
    "type": "D",
    "tag": ["55=AAA"],
    "direction": "in",
    "since": "2026-01-31T09:30:00Z",
    "until": "2036-01-31T16:00:00.5Z",
    "depth": 5,
    "currency": "USD",
    "timeout": "2s",
    "filter": "type=D qty>=500",
    "kind": ["order", "rule"],
    "count": 2,
    "limit": 50,
}
"""By the names of arguments."""

BODIES: Final[dict[str, dict[str, Any]]] = {
    "NewActivity": {"activity": "slow"},
    "BotChange": {"activity": "x2.5", "options": {"size": "200"}},
    "NewNews": {"headline": "AAA is halted", "lines": ["Pending news."], "symbols": ["AAA"]},
    "FeedMessage": {
        "type": "V",
        "fields": {"level_1": "4100.5", "level_2": "3900", "level_3": "3600"},
    },
    "PullQuotes": {"symbol": "AAA"},
    "ResetProtection": {"session": "BUYSIDE"},
    "Reset": {"venue": "XSIM"},
    "NewVenue": {
        "name": "XTEST",
        "policies": ["match"],
        "seed": 7,
        "instruments": [{"symbol": "EUR/USD", "tick": "0.00001", "lot": "1000"}],
    },
    "NewInstrument": {"symbol": "BRK.B", "currency": "USD", "tick": "0.05", "reference": "100"},
    "NewOrder": {"symbol": "AAA", "side": "BUY", "quantity": "100", "price": "100.01"},
    "NewList": {
        "contingency": "OCO",
        "orders": [
            {"symbol": "AAA", "side": "SELL", "quantity": "100", "price": "101"},
            {"symbol": "AAA", "side": "BUY", "quantity": "100", "price": "99"},
        ],
    },
    "Replacement": {"quantity": "150", "price": "100.02"},
    "NewEndpoint": {
        "name": "second",
        "venue": "XSIM",
        "protocol": "fix",
        "listen": "tcp:0:interface=127.0.0.1",
        "options": {"comp_id": "XSIM", "accept_any_logon": "yes"},
    },
    "NewSession": {
        "name": "BUYSIDE",
        "endpoint": "order-entry",
        "options": {"begin_string": "FIX.4.4"},
    },
    "Logout": {"text": "end of test"},
    "SequenceNumbers": {"next_in": 7, "next_out": 12},
    "TestRequest": {"id": "are-you-there"},
    "Refusal": {"text": "closed for the day"},
    "NewMessage": {"fields": [["MsgType", "B"], ["Headline", "Hello"], ["33", "1"], ["58", "x"]]},
    "Telling": {"force": True, "status": "CANCELED"},
    "Cancellation": {"text": "by the market"},
    "Restatement": {"quantity": "50", "text": "less is left"},
    "Verify": {"filter": "type=D symbol=AAA qty>=500", "exactly": 1, "within": "1s"},
    "RawReply": {"raw": "OD1GSVguNC40fA=="},
    "NewRule": {
        "name": "partial",
        "when": "type=D symbol=AAA qty>=500",
        "then": "ack; fill 200 @ 100.01; after 5m; fill rest",
    },
    "NewFault": {
        "name": "lost-fill",
        "kind": "drop",
        "match": {"type": "8", "exec": "fill"},
        "direction": "out",
        "count": 1,
    },
    "NewProxy": {
        "name": "middle",
        "connect": "tcp:127.0.0.1:9878",
        "listen": "tcp:0:interface=127.0.0.1",
        "protocol": "fix",
        "venue": "XSIM",
    },
    "Release": {"fields": "44=10.05|58="},
    "LinkBytes": {"direction": "out", "raw": "OD1GSVguNC40fA=="},
    "NewSnapshot": {},
    "NewRecording": {"filter": "type=D,F,G,8,9"},
    "LoadedRecording": {
        "messages": [
            {
                "at": 0,
                "session": "BUYSIDE",
                "direction": "out",
                "type": "B",
                "fields": [{"tag": "35", "name": "MsgType", "value": "B"}],
            }
        ]
    },
    "Playing": {"speed": "10"},
    "NewRace": {"match": "symbol=AAA", "parameters": {"quantity": "40"}},
    "ScenarioState": {"state": "closing"},
    "OrderFill": {"quantity": "40", "price": "100.02"},
    "Guarantee": {"quantity": "40", "price": "10.01"},
    "Bust": {"exec_id": "7", "text": "clearly erroneous"},
    "Correction": {"exec_id": "7", "price": "100.01"},
    "HoldFill": {"quantity": "40", "price": "100.01"},
    "HoldReject": {"reason": "OTHER", "text": "not today"},
    "HoldChange": {"fields": [["38", "200"], ["Text", ""]]},
    "HoldReply": {"fields": [["MsgType", "8"], ["58", "made by hand"]]},
    "NewPrice": {"price": "100.25"},
    "Feeding": {"prices": [{"symbol": "SPY", "bid": "99.98", "ask": "100.02"}], "link": "up"},
    "PriceStep": {"percent": "-5"},
    "PriceRamp": {"price": "101.5", "within": "5m"},
    "PriceSchedule": {"points": [{"price": "101", "after": "30s"}, {"price": "99", "after": "1m"}]},
    "SourceChange": {"parameters": {"every": "250ms"}},
    "NewAccount": {"firm": "ACME", "credit": "1000000", "max_position": "5000"},
    "NewKillSwitch": {"scope": "account", "name": "HOUSE", "cancel_orders": True},
    "NewPhase": {"phase": "continuous"},
    "InstrumentPhase": {"phase": "halt", "cancels": True},
    "NewClock": {"mode": "manual", "time": "2036-01-31T09:30:00Z"},
    "Advance": {"by": "5m"},
    "Move": {"node": "host-2"},
    "CorporateAction": {"kind": "split", "new": 2, "old": 1},
}
"""By the names of Structs."""
