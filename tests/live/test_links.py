"""Links over real sockets: TLS, unix sockets, IPv6, and simulators that connect to simulators."""

from __future__ import annotations

import shutil
import socket
import ssl
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trustme
from twisted.application.service import IServiceCollection
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.internet.testing import EventLoggingObserver
from twisted.internet.threads import deferToThread
from twisted.logger import formatEvent, globalLogPublisher
from twisted.trial.unittest import TestCase

from exsim.config.load import load
from exsim.interfaces import ISession
from exsim.plugins import Catalogue
from exsim.services import peer as peers
from exsim.services.endpoints import EndpointService
from exsim.services.listening import host_and_port
from exsim.services.peer import Peer
from exsim.services.rest import RestService
from exsim.services.tree import build

PATIENCE = 10.0
"""Seconds to wait for anything."""
VENUE = """
[rest]
listen = none
[venue:{name}]
policies = match
[instrument:{name}:AAA]
tick = 0.01
[endpoint:x]
venue = {name}
protocol = fix
comp_id = {name}
listen = {listen}
"""
ACCEPTOR = VENUE.replace("{name}", "HERE") + "accept_any_logon = yes\n"
INITIATOR = """
[session:out]
endpoint = x
sender_comp_id = HERE
begin_string = FIX.4.4
reconnect_min = 20ms
reconnect_max = 100ms
connect = {connect}
"""
THERE = VENUE.replace("{name}", "THERE").replace("{listen}", "none") + INITIATOR


class Running:
    """A simulator in this process, on the real reactor."""

    def __init__(self, case: LinkTestCase, text: str, **values: object) -> None:
        path = case.folder / f"{len(list(case.folder.iterdir()))}.ini"
        path.write_text(text.format(**values))
        self._tree: Any = build(load(str(path), [], Catalogue()), reactor)
        self._tree.privilegedStartService()
        self._tree.startService()
        case.addCleanup(self.stop)
        branch = IServiceCollection(self._tree).getServiceNamed("endpoints")
        service = IServiceCollection(branch).getServiceNamed("endpoint:x")
        assert isinstance(service, EndpointService)
        self.service = service
        self.exchange = service.dispatcher.exchange

    async def stop(self) -> None:
        """Stop it in good order."""
        if self._tree.running:
            await self._tree.stopService()

    @property
    def address(self) -> tuple[str, int]:
        """Where its endpoint listens."""
        host, port = host_and_port(self.service.port)
        assert port is not None
        return host, port

    @property
    def rest_url(self) -> str:
        """Where REST is found."""
        rest = IServiceCollection(self._tree).getServiceNamed("rest")
        assert isinstance(rest, RestService)
        return rest.url

    def session(self, name: str) -> ISession:
        """A session."""
        return self.exchange.session(name)[1]

    def active(self, name: str) -> bool:
        """Whether a session is logged on."""
        sessions = self.exchange.sessions
        return name in sessions and sessions[name].view().state == "active"

    def send(self, name: str, fields: str) -> None:
        """Have a session send a message; ``|`` between the fields."""
        pairs = [tuple(field.split("=")) for field in fields.split("|")]
        session = self.session(name)
        session.send_fields(pairs, self.service.dispatcher.now())  # type: ignore[arg-type]
        self.exchange.touch(session)
        self.service.dispatcher.turn_over()

    def journal(self, text: str) -> int:
        """How many entries of the journal have this text, ``|`` for SOH."""
        wanted = text.replace("|", "\x01").encode()
        return sum(wanted in entry.data for entry in self.exchange.journal.entries(0))

    def cut(self) -> None:
        """Listen no more, and lose all connections without a word."""
        assert self.service.port is not None
        self.service.port.stopListening()
        self.service.port = None
        self.service._cut()


class LinkTestCase(TestCase):
    """Simulators, a folder of their own, and what they say in the log."""

    def setUp(self) -> None:
        """Have them."""
        self.folder = Path(tempfile.mkdtemp())  # short: it has to fit the name of a socket
        self.addCleanup(shutil.rmtree, self.folder)
        self.observer = EventLoggingObserver()
        globalLogPublisher.addObserver(self.observer)
        self.addCleanup(globalLogPublisher.removeObserver, self.observer)

    @property
    def said(self) -> list[str]:
        """The lines of the log so far."""
        return [formatEvent(event) for event in self.observer]

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the reactor run until a condition holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, "\n".join(self.said))
            await deferLater(reactor, 0.002)

    async def told(self, *words: str) -> None:
        """Let the reactor run until a line of the log has these words."""
        await self.until(lambda: any(all(word in line for word in words) for line in self.said))


