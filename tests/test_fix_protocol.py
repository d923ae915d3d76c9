"""The FIX protocol module: endpoints, sessions, messages to requests and events to bytes."""

from __future__ import annotations

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass, verifyObject

from exsim.errors import Conflict, NotFound
from exsim.interfaces import IAcceptor, IConnection, IProtocol, ISession
from exsim.model.codes import OrdStatus, Reason
from exsim.model.events import CancelReject, Event, MessageReject, Outgoing
from exsim.model.journal import EntryKind
from exsim.model.options import Option
from exsim.model.requests import OtherMessage
from exsim.protocols.fix import FixProtocol
from exsim.protocols.fix_acceptor import LONGEST_COMP_ID
from exsim.protocols.fix_versions import BEGIN_STRINGS, NAMES, find_version
from tests.fix_market import (
    NOW,
    ORDER,
    PROTOCOL,
    SECOND,
    Client,
    Market,
    fill,
    logged_on,
    order_of,
    readable,
    session,
)


class InterfaceTests(SynchronousTestCase):
    """What the module says that it provides."""

    def test_provided(self) -> None:
        """Protocol, acceptor, session and connection are what the interfaces ask for."""
        client = logged_on()
        verifyClass(IProtocol, FixProtocol)
        verifyObject(IProtocol, PROTOCOL)
        verifyObject(IAcceptor, Market().acceptor)
        verifyObject(ISession, client.session)
        verifyObject(IConnection, client.connection)

    def test_options(self) -> None:
        """Every key has a default that can be read, but for our own CompID, and a sentence."""
        for options in (PROTOCOL.endpoint_options, PROTOCOL.session_options):
            names = [option.name for option in options]
            self.assertEqual(len(set(names)), len(names))
            for option in options:
                self.assertTrue(option.help.endswith("."), option.name)
                if option.name != "comp_id":
                    option.value(None)

    def test_echo_tags(self) -> None:
        """Fields that reports have anyway cannot be echoed."""
        option = self.option("echo_tags")
        self.assertEqual(option.value("5001, 100"), (b"5001", b"100"))
        for tag in ("35", "10", "38", "448", "0", "x"):
            self.assertRaises(ValueError, option.value, tag)

    def test_timestamp_digits(self) -> None:
        """Digits, or nothing for those of the version."""
        option = self.option("timestamp_digits")
        self.assertEqual((option.value("6"), option.value("")), (6, None))
        self.assertRaises(ValueError, option.value, "4")

    def option(self, name: str) -> Option:
        """The option of a session."""
        return next(option for option in PROTOCOL.session_options if option.name == name)

    def test_together(self) -> None:
        """Values that can be read one by one, and make no sense together."""

        def told(connects: bool, **keys: str) -> list[str]:
            found = PROTOCOL.problems(session("S", **keys).options, connects)
            return [f"{key}: {problem.text}" for key, problem in found]

        self.assertEqual(told(False), [])
        self.assertEqual(told(True, begin_string="FIX.4.4"), [])
        (version,) = told(True)
        self.assertTrue(version.startswith("begin_string: say which version"), version)
        (time,) = told(False, end_time="17:00")
        self.assertTrue(time.startswith("end_time: end_time is given without start_time"), time)

    def test_versions(self) -> None:
        """Each BeginString, and each ApplVerID of FIXT, has its version."""
        for name in BEGIN_STRINGS[:5]:
            version = find_version(name.encode(), b"9")
            self.assertEqual(version and version.name, name)
        found = [find_version(b"FIXT.1.1", str(code).encode()) for code in range(2, 10)]
        self.assertEqual([version and version.name for version in found], list(NAMES))
        self.assertIsNone(find_version(b"FIXT.1.1", b"1"))
        self.assertIsNone(find_version(b"FIX.5.0", b"9"))


