"""Sessions held to the dictionary of the version that they speak, as their keys say."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.codes import Reason
from exsim.model.events import MessageReject
from exsim.model.requests import OtherMessage
from exsim.model.settings import EndpointSettings
from exsim.protocols.fix_check import CHECKS
from tests.fix_market import NOW, ORDER, PROTOCOL, Client, endpoint


def validating(**keys: str) -> EndpointSettings:
    """An endpoint that any counterparty may log on to, with these keys."""
    return endpoint(**{"accept_any_logon": "yes", "validate": "yes", **keys})


def client(version: str = "FIX.4.4", appl_ver_id: str = "9", **keys: str) -> Client:
    """A counterparty that has logged on to an endpoint with these keys."""
    options = validating(**keys)
    acceptor = PROTOCOL.acceptor(options, (), lambda time, kind, session, data: 0, {})
    made = Client(acceptor, version=version, appl_ver_id=appl_ver_id)
    made.answers = made.logon()  # type: ignore[attr-defined]
    return made


class CheckTests(SynchronousTestCase):
    """What the dictionary does not allow is rejected, and asks for no order."""

    def rejected(self, who: Client, body: str) -> tuple[str, str] | None:
        """Reason and tag of the Reject that an order gets, or None when it is taken."""
        requests = who.send("D", body)
        if requests:
            return None
        (reject,) = who.received()
        self.assertEqual(reject.msg_type, b"3")
        return reject.fields[b"373"].decode(), reject.fields.get(b"371", b"").decode()

    def test_faults(self) -> None:
        """One of each kind that a plain order can have."""
        for body, reason, tag in (
            ("11=C1|40=2|54=1|55=AAA|38=1|44=1|", "1", "60"),
            (ORDER + "999=1|", "0", "999"),
            (ORDER + "150=0|", "2", "150"),
            (ORDER + "1=|", "4", "1"),
            (ORDER.replace("54=1", "54=w"), "5", "54"),
            (ORDER.replace("38=100", "38=ten"), "6", "38"),
            (ORDER + "11=C1|", "13", "11"),
            (ORDER + "97=Y|", "14", "97"),
            (ORDER + "453=2|448=A|447=D|452=1|", "16", "453"),
        ):
            self.assertEqual(self.rejected(client(), body), (reason, tag), body)

    def test_switches(self) -> None:
        """Each key lets pass what it names."""
        for key, body in (
            ("reject_unknown", ORDER + "999=1|"),
            ("reject_undeclared", ORDER + "150=0|"),
            ("reject_empty", ORDER + "1=|"),
            ("reject_repeated", ORDER + "11=C1|"),
            ("reject_order", ORDER + "97=Y|"),
            ("reject_group_count", ORDER + "78=2|79=A|"),
        ):
            self.assertIsNotNone(self.rejected(client(), body), key)
            self.assertIsNone(self.rejected(client(**{key: "no"}), body), key)
            self.assertIsNone(self.rejected(client(validate="no"), body), key)

    def test_group_entries(self) -> None:
        """A group may have so many entries and no more."""
        two, three = ("".join(f"79=A{n}|80=1|" for n in range(count)) for count in (2, 3))
        strict = {"max_group_entries": "2"}
        self.assertIsNone(self.rejected(client(**strict), ORDER + "78=2|" + two))
        self.assertEqual(self.rejected(client(**strict), ORDER + "78=3|" + three), ("5", "78"))
        for keys in ({}, {"max_group_entries": "0"}, {**strict, "validate": "no"}):
            self.assertIsNone(self.rejected(client(**keys), ORDER + "78=3|" + three))

    def test_user_defined(self) -> None:
        """Tags of one's own are let pass unless they are refused."""
        body = ORDER + "5001=x|"
        self.assertIsNone(self.rejected(client(), body))
        self.assertEqual(self.rejected(client(reject_user_defined="yes"), body), ("0", "5001"))

    def test_versions_differ(self) -> None:
        """What one version has, another has not."""
        body = ORDER + "847=1|"  # TargetStrategy, from FIX.4.4
        self.assertIsNone(self.rejected(client("FIX.4.4"), body))
        self.assertEqual(self.rejected(client("FIX.4.2"), body), ("0", "847"))

    def test_application_version(self) -> None:
        """Over FIXT.1.1 it is the version of the logon, or the message's own."""
        body = ORDER + "2362=x|"  # SelfMatchPreventionID, of late FIX.5.0SP2
        self.assertIsNone(self.rejected(client("FIXT.1.1", "9"), body))
        self.assertEqual(self.rejected(client("FIXT.1.1", "7"), body), ("0", "2362"))
        who = client("FIXT.1.1", "7")
        self.assertEqual(len(who.send("D", body, "1128=9|")), 1)
        self.assertEqual(who.send("D", ORDER, "1128=z|"), [])
        self.assertEqual(who.received()[0].fields[b"373"], b"18")

    def test_version_of_type(self) -> None:
        """A Logon may name another version for some types of message."""
        acceptor = PROTOCOL.acceptor(validating(), (), lambda time, kind, session, data: 0, {})
        who = Client(acceptor, version="FIXT.1.1", appl_ver_id="7")
        self.assertEqual(len(who.logon("384=2|372=8|385=R|372=D|385=S|1130=9|")), 1)
        body = ORDER + "2362=x|"  # of late FIX.5.0SP2
        self.assertEqual(len(who.send("D", body)), 1)
        self.assertEqual(who.send("D", body, "1128=8|"), [])
        self.assertEqual(who.received()[0].fields[b"371"], b"2362")
        self.assertEqual(who.send("D", ORDER.replace("38=", "152=") + "1138=5|", "1128=6|"), [])
        who.received()
        who.connection.lost(NOW)
        again = Client(acceptor, version="FIXT.1.1", appl_ver_id="7")
        again.seq = who.seq
        again.logon()
        self.assertEqual(again.send("D", body), [])  # of that Logon alone

    def test_logon(self) -> None:
        """A logon is held to it, too, but for fields that its version does not have."""
        options = validating()
        acceptor = PROTOCOL.acceptor(options, (), lambda time, kind, session, data: 0, {})
        odd = Client(acceptor, version="FIX.4.4")
        self.assertEqual(odd.logon("141=maybe|"), [])
        self.assertTrue(odd.connection.closing)
        self.assertEqual(
            odd.connection.why,
            "the Logon is not valid: Incorrect data format for value (tag 141)",
        )
        old = Client(acceptor, version="FIX.4.0")
        self.assertEqual(old.logon("141=Y|553=me|5001=x|")[0].msg_type, b"A")
        self.assertEqual(old.send("0", "553=me|"), [])
        self.assertEqual(old.received()[0].msg_type, b"3")

    def test_shared(self) -> None:
        """Sessions that check the same things share their validators."""
        options = validating()
        acceptor = PROTOCOL.acceptor(options, (), lambda time, kind, session, data: 0, {})
        for name in ("A", "B"):
            Client(acceptor, name=name).logon()
        self.assertEqual(len(acceptor._validators), 1)
        self.assertEqual(len(CHECKS), 14)