class TlsTests(LinkTestCase):
    """TLS 1.2 and later, with certificates on both sides."""

    def setUp(self) -> None:
        """Have a CA, a certificate of the simulator's, and one of a client's."""
        super().setUp()
        self.ca = trustme.CA()
        self.write("ca.pem", self.ca.cert_pem)
        between = self.ca.create_child_ca()  # the files have to have its certificate, too
        self.write_certificate("server", between.issue_cert("127.0.0.1", "localhost"))
        self.write_certificate("client", between.issue_cert("client.example"))

    def write(self, name: str, *blobs: trustme.Blob) -> Path:
        """Write a file of PEMs."""
        path = self.folder / name
        path.write_bytes(b"".join(blob.bytes() for blob in blobs))
        return path

    def write_certificate(self, name: str, made: trustme.LeafCert) -> None:
        """Write a certificate with those that lead up to its CA, and its key."""
        self.write(f"{name}.pem", *made.cert_chain_pems)
        self.write(f"{name}.key", made.private_key_pem)

    def serve(self, more: str = "") -> Running:
        """A simulator that listens with TLS."""
        keys = f"tls_certificate = server.pem\ntls_key = server.key\n{more}"
        return Running(self, ACCEPTOR + keys, listen="tcp:0:interface=127.0.0.1")

    def context(self, certificate: str = "") -> ssl.SSLContext:
        """What a client trusts and shows."""
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        if certificate:
            files = (self.folder / f"{certificate}.pem", self.folder / f"{certificate}.key")
            context.load_cert_chain(*map(str, files))
        return context

    def call(self, served: Running, context: ssl.SSLContext) -> Deferred[ssl.SSLSocket]:
        """Connect, log on and read the answer in another thread."""
        return deferToThread(log_on, served.address, context)

    async def refused(self, served: Running, context: ssl.SSLContext) -> str:
        """Why a client does not get in."""
        error: Any = await self.assertFailure(self.call(served, context), ssl.SSLError)
        self.assertEqual(served.journal("|35=A|"), 0)
        return str(error.reason)

    async def test_client_certificate(self) -> None:
        """One of the right CA lets in; it speaks TLS 1.3, or 1.2 where a client needs that."""
        served = self.serve("tls_client_ca = ca.pem\n")
        for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
            context = self.context("client")
            context.maximum_version = version
            with await self.call(served, context) as client:
                self.assertEqual(client.version(), version.name.replace("_", "."))
                self.assertEqual([_has_no_delay(peer) for peer in served.service.peers], [True])
            await self.until(lambda: not served.service.peers)
        self.assertEqual(served.journal("|35=A|"), 4)

    async def test_old_versions(self) -> None:
        """TLS 1.1 is refused, by us."""
        context = self.context()
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")  # else the client itself would refuse
        why = await self.refused(self.serve(), context)
        self.assertEqual(why, "TLSV1_ALERT_PROTOCOL_VERSION")

    async def test_no_client_certificate(self) -> None:
        """Where one is asked for, none is not enough; the log tells."""
        why = await self.refused(self.serve("tls_client_ca = ca.pem\n"), self.context())
        self.assertEqual(why, "TLSV13_ALERT_CERTIFICATE_REQUIRED")
        await self.told("x: the connection with 127.0.0.1:", "peer did not return a certificate")

    async def test_wrong_client_certificate(self) -> None:
        """Nor is one of another CA."""
        self.write_certificate("stranger", trustme.CA().issue_cert("client.example"))
        served = self.serve("tls_client_ca = ca.pem\n")
        why = await self.refused(served, self.context("stranger"))
        self.assertIn(why, ("TLSV1_ALERT_UNKNOWN_CA", "TLSV1_ALERT_DECRYPT_ERROR"))

    async def test_plain_client(self) -> None:
        """One that speaks no TLS is hung up on."""
        served = self.serve()
        answer = await deferToThread(plain_answer, served.address)
        self.assertNotIn(b"35=A", answer)
        self.assertEqual(served.journal("|35=A|"), 0)

    async def test_who_does_not_read_is_cut_off(self) -> None:
        """Back-pressure comes through TLS: what is queued is counted, and is bounded."""
        self.patch(peers, "MOST_QUEUED", 100_000)
        served = self.serve()
        with await self.call(served, self.context()):
            turns = 0
            while served.active("ME"):
                served.send("ME", "35=B|148=" + 100_000 * "x")
                await deferLater(reactor, 0)
                turns += 1
                self.assertLess(turns, 1000)
        await self.told("bytes unread and is cut off")

    async def test_rest(self) -> None:
        """REST speaks HTTPS likewise, and its URL says so."""
        text = ACCEPTOR.replace("none\n", "tcp:0:interface=127.0.0.1\ntls_certificate = both.pem\n")
        both = b"".join((self.folder / f"server.{end}").read_bytes() for end in ("key", "pem"))
        (self.folder / "both.pem").write_bytes(both)
        served = Running(self, text, listen="tcp:0:interface=127.0.0.1")
        url = served.rest_url
        self.assertTrue(url.startswith("https://127.0.0.1:"), url)
        answer = await deferToThread(get, f"{url}/api/v1/health/live", self.context())
        self.assertEqual(answer, 200)

    async def test_initiator(self) -> None:
        """It shows its certificate, checks the counterparty's, and trades."""
        served = self.serve("tls_client_ca = ca.pem\n")
        keys = "tls_ca = ca.pem\ntls_certificate = client.pem\ntls_key = client.key\n"
        there = self.connect(served, keys)
        await self.until(lambda: there.active("out") and served.active("THERE"))
        self.assertEqual([_has_no_delay(peer) for peer in there.service.called], [True])

    def connect(self, served: Running, keys: str) -> Running:
        """A simulator that connects to another."""
        return Running(self, THERE + keys, connect=f"tcp:127.0.0.1:{served.address[1]}")

    async def test_initiator_checks_the_name(self) -> None:
        """A certificate for another name is not good enough."""
        there = self.connect(self.serve(), "tls_ca = ca.pem\ntls_host = venue.example\n")
        await self.told("x: session out: not logged on: ")
        await self.told("x: session out: next attempt")
        self.assertFalse(there.active("out"))

    async def test_initiator_checks_the_ca(self) -> None:
        """Nor is one of a CA that it does not trust."""
        self.write("other.pem", trustme.CA().cert_pem)
        there = self.connect(self.serve(), "tls_ca = other.pem\n")
        await self.told("x: session out: not logged on: ", "certificate verify failed")
        self.assertFalse(there.active("out"))

    async def test_initiator_without_a_certificate(self) -> None:
        """Where the counterparty asks for one it says so, and tries again."""
        there = self.connect(self.serve("tls_client_ca = ca.pem\n"), "tls_ca = ca.pem\n")
        await self.told("x: session out: not logged on: ", "certificate required")
        await self.told("x: session out: next attempt")
        self.assertFalse(there.active("out"))