class AnyLogonTests(SynchronousTestCase):
    """Sessions that are made as a counterparty logs on."""

    def market(self, **keys: str) -> Market:
        """An endpoint where any counterparty may log on."""
        return Market(accept_any_logon="yes", **keys)

    def named(self, market: Market, name: str, version: str = "FIX.4.2") -> str:
        """The name of the session that this counterparty gets."""
        client = Client(market.acceptor, name, version)
        client.logon()
        return client.session.name

    def test_every_version(self) -> None:
        """Any version, and any application version in FIXT.1.1."""
        for version in BEGIN_STRINGS[:5]:
            client = logged_on(version)
            self.assertEqual(
                client.session.view().identity,
                {"begin_string": version, "sender_comp_id": "CLIENT", "target_comp_id": "XSIM"},
            )
        for code in "23456789":
            client = logged_on("FIXT.1.1", code)
            self.assertEqual(client.session.view().identity["appl_ver_id"], code)

    def test_names(self) -> None:
        """It is called like its CompID, or else so that no two have one name."""
        market = self.market()
        market.taken.update({"BOB": None, "EVE@oe": None})
        self.assertEqual(self.named(market, "ALICE"), "ALICE")
        self.assertEqual(self.named(market, "BOB"), "BOB@oe")
        self.assertEqual(self.named(market, "EVE"), "EVE")
        self.assertEqual(self.named(market, "EVE", "FIX.4.4"), "EVE@oe-FIX.4.4")
        self.assertEqual(self.named(market, "A b/c"), "A_b_c")
        self.assertEqual(self.named(market, "A+b/c"), "A_b_c@oe")
        self.assertEqual(self.named(market, "A-b/c"), "A-b_c")
        self.assertEqual(self.named(market, "A*b/c"), "A_b_c@oe-FIX.4.2")
        self.assertEqual(self.named(market, "A#b/c"), "A_b_c@oe-FIX.4.2-2")
        self.assertEqual(self.named(market, "A?b/c"), "A_b_c@oe-FIX.4.2-3")
        self.assertEqual(len(market.acceptor.sessions), 10)
        for name, made in market.acceptor.sessions.items():
            self.assertEqual(made.name, name)

    def test_same_session_again(self) -> None:
        """Who comes back gets the session that it had, with its numbers."""
        market = self.market()
        first = Client(market.acceptor)
        first.logon()
        first.connection.lost(NOW)
        second = Client(market.acceptor)
        second.seq = first.seq
        second.logon()
        self.assertIs(second.session, first.session)
        self.assertEqual(second.session.view().next_in, 3)

    def test_one_at_a_time(self) -> None:
        """A second connection for a session in use is refused, and does not disturb the first."""
        market = self.market()
        first, second = Client(market.acceptor), Client(market.acceptor)
        first.logon()
        self.assertEqual(second.logon(), [])
        self.assertTrue(second.connection.closing)
        self.assertNotEqual(second.connection.why, "")
        self.assertIsNone(second.connection.session)
        self.assertIs(first.session.connection, first.connection)
        self.assertEqual(len(first.send("D", ORDER)), 1)

    def test_refused(self) -> None:
        """Not for another than us, nor where only those configured may."""
        for client in (
            Client(self.market().acceptor, target="OTHER"),
            Client(Market().acceptor),
            Client(self.market().acceptor, name="\xff"),
            Client(self.market().acceptor, name="X" * (LONGEST_COMP_ID + 1)),
            Client(self.market().acceptor, version="FIX.3.9"),
        ):
            self.assertEqual(client.logon(), [])
            self.assertTrue(client.connection.closing)
        self.assertNotEqual(self.named(self.market(), "X" * LONGEST_COMP_ID), "")

    def test_bound(self) -> None:
        """So many are made and no more; one that is closed makes room."""
        market = self.market(max_sessions="2")
        self.named(market, "A")
        self.named(market, "B")
        third = Client(market.acceptor, "C")
        self.assertEqual(third.logon(), [])
        self.assertTrue(third.connection.closing)
        market.acceptor.close("A", NOW)
        self.assertEqual(self.named(market, "C"), "C")

    def test_endpoint_keys(self) -> None:
        """What the endpoint says for its sessions holds for them."""
        client = Client(self.market(heartbeat_min="60").acceptor)
        client.logon()
        self.assertTrue(client.connection.closing)
        for version, style, outcome in (("FIX.4.2", "trade", b"F"), ("FIX.4.4", "fill", b"1")):
            client = logged_on(version, echo_tags="5001", fill_style=style)
            order = order_of(client.send("D", f"{ORDER}5001=x|"))
            client.session.send(fill(order), NOW)
            (report,) = client.received()
            self.assertEqual((report.get(b"150"), report.get(b"5001")), (outcome, b"x"))


