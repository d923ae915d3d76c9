"""Keys for links: what to connect to, listening nowhere, and the files of TLS."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import trustme
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from twisted.internet.endpoints import clientFromString
from twisted.internet.testing import MemoryReactor
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.listen import brings_tls, connect, host_of
from exsim.config.load import load
from exsim.errors import ConfigError
from exsim.plugins import Catalogue
from tests.config_fakes import ConfigTestCase
from tools.reference import ROOT

GOOD = {
    "tcp:127.0.0.1:9878": "127.0.0.1",
    "tcp:host=venue.example:port=9878:timeout=5": "venue.example",
    "tcp:host=venue.example:9878": "venue.example",
    r"tcp:\:\:1:9878": "::1",
    "tls:venue.example:9878": "venue.example",
    "unix:/run/venue.sock": "",
    "unix:path=/run/venue.sock:timeout=5": "",
}
"""Client descriptions, and the host in each."""

BASE = "[venue:X]\n[endpoint:oe]\nvenue = X\nprotocol = telegraph\ncomp_id = X\nlisten = tcp:0\n"
"""Six lines; keys of the endpoint follow."""
EXAMPLE = re.compile(r"::\n\n((?:    .*\n|\n)+)")
SESSION = BASE.replace("tcp:0", "none") + "[session:C]\nendpoint = oe\n"
"""Eight lines; keys of the session follow."""


class ConnectTests(SynchronousTestCase):
    """Client descriptions."""

    def test_good(self) -> None:
        """What is let through is what Twisted takes, and comes back as it was."""
        for value, host in GOOD.items():
            self.assertEqual(connect(value), value)
            self.assertEqual(host_of(value), host)
            clientFromString(MemoryReactor(), value)

    def test_bad(self) -> None:
        """The rest is told what would be right."""
        for value, hint in {
            "9878": "such as tcp:127.0.0.1:9878",
            "127.0.0.1:9878": "such as tcp:127.0.0.1:9878",
            "tpc:127.0.0.1:9878": "did you mean 'tcp'?",
            "tcp:9878": "needs a host and a port, such as tcp:127.0.0.1:9878",
            "tcp:127.0.0.1": "needs a host and a port",
            "tcp:127.0.0.1:0": "'0' in 'tcp:127.0.0.1:0' is no port from 1 to 65535",
            "tcp:127.0.0.1:65536": "is no port from 1 to 65535",
            "tcp:127.0.0.1:x": "is no port from 1 to 65535",
            "unix:": "names no socket file, such as unix:/run/venue.sock",
        }.items():
            error = self.assertRaises(ValueError, connect, value)
            self.assertIn(repr(value), str(error))
            self.assertIn(hint, str(error))

    def test_brings_tls(self) -> None:
        """Two kinds speak TLS by themselves."""
        kinds = {kind: brings_tls(f"{kind}:x:1") for kind in ("tcp", "unix", "ssl", "tls")}
        self.assertEqual(kinds, {"tcp": False, "unix": False, "ssl": True, "tls": True})


class SessionTests(ConfigTestCase):
    """Sessions that connect by themselves."""

    def test_values(self) -> None:
        """What is given, and what is not."""
        (session,) = self.load(SESSION + "connect = tcp:10.0.0.1:1\nreconnect_min = 5ms\n").sessions
        self.assertEqual(session.connect, "tcp:10.0.0.1:1")
        self.assertEqual((session.reconnect_min, session.reconnect_max), (5 * 10**6, 60 * 10**9))
        self.assertEqual((session.tls_ca, session.tls_certificate, session.tls_host), ("", "", ""))

    def test_nobody_can_connect(self) -> None:
        """An endpoint that does not listen is of no use to a session that does not connect."""
        why = "nobody can connect to it, since [endpoint:oe] has listen = none"
        self.assertEqual(self.problems(SESSION), [f":7: [session:C] needs 'connect': {why}"])

    def test_listening_nowhere_is_shared(self) -> None:
        """Any number of endpoints may listen nowhere."""
        other = BASE.replace("[venue:X]\n", "").replace("oe]", "other]").replace("tcp:0", "none")
        settings = self.load(BASE.replace("tcp:0", "none") + other)
        self.assertEqual([one.listen for one in settings.endpoints], ["none", "none"])

    def test_waits(self) -> None:
        """They have to make sense, each and together."""
        for text, expected in {
            "reconnect_min = 0s": "reconnect_min: '0s' is too short: give 1ms or more",
            "reconnect_max = soon": "reconnect_max: 'soon' is no time span such as 250ms, 30s, 5m"
            " or 1h",
            "reconnect_max = 500ms": "reconnect_max: reconnect_max is shorter than reconnect_min",
            "reconnect_min = 2m": "reconnect_min: reconnect_max is shorter than reconnect_min",
        }.items():
            found = self.problems(SESSION + f"connect = tcp:10.0.0.1:1\n{text}\n")
            self.assertEqual(found, [f":10: [session:C] {expected}"])

    def test_connect(self) -> None:
        """What is no description is told with its line."""
        (found,) = self.problems(SESSION + "connect = tcp:9878\n")
        self.assertTrue(found.startswith(":9: [session:C] connect: 'tcp:9878' needs a host"), found)


class DocumentTests(SynchronousTestCase):
    """``docs/connections.rst``."""

    def test_examples(self) -> None:
        """Each example is right; the first is whole, and the others change what it has."""
        folder = Path(self.mktemp())
        folder.mkdir()
        made = trustme.CA().issue_cert("hub.example.com")
        for name in ("server", "client", "clients", "ca"):
            (folder / f"{name}.pem").write_bytes(made.cert_chain_pems[0].bytes())
            (folder / f"{name}.key").write_bytes(made.private_key_pem.bytes())
        (folder / "token").write_text("secret")
        document = (ROOT / "docs" / "connections.rst").read_text(encoding="utf-8")
        examples = [_sections(found) for found in EXAMPLE.findall(document)]
        self.assertEqual(len(examples), 6)
        for example in examples:
            path = folder / "x.ini"
            path.write_text("".join({**examples[0], **example}.values()), encoding="utf-8")
            load(str(path), [], Catalogue())


def _sections(text: str) -> dict[str, str]:
    """The sections of an ini by title."""
    sections = dedent(text).lstrip().split("\n[")
    return {one.partition("]")[0].lstrip("["): f"\n[{one.lstrip('[')}" for one in sections}


class TlsTests(ConfigTestCase):
    """Certificates and keys."""

    def setUp(self) -> None:
        """Have files that fit, and some that do not."""
        super().setUp()
        self.folder = self.folder.resolve()
        self.path = self.folder / "x.ini"
        made = trustme.CA().issue_cert("venue.example")
        (certificate,), key = made.cert_chain_pems, made.private_key_pem
        other = trustme.CA().issue_cert("other.example")
        self.file("cert.pem", certificate.bytes())
        self.file("key.pem", key.bytes())
        self.file("both.pem", made.private_key_and_cert_chain_pem.bytes())
        self.file("other.pem", other.private_key_pem.bytes())
        self.file("words.pem", b"no certificate")

    def file(self, name: str, data: bytes) -> None:
        """Write a file beside the configuration."""
        (self.folder / name).write_bytes(data)

    def test_good(self) -> None:
        """Files that fit are taken, as whole paths."""
        keys = "tls_certificate = cert.pem\ntls_key = key.pem\n"
        (endpoint,) = self.load(BASE + keys + "tls_client_ca = cert.pem\n").endpoints
        self.assertEqual(endpoint.tls_key, str(self.folder / "key.pem"))
        self.load(BASE + "tls_certificate = both.pem\n")
        self.load(SESSION + "connect = tcp:10.0.0.1:1\ntls_ca = cert.pem\n" + keys)
        self.load(SESSION + "connect = tcp:10.0.0.1:1\ntls_host = venue.example\n")
        rest = self.load(BASE + "[rest]\n" + keys).rest
        assert rest is not None
        self.assertEqual(rest.tls_certificate, str(self.folder / "cert.pem"))

    def assert_wrong(self, text: str, *expected: str) -> None:
        """Check what is said of a configuration."""
        self.assertEqual(self.problems(text), list(expected))

    def test_files(self) -> None:
        """What is not there, is something else, or does not fit, is told with its line."""
        e, folder = "[endpoint:oe]", "FOLDER"
        certificate = BASE + "tls_certificate = cert.pem\n"
        self.assert_wrong(
            BASE + "tls_certificate = nowhere.pem\n",
            f":7: {e} tls_certificate: {folder}/nowhere.pem cannot be read: "
            "No such file or directory",
        )
        self.assert_wrong(
            BASE + "tls_certificate = words.pem\n",
            f":7: {e} tls_certificate: {folder}/words.pem has no certificate in PEM format",
        )
        self.assert_wrong(
            certificate,
            f":7: {e} tls_certificate: {folder}/cert.pem has no private key in PEM format",
        )
        self.assert_wrong(
            certificate + "tls_key = words.pem\n",
            f":8: {e} tls_key: {folder}/words.pem has no private key in PEM format",
        )
        self.assert_wrong(
            certificate + "tls_key = other.pem\n",
            f":8: {e} tls_key: {folder}/other.pem is not the key of the certificate",
        )
        self.assert_wrong(
            certificate + "tls_key = key.pem\ntls_client_ca = words.pem\n",
            f":9: {e} tls_client_ca: {folder}/words.pem has no certificate in PEM format",
        )

    def test_password(self) -> None:
        """A key with a password is refused; nobody is asked for it."""
        key = ec.generate_private_key(ec.SECP256R1())
        lock = BestAvailableEncryption(b"secret")
        self.file("locked.pem", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
        self.assert_wrong(
            BASE + "tls_certificate = cert.pem\ntls_key = locked.pem\n",
            ":8: [endpoint:oe] tls_key: FOLDER/locked.pem has a password: give a key without one",
        )

    def test_server_keys_alone(self) -> None:
        """Keys that do nothing without others, or with what listens, are told."""
        e, both = "[endpoint:oe]", "tls_certificate = both.pem\n"
        needs = "is of no use without tls_certificate"
        self.assert_wrong(BASE + "tls_key = key.pem\n", f":7: {e} tls_key: {needs}")
        self.assert_wrong(BASE + "tls_client_ca = cert.pem\n", f":7: {e} tls_client_ca: {needs}")
        self.assert_wrong(
            BASE.replace("tcp:0", "none") + both,
            f":7: {e} tls_certificate: is of no use where listen = none",
        )
        self.assert_wrong(
            BASE.replace("tcp:0", "ssl:0") + both,
            f":7: {e} tls_certificate: 'ssl:0' has TLS of its own: listen at tcp:...",
        )

    def test_client_keys_alone(self) -> None:
        """Likewise for sessions."""
        s = "[session:C]"
        self.assert_wrong(
            BASE + "[session:C]\nendpoint = oe\ntls_ca = cert.pem\n",
            f":9: {s} tls_ca: is of no use without connect",
        )
        self.assert_wrong(
            SESSION + "connect = tls:venue.example:1\ntls_ca = cert.pem\n",
            f":10: {s} tls_ca: 'tls:venue.example:1' has TLS of its own: connect to tcp:...",
        )
        self.assert_wrong(
            SESSION + "connect = unix:/run/x\ntls_ca = cert.pem\n",
            f":9: {s} connect: 'unix:/run/x' has no host: tls_host has to say whose certificate is"
            " right",
        )
        self.assert_wrong(
            SESSION + "connect = tcp:10.0.0.1:1\ntls_key = key.pem\n",
            f":10: {s} tls_key: is of no use without tls_certificate",
        )

    def test_datagrams(self) -> None:
        """A session that is sent datagrams has no TLS."""
        text = BASE.replace("telegraph\ncomp_id = X", "itch\nrole = market-data")
        text += "[session:C]\nendpoint = oe\nconnect = udp:224.0.0.9:1\ntls_ca = cert.pem\n"
        self.path.write_text(text, encoding="utf-8")
        error = self.assertRaises(ConfigError, load, str(self.path), [], Catalogue())
        (problem,) = error.problems
        self.assertEqual(
            str(problem),
            f"{self.path}:10: [session:C] tls_ca: is of no use with 'udp:224.0.0.9:1': there is no"
            " TLS over UDP, only over tcp:...",
        )