class InitiatorTests(LinkTestCase):
    """A simulator that connects to another, over each kind of link."""

    async def linked(self, listen: str, connect: str = "") -> tuple[Running, Running]:
        """One that listens and one that connects, logged on."""
        here = Running(self, ACCEPTOR, listen=listen)
        target = connect or f"tcp:127.0.0.1:{here.address[1]}"
        there = Running(self, THERE, connect=target)
        await self.until(lambda: there.active("out") and here.active("THERE"))
        return here, there

    async def trade(self, here: Running, there: Running, number: int) -> None:
        """Two orders meet at the one that connected; the other hears of it."""
        before = here.journal("|150=F|"), len(there.service.endpoint.venue.trades)
        for side in "12":
            here.send(
                "THERE",
                f"35=D|11={number}{side}|55=AAA|54={side}|38=5|40=2|44=10|59=0"
                "|60=20240304-12:00:00",
            )
        await self.until(lambda: here.journal("|150=F|") == before[0] + 2)
        self.assertEqual(len(there.service.endpoint.venue.trades), before[1] + 1)

    async def test_trades(self) -> None:
        """Orders and fills pass in both directions."""
        here, there = await self.linked("tcp:0:interface=127.0.0.1")
        await self.trade(here, there, 1)
        self.assertEqual([_has_no_delay(peer) for peer in there.service.called], [True])

    async def test_unix(self) -> None:
        """Over a socket file."""
        path = self.folder / "venue.sock"
        here, there = await self.linked(f"unix:{path}", f"unix:{path}")
        await self.trade(here, there, 1)
        self.assertEqual(there.session("out").view().peer, str(path))

    async def test_ipv6(self) -> None:
        """Over IPv6."""
        if not has_ipv6():
            self.skipTest("this machine has no IPv6")
        here = Running(self, ACCEPTOR, listen=r"tcp6:0:interface=\:\:1")
        port = here.address[1]
        there = Running(self, THERE, connect=rf"tcp:\:\:1:{port}")
        await self.until(lambda: there.active("out") and here.active("THERE"))
        await self.trade(here, there, 1)
        self.assertEqual(there.session("out").view().peer, f"[::1]:{port}")

    async def test_comes_back(self) -> None:
        """After a cut it tries until it is logged on again, and what was missed is sent again."""
        path = self.folder / "venue.sock"
        here, there = await self.linked(f"unix:{path}", f"unix:{path}")
        await self.trade(here, there, 1)
        here.cut()
        await self.until(lambda: not there.active("out"))
        there.send("out", "35=B|148=while you were out")
        await self.until(lambda: sum("cannot connect" in line for line in self.said) >= 3)
        await here.service.listen()
        await self.until(lambda: there.active("out") and here.active("THERE"))
        await self.until(lambda: here.journal("|43=Y|"))
        self.assertEqual(here.journal("|148=while you were out|"), 1)
        await self.trade(here, there, 2)

    async def test_another_comes_back(self) -> None:
        """A counterparty that forgot everything is logged on to with ResetSeqNumFlag."""
        path = self.folder / "venue.sock"
        here = Running(self, ACCEPTOR, listen=f"unix:{path}")
        there = Running(self, THERE + "reset_on_logon = yes\n", connect=f"unix:{path}")
        await self.until(lambda: there.active("out"))
        await self.trade(here, there, 1)
        here.cut()
        await self.until(lambda: not there.active("out"))
        await here.stop()
        again = Running(self, ACCEPTOR, listen=f"unix:{path}")
        await self.until(lambda: there.active("out") and again.active("THERE"))
        await self.trade(again, there, 2)

    async def test_stop(self) -> None:
        """Whoever stops logs out; an initiator does not come back then."""
        here, there = await self.linked("tcp:0:interface=127.0.0.1")
        await there.stop()
        self.assertEqual(here.journal("|35=5|"), 2)
        await self.until(lambda: not here.service.peers)
        self.assertFalse(there.service.called)