class ConfiguredTests(SynchronousTestCase):
    """Sessions that are configured."""

    def test_comp_id(self) -> None:
        """A session's CompID is its name, or what it says."""
        market = Market(session("ALICE"), session("desk", sender_comp_id="BOB"))
        for comp_id, name in (("ALICE", "ALICE"), ("BOB", "desk")):
            client = Client(market.acceptor, comp_id)
            client.logon()
            self.assertEqual(client.session.name, name)
            self.assertEqual(client.session.view().identity["sender_comp_id"], comp_id)
        self.assertEqual(Client(market.acceptor, "desk").logon(), [])

    def test_version(self) -> None:
        """A session speaks one version, or any; one CompID may have sessions of several."""
        market = Market(
            session("old", sender_comp_id="A", begin_string="FIX.4.2"),
            session("new", sender_comp_id="A", begin_string="FIXT.1.1"),
            session("any", sender_comp_id="B"),
        )
        for comp_id, version, name in (
            ("A", "FIX.4.2", "old"),
            ("A", "FIXT.1.1", "new"),
            ("B", "FIX.4.0", "any"),
        ):
            client = Client(market.acceptor, comp_id, version)
            client.logon()
            self.assertEqual(client.session.name, name)
        self.assertEqual(Client(market.acceptor, "A", "FIX.4.4").logon(), [])

    def test_desks(self) -> None:
        """Sessions of one CompID may differ in sub or location identifiers."""
        market = Market(
            session("one", sender_comp_id="C", sender_sub_id="1", target_location_id="NY"),
            session("two", sender_comp_id="C", sender_sub_id="2"),
        )
        for extra, name in (("50=1|143=NY|", "one"), ("50=2|", "two")):
            client = Client(market.acceptor, "C")
            client.feed(client.message("A", "98=0|108=30|", extra))
            self.assertEqual(client.session.name, name)
            (answer,) = client.received()
            self.assertEqual(answer.fields[b"57"], extra[3:4].encode())
            self.assertEqual(client.session.view().identity["sender_sub_id"], extra[3:4])
        for extra in ("", "50=3|", "50=1|", "50=1|143=LDN|"):
            client = Client(market.acceptor, "C")
            client.feed(client.message("A", "98=0|108=30|", extra))
            self.assertTrue(client.connection.closing, extra)
        same = session("three", sender_comp_id="C", target_location_id="LDN")
        self.assertRaises(Conflict, market.acceptor.open, same)  # may be "two"

    def test_initiates(self) -> None:
        """A session that we connect for logs on by itself, once at a time."""
        settings = replace(session("C", begin_string="FIX.4.4"), connect="tcp:somewhere:1")
        market = Market(settings)
        connection = market.acceptor.initiate("C", "somewhere:1", NOW)
        self.assertIn(b"\x0135=A\x01", connection.data_to_send())
        self.assertEqual(connection.session and connection.session.view().state, "logon")
        self.assertRaises(Conflict, market.acceptor.initiate, "C", "somewhere:1", NOW)
        client = Client(market.acceptor, "C", version="FIX.4.4")
        self.assertEqual(client.logon(), [])

    def test_any_version(self) -> None:
        """A session of any version maps by the version of each logon."""
        market = Market(session("A", reset_on_disconnect="yes"))
        for version, appl_ver_id, outcome in (
            ("FIX.4.2", "", b"1"),
            ("FIX.4.4", "", b"F"),
            ("FIXT.1.1", "4", b"1"),
            ("FIXT.1.1", "9", b"F"),
            ("FIX.4.0", "", None),
        ):
            client = Client(market.acceptor, "A", version, appl_ver_id)
            client.logon()
            order = order_of(client.send("D", ORDER))
            client.session.send(fill(order), NOW)
            (report,) = client.received()
            self.assertEqual(report.get(b"8"), version.encode())
            self.assertEqual(report.get(b"150"), outcome)
            client.connection.lost(NOW)

    def test_password(self) -> None:
        """A wrong password is refused; any_logon does not open another way in."""
        market = Market(session("A", username="u", password="p"), accept_any_logon="yes")
        for extra, right in (("", False), ("553=u|554=x|", False), ("553=u|554=p|", True)):
            client = Client(market.acceptor, "A")
            self.assertEqual(client.logon(extra) != [], right)
        self.assertEqual(list(market.acceptor.sessions), ["A"])

    def test_conflicts(self) -> None:
        """No two sessions of one name, nor of one identity."""
        market = Market(session("A", begin_string="FIX.4.2"))
        for other in (
            session("A", sender_comp_id="B"),
            session("B", sender_comp_id="A"),
            session("B", sender_comp_id="A", begin_string="FIX.4.2"),
        ):
            self.assertRaises(Conflict, market.acceptor.open, other)
        self.assertEqual(list(market.acceptor.sessions), ["A"])
        market.acceptor.open(session("B", sender_comp_id="A", begin_string="FIX.4.4"))
        market.acceptor.open(session("C"))
        self.assertRaises(
            Conflict, market.acceptor.open, session("D", sender_comp_id="C", begin_string="FIX.4.0")
        )

    def test_close(self) -> None:
        """A session that is closed is disconnected and forgotten; its identity is free."""
        market = Market(session("A"), session("B", sender_comp_id="C", begin_string="FIX.4.4"))
        market.acceptor.open(session("C", begin_string="FIX.4.2"))
        client = Client(market.acceptor, "A")
        client.logon()
        market.acceptor.close("A", NOW)
        self.assertTrue(client.connection.closing)
        self.assertEqual(Client(market.acceptor, "A").logon(), [])
        self.assertRaises(NotFound, market.acceptor.close, "A", NOW)
        market.acceptor.open(session("A"))
        self.assertNotEqual(Client(market.acceptor, "A").logon(), [])
        market.acceptor.close("B", NOW)
        self.assertNotEqual(Client(market.acceptor, "C").logon(), [])


