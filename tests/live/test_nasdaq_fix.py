"""
An independent FIX client, nasdaq-protocols (FIX 4.4, and FIX 5.0 over FIXT.1.1), trades on a
spawned simulator, loses messages, and gets over it.

The library makes classes of messages out of an XML file; a small one is written here, and its own
tool generates them as the test runs. What of the recovery is the library's: it keeps the number
that it expects, sees at a logon that the answer's is higher, asks for what is missing
(ResendRequest), takes replayed messages and gap fills in their order, passes on each message once,
and answers TestRequests. What it leaves to its user, and is
done here: to open the new connection with the numbers of the old one, to keep what was sent, and
to answer the simulator's ResendRequest, for which it has ``send_msg(seq_num=, poss_dup=True)``.
A gap that shows after the logon it does not ask for; here gaps are those of a lost connection. It
takes any SequenceReset, even one that leads back: if all is asked for again, messages that it had
passed on it passes on again (flagged, as they came).
"""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from nasdaq_protocols import fix  # type: ignore[import-untyped, import-not-found, unused-ignore]
from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from tests.live.shared import fresh

PATIENCE = 10.0
"""Seconds to wait for anything."""

FIELDS = """
    BeginString 8 STRING, BodyLength 9 LENGTH, MsgType 35 STRING, MsgSeqNum 34 SEQNUM,
    PossDupFlag 43 BOOLEAN, SenderCompID 49 STRING, SenderSubID 50 STRING,
    SendingTime 52 UTCTIMESTAMP, TargetCompID 56 STRING, TargetSubID 57 STRING,
    OrigSendingTime 122 UTCTIMESTAMP, CheckSum 10 STRING,
    EncryptMethod 98 INT, HeartBtInt 108 INT, Username 553 STRING, DefaultApplVerID 1137 STRING,
    TestReqID 112 STRING, BeginSeqNo 7 SEQNUM, EndSeqNo 16 SEQNUM, NewSeqNo 36 SEQNUM,
    GapFillFlag 123 BOOLEAN, RefSeqNum 45 SEQNUM, RefTagID 371 INT, RefMsgType 372 STRING,
    SessionRejectReason 373 INT, Text 58 STRING,
    ClOrdID 11 STRING, OrigClOrdID 41 STRING, OrderID 37 STRING, ExecID 17 STRING, Symbol 55 STRING,
    Side 54 CHAR, OrderQty 38 QTY, OrdType 40 CHAR, Price 44 PRICE, TimeInForce 59 CHAR,
    TransactTime 60 UTCTIMESTAMP, ExecType 150 CHAR, OrdStatus 39 CHAR, LastQty 32 QTY,
    LastPx 31 PRICE, LeavesQty 151 QTY, CumQty 14 QTY, AvgPx 6 PRICE, TrdMatchID 880 STRING,
    OrdRejReason 103 INT, CxlRejReason 102 INT, CxlRejResponseTo 434 CHAR
"""
HEADER = """
    BeginString BodyLength MsgType MsgSeqNum PossDupFlag SenderCompID SenderSubID SendingTime
    TargetCompID TargetSubID OrigSendingTime
"""
MESSAGES = {
    "Heartbeat 0": "TestReqID",
    "TestRequest 1": "TestReqID",
    "ResendRequest 2": "BeginSeqNo EndSeqNo",
    "Reject 3": "RefSeqNum RefTagID RefMsgType SessionRejectReason Text",
    "SequenceReset 4": "GapFillFlag NewSeqNo",
    "Logout 5": "Text",
    "Logon A": "EncryptMethod HeartBtInt Username DefaultApplVerID",
    "NewOrderSingle D": "ClOrdID Symbol Side TransactTime OrderQty OrdType Price TimeInForce",
    "OrderCancelRequest F": "OrigClOrdID ClOrdID Symbol Side TransactTime OrderQty",
    "OrderCancelReplaceRequest G": (
        "OrigClOrdID ClOrdID Symbol Side TransactTime OrderQty OrdType Price TimeInForce"
    ),
    "ExecutionReport 8": (
        "OrderID ClOrdID OrigClOrdID ExecID ExecType OrdStatus OrdRejReason Symbol Side OrderQty"
        " OrdType Price TimeInForce LastQty LastPx LeavesQty CumQty AvgPx TransactTime TrdMatchID"
        " Text"
    ),
    "OrderCancelReject 9": (
        "OrderID ClOrdID OrigClOrdID OrdStatus CxlRejResponseTo CxlRejReason TransactTime Text"
    ),
}
"""Only what is sent here: the library would pass over the rest of a message with any other field,
which :class:`Trader` watches for."""