def log_on(address: tuple[str, int], context: ssl.SSLContext) -> ssl.SSLSocket:
    """Connect with TLS and log on; the socket once that is answered."""
    plain = socket.create_connection(address, timeout=PATIENCE)
    try:
        client = context.wrap_socket(plain, server_hostname=address[0])
        client.sendall(logon())
        answer = client.recv(65536)
    except OSError:
        plain.close()
        raise
    if b"35=A" not in answer:
        client.close()
        raise AssertionError(f"the logon was answered {answer!r}")
    return client


def get(url: str, context: ssl.SSLContext) -> int:
    """The status that a URL is answered with."""
    with urllib.request.urlopen(url, timeout=PATIENCE, context=context) as answer:
        status: int = answer.status
        return status


def plain_answer(address: tuple[str, int]) -> bytes:
    """What a plain client is sent until it is hung up on."""
    with socket.create_connection(address, timeout=PATIENCE) as client:
        client.sendall(logon())
        found = b""
        while data := client.recv(65536):
            found += data
        return found


def logon() -> bytes:
    """That of FIX.4.4 from ME."""
    now = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
    fields = f"35=A|34=1|49=ME|52={now}|56=HERE|98=0|108=30|141=Y|".replace("|", "\x01")
    text = f"8=FIX.4.4\x019={len(fields)}\x01{fields}"
    return f"{text}10={sum(text.encode()) % 256:03}\x01".encode()


def has_ipv6() -> bool:
    """Whether this machine has the address ::1."""
    try:
        with socket.socket(socket.AF_INET6) as trial:
            trial.bind(("::1", 0))
    except OSError:
        return False
    return True


def _has_no_delay(peer: Peer) -> bool:
    transport: Any = peer.transport
    return bool(transport.getTcpNoDelay())