class RequestTests(SynchronousTestCase):
    """Messages of a session, and the answers to those that make no request."""

    def test_order(self) -> None:
        """An order in each version becomes the same request, under the session's name."""
        for version, code in (("FIX.4.2", ""), ("FIX.4.4", ""), ("FIXT.1.1", "9")):
            client = logged_on(version, code)
            data = client.message("D", ORDER)
            order = order_of(client.feed(data))
            self.assertEqual((order.session, order.cl_ord_id, order.raw), ("CLIENT", "C1", data))

    def test_cuts(self) -> None:
        """The same requests and answers come of whole messages, single bytes, and all at once."""

        def conversation(sizes: int) -> tuple[list[str], str]:
            client = Client(Market(accept_any_logon="yes").acceptor)
            data = client.message("A", "98=0|108=30|")
            data += client.message("D", ORDER)
            data += client.message("D", ORDER.replace("54=1", "54=w"))
            data += client.message("1", "112=ping|")
            data += client.message("D", ORDER.replace("11=C1", "11=C2"))
            requests = []
            for start in range(0, len(data), sizes):
                for request in client.requests(data[start : start + sizes]):
                    requests.append(request.cl_ord_id)
                    client.session.send(fill(order_of([request])), NOW)
            return requests, readable(client.connection.data_to_send())

        whole = conversation(10_000)
        self.assertEqual(whole[0], ["C1", "C2"])
        self.assertEqual(
            [part[:3] for part in whole[1].split("|35=")[1:]], ["A|3", "8|3", "3|3", "0|3", "8|3"]
        )
        for sizes in (1, 7, 100):
            self.assertEqual(conversation(sizes), whole)

    def test_malformed(self) -> None:
        """A malformed message gets a Reject, the way that it came, and the next is read."""
        client = logged_on()
        data = client.message("D", ORDER.replace("54=1", "54=w"), "115=JCD|116=CS|")
        self.assertEqual(len(client.feed(data + client.message("D", ORDER))), 1)
        (reject,) = client.received()
        text = "Value is incorrect (out of range) for this tag"
        self.assertTrue(
            readable(reject.raw)
            .split("56=CLIENT|")[1]
            .startswith(f"128=JCD|129=CS|45=2|58={text}|371=54|372=D|373=5|10="),
            readable(reject.raw),
        )

    def test_malformed_before_42(self) -> None:
        """Before FIX.4.2 a Reject has its reason in words only."""
        client = logged_on("FIX.4.1")
        client.send("D", ORDER.replace("54=1|", ""))
        client.send("D", ORDER.replace("44=10.25|", ""))
        client.send("X", "")
        rejects = client.received()
        self.assertEqual(
            [(reject.msg_type, reject.get(b"45"), reject.get(b"58")) for reject in rejects],
            [
                (b"3", b"2", b"Required tag missing (54)"),
                (b"3", b"3", b"Conditionally Required Field Missing (44)"),
                (b"3", b"4", b"Invalid MsgType"),
            ],
        )
        self.assertTrue(all(reject.get(b"373") is None for reject in rejects))

    def test_business(self) -> None:
        """A field that is missing under a condition gets a BusinessMessageReject."""
        for version, code, tells, more in (
            ("FIX.4.2", "", "yes", ""),
            ("FIXT.1.1", "9", "no", ""),
            ("FIXT.1.1", "9", "yes", "1137=9|"),
        ):
            client = logged_on(version, code, tell_appl_ver_id=tells)
            client.send("D", ORDER.replace("44=10.25|", ""), "115=JCD|")
            (reject,) = client.received()
            self.assertIn(
                "56=CLIENT|128=JCD|45=2|58=Conditionally Required Field Missing (44)|372=D|379=C1|"
                f"380=5|{more}10=",
                readable(reject.raw),
            )
            self.assertIn("35=j|", readable(reject.raw))

    def test_other_message(self) -> None:
        """What is no order goes on as it is."""
        client = logged_on()
        (request,) = client.send("V", "262=Q1|146=1|55=AAA|", "115=JCD|")
        assert isinstance(request, OtherMessage)
        self.assertEqual((request.session, request.msg_type, request.ref), ("CLIENT", "V", "2 Q1"))
        event = MessageReject(
            "CLIENT", "V", request.ref, Reason.UNSUPPORTED_MESSAGE, carry=request.carry
        )
        client.session.send(event, NOW)
        (reject,) = client.received()
        self.assertIn(
            "|128=JCD|45=2|58=Unsupported Message Type|372=V|379=Q1|380=3|", readable(reject.raw)
        )

    def test_appl_ver_id_of_a_message(self) -> None:
        """ApplVerID makes one message another version's; one that there is not is rejected."""
        client = logged_on("FIXT.1.1", "9")
        old = ORDER.replace("21=1|", "")
        self.assertEqual(len(client.send("D", old)), 1)
        self.assertEqual(client.send("D", old, "1128=4|"), [])
        self.assertEqual(len(client.send("D", ORDER, "1128=4|")), 1)
        self.assertEqual(client.send("D", ORDER, "1128=1|"), [])
        rejects = client.received()
        self.assertEqual(
            [(reject.get(b"371"), reject.get(b"373")) for reject in rejects],
            [(b"21", b"1"), (b"1128", b"18")],
        )

    def test_another_version_at_a_second_logon(self) -> None:
        """A logon within the session may change the application version."""
        client = logged_on("FIXT.1.1", "9")
        client.seq, client.appl_ver_id = 1, "4"
        client.logon("141=Y|")
        self.assertEqual(client.send("D", ORDER.replace("21=1|", "")), [])
        order = order_of(client.send("D", ORDER))
        client.session.send(fill(order), NOW)
        self.assertEqual([report.get(b"150") for report in client.received()], [None, b"1"])


