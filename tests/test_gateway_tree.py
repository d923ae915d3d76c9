"""Gateways in a configuration, and the process that has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.errors import ConfigError
from exsim.model.settings import GatewaySettings, RestSettings, Settings
from exsim.plugins import Catalogue
from exsim.services.branches import Root
from exsim.services.gateway.places import NodePlaces
from exsim.services.gateway.sockets import GatewayService
from exsim.services.gateway.tree import build_gateways, rest_of

INI = """\
[venue:X]

[endpoint:orders]
venue = X
protocol = fix
listen = tcp:1
comp_id = X

[gateway:all]
"""


class ConfigTests(SynchronousTestCase):
    """``[gateway:NAME]``."""

    def load(self, *lines: str) -> Settings:
        """A venue with one endpoint, and a gateway that these lines say."""
        path = Path(self.mktemp())
        path.write_text("\n".join((INI, *lines)))
        return load(str(path), (), Catalogue())

    def problems(self, *lines: str) -> str:
        """What is wrong with it."""
        with self.assertRaises(ConfigError) as caught:
            self.load(*lines)
        return "\n".join(problem.text for problem in caught.exception.problems)

    def test_least(self) -> None:
        """An address is enough."""
        settings = self.load("listen = tcp:9878")
        self.assertEqual(settings.gateways, (GatewaySettings("all", "tcp:9878"),))

    def test_all(self) -> None:
        """All that can be said."""
        lines = (
            "listen = tcp:0",
            "protocol = fix",
            "role = order-entry",
            "nodes = http://a:1/, https://b:2",
            "logon_timeout = 2s",
            "max_connections = 5",
        )
        nodes = ("http://a:1", "https://b:2")
        wanted = GatewaySettings("all", "tcp:0", nodes=nodes, logon_timeout=2 * 10**9)
        (found,) = self.load(*lines).gateways
        self.assertEqual((found.nodes, found.logon_timeout), (wanted.nodes, wanted.logon_timeout))
        self.assertEqual(found.max_connections, 5)

    def test_wrong(self) -> None:
        """What makes no sense is told, with what would."""
        for lines, told in (
            ((), "needs 'listen'"),
            (("listen = tcp:1",), "is where [endpoint:orders] listens"),
            (("listen = tcp:0", "nodes = host:8480"), "such as http://host-1:8480"),
            (("listen = tcp:0", "role = drop-copy"), "protocol fix and role drop-copy"),
            (("listen = tcp:0", "protocol = ouch"), "with protocol ouch, and no TLS"),
            (
                ("listen = tcp:0", "protocol = ouch", "role = order-entry"),
                "role: is of protocol fix",
            ),
            (("listen = tcp:0", "node = x"), "did you mean 'nodes'"),
        ):
            self.assertIn(told, self.problems(*lines), lines)


class TreeTests(SynchronousTestCase):
    """The services of such a process."""

    def settings(self, *gateways: GatewaySettings, **more: Any) -> Settings:
        """One with these."""
        return Settings(gateways=gateways, **more)

    def build(self, settings: Settings, rest: RestSettings | None = None, **more: Any) -> Root:
        """The tree, not started."""
        self.reactor = MemoryReactorClock()
        tree = build_gateways(settings, rest, self.reactor, **more)
        assert isinstance(tree, Root)
        self.tree = tree
        return tree

    def urls(self) -> list[list[str]]:
        """Whom it asks."""
        found = [one for one in self.tree if isinstance(one, NodePlaces)]
        return [[url for url, _ in one._clients] for one in found]

    def test_places(self) -> None:
        """Gateways that ask the same nodes share what is told; the node of this host is default."""
        some = GatewaySettings("a", "tcp:0", nodes=("http://a:1", "http://b:2"))
        same = GatewaySettings("b", "tcp:0", nodes=("http://a:1", "http://b:2"))
        own = GatewaySettings("c", "tcp:0")
        services = self.build(self.settings(some, same, own)).getServiceNamed("gateways")
        found = [one.places for one in services if isinstance(one, GatewayService)]
        self.assertEqual([one is found[0] for one in found], [True, True, False])
        self.assertTrue({*found} <= {*self.tree})
        self.assertEqual(self.urls(), [["http://a:1", "http://b:2"], ["http://127.0.0.1:8480"]])
        for listening, url in (
            ("tcp:1", "http://127.0.0.1:1"),
            ("tcp:1:interface=10.0.0.5", "http://10.0.0.5:1"),
            (r"tcp6:1:interface=\:\:1", "http://[::1]:1"),
            ("ssl:1:privateKey=k.pem:interface=10.0.0.5", "https://10.0.0.5:1"),
        ):
            self.build(self.settings(own, rest=RestSettings(listen=listening)))
            self.assertEqual(self.urls(), [[url]])

    def test_start_and_stop(self) -> None:
        """It listens, says where, and leaves nothing."""
        path = Path(self.mktemp())
        rest = RestSettings(listen="tcp:0:interface=127.0.0.1")
        gateway = GatewaySettings("a", "tcp:0", nodes=("http://127.0.0.1:1",))
        tree = self.build(self.settings(gateway), rest, ready_file=str(path))
        tree.privilegedStartService()
        tree.startService()
        self.reactor.advance(0)
        told = json.loads(path.read_text())
        self.assertEqual(list(told["endpoints"]), ["a"])
        self.assertTrue(told["rest"].startswith("http://"))
        services = list(tree.getServiceNamed("gateways"))
        self.assertEqual([type(one) for one in services], [GatewayService])
        self.successResultOf(tree.stopService())
        self.assertFalse(path.exists())

    def test_refused(self) -> None:
        """A start that makes no sense is refused."""
        own = GatewaySettings("c", "tcp:0")
        for settings, told in (
            (self.settings(), "there is no [gateway:NAME]"),
            (self.settings(own, rest=None), "[gateway:c] nodes: say where REST of a node is"),
            (self.settings(own, rest=RestSettings(listen="tcp:0")), "[gateway:c] nodes: say"),
        ):
            with self.assertRaises(ConfigError) as caught:
                self.build(settings)
            self.assertIn(told, str(caught.exception))

    def test_rest(self) -> None:
        """REST of a gateway has tokens where others can connect."""
        settings = self.settings(rest=RestSettings(read_tokens="tokens"))
        self.assertIsNone(rest_of(settings, "none"))
        found = rest_of(settings, "tcp:9")
        assert found is not None
        self.assertEqual((found.listen, found.read_tokens), ("tcp:9", "tokens"))
        for listening in ("tcp:9", "nonsense"):
            with self.assertRaises(ConfigError) as caught:
                rest_of(self.settings(), listening)
            self.assertIn("--rest: ", str(caught.exception))