def specification() -> ElementTree.ElementTree[ElementTree.Element]:
    """The file that the library's generator reads."""
    root = ElementTree.Element("fix")
    _fields(ElementTree.SubElement(root, "header"), HEADER)
    _fields(ElementTree.SubElement(root, "trailer"), "CheckSum")
    messages = ElementTree.SubElement(root, "messages")
    for message, fields in MESSAGES.items():
        name, _space, msg_type = message.partition(" ")
        _fields(
            ElementTree.SubElement(messages, "message", name=name, msgtype=msg_type, msgcat="any"),
            fields,
        )
    ElementTree.SubElement(root, "components")
    definitions = ElementTree.SubElement(root, "fields")
    for definition in FIELDS.split(","):
        name, tag, kind = definition.split()
        ElementTree.SubElement(definitions, "field", name=name, number=tag, type=kind)
    return ElementTree.ElementTree(root)


def _fields(element: ElementTree.Element, names: str) -> None:
    for name in names.split():
        ElementTree.SubElement(element, "field", name=name, required="N")


def generate(folder: Path, version: str) -> Any:
    """
    Generate the package of messages in ``folder``, and import it.

    The library keeps one table of messages and fields a process: the last import counts, so that
    each test has a package of its own.
    """
    folder.mkdir(parents=True)
    specification().write(folder / "fix.xml")
    name = f"nasdaq_{folder.parent.name}_{folder.name}".replace("-", "_").replace(".", "_")
    (folder / name).mkdir()
    tool = Path(sys.executable).with_name("nasdaq-fix-codegen")
    options = ("--spec-file", str(folder / "fix.xml"), "--fix-version", version)
    subprocess.run(
        [str(tool), *options, "--app-name", "exsim", "--op-dir", str(folder / name)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


class Trader:
    """A counterparty of the simulator, over one connection of the library's after the other."""

    def __init__(self, package: Any, appl_ver_id: str, name: str, host: str, port: int) -> None:
        self.package = package
        self.name = name
        self.session: Any = None
        self.came: list[Any] = []
        self.reports: asyncio.Queue[Any] = asyncio.Queue()
        self.sent: dict[int, Any] = {}
        self.gaps: list[tuple[int, int]] = []
        self.closed = asyncio.Event()
        self._appl_ver_id = appl_ver_id
        self._address = (host, port)

    # -- connections

    async def connect(self) -> None:
        """Log on: for the first time, or with the numbers of the connection before."""
        logon = self.package.Logon()
        logon.Header.SenderCompID, logon.Header.SenderSubID = self.name, "DESK"
        logon.Header.TargetCompID = "XSIM"
        logon.Header.MsgSeqNum = 1 if self.session is None else next(self.session.sequence)
        logon.EncryptMethod, logon.HeartBtInt = 0, 30
        if self._appl_ver_id:
            logon.DefaultApplVerID = self._appl_ver_id
        expected = None if self.session is None else self.session.expected_seq_num
        self.closed.clear()

        def session() -> Any:
            return _session_class(self.package, self)(
                on_msg_coro=self.take,
                on_close_coro=self.close,
                on_gap=self.gap,
                expected_seq_num=expected,
                client_heartbeat_interval=30,
                server_heartbeat_interval=30,
                graceful_shutdown=False,
            )

        connecting = fix.connect_async(self._address, logon, session)
        self.session = await asyncio.wait_for(connecting, PATIENCE)

    async def cut(self) -> None:
        """Lose the socket, with all that came on it and was not read."""
        self.session._transport.abort()
        await asyncio.wait_for(self.closed.wait(), PATIENCE)

    async def stop(self) -> None:
        """Log out; the answer ends the session."""
        self.session.send_msg(self.package.Logout())
        await asyncio.wait_for(self.closed.wait(), PATIENCE)

    # -- what the library tells

    async def take(self, message: Any) -> None:
        """A message in its turn."""
        self.reports.put_nowait(message)

    async def close(self) -> None:
        """The connection is gone."""
        self.closed.set()

    async def gap(self, expected: int, received: int) -> None:
        """The answer to a logon had a higher number than was expected."""
        self.gaps.append((expected, received))

    def resend(self, request: Any) -> None:
        """Answer a ResendRequest, which the library does not: orders again, the rest as a gap."""
        last = max(self.sent)
        for seq in range(request.BeginSeqNo, (request.EndSeqNo or last) + 1):
            message = self.sent[seq]
            if message.Type not in "DFG":
                message = self.package.SequenceReset()
                message.GapFillFlag, message.NewSeqNo = True, seq + 1
            self.session.send_msg(message, seq_num=seq, poss_dup=True)

    # -- orders

    def buy(self, cl_ord_id: str, qty: int, price: float) -> None:
        """Enter a buy of AAA."""
        self.enter(cl_ord_id, "1", qty, price)

    def sell(self, cl_ord_id: str, qty: int, price: float) -> None:
        """Enter a sell of AAA."""
        self.enter(cl_ord_id, "2", qty, price)

    def enter(self, cl_ord_id: str, side: str, qty: int, price: float) -> None:
        """Enter an order."""
        self.session.send_msg(
            self.terms(self.package.NewOrderSingle(), cl_ord_id, side, qty, price)
        )

    def replace(self, orig: str, cl_ord_id: str, qty: int, price: float) -> None:
        """Replace a buy."""
        message = self.package.OrderCancelReplaceRequest()
        message.OrigClOrdID = orig
        self.session.send_msg(self.terms(message, cl_ord_id, "1", qty, price))

    def cancel(self, orig: str, cl_ord_id: str, qty: int) -> None:
        """Cancel a buy."""
        message = self.package.OrderCancelRequest()
        message.OrigClOrdID, message.ClOrdID, message.Symbol, message.Side = (
            orig,
            cl_ord_id,
            "AAA",
            "1",
        )
        message.TransactTime, message.OrderQty = _now(), float(qty)
        self.session.send_msg(message)

    @staticmethod
    def terms(message: Any, cl_ord_id: str, side: str, qty: int, price: float) -> Any:
        """Fill in the terms of a limit order for the day."""
        message.ClOrdID, message.Symbol, message.Side = cl_ord_id, "AAA", side
        message.TransactTime, message.OrderQty = _now(), float(qty)
        message.OrdType, message.Price, message.TimeInForce = "2", price, "0"
        return message

    async def heard(self, count: int = 1) -> list[Any]:
        """The next messages that the library passed on."""
        return [await asyncio.wait_for(self.reports.get(), PATIENCE) for _ in range(count)]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S")


def _session_class(package: Any, trader: Trader) -> Any:
    """The session of the generated package, with what the library leaves to its user."""

    class Session(package.ClientSession):  # type: ignore[misc]  # it has no types
        """Keeps what is sent, and sees what comes before the library judges it."""

        def send_msg(self, msg: Any, **more: Any) -> None:
            """Send, and keep."""
            super().send_msg(msg, **more)
            trader.sent[msg.Header.MsgSeqNum] = msg

        async def on_message(self, msg: Any) -> None:
            """Keep every message, and answer a ResendRequest."""
            assert 10 in msg.Trailer, f"the library did not read all of {msg}"
            trader.came.append(msg)
            await super().on_message(msg)
            if msg.is_resend_request():
                trader.resend(msg)

    return Session


Script = Callable[[Simulator, Trader, Trader], Awaitable[None]]


class Fix44Tests(SynchronousTestCase):
    """FIX 4.4."""

    version = "4.4"
    appl_ver_id = ""
    begin_string = "FIX.4.4"
    fill = "F"

    def trade(self, script: Script) -> None:
        """Run a script with two traders logged on to a simulator that has just begun."""
        package = generate(Path(self.mktemp()).absolute(), self.version)
        asyncio.run(self.with_traders(package, fresh(), script))

    async def with_traders(self, package: Any, simulator: Any, script: Script) -> None:
        """Log two traders on, run the script, log them out."""
        address = simulator.endpoints["order-entry"]
        traders = [
            Trader(package, self.appl_ver_id, name, address.host, address.port)
            for name in ("BUYER", "SELLER")
        ]
        for trader in traders:
            await trader.connect()
        session = simulator.get_session("BUYER")
        self.assertEqual(session.state, "active")
        self.assertEqual(session.identity["begin_string"], self.begin_string)
        self.assertEqual(session.identity.get("appl_ver_id", ""), self.appl_ver_id)
        await script(simulator, *traders)
        for trader in traders:
            await trader.stop()
            self.assertEqual([each.Type for each in trader.came if each.Type in "3j"], [])

    def assert_report(self, report: Any, **fields: Any) -> None:
        """Check fields of a report."""
        self.assertEqual({name: getattr(report, name) for name in fields}, fields)

    def assert_complete(self, simulator: Any, trader: Trader, passed_on: list[Any]) -> None:
        """Each report that was sent was passed on, and came more than once only as PossDup."""
        found = simulator.list_messages(session=trader.name, type="8", direction="out").items
        fields = [{field.tag: field.value for field in message.fields} for message in found]
        sent = {message["17"] for message in fields}
        came = [message for message in trader.came if message.Type == "8"]
        self.assertEqual({report.ExecID for report in came}, sent)
        plain = Counter(report.ExecID for report in came if not report.Header.PossDupFlag)
        self.assertLessEqual(set(plain.values()), {1})
        self.assertEqual({report.ExecID for report in passed_on}, sent)

    def test_trade(self) -> None:
        """Two orders meet, the resting one in parts, and is replaced and canceled."""

        async def script(simulator: Simulator, buyer: Trader, seller: Trader) -> None:
            buyer.buy("b1", 100, 10.0)
            (report,) = await buyer.heard()
            self.assert_report(report, ExecType="0", OrdStatus="0", LeavesQty=100.0, ClOrdID="b1")
            buyer.replace("b1", "b2", 120, 10.02)
            (report,) = await buyer.heard()
            self.assert_report(report, ExecType="5", OrderQty=120.0, Price=10.02, OrigClOrdID="b1")
            seller.sell("s1", 40, 10.01)
            new, sold = await seller.heard(2)
            self.assert_report(new, ExecType="0", OrdStatus="0")
            self.assert_report(sold, ExecType=self.fill, OrdStatus="2", LastQty=40.0, LastPx=10.02)
            (bought,) = await buyer.heard()
            self.assert_report(bought, ExecType=self.fill, OrdStatus="1", CumQty=40.0, AvgPx=10.02)
            buyer.cancel("b2", "b3", 120)
            (report,) = await buyer.heard()
            self.assert_report(report, ExecType="4", OrdStatus="4", LeavesQty=0.0, CumQty=40.0)
            buyer.cancel("b2", "b4", 120)
            (reject,) = await buyer.heard()
            self.assert_report(reject, Type="9", CxlRejResponseTo="1", CxlRejReason=0)
            self.assertEqual(simulator.get_book("XSIM", "AAA").bids, [])

        self.trade(script)

    def test_lost_reports(self) -> None:
        """
        The socket is cut while fills are on their way, and more come while it is gone.

        Nothing is read from some moment on; the simulator has sent by then what is lost.
        """

        async def script(simulator: Simulator, buyer: Trader, seller: Trader) -> None:
            for number in range(10):
                buyer.buy(f"b{number}", 10, 10.0)
            first = await buyer.heard(10)
            seller.sell("s0", 20, 10.0)
            first += await buyer.heard(2)
            buyer.session._transport.pause_reading()
            seller.sell("s1", 50, 10.0)
            await seller.heard(3 + 6)
            await buyer.cut()
            seller.sell("s2", 30, 10.0)
            await seller.heard(4)
            await buyer.connect()
            self.assertEqual(buyer.gaps, [(14, 22)])
            again = await buyer.heard(8)
            for report in again:
                self.assertTrue(report.Header.PossDupFlag)
                self.assert_report(report, ExecType=self.fill, OrdStatus="2")
            self.assert_complete(simulator, buyer, first + again)
            self.assertEqual(len({report.ExecID for report in first + again}), 20)
            buyer.buy("after", 10, 9.0)
            (report,) = await buyer.heard()
            self.assert_report(report, ClOrdID="after", ExecType="0")
            self.assertFalse(report.Header.PossDupFlag)

        self.trade(script)

    def test_asked_again(self) -> None:
        """What was heard already is asked for once more, and comes flagged as PossDup."""

        async def script(simulator: Simulator, buyer: Trader, seller: Trader) -> None:
            buyer.buy("b1", 10, 10.0)
            first = await buyer.heard()
            before = len(buyer.came)
            request = buyer.package.ResendRequest()
            request.BeginSeqNo, request.EndSeqNo = 1, 0
            buyer.session.send_msg(request)
            buyer.buy("b2", 10, 10.0)
            first += await buyer.heard(2)
            heard = [(each.ClOrdID, bool(each.Header.PossDupFlag)) for each in first]
            self.assertEqual(heard, [("b1", False), ("b1", True), ("b2", False)])
            came = [(each.Type, bool(each.Header.PossDupFlag)) for each in buyer.came[before:]]
            self.assertEqual(came, [("4", True), ("8", True), ("8", False)])
            self.assert_complete(simulator, buyer, first)

        self.trade(script)

    def test_lost_orders(self) -> None:
        """Orders that never arrived are asked for at the next logon, and each is taken once."""

        async def script(simulator: Simulator, buyer: Trader, seller: Trader) -> None:
            buyer.buy("b1", 10, 10.0)
            first = await buyer.heard()
            simulator.disconnect_session("BUYER")
            await asyncio.wait_for(buyer.closed.wait(), PATIENCE)
            for name in ("b2", "b3"):
                buyer.buy(name, 10, 10.0)
            self.assertEqual(simulator.get_session("BUYER").next_in, 3)
            await buyer.connect()
            first += await buyer.heard(2)
            self.assertTrue(buyer.reports.empty())
            self.assertEqual([report.ClOrdID for report in first], ["b1", "b2", "b3"])
            (level,) = simulator.get_book("XSIM", "AAA").bids
            self.assertEqual((level.price, level.quantity), ("10", "30"))
            self.assert_complete(simulator, buyer, first)
            buyer.buy("b4", 10, 10.0)
            (report,) = await buyer.heard()
            self.assert_report(report, ClOrdID="b4", ExecType="0")

        self.trade(script)


class Fix50Tests(Fix44Tests):
    """The same in FIX 5.0, over FIXT.1.1."""

    version = "5.0"
    appl_ver_id = "7"
    begin_string = "FIXT.1.1"