class EventTests(SynchronousTestCase):
    """Events become messages of the session."""

    def test_report(self) -> None:
        """A whole ExecutionReport, routed back to who is behind the counterparty."""
        client = logged_on()
        order = order_of(client.send("D", f"1=ACC|{ORDER}58=hi|", "115=JCD|128=FLOOR|"))
        client.session.send(fill(order), NOW)
        (report,) = client.received()
        self.assertEqual(
            readable(report.raw).split("|", 2)[2][:-7],
            "35=8|34=2|49=XSIM|52=20240102-03:04:05.000|56=CLIENT|115=FLOOR|128=JCD|"
            "6=10.2|11=C1|14=40|17=23|20=0|31=10.2|32=40|37=17|38=100|39=1|40=2|44=10.25|54=1|"
            "55=AAA|59=0|60=20240102-03:04:05.000|150=1|151=60|58=hi|1=ACC|",
        )

    def test_cancel_reject(self) -> None:
        """An OrderCancelReject too."""
        client = logged_on()
        body = "11=C2|41=C1|54=1|55=AAA|60=20240102-03:04:05|"
        (request,) = client.send("F", body, "115=JCD|")
        event = CancelReject(
            "CLIENT",
            "C2",
            "C1",
            "",
            OrdStatus.REJECTED,
            False,
            Reason.UNKNOWN_ORDER,
            NOW,
            carry=request.carry,
        )
        client.session.send(event, NOW)
        (reject,) = client.received()
        self.assertIn(
            "|35=9|34=2|49=XSIM|52=20240102-03:04:05.000|56=CLIENT|128=JCD|11=C2|37=NONE|39=8|"
            "41=C1|58=unknown order|60=20240102-03:04:05.000|102=1|434=1|10=",
            readable(reject.raw),
        )

    def test_time_stamps(self) -> None:
        """Digits of the second as the version has them, or as the session says."""
        for version, keys, stamp in (
            ("FIX.4.1", {"timestamp_digits": ""}, b"20240102-03:04:05"),
            ("FIX.4.4", {"timestamp_digits": ""}, b"20240102-03:04:05.000"),
            ("FIX.4.1", {"timestamp_digits": "3"}, b"20240102-03:04:05.000"),
            ("FIX.4.4", {"timestamp_digits": "6"}, b"20240102-03:04:05.000000"),
        ):
            client = logged_on(version, **keys)
            client.session.send(fill(order_of(client.send("D", ORDER))), NOW)
            (report,) = client.received()
            self.assertEqual((report.get(b"52"), report.get(b"60")), (stamp, stamp))

    def test_offline(self) -> None:
        """What happens while nobody is logged on is numbered, and sent when asked for."""
        market = Market(session("A"))
        client = Client(market.acceptor, "A")
        client.logon()
        order = order_of(client.send("D", ORDER))
        client.connection.lost(NOW)
        away = market.acceptor.sessions["A"]
        events: list[Event] = [fill(order), Outgoing("A", (("35", "B"), ("148", "news")))]
        for event in events:
            away.send(event, NOW)
        self.assertEqual(away.view().next_out, 4)
        back = Client(market.acceptor, "A")
        back.seq = client.seq
        (logon,) = back.logon()
        self.assertEqual(logon.seq, 4)
        back.send("2", "7=2|16=0|")
        resent = back.received()
        self.assertEqual(
            [(message.msg_type, message.seq, message.get(b"43")) for message in resent],
            [(b"8", 2, b"Y"), (b"B", 3, b"Y"), (b"4", 4, b"Y")],
        )

    def test_never_logged_on(self) -> None:
        """A session that nobody ever used keeps its messages just so."""
        market = Market(session("A"))
        away = market.acceptor.sessions["A"]
        away.send_fields([("35", "B"), ("148", "news")], NOW)
        self.assertEqual(away.view().next_out, 2)
        self.assertEqual(away.view().state, "offline")


