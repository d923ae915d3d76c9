"""A stand-in for the simulator behind REST: it records what it is asked, and answers samples."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from twisted.internet.defer import Deferred
from zope.interface import implementer

from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control.operations import IControl

TIME = "2026-01-02T03:04:05.000000006Z"
MOMENT = "2026-01-31T09:30:00Z"

VENUE = r.Venue("XSIM", ["hold", "match"], "manual", 7, "reject", ["AAA", "EUR/USD"])
INSTRUMENT = r.Instrument(
    "XSIM", "EUR/USD", "USD", "CS", "", "", "0.01", "1", None, "5000", "-100.5"
)
ACCOUNT = r.Account(
    venue="XSIM",
    account="HOUSE",
    known=True,
    firm="ACME",
    credit="1000000",
    max_position="5000",
    max_positions={"AAA": "100"},
    max_order_qty=None,
    max_notional=None,
    max_open_orders=0,
    short_sale="",
    sessions=["BUYSIDE"],
    fee_tier="",
    open_orders=1,
    credit_used="1000.5",
    positions=[r.Position("AAA", "-40", "0", "60")],
    day_volume="40",
    month_volume="40",
    fees="-0.08",
)
BOOK = r.Book(
    "XSIM",
    "AAA",
    [r.Level("99.99", "300", 2), r.Level("99.98", "1", 1)],
    [r.Level("100.01", "5", 1)],
    "opening-auction",
    r.Auction("100", "20", "5", "BUY"),
)
ORDER = r.Order(
    order_id="17",
    venue="XSIM",
    session="BUYSIDE",
    cl_ord_id="c-1",
    symbol="AAA",
    side="BUY",
    type="LIMIT",
    time_in_force="DAY",
    quantity="100",
    price="10.01",
    status="PARTIALLY_FILLED",
    cum_quantity="40",
    leaves_quantity="60",
    average_price="10.005",
    account="ACC",
    text="",
)
LIST = r.OrderList("XSIM", "BUYSIDE", "L1", "BRACKET", ["17"], [ORDER])
TRADE = r.Trade("3", TIME, "XSIM", "AAA", "10.01", "40", "16", "17", "BUY")
QUOTE = r.Quote(
    venue="XSIM",
    session="MAKER",
    quote_id="Q1",
    set_id="",
    entry_id="",
    symbol="AAA",
    account="ACC",
    bid="9.99",
    offer=None,
    bid_size="100",
    offer_size="0",
    bid_order_id="18",
    offer_order_id=None,
)
PROTECTIONS = r.Protections("XSIM", [r.Protection("MAKER", "AAA", "mmp_fills: 3 fills")])
ENDPOINT = r.Endpoint(
    "order-entry", "XSIM", "fix", "order-entry", "tcp:0:interface=127.0.0.1", "127.0.0.1", 40001, 2
)
SESSION = r.Session(
    name="BUYSIDE",
    endpoint="order-entry",
    venue="XSIM",
    policies=[],
    state="active",
    next_in=5,
    next_out=9,
    peer="127.0.0.1:5000",
    identity={"SenderCompID": "BUY"},
    connect="",
    refusal=None,
)
MESSAGE = r.Message(
    seq=12,
    time=TIME,
    venue="XSIM",
    session="BUYSIDE",
    direction="in",
    type="0",
    name="Heartbeat",
    text="8=FIX.4.4|35=0|",
    raw=b"8=FIX.4.4\x0135=0\x01",
    fields=[r.Field("35", "MsgType", "0", "Heartbeat")],
)
HOLD = r.Hold(
    hold="4",
    time=TIME,
    venue="XSIM",
    session="BUYSIDE",
    policy="hold",
    kind="new",
    type="D",
    cl_ord_id="c-1",
    orig_cl_ord_id="",
    symbol="AAA",
    side="BUY",
    quantity="100",
    price=None,
    order_id=None,
    fields=[r.Field("55", "Symbol", "AAA", "")],
)
DECIDED = r.Decided("4", True, ORDER)
OUTCOME = r.Outcome("accepted", "c-1", ORDER)
PRICE = r.InstrumentPrice("XSIM", "AAA", "100.25")

ANSWERS: dict[str, Any] = {
    "health_live": r.Health(),
    "health_ready": r.Health(),
    "version": r.Version("0.1.0", "v1", "3.11.7", "pure"),
    "metrics": "exsim_journal_entries_total 4.0\n",
    "diagnose": r.Diagnosis({"exsim": "0.1.0"}, {"machine": "x"}, {"seed": 1}, ["a line"], []),
    "reset": r.ResetResult(2, ["XSIM"]),
    "list_venues": r.Page([VENUE], "1-1"),
    "create_venue": VENUE,
    "get_venue": VENUE,
    "delete_venue": None,
    "list_instruments": r.Page([INSTRUMENT], None),
    "create_instrument": INSTRUMENT,
    "get_instrument": INSTRUMENT,
    "delete_instrument": None,
    "list_accounts": r.Page([ACCOUNT], None),
    "get_account": ACCOUNT,
    "put_account": ACCOUNT,
    "delete_account": None,
    "get_kill_switches": r.KillSwitches("XSIM", []),
    "set_kill_switch": r.KillSwitches("XSIM", [r.KillSwitch("account", "HOUSE", "a test")], 2),
    "get_book": BOOK,
    "list_orders": r.Page([ORDER], "1-17"),
    "enter_order": OUTCOME,
    "get_order": ORDER,
    "cancel_order": r.Outcome("pending", "c-2", None, "4"),
    **dict.fromkeys(
        (
            "fill_order",
            "expire_order",
            "done_for_day",
            "stop_order",
            "calculate_order",
            "suspend_order",
            "resume_order",
            "bust_fill",
            "correct_fill",
        ),
        ORDER,
    ),
    "list_fills": r.Page([r.Fill("7", "5", "10.01")], None),
    "get_order_why": r.Why("17", "NEW", "5", ["it rests"]),
    "replace_order": r.Outcome("rejected", "c-3", ORDER, None, "TICK", "a multiple of 0.01"),
    "list_lists": r.Page([LIST], None),
    "get_list": LIST,
    "enter_list": r.ListOutcome("accepted", "L1", LIST),
    "cancel_list": LIST,
    "list_trades": r.Page([TRADE], None),
    "list_quotes": r.Page([QUOTE], None),
    "pull_quotes": r.Pulled(2),
    "get_protection": PROTECTIONS,
    "reset_protection": r.Protections("XSIM", []),
    "list_endpoints": r.Page([ENDPOINT], None),
    "create_endpoint": ENDPOINT,
    "get_endpoint": ENDPOINT,
    "delete_endpoint": None,
    "list_sessions": r.Page([SESSION], None),
    "create_session": SESSION,
    "get_session": SESSION,
    "delete_session": None,
    "logout_session": SESSION,
    "disconnect_session": SESSION,
    "reset_session": SESSION,
    "set_sequence": SESSION,
    "test_session": SESSION,
    "refuse_logons": SESSION,
    "accept_logons": SESSION,
    "send_message": r.Sent(True, MESSAGE),
    "list_messages": r.Messages([MESSAGE], None, "1-12"),
    "wait_messages": r.AwaitedMessages([], None, "1-12", False),
    "list_session_messages": r.Messages([MESSAGE], "1-12", "1-12"),
    "list_holds": r.Page([HOLD], None),
    "wait_holds": r.AwaitedHolds([HOLD], True),
    "get_hold": HOLD,
    "release_hold": DECIDED,
    "ack_hold": DECIDED,
    "fill_hold": DECIDED,
    "reject_hold": r.Decided("4", False),
    "drop_hold": r.Decided("4", False),
    "reply_hold": r.Decided("4", False),
    "get_clock": r.Clock("XSIM", "real", TIME),
    "set_clock": r.Clock("XSIM", "scaled", TIME, "60"),
    "advance_clock": r.Clock("XSIM", "manual", TIME),
    "set_phase": VENUE,
    "set_instrument_phase": INSTRUMENT,
    "corporate_action": r.Restated(3, 1),
    "list_prices": r.Page([PRICE], None),
    "get_price": PRICE,
    "set_price": PRICE,
    "clear_price": None,
}
"""What each operation answers, but for the one that the resource answers by itself."""

_VENUE = s.VenueArguments("XSIM")
_SYMBOL = s.InstrumentArguments("XSIM", "EUR/USD")
_ORDER = s.OrderArguments("XSIM", "17")
_SESSION = s.SessionArguments("FIX.4.4:A/B->XSIM")
_HOLD = s.HoldArguments("4")

REQUESTS: dict[str, tuple[Struct, Struct | None]] = {
    "health_live": (s.NoArguments(), None),
    "health_ready": (s.NoArguments(), None),
    "version": (s.NoArguments(), None),
    "metrics": (s.NoArguments(), None),
    "diagnose": (s.NoArguments(), None),
    "reset": (s.NoArguments(), s.Reset("XSIM", "keep")),
    "list_venues": (s.PageArguments("1-1", 5), None),
    "create_venue": (
        s.NoArguments(),
        s.NewVenue("NEW", ["hold"], "manual", 3, "drop", [s.NewInstrument("AAA", tick="0.5")]),
    ),
    "get_venue": (_VENUE, None),
    "delete_venue": (_VENUE, None),
    "list_instruments": (s.InstrumentsArguments("XSIM"), None),
    "create_instrument": (_VENUE, s.NewInstrument("EUR/USD", reference="-100.5")),
    "get_instrument": (_SYMBOL, None),
    "delete_instrument": (_SYMBOL, None),
    "list_accounts": (s.AccountsArguments("XSIM", None, 5), None),
    "get_account": (s.AccountArguments("XSIM", "HOUSE"), None),
    "put_account": (
        s.AccountArguments("XSIM", "HOUSE"),
        s.NewAccount("ACME", "1000000", "5000", "AAA:100", sessions=["BUYSIDE"]),
    ),
    "delete_account": (s.AccountArguments("XSIM", "HOUSE"), None),
    "get_kill_switches": (s.VenueArguments("XSIM"), None),
    "set_kill_switch": (
        s.VenueArguments("XSIM"),
        s.NewKillSwitch("account", "HOUSE", True, True, "a test"),
    ),
    "get_book": (s.BookArguments("XSIM", "EUR/USD", 3), None),
    "list_orders": (s.OrdersArguments("XSIM", "S", "A?B", "any", "c 1", "1-17", 1000), None),
    "enter_order": (_VENUE, s.NewOrder("AAA", "BUY", "100", "LIMIT", "10.01", "IOC", text="é")),
    "get_order": (_ORDER, None),
    "cancel_order": (_ORDER, None),
    "fill_order": (_ORDER, s.OrderFill("1", "2")),
    "expire_order": (_ORDER, None),
    "done_for_day": (_ORDER, None),
    "stop_order": (_ORDER, s.Guarantee("100", "10.02")),
    "calculate_order": (_ORDER, None),
    "suspend_order": (_ORDER, None),
    "resume_order": (_ORDER, None),
    "bust_fill": (_ORDER, s.Bust("7", "an error")),
    "correct_fill": (_ORDER, s.Correction("7", "4", "10.02", "an error")),
    "list_fills": (_ORDER, None),
    "get_order_why": (_ORDER, None),
    "replace_order": (_ORDER, s.Replacement("90", "10.02")),
    "list_lists": (s.ListsArguments("XSIM", "S", None, 7), None),
    "get_list": (s.ListArguments("XSIM", "L 1", "S"), None),
    "enter_list": (
        _VENUE,
        s.NewList([s.NewOrder("AAA", "BUY", "1", price="9", link="K")], "BRACKET", "L1", "S"),
    ),
    "cancel_list": (s.ListArguments("XSIM", "L 1"), None),
    "list_trades": (s.TradesArguments("XSIM", "AAA"), None),
    "list_quotes": (s.QuotesArguments("XSIM", "S", "A?B", None, 7), None),
    "pull_quotes": (s.VenueArguments("XSIM"), s.PullQuotes("S", "AAA", "a test")),
    "get_protection": (s.VenueArguments("XSIM"), None),
    "reset_protection": (s.VenueArguments("XSIM"), s.ResetProtection("S", "AAA")),
    "list_endpoints": (s.PageArguments(), None),
    "create_endpoint": (s.NoArguments(), s.NewEndpoint("e", "XSIM", "fix", options={"a": "b=c"})),
    "get_endpoint": (s.EndpointArguments("order-entry"), None),
    "delete_endpoint": (s.EndpointArguments("order-entry"), None),
    "list_sessions": (s.PageArguments(), None),
    "create_session": (
        s.NoArguments(),
        s.NewSession("s", "order-entry", ["hold"], "tcp:h:1", "1s", "5m", {"k": "v"}),
    ),
    "get_session": (_SESSION, None),
    "delete_session": (_SESSION, None),
    "logout_session": (_SESSION, s.Logout("bye")),
    "disconnect_session": (_SESSION, None),
    "reset_session": (_SESSION, None),
    "set_sequence": (_SESSION, s.SequenceNumbers(next_out=12)),
    "test_session": (_SESSION, s.TestRequest("are-you-there?")),
    "refuse_logons": (_SESSION, s.Refusal("é")),
    "accept_logons": (_SESSION, None),
    "send_message": (_SESSION, s.NewMessage(raw=b"8=FIX\xff\x01")),
    "list_messages": (
        s.MessagesArguments(
            "XSIM", "S", "D", ["55=A&B", "11"], "in", MOMENT, "2026-01-31T10:00:00.5Z", "1-2", 7
        ),
        None,
    ),
    "wait_messages": (s.WaitMessagesArguments(timeout="1.5s", count=2, tag=["58=a=b"]), None),
    "list_session_messages": (
        s.SessionMessagesArguments(
            "FIX.4.4:A/B->XSIM", "8", ["39=2"], "out", MOMENT, MOMENT, "1-2", 3
        ),
        None,
    ),
    "list_holds": (s.HoldsArguments("XSIM"), None),
    "wait_holds": (s.WaitHoldsArguments("XSIM", "S", "0s", 3), None),
    "get_hold": (_HOLD, None),
    "release_hold": (_HOLD, None),
    "ack_hold": (_HOLD, None),
    "fill_hold": (_HOLD, s.HoldFill("10.5", "100")),
    "reject_hold": (_HOLD, s.HoldReject("TICK", "no")),
    "drop_hold": (_HOLD, None),
    "reply_hold": (_HOLD, s.HoldReply([("35", "8"), ("Text", "x|y")])),
    "get_clock": (_VENUE, None),
    "set_clock": (_VENUE, s.NewClock("scaled", "60", MOMENT)),
    "advance_clock": (_VENUE, s.Advance(by="5m")),
    "set_phase": (_VENUE, s.NewPhase("halt", cancels=False)),
    "set_instrument_phase": (_SYMBOL, s.InstrumentPhase(None)),
    "corporate_action": (_SYMBOL, s.CorporateAction("dividend", cash="0.5")),
    "list_prices": (s.PricesArguments("XSIM"), None),
    "get_price": (s.PriceArguments("AAA", "XSIM"), None),
    "set_price": (s.PriceArguments("AAA"), s.NewPrice("100.25")),
    "clear_price": (s.PriceArguments("AAA", "XSIM"), None),
}
"""Arguments and body of each operation, with what is awkward in a URL among them."""


@implementer(IControl)
class FakeControl:
    """Records what is asked in ``asked``; ``answers`` may be changed, an exception is raised."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Struct, Struct | None]] = []
        self.answers = dict(ANSWERS)

    def perform(
        self, operation: str, arguments: Struct, body: Struct | None
    ) -> Struct | str | Deferred[Struct | None] | None:
        """Answer as ``answers`` says."""
        self.asked.append((operation, arguments, body))
        answer: Any = self.answers[operation]
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]
