"""Endpoint descriptions: what is plainly wrong, what only this machine reaches."""

from __future__ import annotations

from twisted.internet.endpoints import serverFromString
from twisted.internet.testing import MemoryReactor
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.listen import is_local, listen, port_of

GOOD = (
    "tcp:9878",
    "tcp:0:interface=127.0.0.1",
    "tcp:port=65535:backlog=10",
    "tcp:8480:127.0.0.1",
    r"tcp6:8480:interface=\:\:1",
    "unix:/run/exsim.sock:mode=660",
    r"unix:address=/run/ex\:sim.sock",
)


class ListenTests(SynchronousTestCase):
    """What is let through, and what is said of the rest."""

    def assert_refused(self, value: str, *words: str) -> None:
        """Check that `value` is refused in words that hold these, and `value` itself."""
        error = self.assertRaises(ValueError, listen, value)
        for word in (repr(value), *words):
            self.assertIn(word, str(error))

    def test_good(self) -> None:
        """What is let through is what Twisted takes, and comes back as it was."""
        for value in GOOD:
            self.assertEqual(listen(value), value)
            serverFromString(MemoryReactor(), value)

    def test_others(self) -> None:
        """Kinds that need files or other packages are let through."""
        for value in (
            "ssl:9878:privateKey=key.pem",
            "tls:certificates:9878",
            "tls:certificates",
            "systemd:domain=INET:index=0",
            "haproxy:tcp:9878",
            "onion:9878",
        ):
            self.assertEqual(listen(value), value)

    def test_nothing(self) -> None:
        """A port alone, or nothing, is told the whole form."""
        self.assert_refused("8001", "such as tcp:8001:interface=127.0.0.1")
        self.assert_refused("", "such as tcp:9878:interface=127.0.0.1")
        self.assert_refused("tcp", "such as tcp:")

    def test_kind(self) -> None:
        """A kind that is nearly one is a slip."""
        self.assert_refused("tpc:9878", "did you mean 'tcp'?")
        self.assert_refused("unx:/run/x", "did you mean 'unix'?")
        self.assert_refused("TCP:9878", "did you mean 'tcp'?")

    def test_port(self) -> None:
        """A port is a number that fits."""
        for value in ("tcp:http", "tcp:65536", "tcp:-1", "tcp:", "tcp:interface=127.0.0.1"):
            self.assert_refused(value, "no port from 1 to 65535, or 0 for any")
        self.assert_refused("tcp:" + "9" * 5000, "no port")
        self.assert_refused("ssl:port=x", "'x'")
        self.assert_refused("tls:certificates:x", "'x'")
        self.assert_refused("tcp:\u0663", "no port")

    def test_unix(self) -> None:
        """A socket needs a file."""
        self.assert_refused("unix:", "such as unix:/run/exsim.sock")
        self.assert_refused("unix:mode=660", "such as unix:/run/exsim.sock")

    def test_local(self) -> None:
        """Loopback by number or name, and sockets with a file, are this machine's own."""
        for value in (
            "tcp:0:interface=127.0.0.1",
            "tcp:0:interface=127.1.2.3",
            "tcp:0:127.0.0.1",
            "tcp:0:interface=localhost",
            r"tcp6:0:interface=\:\:1",
            r"tls:x:0:interface=\:\:1",
            "unix:/run/x",
        ):
            self.assertTrue(is_local(value), value)
        for value in (
            "tcp:0",
            "tcp:0:interface=0.0.0.0",
            "tcp:0:interface=127.example.org",
            "tcp:0:interface=localhost.example.org",
            r"tcp6:0:interface=\:\:",
            "tcp6:0",
            "tcp6:0:127.0.0.1",
            "ssl:0",
            "systemd:domain=INET:index=0",
        ):
            self.assertFalse(is_local(value), value)

    def test_port_of(self) -> None:
        """The port, where there is one."""
        ports = {"tcp:9878": 9878, "tcp:port=1:interface=x": 1, "tls:x": 443, "tls:x:2": 2}
        self.assertEqual({value: port_of(value) for value in ports}, ports)
        self.assertEqual([port_of(value) for value in ("tcp:0", "unix:/x", "onion:80")], [0, 0, 0])