class SessionTests(SynchronousTestCase):
    """The life of a session, as others see it."""

    def test_view(self) -> None:
        """State, numbers, and where it is connected from."""
        market = Market(session("A"))
        away = market.acceptor.sessions["A"]
        view = away.view()
        self.assertEqual(
            (view.state, view.next_in, view.next_out, view.peer), ("offline", 1, 1, "")
        )
        self.assertIsNone(away.connection)
        client = Client(market.acceptor, "A")
        client.logon()
        view = away.view()
        self.assertEqual((view.state, view.next_in, view.next_out), ("active", 2, 2))
        self.assertEqual(view.peer, "127.0.0.1:999")
        self.assertIs(away.connection, client.connection)
        client.connection.lost(NOW)
        self.assertEqual((away.view().state, away.view().peer), ("offline", ""))
        self.assertIsNone(away.connection)
        self.assertIs(client.connection.session, away)

    def test_logout(self) -> None:
        """A logout waits for its answer, then the connection closes."""
        client = logged_on()
        client.session.logout("bye", NOW)
        (logout,) = client.received()
        self.assertEqual((logout.msg_type, logout.get(b"58")), (b"5", b"bye"))
        self.assertEqual(client.session.view().state, "logout")
        self.assertIs(client.session.connection, client.connection)
        self.assertFalse(client.connection.closing)
        client.send("5", "")
        self.assertTrue(client.connection.closing)
        self.assertIsNone(client.session.connection)

    def test_logout_unanswered(self) -> None:
        """A logout that gets no answer ends when its time is up."""
        client = logged_on(logout_timeout="3s")
        client.session.logout("", NOW)
        self.assertEqual(client.connection.next_deadline(), NOW + 3 * SECOND)
        client.connection.deadline(NOW + 3 * SECOND)
        self.assertTrue(client.connection.closing)

    def test_heartbeat(self) -> None:
        """Time passing is told to the machine."""
        client = logged_on()
        due = client.connection.next_deadline()
        self.assertEqual(due, NOW + 30 * SECOND)
        client.connection.deadline(NOW + 30 * SECOND)
        self.assertEqual([message.msg_type for message in client.received()], [b"0"])

    def test_disconnect_and_reset(self) -> None:
        """Both close the connection; a reset starts the numbers again."""
        client = logged_on()
        client.session.disconnect(NOW)
        self.assertTrue(client.connection.closing)
        self.assertEqual(client.session.view().next_in, 2)
        client.session.reset(NOW)
        self.assertEqual((client.session.view().next_in, client.session.view().next_out), (1, 1))

    def test_journal(self) -> None:
        """What comes and goes is recorded under the session's name, as it was on the wire."""
        market = Market(session("desk", sender_comp_id="A", password="secret"))
        client = Client(market.acceptor, "A")
        client.logon("554=secret|")
        kinds = [(kind, name) for kind, name, _ in market.journal]
        self.assertEqual(kinds, [(EntryKind.IN, "desk"), (EntryKind.OUT, "desk")])
        self.assertIn(b"554=secret", market.journal[0][2])