class MannersTests(SynchronousTestCase):
    """What keeps two engines, or a stranger, from doing harm."""

    def test_a_refusal_is_not_refused(self) -> None:
        """A BusinessMessageReject that nobody takes is passed over: else it would never end."""
        who = client()
        (request,) = who.send("j", "45=2|372=8|380=3|")
        assert isinstance(request, OtherMessage)
        refused = MessageReject("CLIENT", "j", request.ref, Reason.UNSUPPORTED_MESSAGE)
        who.session.send(refused, NOW)
        self.assertEqual(who.received(), [])

    def test_refused_logons_take_no_place(self) -> None:
        """Sessions made for logons that were then refused make room for others."""
        options = validating(max_sessions="2")
        acceptor = PROTOCOL.acceptor(options, (), lambda time, kind, session, data: 0, {})
        for name in ("BAD1", "BAD2"):
            self.assertEqual(Client(acceptor, name=name).logon("141=maybe|"), [])
        self.assertEqual(len(acceptor.sessions), 2)
        for name in ("GOOD1", "GOOD2"):
            self.assertEqual(Client(acceptor, name=name).logon()[0].msg_type, b"A")
        self.assertEqual(sorted(acceptor.sessions), ["GOOD1", "GOOD2"])
        self.assertEqual(Client(acceptor, name="LATE").logon(), [])
